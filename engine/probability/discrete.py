"""Distributions of integers: coins, counts, waiting, categories.

Source: Johnson, Kemp & Kotz 2005, Univariate Discrete Distributions.
"""

from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.probability.distribution import AbstractDiscrete, Support
from engine.probability.incomplete import LARGEST, Tails, incomplete_beta, incomplete_gamma
from engine.probability.special import log_binomial, log_poisson
from engine.validate import integer, probabilities, scalar


@dataclass(frozen=True, slots=True)
class Bernoulli(AbstractDiscrete):
    """One toss of a coin: 1 with probability p, else 0. Every yes-or-no label is one.

    P(X = 1) = p, mean p, variance p(1 − p).

    Args:
        p: in [0, 1].

    Raises:
        DomainError: p outside of [0, 1].

    >>> round(Bernoulli(0.9).variance, 9)
    0.09
    """

    p: float = 0.5
    name = "bernoulli"

    def __post_init__(self) -> None:
        scalar("Bernoulli", "p", self.p, low=0, high=1)

    @property
    def support(self) -> Support:
        """0 and 1."""
        return Support(0, 1, True)

    @property
    def mean(self) -> float:
        """The mean p."""
        return self.p

    @property
    def variance(self) -> float:
        """p(1 − p), at most 1/4."""
        return self.p * (1 - self.p)

    def _log_density(self, x: Array) -> Array:
        return np.asarray(np.where(x == 1, np.log(self.p), np.log1p(-self.p)))

    def _tails(self, x: Array) -> Tails:
        return np.full(x.shape, 1 - self.p), np.full(x.shape, self.p)

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return np.asarray(rng.random(n) < self.p, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Binomial(AbstractDiscrete):
    """The number of ones in n tosses of a coin: right answers of a classifier on n images.

    P(X = k) = n!/(k!(n−k)!) pᵏ (1−p)ⁿ⁻ᵏ, mean np, variance np(1 − p).

    Args:
        n: an integer, 1 ≤ n ≤ 10⁸.
        p: in [0, 1].

    Raises:
        DomainError: n or p outside its domain.

    >>> round(float(Binomial(10, 0.5).density(5)), 9)
    0.24609375
    """

    n: int = 10
    p: float = 0.5
    name = "binomial"

    def __post_init__(self) -> None:
        integer("Binomial", "n", self.n, low=1, high=LARGEST)
        scalar("Binomial", "p", self.p, low=0, high=1)

    @property
    def support(self) -> Support:
        """0, 1, …, n."""
        return Support(0, self.n, True)

    @property
    def mean(self) -> float:
        """The mean np."""
        return self.n * self.p

    @property
    def variance(self) -> float:
        """np(1 − p)."""
        return self.n * self.p * (1 - self.p)

    def _log_density(self, x: Array) -> Array:
        return log_binomial(x, self.n - x, self.p, 1 - self.p)

    def _tails(self, x: Array) -> Tails:
        upper, lower = incomplete_beta(x + 1, self.n - x, self.p)
        return lower, upper

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return np.asarray(rng.binomial(self.n, self.p, n), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Geometric(AbstractDiscrete):
    """The number of the first toss that gives 1: the waiting time for a success.

    P(X = k) = (1−p)ᵏ⁻¹ p, k = 1, 2, …; mean 1/p, variance (1 − p)/p². Others count the tosses
    before it, from 0; SciPy counts as here.

    Args:
        p: in [10⁻¹⁵⁰, 1].

    Raises:
        DomainError: p outside of [10⁻¹⁵⁰, 1].

    >>> Geometric(0.5).density([1, 2, 3]).round(9).tolist()
    [0.5, 0.25, 0.125]
    """

    p: float = 0.5
    name = "geometric"

    def __post_init__(self) -> None:
        scalar("Geometric", "p", self.p, low=1e-150, high=1)

    @property
    def support(self) -> Support:
        """1, 2, 3, …"""
        return Support(1, np.inf if self.p < 1 else 1, True)

    @property
    def mean(self) -> float:
        """1/p tosses."""
        return 1 / self.p

    @property
    def variance(self) -> float:
        """(1 − p)/p²."""
        return (1 - self.p) / self.p**2

    def _log_density(self, x: Array) -> Array:
        misses = x - 1
        later = np.maximum(misses, 1) * np.log1p(-self.p)
        return np.asarray(np.where(misses > 0, later, 0) + np.log(self.p))

    def _tails(self, x: Array) -> Tails:
        log = x * np.log1p(-self.p)
        return -np.expm1(log), np.exp(log)

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return np.asarray(rng.geometric(self.p, n), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Poisson(AbstractDiscrete):
    """How many rare events fall in a unit of time or area: photons on a pixel, cells in a field.

    P(X = k) = λᵏ e^−λ / k!, mean and variance λ.

    Args:
        rate: λ in (0, 10⁸].

    Raises:
        DomainError: a rate outside of (0, 10⁸].

    >>> round(float(Poisson(2.0).density(0)), 6)  # e⁻²
    0.135335
    """

    rate: float = 3.0
    name = "poisson"

    def __post_init__(self) -> None:
        scalar("Poisson", "rate", self.rate, above=0, high=LARGEST)

    @property
    def support(self) -> Support:
        """0, 1, 2, …"""
        return Support(0, np.inf, True)

    @property
    def mean(self) -> float:
        """The mean λ."""
        return self.rate

    @property
    def variance(self) -> float:
        """λ too."""
        return self.rate

    def _log_density(self, x: Array) -> Array:
        return log_poisson(x, self.rate)

    def _tails(self, x: Array) -> Tails:
        upper, lower = incomplete_gamma(x + 1, self.rate)
        return lower, upper

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return np.asarray(rng.poisson(self.rate, n), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Categorical(AbstractDiscrete):
    """One throw of a loaded die with K faces 0 … K − 1: what a softmax gives.

    P(X = k) = p_k. Mean and variance are of the face's number, and mean something only where the
    numbers do.

    Args:
        p: (K,), at least one, none negative, adding up to 1.

    Raises:
        ShapeError, DomainError: p is not a list of probabilities.

    >>> Categorical((0.2, 0.3, 0.5)).density([0, 1, 2]).round(9).tolist()
    [0.2, 0.3, 0.5]
    """

    p: tuple[float, ...] = (0.2, 0.3, 0.5)
    name = "categorical"

    def __post_init__(self) -> None:
        p = probabilities("Categorical", "p", self.p, shape=("K",))
        object.__setattr__(self, "p", tuple(p.tolist()))  # an array would not compare or hash

    @property
    def support(self) -> Support:
        """0, 1, …, K − 1."""
        return Support(0, len(self.p) - 1, True)

    @property
    def mean(self) -> float:
        """Σ k p_k."""
        return float(np.arange(len(self.p)) @ np.array(self.p))

    @property
    def variance(self) -> float:
        """Σ (k − mean)² p_k."""
        return float((np.arange(len(self.p)) - self.mean) ** 2 @ np.array(self.p))

    def _log_density(self, x: Array) -> Array:
        return np.asarray(np.log(self.p)[x.astype(np.intp)])

    def _tails(self, x: Array) -> Tails:
        p, k = np.array(self.p), x.astype(np.intp)
        above = np.cumsum(p[::-1])[::-1] - p
        return np.minimum(np.cumsum(p), 1)[k], np.maximum(above, 0)[k]

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        return np.asarray(rng.choice(len(self.p), n, p=self.p), dtype=np.float64)
