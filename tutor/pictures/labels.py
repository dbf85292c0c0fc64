"""Labels beside points: each where it covers least, and inside the picture."""

from collections.abc import Iterable
from dataclasses import dataclass

from tutor.pictures.cells import GridCell
from tutor.pictures.letters import length
from tutor.pictures.scroll import shorten
from tutor.pictures.strokes import STEPS

BLOCKED = 1000
"""The cost of covering a tip, a marker or another label, which is never allowed."""


@dataclass(frozen=True)
class Label:
    """A name that belongs to a cell; `octant` is the preferred side."""

    text: str
    at: GridCell
    octant: int | None
    color: tuple[int, int, int]
    bold: bool = True


@dataclass(frozen=True)
class Placed:
    """A label with the cell at which its text starts."""

    label: Label
    text: str
    column: int
    row: int


def place_labels(
    labels: Iterable[Label], taken: dict[GridCell, int], area: tuple[range, range]
) -> list[Placed]:
    """Place each label that fits; `taken` is the cost of covering each cell.

    >>> names = [Label("a", (3, 1), 0, (0, 0, 0)), Label("b", (5, 1), 4, (0, 0, 0))]
    >>> tips = {(3, 1): BLOCKED, (5, 1): BLOCKED}
    >>> [(p.text, p.column, p.row) for p in place_labels(names, tips, (range(9), range(3)))]
    [('a', 4, 0), ('b', 4, 2)]
    """
    columns, rows = area
    taken = dict(taken)
    placed: list[Placed] = []
    for label in labels:
        text = shorten(label.text, max(len(columns) // 2, 3))
        best: tuple[int, GridCell] | None = None
        for bias, (column, row) in _places(label, length(text)):
            stop = column + length(text)
            if row not in rows or column < columns.start or stop > columns.stop:
                continue
            cells = range(column - 1, stop + 1)
            cost = bias + sum(taken.get((at, row), 0) for at in cells)
            if best is None or cost < best[0]:
                best = cost, (column, row)
        if best is None or best[0] >= BLOCKED:
            continue
        column, row = best[1]
        placed.append(Placed(label, text, column, row))
        taken |= {(at, row): BLOCKED for at in range(column, column + length(text))}
    return placed


def _places(label: Label, size: int) -> Iterable[tuple[int, GridCell]]:
    """The penalty and the start of the text for all eight sides, near ones first."""
    column, row = label.at
    if label.octant is None:
        yield 0, (column - (size - 1) // 2, row)
    for far in (1, 2):
        for octant, (right, up) in enumerate(STEPS):
            off = 0 if label.octant is None else min((octant - label.octant) % 8,
                                                     (label.octant - octant) % 8)  # fmt: skip
            start = {1: column + 1 + far, -1: column - size - far, 0: column - (size - 1) // 2}[
                right
            ]
            if up and right:
                start -= right
            yield 2 * off + 6 * (far - 1), (start, row - far * up)
