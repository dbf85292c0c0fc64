"""What an argument of this package must be, said once: each check returns it or names the mistake.

A message reads "Normal: expected 0 < sigma < ∞, got -1."
"""

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array, real_numbers
from engine.errors import DomainError, ShapeError

SUM_TOLERANCE = 1e-9
"""How far a list of probabilities may be from adding up to 1."""

LARGEST = 1e100
"""Data go up to here: sums of their squares are numbers."""


def require(holds: bool | np.bool_, where: str, expected: str, got: object) -> None:
    """Nothing when it holds.

    Raises:
        DomainError: it does not.

    >>> require(-1 > 0, "Normal", "sigma > 0", -1)
    Traceback (most recent call last):
    ...
    engine.errors.DomainError: Normal: expected sigma > 0, got -1.
    """
    if not holds:
        raise DomainError(f"{where}: expected {expected}, got {_told(got)}.")


def _told(got: object) -> str:
    """A value on one line, and not a long one."""
    try:
        text = " ".join(str(got).split())
    except ValueError:  # Python writes no whole number of more than 4300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:59]}…"


def whole(number: float) -> bool:
    """Is it an integer, of whatever type, that a float holds too?

    >>> whole(3.0), whole(3.5), whole(float("inf")), whole(10**400)
    (True, False, False, False)
    """
    if not isinstance(number, int | float | np.number | np.ndarray) or np.ndim(number):
        return False
    if np.asarray(number).dtype.kind not in "buifO":  # O: an integer of many digits
        return False
    return bool(-(2.0**53) <= number <= 2.0**53 and number == int(number))


def numbers(where: str, name: str, x: ArrayLike) -> Array:
    """x as an array of float64, any shape.

    Raises:
        ShapeError, DomainError: as `real_numbers`, or it holds a NaN.

    >>> numbers("mean", "x", [1, 2]).tolist()
    [1.0, 2.0]
    """
    x = real_numbers(where, name, x)
    require(not np.isnan(x).any(), where, f"{name} without NaN", "nan")
    return x


def one(where: str, name: str, x: ArrayLike) -> float:
    """x as one float, infinite too.

    Raises:
        ShapeError: it is a list or an array.
        DomainError: NaN, or no real number.

    >>> one("radius", "p", 1)
    1.0
    """
    x = numbers(where, name, x)
    if x.ndim:
        raise ShapeError(f"{where}: expected one number {name}, got shape {x.shape}.")
    return float(x)


def above_zero(where: str, name: str, x: ArrayLike, most: float) -> Array:
    """x as an array of float64, any shape, 0 < x ≤ most everywhere.

    Raises:
        ShapeError, DomainError: as `real_numbers`, or a number outside.

    >>> above_zero("log_gamma", "x", 2, most=1e300).tolist()
    2.0
    """
    x = real_numbers(where, name, x)
    inside = (x > 0) & (x <= most)
    require(inside.all(), where, f"0 < {name} ≤ {most:g}", x[~inside][:1])
    return x


def from_zero(where: str, name: str, x: ArrayLike, most: float) -> Array:
    """x as an array of float64, any shape, 0 ≤ x ≤ most everywhere.

    Raises:
        ShapeError, DomainError: as `real_numbers`, or a number outside.

    >>> from_zero("normal_quantile", "p", 0, most=1).tolist()
    0.0
    """
    x = real_numbers(where, name, x)
    inside = (x >= 0) & (x <= most)
    require(inside.all(), where, f"0 ≤ {name} ≤ {most:g}", x[~inside][:1])
    return x


def sample(where: str, name: str, x: ArrayLike, least: int = 1) -> Array:
    """x as an array (N,) of finite numbers up to `LARGEST`, N ≥ least.

    Raises:
        ShapeError: not one axis.
        DomainError: too few numbers, or one that is not finite or too large.

    >>> sample("mean", "x", [1, 2]).tolist()
    [1.0, 2.0]
    """
    x = real_numbers(where, name, x)
    if x.ndim != 1:
        raise ShapeError(f"{where}: expected {name} of shape (N,), got {x.shape}.")
    require(len(x) >= least, where, f"at least {least} numbers in {name}", len(x))
    _require_moderate(where, name, x)
    return x


def _require_moderate(where: str, name: str, x: Array) -> None:
    finite = np.isfinite(x)
    require(finite.all(), where, f"finite {name}", x[~finite][:1])
    large = np.abs(x) > LARGEST
    require(not large.any(), where, f"{name} up to {LARGEST:g}", x[large][:1])


def positive(where: str, name: str, x: ArrayLike, zero: bool = False) -> Array:
    """x as an array (N,) of finite numbers above 0, or with `zero` from 0 on, N ≥ 1.

    Raises:
        ShapeError: not one axis.
        DomainError: empty, or a number outside.

    >>> positive("fit", "x", [1, 2]).tolist()
    [1.0, 2.0]
    """
    x = sample(where, name, x)
    wrong = (x < 0) | ((x == 0) & (not zero))
    require(not wrong.any(), where, f"{name} {'≥' if zero else '>'} 0", x[wrong][:1])
    return x


def points(where: str, name: str, X: ArrayLike, least: int = 1) -> Array:
    """X as an array (N, D) of finite numbers up to `LARGEST`, one point a row, D ≥ 1.

    Raises:
        ShapeError: not two axes, or no column.
        DomainError: fewer rows than `least`, or a number that is not finite or too large.

    >>> points("covariance", "X", [[1, 2]]).shape
    (1, 2)
    """
    X = real_numbers(where, name, X)
    if X.ndim != 2 or not X.shape[1]:
        raise ShapeError(f"{where}: expected {name} of shape (N, D), D ≥ 1, got {X.shape}.")
    require(len(X) >= least, where, f"at least {least} rows in {name}", len(X))
    _require_moderate(where, name, X)
    return X


def simplex(where: str, name: str, p: ArrayLike) -> Array:
    """p as probabilities of any shape: all ≥ 0, together 1 but for `SUM_TOLERANCE`.

    Raises:
        DomainError: empty, negative, NaN, or another sum.

    >>> simplex("entropy", "p", [0.5, 0.5]).tolist()
    [0.5, 0.5]
    """
    p = numbers(where, name, p)
    require(p.size > 0, where, f"{name} with at least one entry", "none")
    require(p.min(initial=0) >= 0, where, f"{name} ≥ 0", p.min(initial=0))
    total = p.sum() if p.max() <= 2 else p.max()  # of large ones the sum might overflow
    require(abs(total - 1) <= SUM_TOLERANCE, where, f"{name} that adds up to 1", total)
    return p


def same_length(where: str, names: str, first: Array, second: Array) -> None:
    """Nothing when both have one shape.

    Raises:
        ShapeError: they do not.

    >>> same_length("covariance", "x and y", np.ones(2), np.ones(2))
    """
    if first.shape != second.shape:
        raise ShapeError(
            f"{where}: expected {names} of one shape, got {first.shape} and {second.shape}."
        )
