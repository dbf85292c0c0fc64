"""Gaussian elimination, one row operation at a time: systems and inverses.

The state is the augmented matrix [A | B]: down to a triangle, then up to [I | A⁻¹B]. The second
half is back substitution, column by column.

Sources: Golub & Van Loan 2013, sections 3.1 (triangles), 3.2 (elimination), 3.4 (pivoting);
Higham 2002, Accuracy and Stability, chapter 9 (growth).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.linalg.equation import quotient
from engine.linalg.records import finite_records, require_finite, too_large
from engine.validate import square, vector


@dataclass(frozen=True, slots=True, eq=False)
class RowOperation:
    """A row operation and the augmented matrix (n, n + k) after it.

    `kind` is "swap", "subtract" (rows[0] lost factor · rows[1]) or "scale" (rows[0] was divided
    by the factor). `rows` count from 0, `why` from 1.
    """

    step: int
    kind: str
    rows: tuple[int, ...]
    factor: float
    why: str
    augmented: Array


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """x (n,) with A x = b, and how much of it to believe.

    `residual` is max |A x − b|. `condition` is κ∞ = ‖A‖∞ ‖A⁻¹‖∞. `growth` says how many times
    larger the numbers got on the way (max |u| / max |a|). `digits_lost` = log₁₀ κ + log₁₀ growth:
    of the 16 digits of a number, that many may be wrong.
    """

    x: Array
    residual: float
    condition: float
    growth: float
    digits_lost: float
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Inverse:
    """A⁻¹ (n, n). `residual` is max |A A⁻¹ − I|; the other fields as in `Solution`."""

    inverse: Array
    residual: float
    condition: float
    digits_lost: float
    why: str


class _Done(NamedTuple):
    """An operation, before anything is said about it; `numbers` is what its sentence needs."""

    kind: str
    rows: tuple[int, ...]
    factor: float
    numbers: tuple[float, ...] = ()


def elimination_steps(
    A: ArrayLike, b: ArrayLike, *, pivot: bool = True
) -> Iterator[RowOperation | Solution]:
    """Solve A x = b by subtracting multiples of rows, until x is left on the right.

    Args:
        A: (n, n).
        b: (n,).
        pivot: bring the largest entry of the column up before dividing by it (partial pivoting);
            without it, a tiny pivot makes huge multiples, and the numbers they are added to
            are lost.

    Returns:
        Row operations; the last record is the `Solution`.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: A is singular, or a pivot is 0 and may not be swapped; NaN; overflow. Rounding
            may leave a tiny number where a pivot should be 0: then `digits_lost` ≥ 15 tells.

    >>> A, b = [[1e-20, 1], [1, 1]], [1, 2]
    >>> solve(A, b).x.tolist(), solve(A, b, pivot=False).x.tolist()
    ([1.0, 1.0], [0.0, 1.0])

    Source: Golub & Van Loan 2013, algorithms 3.4.1 and 3.1.4.
    """
    matrix = square("solve", "A", A)
    right = vector("solve", "b", b, size=len(matrix))
    return finite_records("solve", _solve_steps(matrix, right, pivot))


def _solve_steps(A: Array, b: Array, pivot: bool) -> Iterator[RowOperation | Solution]:
    n, W = len(A), np.column_stack([A, b])
    largest = float(np.abs(A).max())
    for step, done in enumerate(_reduce("solve", W, n, pivot), start=1):
        largest = max(largest, _grown(W, n, done))
        yield RowOperation(step, done.kind, done.rows, done.factor, _sentence(done), W.copy())
    yield _solution(A, b, W[:, n].copy(), largest)


def _grown(W: Array, n: int, done: _Done) -> float:
    """The largest number that an operation on the way down made; the way up makes ones."""
    down = done.rows[0] > done.rows[-1]
    return float(np.abs(W[done.rows[0], :n]).max()) if down else 0.0


def _solution(A: Array, b: Array, x: Array, largest: float) -> Solution:
    growth = largest / float(np.abs(A).max())
    kappa = condition_inf(A, _inverse("solve", A))
    lost = digits_lost(kappa) + math.log10(growth)
    residual = float(np.abs(A @ x - b).max())
    why = f"residual {residual:.2g}; κ = {kappa:.3g}, growth {growth:.3g}: ≈ {lost:.1f} digits lost"
    return Solution(x, residual, kappa, growth, lost, why)


def _reduce(name: str, W: Array, n: int, pivot: bool) -> Iterator[_Done]:
    """Change W = [A | B] (n, n + k) in place into [I | A⁻¹B], describing each operation."""
    for k in range(n):
        r = k + int(np.abs(W[k:, k]).argmax()) if pivot else k
        if not W[r, k]:
            raise _no_pivot(name, W, k, pivot)
        if r != k:
            W[[k, r]] = W[[r, k]]
            yield _Done("swap", (k, r), 1.0, (W[k, k],))
        for i in range(k + 1, n):
            if W[i, k]:
                entry, above = float(W[i, k]), float(W[k, k])
                factor = entry / above
                W[i, k:] -= factor * W[k, k:]
                W[i, k] = 0.0  # exactly, where rounding might leave a tiny number
                yield _Done("subtract", (i, k), factor, (entry, above))
    for k in range(n - 1, -1, -1):
        factor = float(W[k, k])
        if factor != 1:
            W[k, n:] /= factor
            W[k, k] = 1.0
            yield _Done("scale", (k,), factor)
        for i in range(k - 1, -1, -1):
            if W[i, k]:
                factor = float(W[i, k])
                W[i, n:] -= factor * W[k, n:]
                W[i, k] = 0.0
                yield _Done("subtract", (i, k), factor)


def _sentence(done: _Done) -> str:
    first, other = done.rows[0] + 1, done.rows[-1] + 1
    if done.kind == "swap":
        return f"{done.numbers[0]:.4g} is the largest of column {first}: row {other} comes up"
    if done.kind == "scale":
        return f"row {first} divided by its pivot {done.factor:.4g}"
    if not done.numbers:
        return f"{done.factor:.4g} times the known row {other} is subtracted from row {first}"
    entry, above = done.numbers
    return f"{quotient(entry, above, done.factor)}: clears column {other} of row {first}"


def _no_pivot(name: str, W: Array, k: int, pivot: bool) -> DomainError:
    if not pivot and W[k:, k].any():
        return DomainError(
            f"{name}: expected a pivot ≠ 0 in row {k + 1}, got 0. Set pivot=True to swap rows."
        )
    return DomainError(
        f"{name}: expected A invertible, got a singular matrix: column {k + 1} has no pivot left."
    )


def solve(A: ArrayLike, b: ArrayLike, *, pivot: bool = True) -> Solution:
    """A x = b by elimination: the last record of `elimination_steps`, without copies on the way.

    >>> solve([[2, 1], [1, 3]], [3, 5]).x.round(12).tolist()
    [0.8, 1.4]
    """
    matrix = square("solve", "A", A)
    right = vector("solve", "b", b, size=len(matrix))
    n, W, step = len(matrix), np.column_stack([matrix, right]), 0
    largest = float(np.abs(matrix).max())
    with np.errstate(all="ignore"):
        for step, done in enumerate(_reduce("solve", W, n, pivot), start=1):
            largest = max(largest, _grown(W, n, done))
            if not math.isfinite(largest):
                raise too_large("solve", largest, "augmented", step)
        answer = _solution(matrix, right, W[:, n].copy(), largest)
    return require_finite("solve", answer, step)


def inverse_steps(A: ArrayLike) -> Iterator[RowOperation | Inverse]:
    """All columns of A⁻¹ at once: the row operations that turn A into I turn I into A⁻¹.

    Args:
        A: (n, n).

    Returns:
        Row operations on [A | I]; the last record is the `Inverse`.

    Raises:
        ShapeError: not square.
        DomainError: A is singular; NaN; overflow. Rounding may leave a tiny number where a pivot
            should be 0: no error then, but `digits_lost` ≥ 15.

    >>> inverse([[1, 2], [3, 4]]).inverse.round(12).tolist()
    [[-2.0, 1.0], [1.5, -0.5]]

    Source: Strang 2016, section 2.5 (Gauss–Jordan).
    """
    return finite_records("inverse", _inverse_steps(square("inverse", "A", A)))


def _inverse_steps(A: Array) -> Iterator[RowOperation | Inverse]:
    n = len(A)
    W = np.column_stack([A, np.eye(n)])
    for step, done in enumerate(_reduce("inverse", W, n, True), start=1):
        yield RowOperation(step, done.kind, done.rows, done.factor, _sentence(done), W.copy())
    yield _judged(A, W[:, n:].copy())


def _judged(A: Array, X: Array) -> Inverse:
    kappa, residual = condition_inf(A, X), float(np.abs(A @ X - np.eye(len(A))).max())
    lost = digits_lost(kappa)
    why = f"A A⁻¹ is I but for {residual:.2g}; κ = {kappa:.3g}: ≈ {lost:.1f} digits lost"
    return Inverse(X, residual, kappa, lost, why)


def inverse(A: ArrayLike) -> Inverse:
    """A⁻¹ by Gauss–Jordan: the last record of `inverse_steps`, without the copies on the way.

    >>> inverse([[4]]).inverse.tolist()
    [[0.25]]
    """
    matrix = square("inverse", "A", A)
    W = np.column_stack([matrix, np.eye(len(matrix))])
    with np.errstate(all="ignore"):
        steps = sum(1 for _ in _reduce("inverse", W, len(matrix), True))
        answer = _judged(matrix, W[:, len(matrix) :].copy())
    return require_finite("inverse", answer, steps)


def _inverse(name: str, A: Array) -> Array:
    W = np.column_stack([A, np.eye(len(A))])
    for _ in _reduce(name, W, len(A), True):
        pass
    return W[:, len(A) :].copy()


def condition_inf(A: Array, A_inv: Array) -> float:
    """κ∞ = ‖A‖∞ ‖A⁻¹‖∞, the largest absolute row sums of both.

    >>> condition_inf(np.diag([1.0, 2.0]), np.diag([1.0, 0.5]))
    2.0
    """
    return float(np.abs(A).sum(axis=1).max() * np.abs(A_inv).sum(axis=1).max())


def digits_lost(kappa: float) -> float:
    """log₁₀ κ: how many of the 16 digits a problem of condition κ may lose.

    >>> digits_lost(1000.0)
    3.0
    """
    return math.log10(kappa) if kappa > 1 else 0.0
