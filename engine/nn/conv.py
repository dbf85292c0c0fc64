"""Convolution and its transpose: conv1d where images have one axis, conv2d where they have two.

As everywhere in deep learning it is a cross-correlation: the kernel is not flipped. Shapes as in
PyTorch: N batch, C channels in, F filters, then the axes to slide along, L or H and W. Settings are
integers, one for all these axes or one each: `stride` ≥ 1 between windows, `padding` ≥ 0 zeros
on both sides, `dilation` ≥ 1 between the numbers of a window; `groups` ≥ 1 parts of the channels
that do not see one another.

A convolution is sums of products of matrices; nothing is computed window by window.
"""

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from engine.assembly import concatenate, pad
from engine.errors import DomainError, ShapeError
from engine.kernels.windows import window_counts
from engine.primitives import windows
from engine.primitives.reductions import matmul
from engine.tensor import Tensor
from engine.validate import integer, integers, require

Sides = int | Sequence[int]
"""One integer for all axes, or one for each."""


class Windows(NamedTuple):
    """Where the windows lie: one number an axis in each field."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]


def conv(
    x: Tensor,
    w: Tensor,
    b: Tensor | None = None,
    *,
    stride: Sides = 1,
    padding: Sides = 0,
    dilation: Sides = 1,
    groups: int = 1,
) -> Tensor:
    """y[f, i, j] = b[f] + Σ w[f, c, u, v] x[c, i + u, j + v]: one small filter looks everywhere.

    Args:
        x: (N, C, L) or (N, C, H, W).
        w: (F, C / groups, k) or (F, C / groups, kH, kW).
        b: (F,), or none: a bias commutes with a pool of maxima, and is cheaper after it.

    Returns:
        (N, F, …) with ⌊(n + 2p − d (k − 1) − 1) / s⌋ + 1 numbers along an axis of n.

    Raises:
        ShapeError: x, w and b do not fit together, or the window does not fit into x.
        DomainError: a setting outside its domain.

    >>> x = Tensor([[[1.0, 2.0, 4.0, 8.0]]])
    >>> conv(x, Tensor([[[-1.0, 1.0]]]), Tensor([0.0])).value.tolist()
    [[[1.0, 2.0, 4.0]]]

    Source: Dumoulin & Visin 2016, A guide to convolution arithmetic, chapter 2.
    """
    _require_filters("conv", w, groups)
    _require_fit("conv", x, w, b, w.shape[1] * groups, w.shape[0])
    at = _windows("conv", w, stride, padding, dilation)
    x = pad(x, at.padding)
    _require_window_fits("conv", x, w, at)
    parts = zip(_parts(x, 1, groups), _parts(w, 0, groups), strict=True)
    images = [_convolved(*part, at) for part in parts]
    return biased(images[0] if groups == 1 else concatenate(images, axis=1), b)


def biased(x: Tensor, b: Tensor | None) -> Tensor:
    """Each channel of x (N, C, …) with its own number of b (C,) added.

    >>> biased(Tensor([[[1.0, 2.0]]]), Tensor([10.0])).value.tolist()
    [[[11.0, 12.0]]]
    """
    return x if b is None else x + b.reshape((-1, *(1,) * (x.ndim - 2)))


def _convolved(x: Tensor, w: Tensor, at: Windows) -> Tensor:
    """A convolution of x (N, C, …) without bias; a line is an image of one row."""
    (n, channels, *sides), (filters, _, *kernel) = x.shape, w.shape
    if len(kernel) > 1:
        y = _conv_images(x, w, at)
    else:
        image = x.reshape((n, channels, 1, *sides))
        y = _conv_images(image, w.reshape((filters, channels, 1, *kernel)), at)
    y = y.reshape((y.shape[0], filters, -1, n)).transpose((3, 1, 0, 2))
    return y if len(kernel) > 1 else y.reshape((n, filters, -1))


def _conv_images(x: Tensor, w: Tensor, at: Windows) -> Tensor:
    """A convolution of images, as (O_H, F, O_W·N).

    The shifts along a row are laid side by side, (H, C·kW, O_W·N); what is left slides down the
    columns alone, and a row of the result is one product of matrices.
    """
    (height, channels), (filters, _, *kernel) = (x.shape[2], x.shape[1]), w.shape
    stride, dilation = at.stride[-1], at.dilation[-1]
    seen = windows.unfold(x, kernel=(kernel[1],), stride=(stride,), dilation=(dilation,))
    rows = seen.transpose((2, 1, 4, 3, 0)).reshape((height, channels * kernel[1], -1))
    W = w.transpose((0, 2, 1, 3)).reshape((filters, kernel[0], channels * kernel[1]))
    down, gap = ((1, *sides)[-2] for sides in (at.stride, at.dilation))
    return windows.conv1d(rows, W, stride=down, dilation=gap)


def _parts(x: Tensor, axis: int, groups: int) -> list[Tensor]:
    """An axis cut into equal parts."""
    size, before = x.shape[axis] // groups, (slice(None),) * axis
    if groups == 1:
        return [x]
    return [x[(*before, slice(i * size, (i + 1) * size))] for i in range(groups)]


def conv_transpose(
    x: Tensor,
    w: Tensor,
    b: Tensor | None = None,
    *,
    stride: Sides = 1,
    padding: Sides = 0,
    output_padding: Sides = 0,
    dilation: Sides = 1,
    groups: int = 1,
) -> Tensor:
    """The transpose of a convolution's matrix: every number paints a window, and windows add up.

    It takes images to the size that a convolution of the same settings came from, larger ones.

    Args:
        x: (N, C, L) or (N, C, H, W).
        w: (C, F / groups, k) or (C, F / groups, kH, kW): the filters of the convolution from F to C
            channels.
        b: (F,), or none.
        output_padding: from 0 to stride − 1 numbers more at the end, where the convolution would
            have left some out.

    Returns:
        (N, F, …) with (n − 1) s − 2p + d (k − 1) + output_padding + 1 numbers along an axis.

    Raises:
        ShapeError: x, w and b do not fit together, or nothing is left after the padding.
        DomainError: a setting outside its domain.

    >>> x = Tensor([[[1.0, 2.0]]])
    >>> conv_transpose(x, Tensor([[[1.0, 10.0]]]), Tensor([0.0]), stride=2).value.tolist()
    [[[1.0, 10.0, 2.0, 20.0]]]

    Source: Dumoulin & Visin 2016, A guide to convolution arithmetic, chapter 4.
    """
    _require_filters("conv_transpose", w, groups)
    _require_fit("conv_transpose", x, w, b, w.shape[0], w.shape[1] * groups)
    at = _windows("conv_transpose", w, stride, padding, dilation)
    extra = axis_settings("conv_transpose", "output_padding", output_padding, w.ndim - 2, low=0)
    if any(e >= s for e, s in zip(extra, at.stride, strict=True)):
        raise DomainError(f"conv_transpose: expected output_padding < stride {at.stride}, got "
                          f"{extra}.")  # fmt: skip
    sides = zip(x.shape[2:], at.stride, at.dilation, w.shape[2:], extra, strict=True)
    whole = tuple((n - 1) * s + d * (k - 1) + 1 + e for n, s, d, k, e in sides)
    if any(size <= 2 * p for size, p in zip(whole, at.padding, strict=True)):
        raise ShapeError(f"conv_transpose: expected a padding that leaves something of {whole}, "
                         f"got {at.padding}.")  # fmt: skip
    parts = zip(_parts(x, 1, groups), _parts(w, 0, groups), strict=True)
    images = [_spread(*part, at, whole) for part in parts]
    y = images[0] if groups == 1 else concatenate(images, axis=1)
    inside = (..., *(slice(p, size - p) for p, size in zip(at.padding, whole, strict=True)))
    return biased(y[inside], b)


def _spread(x: Tensor, w: Tensor, at: Windows, whole: tuple[int, ...]) -> Tensor:
    """Every number of x times its filters, added up where the windows lie."""
    (n, channels, *counts), (_, filters, *kernel) = x.shape, w.shape
    slides = len(kernel)
    rows = x.transpose((*range(2, x.ndim), 0, 1)).reshape((prod(counts) * n, channels))
    spread = matmul(rows, w.reshape((channels, filters * prod(kernel))))
    spread = spread.reshape((*counts, n, filters, *kernel))
    axes = (slides, slides + 1, *range(slides), *range(slides + 2, spread.ndim))
    return windows.fold(
        spread.transpose(axes), shape=(n, filters, *whole), kernel=tuple(kernel),
        stride=at.stride, dilation=at.dilation,
    )  # fmt: skip


def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """How many numbers of the input one output sees along an axis, through layers one on another.

    Args:
        layers: (kernel, stride) of each convolution or pooling, the first first.

    Raises:
        DomainError: a kernel or a stride below 1.

    >>> receptive_field([(3, 1), (3, 1), (3, 1)]), receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)])
    (7, 16)

    Source: Araujo, Norris & Sim 2019, Computing receptive fields, equation 2.
    """
    field, step = 1, 1
    for kernel, stride in layers:
        kernel = integer("receptive_field", "kernel", kernel, low=1)
        stride = integer("receptive_field", "stride", stride, low=1)
        field += (kernel - 1) * step
        step *= stride
    return field


def _windows(name: str, w: Tensor, stride: Sides, padding: Sides, dilation: Sides) -> Windows:
    count = w.ndim - 2
    return Windows(
        axis_settings(name, "stride", stride, count, low=1),
        axis_settings(name, "padding", padding, count, low=0),
        axis_settings(name, "dilation", dilation, count, low=1),
    )


def axis_settings(where: str, name: str, value: Sides, count: int, *, low: int) -> tuple[int, ...]:
    """A setting as one integer an axis.

    Raises:
        DomainError: not an integer for each of `count` axes, or one below `low`.

    >>> axis_settings("conv", "stride", 2, 2, low=1)
    (2, 2)
    """
    if not isinstance(value, Iterable):
        return (integer(where, name, value, low=low),) * count
    sides = integers(where, name, value, low=low)
    require(len(sides) == count, where, f"{name} as one number or {count}", value)
    return sides


def _require_filters(name: str, w: Tensor, groups: int) -> None:
    if w.ndim not in (3, 4) or not w.size:
        raise ShapeError(f"{name}: expected w of shape (F, C, k) or (F, C, kH, kW), got {w.shape}.")
    if w.shape[0] % integer(name, "groups", groups, low=1):
        raise DomainError(f"{name}: expected groups ≥ 1 that divide the first axis of w, "
                          f"{w.shape[0]}, got {groups}.")  # fmt: skip


def _require_fit(
    name: str, x: Tensor, w: Tensor, b: Tensor | None, channels: int, filters: int
) -> None:
    if x.ndim != w.ndim or x.shape[1] != channels or not x.size:
        sides = "L" if w.ndim == 3 else "H, W"
        raise ShapeError(f"{name}: expected x of shape (N, {channels}, {sides}), got {x.shape}.")
    if b is not None and b.shape != (filters,):
        raise ShapeError(f"{name}: expected b of shape ({filters},), got {b.shape}.")


def _require_window_fits(name: str, x: Tensor, w: Tensor, at: Windows) -> None:
    if min(window_counts(x.shape, w.shape[2:], at.stride, at.dilation)) < 1:
        raise ShapeError(f"{name}: expected a padded x with room for a window {w.shape[2:]} of "
                         f"dilation {at.dilation}, got {x.shape[2:]}.")  # fmt: skip
