"""Does a probability mean what it says: of all events given 70 %, do 70 % come true?

Labels y are 0 and 1, (N,); probabilities p of a 1 are in [0, 1], (N,).

Source: Brier 1950; Murphy 1973 (the parts of the score); Guo et al. 2017, On calibration of modern
neural networks.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.probability.classification import two_classes
from engine.validate import array, integer, same_shape


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
    """The reliability diagram, bin by bin; the diagonal is perfect. B bins, NaN where empty.

    `counts` (B,) is how many fell in a bin, `confidence` the mean p in it, `frequency` the fraction
    of ones.
    """

    counts: Array
    confidence: Array
    frequency: Array

    @property
    def expected_error(self) -> float:
        """Σ counts/N · |confidence − frequency|, the expected calibration error, in [0, 1].

        >>> reliability([0, 1], [0.5, 0.5]).expected_error
        0.0

        Source: Guo et al. 2017, equation 3.
        """
        full = self.counts > 0
        gaps = np.abs(self.confidence[full] - self.frequency[full])
        return float(self.counts[full] @ gaps / self.counts.sum())


def reliability(labels: ArrayLike, p: ArrayLike, *, bins: int = 10) -> Reliability:
    """Sort the predictions into equal bins of [0, 1], and count how often each bin came true.

    Bin i holds i/B ≤ p < (i+1)/B, each edge being the float nearest to i/B, so that 0.29 of 100
    bins is in bin 29; the last bin holds 1 too.

    Args:
        bins: B, an integer, 1 ≤ B ≤ 10⁶.

    Raises:
        ShapeError: labels and p of different shapes.
        DomainError: an argument outside its domain.

    >>> found = reliability([0, 0, 1, 1], [0.1, 0.2, 0.9, 0.8], bins=2)
    >>> found.counts.tolist(), found.confidence.round(9).tolist(), found.frequency.tolist()
    ([2.0, 2.0], [0.15, 0.85], [0.0, 1.0])
    """
    y, p = _checked("reliability", labels, p)
    bins = integer("reliability", "bins", bins, low=1, high=10**6)
    # p · B would round 0.29 · 100 to 28.999…: compare with the edges themselves.
    edges = np.arange(1, bins) / bins
    index = np.searchsorted(edges, p, side="right")
    counts = np.bincount(index, minlength=bins).astype(np.float64)
    first = np.zeros(bins)
    first[index[::-1]] = p[::-1]  # the mean is taken from there: of equal numbers it is that number
    with np.errstate(invalid="ignore"):
        confidence = first + np.bincount(index, p - first[index], bins) / counts
        frequency = np.bincount(index, y, bins) / counts
    return Reliability(counts, confidence, frequency)


class BrierParts(NamedTuple):
    """Brier's score = uncertainty − resolution + reliability, where p is the same within a bin.

    `uncertainty` is that of the labels alone, `resolution` what is gained by telling cases apart,
    `reliability` what is lost to probabilities that are off.
    """

    uncertainty: float
    resolution: float
    reliability: float


def brier_parts(labels: ArrayLike, p: ArrayLike) -> BrierParts:
    """The three parts of Brier's score, each distinct p being a bin of its own.

    Raises:
        ShapeError, DomainError: as for `brier`.

    >>> brier_parts([0, 1, 1, 1], [0.5, 0.5, 1.0, 1.0])
    BrierParts(uncertainty=0.1875, resolution=0.0625, reliability=0.0)

    Source: Murphy 1973, A new vector partition of the probability score.
    """
    y, p = _checked("brier_parts", labels, p)
    values, index = np.unique(p, return_inverse=True)
    counts = np.bincount(index)
    frequency = np.bincount(index, y) / counts
    weight, base = counts / len(y), y.mean()
    return BrierParts(
        float(base * (1 - base)),
        float(weight @ (frequency - base) ** 2),
        float(weight @ (values - frequency) ** 2),
    )


def _checked(where: str, labels: ArrayLike, p: ArrayLike) -> tuple[Array, Array]:
    y = two_classes(where, labels)
    p = array(where, "p", p, shape=("N",), low=0, high=1)
    same_shape(where, "labels and p", y, p)
    return y, p
