"""Vectors and how long they are: norms, angles, projections.

Sources: Strang 2016, Introduction to Linear Algebra, sections 1.2 and 4.2; Golub & Van Loan 2013,
section 2.2; Higham 2002, Accuracy and Stability, section 27.5 (lengths without overflow).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.linalg.matrix import matrix, vector


def length(v: Array) -> float:
    """‖v‖₂ of any array of finite numbers, safe where squares would overflow or vanish.

    >>> length(np.array([3.0, 4.0])), length(np.array([2.0**700]))  # its square is beyond 1e308
    (5.0, 5.260135901548374e+210)
    """
    largest = float(np.abs(v).max(initial=0.0))
    if not largest or not math.isfinite(largest):
        return largest
    exponent = math.frexp(largest)[1]
    scaled = np.ldexp(v, -exponent)  # by a power of two: exact
    with np.errstate(over="ignore"):
        return float(np.ldexp(math.sqrt(float(np.vdot(scaled, scaled))), exponent))


def norm(v: ArrayLike, p: float = 2) -> float:
    """How long a vector is: ‖v‖ₚ = (Σ |vᵢ|ᵖ)^(1/p), and max |vᵢ| for p = ∞.

    Args:
        v: (n,).
        p: 1 ≤ p ≤ ∞.

    Raises:
        ShapeError: v is not a vector, or is empty.
        DomainError: p < 1 (no norm: the ball is not convex); v is not finite.

    >>> [norm([3, -4], p) for p in (1, 2, math.inf)]
    [7.0, 5.0, 4.0]

    Source: Golub & Van Loan 2013, section 2.2.1.
    """
    array = np.abs(vector("norm", v))
    if not p >= 1:
        raise DomainError(f"norm: expected p ≥ 1, got {p}.")
    largest = float(array.max())
    if p == math.inf or not largest:
        return largest
    if p == 2:
        return length(array)
    return largest * math.pow(float(np.sum((array / largest) ** p)), 1 / p)


def cosine(a: ArrayLike, b: ArrayLike) -> float:
    """cos θ = a · b / (‖a‖ ‖b‖): 1 same direction, 0 at right angles, −1 opposite.

    Args:
        a, b: (n,), not zero.

    Raises:
        ShapeError: shapes that differ.
        DomainError: a zero vector has no direction.

    >>> cosine([3, 4], [4, 3])
    0.96
    """
    u, v = _directions("cosine", a, b)
    return min(1.0, max(-1.0, float(u @ v)))


def angle(a: ArrayLike, b: ArrayLike) -> float:
    """The angle between two vectors, in radians from 0 to π, exact also where it is tiny.

    θ = 2 atan2(‖u − v‖, ‖u + v‖) for the unit vectors u, v; arccos loses half the digits near 0.

    Raises:
        ShapeError: shapes that differ.
        DomainError: a zero vector has no direction.

    >>> round(math.degrees(angle([3, 4], [4, 3])), 4)
    16.2602

    Source: Kahan 2006, How futile are mindless assessments of roundoff, section 12.
    """
    u, v = _directions("angle", a, b)
    return 2 * math.atan2(length(u - v), length(u + v))


def _directions(name: str, a: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    """Both as unit vectors."""
    u = vector(name, a, argument="a")
    v = vector(name, b, argument="b", size=len(u))
    for argument, array in (("a", u), ("b", v)):
        if not array.any():
            raise DomainError(f"{name}: expected {argument} ≠ 0, got the zero vector.")
    u, v = u / np.abs(u).max(), v / np.abs(v).max()
    return u / length(u), v / length(v)


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """a = along + across: `along` = coefficient · b, and `across` at right angles to b.

    `orthogonality` is the cosine of the angle between `across` and b: 0 but for rounding.
    """

    coefficient: float
    along: Array
    across: Array
    orthogonality: float
    why: str


def project(a: ArrayLike, b: ArrayLike) -> Projection:
    """The shadow of a on the line of b: (a · b / b · b) b, the point of the line nearest to a.

    Args:
        a, b: (n,), b not zero.

    Raises:
        ShapeError: shapes that differ.
        DomainError: b is the zero vector.

    >>> project([3, 4], [4, 3]).along.round(12).tolist()
    [3.84, 2.88]

    Source: Strang 2016, section 4.2.
    """
    u = vector("project", a, argument="a")
    v = vector("project", b, argument="b", size=len(u))
    size = length(v)
    if not size:
        raise DomainError("project: expected b ≠ 0, got the zero vector.")
    unit = v / size
    shadow = float(unit @ u)
    along = shadow * unit
    across = u - along
    rest = length(across)
    right = float(across / rest @ unit) if rest else 0.0
    c = shadow / size
    why = f"a · b / b · b = {shadow * size:.6g} / {size * size:.6g} = {c:.6g}"
    return Projection(c, along, across, right, why)


def gram(A: ArrayLike) -> Array:
    """All inner products of the columns at once: G = AᵀA; orthonormal columns give I.

    Args:
        A: (m, n), its columns the vectors.

    Returns:
        (n, n), symmetric, positive semi-definite.

    Raises:
        ShapeError: not a matrix, or empty.
        DomainError: NaN; a number beyond 1e150, whose square may overflow.

    >>> gram([[3, 4], [4, 3]]).tolist()
    [[25.0, 24.0], [24.0, 25.0]]
    """
    columns = matrix("gram", A)
    largest = float(np.abs(columns).max())
    if largest > 1e150:
        raise DomainError(f"gram: expected A with numbers up to 1e150, got {largest:g}. Scale A.")
    return columns.T @ columns


def frobenius(A: ArrayLike) -> float:
    """‖A‖_F = √Σ aᵢⱼ²: the length of a matrix read as one long vector.

    >>> frobenius([[1, 2], [2, 4]])
    5.0
    """
    return length(matrix("frobenius", A))


def orthogonality(Q: Array) -> float:
    """max |QᵀQ − I|: how far the columns of Q (m, n) are from orthonormal.

    >>> orthogonality(np.eye(3))
    0.0
    """
    return float(np.abs(Q.T @ Q - np.eye(Q.shape[1])).max())
