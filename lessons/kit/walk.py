"""Walks: an algorithm of the engine, one record a step, forth and back."""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import ClassVar, Generic, Protocol, TypeVar

from engine.errors import DltutorError
from lessons.kit.experiment import AbstractExperiment, Status, derived, view
from lessons.kit.pictures import Text

KEPT, LONGEST = 256, 100_000
"""So many records are kept (they hold copies of matrices); so many an algorithm may have."""


class Record(Protocol):
    """What an algorithm of the engine yields: `why` is the step in words."""

    @property
    def why(self) -> str:
        """What was done, and the reason."""


R = TypeVar("R", bound=Record)


class Recorded(Generic[R]):
    """The records of an algorithm, computed as far as they are asked for.

    The last `KEPT` stay; an earlier one is computed again from the start.
    """

    def __init__(self, make: Callable[[], Iterator[R]]) -> None:
        self._make = make
        self.whys: list[str] = []
        self.refusal = ""
        """Why the algorithm refused to go on; it ends there."""
        self._begin()

    def _begin(self) -> None:
        self._rest, self._near, self._count = self._told(), deque[R](maxlen=KEPT), 0

    def _told(self) -> Iterator[R]:
        try:
            yield from self._make()
        except DltutorError as error:
            self.refusal = str(error)

    def reach(self, count: int) -> int:
        """How many of the first `count` records there are."""
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
        """Record `number`, counted from 1; it must be there."""
        if number <= self._count - len(self._near):
            self._begin()
        self.reach(number)
        return self._near[number - self._count - 1]


class Walk(AbstractExperiment, Generic[R]):
    """The state is a number: after how many records one stands.

    Every knob starts the walk anew, but those that only show.
    """

    unit: ClassVar[str] = "step"
    budget: ClassVar[int] = LONGEST

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for knob in cls.knobs.values():
            knob.rebuilds = not knob.shows

    @abstractmethod
    def records(self) -> Iterator[R]:
        """The engine's generator for the present knobs; its last record is the answer."""

    def reset(self) -> None:
        """Stand before the first record again."""
        super().reset()
        self._recorded = Recorded(self.records)

    def advance(self, count: int) -> None:
        """Go `count` records on, or back where it is negative; no further than there are."""
        self.steps = self._recorded.reach(max(0, self.steps + count))
        self._forget()

    @property
    def record(self) -> R | None:
        """What was just done; None before the first step."""
        return self._recorded.at(self.steps) if self.steps else None

    @derived
    def answer(self) -> R | None:
        """The last record, also before it is reached; None where the algorithm refuses."""
        try:
            last = deque(islice(self.records(), LONGEST), maxlen=1)
        except DltutorError:
            return None
        return last[0] if last else None

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Converged at the last record; diverged where the algorithm refused to go on."""
        if self._recorded.reach(self.steps + 1) > self.steps:
            return "running"
        return "diverged" if self._recorded.refusal else "converged"

    @property
    def refusal(self) -> str:
        """The sentence with which the algorithm refused to go on, once one stands there."""
        return self._recorded.refusal if self.status == "diverged" else ""

    @view
    def reasons(self) -> Text:
        """Every step so far in the engine's own words."""
        self._recorded.reach(self.steps)
        whys = [f"{i}. {why}" for i, why in enumerate(self._recorded.whys[: self.steps], 1)]
        lines = (*whys, self.refusal) if self.refusal else tuple(whys)
        words = lines or (f"Nothing yet: one {self.unit} does one thing.",)
        return Text("What was done", words, len(lines) - 1 if lines else None)
