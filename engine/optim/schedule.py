"""What a schedule is: a function of the step and its settings made a `Schedule`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import signature
from typing import overload

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.optim.parametric import (
    NOT_NEGATIVE,
    AbstractParametric,
    Constraint,
    check_numbers,
    describe,
)  # fmt: skip
from engine.validate import array

Points = Sequence[tuple[float, float]]
"""(step, rate) pairs."""
Setting = float | Points

AT_LEAST_ONE: Constraint = ("{} ≥ 1", lambda x: x >= 1)

SETTING_CONSTRAINTS: Mapping[str, Constraint] = {
    "low": NOT_NEGATIVE,
    "factor": ("0 < {} ≤ 1", lambda x: 0 < x <= 1),
    "rise": ("0 < {} < 1", lambda x: 0 < x < 1),
    "start": AT_LEAST_ONE,
    "end": AT_LEAST_ONE,
    "stretch": AT_LEAST_ONE,
}
"""The constraint on a setting that is a number, by its name; any other is positive."""


@dataclass(frozen=True, repr=False)
class Schedule(AbstractParametric):
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

        NumPy's numbers are taken as Python's: products of small integer types would wrap around.

        Raises:
            UnknownNameError: no such setting.
            DomainError: a step that is < 0 or not finite, or a setting that violates its
                constraint.
        """
        self.check(settings)
        settings = {**self.settings, **settings}
        if t is None:
            return replace(self, settings=settings)
        steps = array(self.name, "steps t", t, nan=True)
        if not np.all(steps >= 0):
            raise DomainError(f"{self.name}: expected steps t ≥ 0, got {np.min(steps)}.")
        if np.isinf(steps).any():
            raise DomainError(f"{self.name}: expected finite steps t, got inf.")
        numbers = {
            name: value if name == "points" else float(np.asarray(value))
            for name, value in settings.items()
        }
        rates = self.function(steps, **numbers)
        return rates if steps.ndim else float(rates)

    @property
    def numbers(self) -> Mapping[str, object]:
        """Its settings."""
        return self.settings

    def check(self, settings: Mapping[str, Setting]) -> None:
        """Refuse a setting that the schedule does not have, or that violates its constraint.

        Raises:
            UnknownNameError: no such setting.
            DomainError: against `SETTING_CONSTRAINTS`, not a finite number, or points that do not
                go from left to right.
        """
        numbers = dict(settings)
        if "points" in self.settings and "points" in numbers:
            _check_points(self.name, numbers.pop("points"))
        check_numbers(self.name, "setting", numbers, self.settings, SETTING_CONSTRAINTS)


def _check_points(name: str, points: Setting) -> None:
    pairs = array(name, "points", points, nan=True)
    if pairs.size and (pairs.ndim != 2 or pairs.shape[1] != 2):
        raise DomainError(f"{name}: expected points = (step, rate) pairs, got {points}.")
    steps, rates = pairs.reshape(-1, 2).T
    if not len(steps) or not np.all(steps[:-1] < steps[1:]):
        raise DomainError(
            f"{name}: expected points from left to right, at least one, got {points}."
        )
    if not np.isfinite(pairs).all() or np.any(rates < 0):
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
