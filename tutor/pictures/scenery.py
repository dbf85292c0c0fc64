"""What a plane is furnished with: axes, numbers, regions, points, and the line beneath it all."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lessons.kit.pictures import Path, Plane, Points, Region
from tutor.pictures.canvas import Canvas, fit, length
from tutor.pictures.cells import Colour, Palette, mix
from tutor.pictures.heat import Ground, paint_scale, scale_width
from tutor.pictures.ticks import short
from tutor.pictures.viewport import Cell, Viewport

CLASS_GLYPHS = "○●◇◆△▲"
FILLS = "░·:"
"""What fills a region without colour, by its tone."""


class Pen:
    """Writes on the cells of a viewport; over a map, glyphs get its colour as their ground."""

    def __init__(self, canvas: Canvas, view: Viewport, ground: Ground):
        self.canvas, self.view, self.ground = canvas, view, ground

    def put(
        self,
        cell: Cell,
        glyph: str,
        colour: Colour,
        bold: bool = True,
        target: Hashable | None = None,
        ground: Colour | None = None,
    ) -> None:
        """One glyph at a cell of the viewport; outside of it nothing happens."""
        view = self.view
        if view.holds(cell):
            if ground is None and self.ground.colours:
                ground = self.ground.colours[cell[1]][cell[0]]
            at = view.left + cell[0], view.top + cell[1]
            self.canvas.put(*at, glyph, colour, ground, bold, target)

    def write(self, cell: Cell, text: str, colour: Colour, bold: bool = False) -> None:
        """A text from a cell to the right; beyond the viewport it stands on no map."""
        for i in range(length(text)):
            pass
        view = self.view
        column, row = view.left + cell[0], view.top + cell[1]
        self.canvas.put(column, row, text, colour, None, bold)
        if self.ground.colours and 0 <= cell[1] < view.height:
            styles = self.canvas.styles[row]
            for at in range(max(cell[0], 0), min(cell[0] + length(text), view.width)):
                fg, _, strong, target = styles[view.left + at]
                styles[view.left + at] = (fg, self.ground.colours[cell[1]][at], strong, target)
