"""Windows that slide over the last axes: what convolution and pooling look at."""

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from engine.array import Array, Shape
from engine.expression import Expression, Number, maximum, sum_of
from engine.indexing import Position, ahead
from engine.kernels import analytic, windows
from engine.kernels import convolution as conv
from engine.primitives.views import Use, settings_text
from engine.symbolic import SymbolicArray
from engine.tracing import Op, primitive


def _write_unfold(use: Use, x: str, **sizes: Any) -> str:
    return f"{use(windows.unfold)}({x}, {settings_text(sizes)})"


def _first_window(g: Array, *, kernel: Shape, **_: Any) -> Array:
    return np.asarray(g[ahead(*(0,) * len(kernel))])


def _moved(first: Position, offset: Position, stride: Shape, dilation: Shape) -> Position:
    """Where a window that is the `first`-th along each axis has its number `offset`."""
    sides = zip(first, offset, stride, dilation, strict=True)
    return tuple(i * s + o * d for i, o, s, d in sides)


def _seen_by(
    place: Position, counts: Shape, kernel: Shape, stride: Shape, dilation: Shape
) -> Iterator[tuple[Position, Position]]:
    """The windows that see a place, and at which offset each."""
    for offset in product(*map(range, kernel)):
        sides = zip(place, offset, stride, dilation, strict=True)
        along = [divmod(i - o * d, s) for i, o, s, d in sides]
        if all(not rest and 0 <= i < n for (i, rest), n in zip(along, counts, strict=True)):
            yield tuple(i for i, _ in along), offset


def _unfold_notation(
    at: Position, x: SymbolicArray, kernel: Shape, stride: Shape, dilation: Shape
) -> Expression:
    n = len(kernel)
    lead, first, offset = at[: -2 * n], at[-2 * n : -n], at[-n:]
    return x[(*lead, *_moved(first, offset, stride, dilation))]


def _fold_notation(
    at: Position, g: SymbolicArray, shape: Shape, kernel: Shape, stride: Shape, dilation: Shape
) -> Expression:
    n = len(kernel)
    lead, counts = at[:-n], g.shape[-2 * n : -n]
    seen = _seen_by(at[-n:], counts, kernel, stride, dilation)
    return sum_of(g[(*lead, *first, *offset)] for first, offset in seen)


# The maxima of windows.
def _window(at: Position, kernel: Shape, stride: Shape) -> list[Position]:
    """The places that the window of a result sees, the first one first."""
    n = len(kernel)
    offsets = product(*map(range, kernel))
    return [(*at[:-n], *_moved(at[-n:], o, stride, (1,) * n)) for o in offsets]


def _first_maximum(
    at: Position, x: SymbolicArray, y: SymbolicArray, kernel: Shape, stride: Shape
) -> Position | None:
    """Where in x the maximum y[at] of a window stands first."""
    window = _window(at, kernel, stride)
    return next((place for place in window if x.value[place] == y.value[at]), None)


def _max_unpool_notation(
    at: Position, g: SymbolicArray, x: SymbolicArray, y: SymbolicArray, kernel: Shape, stride: Shape
) -> Expression:
    n = len(kernel)
    seen = _seen_by(at[-n:], y.shape[-n:], kernel, stride, (1,) * n)
    windows = [(*at[:-n], *first) for first, _ in seen]
    return sum_of(g[one] for one in windows if _first_maximum(one, x, y, kernel, stride) == at)


def _max_pick_notation(
    at: Position, v: SymbolicArray, x: SymbolicArray, y: SymbolicArray, kernel: Shape, stride: Shape
) -> Expression:
    place = _first_maximum(at, x, y, kernel, stride)
    return Number(0.0) if place is None else v[place]


unfold: Op = primitive(
    windows.unfold,
    lambda g, y, x, **sizes: fold(g, shape=x.shape, **sizes),
    kind="view",
    notation=_unfold_notation,
    source=_write_unfold,
)
fold: Op = primitive(
    windows.fold,
    lambda g, y, x, shape, **sizes: unfold(g, **sizes),
    kind="kernel",
    notation=_fold_notation,
    like=_first_window,
)
max_pool: Op = primitive(  # a tie sends all to the first
    windows.max_pool,
    lambda g, y, x, **sizes: max_unpool(g, x, y, **sizes),
    kind="kernel",
    notation=lambda at, x, kernel, stride: maximum(*(x[p] for p in _window(at, kernel, stride))),
    like=lambda x, **sizes: x,
    complex_value=analytic.max_pool,
)
max_unpool: Op = primitive(
    windows.max_unpool,
    lambda v, _, g, x, y, **sizes: max_pool_gather(v, x, y, **sizes),
    None,
    None,
    kind="kernel",
    notation=_max_unpool_notation,
    in_place=(1,),
    like=lambda g, x, y, **sizes: x,
    workspace={
        "rest": lambda z, g, x, y: (y.shape, z.dtype),
        "share": lambda z, g, x, y: (y.shape, z.dtype),
        "mask": lambda z, g, x, y: (y.shape, np.dtype(bool)),
        "int_mask": lambda z, g, x, y: (y.shape, np.dtype(f"i{z.dtype.itemsize}")),
    },
    complex_value=analytic.max_unpool,
)
max_pool_gather: Op = primitive(
    windows.max_pool_gather,
    lambda g, _, v, x, y, **sizes: max_unpool(g, x, y, **sizes),
    None,
    None,
    kind="kernel",
    notation=_max_pick_notation,
    like=lambda v, x, y, **sizes: y,
    complex_value=analytic.max_pool_gather,
)


# Convolution along the first axis: three maps, each the gradient of the others.
def _sizes(sizes: dict[str, int]) -> dict[str, int]:
    return {"stride": sizes["stride"], "dilation": sizes["dilation"]}


Pairs = Iterator[tuple[Position, Position]]


def _sum_of_products(pairs: Callable[..., Pairs]) -> dict[str, Any]:
    """Notation and derivative of a sum of products, from the places of the factors."""

    def notation(at: Position, a: SymbolicArray, b: SymbolicArray, **sizes: int) -> Expression:
        return sum_of(a[p] * b[q] for p, q in pairs(at, a.shape, b.shape, **sizes))

    def derivative(
        i: int,
        index: Position,
        at: Position,
        _: SymbolicArray,
        *arrays: SymbolicArray,
        **sizes: int,
    ) -> Expression:
        shapes = (array.shape for array in arrays)
        met = [pair[1 - i] for pair in pairs(at, *shapes, **sizes) if pair[i] == index]
        return sum_of(arrays[1 - i][place] for place in met)

    return {"notation": notation, "derivative": derivative}


def _conv1d_pairs(at: Position, x: Shape, w: Shape, stride: int, dilation: int) -> Pairs:
    i, f, m = at
    for u, c in np.ndindex(*w[1:]):
        yield (i * stride + u * dilation, c, m), (f, u, c)


def _input_grad_pairs(
    at: Position, g: Shape, w: Shape, height: int, stride: int, dilation: int
) -> Pairs:
    h, c, m = at
    for (i,), (u,) in _seen_by((h,), g[:1], w[1:2], (stride,), (dilation,)):
        for f in range(w[0]):
            yield (i, f, m), (f, u, c)


def _weight_grad_pairs(
    at: Position, x: Shape, g: Shape, kernel: int, stride: int, dilation: int
) -> Pairs:
    f, u, c = at
    for i, m in np.ndindex(g[0], g[2]):
        yield (i * stride + u * dilation, c, m), (i, f, m)


conv1d: Op = primitive(
    conv.conv1d,
    lambda g, y, x, w, **sizes: conv1d_input_grad(g, w, height=x.shape[0], **sizes),
    lambda g, y, x, w, **sizes: conv1d_weight_grad(x, g, kernel=w.shape[1], **sizes),
    kind="kernel",
    **_sum_of_products(_conv1d_pairs),
)
conv1d_input_grad: Op = primitive(
    conv.conv1d_input_grad,
    lambda v, y, g, w, **sizes: conv1d(v, w, **_sizes(sizes)),
    lambda v, y, g, w, **sizes: conv1d_weight_grad(v, g, kernel=w.shape[1], **_sizes(sizes)),
    kind="kernel",
    **_sum_of_products(_input_grad_pairs),
    workspace={
        "flipped": lambda y, g, w: (w.shape[::-1], y.dtype),
        "part": lambda y, g, w: (y.shape[1:], y.dtype),
    },
)
conv1d_weight_grad: Op = primitive(
    conv.conv1d_weight_grad,
    lambda v, y, x, g, **sizes: conv1d_input_grad(g, v, height=x.shape[0], **_sizes(sizes)),
    lambda v, y, x, g, **sizes: conv1d(x, v, **_sizes(sizes)),
    kind="kernel",
    **_sum_of_products(_weight_grad_pairs),
    workspace={"products": lambda y, x, g: ((g.shape[0], math.prod(y.shape)), y.dtype)},
)
