"""A whole training step of a recurrent net by hand in NumPy, as fast as we know how.

The net, float64: x (N, T, D); h₀ = 0, h_t = tanh(x_t Wx + b + h_{t−1} Wh) in (N, H); a dense
output from the last h; mse, then w ← w − lr g.

Time comes first and a batch is rows, so that all the x's and all the h's are the rows of one
matrix: the input's part of every z is one product, tanh' = 1 − h² is made for all times at once,
and so are the gradients to the weights. What has to go step by step takes three calls a step
forward (product, sum, tanh) and two backward (product with Whᵀ, times the slope).
"""

import numpy as np

from tests.bench.conv_by_hand import aligned

Array = np.ndarray
N, T, D, H = 16, 50, 8, 32
SHAPES = (D + 1, H), (H, H), (H + 1, 1)
ONE = np.array(1.0)
add, copyto, dot, multiply = np.add, np.copyto, np.dot, np.multiply
subtract, tanh = np.subtract, np.tanh


def empty(*shape: int) -> Array:
    """An array to be written."""
    return aligned(*shape, dtype=np.float64)


def views(w: Array) -> list[Array]:
    """The parameters in the flat vector, in the order of SHAPES: Wx, Wh, Wo."""
    cuts = np.cumsum([np.prod(shape) for shape in SHAPES])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(w, cuts), SHAPES, strict=True)]


class Recurrent:
    """The net: `w` flat, and `step(x, y)` with x from `lay_x`, y (N, 1)."""

    def __init__(self, w: Array, lr: float) -> None:
        self.w, self.g = w, empty(w.size)
        self.Wx, self.Wh, self.Wo = views(w)
        self.dWx, self.dWh, self.dWo = views(self.g)
        self.z, self.h, self.slope, self.dz = (empty(T, N, H) for _ in range(4))
        self.last = np.ones((N, H + 1))  # [h_T 1]
        self.out, self.work, self.WhT = empty(N, 1), empty(N, H), empty(H, H)
        forward, backward, output = self.forward(), self.backward(), self.output()
        g, rate = self.g, np.array(lr)

        def step(x: Array, y: Array) -> None:
            forward(x)
            output(y)
            backward(x)
            multiply(g, rate, out=g)
            subtract(w, g, out=w)

        self.step = step

    @staticmethod
    def lay_x(x: Array) -> Array:
        """(N, T, D) → [x 1] as (T·N, D + 1), time by time."""
        ones = np.ones((T, N, 1))
        return np.concatenate([x.swapaxes(0, 1), ones], 2).reshape(T * N, D + 1)

    @staticmethod
    def lay_y(y: Array) -> Array:
        """(N, 1) as it is."""
        return y

    def forward(self):  # type: ignore[no-untyped-def]
        """All h from x."""
        Wx, Wh, work, first = self.Wx, self.Wh, self.work, (self.z[0], self.h[0])
        z_flat = self.z.reshape(T * N, H)
        steps = list(zip(self.h[:-1], self.z[1:], self.h[1:], strict=True))

        def forward(x: Array) -> None:
            dot(x, Wx, z_flat)
            tanh(*first)
            for before, z, h in steps:
                dot(before, Wh, work)
                add(work, z, work)
                tanh(work, h)

        return forward

    def output(self):  # type: ignore[no-untyped-def]
        """The dense output: its gradient, and the slope of the last h into `work`."""
        last, out, Wo, dWo, work = self.last, self.out, self.Wo, self.dWo, self.work
        last_h, lastT, h, row = last[:, :H], last.T, self.h[-1], Wo[:H, 0]
        mean = np.array(2 / N)

        def output(y: Array) -> None:
            copyto(last_h, h)
            dot(last, Wo, out)
            subtract(out, y, out)
            multiply(out, mean, out)
            dot(lastT, out, dWo)
            multiply(out, row, work)

        return output

    def backward(self):  # type: ignore[no-untyped-def]
        """The gradients to Wx and Wh, back through time from `work`."""
        Wh_T, WhT, work, h, slope = self.Wh.T, self.WhT, self.work, self.h, self.slope
        dz_flat, dWx, dWh = self.dz.reshape(T * N, H), self.dWx, self.dWh
        before, after = h[:-1].reshape(-1, H).T, dz_flat[N:]
        end = slope[-1], self.dz[-1]
        steps = list(zip(self.dz[1:], slope[:-1], self.dz[:-1], strict=True))[::-1]

        def backward(x: Array) -> None:
            multiply(h, h, slope)
            subtract(ONE, slope, slope)
            multiply(work, *end)
            copyto(WhT, Wh_T)
            for d, s, d_before in steps:
                dot(d, WhT, work)
                multiply(work, s, d_before)
            dot(x.T, dz_flat, dWx)
            dot(before, after, dWh)

        return backward
