"""A distribution whose density is any function: tabulated, and straight between neighbors.

Between two points of the table the density is a line, so area, moments, F and its inverse are
exact for the table. They differ from those of a smooth function by O(1/cells²), and of one that
jumps by O(1/cells). What is narrower than a cell may lie between two points, and is not seen then.

Source: Devroye 1986, Non-Uniform Random Variate Generation, section II.2 (inversion; a density
that is linear in pieces is inverted by a square root).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import Array
from engine.errors import ShapeError
from engine.probability.distribution import AbstractDistribution, Support
from engine.probability.incomplete import Tails
from engine.validate import integer, require, scalar, vector

NARROWEST, WIDEST = 1e-100, 1e100
"""Of a table: the density and the variance are floats then."""


@dataclass(frozen=True, slots=True, eq=False)
class Tabulated(AbstractDistribution):
    """A density by its heights at equal distances from low to high; it is scaled to the area 1.

    Args:
        low, high: low < high, from 1e-100 to 1e100 apart, and so far that floats tell the K + 1
            points between them apart.
        heights: (K + 1,), K ≥ 1, finite, ≥ 0, not all 0; in any unit.

    Raises:
        ShapeError: heights is not one-dimensional.
        DomainError: an argument outside its domain; the message tells where.

    >>> ramp = Tabulated(0, 1, [0, 5])  # f(x) = 2x
    >>> round(ramp.mean, 9), round(float(ramp.quantile(0.25)), 9)
    (0.666666667, 0.5)
    """

    low: float
    high: float
    heights: ArrayLike
    name = "tabulated"
    _x: Array = field(init=False, repr=False)
    """(K + 1,): where the table has its heights."""
    _width: float = field(init=False, repr=False)
    """Of a cell; the difference of two points has lost digits where they are large."""
    _f: Array = field(init=False, repr=False)
    """(K + 1,): the density there."""
    _F: Array = field(init=False, repr=False)
    """(K + 1,): the area up to there."""
    _S: Array = field(init=False, repr=False)
    """(K + 1,): the area from there on, added up from the right: small ones keep their digits."""

    def __post_init__(self) -> None:
        heights: Array = np.asarray(self.heights, dtype=np.float64)
        x = _points(self.low, self.high, max(heights.size - 1, 1))
        if heights.ndim == 1:
            _require_density(x, heights)
        heights = vector("Tabulated", "heights", heights, least=2)
        relative = heights / heights.max()  # so that no sum overflows
        cells = (relative[:-1] + relative[1:]) / 2
        object.__setattr__(self, "_x", x)
        object.__setattr__(self, "_width", float(self.high - self.low) / len(cells))
        object.__setattr__(self, "_f", relative / (cells.sum() * self._width))
        left, right = np.cumsum(cells), np.cumsum(cells[::-1])
        object.__setattr__(self, "_F", np.append(0, left / left[-1]))
        object.__setattr__(self, "_S", np.append(0, right / right[-1])[::-1])

    @classmethod
    def of(
        cls, f: Callable[[Array], ArrayLike], low: float, high: float, cells: int = 1200
    ) -> "Tabulated":
        """The distribution whose density is a multiple of f.

        Args:
            f: of an array (N,) gives (N,), or one number if it is constant.
            low, high: as above.
            cells: how many pieces the table has, ≥ 1.

        Raises:
            ShapeError, DomainError: as above; whatever f raises.

        >>> round(Tabulated.of(lambda x: x**2, -1, 1).variance, 4)
        0.6
        """
        cells = integer("Tabulated.of", "cells", cells, low=1)
        heights = np.asarray(f(_points(low, high, cells)), dtype=np.float64)
        good = heights.shape in ((), (cells + 1,))
        require(good, "density", "one number for each x", f"shape {heights.shape}", ShapeError)
        return cls(low, high, np.broadcast_to(heights, cells + 1))

    @property
    def support(self) -> Support:
        """From low to high."""
        return Support(self.low, self.high, False)

    @property
    def mean(self) -> float:
        """∫ x f(x) dx."""
        return self.low + self._moment(self.low, 1)

    @property
    def variance(self) -> float:
        """∫ (x − mean)² f(x) dx."""
        return self._moment(self.mean, 2)

    def _moment(self, center: float, power: int) -> float:
        """∫ (x − center)ᵖ f(x) dx, p ≤ 2, exactly: Simpson's rule, as (x − center)ᵖ f is cubic."""
        middles, f = (self._x[1:] + self._x[:-1]) / 2, (self._f[1:] + self._f[:-1]) / 2
        ends = (self._x - center) ** power * self._f
        inner = (middles - center) ** power * f
        return float((ends[:-1] + 4 * inner + ends[1:]).sum() * self._width / 6)

    def _within(self, x: Array) -> tuple[NDArray[np.intp], Array, Array, Array]:
        """The cell of each x, the shares of it left and right of x, and f: no digit cancels."""
        k = np.clip(np.searchsorted(self._x, x, side="right") - 1, 0, len(self._x) - 2)
        left, right = x - self._x[k], self._x[k + 1] - x
        left, right = left / (left + right), right / (left + right)
        return k, left, right, right * self._f[k] + left * self._f[k + 1]

    def _log_density(self, x: Array) -> Array:
        return np.asarray(np.log(self._within(x)[3]))

    def _tails(self, x: Array) -> Tails:
        k, left, right, f = self._within(x)
        half = self._width / 2
        lower = self._F[k] + half * left * (self._f[k] + f)
        upper = self._S[k + 1] + half * right * (self._f[k + 1] + f)
        return np.minimum(lower, 1), np.minimum(upper, 1)

    def _quantile(self, p: Array, q: Array) -> Array:
        k = np.clip(np.searchsorted(self._F, p) - 1, 0, len(self._x) - 2)
        width, left, right = self._width, self._f[k], self._f[k + 1]
        area = p - self._F[k]  # left·d + slope·d²/2 must be this, for d = x − x_k
        slope = (right - left) / width
        root = np.sqrt(np.maximum(left**2 + 2 * slope * area, 0))
        x = self._x[k] + np.maximum(2 * area / (left + root), 0)
        return np.minimum(x, self._x[k + 1])

    def _sample(self, n: int, rng: np.random.Generator) -> Array:
        u = 1 - rng.random(n)  # never 0
        return self._quantile(u, 1 - u)


def _points(low: float, high: float, cells: int) -> Array:
    """(cells + 1,): from low to high, no two of them the same float."""
    low, high = scalar("Tabulated", "low", low), scalar("Tabulated", "high", high)
    good = NARROWEST <= high - low <= WIDEST
    x = np.linspace(low, high, cells + 1) if good else np.zeros(2)
    expected = f"low < high, from {NARROWEST:g} to {WIDEST:g} apart, with floats between them"
    require(bool((np.diff(x) > 0).all()), "Tabulated", expected, f"{low} and {high}")
    return x


def _require_density(x: Array, heights: Array) -> None:
    """A sentence for a learner who typed the density: what is wrong, and at which x."""
    for bad, expected in ((~np.isfinite(heights), "finite numbers"), (heights < 0, "numbers ≥ 0")):
        if bad.any():
            i = int(bad.argmax())
            require(False, "density", expected, f"{heights[i]:g} at x = {x[i]:g}")
    expected = f"more than 0 somewhere from {x[0]:g} to {x[-1]:g}"
    require((heights > 0).any(), "density", expected, "0 everywhere")
