"""Conjugate gradients: systems with a symmetric positive definite matrix, n steps at most on paper.

Sources: Hestenes & Stiefel 1952; Golub & Van Loan 2013, section 11.3; Saad 2003, Iterative Methods
for Sparse Linear Systems, equation 6.128 (the bound) and section 6.7.3 (the Lanczos matrix).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.linalg.equation import digits, quotient
from engine.linalg.iterative import Iterated, sides
from engine.linalg.norms import length
from engine.linalg.records import finite_records, last
from engine.scaling import exponent, ldexp, scaled, wide
from engine.validate import integer, scalar, symmetric


@dataclass(frozen=True, slots=True, eq=False)
class ConjugateStep:
    """x (n,) after `step` steps, its residual r = b − A x and the direction p taken next.

    `alpha` is how far the last step went, `beta` how much of the last direction stays in p. The
    directions are conjugate: `conjugacy` is |p · A p_before| / (‖p‖ ‖A p_before‖).
    """

    step: int
    residual: float
    alpha: float
    beta: float
    conjugacy: float
    why: str
    x: Array
    r: Array
    p: Array


def conjugate_gradient_steps(
    A: ArrayLike,
    b: ArrayLike,
    *,
    start: ArrayLike | None = None,
    tolerance: float = 1e-12,
    limit: int | None = None,
) -> Iterator[ConjugateStep | Iterated]:
    """Minimize along p, then take a direction that undoes none of the progress made.

    α = r·r / p·Ap, x ← x + α p, r ← r − α A p, β = r·r (new over old), p ← r + β p. On paper it
    ends in ≤ n steps; rounding may ask for more when κ is large.

    Args:
        A: (n, n), symmetric, positive definite.
        b: (n,).
        start: (n,), or None for zeros.
        tolerance: stop when ‖r‖ ≤ tolerance · ‖b‖, tolerance > 0; where b = 0, of the first ‖r‖.
        limit: the most steps, ≥ 1; None for 10 n.

    Returns:
        Steps from 0 on; the last record is `Iterated`, its residual computed afresh: where κ is
        large, rounding may keep it above what r says, and then `converged` is false. Its √κ is
        that of the Lanczos matrix which the α and β make: never above that of A, equal to it (but
        for rounding) after n steps, and close once the ends of the spectrum are found. Eigenvalues
        whose eigenvectors b does not contain are not seen; they do not slow the run either.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: not symmetric, or not positive definite (a p · A p ≤ 0 is named); NaN; …

    >>> conjugate_gradient([[4, 1], [1, 3]], [1, 2]).steps
    2

    Source: Hestenes & Stiefel 1952; Golub & Van Loan 2013, algorithm 11.3.3; Saad 2003, section
    6.7.3 (the Lanczos matrix).
    """
    name = "conjugate_gradient"
    matrix = symmetric(name, "A", A)
    most = 10 * len(matrix) if limit is None else integer(name, "limit", limit, low=1)
    right, x = sides(name, matrix, b, start, tolerance)
    return finite_records(name, _conjugate(matrix, right, x, tolerance, most))


def _conjugate(
    A: Array, b: Array, x: Array, tolerance: float, limit: int
) -> Iterator[ConjugateStep | Iterated]:
    # A = 2ᵉ A′, r = 2ᶠ r′ and so x = 2ᶠ⁻ᵉ x′.
    f = exponent(b - A @ x)
    A, e = scaled(A)
    b, x = np.ldexp(b, -f), np.ldexp(x, e - f)
    r = b - A @ x
    p, enough, step = r.copy(), tolerance * (length(b) or length(r)), 0
    alphas, betas = [], []

    def true() -> tuple[Array, Array, Array]:
        return np.ldexp(x, f - e), np.ldexp(r, f), np.ldexp(p, f)

    yield ConjugateStep(0, ldexp(length(r), f), 0.0, 0.0, 0.0, "downhill first", *true())
    while length(r) > enough and step < limit and (rr := float(r @ r)):
        Ap = A @ p
        bend = float(p @ Ap)
        if not bend > 0:
            raise DomainError(
                "conjugate_gradient: expected A positive definite, got p · A p = "
                f"{digits(wide(bend, e + 2 * f), 3)} in step {step + 1}."
            )
        alpha = rr / bend
        x, r, step = x + alpha * p, r - alpha * Ap, step + 1
        beta = float(r @ r) / rr
        p = r + beta * p
        sizes = length(p) * length(Ap)
        skew = abs(float(p @ Ap)) / sizes if sizes else 0.0
        alphas.append(alpha)
        betas.append(beta)
        far = wide(alpha, -e)
        ratio = quotient(wide(rr, 2 * f), wide(bend, e + 2 * f), far)
        why = f"α = {ratio} along p, then β = {beta:.3g}"
        residual = ldexp(length(r), f)
        yield ConjugateStep(step, residual, float(far), beta, skew, why, *true())
    rest = length(b - A @ x)  # r drifts away from it by rounding
    sure, kappa = rest <= enough, _ritz_condition(alphas, betas)
    why = f"{'converged' if sure else 'not converged'} after {step} steps"
    why += f"; √κ, estimated from below: {math.sqrt(kappa):.4g}" if step else ""
    yield Iterated(true()[0], ldexp(rest, f), step, sure, why, partial(_rate, kappa))


def _ritz_condition(alphas: Sequence[float], betas: Sequence[float]) -> float:
    """κ of the Lanczos matrix of a run, which is at most κ(A); NaN for no step.

    T has 1/α_j + β_{j−1}/α_{j−1} on its diagonal and √β_j / α_j beside it.

    Source: Saad 2003, equation 6.103.
    """
    if not alphas:
        return math.nan
    a, b = 1 / np.array(alphas), np.array(betas[:-1])
    diagonal = a + np.append(0.0, b * a[:-1])
    beside = np.sqrt(b) * a[:-1]
    values = np.linalg.eigvalsh(np.diag(diagonal) + np.diag(beside, -1))  # reads the lower half
    return float(values[-1] / values[0]) if values[0] > 0 else math.inf


def conjugate_gradient(
    A: ArrayLike,
    b: ArrayLike,
    *,
    start: ArrayLike | None = None,
    tolerance: float = 1e-12,
    limit: int | None = None,
) -> Iterated:
    """A x = b by conjugate gradients: the last record of `conjugate_gradient_steps`.

    >>> conjugate_gradient([[2, 0], [0, 5]], [4, 5]).x.round(12).tolist()
    [2.0, 1.0]
    """
    steps = conjugate_gradient_steps(A, b, start=start, tolerance=tolerance, limit=limit)
    answer = last(steps)
    assert isinstance(answer, Iterated)
    return answer


def conjugate_gradient_bound(kappa: float, steps: int) -> float:
    """2 ((√κ − 1) / (√κ + 1))ʲ: the A-norm of the error after j steps, over that at the start.

    Args:
        kappa: κ ≥ 1.
        steps: j ≥ 0.

    Raises:
        DomainError: an argument outside its domain.

    >>> conjugate_gradient_bound(9, 2)
    0.5

    Source: Saad 2003, equation 6.128.
    """
    name = "conjugate_gradient_bound"
    kappa = scalar(name, "κ", kappa, low=1, infinite=True)
    return 2 * _rate(kappa) ** integer(name, "steps", steps, low=0)


def _rate(kappa: float) -> float:
    """(√κ − 1) / (√κ + 1), 1 for κ = ∞."""
    root = math.sqrt(kappa)
    return 1.0 if math.isinf(root) else (root - 1) / (root + 1)
