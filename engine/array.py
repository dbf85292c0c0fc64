"""The one array type of the engine; `engine.validate` makes one of anything else."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""An array of real numbers: float64 unless a model was made in float32."""

Mask = NDArray[np.bool_]
"""An array of booleans."""

Index = Any
"""Anything that indexes an array: an integer, a slice, an ellipsis, a tuple of them."""
