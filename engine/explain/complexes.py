"""The primitives on complex numbers, for the complex step.

f(x + ih) = f(x) + ih f′(x) + … holds where f is analytic. NumPy's functions mostly are; those here
decide by size or by sign, or would overflow, and so get a form that decides by the real part, and
at a corner, where `engine.ops` names a slope, gives that one.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.exceptions import ComplexWarning
from numpy.typing import NDArray

from engine import kernels
from engine.array import Array
from engine.errors import DomainError
from engine.tensor import Op

ComplexArray = NDArray[np.complex128]
Numbers = NDArray[Any]
"""An array of real or of complex numbers."""


def evaluate(op: Op, inputs: Sequence[Numbers], attrs: Mapping[str, Any]) -> Numbers:
    """The value of a primitive at complex inputs; one through which no slope flows counts as real.

    Raises:
        DomainError: it does not take complex numbers, or loses their imaginary part.

    >>> from engine.tensor import OPS
    >>> evaluate(OPS["relu"], [np.array([2 + 1j, -2 + 1j])], {}).tolist()
    [(2+1j), 0j]
    """
    flows = [op.pull(i) is not None for i in range(len(inputs))]
    given = [np.asarray(x, complex) if f else x.real for x, f in zip(inputs, flows, strict=True)]
    advice = f"Give {op.name!r} a row in engine.explain.complexes.COMPLEX."
    try:
        with np.errstate(all="ignore"), catch_warnings():
            simplefilter("error", ComplexWarning)
            value = np.asarray(COMPLEX.get(op.name, op.value)(*given, **attrs))
    except (TypeError, ValueError, ComplexWarning) as error:
        raise DomainError(
            f"complex step: expected {op.name} to take complex numbers, got {error}. {advice}"
        ) from error
    if any(flows) and value.dtype.kind != "c":
        raise DomainError(
            f"complex step: expected {op.name} to give complex numbers, got {value.dtype}. {advice}"
        )
    return value


# Functions with a corner: each side has its own analytic form.
def _absolute(x: ComplexArray) -> ComplexArray:
    return x * np.sign(x.real)


def _relu(x: ComplexArray) -> ComplexArray:
    return np.where(x.real > 0, x, 0)


def _hard_tanh(x: ComplexArray) -> ComplexArray:
    return np.where(abs(x.real) < 1, x, np.sign(x.real))


def _huber(x: ComplexArray) -> ComplexArray:
    return np.where(abs(x.real) <= 1, x * x / 2, _absolute(x) - 0.5)


def _maximum(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    share = (1 + np.sign(a.real - b.real)) / 2  # a tie sends half to each
    return share * a + (1 - share) * b


def _minimum(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    return -_maximum(-a, -b)


# Functions that are analytic, but not in the form that real numbers are reckoned in.
def _sigmoid(x: ComplexArray) -> ComplexArray:
    small = np.exp(-_away(x))
    return np.asarray(np.where(x.real > 0, 1, small) / (1 + small))


def _softplus(x: ComplexArray) -> ComplexArray:
    return np.where(x.real > 0, x, 0) + np.log1p(np.exp(-_away(x)))


def _away(x: ComplexArray) -> ComplexArray:
    """x or −x, the one to the right of 0."""
    return np.where(x.real > 0, x, -x)


def _erf(x: ComplexArray) -> ComplexArray:
    """(2/√π) e⁻ˣ² Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)): all terms of one sign, so nothing cancels.

    Beyond ±6 it is ±1 to the last digit. The real `erf` is reckoned by other means.

    Source: Abramowitz & Stegun 1964, 7.1.6.
    """
    near = np.where(abs(x.real) < 6, x, 0)
    term, total = near, near
    for n in range(1, 120):
        term = term * (2 * near * near / (2 * n + 1))
        total = total + term
    series = 2 / math.sqrt(math.pi) * np.exp(-near * near) * total
    return np.where(abs(x.real) < 6, series, np.sign(x.real))


def _softmax(x: ComplexArray) -> ComplexArray:
    raised = np.exp(x - x.real.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _logsumexp(x: ComplexArray) -> ComplexArray:
    top = x.real.max(axis=-1, keepdims=True)
    return np.asarray(np.log(np.exp(x - top).sum(axis=-1, keepdims=True)) + top)


# Functions that choose numbers by others, which are real.
def _max_unpool(g: ComplexArray, x: Array, y: Array, **how: Any) -> ComplexArray:
    return _by_parts(lambda v: kernels.max_unpool(v, x, y, **how), g)


def _max_pick(v: ComplexArray, x: Array, y: Array, **how: Any) -> ComplexArray:
    return _by_parts(lambda part: kernels.max_pick(part, x, y, **how), v)


def _max_pool(x: ComplexArray, **how: Any) -> ComplexArray:
    top = x.real.copy()
    return _max_pick(x, top, kernels.max_pool(top, **how), **how)


def _by_parts(f: Callable[[Array], Array], x: ComplexArray) -> ComplexArray:
    """A linear function with real coefficients, of the real and of the imaginary part."""
    return f(x.real.copy()) + 1j * f(x.imag.copy())


def _astype(x: ComplexArray, *, dtype: str) -> ComplexArray:
    return x  # a precision of real numbers


COMPLEX: Mapping[str, Callable[..., ComplexArray]] = {
    "absolute": _absolute,
    "relu": _relu,
    "hard_tanh": _hard_tanh,
    "huber": _huber,
    "maximum": _maximum,
    "minimum": _minimum,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "erf": _erf,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "max_pool": _max_pool,
    "max_unpool": _max_unpool,
    "max_pick": _max_pick,
    "astype": _astype,
}
"""Primitive → its complex form; the others use their own value function."""
