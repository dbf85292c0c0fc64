"""What the optimizers of the race descend: surfaces, and the loss of a small network."""

from collections.abc import Mapping, Sequence
from math import dist

import numpy as np

from engine.array import Array
from engine.data import xor
from engine.losses import binary_cross_entropy
from engine.models import MLP
from engine.parameters import Layout, joined
from engine.reverse import grad
from engine.surfaces import surface
from engine.tensor import Tensor
from engine.training import Probe
from lessons.kit.knobs import Settings

ARRIVED, LEARNED = 1e-6, 0.01
"""The share of the way, or of a network's loss, that may be left."""
GRID = 41
"""Places along each side of the picture of a network."""


class Ground:
    """What is to be descended: a surface, or the loss of a 2-8-1 network on the xor squares."""

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        self.name = settings.word("ground")
        self.x: Array = np.zeros((1, 1))
        self.y: Array = self.x
        self.minima: Sequence[tuple[float, float]] = ()
        if self.name == "network":
            data, self.model = xor(100, rng=rng), MLP((2, 8, 1))
            self.x, self.y = data.x / 5, data.y
            self.layout, self.start = self.model.layout, self.model.start(rng)
            self.show_network()
        else:
            self.surface = surface(self.name)
            own = (settings.number("x0"), settings.number("y0"))
            self.layout, self.minima = Layout({"w": (2,)}), self.surface.minima
            self.start = np.array(own if settings["start"] == "own" else self.surface.start)
            self.show_surface()
        self.lowest = min((float(self.surface.f(*place)) for place in self.minima), default=0.0)
        self.here = self.start.copy()
        self.probe = Probe(self.here, self.layout, self.look, self.x, self.y)
        self.start_loss = self.loss(self.start)

    def loss_of(self, p: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        """The function itself; a surface has no data, and takes no heed of x and y."""
        if self.name == "network":
            return binary_cross_entropy(self.model(p, x), y)
        return self.surface.f(p["w"][0], p["w"][1])  # type: ignore[no-any-return]

    def look(self, p: Mapping[str, Tensor], x: Tensor, y: Tensor) -> list[Tensor]:
        """Loss and gradient."""
        loss = self.loss_of(p, x, y)
        return [loss, joined(grad(loss, list(p.values())))]

    def loss(self, w: Array) -> float:
        """How far above the lowest point w is: NaN or inf where there is no saying."""
        self.here[:] = w
        loss = float(self.probe()[0]) - self.lowest
        return loss if not -1e-9 < loss < 0 else 0.0

    def gradient(self, w: Array) -> Array:
        """∇f at w."""
        self.here[:] = w
        return self.probe()[1].copy()

    def left(self, w: Array, loss: float) -> float:
        """The share of the way still to go."""
        if not self.minima:
            return loss / self.start_loss
        way = min(dist(self.start, place) for place in self.minima)
        return min(dist(w, place) for place in self.minima) / (way or 1.0)

    def has_arrived(self, w: Array, loss: float) -> bool:
        """Whether next to nothing is left."""
        return self.left(w, loss) <= (ARRIVED if self.minima else LEARNED)

    def show_surface(self) -> None:
        """The map, in logarithms, wide enough for the start."""
        x0, x1, y0, y1 = self.surface.extent
        x, y = self.start.tolist()
        self.extent = (min(x0, x - 0.5), max(x1, x + 0.5), min(y0, y - 0.5), max(y1, y + 0.5))
        axes = np.linspace(*self.extent[:2], 96), np.linspace(*self.extent[2:], 64)
        height = np.asarray(self.surface.f(*np.meshgrid(*axes)))
        height = height - height.min()
        self.map = np.log10(height + 1e-4 * height.max())

    def show_network(self) -> None:
        """A square of inputs, and behind it the points themselves, for a look at the outputs."""
        axis = np.linspace(-1.2, 1.2, GRID)
        self.extent = (-1.2, 1.2, -1.2, 1.2)
        square = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        self.seen = self.start.copy()
        self.scores = Probe(self.seen, self.layout, lambda p, x: [self.model(p, x)],
                            np.concatenate([square, self.x]))  # fmt: skip

    def outputs(self, w: Array) -> tuple[Array, float]:
        """The network’s answers over the square, −1 … 1, and the share of points it has right."""
        self.seen[:] = w
        answers = np.tanh(self.scores()[0][:, 0] / 2)  # 2 σ(z) − 1
        right = (answers[GRID**2 :] > 0) == (self.y[:, 0] > 0.5)
        return answers[: GRID**2].reshape(GRID, GRID), float(right.mean())
