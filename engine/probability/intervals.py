"""Confidence intervals: computed by a rule that contains the truth in a stated fraction of cases.

The fraction belongs to the rule, before there are data: of 100 intervals at 95 %, about 95 ± 2.2
contain the truth. `level` is that fraction, in (0, 1).

Source: Casella & Berger 2002, chapter 9; Brown, Cai & DasGupta 2001, Interval estimation for a
binomial proportion; Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import ShapeError, unknown
from engine.moments import centered
from engine.probability.shaped import Beta, StudentT
from engine.probability.special import normal_quantile
from engine.scaling import exponent, multiplied_back, scale, scaled
from engine.validate import array, integer, scalar, vector


class Interval(NamedTuple):
    """From low to high, in the unit of the data."""

    low: float
    high: float

    def contains(self, truth: float) -> bool:
        """Is the truth in it, ends included?

        >>> Interval(0.0, 1.0).contains(0.5)
        True
        """
        return self.low <= truth <= self.high


def mean_interval(x: ArrayLike, *, level: float = 0.95, sigma: float | None = None) -> Interval:
    """mean ± c s/√n: where the mean of the population may be.

    c is Student's quantile with n − 1 degrees of freedom, or the normal one where σ is known.
    Exact for normal data, nearly so for many of any kind.

    Args:
        x: (N,), N ≥ 2, or ≥ 1 with σ.
        level: in (0, 1).
        sigma: the known standard deviation of one datum, in (0, ∞).

    Raises:
        ShapeError, DomainError: an argument outside its domain.

    >>> low, high = mean_interval([1, 2, 3, 4, 5])
    >>> round(low, 4), round(high, 4)
    (1.0368, 4.9632)
    """
    level = _level("mean_interval", level)
    x = vector("mean_interval", "x", x, least=2 if sigma is None else 1)
    found = centered(x)
    if sigma is None:
        c, e = _student(len(x) - 1, level), found.exponent
        spread = math.sqrt(float(found.variance(ddof=1)))
    else:
        sigma = scalar("mean_interval", "sigma", sigma, above=0)
        c, e = -float(normal_quantile((1 - level) / 2)), np.maximum(found.exponent, exponent(sigma))
        spread = float(scale(sigma, -e))
    mean = float(scale(found.mean, found.exponent - e))
    reach = c * spread / math.sqrt(len(x))
    low, high = multiplied_back("mean_interval", "interval", [mean - reach, mean + reach], e)
    return Interval(float(low), float(high))


@lru_cache(maxsize=64)  # a hundred intervals on a screen have the same c
def _student(degrees: int, level: float) -> float:
    """c with P(|t| ≤ c) = level."""
    return -float(StudentT(degrees).quantile((1 - level) / 2))


def wald_interval(k: int, n: int, *, level: float = 0.95) -> Interval:
    """k/n ± z √(p(1−p)/n), the one in most books: too short near 0 and 1, and of no width at them.

    Args:
        k, n: successes and trials, integers, 0 ≤ k ≤ n, n ≥ 1.

    Raises:
        DomainError: an argument outside its domain.

    >>> low, high = wald_interval(7, 10)
    >>> round(low, 4), round(high, 4)
    (0.416, 0.984)
    """
    k, n, level = _counts("wald_interval", k, n, level)
    p, z = k / n, -float(normal_quantile((1 - level) / 2))
    reach = z * math.sqrt(p * (1 - p) / n)
    return Interval(p - reach, p + reach)


def wilson_interval(k: int, n: int, *, level: float = 0.95) -> Interval:
    """All p that a normal test would not reject, given k of n; covers about as stated.

    Args:
        k, n: successes and trials, integers, 0 ≤ k ≤ n, n ≥ 1.

    Raises:
        DomainError: an argument outside its domain.

    >>> low, high = wilson_interval(7, 10)
    >>> round(low, 4), round(high, 4)
    (0.3968, 0.8922)

    Source: Wilson 1927; Brown, Cai & DasGupta 2001, equation 4.
    """
    k, n, level = _counts("wilson_interval", k, n, level)
    p, z = k / n, -float(normal_quantile((1 - level) / 2))
    center = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(max(center - reach, 0.0), min(center + reach, 1.0))


def exact_interval(k: int, n: int, *, level: float = 0.95) -> Interval:
    """All p under which k of n would not be too rare to either side: covers at least as stated.

    Its ends are quantiles of Beta(k, n − k + 1) and Beta(k + 1, n − k).

    Args:
        k, n: successes and trials, integers, 0 ≤ k ≤ n, n ≥ 1.

    Raises:
        DomainError: an argument outside its domain.

    >>> low, high = exact_interval(0, 10)
    >>> low, round(high, 4)
    (0.0, 0.3085)

    Source: Clopper & Pearson 1934.
    """
    k, n, level = _counts("exact_interval", k, n, level)
    tail = (1 - level) / 2
    low = float(Beta(k, n - k + 1).quantile(tail)) if k else 0.0
    # The upper end by symmetry: 1 − tail would round the tail away.
    high = 1 - float(Beta(n - k, k + 1).quantile(tail)) if k < n else 1.0
    return Interval(low, high)


PROPORTIONS: Mapping[str, Callable[..., Interval]] = {
    "wald": wald_interval,
    "wilson": wilson_interval,
    "exact": exact_interval,
}


def proportion_interval(k: int, n: int, *, level: float = 0.95, method: str = "wilson") -> Interval:
    """Where the probability of a hit may be after k of n, by the method of that name.

    Raises:
        UnknownNameError: no such method.
        DomainError: an argument outside its domain.

    >>> proportion_interval(7, 10) == wilson_interval(7, 10)
    True
    """
    if method not in PROPORTIONS:
        raise unknown("interval for a proportion", method, PROPORTIONS)
    return PROPORTIONS[method](k, n, level=level)


def bootstrap(
    x: ArrayLike, statistic: Callable[[Array], Array], *, resamples: int, rng: np.random.Generator
) -> Array:
    """The statistic of samples drawn from the data, with replacement: how much it would scatter.

    Args:
        x: (N,), N ≥ 1.
        statistic: takes (B, N), one sample a row, and gives (B,): `lambda x: np.median(x, axis=1)`.
        resamples: B ≥ 1.
        rng: draws the samples.

    Returns:
        (B,).

    Raises:
        ShapeError: x is not (N,), or the statistic does not give one number a row.
        DomainError: an argument outside its domain.

    >>> draws = bootstrap([1, 2, 3], lambda x: x.mean(axis=1), resamples=500,
    ...                   rng=np.random.default_rng(0))
    >>> draws.shape, bool(draws.min() >= 1), bool(draws.max() <= 3)
    ((500,), True, True)

    Source: Efron & Tibshirani 1993, section 6.2.
    """
    x = vector("bootstrap", "x", x)
    resamples = integer("bootstrap", "resamples", resamples, low=1)
    rows = max(1, min(resamples, 2**21 // len(x)))  # 16 MB of numbers at a time
    parts = []
    for first in range(0, resamples, rows):
        drawn = x[rng.integers(0, len(x), (min(rows, resamples - first), len(x)))]
        with np.errstate(over="ignore"):  # what overflows is refused below
            part = np.asarray(statistic(drawn), dtype=np.float64)
        if part.shape != drawn.shape[:1]:
            raise ShapeError(
                f"bootstrap: expected a statistic of shape {drawn.shape[:1]} for samples of shape "
                f"{drawn.shape}, got {part.shape}. Work along axis 1."
            )
        parts.append(part)
    return array("bootstrap", "statistic", np.concatenate(parts))


def bootstrap_interval(
    x: ArrayLike, statistic: Callable[[Array], Array], *, rng: np.random.Generator,
    level: float = 0.95, resamples: int = 2000,
) -> Interval:  # fmt: skip
    """Between the outer percentiles of the bootstrap: for a statistic that has no formula.

    It covers as stated for many data, and less for few: at n = 20 a mean's covers about 93 %.

    Args:
        x: (N,), N ≥ 2.
        statistic, resamples, rng: as for `bootstrap`.
        level: in (0, 1).

    Raises:
        ShapeError, DomainError: an argument outside its domain.

    >>> x = np.arange(100.0)
    >>> found = bootstrap_interval(x, lambda x: np.median(x, axis=1), rng=np.random.default_rng(0))
    >>> found.contains(49.5)
    True

    Source: Efron & Tibshirani 1993, section 13.3.
    """
    level = _level("bootstrap_interval", level)
    x = vector("bootstrap_interval", "x", x, least=2)
    draws, e = scaled(bootstrap(x, statistic, resamples=resamples, rng=rng))
    low, high = scale(np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]), e)
    return Interval(float(low), float(high))


def _level(where: str, level: float) -> float:
    return scalar(where, "level", level, above=0, below=1)


def _counts(where: str, k: int, n: int, level: float) -> tuple[int, int, float]:
    n = integer(where, "n", n, low=1)
    return integer(where, "k", k, low=0, high=n), n, _level(where, level)
