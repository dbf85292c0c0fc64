"""Condition numbers: by how much a problem enlarges the errors of its data.

Sources: Golub & Van Loan 2013, section 2.6.2; Higham 2002, Accuracy and Stability, section 28.1.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.linalg.elimination import digits_lost
from engine.linalg.equation import digits, quotient
from engine.linalg.records import EPS
from engine.linalg.svd import SVD, ColumnRotation, svd, svd_steps
from engine.validate import integer, matrix


@dataclass(frozen=True, slots=True)
class Condition:
    """κ₂ = σ₁ / σₖ, and the digits that it may cost: log₁₀ κ of about 16.

    κ itself is known to a relative error of about κ ε; beyond 1 / ε = 4.5e15 `singular` is true:
    in double precision A cannot be told from a matrix that has no inverse.
    """

    kappa: float
    largest: float
    smallest: float
    digits_lost: float
    singular: bool
    why: str


def condition_steps(A: ArrayLike) -> Iterator[ColumnRotation | Condition]:
    """How long the image of the unit circle is, over how wide: the ends of the singular values.

    Args:
        A: (m, n).

    Returns:
        The turns of `svd_steps`; the last record is the `Condition`. κ is ∞ when the smallest
        singular value is 0.

    Raises:
        ShapeError: not a matrix, or empty.
        DomainError: NaN; overflow.

    >>> round(condition(hilbert(3)).kappa, 2)
    524.06

    Source: Golub & Van Loan 2013, equation 2.6.7.
    """
    return _condition_steps(svd_steps(matrix("condition", "A", A)))


def _condition_steps(steps: Iterator[ColumnRotation | SVD]) -> Iterator[ColumnRotation | Condition]:
    for record in steps:
        yield _judged(record.s) if isinstance(record, SVD) else record


def _judged(s: Array) -> Condition:
    largest, smallest = float(s[0]), float(s[-1])
    kappa = largest / smallest if smallest else math.inf
    lost = digits_lost(kappa)
    if math.isfinite(kappa):
        said = f"κ = {quotient(largest, smallest, kappa, 6)}: ≈ {lost:.1f} of 16 digits lost"
    else:
        said = f"κ = ∞: {digits(largest)} is the longest image, {digits(smallest)} the shortest"
    return Condition(kappa, largest, smallest, lost, kappa * EPS >= 1, said)


def condition(A: ArrayLike) -> Condition:
    """κ₂ of a matrix: the last record of `condition_steps`, without the copies on the way.

    >>> condition([[2, 0], [0, 1]]).kappa
    2.0
    """
    return _judged(svd(matrix("condition", "A", A)).s)


def hilbert(n: int) -> Array:
    """h_ij = 1 / (i + j − 1): looks harmless, and is numerically singular from n = 12 on.

    Args:
        n: an integer, 1 ≤ n ≤ 10,000.

    Returns:
        (n, n), symmetric, positive definite.

    Raises:
        DomainError: n outside its domain.

    >>> hilbert(2).tolist()
    [[1.0, 0.5], [0.5, 0.3333333333333333]]
    """
    n = integer("hilbert", "n", n, low=1, high=10_000)
    i = np.arange(1, n + 1)
    return 1 / (i[:, None] + i - 1.0)
