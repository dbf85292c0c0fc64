"""What lengths do in many dimensions: balls are small, and directions are nearly orthogonal.

Sources: Blum, Hopcroft & Kannan 2020, Foundations of Data Science, chapter 2; Wang 2005, Volumes
of generalized unit balls, theorem 1; Muller 1959 (directions from normal numbers).
"""

import math

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.scaling import ldexp
from engine.validate import integer, scalar


def ball_volume(d: int, p: float = 2, radius: float = 1.0) -> float:
    """Volume of {x : ‖x‖ₚ ≤ r} in d dimensions, (2 r Γ(1 + 1/p))ᵈ / Γ(1 + d/p).

    Args:
        d: an integer ≥ 0.
        p: of the norm, 1 ≤ p ≤ ∞: a diamond, a ball, a cube.
        radius: r in [0, ∞).

    Returns:
        In the unit of the radius to the power of d; it may underflow to 0.

    Raises:
        DomainError: an argument outside its domain; overflow.

    >>> [round(ball_volume(2, p), 6) for p in (1, 2, math.inf)]
    [2.0, 3.141593, 4.0]

    Source: Wang 2005, theorem 1.
    """
    d = integer("ball_volume", "d", d, low=0)
    p = scalar("ball_volume", "p", p, low=1, infinite=True)
    radius = scalar("ball_volume", "radius", radius, low=0)
    if not radius:
        return 0.0 if d else 1.0
    fraction, e = math.frexp(radius)
    log = d * (math.log(2 * fraction) + math.lgamma(1 + 1 / p)) - math.lgamma(1 + d / p)
    # e^log = 2ᵏ e^(log − k log 2): neither factor leaves the range before their product does.
    k = round(log / math.log(2))
    volume = ldexp(math.exp(log - k * math.log(2)), max(-5000, min(5000, k + d * e)))
    if math.isinf(volume):
        log += d * e * math.log(2)
        raise DomainError(f"ball_volume: expected a volume below 1.8e308, got e^{log:.4g}.")
    return volume


def ball_share(d: int) -> float:
    """How much of the cube around it a ball fills: next to nothing in many dimensions.

    Args:
        d: an integer ≥ 0.

    Raises:
        DomainError: d outside its domain.

    >>> [f"{ball_share(d):.4g}" for d in (2, 10)]
    ['0.7854', '0.00249']
    """
    d = integer("ball_share", "d", d, low=0)
    return ball_volume(d, radius=0.5)


def directions(n: int, d: int, *, rng: np.random.Generator) -> Array:
    """n directions drawn uniformly at random: unit vectors.

    The cosine of two of them has mean 0 and standard deviation 1/√d.

    Args:
        n: an integer ≥ 0.
        d: an integer ≥ 1.
        rng: draws them.

    Returns:
        (n, d), each row of length 1.

    Raises:
        DomainError: an argument outside its domain.

    >>> u = directions(2, 10_000, rng=np.random.default_rng(0))
    >>> abs(float(u[0] @ u[1])) < 0.04
    True

    Source: Muller 1959.
    """
    n, d = integer("directions", "n", n, low=0), integer("directions", "d", d, low=1)
    z = rng.standard_normal((n, d))
    return np.asarray(z / np.linalg.norm(z, axis=1, keepdims=True))
