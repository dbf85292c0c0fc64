"""The one array type of the engine, and how anything else becomes one."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import DomainError, ShapeError

Array = NDArray[np.floating[Any]]
"""An array of real numbers: float64 unless a model was made in float32."""

Mask = NDArray[np.bool_]
"""An array of booleans."""

Index = Any
"""Anything that indexes an array: an integer, a slice, an ellipsis, a tuple of them."""


def real_numbers(where: str, name: str, x: ArrayLike) -> Array:
    """A fresh array of float64, of any shape, in rows; NaN and infinities pass.

    Args:
        where: who asks, for the message.
        name: what the caller calls it.
        x: numbers, lists, arrays in any layout.

    Raises:
        ShapeError: rows of different lengths.
        DomainError: it holds something else than real numbers.

    >>> real_numbers("mean", "x", [1, 2]).tolist()
    [1.0, 2.0]
    """
    try:
        raw = np.asarray(x)
    except ValueError:
        raise ShapeError(f"{where}: expected {name} with rows of one length.") from None
    if raw.dtype.kind not in "buif":
        raise DomainError(f"{where}: expected {name} of real numbers, got {raw.dtype}.")
    return raw.astype(np.float64, order="C")  # the same rounding from any layout
