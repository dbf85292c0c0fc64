"""Labels on edges: each where it hides least of the other edges; none overlap."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tutor.pictures.canvas import IntArray
from tutor.pictures.cells import GridCell
from tutor.pictures.letters import length

DotLine = tuple[IntArray, IntArray]
"""A line as the x and y of its dots, in order."""
FRACTIONS = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
"""The positions along a line at which a label is tried, the middle first."""


@dataclass(frozen=True)
class EdgeLabel:
    """A label on a line: one text per row, all starting in the same column."""

    column: int
    row: int
    texts: tuple[str, ...]

    @property
    def cells(self) -> list[GridCell]:
        """The cells of all its texts."""
        rows = [(row, text) for row, text in enumerate(self.texts, start=self.row) if text.strip()]
        return [(self.column + x, row) for row, text in rows for x in range(length(text))]


class Occupancy:
    """The occupied cells: one integer per row, whose bits are the columns."""

    def __init__(self, width: int, height: int, solid: Iterable[GridCell]):
        self.width, self.height = width, height
        self.solid = [0] * height
        self.once, self.twice = [0] * height, [0] * height
        for column, row in solid:
            if 0 <= row < height and column >= 0:
                self.solid[row] |= 1 << column

    def cross(self, cells: Iterable[GridCell]) -> dict[int, int]:
        """Add the cells of a line; they may be covered, but at a cost. Returns them as bits."""
        own: dict[int, int] = defaultdict(int)
        for column, row in cells:
            if 0 <= row < self.height and column >= 0:
                own[row] |= 1 << column
        for row, bits in own.items():
            self.twice[row] |= self.once[row] & bits
            self.once[row] |= bits
        return own

    def start(self, column: int, row: int, wide: int) -> int | None:
        """The start of a text over this cell with a free cell on each side; None without room."""
        if not 0 <= row < self.height or self.solid[row] >> column & 1:
            return None
        before = (self.solid[row] & ((1 << column) - 1)).bit_length()
        after = self.solid[row] >> column
        end = column + (after & -after).bit_length() - 1 if after else self.width
        if end - before - 2 < wide:
            return None
        return min(max(column - wide // 2, before + 1), end - 1 - wide)

    def price(self, column: int, row: int, wide: int, own: dict[int, int]) -> float | None:
        """The cost of a text here: the hidden cells of other lines and (weighing less) nearby ones.

        Next to another line, a reader could not tell whose text it is. None without room.
        """
        if not 0 <= row < self.height or column < 1 or column + wide >= self.width:
            return None
        if self.solid[row] >> (column - 1) & ((1 << (wide + 2)) - 1):
            return None
        mask = (1 << wide) - 1
        near = ((1 << (wide + 4)) - 1) << max(column - 2, 0)
        hidden = (self._others(row, own) >> column & mask).bit_count()
        beside = sum((self._others(r, own) & near).bit_count() for r in (row - 1, row, row + 1))
        return hidden + 0.4 * (beside - hidden)

    def _others(self, row: int, own: dict[int, int]) -> int:
        """The cells of a row that other lines pass."""
        if not 0 <= row < self.height:
            return 0
        return self.once[row] & ~own.get(row, 0) | self.twice[row]

    def take(self, label: EdgeLabel) -> None:
        """The tag's cells are covered from now on."""
        for row, text in enumerate(label.texts, start=label.row):
            self.solid[row] |= ((1 << length(text)) - 1) << label.column


def place_edge_labels(
    lines: Sequence[DotLine], texts: Sequence[Sequence[tuple[str, ...]]], occupancy: Occupancy
) -> list[EdgeLabel | None]:
    """Place on each line the first of its texts that has room; None if none has.

    `texts[i]` are the choices for line i, the best first, each a tuple of rows. The flattest lines
    are served first, since they have only one row to offer.

    >>> line = np.arange(20), np.full(20, 2)
    >>> place_edge_labels([line], [[("a longer text",), ("w 0.3",)]], Occupancy(10, 1, ()))
    [EdgeLabel(column=2, row=0, texts=('w 0.3',))]
    """
    own = [
        occupancy.cross(zip((x // 2).tolist(), (y // 4).tolist(), strict=True)) for x, y in lines
    ]
    found: list[EdgeLabel | None] = [None] * len(lines)
    for i in sorted(range(len(lines)), key=lambda i: int(np.ptp(lines[i][1]))):
        choices = (_best(*lines[i], choice, occupancy, own[i]) for choice in texts[i])
        found[i] = label = next(filter(None, choices), None)
        if label is not None:
            occupancy.take(label)
    return found


def _best(
    x: IntArray, y: IntArray, texts: tuple[str, ...], occupancy: Occupancy, own: dict[int, int]
) -> EdgeLabel | None:
    """The position on the line where the texts hide least of other lines, near its middle."""
    widths = [length(text) for text in texts]
    best, least = None, float("inf")
    for fraction in FRACTIONS:
        at = int(fraction * (len(x) - 1))
        column, row = int(x[at]) // 2, int(y[at]) // 4
        start = occupancy.start(column, row, max(widths))
        if start is None:
            continue
        prices = [occupancy.price(start, row + k, wide, own) for k, wide in enumerate(widths)]
        if any(price is None for price in prices):
            continue
        cost = sum(price for price in prices if price is not None) + 8 * abs(fraction - 0.5)
        if cost < least:
            best, least = EdgeLabel(start, row, texts), cost
    return best
