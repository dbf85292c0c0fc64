"""Mean and deviations from it, to the last digits, in any unit; a constant has deviations of 0.

The mean of 0.1, 0.1, 0.1 in floating point is not 0.1, and the naive deviations of 10⁻¹⁷ look like
a spread. Here data are constant if all are equal, and then mean and deviations are exact. What
divides by the spread (t, correlation, a bandwidth) refuses constant data; what multiplies by it
(variance, an interval) answers with a spread of exactly 0.

Source: Chan, Golub & LeVeque 1983, Algorithms for computing the sample variance, equation 1.7.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.scaling import scale
from engine.validate import require


class Centered(NamedTuple):
    """Columns as (mean + deviations) · 2^exponent, the largest |x| · 2^−exponent in [½, 1).

    `mean` and `exponent` are (D,), `deviations` (N, D); for data (N,) they are (), () and (N,).
    """

    mean: Array
    deviations: Array
    exponent: NDArray[np.integer]

    @property
    def constant(self) -> NDArray[np.bool_]:
        """Which columns have nothing but equal numbers, (D,).

        >>> centered(np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]])).constant.tolist()
        [True, False]
        """
        return np.asarray(~self.deviations.any(axis=0))

    def variance(self, ddof: int = 0) -> Array:
        """Sum of squared deviations over N − ddof, in the unit 2^(2 exponent); (D,).

        >>> float(centered(np.array([1.0, 3.0])).variance()) * 4**2
        1.0
        """
        return np.asarray((self.deviations**2).sum(axis=0) / (len(self.deviations) - ddof))


def centered(x: Array) -> Centered:
    """The mean of each column, and what is left when it is subtracted.

    Two passes: the deviations from the rounded mean have a mean of their own, which is its error.

    Args:
        x: (N,) or (N, D), finite, N ≥ 1.

    >>> found = centered(np.array([0.1, 0.1, 0.1]))
    >>> float(found.mean) * 2.0 ** float(found.exponent), found.deviations.tolist()
    (0.1, [0.0, 0.0, 0.0])
    """
    exponent = np.frexp(np.abs(x).max(axis=0))[1]
    x = scale(x, -exponent)
    mean = x.mean(axis=0)
    away = x - mean
    error = away.mean(axis=0)
    constant = x.max(axis=0) == x.min(axis=0)
    mean = np.where(constant, x[0], mean + error)
    return Centered(mean, np.where(constant, 0.0, away - error), exponent)


def require_varying(where: str, name: str, x: Array) -> None:
    """Nothing if the numbers (N,) are not all equal.

    Raises:
        DomainError: they are.

    >>> require_varying("t_test", "x", np.array([0.1, 0.2]))
    """
    varies = bool((x != x[0]).any())
    require(varies, where, f"numbers that differ in {name}", f"{len(x)} times {x[0]:g}")
