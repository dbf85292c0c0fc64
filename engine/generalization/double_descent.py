"""Double descent: the error peaks where the weights are as many as the data, and falls again.

y = x·w + σ ε with x ~ N(0, I_D), ‖w‖ = r, and the ŵ of least length that fits N data best. Its
risk E (x·ŵ − x·w)² = E ‖ŵ − w‖² is, with γ = D/N,

    γ < 1:  σ² D/(N − D − 1)                     →  σ² γ/(1 − γ)                  all variance
    γ > 1:  r² (1 − N/D) + σ² N/(D − N − 1)      →  r² (1 − 1/γ) + σ²/(γ − 1)     bias + variance

on the left for any N, on the right for N → ∞. At D = N there is just one fit, through every error;
beyond, of many fits the shortest is taken.

Sources: Belkin, Hsu & Xu 2020, Two models of double descent for weak features, theorem 1; Hastie,
Montanari, Rosset & Tibshirani 2022, Surprises in high-dimensional ridgeless least squares
interpolation, theorem 1.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.scaling import multiplied_back, scaled
from engine.validate import integer, matrix, scalar, vector


class Risk(NamedTuple):
    """Bias² and variance of a prediction, in the squared unit of y; ∞ where there is no mean."""

    bias2: float
    variance: float


@dataclass(frozen=True, slots=True)
class Width:
    """D weights on N data, γ = D/N: the risk, measured and predicted.

    `risk` is the mean of ‖ŵ − w‖² over the repeats, `standard_error` its own; near γ = 1 both are
    large and unsteady. `bias2` and `variance` are `gaussian_risk`'s.
    """

    weights: int
    gamma: float
    risk: float
    standard_error: float
    bias2: float
    variance: float


def isotropic_risk(gamma: float, *, sigma: float = 1.0, r: float = 1.0) -> Risk:
    """The risk of least squares with γ weights for each datum, of which there are very many.

    Args:
        gamma: D/N in (0, ∞).
        sigma: of the noise, in [0, ∞).
        r: ‖w‖, in [0, ∞).

    Raises:
        DomainError: an argument outside its domain.

    >>> isotropic_risk(0.5), isotropic_risk(2.0)
    (Risk(bias2=0.0, variance=1.0), Risk(bias2=0.5, variance=1.0))

    Source: Hastie, Montanari, Rosset & Tibshirani 2022, theorem 1.
    """
    gamma = scalar("isotropic_risk", "gamma", gamma, above=0)
    distance = abs(1 - gamma)
    per_noise = (min(gamma, 1) / distance) if distance else math.inf
    return _risk("isotropic_risk", sigma, r, max(0.0, 1 - 1 / gamma), per_noise)


def gaussian_risk(n: int, weights: int, *, sigma: float = 1.0, r: float = 1.0) -> Risk:
    """The risk of least squares with so many weights on n data, exactly.

    Args:
        n: N, an integer ≥ 1.
        weights: D, an integer ≥ 1. At N − 1, N and N + 1 the variance has no mean.
        sigma, r: as for `isotropic_risk`.

    Raises:
        DomainError: an argument outside its domain.

    >>> gaussian_risk(21, 10), gaussian_risk(10, 21).variance
    (Risk(bias2=0.0, variance=1.0), 1.0)

    Source: Belkin, Hsu & Xu 2020, theorem 1 with all features taken.
    """
    n = integer("gaussian_risk", "n", n, low=1)
    weights = integer("gaussian_risk", "weights", weights, low=1)
    apart = abs(weights - n) - 1
    per_noise = min(n, weights) / apart if apart > 0 else math.inf
    return _risk("gaussian_risk", sigma, r, max(0.0, 1 - n / weights), per_noise)


def _risk(where: str, sigma: float, r: float, per_signal: float, per_noise: float) -> Risk:
    """r² and σ² times their factors; no noise has no variance, even where the factor is ∞."""
    s, e = scaled(np.asarray(scalar(where, "sigma", sigma, low=0)))
    length, f = scaled(np.asarray(scalar(where, "r", r, low=0)))
    bias2 = multiplied_back(where, "bias²", per_signal * float(length * length), 2 * f)
    if math.isinf(per_noise):
        return Risk(float(bias2), math.inf if s else 0.0)
    variance = multiplied_back(where, "variance", per_noise * float(s * s), 2 * e)
    return Risk(float(bias2), float(variance))


def minimum_norm(X: ArrayLike, y: ArrayLike) -> Array:
    """Of all w with least ‖y − X w‖ the shortest: where descent from 0 ends.

    Args:
        X: (N, D), N ≥ 1, of any rank.
        y: (N,).

    Returns:
        (D,).

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: not finite.

    >>> minimum_norm([[1.0, 1.0]], [2.0]).round(9).tolist()
    [1.0, 1.0]

    Source: Golub & Van Loan 2013, section 5.5.1.
    """
    X = matrix("minimum_norm", "X", X)
    y = vector("minimum_norm", "y", y, size=len(X))
    (X, e), (y, f) = scaled(X), scaled(y)
    w = np.linalg.lstsq(X, y, rcond=None)[0]
    return multiplied_back("minimum_norm", "w", w, f - e)


def double_descent_steps(
    n: int, widths: Sequence[int], *, sigma: float = 1.0, r: float = 1.0, repeats: int = 20,
    rng: np.random.Generator,
) -> Iterator[Width]:  # fmt: skip
    """Measure the risk at one width after the other, on fresh data each time.

    Args:
        n: data, an integer ≥ 2.
        widths: numbers of weights D, integers ≥ 1.
        sigma, r: as for `isotropic_risk`.
        repeats: training sets for each width, an integer ≥ 2.
        rng: draws w, X and the noise.

    Returns:
        A record for each width.

    Raises:
        DomainError: an argument outside its domain.

    >>> chance = np.random.default_rng(0)
    >>> for found in double_descent_steps(50, [10, 40, 200], rng=chance):
    ...     print(found.weights, round(found.risk, 1), round(found.bias2 + found.variance, 1))
    10 0.2 0.3
    40 4.1 4.4
    200 1.1 1.1

    Source: Hastie, Montanari, Rosset & Tibshirani 2022, figure 2.
    """
    where = "double_descent_steps"
    n, repeats = integer(where, "n", n, low=2), integer(where, "repeats", repeats, low=2)
    sizes = [integer(where, "width", D, low=1) for D in widths]
    sigma, r = scalar(where, "sigma", sigma, low=0), scalar(where, "r", r, low=0)
    return (_width(n, D, sigma, r, repeats, rng) for D in sizes)


def _width(n: int, D: int, sigma: float, r: float, repeats: int, rng: np.random.Generator) -> Width:
    theory = gaussian_risk(n, D, sigma=sigma, r=r)
    (r, sigma), e = scaled(np.array([r, sigma]))
    risks = np.empty(repeats)
    for i in range(repeats):
        w = rng.standard_normal(D)
        w *= r / np.linalg.norm(w)
        X = rng.standard_normal((n, D))
        y = X @ w + sigma * rng.standard_normal(n)
        risks[i] = np.square(minimum_norm(X, y) - w).sum()
    measured = [risks.mean(), risks.std(ddof=1) / math.sqrt(repeats)]
    risk, error = multiplied_back("double_descent_steps", "risk", measured, 2 * e).tolist()
    return Width(D, D / n, risk, error, *theory)
