"""A = Q R: orthonormal columns for the span of A, by projections or by reflections.

Gram–Schmidt takes from each column its shadows on the earlier ones. Classical takes all shadows of
the column as it came, modified takes each from what is left: the same on paper, not in rounding.
Householder reflects instead, and Q stays orthogonal whatever A is.

Sources: Golub & Van Loan 2013, algorithms 5.1.1, 5.2.1, 5.2.6; Björck 1967 (lost orthogonality:
classical κ², modified κ).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, unknown
from engine.linalg.norms import length, orthogonality
from engine.linalg.records import EPS, finite_records, last, require_finite
from engine.validate import tall


@dataclass(frozen=True, slots=True, eq=False)
class ProjectionStep:
    """Column `column` lost its shadow on column `against` of Q, or was brought to length 1.

    `kind` is "subtract" (coefficient = q · a) or "scale" (coefficient = what was left of it; then
    `against` is the column itself). `rest` (m,) is the column after it.
    """

    step: int
    kind: str
    column: int
    against: int
    coefficient: float
    why: str
    rest: Array
    Q: Array
    R: Array


@dataclass(frozen=True, slots=True, eq=False)
class ReflectionStep:
    """The mirror v (m,) of a Householder step, and R (m, n) after it: x → x − 2 v (v · x).

    The column falls on its first axis, as `alpha`; ‖v‖ = 1, or v = 0 where there was nothing to do.
    """

    step: int
    column: int
    alpha: float
    why: str
    v: Array
    R: Array


@dataclass(frozen=True, slots=True, eq=False)
class QR:
    """A = Q R: Q (m, n) with orthonormal columns, R (n, n) upper triangular.

    Gram–Schmidt gives R a positive diagonal; Householder gives it the sign opposite to the entry
    it replaces, or leaves that entry where only zeros are below it. `orthogonality` is
    max |QᵀQ − I|, `residual` is max |A − Q R| / max |A|.
    """

    Q: Array
    R: Array
    orthogonality: float
    residual: float
    why: str


def _answer(A: Array, Q: Array, R: Array) -> QR:
    right = orthogonality(Q)
    residual = float(np.abs(A - Q @ R).max() / (np.abs(A).max() or 1.0))
    return QR(
        Q, R, right, residual, f"QᵀQ is I but for {right:.2g}, QR is A but for {residual:.2g}"
    )


def gram_schmidt_steps(A: ArrayLike, *, modified: bool = True) -> Iterator[ProjectionStep | QR]:
    """Take from each column its shadow on every earlier direction, then bring it to length 1.

    Args:
        A: (m, n), m ≥ n, columns independent.
        modified: take each shadow of what is left (True), or of the column as it came (False).

    Returns:
        Steps; the last record is the `QR`.

    Raises:
        ShapeError: m < n.
        DomainError: a column depends on the earlier ones, to rounding; NaN.

    >>> last(gram_schmidt_steps([[3, 0], [4, 5]])).R.round(12).tolist()
    [[5.0, 4.0], [0.0, 3.0]]

    Source: Golub & Van Loan 2013, sections 5.2.7 and 5.2.8 and algorithm 5.2.6.
    """
    return finite_records("gram_schmidt", _gram_schmidt(tall("gram_schmidt", "A", A), modified))


class _Done(NamedTuple):
    kind: str
    column: int
    against: int
    coefficient: float
    rest: Array


def _gram_schmidt(A: Array, modified: bool) -> Iterator[ProjectionStep | QR]:
    Q, R = np.zeros(A.shape), np.zeros((A.shape[1], A.shape[1]))
    for step, done in enumerate(_orthogonalize(A, Q, R, modified), start=1):
        kind, j, i, coefficient, rest = done
        left = f"what is left of column {j + 1}"
        if kind == "subtract":
            source = left if modified else f"column {j + 1}"
            why = f"the shadow of {source} on q{i + 1} is {coefficient:.4g}"
        else:
            why = f"{left} has length {coefficient:.4g}: divided by it"
        parts = rest.copy(), Q.copy(), R.copy()
        yield ProjectionStep(step, kind, j, i, coefficient, why, *parts)
    yield _answer(A, Q, R)


def _orthogonalize(A: Array, Q: Array, R: Array, modified: bool) -> Iterator[_Done]:
    """Fill Q (m, n) and R (n, n), which are zero, describing each operation."""
    m, n = A.shape
    for j in range(n):
        rest = A[:, j].copy()
        for i in range(j):
            R[i, j] = Q[:, i] @ (rest if modified else A[:, j])
            rest -= R[i, j] * Q[:, i]
            yield _Done("subtract", j, i, float(R[i, j]), rest)
        R[j, j] = length(rest)
        if R[j, j] <= m * EPS * length(A[:, j]):
            raise DomainError(
                f"gram_schmidt: expected independent columns, got column {j + 1} with "
                f"{R[j, j]:.2g} left of {length(A[:, j]):.4g}. Use householder."
            )
        Q[:, j] = rest / R[j, j]
        yield _Done("scale", j, j, float(R[j, j]), Q[:, j])


def householder_steps(A: ArrayLike) -> Iterator[ReflectionStep | QR]:
    """Reflect each column onto its axis: v ∝ a + sign(a₁) ‖a‖ e₁, H = I − 2 v vᵀ.

    Args:
        A: (m, n), m ≥ n, any columns.

    Returns:
        A step for each column; the last record is the `QR`.

    Raises:
        ShapeError: m < n.
        DomainError: NaN; overflow.

    >>> last(householder_steps([[3, 0], [4, 5]])).R.round(12).tolist()
    [[-5.0, -4.0], [0.0, 3.0]]

    Source: Golub & Van Loan 2013, algorithms 5.1.1 and 5.2.1.
    """
    return finite_records("householder", _householder(tall("householder", "A", A)))


def reflector(a: Array) -> tuple[Array, float]:
    """The unit v and the α with a − 2 v (v · a) = α e₁, |α| = ‖a‖; v = 0 for a = α e₁ already.

    >>> v, alpha = reflector(np.array([3.0, 4.0]))
    >>> alpha, (np.array([3.0, 4.0]) - 2 * v * (v @ [3.0, 4.0])).round(12).tolist()
    (-5.0, [-5.0, 0.0])
    """
    if not a[1:].any():
        return np.zeros_like(a), float(a[0])
    alpha = -length(a) if a[0] >= 0 else length(a)  # away from a₁: no cancellation
    v = a.copy()
    v[0] -= alpha
    return v / length(v), alpha


def _householder(A: Array) -> Iterator[ReflectionStep | QR]:
    (m, n), R, mirrors = A.shape, A.copy(), []
    for j in range(min(n, m - 1)):
        before = float(R[j, j])
        v = np.zeros(m)
        v[j:], alpha = reflector(R[j:, j])
        R[j:, j:] -= 2 * np.outer(v[j:], v[j:] @ R[j:, j:])
        R[j, j], R[j + 1 :, j] = alpha, 0.0
        mirrors.append(v)
        why = f"column {j + 1} of length {abs(alpha):.4g} falls on its axis: {before:.4g} → "
        yield ReflectionStep(j + 1, j, alpha, f"{why}{alpha:.4g}, zeros below", v.copy(), R.copy())
    Q = np.eye(m, n)
    for v in reversed(mirrors):
        Q -= 2 * np.outer(v, v @ Q)
    yield _answer(A, Q, np.triu(R[:n]))


METHODS = ("householder", "modified", "classical")


def qr(A: ArrayLike, *, method: str = "householder") -> QR:
    """A = Q R by one of three methods: the last record of its steps.

    Args:
        A: (m, n), m ≥ n.
        method: "householder", or "modified" or "classical" Gram–Schmidt.

    Raises:
        UnknownNameError: no such method.
        ShapeError: m < n.
        DomainError: dependent columns under Gram–Schmidt; NaN; overflow.

    >>> qr([[3, 0], [4, 5]], method="modified").Q.round(12).tolist()
    [[0.6, -0.8], [0.8, 0.6]]
    """
    if method not in METHODS:
        raise unknown("method of QR", method, METHODS)
    if method == "householder":
        answer = last(householder_steps(A))
        assert isinstance(answer, QR)
        return answer
    array = tall("gram_schmidt", "A", A)
    Q, R = np.zeros(array.shape), np.zeros((array.shape[1], array.shape[1]))
    with np.errstate(all="ignore"):
        steps = sum(1 for _ in _orthogonalize(array, Q, R, method == "modified"))
        answer = _answer(array, Q, R)
    return require_finite("gram_schmidt", answer, steps)
