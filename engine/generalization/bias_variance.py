"""Bias and variance: wrong on average, or wrong in a different way each time.

Over many training sets the squared error of a prediction f̂(x) has three parts,

    E (y − f̂)² = (E f̂ − f)² + Var f̂ + σ² = bias² + variance + noise.

A rigid learner has bias, a flexible one variance; more data reduce only the second.

A learner takes the training data x (N,) and y (N,) and returns what it predicts as a function of
inputs (M,).

Sources: Geman, Bienenstock & Doursat 1992; Hastie, Tibshirani & Friedman 2009, section 7.3.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.generalization.ridge import ridge
from engine.scaling import exponent, multiplied_back, scale
from engine.validate import integer, require, same_shape, scalar, vector

Prediction = Callable[[Array], Array]
Learner = Callable[[Array, Array], Prediction]


@dataclass(frozen=True, slots=True, eq=False)
class BiasVariance:
    """Estimates from `sets` training sets, at each test input (M,).

    `bias2` is unbiased itself, so that it may fall below 0 by chance; `error` is measured, on fresh
    noisy targets, and agrees with bias2 + variance + noise by theory only. `prediction` is the
    latest one, `average` the mean of all.
    """

    sets: int
    x: Array
    prediction: Array
    average: Array
    bias2: Array
    variance: Array
    noise: float
    error: Array


def bias_variance_steps(
    learner: Learner, truth: Callable[[Array], Array], inputs: ArrayLike, x: ArrayLike, *,
    sigma: float, sets: int, rng: np.random.Generator,
) -> Iterator[BiasVariance]:  # fmt: skip
    """Train on one noisy set after another, with the same inputs, and keep running averages.

    Args:
        learner: see the top of this module.
        truth: f, inputs (N,) to values (N,).
        inputs: (N,), where there are training data: y = f + σ · noise.
        x: (M,), where the prediction is looked at.
        sigma: standard deviation of the noise, in [0, ∞).
        sets: how many training sets, an integer ≥ 2.
        rng: draws the noise.

    Returns:
        A record from the second set on; the last is the answer.

    Raises:
        ShapeError: a prediction or the truth has another shape than its inputs.
        DomainError: an argument outside its domain; a prediction that is not finite.

    >>> mean = lambda x, y: lambda new: np.full(len(new), y.mean())
    >>> chance = np.random.default_rng(0)
    >>> found = bias_variance(mean, np.sign, [-1.0, 1.0], [1.0], sigma=0.0, sets=2, rng=chance)
    >>> found.bias2.tolist(), found.variance.tolist()  # 0 where it should be 1, each time
    ([1.0], [0.0])

    Source: Hastie, Tibshirani & Friedman 2009, equation 7.9; Welford 1962 for the running sums.
    """
    where = "bias_variance"
    inputs, x = vector(where, "inputs", inputs), vector(where, "x", x)
    sigma = scalar(where, "sigma", sigma, low=0)
    sets = integer(where, "sets", sets, low=2)
    f, target = _values("truth", truth, inputs), _values("truth", truth, x)
    return _bias_variance_steps(learner, inputs, f, x, target, sigma, sets, rng)


def _bias_variance_steps(
    learner: Learner, inputs: Array, f: Array, x: Array, target: Array,
    sigma: float, sets: int, rng: np.random.Generator,
) -> Iterator[BiasVariance]:  # fmt: skip
    average, spread, error = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
    e = max(exponent(f), exponent(target), exponent(sigma))  # the unit of all sums of squares
    target, sigma = scale(target, -e), float(scale(sigma, -e))

    def back(name: str, square: ArrayLike) -> Array:
        return multiplied_back("bias_variance", name, square, 2 * e)

    for n in count(1):
        y = f + scale(sigma * rng.standard_normal(len(f)), e)
        guess = scale(_values("prediction", learner(inputs.copy(), y), x), -e)
        before = guess - average
        average = average + before / n
        spread = spread + before * (guess - average)
        fresh = target + sigma * rng.standard_normal(len(x))
        error = error + ((fresh - guess) ** 2 - error) / n
        if n == 1:
            continue
        variance = spread / (n - 1)
        bias2 = (average - target) ** 2 - variance / n  # the mean of n guesses scatters too
        yield BiasVariance(
            n, x.copy(), scale(guess, e), scale(average, e), back("bias²", bias2),
            back("variance", variance), float(back("noise", sigma * sigma)), back("error", error),
        )  # fmt: skip
        if n == sets:
            return


def bias_variance(
    learner: Learner, truth: Callable[[Array], Array], inputs: ArrayLike, x: ArrayLike, *,
    sigma: float, sets: int, rng: np.random.Generator,
) -> BiasVariance:  # fmt: skip
    """Bias², variance, noise: the last record of `bias_variance_steps`.

    >>> learner, chance = neighbors_fit(1), np.random.default_rng(0)
    >>> x = np.linspace(0, 1, 9)
    >>> found = bias_variance(learner, np.sin, x, x, sigma=1.0, sets=3, rng=chance)
    >>> found.variance.shape, found.noise
    ((9,), 1.0)
    """
    *_, answer = bias_variance_steps(learner, truth, inputs, x, sigma=sigma, sets=sets, rng=rng)
    return answer


def polynomial_fit(degree: int, penalty: float = 0.0) -> Learner:
    """A learner of polynomials, by least squares on Legendre's, which keep apart on an interval.

    Args:
        degree: an integer, 0 ≤ degree ≤ 1000, below the number of data unless there is a penalty.
        penalty: λ of ridge on all but the constant, in [0, ∞).

    Raises:
        DomainError: an argument outside its domain; when learning, too few different inputs.

    >>> line = polynomial_fit(1)(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]))
    >>> line(np.array([3.0])).round(9).tolist()
    [7.0]

    Source: Bishop 2006, section 1.1; Trefethen 2019, Approximation Theory and Practice, chapter 17.
    """
    degree = integer("polynomial_fit", "degree", degree, low=0, high=1000)
    penalty = scalar("polynomial_fit", "penalty", penalty, low=0)
    price = np.where(np.arange(degree + 1) > 0, penalty, 0.0)

    def learn(x: Array, y: Array) -> Prediction:
        e, f = exponent(x), exponent(y)
        low, high = (float(scale(end, -e)) for end in (x.min(), x.max()))

        def table(new: Array) -> Array:
            z = (2 * scale(new, -e) - (low + high)) / (high - low or 1.0)
            return np.asarray(np.polynomial.legendre.legvander(z, degree))

        w = ridge(table(x), scale(y, -f), price).w
        return lambda new: scale(table(new) @ w, f)

    return learn


def neighbors_fit(k: int) -> Learner:
    """A learner that answers with the mean of the k nearest data: variance σ²/k.

    Args:
        k: an integer ≥ 1, at most the number of data; of equally near ones the first come first.

    Raises:
        DomainError: an argument outside its domain; when learning, fewer than k data.

    >>> nearest = neighbors_fit(2)(np.array([0.0, 1.0, 5.0]), np.array([1.0, 3.0, 9.0]))
    >>> nearest(np.array([0.4])).tolist()
    [2.0]

    Source: Hastie, Tibshirani & Friedman 2009, equation 7.10.
    """
    k = integer("neighbors_fit", "k", k, low=1)

    def learn(x: Array, y: Array) -> Prediction:
        same_shape("neighbors_fit", "x and y", x, y)
        require(k <= len(x), "neighbors_fit", f"k ≤ {len(x)}, the number of data", k)

        def predict(new: Array) -> Array:
            far = np.abs(new[:, None] / 2 - x / 2)  # (M, N), halved so that none overflows
            return np.asarray(y[np.argsort(far, axis=1, kind="stable")[:, :k]].mean(axis=1))

        return predict

    return learn


def _values(name: str, f: Callable[[Array], Array], x: Array) -> Array:
    values = np.array(f(x.copy()), dtype=np.float64)
    if values.shape != x.shape:
        raise ShapeError(f"bias_variance: expected {name} {x.shape}, got {values.shape}.")
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        at = wrong[0]
        raise DomainError(
            f"bias_variance: expected a finite {name}, got {values[at]} at x = {x[at]:g}."
        )
    return values
