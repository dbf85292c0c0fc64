"""What an argument must be: each function returns the checked value or names the mistake.

Everywhere `where` is who asks and `name` what the caller calls the argument. All messages have one
form, "where: expected X, got Y.", as in "Normal: expected 0 < sigma < ∞, got -1.".

Limits are keywords and hold for every number of an array: low ≤ x ≤ high, above < x < below. Real
numbers of any type and layout become fresh float64 in rows, so that rounding does not depend on
the layout. NaN is refused, and so is infinity unless the keyword `infinite` allows it.

Called at public entries only: the numerical code behind them trusts its arguments.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DltutorError, DomainError, ShapeError

SUM_TOLERANCE = 1e-9
"""How far the sum of probabilities may be from 1."""

SYMMETRY_TOLERANCE = 1e-12
"""How far A and Aᵀ may differ, as a fraction of the largest entry."""

Shape = Sequence[int | str]
"""Sizes by number, or by a letter that stands for any size; "…" first is any number of axes."""


def require(
    holds: bool | np.bool_, where: str, expected: str, got: object,
    error: type[DltutorError] = DomainError,
) -> None:  # fmt: skip
    """Nothing if it holds.

    Raises:
        DomainError: it does not; another class if `error` is given.

    >>> require(-1 > 0, "Normal", "sigma > 0", -1)
    Traceback (most recent call last):
    ...
    engine.errors.DomainError: Normal: expected sigma > 0, got -1.
    """
    if not holds:
        raise error(f"{where}: expected {expected}, got {_shown(got)}.")


def is_integer(x: object) -> bool:
    """Is it an integer, of whatever type, that a float can hold?

    >>> is_integer(3.0), is_integer(3.5), is_integer(float("inf")), is_integer(10**400)
    (True, False, False, False)
    """
    if not isinstance(x, int | float | np.number | np.ndarray) or np.ndim(x):
        return False
    if np.asarray(x).dtype.kind not in "buifO":  # O: a Python integer of many digits
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
    inside = whole and (low is None or n >= low) and (high is None or n <= high)
    if not inside and high is None and isinstance(x, int | float) and 2**53 < x < np.inf:
        high = 2.0**53  # a number that is too large is not told to be larger
    require(inside, where, f"an integer {_limits(name, low=low, high=high)}", x)
    return n


def scalar(
    where: str, name: str, x: ArrayLike, *, low: float | None = None, high: float | None = None,
    above: float | None = None, below: float | None = None, infinite: bool = False,
) -> float:  # fmt: skip
    """x as one float.

    Raises:
        ShapeError: it is a list or an array.
        DomainError: not a real number, or outside the limits.

    >>> scalar("Normal", "sigma", 2, above=0)
    2.0
    """
    numbers = _real(where, name, x)
    require(numbers.ndim == 0, where, f"one number {name}", f"shape {numbers.shape}", ShapeError)
    _require_inside(where, name, numbers, low, high, above, below, infinite)
    return float(numbers)


def array(
    where: str, name: str, x: ArrayLike, *, shape: Shape | None = None, low: float | None = None,
    high: float | None = None, above: float | None = None, below: float | None = None,
    infinite: bool = False, nan: bool = False,
) -> Array:  # fmt: skip
    """x as a fresh array of float64, of any shape unless one is given.

    Raises:
        ShapeError: rows of different lengths, or another shape.
        DomainError: not real numbers; NaN (unless `nan`), infinity, or a number outside the limits.

    >>> array("reliability", "p", [0, 1], shape=("N",), low=0, high=1).tolist()
    [0.0, 1.0]
    """
    numbers = _real(where, name, x)
    if shape is not None:
        expected = f"{name} of shape {_shape(shape)}"
        require(_fits(numbers.shape, shape), where, expected, numbers.shape, ShapeError)
    if not nan:
        _require_inside(where, name, numbers, low, high, above, below, infinite)
    return numbers


def vector(
    where: str, name: str, x: ArrayLike, *, size: int | None = None, least: int = 1,
    low: float | None = None, high: float | None = None, above: float | None = None,
) -> Array:  # fmt: skip
    """x as a fresh array (N,) of finite numbers, N ≥ least.

    Raises:
        ShapeError: not one axis, or not of the given size.
        DomainError: too few numbers, not real, not finite, or outside the limits.

    >>> vector("mean", "x", [1, 2]).tolist()
    [1.0, 2.0]
    """
    shape = ("N",) if size is None else (size,)
    numbers = array(where, name, x, shape=shape, low=low, high=high, above=above)
    require(numbers.size >= least, where, _at_least(least, "number", name), numbers.size)
    return numbers


def matrix(
    where: str, name: str, A: ArrayLike, *, least: int = 1, columns: int | None = None
) -> Array:
    """A as a fresh array (N, D) of finite numbers, N ≥ least and D ≥ 1; one datum a row.

    Raises:
        ShapeError: not two axes, no columns, or not as many as given.
        DomainError: too few rows, not real, or not finite.

    >>> matrix("covariance", "X", [[1, 2]]).shape
    (1, 2)
    """
    numbers = _real(where, name, A)
    if columns is not None:
        expected, fits = _shape(("N", columns)), _fits(numbers.shape, ("N", columns))
    else:
        expected, fits = "(N, D) with D ≥ 1", numbers.ndim == 2 and numbers.shape[1] > 0
    require(fits, where, f"{name} of shape {expected}", numbers.shape, ShapeError)
    require(len(numbers) >= least, where, _at_least(least, "row", name), len(numbers))
    _require_inside(where, name, numbers)
    return numbers


def square(where: str, name: str, A: ArrayLike) -> Array:
    """A as a fresh array (N, N) of finite numbers, N ≥ 1.

    Raises:
        ShapeError: not square, or empty.
        DomainError: not real, or not finite.

    >>> square("lu", "A", [[2]]).tolist()
    [[2.0]]
    """
    numbers = _real(where, name, A)
    fits = numbers.ndim == 2 and 0 < len(numbers) == numbers.shape[1]
    require(fits, where, f"{name} of shape (N, N) with N ≥ 1", numbers.shape, ShapeError)
    _require_inside(where, name, numbers)
    return numbers


def tall(where: str, name: str, A: ArrayLike) -> Array:
    """A as a fresh array (m, n) of finite numbers, m ≥ n ≥ 1.

    Raises:
        ShapeError: more columns than rows, or empty.
        DomainError: not real, or not finite.

    >>> tall("qr", "A", [[1], [2]]).shape
    (2, 1)
    """
    numbers = matrix(where, name, A)
    if len(numbers) < numbers.shape[1]:
        got = f"{numbers.shape}. Try {name}.T"
        require(False, where, f"{name} of shape (m, n) with m ≥ n", got, ShapeError)
    return numbers


def symmetric(where: str, name: str, A: ArrayLike) -> Array:
    """A as a fresh array (N, N) that equals its transpose, made exactly so.

    Raises:
        ShapeError: not square, or empty.
        DomainError: A and Aᵀ differ by more than `SYMMETRY_TOLERANCE`; not real, or not finite.

    >>> symmetric("cholesky", "A", [[2, 1], [1, 2]]).tolist()
    [[2.0, 1.0], [1.0, 2.0]]
    """
    numbers = square(where, name, A)
    gap = np.abs(numbers / 2 - numbers.T / 2)
    i, j = (int(k) for k in np.unravel_index(gap.argmax(), gap.shape))
    even = gap[i, j] <= SYMMETRY_TOLERANCE / 2 * np.abs(numbers).max()
    got = f"{name}[{i}, {j}] = {numbers[i, j]:g} and {name}[{j}, {i}] = {numbers[j, i]:g}"
    require(even, where, f"{name} symmetric", got)
    return np.asarray(numbers / 2 + numbers.T / 2)


def probabilities(where: str, name: str, p: ArrayLike, *, shape: Shape | None = None) -> Array:
    """p as probabilities of any shape: each ≥ 0, with the sum 1 up to `SUM_TOLERANCE`.

    Raises:
        ShapeError: another shape than the given one.
        DomainError: empty, negative, NaN, or another sum.

    >>> probabilities("entropy", "p", [0.5, 0.5]).tolist()
    [0.5, 0.5]
    """
    numbers = array(where, name, p, shape=shape, low=0, infinite=True)
    require(numbers.size > 0, where, _at_least(1, "number", name), 0)
    total = numbers.sum() if numbers.max() <= 2 else numbers.max()  # huge ones would overflow
    require(abs(total - 1) <= SUM_TOLERANCE, where, f"{name} with the sum 1", f"{total:.10g}")
    return numbers


def same_shape(where: str, names: str, first: Array, second: Array) -> None:
    """Nothing if both have one shape.

    Raises:
        ShapeError: they have not.

    >>> same_shape("covariance", "x and y", np.ones(2), np.ones(2))
    """
    got = f"{first.shape} and {second.shape}"
    require(first.shape == second.shape, where, f"{names} of one shape", got, ShapeError)


def function(where: str, name: str, f: object) -> None:
    """Nothing if f can be called.

    Raises:
        DomainError: it cannot.

    >>> function("trapezoid", "f", np.sin)
    """
    require(callable(f), where, f"a function {name}, such as lambda x: x**2", repr(f))


def _real(where: str, name: str, x: ArrayLike) -> Array:
    try:
        raw = np.asarray(x)
    except ValueError:
        raise ShapeError(f"{where}: expected {name} with rows of one length.") from None
    require(raw.dtype.kind in "buif", where, f"{name} of real numbers", raw.dtype)
    return raw.astype(np.float64, order="C")


def _require_inside(
    where: str, name: str, x: Array, low: float | None = None, high: float | None = None,
    above: float | None = None, below: float | None = None, infinite: bool = False,
) -> None:  # fmt: skip
    inside = ~np.isnan(x) if infinite else np.isfinite(x)
    for limit, compare in (
        (low, np.greater_equal), (high, np.less_equal), (above, np.greater), (below, np.less),
    ):  # fmt: skip
        if limit is not None:
            inside &= compare(x, limit)
    if inside.all():
        return
    index = tuple(int(i) for i in np.argwhere(~inside)[0])
    got = f"{x[index]:g}"
    if index:
        got += f" at index {index[0] if len(index) == 1 else index}"
    if low is high is above is below is None:
        expected = f"{name} without NaN" if infinite else f"finite {name}"
    else:
        if not infinite and high is below is None:
            below = math.inf
        if not infinite and low is above is None:
            above = -math.inf
        expected = _limits(name, low, high, above, below)
    require(False, where, expected, got)


def _limits(
    name: str, low: float | None = None, high: float | None = None, above: float | None = None,
    below: float | None = None,
) -> str:  # fmt: skip
    """The condition as it is written: "0 < sigma < ∞", "n ≥ 1"."""
    lower = [(low, "≤"), (above, "<")][above is not None]
    upper = [(high, "≤"), (below, "<")][below is not None]
    right = "" if upper[0] is None else f" {upper[1]} {_number(upper[0])}"
    if lower[0] is None:
        return name + right
    if right:
        return f"{_number(lower[0])} {lower[1]} {name}{right}"
    return f"{name} {'≥' if lower[1] == '≤' else '>'} {_number(lower[0])}"


def _number(x: float) -> str:
    """5, 0.5, 1e8, −∞."""
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    text = f"{abs(x):g}".replace("e+0", "e").replace("e+", "e")
    return f"−{text}" if x < 0 else text


def _at_least(least: int, thing: str, name: str) -> str:
    return f"at least {least} {thing}{'s' * (least > 1)} in {name}"


def _shape(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def _fits(shape: tuple[int, ...], wanted: Shape) -> bool:
    if wanted and wanted[0] == "…":
        wanted = wanted[1:]
        shape = shape[len(shape) - len(wanted) :] if len(shape) >= len(wanted) else (-1,)
    return len(shape) == len(wanted) and all(
        isinstance(size, str) or size == n for size, n in zip(wanted, shape, strict=True)
    )


def _shown(got: object) -> str:
    """A value on one line, and not a long one."""
    try:
        text = " ".join(str(got).split())
    except ValueError:  # Python does not print integers of more than 4300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:59]}…"
