"""A trail: the places of a walk from its very start, thinned as they grow, never forgotten."""

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from lessons.kit.state import State

LIMIT = 1024


class Trail:
    """Places (n,) one after the other. When full, every other is dropped, never the first or last.

    >>> trail = Trail([0.0, 0.0])
    >>> for k in range(1, 5000):
    ...     trail.add([float(k), 0.0])
    >>> len(trail.places) <= LIMIT, trail.places[0].tolist(), trail.places[-1].tolist()
    (True, [0.0, 0.0], [4999.0, 0.0])
    """

    def __init__(self, start: ArrayLike) -> None:
        self._places = [np.array(start, dtype=float)]
        self._every = self._count = 1

    def add(self, place: ArrayLike) -> None:
        """Go on to another place; it is copied."""
        # All but the last are whole strides apart, so a place between them gives way to the next.
        if len(self._places) > 1 and (self._count - 1) % self._every:
            self._places.pop()
        self._places.append(np.array(place, dtype=float))
        self._count += 1
        if len(self._places) > LIMIT:
            self._every *= 2
            last = self._places[-1]
            self._places = self._places[::2]
            if self._places[-1] is not last:
                self._places.append(last)

    @property
    def places(self) -> Array:
        """(k, n), the start first, the last place last."""
        return np.array(self._places)

    def snapshot(self) -> State:
        """All places, copied."""
        return {"places": self.places, "every": self._every, "count": self._count}

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        self._places = list(np.array(state["places"]))
        self._every, self._count = state["every"], state["count"]
