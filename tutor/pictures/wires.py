"""The lines between the nodes of a graph, and the words that stand on lines.

Lines run straight from side to side, around the boxes in their way. A word stands on its line
where it hides the least of the others; two words never overlap.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lessons.kit.pictures import GraphEdge
from tutor.pictures.boxes import Box
from tutor.pictures.canvas import Counts, length, polyline

Cell = tuple[int, int]
"""Column and row."""
FRACTIONS = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
"""Where along a line a word is tried, the middle first."""
MIDDLE = 1.5
"""The middle of a row in dots from its upper edge."""


@dataclass(frozen=True)
class Wire:
    """The line of one edge: its dots, its cells, and the arrow heads of both directions."""

    edge: GraphEdge
    x: Counts
    y: Counts
    flat: bool
    head: tuple[Cell, str]
    back: tuple[Cell, str]

    @property
    def cells(self) -> list[Cell]:
        """The cells it passes, in order."""
        return list(dict.fromkeys(zip((self.x // 2).tolist(), (self.y // 4).tolist(), strict=True)))


@dataclass(frozen=True)
class Label:
    """Words on a line: one text a row, all from the same column on."""

    column: int
    row: int
    texts: tuple[str, ...]

    @property
    def width(self) -> int:
        """Cells of the longest text."""
        return max(map(length, self.texts))

    def holds(self, column: int, row: int) -> bool:
        """Whether a cell belongs to one of its texts."""
        at = row - self.row
        return 0 <= at < len(self.texts) and 0 <= column - self.column < length(self.texts[at])


def wires(edges: Sequence[GraphEdge], boxes: Sequence[Box], height: int) -> list[Wire]:
    """A line for every edge whose two nodes there are."""
    named = {box.node.name: box for box in reversed(boxes)}
    ends = ((edge, named.get(edge.source), named.get(edge.target)) for edge in edges)
    return [_wire(edge, a, b, boxes, height) for edge, a, b in ends if a and b and a is not b]


def _wire(edge: GraphEdge, a: Box, b: Box, boxes: Sequence[Box], height: int) -> Wire:
    if a.right < b.column:
        start, stop = (a.right, a.middle), (b.column - 1, b.middle)
        corners = _route(a, b, boxes, height)
        heads = (stop, "▶"), (start, "◀")
    elif b.right < a.column:
        start, stop = (a.column - 1, a.middle), (b.right, b.middle)
        corners = [(2 * start[0] + 1, start[1]), (2 * stop[0] + 1, stop[1])]
        heads = (stop, "◀"), (start, "▶")
    else:
        down = a.row < b.row
        x, u = a.column + a.width // 2, b.column + b.width // 2
        start = (x, a.row + a.height if down else a.row - 1)
        stop = (u, b.row - 1 if down else b.row + b.height)
        corners = [(2 * x, start[1]), (2 * u, stop[1])]
        heads = (stop, "▼" if down else "▲"), (start, "▲" if down else "▼")
    flat = all(row == start[1] for _, row in corners)
    if flat:
        x_dots = np.arange(corners[0][0], corners[-1][0] + 1)
        return Wire(edge, x_dots, np.full(len(x_dots), 4 * start[1] + 2), True, *heads)
    at = np.array(corners, dtype=float)
    x_dots, y_dots = polyline(at[:, 0], 4 * at[:, 1] + MIDDLE)
    return Wire(edge, x_dots, y_dots, False, *heads)


def _route(a: Box, b: Box, boxes: Sequence[Box], height: int) -> list[Cell]:
    """Corners (dots across, rows down) from a to b, level along a free row past what blocks."""
    start, stop = (2 * a.right, a.middle), (2 * (b.column - 1), b.middle)
    slope = (stop[1] - start[1]) / max(stop[0] - start[0], 1)
    columns: dict[int, list[Box]] = defaultdict(list)
    for box in boxes:
        if a.right <= box.column and box.right < b.column:
            columns[box.node.column].append(box)
    corners = [start]
    for _, column in sorted(columns.items()):
        left, right = 2 * min(box.column for box in column), 2 * max(box.right for box in column)
        way = sorted(start[1] + slope * (x - start[0]) for x in (left, right))
        taken = {row for box in column for row in range(box.row, box.row + box.height)}
        if not any(round(way[0]) <= row <= round(way[1]) for row in taken):
            continue
        middle = sum(way) / 2
        free = min(set(range(height)) - taken, key=lambda row: abs(row - middle), default=None)
        if free is not None:
            corners += [(left, free), (right, free)]
    return [*corners, stop]


class Ground:
    """What is taken already, one integer a row whose bits are the columns."""

    def __init__(self, width: int, height: int, solid: Iterable[Cell]):
        self.width, self.height = width, height
        self.solid = [0] * height
        self.once, self.twice = [0] * height, [0] * height
        for column, row in solid:
            if 0 <= row < height and column >= 0:
                self.solid[row] |= 1 << column

    def cross(self, cells: Iterable[Cell]) -> dict[int, int]:
        """Note the cells of a line; they may be covered, but at a price. Returns them as bits."""
        own: dict[int, int] = defaultdict(int)
        for column, row in cells:
            if 0 <= row < self.height and column >= 0:
                own[row] |= 1 << column
        for row, bits in own.items():
            self.twice[row] |= self.once[row] & bits
            self.once[row] |= bits
        return own

    def start(self, column: int, row: int, wide: int) -> int | None:
        """Where a text begins that stands on this cell, one free cell on each side of it."""
        if not 0 <= row < self.height or self.solid[row] >> column & 1:
            return None
        before = (self.solid[row] & ((1 << column) - 1)).bit_length()
        after = self.solid[row] >> column
        end = column + (after & -after).bit_length() - 1 if after else self.width
        if end - before - 2 < wide:
            return None
        return min(max(column - wide // 2, before + 1), end - 1 - wide)

    def price(self, column: int, row: int, wide: int, own: dict[int, int]) -> float | None:
        """What a text would cost here: cells of other lines hidden, and, less, those around it.

        Next to another line a reader could not tell whose text it is. None where it has no room.
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
        """The cells of a row where lines other than the own one pass."""
        if not 0 <= row < self.height:
            return 0
        return self.once[row] & ~own.get(row, 0) | self.twice[row]

    def take(self, label: Label) -> None:
        """The label's cells are covered from now on."""
        for row, text in enumerate(label.texts, start=label.row):
            self.solid[row] |= ((1 << length(text)) - 1) << label.column


def place_labels(
    lines: Sequence[Wire | tuple[Counts, Counts]],
    texts: Sequence[Sequence[tuple[str, ...]]],
    ground: Ground,
) -> list[Label | None]:
    """A place on each line for the first of its texts that has room; None where none has.

    `texts[i]` are the choices for line i, the best first, each a tuple of rows. The levellest
    lines are served first, since they have only one row to offer.
    """
    dots = [(line.x, line.y) if isinstance(line, Wire) else line for line in lines]
    own = [ground.cross(zip((x // 2).tolist(), (y // 4).tolist(), strict=True)) for x, y in dots]
    found: list[Label | None] = [None] * len(lines)
    for i in sorted(range(len(lines)), key=lambda i: int(np.ptp(dots[i][1]))):
        found[i] = next(filter(None, (_best(*dots[i], t, ground, own[i]) for t in texts[i])), None)
        label = found[i]
        if label is not None:
            ground.take(label)
    return found


def _best(
    x: Counts, y: Counts, texts: tuple[str, ...], ground: Ground, own: dict[int, int]
) -> Label | None:
    """The place on the line where the texts hide least of other lines, near its middle."""
    widths = [length(text) for text in texts]
    best, least = None, float("inf")
    for fraction in FRACTIONS:
        at = int(fraction * (len(x) - 1))
        column, row = int(x[at]) // 2, int(y[at]) // 4
        start = ground.start(column, row, max(widths))
        if start is None:
            continue
        prices = [ground.price(start, row + k, wide, own) for k, wide in enumerate(widths)]
        if any(price is None for price in prices):
            continue
        cost = sum(price for price in prices if price is not None) + 8 * abs(fraction - 0.5)
        if cost < least:
            best, least = Label(start, row, texts), cost
    return best
