"""What a schedule is: a function of the step and its settings made a `Schedule`."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from inspect import getsource, signature
from typing import overload

import numpy as np

from engine.array import Array, real_numbers
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

        NumPy's numbers are taken as Python's: products of small integer types would wrap around.

        Raises:
            UnknownNameError: no such setting.
            DomainError: a step that is < 0 or not finite, or a setting outside its domain.
        """
        self.check(settings)
        steps = real_numbers(self.name, "steps t", t)
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

    def check(self, settings: Mapping[str, Setting]) -> None:
        """Refuse a setting that the schedule does not have, or that is outside its domain.

        Raises:
            UnknownNameError: no such setting.
            DomainError: outside `DOMAINS`, not a finite number, or points that do not go from left
                to right.
        """
        numbers = {}
        for name, value in settings.items():
            if name == "points" and name in self.settings:
                _check_points(self.name, value)
            else:
                numbers[name] = value
        _check_numbers(self.name, numbers, self.settings)
        check_settings(self.name, numbers, self.settings, DOMAINS)

    @property
    def source(self) -> str:
        """The schedule's own lines of code, as a lesson shows them."""
        return getsource(self.function)


def _check_numbers(owner: str, numbers: Mapping[str, Setting], known: Container[str]) -> None:
    """One real number each; NaN is left to its domain."""
    for name, value in numbers.items():
        number = np.asarray(value)
        if name in known and (number.ndim or number.dtype.kind not in "biuf" or np.isinf(number)):
            raise DomainError(f"{owner}: expected {name} to be one finite number, got {value!r}.")


def _check_points(name: str, points: Setting) -> None:
    pairs = real_numbers(name, "points", points)
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
    made = Schedule(function.__name__, function, settings)
    object.__setattr__(made, "__doc__", function.__doc__)
    return made
