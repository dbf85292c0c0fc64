"""Rows of a data set, handed out in batches and in a seeded order."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.array import Array
from engine.errors import ShapeError
from engine.training.optimizer_state import Snapshot
from engine.validate import integer

Layout = Callable[[int, Array], Array]
"""Brings array number i into the order in memory that the step wants."""


def count_rows(owner: str, arrays: Sequence[Array]) -> int:
    """N, the rows that each of some arrays (N, …) has.

    Raises:
        ShapeError: different numbers of rows, or none.

    >>> count_rows("demo", [np.ones((3, 2)), np.ones(3)])
    3
    """
    counts = [len(x) if np.ndim(x) else 0 for x in arrays]
    if len(set(counts)) > 1 or not min(counts):
        expected = "arrays of as many rows each" if len(counts) > 1 else "an array of rows"
        raise ShapeError(f"{owner}: expected {expected}, at least one, got "
                         f"{' and '.join(map(str, counts))}.")  # fmt: skip
    return counts[0]


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
        DomainError: batch is not an integer ≥ 1.

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
        self.count = count_rows(owner, arrays)
        self.arrays, self.size = (
            list(arrays),
            min(integer(owner, "batch", batch, low=1), self.count),
        )
        self._shuffles, self._rng = shuffle and self.size < self.count, rng
        self._order, self._cursor = np.arange(self.count), 0
        self._layout: Layout = lambda i, x: x
        self._ordered: list[Array] = []

    def __repr__(self) -> str:
        return f"Batches({self.count} rows in batches of {self.size}, next at {self._cursor})"

    @property
    def per_epoch(self) -> int:
        """Batches that go once through the rows."""
        return -(-self.count // self.size)

    @property
    def next_size(self) -> int:
        """Rows of the next batch."""
        return min(self.size, self.count - self._cursor)

    def first(self, rows: int) -> list[Array]:
        """The first rows as they came: an example for tracing."""
        return [x[:rows] for x in self.arrays]

    def peek(self) -> list[Array]:
        """The rows of the next batch, as they came."""
        index = self._order[self._cursor : self._cursor + self.size]
        return [x[index] for x in self.arrays]

    def begin(self, layout: Layout) -> None:
        """Draw the first order; from now on batches come in that layout."""
        self._layout = layout
        if self._shuffles:
            self._order = self._rng.permutation(self.count)
        self._gather()

    def next(self) -> list[Array]:
        """The next batch, one array each; after the last of an epoch a new order is drawn."""
        start, stop = self._cursor, self._cursor + self.size
        batch = [x[start:stop] for x in self._ordered]
        if stop < self.count:
            self._cursor = stop
            return batch
        self._cursor = 0
        if self._shuffles:
            self._order = self._rng.permutation(self.count)
            self._gather()
        return batch

    def snapshot(self) -> Snapshot:
        """The order of the rows and the place in it, copied."""
        return {"order": self._order.copy(), "cursor": self._cursor}

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot."""
        same = np.array_equal(self._order, snapshot["order"])
        self._order, self._cursor = snapshot["order"].copy(), snapshot["cursor"]
        if not same:
            self._gather()

    def _gather(self) -> None:
        """Bring the rows into their order, so that a batch is a slice."""
        self._ordered = [self._layout(i, x[self._order]) for i, x in enumerate(self.arrays)]
