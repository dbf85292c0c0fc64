"""A trajectory: the points that a run has visited since its start, thinned as they grow."""

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from lessons.kit.state import State

MAX_POINTS = 1024


class Trajectory:
    """Points (n,) in order. When full, it drops every other one, but never the first or the last.

    >>> trail = Trajectory([0.0, 0.0])
    >>> for k in range(1, 5000):
    ...     trail.append([float(k), 0.0])
    >>> len(trail.points) <= MAX_POINTS, trail.points[0].tolist(), trail.points[-1].tolist()
    (True, [0.0, 0.0], [4999.0, 0.0])
    """

    def __init__(self, start: ArrayLike) -> None:
        self._points = [np.array(start, dtype=float)]
        self._stride = self._count = 1

    def append(self, point: ArrayLike) -> None:
        """Append a copy of a point."""
        # All but the last are a full stride apart, so a point in between is replaced by the next.
        if len(self._points) > 1 and (self._count - 1) % self._stride:
            self._points.pop()
        self._points.append(np.array(point, dtype=float))
        self._count += 1
        if len(self._points) > MAX_POINTS:
            self._stride *= 2
            last = self._points[-1]
            self._points = self._points[::2]
            if self._points[-1] is not last:
                self._points.append(last)

    @property
    def points(self) -> Array:
        """(k, n), in order, from the start to the last point."""
        return np.array(self._points)

    def snapshot(self) -> State:
        """A copy of all points."""
        return {"places": self.points, "every": self._stride, "count": self._count}

    def restore(self, state: State) -> None:
        """Return to a snapshot."""
        self._points = list(np.array(state["places"]))
        self._stride, self._count = state["every"], state["count"]
