"""Maximum likelihood: the distribution of a family under which the data are most likely.

The likelihood of independent data is Π f(xᵢ; θ); its logarithm is a sum, and
where its derivative in θ is zero the fit is best. For most families that is an average, as here;
gamma, beta and chi-square need an iteration (`engine.probability.newton`).

Data x are (N,).

Source: Casella & Berger 2002, Statistical Inference, section 7.2.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import unknown
from engine.moments import centered, require_varying
from engine.probability.continuous import Exponential, Laplace, Normal, Uniform
from engine.probability.discrete import Bernoulli, Binomial, Categorical, Geometric, Poisson
from engine.probability.distribution import AbstractDistribution
from engine.probability.multivariate import MultivariateNormal
from engine.probability.newton import NewtonStep, beta_steps, chi_square_steps, gamma_steps
from engine.scaling import multiplied_back, scale, scaled
from engine.validate import integer, matrix, require, vector

MOST_FACES = 10**6
"""Of a categorical distribution: their probabilities are one array."""


def variance(x: ArrayLike, *, unbiased: bool = True) -> float:
    """Mean squared distance from the mean of the data, over n − 1 or over n.

    Over n it is the most likely variance, and too small by (n−1)/n on average, since the mean was
    fitted to the same data; n − 1 corrects that.

    Args:
        x: (N,), N ≥ 2, or N ≥ 1 if not `unbiased`.

    Returns:
        In the squared unit of x; exactly 0 for constant data.

    Raises:
        ShapeError, DomainError: x is not such a list of finite numbers; overflow or underflow.

    >>> variance([1, 2, 3, 4]), variance([1, 2, 3, 4], unbiased=False)
    (1.6666666666666667, 1.25)

    Source: Bishop 2006, equation 1.58.
    """
    x = vector("variance", "x", x, least=1 + unbiased)
    found = centered(x)
    squared = found.variance(ddof=int(unbiased))
    return float(multiplied_back("variance", "variance", squared, 2 * found.exponent))


def variance_bias(n: int) -> float:
    """(n − 1)/n: what fraction of the true variance the maximum-likelihood one is on average.

    Raises:
        DomainError: n is not an integer ≥ 1.

    >>> variance_bias(10)
    0.9
    """
    n = integer("variance_bias", "n", n, low=1)
    return (n - 1) / n


def fit_bernoulli(x: ArrayLike) -> Bernoulli:
    """p = the fraction of ones.

    Raises:
        ShapeError, DomainError: x does not consist of 0 and 1.

    >>> fit_bernoulli([1, 0, 1, 1])
    Bernoulli(p=0.75)
    """
    return Bernoulli(float(_counts("fit_bernoulli", x, high=1).mean()))


def fit_binomial(x: ArrayLike, n: int) -> Binomial:
    """p = mean / n, for a known number of trials n.

    Raises:
        ShapeError, DomainError: x does not consist of integers 0 … n.

    >>> fit_binomial([3, 5], 10)
    Binomial(n=10, p=0.4)
    """
    n = integer("fit_binomial", "n", n, low=1)
    return Binomial(n, float(_counts("fit_binomial", x, high=n).mean()) / n)


def fit_geometric(x: ArrayLike) -> Geometric:
    """p = 1 / mean.

    Raises:
        ShapeError, DomainError: x does not consist of integers ≥ 1.

    >>> fit_geometric([1, 3])
    Geometric(p=0.5)
    """
    return Geometric(1 / float(_counts("fit_geometric", x, low=1).mean()))


def fit_poisson(x: ArrayLike) -> Poisson:
    """λ = mean.

    Raises:
        ShapeError, DomainError: x does not consist of integers ≥ 0, or all are 0.

    >>> fit_poisson([1, 3])
    Poisson(rate=2.0)
    """
    return Poisson(float(_counts("fit_poisson", x).mean()))


def fit_categorical(x: ArrayLike, K: int | None = None) -> Categorical:
    """p_k = the fraction of k; K is 1 + the largest number seen if it is not given.

    Raises:
        ShapeError, DomainError: x does not consist of integers 0 … K − 1, K ≤ 10⁶.

    >>> fit_categorical([0, 2, 2, 1])
    Categorical(p=(0.25, 0.25, 0.5))
    """
    if K is not None:
        K = integer("fit_categorical", "K", K, low=1, high=MOST_FACES)
    k = _counts("fit_categorical", x, high=(K or MOST_FACES) - 1).astype(np.intp)
    return Categorical(tuple((np.bincount(k, minlength=K or 0) / len(k)).tolist()))


def fit_uniform(x: ArrayLike) -> Uniform:
    """From the smallest to the largest: too narrow, by (n−1)/(n+1) on average.

    Raises:
        ShapeError, DomainError: x is not a list of finite numbers, or they are all equal.

    >>> fit_uniform([1, 4, 2])
    Uniform(low=1.0, high=4.0)
    """
    x = vector("fit_uniform", "x", x)
    require_varying("fit_uniform", "x", x)
    return Uniform(float(x.min()), float(x.max()))


def fit_normal(x: ArrayLike) -> Normal:
    """μ = mean, σ² = mean squared distance from it (over n: biased by (n−1)/n).

    Raises:
        ShapeError, DomainError: x is not a list of finite numbers, or they are all equal.

    >>> fit_normal([1, 3])
    Normal(mu=2.0, sigma=1.0)
    """
    x = vector("fit_normal", "x", x)
    require_varying("fit_normal", "x", x)
    found = centered(x)
    sigma = multiplied_back("fit_normal", "sigma", np.sqrt(found.variance()), found.exponent)
    return Normal(float(scale(found.mean, found.exponent)), float(sigma))


def fit_exponential(x: ArrayLike) -> Exponential:
    """λ = 1 / mean.

    Raises:
        ShapeError, DomainError: x does not consist of numbers ≥ 0, or all are 0.

    >>> fit_exponential([1, 3])
    Exponential(rate=0.5)
    """
    x = vector("fit_exponential", "x", x, low=0)
    require(x.any(), "fit_exponential", "a mean > 0", 0)
    x, e = scaled(x)
    return Exponential(float(multiplied_back("fit_exponential", "rate", 1 / x.mean(), -e)))


def fit_laplace(x: ArrayLike) -> Laplace:
    """μ = median, b = mean distance from it.

    Raises:
        ShapeError, DomainError: x is not a list of finite numbers, or they are all equal.

    >>> fit_laplace([1, 2, 6])
    Laplace(mu=2.0, b=1.6666666666666667)
    """
    x = vector("fit_laplace", "x", x)
    require_varying("fit_laplace", "x", x)
    x, e = scaled(x)
    mu = np.median(x)
    b = multiplied_back("fit_laplace", "b", np.abs(x - mu).mean(), e)
    return Laplace(float(scale(mu, e)), float(b))


def fit_multivariate_normal(X: ArrayLike) -> MultivariateNormal:
    """μ = mean, Σ = mean of (x − μ)(x − μ)ᵀ (over n), X (N, D).

    Raises:
        ShapeError: X is not (N, D).
        DomainError: not finite, or all points in one plane.

    >>> fit_multivariate_normal([[0, 0], [2, 0], [0, 2], [2, 2]]).covariance.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    X = matrix("fit_multivariate_normal", "X", X)
    mean, away, e = centered(X)
    S = away.T @ away / len(X)
    sigma = multiplied_back("fit_multivariate_normal", "covariance", S, np.add.outer(e, e))
    return MultivariateNormal(scale(mean, e), sigma)


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
"""The maximum-likelihood fit of a family, by its name; `fit_binomial` needs n as well."""


def fit(name: str, x: ArrayLike) -> AbstractDistribution:
    """The maximum-likelihood fit of a family: the last step, if it is an iteration.

    Raises:
        UnknownNameError: no such family.
        ShapeError, DomainError: x is not what the family can be fitted to.

    >>> fit("exponential", [1.0, 3.0])
    Exponential(rate=0.5)
    """
    if name not in FITS:
        raise unknown("family to fit", name, FITS)
    return FITS[name](x)


def _counts(where: str, x: ArrayLike, low: int = 0, high: int = 2**53) -> Array:
    x = vector(where, "x", x, low=low, high=high)
    wrong = x != np.floor(x)
    require(not wrong.any(), where, f"integers from {low} to {high} in x", x[wrong][:1])
    return x
