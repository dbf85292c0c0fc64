"""Estimation: the law of a family under which the data seen are most likely.

The likelihood of independent data is Π f(xᵢ; θ); its logarithm is a sum, and where its slope in θ
is zero the law fits best. Most families answer with an average, those here; gamma, beta and
chi-square need steps (`engine.probability.climb`).

Data x are (N,).

Source: Casella & Berger 2002, Statistical Inference, section 7.2.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import unknown
from engine.probability.climb import NewtonStep, beta_steps, chi_square_steps, gamma_steps
from engine.probability.continuous import Exponential, Laplace, Normal, Uniform
from engine.probability.discrete import Bernoulli, Binomial, Categorical, Geometric, Poisson
from engine.probability.distribution import AbstractDistribution
from engine.probability.domain import points, positive, require, sample, whole
from engine.probability.multivariate import MultivariateNormal

MOST_FACES = 10**6
"""Of a categorical law: their shares are one array."""


def variance(x: ArrayLike, *, unbiased: bool = True) -> float:
    """Mean squared distance from the mean of the data, over n − 1 or over n.

    The most likely variance divides by n, and is too small by (n−1)/n on average, since the mean
    was fitted to the same data; n − 1 mends that.

    Args:
        x: (N,), N ≥ 2, or N ≥ 1 with `unbiased` off.

    Raises:
        ShapeError, DomainError: x is no such list of finite numbers.

    >>> variance([1, 2, 3, 4]), variance([1, 2, 3, 4], unbiased=False)
    (1.6666666666666667, 1.25)

    Source: Bishop 2006, equation 1.58.
    """
    return float(np.var(sample("variance", "x", x, least=1 + unbiased), ddof=int(unbiased)))


def variance_bias(n: int) -> float:
    """(n − 1)/n: what share of the true variance the most likely one is on average.

    Raises:
        DomainError: n is not whole and ≥ 1.

    >>> variance_bias(10)
    0.9
    """
    require(whole(n) and n >= 1, "variance_bias", "a whole n ≥ 1", n)
    return (n - 1) / n


def fit_bernoulli(x: ArrayLike) -> Bernoulli:
    """p = the share of ones.

    Raises:
        ShapeError, DomainError: x does not consist of 0 and 1.

    >>> fit_bernoulli([1, 0, 1, 1])
    Bernoulli(p=0.75)
    """
    return Bernoulli(float(_counts("fit_bernoulli", x, high=1).mean()))


def fit_binomial(x: ArrayLike, n: int) -> Binomial:
    """p = mean / n, for a known number of throws n.

    Raises:
        ShapeError, DomainError: x does not consist of whole numbers 0 … n.

    >>> fit_binomial([3, 5], 10)
    Binomial(n=10, p=0.4)
    """
    require(whole(n) and n >= 1, "fit_binomial", "whole n ≥ 1", n)
    return Binomial(n, float(_counts("fit_binomial", x, high=n).mean()) / n)


def fit_geometric(x: ArrayLike) -> Geometric:
    """p = 1 / mean.

    Raises:
        ShapeError, DomainError: x does not consist of whole numbers ≥ 1.

    >>> fit_geometric([1, 3])
    Geometric(p=0.5)
    """
    return Geometric(1 / float(_counts("fit_geometric", x, low=1).mean()))


def fit_poisson(x: ArrayLike) -> Poisson:
    """λ = mean.

    Raises:
        ShapeError, DomainError: x does not consist of whole numbers ≥ 0, or all are 0.

    >>> fit_poisson([1, 3])
    Poisson(rate=2.0)
    """
    return Poisson(float(_counts("fit_poisson", x).mean()))


def fit_categorical(x: ArrayLike, K: int | None = None) -> Categorical:
    """p_k = the share of k; K is 1 + the largest number seen if it is not given.

    Raises:
        ShapeError, DomainError: x does not consist of whole numbers 0 … K − 1, K ≤ 10⁶.

    >>> fit_categorical([0, 2, 2, 1])
    Categorical(p=(0.25, 0.25, 0.5))
    """
    good = K is None or (whole(K) and 1 <= K <= MOST_FACES)
    require(good, "fit_categorical", f"whole 1 ≤ K ≤ {MOST_FACES}", K)
    k = _counts("fit_categorical", x, high=(K or MOST_FACES) - 1).astype(np.intp)
    return Categorical(tuple((np.bincount(k, minlength=K or 0) / len(k)).tolist()))


def fit_uniform(x: ArrayLike) -> Uniform:
    """From the smallest to the largest: too narrow, by (n−1)/(n+1) on average.

    Raises:
        ShapeError, DomainError: x is no list of finite numbers, or they are all equal.

    >>> fit_uniform([1, 4, 2])
    Uniform(low=1.0, high=4.0)
    """
    x = sample("fit_uniform", "x", x)
    return Uniform(float(x.min()), float(x.max()))


def fit_normal(x: ArrayLike) -> Normal:
    """μ = mean, σ² = mean squared distance from it (over n: biased by (n−1)/n).

    Raises:
        ShapeError, DomainError: x is no list of finite numbers, or they are all equal.

    >>> fit_normal([1, 3])
    Normal(mu=2.0, sigma=1.0)
    """
    x = sample("fit_normal", "x", x)
    return Normal(float(x.mean()), float(x.std()))


def fit_exponential(x: ArrayLike) -> Exponential:
    """λ = 1 / mean.

    Raises:
        ShapeError, DomainError: x does not consist of numbers ≥ 0, or all are 0.

    >>> fit_exponential([1, 3])
    Exponential(rate=0.5)
    """
    mean = float(positive("fit_exponential", "x", x, zero=True).mean())
    require(mean > 0, "fit_exponential", "a mean > 0", mean)
    return Exponential(1 / mean)


def fit_laplace(x: ArrayLike) -> Laplace:
    """μ = median, b = mean distance from it.

    Raises:
        ShapeError, DomainError: x is no list of finite numbers, or they are all equal.

    >>> fit_laplace([1, 2, 6])
    Laplace(mu=2.0, b=1.6666666666666667)
    """
    x = sample("fit_laplace", "x", x)
    mu = float(np.median(x))
    return Laplace(mu, float(np.abs(x - mu).mean()))


def fit_multivariate_normal(X: ArrayLike) -> MultivariateNormal:
    """μ = mean, Σ = mean of (x − μ)(x − μ)ᵀ (over n), X (N, D).

    Raises:
        ShapeError: X is not (N, D).
        DomainError: not finite, or all points in one plane.

    >>> fit_multivariate_normal([[0, 0], [2, 0], [0, 2], [2, 2]]).covariance.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    X = points("fit_multivariate_normal", "X", X)
    mu = X.mean(axis=0)
    return MultivariateNormal(mu, (X - mu).T @ (X - mu) / len(X))


def _last(steps: Iterator[NewtonStep]) -> AbstractDistribution:
    *_, last = steps
    return last.law


FITS: Mapping[str, Callable[[ArrayLike], AbstractDistribution]] = {
    "bernoulli": fit_bernoulli,
    "geometric": fit_geometric,
    "poisson": fit_poisson,
    "categorical": fit_categorical,
    "uniform": fit_uniform,
    "normal": fit_normal,
    "exponential": fit_exponential,
    "laplace": fit_laplace,
    "gamma": lambda x: _last(gamma_steps(x)),
    "chi_square": lambda x: _last(chi_square_steps(x)),
    "beta": lambda x: _last(beta_steps(x)),
}
"""The most likely law of a family, by the family's name; `fit_binomial` needs n as well."""


def fit(name: str, x: ArrayLike) -> AbstractDistribution:
    """The most likely law of a family: the last step, where it takes several.

    Raises:
        UnknownNameError: no such family.
        ShapeError, DomainError: x is not what the family can be fitted to.

    >>> fit("exponential", [1.0, 3.0])
    Exponential(rate=0.5)
    """
    if name not in FITS:
        raise unknown("family to fit", name, FITS)
    return FITS[name](x)


def _counts(where: str, x: ArrayLike, low: float = 0, high: float = np.inf) -> Array:
    x = sample(where, "x", x)
    wrong = (x < low) | (x > high) | (x != np.floor(x))
    require(not wrong.any(), where, f"whole numbers from {low} to {high}", x[wrong][:1])
    return x
