"""The cases: a task, its data, and the engine's and the hand-written way of running it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.losses import LOSSES
from engine.models import MLP
from engine.optim import rule
from engine.training import Evaluator, Training
from tests.bench.by_hand import Array, Form, Task

Run = Callable[[], object]


class Case(NamedTuple):
    """A line of the table: what is trained, on how many rows, and the ratio wanted."""

    name: str
    task: Task
    rows: int
    target: float


SMALL, DEEP, WIDE = (2, 4, 2, 1), (2, 8, 8, 8, 8, 8, 8, 1), (784, 128, 10)
CASES = [
    Case("2-4-2-1 tanh, SGD", Task(SMALL, "tanh", "mse", "sgd", 0.03, 10), 500, 1.3),
    Case("2-8×6-1 tanh, SGD", Task(DEEP, "tanh", "mse", "sgd", 0.03, 30), 500, 1.3),
    Case("784-128-10 ReLU, SGD", Task(WIDE, "relu", "cross_entropy", "sgd", 0.05, 64), 1024, 1.1),
    Case("2-4-2-1 tanh, momentum", Task(SMALL, "tanh", "mse", "momentum", 0.03, 10), 500, 1.3),
    Case("2-4-2-1 tanh, Adam", Task(SMALL, "tanh", "mse", "adam", 0.01, 10), 500, 1.3),
    Case("784-128-10 ReLU, Adam", Task(WIDE, "relu", "cross_entropy", "adam", 1e-3, 64), 1024, 1.3),
]


def data(task: Task, rows: int) -> tuple[Array, Array, Array]:
    """Inputs, targets and starting parameters, the same at each call."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, task.sizes[0]))
    if task.loss == "mse":
        y = np.sign(x[:, :1] * x[:, 1:2])
    else:
        y = np.eye(task.sizes[-1])[rng.integers(task.sizes[-1], size=rows)]
    return x, y, MLP(task.sizes).init(rng)


def ours(task: Task, rows: int) -> Training:
    """The engine's training of a task."""
    x, y, w = data(task, rows)
    model = MLP(task.sizes, task.hidden)
    return Training(
        model, w, lambda p, x, y: LOSSES[task.loss](model(p, x), y), rule(task.rule)(lr=task.lr),
        x, y, batch=task.batch, rng=np.random.default_rng(1),
    )  # fmt: skip


class ByHand:
    """Training by hand: a form's step on batches in a fresh order each epoch."""

    def __init__(self, form: type[Form], task: Task, rows: int) -> None:
        self.x, self.y, w = data(task, rows)
        self.form, self.batch = form(task, w), task.batch
        self.last = form(task, self.form.w, rows % task.batch or task.batch)
        self.last.step = self.last.step if rows % task.batch else self.form.step
        self.rng, self.rows = np.random.default_rng(1), rows
        self.shuffle()

    @property
    def w(self) -> Array:
        """The parameters."""
        return self.form.w

    def shuffle(self) -> None:
        """Lay the rows out in a new order."""
        order = self.rng.permutation(self.rows)
        x, y = self.form.lay_x(self.x[order]), self.form.lay_y(self.y[order])
        cuts = range(self.batch, self.rows, self.batch)
        axis = self.form.axis
        self.batches = list(zip(np.split(x, cuts, axis), np.split(y, cuts, axis), strict=True))
        self.next = 0

    def run(self, updates: int = 1) -> None:
        """Make some updates."""
        for _ in range(updates):
            x, y = self.batches[self.next]
            self.next += 1
            if self.next < len(self.batches):
                self.form.step(x, y)
            else:
                self.last.step(x, y)
                self.shuffle()


def fixed_batch(run: Training | ByHand, task: Task, rows: int) -> Run:
    """One bare step on one batch, without slices and shuffles."""
    if isinstance(run, ByHand):
        (x, y), step = run.batches[0], run.form.step
        return lambda: step(x, y)
    step, batch = run.program.run, [v[: task.batch] for v in data(task, rows)[:2]]
    x, y = (run.program.layout(i, v) for i, v in enumerate(batch))
    return lambda: step(x, y)


def frame_ours(task: Task) -> Run:
    """What the playground does for a picture: 25 updates, two losses, a field of 100 × 100."""
    run, model = ours(task, 250), MLP(task.sizes, task.hidden)
    x, y, _ = data(task, 500)

    def function(p, x, y, u, v, field):  # type: ignore[no-untyped-def]
        return [
            LOSSES[task.loss](model(p, x), y),
            LOSSES[task.loss](model(p, u), v),
            model(p, field),
        ]

    evaluator = Evaluator(run.w, model.spec, function, x[:250], y[:250], x[250:], y[250:], grid())

    def frame() -> object:
        run.run(25)
        return evaluator()

    return frame


def frame_by_hand(form: type[Form], task: Task) -> Run:
    """The same frame by hand."""
    run = ByHand(form, task, 250)
    x, y, _ = data(task, 500)
    halves = [(form.lay_x(x[part]), form.lay_y(y[part])) for part in (slice(250), slice(250, None))]
    field, half, whole = form.lay_x(grid()), form(task, run.w, 250), form(task, run.w, 10_000)

    def loss(x: Array, y: Array) -> float:
        error = half.forward(x)
        np.subtract(error, y, out=error)
        return float(np.vdot(error, error)) / error.size

    def frame() -> object:
        run.run(25)
        return [loss(*part) for part in halves], whole.forward(field)

    return frame


def grid() -> Array:
    """100 × 100 points of a square."""
    axis = np.linspace(-1, 1, 100)
    return np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
