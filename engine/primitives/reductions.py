"""Many numbers into one: sums, maxima, softmax, and the product of matrices."""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.array import Array
from engine.kernels import analytic
from engine.kernels import rows as row_kernels
from engine.primitives.pairs import equal
from engine.primitives.views import Use
from engine.tracing import Op, Tensor, primitive

Axes = tuple[int, ...]


def _sum(x: Array, *, axis: Axes, keepdims: bool = False) -> Array:
    return np.asarray(np.add.reduce(x, axis=axis, keepdims=keepdims, out=...))


def _max(x: Array, *, axis: Axes, keepdims: bool = False) -> Array:
    return np.asarray(np.maximum.reduce(x, axis=axis, keepdims=keepdims, out=...))


def _over_axes(ufunc: np.ufunc) -> Callable[..., str]:
    """Writes ufunc.reduce(x, axis=…, out=…)."""

    def write(use: Use, x: str, out: str, axis: Axes | None, keepdims: bool) -> str:
        kept = ", keepdims=True" if keepdims else ""
        return f"{use(ufunc)}.reduce({x}, axis={axis}{kept}, out={out})"

    return write


def _kept_axes(x: Array, axis: Axes, keepdims: bool = False) -> Array:
    """x without the axes that are reduced: its strides tell the order of the others."""
    kept = [a for a in range(x.ndim) if a not in axis]
    strides = tuple(x.strides[a] for a in kept)
    return x if keepdims else as_strided(x, tuple(x.shape[a] for a in kept), strides)


def _repeated(r: Tensor, x: Tensor, axis: Axes) -> Tensor:
    """A result with an axis of length one for each that was reduced, repeated along it."""
    kept = tuple(1 if i in axis else n for i, n in enumerate(x.shape))
    return r.reshape(kept).broadcast_to(x.shape)


def _max_vjp(g: Tensor, y: Tensor, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    top = equal(x, _repeated(y, x, axis))
    return _repeated(g, x, axis) * top / _repeated(top.sum(axis), x, axis)


sum_over: Op = primitive(
    _sum,
    lambda g, y, x, axis, keepdims: _repeated(g, x, axis),
    name="sum",
    kind="reduction",
    like=_kept_axes,
    source=_over_axes(np.add),
)
max_over: Op = primitive(  # equal maxima share the gradient
    _max,
    _max_vjp,
    name="max",
    kind="reduction",
    like=_kept_axes,
    source=_over_axes(np.maximum),
    complex_value=analytic.max_over,
)


# Along the last axis.
logsumexp: Op = primitive(
    row_kernels.logsumexp,
    lambda g, y, x: g * softmax(x),
    kind="kernel",
    like=lambda x: x,
    workspace={
        "scratch": lambda y, x: (y.shape, y.dtype),
        "terms": lambda y, x: (x.shape, y.dtype),
    },
    complex_value=analytic.logsumexp,
)
softmax: Op = primitive(
    row_kernels.softmax,
    lambda g, y, x: y * (g - (g * y).sum(-1, keepdims=True)),
    kind="kernel",
    like=lambda x: x,
    workspace={"scratch": lambda y, x: ((*y.shape[:-1], 1), y.dtype)},
    complex_value=analytic.softmax,
)


# Products of matrices, batched over leading axes.
def _swap(x: Tensor) -> Tensor:
    return x.transpose(*range(x.ndim - 2), x.ndim - 1, x.ndim - 2)


matmul: Op = primitive(
    np.matmul,
    lambda g, y, a, b: matmul(g, _swap(b)),
    lambda g, y, a, b: matmul(_swap(a), g),
    kind="product",
)
