"""Windows sliding over the last axes: what convolution and pooling look at.

`kernel`, `stride` and `dilation` have one integer for each axis that the window slides along.
`out` receives the result (a new array without it); the other arrays named last are kept for work
in between.
"""

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from engine.array import Array, Index, Shape
from engine.indexing import ahead
from engine.kernels.pointwise import keep


def window_counts(shape: Sequence[int], kernel: Shape, stride: Shape, dilation: Shape) -> Shape:
    """How many windows fit along each axis: ⌊(n − d (k − 1) − 1) / s⌋ + 1.

    >>> window_counts((28, 28), (5, 5), (1, 1), (1, 1))
    (24, 24)
    """
    sides = zip(shape[len(shape) - len(kernel) :], kernel, stride, dilation, strict=True)
    return tuple((n - d * (k - 1) - 1) // s + 1 for n, k, s, d in sides)


def unfold(x: Array, *, kernel: Shape, stride: Shape, dilation: Shape) -> Array:
    """Every window of x, as a view: (…, sizes) to (…, counts, kernel).

    >>> x = np.arange(5.0)
    >>> unfold(x, kernel=(2,), stride=(1,), dilation=(2,)).tolist()
    [[0.0, 2.0], [1.0, 3.0], [2.0, 4.0]]
    """
    lead = x.ndim - len(kernel)
    counts = window_counts(x.shape, kernel, stride, dilation)
    if min(counts, default=1) < 1:
        raise ValueError(f"a window of {kernel} does not fit into {x.shape[lead:]}")
    steps = [s * step for s, step in zip(stride, x.strides[lead:], strict=True)]
    gaps = [d * step for d, step in zip(dilation, x.strides[lead:], strict=True)]
    return as_strided(
        x, (*x.shape[:lead], *counts, *kernel), (*x.strides[:lead], *steps, *gaps), writeable=False
    )


def fold(
    g: Array, *, shape: Shape, kernel: Shape, stride: Shape, dilation: Shape,
    out: Array | None = None,
) -> Array:  # fmt: skip
    """Windows added back to where they were seen: (…, counts, kernel) to the shape of x.

    >>> fold(np.ones((2, 2)), shape=(3,), kernel=(2,), stride=(1,), dilation=(1,)).tolist()
    [1.0, 2.0, 1.0]
    """
    out = np.empty(shape, g.dtype) if out is None else out
    counts = g.shape[g.ndim - 2 * len(kernel) : g.ndim - len(kernel)]
    out.fill(0)
    for i, (offset, seen) in enumerate(_offsets(out, counts, kernel, stride, dilation)):
        if i:
            np.add(seen, g[ahead(*offset)], out=seen)
        else:
            np.copyto(seen, g[ahead(*offset)])
    return out


def max_pool(x: Array, *, kernel: Shape, stride: Shape, out: Array | None = None) -> Array:
    """The largest number of each window.

    >>> max_pool(np.array([1.0, 5.0, 2.0, 3.0]), kernel=(2,), stride=(2,)).tolist()
    [5.0, 3.0]
    """
    counts = window_counts(x.shape, kernel, stride, (1,) * len(kernel))
    if min(counts) < 1:
        raise ValueError(f"a window of {kernel} does not fit into {x.shape[-len(kernel) :]}")
    parts = [seen for _, seen in _offsets(x, counts, kernel, stride)]
    out = np.maximum(parts[0], parts[-1], out=out)
    for part in parts[1:-1]:
        np.maximum(out, part, out=out)
    return out


def max_unpool(
    g: Array, x: Array, y: Array, *, kernel: Shape, stride: Shape,
    out: Array | None = None, rest: Array | None = None, share: Array | None = None,
    mask: NDArray[np.bool_] | None = None, int_mask: NDArray[np.signedinteger[Any]] | None = None,
) -> Array:  # fmt: skip
    """Send g of each window to the first place of x where its maximum y stands.

    The maximum NaN stands nowhere: the last place of a window gets what no other has got.

    >>> x = np.array([1.0, 5.0, 3.0, 3.0])
    >>> y = max_pool(x, kernel=(2,), stride=(2,))
    >>> max_unpool(np.array([10.0, 20.0]), x, y, kernel=(2,), stride=(2,)).tolist()
    [0.0, 10.0, 20.0, 0.0]
    """
    out = np.empty_like(x) if out is None else out
    rest = np.empty_like(y) if rest is None else rest
    share = np.empty_like(y) if share is None else share
    apart = stride == kernel and x.shape == _covered(y.shape, kernel)
    if not apart:
        x = x.copy() if np.may_share_memory(x, out) else x
        out.fill(0)
    np.copyto(rest, g)
    integer = np.dtype(f"i{y.itemsize}") if int_mask is None else int_mask.dtype
    rest_bits, share_bits = rest.view(integer), share.view(integer)
    counts = y.shape[y.ndim - len(kernel) :]
    *earlier, (_, last) = _offsets(out, counts, kernel, stride)
    for (_, seen), (_, target) in zip(_offsets(x, counts, kernel, stride), earlier, strict=False):
        keep(np.equal(seen, y, out=mask), rest, out=share, int_mask=int_mask)
        np.bitwise_xor(rest_bits, share_bits, out=rest_bits)  # what is given cannot be given again
        _put(target, share, apart)
    _put(last, rest, apart)
    return out


def _put(target: Array, share: Array, alone: bool) -> None:
    if alone:
        np.copyto(target, share)
    else:
        np.add(target, share, out=target)


def _covered(counts: Shape, kernel: Shape) -> Shape:
    lead = len(counts) - len(kernel)
    return (*counts[:lead], *(n * k for n, k in zip(counts[lead:], kernel, strict=True)))


def max_pool_gather(
    v: Array, x: Array, y: Array, *, kernel: Shape, stride: Shape,
    out: Array | None = None,
) -> Array:  # fmt: skip
    """The number of v at the first place of each window of x where its maximum y stands.

    >>> x = np.array([1.0, 5.0, 3.0, 3.0])
    >>> y = max_pool(x, kernel=(2,), stride=(2,))
    >>> max_pool_gather(np.array([1.0, 2.0, 3.0, 4.0]), x, y, kernel=(2,), stride=(2,)).tolist()
    [2.0, 3.0]
    """
    out = np.empty_like(y) if out is None else out
    out.fill(0)
    free = np.ones(y.shape, bool)
    counts = y.shape[y.ndim - len(kernel) :]
    seen_x = _offsets(x, counts, kernel, stride)
    for (_, seen), (_, source) in zip(seen_x, _offsets(v, counts, kernel, stride), strict=True):
        mask = (seen == y) & free
        np.copyto(out, source, where=mask)
        free &= ~mask
    np.copyto(out, source, where=free)  # a window with NaN: its last place, as in max_unpool
    return out


def _offsets(
    x: Array, counts: Shape, kernel: Shape, stride: Shape, dilation: Shape | None = None
) -> list[tuple[Shape, Array]]:
    """For each place in a window: which one, and the numbers of all windows there, as a view."""
    places = _places(counts, kernel, stride, dilation or (1,) * len(kernel))
    return [(offset, x[index]) for offset, index in places]


@cache
def _places(
    counts: Shape, kernel: Shape, stride: Shape, dilation: Shape
) -> list[tuple[Shape, Index]]:
    """The same as indices, made once: a step asks for them again and again."""
    places = []
    for offset in product(*map(range, kernel)):
        sides = zip(offset, dilation, counts, stride, strict=True)
        slices = [slice(o * d, o * d + (n - 1) * s + 1, s) for o, d, n, s in sides]
        places.append((offset, ahead(*slices)))
    return places
