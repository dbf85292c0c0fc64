"""Convolution along a line: the same as one matrix, and its transpose."""

from collections.abc import Iterator

import numpy as np

from engine.array import Array
from engine.assembly import pad
from engine.nn.conv import conv, conv_transpose
from engine.reverse import grad
from engine.tensor import Tensor
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.knobs import Cell, Choice, Integer, Matrix
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Cells, PictureRow
from lessons.vision.convolution._images import picture, within, worst_pair

N = 8
"""Numbers in a line: a row of a digit."""
KERNELS = {"slope": [[-1.0, 0.0, 1.0]], "blur": [[0.25, 0.5, 0.25]], "1 2 3": [[1.0, 2.0, 3.0]]}


class Line(StaticExperiment):
    """A row of a digit, convolved with three weights: T x = y."""

    row = Integer("row", 2, 1, N, help="Which row of the digit 3 is the line x.")
    kernel = Matrix("kernel", KERNELS, symbol="k", help="Three weights.")
    cell = Cell("output", (2, 0), shape=(N + 2, 1), help="The output that is looked at.")
    stride = Integer("stride", 1, 1, 3, symbol="s", help="How far the window moves on.")
    padding = Integer("padding", 1, 0, 2, symbol="p", help="Numbers added at each end.")
    margin = Choice("margin", ("zeros", "circular"), help="What these numbers are.")

    @derived
    def x(self) -> Array:
        """(8,)."""
        return np.asarray(picture("digit", 3)[self.row - 1])

    def convolved(self, x: Tensor) -> Tensor:
        """The engine's convolution of a line (8,)."""
        line = pad(x, (self.padding,), self.margin).reshape((1, 1, -1))
        return conv(line, Tensor(self.kernel[None]), stride=self.stride).reshape(-1)

    @derived
    def y(self) -> Array:
        """What comes out."""
        return self.convolved(Tensor(self.x)).value

    @derived
    def T(self) -> Array:
        """Row i holds the kernel from place i s − p on; what hangs over wraps around or is lost."""
        T = np.zeros((len(self.y), N))
        for i in range(len(T)):
            for u, weight in enumerate(self.kernel[0]):
                j = i * self.stride - self.padding + u
                if self.margin == "circular" or 0 <= j < N:
                    T[i, j % N] += weight
        return T

    @view
    def matrix(self) -> PictureRow:
        """T x = y, the row of the chosen output lit."""
        i, _ = within(self.cell, (len(self.y), 1))
        T = Cells("T", self.T, lit=tuple((i, j) for j in np.flatnonzero(self.T[i]).tolist()))
        x = Cells("x", self.x[:, None], lit=tuple((j, 0) for _, j in T.lit))
        y = Cells("y", self.y[:, None], lit=((i, 0),), pick="cell")
        return PictureRow("One matrix does it", (T, "·", x, "=", y))

    @derived
    def slopes(self) -> Array:
        """(8,): those of L = ½ ‖y‖² in x, as the engine carries them back. In y they are y."""
        x = Tensor(self.x)
        y = self.convolved(x)
        return grad((y * y).sum() / 2, x).value

    @view
    def back(self) -> PictureRow:
        """Tᵀ y: each number of y paints a window, and windows add up."""
        i, _ = within(self.cell, (len(self.y), 1))
        painted = np.flatnonzero(self.T[i]).tolist()
        T = Cells("Tᵀ", self.T.T, lit=tuple((j, i) for j in painted))
        y = Cells("y", self.y[:, None], lit=((i, 0),), pick="cell")
        x = Cells("slopes", self.slopes[:, None], lit=tuple((j, 0) for j in painted))
        return PictureRow("Slopes of ½ ‖y‖² on their way back", (T, "·", y, "=", x))

    def oracles(self) -> Iterator[Oracle]:
        """T x is the convolution, and Tᵀ is the way back."""
        yield Oracle("‖y‖²", float((self.T @ self.x) @ self.y), float(self.y @ self.y), 1e-12,
                     "y = T x, entry by entry")  # fmt: skip
        rounding = 1e-12 * max(1.0, float(abs(self.slopes).max()))
        yield Oracle("slope that differs most",
                     *worst_pair(self.T.T @ self.y, self.slopes, rounding), rounding,
                     "Tᵀ carries slopes back", compare="absolute")  # fmt: skip
        if self.margin == "zeros":
            up = conv_transpose(Tensor(self.y[None, None]), Tensor(self.kernel[None]),
                                stride=self.stride, padding=self.padding)  # fmt: skip
            side = (len(self.y) - 1) * self.stride - 2 * self.padding + 3
            yield Oracle("side of the transposed", side, up.size, 1e-12, "(n − 1) s − 2p + k")
