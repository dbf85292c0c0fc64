"""The recorded metrics of a run, thinned as they grow, so that a long run needs no more memory."""

from collections.abc import Mapping
from typing import TypeVar

MAX_RECORDS = 2048
T = TypeVar("T")


class History:
    """Series of numbers over steps. When full, it drops every other record, but never the last.

    >>> history = History()
    >>> for step in range(5000):
    ...     history.record(step, {"loss": 1 / (step + 1)})
    >>> len(history.steps) <= MAX_RECORDS, history.steps[0], history.steps[-1]
    (True, 0, 4999)
    """

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.series: dict[str, list[float]] = {}
        self._keep_every = 1
        self._count = 0

    def record(self, step: int, metrics: Mapping[str, float]) -> None:
        """Record a step's metrics, replacing an earlier record of it; the last is always kept."""
        if self.steps and step == self.steps[-1]:
            self._drop_last()
            self._count -= 1
        elif self.steps and (self._count - 1) % self._keep_every:
            self._drop_last()
        self._count += 1
        self.steps.append(step)
        for name, value in metrics.items():
            self.series.setdefault(name, []).append(float(value))
        if len(self.steps) >= MAX_RECORDS:
            self._thin()

    def last(self, name: str) -> float:
        """The latest value of a series.

        Raises:
            KeyError: no series of that name was recorded.
        """
        return self.series[name][-1]

    def cut(self, step: int) -> None:
        """Drop the records after a step."""
        before = len(self.steps)
        while self.steps and self.steps[-1] > step:
            self._drop_last()
        if len(self.steps) < before:
            # The records that are left are one in every `_keep_every`.
            self._count = (len(self.steps) - 1) * self._keep_every + 1 if self.steps else 0

    def copy(self) -> "History":
        """A copy of the records, which can diverge from here."""
        twin = History()
        twin.steps = self.steps.copy()
        twin.series = {name: values.copy() for name, values in self.series.items()}
        twin._keep_every, twin._count = self._keep_every, self._count
        return twin

    def _drop_last(self) -> None:
        self.steps.pop()
        for values in self.series.values():
            values.pop()

    def _thin(self) -> None:
        self._keep_every *= 2
        self.steps = _every_other(self.steps)
        self.series = {name: _every_other(values) for name, values in self.series.items()}


def _every_other(values: list[T]) -> list[T]:
    """The first, third, fifth … and the last."""
    return values[::2] if len(values) % 2 else [*values[::2], values[-1]]
