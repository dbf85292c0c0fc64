"""Tensor: an array that remembers how it was computed, with all primitives to compute by.

The machinery is in `engine.tracing`, the table of primitives in `engine.primitives`, which needs
it; to import this module loads both.

>>> import numpy as np
>>> np.exp(2 * Tensor([0.0, 1.0]) - 2).value.round(4).tolist()
[0.1353, 1.0]
"""

from engine import numpy_functions, primitives
from engine.numpy_functions import matmul
from engine.tracing import (
    OPS,
    VJP,
    Op,
    Operand,
    Tensor,
    ancestors,
    apply,
    call,
    constant,
)

__all__ = [
    "OPS",
    "VJP",
    "Op",
    "Operand",
    "Tensor",
    "ancestors",
    "apply",
    "call",
    "constant",
    "matmul",
    "numpy_functions",
    "primitives",
]
