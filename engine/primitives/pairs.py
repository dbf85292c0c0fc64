"""Functions of two numbers, or three, with broadcasting."""

from collections.abc import Callable

import numpy as np

from engine.expression import Call, Comparison, Expression, Function, choose, expression
from engine.expression import maximum as largest
from engine.expression import minimum as smallest
from engine.kernels import analytic, pointwise
from engine.primitives.elementwise import log
from engine.tracing import Domain, Op, Tensor, primitive

add: Op = primitive(
    np.add,
    lambda g, y, a, b: g,
    lambda g, y, a, b: g,
    operator="+",
    notation=lambda a, b: a + b,
)
subtract: Op = primitive(
    np.subtract,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g,
    operator="-",
    notation=lambda a, b: a - b,
)
multiply: Op = primitive(
    np.multiply,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    operator="*",
    notation=lambda a, b: a * b,
)
divide: Op = primitive(
    np.divide,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -(g * y / b),
    domain=Domain("a divisor that is not 0", 1, lambda a, b: b == 0),
    operator="/",
    notation=lambda a, b: a / b,
)


# Powers: x = 0 with p = 0, 1, 2, … is a corner of the formulas p xᵖ⁻¹ and xᵖ ln x, not of xᵖ. So
# all derivatives of x⁰ are 0, and at x = 0 the derivative by an exponent ≥ 0 is 0.
def _exponent(p: Tensor, x: Tensor) -> Tensor:
    """That of the derivative of xᵖ, a constant if p is one."""
    if not p.is_constant:
        return lower_exponent(p, x)
    constant = Tensor(np.where(p.value == 0, p.value, p.value - 1))
    constant.is_constant = True
    return constant


def _base(x: Tensor, p: Tensor) -> Tensor:
    """What the derivative by p takes the logarithm of."""
    return x if x.is_constant and x.value.all() else log_base(x, p)


power: Op = primitive(
    np.power,
    lambda g, y, x, p: g * p * x ** _exponent(p, x),
    lambda g, y, x, p: g * y * log(_base(x, p)),
    domain=Domain(
        "x > 0, or x ≠ 0 with an integer exponent, or x = 0 with an exponent ≥ 0",
        0,
        lambda x, p: ((x < 0) & (p < np.inf) & (p != np.rint(p))) | ((x == 0) & (p < 0)),
    ),
    operator="**",
    notation=lambda x, p: x**p,
)
lower_exponent: Op = primitive(  # p x⁰ in place of p xᵖ⁻¹ tells nothing of another p
    pointwise.lower_exponent,
    lambda g, y, p, x: where(equal(p, 0) * equal(y, 0), np.nan, g),
    None,
    notation=lambda p, x: p - 1,
    derivative=lambda i, y, p, x: expression(1 - i),
)
log_base: Op = primitive(
    pointwise.log_base,
    lambda g, y, x, p: where(not_equal(x, 0), g, where(greater(p, 0), 0.0, np.nan)),
    None,
    notation=lambda x, p: x,
    derivative=lambda i, y, x, p: expression(1 - i),
)

# The larger and the smaller: a tie, be it of infinite numbers, sends half to each; NaN nothing.
maximum: Op = primitive(
    np.maximum,
    lambda g, y, a, b: (0.5 * g) * rank(a, b),
    lambda g, y, a, b: (0.5 * g) * rank(b, a),
    notation=largest,
    complex_value=analytic.maximum,
)
minimum: Op = primitive(
    np.minimum,
    lambda g, y, a, b: (0.5 * g) * rank(b, a),
    lambda g, y, a, b: (0.5 * g) * rank(a, b),
    notation=smallest,
    complex_value=analytic.minimum,
)
rank: Op = primitive(
    pointwise.rank,
    None,
    None,
    notation=lambda a, b: 1 + Call(Function("sign"), (a - b,)),
    workspace={
        "above": lambda y, a, b: (y.shape, np.dtype(np.int8)),
        "not_below": lambda y, a, b: (y.shape, np.dtype(np.int8)),
    },
)

# Products and differences that stay numbers beside ∞.
negative_part: Op = primitive(
    pointwise.negative_part,
    lambda g, y, x, positive: g,
    lambda g, y, x, positive: -g,
    notation=lambda x, positive: x - positive,
    complex_value=np.subtract,
)
weighted: Op = primitive(
    pointwise.weighted,
    lambda g, y, p, x: g * x,
    lambda g, y, p, x: g * p,
    notation=lambda p, x: p * x,
    in_place=(1,),
)


# Comparisons: 1 where true, else 0; no gradient flows through them.
def _is_true(relation: str) -> Callable[[Expression, Expression], Expression]:
    """1 if a relation holds, else 0."""
    return lambda a, b: choose(Comparison(relation, a, b), 1, 0)


equal: Op = primitive(pointwise.equal, None, None, notation=_is_true("="))
not_equal: Op = primitive(pointwise.not_equal, None, None, notation=_is_true("≠"))
less: Op = primitive(pointwise.less, None, None, notation=_is_true("<"))
less_equal: Op = primitive(pointwise.less_equal, None, None, notation=_is_true("≤"))
greater: Op = primitive(pointwise.greater, None, None, notation=_is_true(">"))
greater_equal: Op = primitive(pointwise.greater_equal, None, None, notation=_is_true("≥"))

where: Op = primitive(  # the side that is not taken enters neither the result nor a gradient
    pointwise.where,
    None,
    lambda g, y, c, a, b: where(c, g, 0.0),
    lambda g, y, c, a, b: where(c, 0.0, g),
    notation=lambda c, a, b: choose(Comparison("≠", c, expression(0)), a, b),
    in_place=(2,),
    typed=("where",),
)
