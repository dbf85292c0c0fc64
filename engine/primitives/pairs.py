"""Functions of two numbers, or three, with broadcasting."""

import numpy as np

from engine.kernels import analytic, pointwise
from engine.primitives.elementwise import log, sign
from engine.tracing import Domain, Op, primitive

add: Op = primitive(np.add, lambda g, y, a, b: g, lambda g, y, a, b: g, operator="+")
subtract: Op = primitive(np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g, operator="-")
multiply: Op = primitive(
    np.multiply,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    operator="*",
)
divide: Op = primitive(
    np.divide,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -(g * y / b),
    domain=Domain("a divisor that is not 0", 1, lambda a, b: b == 0),
    operator="/",
)
power: Op = primitive(
    np.power,
    lambda g, y, x, p: g * p * x ** (p - 1),
    lambda g, y, x, p: g * y * log(x),
    domain=Domain(
        "x > 0, or x ≠ 0 with an integer exponent, or x = 0 with an exponent ≥ 0",
        0,
        lambda x, p: ((x < 0) & (p < np.inf) & (p != np.rint(p))) | ((x == 0) & (p < 0)),
    ),
    operator="**",
)
maximum: Op = primitive(  # a tie sends half to each
    np.maximum,
    lambda g, y, a, b: (0.5 * g) * (1 + sign(a - b)),
    lambda g, y, a, b: (0.5 * g) * (1 + sign(b - a)),
    complex_value=analytic.maximum,
)
minimum: Op = primitive(
    np.minimum,
    lambda g, y, a, b: (0.5 * g) * (1 + sign(b - a)),
    lambda g, y, a, b: (0.5 * g) * (1 + sign(a - b)),
    complex_value=analytic.minimum,
)

# Comparisons: 1 where true, else 0; no gradient flows through them.
equal: Op = primitive(pointwise.equal, None, None)
not_equal: Op = primitive(pointwise.not_equal, None, None)
less: Op = primitive(pointwise.less, None, None)
less_equal: Op = primitive(pointwise.less_equal, None, None)
greater: Op = primitive(pointwise.greater, None, None)
greater_equal: Op = primitive(pointwise.greater_equal, None, None)

where: Op = primitive(  # the side that is not taken enters neither the result nor a gradient
    pointwise.where,
    None,
    lambda g, y, c, a, b: where(c, g, 0.0),
    lambda g, y, c, a, b: where(c, 0.0, g),
    in_place=(2,),
    typed=("where",),
)
