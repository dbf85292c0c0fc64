"""Systems by improving a guess: Jacobi, Gauss–Seidel, conjugate gradients.

Sources: Golub & Van Loan 2013, sections 11.2 (splittings) and 11.3 (conjugate gradients); Hestenes
& Stiefel 1952; Saad 2003, Iterative Methods, equation 6.128 (the bound).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, unknown
from engine.linalg.condition import condition
from engine.linalg.lu import forward_substitution
from engine.linalg.matrix import (
    last,
    number,
    square,
    symmetric,
    vector,
    watched,
    whole_number,
)
from engine.linalg.norms import length
from engine.linalg.schur import spectral_radius

METHODS = ("jacobi", "gauss_seidel")
HOPELESS = 1e12
"""A residual that grew so many times says enough."""


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

    `converged` says whether it came down to tolerance · ‖b‖. `rate` is what theory says of the
    error in the long run, per step: for a splitting the spectral radius of its matrix, below 1 if
    and only if it converges from everywhere; for conjugate gradients (√κ − 1) / (√κ + 1).
    """

    x: Array
    residual: float
    steps: int
    converged: bool
    rate: float
    why: str


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
    return _splitting(method, A)[2]


def _splitting(method: str, A: ArrayLike) -> tuple[Array, Callable[[Array], Array], Array]:
    """A, r → M⁻¹ r, and I − M⁻¹A."""
    if method not in METHODS:
        raise unknown("method of splitting", method, METHODS)
    matrix = square(method, A)
    diagonal = np.diag(matrix)
    if not diagonal.all():
        row = int(np.flatnonzero(diagonal == 0)[0])
        raise DomainError(f"{method}: expected a diagonal without 0, got 0 in row {row + 1}.")

    def weigh(r: Array) -> Array:
        return r / diagonal if method == "jacobi" else forward_substitution(matrix, r)

    with np.errstate(over="ignore", invalid="ignore"):
        G = np.eye(len(matrix)) - np.column_stack([weigh(column) for column in matrix.T])
    if not np.isfinite(G).all():
        raise DomainError(
            f"{method}: expected I − M⁻¹A below 1.8e308, got more. Its diagonal is too small: swap "
            "rows of A."
        )
    return matrix, weigh, G


def _radius(method: str, G: Array) -> float:
    """ρ(G), also where all of G is tiny."""
    largest = float(np.abs(G).max())
    if largest > 1e90:  # what is small beside that may decide, and would be lost
        raise DomainError(
            f"{method}: expected I − M⁻¹A below 1e90, got {largest:.3g}. Its diagonal is too "
            "small: swap rows of A."
        )
    if not largest or largest > 1e-90:
        return spectral_radius(G)
    exponent = math.frexp(largest)[1]
    return math.ldexp(spectral_radius(np.ldexp(G, -exponent)), exponent)


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
    matrix, weigh, G = _splitting(method, A)
    right, x = _sides(method, matrix, b, start, tolerance)
    limit = whole_number(method, "limit", limit, 1)
    rate = _radius(method, G)

    def steps() -> Iterator[Guess | Iterated]:
        yield from _improve(matrix, right, x, weigh, tolerance, limit, rate)

    return watched(method, steps())


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
    A: Array,
    b: Array,
    x: Array,
    weigh: Callable[[Array], Array],
    tolerance: float,
    limit: int,
    rate: float,
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
        x, before = x + weigh(r), residual
    sure = residual <= enough
    why = f"spectral radius {rate:.5g} {'<' if rate < 1 else '≥'} 1"
    why += f": {'settled' if sure else 'not settled'} after {step} steps"
    yield Iterated(x.copy(), residual, step, sure, rate, why)


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
    """Go as far as pays along p, then turn to a direction that undoes none of it.

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
        large, rounding may keep it above what r says, and then `converged` is false.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: not symmetric, or not positive definite (a p · A p ≤ 0 is named); NaN; …

    >>> conjugate_gradient([[4, 1], [1, 3]], [1, 2]).steps
    2

    Source: Hestenes & Stiefel 1952; Golub & Van Loan 2013, algorithm 11.3.3.
    """
    name = "conjugate_gradient"
    matrix = symmetric(name, A)
    most = 10 * len(matrix) if limit is None else whole_number(name, "limit", limit, 1)
    right, x = _sides(name, matrix, b, start, tolerance)
    return watched(name, _conjugate(matrix, right, x, tolerance, most))


def _conjugate(
    A: Array, b: Array, x: Array, tolerance: float, limit: int
) -> Iterator[ConjugateStep | Iterated]:
    largest = float(np.abs(b - A @ x).max())
    exponent = 0 if 1e-100 < largest < 1e100 else math.frexp(largest)[1]

    def true(v: Array) -> Array:
        return np.ldexp(v, exponent)

    # By a power of two, which rounds nothing: squares of r neither vanish nor overflow.
    b, x = np.ldexp(b, -exponent), np.ldexp(x, -exponent)
    r = b - A @ x
    p, enough, step = r.copy(), tolerance * (length(b) or length(r)), 0
    first = true(x), true(r), true(p)
    yield ConjugateStep(0, length(first[1]), 0.0, 0.0, 0.0, "downhill first", *first)
    while length(r) > enough and step < limit and (rr := float(r @ r)):
        Ap = A @ p
        bend = float(p @ Ap)
        if not bend > 0:
            raise DomainError(
                "conjugate_gradient: expected A positive definite, got p · A p = "
                f"{bend:.3g} in step {step + 1}."
            )
        alpha = rr / bend
        x, r, step = x + alpha * p, r - alpha * Ap, step + 1
        beta = float(r @ r) / rr
        p = r + beta * p
        sizes = length(p) * length(Ap)
        skew = abs(float(p @ Ap)) / sizes if sizes else 0.0
        told = "r · r / p · A p" if exponent else f"{rr:.3g} / {bend:.3g}"
        why = f"α = {told} = {alpha:.4g} along p, then β = {beta:.3g}"
        parts = true(x), true(r), true(p)
        yield ConjugateStep(step, length(parts[1]), alpha, beta, skew, why, *parts)
    rest = b - A @ x  # r drifts away from it by rounding
    residual, sure = length(true(rest)), length(rest) <= enough
    kappa = condition(A).kappa
    root, rate = math.sqrt(kappa), _rate(kappa)
    why = f"{'settled' if sure else 'not settled'} after {step} steps; √κ = {root:.4g}"
    yield Iterated(true(x), residual, step, sure, rate, why)


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
    return 2 * _rate(kappa) ** whole_number(name, "steps", steps, 0)


def _rate(kappa: float) -> float:
    """(√κ − 1) / (√κ + 1), 1 for κ = ∞."""
    root = math.sqrt(kappa)
    return (root - 1) / (root + 1) if math.isfinite(root) else 1.0
