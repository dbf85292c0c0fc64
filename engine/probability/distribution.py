"""What a distribution of one random number X offers: density, cdf, quantiles, moments, draws.

A distribution is a frozen record of its parameters. What all have in common is written here once:
where the density is zero, what is refused, what happens at the ends. Each adds its own formulas.

Arguments x and p have any shape; results have the same (a plain number for a plain number).
"""

import math
from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import Array
from engine.probability.incomplete import Tails
from engine.validate import array, integer, require


class Support(NamedTuple):
    """Where X can be: low ≤ X ≤ high, integers only if `discrete`."""

    low: float
    high: float
    discrete: bool


class AbstractDistribution(ABC):
    """The distribution of one random number X.

    A subclass implements `support`, `mean`, `variance` and the four methods with an underscore,
    which receive only numbers inside the support.

    >>> from engine.probability import Exponential
    >>> law = Exponential(2.0)
    >>> law.mean, law.support.discrete
    (0.5, False)
    """

    __slots__ = ()
    name: ClassVar[str]
    """Its key in `DISTRIBUTIONS`."""

    @property
    @abstractmethod
    def support(self) -> Support:
        """Where X can be."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """E X; NaN where there is none."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """E (X − mean)²; ∞ or NaN where there is none."""

    @property
    def std(self) -> float:
        """The standard deviation, in the unit of X; also where the variance is beyond floats.

        >>> from engine.probability import Uniform
        >>> round(Uniform(0, 12).std, 6)
        3.464102
        """
        return float(np.sqrt(self.variance))

    def log_density(self, x: ArrayLike) -> Array:
        """The natural logarithm of `density`; −∞ where that is 0.

        Raises:
            DomainError: x holds a NaN.

        >>> from engine.probability import Normal
        >>> round(float(Normal(0, 1).log_density(40.0)), 6)  # the density itself is 10⁻³⁴⁸
        -800.918939
        """
        x = array(f"{self.name}.log_density", "x", x, infinite=True)
        inside = self._inside(x)
        log = np.full(x.shape, -np.inf)
        with np.errstate(over="ignore", divide="ignore"):
            log[inside] = self._log_density(x[inside])
        return log[()]

    def density(self, x: ArrayLike) -> Array:
        """f(x), whose integral is 1; for a discrete distribution P(X = x), whose sum is 1.

        Raises:
            DomainError: x holds a NaN; a density above 1.8e308 that is not infinite.

        >>> from engine.probability import Binomial
        >>> Binomial(2, 0.5).density([0, 1, 1.5, 2]).round(9).tolist()
        [0.25, 0.5, 0.0, 0.25]
        """
        return exponential(f"{self.name}.density", self.log_density(x))

    def cdf(self, x: ArrayLike) -> Array:
        """F(x) = P(X ≤ x).

        Raises:
            DomainError: x holds a NaN.

        >>> from engine.probability import Exponential
        >>> Exponential(1.0).cdf([-1, 0, np.inf]).tolist()
        [0.0, 0.0, 1.0]
        """
        return self._both("cdf", x)[0][()]

    def survival(self, x: ArrayLike) -> Array:
        """P(X > x) = 1 − F(x), with all its digits where it is small.

        Raises:
            DomainError: x holds a NaN.

        >>> from engine.probability import Normal
        >>> print(f"{Normal(0, 1).survival(20.0):.4e}")
        2.7536e-89
        """
        return self._both("survival", x)[1][()]

    def quantile(self, p: ArrayLike) -> Array:
        """The smallest x with F(x) ≥ p; at p = 0 and 1 the ends of the support.

        Raises:
            DomainError: p outside of [0, 1].

        >>> from engine.probability import Exponential
        >>> round(float(Exponential(1.0).quantile(0.5)), 6)  # ln 2
        0.693147
        """
        p = array(f"{self.name}.quantile", "p", p, low=0, high=1)
        inside = (p > 0) & (p < 1)
        x = np.where(p > 0, float(self.support.high), float(self.support.low))
        with np.errstate(over="ignore"):
            x[inside] = self._quantile(p[inside], 1 - p[inside])
        array(f"{self.name}.quantile", "quantile", x[inside])  # refuses one beyond 1.8e308
        return x[()]

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """n independent draws, (n,).

        Raises:
            DomainError: n is not an integer ≥ 0.

        >>> from engine.probability import Normal
        >>> Normal(5, 0).sample(2, rng=np.random.default_rng(0)).tolist()
        Traceback (most recent call last):
        ...
        engine.errors.DomainError: Normal: expected 0 < sigma < ∞, got 0.
        """
        n = integer(f"{self.name}.sample", "n", n, low=0)
        return np.asarray(self._sample(n, rng), dtype=np.float64)

    def _inside(self, x: Array) -> NDArray[np.bool_]:
        low, high, discrete = self.support
        inside = (x >= low) & (x <= high) & np.isfinite(x)
        return np.asarray(inside & (x == np.floor(x)) if discrete else inside)

    def _both(self, where: str, x: ArrayLike) -> Tails:
        """F and 1 − F: (0, 1) before the support and (1, 0) from its end on."""
        x = array(f"{self.name}.{where}", "x", x, infinite=True)
        low, high, discrete = self.support
        inside = (x >= low) & (x < high) & np.isfinite(x)
        lower = np.where(x < low, 0.0, np.where(x >= high, 1.0, 0.0))
        upper = np.where(lower == 1, 0.0, 1.0)
        with np.errstate(over="ignore", divide="ignore"):
            at = np.floor(x[inside]) if discrete else x[inside]
            lower[inside], upper[inside] = self._tails(at)
        return lower, upper

    @abstractmethod
    def _log_density(self, x: Array) -> Array:
        """ln f at points of the support, (N,)."""

    @abstractmethod
    def _tails(self, x: Array) -> Tails:
        """F and 1 − F, low ≤ x < high, (N,)."""

    @abstractmethod
    def _quantile(self, p: Array, q: Array) -> Array:
        """The quantile of 0 < p < 1, q = 1 − p, (N,)."""

    @abstractmethod
    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        """n draws, (n,)."""


class AbstractDiscrete(AbstractDistribution):
    """A distribution of integers; its quantile is searched for by bisection.

    >>> from engine.probability import Poisson
    >>> law = Poisson(3.0)
    >>> float(law.quantile(0.5)), law.support.discrete
    (3.0, True)
    """

    __slots__ = ()

    def _quantile(self, p: Array, q: Array) -> Array:
        low, high, _ = self.support
        below = np.full(p.shape, low - 1.0)  # F(below) < p always
        reach = np.full(p.shape, float(low))
        while (short := self._falls_short(reach, p)).any():
            below = np.where(short, reach, below)
            reach = np.where(short, np.minimum(2 * reach - low + 1, high), reach)
        # Beyond 2⁵³ neighbouring floats are further apart than 1: between two there is none.
        while (apart := reach - below > np.maximum(1, np.spacing(reach))).any():
            middle = np.where(apart, np.floor((below + reach) / 2), reach)
            short = self._falls_short(middle, p)
            below, reach = np.where(short, middle, below), np.where(short, reach, middle)
        return reach

    def _falls_short(self, x: Array, p: Array) -> NDArray[np.bool_]:
        """F(x) < p?"""
        return self._both("quantile", x)[0] < p


def exponential(where: str, log: Array) -> Array:
    """e^log, a density from its logarithm: 0 where it underflows, ∞ where the density is infinite.

    Raises:
        DomainError: it overflows, while the logarithm is finite.

    >>> float(exponential("density", np.zeros(())))
    1.0
    """
    with np.errstate(over="ignore"):
        density = np.exp(log)
    too_large = np.isinf(density) & np.isfinite(log)
    if too_large.any():
        got = f"e^{float(np.max(log)):.6g}. Take log_density"
        require(False, where, "a density below 1.8e308", got)
    return np.asarray(density)[()]


def representable(where: str, name: str, value: float, *, positive: bool = True) -> float:
    """The value of a formula, if floats can hold it.

    Raises:
        DomainError: it overflowed, or underflowed to 0 where the formula is positive.

    >>> representable("normal.variance", "variance", 1.0)
    1.0
    """
    fits = math.isfinite(value) and (value > 0 or not positive)
    require(fits, where, f"a {name} from 5e-324 to 1.8e308", value)
    return value
