"""Knobs with a scalar value: a number from low to high, an integer, a name, on or off.

The arguments that all knobs share are explained in `lessons.kit.knobs.knob`.
"""

from collections.abc import Sequence
from math import isfinite, log10
from typing import ClassVar, Unpack

from engine.errors import unknown
from lessons.kit.knobs.knob import AbstractKnob, KnobOptions


class Slider(AbstractKnob[float]):
    """A real number from low to high, on a linear or logarithmic scale, to six digits.

    >>> eta = Slider("learning rate", 0.1, 0.001, 1, log=True)
    >>> eta.parse("0.5"), round(eta.position(0.1), 3), eta.show(0.1)
    (0.5, 0.667, '0.1')
    """

    def __init__(
        self,
        label: str,
        default: float,
        low: float,
        high: float,
        *,
        log: bool = False,
        notches: int = 60,
        **shared: Unpack[KnobOptions],
    ) -> None:
        self.low, self.high, self.log, self.notches = low, high, log, notches
        super().__init__(label, default, **shared)

    def parse(self, text: object) -> float:
        """The typed value, rounded to six digits."""
        wanted = f"a number from {self.low:g} to {self.high:g}"
        try:
            value = float(f"{float(str(text)):.6g}")
        except ValueError:
            raise self.error(wanted, text) from None
        if not (isfinite(value) and self.low <= value <= self.high):
            raise self.error(wanted, text)
        return value

    def show(self, value: float) -> str:
        """The value in at most six digits."""
        return f"{value:.6g}"

    def position(self, value: float) -> float:
        """The position of the value between low (0) and high (1)."""
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

    def moved(self, value: float, across: int, up: int = 0) -> float:
        """The value some notches up or down."""
        return self.at(self.position(value) + (across + up) / self.notches)

    def edge_cases(self) -> tuple[float, ...]:
        """Low, default, high."""
        return (self.low, self.default, self.high)


class Integer(AbstractKnob[int]):
    """An integer from low to high.

    >>> Integer("batch", 10, 1, 30).parse("12")
    12
    """

    merges: ClassVar[bool] = False

    def __init__(
        self,
        label: str,
        default: int,
        low: int,
        high: int,
        **shared: Unpack[KnobOptions],
    ) -> None:
        self.low, self.high = low, high
        super().__init__(label, default, **shared)

    def parse(self, text: object) -> int:
        """The typed value."""
        wanted = f"an integer from {self.low} to {self.high}"
        try:
            value = int(str(text)[:30])
        except ValueError:
            raise self.error(wanted, text) from None
        if not self.low <= value <= self.high:
            raise self.error(wanted, text)
        return value

    def show(self, value: int) -> str:
        """The value in digits."""
        return str(value)

    def position(self, value: int) -> float:
        """The position of the value between low (0) and high (1)."""
        return (value - self.low) / max(1, self.high - self.low)

    def at(self, position: float) -> int:
        """The value nearest to a position from 0 to 1."""
        return round(self.low + min(1.0, max(0.0, position)) * (self.high - self.low))

    def moved(self, value: int, across: int, up: int = 0) -> int:
        """The value some notches up or down."""
        return min(self.high, max(self.low, value + across + up))

    def edge_cases(self) -> tuple[int, ...]:
        """Low, default, high."""
        return (self.low, self.default, self.high)


class Choice(AbstractKnob[str]):
    """One of a few names; the first is the default.

    >>> Choice("activation", ("tanh", "relu")).default
    'tanh'
    """

    merges: ClassVar[bool] = False

    def __init__(
        self,
        label: str,
        options: Sequence[str],
        **shared: Unpack[KnobOptions],
    ) -> None:
        self.options = tuple(options)
        super().__init__(label, self.options[0], **shared)

    def parse(self, text: object) -> str:
        """The option of that name; the error for an unknown name lists the nearest ones."""
        if str(text) not in self.options:
            raise unknown(self.name or self.label, str(text), self.options)
        return str(text)

    def show(self, value: str) -> str:
        """The option's name."""
        return value

    def moved(self, value: str, across: int, up: int = 0) -> str:
        """The option some positions further, wrapping around."""
        at = self.options.index(value) + across + up
        return self.options[at % len(self.options)]

    def edge_cases(self) -> tuple[str, ...]:
        """All options."""
        return self.options


class Switch(AbstractKnob[bool]):
    """On or off.

    >>> Switch("test points").parse("on")
    True
    """

    merges: ClassVar[bool] = False

    def __init__(
        self,
        label: str,
        default: bool = False,
        **shared: Unpack[KnobOptions],
    ) -> None:
        super().__init__(label, default, **shared)

    def parse(self, text: object) -> bool:
        """On or off, in one of the usual words."""
        word = str(text).lower()
        if word in ("on", "true", "yes", "1"):
            return True
        if word in ("off", "false", "no", "0"):
            return False
        raise self.error("on or off", text)

    def show(self, value: bool) -> str:
        """On or off, in words."""
        return "on" if value else "off"

    def moved(self, value: bool, across: int, up: int = 0) -> bool:
        """The other one, for an odd number of notches."""
        return value ^ bool((across + up) % 2)

    def edge_cases(self) -> tuple[bool, ...]:
        """Off, on."""
        return (False, True)
