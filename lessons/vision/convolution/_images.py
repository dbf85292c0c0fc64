"""Pictures to look at through a window, and the engine's convolution of one of them."""

from functools import lru_cache

import numpy as np

from engine.array import Array
from engine.assembly import pad
from engine.data import digits, patches
from engine.nn.conv import conv
from engine.tensor import Tensor
from lessons.kit.experiment import AbstractExperiment, derived
from lessons.kit.knobs import Choice, Integer, Matrix

KERNELS: dict[str, list[list[float]]] = {
    "Sobel x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "Sobel y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "edges": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "blur": [[1 / 16, 2 / 16, 1 / 16], [2 / 16, 4 / 16, 2 / 16], [1 / 16, 2 / 16, 1 / 16]],
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "counting": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
}
BRIGHT = 16.0
"""The largest brightness of a pixel."""


@lru_cache(maxsize=64)
def picture(name: str, which: int) -> Array:
    """(n, n), brightness 0 to 16: a real digit, a house, a stained cell, or a single bright dot."""
    if name == "digit":
        image = digits().x[which].reshape(8, 8)
    elif name == "cell":
        seen = patches(1, 1.0, 0.03, rng=np.random.default_rng(4)).x[0, 0, 1:13, 1:13]
        image = np.rint(BRIGHT * seen)
    elif name == "house":
        image = _house()
    else:
        image = np.zeros((8, 8))
        image[3, 3] = 1.0
    image.flags.writeable = False
    return np.asarray(image)


def _house() -> Array:
    """A house before a sky that is darker at the top; ground from row 9 on."""
    image = np.repeat(np.linspace(8, 13, 12).round()[:, None], 12, axis=1)
    image[9:] = 4.0
    for row in range(2, 5):  # the roof
        image[row, 6 - 2 * (row - 2) : 7 + 2 * (row - 2)] = 2.0
    image[5:10, 3:10] = 16.0
    image[7:10, 4:6] = 3.0  # the door
    image[6:8, 7:9] = 6.0  # a window
    return image


def with_margin(x: Array, width: int, margin: str) -> Array:
    """An image (n, n) with a margin on every side."""
    return np.asarray(pad(Tensor(x), (width, width), margin).value)


def convolved(
    x: Array, k: Array, stride: int = 1, padding: int = 0, dilation: int = 1,
    margin: str = "zeros",
) -> Array:  # fmt: skip
    """The engine's convolution of an image (n, n) with a margin of that kind."""
    image, w = Tensor(with_margin(x, padding, margin)[None, None]), Tensor(k[None, None])
    return np.asarray(conv(image, w, stride=stride, dilation=dilation).value[0, 0])


def within(cell: tuple[int, int], shape: tuple[int, ...]) -> tuple[int, int]:
    """The chosen output, or the last there is."""
    return min(cell[0], shape[0] - 1), min(cell[1], shape[1] - 1)


def worst_pair(predicted: Array, measured: Array, rounding: float) -> tuple[float, float]:
    """The two numbers that differ most; the largest where all differ by rounding only."""
    gaps = abs(predicted - measured)
    at = np.unravel_index((gaps if gaps.max() > rounding else abs(predicted)).argmax(), gaps.shape)
    return float(predicted[at]), float(measured[at])


class AbstractPicture(AbstractExperiment):
    """A picture and a kernel."""

    image = Choice("image", ("digit", "house", "cell", "dot"), symbol="x",
                   help="Digits are real, the others drawn.")  # fmt: skip
    which = Integer("digit", 3, 0, 1796, active_when=("image", ("digit",)),
                    help="One of 1797 real digits.")  # fmt: skip
    kernel = Matrix("kernel", KERNELS, symbol="k", help="The weights in the window.")

    @derived
    def x(self) -> Array:
        """(n, n)."""
        return picture(self.image, self.which)
