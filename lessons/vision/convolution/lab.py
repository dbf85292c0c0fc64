"""A window that slides: its products, its sizes, the shift; matrix, waves, pool, learning."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from engine.array import Array
from engine.assembly import MARGINS
from engine.errors import ShapeError
from engine.nn.conv import conv_transpose
from engine.tensor import Tensor
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import Cell, Choice, Integer
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Cells, PictureRow, Text
from lessons.vision.convolution._images import (
    AbstractPicture,
    convolved,
    with_margin,
    within,
    worst_pair,
)
from lessons.vision.convolution._learned import Learned as Learned
from lessons.vision.convolution._line import Line as Line
from lessons.vision.convolution._pooling import Pooling as Pooling
from lessons.vision.convolution._waves import Waves as Waves

READ = 8
"""Images of at most so many columns show their numbers."""


class Window(AbstractPicture, StaticExperiment):
    """One output cell at a time: the window, the kernel, the products, their sum."""

    cell = Cell("output", (3, 2), shape=(20, 20), help="The output that is looked at.")
    kernel = AbstractPicture.kernel  # both stand first in the panel
    stride = Integer("stride", 1, 1, 4, symbol="s", help="How far the window moves on.")
    padding = Integer("padding", 0, 0, 4, symbol="p", help="Pixels added on every side.")
    margin = Choice("margin", MARGINS, help="Dark, the far side, or a mirror image.")
    dilation = Integer("dilation", 1, 1, 4, symbol="d", help="1: the window has no gaps.")

    failures = (
        Failure("No room", lambda lab: not lab.y.size,
                "The window with its gaps is larger than the image with its margin.",
                "A smaller dilation, or more padding.", {"dilation": 4}, {"padding": 1}),
        Failure("Blind pixels", lambda lab: lab.blind > 0,
                "Beside its stops and in its gaps the window misses pixels: no output sees them.",
                "A smaller stride, or a smaller dilation.", {"stride": 4}, {"stride": 1}),
    )  # fmt: skip

    @derived
    def y(self) -> Array:
        """The output; empty where no window fits."""
        try:
            return convolved(
                self.x, self.kernel, self.stride, self.padding, self.dilation, self.margin
            )
        except ShapeError:
            return np.zeros((0, 0))

    @property
    def side(self) -> int:
        """The output's side, by the formula."""
        reach = self.dilation * (len(self.kernel) - 1) + 1
        return (len(self.x) + 2 * self.padding - reach) // self.stride + 1

    @derived
    def padded(self) -> Array:
        """The image with its margin."""
        return with_margin(self.x, self.padding, self.margin)

    @derived
    def blind(self) -> int:
        """How many pixels of the image no output sees, not even as a copy in the margin."""
        n = len(self.x)
        numbered = with_margin(np.arange(1.0, n * n + 1).reshape(n, n), self.padding, self.margin)
        at = np.arange(len(self.y))[:, None] * self.stride + self.dilation * np.arange(3)
        seen = np.unique(numbered[np.ix_(at.ravel(), at.ravel())])
        return n * n - int(np.count_nonzero(seen)) if len(at) else 0

    @property
    def at(self) -> tuple[int, int]:
        """The chosen output, or the last there is."""
        return within(self.cell, self.y.shape)

    @derived
    def places(self) -> tuple[tuple[int, int], ...]:
        """The nine pixels of the padded image that the chosen output sees, row by row."""
        (i, j), s, d = self.at, self.stride, self.dilation
        return tuple((i * s + u * d, j * s + v * d) for u in range(3) for v in range(3))

    @property
    def seen(self) -> Array:
        """(3, 3): the window."""
        return np.asarray(self.padded[tuple(np.transpose(self.places))].reshape(3, 3))

    @view
    def slide(self) -> PictureRow | Text:
        """The image with the window, the kernel, the output."""
        if not self.y.size:
            reach, room = 2 * self.dilation + 1, len(self.padded)
            return Text(
                "No window fits", (f"It is {reach} wide, the image with its margin {room}.",)
            )
        image = Cells("padded" if self.padding else "image", self.padded, lit=self.places,
                      bound=float(self.x.max()), digits=len(self.padded) <= READ)  # fmt: skip
        kernel = Cells("kernel", self.kernel, edit="kernel")
        out = Cells("output", self.y, lit=(self.at,), digits=False, pick="cell")
        return PictureRow(self.heading, (image, "·", kernel, "→", out))

    @property
    def heading(self) -> str:
        """Which output is looked at, and what it is."""
        return f"Output {self.at[0] + 1}, {self.at[1] + 1} is {self.y[self.at]:.4g}"

    @view
    def sum(self) -> PictureRow | Text:
        """The chosen output: window times kernel, number by number, added up."""
        if not self.y.size:
            return self.slide()
        products = Cells("products", self.seen * self.kernel)
        parts = (Cells("window", self.seen), "·", Cells("kernel", self.kernel), "=", products,
                 f"Σ = {self.y[self.at]:.4g}")  # fmt: skip
        return PictureRow(self.heading, parts)

    def oracles(self) -> Iterator[Oracle]:
        """The side, and the chosen output by hand."""
        yield Oracle("side of the output", max(self.side, 0), len(self.y), 1e-12,
                     "⌊(n + 2p − d(k−1) − 1)/s⌋ + 1")  # fmt: skip
        if not self.y.size:
            return
        yield Oracle("the chosen output", float((self.seen * self.kernel).sum()),
                     float(self.y[self.at]), 1e-12 * max(1.0, float(abs(self.y).max())),
                     "nine products, added up", compare="absolute")  # fmt: skip


class Shift(AbstractPicture, StaticExperiment):
    """The image shifted, then convolved; and convolved, then shifted."""

    across = Integer("right", 3, 0, 7, help="Pixels that the image moves right.")
    down = Integer("down", 0, 0, 7, help="Pixels that it moves down.")
    stride = Integer("stride", 1, 1, 3, symbol="s", help="How far the window moves on.")
    margin = Choice("margin", ("circular", "zeros", "reflect"),
                    help="The far side, dark, or a mirror image.")  # fmt: skip

    failures = (
        Failure("The margin is seen", lambda lab: lab.stride == 1 and lab.gap > lab.rounding,
                "What is put beyond the border does not move along when the image moves.",
                "A circular margin; or ignore the outputs at the border.",
                {"image": "house", "margin": "zeros"}, {"margin": "circular"}),
        Failure("Skipped", lambda lab: lab.stride > 1 and lab.gap > lab.rounding,
                "The shift is no multiple of the stride: the window stops at other pixels.",
                "Shift by a multiple of the stride, or take a stride of 1.",
                {"image": "house", "stride": 2}, {"stride": 1}),
    )  # fmt: skip

    def shifted(self, image: Array, by: int = 1) -> Array:
        """Moved on a ring; an output of stride s moves by 1/s of what the image does."""
        return np.roll(image, (self.down // by, self.across // by), (0, 1))

    def convolve(self, image: Array) -> Array:
        """With one pixel of margin."""
        return convolved(image, self.kernel, self.stride, 1, margin=self.margin)

    @derived
    def ways(self) -> tuple[Array, Array]:
        """Shift, then convolve; convolve, then shift."""
        return self.convolve(self.shifted(self.x)), self.shifted(self.convolve(self.x), self.stride)

    @property
    def gap(self) -> float:
        """The largest difference."""
        return float(abs(self.ways[0] - self.ways[1]).max())

    @property
    def rounding(self) -> float:
        """Differences that only rounding makes."""
        return 1e-12 * max(1.0, float(abs(self.ways[1]).max()))

    @view
    def both(self) -> PictureRow:
        """Both ways, and what is between them."""
        one, other = self.ways
        bound = max(float(abs(one).max()), float(abs(other).max()), 1e-9)
        names = ("shift, convolve", "convolve, shift", "difference")
        parts = [Cells(name, values, digits=False, bound=bound) for name, values in
                 zip(names, (one, other, one - other), strict=True)]  # fmt: skip
        title = f"Largest difference: {self.gap if self.gap > self.rounding else 0:.4g}"
        return PictureRow(title, (parts[0], "−", parts[1], "=", parts[2]))

    @view
    def moved(self) -> Cells:
        """The image as it is shifted."""
        return Cells("The image, shifted on a ring", self.shifted(self.x), digits=False,
                     bound=float(self.x.max()))  # fmt: skip

    def oracles(self) -> Iterator[Oracle]:
        """Where the law holds: the two ways agree to the last digit."""
        one, other = self.ways
        is_multiple = not self.across % self.stride and not self.down % self.stride
        holds = self.margin == "circular" and is_multiple and not len(self.x) % self.stride
        if holds:
            yield Oracle("output that differs most", *worst_pair(other, one, 0.0), self.rounding,
                         "shifts and convolutions change places", compare="absolute")  # fmt: skip
        gain = float(self.kernel.sum())
        if self.margin == "circular" and self.stride == 1:
            yield Oracle("sum of the output", gain * float(self.x.sum()), float(one.sum()),
                         1e-12 * float(abs(self.kernel).sum() * self.x.sum()),
                         "each pixel meets each weight once", compare="absolute")  # fmt: skip


def some_window(rng: np.random.Generator) -> Mapping[str, float]:
    """A window and a kernel of two by two."""
    return dict(zip("abcd", rng.permutation(np.arange(2.0, 10.0)).tolist(), strict=False))


def products_added(v: Mapping[str, float]) -> float:
    """The output where the kernel is 1, −1 above 2, 3."""
    return v["a"] - v["b"] + 2 * v["c"] + 3 * v["d"]


def some_sizes(
    *sizes: tuple[int, int, int, int],
) -> Callable[[np.random.Generator], dict[str, float]]:
    """A choice among inputs of side n and settings k, p, s."""
    return lambda rng: dict(zip("nkps", map(float, rng.choice(sizes)), strict=True))


def side(v: Mapping[str, float]) -> float:
    """The side that the engine's own convolution has."""
    n, k, p, s = (int(v[name]) for name in "nkps")
    return float(len(convolved(np.zeros((n, n)), np.ones((k, k)), s, p)))


def side_up(v: Mapping[str, float]) -> float:
    """The length that the engine's own transposed convolution has."""
    n, k, p, s = (int(v[name]) for name in "nkps")
    x, w = Tensor(np.zeros((1, 1, n))), Tensor(np.ones((1, 1, k)))
    return float(conv_transpose(x, w, stride=s, padding=p).size)


def on_its_head(lab: Waves) -> int:
    """0: the kernel as it is; 1: turned by half a turn; 2: rows and columns swapped."""
    seen, k = lab.y[2:5, 2:5], lab.kernel
    return next(i for i, turned in enumerate((k, k[::-1, ::-1], k.T)) if np.allclose(seen, turned))


def no_horizon(lab: Window) -> bool:
    """The border of sky and ground is dark in the output, the walls of the house are not."""
    horizon, walls = lab.y[6:9, :1], lab.y[5:6, 1:4]
    return bool(abs(horizon).max() < 1e-9 and abs(walls).max() >= 4)


checks = {
    "sum": Numeric(
        vary=some_window, answer=products_added,
        wrong=(lambda v: products_added(v) + 2 * v["b"], lambda v: products_added(v) / 4),
    ),
    "walls": Goal(
        reached=no_horizon, free=("kernel", "cell"), answer={"kernel": "Sobel x"},
        progress=lambda lab: f"the horizon gives up to {abs(lab.y[6:9, :1]).max():.3g}",
    ),
    "side": Numeric(
        vary=some_sizes((28, 5, 2, 2), (32, 3, 1, 2), (30, 7, 3, 2), (64, 5, 1, 3), (28, 3, 1, 3),
                        (50, 5, 2, 4)),
        answer=side,
        wrong=(lambda v: v["n"] + 2 * v["p"] - v["k"] + 1,
               lambda v: (v["n"] - v["k"]) // v["s"] + 1,
               lambda v: (v["n"] + 2 * v["p"] - v["k"]) // v["s"]),
    ),
    "head": Prediction(
        lab=Waves, outcome=on_its_head, scene={"image": "dot", "kernel": "counting"},
    ),
    "up": Numeric(
        vary=some_sizes((7, 4, 1, 2), (8, 5, 2, 2), (5, 3, 1, 3), (14, 4, 1, 2), (6, 5, 1, 4),
                        (9, 5, 2, 3)),
        answer=side_up,
        wrong=(lambda v: (v["n"] - 1) * v["s"] + v["k"], lambda v: v["n"] + v["k"] - 1, side),
    ),
    "stride": Goal(
        reached=lambda lab: lab.stride == 2 and lab.across > 0 and lab.gap <= lab.rounding,
        free=("stride", "across", "down"), answer={"stride": 2, "across": 2},
        progress=lambda lab: f"stride {lab.stride}: a difference of {lab.gap:.3g}",
    ),
    "random": Prediction(
        lab=Learned, scene={"learn": False}, steps=600,
        outcome=lambda lab: int(np.searchsorted([0.3, 0.7], lab.right)),
    ),
}  # fmt: skip
