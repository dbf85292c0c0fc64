"""What an argument must be: each function returns the checked value or names the mistake.

Everywhere `where` is who asks and `name` what the caller calls the argument. All messages have one
form, "where: expected X, got Y.", as in "Normal: expected 0 < sigma < ∞, got -1.".

Limits are keywords and hold for every number of an array: low ≤ x ≤ high, above < x < below. Real
numbers of any type and layout become fresh float64 in rows, so that rounding does not depend on
the layout. NaN is refused, and so is infinity unless the keyword `infinite` allows it. A single
truth value is not a number; in an array True is 1.

Called at public entries only: the numerical code behind them trusts its arguments.
"""

from engine.validate.arrays import array, matrix, probabilities, same_shape, vector
from engine.validate.matrices import square, symmetric, tall
from engine.validate.message import require, shown
from engine.validate.scalars import (
    function,
    generator,
    integer,
    integers,
    is_integer,
    real,
    scalar,
)

__all__ = [
    "array",
    "function",
    "generator",
    "integer",
    "integers",
    "is_integer",
    "matrix",
    "probabilities",
    "real",
    "require",
    "same_shape",
    "scalar",
    "shown",
    "square",
    "symmetric",
    "tall",
    "vector",
]
