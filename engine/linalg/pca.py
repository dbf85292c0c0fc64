"""Principal components: the directions in which data vary most.

Sources: Pearson 1901; Jolliffe 2002, Principal Component Analysis, section 3.5 (by the SVD).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.linalg.matrix import matrix, whole_number
from engine.linalg.norms import length
from engine.linalg.svd import svd


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


def pca(X: ArrayLike, k: int | None = None) -> PCA:
    """Centre the data and take the singular value decomposition of what is left.

    Args:
        X: (N, D), N ≥ 2, numbers up to 1e150 that vary by more than 1e-150 (they are squared).
        k: how many components to keep, 1 ≤ k ≤ min(N, D); None for all.

    Raises:
        ShapeError: not a matrix, or one row only.
        DomainError: no such k; all rows equal; numbers too large or too near; NaN.

    >>> found = pca([[0, 0], [1, 1], [2, 2]])
    >>> found.shares.round(12).tolist(), found.components[0].round(6).tolist()
    ([1.0, 0.0], [0.707107, 0.707107])

    Source: Jolliffe 2002, section 3.5.
    """
    data = matrix("pca", X, argument="X")
    if len(data) < 2:
        raise ShapeError(f"pca: expected X (N, D) with N ≥ 2, got {data.shape}.")
    most = min(data.shape)
    kept = most if k is None else k
    kept = whole_number("pca", "k", kept, 1, most)
    if np.abs(data).max() > 1e150:
        raise DomainError(
            f"pca: expected X with numbers up to 1e150, got {np.abs(data).max():g}. Scale X."
        )
    same = (data == data[0]).all(axis=0)
    mean = np.where(same, data[0], data.mean(axis=0))  # a mean of equal numbers may round
    centred = data - mean
    widest = np.abs(centred).max()
    if not widest:
        raise DomainError("pca: expected data that vary, got rows that are all equal.")
    if widest < 1e-150:
        raise DomainError(
            f"pca: expected X that varies by more than 1e-150, got {widest:g}. Scale X."
        )
    parts = svd(centred)
    total = length(parts.s)
    C = parts.Vt[:kept]
    top = C[np.arange(kept), np.abs(C).argmax(axis=1)]
    sign = np.where(top < 0, -1.0, 1.0)
    C, scores = C * sign[:, None], (parts.U * parts.s)[:, :kept] * sign
    shares = np.square(parts.s / total)[:kept]
    variances = np.square(parts.s)[:kept] / (len(data) - 1)
    right = float(np.abs(C @ C.T - np.eye(kept)).max())
    residual = length(centred - scores @ C)
    why = f"{kept} of {most} directions hold {100 * float(shares.sum()):.4g} % of the variance"
    return PCA(mean, C, variances, shares, scores, right, residual, why)
