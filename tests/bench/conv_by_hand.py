"""A whole training step of a small convolutional net by hand in NumPy, as fast as we know how.

The net, float32: image (1, 28, 28) → conv 5×5 to 8 channels → max pool 2×2 → ReLU → conv 5×5 to
16 → max pool 2×2 → ReLU → dense 256 → 10 → softmax cross entropy, then w ← w − lr g.

Images lie as (H, C, W·N), the batch last. Only the shifts along a row are copied, into P (H, C·5,
W·N): the 5 rows of P under a row of the output lie together and are its columns (5·C·5, W·N). So
a convolution is one product for each row of the output with a view, small enough for the cache.
A pool compares columns, then rows: the order in which PyTorch gives a tie to the first. Bias and
ReLU follow the pool, on a quarter of the numbers. A slope g is given to one side of a comparison
in integers, its bits times 0 or 1, and the rest to the other. Slopes are written in the place of
what they belong to, so that all of it stays near 2 MB, and every array starts at 64 bytes.

Letters: N batch, O and C channels after and before, i and j row and column of a kernel.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

Array = np.ndarray
N = 32
SHAPES = (8, 1, 5, 5), (8,), (16, 8, 5, 5), (16,), (257, 10)
F = np.float32
ZERO = np.zeros((), F)
add, copyto, dot, matmul = np.add, np.copyto, np.dot, np.matmul
maximum, multiply, subtract = np.maximum, np.multiply, np.subtract


def aligned(*shape: int, dtype: type = F) -> Array:
    """Zeros that start at a multiple of 64 bytes, where BLAS is up to 1.5 times as fast."""
    size = np.dtype(dtype).itemsize * int(np.prod(shape))
    room = np.zeros(size + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + size].view(dtype).reshape(shape)


def views(w: Array) -> list[Array]:
    """The parameters in the flat vector, in the order of SHAPES."""
    cuts = np.cumsum([np.prod(shape) for shape in SHAPES])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(w, cuts), SHAPES, strict=True)]


def strided(a: Array, shape: tuple[int, ...], *steps: int) -> Array:
    """A view of a with steps counted in numbers."""
    return as_strided(a, shape, [4 * step for step in steps])


class Split:
    """g to a where a ≥ b, else to b, and 0 to the other; written in their places."""

    def __init__(self, a: Array, b: Array, g: Array) -> None:
        self.a, self.b, self.mask = a, b, np.empty(a.shape, bool)
        self.bit, self.bits = self.mask.view(np.int8), [x.view(np.int32) for x in (g, a, b)]

    def compare(self) -> None:
        """Before: while a and b are in the cache."""
        np.greater_equal(self.a, self.b, out=self.mask)

    def run(self) -> None:
        """After: a and b ← their slopes."""
        g, da, db = self.bits
        copyto(da, self.bit)
        multiply(g, da, out=da)
        subtract(g, da, out=db)


class Gate:
    """g ← g where h > 0, else 0."""

    def __init__(self, h: Array, g: Array) -> None:
        self.h, self.g, self.mask = h, g.view(np.int32), np.empty(h.shape, bool)
        self.bit, self.bits = self.mask.view(np.int8), aligned(*h.shape, dtype=np.int32)

    def run(self) -> None:
        np.greater(self.h, ZERO, out=self.mask)
        copyto(self.bits, self.bit)
        multiply(self.g, self.bits, out=self.g)


class First:
    """Conv 1 → 8, pool and ReLU: x (28, 28, N) → h (12, 8, 12·N), whose slope is g."""

    def __init__(self, w: Array, b: Array, dw: Array, db: Array) -> None:
        n = 12 * N
        self.z, self.r = aligned(2, 2, 12, 8, n), aligned(2, 12, 8, n)  # (row, column parity, …)
        self.h, self.g = aligned(12, 8, n), aligned(12, 8, n)
        self.P = aligned(2, 28, 5, 12, N)  # (column parity, row, j, column, N)
        self.columns = strided(self.P, (2, 2, 12, 25, n), 5 * n, 28 * 5 * n, 10 * n, n, 1)
        self.columnsT = self.columns.swapaxes(-1, -2)
        self.strides = 4 * N, 4 * 28 * N, 4 * N, 8 * N, 4  # of x seen as P
        self.W, self.b, self.dw, self.db = w.reshape(8, 25), b[:, None], dw.reshape(200), db
        self.products, self.ones48 = aligned(2, 2, 12, 8, 25), np.ones(48, F)
        self.sums, self.ones, self.ones12 = aligned(12, 8), np.ones(n, F), np.ones(12, F)
        self.gate = Gate(self.h, self.g)
        self.by_row = Split(self.r[0], self.r[1], self.g)
        self.by_column = Split(self.z[:, 0], self.z[:, 1], self.r)

    def forward(self, x: Array) -> None:
        z, r, h, P = self.z, self.r, self.h, self.P
        copyto(P, np.ndarray(P.shape, F, x, 0, self.strides))
        matmul(self.W, self.columns, out=z)
        maximum(z[:, 0], z[:, 1], out=r)
        self.by_column.compare()
        maximum(r[0], r[1], out=h)
        self.by_row.compare()
        add(h, self.b, out=h)
        maximum(h, ZERO, out=h)

    def backward(self) -> None:
        self.gate.run()
        matmul(self.g, self.ones, out=self.sums)
        dot(self.ones12, self.sums, out=self.db)
        self.by_row.run()
        self.by_column.run()
        matmul(self.z, self.columnsT, out=self.products)
        dot(self.ones48, self.products.reshape(48, 200), out=self.dw)


class Second:
    """Conv 8 → 16, pool and ReLU: First → h (257, N), its rows (C, H, W) and one of ones."""

    def __init__(self, below: First, w: Array, b: Array, dw: Array, db: Array) -> None:
        n = 8 * N
        z, r, self.m = aligned(8, 16, 4, 2, N), aligned(8, 16, 4, N), aligned(4, 16, 4, N)
        self.h, self.g = aligned(257, N), aligned(256, N)
        self.h[256] = 1
        self.h_out, g = (a[:256].reshape(16, 4, 4, N).swapaxes(0, 1) for a in (self.h, self.g))
        self.left, self.right, self.z, self.r = z[..., 0, :], z[..., 1, :], z.reshape(8, 16, n), r
        self.P = aligned(12, 8, 5, 8, N)  # (row, C, j, column, N)
        self.shifted = strided(below.h, self.P.shape, 8 * 12 * N, 12 * N, N, N, 1)
        self.columns = strided(self.P, (8, 200, n), 40 * n, n, 1)
        self.rows_iT = strided(self.P, (8, 5, n, 40), 40 * n, 40 * n, 1, n)  # row + i
        self.W, self.w_iC, self.b = aligned(16, 5, 8, 5), w.transpose(0, 2, 1, 3), b[:, None, None]
        self.products, self.ones8, self.total = aligned(8, 5, 16, 40), np.ones(8, F), aligned(3200)
        self.dw, self.db, self.ones = dw.transpose(2, 0, 1, 3), db, np.ones(16 * N, F)
        self.gate = Gate(self.h[:256], self.g)
        self.by_row = Split(r[::2], r[1::2], g)
        self.by_column = Split(self.left, self.right, r)
        self.spread = Spread(w, self.z, self.P, below.g)

    def forward(self) -> None:
        r, m = self.r, self.m
        copyto(self.P, self.shifted)
        copyto(self.W, self.w_iC)
        matmul(self.W.reshape(16, 200), self.columns, out=self.z)
        maximum(self.left, self.right, out=r)
        self.by_column.compare()
        maximum(r[::2], r[1::2], out=m)
        self.by_row.compare()
        add(m, self.b, out=m)
        maximum(m, ZERO, out=self.h_out)

    def backward(self) -> None:
        self.gate.run()
        dot(self.g.reshape(16, 16 * N), self.ones, out=self.db)
        self.by_row.run()
        self.by_column.run()
        matmul(self.z[:, None], self.rows_iT, out=self.products)
        dot(self.ones8, self.products.reshape(8, 3200), out=self.total)
        copyto(self.dw, self.total.reshape(5, 16, 8, 5))
        self.spread.run()


class Spread:
    """The slope g (12, 8, 12·N) of a convolution's input from its output's, dz (8, 16, 8·N).

    A correlation along the rows: up to 5 rows of dz lie together under a row of g and are summed
    in one product, fewer at both edges. What it gives for each j, into `work`, is added in g.
    """

    def __init__(self, w: Array, dz: Array, work: Array, g: Array) -> None:
        n = 8 * N
        self.turned, self.W = w.transpose(3, 1, 2, 0)[:, :, ::-1], aligned(5, 8, 5, 16)
        W, d = self.W.reshape(5, 1, 8, 80), work.reshape(5, 12, 8, n)  # W: (j, C, i from 4 to 0, O)
        self.products = [(W, strided(dz, (1, 4, 80, n), 0, 16 * n, n, 1), d[:, 4:8])]
        for k in range(4):
            above, under = dz[: k + 1].reshape(-1, n), dz[4 + k :].reshape(-1, n)
            self.products.append((W[:, 0, :, 64 - 16 * k :], above, d[:, k]))
            self.products.append((W[:, 0, :, : 64 - 16 * k], under, d[:, 8 + k]))
        to, of_j = g.reshape(12, 8, 12, N), d.reshape(5, 12, 8, 8, N)
        (self.first, self.of_first), *self.sums = [(to[:, :, j : j + 8], of_j[j]) for j in range(5)]
        self.rest = to[:, :, 8:]

    def run(self) -> None:
        copyto(self.W, self.turned)
        for W, rows, out in self.products:
            matmul(W, rows, out=out)
        copyto(self.first, self.of_first)
        copyto(self.rest, ZERO)
        for out, part in self.sums:
            add(out, part, out=out)


class Conv:
    """The net: `w` flat and float32, written in place, and `step(x, y)` of what is laid out."""

    def __init__(self, w: Array, lr: float) -> None:
        self.w, self.g = w, aligned(w.size)
        w1, b1, w2, b2, self.W3 = views(self.w)
        dw1, db1, dw2, db2, self.dW3 = views(self.g)
        self.one = First(w1, b1, dw1, db1)
        self.two = Second(self.one, w2, b2, dw2, db2)
        self.z, self.top = aligned(10, N), aligned(1, N)
        self.rate, self.mean = np.array(lr, F), np.array(1 / N, F)

    @staticmethod
    def lay_x(x: Array) -> Array:
        """(N, 1, 28, 28) → (28, 28, N)."""
        return np.ascontiguousarray(x[:, 0].transpose(1, 2, 0), F)

    @staticmethod
    def lay_y(y: Array) -> Array:
        """(N, 10) → (10, N)."""
        return np.ascontiguousarray(y.T, F)

    def slope(self, y: Array) -> None:
        """Scores z ← the slope of the mean cross entropy."""
        z, top = self.z, self.top
        maximum.reduce(z, axis=0, keepdims=True, out=top)
        subtract(z, top, out=z)
        np.exp(z, out=z)
        add.reduce(z, axis=0, keepdims=True, out=top)
        np.divide(z, top, out=z)
        subtract(z, y, out=z)
        multiply(z, self.mean, out=z)

    def step(self, x: Array, y: Array) -> None:
        """One update."""
        z, h, W3 = self.z, self.two.h, self.W3
        self.one.forward(x)
        self.two.forward()
        dot(W3.T, h, out=z)
        self.slope(y)
        dot(h, z.T, out=self.dW3)
        dot(W3[:256], z, out=self.two.g)
        self.two.backward()
        self.one.backward()
        multiply(self.g, self.rate, out=self.g)
        subtract(self.w, self.g, out=self.w)
