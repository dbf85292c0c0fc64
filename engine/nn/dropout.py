"""Dropout: numbers set to zero by chance in training, so that none can lean on another.

The chance is drawn apart, as an array that the layer multiplies by: the same mask gives the same
result, a gradient check sees a fixed function, and a compiled step takes a fresh mask each time.
"""

import numpy as np
from numpy.typing import DTypeLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.tensor import Tensor
from engine.validate import scalar


def dropout(x: Tensor, mask: Tensor | Array) -> Tensor:
    """x · mask: keeps the mean, and adds the variance x² p / (1 − p) of `dropout_mask` at rate p.

    In evaluation leave it out: as the mask is already divided by the share that stays, nothing has
    to be scaled then (inverted dropout, as in PyTorch; the paper scales the weights afterwards).

    Args:
        x: any shape.
        mask: x's shape, or one that is repeated along x: (N, C, 1, 1) drops whole channels. In a
            compiled step give a tensor, an input or a bound one, or its first values stay for ever.

    Returns:
        Of x's shape.

    Raises:
        ShapeError: the mask does not fit x.

    >>> dropout(Tensor([3.0, 4.0]), np.array([2.0, 0.0])).value.tolist()
    [6.0, 0.0]

    Source: Srivastava et al. 2014, Dropout, section 4; inverted: section 10.
    """
    try:
        fits = np.broadcast_shapes(x.shape, mask.shape) == x.shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"dropout: expected a mask that fits x {x.shape}, got {mask.shape}.")
    return x * mask


def dropout_mask(
    shape: int | tuple[int, ...],
    rate: float,
    rng: np.random.Generator,
    dtype: DTypeLike = np.float64,
) -> Array:
    """0 with chance p, else 1 / (1 − p): of mean 1 and variance p / (1 − p).

    Args:
        shape: of the mask.
        rate: p in [0, 1), the share that is dropped.
        rng: one seed gives one mask, the same in both precisions.
        dtype: float64 or float32, that of the model.

    Raises:
        DomainError: rate is outside [0, 1), or dtype is another one.

    >>> dropout_mask(6, 0.5, np.random.default_rng(0)).tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]

    Source: Srivastava et al. 2014, sections 4 and 10.
    """
    rate = scalar("dropout_mask", "rate", rate, low=0, below=1)
    kind = np.dtype(dtype)
    if kind not in (np.float64, np.float32):
        raise DomainError(f"dropout_mask: expected dtype float64 or float32, got {kind}.")
    stays = rng.random(shape) >= rate
    return np.asarray(stays / (1 - rate), dtype=kind)
