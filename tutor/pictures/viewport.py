"""A stretch of the plane on a rectangle of cells: from numbers to cells and back.

The ends of the extent lie in the middle of the outermost cells. Where both axes cross inside, the
rectangle is sized so that 0 lies in the middle of a cell too, and a unit is as long across as up.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from tutor.pictures.ticks import Axis, roundest, span_of

ASPECT = 2.0
"""A cell is about twice as high as wide."""
FAR = 1e6
"""A runaway point is far enough away at so many pictures' width."""
ELONGATED = 8.0
"""An extent longer than this, one side to the other, would be a thread: it is stretched."""
Cell = tuple[int, int]
"""Column and row of the viewport; outside of it they are negative or too large."""


@dataclass(frozen=True)
class Viewport:
    """`left` and `top` are the corner on the picture; everything else counts from there."""

    left: int
    top: int
    width: int
    height: int
    x: Axis
    y: Axis

    def positions(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Points in cells, from the upper left corner; nan where they have no place.

        >>> view = Viewport(0, 0, 5, 3, Axis(0, 4), Axis(0, 2))
        >>> [part.tolist() for part in view.positions(np.array([0.0, 4.0]), np.array([0.0, 1.0]))]
        [[0.5, 4.5], [2.5, 1.5]]
        """
        right, up = (np.clip(a.place(v), -FAR, FAR) for a, v in ((self.x, x), (self.y, y)))
        return _spread(right, self.width), _spread(1 - up, self.height)

    def cell(self, x: float, y: float) -> Cell | None:
        """The cell of one point; None where it has no place."""
        column, row = (float(part[0]) for part in self.positions(np.array([x]), np.array([y])))
        if not (math.isfinite(column) and math.isfinite(row)):
            return None
        # A point that is on the border but for rounding belongs to the cell to the right and below.
        return math.floor(column + 1e-9), math.floor(row + 1e-9)

    def holds(self, cell: Cell) -> bool:
        """Whether the cell is seen."""
        return 0 <= cell[0] < self.width and 0 <= cell[1] < self.height

    def nearest(self, cell: Cell) -> Cell:
        """The seen cell next to one that may lie outside."""
        return min(max(cell[0], 0), self.width - 1), min(max(cell[1], 0), self.height - 1)

    def place(self, column: int, row: int) -> tuple[float, float]:
        """The roundest (x, y) that is drawn in a cell; outside, that of the nearest seen cell.

        >>> Viewport(0, 0, 13, 7, Axis(-2, 2), Axis(-2, 2)).place(9, 2)
        (1.0, 0.5)
        """
        column, row = self.nearest((column, row))
        return _value(self.x, column, self.width), _value(
            self.y, self.height - 1 - row, self.height
        )


def _spread(share: Array, cells: int) -> Array:
    """Shares of the extent in cells: 0 and 1 are the middles of the first and the last cell."""
    reach = max(cells - 1, 0.9)
    spread: Array = cells / 2 + (share - 0.5) * reach
    return spread


def _value(axis: Axis, cell: int, cells: int) -> float:
    """The roundest number that falls into the cell, near its middle."""
    reach = max(cells - 1, 0.9)
    share = (cell + 0.5 - cells / 2) / reach + 0.5
    # A little less than half a cell to both sides: what comes out must fall into it again.
    half = min(0.49 / reach, 0.5)
    ends = [axis.low * (1 - s) + axis.high * s for s in (share - half, share + half)]
    low, high = (min(max(end, axis.low), axis.high) for end in ends)
    return roundest(low, high)


def axes_of(extent: tuple[float, float, float, float]) -> tuple[Axis, Axis]:
    """Both axes, with a length even where the extent has none."""
    x0, x1, y0, y1 = (v if math.isfinite(v) else 0.0 for v in extent)
    return span_of(np.array([x0, x1], dtype=float)), span_of(np.array([y0, y1], dtype=float))


def fitted(
    x: Axis, y: Axis, width: int, height: int, equal: bool, centred: bool = True
) -> tuple[int, int]:
    """Columns and rows: as many as there are, or fewer, so that circles are round.

    `centred` asks that 0 lie in the middle of a cell, as axes need it.

    >>> fitted(Axis(-1, 1), Axis(-1, 1), 60, 12, True)
    (21, 11)
    """
    if width < 3 or height < 3:
        return width, height
    ratio = _ratio(x, y)
    if not equal or not 1 / ELONGATED < ratio < ELONGATED:
        columns, rows = np.arange(width - 1, width + 1), np.arange(height - 1, height + 1)
        oval = np.zeros((2, 2))
    else:
        high = round(min(height - 1, (width - 1) * ratio / ASPECT)) + 1
        wide = round((high - 1) * ASPECT / ratio) + 1
        rows = np.unique(np.clip(np.arange(high - 5, high + 1), 2, height))
        columns = np.unique(np.clip(np.arange(wide - 11, wide + 2), 2, width))
        oval = np.abs(np.log((columns[:, None] - 1) / (rows - 1) * ratio / ASPECT))
    cost = oval + 10 * np.maximum(oval - 0.02, 0) + _lost(columns, rows)
    if centred:
        cost = cost + _off_centre(x, columns)[:, None] + _off_centre(y, rows)
    i, j = np.unravel_index(int(cost.argmin()), cost.shape)
    return int(columns[i]), int(rows[j])


def _ratio(x: Axis, y: Axis) -> float:
    """How much higher than wide the extent is."""
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        up, across = (np.float64(a.high) / 2 - np.float64(a.low) / 2 for a in (y, x))
        return float(up / across)


def _off_centre(axis: Axis, cells: NDArray[np.int_]) -> Array:
    """How far 0 lies from the middle of its cell, for each number of cells."""
    if not axis.low < 0 < axis.high:
        return np.zeros(cells.size)
    at = float(axis.place(np.array([0.0]))[0]) * (cells - 1)
    distance: Array = np.abs(at - np.rint(at))
    return distance


def _lost(columns: NDArray[np.int_], rows: NDArray[np.int_]) -> Array:
    """The share of the room that is given away."""
    size = columns[:, None] * rows
    lost: Array = 1 - size / size.max()
    return lost
