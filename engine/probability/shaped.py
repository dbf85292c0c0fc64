"""Continuous distributions with a shape: gamma, chi-square, beta and Student's t.

Source: Johnson, Kotz & Balakrishnan 1994–95, Continuous Univariate Distributions.
"""

import math
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.probability.distribution import AbstractDistribution, Support, representable
from engine.probability.incomplete import (
    LARGEST,
    Tails,
    incomplete_beta,
    incomplete_gamma,
    inverse_incomplete_beta,
    inverse_incomplete_gamma,
)
from engine.probability.special import log_binomial, log_poisson, stirling_error
from engine.validate import scalar


def _log_gamma_density(a: float, x: Array) -> Array:
    """ln(xᵃ⁻¹ e⁻ˣ / Γ(a)), x ≥ 0; at 0 it is ∞, 0 or −∞ for a below, at or above 1."""
    at_zero = np.inf if a < 1 else 0.0 if a == 1 else -np.inf
    inner = np.where(x > 0, x, 1.0)
    body = log_poisson(a, inner) + math.log(a) - np.log(inner)
    return np.where(x > 0, body, at_zero)


@dataclass(frozen=True, slots=True)
class Gamma(AbstractDistribution):
    """Waiting for the a-th event; also what is believed of an unknown rate.

    f(x) = βᵃ xᵃ⁻¹ e^−βx / Γ(a), x ≥ 0; mean a/β, variance a/β². SciPy takes 1/β, the scale.

    Args:
        shape: a in (0, 10⁸].
        rate: β in (0, ∞).

    Raises:
        DomainError: a parameter outside its domain.

    >>> Gamma(3.0, 2.0).mean
    1.5
    """

    shape: float = 2.0
    rate: float = 1.0
    name = "gamma"

    def __post_init__(self) -> None:
        scalar("Gamma", "shape", self.shape, above=0, high=LARGEST)
        scalar("Gamma", "rate", self.rate, above=0)

    @property
    def support(self) -> Support:
        """From 0 on."""
        return Support(0, math.inf, False)

    @property
    def mean(self) -> float:
        """a/β."""
        return representable("Gamma.mean", "mean", self.shape / self.rate)

    @property
    def variance(self) -> float:
        """a/β²."""
        value = self.shape / self.rate / self.rate
        return representable("Gamma.variance", "variance", value)

    @property
    def std(self) -> float:
        """√a/β."""
        value = math.sqrt(self.shape) / self.rate
        return representable("Gamma.std", "standard deviation", value)

    def _log_density(self, x: Array) -> Array:
        return _log_gamma_density(self.shape, self.rate * x) + math.log(self.rate)

    def _tails(self, x: Array) -> Tails:
        return incomplete_gamma(self.shape, self.rate * x)

    def _quantile(self, p: Array, q: Array) -> Array:
        return inverse_incomplete_gamma(self.shape, p, q) / self.rate

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.gamma(self.shape, 1 / self.rate, n)


@dataclass(frozen=True, slots=True)
class ChiSquare(AbstractDistribution):
    """The sum of squares of k standard normals: squared distances and squared errors.

    Gamma with shape k/2 and rate ½; mean k, variance 2k.

    Args:
        k: degrees of freedom, in (0, 2·10⁸], not only integers.

    Raises:
        DomainError: k outside its domain.

    >>> round(float(ChiSquare(1).quantile(0.95)), 6)  # 1.959964²
    3.841459
    """

    k: float = 3.0
    name = "chi_square"

    def __post_init__(self) -> None:
        scalar("ChiSquare", "k", self.k, above=0, high=2 * LARGEST)

    @property
    def support(self) -> Support:
        """From 0 on."""
        return Support(0, math.inf, False)

    @property
    def mean(self) -> float:
        """The mean k."""
        return self.k

    @property
    def variance(self) -> float:
        """2k."""
        return 2 * self.k

    def _log_density(self, x: Array) -> Array:
        return _log_gamma_density(self.k / 2, x / 2) - math.log(2)

    def _tails(self, x: Array) -> Tails:
        return incomplete_gamma(self.k / 2, x / 2)

    def _quantile(self, p: Array, q: Array) -> Array:
        return 2 * inverse_incomplete_gamma(self.k / 2, p, q)

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.chisquare(self.k, n)


@dataclass(frozen=True, slots=True)
class Beta(AbstractDistribution):
    """The belief about an unknown probability after a − 1 successes and b − 1 failures.

    f(x) = xᵃ⁻¹ (1−x)ᵇ⁻¹ / B(a, b), 0 ≤ x ≤ 1; mean a/(a+b), variance ab/((a+b)²(a+b+1)).

    Args:
        a, b: in (0, 10⁸].

    Raises:
        DomainError: a parameter outside its domain.

    >>> round(Beta(8, 4).mean, 6), round(Beta(8, 4).mode, 6)
    (0.666667, 0.7)
    """

    a: float = 2.0
    b: float = 2.0
    name = "beta"

    def __post_init__(self) -> None:
        scalar("Beta", "a", self.a, above=0, high=LARGEST)
        scalar("Beta", "b", self.b, above=0, high=LARGEST)

    @property
    def support(self) -> Support:
        """From 0 to 1."""
        return Support(0, 1, False)

    @property
    def mean(self) -> float:
        """a/(a + b)."""
        return self.a / (self.a + self.b)

    @property
    def mode(self) -> float:
        """(a − 1)/(a + b − 2), where the density is highest; NaN unless a, b > 1."""
        if self.a <= 1 or self.b <= 1:
            return math.nan
        return (self.a - 1) / (self.a + self.b - 2)

    @property
    def variance(self) -> float:
        """ab/((a + b)² (a + b + 1))."""
        n = self.a + self.b
        return self.a / n * (self.b / n) / (n + 1)

    def _log_density(self, x: Array) -> Array:
        a, b = self.a, self.b
        inner = np.where((x > 0) & (x < 1), x, 0.5)
        factor = math.log(a / (a + b)) + math.log(b)
        body = log_binomial(a, b, inner, 1 - inner) + factor - np.log(inner) - np.log1p(-inner)
        # At an end only the power that belongs to it decides, unless that is 0.
        end = np.where(x == 0, a, b)
        level = np.where(x == 0, math.log(b), math.log(a))  # 1/B(1, b) = b
        at_end = np.where(end == 1, level, np.where(end < 1, np.inf, -np.inf))
        return np.where((x > 0) & (x < 1), body, at_end)

    def _tails(self, x: Array) -> Tails:
        return incomplete_beta(self.a, self.b, x)

    def _quantile(self, p: Array, q: Array) -> Array:
        return inverse_incomplete_beta(self.a, self.b, p, q)[0]

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.beta(self.a, self.b, n)


@dataclass(frozen=True, slots=True)
class StudentT(AbstractDistribution):
    """A mean over its own estimated error: normal with heavier tails, Cauchy at ν = 1.

    f(t) = Γ((ν+1)/2) / (√(νπ) Γ(ν/2)) · (1 + t²/ν)^(−(ν+1)/2); mean 0 for ν > 1, variance
    ν/(ν − 2) for ν > 2. Beyond |t| = 10¹⁵⁰ √ν a tail is given as 0.

    Args:
        nu: degrees of freedom ν in (0, 10⁸], not only integers.

    Raises:
        DomainError: ν outside its domain.

    >>> round(float(StudentT(1).cdf(1.0)), 9)
    0.75
    """

    nu: float = 5.0
    name = "student_t"

    def __post_init__(self) -> None:
        scalar("StudentT", "nu", self.nu, above=0, high=LARGEST)

    @property
    def support(self) -> Support:
        """All real numbers."""
        return Support(-math.inf, math.inf, False)

    @property
    def mean(self) -> float:
        """0; NaN for ν ≤ 1, where averages never settle."""
        return 0.0 if self.nu > 1 else math.nan

    @property
    def variance(self) -> float:
        """ν/(ν − 2); ∞ for 1 < ν ≤ 2, NaN below."""
        if self.nu > 2:
            return self.nu / (self.nu - 2)
        return math.inf if self.nu > 1 else math.nan

    def _log_density(self, x: Array) -> Array:
        z = self.nu / 2
        # ln Γ(z + ½) − ln Γ(z) − ½ ln z, which goes to 0: only small terms are left of it.
        ratio = z * math.log1p(0.5 / z) - 0.5 + stirling_error(z + 0.5) - stirling_error(z)
        r = np.abs(x) / math.sqrt(self.nu)
        near = np.log1p(np.minimum(r, 1.0) ** 2)
        far = 2 * np.log(np.hypot(1.0, r))
        body = (z + 0.5) * np.where(r < 1, near, far)
        return np.asarray(ratio - 0.5 * math.log(2 * math.pi) - body)

    def _tails(self, x: Array) -> Tails:
        square = np.minimum(np.abs(x) / math.sqrt(self.nu), 1e150) ** 2
        far = incomplete_beta(self.nu / 2, 0.5, 1 / (1 + square), square / (1 + square))[0] / 2
        return np.where(x < 0, far, 1 - far), np.where(x < 0, 1 - far, far)

    def _quantile(self, p: Array, q: Array) -> Array:
        small = np.minimum(p, q)
        middle = np.abs(p - 0.5) + np.abs(q - 0.5)
        x, y = inverse_incomplete_beta(self.nu / 2, 0.5, 2 * small, middle)
        size = np.sqrt(self.nu * (y / np.maximum(x, 1e-307)))
        return np.asarray(np.copysign(size, p - 0.5))

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.standard_t(self.nu, n)
