"""The code of the stub lesson."""

from collections.abc import Iterator, Mapping

import numpy as np

from engine.array import Array
from engine.linalg import elimination_steps
from engine.linalg.elimination import RowOperation, Solution
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import Chart, ProcessExperiment, StaticExperiment, Status, derived, view
from lessons.kit.failures import Failure, diverged
from lessons.kit.knobs import Cell, Choice, FormulaInput, Integer, Matrix, Point, Slider, Switch
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Arrow, Bars, Cells, Curve, Plane, Series, Table, Text


class Arrows(StaticExperiment):
    """Two arrows, a cell to pick, numbers to edit, a function to type."""

    a = Point("tip of a", (3, 4), help="Drag it.")
    b = Point("tip of b", (4, 3), help="Drag it too.")
    cell = Cell("cell", (0, 0), shape=(2, 2), help="Which number is looked at.")
    A = Matrix("matrix", {"identity": [[1, 0], [0, 1]], "swap": [[0, 1], [1, 0]]}, help="Edit it.")
    f = FormulaInput("f(x)", "x**2", ("x",), samples=("sin(x)",), help="Type a function.")
    k = Integer("bar", 1, 1, 3, help="Which bar is lit.")

    @derived
    def total(self) -> Array:
        """a + b."""
        return self.a + self.b

    @view
    def plane(self) -> Plane:
        """Both arrows and their sum."""
        arrows = (Arrow("a", self.a, knob="a"), Arrow("b", self.b, tone=1, knob="b"))
        return Plane("Sum", (-8, 8, -8, 8), arrows=(*arrows, Arrow("a + b", self.total, tone=2)))

    @view
    def picked(self) -> Cells:
        """The matrix with the picked cell lit."""
        return Cells("Pick", self.A, lit=(self.cell,), pick="cell")

    @view
    def edited(self) -> Cells:
        """The matrix, to be edited."""
        return Cells("Edit", self.A, edit="A")

    @view
    def curve(self) -> Curve:
        """The typed function."""
        x = np.linspace(-2, 2, 41)
        return Curve("f", (Series("f", x, self.f.compile(("x",))(x)),), "x")

    @view
    def bars(self) -> Bars:
        """Three bars to pick from."""
        return Bars("Bars", ("one", "two", "three"), [1, 2, 3], lit=(self.k - 1,), pick="k")

    def oracles(self) -> Iterator[Oracle]:
        """|a + b|² by hand."""
        law = float(self.a @ self.a + 2 * self.a @ self.b + self.b @ self.b)
        yield Oracle("‖a + b‖²", law, float(self.total @ self.total), 1e-9, "‖a‖² + 2 a·b + ‖b‖²")


class Elimination(AlgorithmExperiment[RowOperation | Solution]):
    """Gaussian elimination."""

    A = Matrix("matrix", {"plain": [[2, 1], [1, 3]], "singular": [[1, 2], [2, 4]]},
                help="Of A x = b.")  # fmt: skip
    unit = "operation"

    def records(self) -> Iterator[RowOperation | Solution]:
        """Row operations."""
        return elimination_steps(self.A, [4, 7])

    @view
    def rows(self) -> Cells:
        """The matrix as it stands."""
        return Cells("Rows", getattr(self.record, "W", self.A))


class Descent(ProcessExperiment):
    """w ← w − η w, from 1."""

    lr = Slider("learning rate", 0.01, 1e-4, 10, log=True, symbol="η", help="How far a step goes.")
    kind = Choice("kind", ("plain", "noisy"), help="Whether chance takes part.")
    size = Integer("size", 3, 1, 50, rebuilds=True, help="How many weights.")
    dots = Switch("dots", display_only=True, help="Show every weight.")
    state_names = ("w",)
    unit, stride, budget = "update", 5, 2000
    charts = {"loss": Chart("Loss", ("loss",), log=True)}
    failures = (
        Failure("Flown apart", diverged, "η is beyond 2.", "Turn η below 2.", {"lr": 3}, {"lr": 1}),
    )

    def begin(self) -> None:
        """All weights at 1."""
        self.w = np.ones(self.size)

    def step(self) -> None:
        """One update."""
        noise = 0.01 * self.rng.standard_normal(self.size) if self.kind == "noisy" else 0.0
        self.w = self.w - self.lr * self.w + noise

    def metrics(self) -> Mapping[str, float]:
        """Half the mean square."""
        return {"loss": float(0.5 * (self.w @ self.w) / self.size)}

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Arrived below 1e-9."""
        loss = self.metrics()["loss"]
        return "converged" if loss < 1e-9 else "running" if loss < 1e6 else "diverged"

    def oracles(self) -> Iterator[Oracle]:
        """The law of the first weight."""
        law = (1 - self.lr) ** self.steps
        is_plain = self.kind == "plain" and self.steps > 0
        yield Oracle("w", law, float(self.w[0]) if is_plain else NOT_YET, 1e-6, "(1 − η)ᵏ")

    @view
    def weights(self) -> Table:
        """Every weight in digits."""
        rows = tuple((f"w{i}", f"{w:.6f}") for i, w in enumerate(self.w))
        return Table("Weights", ("", "value"), rows)

    @view
    def words(self) -> Text:
        """The rule."""
        return Text("Rule", ("w ← w − η w",))


checks = {
    "twice": Numeric(
        answer=lambda v: 2 * v["a"],
        vary=lambda rng: {"a": float(rng.choice([1.5, 2.5, 3.5]))},
        wrong=(lambda v: v["a"],),
    ),
    "apart": Prediction(
        lab=Descent, scene={"lr": 3}, steps=100,
        outcome=lambda lab: {"converged": 0, "running": 1, "diverged": 2}[lab.status],
    ),
    "quick": Goal(
        reached=lambda lab: lab.status == "converged", free=("lr",), budget=100,
        answer={"lr": 0.5}, progress=lambda lab: f"loss {lab.metrics()['loss']:.1e}",
    ),
    "long": Goal(
        reached=lambda lab: float(np.hypot(*lab.total)) > 10.5, free=("a", "b"),
        answer={"a": "4, 5"},
    ),
}  # fmt: skip
