"""The primitives on complex numbers, for the complex step.

f(x + ih) = f(x) + ih f′(x) + … holds where f is analytic. NumPy's functions mostly are; those here
decide by size or by sign, or would overflow, and so decide by the real part here, and at a corner
take the derivative that the primitive's row names.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.kernels import windows

ComplexArray = NDArray[np.complex128]


# Functions with a corner: each side has its own analytic form.
def absolute(x: ComplexArray) -> ComplexArray:
    """|x| by the sign of the real part; 0 at 0."""
    return x * np.sign(x.real)


def relu(x: ComplexArray) -> ComplexArray:
    """x where its real part is above 0, else 0."""
    return np.where(x.real > 0, x, 0)


def relu_grad(g: ComplexArray, y: Array) -> ComplexArray:
    """g where y is not 0, else 0: linear in g."""
    return np.where(y != 0, g, 0)


def hard_tanh(x: ComplexArray) -> ComplexArray:
    """x where its real part is inside (−1, 1), else ±1."""
    return np.where(abs(x.real) < 1, x, np.sign(x.real))


def huber(x: ComplexArray) -> ComplexArray:
    """x²/2 near 0, |x| − 1/2 beyond."""
    return np.where(abs(x.real) <= 1, x * x / 2, absolute(x) - 0.5)


def maximum(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    """The one of the larger real part; the mean of both at a tie."""
    share = (1 + np.sign(a.real - b.real)) / 2  # a tie sends half to each
    return share * a + (1 - share) * b


def minimum(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    """The one of the smaller real part; the mean of both at a tie."""
    return -maximum(-a, -b)


# Functions that are analytic, but not in the form that real numbers are computed in.
def sigmoid(x: ComplexArray) -> ComplexArray:
    """1 / (1 + e⁻ˣ) without overflow."""
    small = np.exp(-_away(x))
    return np.asarray(np.where(x.real > 0, 1, small) / (1 + small))


def softplus(x: ComplexArray) -> ComplexArray:
    """log(1 + eˣ) without overflow."""
    return np.where(x.real > 0, x, 0) + np.log1p(np.exp(-_away(x)))


def _away(x: ComplexArray) -> ComplexArray:
    """x or −x, the one to the right of 0."""
    return np.where(x.real > 0, x, -x)


def erf(x: ComplexArray) -> ComplexArray:
    """(2/√π) e⁻ˣ² Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)): all terms of one sign, so nothing cancels.

    Beyond ±6 it is ±1 to the last digit. The real `erf` is computed by other means.

    Source: Abramowitz & Stegun 1964, 7.1.6.
    """
    near = np.where(abs(x.real) < 6, x, 0)
    term, total = near, near
    for n in range(1, 120):
        term = term * (2 * near * near / (2 * n + 1))
        total = total + term
    series = 2 / math.sqrt(math.pi) * np.exp(-near * near) * total
    return np.where(abs(x.real) < 6, series, np.sign(x.real))


def softmax(x: ComplexArray) -> ComplexArray:
    """eˣ / Σ eˣ over the last axis."""
    raised = np.exp(x - x.real.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def logsumexp(x: ComplexArray) -> ComplexArray:
    """log Σ eˣ over the last axis."""
    top = x.real.max(axis=-1, keepdims=True)
    return np.asarray(np.log(np.exp(x - top).sum(axis=-1, keepdims=True)) + top)


# Functions that choose numbers by others, which are real.
def max_unpool(g: ComplexArray, x: Array, y: Array, **sizes: Any) -> ComplexArray:
    """Linear in g."""
    return _by_parts(lambda v: windows.max_unpool(v, x, y, **sizes), g)


def max_pick(v: ComplexArray, x: Array, y: Array, **sizes: Any) -> ComplexArray:
    """Linear in v."""
    return _by_parts(lambda part: windows.max_pick(part, x, y, **sizes), v)


def max_pool(x: ComplexArray, **sizes: Any) -> ComplexArray:
    """The number of the largest real part in each window."""
    top = x.real.copy()
    return max_pick(x, top, windows.max_pool(top, **sizes), **sizes)


def _by_parts(f: Callable[[Array], Array], x: ComplexArray) -> ComplexArray:
    """A linear function with real coefficients, of the real and of the imaginary part."""
    return f(x.real.copy()) + 1j * f(x.imag.copy())


def astype(x: ComplexArray, *, dtype: str) -> ComplexArray:
    """x itself: a precision is one of real numbers."""
    return x


def max_over(x: ComplexArray, *, axis: tuple[int, ...], keepdims: bool = False) -> ComplexArray:
    """The number of the largest real part; the mean of several."""
    top = x.real == x.real.max(axis=axis, keepdims=True)
    return np.asarray(np.mean(x, axis=axis, keepdims=keepdims, where=top))
