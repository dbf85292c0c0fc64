"""Writing on a viewport: clipped to it, and readable over a map."""

from collections.abc import Hashable
from dataclasses import dataclass

from tutor.pictures.canvas import Canvas, clusters
from tutor.pictures.cells import Colour
from tutor.pictures.heat import Ground
from tutor.pictures.viewport import Cell, Viewport


@dataclass(frozen=True)
class Pen:
    """Writes on the cells of a viewport; over a map, glyphs get its colour as their ground."""

    canvas: Canvas
    view: Viewport
    ground: Ground

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
        if self.view.holds(cell):
            at = self.view.left + cell[0], self.view.top + cell[1]
            ground = ground or self.ground.at(*cell)
            self.canvas.put(*at, glyph, colour, ground, bold, target)

    def write(self, cell: Cell, text: str, colour: Colour, bold: bool = False) -> None:
        """A text from a cell to the right, which may go beyond the viewport."""
        column, row = cell
        for at, cluster in enumerate(clusters(text), start=column):
            if cluster:
                place = self.view.left + at, self.view.top + row
                self.canvas.put(*place, cluster, colour, self._beneath((at, row)), bold)

    def glyph(self, cell: Cell) -> str:
        """What stands at a cell, also beyond the viewport; a blank beyond the canvas."""
        column, row = self.view.left + cell[0], self.view.top + cell[1]
        inside = 0 <= column < self.canvas.width and 0 <= row < self.canvas.height
        return self.canvas.chars[row][column] if inside else " "

    def _beneath(self, cell: Cell) -> Colour | None:
        return self.ground.at(*cell) if self.view.holds(cell) else None
