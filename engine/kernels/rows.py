"""Functions of whole rows: softmax, packing, and taking rows by number.

`out` receives the result (a new array without it); the other arrays named last are kept for work
in between, so that a compiled step allocates nothing.
"""

import math

import numpy as np
from numpy.typing import NDArray

from engine.array import Array, Index


def softmax(x: Array, out: Array | None = None, scratch: Array | None = None) -> Array:
    """eˣ / Σ eˣ over the last axis, shifted by its maximum so that nothing overflows.

    Beside x = ∞, whose share is NaN, a finite x has share 0; a row of −∞ is NaN.

    >>> softmax(np.array([1.0, 2.0, 3.0])).round(6).tolist()
    [0.090031, 0.244728, 0.665241]
    """
    _require_rows(x)
    top = np.maximum.reduce(x, axis=-1, keepdims=True, out=scratch)
    out = np.subtract(x, top, out=out)
    np.exp(out, out=out)
    total = np.add.reduce(out, axis=-1, keepdims=True, out=scratch)
    np.fmax(total, 1, out=total)  # never below 1, but NaN beside ∞: there finite x have 0
    return np.divide(out, total, out=out)


def logsumexp(
    x: Array, out: Array | None = None, scratch: Array | None = None, terms: Array | None = None
) -> Array:
    """log Σ eˣ over the last axis, which is kept with length one, without overflow.

    A row with ∞ gives ∞, a row of −∞ gives −∞.

    >>> logsumexp(np.array([[1000.0, 1000.0]])).round(6).tolist()
    [[1000.693147]]
    """
    _require_rows(x)
    top = np.maximum.reduce(x, axis=-1, keepdims=True, out=scratch)
    terms = np.subtract(x, top, out=terms)
    np.exp(terms, out=terms)
    total = np.add.reduce(terms, axis=-1, keepdims=True, out=out)
    total = np.add(np.log(total, out=total), top, out=total)
    return np.fmax(total, top, out=total)  # where the largest is infinite, the sum above is NaN


def _require_rows(x: Array) -> None:
    if not x.ndim or not x.shape[-1]:
        raise ValueError("expected rows of one or more numbers")


def append_ones(x: Array) -> Array:
    """[x 1]: a column of ones behind the last axis, so that a bias is one more weight.

    >>> append_ones(np.array([[2.0, 3.0]])).tolist()
    [[2.0, 3.0, 1.0]]
    """
    return np.concatenate([x, np.ones((*x.shape[:-1], 1), x.dtype)], axis=-1)


def concat_flat(*parts: Array) -> Array:
    """All numbers of the parts, row by row, one part after the other, as one vector.

    >>> concat_flat(np.array([[1.0, 2.0]]), np.array([3.0])).tolist()
    [1.0, 2.0, 3.0]
    """
    return np.concatenate([part.ravel() for part in parts])


def insert(*parts: Array, indices: tuple[Index, ...], shape: tuple[int, ...]) -> Array:
    """Parts inserted into an array of zeros, each at its own index; the indices must not overlap.

    Padding, stacking and concatenation are all this.

    >>> insert(np.ones(1), np.full(2, 7.0), indices=(slice(0, 1), slice(2, 4)), shape=(5,)).tolist()
    [1.0, 0.0, 7.0, 7.0, 0.0]
    """
    whole = np.zeros(shape, np.result_type(*parts))
    for part, index in zip(parts, indices, strict=True):
        whole[index] = part
    return whole


def gather(
    table: Array, ids: Array, out: Array | None = None, rows: NDArray[np.intp] | None = None
) -> Array:
    """Row `ids[i]` of a table, for every i: an embedding looked up.

    >>> gather(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 0.0, 1.0])).tolist()
    [[3.0, 4.0], [1.0, 2.0], [3.0, 4.0]]
    """
    rows = np.empty(ids.shape, np.intp) if rows is None else rows
    np.copyto(rows, ids, casting="unsafe")
    out = np.empty((*ids.shape, *table.shape[1:]), table.dtype) if out is None else out
    np.take(table, rows, axis=0, out=out, mode="clip")
    return out


def scatter_add(
    g: Array, ids: Array, shape: tuple[int, ...],
    out: Array | None = None, rows: NDArray[np.intp] | None = None, one_hot: Array | None = None,
) -> Array:  # fmt: skip
    """The transpose of `gather`: row i of g is added to row `ids[i]` of zeros.

    The product with the one-hot matrix of the ids, which is faster than adding row by row; but
    where g is infinite or NaN it is added, so that it stays in its row.

    >>> scatter_add(np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 0.0, 1.0]), (3, 1)).tolist()
    [[2.0], [5.0], [0.0]]
    """
    count, width = shape[0], math.prod(shape[1:])
    rows = np.empty(ids.shape, np.intp) if rows is None else rows
    np.copyto(rows, ids, casting="unsafe")
    one_hot = np.empty((ids.size, count), g.dtype) if one_hot is None else one_hot
    np.equal(rows.reshape(-1, 1), np.arange(count), out=one_hot)
    out = np.empty(shape, g.dtype) if out is None else out
    g = g.reshape(ids.size, width)
    if not abs(np.vdot(g, g)) < math.inf:  # in the product, 0·∞ would spread as NaN
        out.fill(0)
        np.add.at(out, rows.reshape(-1), g.reshape(-1, *shape[1:]))
    elif out.flags.c_contiguous:
        np.dot(one_hot.T, g, out=out.reshape(count, width))
    else:  # a part of something larger
        np.copyto(out, np.dot(one_hot.T, g).reshape(shape))
    return out
