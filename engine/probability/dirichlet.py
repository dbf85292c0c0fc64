"""Dirichlet's law: what is believed of several probabilities that add up to 1.

Source: Bishop 2006, Pattern Recognition and Machine Learning, section 2.2.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import ShapeError
from engine.probability.domain import numbers, require, sample, whole
from engine.probability.special import log_gamma


@dataclass(frozen=True)
class Dirichlet:
    """What is believed of K unknown probabilities after α_k − 1 sightings of each: beta with K = 2.

    f(p) = Γ(Σα)/Π Γ(α_k) · Π p_k^(α_k − 1), p on the simplex.

    Args:
        alpha: (K,), K ≥ 2, each in (0, ∞).

    Raises:
        DomainError: alpha outside its domain.

    >>> Dirichlet((1.0, 2.0, 1.0)).mean.tolist()
    [0.25, 0.5, 0.25]
    """

    alpha: tuple[float, ...]

    def __post_init__(self) -> None:
        alpha = sample("Dirichlet", "alpha", self.alpha, least=2)
        require(alpha.min() > 0, "Dirichlet", "alpha > 0", alpha.min())
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
        p, alpha = numbers("Dirichlet", "p", p), np.array(self.alpha)
        if p.ndim < 1 or p.shape[-1] != len(alpha):
            raise ShapeError(f"Dirichlet: expected p of shape (…, {len(alpha)}), got {p.shape}.")
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
        return np.asarray(np.exp(self.log_density(p)))[()]

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """n lists of probabilities, (n, K).

        Raises:
            DomainError: n is negative or not whole.

        >>> Dirichlet((1.0, 1.0)).sample(3, rng=np.random.default_rng(0)).shape
        (3, 2)
        """
        require(whole(n) and n >= 0, "Dirichlet.sample", "a whole n ≥ 0", n)
        return rng.dirichlet(self.alpha, int(n))
