"""Belief before, data, belief after: four pairs where the law stays in its family.

posterior ∝ likelihood · prior. A prior's parameters count sightings made beforehand; data are added
to them. Taking data in parts or at once gives the same.

Source: Bishop 2006, sections 2.1.1, 2.2.1, 2.3.6; Gelman et al. 2013, Bayesian Data Analysis,
section 2.6.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from engine.errors import ShapeError
from engine.probability.continuous import Normal
from engine.probability.dirichlet import Dirichlet
from engine.probability.domain import LARGEST, require, sample, whole
from engine.probability.shaped import Beta, Gamma


def beta_binomial(prior: Beta, successes: int, trials: int) -> Beta:
    """Beta(a, b) and k of n hits: Beta(a + k, b + n − k), a belief about a probability.

    Args:
        successes, trials: whole, 0 ≤ successes ≤ trials.

    Raises:
        DomainError: counts outside their domain.

    >>> after = beta_binomial(Beta(1, 1), 7, 10)
    >>> after, round(after.mode, 9)
    (Beta(a=8, b=4), 0.7)
    """
    good = whole(successes) and whole(trials) and 0 <= successes <= trials
    got = f"{successes} and {trials}"
    require(good, "beta_binomial", "whole 0 ≤ successes ≤ trials", got)
    return Beta(prior.a + successes, prior.b + trials - successes)


def gamma_poisson(prior: Gamma, counts: ArrayLike) -> Gamma:
    """Gamma(a, β) and n counts: Gamma(a + Σ counts, β + n), a belief about a rate.

    Args:
        counts: (N,), whole, ≥ 0; N = 0 changes nothing.

    Raises:
        ShapeError, DomainError: counts is no such list.

    >>> gamma_poisson(Gamma(2, 1), [3, 5])
    Gamma(shape=10.0, rate=3)
    """
    counts = sample("gamma_poisson", "counts", counts, least=0)
    wrong = (counts < 0) | (counts != np.floor(counts))
    require(not wrong.any(), "gamma_poisson", "whole counts ≥ 0", counts[wrong][:1])
    return Gamma(prior.shape + float(counts.sum()), prior.rate + len(counts))


def normal_normal(prior: Normal, x: ArrayLike, sigma: float) -> Normal:
    """A normal belief about a mean, after data with known standard deviation σ round it.

    Precisions add: 1/s² = 1/s₀² + n/σ², and the mean is m = s² (m₀/s₀² + Σx/σ²).

    Args:
        x: (N,), finite; N = 0 changes nothing.
        sigma: σ of one datum, in [1e-100, 1e100], as the prior's.

    Raises:
        ShapeError, DomainError: an argument outside its domain.

    >>> normal_normal(Normal(0, 1), [2.0], sigma=1.0).mean
    1.0
    """
    x = sample("normal_normal", "x", x, least=0)
    for name, scale in (("sigma", sigma), ("the prior's sigma", prior.sigma)):
        good = 1 / LARGEST <= scale <= LARGEST
        require(good, "normal_normal", f"{1 / LARGEST:g} ≤ {name} ≤ {LARGEST:g}", scale)
    precision = 1 / prior.sigma**2 + len(x) / sigma**2
    mean = (prior.mu / prior.sigma**2 + float(x.sum()) / sigma**2) / precision
    return Normal(mean, 1 / math.sqrt(precision))


def dirichlet_categorical(prior: Dirichlet, counts: ArrayLike) -> Dirichlet:
    """Dirichlet(α) and counts of each of K faces: Dirichlet(α + counts).

    With α = 1 its mean is Laplace's rule: (count + 1)/(n + K), never 0.

    Args:
        counts: (K,), whole, ≥ 0.

    Raises:
        ShapeError: not one count for each face.
        DomainError: a count that is negative or not whole.

    >>> dirichlet_categorical(Dirichlet((1.0, 1.0)), [3, 0]).mean.tolist()
    [0.8, 0.2]
    """
    counts = sample("dirichlet_categorical", "counts", counts)
    K = len(prior.alpha)
    if len(counts) != K:
        raise ShapeError(f"dirichlet_categorical: expected {K} counts, got {len(counts)}.")
    wrong = (counts < 0) | (counts != np.floor(counts))
    require(not wrong.any(), "dirichlet_categorical", "whole counts ≥ 0", counts[wrong][:1])
    return Dirichlet(tuple((np.array(prior.alpha) + counts).tolist()))
