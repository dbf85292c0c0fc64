"""A rectangle of the plane on a rectangle of cells: from numbers to cells and back.

The ends of the extent are in the outermost cells: at their centers, or slightly off if 0 must be at
the center of a cell, for the lines through it.
"""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from engine.array import Array
from tutor.pictures.cells import GridCell
from tutor.pictures.ticks import Axis, fit_axis, fraction_of, roundest

ASPECT = 2.0
"""A cell is about twice as high as wide."""
FAR = 1e6
"""Points are clipped at this many times the picture's width."""
ELONGATED = 8.0
"""An extent with a greater ratio of its sides would be too thin to see, so it is stretched."""


@dataclass(frozen=True)
class Viewport:
    """(`left`, `top`) is the corner on the picture; everything else is relative to it."""

    left: int
    top: int
    width: int
    height: int
    x: Axis
    y: Axis

    def positions(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Points in cells, from the upper left corner; nan for points that cannot be drawn.

        >>> view = Viewport(0, 0, 5, 3, Axis(0, 4), Axis(0, 2))
        >>> [part.tolist() for part in view.positions(np.array([0.0, 4.0]), np.array([0.0, 1.0]))]
        [[0.5, 4.5], [2.5, 1.5]]
        """
        right, up = (np.clip(a.positions(v), -FAR, FAR) for a, v in ((self.x, x), (self.y, y)))
        return _spread(right, self.width), _spread(1 - up, self.height)

    def cell(self, x: float, y: float) -> GridCell | None:
        """The cell of one point; None if it cannot be drawn."""
        if not (math.isfinite(x) and math.isfinite(y)):
            return None
        column = _spread(_share(self.x, x), self.width)
        row = _spread(1 - _share(self.y, y), self.height)
        # A point on a border, up to rounding, belongs to the cell to the right and below.
        return math.floor(column + 1e-9), math.floor(row + 1e-9)

    def holds(self, cell: GridCell) -> bool:
        """Whether the cell is visible."""
        return 0 <= cell[0] < self.width and 0 <= cell[1] < self.height

    def nearest(self, cell: GridCell) -> GridCell:
        """The visible cell nearest to one that may be outside."""
        return min(max(cell[0], 0), self.width - 1), min(max(cell[1], 0), self.height - 1)

    def point_at(self, column: int, row: int) -> tuple[float, float]:
        """The roundest (x, y) that is drawn in a cell; outside, that of the nearest visible cell.

        >>> Viewport(0, 0, 13, 7, Axis(-2, 2), Axis(-2, 2)).point_at(9, 2)
        (1.0, 1.0)
        """
        column, row = self.nearest((column, row))
        x = y = 0.0
        # Rounding may decide to which of two cells a number on their border belongs.
        for half in (0.49, 0.5):
            x_new = _value(self.x, column, self.width, half)
            y_new = _value(self.y, self.height - 1 - row, self.height, half)
            drawn = self.cell(x_new, y_new) or (-1, -1)
            x = x_new if half < 0.5 or drawn[0] == column else x
            y = y_new if half < 0.5 or drawn[1] == row else y
        return x, y


def _share(axis: Axis, value: float) -> float:
    """The position of a value between the ends of an axis, clipped at FAR outside."""
    return min(max(fraction_of(value, axis.low, axis.high), -FAR), FAR)


FloatOrArray = TypeVar("FloatOrArray", float, Array)


def _spread(share: FloatOrArray, cells: int) -> FloatOrArray:
    """Fractions of the extent in cells: 0 and 1 are the centers of the first and the last cell."""
    return cells / 2 + (share - 0.5) * max(cells - 1, 0.9)


def _value(axis: Axis, cell: int, cells: int, half: float) -> float:
    """The roundest number within `half` a cell of the center of a cell."""
    reach = max(cells - 1, 0.9)
    share = (cell + 0.5 - cells / 2) / reach + 0.5
    half = min(half / reach, 0.5)
    ends = [axis.low * (1 - s) + axis.high * s for s in (share - half, share + half)]
    low, high = (min(max(end, axis.low), axis.high) for end in ends)
    return roundest(low, high)


def axes_of(extent: tuple[float, float, float, float]) -> tuple[Axis, Axis]:
    """Both axes, with a positive length even if the extent has none."""
    x0, x1, y0, y1 = (v if math.isfinite(v) else 0.0 for v in extent)
    return fit_axis(np.array([x0, x1], dtype=float)), fit_axis(np.array([y0, y1], dtype=float))


def fit_viewport(x: Axis, y: Axis, width: int, height: int, equal: bool) -> tuple[int, int]:
    """Columns and rows: all there are, or fewer so that circles are round.

    >>> fit_viewport(Axis(-1, 1), Axis(-1, 1), 60, 12, True)
    (23, 12)
    """
    ratio = _ratio(x, y)
    if width < 3 or height < 3 or not equal or not 1 / ELONGATED < ratio < ELONGATED:
        return width, height
    high = round(min(height - 1, (width - 1) * ratio / ASPECT)) + 1
    wide = round((high - 1) * ASPECT / ratio) + 1
    rows = np.unique(np.clip(np.arange(high - 2, high + 1), 2, height))
    columns = np.unique(np.clip(np.arange(wide - 4, wide + 2), 2, width))
    oval = np.abs(np.log((columns[:, None] - 1) / (rows - 1) * ratio / ASPECT))
    size = columns[:, None] * rows
    cost = oval + 10 * np.maximum(oval - 0.02, 0) + 1 - size / size.max()
    i, j = np.unravel_index(int(cost.argmin()), cost.shape)
    return int(columns[i]), int(rows[j])


def centered(axis: Axis, cells: int) -> Axis:
    """The axis shifted by less than half a cell, so that 0 is at the center of a cell.

    >>> centered(Axis(-1, 2), 5)
    Axis(low=-0.75, high=2.25, log=False)
    """
    if not axis.low < 0 < axis.high or cells < 3:
        return axis
    at = float(axis.positions(np.array([0.0]))[0]) * (cells - 1)
    # Not quite half a cell: the ends of the extent must stay visible.
    share = min(max(at - round(at), -0.49), 0.49) / (cells - 1)
    step = axis.high * share - axis.low * share
    return Axis(axis.low + step, axis.high + step)


def _ratio(x: Axis, y: Axis) -> float:
    """The ratio of the extent's height to its width."""
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        up, across = (np.float64(a.high) / 2 - np.float64(a.low) / 2 for a in (y, x))
        return float(up / across)
