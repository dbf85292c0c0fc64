"""Elementwise functions that NumPy has no single call for.

`out` receives the result (a new array without it) and may be the input itself.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array


def relu(x: Array, out: Array | None = None) -> Array:
    """max(x, 0).

    >>> relu(np.array([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    return np.maximum(x, _ZERO if x.dtype == np.float64 else 0, out=out)


def relu_grad(
    g: Array, y: Array, out: Array | None = None,
    mask: NDArray[np.bool_] | None = None, int_mask: NDArray[np.signedinteger[Any]] | None = None,
) -> Array:  # fmt: skip
    """g where y ≠ 0, else 0: what ReLU lets back through, y ≥ 0 being its result. NaN passes.

    A small array is multiplied by 0 or 1, so that an infinite g gives NaN at y = 0.

    >>> relu_grad(np.array([5.0, 6.0]), np.array([0.0, 2.0])).tolist()
    [0.0, 6.0]
    """
    if y.size < SMALL:  # two calls are quicker than three
        sign = np.sign(y, out=None if int_mask is None else int_mask.view(y.dtype))
        return np.multiply(g, sign, out=out)
    return keep(np.not_equal(y, 0, out=mask), g, out=out, int_mask=int_mask)


def keep(
    mask: NDArray[np.bool_], x: Array,
    out: Array | None = None, int_mask: NDArray[np.signedinteger[Any]] | None = None,
) -> Array:  # fmt: skip
    """x where mask, else 0: the bits of x times 0 or 1, twice as fast as a product with a mask.

    >>> keep(np.array([True, False]), np.array([3.5, -2.0])).tolist()
    [3.5, 0.0]
    """
    out = np.empty(mask.shape, x.dtype) if out is None else out
    int_mask = np.empty(mask.shape, f"i{x.itemsize}") if int_mask is None else int_mask
    np.copyto(int_mask, mask.view(np.int8))
    np.multiply(x.view(int_mask.dtype), int_mask, out=out.view(int_mask.dtype))
    return out


def sigmoid(x: Array, out: Array | None = None) -> Array:
    """1 / (1 + e⁻ˣ), exact to the last digits for x → −∞ and 0 or 1 beyond the range of exp.

    >>> sigmoid(np.array([0.0])).tolist()
    [0.5]
    """
    out = np.negative(x, out=out)
    out = np.exp(out, out=out if out.ndim else None)
    out = np.add(out, _ONE if out.dtype == np.float64 else 1, out=out if out.ndim else None)
    return np.reciprocal(out, out=out if out.ndim else None)


def softplus(x: Array, out: Array | None = None) -> Array:
    """log(1 + eˣ) without overflow.

    >>> softplus(np.array([0.0, 1000.0])).round(6).tolist()
    [0.693147, 1000.0]
    """
    return np.logaddexp(x, x.dtype.type(0), out=out)


def hard_tanh(x: Array, out: Array | None = None) -> Array:
    """x cut off at −1 and 1.

    >>> hard_tanh(np.array([-3.0, 0.5])).tolist()
    [-1.0, 0.5]
    """
    exact = x.dtype == np.float64
    out = np.minimum(x, _ONE if exact else 1, out=out)
    return np.maximum(out, _MINUS_ONE if exact else -1, out=out if out.ndim else None)


def huber(x: Array, out: Array | None = None) -> Array:
    """x²/2 up to |x| = 1, and |x| − 1/2 beyond.

    >>> huber(np.array([-3.0, 1.0])).tolist()
    [2.5, 0.5]
    """
    out = np.asarray(np.absolute(x, out=out))
    near = out <= 1
    np.square(out, out=out, where=near)
    np.multiply(out, 0.5, out=out, where=near)
    return np.subtract(out, 0.5, out=out, where=~near)


def erf(x: Array, out: Array | None = None) -> Array:
    """(2/√π) ∫₀ˣ e⁻ᵗ² dt, to the last digits: P(|Z| ≤ x √2) of a normal Z.

    Up to 0.46875 it is x times a ratio of polynomials in x², beyond 1 − e⁻ˣ² times one in x, and
    from 6 on 1 to the last digit.

    >>> erf(np.array([0.0, 1.0, -9.0])).round(6).tolist()
    [0.0, 0.842701, -1.0]

    Source: Cody 1969, Rational Chebyshev Approximations for the Error Function.
    """
    size = np.minimum(np.absolute(x), 6)
    square = size * size
    near = size * _polynomial(_NEAR_TOP, square) / _polynomial(_NEAR_BOTTOM, square)
    tail = np.exp(-square) * _polynomial(_TAIL_TOP, size) / _polynomial(_TAIL_BOTTOM, size)
    return np.copysign(np.where(size <= 0.46875, near, 1 - tail), x, out=out)


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Σ cᵢ xⁿ⁻ⁱ by Horner's rule, the highest power first."""
    y = x * coefficients[0]
    for c in coefficients[1:-1]:
        y += c
        y *= x
    y += coefficients[-1]
    return y


def astype(x: Array, *, dtype: str) -> Array:
    """The same numbers in another precision.

    >>> astype(np.array([1.5]), dtype="float32").dtype.name
    'float32'
    """
    return x.astype(dtype)


def where(condition: Array, a: Array, b: Array, out: Array | None = None) -> Array:
    """a where the condition is not 0, else b: the side that is not taken may be inf or NaN.

    `out` may be b, but not a.

    >>> where(np.array([1.0, 0.0]), np.array([2.0, np.nan]), np.array([np.inf, 3.0])).tolist()
    [2.0, 3.0]
    """
    if out is None:
        # Inside of an expression of single numbers some of them are Python's, without a shape.
        shape = np.broadcast_shapes(*map(np.shape, (condition, a, b)))
        out = np.empty(shape, np.result_type(a, b))
    np.copyto(out, b)
    np.copyto(out, a, where=condition != 0)
    return out


def lower_exponent(p: Array, x: Array, out: Array | None = None) -> Array:
    """p − 1, the exponent of the derivative of xᵖ; but 0 where p is 0 and 1/x would be infinite.

    So the derivative p xᵖ⁻¹ of a constant x⁰ is 0·1 at x = 0, and not 0·∞.

    >>> lower_exponent(np.array([3.0, 0.0]), np.array([0.0, 0.0])).tolist()
    [2.0, 0.0]
    """
    if out is None:
        out = np.empty(np.broadcast_shapes(p.shape, x.shape), p.dtype)
    if np.count_nonzero(p) == p.size:
        np.subtract(p, 1, out=out)
    else:
        least = 1 / float(np.finfo(x.dtype).max)
        np.subtract(p, (p != 0) | (abs(x) > least), out=out)
    return out


def log_base(x: Array, p: Array, out: Array | None = None) -> Array:
    """x, but 1 where x is 0 and p ≥ 0: xᵖ ln x, the derivative by p, has the limit 0 there.

    >>> log_base(np.array([0.0, 0.0, 2.0]), np.array([2.0, -1.0, 2.0])).tolist()
    [1.0, 0.0, 2.0]
    """
    if out is None:
        out = np.empty(np.broadcast_shapes(x.shape, p.shape), x.dtype)
    if np.count_nonzero(x) == x.size:
        np.copyto(out, x)
    else:
        np.add(x, (x == 0) & (p >= 0), out=out)
    return out


def rank(
    a: Array, b: Array, out: Array | None = None,
    above: NDArray[np.int8] | None = None, not_below: NDArray[np.int8] | None = None,
) -> Array:  # fmt: skip
    """2 where a > b, 1 where they are equal, be they infinite, and 0 where a < b or one is NaN.

    >>> rank(np.array([3.0, np.inf, 1.0]), np.array([1.0, np.inf, 3.0])).tolist()
    [2.0, 1.0, 0.0]
    """
    shape = np.broadcast_shapes(a.shape, b.shape) if out is None else out.shape
    out = np.empty(shape, a.dtype) if out is None else out
    above = np.empty(shape, np.int8) if above is None else above
    not_below = np.empty(shape, np.int8) if not_below is None else not_below
    np.greater(a, b, out=above.view(np.bool_))
    np.greater_equal(a, b, out=not_below.view(np.bool_))
    return np.add(above, not_below, out=out)


def negative_part(x: Array, positive: Array, out: Array | None = None) -> Array:
    """x − relu(x) = min(x, 0), of x and relu(x): at x = ∞ too, where a difference would be NaN.

    >>> x = np.array([-2.0, np.inf])
    >>> negative_part(x, relu(x)).tolist()
    [-2.0, 0.0]
    """
    return np.minimum(x, _ZERO if x.dtype == np.float64 else 0, out=out)


def weighted(p: Array, x: Array, out: Array | None = None) -> Array:
    """p x, but 0 where the weight p is 0, even of an infinite x: what has no weight does not count.

    `out` may be x, but not p.

    >>> with np.errstate(invalid="ignore"):
    ...     weighted(np.array([0.0, 0.5]), np.array([-np.inf, 4.0])).tolist()
    [0.0, 2.0]
    """
    out = np.empty(np.broadcast_shapes(p.shape, x.shape), x.dtype) if out is None else out
    np.multiply(p, x, out=out)
    flat = out.T  # column by column, as compiled steps lay it out
    norm = np.vdot(flat, flat)
    if norm != norm:  # there is a NaN, which is quicker to see in a sum than in every number
        np.copyto(out, 0, where=p == 0)
    return out


def _comparison(ufunc: np.ufunc, symbol: str) -> Callable[..., Array]:
    """A comparison whose result is 1 or 0 in the type of what is compared."""

    def compare(a: Array, b: Array, out: Array | None = None) -> Array:
        if out is None:
            shape = np.broadcast_shapes(np.shape(a), np.shape(b))
            out = np.empty(shape, np.result_type(a, b))
        return np.asarray(ufunc(a, b, out=out))

    compare.__name__ = compare.__qualname__ = ufunc.__name__
    compare.__doc__ = f"""1 where a {symbol} b, else 0.

    >>> {ufunc.__name__}(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])).tolist()
    {compare(np.array([1.0, 2.0, 3.0]), np.full(3, 2.0)).tolist()}
    """
    return compare


equal = _comparison(np.equal, "=")
not_equal = _comparison(np.not_equal, "≠")
less = _comparison(np.less, "<")
less_equal = _comparison(np.less_equal, "≤")
greater = _comparison(np.greater, ">")
greater_equal = _comparison(np.greater_equal, "≥")

SMALL = 2048

"""Up to this size fewer calls are faster than less work."""

_MINUS_ONE, _ZERO, _ONE = np.array(-1.0), np.array(0.0), np.array(1.0)

# The coefficients of Cody 1969, tables II and III, the highest power first.
_NEAR_TOP = (0.185777706184603153, 3.16112374387056560, 113.864154151050156, 377.485237685302021,
             3209.37758913846947)  # fmt: skip
_NEAR_BOTTOM = (1.0, 23.6012909523441209, 244.024637934444173, 1282.61652607737228,
                2844.23683343917062)  # fmt: skip
_TAIL_TOP = (2.15311535474403846e-8, 0.564188496988670089, 8.88314979438837594, 66.1191906371416295,
             298.635138197400131, 881.95222124176909, 1712.04761263407058, 2051.07837782607147,
             1230.33935479799725)  # fmt: skip
_TAIL_BOTTOM = (1.0, 15.7449261107098347, 117.693950891312499, 537.181101862009858,
                1621.38957456669019, 3290.79923573345963, 4362.61909014324716, 3439.36767414372164,
                1230.33935480374942)  # fmt: skip
