"""Gauss–Legendre: n points placed so well that polynomials through degree 2n − 1 are exact.

Sources: Press et al. 2007, Numerical Recipes, section 4.6; Abramowitz & Stegun 1964, 25.4.29.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.array import Array
from engine.calculus.integrand import Integrand, interval, sized, values
from engine.scaling import ldexp, scaled
from engine.validate import array, integer

POINTS = 500
"""The most points."""


@dataclass(frozen=True, slots=True, eq=False)
class NewtonStep:
    """Newton's step k for all nodes at once: the nodes (n,) after it, `move` the largest step."""

    step: int
    move: float
    why: str
    nodes: Array


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Points x (n,) rising in (−1, 1) and weights w (n,): ∫₋₁¹ f ≈ Σ wᵢ f(xᵢ).

    `residual` is max |P_n(xᵢ)|, 0 but for rounding.
    """

    x: Array
    w: Array
    residual: float
    why: str


def legendre(n: int, x: Array) -> tuple[Array, Array]:
    """P_n(x) and its slope: k P_k = (2k − 1) x P_{k−1} − (k − 1) P_{k−2}.

    Args:
        n: the degree, ≥ 0.
        x: any shape, |x| < 1 for the slope (x² − 1) P_n′ = n (x P_n − P_{n−1}).

    Returns:
        Both of the shape of x.

    Raises:
        DomainError: n < 0, or |x| ≥ 1.

    >>> p, slope = legendre(2, np.array([0.5]))
    >>> p.tolist(), slope.tolist()
    ([-0.125], [1.5])

    Source: Press et al. 2007, equation 4.5.18 and section 4.6.1.
    """
    n = integer("legendre", "n", n, low=0, high=10**6)
    x = array("legendre", "x", x, above=-1, below=1)
    before, p = np.zeros_like(x), np.ones_like(x)
    for k in range(1, n + 1):
        before, p = p, ((2 * k - 1) * x * p - (k - 1) * before) / k
    return p, n * (x * p - before) / (x * x - 1)


def node_steps(n: int) -> Iterator[NewtonStep | Nodes]:
    """The roots of P_n by Newton's method, from xᵢ ≈ cos(π (i − ¼) / (n + ½)).

    wᵢ = 2 / ((1 − xᵢ²) P_n′(xᵢ)²).

    Args:
        n: points, 1 ≤ n ≤ 500.

    Returns:
        Newton's steps; the last record is `Nodes`.

    Raises:
        DomainError: n outside its domain.

    >>> found = nodes(3)
    >>> found.x.round(6).tolist(), found.w.round(6).tolist()
    ([-0.774597, 0.0, 0.774597], [0.555556, 0.888889, 0.555556])

    Source: Press et al. 2007, section 4.6.1 (gauleg).
    """
    return _node_steps(integer("nodes", "n", n, low=1, high=POINTS))


def _node_steps(n: int) -> Iterator[NewtonStep | Nodes]:
    x = -np.cos(np.pi * (np.arange(1, n + 1) - 0.25) / (n + 0.5))
    for step in range(1, 20):  # four are usual: the start is good and convergence quadratic
        p, slope = legendre(n, x)
        move = p / slope
        x = x - move
        x = (x - x[::-1]) / 2  # the roots lie in pairs
        largest = float(np.abs(move).max())
        why = f"x − P/P′ moves the nodes by {largest:.1e} at most"
        yield NewtonStep(step, largest, why, x.copy())
        if largest <= 1e-15:
            break
    p, slope = legendre(n, x)
    w = 2 / ((1 - x * x) * slope * slope)
    residual = float(np.abs(p).max())
    yield Nodes(
        x, w, residual, f"P_{n} is 0 at the nodes but for {residual:.1e}; Σw = {w.sum():.12g}"
    )


def nodes(n: int) -> Nodes:
    """Points and weights: the last record of `node_steps`. The arrays are the caller's own.

    >>> nodes(1).w.tolist()
    [2.0]
    """
    *_, answer = node_steps(n)
    assert isinstance(answer, Nodes)
    return answer


@cache
def _cached(n: int) -> Nodes:
    return nodes(n)


def gauss_legendre(f: Integrand, a: float, b: float, n: int) -> float:
    """(b − a)/2 Σ wᵢ f((a + b)/2 + (b − a)/2 xᵢ): exact through degree 2n − 1.

    Args:
        f: x (n,) to f(x).
        a, b: the ends, finite.
        n: points, 1 ≤ n ≤ 500.

    Raises:
        ShapeError: f gives another shape.
        DomainError: a setting outside its domain; f is not finite somewhere.

    >>> round(gauss_legendre(lambda x: x**6, -1, 1, 3), 12)  # 2/7 is beyond three points
    0.24

    Source: Press et al. 2007, equation 4.6.1.
    """
    interval("gauss_legendre", a, b)
    found = _cached(integer("gauss_legendre", "n", n, low=1, high=POINTS))
    half = b / 2 - a / 2
    y, e = scaled(values("gauss_legendre", f, a / 2 + b / 2 + half * found.x))
    return sized("gauss_legendre", ldexp(half * math.fsum((found.w * y).tolist()), e))
