"""What all knobs have in common: a value with a name, a descriptor of the experiment's class.

Arguments that every knob takes besides its own:

Args:
    label: what the panel calls it.
    symbol: its letter in the formulas.
    help: one sentence on what turning it does.
    rebuilds: it changes what the run is made of (the data, a network's shape): the run starts anew.
    shows: it changes the pictures and nothing else; neither the run nor its hash know of it.
    only: (name, values): it matters only while the knob of that name has one of these values.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Generic, Protocol, Self, TypedDict, TypeVar, Unpack, overload

from engine.errors import DomainError

V = TypeVar("V")
Only = tuple[str, tuple[object, ...]]


class Shared(TypedDict, total=False):
    """The arguments of every knob, explained above."""

    symbol: str
    help: str
    rebuilds: bool
    shows: bool
    only: Only | None


class Holder(Protocol):
    """Whoever holds the present values of knobs: an experiment."""

    values: dict[str, object]


class AbstractKnob(ABC, Generic[V]):
    """A value that a learner can change. `self.<name>` of an experiment is the present value.

    `merges` says that several turns between two steps count as one, the last: true of knobs whose
    value is simply put to use, false where a turn itself leaves a trace (an optimizer swapped and
    swapped back has lost its state).
    """

    merges: ClassVar[bool] = True

    def __init__(self, label: str, default: object, **shared: Unpack[Shared]) -> None:
        self.name, self.label = "", label
        self.symbol, self.help = shared.get("symbol", ""), shared.get("help", "")
        self.rebuilds, self.shows = shared.get("rebuilds", False), shared.get("shows", False)
        self.only = shared.get("only")
        self.default = self.parse(default)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, holder: None, owner: type) -> Self: ...
    @overload
    def __get__(self, holder: Holder, owner: type) -> V: ...
    def __get__(self, holder: Holder | None, owner: type) -> object:
        return self if holder is None else holder.values[self.name]

    @abstractmethod
    def parse(self, text: object) -> V:
        """A value from a value, or from what was typed.

        Raises:
            DomainError: not a value of this knob.
        """

    @abstractmethod
    def show(self, value: V) -> str:
        """The value as text, from which `parse` makes the same value again."""

    @abstractmethod
    def moved(self, value: V, across: int, up: int = 0) -> V:
        """The value some notches further: to the right or left and, in the plane, up or down."""

    @abstractmethod
    def corners(self) -> Sequence[V]:
        """The values that a test must try."""

    def same(self, one: V, other: V) -> bool:
        """Whether two values are the same."""
        return self.show(one) == self.show(other)

    def wakes(self, values: Mapping[str, object]) -> bool:
        """Whether this knob has an effect beside the other knobs' present values."""
        return self.only is None or values[self.only[0]] in self.only[1]

    def told(self, error: Exception) -> str:
        """What is wrong, without the name that only the code knows, as one says it at the knob."""
        return str(error).removeprefix(f"{self.name}: ")

    def refuse(self, wanted: str, got: object) -> DomainError:
        """The error for a value that this knob cannot have."""
        return DomainError(f"{self.name or self.label}: expected {wanted}, got {got!r}.")
