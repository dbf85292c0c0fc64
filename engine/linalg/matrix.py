"""What an algorithm requires of its matrices, and how it hands over its steps.

Every algorithm in this folder is a generator of records. All but the last say what was done, to
which rows or columns (counted from 0 in the record, from 1 in the sentence `why`), and hold copies
of the matrices after it; the last one is the answer. The plain function is that last record.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array, real_numbers
from engine.errors import DomainError, ShapeError

Item = TypeVar("Item")


class AnyRecord(Protocol):
    """A dataclass: one of an algorithm's records."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Record = TypeVar("Record", bound=AnyRecord)

EPS = float(np.finfo(np.float64).eps)
"""The gap between 1 and the next number: 2.2e-16."""


def _real(name: str, argument: str, numbers: ArrayLike) -> Array:
    """A copy of finite float64."""
    array = real_numbers(name, argument, numbers)
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        at = tuple(int(i) for i in wrong[0])
        raise DomainError(
            f"{name}: expected {argument} of finite numbers, got {array[at]} at index {at}."
        )
    return array


def number(name: str, argument: str, value: ArrayLike) -> float:
    """One real number as a float; NaN and infinities pass.

    Raises:
        ShapeError: it is a list or an array.
        DomainError: not a real number.

    >>> number("norm", "p", 2)
    2.0
    """
    array = real_numbers(name, argument, value)
    if array.ndim:
        raise ShapeError(f"{name}: expected one number {argument}, got shape {array.shape}.")
    return float(array)


def vector(name: str, v: ArrayLike, *, argument: str = "v", size: int | None = None) -> Array:
    """A fresh vector (n,) of finite float64 with n ≥ 1.

    Args:
        name: who asks, for the message.
        v: (n,).
        argument: what the caller calls it.
        size: n, when only one will do.

    Raises:
        ShapeError: another shape, or empty.
        DomainError: NaN, infinity, or anything but real numbers.

    >>> vector("norm", [3, 4]).tolist()
    [3.0, 4.0]
    """
    array = _real(name, argument, v)
    if array.ndim != 1 or not array.size or (size is not None and array.size != size):
        wanted = "(n,) with n ≥ 1" if size is None else f"({size},)"
        raise ShapeError(f"{name}: expected {argument} {wanted}, got {array.shape}.")
    return array


def matrix(name: str, A: ArrayLike, *, argument: str = "A") -> Array:
    """A fresh matrix (m, n) of finite float64 with m, n ≥ 1.

    Raises:
        ShapeError: another shape, or empty.
        DomainError: NaN, infinity, or anything but real numbers.

    >>> matrix("svd", [[1, 2]]).shape
    (1, 2)
    """
    array = _real(name, argument, A)
    if array.ndim != 2 or not array.size:
        raise ShapeError(f"{name}: expected {argument} (m, n) with m, n ≥ 1, got {array.shape}.")
    return array


def square(name: str, A: ArrayLike) -> Array:
    """A fresh matrix (n, n) of finite float64.

    Raises:
        ShapeError: not square, or empty.
        DomainError: NaN, infinity, or anything but real numbers.

    >>> square("lu", [[2]]).tolist()
    [[2.0]]
    """
    array = matrix(name, A)
    if array.shape[0] != array.shape[1]:
        raise ShapeError(f"{name}: expected A (n, n), got {array.shape}.")
    return array


def tall(name: str, A: ArrayLike) -> Array:
    """A fresh matrix (m, n) of finite float64 with m ≥ n.

    Raises:
        ShapeError: more columns than rows, or empty.
        DomainError: NaN, infinity, or anything but real numbers.

    >>> tall("qr", [[1], [2]]).shape
    (2, 1)
    """
    array = matrix(name, A)
    if array.shape[0] < array.shape[1]:
        raise ShapeError(f"{name}: expected A (m, n) with m ≥ n, got {array.shape}. Try A.T.")
    return array


def symmetric(name: str, A: ArrayLike) -> Array:
    """A fresh matrix (n, n) that equals its transpose, made exactly so.

    Raises:
        ShapeError: not square, or empty.
        DomainError: A and Aᵀ differ by more than rounding (1e-12 of the largest entry); NaN; …

    >>> symmetric("cholesky", [[2, 1], [1, 2]]).tolist()
    [[2.0, 1.0], [1.0, 2.0]]
    """
    array = square(name, A)
    gap = np.abs(array / 2 - array.T / 2)
    if gap.max() > 0.5e-12 * np.abs(array).max():
        i, j = (int(k) for k in np.unravel_index(gap.argmax(), gap.shape))
        raise DomainError(
            f"{name}: expected A symmetric, got A[{i}, {j}] = {array[i, j]:g} and "
            f"A[{j}, {i}] = {array[j, i]:g}."
        )
    return array / 2 + array.T / 2


def integer(name: str, argument: str, value: float, least: int, most: int = 10**9) -> int:
    """An integer from `least` to `most`, given in any numeric type.

    Raises:
        ShapeError: it is a list or an array.
        DomainError: not an integer, out of range, or not a real number.

    >>> integer("power", "limit", 3.0, least=1)
    3
    """
    # A Python integer may be too large for NumPy.
    size = number(name, argument, min(value, 2**63) if isinstance(value, int) else value)
    if not (least <= size <= most and size == int(size)):
        open_end = size < least or (most == 10**9 and not most < size < np.inf)
        wanted = f"≥ {least}" if open_end else f"from {least} to {most}"
        raise DomainError(f"{name}: expected an integer {argument} {wanted}, got {value}.")
    return int(size)


def finite_records(name: str, steps: Iterator[Record]) -> Iterator[Record]:
    """The same records, as long as every number in their arrays is finite.

    Warnings of NumPy are silent while a step is computed, and only then.

    A record without a step number counts as the one after the last.

    Raises:
        DomainError: a number grew beyond 1.8e308, named with the step in which it did.

    >>> from engine.linalg.norms import project
    >>> [found.coefficient for found in finite_records("demo", iter([project([3, 4], [1, 0])]))]
    [3.0]
    """
    step = -1
    while True:
        with np.errstate(all="ignore"):
            try:
                record = next(steps)
            except StopIteration:
                return
        numbers = [getattr(record, field.name) for field in fields(record) if field.name == "step"]
        step = numbers[0] if numbers else step + 1
        yield require_finite(name, record, step)


def require_finite(name: str, record: Record, step: int) -> Record:
    """The record, if every number in its arrays is finite.

    Raises:
        DomainError: it is not.

    >>> from engine.linalg.norms import project
    >>> require_finite("demo", project([3, 4], [1, 0]), 1).along.tolist()
    [3.0, 0.0]
    """
    for field in fields(record):
        held = getattr(record, field.name)
        if isinstance(held, np.ndarray) and not np.isfinite(held).all():
            raise too_large(name, held[~np.isfinite(held)][0], field.name, step)
    return record


def too_large(name: str, value: float, field: str, step: int) -> DomainError:
    """The error for a number that is beyond all floats, in a record's field.

    >>> str(too_large("lu", np.inf, "U", 3)).partition(".")[0]
    'lu: expected numbers below 1'
    """
    return DomainError(
        f"{name}: expected numbers below 1.8e308, got {value} in {field} at step {step}. Scale the "
        "matrix, or choose another method."
    )


def last(steps: Iterable[Item]) -> Item:
    """The last of the steps, which is the answer.

    >>> last(iter([1, 2, 3]))
    3
    """
    (answer,) = deque(steps, maxlen=1)
    return answer
