"""Functions of one number, applied to every number of an array."""

import math
from typing import Any

import numpy as np

from engine.expression import SIGMOID, Call, E, choose, expression, ln, maximum, minimum
from engine.kernels import analytic, pointwise
from engine.tracing import Domain, Op, Tensor, primitive

_POSITIVE = Domain("x > 0", 0, lambda x: x <= 0)
_UP_TO_ONE = Domain("−1 ≤ x ≤ 1", 0, lambda x: abs(x) > 1)

negative: Op = primitive(np.negative, lambda g, y, x: -g, notation=lambda x: -x)
square: Op = primitive(
    np.square, lambda g, y, x: (2 * g) * x, typed=("square",), notation=lambda x: x**2
)
sqrt: Op = primitive(
    np.sqrt,
    lambda g, y, x: g * 0.5 / y,
    domain=Domain("x ≥ 0", 0, lambda x: x < 0),
    typed=("sqrt",),
    notation=lambda x: x**0.5,
)
exp: Op = primitive(np.exp, lambda g, y, x: g * y, typed=("exp",), notation=lambda x: E**x)
expm1: Op = primitive(
    np.expm1, lambda g, y, x: g * (y + 1), typed=("expm1",), notation=lambda x: E**x - 1
)
log: Op = primitive(
    np.log, lambda g, y, x: g / x, domain=_POSITIVE, typed=("log", "ln"), notation=ln
)
log1p: Op = primitive(
    np.log1p,
    lambda g, y, x: g / (1 + x),
    domain=Domain("x > −1", 0, lambda x: x <= -1),
    typed=("log1p",),
    notation=lambda x: ln(1 + x),
)
log2: Op = primitive(
    np.log2, lambda g, y, x: g / (math.log(2) * x), domain=_POSITIVE, typed=("log2",)
)
log10: Op = primitive(
    np.log10, lambda g, y, x: g / (math.log(10) * x), domain=_POSITIVE, typed=("log10",)
)
sin: Op = primitive(np.sin, lambda g, y, x: g * cos(x), typed=("sin",))
cos: Op = primitive(np.cos, lambda g, y, x: -(g * sin(x)), typed=("cos",))
tan: Op = primitive(np.tan, lambda g, y, x: g * (1 + y * y), typed=("tan",))
arcsin: Op = primitive(
    np.arcsin, lambda g, y, x: g / sqrt(1 - x * x), domain=_UP_TO_ONE, typed=("arcsin",)
)
arccos: Op = primitive(
    np.arccos, lambda g, y, x: -(g / sqrt(1 - x * x)), domain=_UP_TO_ONE, typed=("arccos",)
)
arctan: Op = primitive(np.arctan, lambda g, y, x: g / (1 + x * x), typed=("arctan",))
sinh: Op = primitive(np.sinh, lambda g, y, x: g * cosh(x), typed=("sinh",))
cosh: Op = primitive(np.cosh, lambda g, y, x: g * sinh(x), typed=("cosh",))
tanh: Op = primitive(np.tanh, lambda g, y, x: g * (1 - y * y), typed=("tanh",))
absolute: Op = primitive(  # derivative 0 at 0
    np.absolute,
    lambda g, y, x: g * sign(x),
    typed=("abs",),
    notation=abs,
    complex_value=analytic.absolute,
)
sign: Op = primitive(np.sign, None, typed=("sign",))
sigmoid: Op = primitive(
    pointwise.sigmoid,
    lambda g, y, x: g * (y * (1 - y)),
    typed=("sigmoid", "sigma"),
    notation=lambda x: Call(SIGMOID, (x,)),
    complex_value=analytic.sigmoid,
)
softplus: Op = primitive(
    pointwise.softplus,
    lambda g, y, x: g * sigmoid(x),
    typed=("softplus",),
    notation=lambda x: ln(1 + E**x),
    complex_value=analytic.softplus,
)
hard_tanh: Op = primitive(  # derivative 0 at ±1
    pointwise.hard_tanh,
    lambda g, y, x: g * sign(1 - abs(y)),
    typed=("hard_tanh",),
    notation=lambda x: maximum(-1, minimum(1, x)),
    complex_value=analytic.hard_tanh,
)
huber: Op = primitive(
    pointwise.huber,
    lambda g, y, x: g * hard_tanh(x),
    notation=lambda x: choose(abs(x) <= 1, x**2 / 2, abs(x) - expression(1) / 2),
    complex_value=analytic.huber,
)
erf: Op = primitive(
    pointwise.erf,
    lambda g, y, x: g * (2 / math.sqrt(math.pi) * exp(-square(x))),
    typed=("erf",),
    complex_value=analytic.erf,
)


# ReLU, and what it lets back through.
def _integers_like(z: Any, g: Any, y: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Integers as long as the numbers of z."""
    return z.shape, np.dtype(f"i{z.dtype.itemsize}")


relu: Op = primitive(  # derivative 0 at 0
    pointwise.relu,
    lambda g, y, x: relu_grad(g, y),
    typed=("relu",),
    notation=lambda x: maximum(0, x),
    derivative=lambda i, y, x: choose(x > 0, 1, 0),
    complex_value=analytic.relu,
)
relu_grad: Op = primitive(
    pointwise.relu_grad,
    lambda v, _, g, y: relu_grad(v, y),
    None,
    notation=lambda g, y: choose(y > 0, g, 0),
    workspace={
        "mask": lambda z, g, y: (z.shape, np.dtype(bool)),
        "int_mask": _integers_like,
    },
    complex_value=analytic.relu_grad,
)


# Another precision.
def _astype_vjp(g: Tensor, y: Tensor, x: Tensor, dtype: str) -> Tensor:
    return astype(g, dtype=x.dtype.name)


def _write_astype(use: Any, x: str, out: str, dtype: str) -> str:
    return f"{use(np.copyto)}({out}, {x})" if out else f"{use(getattr(np, dtype))}({x})"


astype: Op = primitive(
    pointwise.astype,
    _astype_vjp,
    notation=lambda x, dtype: x,
    complex_value=analytic.astype,
    source=_write_astype,
)
