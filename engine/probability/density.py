"""Kernel density: a little normal hill on every datum, and where there is none, an anomaly.

Data are (N, D), one point a row; a bandwidth h is (D,), one for each coordinate, in its unit.

Source: Silverman 1986, Density Estimation for Statistics and Data Analysis; Scott 1992,
Multivariate Density Estimation.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import ShapeError
from engine.probability.domain import numbers, points, require, whole


def scott(X: ArrayLike) -> Array:
    """h = s N^(−1/(D+4)), s the standard deviations: right where the data are normal.

    Args:
        X: (N, D), N ≥ 2, no column constant.

    Returns:
        (D,).

    Raises:
        ShapeError, DomainError: X is no such table of finite numbers.

    >>> scott([[0.0], [2.0]]).round(6).tolist()  # √2 · 2^(−1/5)
    [1.231144]

    Source: Scott 1992, equation 6.42.
    """
    X = points("scott", "X", X, least=2)
    spread = X.std(axis=0, ddof=1)
    require(spread.min() > 0, "scott", "columns that vary", f"column {spread.argmin()} constant")
    return np.asarray(spread * len(X) ** (-1 / (X.shape[1] + 4)))


@dataclass(frozen=True, eq=False)
class KernelDensity:
    """f(x) = 1/N Σᵢ Π_d N(x_d; xᵢ_d, h_d²): data X (N, D) smoothed by h (D,) or one number for all.

    Args:
        X: (N, D), finite, N ≥ 1.
        h: each in (0, ∞).

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: an argument outside its domain.

    >>> smooth = KernelDensity([[0.0]], 1.0)
    >>> round(float(smooth.density([0.0])), 6)
    0.398942
    """

    X: ArrayLike
    h: ArrayLike

    def __post_init__(self) -> None:
        X = points("KernelDensity", "X", self.X)
        h = numbers("KernelDensity", "h", self.h)
        if h.shape not in ((), X.shape[1:]):
            raise ShapeError(f"KernelDensity: expected h of shape {X.shape[1:]}, got {h.shape}.")
        good = bool(((h > 0) & (h < np.inf)).all())
        require(good, "KernelDensity", "0 < h < ∞", h.tolist())
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "h", np.broadcast_to(h, X.shape[1:]))

    def log_density(self, x: ArrayLike) -> Array:
        """ln f(x), (…) for x (…, D); far out, where f is 0 to a computer, it still tells how far.

        Raises:
            ShapeError: another last axis.
            DomainError: x holds a NaN.

        >>> round(float(KernelDensity([[0.0]], 1.0).log_density([100.0])), 6)
        -5000.918939
        """
        X = np.asarray(self.X)
        x = numbers("KernelDensity", "x", x)
        if x.ndim < 1 or x.shape[-1] != X.shape[1]:
            raise ShapeError(
                f"KernelDensity: expected x of shape (…, {X.shape[1]}), got {x.shape}."
            )
        rows = x.reshape(-1, X.shape[1])
        log = np.empty(len(rows))
        part = max(1, 2**20 // X.size)  # 8 MB of differences at a time
        for first in range(0, len(rows), part):
            log[first : first + part] = _log_mean(self._exponents(rows[first : first + part]))
        return log.reshape(x.shape[:-1])[()]

    def density(self, x: ArrayLike) -> Array:
        """f(x), (…) for x (…, D).

        Raises:
            ShapeError: another last axis.
            DomainError: x holds a NaN.

        >>> round(float(KernelDensity([[-1.0], [1.0]], 1.0).density([0.0])), 6)
        0.241971
        """
        return np.asarray(np.exp(self.log_density(x)))[()]

    def score(self, x: ArrayLike) -> Array:
        """−ln f(x) in nats: how surprising a point is, high for an anomaly.

        Raises:
            ShapeError: another last axis.
            DomainError: x holds a NaN.

        >>> smooth = KernelDensity([[0.0], [0.1], [0.2]], 0.1)
        >>> bool(smooth.score([5.0]) > smooth.score([0.1]))
        True
        """
        return np.asarray(-self.log_density(x))[()]

    def left_out(self) -> Array:
        """ln f(xᵢ) with xᵢ itself left out, (N,): its mean is highest at a good bandwidth.

        Raises:
            DomainError: fewer than two points.

        >>> KernelDensity([[0.0], [0.0]], 1.0).left_out().round(6).tolist()
        [-0.918939, -0.918939]

        Source: Silverman 1986, section 3.4.4.
        """
        X = np.asarray(self.X)
        require(len(X) > 1, "KernelDensity.left_out", "at least 2 points", len(X))
        exponents = self._exponents(X)
        np.fill_diagonal(exponents, -np.inf)
        return _log_mean(exponents) + math.log(len(X) / (len(X) - 1))

    def threshold(self, share: float = 0.01) -> float:
        """The score above which the given share of the data lie, each judged by the others.

        Args:
            share: of false alarms among data of the same kind, in (0, 1).

        Raises:
            DomainError: share outside of (0, 1), or fewer than two points.

        >>> round(KernelDensity([[0.0], [0.0], [9.0]], 1.0).threshold(0.5), 6)
        1.612086
        """
        require(0 < share < 1, "KernelDensity.threshold", "0 < share < 1", share)
        return float(np.quantile(-self.left_out(), 1 - share))

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """n points: a datum drawn, and moved by its hill; (n, D).

        Raises:
            DomainError: n is negative or not whole.

        >>> KernelDensity([[0.0, 1.0]], 0.1).sample(3, rng=np.random.default_rng(0)).shape
        (3, 2)
        """
        require(whole(n) and n >= 0, "KernelDensity.sample", "a whole n ≥ 0", n)
        X = np.asarray(self.X)
        z = rng.standard_normal((n, X.shape[1]))
        return np.asarray(X[rng.integers(0, len(X), n)] + np.asarray(self.h) * z)

    def _exponents(self, rows: Array) -> Array:
        """ln of each hill at each row, (M, N)."""
        X, h = np.asarray(self.X), np.asarray(self.h)
        z = (rows[:, None] - X) / h  # (M, N, D)
        volume = float(np.log(h * math.sqrt(2 * math.pi)).sum())
        return np.asarray(-0.5 * (z**2).sum(axis=2) - volume)


def _log_mean(exponents: Array) -> Array:
    """ln of the mean of eˣ along the rows, without underflow; (M,) for (M, N)."""
    top = exponents.max(axis=1, keepdims=True)
    return np.asarray(np.log(np.exp(exponents - top).mean(axis=1)) + top[:, 0])
