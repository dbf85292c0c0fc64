"""What a schedule is: a function of the step and its settings made a `Schedule`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import getsource, signature
from itertools import pairwise
from typing import overload

import numpy as np

from engine.arguments import real
from engine.array import Array
from engine.errors import DomainError
from engine.optim.rules import NOT_NEGATIVE, Constraint, check_numbers, describe

Points = Sequence[tuple[float, float]]
"""(step, rate) pairs."""
Setting = float | Points

AT_LEAST_ONE: Constraint = ("{} ≥ 1", lambda x: x >= 1)

CONSTRAINTS: Mapping[str, Constraint] = {
    "low": NOT_NEGATIVE,
    "factor": ("0 < {} ≤ 1", lambda x: 0 < x <= 1),
    "rise": ("0 < {} < 1", lambda x: 0 < x < 1),
    "start": AT_LEAST_ONE,
    "end": AT_LEAST_ONE,
    "stretch": AT_LEAST_ONE,
    "points": ("{} = (step, rate) pairs", lambda x: False),
}
"""The constraint on a setting that is a number, by its name; any other is positive."""


@dataclass(frozen=True)
class Schedule:
    """A function of the step number and its settings.

    >>> from engine.schedules import cosine
    >>> cosine(50, lr=1.0), cosine(np.array([0, 100])).tolist()
    (0.5, [0.1, 0.0])
    >>> cosine(lr=1.0)                           # the same schedule with another value
    cosine(lr=1.0, total=100.0, low=0.0)

    Args:
        name: what it is called.
        function: (t, *, settings…) → rates, of an array of steps.
        settings: name → value where a call gives none.
    """

    name: str
    function: Callable[..., Array]
    settings: Mapping[str, Setting]

    def __post_init__(self) -> None:
        describe(self, self.function, ("t",), {}, self.settings)

    @overload
    def __call__(self, /, **settings: Setting) -> "Schedule": ...
    @overload
    def __call__(self, t: float, /, **settings: Setting) -> float: ...
    @overload
    def __call__(self, t: Array, /, **settings: Setting) -> Array: ...
    def __call__(
        self, t: float | Array | None = None, /, **settings: Setting
    ) -> "Schedule | float | Array":
        """The rate at step t, or at each of the steps. Without steps, bind settings.

        Raises:
            UnknownNameError: no such setting.
            DomainError: a step < 0, or a setting that violates its constraint.
        """
        self.check(settings)
        settings = {**self.settings, **settings}
        if t is None:
            return replace(self, settings=settings)
        steps = np.asarray(t, dtype=np.float64)
        if not np.all(steps >= 0):
            raise DomainError(f"{self.name}: expected steps t ≥ 0, got {np.min(steps)}.")
        rates = self.function(steps, **settings)
        return rates if np.ndim(t) else float(rates)

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{k}={v!r}' for k, v in self.settings.items())})"

    def check(self, settings: Mapping[str, Setting]) -> None:
        """Refuse a setting that the schedule does not have, or that violates its constraint.

        Raises:
            UnknownNameError: no such setting.
            DomainError: against `CONSTRAINTS`, or points that do not go from left to right.
        """
        points = settings.get("points")
        numbers = dict(settings)
        if isinstance(points, Sequence) and "points" in self.settings:
            _check_points(self.name, points)
            del numbers["points"]
        check_numbers(self.name, "setting", numbers, self.settings, CONSTRAINTS)

    @property
    def source(self) -> str:
        """The schedule's own lines of code, as a lesson shows them."""
        return getsource(self.function)


def _check_points(name: str, points: Points) -> None:
    numbers = [[real(number) for number in point] for point in points if isinstance(point, tuple)]
    if len(numbers) < len(points) or any(len(pair) != 2 for pair in numbers):
        raise DomainError(f"{name}: expected points = (step, rate) pairs, got {points}.")
    if not points or not all(a[0] < b[0] for a, b in pairwise(points)):
        raise DomainError(
            f"{name}: expected points from left to right, at least one, got {points}."
        )
    if not all(step is not None and rate is not None and rate >= 0 for step, rate in numbers):
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
    return Schedule(function.__name__, function, settings)
