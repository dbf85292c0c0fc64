"""Densities in the plane for models that make points, and whether they made all there is.

Points are (N, 2), one a row. A ring of clouds is the usual test of mode collapse: a generator that
makes perfect points of one cloud fools the discriminator, and has learned an eighth.
"""

import numpy as np

from engine.array import Array
from engine.validate import array, integer, matrix, require, scalar


def ring_centers(modes: int = 8, radius: float = 1.0) -> Array:
    """Where the clouds of `ring` stand: evenly round the origin, the first one on the right.

    c_k = radius · (cos(2πk/K), sin(2πk/K)), k = 0 … K − 1.

    Args:
        modes: K ≥ 1.
        radius: > 0.

    Returns:
        (K, 2).

    Raises:
        DomainError: modes < 1, or a radius that is not positive and finite.

    >>> (ring_centers(4, 2.0).round(9) + 0).tolist()
    [[2.0, 0.0], [0.0, 2.0], [-2.0, 0.0], [0.0, -2.0]]
    """
    modes = integer("ring_centers", "modes", modes, low=1)
    radius = scalar("ring_centers", "radius", radius, above=0)
    angle = 2 * np.pi * np.arange(modes) / modes  # (K,)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def ring(
    count: int,
    modes: int = 8,
    radius: float = 1.0,
    sd: float = 0.05,
    *,
    rng: np.random.Generator,
) -> Array:
    """Points of K round normal clouds on a circle, each point's cloud drawn alike often.

    p(x) = 1/K Σ_k N(x; c_k, sd² I). The papers take sd/radius = 0.01, clouds hardly wider than a
    dot; the default is kinder to a small model and a coarse screen, and still parts eight clouds by
    15 sd.

    Args:
        count: N ≥ 1.
        modes: K ≥ 1.
        radius: > 0.
        sd: of each coordinate about its center, ≥ 0.
        rng: draws cloud and place.

    Returns:
        (N, 2), in no order.

    Raises:
        DomainError: an argument outside its range.

    >>> x = ring(1000, rng=np.random.default_rng(0))
    >>> x.shape, modes_covered(x, ring_centers(), 0.05)
    ((1000, 2), 8)

    Source: Metz et al. 2017, Unrolled generative adversarial networks (radius 2, sd 0.02).
    """
    count, sd = integer("ring", "count", count, low=1), scalar("ring", "sd", sd, low=0)
    centers = ring_centers(modes, radius)
    mode = rng.integers(0, modes, count)  # (N,)
    return np.asarray(centers[mode] + sd * rng.standard_normal((count, 2)))


def modes_covered(points: Array, centers: Array, sd: float, share: float = 0.0) -> int:
    """How many modes a generator reaches: 1 after mode collapse, all of them when it has learned.

    A point counts for the nearest center, if it lies within 3 sd of it (98.9 % of a round normal
    cloud do). A mode is covered by at least one such point, and by at least `share` of all points.
    A point that is NaN or infinite counts for none.

    Args:
        points: (N, 2), N ≥ 1.
        centers: (K, 2), K ≥ 1.
        sd: of each coordinate of a mode, > 0.
        share: 0 ≤ share ≤ 1; a fair generator gives each mode about 1/K. The default 0 asks for
            one point, as the source does, and so grows easier with N.

    Returns:
        0 … K.

    Raises:
        ShapeError: points or centers of another shape.
        DomainError: sd or share outside its range.

    >>> modes_covered(np.array([[1.0, 0.0], [0.9, 0.0], [9.0, 9.0]]), ring_centers(), 0.05)
    1

    Source: Srivastava et al. 2017, VEEGAN, section 4.1; `share` is ours.
    """
    where = "modes_covered"
    points = array(where, "points", points, shape=("N", 2), nan=True)  # a generator may diverge
    centers = matrix(where, "centers", centers, columns=2)
    require(len(points) > 0, where, "at least 1 row in points", 0)
    sd, share = scalar(where, "sd", sd, above=0), scalar(where, "share", share, low=0, high=1)
    gaps = points[:, None, :] - centers  # (N, K, 2)
    distance = np.hypot(gaps[..., 0], gaps[..., 1])  # (N, K)
    nearest = distance.argmin(axis=1)  # (N,)
    near = distance[np.arange(len(points)), nearest] <= 3 * sd
    counts = np.bincount(nearest[near], minlength=len(centers))  # (K,)
    return int((counts >= max(1, share * len(points))).sum())
