"""The one array type of the engine; `engine.validate` makes one of anything else."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import DomainError, ShapeError

Array = NDArray[np.floating[Any]]
"""An array of real numbers: float64 unless a model was made in float32."""

Shape = tuple[int, ...]
"""The lengths of an array's axes."""

Mask = NDArray[np.bool_]
"""An array of booleans."""

Index = Any
"""Anything that indexes an array: an integer, a slice, an ellipsis, a tuple of them."""


def real_array(value: object) -> Array:
    """The array itself if it holds float64 or float32, else float64 of its real numbers.

    Raises:
        DomainError: not real numbers.
        ShapeError: rows of different lengths.

    >>> real_array([1, True]).tolist()
    [1.0, 1.0]
    """
    try:
        array: Array = np.asarray(value)
    except ValueError:
        raise ShapeError("Tensor: expected rows of one length.") from None
    if array.dtype in (np.float64, np.float32):
        return array
    if array.dtype.kind not in "buif":
        came = repr(value) if array.dtype.kind == "O" else str(array.dtype)
        raise DomainError(f"Tensor: expected real numbers, got {came[:60]}.")
    return array.astype(np.float64)
