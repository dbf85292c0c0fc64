"""Conjugate pairs: four likelihoods with a prior whose posterior has the same form.

posterior ∝ likelihood · prior. The parameters of a prior count observations made beforehand; data
are added to them. Taking the data in parts or at once gives the same.

Source: Bishop 2006, sections 2.1.1, 2.2.1, 2.3.6; Gelman et al. 2013, Bayesian Data Analysis,
section 2.6.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.probability.continuous import Normal
from engine.probability.dirichlet import Dirichlet
from engine.probability.shaped import Beta, Gamma
from engine.scaling import exponent, multiplied_back, scale
from engine.validate import integer, require, scalar, vector


def beta_binomial(prior: Beta, successes: int, trials: int) -> Beta:
    """Beta(a, b) and k successes in n trials: Beta(a + k, b + n − k), a belief about a probability.

    Args:
        successes, trials: integers, 0 ≤ successes ≤ trials.

    Raises:
        DomainError: counts outside their domain.

    >>> after = beta_binomial(Beta(1, 1), 7, 10)
    >>> after, round(after.mode, 9)
    (Beta(a=8, b=4), 0.7)
    """
    trials = integer("beta_binomial", "trials", trials, low=0)
    successes = integer("beta_binomial", "successes", successes, low=0, high=trials)
    return Beta(prior.a + successes, prior.b + trials - successes)


def gamma_poisson(prior: Gamma, counts: ArrayLike) -> Gamma:
    """Gamma(a, β) and n counts: Gamma(a + Σ counts, β + n), a belief about a rate.

    Args:
        counts: (N,), integers ≥ 0; N = 0 changes nothing.

    Raises:
        ShapeError, DomainError: counts is not such a list.

    >>> gamma_poisson(Gamma(2, 1), [3, 5])
    Gamma(shape=10.0, rate=3)
    """
    counts = _counts("gamma_poisson", counts, least=0)
    return Gamma(prior.shape + float(counts.sum()), prior.rate + len(counts))


def normal_normal(prior: Normal, x: ArrayLike, sigma: float) -> Normal:
    """A normal belief about a mean, after data with a known standard deviation σ.

    Precisions add: 1/s² = 1/s₀² + n/σ², and the mean is m = s² (m₀/s₀² + Σx/σ²).

    Args:
        x: (N,), finite; N = 0 changes nothing.
        sigma: σ of one datum, in (0, ∞).

    Raises:
        ShapeError, DomainError: an argument outside its domain.

    >>> normal_normal(Normal(0, 1), [2.0], sigma=1.0).mean
    1.0
    """
    x = vector("normal_normal", "x", x, least=0)
    sigma, n = scalar("normal_normal", "sigma", sigma, above=0), len(x)
    e = max(exponent(x), exponent(prior.mu))
    m0, total = float(scale(prior.mu, -e)), float(scale(x, -e).sum())
    # The ratio of the precisions, at most 1, in place of the precisions, which may overflow.
    if prior.sigma < sigma:
        r = (prior.sigma / sigma) ** 2
        mean, s = (m0 + r * total) / (1 + r * n), prior.sigma / math.sqrt(1 + r * n)
    else:
        r = (sigma / prior.sigma) ** 2
        if n == 0:
            return prior
        mean, s = (r * m0 + total) / (r + n), sigma / math.sqrt(r + n)
    return Normal(float(multiplied_back("normal_normal", "mean", mean, e)), s)


def dirichlet_categorical(prior: Dirichlet, counts: ArrayLike) -> Dirichlet:
    """Dirichlet(α) and counts of each of K categories: Dirichlet(α + counts).

    With α = 1 its mean is Laplace's rule: (count + 1)/(n + K), never 0.

    Args:
        counts: (K,), integers ≥ 0.

    Raises:
        ShapeError: not one count for each category.
        DomainError: a count that is negative or not an integer.

    >>> dirichlet_categorical(Dirichlet((1.0, 1.0)), [3, 0]).mean.tolist()
    [0.8, 0.2]
    """
    counts = _counts("dirichlet_categorical", counts, size=len(prior.alpha))
    return Dirichlet(tuple((np.array(prior.alpha) + counts).tolist()))


def _counts(where: str, counts: ArrayLike, *, least: int = 1, size: int | None = None) -> Array:
    found = vector(where, "counts", counts, least=least, size=size, low=0, high=2**53)
    wrong = found != np.floor(found)
    require(not wrong.any(), where, "integer counts", found[wrong][:1])
    return found
