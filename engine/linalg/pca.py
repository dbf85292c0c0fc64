"""Principal components: the directions in which data vary most.

Sources: Pearson 1901; Jolliffe 2002, Principal Component Analysis, section 3.5 (by the SVD).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError
from engine.linalg.equation import digits
from engine.linalg.norms import length
from engine.linalg.records import last
from engine.linalg.svd import svd
from engine.scaling import TINY, scaled, wide
from engine.validate import integer, matrix


@dataclass(frozen=True, slots=True, eq=False)
class PCA:
    """Data X (N, D) = mean + scores · components, exact when all components are kept.

    `components` (k, D) are orthonormal rows, each with its largest entry positive; `variances`
    (k,) are those of the scores, σ² / (N − 1), falling; `shares` (k,) = σᵢ² / Σσ² over all
    directions; `scores` (N, k) are the coordinates. `orthogonality` is max |C Cᵀ − I|, `residual`
    is ‖X − mean − scores · components‖_F: what the dropped directions held.
    """

    mean: Array
    components: Array
    variances: Array
    shares: Array
    scores: Array
    orthogonality: float
    residual: float
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Centered:
    """The mean of the rows is taken off, so that what is left varies about 0: X (N, D) − mean."""

    step: int
    why: str
    mean: Array
    centered: Array


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """The direction (D,) in which the data left over vary most, and their coordinates on it (N,).

    `share` is its part of the whole variance, `so_far` that of it and all before. `rest` (N, D) is
    what varies in other directions.
    """

    step: int
    direction: Array
    scores: Array
    variance: float
    share: float
    so_far: float
    why: str
    rest: Array


def pca_steps(X: ArrayLike, k: int | None = None) -> Iterator[Centered | Component | PCA]:
    """Center the data, take the singular value decomposition, and read off one direction at a time.

    The turns of the decomposition itself are those of `svd_steps` on the centered data.

    Args:
        X: (N, D), N ≥ 2, numbers that vary.
        k: how many components to keep, 1 ≤ k ≤ min(N, D); None for all.

    Returns:
        `Centered`, then k times `Component`; the last record is the `PCA`.

    Raises:
        ShapeError: not a matrix, or one row only.
        DomainError: no such k; all rows equal; a variance beyond 1.8e308 or below 2.2e-308; NaN.

    >>> found = pca([[0, 0], [1, 1], [2, 2]])
    >>> found.shares.round(12).tolist(), found.components[0].round(6).tolist()
    ([1.0, 0.0], [0.707107, 0.707107])

    Source: Jolliffe 2002, section 3.5.
    """
    data = matrix("pca", "X", X, least=2)
    most = min(data.shape)
    kept = integer("pca", "k", most if k is None else k, low=1, high=most)
    unit, e = scaled(data)
    same = (unit == unit[0]).all(axis=0)
    mean = np.where(same, unit[0], unit.mean(axis=0))  # a mean of equal numbers may round
    spread = length(unit - mean)
    if not spread:
        raise DomainError("pca: expected data that vary, got rows that are all equal.")
    fraction, f = math.frexp(spread)
    variance = wide(fraction * fraction / (len(data) - 1), 2 * (e + f))
    if not TINY <= float(variance) < math.inf:
        raise DomainError(
            "pca: expected X with a variance from 2.2e-308 to 1.8e308, got "
            f"{digits(variance)}. Scale X."
        )
    return _pca_steps(data, np.ldexp(mean, e), kept)


def _pca_steps(data: Array, mean: Array, kept: int) -> Iterator[Centered | Component | PCA]:
    centered, most = data - mean, min(data.shape)
    why = f"the mean of {len(data)} rows goes out: what is left varies about 0"
    yield Centered(0, why, mean.copy(), centered.copy())
    parts = svd(centered)
    total = length(parts.s)
    C = parts.Vt[:kept]
    top = C[np.arange(kept), np.abs(C).argmax(axis=1)]
    sign = np.where(top < 0, -1.0, 1.0)
    C, scores = C * sign[:, None], (parts.U * parts.s)[:, :kept] * sign
    shares = np.square(parts.s / total)[:kept]
    variances = np.square(parts.s / math.sqrt(len(data) - 1))[:kept]
    rest, so_far = centered, 0.0
    for i in range(kept):
        rest = rest - np.outer(scores[:, i], C[i])
        variance, share = float(variances[i]), float(shares[i])
        so_far += share
        why = f"direction {i + 1} holds {variance:.4g}, {100 * share:.4g} % of the variance"
        parted = C[i].copy(), scores[:, i].copy(), variance, share, so_far, why, rest.copy()
        yield Component(i + 1, *parted)
    right = float(np.abs(C @ C.T - np.eye(kept)).max())
    residual = length(centered - scores @ C)
    why = f"{kept} of {most} directions hold {100 * float(shares.sum()):.4g} % of the variance"
    yield PCA(mean.copy(), C, variances, shares, scores, right, residual, why)


def pca(X: ArrayLike, k: int | None = None) -> PCA:
    """The principal components: the last record of `pca_steps`.

    >>> pca([[1, 0], [3, 0]]).variances.round(12).tolist()
    [2.0, 0.0]
    """
    answer = last(pca_steps(X, k))
    assert isinstance(answer, PCA)
    return answer
