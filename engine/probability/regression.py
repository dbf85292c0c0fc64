"""Bayesian linear regression: a belief about the weights, and so about what they predict.

y = X w + noise, noise ~ N(0, 1/β); before the data w ~ N(0, 1/α I). Afterwards w is normal again,

    S⁻¹ = α I + β XᵀX,    m = β S Xᵀy,

m is ridge regression's answer with λ = α/β, and a prediction at x has the mean m·x and the variance
1/β + xᵀ S x: noise, and ignorance, which grows away from the data.

Source: Bishop 2006, Pattern Recognition and Machine Learning, section 3.3.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import ShapeError
from engine.probability.domain import points, require, sample, whole


@dataclass(frozen=True, eq=False)
class LinearBelief:
    """A normal belief about the weights: `mean` (D,), `precision` (D, D) = S⁻¹, and β the noise's.

    `beta` is 1/variance of the noise of one datum. Made by `prior`, and made again by `update`.
    """

    mean: Array
    precision: Array
    beta: float

    @property
    def covariance(self) -> Array:
        """S, (D, D)."""
        return np.asarray(np.linalg.inv(self.precision))

    def update(self, X: ArrayLike, y: ArrayLike) -> "LinearBelief":
        """The belief after these data; in parts or at once is the same.

        Args:
            X: (N, D), one input a row, with a column of ones if there is to be a constant.
            y: (N,).

        Raises:
            ShapeError: shapes that do not fit.
            DomainError: not finite.

        >>> belief = prior(1, alpha=1.0, beta=1.0).update([[1.0], [1.0], [1.0]], [4.0, 4.0, 4.0])
        >>> belief.mean.round(9).tolist(), belief.covariance.round(9).tolist()
        ([3.0], [[0.25]])

        Source: Bishop 2006, equations 3.50 and 3.51.
        """
        X, y = self._inputs("update", X), sample("LinearBelief.update", "y", y, least=0)
        if len(y) != len(X):
            raise ShapeError(f"LinearBelief.update: expected {len(X)} numbers in y, got {len(y)}.")
        precision = self.precision + self.beta * X.T @ X
        pull = self.precision @ self.mean + self.beta * X.T @ y
        return LinearBelief(np.linalg.solve(precision, pull), precision, self.beta)

    def predict(self, X: ArrayLike) -> tuple[Array, Array]:
        """Mean and variance of y at each row of X.

        Args:
            X: (N, D).

        Returns:
            (N,) and (N,); the variance is ≥ 1/β.

        Raises:
            ShapeError: X does not have D columns.
            DomainError: not finite.

        >>> mean, variance = prior(1, alpha=1.0, beta=4.0).predict([[0.0], [2.0]])
        >>> mean.tolist(), variance.tolist()
        ([0.0, 0.0], [0.25, 4.25])

        Source: Bishop 2006, equations 3.58 and 3.59.
        """
        X = self._inputs("predict", X)
        doubt = (X * np.linalg.solve(self.precision, X.T).T).sum(axis=1)
        return X @ self.mean, 1 / self.beta + doubt

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """n weights drawn from the belief, (n, D): n lines that the data allow.

        Raises:
            DomainError: n < 0.

        >>> prior(2).sample(5, rng=np.random.default_rng(0)).shape
        (5, 2)
        """
        require(n >= 0, "LinearBelief.sample", "n ≥ 0", n)
        # With S⁻¹ = L Lᵀ, L⁻ᵀ z has the covariance S.
        L = np.linalg.cholesky(self.precision)
        z = rng.standard_normal((len(self.mean), n))
        return np.asarray(self.mean + np.linalg.solve(L.T, z).T)

    def _inputs(self, where: str, X: ArrayLike) -> Array:
        X = points(f"LinearBelief.{where}", "X", X, least=0)
        D = len(self.mean)
        if X.shape[1] != D:
            raise ShapeError(f"LinearBelief.{where}: expected X of shape (N, {D}), got {X.shape}.")
        return X


def prior(size: int, *, alpha: float = 1.0, beta: float = 1.0) -> LinearBelief:
    """What is believed before any data: all weights near 0.

    Args:
        size: D, whole, 1 ≤ D ≤ 10,000.
        alpha: the weights' precision, 1/variance, in (0, ∞).
        beta: the noise's precision, in (0, ∞).

    Raises:
        DomainError: an argument outside its domain.

    >>> prior(2, alpha=4.0).covariance.tolist()
    [[0.25, 0.0], [0.0, 0.25]]
    """
    require(whole(size) and 1 <= size <= 10_000, "prior", "whole 1 ≤ size ≤ 10000", size)
    require(0 < alpha < math.inf, "prior", "0 < alpha < ∞", alpha)
    require(0 < beta < math.inf, "prior", "0 < beta < ∞", beta)
    return LinearBelief(np.zeros(int(size)), alpha * np.eye(int(size)), beta)


def log_evidence(X: ArrayLike, y: ArrayLike, *, alpha: float = 1.0, beta: float = 1.0) -> float:
    """ln p(y | X, α, β) in nats: how well prior and noise foretold the data, to choose both.

    D/2 ln α + N/2 ln β − β/2 ‖y − Xm‖² − α/2 ‖m‖² + ½ ln det S − N/2 ln 2π.

    Args:
        X: (N, D).
        y: (N,).
        alpha, beta: as for `prior`.

    Raises:
        ShapeError, DomainError: as for `prior` and `update`.

    >>> round(log_evidence([[1.0]], [0.0]), 6)  # y ~ N(0, 2)
    -1.265512

    Source: Bishop 2006, equation 3.86.
    """
    X = points("log_evidence", "X", X, least=0)
    belief = prior(X.shape[1], alpha=alpha, beta=beta).update(X, y)
    m, error = belief.mean, np.asarray(y, dtype=np.float64) - X @ belief.mean
    N, D = X.shape
    fit = -beta / 2 * float(error @ error) - alpha / 2 * float(m @ m)
    volume = D * math.log(alpha) + N * math.log(beta / (2 * math.pi))
    log_det = float(np.linalg.slogdet(belief.precision)[1])
    return float(fit + (volume - log_det) / 2)
