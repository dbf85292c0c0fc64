"""The canvas on which pictures are drawn: a grid of cells, returned as lines of merged spans."""

from collections.abc import Hashable, Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from tutor.pictures.cells import Color, Line, Palette, Span
from tutor.pictures.letters import clusters, fit, length

IntArray = NDArray[np.int_]
CellStyle = tuple[Color | None, Color | None, bool, Hashable | None]
EMPTY: CellStyle = (None, None, False, None)
TONE_GLYPHS = "●◆▲■▼"
"""One shape per tone and class, so that color is never the only distinction."""
GHOST_GLYPHS = "○◇△□▽"


class Canvas:
    """A grid of cells; writing outside it is allowed and has no effect.

    >>> canvas = Canvas(5, 1)
    >>> canvas.put(1, 0, "ab")
    >>> canvas.lines()
    [(Span(text=' ab  ', fg=None, bg=None, bold=False, target=None),)]
    """

    def __init__(self, width: int, height: int):
        self.width, self.height = max(width, 0), max(height, 0)
        self.chars = [[" "] * self.width for _ in range(self.height)]
        self.styles: list[list[CellStyle]] = [[EMPTY] * self.width for _ in range(self.height)]

    def put(
        self,
        column: int,
        row: int,
        text: str,
        fg: Color | None = None,
        bg: Color | None = None,
        bold: bool = False,
        target: Hashable | None = None,
    ) -> None:
        """Write text from a cell to the right; without `bg` or `target` the old ones remain."""
        if not 0 <= row < self.height:
            return
        chars, styles = self.chars[row], self.styles[row]
        cells = clusters(text)
        for i, cell in enumerate(cells):
            at = column + i
            if not 0 <= at < self.width:
                continue
            halved = i + 1 < len(cells) and cells[i + 1] == "" and at + 1 == self.width
            orphan = (cell == "" and at == 0) or halved
            self._mend(chars, at, cell)
            chars[at] = " " if orphan else cell
            _, background, _, under = styles[at]
            styles[at] = (
                fg,
                background if bg is None else bg,
                bold,
                under if target is None else target,
            )

    def draw(self, column: int, row: int, lines: list[Line]) -> None:
        """Copy drawn lines, with their upper left corner at a cell."""
        for at, line in enumerate(lines, start=row):
            left = column
            for span in line:
                self.put(left, at, *span)
                left += length(span.text)

    def _mend(self, chars: list[str], at: int, cell: str) -> None:
        """Blank the other half of a wide character that is about to be half overwritten."""
        if chars[at] == "" and cell != "":
            chars[at - 1] = " "
        if at + 1 < self.width and chars[at + 1] == "":
            chars[at + 1] = " "

    def lines(self) -> list[Line]:
        """Everything drawn, one line per row, with adjacent cells of equal style merged."""
        return [self._line(row) for row in range(self.height)]

    def _line(self, row: int) -> Line:
        chars, spans, start = self.chars[row], [], 0
        for style, run in groupby(self.styles[row]):
            end = start + len(list(run))
            spans.append(Span("".join(chars[start:end]), *style))
            start = end
        return tuple(spans)


class Dots:
    """A layer of braille: 2 × 4 dots per cell, in the color last drawn in the cell.

    >>> dots = Dots(2, 1)
    >>> dots.set(np.array([0, 1, 2, 3]), np.array([0, 1, 2, 3]), (9, 9, 9))
    >>> [glyph for column, row, glyph, color in dots.lit()]
    ['⠑', '⢄']
    """

    BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])

    def __init__(self, width: int, height: int):
        self.width, self.height = width, height
        self.bits = np.zeros((height, width), dtype=int)
        self.owners = np.zeros((height, width), dtype=int)
        self.colors: list[Color] = []

    def set(self, x: IntArray, y: IntArray, color: Color) -> None:
        """Set dots; x counts to the right, y downwards, both in dots."""
        inside = (x >= 0) & (x < 2 * self.width) & (y >= 0) & (y < 4 * self.height)
        x, y = x[inside], y[inside]
        np.bitwise_or.at(self.bits, (y // 4, x // 2), self.BITS[y % 4, x % 2])
        self.owners[y // 4, x // 2] = len(self.colors)
        self.colors.append(color)

    def lit(self) -> Iterator[tuple[int, int, str, Color]]:
        """Column, row, character and color of every cell that has a dot."""
        rows, columns = (at.tolist() for at in np.nonzero(self.bits))
        for column, row in zip(columns, rows, strict=True):
            glyph = chr(0x2800 + int(self.bits[row, column]))
            yield column, row, glyph, self.colors[int(self.owners[row, column])]


def polyline(x: Array, y: Array) -> tuple[IntArray, IntArray]:
    """The dots of a line through the points, in order; a nan leaves a gap.

    >>> [dots.tolist() for dots in polyline(np.array([0.0, 3.0]), np.array([0.0, 1.0]))]
    [[0, 1, 2, 3], [0, 0, 1, 1]]
    """
    known = np.isfinite(x) & np.isfinite(y)
    joined = known & np.append(known[1:], False)
    at = np.flatnonzero(known)
    to = np.where(joined[at], at + 1, at)
    reach = np.maximum(np.abs(x[to] - x[at]), np.abs(y[to] - y[at]))
    counts = np.maximum(np.ceil(reach), 1).astype(int)
    share = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    share = share / np.repeat(counts, counts)
    at, to = np.repeat(at, counts), np.repeat(to, counts)
    column = np.floor(x[at] + share * (x[to] - x[at]) + 0.5).astype(int)
    row = np.floor(y[at] + share * (y[to] - y[at]) + 0.5).astype(int)
    return column, row


def message_lines(words: str, width: int, height: int, palette: Palette) -> list[Line]:
    """A message on the middle line, for a picture that has no room or nothing to show.

    >>> palette = Palette((0,) * 3, (9,) * 3, *[(0,) * 3] * 6, tones=())
    >>> message_lines("no values yet", 15, 1, palette)
    [(Span(text=' no values yet ', fg=(9, 9, 9), bg=None, bold=False, target=None),)]
    """
    canvas = Canvas(width, height)
    canvas.put(0, (canvas.height - 1) // 2, fit(words, canvas.width, "^"), palette.muted)
    return canvas.lines()
