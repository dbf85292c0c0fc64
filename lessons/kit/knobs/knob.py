"""What all knobs share: a named value, implemented as a descriptor of the experiment's class.

Arguments that every knob takes in addition to its own:

Args:
    label: its name in the panel.
    symbol: its letter in the formulas.
    help: one sentence on what turning it does.
    rebuilds: it changes what the run is built from (the data, a network's shape), so the run
        restarts.
    display_only: it changes the pictures and nothing else, neither the run nor its hash.
    active_when: (name, values): it has an effect only while that knob has one of these values.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Generic, Protocol, Self, TypedDict, TypeVar, Unpack, overload

from engine.errors import DomainError

V = TypeVar("V")
ActiveWhen = tuple[str, tuple[object, ...]]


class KnobOptions(TypedDict, total=False):
    """The arguments that all knobs take, explained above."""

    symbol: str
    help: str
    rebuilds: bool
    display_only: bool
    active_when: ActiveWhen | None


class HasValues(Protocol):
    """An object with the present values of knobs: an experiment."""

    values: dict[str, object]


class AbstractKnob(ABC, Generic[V]):
    """A value that a learner can change. `self.<name>` of an experiment is the present value.

    `merges` says that of several turns between two steps only the last counts: true of knobs whose
    value is simply used, false if turning itself has an effect (an optimizer that is swapped and
    swapped back has lost its state).
    """

    merges: ClassVar[bool] = True

    def __init__(self, label: str, default: object, **shared: Unpack[KnobOptions]) -> None:
        self.name, self.label = "", label
        self.symbol, self.help = shared.get("symbol", ""), shared.get("help", "")
        self.rebuilds = shared.get("rebuilds", False)
        self.display_only = shared.get("display_only", False)
        self.active_when = shared.get("active_when")
        self.default = self.parse(default)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, holder: None, owner: type) -> Self: ...
    @overload
    def __get__(self, holder: HasValues, owner: type) -> V: ...
    def __get__(self, holder: HasValues | None, owner: type) -> object:
        return self if holder is None else holder.values[self.name]

    @abstractmethod
    def parse(self, text: object) -> V:
        """A value from a value, or from what was typed.

        Raises:
            DomainError: `text` is not a value of this knob.
        """

    @abstractmethod
    def show(self, value: V) -> str:
        """The value as text, which `parse` turns back into the same value."""

    @abstractmethod
    def moved(self, value: V, across: int, up: int = 0) -> V:
        """The value some notches away: to the right or left and, in the plane, up or down."""

    @abstractmethod
    def edge_cases(self) -> Sequence[V]:
        """The values that tests must try."""

    def equal(self, one: V, other: V) -> bool:
        """Whether two values are equal."""
        return self.show(one) == self.show(other)

    def is_active(self, values: Mapping[str, object]) -> bool:
        """Whether this knob has an effect, given the present values of the other knobs."""
        return self.active_when is None or values[self.active_when[0]] in self.active_when[1]

    def error_text(self, error: Exception) -> str:
        """The error's message without the knob's name in the code, for display at the knob."""
        return str(error).removeprefix(f"{self.name}: ")

    def error(self, wanted: str, got: object) -> DomainError:
        """The error for a value that this knob cannot have."""
        return DomainError(f"{self.name or self.label}: expected {wanted}, got {got!r}.")
