"""Does a probability mean what it says: of all that were given 70 %, do 70 % come true?

Labels y are 0 and 1, (N,); probabilities p of a 1 are in [0, 1], (N,).

Source: Brier 1950; Murphy 1973 (the parts of the score); Guo et al. 2017, On calibration of modern
neural networks.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.probability.classification import two_classes
from engine.probability.domain import require, same_length, sample, whole


def brier(labels: ArrayLike, p: ArrayLike) -> float:
    """Mean of (p − y)²: 0 is perfect, ¼ is saying ½ always. Lowest on average for true p.

    Raises:
        ShapeError: labels and p of different shapes.
        DomainError: labels other than 0 and 1, or p outside of [0, 1].

    >>> brier([1, 0], [0.5, 0.5])
    0.25

    Source: Brier 1950, here for two classes with one square each, half of Brier's own.
    """
    y, p = _checked("brier", labels, p)
    return float(np.mean((p - y) ** 2))


class Reliability(NamedTuple):
    """What was said and what came, bin by bin; the diagonal is perfect. B bins, NaN where empty.

    `counts` (B,) is how many fell in a bin, `said` the mean p in it, `came` the share of ones.
    """

    counts: Array
    said: Array
    came: Array

    @property
    def expected_error(self) -> float:
        """Σ counts/N · |said − came|, the expected calibration error, in [0, 1].

        >>> reliability([0, 1], [0.5, 0.5]).expected_error
        0.0

        Source: Guo et al. 2017, equation 3.
        """
        full = self.counts > 0
        gaps = np.abs(self.said[full] - self.came[full])
        return float(self.counts[full] @ gaps / self.counts.sum())


def reliability(labels: ArrayLike, p: ArrayLike, *, bins: int = 10) -> Reliability:
    """Sort by what was said into equal bins of [0, 1], and see what came in each.

    Bin i holds i/B ≤ p < (i+1)/B; the last one holds 1 too.

    Args:
        bins: B, whole, 1 ≤ B ≤ 10⁶.

    Raises:
        ShapeError: labels and p of different shapes.
        DomainError: an argument outside its domain.

    >>> found = reliability([0, 0, 1, 1], [0.1, 0.2, 0.9, 0.8], bins=2)
    >>> found.counts.tolist(), found.said.round(9).tolist(), found.came.tolist()
    ([2.0, 2.0], [0.15, 0.85], [0.0, 1.0])
    """
    y, p = _checked("reliability", labels, p)
    require(whole(bins) and 1 <= bins <= 10**6, "reliability", "whole 1 ≤ bins ≤ 10⁶", bins)
    bins = int(bins)
    index = np.minimum((p * bins).astype(np.intp), bins - 1)
    counts = np.bincount(index, minlength=bins).astype(np.float64)
    with np.errstate(invalid="ignore"):
        said = np.bincount(index, p, bins) / counts
        came = np.bincount(index, y, bins) / counts
    return Reliability(counts, said, came)


class BrierParts(NamedTuple):
    """Brier's score = uncertainty − resolution + reliability, where p is the same within a bin.

    `uncertainty` is that of the labels alone, `resolution` what sorting them wins, `reliability`
    what is lost by saying wrong numbers.
    """

    uncertainty: float
    resolution: float
    reliability: float


def brier_parts(labels: ArrayLike, p: ArrayLike) -> BrierParts:
    """The three parts of Brier's score, each different p being a bin of its own.

    Raises:
        ShapeError, DomainError: as for `brier`.

    >>> brier_parts([0, 1, 1, 1], [0.5, 0.5, 1.0, 1.0])
    BrierParts(uncertainty=0.1875, resolution=0.0625, reliability=0.0)

    Source: Murphy 1973, A new vector partition of the probability score.
    """
    y, p = _checked("brier_parts", labels, p)
    values, index = np.unique(p, return_inverse=True)
    counts = np.bincount(index)
    came = np.bincount(index, y) / counts
    share, base = counts / len(y), y.mean()
    return BrierParts(
        float(base * (1 - base)),
        float(share @ (came - base) ** 2),
        float(share @ (values - came) ** 2),
    )


def _checked(where: str, labels: ArrayLike, p: ArrayLike) -> tuple[Array, Array]:
    y, p = two_classes(where, labels), sample(where, "p", p)
    same_length(where, "labels and p", y, p)
    wrong = (p < 0) | (p > 1)
    require(not wrong.any(), where, "0 ≤ p ≤ 1", p[wrong][:1])
    return y, p
