"""Numbers for people: short texts, and round ticks on an axis."""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.array import Array


def format_number(value: float, digits: int = 3) -> str:
    """A number in few characters.

    >>> [format_number(v) for v in (0, 0.03125, 1500, 2.5e-7, -1e300, float("nan"))]
    ['0', '0.0312', '1500', '2.5e-7', '-1e300', 'nan']
    """
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "-∞"}.get(value, "nan")
    if value == 0:
        return "0"
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    exponent = int(power)
    plain = -3 < exponent < 5
    text = f"{value:.{max(digits - 1 - exponent, 0)}f}" if plain else mantissa
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if plain else f"{text}e{exponent}"


FloatOrArray = TypeVar("FloatOrArray", float, Array)


def fraction_of(value: FloatOrArray, low: float, high: float) -> FloatOrArray:
    """The fraction of the way from low to high; halving keeps ±1e308 from overflowing.

    >>> fraction_of(2.0, 1.0, 5.0)
    0.25
    """
    return (value / 2 - low / 2) / (high / 2 - low / 2)


def roundest(low: float, high: float) -> float:
    """The number with the fewest digits from low to high, near the middle.

    >>> roundest(2.91, 3.08), roundest(0.61, 0.68), roundest(-0.2, 0.1)
    (3.0, 0.65, 0.0)
    """
    if low <= 0 <= high:
        return 0.0
    middle = low / 2 + high / 2
    gap = high / 2 - low / 2
    if not gap > 1e-300:
        # The half of the smallest number of all is 0.
        return min(max(middle, low), high)
    exponent = min(math.floor(math.log10(max(abs(low), abs(high)))) + 1, 308)
    for power in range(exponent, math.floor(math.log10(gap)) - 2, -1):
        for factor in (1, 0.5):
            # Dividing by an integral power keeps 0.3 from becoming 0.30000000000000004.
            unit, whole = (
                (1.0, 10.0**-power / factor) if power <= 0 else (factor * 10.0**power, 1.0)
            )
            value = round(middle / unit * whole) * unit / whole
            if low <= value <= high:
                return value
    return middle


@dataclass(frozen=True)
class Axis:
    """A range of numbers mapped to 0 … 1, linear or logarithmic.

    >>> Axis(1.0, 100.0, log=True).positions(np.array([10.0])).tolist()
    [0.5]
    """

    low: float
    high: float
    log: bool = False

    def positions(self, values: Array) -> Array:
        """The positions of the values: 0 at `low`, 1 at `high`; nan if they have none."""
        low, high, at = self.low, self.high, np.asarray(values, dtype=float)
        if self.log:
            at = np.log10(np.where(at > 0, at, np.nan))
            low, high = math.log10(low), math.log10(high)
        with np.errstate(over="ignore"):
            # An overflow to infinity is far enough outside.
            return fraction_of(np.where(np.isfinite(at), at, np.nan), low, high)

    def ticks(self, count: int) -> list[tuple[float, str]]:
        """At most about `count` round numbers inside the axis, each with its text."""
        if self.log:
            first = math.ceil(math.log10(self.low) - 1e-9)
            last = math.floor(math.log10(self.high) + 1e-9)
            if last > first:
                least = (last - first + 1) / max(count, 1)
                stride = next(s for s in (1, 2, 3, 4, 6, 10, 20, 50, 100, 200, 700) if s >= least)
                powers = range(-(-first // stride) * stride, last + 1, stride)
                return [(float(f"1e{p}"), _power(p)) for p in powers or [first]]
        if max(abs(self.low), abs(self.high)) < 1e300:
            return self._round_ticks(max(count, 2))
        # This close to the greatest float, the next round number would be infinite.
        small = Axis(self.low / 1e10, self.high / 1e10)._round_ticks(max(count, 2))
        return [(value * 1e10, format_number(value * 1e10)) for value, _ in small]

    def _round_ticks(self, count: int) -> list[tuple[float, str]]:
        raw = (self.high / count) - (self.low / count)
        if not raw > 1e-300:
            return [(self.low, format_number(self.low))]
        unit = 10.0 ** math.floor(math.log10(raw))
        step = next((m * unit for m in (1, 2, 2.5, 5) if m * unit >= raw * 0.999), 10 * unit)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        values = [k * step for k in range(first, last + 1)]
        return list(zip(values, _alike(values, step), strict=True))


def _power(exponent: int) -> str:
    return f"{10.0**exponent:g}" if -2 <= exponent <= 3 else f"1e{exponent}"


def _alike(values: list[float], step: float) -> list[str]:
    """Uniform texts for evenly spaced ticks: as many decimals as the step needs."""
    top = max((abs(v) for v in values), default=0.0)
    if top >= 1e5 or step < 1e-3:
        digits = 1 + max(0, math.ceil(math.log10(max(top / step, 1)) - 1e-9))
        return [format_number(v, min(digits + 1, 6)) for v in values]
    decimals = next((d for d in range(4) if abs(step * 10**d - round(step * 10**d)) < 1e-6), 4)
    return [f"{v + 0.0:.{decimals}f}" for v in values]


def fit_axis(values: NDArray[np.floating], log: bool = False) -> Axis:
    """The smallest axis that contains the finite values (the positive ones if logarithmic).

    >>> fit_axis(np.array([2.0, np.nan, 2.0]))
    Axis(low=1.0, high=3.0, log=False)
    """
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not values.size:
        return Axis(0.1, 1.0, True) if log else Axis(0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if log:
        if high / low > 1.0001:
            return Axis(low, high, True)
        return Axis(max(low / 3, 5e-324), min(high * 3, 1.7e308), True)
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-300):
        pad = abs(low) / 2 or 1.0
        return Axis(max(low - pad, -1.7e308), min(high + pad, 1.7e308))
    return Axis(low, high)
