"""The multivariate normal distribution: density, ellipses, marginals and conditionals.

Source: Bishop 2006, Pattern Recognition and Machine Learning, section 2.3.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.probability.distribution import exponential
from engine.probability.orthant import (
    CdfEstimate,
    bivariate_cdf,
    multivariate_cdf,
)
from engine.probability.shaped import ChiSquare
from engine.scaling import exponent, scale, scaled
from engine.validate import array, integer, require, scalar, symmetric, vector


@dataclass(frozen=True, eq=False)
class MultivariateNormal:
    """A cloud of points with a mean and a covariance; its contours of equal density are ellipses.

    ln f(x) = −½ (x − μ)ᵀ Σ⁻¹ (x − μ) − ½ ln det Σ − D/2 · ln 2π.

    Args:
        mu: (D,), finite.
        sigma: (D, D), symmetric and positive definite.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: not finite, not symmetric, or not positive definite.

    >>> cloud = MultivariateNormal([0.0, 0.0], [[2.0, 1.0], [1.0, 2.0]])
    >>> round(float(cloud.density([0.0, 0.0])), 6)  # 1/(2π √3)
    0.091888
    """

    mu: ArrayLike
    sigma: ArrayLike
    factor: Array = field(init=False, repr=False)
    """The Cholesky factor L, L Lᵀ = Σ: it maps standard normal points to these."""

    def __post_init__(self) -> None:
        mu = vector("MultivariateNormal", "mu", self.mu)
        sigma = symmetric("MultivariateNormal", "sigma", self.sigma)
        fits = len(sigma) == len(mu)
        expected = f"sigma of shape {(len(mu),) * 2}"
        require(fits, "MultivariateNormal", expected, sigma.shape, ShapeError)
        try:
            factor = _cholesky(sigma)
        except np.linalg.LinAlgError:
            S, e = scaled(sigma)
            lowest = float(scale(np.linalg.eigvalsh(S)[0], e))
            raise DomainError(
                "MultivariateNormal: expected a positive definite sigma, got one with the "
                f"eigenvalue {lowest:g}. Add a little to its diagonal."
            ) from None
        object.__setattr__(self, "mu", mu)
        object.__setattr__(self, "sigma", sigma)
        object.__setattr__(self, "factor", factor)

    @property
    def mean(self) -> Array:
        """μ, (D,)."""
        return np.asarray(self.mu)

    @property
    def covariance(self) -> Array:
        """Σ, (D, D)."""
        return np.asarray(self.sigma)

    def distance(self, x: ArrayLike) -> Array:
        """Mahalanobis' distance √((x − μ)ᵀ Σ⁻¹ (x − μ)), in standard deviations.

        Its square is chi-square with D degrees of freedom.

        Args:
            x: (…, D).

        Returns:
            (…), ∞ where a coordinate is beyond 1e150.

        Raises:
            ShapeError: another last axis.
            DomainError: x holds a NaN.

        >>> float(MultivariateNormal([0, 0], [[4, 0], [0, 1]]).distance([4.0, 0.0]))
        2.0
        """
        x = self._points("distance", x)
        rows = (x - self.mean).reshape(-1, x.shape[-1])
        size = np.abs(rows).max(axis=1)
        scale = np.where((size > 0) & (size < math.inf), size, 1)  # else a square might overflow
        unit = np.where(size[:, None] < math.inf, rows / scale[:, None], 0)
        z = np.linalg.solve(self.factor, unit.T)  # (D, N)
        most = np.maximum(np.abs(z).max(axis=0), 1e-300)
        with np.errstate(over="ignore"):
            away = scale * most * np.sqrt(((z / most) ** 2).sum(axis=0))
        away[size == math.inf] = math.inf
        return np.asarray(away.reshape(x.shape[:-1]))[()]

    def log_density(self, x: ArrayLike) -> Array:
        """ln f(x), (…) for x (…, D).

        Raises:
            ShapeError: another last axis.
            DomainError: x holds a NaN.

        >>> round(float(MultivariateNormal([0], [[1]]).log_density([0.0])), 6)
        -0.918939
        """
        log_volume = np.log(np.diag(self.factor)).sum() + len(self.mean) / 2 * math.log(2 * math.pi)
        with np.errstate(over="ignore"):
            return np.asarray(-0.5 * self.distance(x) ** 2 - log_volume)[()]

    def density(self, x: ArrayLike) -> Array:
        """f(x), (…) for x (…, D).

        Raises:
            ShapeError: another last axis.
            DomainError: x holds a NaN.

        >>> round(float(MultivariateNormal([0], [[1]]).density([0.0])), 6)
        0.398942
        """
        return exponential("MultivariateNormal.density", self.log_density(x))

    def radius(self, p: float) -> float:
        """r with P(distance ≤ r) = p: the ellipse of probability p; √(−2 ln(1 − p)) for D = 2.

        Args:
            p: in [0, 1].

        Raises:
            DomainError: p outside of [0, 1].

        >>> round(MultivariateNormal([0, 0], [[1, 0], [0, 1]]).radius(0.95), 6)
        2.447747
        """
        p = scalar("MultivariateNormal.radius", "p", p, low=0, high=1)
        return math.sqrt(float(ChiSquare(len(self.mean)).quantile(p)))

    def cdf(self, x: ArrayLike) -> Array:
        """F(x) = P(Xᵢ ≤ xᵢ for all i), (…) for x (…, D), where no more than two xᵢ are below ∞.

        Several numbers have no quantile; `radius` comes nearest to one.

        Raises:
            ShapeError: another last axis.
            DomainError: three limits or more: `cdf_estimate` draws them; NaN.

        >>> cloud = MultivariateNormal([0, 0], [[1, 0.5], [0.5, 1]])
        >>> round(float(cloud.cdf([0, 0])), 9)  # 1/4 + arcsin ρ / 2π
        0.333333333

        Source: Genz 2004, equation 2.
        """
        x = self._points("cdf", x)
        rows = x.reshape(-1, x.shape[-1])
        found = [self._below(row) for row in rows]
        return np.array(found).reshape(x.shape[:-1])[()]

    def cdf_estimate(
        self, x: ArrayLike, *, rng: np.random.Generator, points: int = 16_384
    ) -> CdfEstimate:
        """F(x) in any number of dimensions, by draws where there are three limits or more.

        Args:
            x: (D,).
            rng, points: as for `engine.probability.orthant.multivariate_cdf`.

        Returns:
            The probability and its standard error.

        Raises:
            ShapeError: another shape.
            DomainError: an argument outside its domain.

        >>> cloud, chance = MultivariateNormal([0, 0, 0], np.eye(3)), np.random.default_rng(0)
        >>> round(cloud.cdf_estimate([0, 0, 0], rng=chance).value, 6)
        0.125
        """
        x = self._points("cdf_estimate", x)
        expected = f"x of shape ({len(self.mean)},)"
        require(x.ndim == 1, "MultivariateNormal.cdf_estimate", expected, x.shape, ShapeError)
        bounded = np.flatnonzero(x < math.inf)
        if len(bounded) <= 2:
            return CdfEstimate(self._below(x), 0.0, 0)
        return multivariate_cdf(
            (x - self.mean)[bounded], self.covariance[np.ix_(bounded, bounded)],
            rng=rng, points=points,
        )  # fmt: skip

    def _points(self, where: str, x: ArrayLike) -> Array:
        shape = ("…", len(self.mean))
        return array(f"MultivariateNormal.{where}", "x", x, shape=shape, infinite=True)

    def _below(self, x: Array) -> float:
        """F at one point (D,) with at most two limits: the others are integrated away."""
        bounded = np.flatnonzero(x < math.inf)
        some = len(bounded) <= 2
        where = "MultivariateNormal.cdf"
        require(some, where, "at most 2 limits below ∞ (else cdf_estimate)", len(bounded))
        with np.errstate(over="ignore"):
            z = ((x - self.mean) / np.sqrt(np.diag(self.covariance)))[bounded]
        h, k = [*z.tolist(), math.inf, math.inf][:2]
        if len(bounded) < 2:
            return bivariate_cdf(h, k, 0.0)
        part = self.covariance[np.ix_(bounded, bounded)]
        rho = float(part[0, 1] / math.sqrt(part[0, 0]) / math.sqrt(part[1, 1]))
        return bivariate_cdf(h, k, min(1.0, max(-1.0, rho)))

    def marginal(self, coordinates: Sequence[int]) -> "MultivariateNormal":
        """The marginal distribution of some coordinates, in that order.

        Args:
            coordinates: numbers from 0 to D − 1, at least one, each once.

        Raises:
            DomainError: not such coordinates.

        >>> MultivariateNormal([1, 2], [[1, 0], [0, 9]]).marginal([1]).covariance.tolist()
        [[9.0]]

        Source: Bishop 2006, equation 2.98.
        """
        size, where = len(self.mean), "MultivariateNormal.marginal"
        asked = array(where, "coordinates", coordinates, infinite=True)
        good = asked.ndim == 1 and 0 < asked.size == len(np.unique(asked))
        good = good and bool(np.isin(asked, np.arange(size)).all())
        require(good, where, f"coordinates from 0 to {size - 1}, each once", coordinates)
        chosen = asked.astype(np.intp)
        return MultivariateNormal(self.mean[chosen], self.covariance[np.ix_(chosen, chosen)])

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """n independent points μ + L z, z standard normal; (n, D).

        Raises:
            DomainError: n is not an integer ≥ 0.

        >>> cloud = MultivariateNormal([0, 0], [[1, 0], [0, 1]])
        >>> cloud.sample(3, rng=np.random.default_rng(0)).shape
        (3, 2)
        """
        n = integer("MultivariateNormal.sample", "n", n, low=0)
        z = rng.standard_normal((n, len(self.mean)))
        return np.asarray(self.mean + z @ self.factor.T)

    def conditional(self, known: Mapping[int, float]) -> "MultivariateNormal":
        """The distribution of the other coordinates, given some: regression, and its residual.

        μ₂ + Σ₂₁ Σ₁₁⁻¹ (x₁ − μ₁) and Σ₂₂ − Σ₂₁ Σ₁₁⁻¹ Σ₁₂: unchanged if they are independent.

        Args:
            known: coordinate from 0 to D − 1 → its value, finite; not all of them.

        Returns:
            The distribution of the rest, in their order.

        Raises:
            DomainError: an argument outside its domain.

        >>> rest = MultivariateNormal([0, 0], [[1, 0.8], [0.8, 1]]).conditional({0: 2.0})
        >>> rest.mean.round(9).tolist(), rest.covariance.round(9).tolist()
        ([1.6], [[0.36]])

        Source: Bishop 2006, equations 2.81 and 2.82.
        """
        where, size = "MultivariateNormal.conditional", len(self.mean)
        ones = sorted(known)
        good = {*ones} < {*range(size)}
        require(good, where, f"some of the coordinates 0 to {size - 1}, not all", ones)
        at = vector(where, "values", [known[i] for i in ones], least=0)
        rest = [i for i in range(size) if i not in known]
        sigma, e = scaled(self.covariance)
        S11, S21 = sigma[np.ix_(ones, ones)], sigma[np.ix_(rest, ones)]
        with np.errstate(over="ignore", invalid="ignore"):  # the mean of the answer is checked
            mean = self.mean[rest] + S21 @ np.linalg.solve(S11, at - self.mean[ones])
        covariance = sigma[np.ix_(rest, rest)] - S21 @ np.linalg.solve(S11, S21.T)
        return MultivariateNormal(mean, scale((covariance + covariance.T) / 2, e))


def _cholesky(sigma: Array) -> Array:
    """L with L Lᵀ = Σ, of Σ scaled by a power of four: roots of other powers would be rounded."""
    half = (exponent(sigma) + 1) // 2
    L = np.linalg.cholesky(scale(sigma, -2 * half))
    return scale(L, half)
