"""Pooling: one number for each window, and where its slope goes."""

from collections.abc import Iterator

import numpy as np

from engine.array import Array
from engine.nn.pool import avg_pool, max_pool
from engine.reverse import grad
from engine.tensor import Tensor
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.knobs import Cell, Choice, Integer, Switch
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Cells, PictureRow
from lessons.vision.convolution._images import picture, within

POOLS = {"max": max_pool, "average": avg_pool}


class Pooling(StaticExperiment):
    """A digit, pooled; the slope of one output, or of all, carried back."""

    pool = Choice("pool", tuple(POOLS), help="What is kept of a window.")
    size = Integer("side", 2, 2, 4, symbol="k", help="The window’s side, and its stride.")
    cell = Cell("output", (1, 2), shape=(4, 4), help="The output that is looked at.")
    everywhere = Switch("all outputs", help="A slope of 1 at every output.")
    which = Integer("digit", 3, 0, 1796, help="One of 1797 real digits.")

    @derived
    def parts(self) -> tuple[Array, Array, Array]:
        """The pooled image, the slopes that come in from above, and those that reach the image."""
        x = Tensor(picture("digit", self.which)[None, None])
        y = POOLS[self.pool](x, self.size)
        g = np.zeros(y.shape)
        g[(..., *within(self.cell, y.shape[2:]))] = 1.0
        g = np.ones(y.shape) if self.everywhere else g
        back = grad((y * g).sum(), x)
        return y.value[0, 0], g[0, 0], back.value[0, 0]

    @property
    def at(self) -> tuple[int, int]:
        """The chosen output, or the last there is."""
        return within(self.cell, self.parts[0].shape)

    @property
    def window(self) -> tuple[int, int]:
        """The upper left corner of the chosen window."""
        i, j = self.at
        return i * self.size, j * self.size

    @view
    def pooled(self) -> PictureRow:
        """The image with the window, and the pooled one."""
        (top, left), k, (y, *_) = self.window, self.size, self.parts
        lit = tuple((top + u, left + v) for u in range(k) for v in range(k))
        out = Cells("pooled", y, lit=(self.at,), pick="cell", bound=16.0)
        name = f"{self.pool} of each window"
        image = Cells("digit", picture("digit", self.which), lit=lit, bound=16.0)
        return PictureRow(f"The {name}", (image, "→", out))

    @view
    def slopes(self) -> Cells:
        """Where the slope goes on its way back."""
        what = "all outputs" if self.everywhere else "one output"
        back = self.parts[2]
        title = f"Slope of {what}: {back.max():.3g}"
        return Cells(title, back, digits=self.pool == "max", bound=float(back.max()))

    def oracles(self) -> Iterator[Oracle]:
        """The window by hand, and the slopes of its pixels."""
        (y, g, back), (top, left), k = self.parts, self.window, self.size
        seen = picture("digit", self.which)[top : top + k, left : left + k].ravel().tolist()
        value = max(seen) if self.pool == "max" else sum(seen) / k**2
        yield Oracle("the chosen output", value, float(y[self.at]), 1e-12, self.pool)
        inside = back[top : top + k, left : left + k].ravel()
        if self.pool == "max":
            first, found = 1 + seen.index(max(seen)), 1 + int(inside.argmax())
            yield Oracle("pixel with the slope", first, found, 1e-12, "the first of the largest")
        largest = 1.0 if self.pool == "max" else 1 / k**2
        yield Oracle("largest slope", largest, float(inside.max()), 1e-12,
                     "all of it" if self.pool == "max" else "1/k² for each")  # fmt: skip
        yield Oracle("sum of all slopes", float(g.sum()), float(back.sum()), 1e-12,
                     "pooling loses none")  # fmt: skip
