"""The singular values of any matrix, by rotating its columns until they are orthogonal.

A = U Σ Vᵀ: a turn, a stretch along axes, a turn. The stretches σ say what a matrix does to
lengths, what it loses (rank), and how well few of its directions stand for all (low rank).

Sources: Hestenes 1958; Golub & Van Loan 2013, sections 2.4 and 8.6.4; Eckart & Young 1936.
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
from engine.linalg.jacobi import SWEEPS, rotate_columns, rotation
from engine.linalg.norms import length, orthogonality
from engine.linalg.records import EPS, finite_records, require_finite
from engine.scaling import scaled
from engine.validate import integer, matrix

NEGLIGIBLE = 2.0**-960
"""A column shorter than this part of the largest entry becomes zero when turned: beyond 1e-289 too
few digits are left above the smallest number there is."""


@dataclass(frozen=True, slots=True, eq=False)
class ColumnRotation:
    """A rotation by `angle` (radians) of columns `columns`: sets them at right angles.

    `cosine` is that of the angle between them before. W (m, n) = A V are the columns after it, V
    (n, n) the turns so far. Where m < n all of that is of Aᵀ. A column of which only rounding is
    left after the turn, as happens where the rank of A is below n, is set to zero.
    """

    step: int
    sweep: int
    columns: tuple[int, int]
    angle: float
    cosine: float
    why: str
    W: Array
    V: Array


@dataclass(frozen=True, slots=True, eq=False)
class SVD:
    """A = U diag(s) Vt: U (m, k), s (k,) falling, Vt (k, n), k = min(m, n).

    `rank` counts s > max(m, n) ε s₁. `residual` is max |A − U diag(s) Vt| / max |A|;
    `orthogonality` is the larger of max |UᵀU − I| and max |V Vᵀ − I|.
    """

    U: Array
    s: Array
    Vt: Array
    rank: int
    residual: float
    orthogonality: float
    why: str


class _Turned(NamedTuple):
    sweep: int
    columns: tuple[int, int]
    angle: float
    cosine: float
    why: str


def svd_steps(A: ArrayLike) -> Iterator[ColumnRotation | SVD]:
    """Turn pairs of columns until AV has orthogonal ones; their lengths are the singular values.

    Small singular values come out to their own digits where the columns differ only in scale, by
    up to 1e289; a column that is shorter still counts as 0 once it must be turned.

    Args:
        A: (m, n); a wide one is worked on as Aᵀ.

    Returns:
        Rotations; the last record is the `SVD`.

    Raises:
        ShapeError: not a matrix, or empty.
        DomainError: NaN; overflow.

    >>> svd([[3, 0], [4, 5]]).s.round(4).tolist()
    [6.7082, 2.2361]

    Source: Hestenes 1958; Golub & Van Loan 2013, section 8.6.4.
    """
    return finite_records("svd", _svd_steps(matrix("svd", "A", A)))


def _svd_steps(A: Array) -> Iterator[ColumnRotation | SVD]:
    W, e = scaled(_tall(A))
    V = np.eye(W.shape[1])
    for step, turned in enumerate(_turns(W, V), start=1):
        yield ColumnRotation(step, *turned, np.ldexp(W, e), V.copy())
    yield _answer(A, W, V, e)


def _tall(A: Array) -> Array:
    return A if A.shape[0] >= A.shape[1] else A.T


def svd(A: ArrayLike) -> SVD:
    """A = U Σ Vᵀ: the last record of `svd_steps`, without the copies on the way.

    >>> svd([[0, -2]]).s.tolist()
    [2.0]
    """
    array = matrix("svd", "A", A)
    W, e = scaled(_tall(array))
    V, step = np.eye(W.shape[1]), 0
    with np.errstate(all="ignore"):
        for _ in _turns(W, V):
            step += 1
        answer = _answer(array, W, V, e)
    return require_finite("svd", answer, step)


def _turns(W: Array, V: Array) -> Iterator[_Turned]:
    """Change W (m, n) and V (n, n) in place, describing each rotation."""
    m, n = W.shape
    enough = 4 * EPS * math.sqrt(m)
    error = np.full(n, NEGLIGIBLE)
    for sweep in range(1, SWEEPS + 1):
        still = True
        for p, q in combinations(range(n), 2):
            a, b, d = _products(W[:, p], W[:, q])
            size = math.sqrt(a) * math.sqrt(d)
            if not size or abs(b) <= enough * size:
                continue
            still = False
            c, s = rotation(a, b, d)
            zeroed = _turn_columns(W, error, p, q, c, s)
            rotate_columns(V, p, q, c, s)
            angle, cosine = math.atan2(s, c), b / size
            why = f"columns {p + 1} and {q + 1} had cosine {cosine:.3g}: "
            why += f"a turn of {math.degrees(angle):.3g}° makes it 0"
            why += "".join(f"; only rounding is left of column {j + 1}: set to 0" for j in zeroed)
            yield _Turned(sweep, (p, q), angle, cosine, why)
        if still:
            return
    raise DomainError(f"svd: expected orthogonal columns in {SWEEPS} sweeps, got none.")


def _turn_columns(W: Array, error: Array, p: int, q: int, c: float, s: float) -> list[int]:
    """Turn two columns of W; set to zero, and return, those of which only rounding is left.

    `error` (n,) estimates how far rounding has moved each column; it is updated too. Otherwise a
    column in the span of the others would shrink by 16 digits a sweep, to the end of the range.
    """
    x, y = length(W[:, p]), length(W[:, q])
    rotate_columns(W, p, q, c, s)
    at_p, at_q = math.hypot(error[p], EPS / 2 * x), math.hypot(error[q], EPS / 2 * y)
    error[p], error[q] = math.hypot(c * at_p, s * at_q), math.hypot(s * at_p, c * at_q)
    zeroed = [j for j in (p, q) if length(W[:, j]) <= error[j]]
    W[:, zeroed] = 0.0
    return zeroed


def _products(x: Array, y: Array) -> tuple[float, float, float]:
    """x · x, x · y and y · y, or what is in proportion to them where squares may vanish."""
    a, b, d = float(x @ x), float(x @ y), float(y @ y)
    return (a, b, d) if min(a, d) >= 1e-200 else _proportions(x, y)


def _proportions(x: Array, y: Array) -> tuple[float, float, float]:
    """x · x, x · y and y · y but for a common factor, where squares may vanish; 0 for a zero."""
    a, d = length(x), length(y)
    if not a or not d:
        return 0.0, 0.0, 0.0
    return min(a / d, 1e300), float((x / a) @ (y / d)), min(d / a, 1e300)


def _answer(A: Array, W: Array, V: Array, e: int) -> SVD:
    lengths = np.array([length(column) for column in W.T])
    order = np.argsort(-lengths, kind="stable")
    W, V, s = W[:, order], V[:, order], np.ldexp(lengths[order], e)
    U = _directions(W, lengths[order])
    rank = int((s > max(A.shape) * EPS * s[0]).sum())
    if A.shape[0] < A.shape[1]:
        U, V = V, U
    largest = np.abs(A).max() or 1.0
    residual = float(np.abs(A - (U * s) @ V.T).max() / largest)
    right = max(orthogonality(U), orthogonality(V))
    why = f"rank {rank}; U Σ Vᵀ is A but for {residual:.2g}, turns orthogonal but for {right:.2g}"
    return SVD(U, s, V.T.copy(), rank, residual, right, why)


def _directions(W: Array, s: Array) -> Array:
    """Orthogonal columns brought to length 1; where one is zero, one orthogonal to all others."""
    U = np.zeros_like(W)
    for j, size in enumerate(s):
        if size:
            U[:, j] = scaled(W[:, j])[0]
            U[:, j] /= length(U[:, j])
            continue
        # The axis least covered so far, made orthogonal to the others; twice, because of rounding.
        axis = np.zeros(len(W))
        axis[int(np.square(U[:, :j]).sum(axis=1).argmin())] = 1.0
        for _ in range(2):
            axis -= U[:, :j] @ (U[:, :j].T @ axis)
        U[:, j] = axis / length(axis)
    return U


@dataclass(frozen=True, slots=True, eq=False)
class LowRank:
    """The best matrix of rank k, and how far it is from A.

    `term` (m, n) is what was added last: σ_k u_k v_kᵀ. `frobenius` is ‖A − A_k‖_F as measured,
    √Σ_{i>k} σᵢ² as predicted; `spectral` is ‖A − A_k‖₂ = σ_{k+1} as predicted. `share` = Σ_{i≤k}
    σᵢ² / Σ σᵢ².
    """

    k: int
    approximation: Array
    term: Array
    frobenius: float
    predicted: float
    spectral: float
    share: float
    why: str


def low_rank_steps(A: ArrayLike, rank: int | None = None) -> Iterator[LowRank]:
    """Add σ₁ u₁ v₁ᵀ, σ₂ u₂ v₂ᵀ, …: after each, no matrix of that rank is nearer to A.

    Args:
        A: (m, n).
        rank: the last k, 1 ≤ k ≤ min(m, n); None for all.

    Returns:
        One record for each k = 1, 2, …; the last has the rank asked for.

    Raises:
        ShapeError: not a matrix, or empty.
        DomainError: no such rank; NaN; overflow.

    >>> round(low_rank([[3, 0], [4, 5]], 1).share, 6)
    0.9

    Source: Eckart & Young 1936; Golub & Van Loan 2013, theorem 2.4.8.
    """
    array = matrix("low_rank", "A", A)
    most = min(array.shape)
    k = most if rank is None else rank
    k = integer("low_rank", "rank", k, low=1, high=most)
    return finite_records("low_rank", _low_rank_steps(array, k))


def _low_rank_steps(A: Array, rank: int) -> Iterator[LowRank]:
    parts = svd(A)
    s, total = parts.s, length(parts.s)
    near = np.zeros_like(A)
    for k in range(1, rank + 1):
        term = s[k - 1] * np.outer(parts.U[:, k - 1], parts.Vt[k - 1])
        near = near + term
        missed, rest = length(A - near), length(s[k:])
        after = float(s[k]) if k < len(s) else 0.0
        share = 1 - (rest / total) ** 2 if total else 1.0
        why = f"σ{k} = {s[k - 1]:.4g} added: {100 * share:.4g} % of Σσ², ‖A − A_k‖_F = {missed:.3g}"
        yield LowRank(k, near.copy(), term, missed, rest, after, share, why)


def low_rank(A: ArrayLike, rank: int) -> LowRank:
    """The nearest matrix of that rank: the last record of `low_rank_steps`.

    >>> low_rank([[2, 0], [0, 1]], 1).approximation.tolist()
    [[2.0, 0.0], [0.0, 0.0]]
    """
    *_, answer = low_rank_steps(A, rank)
    return answer
