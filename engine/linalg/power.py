"""Power iteration and its inverse: one eigenvector, by multiplying or by solving again and again.

Sources: Golub & Van Loan 2013, sections 7.3.1 (power) and 7.6.1 (inverse iteration).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.linalg.lu import lu, lu_solve
from engine.linalg.norms import length
from engine.linalg.records import EPS, finite_records, last
from engine.scaling import scaled
from engine.validate import integer, scalar, square, vector


@dataclass(frozen=True, slots=True, eq=False)
class DirectionStep:
    """A unit vector v (n,), how nearly A v = λ v, and how fast that improves.

    `eigenvalue` is λ = v · A v, `residual` is ‖A v − λ v‖, `shrink` is the residual over the one
    before (NaN at first). `step` counts from 0, the start.
    """

    step: int
    eigenvalue: float
    residual: float
    shrink: float
    why: str
    vector: Array


@dataclass(frozen=True, slots=True, eq=False)
class EigenPair:
    """A v = λ v but for `residual`: λ is exact for a matrix that differs from A by so much.

    `converged` is false when the limit came first: two eigenvalues of one size, or a complex pair.
    """

    value: float
    vector: Array
    residual: float
    steps: int
    converged: bool
    why: str


def power_steps(
    A: ArrayLike, start: ArrayLike, *, tolerance: float = 1e-12, limit: int = 1000
) -> Iterator[DirectionStep | EigenPair]:
    """v ← A v / ‖A v‖ turns to the eigenvalue of largest size: the error shrinks by |λ₂/λ₁| a step.

    Args:
        A: (n, n).
        start: (n,), not zero, and not at right angles to what is sought.
        tolerance: stop when the residual is ≤ tolerance · ‖A‖_F, tolerance > 0.
        limit: the most steps, ≥ 1.

    Returns:
        Directions; the last record is the `EigenPair`.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: start = 0, a setting outside its domain; NaN; overflow.

    >>> round(power([[2, 1], [1, 2]], [1, 0]).value, 9)
    3.0

    Source: Golub & Van Loan 2013, section 7.3.1.
    """
    matrix, v = _start("power", A, start, tolerance)
    limit = integer("power", "limit", limit, low=1)
    return finite_records("power", _iterate(matrix, v, tolerance, limit, lambda v: matrix @ v))


def inverse_iteration_steps(
    A: ArrayLike,
    start: ArrayLike,
    *,
    shift: float = 0.0,
    tolerance: float = 1e-12,
    limit: int = 1000,
) -> Iterator[DirectionStep | EigenPair]:
    """v ← (A − μ I)⁻¹ v / ‖…‖ turns to the eigenvalue nearest to the shift μ.

    The error shrinks by |λ₁ − μ| / |λ₂ − μ|, λ₁ the nearest, λ₂ the next: the better the guess, the
    faster. P (A − μ I) = L U is found once.

    Args:
        A: (n, n).
        start: (n,), not zero.
        shift: μ; where it is an eigenvalue already it is moved by a rounding.
        tolerance: stop when the residual is ≤ tolerance · ‖A‖_F, tolerance > 0.
        limit: the most steps, ≥ 1.

    Returns:
        Directions; the last record is the `EigenPair`.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: start = 0, a setting outside its domain; NaN; overflow.

    >>> round(inverse_iteration([[2, 1], [1, 2]], [1, 0], shift=0.9).value, 9)
    1.0

    Source: Golub & Van Loan 2013, section 7.6.1.
    """
    matrix, v = _start("inverse_iteration", A, start, tolerance)
    limit = integer("inverse_iteration", "limit", limit, low=1)
    shift = scalar("inverse_iteration", "shift", shift)
    # Only the direction of a solution counts, and so it cannot overflow.
    shifted, _ = scaled(matrix - shift * np.eye(len(v)))
    factors, nudge = lu(shifted), 4 * EPS
    while not np.diag(factors.U).all():
        factors, nudge = lu(shifted - nudge * np.eye(len(v))), 2 * nudge
    steps = _iterate(matrix, v, tolerance, limit, lambda v: lu_solve(factors, v))
    return finite_records("inverse_iteration", steps)


def _start(name: str, A: ArrayLike, start: ArrayLike, tolerance: float) -> tuple[Array, Array]:
    matrix = square(name, "A", A)
    v = vector(name, "start", start, size=len(matrix))
    if not v.any():
        raise DomainError(f"{name}: expected start ≠ 0, got the zero vector.")
    scalar(name, "tolerance", tolerance, above=0, infinite=True)
    v, _ = scaled(v)
    return matrix, v / length(v)


def _iterate(
    A: Array, v: Array, tolerance: float, limit: int, forth: Callable[[Array], Array]
) -> Iterator[DirectionStep | EigenPair]:
    enough, before = tolerance * length(A), math.nan
    for step in range(limit + 1):
        product = A @ v
        value = float(v @ product)
        residual = length(product - value * v)
        shrink = residual / before if before else math.nan
        why = f"λ = v · A v = {value:.8g}, ‖A v − λ v‖ = {residual:.2g}"
        yield DirectionStep(step, value, residual, shrink, why, v.copy())
        if residual <= enough or step == limit:
            break
        new = forth(v)
        v, before = new / length(new), residual
    sure = residual <= enough
    said = "" if sure else f"; not converged after {limit} steps"
    yield EigenPair(value, v.copy(), residual, step, sure, f"{why}{said}")


def power(
    A: ArrayLike, start: ArrayLike, *, tolerance: float = 1e-12, limit: int = 1000
) -> EigenPair:
    """The eigenvalue of largest size: the last record of `power_steps`.

    >>> power([[0, 1], [-1, 0]], [1, 0], limit=50).converged  # a turn has no direction of its own
    False
    """
    answer = last(power_steps(A, start, tolerance=tolerance, limit=limit))
    assert isinstance(answer, EigenPair)
    return answer


def inverse_iteration(
    A: ArrayLike,
    start: ArrayLike,
    *,
    shift: float = 0.0,
    tolerance: float = 1e-12,
    limit: int = 1000,
) -> EigenPair:
    """The eigenvalue nearest to the shift: the last record of `inverse_iteration_steps`.

    >>> round(inverse_iteration([[1, 2], [8, 1]], [1, 0], shift=-2).value, 9)
    -3.0
    """
    steps = inverse_iteration_steps(A, start, shift=shift, tolerance=tolerance, limit=limit)
    answer = last(steps)
    assert isinstance(answer, EigenPair)
    return answer
