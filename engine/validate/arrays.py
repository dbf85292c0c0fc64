"""Arrays of real numbers: any shape, a list (N,), a table (N, D), probabilities."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import ShapeError
from engine.validate.limits import FINITE, Limits
from engine.validate.message import at_least, require

SUM_TOLERANCE = 1e-9
"""How far the sum of probabilities may be from 1."""

ShapePattern = Sequence[int | str]
"""Sizes by number, or by a letter that stands for any size; "…" first is any number of axes."""


def real_array(where: str, name: str, x: ArrayLike) -> Array:
    """x as a fresh array of float64 in rows; NaN and infinities pass.

    Raises:
        ShapeError: rows of different lengths.
        DomainError: anything but real numbers.

    >>> real_array("mean", "x", [1, 2]).tolist()
    [1.0, 2.0]
    """
    try:
        raw = np.asarray(x)
    except ValueError:
        raise ShapeError(f"{where}: expected {name} with rows of one length.") from None
    require(raw.dtype.kind in "buif", where, f"{name} of real numbers", raw.dtype)
    return raw.astype(np.float64, order="C")


def array(
    where: str, name: str, x: ArrayLike, *, shape: ShapePattern | None = None,
    low: float | None = None, high: float | None = None, above: float | None = None,
    below: float | None = None, infinite: bool = False, nan: bool = False,
) -> Array:  # fmt: skip
    """x as a fresh array of float64, of any shape unless one is given.

    Raises:
        ShapeError: rows of different lengths, or another shape.
        DomainError: not real numbers; NaN (unless `nan`), infinity, or a number outside the limits.

    >>> array("reliability", "p", [0, 1], shape=("N",), low=0, high=1).tolist()
    [0.0, 1.0]
    """
    numbers = real_array(where, name, x)
    if shape is not None:
        expected = f"{name} of shape {_shape(shape)}"
        require(_fits(numbers.shape, shape), where, expected, numbers.shape, ShapeError)
    if not nan:
        require_inside(where, name, numbers, Limits(low, high, above, below, infinite))
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
    require(numbers.size >= least, where, at_least(least, "number", name), numbers.size)
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
    numbers = real_array(where, name, A)
    if columns is not None:
        expected, fits = _shape(("N", columns)), _fits(numbers.shape, ("N", columns))
    else:
        expected, fits = "(N, D) with D ≥ 1", numbers.ndim == 2 and numbers.shape[1] > 0
    require(fits, where, f"{name} of shape {expected}", numbers.shape, ShapeError)
    require(len(numbers) >= least, where, at_least(least, "row", name), len(numbers))
    require_inside(where, name, numbers)
    return numbers


def probabilities(
    where: str, name: str, p: ArrayLike, *, shape: ShapePattern | None = None
) -> Array:
    """p as probabilities of any shape: each ≥ 0, with the sum 1 up to `SUM_TOLERANCE`.

    Raises:
        ShapeError: another shape than the given one.
        DomainError: empty, negative, NaN, or another sum.

    >>> probabilities("entropy", "p", [0.5, 0.5]).tolist()
    [0.5, 0.5]
    """
    numbers = array(where, name, p, shape=shape, low=0, infinite=True)
    require(numbers.size > 0, where, at_least(1, "number", name), 0)
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


def require_inside(where: str, name: str, x: Array, limits: Limits = FINITE) -> None:
    """Nothing if all numbers are within the limits.

    Raises:
        DomainError: one is not, with its index.

    >>> require_inside("f", "x", np.ones(3), Limits(low=0))
    """
    inside = np.asarray(limits.holds(x))
    if inside.all():
        return
    index = tuple(int(i) for i in np.argwhere(~inside)[0])
    got = f"{x[index]:g}"
    if index:
        got += f" at index {index[0] if len(index) == 1 else index}"
    require(False, where, limits.text(name), got)


def _shape(shape: ShapePattern) -> str:
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def _fits(shape: tuple[int, ...], wanted: ShapePattern) -> bool:
    if wanted and wanted[0] == "…":
        wanted = wanted[1:]
        shape = shape[len(shape) - len(wanted) :] if len(shape) >= len(wanted) else (-1,)
    return len(shape) == len(wanted) and all(
        isinstance(size, str) or size == n for size, n in zip(wanted, shape, strict=True)
    )
