"""Continuous distributions, from the uniform to the heavy-tailed.

Source: Johnson, Kotz & Balakrishnan 1994–95, Continuous Univariate Distributions.
"""

import math
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.probability.distribution import AbstractDistribution, Support, representable
from engine.probability.incomplete import Tails
from engine.probability.special import normal_quantile, normal_tail
from engine.validate import require, scalar

_REAL = Support(-math.inf, math.inf, False)
_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


@dataclass(frozen=True, slots=True)
class Uniform(AbstractDistribution):
    """Anywhere between two bounds, nowhere more than elsewhere.

    f(x) = 1/(b − a), mean (a + b)/2, variance (b − a)²/12.

    Args:
        low, high: finite, low < high, and high − low finite.

    Raises:
        DomainError: bounds outside their domain.

    >>> float(Uniform(0, 4).density(1.0))
    0.25
    """

    low: float = 0.0
    high: float = 1.0
    name = "uniform"

    def __post_init__(self) -> None:
        low, high = scalar("Uniform", "low", self.low), scalar("Uniform", "high", self.high)
        good = low < high and math.isfinite(high - low)
        require(good, "Uniform", "finite low < high", f"{self.low} and {self.high}")

    @property
    def support(self) -> Support:
        """From low to high."""
        return Support(self.low, self.high, False)

    @property
    def mean(self) -> float:
        """The middle."""
        return self.low + (self.high - self.low) / 2

    @property
    def variance(self) -> float:
        """(b − a)²/12."""
        width = self.high - self.low
        return representable("Uniform.variance", "variance", float(width) * float(width) / 12)

    @property
    def std(self) -> float:
        """(b − a)/√12."""
        return (self.high - self.low) / math.sqrt(12)

    def _log_density(self, x: Array) -> Array:
        return np.full(x.shape, -math.log(self.high - self.low))

    def _tails(self, x: Array) -> Tails:
        width = self.high - self.low
        return (x - self.low) / width, (self.high - x) / width

    def _quantile(self, p: Array, q: Array) -> Array:
        return np.asarray(self.low * q + self.high * p)

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.uniform(self.low, self.high, n)


@dataclass(frozen=True, slots=True)
class Normal(AbstractDistribution):
    """What sums of many small causes look like: noise, errors, first weights.

    f(x) = e^(−z²/2) / (σ √2π), z = (x − μ)/σ; mean μ, variance σ².

    Args:
        mu: finite.
        sigma: the standard deviation, in (0, ∞).

    Raises:
        DomainError: a parameter outside its domain.

    >>> round(float(Normal(0, 1).cdf(1.96)), 6)
    0.975002
    """

    mu: float = 0.0
    sigma: float = 1.0
    name = "normal"

    def __post_init__(self) -> None:
        scalar("Normal", "mu", self.mu)
        scalar("Normal", "sigma", self.sigma, above=0)

    @property
    def support(self) -> Support:
        """All real numbers."""
        return _REAL

    @property
    def mean(self) -> float:
        """The mean μ."""
        return self.mu

    @property
    def variance(self) -> float:
        """σ²."""
        return representable("Normal.variance", "variance", float(self.sigma) * float(self.sigma))

    @property
    def std(self) -> float:
        """σ."""
        return self.sigma

    def _log_density(self, x: Array) -> Array:
        z = _standardised(x, self.mu, self.sigma)
        return -z * z / 2 - math.log(self.sigma) - _HALF_LOG_TWO_PI

    def _tails(self, x: Array) -> Tails:
        z = _standardised(x, self.mu, self.sigma)
        return normal_tail(-z), normal_tail(z)

    def _quantile(self, p: Array, q: Array) -> Array:
        return np.asarray(self.mu + self.sigma * normal_quantile(p, q))

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.normal(self.mu, self.sigma, n)


@dataclass(frozen=True, slots=True)
class Exponential(AbstractDistribution):
    """Waiting for an event that never gets more likely: no memory.

    f(x) = λ e^−λx, x ≥ 0; mean 1/λ, variance 1/λ².

    Args:
        rate: λ in (0, ∞), events per unit of x.

    Raises:
        DomainError: a rate outside its domain.

    >>> Exponential(0.5).mean
    2.0
    """

    rate: float = 1.0
    name = "exponential"

    def __post_init__(self) -> None:
        scalar("Exponential", "rate", self.rate, above=0)

    @property
    def support(self) -> Support:
        """From 0 on."""
        return Support(0, math.inf, False)

    @property
    def mean(self) -> float:
        """1/λ."""
        return representable("Exponential.mean", "mean", 1 / float(self.rate))

    @property
    def variance(self) -> float:
        """1/λ²."""
        return representable("Exponential.variance", "variance", self.mean / float(self.rate))

    @property
    def std(self) -> float:
        """1/λ."""
        return self.mean

    def _log_density(self, x: Array) -> Array:
        return math.log(self.rate) - self.rate * x

    def _tails(self, x: Array) -> Tails:
        return -np.expm1(-self.rate * x), np.exp(-self.rate * x)

    def _quantile(self, p: Array, q: Array) -> Array:
        return np.asarray(np.where(p < 0.5, -np.log1p(-p), -np.log(q)) / self.rate)

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.exponential(1 / self.rate, n)


@dataclass(frozen=True, slots=True)
class Laplace(AbstractDistribution):
    """An exponential to either side: many near the middle, some far out. The prior behind L1.

    f(x) = e^(−|x − μ|/b) / 2b; mean μ, variance 2b².

    Args:
        mu: finite.
        b: the mean distance from μ, in (0, ∞).

    Raises:
        DomainError: a parameter outside its domain.

    >>> float(Laplace(0, 1).density(0.0))
    0.5
    """

    mu: float = 0.0
    b: float = 1.0
    name = "laplace"

    def __post_init__(self) -> None:
        scalar("Laplace", "mu", self.mu)
        scalar("Laplace", "b", self.b, above=0)

    @property
    def support(self) -> Support:
        """All real numbers."""
        return _REAL

    @property
    def mean(self) -> float:
        """The mean μ."""
        return self.mu

    @property
    def variance(self) -> float:
        """2b²."""
        return representable("Laplace.variance", "variance", 2 * float(self.b) * float(self.b))

    @property
    def std(self) -> float:
        """√2 b."""
        return representable("Laplace.std", "standard deviation", math.sqrt(2) * float(self.b))

    def _log_density(self, x: Array) -> Array:
        z = _standardised(x, self.mu, self.b)
        return np.asarray(-np.abs(z) - math.log(self.b) - math.log(2))

    def _tails(self, x: Array) -> Tails:
        far = np.exp(-np.abs(_standardised(x, self.mu, self.b))) / 2
        below = x < self.mu
        return np.where(below, far, 1 - far), np.where(below, 1 - far, far)

    def _quantile(self, p: Array, q: Array) -> Array:
        return np.asarray(self.mu + self.b * np.where(p < 0.5, np.log(2 * p), -np.log(2 * q)))

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return rng.laplace(self.mu, self.b, n)


def _standardised(x: Array, mu: float, scale: float) -> Array:
    """(x − μ)/scale, also where x − μ overflows."""
    with np.errstate(over="ignore"):
        away = x - mu
        return np.where(np.isinf(away), (x / 2 - mu / 2) / (scale / 2 or scale), away / scale)
