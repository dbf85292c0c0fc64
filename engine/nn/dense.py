"""The dense layer, and the step from images to rows."""

from math import prod

from engine.errors import ShapeError
from engine.primitives.packs import append_ones
from engine.primitives.reductions import matmul
from engine.tensor import Tensor


def dense(x: Tensor, W: Tensor) -> Tensor:
    """z = [x 1] W: every output weighs every input, and the last row of W is the bias.

    Args:
        x: (N, n_in), or (T, N, n_in) and so on: the same layer for every row.
        W: (n_in + 1, n_out).

    Returns:
        (N, n_out), with the leading axes of x.

    Raises:
        ShapeError: x has another number of columns than W has rows but one.

    >>> dense(Tensor([[2.0, 3.0]]), Tensor([[1.0], [10.0], [0.5]])).value.tolist()
    [[32.5]]

    Source: Bishop 2006, section 5.1 (the bias absorbed into the weights).
    """
    if x.ndim < 2 or W.ndim != 2 or x.shape[-1] + 1 != W.shape[0]:
        columns = W.shape[0] - 1 if W.ndim == 2 else "?"
        raise ShapeError(f"dense: expected x of shape (N, {columns}), got {x.shape}.")
    return matmul(append_ones(x), W)


def flatten(x: Tensor) -> Tensor:
    """All numbers of one example in a row: (N, C, H, W) to (N, C·H·W).

    Raises:
        ShapeError: x has no axis of examples.

    >>> import numpy as np
    >>> flatten(Tensor(np.zeros((2, 3, 4, 4)))).shape
    (2, 48)
    """
    if not x.ndim:
        raise ShapeError("flatten: expected x of shape (N, …), got ().")
    return x.reshape((x.shape[0], prod(x.shape[1:])))
