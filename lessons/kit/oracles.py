"""Oracles: what theory predicts and what the run measured."""

from dataclasses import dataclass
from math import inf, isnan, log, nan
from typing import Literal

NOT_YET = nan
"""The measurement of a run that has not come far enough."""


@dataclass(frozen=True)
class Oracle:
    """A prediction and its measurement, taken from what the run actually did.

    Args:
        name: what is predicted, in a few words.
        predicted: by theory, or taken from an outside source.
        measured: `NOT_YET` while the run has not come far enough; an infinity is a refutation.
        tolerance: the largest error that still agrees.
        why: the law, in a few words.
        due: the run has come so far that a measurement must exist: `NOT_YET` is a refutation.
        compare: "ratio": relative to the prediction (absolute if that is 0); "rate": for factors
            near 1 that are applied repeatedly, compares logarithms (.96 instead of .98 is a factor
            of two in the number of steps, not 2 %); "absolute": the plain difference.
        digits: how many digits are shown; more than six where the law needs them.
        illustrates: nothing could refute it; it is only an illustration.

    >>> Oracle("rate", 0.98, 0.9801, 0.01, compare="rate").ok, Oracle("rate", 0.98, nan, 0.01).ok
    (True, None)
    >>> Oracle("rate", 0.98, 0.96, 0.02, compare="rate").ok, Oracle("rate", 0.98, 0.96, 0.03).ok
    (False, True)
    """

    name: str
    predicted: float
    measured: float
    tolerance: float
    why: str = ""
    due: bool = False
    compare: Literal["ratio", "rate", "absolute"] = "ratio"
    digits: int = 6
    illustrates: bool = False

    @property
    def error(self) -> float:
        """How far the measurement is from the prediction."""
        if isnan(self.measured):
            return inf if self.due else nan
        if self.compare == "rate":
            p, m = self.predicted, self.measured
            if not (p > 0 and m > 0 and p != 1):
                return inf if m != p else 0.0
            return abs(log(m) / log(p) - 1)
        gap = abs(self.measured - self.predicted)
        return (
            gap if self.compare == "absolute" or not self.predicted else gap / abs(self.predicted)
        )

    @property
    def ok(self) -> bool | None:
        """Whether theory and measurement agree; None while there is no measurement."""
        return None if isnan(self.error) else bool(self.error <= self.tolerance)
