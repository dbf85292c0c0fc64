"""Areas by chance: the mean of f at random points, with the error it states itself.

Source: Press et al. 2007, Numerical Recipes, section 7.7.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.linalg.equation import digits, equation
from engine.linalg.records import last
from engine.scaling import Wide, exponent, ldexp, product, wide
from engine.validate import array, function, generator, integer, vector

SMALLEST = -1074
"""The exponent of the smallest float."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Volume · mean of f over n points; `standard_error` = volume · sd / √n.

    The true value lies within one standard error about 68 times in 100.
    """

    n: int
    area: float
    standard_error: float
    why: str


def monte_carlo_steps(
    f: Callable[[Array], ArrayLike],
    low: ArrayLike,
    high: ArrayLike,
    n: int,
    *,
    rng: np.random.Generator,
    batch: int = 1000,
) -> Iterator[Estimate]:
    """∫ f over a box ≈ V · mean f(x): the error falls as 1/√n in any number of dimensions.

    Args:
        f: x (N, D) to f(x) (N,).
        low, high: (D,), the corners of the box, low < high.
        n: points in all, ≥ 2.
        rng: draws the points.
        batch: points for each record, ≥ 2.

    Returns:
        An estimate after each batch; the last one rests on all n points.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: a setting outside its domain; f gives anything but real numbers, or is not
            finite somewhere; a volume or an area beyond 1.8e308, or below 5e-324 but not 0.

    >>> inside = lambda x: 4.0 * ((x**2).sum(axis=1) < 1)  # π, from a quarter of a disc
    >>> found = monte_carlo(inside, [0, 0], [1, 1], 10_000, rng=np.random.default_rng(0))
    >>> abs(found.area - np.pi) < 3 * found.standard_error, round(found.standard_error, 3)
    (True, 0.016)

    Source: Press et al. 2007, equation 7.7.1; Welford 1962 for the running variance.
    """
    function("monte_carlo", "f", f)
    generator("monte_carlo", rng)
    corner = vector("monte_carlo", "low", low)
    far = vector("monte_carlo", "high", high, size=len(corner))
    if not (corner < far).all():
        raise DomainError(f"monte_carlo: expected low < high, got {corner} and {far}.")
    with np.errstate(all="ignore"):
        sides = far - corner
    if not np.isfinite(sides).all():
        raise DomainError(f"monte_carlo: expected sides below 1.8e308, got {sides.max()}.")
    n, batch = (
        integer("monte_carlo", "n", n, low=2),
        integer("monte_carlo", "batch", batch, low=2, high=10**7),
    )
    return _estimates(f, corner, far, n, rng, batch)


def _estimates(
    f: Callable[[Array], ArrayLike],
    low: Array,
    high: Array,
    n: int,
    rng: np.random.Generator,
    batch: int,
) -> Iterator[Estimate]:
    volume, done = product(high - low), 0
    mean = squares = 0.0  # of f / 2ᵉ, 2ᵉ above the largest |f| so far: its squares are in range
    e = SMALLEST
    while done < n:
        take = min(batch, n - done)
        take += n - done - take == 1  # no batch of a single point
        x = low + (high - low) * rng.random((take, len(low)))
        with np.errstate(all="ignore"):
            y = array("monte_carlo", "f(x)", f(x.copy()), nan=True)
        if y.shape != (take,):
            raise ShapeError(f"monte_carlo: expected f(x) of shape ({take},), got {y.shape}.")
        if not np.isfinite(y).all():
            i = int(np.flatnonzero(~np.isfinite(y))[0])
            raise DomainError(f"monte_carlo: expected f finite, got {y[i]} at x = {x[i]}.")
        more = max(0, exponent(y) - e) if y.any() else 0
        e, mean, squares = e + more, ldexp(mean, -more), ldexp(squares, -2 * more)
        y = np.ldexp(y, -e)
        new = float(y.mean())
        # Two sets of squares about their means, brought to one mean.
        gap, total = new - mean, done + take
        squares += float(np.square(y - new).sum()) + gap * gap * done * take / total
        mean += gap * take / total
        done = total
        yield _estimate(done, volume, e, mean, math.sqrt(squares / (done - 1)))


def _estimate(n: int, volume: Wide, e: int, mean: float, spread: float) -> Estimate:
    """For the mean 2ᵉ · mean and the standard deviation 2ᵉ · spread."""
    deviation = wide(volume.fraction * spread, volume.exponent + e)
    area = wide(volume.fraction * mean, volume.exponent + e)
    for size in (area, deviation):
        if size.fraction and not 0 < abs(float(size)) < math.inf:
            raise DomainError(
                f"monte_carlo: expected an area from 5e-324 to 1.8e308, got {digits(size)}. Scale "
                "f or the box."
            )
    error = float(deviation) / math.sqrt(n)
    told = equation("{} / √{}", lambda s, n: s / n.sqrt(), (deviation, n), error, 2)
    why = f"{told}: area {float(area):.6g} ± that"
    return Estimate(n, float(area), error, why)


def monte_carlo(
    f: Callable[[Array], ArrayLike],
    low: ArrayLike,
    high: ArrayLike,
    n: int,
    *,
    rng: np.random.Generator,
    batch: int = 1000,
) -> Estimate:
    """∫ f over a box: the last record of `monte_carlo_steps`.

    >>> monte_carlo(lambda x: 3 + 0 * x[:, 0], [0], [2], 10, rng=np.random.default_rng(0)).area
    6.0
    """
    return last(monte_carlo_steps(f, low, high, n, rng=rng, batch=batch))
