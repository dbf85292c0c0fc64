"""Limits of numbers: whether they hold, and how they are written."""

import math
import operator
from typing import NamedTuple

import numpy as np

from engine.array import Array, Mask


class Limits(NamedTuple):
    """low ≤ x ≤ high and above < x < below; NaN is outside, and so is ±∞ unless `infinite`.

    >>> Limits(above=0).holds(np.array([0.0, 1.0, np.inf])).tolist()
    [False, True, False]
    """

    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    infinite: bool = False

    def holds(self, x: float | Array) -> bool | Mask:
        """Which numbers are within: one truth value for one number, else one for each."""
        inside: bool | Mask = ~np.isnan(x) if self.infinite else np.isfinite(x)
        for limit, compare in zip(self, _COMPARISONS, strict=False):
            if limit is not None:
                inside = inside & compare(x, limit)
        return inside

    def text(self, name: str) -> str:
        """What a number must be, with ±∞ where nothing else limits it.

        >>> Limits(above=0).text("x"), Limits(low=1, infinite=True).text("n"), Limits().text("x")
        ('0 < x < ∞', 'n ≥ 1', 'finite x')
        """
        if self.low is self.high is self.above is self.below is None:
            return f"{name} without NaN" if self.infinite else f"finite {name}"
        if self.infinite:
            return self.interval(name)
        below = math.inf if self.high is self.below is None else self.below
        above = -math.inf if self.low is self.above is None else self.above
        return self._replace(below=below, above=above).interval(name)

    def interval(self, name: str) -> str:
        """The limits alone, as they are written.

        >>> Limits(low=1).interval("n"), Limits(low=0, below=1).interval("p")
        ('n ≥ 1', '0 ≤ p < 1')
        """
        lower = [(self.low, "≤"), (self.above, "<")][self.above is not None]
        upper = [(self.high, "≤"), (self.below, "<")][self.below is not None]
        right = "" if upper[0] is None else f" {upper[1]} {_number(upper[0])}"
        if lower[0] is None:
            return name + right
        if right:
            return f"{_number(lower[0])} {lower[1]} {name}{right}"
        return f"{name} {'≥' if lower[1] == '≤' else '>'} {_number(lower[0])}"


_COMPARISONS = operator.ge, operator.le, operator.gt, operator.lt
"""What low, high, above and below ask of a number."""

FINITE = Limits()


def _number(x: float) -> str:
    """5, 0.5, 1e8, −∞."""
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    text = f"{abs(x):g}".replace("e+0", "e").replace("e+", "e")
    return f"−{text}" if x < 0 else text
