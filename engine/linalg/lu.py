"""P A = L U: elimination that keeps its multiples, so that further right-hand sides are cheap.

Sources: Golub & Van Loan 2013, algorithms 3.4.1 (with partial pivoting), 3.1.1 and 3.1.2
(triangular systems).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.linalg.equation import digits, quotient
from engine.linalg.records import finite_records, require_finite
from engine.scaling import product
from engine.validate import square, vector

Permutation = NDArray[np.intp]
"""(n,), the old row that stands in each place."""


@dataclass(frozen=True, slots=True, eq=False)
class LUStep:
    """A step and the factors after it: row i of P A is row permutation[i] of A.

    `kind` is "swap", "subtract" (rows[0] lost factor · rows[1], and the factor moved into L) or
    "skip" (the column is zero already: A is singular).
    """

    step: int
    kind: str
    rows: tuple[int, ...]
    factor: float
    why: str
    permutation: Permutation
    L: Array
    U: Array


@dataclass(frozen=True, slots=True, eq=False)
class LU:
    """A[permutation] = L U: L (n, n) with ones on its diagonal and |l| ≤ 1, U (n, n) above it.

    `determinant` is ± the product of the pivots, ±inf beyond 1.8e308 and 0 below 2.5e-324 (`why`
    has it of any size). `residual` is max |P A − L U| / max |A|, `growth` is max |u| / max |a|.
    """

    permutation: Permutation
    L: Array
    U: Array
    determinant: float
    residual: float
    growth: float
    why: str


def lu_steps(A: ArrayLike) -> Iterator[LUStep | LU]:
    """Eliminate with partial pivoting and write each multiple where it made a zero.

    Args:
        A: (n, n); a singular one has factors too, with a zero on the diagonal of U.

    Returns:
        Steps; the last record is the `LU`.

    Raises:
        ShapeError: not square.
        DomainError: NaN; overflow.

    >>> factors = lu([[1, 2], [3, 4]])
    >>> factors.permutation.tolist(), factors.U.round(6).tolist()
    ([1, 0], [[3.0, 4.0], [0.0, 0.666667]])

    Source: Golub & Van Loan 2013, algorithm 3.4.1.
    """
    return finite_records("lu", _lu_steps(square("lu", "A", A)))


class _Done(NamedTuple):
    """An operation, before anything is said about it; `numbers` is what its sentence needs."""

    kind: str
    rows: tuple[int, ...]
    factor: float
    numbers: tuple[float, ...] = ()


def _lu_steps(A: Array) -> Iterator[LUStep | LU]:
    p, L, U, swaps = np.arange(len(A)), np.eye(len(A)), A.copy(), 0
    for step, done in enumerate(_eliminate(p, L, U), start=1):
        swaps += done.kind == "swap"
        parts = p.copy(), L.copy(), U.copy()
        yield LUStep(step, done.kind, done.rows, done.factor, _sentence(done), *parts)
    yield _answer(A, p, L, U, swaps)


def _eliminate(p: Permutation, L: Array, U: Array) -> Iterator[_Done]:
    """Change p (n,), L and U (n, n) in place, describing each operation."""
    n = len(p)
    for k in range(n):
        r = k + int(np.abs(U[k:, k]).argmax())
        if r != k:
            p[[k, r]], U[[k, r]], L[[k, r], :k] = p[[r, k]], U[[r, k]], L[[r, k], :k]
            yield _Done("swap", (k, r), 1.0, (U[k, k],))
        if not U[k, k]:
            yield _Done("skip", (k,), 0.0)
            continue
        for i in range(k + 1, n):
            if U[i, k]:
                above, entry = float(U[k, k]), float(U[i, k])
                factor = L[i, k] = entry / above
                U[i, k:] -= factor * U[k, k:]
                U[i, k] = 0.0
                yield _Done("subtract", (i, k), factor, (entry, above))


def _sentence(done: _Done) -> str:
    k = min(done.rows) + 1
    if done.kind == "swap":
        return (
            f"{done.numbers[0]:.4g} is the largest of column {k}: row {done.rows[1] + 1} comes up"
        )
    if done.kind == "skip":
        return f"column {k} is 0 from row {k} down: det A = 0"
    entry, above = done.numbers
    return f"{quotient(entry, above, done.factor)}: clears U, stays in L"


def _answer(A: Array, p: Permutation, L: Array, U: Array, swaps: int) -> LU:
    largest = np.abs(A).max() or 1.0
    det = product(np.append(np.diag(U), (-1.0) ** swaps))
    residual = float(np.abs(A[p] - L @ U).max() / largest)
    growth = float(np.abs(U).max() / largest)
    why = f"det A = {'−' if swaps % 2 else ''}product of the pivots = {digits(det, 6)}"
    return LU(p, L, U, float(det), residual, growth, why)


def lu(A: ArrayLike) -> LU:
    """P A = L U: the last record of `lu_steps`, without the copies on the way.

    >>> lu([[0, 1], [1, 0]]).determinant
    -1.0
    """
    array = square("lu", "A", A)
    p, L, U = np.arange(len(array)), np.eye(len(array)), array.copy()
    with np.errstate(all="ignore"):
        kinds = [done.kind for done in _eliminate(p, L, U)]
        answer = _answer(array, p, L, U, kinds.count("swap"))
    return require_finite("lu", answer, len(kinds))


def determinant(A: ArrayLike) -> float:
    """det A, by how much the map multiplies areas and volumes; negative when it turns them over.

    Args:
        A: (n, n).

    Returns:
        ± the product of the pivots. Rounding may leave a tiny number where it is 0.

    Raises:
        ShapeError: not square.
        DomainError: NaN; it is beyond 1.8e308, or below 2.5e-324 but not 0.

    >>> round(determinant([[3, 0], [4, 5]]), 12)
    15.0
    """
    factors = lu(A)
    found = factors.determinant
    if math.isinf(found) or (not found and np.diag(factors.U).all()):
        size = digits(product(np.abs(np.diag(factors.U))))
        raise DomainError(
            f"determinant: expected |det A| from 2.5e-324 to 1.8e308, got {size}. Divide A (n, n) "
            "by c: its determinant is divided by cⁿ."
        )
    return found


def forward_substitution(L: Array, b: Array) -> Array:
    """L x = b from the top: xᵢ = (bᵢ − Σ_{j<i} lᵢⱼ xⱼ) / lᵢᵢ.

    Args:
        L: (n, n), what stands above the diagonal is not read.
        b: (n,).

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: a zero on the diagonal.

    >>> forward_substitution(np.array([[2.0, 0.0], [1.0, 1.0]]), np.array([4.0, 5.0])).tolist()
    [2.0, 3.0]

    Source: Golub & Van Loan 2013, algorithm 3.1.1.
    """
    _fitting("forward_substitution", "L", L, b)
    x = np.zeros(len(b))
    for i in range(len(b)):
        x[i] = (b[i] - L[i, :i] @ x[:i]) / _pivot("forward_substitution", L, i)
    return x


def back_substitution(U: Array, b: Array) -> Array:
    """U x = b from the bottom: xᵢ = (bᵢ − Σ_{j>i} uᵢⱼ xⱼ) / uᵢᵢ.

    Args:
        U: (n, n), what stands below the diagonal is not read.
        b: (n,).

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: a zero on the diagonal.

    >>> back_substitution(np.array([[1.0, 1.0], [0.0, 2.0]]), np.array([5.0, 6.0])).tolist()
    [2.0, 3.0]

    Source: Golub & Van Loan 2013, algorithm 3.1.2.
    """
    _fitting("back_substitution", "U", U, b)
    x = np.zeros(len(b))
    for i in range(len(b) - 1, -1, -1):
        x[i] = (b[i] - U[i, i + 1 :] @ x[i + 1 :]) / _pivot("back_substitution", U, i)
    return x


def _fitting(name: str, argument: str, T: Array, b: Array) -> None:
    got, right = np.shape(T), np.shape(b)
    if len(right) != 1 or got != right * 2:
        raise ShapeError(f"{name}: expected {argument} (n, n) and b (n,), got {got} and {right}.")


def _pivot(name: str, T: Array, i: int) -> float:
    if not T[i, i]:
        raise DomainError(f"{name}: expected a diagonal without 0, got 0 in row {i + 1}.")
    return float(T[i, i])


def lu_solve(factors: LU, b: ArrayLike) -> Array:
    """A x = b with the factors at hand: two triangles, n² products instead of n³/3.

    Args:
        factors: of A.
        b: (n,).

    Raises:
        ShapeError: b has another length.
        DomainError: A is singular; NaN; overflow.

    >>> lu_solve(lu([[2, 1], [1, 3]]), [3, 5]).round(12).tolist()
    [0.8, 1.4]
    """
    right = vector("lu_solve", "b", b, size=len(factors.L))
    if not np.diag(factors.U).all():
        raise DomainError("lu_solve: expected A invertible, got a singular matrix: det A = 0.")
    with np.errstate(all="ignore"):
        y = forward_substitution(factors.L, right[factors.permutation])
        return bounded("lu_solve", back_substitution(factors.U, y))


def bounded(name: str, x: Array) -> Array:
    """The solution x, if all its numbers are finite.

    Raises:
        DomainError: they are not.

    >>> bounded("lu_solve", np.array([1.0])).tolist()
    [1.0]
    """
    if not np.isfinite(x).all():
        raise DomainError(f"{name}: expected a solution below 1.8e308, got more. Scale A or b.")
    return x
