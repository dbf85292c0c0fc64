"""Convolution along the first axis, and its two transposes: sums of products of matrices.

Shapes: H rows in, O rows out, k rows in a window, C channels in, F filters, M columns. The rows of
a window lie one behind the other in memory, so that they are one matrix of k·C rows already, and a
row of the result is one product. (An image of two axes comes unfolded along its second.)

Source: the layout is that of "low-memory" convolution, Cho & Brand 2017, MEC, section 3.
"""

from collections.abc import Iterator

import numpy as np

from engine.array import Array
from engine.kernels.windows import unfold

LARGE = 200_000
"""Multiplications from which on OpenBLAS is slow at a product with a long inner side: cut it."""


def conv1d(x: Array, w: Array, *, stride: int, dilation: int, out: Array | None = None) -> Array:
    """y[i] = Σᵤ w[:, u] x[i s + u d]: (H, C, M) and (F, k, C) to (O, F, M).

    >>> x, w = np.array([[[1.0]], [[2.0]], [[4.0]]]), np.array([[[-1.0], [1.0]]])
    >>> conv1d(x, w, stride=1, dilation=1).ravel().tolist()
    [1.0, 2.0]
    """
    filters, k, channels = w.shape
    windows = _windows(x, k, stride, dilation)
    return np.matmul(w.reshape(filters, k * channels), windows, out=out)


def conv1d_weight_grad(
    x: Array, g: Array, *, kernel: int, stride: int, dilation: int,
    out: Array | None = None, products: Array | None = None,
) -> Array:  # fmt: skip
    """What the slope g of y says of w: Σᵢ g[i] x[i s + u d]ᵀ, (F, k, C).

    >>> x, g = np.array([[[1.0]], [[2.0]], [[4.0]]]), np.array([[[1.0]], [[10.0]]])
    >>> conv1d_weight_grad(x, g, kernel=2, stride=1, dilation=1).ravel().tolist()
    [21.0, 42.0]
    """
    rows, filters, columns = g.shape
    channels = x.shape[1]
    parts = kernel if filters * kernel * channels * columns > LARGE else 1
    windows = _windows(x, kernel, stride, dilation)
    windows = windows.reshape(rows, parts, kernel // parts * channels, columns)
    if products is None:
        products = np.empty((rows, filters * kernel * channels), g.dtype)
    each = products.reshape(rows, parts, filters, -1)
    np.matmul(g[:, None], windows.transpose(0, 1, 3, 2), out=each)
    total: Array = np.dot(np.ones(rows, g.dtype), products)
    total = (
        total.reshape(parts, filters, -1, channels)
        .transpose(1, 0, 2, 3)
        .reshape(filters, kernel, channels)
    )
    if out is None:
        return total
    np.copyto(out, total)
    return out


def conv1d_input_grad(
    g: Array, w: Array, *, height: int, stride: int, dilation: int,
    out: Array | None = None, flipped: Array | None = None, part: Array | None = None,
) -> Array:  # fmt: skip
    """What the slope g of y says of x: Σ w[:, u]ᵀ g[i] over i s + u d = h, (H, C, M).

    >>> g, w = np.array([[[1.0]], [[10.0]]]), np.array([[[-1.0], [1.0]]])
    >>> conv1d_input_grad(g, w, height=3, stride=1, dilation=1).ravel().tolist()
    [-1.0, -9.0, 10.0]
    """
    (rows, filters, columns), (_, k, channels) = g.shape, w.shape
    out = np.empty((height, channels, columns), g.dtype) if out is None else out
    flipped = np.empty((channels, k, filters), g.dtype) if flipped is None else flipped
    part = np.empty((channels, columns), g.dtype) if part is None else part
    np.copyto(flipped, w.transpose(2, 1, 0)[:, ::-1])  # the last row of a window first
    product = np.dot if out[:1].flags.c_contiguous else np.matmul  # dot fills whole rows alone
    for h in range(height):
        if stride == dilation == 1:
            first, last = max(0, h - k + 1), min(rows - 1, h)
            block = flipped[:, first - h + k - 1 : last - h + k].reshape(channels, -1)
            product(block, g[first : last + 1].reshape(-1, columns), out=out[h])
            continue
        target = out[h]
        for i, t in _meeting(h, rows, k, stride, dilation):
            product(flipped[:, t], g[i], out=target)
            if target is part:
                np.add(out[h], part, out=out[h])
            target = part
        if target is not part:
            target.fill(0)
    return out


def _meeting(h: int, rows: int, k: int, stride: int, dilation: int) -> Iterator[tuple[int, int]]:
    """Rows i of y that see row h of x, and with which of their k rows, counted from the last."""
    for i in range(rows):
        u, rest = divmod(h - i * stride, dilation)
        if not rest and 0 <= u < k:
            yield i, k - 1 - u


def _windows(x: Array, k: int, stride: int, dilation: int) -> Array:
    """(H, C, M) to (O, k·C, M): a view where the rows of a window lie together."""
    height, channels, columns = x.shape
    rows = (height - dilation * (k - 1) - 1) // stride + 1
    if dilation > 1 or not x.flags.c_contiguous:
        seen = unfold(np.moveaxis(x, 0, -1), kernel=(k,), stride=(stride,), dilation=(dilation,))
        return np.moveaxis(seen, (2, 3), (0, 1)).reshape(rows, k * channels, columns)
    step = x.itemsize * columns
    return np.ndarray(
        (rows, k * channels, columns), x.dtype, x, 0, (stride * channels * step, step, x.itemsize)
    )
