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
from engine.scaling import exponent, multiplied_back, scale, scaled
from engine.validate import array, integer, matrix, scalar, vector


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
        X, where = self._inputs("update", X), "LinearBelief.update"
        y = vector(where, "y", y, size=len(X), least=0)
        # X · 2⁻ᵉ and y · 2⁻ᶠ: their products cannot overflow, only what is multiplied back.
        (X, e), f = scaled(X), max(exponent(y), exponent(self.mean))
        gram = multiplied_back(where, "βXᵀX", self.beta * (X.T @ X), 2 * e)
        precision = self.precision + gram
        right = self.beta * (X.T @ scale(y, -f))
        pull = self.precision @ scale(self.mean, -f) + scale(right, e)
        array(where, "posterior precision", precision)
        mean = np.linalg.solve(precision, array(where, "βXᵀy", pull))
        return LinearBelief(multiplied_back(where, "mean", mean, f), precision, self.beta)

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
        where, (Z, e), (mean, f) = "LinearBelief.predict", scaled(X), scaled(self.mean)
        doubt = (Z * np.linalg.solve(self.precision, Z.T).T).sum(axis=1)
        variance = 1 / self.beta + scale(doubt, 2 * e)
        prediction = multiplied_back(where, "prediction", Z @ mean, e + f)
        return prediction, array(where, "predictive variance", variance)

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """n weights drawn from the belief, (n, D): n lines that the data allow.

        Raises:
            DomainError: n is not an integer ≥ 0.

        >>> prior(2).sample(5, rng=np.random.default_rng(0)).shape
        (5, 2)
        """
        n = integer("LinearBelief.sample", "n", n, low=0)
        # With S⁻¹ = L Lᵀ, L⁻ᵀ z has the covariance S.
        L = np.linalg.cholesky(self.precision)
        z = rng.standard_normal((len(self.mean), n))
        return np.asarray(self.mean + np.linalg.solve(L.T, z).T)

    def _inputs(self, where: str, X: ArrayLike) -> Array:
        return matrix(f"LinearBelief.{where}", "X", X, least=0, columns=len(self.mean))


def prior(size: int, *, alpha: float = 1.0, beta: float = 1.0) -> LinearBelief:
    """What is believed before any data: all weights near 0.

    Args:
        size: D, an integer, 1 ≤ D ≤ 10,000.
        alpha: the weights' precision, 1/variance, in (0, ∞).
        beta: the noise's precision, in (0, ∞).

    Raises:
        DomainError: an argument outside its domain.

    >>> prior(2, alpha=4.0).covariance.tolist()
    [[0.25, 0.0], [0.0, 0.25]]
    """
    size = integer("prior", "size", size, low=1, high=10_000)
    alpha = scalar("prior", "alpha", alpha, above=0)
    beta = scalar("prior", "beta", beta, above=0)
    return LinearBelief(np.zeros(size), alpha * np.eye(size), beta)


def log_evidence(X: ArrayLike, y: ArrayLike, *, alpha: float = 1.0, beta: float = 1.0) -> float:
    """ln p(y | X, α, β) in nats: how well prior and noise predicted the data, to choose both.

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
    where, X = "log_evidence", matrix("log_evidence", "X", X, least=0)
    belief = prior(X.shape[1], alpha=alpha, beta=beta).update(X, y)
    N, D = X.shape
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below
        error = np.asarray(y, dtype=np.float64) - X @ belief.mean
        squares = beta / 2 * error @ error + alpha / 2 * belief.mean @ belief.mean
    fit = -scalar(where, "sum of squares", squares)
    volume = D * math.log(alpha) + N * math.log(beta / (2 * math.pi))
    log_det = float(np.linalg.slogdet(belief.precision)[1])
    return float(fit + (volume - log_det) / 2)
