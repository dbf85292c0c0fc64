"""Jacobi's eigenvalues: rotate two axes at a time until a symmetric matrix is diagonal.

Sources: Jacobi 1846; Golub & Van Loan 2013, section 8.5.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.linalg.norms import length, orthogonality
from engine.linalg.records import EPS, finite_records, require_finite
from engine.validate import symmetric

SWEEPS = 60
"""The most sweeps; ten are many."""


@dataclass(frozen=True, slots=True, eq=False)
class RotationStep:
    """A rotation by `angle` (radians) in the plane of axes `rows`: makes A[p, q] zero.

    `off` is the length of what stands off the diagonal, √(2 Σ_{i<j} a_ij²): each rotation takes
    2 a_pq² from its square. A (n, n) and V (n, n) are the matrices after it.
    """

    step: int
    sweep: int
    rows: tuple[int, int]
    angle: float
    off: float
    why: str
    A: Array
    V: Array


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """A = V diag(values) Vᵀ: values (n,) falling, unit eigenvectors as the columns of V (n, n).

    The largest entry of each eigenvector is positive. `residual` is max |A V − V diag(values)| /
    max |A|, `orthogonality` is max |VᵀV − I|.
    """

    values: Array
    vectors: Array
    residual: float
    orthogonality: float
    why: str


def spectrum(A: Array, values: Array, V: Array) -> Spectrum:
    """The answer of a method for symmetric matrices, in its fixed order and signs.

    >>> spectrum(np.diag([1.0, 2.0]), np.array([1.0, 2.0]), -np.eye(2)).vectors.tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    order = np.argsort(-values, kind="stable")
    values, V = values[order], V[:, order]
    top = V[np.abs(V).argmax(axis=0), np.arange(len(V))]
    V = V * np.where(top < 0, -1.0, 1.0) + 0.0  # + 0.0: no negative zeros
    residual = float(np.abs(A @ V - V * values).max() / (np.abs(A).max() or 1.0))
    right = orthogonality(V)
    why = f"A V is V Λ but for {residual:.2g}, VᵀV is I but for {right:.2g}"
    return Spectrum(values, V, residual, right, why)


def rotation(a: float, b: float, d: float) -> tuple[float, float]:
    """cos and sin of the smaller turn that makes [[a, b], [b, d]] diagonal, b ≠ 0.

    tan θ = t = ±1 / (|τ| + √(τ² + 1)), τ = (d − a) / 2b; |θ| ≤ 45°.

    >>> c, s = rotation(2.0, 1.0, 2.0)
    >>> round(c, 6), round(s, 6)
    (0.707107, 0.707107)

    Source: Golub & Van Loan 2013, algorithm 8.5.1.
    """
    tau = (d / 2 - a / 2) / b
    t = math.copysign(1.0, tau) / (abs(tau) + math.hypot(tau, 1.0))
    c = 1 / math.hypot(t, 1.0)
    return c, t * c


def rotate_columns(M: Array, p: int, q: int, c: float, s: float) -> None:
    """Columns p and q of M, in place: (x, y) → (c x − s y, s x + c y).

    >>> M = np.eye(2)
    >>> rotate_columns(M, 0, 1, 0.0, 1.0)
    >>> M.tolist()
    [[0.0, 1.0], [-1.0, 0.0]]
    """
    x, y = M[:, p].copy(), M[:, q].copy()
    M[:, p], M[:, q] = c * x - s * y, s * x + c * y


def jacobi_eigen_steps(A: ArrayLike) -> Iterator[RotationStep | Spectrum]:
    """A ← JᵀAJ, V ← VJ for each pair of axes in turn, sweep after sweep; off falls quadratically.

    Args:
        A: (n, n), symmetric.

    Returns:
        Rotations; the last record is the `Spectrum`.

    Raises:
        ShapeError: not square.
        DomainError: not symmetric; NaN; overflow.

    >>> jacobi_eigen([[2, 1], [1, 2]]).values.round(12).tolist()
    [3.0, 1.0]

    Source: Golub & Van Loan 2013, algorithm 8.5.3.
    """
    return finite_records("jacobi_eigen", _jacobi_steps(symmetric("jacobi_eigen", "A", A)))


class _Turned(NamedTuple):
    sweep: int
    rows: tuple[int, int]
    angle: float
    entry: float


def _jacobi_steps(A: Array) -> Iterator[RotationStep | Spectrum]:
    D, V = A.copy(), np.eye(len(A))
    for step, (sweep, (p, q), angle, entry) in enumerate(_diagonalize(D, V), start=1):
        off = _off(D)
        why = f"a turn of {math.degrees(angle):.3g}° makes {entry:.4g} zero at "
        why += f"({p + 1}, {q + 1}); off the diagonal {off:.3g} is left"
        yield RotationStep(step, sweep, (p, q), angle, off, why, D.copy(), V.copy())
    yield spectrum(A, np.diag(D).copy(), V)


def _off(D: Array) -> float:
    return length(D - np.diag(np.diag(D)))


def _diagonalize(D: Array, V: Array) -> Iterator[_Turned]:
    """Change D and V (n, n) in place, describing each rotation."""
    n = len(D)
    # Far below rounding of the diagonal: one more sweep gets there, convergence being quadratic.
    tiny = 0.01 * EPS * length(D) / n
    for sweep in range(1, SWEEPS + 1):
        if _off(D) <= tiny:
            return
        for p, q in combinations(range(n), 2):
            entry = float(D[p, q])
            if abs(entry) <= tiny / n:
                continue
            c, s = rotation(float(D[p, p]), entry, float(D[q, q]))
            rotate_columns(D, p, q, c, s)
            rotate_columns(D.T, p, q, c, s)
            rotate_columns(V, p, q, c, s)
            D[p, q] = D[q, p] = 0.0
            yield _Turned(sweep, (p, q), math.atan2(s, c), entry)
    raise DomainError(f"jacobi_eigen: expected a diagonal in {SWEEPS} sweeps, got none.")


def jacobi_eigen(A: ArrayLike) -> Spectrum:
    """All eigenvalues of a symmetric matrix: the last record of `jacobi_eigen_steps`, at once.

    >>> jacobi_eigen([[7]]).values.tolist()
    [7.0]
    """
    array = symmetric("jacobi_eigen", "A", A)
    D, V = array.copy(), np.eye(len(array))
    with np.errstate(all="ignore"):
        steps = sum(1 for _ in _diagonalize(D, V))
        answer = spectrum(array, np.diag(D).copy(), V)
    return require_finite("jacobi_eigen", answer, steps)
