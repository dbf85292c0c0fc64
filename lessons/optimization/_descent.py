"""The simulation of gradient descent: w ← w − η ∇f(w) on a bowl, along the bowl's own axes."""

from collections import deque
from collections.abc import Mapping
from math import ceil, isfinite, log

import numpy as np

from engine.array import Array
from engine.data import iris
from engine.losses import mse
from engine.optim import sgd
from engine.program import Program
from engine.reverse import grad, hessian_vector
from engine.surfaces import valley
from engine.tensor import Tensor, matmul
from lessons.kit.knobs import Settings
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Curve, Field, Path, Picture, Series, Table
from lessons.kit.simulation import AbstractSimulation, State, Status

WINDOW = 10
"""Steps over which the rate is measured."""
TRAIL = 200
"""Steps that the picture remembers."""
ARRIVED = 1e-6
"""The share of the way that may be left."""


def regression_loss(w: Tensor) -> Tensor:
    """Half the mean squared error of a petal's width from two other lengths, all standardised."""
    lengths = iris().x
    z = (lengths - lengths.mean(0)) / lengths.std(0)
    x, y = z[:, [0, 2]], z[:, [3]]
    return 0.5 * mse(matmul(x, w.reshape((2, 1))), Tensor(y))


def ground_loss(ground: str, kappa: float, w: Tensor) -> Tensor:
    """The function to descend, at w: one weight on the curve, else two."""
    if ground == "curve":
        return 0.5 * (w * w).sum()
    if ground == "valley":
        return valley(w[0], w[1], kappa)  # type: ignore[no-any-return]
    return regression_loss(w)


class Descent(AbstractSimulation):
    """w ← w − η ∇f(w) on a bowl, watched along the bowl's own axes.

    Every bowl here is f = f* + ½ eᵀ H e with e = w − w*: H comes from the engine, column by column.
    """

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        self.ground, self.kappa = settings.word("ground"), settings.number("kappa")
        starts = {"curve": [1.0], "valley": [1.0, 1.0], "regression": [-1.0, 1.5]}
        self.start = np.array(starts[self.ground])
        self.w, self.lr = Tensor(self.start.copy(), "w"), Tensor(settings.number("lr"), "lr")
        loss = ground_loss(self.ground, self.kappa, self.w)
        (g,) = grad(loss, [self.w])
        columns = [hessian_vector(loss, self.w, axis).value for axis in np.eye(self.w.size)]
        self.eigenvalues, self.axes = np.linalg.eigh(np.stack(columns, axis=1))
        self.best = self.start - np.linalg.solve(np.stack(columns, axis=1), g.value)
        self.update = Program([], updates=[(self.w, sgd(self.w, g, 1, lr=self.lr)[0])])
        self.trail: deque[Array] = deque([self.start.copy()], maxlen=TRAIL)
        self.steady = 0
        self.turned = False

    def step(self, count: int = 1) -> None:
        """Make `count` steps of gradient descent."""
        for _ in range(count):
            self.update()
            self.trail.append(self.w.value.copy())
        self.steady += count

    def errors(self, w: Array) -> Array:
        """w − w* along the axes of the bowl, flattest axis first."""
        return np.asarray(self.axes.T @ (w - self.best))

    def distance(self, w: Array) -> float:
        """‖w − w*‖, relative to the start's."""
        return float(np.linalg.norm(self.errors(w)) / np.linalg.norm(self.errors(self.start)))

    def metrics(self) -> Mapping[str, float]:
        """How far above its minimum the loss is, and how far w is from the best."""
        e = self.errors(self.w.value)
        return {
            "loss − min": float(0.5 * (self.eigenvalues * e**2).sum()),
            "distance": self.distance(self.w.value),
        }

    def status(self) -> Status:
        """Arrived within a millionth of the way, or a million times too far off."""
        distance = self.distance(self.w.value)
        if distance <= ARRIVED:
            return "converged"
        return "running" if distance < 1 / ARRIVED else "diverged"

    def snapshot(self) -> State:
        """Where w is and was."""
        return {
            "w": self.w.value.copy(),
            "trail": np.array(self.trail),
            "steady": self.steady,
            "turned": self.turned,
        }

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        self.w.value[...] = state["w"]
        self.trail = deque(state["trail"].copy(), maxlen=TRAIL)
        self.steady, self.turned = state["steady"], state["turned"]

    def turn(self, settings: Settings) -> None:
        """A new learning rate from the next step on."""
        self.lr.value[()] = settings.number("lr")
        self.turned = self.turned or self.steady > 0
        self.steady = 0

    def factors(self) -> Array:
        """1 − ηλ: by what each component of the error is multiplied in one step."""
        return np.asarray(1 - self.lr.item() * self.eigenvalues)

    def oracles(self) -> tuple[Oracle, ...]:
        """The border of stability, the rate, and how many steps the way takes."""
        rate = float(abs(self.factors()).max())
        steps = ceil(log(ARRIVED) / log(rate)) if 0 < rate < 1 else NOT_YET
        arrived = self.status() == "converged" and not self.turned
        found = (
            Oracle("border", 2 / float(self.eigenvalues[-1]), self.measured_border(), 1e-6,
                   "2/λmax: beyond it the steepest component grows"),
            Oracle("rate", rate, self.measured_rate(), 0.02,
                   "the slowest component sets the pace"),
            Oracle("steps", steps, float(self.steady) if arrived else NOT_YET, 0.05,
                   "ln 1e-6 / ln rate"),
        )  # fmt: skip
        return tuple(oracle for oracle in found if isfinite(oracle.predicted))

    def measured_border(self) -> float:
        """2/λ from one step of the steepest component: e′/e = 1 − ηλ. Needs nothing but the run."""
        if not self.steady:
            return NOT_YET
        before, after = self.errors(self.trail[-2])[-1], self.errors(self.trail[-1])[-1]
        rounding = 1e-8 * abs(self.best).max()
        if not isfinite(after) or abs(before) <= rounding or before == after:
            return NOT_YET
        return float(2 * self.lr.value / (1 - after / before))

    def measured_rate(self) -> float:
        """The mean factor of the distance over the last steps, once the slowest part rules."""
        if self.steady < 5 * WINDOW:
            return NOT_YET
        now, then = self.distance(self.trail[-1]), self.distance(self.trail[-1 - WINDOW])
        return (now / then) ** (1 / WINDOW) if now > 0 and isfinite(now) else NOT_YET

    def pictures(self) -> tuple[Picture, ...]:
        """The ground with the path on it, and the fate of each component."""
        return (self.scenery(), self.components())

    def scenery(self) -> Picture:
        """The bowl from the side, or from above, with the way so far."""
        path = np.array(self.trail)
        if self.ground == "curve":
            w = np.linspace(-1.6, 1.6, 81)
            shown = path[abs(path[:, 0]) <= 1.6, 0][-40:]
            return Curve(
                "f(w) = w²/2",
                (Series("f", w, w**2 / 2, 1), Series("steps", shown, shown**2 / 2, 0)),
                x_label="w",
            )
        reach = 1.6 * float(abs(self.start - self.best).max())
        cx, cy = self.best
        x, y = np.linspace(cx - reach, cx + reach, 96), np.linspace(cy - reach, cy + reach, 64)
        e = np.tensordot(self.axes.T, np.stack(np.meshgrid(x - cx, y - cy)), axes=1)  # (2, 64, 96)
        height = 0.5 * np.tensordot(self.eigenvalues, e**2, axes=1)
        return Field(
            "w₁, w₂ from above" if self.ground == "valley" else "the two weights from above",
            np.log10(height + 1e-3 * height.max()),
            (x[0], x[-1], y[0], y[-1]),
            paths=(Path("descent", path[:, 0], path[:, 1]),),
            targets=((float(cx), float(cy)),),
            contours=True,
        )

    def components(self) -> Table:
        """Each axis of the bowl with its factor a step, and what that factor means."""
        rows = [
            (f"{lam:.4g}", f"{factor:+.4f}", f"{e:.2e}", fate(factor))
            for lam, factor, e in zip(
                self.eigenvalues, self.factors(), self.errors(self.w.value), strict=True
            )
        ]
        return Table("Components of the error", ("λ", "1 − ηλ", "now", "so it"), tuple(rows))


def fate(factor: float) -> str:
    """What becomes of a number that is multiplied by the factor again and again.

    >>> fate(0.99), fate(-0.5), fate(-1.01)
    ('crawls', 'zigzags', 'flies apart')
    """
    if abs(factor) > 1:
        return "flies apart"
    if abs(factor) == 1:
        return "never settles"
    if factor < 0:
        return "zigzags"
    return "crawls" if factor > 0.9 else "shrinks"
