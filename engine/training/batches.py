"""Rows of a data set, handed out in batches and in a seeded order."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.training.descent import State

Lay = Callable[[int, Array], Array]
"""Brings array number i into the order in memory that the step wants."""


class Batches:
    """Some arrays of N rows, row i of one belonging to row i of the others.

    One epoch goes through all rows once, in a fresh random order unless told otherwise; its last
    batch may be smaller. When a batch holds all rows there is nothing to draw.

    Args:
        owner: the name in error messages.
        arrays: (N, …) each, N ≥ 1.
        batch: rows a batch, ≥ 1; more than N count as N.
        shuffle: whether each epoch has an order of its own.
        rng: draws the orders.

    Raises:
        ShapeError: arrays with different numbers of rows, or none.
        DomainError: batch < 1.

    >>> rows = Batches("demo", [np.arange(4.0)], 2, True, np.random.default_rng(0))
    >>> rows.begin(lambda i, x: x)
    >>> [rows.next()[0].tolist() for _ in range(2)]
    [[2.0, 0.0], [1.0, 3.0]]
    """

    def __init__(
        self,
        owner: str,
        arrays: Sequence[Array],
        batch: int,
        shuffle: bool,
        rng: np.random.Generator,
    ) -> None:
        counts = [len(x) for x in arrays]
        if len(set(counts)) > 1 or not min(counts):
            raise ShapeError(f"{owner}: expected as many inputs as targets, at least one, got "
                             f"{' and '.join(map(str, counts))}.")  # fmt: skip
        if batch < 1:
            raise DomainError(f"{owner}: expected batch ≥ 1, got {batch}.")
        self.arrays, self.size, self.count = list(arrays), min(batch, counts[0]), counts[0]
        self._shuffles, self._rng = shuffle and self.size < self.count, rng
        self._order, self._cursor = np.arange(self.count), 0
        self._lay: Lay = lambda i, x: x
        self._laid: list[Array] = []

    @property
    def per_epoch(self) -> int:
        """Batches that go once through the rows."""
        return -(-self.count // self.size)

    @property
    def coming(self) -> int:
        """Rows of the next batch."""
        return min(self.size, self.count - self._cursor)

    def first(self, rows: int) -> list[Array]:
        """The first rows as they came: an example for tracing."""
        return [x[:rows] for x in self.arrays]

    def peek(self) -> list[Array]:
        """The rows of the next batch, as they came."""
        index = self._order[self._cursor : self._cursor + self.size]
        return [x[index] for x in self.arrays]

    def begin(self, lay: Lay) -> None:
        """Draw the first order; from now on batches come laid out."""
        self._lay = lay
        if self._shuffles:
            self._order = self._rng.permutation(self.count)
        self._gather()

    def next(self) -> list[Array]:
        """The next batch, one array each; after the last of an epoch a new order is drawn."""
        start, stop = self._cursor, self._cursor + self.size
        batch = [x[start:stop] for x in self._laid]
        if stop < self.count:
            self._cursor = stop
            return batch
        self._cursor = 0
        if self._shuffles:
            self._order = self._rng.permutation(self.count)
            self._gather()
        return batch

    def snapshot(self) -> State:
        """The order of the rows and the place in it, copied."""
        return {"order": self._order.copy(), "cursor": self._cursor}

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        same = np.array_equal(self._order, state["order"])
        self._order, self._cursor = state["order"].copy(), state["cursor"]
        if not same:
            self._gather()

    def _gather(self) -> None:
        """Lay the rows out in their order, so that a batch is a slice."""
        self._laid = [self._lay(i, x[self._order]) for i, x in enumerate(self.arrays)]
