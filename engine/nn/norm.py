"""Normalization: numbers brought to mean 0 and variance 1, then given a learned scale and shift.

Layer norm looks along one row, batch norm along one channel of all rows; the variance is the
biased one, the mean square of what is left without the mean. Shapes: N batch, C channels, D
features. `eps` is added to the variance, so that a row or channel of equal numbers gives the shift.
"""

import math
from typing import TypeVar

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.primitives.elementwise import sqrt
from engine.tensor import Tensor
from engine.validate import integer, scalar

X = TypeVar("X", Tensor, Array)


def layer_norm(x: Tensor, scale: Tensor, shift: Tensor, eps: float = 1e-5) -> Tensor:
    """(x − μ) / √(σ² + ε) · γ + β with μ and σ² of each row: no row needs the others.

    Args:
        x: (…, D).
        scale: (D,) γ, at the start 1.
        shift: (D,) β, at the start 0.
        eps: ε.

    Returns:
        (…, D).

    Raises:
        ShapeError: scale or shift is not (D,), or x has no axis.
        DomainError: eps is not above 0.

    >>> x, one, zero = Tensor([[1.0, 3.0]]), Tensor([1.0, 1.0]), Tensor([0.0, 0.0])
    >>> layer_norm(x, one, zero).value.round(4).tolist()
    [[-1.0, 1.0]]

    Source: Ba, Kiros & Hinton 2016, Layer normalization, equations 3 and 4.
    """
    if not x.ndim or not x.shape[-1]:
        raise ShapeError(f"layer_norm: expected x of shape (…, D) with D ≥ 1, got {x.shape}.")
    _require_sizes("layer_norm", x.shape[-1], scale=scale, shift=shift)
    centered = x - x.mean(-1, keepdims=True)
    var = (centered**2).mean(-1, keepdims=True)  # (…, 1)
    return centered / _deviation("layer_norm", var, eps) * scale + shift


def batch_norm(
    x: Tensor, scale: Tensor, shift: Tensor, eps: float = 1e-5
) -> tuple[Tensor, Tensor, Tensor]:
    """(x − μ) / √(σ² + ε) · γ + β with μ and σ² of each channel over the batch: for training.

    Gradients flow through μ and σ² too, so that a batch's mean and size get no slope.

    Args:
        x: (N, C), or (N, C, …) such as images (N, C, H, W).
        scale: (C,) γ, at the start 1.
        shift: (C,) β, at the start 0.
        eps: ε.

    Returns:
        The result, of x's shape, and the batch's mean (C,) and biased variance (C,): keep their
        `running` means for `batch_norm_fixed`.

    Raises:
        ShapeError: x has no axis 1, or scale or shift is not (C,).
        DomainError: eps is not above 0, or a channel has fewer than 2 numbers.

    >>> x, one, zero = Tensor([[1.0], [3.0]]), Tensor([1.0]), Tensor([0.0])
    >>> y, mean, var = batch_norm(x, one, zero)
    >>> y.value.round(4).tolist(), mean.value.tolist(), var.value.tolist()
    ([[-1.0], [1.0]], [2.0], [1.0])

    Source: Ioffe & Szegedy 2015, Batch normalization, algorithm 1; for images section 3.2.
    """
    C = _require_channels("batch_norm", x, scale=scale, shift=shift)
    count = math.prod(x.shape) // C if C else 0
    if count < 2:
        raise DomainError(
            f"batch_norm: expected at least 2 numbers a channel, got {count} in x of shape "
            f"{x.shape}. Take a larger batch, or batch_norm_fixed."
        )
    others = (0, *range(2, x.ndim))
    mean = x.mean(others, keepdims=True)
    centered = x - mean
    var = (centered**2).mean(others, keepdims=True)  # (1, C, 1, …)
    normal = centered / _deviation("batch_norm", var, eps)
    y = normal * _along_channels(scale, x) + _along_channels(shift, x)
    return y, mean.reshape((C,)), var.reshape((C,))


def batch_norm_fixed(
    x: Tensor, mean: Tensor, var: Tensor, scale: Tensor, shift: Tensor, eps: float = 1e-5
) -> Tensor:
    """(x − μ) / √(σ² + ε) · γ + β with known μ and σ²: for evaluation, when no row sees another.

    Args:
        x: (N, C) or (N, C, …), of any N.
        mean: (C,) μ, the fading mean of batch means.
        var: (C,) σ², that of batch variances.
        scale: (C,) γ.
        shift: (C,) β.
        eps: ε.

    Returns:
        Of x's shape.

    Raises:
        ShapeError: x has no axis 1, or one of the others is not (C,).
        DomainError: eps is not above 0, or a variance is negative.

    >>> one, zero = Tensor([1.0]), Tensor([0.0])
    >>> batch_norm_fixed(Tensor([[5.0]]), Tensor([3.0]), Tensor([4.0]), one, zero).value.round(4)
    array([[1.]])

    Source: Ioffe & Szegedy 2015, algorithm 2, line 11.
    """
    _require_channels("batch_norm_fixed", x, mean=mean, var=var, scale=scale, shift=shift)
    wrong = var.value[~(var.value >= 0)]
    if wrong.size:
        raise DomainError(f"batch_norm_fixed: expected var ≥ 0, got {wrong[0]}.")
    slope = scale / _deviation("batch_norm_fixed", var, eps)  # one line a channel: y = a x + b
    return (x - _along_channels(mean, x)) * _along_channels(slope, x) + _along_channels(shift, x)


def running(old: X, new: X, momentum: float = 0.1) -> X:
    """(1 − m) · old + m · new: a mean over all steps that fades, older batches counting less.

    PyTorch's `momentum` is this m too, not 1 − m. Its `running_var` begins at 1 and takes the
    unbiased variance: give `unbiased(var, n)` as the new one to have the same numbers.

    Args:
        old: (C,) the mean so far; at the start 0 for means, 1 for variances.
        new: (C,) the batch's.
        momentum: m in [0, 1], the share of the new.

    Raises:
        DomainError: momentum is outside [0, 1].

    >>> running(Tensor([0.0]), Tensor([2.0])).value.tolist()
    [0.2]

    Source: Ioffe & Szegedy 2015, section 3.1.
    """
    momentum = scalar("running", "momentum", momentum, low=0, high=1)
    return (1 - momentum) * old + momentum * new


def unbiased(var: X, count: int) -> X:
    """σ² n / (n − 1): right on average, though the mean was taken from the same n numbers.

    Args:
        var: of any shape, biased.
        count: n, the numbers behind each variance: N · H · W in a channel of images.

    Raises:
        DomainError: count is below 2.

    >>> unbiased(Tensor([1.0]), 2).value.tolist()
    [2.0]

    Source: Ioffe & Szegedy 2015, algorithm 2, line 10.
    """
    count = integer("unbiased", "count", count, low=2)
    return (count / (count - 1)) * var


def _deviation(name: str, var: Tensor, eps: float) -> Tensor:
    return sqrt(var + scalar(name, "eps", eps, above=0))


def _along_channels(a: Tensor, x: Tensor) -> Tensor:
    """(C,) as (C, 1, …), so that it meets axis 1 of x."""
    return a.reshape((*a.shape, *(1,) * (x.ndim - 2)))


def _require_channels(name: str, x: Tensor, **arguments: Tensor) -> int:
    if x.ndim < 2:
        raise ShapeError(f"{name}: expected x of shape (N, C) or (N, C, …), got {x.shape}.")
    _require_sizes(name, x.shape[1], **arguments)
    return x.shape[1]


def _require_sizes(name: str, size: int, **arguments: Tensor) -> None:
    for argument, a in arguments.items():
        if a.shape != (size,):
            raise ShapeError(f"{name}: expected {argument} of shape ({size},), got {a.shape}.")
