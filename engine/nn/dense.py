"""The dense layer."""

from engine.errors import ShapeError
from engine.tensor import Tensor, apply


def dense(x: Tensor, W: Tensor) -> Tensor:
    """z = [x 1] W: every output weighs every input, and the last row of W is the bias.

    Args:
        x: (N, n_in).
        W: (n_in + 1, n_out).

    Returns:
        (N, n_out).

    Raises:
        ShapeError: x has another number of columns than W has rows but one.

    >>> dense(Tensor([[2.0, 3.0]]), Tensor([[1.0], [10.0], [0.5]])).value.tolist()
    [[32.5]]

    Source: Bishop 2006, section 5.1 (the bias absorbed into the weights).
    """
    if x.ndim != 2 or W.ndim != 2 or x.shape[1] + 1 != W.shape[0]:
        rows = W.shape[0] - 1 if W.ndim == 2 else "?"
        raise ShapeError(f"dense: expected x of shape (N, {rows}), got {x.shape}.")
    return apply("matmul", apply("with_ones", x), W)
