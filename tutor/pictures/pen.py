"""A pen for a viewport: clips to it, and keeps text readable over a map."""

from collections.abc import Hashable
from dataclasses import dataclass

from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import Color, GridCell
from tutor.pictures.heat import Background
from tutor.pictures.letters import clusters
from tutor.pictures.viewport import Viewport


@dataclass(frozen=True)
class Pen:
    """Writes on the cells of a viewport; over a map, glyphs get its color as their background."""

    canvas: Canvas
    view: Viewport
    background: Background

    def put(
        self,
        cell: GridCell,
        glyph: str,
        color: Color,
        bold: bool = True,
        target: Hashable | None = None,
        background: Color | None = None,
    ) -> None:
        """Write one glyph at a cell of the viewport; outside it nothing happens."""
        if self.view.holds(cell):
            at = self.view.left + cell[0], self.view.top + cell[1]
            background = background or self.background.at(*cell)
            self.canvas.put(*at, glyph, color, background, bold, target)

    def write(self, cell: GridCell, text: str, color: Color, bold: bool = False) -> None:
        """Write text from a cell to the right, possibly beyond the viewport."""
        column, row = cell
        for at, cluster in enumerate(clusters(text), start=column):
            if cluster:
                place = self.view.left + at, self.view.top + row
                self.canvas.put(*place, cluster, color, self._beneath((at, row)), bold)

    def glyph(self, cell: GridCell) -> str:
        """The character at a cell, even beyond the viewport; a space beyond the canvas."""
        column, row = self.view.left + cell[0], self.view.top + cell[1]
        inside = 0 <= column < self.canvas.width and 0 <= row < self.canvas.height
        return self.canvas.chars[row][column] if inside else " "

    def _beneath(self, cell: GridCell) -> Color | None:
        return self.background.at(*cell) if self.view.holds(cell) else None
