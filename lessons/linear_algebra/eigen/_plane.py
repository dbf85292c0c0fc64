"""A 2 × 2 matrix by its trace and determinant, without an eigenvalue algorithm."""

from cmath import sqrt
from typing import Literal, NamedTuple

from engine.array import Array

EDGE = 1e-12
"""Relative: below it, two eigenvalues are taken as one."""


class Invariants(NamedTuple):
    """λ² − trace λ + det = 0, and what its roots are; `inside` is (trace/2)² − det."""

    trace: float
    det: float
    inside: float
    roots: tuple[complex, complex]
    kind: Literal["two", "pair", "defective", "all"]

    @property
    def radius(self) -> float:
        """ρ = max |λ|."""
        return max(map(abs, self.roots))


def invariants(A: Array) -> Invariants:
    """By the formula for a quadratic equation, the root of larger size first.

    >>> import numpy as np
    >>> invariants(np.array([[1.0, 2.0], [8.0, 1.0]])).roots
    ((5+0j), (-3+0j))
    """
    a, b, c, d = map(float, A.ravel())
    half, inside = (a + d) / 2, ((a - d) / 2) ** 2 + b * c
    if abs(inside) <= EDGE * (a * a + b * b + c * c + d * d):
        inside = 0.0
    root = sqrt(inside)
    one, other = half + root, half - root
    if abs(other) > abs(one):
        one, other = other, one
    is_multiple = b == c == 0 and a == d
    kind: Literal["two", "pair", "defective", "all"] = (
        "two" if inside > 0 else "pair" if inside < 0 else "all" if is_multiple else "defective"
    )
    return Invariants(a + d, a * d - b * c, inside, (one, other), kind)
