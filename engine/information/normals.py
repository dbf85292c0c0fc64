"""Information measures of normal distributions, in closed form; `base` e gives nats, 2 bits.

Sources: Cover & Thomas 2006, chapter 8; Kingma & Welling 2014, appendix B.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from engine.errors import ShapeError
from engine.information.measures import unit
from engine.probability.continuous import Normal
from engine.probability.multivariate import MultivariateNormal
from engine.scaling import scale, scaled
from engine.validate import require, scalar, symmetric


def normal_entropy(sigma: float = 1.0, *, base: float = math.e) -> float:
    """h = ½ log(2πe σ²), the differential entropy: no distribution of that variance has more.

    It may be negative: unlike entropy it depends on the unit.

    Args:
        sigma: standard deviation, in (0, ∞).
        base: e for nats, 2 for bits.

    Raises:
        DomainError: an argument outside its domain.

    >>> round(normal_entropy(), 6)
    1.418939

    Source: Cover & Thomas 2006, equation 8.9.
    """
    sigma = scalar("normal_entropy", "sigma", sigma, above=0)
    nats = 0.5 * math.log(2 * math.pi * math.e) + math.log(sigma)
    return nats / unit(base, "normal_entropy")


def normal_kl(p: Normal, q: Normal, *, base: float = math.e) -> float:
    """KL(p‖q) = ln(σ_q/σ_p) + (σ_p² + (μ_p − μ_q)²)/(2σ_q²) − ½ ≥ 0, in nats for base e.

    Args:
        p, q: normal distributions.
        base: e for nats, 2 for bits.

    Raises:
        DomainError: a base ≤ 1.

    >>> p, q = Normal(0, 1), Normal(1, 2)
    >>> round(normal_kl(p, q), 6), round(normal_kl(q, p), 6)
    (0.443147, 1.306853)

    Source: Kingma & Welling 2014, appendix B (q = N(0, 1)).
    """
    r = p.sigma / q.sigma
    shift = (p.mu / 2 - q.mu / 2) / q.sigma * 2  # the difference itself may overflow
    # ½(r² − 1) − ln r is near 0 for r near 1: in u = r − 1 it keeps its digits.
    u = (p.sigma - q.sigma) / q.sigma
    log = math.log(r) if 0 < r < math.inf else math.log(p.sigma) - math.log(q.sigma)
    spread = u + u * u / 2 - math.log1p(u) if abs(u) < 0.5 else (r * r - 1) / 2 - log
    nats = scalar("normal_kl", "divergence", spread + shift * shift / 2)
    return nats / unit(base, "normal_kl")


def multivariate_normal_kl(
    p: MultivariateNormal, q: MultivariateNormal, *, base: float = math.e
) -> float:
    """½ (tr(Σ_q⁻¹ Σ_p) − D + (μ_q − μ_p)ᵀ Σ_q⁻¹ (μ_q − μ_p) + ln det Σ_q − ln det Σ_p), base e.

    Args:
        p, q: normal distributions in the same dimension D.
        base: e for nats, 2 for bits.

    Raises:
        ShapeError: dimensions that differ.
        DomainError: a base ≤ 1.

    >>> p, q = MultivariateNormal([0], [[1]]), MultivariateNormal([1], [[4]])
    >>> round(multivariate_normal_kl(p, q), 6)
    0.443147
    """
    D = len(p.mean)
    where = "multivariate_normal_kl"
    require(len(q.mean) == D, where, f"q in {D} dimensions", len(q.mean), ShapeError)
    (L, e), (factor, f) = scaled(p.factor), scaled(q.factor)
    with np.errstate(over="ignore"):  # what overflows is refused below
        ratio = scale(np.linalg.solve(factor, L), e - f)
        log_dets = 2 * float((np.log(np.diag(q.factor)) - np.log(np.diag(p.factor))).sum())
        nats = 0.5 * ((ratio**2).sum() - D + np.square(q.distance(p.mean)) + log_dets)
    return scalar(where, "divergence", nats) / unit(base, where)


def normal_mutual_information(rho: float, *, base: float = math.e) -> float:
    """I(X; Y) = −½ log(1 − ρ²) of two normals with the correlation ρ.

    Args:
        rho: in (−1, 1).
        base: e for nats, 2 for bits.

    Raises:
        DomainError: an argument outside its domain.

    >>> round(normal_mutual_information(0.8), 6)
    0.510826

    Source: Cover & Thomas 2006, example 8.5.1.
    """
    rho = scalar("normal_mutual_information", "rho", rho, above=-1, below=1)
    return -0.5 * math.log1p(-rho * rho) / unit(base, "normal_mutual_information")


def differential_entropy(covariance: ArrayLike, *, base: float = math.e) -> float:
    """h = ½ log((2πe)ᴰ det Σ) of a normal in D dimensions.

    Args:
        covariance: Σ, (D, D), symmetric and positive definite.
        base: e for nats, 2 for bits.

    Raises:
        ShapeError, DomainError: Σ is not such a matrix, or a base ≤ 1.

    >>> round(differential_entropy([[1, 0], [0, 1]]), 6)
    2.837877

    Source: Cover & Thomas 2006, theorem 8.4.1.
    """
    sigma = symmetric("differential_entropy", "covariance", covariance)
    factor = MultivariateNormal(np.zeros(len(sigma)), sigma).factor
    nats = len(sigma) / 2 * math.log(2 * math.pi * math.e) + float(np.log(np.diag(factor)).sum())
    return nats / unit(base, "differential_entropy")
