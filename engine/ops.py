"""The primitives and their derivatives: one table, from the simplest to the most complex.

A row is a name, a value, and one pull-back per input: g is the cotangent of the result y. The
pull-backs are plain array code; run on tensors they build graph, so that a gradient has a
gradient. Where a function has a corner its row says which slope is taken there.
"""

import math
from collections.abc import Callable

import numpy as np

from engine import kernels
from engine.array import Array
from engine.tensor import OPS, Form, Index, Op, Pull, Tensor, apply


def _add(
    name: str, value: Callable[..., Array], *pulls: Pull | None, form: Form = "elementwise"
) -> None:
    OPS[name] = Op(name, value, pulls, form)


def _elementwise(ufunc: np.ufunc, *pulls: Pull | None) -> None:
    _add(ufunc.__name__, ufunc, *pulls, form="elementwise")


# One input, one output, number by number.
_elementwise(np.negative, lambda g, y, x: -g)
_elementwise(np.square, lambda g, y, x: (2 * g) * x)
_elementwise(np.sqrt, lambda g, y, x: g * 0.5 / y)
_elementwise(np.exp, lambda g, y, x: g * y)
_elementwise(np.expm1, lambda g, y, x: g * (y + 1))
_elementwise(np.log, lambda g, y, x: g / x)
_elementwise(np.log1p, lambda g, y, x: g / (1 + x))
_elementwise(np.sin, lambda g, y, x: g * np.cos(x))
_elementwise(np.cos, lambda g, y, x: -(g * np.sin(x)))
_elementwise(np.tanh, lambda g, y, x: g * (1 - y * y))
_elementwise(np.absolute, lambda g, y, x: g * np.sign(x))  # slope 0 at 0
_elementwise(np.sign, None)
_add("relu", kernels.relu, lambda g, y, x: g * np.sign(y), form="elementwise")  # slope 0 at 0
_add("sigmoid", kernels.sigmoid, lambda g, y, x: g * (y * (1 - y)), form="elementwise")
_add("softplus", kernels.softplus, lambda g, y, x: g * apply("sigmoid", x), form="elementwise")
_add("hard_tanh", kernels.hard_tanh, lambda g, y, x: g * np.sign(1 - abs(y)))  # slope 0 at ±1
_add("huber", kernels.huber, lambda g, y, x: g * apply("hard_tanh", x))
_add("erf", kernels.erf, lambda g, y, x: g * (2 / math.sqrt(math.pi) * np.exp(-np.square(x))))

# Two inputs.
_elementwise(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g)
_elementwise(np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g)
_elementwise(np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
_elementwise(np.divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -(g * y / b))
_elementwise(
    np.power, lambda g, y, x, p: g * p * x ** (p - 1), lambda g, y, x, p: g * y * np.log(x)
)
_elementwise(  # a tie sends half to each
    np.maximum,
    lambda g, y, a, b: (0.5 * g) * (1 + np.sign(a - b)),
    lambda g, y, a, b: (0.5 * g) * (1 + np.sign(b - a)),
)
_elementwise(
    np.minimum,
    lambda g, y, a, b: (0.5 * g) * (1 + np.sign(b - a)),
    lambda g, y, a, b: (0.5 * g) * (1 + np.sign(a - b)),
)


# The same numbers seen in another shape.
def _reshape(x: Array, *, shape: tuple[int, ...]) -> Array:
    return x.reshape(shape)


def _transpose(x: Array, *, axes: tuple[int, ...]) -> Array:
    return x.transpose(axes)


def _broadcast(x: Array, *, shape: tuple[int, ...]) -> Array:
    return np.broadcast_to(x, shape)


def _getitem(x: Array, *, index: Index) -> Array:
    return np.asarray(x[index])


def _embed(x: Array, *, index: Index, shape: tuple[int, ...]) -> Array:
    whole = np.zeros(shape, x.dtype)
    whole[index] = x
    return whole


def _inverse(axes: tuple[int, ...]) -> list[int]:
    return [axes.index(i) for i in range(len(axes))]


_add("reshape", _reshape, lambda g, y, x, shape: g.reshape(x.shape), form="view")
_add("transpose", _transpose, lambda g, y, x, axes: g.transpose(_inverse(axes)), form="view")
_add("broadcast_to", _broadcast, lambda g, y, x, shape: g, form="view")
_add(
    "getitem",
    _getitem,
    lambda g, y, x, index: apply("embed", g, index=index, shape=x.shape),
    form="view",
)
_add("embed", _embed, lambda g, y, x, index, shape: g[index], form="embed")
_add("with_ones", kernels.with_ones, lambda g, y, x: g[..., :-1], form="pack")


# Many numbers into one.
def _sum(
    x: Array, *, axis: tuple[int, ...], keepdims: bool = False, out: Array | None = None
) -> Array:
    total = np.add.reduce(x, axis=axis, keepdims=keepdims, out=... if out is None else out)
    return np.asarray(total)


def _spread(g: Tensor, y: Tensor, x: Tensor, axis: tuple[int, ...], keepdims: bool) -> Tensor:
    kept = tuple(1 if i in axis else n for i, n in enumerate(x.shape))
    return g.reshape(kept).broadcast_to(x.shape)


def _softmax_pull(g: Tensor, y: Tensor, x: Tensor) -> Tensor:
    return y * (g - (g * y).sum(-1, keepdims=True))


_add("sum", _sum, _spread, form="reduce")
_add("logsumexp", kernels.logsumexp, lambda g, y, x: g * apply("softmax", x), form="rowwise")
_add("softmax", kernels.softmax, _softmax_pull, form="rowwise")


# Products of matrices, batched over leading axes.
def _swap(x: Tensor) -> Tensor:
    return x.transpose([*range(x.ndim - 2), x.ndim - 1, x.ndim - 2])


_add(
    "matmul",
    np.matmul,
    lambda g, y, a, b: apply("matmul", g, _swap(b)),
    lambda g, y, a, b: apply("matmul", _swap(a), g),
    form="product",
)


def _join_pull(i: int) -> Pull:
    def pull(g: Tensor, y: Tensor, *parts: Tensor) -> Tensor:
        start = sum(part.size for part in parts[:i])
        return g[start : start + parts[i].size].reshape(parts[i].shape)

    return pull


OPS["join"] = Op("join", kernels.join, _join_pull, "pack")
