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
from engine.linalg.equation import digits, quotient
from engine.scaling import TINY, ldexp, scaled, wide
from engine.validate import matrix, scalar, vector


def length(v: Array) -> float:
    """‖v‖₂ of any array of finite numbers, safe where squares would overflow or vanish.

    inf where the length itself is beyond 1.8e308.

    >>> length(np.array([3.0, 4.0])), length(np.array([2.0**700]))  # its square is beyond 1e308
    (5.0, 5.260135901548374e+210)
    """
    largest = float(np.abs(v).max(initial=0.0))
    if not largest or not math.isfinite(largest):
        return largest
    e = math.frexp(largest)[1]
    unit = np.ldexp(v, -e)
    return ldexp(math.sqrt(float(np.vdot(unit, unit))), e)


def norm(v: ArrayLike, p: float = 2) -> float:
    """How long a vector is: ‖v‖ₚ = (Σ |vᵢ|ᵖ)^(1/p), and max |vᵢ| for p = ∞.

    Args:
        v: (n,).
        p: 1 ≤ p ≤ ∞.

    Raises:
        ShapeError: v is not a vector, or is empty.
        DomainError: p < 1 (not a norm: its ball is not convex); v is not finite; a norm beyond
            1.8e308.

    >>> [norm([3, -4], p) for p in (1, 2, math.inf)]
    [7.0, 5.0, 4.0]

    Source: Golub & Van Loan 2013, section 2.2.1.
    """
    array, p = np.abs(vector("norm", "v", v)), scalar("norm", "p", p, low=1, infinite=True)
    if p == math.inf or not array.any():
        return float(array.max())
    if p == 2:
        return _bounded("norm", "‖v‖₂", length(array))
    unit, e = scaled(array)
    largest = float(unit.max())
    size = largest * math.pow(float(np.sum((unit / largest) ** p)), 1 / p)
    return _bounded("norm", f"‖v‖ for p = {p:g}", ldexp(size, e))


def _bounded(name: str, what: str, size: float) -> float:
    if math.isinf(size):
        raise DomainError(f"{name}: expected {what} below 1.8e308, got more. Scale it down.")
    return size


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
    u = vector(name, "a", a)
    v = vector(name, "b", b, size=len(u))
    for argument, array in (("a", u), ("b", v)):
        if not array.any():
            raise DomainError(f"{name}: expected {argument} ≠ 0, got the zero vector.")
    u, v = scaled(u)[0], scaled(v)[0]  # the square of a number near 5e-324 would vanish
    return u / length(u), v / length(v)


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """a = along + across: `along` = coefficient · b, and `across` at right angles to b.

    `orthogonality` is the cosine of the angle between `across` and b: 0 but for rounding, which
    is all that `across` holds where a itself lies along b.
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
        DomainError: b is the zero vector, or so short that the coefficient is beyond 1.8e308.

    >>> project([3, 4], [4, 3]).along.round(12).tolist()
    [3.84, 2.88]

    Source: Strang 2016, section 4.2.
    """
    u = vector("project", "a", a)
    v = vector("project", "b", b, size=len(u))
    if not v.any():
        raise DomainError("project: expected b ≠ 0, got the zero vector.")
    (u, e), (v, f) = scaled(u), scaled(v)
    size = length(v)
    unit = v / size
    shadow = float(unit @ u)
    along = shadow * unit
    across = u - along
    rest = length(across)
    right = float(across / rest @ unit) if rest else 0.0
    with np.errstate(over="ignore", under="ignore"):
        parts = np.ldexp(along, e), np.ldexp(across, e)
    c = wide(shadow / size, e - f)
    if not np.isfinite([float(c), *parts[0], *parts[1]]).all():
        raise DomainError("project: expected a shadow below 1.8e308, got more. Scale a or b.")
    ab, bb = wide(shadow * size, e + f), wide(size * size, 2 * f)
    return Projection(float(c), *parts, right, f"a · b / b · b = {quotient(ab, bb, c, 6)}")


def gram(A: ArrayLike) -> Array:
    """All inner products of the columns at once: G = AᵀA; orthonormal columns give I.

    Args:
        A: (m, n), its columns the vectors.

    Returns:
        (n, n), symmetric, positive semi-definite.

    Raises:
        ShapeError: not a matrix, or empty.
        DomainError: NaN; the largest product is beyond 1.8e308, or below 2.2e-308 and not 0.

    >>> gram([[3, 4], [4, 3]]).tolist()
    [[25.0, 24.0], [24.0, 25.0]]
    """
    columns, e = scaled(matrix("gram", "A", A))
    products = columns.T @ columns
    largest = wide(float(products.max()), 2 * e)
    if largest.fraction and not TINY <= float(largest) < math.inf:
        raise DomainError(
            "gram: expected products of columns from 2.2e-308 to 1.8e308, got "
            f"{digits(largest)}. Scale A."
        )
    return np.ldexp(products, 2 * e)


def frobenius(A: ArrayLike) -> float:
    """‖A‖_F = √Σ aᵢⱼ²: the length of a matrix read as one long vector.

    Raises:
        ShapeError: not a matrix, or empty.
        DomainError: NaN; it is beyond 1.8e308.

    >>> frobenius([[1, 2], [2, 4]])
    5.0
    """
    return _bounded("frobenius", "‖A‖_F", length(matrix("frobenius", "A", A)))


def orthogonality(Q: Array) -> float:
    """max |QᵀQ − I|: how far the columns of Q (m, n) are from orthonormal; inf beyond 1.8e308.

    >>> orthogonality(np.eye(3))
    0.0
    """
    with np.errstate(over="ignore", invalid="ignore"):
        gap = float(np.abs(Q.T @ Q - np.eye(Q.shape[1])).max())
    return gap if math.isfinite(gap) else math.inf
