"""The regularised incomplete gamma and beta functions, both tails of each, and their inverses.

They are the cdfs of gamma, Poisson, chi-square, beta, binomial and t. Each comes as
a pair (lower, upper) that adds up to 1: the smaller one is computed, the other is what is left, so
that a tail of 10⁻²⁰⁰ is as good as one of 0.1. Only with shapes well below 0.01 may the one that is
left be the smaller, and has then 10⁻¹⁶ absolute.

Series and fractions take about √shape steps; shapes end at 10⁸. Arguments broadcast.

Sources: Press et al. 2007, Numerical Recipes, sections 6.2 and 6.4; Abramowitz & Stegun 1964,
equations 6.5.29, 6.5.31 and 26.5.8.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.probability.special import log_binomial, log_gamma, log_poisson, normal_quantile
from engine.validate import array, require

LARGEST = 1e8
"""The largest shape: beyond it a value takes seconds."""

Tails = tuple[Array, Array]
"""P(X ≤ x) and P(X > x), each without the cancellation of 1 minus the other."""

_EPS = float(np.finfo(np.float64).eps)
_TINY = _SMALLEST = 1e-300
_SETTLED = 16 * _EPS  # the change of a fraction that is rounding and no more
_FARTHEST = 708.0  # e⁻⁷⁰⁸ is the smallest number that still has all its digits
_STEPS = 400_000


def incomplete_gamma(a: ArrayLike, x: ArrayLike) -> Tails:
    """P(a, x) = 1/Γ(a) ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt and Q = 1 − P: the two tails of a gamma variable.

    A series up to x = a + 1, beyond it a continued fraction.

    Args:
        a: 0 < a ≤ 10⁸, or any above 0 where x ≤ 10⁸.
        x: ≥ 0, may be ∞.

    Raises:
        DomainError: an argument outside its domain.

    >>> lower, upper = incomplete_gamma(1, 2.0)  # 1 − e⁻², e⁻²
    >>> round(float(lower), 6), round(float(upper), 6)
    (0.864665, 0.135335)
    """
    a = array("incomplete_gamma", "a", a, above=0, infinite=True)
    x = array("incomplete_gamma", "x", x, low=0, infinite=True)
    a, x = np.broadcast_arrays(a, np.minimum(x, 1e300))
    largest = np.minimum(a, x).max(initial=0)
    require(largest <= LARGEST, "incomplete_gamma", "a ≤ 1e8 or x ≤ 1e8", largest)
    head = np.exp(log_poisson(a, x))
    by_series = x < a + 1
    lower = head * _gamma_series(a, np.where(by_series, x, 0.0))
    a1, x1 = np.where(by_series, 1.0, a), np.where(by_series, 2.0, x)  # any that are in its domain
    upper = head * a1 * _gamma_fraction(a1, x1)
    return np.where(by_series, lower, 1 - upper), np.where(by_series, 1 - lower, upper)


def incomplete_beta(a: ArrayLike, b: ArrayLike, x: ArrayLike, y: ArrayLike | None = None) -> Tails:
    """I_x(a, b) = 1/B(a, b) ∫₀ˣ tᵃ⁻¹ (1−t)ᵇ⁻¹ dt and 1 − I_x: the two tails of a beta variable.

    A continued fraction on that side of the mean where it converges at once.

    Args:
        a, b: in (0, 10⁸].
        x: in [0, 1].
        y: 1 − x, where it is known better than x can say.

    Raises:
        DomainError: an argument outside its domain.

    >>> lower, upper = incomplete_beta(2, 2, 0.25)  # 3x² − 2x³
    >>> round(float(lower), 6), round(float(upper), 6)
    (0.15625, 0.84375)
    """
    where = "incomplete_beta"
    a = array(where, "a", a, above=0, high=LARGEST)
    b = array(where, "b", b, above=0, high=LARGEST)
    x = array(where, "x", x, low=0, high=1)
    y = 1 - x if y is None else array(where, "y", y, low=0, high=1)
    a, b, x, y = np.broadcast_arrays(a, b, x, y)
    straight = x <= (a + 1) / (a + b + 2)
    # The other side is the same function with the parts of (a, x) and (b, y) changed over.
    c, d = np.where(straight, a, b), np.where(straight, b, a)
    u, v = np.where(straight, x, y), np.where(straight, y, x)
    head = np.exp(log_binomial(c, d, u, v)) * (d / (c + d))
    near = head * _beta_fraction(c, d, u)
    return np.where(straight, near, 1 - near), np.where(straight, 1 - near, near)


def inverse_incomplete_gamma(a: ArrayLike, p: ArrayLike, q: ArrayLike) -> Array:
    """x with P(a, x) = p and Q(a, x) = q, p + q = 1; 0 for p = 0 and ∞ for q = 0.

    Newton's method on the logarithm of the smaller tail as a function of ln x: it is concave, so
    that the steps come to the root from one side; a bracket guards them.

    Args:
        a: in [1e-300, 10⁸].
        p, q: in [0, 1].

    Raises:
        DomainError: an argument outside its domain.

    >>> round(float(inverse_incomplete_gamma(1, 0.75, 0.25)), 6)  # ln 4
    1.386294
    """
    a, p, q = _shared("inverse_incomplete_gamma", a, p, q)
    inner = (p > 0) & (q > 0)
    p1, q1 = np.where(inner, p, 0.5), np.where(inner, q, 0.5)
    # Below the root: P(a, x) ≤ xᵃ / Γ(a + 1); and for a large shape the cube root is near normal.
    start = (np.log(p1) + log_gamma(a + 1)) / a
    cube = 1 - 1 / (9 * a) + normal_quantile(p1, q1) / (3 * np.sqrt(a))
    start = np.maximum(start, np.log(a) + 3 * np.log(np.maximum(cube, 1e-9)))

    def tails(s: Array) -> tuple[Array, Array, Array]:
        x = np.exp(s)
        return (*incomplete_gamma(a, x), np.exp(np.log(a) + log_poisson(a, x)))

    s = _newton(tails, p1, q1, start, -744.0, 710.0)
    return np.where(inner, np.exp(s), np.where(p > 0, np.inf, 0.0))


def inverse_incomplete_beta(a: ArrayLike, b: ArrayLike, p: ArrayLike, q: ArrayLike) -> Tails:
    """x with I_x(a, b) = p and 1 − I_x = q, p + q = 1, and y = 1 − x, both to the last digits.

    As `inverse_incomplete_gamma`, as a function of ln(x/y).

    Args:
        a, b: in [1e-300, 10⁸].
        p, q: in [0, 1].

    Raises:
        DomainError: an argument outside its domain.

    >>> x, y = inverse_incomplete_beta(1, 1, 0.25, 0.75)
    >>> round(float(x), 9), round(float(y), 9)
    (0.25, 0.75)
    """
    a, p, q = _shared("inverse_incomplete_beta", a, p, q)
    b = array("inverse_incomplete_beta", "b", b, low=_SMALLEST, high=LARGEST)
    b, a, p, q = np.broadcast_arrays(b, a, p, q)
    inner = (p > 0) & (q > 0)
    p1, q1 = np.where(inner, p, 0.5), np.where(inner, q, 0.5)
    start = np.log(a / b) + normal_quantile(p1, q1) * np.sqrt(1 / a + 1 / b)

    def tails(s: Array) -> tuple[Array, Array, Array]:
        x, y = _shares(s)
        slope = np.exp(log_binomial(a, b, x, y)) * (a * (b / (a + b)))
        return (*incomplete_beta(a, b, x, y), slope)

    s = _newton(tails, p1, q1, start, -_FARTHEST, _FARTHEST)
    x, y = _shares(s)
    x, y = np.where(s <= -_FARTHEST + 0.1, 0.0, x), np.where(s >= _FARTHEST - 0.1, 0.0, y)
    end = np.where(p > 0, 1.0, 0.0)
    return np.where(inner, x, end), np.where(inner, y, 1 - end)


def _shares(s: Array) -> Tails:
    """x and y = 1 − x with ln(x/y) = s."""
    small = np.exp(-np.abs(s))
    x, y = 1 / (1 + small), small / (1 + small)
    return np.where(s > 0, x, y), np.where(s > 0, y, x)


def _shared(where: str, a: ArrayLike, p: ArrayLike, q: ArrayLike) -> tuple[Array, Array, Array]:
    a = array(where, "a", a, low=_SMALLEST, high=LARGEST)
    p, q = array(where, "p", p, low=0, high=1), array(where, "q", q, low=0, high=1)
    a, p, q = np.broadcast_arrays(a, p, q)
    return a, p, q


def _newton(
    tails: Callable[[Array], tuple[Array, Array, Array]],
    p: Array, q: Array, s: Array, low: float, high: float,
) -> Array:  # fmt: skip
    """s with tails(s) = (p, q, slope of the first): Newton's steps, halving where they leave."""
    by_lower = p <= q
    left, right = np.full(p.shape, low), np.full(p.shape, high)
    s = np.clip(s, low, high)
    for _ in range(200):
        lower, upper, slope = tails(s)
        tail, wanted = np.where(by_lower, lower, upper), np.where(by_lower, p, q)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            excess = np.log(tail) - np.log(wanted)
            step = np.where(by_lower, 1, -1) * excess * tail / slope
        too_far = np.where(by_lower, lower > p, upper < q)
        left, right = np.where(too_far, left, s), np.where(too_far, s, right)
        near = s - step
        lost = ~((near >= left) & (near <= right))  # also where the slope is 0, or a tail is
        new = np.where(lost, (left + right) / 2, near)
        moved = np.abs(new - s)
        s = new
        # Steps square the error, so that after one of 10⁻⁹ nothing is left of it.
        if (moved <= 1e-9 * np.maximum(1e-3, np.minimum(1, np.abs(s)))).all():
            break
    return s


def _gamma_series(a: Array, x: Array) -> Array:
    """1 + x/(a+1) + x²/((a+1)(a+2)) + …"""
    total = np.ones_like(x)
    term = np.ones_like(x)
    for n in range(1, _STEPS):
        term = term * (x / (a + n))
        total = total + term
        if (term <= _EPS / 4 * total).all():
            return total
    raise DomainError(f"incomplete_gamma: no convergence in {_STEPS} steps.")


def _gamma_fraction(a: Array, x: Array) -> Array:
    """1/(x+1−a− 1(1−a)/(x+3−a− 2(2−a)/(x+5−a− …, by Lentz's method."""
    b = x + 1 - a
    c = np.full_like(x, 1 / _TINY)
    h = d = 1 / b
    settled = np.zeros(x.shape, dtype=np.bool_)  # so that no number depends on its neighbours
    for n in range(1, _STEPS):
        top = -n * (n - a)
        b = b + 2
        d = 1 / _apart(top * d + b)
        c = _apart(b + top / c)
        change = c * d
        h = np.where(settled, h, h * change)
        settled |= np.abs(change - 1) <= _SETTLED
        if settled.all():
            return h
    raise DomainError(f"incomplete_gamma: no convergence in {_STEPS} steps.")


def _beta_fraction(a: Array, b: Array, x: Array) -> Array:
    """1/(1+ d₁/(1+ d₂/(1+ …, by Lentz's method."""
    c = np.ones_like(x)
    d = 1 / _apart(1 - (a + b) * x / (a + 1))
    h = d
    settled = np.zeros(x.shape, dtype=np.bool_)
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / _apart(1 + even * d)
        c = _apart(1 + even / c)
        half = d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _apart(1 + odd * d)
        c = _apart(1 + odd / c)
        change = d * c
        h = np.where(settled, h, h * half * change)
        settled |= np.abs(change - 1) <= _SETTLED
        if settled.all():
            return h
    raise DomainError(f"incomplete_beta: no convergence in {_STEPS} steps.")


def _apart(x: Array) -> Array:
    """x, but never nearer to 0 than `_TINY`."""
    return np.where(np.abs(x) < _TINY, _TINY, x)
