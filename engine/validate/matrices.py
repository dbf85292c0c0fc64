"""Matrices with a form: square, tall, symmetric."""

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import ShapeError
from engine.validate.arrays import matrix, real_array, require_inside
from engine.validate.message import require

SYMMETRY_TOLERANCE = 1e-12
"""How far A and Aᵀ may differ, as a fraction of the largest entry."""


def square(where: str, name: str, A: ArrayLike) -> Array:
    """A as a fresh array (N, N) of finite numbers, N ≥ 1.

    Raises:
        ShapeError: not square, or empty.
        DomainError: not real, or not finite.

    >>> square("lu", "A", [[2]]).tolist()
    [[2.0]]
    """
    numbers = real_array(where, name, A)
    fits = numbers.ndim == 2 and 0 < len(numbers) == numbers.shape[1]
    require(fits, where, f"{name} of shape (N, N) with N ≥ 1", numbers.shape, ShapeError)
    require_inside(where, name, numbers)
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
