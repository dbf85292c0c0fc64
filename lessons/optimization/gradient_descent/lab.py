"""Gradient descent on bowls, w ← w − η ∇f(w), watched along the bowl's own axes."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from math import isfinite

import numpy as np

from engine.array import Array
from engine.curvature import hessian
from engine.data import iris
from engine.losses import mse
from engine.optim import sgd
from engine.program import Program
from engine.reverse import grad
from engine.surfaces import valley
from engine.tensor import Tensor, matmul
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import Chart, ProcessExperiment, Status, view
from lessons.kit.failures import Failure, diverged
from lessons.kit.knobs import Slider
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import HeatMap, Path, Plane, Spot, Table
from lessons.kit.trajectory import Trajectory

ARRIVED = 1e-6
"""The share of the way that may be left."""


def learning_rate(default: float) -> Slider:
    """The one dial of this lesson, fine enough to meet the best value by arrow keys."""
    return Slider("learning rate", default, 1e-3, 4, log=True, notches=330, symbol="η",
                  help="How far each step goes against the gradient.")  # fmt: skip


def troubles(good: float) -> tuple[Failure, ...]:
    """How descent fails; with η = `good` it does not."""
    return (
        Failure("Flown apart", diverged,
                "η is beyond 2/λmax: every step overshoots by more than the last.",
                "Turn η below the border that the oracle shows, and reset.",
                {"lr": 3}, {"lr": good}),
        Failure("Crawling", lambda lab: lab.steady >= 100 and lab.lr < 0.1 * lab.best_lr
                and lab.factors[0] ** 100 > 0.1,
                "η is less than a tenth of the best: a hundred steps leave more than a tenth of "
                "the way along the floor.",
                "Turn η up, towards 2/(λmin + λmax).", {"lr": 0.001}, {"lr": good}),
    )  # fmt: skip


class AbstractDescent(ProcessExperiment):
    """A bowl is f = f* + ½ eᵀ H e with e = w − w*. Along its axes e ← (1 − ηλ) e, each by itself.

    `e` are the components along the axes, flattest first; `seen` are the factors by which the last
    steps multiplied them, NaN until there is one; `steady` counts the steps since η was turned.
    """

    lr: float | Slider
    state_names = ("w", "rate", "trail", "e", "seen", "steady")
    charts = {"loss": Chart("Loss above its minimum", ("loss − min",), log=True)}
    budget = 20_000
    start: tuple[float, ...]

    @abstractmethod
    def loss(self, w: Tensor) -> Tensor:
        """The function to descend."""

    def begin(self) -> None:
        """The bowl's axes, and the compiled step."""
        self.w, self.rate = Tensor(np.array(self.start), "w"), Tensor(self.lr, "lr")
        loss = self.loss(self.w)
        (g,) = grad(loss, [self.w])
        H = hessian(loss, self.w)
        self.eigenvalues, self.axes = np.linalg.eigh(H)
        self.best_lr = 2 / float(self.eigenvalues[0] + self.eigenvalues[-1])
        self.best = self.w.value - np.linalg.solve(H, g.value)
        self.lowest, self.height = self.loss(Tensor(self.best)).item(), Program([], [loss])
        self.update = Program([], updates=[(self.w, sgd(self.w, g, 1, lr=self.rate)[0])])
        self.first = self.e = self.axes.T @ (self.w.value - self.best)
        self.trail, self.seen, self.steady = Trajectory(self.start), np.full(len(self.e), np.nan), 0

    def step(self) -> None:
        """One step of gradient descent, and by what it multiplied each component."""
        self.update()
        self.trail.append(self.w.value)
        before, self.e = self.e, self.axes.T @ (self.w.value - self.best)
        known = abs(before) > 1e-6 * (abs(self.best).max() + abs(self.first).max())
        self.seen = np.where(known, self.e / np.where(known, before, 1.0), self.seen)
        self.steady += 1

    def turned(self, name: str) -> None:
        """Another η from the next step on."""
        self.rate.value[()] = self.lr
        self.seen, self.steady = np.full(len(self.e), np.nan), 0

    @property
    def distance(self) -> float:
        """‖w − w*‖, relative to the start's."""
        return float(np.linalg.norm(self.e) / np.linalg.norm(self.first))

    def metrics(self) -> Mapping[str, float]:
        """How far the loss is above its minimum, and how far w is from the best."""
        return {"loss − min": float(self.height()[0]) - self.lowest, "distance": self.distance}

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Arrived within a millionth of the way, or a million times too far off."""
        if self.distance <= ARRIVED:
            return "converged"
        return "running" if self.distance < 1 / ARRIVED else "diverged"

    @property
    def factors(self) -> Array:
        """1 − ηλ, by which each step multiplies each component."""
        return np.asarray(1 - self.lr * self.eigenvalues)

    def arrival(self) -> float:
        """The step at which e is a millionth of its start, by its law; NaN if never."""
        with np.errstate(all="ignore"):
            powers = abs(self.factors) ** np.arange(self.budget + 1)[:, None]
            left = np.linalg.norm(self.first * powers, axis=1)
        there = left <= ARRIVED * left[0]
        return float(there.argmax()) if there.any() else np.nan

    def oracles(self) -> Iterator[Oracle]:
        """The border of stability, the rate, and the number of steps."""
        top, rate = float(self.seen[-1]), float(abs(self.factors).max())
        slowest = abs(float(self.seen[abs(self.factors).argmax()]))
        yield Oracle("border of η", 2 / float(self.eigenvalues[-1]),
                     2 * self.lr / (1 - top) if top != 1 else NOT_YET, 1e-6,
                     "2/λmax: the steepest component decides")  # fmt: skip
        yield Oracle("rate", rate, slowest, 1e-4, "max |1 − ηλ|", compare="rate")
        law, is_one_go = self.arrival(), self.steady == self.steps
        if isfinite(law) and is_one_go:
            arrived = float(self.steps) if self.status == "converged" else NOT_YET
            yield Oracle("steps", law, arrived, 0.002, "(1 − ηλ)ᵏ, component by component",
                         due=self.steps > 1.01 * law)  # fmt: skip

    @view
    def scenery(self) -> Plane:
        """The bowl from above, with the whole way on it."""
        (cx, cy), reach = self.best, 1.6 * float(abs(np.array(self.start) - self.best).max())
        x, y = np.linspace(cx - reach, cx + reach, 96), np.linspace(cy - reach, cy + reach, 64)
        e = np.tensordot(self.axes.T, np.stack(np.meshgrid(x - cx, y - cy)), axes=1)  # (2, 64, 96)
        height = 0.5 * np.tensordot(self.eigenvalues, e**2, axes=1)
        heat = HeatMap(np.log10(height + 1e-3 * height.max()), contours=True)
        w1, w2 = self.trail.points.T
        way = Path("w", w1, w2, has_marker=True, arrived=self.status == "converged")
        title = "w₁, w₂ from above; shade: log₁₀(f − min)"
        return Plane(title, (x[0], x[-1], y[0], y[-1]), heat, paths=(way,),
                     spots=(Spot((cx, cy)),))  # fmt: skip

    @view
    def fates(self) -> Table:
        """Each axis of the bowl with its factor a step, and what that factor means."""
        parts = zip(self.eigenvalues, self.factors, self.e, strict=True)
        rows = [(f"{lam:.4g}", f"{f:+.4f}", f"{e:.1e}", fate(f)) for lam, f, e in parts]
        return Table("Components of the error", ("λ", "1 − ηλ", "now", "so it"), tuple(rows))


class Valley(AbstractDescent):
    """f = (w₁² + κ w₂²)/2."""

    lr = learning_rate(0.005)
    kappa = Slider("condition", 100, 1, 1000, log=True, symbol="κ", rebuilds=True,
                   help="How many times steeper the valley is across than along.")  # fmt: skip
    start, failures = (1.0, 1.0), troubles(0.018)

    def loss(self, w: Tensor) -> Tensor:
        """The valley at w."""
        return valley(w[0], w[1], self.kappa)  # type: ignore[no-any-return]


class Parabola(AbstractDescent):
    """f = w²/2, so λ = 1."""

    lr = learning_rate(0.2)
    start, failures = (1.0,), troubles(1)

    def loss(self, w: Tensor) -> Tensor:
        """The parabola at w."""
        return 0.5 * (w * w).sum()

    @view
    def scenery(self) -> Plane:
        """The parabola from the side, and the way from place to place."""
        w, way = np.linspace(-1.6, 1.6, 81), self.trail.points[:, 0]
        path = Path("steps", way, way**2 / 2, has_marker=True, arrived=self.status == "converged")
        paths = (Path("f(w) = w²/2", w, w**2 / 2, 1), path)
        return Plane("w to the right, f upwards", (-1.6, 1.6, -0.1, 1.3), paths=paths, equal=False)


class Regression(AbstractDescent):
    """The width of a petal from two other lengths of the flower, all standardized."""

    lr = learning_rate(0.5)
    start, failures = (-1.0, 1.5), troubles(0.8)

    def loss(self, w: Tensor) -> Tensor:
        """Half the mean squared error."""
        z = (iris().x - iris().x.mean(0)) / iris().x.std(0)
        return 0.5 * mse(matmul(z[:, [0, 2]], w.reshape((2, 1))), Tensor(z[:, [3]]))


def fate(factor: float) -> str:
    """What becomes of a number that is multiplied by the factor again and again.

    >>> fate(0.99), fate(-0.5), fate(-1.01), fate(0.0), fate(-1.0)
    ('crawls', 'zigzags', 'flies apart', 'is there at once', 'never settles')
    """
    if abs(factor) >= 1:
        return "flies apart" if abs(factor) > 1 else "never settles"
    if factor <= 0:
        return "zigzags" if factor else "is there at once"
    return "crawls" if factor > 0.9 else "shrinks"


checks = {
    "beyond": Prediction(
        lab=Parabola, scene={"lr": 2.1}, steps=500,
        outcome=lambda lab: ["converged", "running", "diverged"].index(lab.status),
    ),
    "border": Numeric(
        vary=lambda rng: {"lam": float(rng.choice([4, 5, 8, 10, 16, 20, 25, 40, 50]))},
        answer=lambda v: 2 / v["lam"],
        wrong=(lambda v: 1 / v["lam"], lambda v: v["lam"] / 2, lambda v: 2 * v["lam"]),
    ),
    "arrive": Goal(
        reached=lambda lab: lab.status == "converged", free=("lr",), budget=720,
        progress=lambda lab: f"distance {lab.distance:.2g} × the start's", answer={"lr": 0.0195},
    ),
    "condition": Numeric(
        vary=lambda rng: {"rho": float(rng.choice([0.5, 0.6, 0.8, 0.9]))},
        answer=lambda v: (1 + v["rho"]) / (1 - v["rho"]),
        wrong=(lambda v: 1 / (1 - v["rho"]), lambda v: 1 + v["rho"]),
    ),
}  # fmt: skip
