"""The functions behind the densities: Γ and its relatives, and the normal's tail and quantile.

Factorials are huge and their ratios are not: lnΓ(10⁸) is 1.7·10⁹, so that differences of such
logarithms lose seven digits and more. `log_poisson` and `log_binomial` therefore use Stirling's
formula for the large part by hand and keep only what is left of it; they are right to about
10⁻¹⁴ · max(1, |ln|) for parameters up to 10⁸, and every density of the package is made of them.

Arguments broadcast; each function raises a `DomainError` outside of the domain that it names, and
a `ShapeError` for rows of different lengths.

Sources: Loader 2000, Fast and accurate computation of binomial probabilities; Abramowitz & Stegun
1964, sections 6.1–6.4, 7.1 and 26.2.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.validate import array

_lgamma = np.frompyfunc(math.lgamma, 1, 1)
_erfc = np.frompyfunc(math.erfc, 1, 1)
_erf = np.frompyfunc(math.erf, 1, 1)


def log_gamma(x: ArrayLike) -> Array:
    """ln Γ(x), 0 < x ≤ 1e300, to the last digits.

    >>> round(float(log_gamma(5)), 6)  # ln 4!
    3.178054
    """
    return np.asarray(_lgamma(array("log_gamma", "x", x, above=0, high=_MOST)), dtype=np.float64)


def erfc(x: ArrayLike) -> Array:
    """1 − erf(x), without the loss of digits for large x: the normal's tail.

    >>> float(erfc(0))
    1.0
    """
    return np.asarray(_erfc(array("erfc", "x", x, infinite=True)), dtype=np.float64)


def digamma(x: ArrayLike) -> Array:
    """ψ(x) = d/dx ln Γ(x), 0 < x ≤ 1e300: the slope in likelihoods of gamma and beta.

    Up by ψ(x) = ψ(x + 1) − 1/x to x ≥ 10, from there the asymptotic series.

    >>> round(float(-digamma(1)), 6)  # Euler's constant
    0.577216

    Source: Abramowitz & Stegun 1964, equations 6.3.5 and 6.3.18.
    """
    x = np.maximum(
        array("digamma", "x", x, above=0, high=_MOST), 1 / _MOST
    )  # below, 1/x would be infinite
    up = np.zeros_like(x)
    for _ in range(10):
        small = x < 10
        up = up - np.where(small, 1 / x, 0)
        x = x + small
    square = (1 / x) ** 2
    return np.asarray(up + np.log(x) - 0.5 / x - _series(_DIGAMMA, square) * square)


def trigamma(x: ArrayLike) -> Array:
    """ψ′(x), 1e-150 ≤ x ≤ 1e300: the curvature in likelihoods of gamma and beta.

    >>> round(float(trigamma(1)), 6)  # π²/6
    1.644934

    Source: Abramowitz & Stegun 1964, equations 6.4.6 and 6.4.12.
    """
    x = array("trigamma", "x", x, low=1e-150, high=_MOST)
    up = np.zeros_like(x)
    for _ in range(10):
        small = x < 10
        up = up + np.where(small, (1 / x) ** 2, 0)
        x = x + small
    square = (1 / x) ** 2
    return np.asarray(up + 1 / x + 0.5 * square + _series(_TRIGAMMA, square) * square / x)


def stirling_error(x: ArrayLike) -> Array:
    """δ(x) = ln Γ(x + 1) − (x + ½) ln x + x − ½ ln 2π, 0 < x ≤ 1e300: what Stirling leaves out.

    About 1/(12x); computed without the cancellation of the definition.

    >>> round(float(stirling_error(1)), 9)
    0.081061467

    Source: Loader 2000, section 4.
    """
    return _stirling_error(array("stirling_error", "x", x, above=0, high=_MOST))


def _stirling_error(x: Array) -> Array:
    near, far = np.minimum(x, 15.0), np.maximum(x, 15.0)
    log_gamma_near = np.asarray(_lgamma(near + 1), dtype=np.float64)
    direct = log_gamma_near - (near + 0.5) * np.log(near) + near - _HALF_LOG_TWO_PI
    return np.asarray(np.where(x < 15, direct, _series(_STIRLING, (1 / far) ** 2) / far))


def deviance(x: ArrayLike, m: ArrayLike) -> Array:
    """x ln(x/m) + m − x ≥ 0: how far a count x is from the expected m, in nats; both in (0, 1e300].

    Near x = m it is (x − m)²/(2m), where the formula itself would lose all digits.

    >>> float(deviance(3.0, 3.0))
    0.0

    Source: Loader 2000, section 5 (D₀).
    """
    x = array("deviance", "x", x, above=0, high=_MOST)
    return _deviance(x, array("deviance", "m", m, above=0, high=_MOST))


def _deviance(x: Array, m: Array) -> Array:
    v = (x - m) / (x + m)
    near = np.abs(v) < 0.1
    square = np.where(near, v * v, 0.0)
    close = (x - m) * v + 2 * x * v * square * _series(_ODD, square)
    return np.asarray(np.where(near, close, x * (np.log(x) - np.log(m)) + m - x))


def log_poisson(a: ArrayLike, x: ArrayLike) -> Array:
    """ln(xᵃ e⁻ˣ / Γ(a + 1)) for real a and x in [0, 1e300].

    >>> round(float(np.exp(log_poisson(2, 3.0))), 6)  # 9/2 · e⁻³
    0.224042

    Source: Loader 2000, section 6.
    """
    a = array("log_poisson", "a", a, low=0, high=_MOST)
    x = array("log_poisson", "x", x, low=0, high=_MOST)
    a, x = np.broadcast_arrays(a, x)
    inner = (a > 0) & (x > 0)
    a1, x1 = np.where(inner, a, 1.0), np.where(inner, x, 1.0)
    body = -_stirling_error(a1) - _deviance(a1, x1) - _HALF_LOG_TWO_PI - 0.5 * np.log(a1)
    return np.where(inner, body, np.where(a == 0, -x, -np.inf))


def log_binomial(a: ArrayLike, b: ArrayLike, x: ArrayLike, y: ArrayLike) -> Array:
    """ln(Γ(a+b+1) / (Γ(a+1) Γ(b+1)) · xᵃ yᵇ) for real a, b in [0, 1e300], x + y = 1.

    Takes y = 1 − x as well, since its small values cannot be had from x.

    >>> round(float(np.exp(log_binomial(2, 1, 0.5, 0.5))), 6)  # two heads of three coins
    0.375

    Source: Loader 2000, section 3.
    """
    where = "log_binomial"
    a, b = array(where, "a", a, low=0, high=_MOST), array(where, "b", b, low=0, high=_MOST)
    x, y = array(where, "x", x, low=0, high=1), array(where, "y", y, low=0, high=1)
    a, b, x, y = np.broadcast_arrays(a, b, x, y)
    inner = (a > 0) & (b > 0) & (x > 0) & (y > 0)
    a1, b1 = np.where(inner, a, 1.0), np.where(inner, b, 1.0)
    x1, y1 = np.where(inner, x, 0.5), np.where(inner, y, 0.5)
    n = a1 + b1
    body = (
        _stirling_error(n) - _stirling_error(a1) - _stirling_error(b1)
        - _deviance(a1, np.maximum(n * x1, _LEAST)) - _deviance(b1, np.maximum(n * y1, _LEAST))
        + 0.5 * (np.log(n) - np.log(a1) - np.log(b1)) - _HALF_LOG_TWO_PI
    )  # fmt: skip
    # Here a = 0 or b = 0 (then Γ's cancel), or x or y is 0 under a power > 0.
    return np.where(inner, body, _log_power(a, x, y) + _log_power(b, y, x))


def _log_power(a: Array, x: Array, y: Array) -> Array:
    """a ln x with 0 · ln 0 = 0, x given with y = 1 − x: the smaller of both decides ln x."""
    with np.errstate(divide="ignore"):
        log = np.where(x > 0.5, np.log1p(-np.minimum(y, 0.75)), np.log(x))
    return np.asarray(np.where(a == 0, 0.0, a * np.where(a == 0, 0.0, log)))


def normal_tail(z: ArrayLike) -> Array:
    """P(Z > z) of a standard normal Z, to a relative z² · 10⁻¹⁶ far out.

    >>> round(float(normal_tail(1.96)), 6)
    0.024998
    """
    return np.asarray(0.5 * erfc(array("normal_tail", "z", z, infinite=True) / math.sqrt(2)))


def normal_quantile(p: ArrayLike, q: ArrayLike | None = None) -> Array:
    """z with P(Z ≤ z) = p of a standard normal Z; ∓∞ for p = 0 and 1.

    A rational approximation, good to 4.5·10⁻⁴, and three steps of Halley's method, each of which
    triples the digits. In the middle they compare p − ½ with erf, in the tails p with erfc.

    Args:
        p: in [0, 1].
        q: 1 − p, where it is known better than p can say.

    >>> round(float(normal_quantile(0.975)), 6)
    1.959964

    Source: Abramowitz & Stegun 1964, equation 26.2.23.
    """
    p = array("normal_quantile", "p", p, low=0, high=1)
    tail = np.minimum(p, 1 - p if q is None else array("normal_quantile", "q", q, low=0, high=1))
    inner = tail > 0
    tail = np.where(inner, tail, 0.25)
    t = np.sqrt(-2 * np.log(tail))
    top = (0.010328 * t + 0.802853) * t + 2.515517
    z = t - top / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1)
    for _ in range(3):
        density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        half = np.asarray(0.5 * _erf(z / math.sqrt(2)), dtype=np.float64)
        u = np.where(tail > 0.25, half - (0.5 - tail), tail - normal_tail(z)) / density
        z = z - u / (1 + z * u / 2)
    z = np.where(tail == 0.5, 0.0, z)  # the steps leave 10⁻⁵⁴
    return np.asarray(np.where(inner, np.copysign(z, p - 0.5), np.copysign(np.inf, p - 0.5)))


def _series(coefficients: tuple[float, ...], x: Array) -> Array:
    """Σ cᵢ xⁱ by Horner's rule, the constant first."""
    y = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        y = y * x + c
    return y


_MOST = 1e300  # far enough from overflow for x ln x
_LEAST = 5e-324  # the smallest number above 0
_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
_DIGAMMA = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
_TRIGAMMA = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
_ODD = tuple(1 / (2 * j + 3) for j in range(9))  # v² < 0.01: the next term is below 10⁻¹⁹
