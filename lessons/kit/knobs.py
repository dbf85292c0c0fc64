"""Knobs: what a learner can turn. Declared once; a slider, an option and a test corner each.

A knob that `rebuilds` changes what the run is made of (the data, the network's shape): turning it
starts the run anew. One that only `shows` changes the pictures and nothing else. Any other acts in
the midst of the run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log10

from engine.errors import DomainError, unknown

Value = float | int | str | bool


@dataclass(frozen=True, kw_only=True)
class AbstractKnob:
    """What all knobs have.

    `symbol` is the letter in the formulas, `help` one sentence on what turning it does, and
    `only` names another knob and the values of it under which this one matters.
    """

    name: str
    label: str
    symbol: str = ""
    help: str = ""
    rebuilds: bool = False
    shows: bool = False
    only: tuple[str, tuple[Value, ...]] | None = None

    def wakes(self, settings: "Settings") -> bool:
        """Whether this knob has an effect beside the other knobs' present values."""
        return self.only is None or settings[self.only[0]] in self.only[1]


@dataclass(frozen=True, kw_only=True)
class Slider(AbstractKnob):
    """A real number from low to high, on a linear or a logarithmic scale.

    >>> eta = Slider(name="lr", label="learning rate", default=0.1, low=0.001, high=1, log=True)
    >>> eta.parse("0.5"), round(eta.position(0.1), 3), eta.show(0.1)
    (0.5, 0.667, '0.1')
    """

    default: float
    low: float
    high: float
    log: bool = False
    notches: int = 60

    def parse(self, text: object) -> float:
        """A value from what was typed.

        Raises:
            DomainError: not a number from low to high.
        """
        wanted = f"{self.name}: expected a number from {self.low:g} to {self.high:g}"
        try:
            value = float(str(text))
        except ValueError:
            raise DomainError(f"{wanted}, got {text!r}.") from None
        if not (isfinite(value) and self.low <= value <= self.high):
            raise DomainError(f"{wanted}, got {text}.")
        return value

    def show(self, value: Value) -> str:
        """The value in a few characters."""
        return f"{float(value):.4g}"

    def position(self, value: Value) -> float:
        """Where the value lies between low (0) and high (1)."""
        x, low, high = float(value), self.low, self.high
        if self.log:
            x, low, high = log10(x), log10(low), log10(high)
        return (x - low) / (high - low)

    def at(self, position: float) -> float:
        """The value at a position from 0 to 1, to three digits."""
        p = min(1.0, max(0.0, position))
        if self.log:
            x = 10 ** (log10(self.low) + p * (log10(self.high) - log10(self.low)))
        else:
            x = self.low + p * (self.high - self.low)
        return min(self.high, max(self.low, float(f"{x:.3g}")))

    def moved(self, value: Value, notches: int) -> float:
        """The value some notches further up or down."""
        return self.at(self.position(value) + notches / self.notches)

    def corners(self) -> tuple[float, ...]:
        """The values that a test must try."""
        return (self.low, self.default, self.high)


@dataclass(frozen=True, kw_only=True)
class Whole(AbstractKnob):
    """A whole number from low to high.

    >>> Whole(name="batch", label="batch", default=10, low=1, high=30).parse("12")
    12
    """

    default: int
    low: int
    high: int

    def parse(self, text: object) -> int:
        """A value from what was typed.

        Raises:
            DomainError: not a whole number from low to high.
        """
        wanted = f"{self.name}: expected a whole number from {self.low} to {self.high}"
        try:
            value = int(str(text))
        except ValueError:
            raise DomainError(f"{wanted}, got {text!r}.") from None
        if not self.low <= value <= self.high:
            raise DomainError(f"{wanted}, got {value}.")
        return value

    def show(self, value: Value) -> str:
        """The value in digits."""
        return str(value)

    def position(self, value: Value) -> float:
        """Where the value lies between low (0) and high (1)."""
        return (int(value) - self.low) / max(1, self.high - self.low)

    def at(self, position: float) -> int:
        """The value nearest to a position from 0 to 1."""
        return round(self.low + min(1.0, max(0.0, position)) * (self.high - self.low))

    def moved(self, value: Value, notches: int) -> int:
        """The value some notches further up or down."""
        return min(self.high, max(self.low, int(value) + notches))

    def corners(self) -> tuple[int, ...]:
        """The values that a test must try."""
        return (self.low, self.default, self.high)


@dataclass(frozen=True, kw_only=True)
class Choice(AbstractKnob):
    """One of a few names.

    >>> Choice(name="f", label="activation", options=("tanh", "relu")).default
    'tanh'
    """

    options: tuple[str, ...]

    @property
    def default(self) -> str:
        """The first option."""
        return self.options[0]

    def parse(self, text: object) -> str:
        """A value from what was typed.

        Raises:
            UnknownNameError: not among the options.
        """
        if str(text) not in self.options:
            raise unknown(f"{self.name}", str(text), self.options)
        return str(text)

    def show(self, value: Value) -> str:
        """The option's name."""
        return str(value)

    def position(self, value: Value) -> float:
        """Where the option stands in the row, from 0 to 1."""
        return self.options.index(str(value)) / max(1, len(self.options) - 1)

    def at(self, position: float) -> str:
        """The option at a position from 0 to 1."""
        last = len(self.options) - 1
        return self.options[round(min(1.0, max(0.0, position)) * last)]

    def moved(self, value: Value, notches: int) -> str:
        """The option some places on, round and round."""
        return self.options[(self.options.index(str(value)) + notches) % len(self.options)]

    def corners(self) -> tuple[str, ...]:
        """The values that a test must try."""
        return self.options


@dataclass(frozen=True, kw_only=True)
class Switch(AbstractKnob):
    """On or off.

    >>> Switch(name="test", label="test points").parse("on")
    True
    """

    default: bool = False

    def parse(self, text: object) -> bool:
        """A value from what was typed.

        Raises:
            DomainError: neither on nor off.
        """
        word = str(text).lower()
        if word in ("on", "true", "yes", "1"):
            return True
        if word in ("off", "false", "no", "0"):
            return False
        raise DomainError(f"{self.name}: expected on or off, got {text!r}.")

    def show(self, value: Value) -> str:
        """On or off, in words."""
        return "on" if value else "off"

    def position(self, value: Value) -> float:
        """0 when off, 1 when on."""
        return float(bool(value))

    def at(self, position: float) -> bool:
        """On in the upper half."""
        return position >= 0.5

    def moved(self, value: Value, notches: int) -> bool:
        """The other one, for an odd number of notches."""
        return bool(value) ^ bool(notches % 2)

    def corners(self) -> tuple[bool, ...]:
        """The values that a test must try."""
        return (False, True)


Knob = Slider | Whole | Choice | Switch


class Settings(Mapping[str, Value]):
    """The present value of every knob, never changed in place.

    >>> knobs = (Slider(name="lr", label="rate", default=0.1, low=0.01, high=1, log=True),)
    >>> Settings(knobs).with_value("lr", "0.5").number("lr")
    0.5
    """

    def __init__(self, knobs: Sequence[Knob], values: Mapping[str, object] | None = None) -> None:
        self.knobs = {knob.name: knob for knob in knobs}
        self._values: dict[str, Value] = {knob.name: knob.default for knob in knobs}
        for name, value in (values or {}).items():
            self._values[name] = self.knob(name).parse(value)

    def knob(self, name: str) -> Knob:
        """The knob of that name.

        Raises:
            UnknownNameError: this lesson has none.
        """
        if name not in self.knobs:
            raise unknown("knob", name, self.knobs)
        return self.knobs[name]

    def with_value(self, name: str, value: object) -> "Settings":
        """The same settings but for one, given as a value or as text."""
        return Settings(tuple(self.knobs.values()), {**self._values, name: value})

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def number(self, name: str) -> float:
        """A slider's value."""
        return float(self._values[name])

    def whole(self, name: str) -> int:
        """A whole number's value."""
        return int(self._values[name])

    def word(self, name: str) -> str:
        """A choice's value."""
        return str(self._values[name])

    def flag(self, name: str) -> bool:
        """A switch's value."""
        return bool(self._values[name])
