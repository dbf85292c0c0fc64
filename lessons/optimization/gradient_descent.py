"""Gradient descent: one dial, the learning rate, decides between crawling and flying apart.

order: 10
minutes: 12
"""

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
from lessons.kit import checks
from lessons.kit.failures import Failure, diverged
from lessons.kit.front import front
from lessons.kit.knobs import Choice, Settings, Slider
from lessons.kit.lesson import Chart, Lesson, Step
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Curve, Field, Path, Picture, Series, Table
from lessons.kit.run import Run
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


KNOBS = (
    Choice(
        name="ground", label="ground", options=("valley", "curve", "regression"), rebuilds=True,
        help="What to descend: a valley, one parabola, or a fit to real irises.",
    ),
    Slider(
        name="lr", label="learning rate", symbol="η", default=0.005, low=1e-4, high=10, log=True,
        notches=100, help="How far each step goes against the gradient.",
    ),
    Slider(
        name="kappa", label="condition", symbol="κ", default=100, low=1, high=1000, log=True,
        rebuilds=True, only=("ground", ("valley",)),
        help="How many times steeper the valley is across than along.",
    ),
)  # fmt: skip


def best_rate(run: Run) -> bool:
    """Arrived, on the valley of κ = 100, never having turned the dial on the way."""
    on_valley = run.settings.word("ground") == "valley" and run.settings.number("kappa") == 100
    return on_valley and run.status == "converged"


def kind_of_run(run: Run) -> int:
    """0 converged, 1 still under way, 2 flown apart."""
    return {"converged": 0, "running": 1, "diverged": 2}[run.status]


def some_lambda(rng: np.random.Generator) -> Mapping[str, float]:
    """A curvature for a variant."""
    return {"lam": float(rng.choice([4, 5, 8, 10, 16, 20, 25, 40, 50]))}


STEPS = (
    Step(
        "Which way is down?",
        """A loss f(w) says how wrong the weights w are. The *gradient* ∇f points where f rises
fastest, so one step against it goes down:

    w ← w − η ∇f(w)

The number η is the *learning rate*. It is the only thing to choose, and it decides everything.

Press *play* and watch the dot on the valley. It is on its way, but look how slowly.""",
        check=checks.Choice(
            name="direction",
            ask="At w = 2 the slope of f(w) = w²/2 is 2. Where does a step with η = 0.1 lead?",
            options=("w = 1.8", "w = 2.2", "w = 1.9"),
            answer=0,
            why="w − η f′(w) = 2 − 0.1 · 2 = 1.8.",
            hints=("Put the numbers into w − η f′(w).", "η f′(w) is 0.1 · 2 = 0.2."),
        ),
    ),
    Step(
        "One curve, one number",
        """On a parabola f(w) = λ w²/2 the slope is λw, and a step multiplies w by a fixed factor:

    w ← w − ηλ w = (1 − ηλ) w

After k steps w is (1 − ηλ)ᵏ times what it was. If the factor lies between 0 and 1 the dot
*crawls* in; between −1 and 0 it *zigzags* in; beyond that it *flies apart*.

Set the ground to *curve* (here λ = 1) and try η = 0.1, 1, 1.9 and 2.1.""",
        scene={"ground": "curve", "lr": 1.9},
        check=checks.Predict(
            name="beyond",
            ask="On the curve with λ = 1 and η = 2.1: what will 500 steps do?",
            options=("arrive", "still be under way", "fly apart"),
            scene={"ground": "curve", "lr": 2.1},
            steps=500,
            outcome=kind_of_run,
            why="The factor is 1 − 2.1 = −1.1: each step lands farther out on the other side.",
            hints=("What is the factor 1 − ηλ?", "Is |1 − 2.1| more or less than 1?"),
        ),
    ),
    Step(
        "The border",
        """|1 − ηλ| < 1 says exactly when descent arrives:

    0 < η < 2/λ

With many weights there are many curvatures λ: the eigenvalues of the Hessian, the matrix of
second derivatives. The *largest* one sets the border, for it is the first to fly apart.

The oracle *border* shows it, and beside it what this very run measured.""",
        scene={"ground": "valley", "lr": 0.0199},
        check=checks.Number(
            name="border",
            ask="A bowl has its largest curvature λ = {lam:g}. Below which η does descent arrive?",
            vary=some_lambda,
            answer=lambda v: 2 / v["lam"],
            tolerance=0.01,
            why="2/λ = 2/{lam:g} = {answer:g}.",
            hints=("|1 − ηλ| must be less than 1.", "So ηλ < 2."),
        ),
    ),
    Step(
        "The valley",
        """f = (w₁² + κ w₂²)/2 is κ times steeper across than along. The border is 2/κ, made by
the steep walls; but along the floor the factor is 1 − η, which then is hardly less than 1.

So κ, the *condition number*, is what makes descent slow: the walls forbid the large steps
that the floor would need. The table shows both components and their factors.""",
        scene={"ground": "valley", "lr": 0.005},
        check=checks.Choice(
            name="slow",
            ask="κ = 100 and η = 0.005. Which component is still large after 300 steps?",
            options=("along the floor, λ = 1", "across, λ = 100", "both alike"),
            answer=0,
            why="0.995³⁰⁰ = 0.22 is left along the floor, 0.5³⁰⁰ ≈ 0 across.",
            hints=("Compare the factors 1 − ηλ in the table.",),
        ),
    ),
    Step(
        "The best dial",
        """Raise η and the floor goes faster; the walls start to zigzag. The best η makes both
factors equally large, one positive and one negative:

    η = 2/(λ₁ + λₙ)        rate = (κ − 1)/(κ + 1)

For κ = 100 the rate is 0.980198: no fixed η can do better than 691 steps to come a million times
closer. (Momentum can: it needs 93.)""",
        scene={"ground": "valley", "lr": 0.0198},
        check=checks.Goal(
            name="arrive",
            ask="Valley, κ = 100: arrive (a million times closer) within 720 steps.",
            reached=best_rate,
            budget=720,
            scene={"ground": "valley", "kappa": 100, "lr": 0.005},
            why="Near η = 2/101 = 0.0198 both ends of the spectrum shrink alike.",
            hints=(
                "Reset after each try: the budget counts from the start.",
                "Go close to the border 0.02, but not beyond it.",
                "Try η = 0.0198.",
            ),
        ),
    ),
    Step(
        "Real data",
        """Fitting a line to data is such a bowl too. Here the width of 150 real iris petals is
predicted from two other lengths; the loss is half the mean squared error. Its Hessian XᵀX/n knows
nothing of the widths: the *inputs* alone decide how fast you can learn.

The two lengths go up together (correlation 0.87), which makes the bowl a valley: κ is about 15.""",
        scene={"ground": "regression", "lr": 0.5},
        check=checks.Number(
            name="condition",
            ask="Two standardised inputs with correlation {rho:g} have λ = 1 ± {rho:g}. What is κ?",
            vary=lambda rng: {"rho": float(rng.choice([0.5, 0.6, 0.8, 0.9]))},
            answer=lambda v: (1 + v["rho"]) / (1 - v["rho"]),
            tolerance=0.01,
            why="(1 + {rho:g})/(1 − {rho:g}) = {answer:g}.",
            hints=("κ is the largest λ over the smallest.",),
        ),
    ),
    Step(
        "What to keep",
        """Descent on a bowl multiplies each component of the error by 1 − ηλ.

    arrives    iff  η < 2/λmax
    best       η = 2/(λmin + λmax)
    pace       (κ − 1)/(κ + 1)

Networks are no bowls, but near a minimum they look like one, and the same border 2/λmax is what
you will meet there.""",
    ),
)

FAILURES = (
    Failure(
        "Flown apart",
        diverged,
        "η is beyond 2/λmax: every step overshoots by more than the last.",
        "Turn η below the border that the oracle shows, then reset.",
        (("ground", "valley"), ("lr", 0.021)),
    ),
    Failure(
        "Crawling",
        lambda run: run.steps >= 1000 and run.status == "running" and run.metrics["distance"] > 0.1,
        "η is so small that the flat direction hardly moves.",
        "Turn η up, towards 2/(λmin + λmax).",
        (("ground", "valley"), ("lr", 0.0002)),
    ),
)

lesson = Lesson(
    front=front(__doc__),
    steps=STEPS,
    knobs=KNOBS,
    simulation=Descent,
    chart=Chart("Loss above its minimum", ("loss − min",), log=True),
    failures=FAILURES,
    sources=(
        "Cauchy 1847, Méthode générale pour la résolution des systèmes d’équations simultanées",
        "Nesterov 2004, Introductory Lectures on Convex Optimization, theorem 2.1.15",
        "Goodfellow, Bengio & Courville 2016, Deep Learning, sections 4.3 and 8.2.1",
        "Fisher 1936, The use of multiple measurements in taxonomic problems (iris data)",
    ),
    budget=20_000,
)
