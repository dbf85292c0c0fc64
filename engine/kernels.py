"""The functions that NumPy has no single call for, written to fill a given array.

`out` receives the result (a new array without it) and may be the input itself; `scratch`, where a
function has it, is a kept array of the input's shape with a last axis of length one.
"""

import numpy as np

from engine.array import Array


def relu(x: Array, out: Array | None = None) -> Array:
    """max(x, 0).

    >>> relu(np.array([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    return np.maximum(x, _ZERO if x.dtype == np.float64 else 0, out=out)


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


def softmax(x: Array, out: Array | None = None, scratch: Array | None = None) -> Array:
    """eˣ / Σ eˣ over the last axis, shifted by its maximum so that nothing overflows.

    >>> softmax(np.array([1.0, 2.0, 3.0])).round(6).tolist()
    [0.090031, 0.244728, 0.665241]
    """
    top = np.maximum.reduce(x, axis=-1, keepdims=True, out=scratch)
    out = np.subtract(x, top, out=out)
    np.exp(out, out=out)
    total = np.add.reduce(out, axis=-1, keepdims=True, out=scratch)
    return np.divide(out, total, out=out)


def logsumexp(x: Array, out: Array | None = None) -> Array:
    """log Σ eˣ over the last axis, which is kept with length one, without overflow.

    >>> logsumexp(np.array([[1000.0, 1000.0]])).round(6).tolist()
    [[1000.693147]]
    """
    top = np.maximum.reduce(x, axis=-1, keepdims=True)
    total = np.add.reduce(np.exp(x - top), axis=-1, keepdims=True)
    return np.add(np.log(total, out=total), top, out=out)


def with_ones(x: Array) -> Array:
    """[x 1]: a column of ones behind the last axis, so that a bias is one more weight.

    >>> with_ones(np.array([[2.0, 3.0]])).tolist()
    [[2.0, 3.0, 1.0]]
    """
    return np.concatenate([x, np.ones((*x.shape[:-1], 1), x.dtype)], axis=-1)


def join(*parts: Array) -> Array:
    """All numbers of the parts, row by row, one part after the other, as one vector.

    >>> join(np.array([[1.0, 2.0]]), np.array([3.0])).tolist()
    [1.0, 2.0, 3.0]
    """
    return np.concatenate([part.ravel() for part in parts])


_ZERO, _ONE = np.array(0.0), np.array(1.0)
