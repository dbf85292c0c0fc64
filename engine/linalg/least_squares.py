"""The best x for more equations than unknowns: min ‖b − A x‖, by two methods of different accuracy.

The normal equations AᵀA x = Aᵀb square the condition number; Q R does not.

Sources: Golub & Van Loan 2013, sections 5.3.2 (normal equations), 5.3.3 (QR), 5.3.7 (accuracy);
Higham 2002, Accuracy and Stability, chapter 20.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, unknown
from engine.linalg.cholesky import cholesky, cholesky_solve
from engine.linalg.condition import condition
from engine.linalg.elimination import digits_lost
from engine.linalg.lu import back_substitution
from engine.linalg.norms import length
from engine.linalg.orthogonal import qr
from engine.linalg.records import EPS, finite_records, last
from engine.scaling import TINY, ldexp, scaled, wide
from engine.validate import tall, vector

METHODS = ("qr", "normal")


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A stage: `kind` names what was made, `matrix` holds it; `right` is the right-hand side.

    Where AᵀA or Aᵀb is beyond the range of floats, the stages of the normal equations hold those of
    A and b scaled by powers of two, which `why` names.
    """

    step: int
    kind: str
    why: str
    matrix: Array
    right: Array


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """x (n,) that makes ‖b − A x‖ least.

    `residual` is that length; `slope` is ‖Aᵀ(b − A x)‖ / (‖A‖_F ‖b‖), 0 at the minimum but for
    rounding. `condition` is that of the system solved: κ(A) by QR, κ(A)² by the normal equations;
    `digits_lost` = log₁₀ of it (with a large residual QR loses up to log₁₀ κ² too).
    """

    x: Array
    residual: float
    slope: float
    condition: float
    digits_lost: float
    why: str


def least_squares_steps(
    A: ArrayLike, b: ArrayLike, *, method: str = "qr"
) -> Iterator[Stage | LeastSquares]:
    """min ‖b − A x‖ by R x = Qᵀb ("qr") or by AᵀA x = Aᵀb with Cholesky ("normal").

    Args:
        A: (m, n), m ≥ n, columns independent.
        b: (m,).
        method: "qr" or "normal".

    Returns:
        Stages; the last record is `LeastSquares`.

    Raises:
        UnknownNameError: no such method.
        ShapeError: m < n, or b has another length.
        DomainError: columns dependent to rounding (by the normal equations already from
            κ ≈ 1e8 on); NaN; overflow.

    >>> least_squares([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).x.round(12).tolist()
    [1.0, 2.0]

    Source: Golub & Van Loan 2013, algorithms 5.3.1 and 5.3.2.
    """
    if method not in METHODS:
        raise unknown("method of least squares", method, METHODS)
    matrix = tall("least_squares", "A", A)
    right = vector("least_squares", "b", b, size=len(matrix))
    (A, e), (b, f) = scaled(matrix), scaled(right)
    steps = _by_qr(A, b, e, f) if method == "qr" else _by_normal(A, b, e, f)
    return finite_records("least_squares", steps)


def _by_qr(A: Array, b: Array, e: int, f: int) -> Iterator[Stage | LeastSquares]:
    """For A 2ᵉ and b 2ᶠ."""
    factors, kappa = qr(A), _independent(A)
    right = factors.Q.T @ b
    why = f"Qᵀ keeps lengths: R is no worse conditioned than A, κ = {kappa:.3g}"
    yield Stage(1, "R", why, np.ldexp(factors.R, e), np.ldexp(right, f))
    x = back_substitution(factors.R, right)
    yield _answer(A, b, x, kappa, e, f)


def _by_normal(A: Array, b: Array, e: int, f: int) -> Iterator[Stage | LeastSquares]:
    """For A 2ᵉ and b 2ᶠ."""
    kappa, G, right = _independent(A), A.T @ A, A.T @ b
    d, g, unit = _shown_exponents(G, right, e, f)
    why = f"the residual is at right angles to all columns; κ(AᵀA) = κ² = {kappa * kappa:.3g}{unit}"
    yield Stage(1, "AᵀA", why, np.ldexp(G, 2 * d), np.ldexp(right, d + g))
    try:
        factor = cholesky(G)
    except DomainError as error:
        raise DomainError(
            f"least_squares: expected κ² below 1e16 for the normal equations, got κ = {kappa:.3g}. "
            'Use method="qr".'
        ) from error
    why = f"AᵀA = L Lᵀ: two triangles{unit}"
    yield Stage(2, "L", why, np.ldexp(factor.L, d), np.ldexp(right, d + g))
    yield _answer(A, b, cholesky_solve(factor, right), kappa * kappa, e, f)


def _shown_exponents(G: Array, right: Array, e: int, f: int) -> tuple[int, int, str]:
    """e and f, or 0 and 0 where AᵀA or Aᵀb has no float in the units of A and b; and a note."""
    for numbers, power in ((G, 2 * e), (right, e + f)):
        largest = wide(float(np.abs(numbers).max()), power)
        if largest.fraction and not TINY <= float(largest) < math.inf:
            return 0, 0, f"; shown for A / 2^{e} and b / 2^{f}, as AᵀA itself is beyond all floats"
    return e, f, ""


def _independent(A: Array) -> float:
    """κ(A), if the columns can be told from dependent ones."""
    kappa = condition(A).kappa
    if not kappa * EPS * len(A) < 1:
        raise DomainError(
            f"least_squares: expected independent columns, got κ = {kappa:.3g}. Drop a column, or "
            "penalize ‖x‖²."
        )
    return kappa


def _answer(A: Array, b: Array, x: Array, kappa: float, e: int, f: int) -> LeastSquares:
    """For A 2ᵉ and b 2ᶠ, so for x 2ᶠ⁻ᵉ."""
    r = b - A @ x
    scale = length(A) * length(b)
    slope = length(A.T @ r) / scale if scale else 0.0
    lost = digits_lost(kappa)
    residual = ldexp(length(r), f)
    why = f"‖b − A x‖ = {residual:.4g}; κ of the system {kappa:.3g}: ≈ {lost:.1f} digits lost"
    return LeastSquares(np.ldexp(x, f - e), residual, slope, kappa, lost, why)


def least_squares(A: ArrayLike, b: ArrayLike, *, method: str = "qr") -> LeastSquares:
    """min ‖b − A x‖: the last record of `least_squares_steps`.

    >>> round(least_squares([[1], [1]], [1, 3], method="normal").x[0].item(), 12)
    2.0
    """
    answer = last(least_squares_steps(A, b, method=method))
    assert isinstance(answer, LeastSquares)
    return answer
