"""Maximum likelihood by Newton's method, for the families whose fit has no formula.

The parameters are positive, so the steps are made in their logarithms. Data x are (N,).

Source: Minka 2000, Estimating a Dirichlet distribution; Minka 2002, Estimating a gamma
distribution.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.moments import require_varying
from engine.probability.distribution import AbstractDistribution
from engine.probability.shaped import Beta, ChiSquare, Gamma
from engine.probability.special import digamma, trigamma
from engine.scaling import multiplied_back, scaled
from engine.validate import array, require, vector

LIMIT = 100
"""The most steps."""

TINY = 1e-300

MOST_EVEN = 5.5e-9
"""The least ln mean − mean of ln x of a gamma distribution to fit; its shape is about ½ over it."""


def log_likelihood(law: AbstractDistribution, x: ArrayLike) -> float:
    """Σ ln f(xᵢ), in nats: how well a distribution explains the data; −∞ if it excludes one.

    Raises:
        ShapeError, DomainError: x is not a list of finite numbers.

    >>> from engine.probability import Uniform
    >>> log_likelihood(Uniform(0, 1), [0.2, 0.9])
    0.0
    """
    return float(np.sum(law.log_density(vector("log_likelihood", "x", x))))


@dataclass(frozen=True, slots=True)
class NewtonStep:
    """One step: the current distribution, its log-likelihood per datum in nats, and its slope.

    `slope` is the largest derivative by the logarithm of a parameter; at the maximum it is 0.
    `step` counts from 0, the first guess.
    """

    step: int
    law: AbstractDistribution
    log_likelihood: float
    slope: float


def gamma_steps(x: ArrayLike) -> Iterator[NewtonStep]:
    """Maximum-likelihood gamma: ln a − ψ(a) = ln mean − mean of ln x, and β = a / mean.

    Newton's method on ln a, from an approximation that is right to a hundredth.

    Args:
        x: (N,), all > 0 and not all equal.

    Raises:
        ShapeError, DomainError: x is not such a list.

    >>> *_, last = gamma_steps([1.0, 2.0, 3.0, 4.0])
    >>> last.step <= 6, last.slope < 1e-9, last.law.mean
    (True, True, 2.5)

    Source: Minka 2002, Estimating a gamma distribution, equations 8 and 9 (the start).
    """
    x = vector("gamma_steps", "x", x, above=0)
    require_varying("gamma_steps", "x", x)
    near_one, e = scaled(x)
    mean = float(near_one.mean())
    away = near_one / mean - 1
    # ln mean − mean of ln x, written so that numbers close to their mean do not cancel.
    near, logs = away - np.log1p(np.maximum(away, -0.5)), np.log(np.maximum(near_one, TINY))
    gap = float(np.where(away > -0.5, near, away + math.log(mean) - logs).mean())
    spread = f"{math.sqrt(2 * max(gap, 0)):.2g} of the mean"
    require(gap > MOST_EVEN, "gamma_steps", "a standard deviation above 1e-4 of the mean", spread)

    def slope(a: Array) -> tuple[Array, Array]:
        away = np.log(a) - digamma(a) - gap
        return a * away, a**2 * (1 / a - trigamma(a)) + a * away

    def law(a: list[float]) -> Gamma:
        return Gamma(a[0], float(multiplied_back("gamma_steps", "rate", a[0] / mean, -e)))

    start = (3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    return _newton(x, np.array([start]), slope, law)


def chi_square_steps(x: ArrayLike) -> Iterator[NewtonStep]:
    """The most likely degrees of freedom: ψ(k/2) = mean of ln(x/2).

    Args:
        x: (N,), all > 0.

    Raises:
        ShapeError, DomainError: x is not such a list.

    >>> *_, last = chi_square_steps([1.0, 2.0, 3.0, 4.0])
    >>> round(last.law.mean, 3)
    3.143
    """
    x = vector("chi_square_steps", "x", x, above=0)
    level = float(np.log(x / 2).mean())

    def slope(k: Array) -> tuple[Array, Array]:
        z = k / 2
        away = level - digamma(z)
        return z * away, z * away - z**2 * trigamma(z)

    return _newton(x, np.array([2 * np.exp(level) + 1]), slope, lambda k: ChiSquare(k[0]))


def beta_steps(x: ArrayLike) -> Iterator[NewtonStep]:
    """Maximum-likelihood beta: ψ(a) − ψ(a+b) = mean of ln x, and ψ(b) − ψ(a+b) = that of ln(1−x).

    Newton's method on ln a and ln b, from the distribution with the mean and variance of the data.

    Args:
        x: (N,), all in (0, 1) and not all equal.

    Raises:
        ShapeError, DomainError: x is not such a list.

    >>> *_, last = beta_steps([0.2, 0.4, 0.5, 0.7])
    >>> last.slope < 1e-9, round(last.law.mean, 2)
    (True, 0.45)
    """
    x = array("beta_steps", "x", x, shape=("N",), above=0, below=1)
    require(len(x) > 0, "beta_steps", "at least 1 number in x", 0)
    require_varying("beta_steps", "x", x)
    levels = np.array([np.log(x).mean(), np.log1p(-x).mean()])
    m, v = x.mean(), max(x.var(), TINY)

    def slope(ab: Array) -> tuple[Array, Array]:
        g = levels - digamma(ab) + digamma(ab.sum())
        H = np.full((2, 2), trigamma(ab.sum())) - np.diag(trigamma(ab))
        return ab * g, np.outer(ab, ab) * H + np.diag(ab * g)

    start = np.array([m, 1 - m]) * min(max(m * (1 - m) / v - 1, 0.1), 1e8)
    return _newton(x, start, slope, lambda ab: Beta(ab[0], ab[1]))


def _newton(
    x: Array, start: Array, slope: Callable[[Array], tuple[Array, Array]],
    law: Callable[[list[float]], AbstractDistribution],
) -> Iterator[NewtonStep]:  # fmt: skip
    """Newton's steps on the logarithms of the parameters, none longer than a factor e."""
    theta = np.asarray(start, dtype=np.float64)
    before = np.inf
    for step in range(LIMIT):
        g, H = slope(theta)
        now, steepest = law(theta.tolist()), float(np.abs(g).max())
        yield NewtonStep(step, now, log_likelihood(now, x) / len(x), steepest)
        H = np.asarray(H).reshape(len(theta), len(theta))
        curved = H - max(0.0, float(np.linalg.eigvalsh(H)[-1]) + 1e-9) * np.eye(len(theta))
        move = -np.linalg.solve(curved, g)
        moved = float(np.abs(move).max())
        # The steps square the error; when they stop shrinking they are rounding.
        if moved <= 1e-13 or before / 2 <= moved <= 1e-4:
            return
        before = moved
        theta = theta * np.exp(np.clip(move, -1, 1))
    raise DomainError(f"maximum likelihood: no maximum within {LIMIT} steps, slope {steepest:g}.")
