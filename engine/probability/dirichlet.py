"""The Dirichlet distribution: a belief about several probabilities that sum to 1.

Source: Bishop 2006, Pattern Recognition and Machine Learning, section 2.2.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.probability.distribution import exponential
from engine.probability.special import log_gamma
from engine.validate import array, integer, require


@dataclass(frozen=True)
class Dirichlet:
    """The belief about K probabilities after α_k − 1 observations of each: beta for K = 2.

    f(p) = Γ(Σα)/Π Γ(α_k) · Π p_k^(α_k − 1), p on the simplex.

    Args:
        alpha: (K,), K ≥ 2, each in (0, 1e300].

    Raises:
        DomainError: alpha outside its domain.

    >>> Dirichlet((1.0, 2.0, 1.0)).mean.tolist()
    [0.25, 0.5, 0.25]
    """

    alpha: tuple[float, ...]

    def __post_init__(self) -> None:
        alpha = array("Dirichlet", "alpha", self.alpha, shape=("K",), above=0, high=1e300)
        require(len(alpha) >= 2, "Dirichlet", "at least 2 numbers in alpha", len(alpha))
        object.__setattr__(self, "alpha", tuple(alpha.tolist()))

    @property
    def mean(self) -> Array:
        """α_k/Σα, (K,)."""
        alpha = np.array(self.alpha)
        return np.asarray(alpha / alpha.sum())

    @property
    def covariance(self) -> Array:
        """(diag(m) − m mᵀ)/(Σα + 1), m the mean; (K, K)."""
        m = self.mean
        return np.asarray((np.diag(m) - np.outer(m, m)) / (sum(self.alpha) + 1))

    def log_density(self, p: ArrayLike) -> Array:
        """ln f(p) inside the simplex; −∞ off it, and at its border.

        Args:
            p: (…, K).

        Returns:
            (…).

        Raises:
            ShapeError: another last axis.
            DomainError: p holds a NaN.

        >>> round(float(np.exp(Dirichlet((1.0, 1.0, 1.0)).log_density([0.2, 0.3, 0.5]))), 9)
        2.0
        """
        alpha = np.array(self.alpha)
        p = array("Dirichlet", "p", p, shape=("…", len(alpha)), infinite=True)
        total = np.where(p < 2, p, 2).sum(axis=-1)  # of large ones the sum might overflow
        inside = (p > 0).all(axis=-1) & (np.abs(total - 1) <= 1e-9)
        body = ((alpha - 1) * np.log(np.where(inside[..., None], p, 1))).sum(axis=-1)
        constant = log_gamma(alpha.sum()) - log_gamma(alpha).sum()
        return np.where(inside, body + constant, -np.inf)[()]

    def density(self, p: ArrayLike) -> Array:
        """f(p), (…) for p (…, K).

        Raises:
            ShapeError: another last axis.
            DomainError: p holds a NaN.

        >>> round(float(Dirichlet((2.0, 1.0)).density([0.25, 0.75])), 9)  # 2 p₁
        0.5
        """
        return exponential("Dirichlet.density", self.log_density(p))

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """n lists of probabilities, (n, K).

        Raises:
            DomainError: n is not an integer ≥ 0.

        >>> Dirichlet((1.0, 1.0)).sample(3, rng=np.random.default_rng(0)).shape
        (3, 2)
        """
        return rng.dirichlet(self.alpha, integer("Dirichlet.sample", "n", n, low=0))
