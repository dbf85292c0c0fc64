"""The distribution function of a multivariate normal: P(all coordinates below their limits).

In two dimensions an integral over one coordinate of what the other may do,

    P(X ≤ h, Y ≤ k) = ∫_{−∞}^h φ(x) Φ((k − ρ x)/√(1 − ρ²)) dx,

has no cancellation anywhere, so that tails of 10⁻²⁰⁰ have their digits as well. In more dimensions
the coordinates are taken in turn, each conditioned on a draw of those before it; the mean over
draws is the probability, and its scatter says how well it is known.

Sources: Genz 1992, Numerical computation of multivariate normal probabilities; Genz 2004, Numerical
computation of rectangular bivariate and trivariate normal and t probabilities; Richtmyer 1951 and
Cranley & Patterson 1976 (shifted lattices).
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import ShapeError
from engine.probability.special import normal_quantile, normal_tail
from engine.scaling import exponent, scale
from engine.validate import array, integer, require, scalar, symmetric

SHIFTS = 16
"""Shifted copies of the lattice, whose scatter gives the standard error."""

_FAR = 38.6  # φ is below the smallest number from here on
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


class CdfEstimate(NamedTuple):
    """A probability from `points` draws, and how far off it may be: once in three more than this.

    Where it is computed without draws, `points` and `standard_error` are 0.
    """

    value: float
    standard_error: float
    points: int


def bivariate_cdf(h: float, k: float, rho: float) -> float:
    """P(X ≤ h, Y ≤ k) of two standard normal variables with correlation ρ.

    Gauss–Legendre on pieces that double in length away from where the integrand changes: at 0, at
    h, at the step x = k/ρ and at its peak x = ρk.

    Args:
        h, k: any, infinite too.
        rho: in [−1, 1].

    Returns:
        The probability, to about 10⁻¹³ of itself, in tails below 10⁻⁴⁰ to 10⁻¹¹ (and what 1 − ρ²
        has lost near ρ = ±1).

    Raises:
        DomainError: rho outside of [−1, 1]; NaN.

    >>> round(bivariate_cdf(0, 0, 0.5), 9)  # 1/4 + arcsin ρ / 2π
    0.333333333

    Source: Genz 2004, equation 2.
    """
    h = scalar("bivariate_cdf", "h", h, infinite=True)
    k = scalar("bivariate_cdf", "k", k, infinite=True)
    rho = scalar("bivariate_cdf", "rho", rho, low=-1, high=1)
    if h > k:  # the shorter way to go
        h, k = k, h
    if rho == 1:
        return _cdf(h)
    if rho == -1:  # h is the lower one: of two tails above 0 nothing would be left
        return max(0.0, _cdf(h) - _cdf(-k))
    if min(h, k) == -math.inf or max(h, k) == math.inf or rho == 0:
        return _cdf(h) * _cdf(k)
    s = math.sqrt((1 - rho) * (1 + rho))
    edges = _edges(h, k, rho, s)
    half = np.diff(edges)[:, None] / 2
    x = edges[:-1, None] + half * (_NODES + 1)
    inner = np.exp(-x * x / 2) * normal_tail((rho * x - k) / s)
    return float((half * _WEIGHTS * inner).sum()) / math.sqrt(2 * math.pi)


def _edges(h: float, k: float, rho: float, s: float) -> Array:
    """Ends of the pieces, from where φ vanishes to h."""
    centers = [(0.0, 1.0), (h, 1 / (1 + abs(h))), (rho * k, s)]
    if abs(k) < _FAR * abs(rho) and abs(rho) > 1e-3:  # less is no step
        centers.append((k / rho, s / abs(rho)))
    reach = 2.0 ** np.arange(-1, 8)
    steps = np.concatenate([-reach, [0], reach])
    ends = np.concatenate([center + width * steps for center, width in centers])
    top = min(h, _FAR)
    return np.unique(np.clip(ends, min(-_FAR, top), top))


def _cdf(z: float) -> float:
    return float(normal_tail(-z))


def multivariate_cdf(
    limits: ArrayLike, sigma: ArrayLike, *, rng: np.random.Generator, points: int = 16_384
) -> CdfEstimate:
    """P(Xᵢ ≤ bᵢ for all i) of a normal with mean 0, by drawing one coordinate after another.

    With Σ = L Lᵀ and y standard normal, coordinate i needs yᵢ ≤ (bᵢ − Σ_{j<i} Lᵢⱼ yⱼ) / Lᵢᵢ; each
    is drawn within its limit and weighs as much as that was likely. The draws are points of a
    lattice with random shifts, and the tightest limits come first. Where few draws carry almost all
    of it (correlations near 1, limits far in the tail) the standard error is too small, by half or
    so: look at it with more points.

    Args:
        limits: b, (D,), infinite too.
        sigma: (D, D), finite, symmetric and positive definite.
        rng: draws the shifts.
        points: in all, an integer from 160 to 10⁸.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: not symmetric or not positive definite; points outside its domain; NaN.

    >>> chance = np.random.default_rng(0)
    >>> found = multivariate_cdf([0, 0, 0], np.eye(3), rng=chance)
    >>> round(found.value, 9)  # independent: 1/8
    0.125

    Source: Genz 1992, section 4.
    """
    where = "multivariate_cdf"
    b = array(where, "limits", limits, shape=("D",), infinite=True)
    sigma = symmetric(where, "sigma", sigma)
    expected = f"sigma of shape {b.shape * 2}"
    require(sigma.shape == b.shape * 2, where, expected, sigma.shape, ShapeError)
    half = (exponent(sigma) + 1) // 2  # X · 2^−half has a covariance near 1
    b, sigma = scale(b, -half), scale(sigma, -2 * half)
    variances = np.diag(sigma)
    require((variances > 0).all(), where, "a positive definite sigma", sigma.tolist())
    points = integer(where, "points", points, low=10 * SHIFTS, high=10**8)
    with np.errstate(over="ignore"):
        order = np.argsort(b / np.sqrt(variances))
    try:
        L = np.linalg.cholesky(sigma[np.ix_(order, order)])
    except np.linalg.LinAlgError:
        require(False, where, "a positive definite sigma", sigma.tolist())
    n = points // SHIFTS
    lattice = np.outer(np.arange(1, n + 1), _roots(len(b) - 1))  # (n, D − 1)
    means = np.array(
        [_weights(b[order], L, lattice + rng.random(len(b) - 1)).mean() for _ in range(SHIFTS)]
    )
    error = float(means.std(ddof=1)) / math.sqrt(SHIFTS)
    return CdfEstimate(float(means.mean()), error, n * SHIFTS)


def _weights(b: Array, L: Array, w: Array) -> Array:
    """How likely each draw was to stay below all limits, from uniform numbers w mod 1, (n,)."""
    w = np.abs(2 * (w % 1) - 1)  # up and down again: without a jump at the edge
    w = np.clip(w, 1e-16, 1 - 1e-16)
    y = np.zeros((len(w), len(b)))
    weight = np.ones(len(w))
    for i, limit in enumerate(b):
        with np.errstate(over="ignore"):
            inside = normal_tail((y[:, :i] @ L[i, :i] - limit) / L[i, i])
        weight *= inside
        if i < w.shape[1]:
            y[:, i] = normal_quantile(np.maximum(w[:, i] * inside, 1e-300))
    return weight


@cache
def _roots(count: int) -> tuple[float, ...]:
    """√2, √3, √5, …: whose multiples fill [0, 1) evenly."""
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % p for p in primes):
            primes.append(candidate)
        candidate += 1
    return tuple(math.sqrt(p) for p in primes)
