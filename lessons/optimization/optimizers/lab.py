"""Optimizers: the race on a valley, a saddle, famous surfaces, and on a small network."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import cos, isfinite, log, radians, sin

import numpy as np

from engine.array import Array
from engine.data import xor
from engine.losses import binary_cross_entropy
from engine.models import MLP
from engine.surfaces import SURFACES, Surface
from engine.tensor import Tensor
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import Chart, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import Choice, Point, Slider
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Arrow, HeatMap, Path, Plane, Points, Spot
from lessons.optimization.optimizers._race import KNOBS, AbstractRace, learning_rate

CURVATURES, BEST_RATE = (1.0, 100.0), 9 / 11
"""Those of the valley, along and across, and (√κ − 1)/(√κ + 1), the best that momentum can do."""
LONGEST = 5000
"""The most updates for which the arrival is predicted."""


@lru_cache(maxsize=64)
def arrival(start: tuple[float, float], lr: float, beta: float, near: float) -> float:
    """The update of momentum at which only a share `near` of the way is left, by theory; else NaN.

    Along an axis of curvature λ the error obeys e ← (1 + β − ηλ) e − β e_before, so it is a sum of
    k-th powers of the roots of z² − (1 + β − ηλ) z + β. With β = 0 this is sgd.

    >>> arrival((1.0, 1.0), 4 / 121, 81 / 121, 1e-6), arrival((1.0, 1.0), 2 / 101, 0.0, 1e-6)
    (93.0, 691.0)
    """
    k, left = np.arange(1, LONGEST + 1), np.zeros(LONGEST)
    with np.errstate(all="ignore"):
        for e, curvature in zip(start, CURVATURES, strict=True):
            first = 1 - lr * curvature
            r, q = np.roots([1, -first - beta, beta]).astype(complex)
            r += 1e-9 * (r == q)  # the limit of a double root
            left += abs(e * ((first - q) * r**k - (first - r) * q**k) / (r - q)) ** 2
        there = left <= near**2 * sum(e**2 for e in start)
    return float(k[there.argmax()]) if there.any() else NOT_YET


def place(default: tuple[float, float], reach: float) -> Point:
    """Where all three start."""
    return Point("start", default, reach, rebuilds=True, help="Where all three start.")


def flown(scene: Mapping[str, object], fix: Mapping[str, object]) -> Failure:
    """The failure that every ground knows."""
    return Failure("Flown apart", lambda lab: any(one.out for one in lab.entrants.values()),
                   "A rate is too large for the steepest wall: each step overshoots by more.",
                   "Turn the rate of the one that is out down.", scene, fix)  # fmt: skip


class AbstractSurface(AbstractRace):
    """A race on a function of two variables. `frame` turns the weights into a place on the map."""

    at = place((1, 1), 1.5)
    frame = np.eye(2)

    @property
    @abstractmethod
    def surface(self) -> Surface:
        """The ground."""

    def begin(self) -> None:
        """All three at `at`, and the map, wide enough for it."""
        (x0, x1, y0, y1), (x, y) = self.surface.extent, self.at.tolist()
        self.extent = (min(x0, x - 0.3), max(x1, x + 0.3), min(y0, y - 0.3), max(y1, y + 0.3))
        self.minima = np.array(self.surface.minima)
        self.lowest = min(float(self.surface.f(*spot)) for spot in self.minima)
        self.way = float(np.linalg.norm(self.minima - self.at, axis=1).min())
        self.start, self.span = self.frame.T @ self.at, max(map(abs, self.extent))
        across = np.meshgrid(np.linspace(*self.extent[:2], 96), np.linspace(*self.extent[2:], 64))
        height = np.asarray(self.surface.f(*across)) - self.lowest
        self.heat = HeatMap(np.log10(height + 1e-4 * height.max()), contours=True)
        self.line_up()

    def loss_of(self, params: Mapping[str, Tensor]) -> Tensor:
        """The surface above its lowest point."""
        w, ((a, b), (c, d)) = params["w"], self.frame.tolist()
        loss = self.surface.f(a * w[0] + b * w[1], c * w[0] + d * w[1])
        return loss - self.lowest  # type: ignore[no-any-return]

    def place(self, w: Array) -> Array:
        """Where w lies on the map."""
        return np.asarray(self.frame @ w)

    def left(self, w: Array) -> float:
        """How far the nearest minimum is, relative to the start's."""
        gap = float(np.linalg.norm(self.minima - self.place(w), axis=1).min())
        return gap / self.way if self.way else gap

    def arrows(self) -> tuple[Arrow, ...]:
        """What the map shows besides."""
        return ()

    @view
    def scenery(self) -> Plane:
        """The surface from above with all ways on it; who has arrived stands in the minimum."""
        paths = []
        for tone, (name, one) in enumerate(self.entrants.items()):
            way, arrived = one.trail.points, one.arrived is not None
            if arrived:
                way[-1] = self.minima[np.linalg.norm(self.minima - way[-1], axis=1).argmin()]
            name = f"{name} (out)" if one.out else name
            paths.append(Path(name, way[:, 0], way[:, 1], tone, has_marker=True, arrived=arrived))
        spots = (*map(Spot, self.minima), Spot(self.at, "start", knob="at"))
        return Plane(f"{self.surface.name} from above", self.extent, self.heat, paths=tuple(paths),
                     arrows=self.arrows(), spots=spots)  # fmt: skip


class Valley(AbstractSurface):
    """f = (x² + κ y²)/2. The axes of the weights may be turned against those of the valley."""

    angle = Slider("axes turned by", 0, 0, 90, notches=90, symbol="φ", rebuilds=True,
                   help="Degrees between the weights’ axes and those of the valley.")  # fmt: skip
    coordinate = "w₁"
    failures = (
        flown({"lr_sgd": 0.021}, {"lr_sgd": 0.0198}),
        Failure("Swinging to and fro", lambda lab: lab.is_swinging,
                "β is so near 1 that velocity outlives the slope: along the floor, too, momentum "
                "runs past the lowest point again and again, and an update leaves √β of its swing.",
                "Turn β down: 0.67 with η = 0.033 is near the best.",
                {"beta": 0.99}, {"beta": 0.67, "lr_momentum": 0.033}),
    )  # fmt: skip
    surface = SURFACES["valley"]

    def begin(self) -> None:
        """The turn by φ, and the rest."""
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        self.frame = np.array([[c, -s], [s, c]])
        super().begin()

    @property
    def is_swinging(self) -> bool:
        """Whether momentum overshoots along the floor, at a tenth of the best pace or less."""
        one, swings = self.entrants["momentum"], self.beta > (1 - self.lr_momentum**0.5) ** 2
        is_slow = swings and 0.5 * log(self.beta) > 0.1 * log(BEST_RATE)
        return is_slow and one.is_racing and self.steps >= 50

    def oracles(self) -> Iterator[Oracle]:
        """What sgd takes off each component, and how long the two linear rules need."""
        for factor, curvature in zip(self.entrants["sgd"].factors, CURVATURES, strict=True):
            yield Oracle(f"sgd takes off, λ = {curvature:g}", self.lr_sgd * curvature,
                         1 - float(factor), 1e-5, "ηλ of each component, each update")  # fmt: skip
        for name, lr, beta in (("sgd", self.lr_sgd, 0), ("momentum", self.lr_momentum, self.beta)):
            arrived, law = self.entrants[name].arrived, arrival(tuple(self.at), lr, beta, self.near)
            if isfinite(law) and not self.changed and self.way:
                yield Oracle(f"{name} arrives", law, NOT_YET if arrived is None else arrived, 2e-3,
                             "the roots of z² − (1 + β − ηλ) z + β",
                             due=self.steps > 1.01 * law)  # fmt: skip
        yield from super().oracles()

    def arrows(self) -> tuple[Arrow, ...]:
        """The axes of the two weights."""
        w1, w2 = 0.7 * self.frame.T
        return Arrow("w₁", w1, tone=3), Arrow("w₂", w2, tone=3)


class Saddle(AbstractSurface):
    """f = x⁴/4 − x²/2 + y²/2."""

    at = place((0.001, 1), 1.5)
    failures = (
        flown({"lr_sgd": 3}, {"lr_sgd": 0.3}),
        Failure("Stuck on the saddle", lambda lab: lab.is_stuck,
                "Where x is exactly 0 the slope along x is 0: there is nothing to follow.",
                "Start beside the ridge. In practice, slopes from small batches are not so exact.",
                {"at": "0, 1"}, {"at": "0.1, 1"}),
    )  # fmt: skip
    surface = SURFACES["saddle"]

    @property
    def is_stuck(self) -> bool:
        """Whether one has come to the saddle, and has no slope to leave it."""
        rest = 1e-3 * abs(float(self.at[1]))
        return any(one.w[0] == 0 and abs(one.w[1]) <= rest for one in self.entrants.values())

    def oracles(self) -> Iterator[Oracle]:
        """How sgd leaves, and Adam's first step."""
        one = self.entrants["sgd"]
        factor = float(one.factors[0])
        is_near = abs(one.w[0]) < 0.03 * abs(factor)  # before the update, where the law is meant
        yield Oracle("sgd leaves by", 1 + self.lr_sgd, factor if is_near else NOT_YET, 2e-3,
                     "1 + η, as f ≈ −x²/2 near 0", compare="rate")  # fmt: skip
        yield from super().oracles()


class Famous(AbstractSurface):
    """Rosenbrock's, Beale's and Himmelblau's test functions."""

    ground = Choice("ground", ("rosenbrock", "beale", "himmelblau"), rebuilds=True,
                    help="Which surface to descend.")  # fmt: skip
    at = place((-1.2, 1), 5)
    lr_sgd, lr_momentum = learning_rate("sgd", 0.001), learning_rate("momentum", 0.0003)
    budget = 3000
    failures = (flown({"lr_sgd": 0.01}, {"lr_sgd": 0.001}),)

    @property
    def surface(self) -> Surface:
        """The chosen one."""
        return SURFACES[self.ground]


class NetworkRace(AbstractRace):
    """A 2-8-1 network on the four squares of xor; the seed draws the points and the weights."""

    lr_sgd, lr_momentum = learning_rate("sgd", 0.5), learning_rate("momentum", 0.1)
    lr_adam = learning_rate("adam", 0.03)
    charts = {"loss": Chart("Loss", tuple(KNOBS), log=True)}
    coordinate, near = "w₁", 0.01
    failures = (
        Failure("Worse than at the start", lambda lab: lab.is_worse,
                "Steps so long that they throw the weights far past where the slope pointed.",
                "Turn the rate of the one whose loss has risen down, and reset.",
                {"lr_momentum": 10}, {"lr_momentum": 0.1}),
    )  # fmt: skip

    def begin(self) -> None:
        """The points, and one network for each."""
        data, self.model = xor(100, rng=self.rng), MLP((2, 8, 1))
        self.x, self.y, self.spec = data.x / 5, data.y, self.model.spec
        self.start = self.model.init(self.rng)
        self.span = float(abs(self.start).max())
        self.tall = self.loss_of(self.spec.tensors(Tensor(self.start))).item()
        self.line_up()

    def loss_of(self, params: Mapping[str, Tensor]) -> Tensor:
        """The mean cross-entropy."""
        return binary_cross_entropy(self.model(params, Tensor(self.x)), Tensor(self.y))

    def left(self, w: Array) -> float:
        """The loss, relative to the first."""
        return self.look(w)[0] / self.tall

    @property
    def is_worse(self) -> bool:
        """Whether someone's loss is above the one it began with."""
        return self.steps >= 10 and max(self.metrics().values()) > self.tall

    @view
    def scenery(self) -> Plane:
        """What the chosen one's network says of every place, and the points."""
        axis = np.linspace(-1.2, 1.2, 41)
        square = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        params = self.spec.tensors(Tensor(self.entrants[self.focus].w.copy()))
        z = self.model(params, Tensor(square)).value.reshape(41, 41)
        points = Points(self.x[:, 0], self.x[:, 1], self.y[:, 0].astype(int))
        return Plane(f"The network of {self.focus}", (-1.2, 1.2, -1.2, 1.2),
                     HeatMap(np.tanh(z / 2), diverging=True), points=(points,))  # fmt: skip


def lowest(lab: AbstractRace) -> int:
    """Whose loss is lowest: 0 sgd, 1 momentum, 2 adam."""
    return int(np.argmin(list(lab.metrics().values())))


checks = {
    "settled": Numeric(
        vary=lambda rng: {"lr": float(rng.choice([0.01, 0.02, 0.05])),
                          "beta": float(rng.choice([0.8, 0.9, 0.95]))},
        answer=lambda v: v["lr"] / (1 - v["beta"]),
        wrong=(lambda v: v["lr"], lambda v: v["lr"] / v["beta"],
               lambda v: v["lr"] * (1 + v["beta"]),
               lambda v: v["lr"] * v["beta"] / (1 - v["beta"])),
    ),
    "hundred": Goal(
        reached=lambda lab: lab.entrants["momentum"].arrived is not None,
        free=("lr_momentum", "beta"), budget=100,
        progress=lambda lab: f"distance {lab.left(lab.entrants['momentum'].w):.2g} × the start's",
        answer={"lr_momentum": 0.033, "beta": 0.67},
    ),
    "first": Numeric(
        vary=lambda rng: {"lr": float(rng.choice([0.001, 0.01, 0.05, 0.2])),
                          "g": float(rng.choice([0.03, 4.0, 500.0]))},
        answer=lambda v: v["lr"],
        wrong=(lambda v: v["lr"] * v["g"], lambda v: v["g"], lambda v: 0.1 * v["lr"],
               lambda v: v["lr"] / v["g"]),
    ),
    "askew": Prediction(
        lab=Valley, scene={"lr_sgd": 0.0198, "angle": 45}, steps=1500,
        outcome=lambda lab: int(np.argmax([one.arrived for one in lab.entrants.values()])),
    ),
    "saddle": Prediction(lab=Saddle, steps=100, outcome=lowest),
    "network": Prediction(lab=NetworkRace, steps=300, outcome=lowest),
}  # fmt: skip
