"""Windows that slide over the last axes: what convolution and pooling look at."""

import math
from typing import Any

import numpy as np

from engine.array import Array
from engine.indexing import ahead
from engine.kernels import analytic, windows
from engine.kernels import convolution as conv
from engine.primitives.views import Use, settings_text
from engine.tracing import Op, primitive


def _write_unfold(use: Use, x: str, **sizes: Any) -> str:
    return f"{use(windows.unfold)}({x}, {settings_text(sizes)})"


def _first_window(g: Array, *, kernel: windows.Sizes, **_: Any) -> Array:
    return np.asarray(g[ahead(*(0,) * len(kernel))])


unfold: Op = primitive(
    windows.unfold,
    lambda g, y, x, **sizes: fold(g, shape=x.shape, **sizes),
    kind="view",
    source=_write_unfold,
)
fold: Op = primitive(
    windows.fold,
    lambda g, y, x, shape, **sizes: unfold(g, **sizes),
    kind="kernel",
    like=_first_window,
)
max_pool: Op = primitive(  # a tie sends all to the first
    windows.max_pool,
    lambda g, y, x, **sizes: max_unpool(g, x, y, **sizes),
    kind="kernel",
    like=lambda x, **sizes: x,
    complex_value=analytic.max_pool,
)
max_unpool: Op = primitive(
    windows.max_unpool,
    lambda v, _, g, x, y, **sizes: max_pick(v, x, y, **sizes),
    None,
    None,
    kind="kernel",
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
max_pick: Op = primitive(
    windows.max_pick,
    lambda g, _, v, x, y, **sizes: max_unpool(g, x, y, **sizes),
    None,
    None,
    kind="kernel",
    like=lambda v, x, y, **sizes: y,
    complex_value=analytic.max_pick,
)


# Convolution along the first axis: three maps, each the gradient of the others.
def _sizes(sizes: dict[str, int]) -> dict[str, int]:
    return {"stride": sizes["stride"], "dilation": sizes["dilation"]}


conv1d: Op = primitive(
    conv.conv1d,
    lambda g, y, x, w, **sizes: conv1d_input_grad(g, w, height=x.shape[0], **sizes),
    lambda g, y, x, w, **sizes: conv1d_weight_grad(x, g, kernel=w.shape[1], **sizes),
    kind="kernel",
)
conv1d_input_grad: Op = primitive(
    conv.conv1d_input_grad,
    lambda v, y, g, w, **sizes: conv1d(v, w, **_sizes(sizes)),
    lambda v, y, g, w, **sizes: conv1d_weight_grad(v, g, kernel=w.shape[1], **_sizes(sizes)),
    kind="kernel",
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
    workspace={"products": lambda y, x, g: ((g.shape[0], math.prod(y.shape)), y.dtype)},
)
