"""Many numbers into one: sums, maxima, softmax, and the product of matrices."""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import as_strided

import engine.primitives.pairs as pairs
from engine.array import Array
from engine.expression import (
    SUBSCRIPTS,
    Comparison,
    E,
    Expression,
    Number,
    choose,
    ln,
    maximum,
)
from engine.indexing import Position, broadcast_position
from engine.kernels import analytic
from engine.kernels import rows as row_kernels
from engine.primitives.views import Use
from engine.symbolic import SymbolicArray, series
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
    top = pairs.equal(x, _repeated(y, x, axis))
    count = pairs.maximum(top.sum(axis), 1.0)  # 0 where the maximum is NaN
    return _repeated(g, x, axis) * top / _repeated(count, x, axis)


def _reduced(
    at: Position, x: SymbolicArray, axis: Axes, keepdims: bool
) -> tuple[tuple[int, ...], Callable[..., Expression]]:
    """The lengths of the axes that are reduced, and the element of x at given places in them."""
    kept = [i for a, i in enumerate(at) if not (keepdims and a in axis)]

    def element(*inside: int | str) -> Expression:
        along, rest = iter(inside), iter(kept)
        return x[tuple(next(along if a in axis else rest) for a in range(len(x.shape)))]

    return tuple(x.shape[a] for a in axis), element


def _sum_notation(at: Position, x: SymbolicArray, axis: Axes, keepdims: bool) -> Expression:
    sizes, element = _reduced(at, x, axis, keepdims)
    return series("".join(SUBSCRIPTS), sizes, element) if axis else element()


def _max_notation(at: Position, x: SymbolicArray, axis: Axes, keepdims: bool) -> Expression:
    sizes, element = _reduced(at, x, axis, keepdims)
    return maximum(*(element(*map(int, inside)) for inside in np.ndindex(*sizes)))


def _max_derivative(
    i: int,
    index: Position,
    at: Position,
    y: SymbolicArray,
    x: SymbolicArray,
    axis: Axes,
    keepdims: bool,
) -> Expression:
    """1 at the maximum, shared equally between several."""
    kept = tuple(0 if a in axis else i for a, i in enumerate(index))
    if (kept if keepdims else tuple(i for a, i in enumerate(index) if a not in axis)) != at:
        return Number(0.0)
    row = x.value[tuple(slice(None) if a in axis else i for a, i in enumerate(index))]
    count = max(1, int(np.count_nonzero(row == y.value[at])))
    return choose(Comparison("=", x[index], y[at]), Number(1.0) / count, 0)


sum_over: Op = primitive(
    _sum,
    lambda g, y, x, axis, keepdims: _repeated(g, x, axis),
    name="sum",
    kind="reduction",
    notation=_sum_notation,
    like=_kept_axes,
    source=_over_axes(np.add),
)
max_over: Op = primitive(  # equal maxima share the gradient
    _max,
    _max_vjp,
    name="max",
    kind="reduction",
    notation=_max_notation,
    derivative=_max_derivative,
    like=_kept_axes,
    source=_over_axes(np.maximum),
    complex_value=analytic.max_over,
)


# Along the last axis.
def _sum_of_powers(at: Position, x: SymbolicArray) -> Expression:
    """Σₖ e^x[…, k]."""
    return series("k", x.shape[-1:], lambda k: E ** x[(*at[:-1], k)])


def _softmax_derivative(
    i: int, index: Position, at: Position, y: SymbolicArray, x: SymbolicArray
) -> Expression:
    if index[:-1] != at[:-1]:
        return Number(0.0)
    return y[at] * (1 - y[at]) if index == at else -(y[at] * y[index])


def _logsumexp_derivative(
    i: int, index: Position, at: Position, y: SymbolicArray, x: SymbolicArray
) -> Expression:
    return E ** (x[index] - y[at]) if index[:-1] == at[:-1] else Number(0.0)


logsumexp: Op = primitive(
    row_kernels.logsumexp,
    lambda g, y, x: g * softmax(x),
    kind="kernel",
    notation=lambda at, x: ln(_sum_of_powers(at, x)),
    derivative=_logsumexp_derivative,
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
    notation=lambda at, x: E ** x[at] / _sum_of_powers(at, x),
    derivative=_softmax_derivative,
    like=lambda x: x,
    workspace={"scratch": lambda y, x: ((*y.shape[:-1], 1), y.dtype)},
    complex_value=analytic.softmax,
)


# Products of matrices, batched over leading axes.
def _swap(x: Tensor) -> Tensor:
    return x.transpose(*range(x.ndim - 2), x.ndim - 1, x.ndim - 2)


def _rows_and_columns(
    at: Position, a: SymbolicArray, b: SymbolicArray
) -> tuple[Position, Position]:
    """Which row of a and which column of b meet: their indices but for the one that is summed."""
    *batch, row, column = at
    left = broadcast_position(tuple(batch), a.shape[:-2])
    return (*left, row), (*broadcast_position(tuple(batch), b.shape[:-2]), column)


def _matmul_notation(at: Position, a: SymbolicArray, b: SymbolicArray) -> Expression:
    row, (*batch, column) = _rows_and_columns(at, a, b)
    return series("k", a.shape[-1:], lambda k: a[(*row, k)] * b[(*batch, k, column)])


def _matmul_derivative(
    i: int, index: Position, at: Position, y: SymbolicArray, a: SymbolicArray, b: SymbolicArray
) -> Expression:
    row, (*batch, column) = _rows_and_columns(at, a, b)
    if i == 0:
        return b[(*batch, index[-1], column)] if index[:-1] == row else Number(0.0)
    k = index[-2]
    return a[(*row, k)] if index == (*batch, k, column) else Number(0.0)


def _matmul(a: Array, b: Array) -> Array:
    if a.ndim < 2 or b.ndim < 2:
        raise ValueError("expected matrices")
    return np.asarray(np.matmul(a, b))


matmul: Op = primitive(
    _matmul,
    lambda g, y, a, b: matmul(g, _swap(b)),
    lambda g, y, a, b: matmul(_swap(a), g),
    name="matmul",
    kind="product",
    notation=_matmul_notation,
    derivative=_matmul_derivative,
)
