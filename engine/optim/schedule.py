"""What a schedule is: a function of the step and its settings made a `Schedule`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import getsource, signature
from itertools import pairwise
from math import isfinite
from typing import overload

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.optim.rules import NOT_NEGATIVE, Domain, check_settings

Points = Sequence[tuple[float, float]]
"""(step, rate) pairs."""
Setting = float | Points

AT_LEAST_ONE: Domain = ("{} ≥ 1", lambda x: x >= 1)

DOMAINS: Mapping[str, Domain] = {
    "low": NOT_NEGATIVE,
    "factor": ("0 < {} ≤ 1", lambda x: 0 < x <= 1),
    "rise": ("0 < {} < 1", lambda x: 0 < x < 1),
    "start": AT_LEAST_ONE,
    "end": AT_LEAST_ONE,
    "stretch": AT_LEAST_ONE,
    "points": ("{} = (step, rate) pairs", lambda x: False),
}
"""The domain of a setting that is a number, by its name; any other is positive."""


@dataclass(frozen=True)
class Schedule:
    """A schedule's function and its settings, read off its signature.

    >>> from engine.schedules import cosine
    >>> cosine.settings
    {'lr': 0.1, 'total': 100.0, 'low': 0.0}
    >>> cosine(50, lr=1.0), cosine(np.array([0, 100])).tolist()
    (0.5, [0.1, 0.0])
    """

    name: str
    function: Callable[..., Array]
    settings: Mapping[str, Setting]

    @overload
    def __call__(self, t: float, **settings: Setting) -> float: ...
    @overload
    def __call__(self, t: Array, **settings: Setting) -> Array: ...
    def __call__(self, t: float | Array, **settings: Setting) -> float | Array:
        """The rate at step t, or at each of the steps.

        Raises:
            UnknownNameError: no such setting.
            DomainError: a step < 0, or a setting outside its domain.
        """
        self.check(settings)
        steps = np.asarray(t, dtype=np.float64)
        if not np.all(steps >= 0):
            raise DomainError(f"{self.name}: expected steps t ≥ 0, got {np.min(steps)}.")
        rates = self.function(steps, **settings)
        return rates if np.ndim(t) else float(rates)

    def check(self, settings: Mapping[str, Setting]) -> None:
        """Refuse a setting that the schedule does not have, or that is outside its domain.

        Raises:
            UnknownNameError: no such setting.
            DomainError: outside `DOMAINS`, or points that do not go from left to right.
        """
        points = settings.get("points")
        numbers = dict(settings)
        if isinstance(points, Sequence) and "points" in self.settings:
            _check_points(self.name, points)
            del numbers["points"]
        check_settings(self.name, numbers, self.settings, DOMAINS)

    @property
    def source(self) -> str:
        """The schedule's own lines of code, as a lesson shows them."""
        return getsource(self.function)


def _check_points(name: str, points: Points) -> None:
    if not points or not all(a[0] < b[0] for a, b in pairwise(points)):
        raise DomainError(
            f"{name}: expected points from left to right, at least one, got {points}."
        )
    if not all(isfinite(step) and 0 <= rate < np.inf for step, rate in points):
        raise DomainError(f"{name}: expected finite steps and rates ≥ 0, got {points}.")


def schedule(function: Callable[..., Array]) -> Schedule:
    """Turn a function (t, *, settings…) of an array of steps into a schedule.

    >>> @schedule
    ... def harmonic(t, *, lr=0.1):
    ...     return lr / (1 + t)
    >>> harmonic(1)
    0.05
    """
    settings = {p.name: p.default for p in list(signature(function).parameters.values())[1:]}
    made = Schedule(function.__name__, function, settings)
    object.__setattr__(made, "__doc__", function.__doc__)
    return made
