"""Experiments that step through the records of an engine algorithm, forwards and backwards."""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import ClassVar, Generic, Protocol, TypeVar

from engine.errors import DltutorError
from lessons.kit.experiment import AbstractExperiment, Status, derived, view
from lessons.kit.pictures import Text

CACHE_SIZE, MAX_RECORDS = 256, 100_000
"""How many records are cached (they hold copies of matrices); how many an algorithm may yield."""


class Record(Protocol):
    """What an engine algorithm yields at each step."""

    @property
    def why(self) -> str:
        """What was done and why, in words."""


R = TypeVar("R", bound=Record)


class RecordCache(Generic[R]):
    """The records of an algorithm, computed on demand.

    The last `CACHE_SIZE` are cached; for an earlier one the algorithm starts again.
    """

    def __init__(self, make: Callable[[], Iterator[R]]) -> None:
        self._make = make
        self.whys: list[str] = []
        self.refusal = ""
        """The error with which the algorithm stopped; empty if there was none."""
        self._begin()

    def _begin(self) -> None:
        self._rest, self._near, self._count = self._guarded(), deque[R](maxlen=CACHE_SIZE), 0

    def _guarded(self) -> Iterator[R]:
        try:
            yield from self._make()
        except DltutorError as error:
            self.refusal = str(error)

    def reach(self, count: int) -> int:
        """Compute up to `count` records; returns how many of them exist."""
        while self._count < count:
            record = next(self._rest, None)
            if record is None:
                break
            self._near.append(record)
            self._count += 1
            if self._count > len(self.whys):
                self.whys.append(record.why)
        return min(count, self._count)

    def at(self, number: int) -> R:
        """Record `number`, counted from 1; it must exist."""
        if number <= self._count - len(self._near):
            self._begin()
        self.reach(number)
        return self._near[number - self._count - 1]


class AlgorithmExperiment(AbstractExperiment, Generic[R]):
    """An experiment whose state is a number: how many records have been passed.

    Every knob restarts the algorithm, except those that are `display_only`.
    """

    unit: ClassVar[str] = "step"
    budget: ClassVar[int] = MAX_RECORDS

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for knob in cls.knobs.values():
            knob.rebuilds = not knob.display_only

    @abstractmethod
    def records(self) -> Iterator[R]:
        """The engine's generator for the present knobs; its last record is the answer."""

    def reset(self) -> None:
        """Go back to before the first record."""
        super().reset()
        self._recorded = RecordCache(self.records)

    def advance(self, count: int) -> None:
        """Go `count` records forwards, or backwards if negative, stopping at either end."""
        self.steps = self._recorded.reach(max(0, self.steps + count))
        self._forget()

    @property
    def record(self) -> R | None:
        """The record of the step just made; None before the first step."""
        return self._recorded.at(self.steps) if self.steps else None

    @derived
    def past(self) -> tuple[R, ...]:
        """All records so far, in order: the last is `record`. It is empty before the first step."""
        return tuple(self._recorded.at(number) for number in range(1, self.steps + 1))

    @derived
    def answer(self) -> R | None:
        """The last record, even before it is reached; None if the algorithm raises an error."""
        try:
            last = deque(islice(self.records(), MAX_RECORDS), maxlen=1)
        except DltutorError:
            return None
        return last[0] if last else None

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Converged at the last record; diverged where the algorithm stopped with an error."""
        if self._recorded.reach(self.steps + 1) > self.steps:
            return "running"
        return "diverged" if self._recorded.refusal else "converged"

    @property
    def refusal(self) -> str:
        """The error with which the algorithm stopped, once that step is reached; else empty."""
        return self._recorded.refusal if self.status == "diverged" else ""

    @view
    def reasons(self) -> Text:
        """Every step so far, in the engine's own words."""
        self._recorded.reach(self.steps)
        whys = [f"{i}. {why}" for i, why in enumerate(self._recorded.whys[: self.steps], 1)]
        lines = (*whys, self.refusal) if self.refusal else tuple(whys)
        words = lines or (f"Nothing yet: one {self.unit} does one thing.",)
        return Text("What was done", words, len(lines) - 1 if lines else None)
