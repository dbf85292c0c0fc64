"""Kernel density: a normal bump on every datum; a point where the density is low is an anomaly.

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
from engine.moments import centered
from engine.probability.distribution import exponential
from engine.scaling import multiplied_back
from engine.validate import array, integer, matrix, require, scalar


def scott(X: ArrayLike) -> Array:
    """h = s N^(−1/(D+4)), s the standard deviations: right where the data are normal.

    Args:
        X: (N, D), N ≥ 2, no column constant.

    Returns:
        (D,).

    Raises:
        ShapeError, DomainError: X is not such a table of finite numbers.

    >>> scott([[0.0], [2.0]]).round(6).tolist()  # √2 · 2^(−1/5)
    [1.231144]

    Source: Scott 1992, equation 6.42.
    """
    X = matrix("scott", "X", X, least=2)
    found = centered(X)
    got = f"column {found.constant.argmax()} constant"
    require(not found.constant.any(), "scott", "columns that vary", got)
    h = np.sqrt(found.variance(ddof=1)) * len(X) ** (-1 / (X.shape[1] + 4))
    return multiplied_back("scott", "bandwidth", h, found.exponent)


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
        X = matrix("KernelDensity", "X", self.X)
        h = array("KernelDensity", "h", self.h, above=0)
        fits = h.shape in ((), X.shape[1:])
        require(fits, "KernelDensity", f"h of shape {X.shape[1:]}", h.shape, ShapeError)
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
        x = array("KernelDensity", "x", x, shape=("…", X.shape[1]), infinite=True)
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
            DomainError: x holds a NaN; a density above 1.8e308.

        >>> round(float(KernelDensity([[-1.0], [1.0]], 1.0).density([0.0])), 6)
        0.241971
        """
        return exponential("KernelDensity.density", self.log_density(x))

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

    def leave_one_out(self) -> Array:
        """ln f(xᵢ) with xᵢ itself left out, (N,): its mean is highest at a good bandwidth.

        Raises:
            DomainError: fewer than two points.

        >>> KernelDensity([[0.0], [0.0]], 1.0).leave_one_out().round(6).tolist()
        [-0.918939, -0.918939]

        Source: Silverman 1986, section 3.4.4.
        """
        X = np.asarray(self.X)
        require(len(X) > 1, "KernelDensity.leave_one_out", "at least 2 points", len(X))
        exponents = self._exponents(X)
        np.fill_diagonal(exponents, -np.inf)
        return _log_mean(exponents) + math.log(len(X) / (len(X) - 1))

    def threshold(self, fraction: float = 0.01) -> float:
        """The score above which the given fraction of the data lies, each judged by the others.

        Args:
            fraction: of false alarms among data of the same kind, in (0, 1).

        Raises:
            DomainError: fraction outside of (0, 1), or fewer than two points.

        >>> round(KernelDensity([[0.0], [0.0], [9.0]], 1.0).threshold(0.5), 6)
        1.612086
        """
        fraction = scalar("KernelDensity.threshold", "fraction", fraction, above=0, below=1)
        return float(np.quantile(-self.leave_one_out(), 1 - fraction))

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """n points: a datum drawn at random, plus noise of its bandwidth; (n, D).

        Raises:
            DomainError: n is not an integer ≥ 0.

        >>> KernelDensity([[0.0, 1.0]], 0.1).sample(3, rng=np.random.default_rng(0)).shape
        (3, 2)
        """
        n = integer("KernelDensity.sample", "n", n, low=0)
        X = np.asarray(self.X)
        z = rng.standard_normal((n, X.shape[1]))
        return np.asarray(X[rng.integers(0, len(X), n)] + np.asarray(self.h) * z)

    def _exponents(self, rows: Array) -> Array:
        """ln of each kernel at each row, (M, N)."""
        X, h = np.asarray(self.X), np.asarray(self.h)
        volume = float(np.log(h).sum()) + len(h) / 2 * math.log(2 * math.pi)
        with np.errstate(over="ignore"):  # so far out that the logarithm itself is −∞
            z = (rows[:, None] - X) / h  # (M, N, D)
            return np.asarray(-0.5 * (z**2).sum(axis=2) - volume)


def _log_mean(exponents: Array) -> Array:
    """ln of the mean of eˣ along the rows, without underflow; (M,) for (M, N)."""
    top = exponents.max(axis=1, keepdims=True)
    base = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):  # ln 0 is right where every exponent is −∞
        return np.asarray(np.log(np.exp(exponents - base).mean(axis=1)) + base[:, 0])
