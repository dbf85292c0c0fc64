"""Single arguments: an integer, a real number, a function, a generator."""

from collections.abc import Iterable
from math import isfinite
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from engine.errors import ShapeError
from engine.validate.limits import Limits
from engine.validate.message import require, shown


def is_integer(x: object) -> bool:
    """Is it an integer, of whatever type, that a float can hold? A truth value is not.

    >>> is_integer(3.0), is_integer(3.5), is_integer(float("inf")), is_integer(10**400)
    (True, False, False, False)
    """
    if not isinstance(x, int | float | np.number | np.ndarray) or np.ndim(x):
        return False
    if np.asarray(x).dtype.kind not in "uifO":  # O: a Python integer of many digits
        return False
    return bool(-(2.0**53) <= x <= 2.0**53 and x == int(x))


def integer(
    where: str, name: str, x: object, *, low: int | None = None, high: float | None = None
) -> int:
    """x as an int, low ≤ x ≤ high; 3.0 and NumPy's integers are integers too.

    Raises:
        DomainError: not an integer, or outside the limits.

    >>> integer("power", "limit", 3.0, low=1)
    3
    """
    whole = is_integer(x)
    n = int(np.asarray(x)) if whole else 0
    limits = Limits(low, high)
    inside = whole and bool(limits.holds(n))
    if not inside and high is None and isinstance(x, int | float) and 2**53 < x < np.inf:
        limits = Limits(low, 2.0**53)  # else the message would ask for a larger number
    require(inside, where, f"an integer {limits.interval(name)}", shown(x))
    return n


def integers(where: str, name: str, values: object, *, low: int | None = None) -> tuple[int, ...]:
    """Some integers, as a tuple.

    Raises:
        DomainError: one is not an integer, or below the limit; or it is a single number.

    >>> integers("MLP", "sizes", np.array([2, 4]), low=1)
    (2, 4)
    """
    several = isinstance(values, Iterable) and not isinstance(values, str)
    if not several or (isinstance(values, np.ndarray) and not values.ndim):
        require(False, where, f"{name} as a tuple of integers", shown(values))
    assert isinstance(values, Iterable)
    return tuple(integer(where, name, value, low=low) for value in values)


def scalar(
    where: str, name: str, x: ArrayLike, *, low: float | None = None, high: float | None = None,
    above: float | None = None, below: float | None = None, infinite: bool = False,
) -> float:  # fmt: skip
    """x as one float.

    Raises:
        ShapeError: it is a list or an array.
        DomainError: not a real number, a truth value, or outside the limits.

    >>> scalar("Normal", "sigma", 2, above=0)
    2.0
    """
    if isinstance(x, list | tuple | np.ndarray) and np.shape(x):
        require(False, where, f"one number {name}", f"shape {np.shape(x)}", ShapeError)
    number = _float(x)
    limits = Limits(low, high, above, below, infinite)
    if number is None or not limits.holds(number):
        require(False, where, limits.text(name), shown(x))
    assert number is not None
    return number


def real(x: object) -> float | None:
    """A finite real number as a float; None if it is anything else.

    >>> real(np.float32(0.5)), real(True), real("0.5"), real(float("inf")), real(10**400)
    (0.5, None, None, None, None)
    """
    number = _float(x)
    return number if number is not None and isfinite(number) else None


def _float(x: object) -> float | None:
    """A real number that a float can hold, ±∞ and NaN too; a truth value is not a number."""
    if isinstance(x, np.ndarray) and not x.ndim:
        x = x[()]
    if isinstance(x, bool | np.bool_) or not isinstance(x, Real):
        return None
    try:
        return float(x)
    except OverflowError:
        return None


def function(where: str, name: str, f: object) -> None:
    """Nothing if f can be called.

    Raises:
        DomainError: it cannot.

    >>> function("trapezoid", "f", np.sin)
    """
    require(callable(f), where, f"a function {name}, such as lambda x: x**2", repr(f))


def generator(where: str, rng: object) -> np.random.Generator:
    """The generator that draws.

    Raises:
        DomainError: it is something else, such as a seed.

    >>> generator("Training", 0)
    Traceback (most recent call last):
    ...
    engine.errors.DomainError: Training: expected rng = np.random.default_rng(seed), got 0.
    """
    if not isinstance(rng, np.random.Generator):
        require(False, where, "rng = np.random.default_rng(seed)", shown(rng))
    assert isinstance(rng, np.random.Generator)
    return rng
