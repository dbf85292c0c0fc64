"""Oracles: what theory predicts, beside what the run measured."""

from dataclasses import dataclass
from math import isfinite, nan


@dataclass(frozen=True)
class Oracle:
    """One prediction and its measurement.

    `tolerance` is relative to the prediction (absolute where that is zero). A measurement of NaN
    means that the run has not come far enough yet; `why` is the law in a few words.

    >>> Oracle("rate", 0.98, 0.9801, 0.01).ok, Oracle("rate", 0.98, nan, 0.01).ok
    (True, None)
    """

    name: str
    predicted: float
    measured: float
    tolerance: float
    why: str = ""

    @property
    def error(self) -> float:
        """The distance, relative to the prediction (absolute where that is zero)."""
        gap = abs(self.measured - self.predicted)
        return gap / abs(self.predicted) if self.predicted else gap

    @property
    def ok(self) -> bool | None:
        """Whether theory and measurement agree; None while there is no measurement."""
        return self.error <= self.tolerance if isfinite(self.measured) else None


NOT_YET = nan
"""The measurement of a run that has not come far enough."""
