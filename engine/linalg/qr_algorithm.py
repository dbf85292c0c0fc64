"""The QR algorithm for a symmetric matrix: factor, multiply in the other order, again.

Sources: Francis 1961; Golub & Van Loan 2013, section 8.3 (Wilkinson's shift: section 8.3.4).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.linalg.hessenberg import hessenberg
from engine.linalg.jacobi import Spectrum, spectrum
from engine.linalg.norms import length
from engine.linalg.orthogonal import qr
from engine.linalg.records import EPS, finite_records, last
from engine.validate import integer, symmetric


@dataclass(frozen=True, slots=True, eq=False)
class ShiftStep:
    """One T − μ I = Q R, T ← R Q + μ I in the leading `active` rows, and what it left.

    `coupling` is |t| beside the last active diagonal entry: at zero that entry is an eigenvalue
    (`deflated`), and the rest is smaller by one. T (n, n) has three diagonals.
    """

    step: int
    active: int
    shift: float
    coupling: float
    deflated: bool
    why: str
    T: Array


def qr_algorithm_steps(
    A: ArrayLike, *, shift: bool = True, limit: int = 1000
) -> Iterator[ShiftStep | Spectrum]:
    """All eigenvalues of a symmetric matrix: T ← R Q is QᵀTQ, and it grows diagonal.

    Without shift the coupling falls by |λₙ/λₙ₋₁| a step; with Wilkinson's shift (the eigenvalue of
    the last 2 × 2 block nearest to its corner) the number of correct digits triples. A is made
    tridiagonal first.

    Args:
        A: (n, n), symmetric.
        shift: use Wilkinson's shift, or none.
        limit: the most steps for one eigenvalue, ≥ 1.

    Returns:
        Steps; the last record is the `Spectrum`.

    Raises:
        ShapeError: not square.
        DomainError: not symmetric; an eigenvalue did not settle within the limit (without shift:
            two of one size and opposite sign never do); NaN; overflow.

    >>> qr_algorithm([[2, 1], [1, 2]]).values.round(12).tolist()
    [3.0, 1.0]

    Source: Golub & Van Loan 2013, sections 8.3.3 to 8.3.5.
    """
    matrix = symmetric("qr_algorithm", "A", A)
    limit = integer("qr_algorithm", "limit", limit, low=1)
    return finite_records("qr_algorithm", _qr_steps(matrix, shift, limit))


def _qr_steps(A: Array, shift: bool, limit: int) -> Iterator[ShiftStep | Spectrum]:
    start = hessenberg(A)
    T, V = _three_diagonals(start.H), start.Q.copy()
    m, step, tries = len(A), 0, 0
    while m > 1:
        enough = EPS * length(A)
        if abs(T[m - 1, m - 2]) <= 1e-3 * enough:  # far below rounding: one cheap step more
            T[m - 1, m - 2] = T[m - 2, m - 1] = 0.0
            m, tries = m - 1, 0
            continue
        if tries == limit:
            raise DomainError(
                f"qr_algorithm: expected an eigenvalue within {limit} steps, got a coupling of "
                f"{T[m - 1, m - 2]:.2g}. Use shift=True, or a larger limit."
            )
        mu = wilkinson(T[m - 2 : m, m - 2 : m]) if shift else 0.0
        factors = qr(T[:m, :m] - mu * np.eye(m))
        T[:m, :m] = factors.R @ factors.Q + mu * np.eye(m)
        T[:m, :m] = _three_diagonals(T[:m, :m])
        V[:, :m] = V[:, :m] @ factors.Q
        step, tries = step + 1, tries + 1
        coupling = abs(float(T[m - 1, m - 2]))
        found = coupling <= 1e-3 * enough
        why = f"shift {mu:.6g}: the coupling of row {m} is {coupling:.2g}"
        why += f", so {T[m - 1, m - 1]:.8g} is an eigenvalue" if found else ""
        yield ShiftStep(step, m, mu, coupling, found, why, T.copy())
    yield spectrum(A, np.diag(T).copy(), V)


def _three_diagonals(T: Array) -> Array:
    """What should stand there on paper: symmetric, zero two off the diagonal."""
    beside = (np.diag(T, 1) + np.diag(T, -1)) / 2
    return np.diag(np.diag(T)) + np.diag(beside, 1) + np.diag(beside, -1)


def wilkinson(block: Array) -> float:
    """The eigenvalue of a symmetric 2 × 2 block that is nearest to its lower right corner.

    >>> wilkinson(np.array([[2.0, 1.0], [1.0, 2.0]]))
    1.0

    Source: Golub & Van Loan 2013, equation 8.3.6.
    """
    a, b, d = float(block[0, 0]), float(block[1, 0]), float(block[1, 1])
    half = (a - d) / 2
    return d - b * (b / (half + math.copysign(math.hypot(half, b), half))) if b else d


def qr_algorithm(A: ArrayLike, *, shift: bool = True, limit: int = 1000) -> Spectrum:
    """All eigenvalues of a symmetric matrix: the last record of `qr_algorithm_steps`.

    >>> qr_algorithm([[0, 1], [1, 0]]).values.round(12).tolist()
    [1.0, -1.0]
    """
    answer = last(qr_algorithm_steps(A, shift=shift, limit=limit))
    assert isinstance(answer, Spectrum)
    return answer
