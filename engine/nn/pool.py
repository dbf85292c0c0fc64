"""Pooling: windows of an image summed up in one number each, without parameters.

`kernel` and `stride` are integers, one for all axes behind (N, C) or one each; the stride is
the kernel where it is not given. What does not fill a window at the far end is left out.
"""

from engine.errors import ShapeError
from engine.kernels.windows import window_counts
from engine.nn.conv import Sides, axis_settings
from engine.primitives.windows import max_pool as max_windows
from engine.primitives.windows import unfold
from engine.tensor import Tensor


def max_pool(x: Tensor, kernel: Sides, stride: Sides | None = None) -> Tensor:
    """The largest number of each window; the gradient goes to where it stands, if twice the first.

    Args:
        x: (N, C, L) or (N, C, H, W).

    Returns:
        (N, C, …) with ⌊(n − k) / s⌋ + 1 numbers along an axis of n.

    Raises:
        ShapeError: the window does not fit into x.
        DomainError: a kernel or a stride below 1.

    >>> max_pool(Tensor([[[1.0, 5.0, 2.0, 3.0]]]), 2).value.tolist()
    [[[5.0, 3.0]]]

    Source: Zhou & Chellappa 1988; Goodfellow, Bengio & Courville 2016, section 9.3.
    """
    sides, steps = _window("max_pool", x, kernel, stride)
    return max_windows(x, kernel=sides, stride=steps)


def avg_pool(x: Tensor, kernel: Sides, stride: Sides | None = None) -> Tensor:
    """The mean of each window: each of its k numbers gets 1/k of the gradient.

    Args:
        x: (N, C, L) or (N, C, H, W).

    Returns:
        (N, C, …) with ⌊(n − k) / s⌋ + 1 numbers along an axis of n.

    Raises:
        ShapeError: the window does not fit into x.
        DomainError: a kernel or a stride below 1.

    >>> avg_pool(Tensor([[[1.0, 5.0, 2.0, 3.0]]]), 2).value.tolist()
    [[[3.0, 2.5]]]

    Source: LeCun et al. 1998, Gradient-based learning applied to document recognition, section 2.B.
    """
    sides, steps = _window("avg_pool", x, kernel, stride)
    windows = unfold(x, kernel=sides, stride=steps, dilation=(1,) * len(sides))
    return windows.mean(tuple(range(x.ndim, windows.ndim)))


def _window(
    name: str, x: Tensor, kernel: Sides, stride: Sides | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    count = x.ndim - 2
    if count < 1:
        raise ShapeError(f"{name}: expected x of shape (N, C, L) or (N, C, H, W), got {x.shape}.")
    sides = axis_settings(name, "kernel", kernel, count, low=1)
    steps = sides if stride is None else axis_settings(name, "stride", stride, count, low=1)
    if min(window_counts(x.shape, sides, steps, (1,) * count)) < 1:
        raise ShapeError(f"{name}: expected x of at least {sides}, got {x.shape[2:]}.")
    return sides, steps
