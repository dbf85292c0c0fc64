"""Systems by improving a guess: Jacobi and Gauss–Seidel.

Source: Golub & Van Loan 2013, section 11.2 (splittings).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, unknown
from engine.linalg.lu import forward_substitution
from engine.linalg.norms import length
from engine.linalg.records import finite_records, last
from engine.linalg.schur import spectral_radius
from engine.validate import integer, scalar, square, vector

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
    matrix = square(method, "A", A)
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
    right, x = sides(method, matrix, b, start, tolerance)
    limit = integer(method, "limit", limit, low=1)
    return finite_records(method, _improve(method, matrix, right, x, tolerance, limit))


def sides(
    name: str, A: Array, b: ArrayLike, start: ArrayLike | None, tolerance: float
) -> tuple[Array, Array]:
    """b (n,) and the first guess (n,) of an iteration for A x = b.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: tolerance ≤ 0; NaN.

    >>> [part.tolist() for part in sides("jacobi", np.eye(2), [1, 2], None, 1e-9)]
    [[1.0, 2.0], [0.0, 0.0]]
    """
    right = vector(name, "b", b, size=len(A))
    zeros = np.zeros(len(A))
    x = zeros if start is None else vector(name, "start", start, size=len(A))
    scalar(name, "tolerance", tolerance, above=0, infinite=True)
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
    why = (
        f"{'converged' if sure else 'not converged'} after {step} steps: ‖b − A x‖ = {residual:.3g}"
    )
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
