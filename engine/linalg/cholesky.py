"""A = L Lᵀ for a symmetric positive definite matrix: half the work of LU, and a test of the sign.

Sources: Golub & Van Loan 2013, section 4.2.3 and algorithm 4.2.1.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.linalg.equation import digits, equation
from engine.linalg.lu import back_substitution, bounded, forward_substitution
from engine.linalg.records import finite_records, last
from engine.scaling import product
from engine.validate import symmetric, vector


@dataclass(frozen=True, slots=True, eq=False)
class CholeskyStep:
    """A column of L is ready: `pivot` is what the earlier columns left of a_jj, l_jj its root."""

    step: int
    column: int
    pivot: float
    why: str
    L: Array


@dataclass(frozen=True, slots=True, eq=False)
class Cholesky:
    """A = L Lᵀ, L (n, n) lower triangular with a positive diagonal.

    `determinant` is the product of the squared diagonal, inf beyond 1.8e308 and 0 below 2.5e-324
    (`why` has it of any size); `residual` is max |A − L Lᵀ| / max |A|.
    """

    L: Array
    determinant: float
    residual: float
    why: str


def cholesky_steps(A: ArrayLike) -> Iterator[CholeskyStep | Cholesky]:
    """Column by column: l_jj = √(a_jj − Σ l_jk²), l_ij = (a_ij − Σ l_ik l_jk) / l_jj, k < j.

    Args:
        A: (n, n), symmetric, positive definite.

    Returns:
        A step for each column; the last record is the `Cholesky`.

    Raises:
        ShapeError: not square.
        DomainError: not symmetric, or not positive definite (a pivot ≤ 0 is named); NaN.

    >>> cholesky([[4, 2], [2, 5]]).L.tolist()
    [[2.0, 0.0], [1.0, 2.0]]

    Source: Golub & Van Loan 2013, algorithm 4.2.1.
    """
    return finite_records("cholesky", _cholesky_steps(symmetric("cholesky", "A", A)))


def _cholesky_steps(A: Array) -> Iterator[CholeskyStep | Cholesky]:
    n = len(A)
    L = np.zeros((n, n))
    for j in range(n):
        known = float(L[j, :j] @ L[j, :j])
        pivot = float(A[j, j] - known)
        if not pivot > 0:
            raise DomainError(
                f"cholesky: expected A positive definite, got the pivot {pivot:.4g} in column "
                f"{j + 1}. Add a little to the diagonal, or use lu."
            )
        L[j, j] = math.sqrt(pivot)
        L[j + 1 :, j] = (A[j + 1 :, j] - L[j + 1 :, :j] @ L[j, :j]) / L[j, j]
        root = equation("√({} − {})", lambda a, k: (a - k).sqrt(), (A[j, j], known), L[j, j])
        why = f"{root} divides column {j + 1}"
        yield CholeskyStep(j + 1, j, pivot, why, L.copy())
    residual = float(np.abs(A - L @ L.T).max() / np.abs(A).max())
    det = product(np.repeat(np.diag(L), 2))
    why = f"all {n} pivots are positive; det A = {digits(det, 6)}"
    yield Cholesky(L, float(det), residual, why)


def cholesky(A: ArrayLike) -> Cholesky:
    """A = L Lᵀ: the last record of `cholesky_steps`.

    >>> cholesky([[9]]).L.tolist()
    [[3.0]]
    """
    answer = last(cholesky_steps(A))
    assert isinstance(answer, Cholesky)
    return answer


def cholesky_solve(factor: Cholesky, b: ArrayLike) -> Array:
    """A x = b with the factor at hand: L y = b, then Lᵀ x = y.

    Args:
        factor: of A (n, n).
        b: (n,).

    Raises:
        ShapeError: b has another length.
        DomainError: NaN; overflow.

    >>> cholesky_solve(cholesky([[4, 2], [2, 5]]), [8, 8]).tolist()
    [1.5, 1.0]
    """
    right = vector("cholesky_solve", "b", b, size=len(factor.L))
    with np.errstate(all="ignore"):
        y = forward_substitution(factor.L, right)
        return bounded("cholesky_solve", back_substitution(factor.L.T, y))
