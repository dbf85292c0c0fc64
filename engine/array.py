"""The one array type of the engine."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
"""An array of real numbers: float64 unless a model was made in float32."""
