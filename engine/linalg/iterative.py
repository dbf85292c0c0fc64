"""Systems by improving a guess: Jacobi, Gauss–Seidel, conjugate gradients.

Sources: Golub & Van Loan 2013, sections 11.2 (splittings) and 11.3 (conjugate gradients); Hestenes
& Stiefel 1952; Saad 2003, Iterative Methods, equation 6.128 (the bound).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, unknown
from engine.linalg.equation import digits, quotient
from engine.linalg.lu import forward_substitution
from engine.linalg.matrix import (
    finite_records,
    integer,
    last,
    number,
    square,
    symmetric,
    vector,
)
from engine.linalg.norms import length
from engine.linalg.scaling import exponent, ldexp, scaled, wide
from engine.linalg.schur import spectral_radius

METHODS = ("jacobi", "gauss_seidel")
HOPELESS = 1e12
"""A run is given up where its residual has grown so many times."""


@dataclass(frozen=True, slots=True, eq=False)
class Guess:
    """x (n,) after `step` steps. `residual` is ‖b − A x‖, `shrink` is it over the one before."""

    step: int
    residual: float
    shrink: float
    why: str
    x: Array


@dataclass(frozen=True, slots=True, eq=False)
class Iterated:
    """x (n,) with A x = b but for `residual` = ‖b − A x‖.

    `converged` says whether it came down to tolerance · ‖b‖.
    """

    x: Array
    residual: float
    steps: int
    converged: bool
    why: str
    _rate: Callable[[], float] = field(repr=False)

    @property
    def rate(self) -> float:
        """What theory says of the error in the long run, per step; computed when it is asked for.

        For a splitting the spectral radius of its matrix, below 1 if and only if it converges from
        everywhere: it costs more than the run. For conjugate gradients (√κ − 1) / (√κ + 1) with
        the κ that the run itself shows (see `conjugate_gradient_steps`), NaN after no step.

        Raises:
            DomainError: a splitting whose matrix has numbers beyond 1e90.
        """
        return self._rate()


def iteration_matrix(A: ArrayLike, *, method: str = "jacobi") -> Array:
    """The matrix G with error ← G · error: I − M⁻¹A, M the diagonal or the lower triangle of A.

    Args:
        A: (n, n) without zeros on its diagonal.
        method: "jacobi" or "gauss_seidel".

    Raises:
        UnknownNameError: no such method.
        ShapeError: not square.
        DomainError: a zero on the diagonal, or a number so small that G overflows; NaN.

    >>> [round(spectral_radius(iteration_matrix([[4, 1], [2, 3]], method=m)), 5) for m in METHODS]
    [0.40825, 0.16667]

    Source: Golub & Van Loan 2013, section 11.2.3.
    """
    return _iteration_matrix(method, _splitting(method, A))


def _splitting(method: str, A: ArrayLike) -> Array:
    """A, if it can be split so."""
    if method not in METHODS:
        raise unknown("method of splitting", method, METHODS)
    matrix = square(method, A)
    diagonal = np.diag(matrix)
    if not diagonal.all():
        row = int(np.flatnonzero(diagonal == 0)[0])
        raise DomainError(f"{method}: expected a diagonal without 0, got 0 in row {row + 1}.")
    return matrix


def _correction(method: str, A: Array, r: Array) -> Array:
    """M⁻¹ r, M the diagonal or the lower triangle of A."""
    return r / np.diag(A) if method == "jacobi" else forward_substitution(A, r)


def _iteration_matrix(method: str, A: Array) -> Array:
    with np.errstate(all="ignore"):
        G = np.eye(len(A)) - np.column_stack([_correction(method, A, column) for column in A.T])
    if not np.isfinite(G).all():
        raise DomainError(
            f"{method}: expected I − M⁻¹A below 1.8e308, got more. Its diagonal is too small: swap "
            "rows of A."
        )
    return G


def _radius(method: str, A: Array) -> float:
    """ρ(I − M⁻¹A)."""
    G = _iteration_matrix(method, A)
    largest = float(np.abs(G).max())
    if largest > 1e90:  # what is small beside that may decide, and would be lost
        raise DomainError(
            f"{method}: expected I − M⁻¹A below 1e90, got {largest:.3g}. Its diagonal is too "
            "small: swap rows of A."
        )
    return spectral_radius(G)


def splitting_steps(
    A: ArrayLike,
    b: ArrayLike,
    *,
    method: str = "jacobi",
    start: ArrayLike | None = None,
    tolerance: float = 1e-12,
    limit: int = 1000,
) -> Iterator[Guess | Iterated]:
    """x ← x + M⁻¹(b − A x): each row solved for its own unknown, all at once or in turn.

    Jacobi uses the old x in every row; Gauss–Seidel the new entries as they come.

    Args:
        A: (n, n) without zeros on its diagonal.
        b: (n,).
        method: "jacobi" or "gauss_seidel".
        start: (n,), or None for zeros.
        tolerance: stop when the residual is ≤ tolerance · ‖b‖, tolerance > 0; where b = 0, of
            the first residual.
        limit: the most steps, ≥ 1.

    Returns:
        Guesses from step 0 on; the last record is `Iterated`. A run that diverges ends where the
        residual has grown 10¹² times, with `converged` false.

    Raises:
        UnknownNameError: no such method.
        ShapeError: shapes that do not fit.
        DomainError: a zero on the diagonal; a setting outside its domain; NaN; overflow.

    >>> found = splitting([[4, 1], [2, 3]], [1, 2], method="gauss_seidel")
    >>> found.x.round(9).tolist(), round(found.rate, 5)
    ([0.1, 0.6], 0.16667)

    Source: Golub & Van Loan 2013, section 11.2.
    """
    matrix = _splitting(method, A)
    right, x = _sides(method, matrix, b, start, tolerance)
    limit = integer(method, "limit", limit, 1)
    return finite_records(method, _improve(method, matrix, right, x, tolerance, limit))


def _sides(
    name: str, A: Array, b: ArrayLike, start: ArrayLike | None, tolerance: float
) -> tuple[Array, Array]:
    right = vector(name, b, argument="b", size=len(A))
    zeros = np.zeros(len(A))
    x = zeros if start is None else vector(name, start, argument="start", size=len(A))
    if not number(name, "tolerance", tolerance) > 0:
        raise DomainError(f"{name}: expected tolerance > 0, got {tolerance}.")
    return right, x


def _improve(
    method: str, A: Array, b: Array, x: Array, tolerance: float, limit: int
) -> Iterator[Guess | Iterated]:
    enough = tolerance * (length(b) or length(A @ x))
    before, first = math.nan, math.nan
    for step in range(limit + 1):
        r = b - A @ x
        residual = length(r)
        shrink = residual / before if before else math.nan
        first = residual if step == 0 else first
        yield Guess(step, residual, shrink, f"‖b − A x‖ = {residual:.3g}", x.copy())
        if residual <= enough or step == limit or residual > HOPELESS * first:
            break
        x, before = x + _correction(method, A, r), residual
    sure = residual <= enough
    why = f"{'settled' if sure else 'not settled'} after {step} steps: ‖b − A x‖ = {residual:.3g}"
    yield Iterated(x.copy(), residual, step, sure, why, partial(_radius, method, A))


def splitting(
    A: ArrayLike,
    b: ArrayLike,
    *,
    method: str = "jacobi",
    start: ArrayLike | None = None,
    tolerance: float = 1e-12,
    limit: int = 1000,
) -> Iterated:
    """A x = b by Jacobi or Gauss–Seidel: the last record of `splitting_steps`.

    >>> splitting([[1, 3], [3, 1]], [1, 1]).converged  # the diagonal is too weak
    False
    """
    answer = last(
        splitting_steps(A, b, method=method, start=start, tolerance=tolerance, limit=limit)
    )
    assert isinstance(answer, Iterated)
    return answer


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
    """Minimise along p, then take a direction that undoes none of the progress made.

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
    matrix = symmetric(name, A)
    most = 10 * len(matrix) if limit is None else integer(name, "limit", limit, 1)
    right, x = _sides(name, matrix, b, start, tolerance)
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
    why = f"{'settled' if sure else 'not settled'} after {step} steps"
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
    if not number(name, "kappa", kappa) >= 1:
        raise DomainError(f"{name}: expected κ ≥ 1, got {kappa}.")
    return 2 * _rate(kappa) ** integer(name, "steps", steps, 0)


def _rate(kappa: float) -> float:
    """(√κ − 1) / (√κ + 1), 1 for κ = ∞."""
    root = math.sqrt(kappa)
    return 1.0 if math.isinf(root) else (root - 1) / (root + 1)
