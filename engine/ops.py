"""The primitives and their derivatives: one table, from the simplest to the most complex.

A row is a name, a value, and one pull-back per input: g is the cotangent of the result y. The
pull-backs are plain array code; run on tensors they build graph, so that a gradient has a
gradient. Where a function has a corner its row says which slope is taken there.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import kernels
from engine.array import Array, Index
from engine.tracing import OPS, Domain, Form, Op, Pull, Tensor, Work, apply

__all__ = ["OPS"]


def _add(
    name: str,
    value: Callable[..., Array],
    *pulls: Pull | None,
    form: Form = "elementwise",
    work: Work | None = None,
) -> None:
    OPS[name] = Op(name, value, pulls, form, work or {})


def _whole_numbers(y: Any) -> np.dtype[Any]:
    """Whole numbers as long as those of y."""
    return np.dtype(f"i{y.dtype.itemsize}")


def _elementwise(ufunc: np.ufunc, *pulls: Pull | None, domain: Domain | None = None) -> None:
    OPS[ufunc.__name__] = Op(ufunc.__name__, ufunc, pulls, domain=domain)


# One input, one output, number by number.
_POSITIVE = Domain("x > 0", 0, lambda x: x <= 0)
_UP_TO_ONE = Domain("−1 ≤ x ≤ 1", 0, lambda x: abs(x) > 1)
_elementwise(np.negative, lambda g, y, x: -g)
_elementwise(np.square, lambda g, y, x: (2 * g) * x)
_elementwise(np.sqrt, lambda g, y, x: g * 0.5 / y, domain=Domain("x ≥ 0", 0, lambda x: x < 0))
_elementwise(np.exp, lambda g, y, x: g * y)
_elementwise(np.expm1, lambda g, y, x: g * (y + 1))
_elementwise(np.log, lambda g, y, x: g / x, domain=_POSITIVE)
_elementwise(np.log1p, lambda g, y, x: g / (1 + x), domain=Domain("x > −1", 0, lambda x: x <= -1))
_elementwise(np.log2, lambda g, y, x: g / (math.log(2) * x), domain=_POSITIVE)
_elementwise(np.log10, lambda g, y, x: g / (math.log(10) * x), domain=_POSITIVE)
_elementwise(np.sin, lambda g, y, x: g * np.cos(x))
_elementwise(np.cos, lambda g, y, x: -(g * np.sin(x)))
_elementwise(np.tan, lambda g, y, x: g * (1 + y * y))
_elementwise(np.arcsin, lambda g, y, x: g / np.sqrt(1 - x * x), domain=_UP_TO_ONE)
_elementwise(np.arccos, lambda g, y, x: -(g / np.sqrt(1 - x * x)), domain=_UP_TO_ONE)
_elementwise(np.arctan, lambda g, y, x: g / (1 + x * x))
_elementwise(np.sinh, lambda g, y, x: g * np.cosh(x))
_elementwise(np.cosh, lambda g, y, x: g * np.sinh(x))
_elementwise(np.tanh, lambda g, y, x: g * (1 - y * y))
_elementwise(np.absolute, lambda g, y, x: g * np.sign(x))  # slope 0 at 0
_elementwise(np.sign, None)
_add("relu", kernels.relu, lambda g, y, x: apply("gate", g, y))  # slope 0 at 0
_add("sigmoid", kernels.sigmoid, lambda g, y, x: g * (y * (1 - y)), form="elementwise")
_add("softplus", kernels.softplus, lambda g, y, x: g * apply("sigmoid", x), form="elementwise")
_add("hard_tanh", kernels.hard_tanh, lambda g, y, x: g * np.sign(1 - abs(y)))  # slope 0 at ±1
_add("huber", kernels.huber, lambda g, y, x: g * apply("hard_tanh", x))
_add(
    "astype", np.ndarray.astype, lambda g, y, x, dtype: apply("astype", g, dtype=x.value.dtype.name)
)
_add("erf", kernels.erf, lambda g, y, x: g * (2 / math.sqrt(math.pi) * np.exp(-np.square(x))))

# Two inputs.
_add(  # what ReLU lets back through
    "gate",
    kernels.gate,
    lambda v, _, g, y: apply("gate", v, y),
    None,
    work={
        "hit": lambda z, g, y: (z.shape, np.dtype(bool)),
        "bits": lambda z, g, y: (z.shape, _whole_numbers(z)),
    },
)
_elementwise(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g)
_elementwise(np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g)
_elementwise(np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
_elementwise(
    np.divide,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -(g * y / b),
    domain=Domain("a divisor that is not 0", 1, lambda a, b: b == 0),
)
_elementwise(
    np.power,
    lambda g, y, x, p: g * p * x ** (p - 1),
    lambda g, y, x, p: g * y * np.log(x),
    domain=Domain(
        "x > 0, or x ≠ 0 with a whole exponent, or x = 0 with an exponent ≥ 0",
        0,
        lambda x, p: ((x < 0) & (p < np.inf) & (p != np.rint(p))) | ((x == 0) & (p < 0)),
    ),
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


def _same(x: Array) -> Array:
    return x


def _getitem(x: Array, *, index: Index) -> Array:
    return np.asarray(x[index])


def _inverse(axes: tuple[int, ...]) -> list[int]:
    return [axes.index(i) for i in range(len(axes))]


_add("reshape", _reshape, lambda g, y, x, shape: g.reshape(x.shape), form="view")
_add("transpose", _transpose, lambda g, y, x, axes: g.transpose(_inverse(axes)), form="view")
_add("broadcast_to", _broadcast, lambda g, y, x, shape: g, form="view")
_add(
    "getitem",
    _getitem,
    lambda g, y, x, index: apply("embed", g, indices=(index,), shape=x.shape),
    form="view",
)
_add("detach", _same, None, form="view")  # a wall for gradients


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
_add(
    "logsumexp",
    kernels.logsumexp,
    lambda g, y, x: g * apply("softmax", x),
    form="rowwise",
    work={"scratch": lambda y, x: (y.shape, y.dtype), "terms": lambda y, x: (x.shape, y.dtype)},
)
_add(
    "softmax",
    kernels.softmax,
    _softmax_pull,
    form="rowwise",
    work={"scratch": lambda y, x: ((*y.shape[:-1], 1), y.dtype)},
)


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


# Many arrays into one.
def _join_pull(i: int) -> Pull:
    def pull(g: Tensor, y: Tensor, *parts: Tensor) -> Tensor:
        start = sum(part.size for part in parts[:i])
        return g[start : start + parts[i].size].reshape(parts[i].shape)

    return pull


def _embed_pull(i: int) -> Pull:
    def pull(
        g: Tensor, y: Tensor, *parts: Tensor, indices: tuple[Index, ...], shape: tuple[int, ...]
    ) -> Tensor:
        return g[indices[i]]

    return pull


OPS["join"] = Op("join", kernels.join, _join_pull, "pack")
OPS["embed"] = Op("embed", kernels.embed, _embed_pull, "pack")
_add("with_ones", kernels.with_ones, lambda g, y, x: g[..., :-1], form="pack")


# Rows of a table, looked up by number.
def _row_numbers(y: Any, x: Any, ids: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    return ids.shape, np.dtype(np.intp)


_add(
    "take",
    kernels.take,
    lambda g, y, table, ids: apply("scatter", g, ids, shape=table.shape),
    None,
    form="table",
    work={"rows": _row_numbers},
)
_add(
    "scatter",
    kernels.scatter,
    lambda g, y, x, ids, shape: apply("take", g, ids),
    None,
    form="table",
    work={
        "rows": _row_numbers,
        "hot": lambda y, g, ids: ((math.prod(ids.shape), y.shape[0]), y.dtype),
    },
)


# Windows that slide over the last axes.
_add("unfold", kernels.unfold, lambda g, y, x, **how: apply("fold", g, shape=x.shape, **how),
     form="view")  # fmt: skip
_add("fold", kernels.fold, lambda g, y, x, shape, **how: apply("unfold", g, **how), form="window")
_add(  # a tie sends all to the first
    "max_pool",
    kernels.max_pool,
    lambda g, y, x, **how: apply("max_unpool", g, x, y, **how),
    form="window",
)
_add(
    "max_unpool",
    kernels.max_unpool,
    lambda v, _, g, x, y, **how: apply("max_pick", v, x, y, **how),
    None,
    None,
    form="window",
    work={
        "left": lambda z, g, x, y: (y.shape, z.dtype),
        "share": lambda z, g, x, y: (y.shape, z.dtype),
        "hit": lambda z, g, x, y: (y.shape, np.dtype(bool)),
        "bits": lambda z, g, x, y: (y.shape, _whole_numbers(z)),
    },
)
_add(
    "max_pick",
    kernels.max_pick,
    lambda g, _, v, x, y, **how: apply("max_unpool", g, x, y, **how),
    None,
    None,
    form="window",
)


# Convolution along the first axis: three maps, each the slope of the others.
def _slide_how(how: dict[str, int]) -> dict[str, int]:
    return {"stride": how["stride"], "dilation": how["dilation"]}


_add(
    "slide",
    kernels.slide,
    lambda g, y, x, w, **how: apply("slide_inputs", g, w, height=x.shape[0], **how),
    lambda g, y, x, w, **how: apply("slide_weights", x, g, kernel=w.shape[1], **how),
    form="window",
)
_add(
    "slide_inputs",
    kernels.slide_inputs,
    lambda v, y, g, w, **how: apply("slide", v, w, **_slide_how(how)),
    lambda v, y, g, w, **how: apply("slide_weights", v, g, kernel=w.shape[1], **_slide_how(how)),
    form="window",
    work={
        "turned": lambda y, g, w: (w.shape[::-1], y.dtype),
        "part": lambda y, g, w: (y.shape[1:], y.dtype),
    },
)
_add(
    "slide_weights",
    kernels.slide_weights,
    lambda v, y, x, g, **how: apply("slide_inputs", g, v, height=x.shape[0], **_slide_how(how)),
    lambda v, y, x, g, **how: apply("slide", x, v, **_slide_how(how)),
    form="window",
    work={"products": lambda y, x, g: ((g.shape[0], math.prod(y.shape)), y.dtype)},
)
