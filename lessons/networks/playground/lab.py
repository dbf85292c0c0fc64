"""The playground: a dense network, its training, and all there is to see of both."""

from collections.abc import Iterator, Mapping
from functools import reduce
from math import erf, sqrt
from textwrap import dedent

import numpy as np

from engine.array import Array
from engine.data import TOY, DataSet
from engine.losses import binary_cross_entropy
from engine.losses import loss as loss_named
from engine.models import MLP
from engine.optim import rule
from engine.tensor import Tensor
from engine.training import Snapshot, Training
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import Chart, ProcessExperiment, Status, derived, view
from lessons.kit.failures import Failure, diverged
from lessons.kit.knobs import Choice, Integer, Slider, Switch
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Cells, HeatMap, Network, Plane, Points, Table, Text
from lessons.networks.playground._audit import PHI, Plain, adam_step, direction, gradient_of, slope
from lessons.networks.playground._problem import DATA, prepare

MAP, THUMB = (64, 40), 12
"""The map's columns and rows, and the side of a neuron's small map."""
SHOWN = 250
"""So many points of each part are drawn; more would hide the map."""
SOON = 200
"""Numbers are recorded once an epoch, but at least so often: a run that bursts must be seen."""
STOPPED, BURST = 1e-4, 1e6
"""Losses below and above which a run is over, in units of `Problem.base`."""
SETTLED, SMOOTH = 50, 10
"""Epochs after which a run may be judged; records over which its losses are averaged for that."""
FINE, EPS = 1e-4, 2.0**-52
"""How closely slopes must agree, relatively, and how finely numbers are rounded."""


def is_dead(lab: "Sandbox") -> bool:
    """Half of the ReLUs or more are 0 on every training point: no slope reaches their weights."""
    if lab.activation != "relu" or not lab.layers:
        return False
    return bool((lab.hidden <= 0).all(axis=0).mean() >= 0.5)


def is_saturated(lab: "Sandbox") -> bool:
    """Nine in ten hidden outputs lie where φ has less than 1/50 of its greatest slope.

    A network that has learned its points may be so sure of them, and is left in peace.
    """
    low = {"tanh": -1.0, "sigmoid": 0.0}.get(lab.activation)
    if low is None or not lab.layers or lab.figures["train loss"] < 0.5 * lab.problem.base:
        return False
    place = (lab.hidden - low) / (1 - low)
    return bool((4 * place * (1 - place) < 0.02).mean() > 0.9)


def is_overfitting(lab: "Sandbox") -> bool:
    """The validation loss is well above its lowest, though the train loss has fallen since."""
    smooth = np.ones(SMOOTH) / SMOOTH
    losses = [lab.history.series.get(f"{part} loss", []) for part in ("train", "validation")]
    if len(losses[0]) < 2 * SMOOTH:
        return False
    train, validation = (np.convolve(series, smooth, "valid") for series in losses)
    lowest = int(np.argmin(validation))
    limit = 1.3 * validation[lowest] + 0.01 * lab.problem.base
    return bool(train[-1] < train[lowest] and validation[-1] > limit)


def is_guessing(lab: "Sandbox") -> bool:
    """After many epochs hardly better than a network that ignores its inputs."""
    return lab.epochs >= SETTLED and lab.figures["train loss"] > 0.9 * lab.problem.base


class Sandbox(ProcessExperiment):
    """A dense network, trained by the compiled step of `engine.training`.

    Data, parts, weights and batches draw from generators of their own, so that a knob of one of
    them leaves the others as they are. `last` is the training's state before the last update, by
    which the oracles see what that update did; a turned knob empties it.
    """

    data = Choice("data", DATA, rebuilds=True, help="Five sets drawn on the spot, three real ones.")
    noise = Slider("noise", 0, 0, 0.5, notches=20, rebuilds=True, active_when=("data", tuple(TOY)),
                   help="How far labels or points are shaken.")  # fmt: skip
    share = Slider("train share", 0.5, 0.1, 0.9, notches=16, rebuilds=True,
                   help="The part to train on; the rest validates.")  # fmt: skip
    layers = Integer("hidden layers", 2, 0, 6, rebuilds=True, help="With 0 it is a single layer.")
    width = Integer(
        "neurons a layer", 8, 1, 16, rebuilds=True, help="Neurons in each hidden layer."
    )
    activation = Choice("activation", tuple(PHI), symbol="φ",
                        help="What hidden neurons do to their sums; the weights stay.")  # fmt: skip
    lr = Slider("learning rate", 0.03, 1e-5, 10, log=True, notches=120, symbol="η",
                help="How far each update goes against the gradient.")  # fmt: skip
    batch = Integer("batch", 10, 1, 256, symbol="B", help="Points that one update looks at.")
    optimizer = Choice("optimizer", ("sgd", "momentum", "adam"),
                       help="The rule of an update; a new one starts without memory.")  # fmt: skip
    validation = Switch(
        "validation points", display_only=True, help="Show them on the map, faintly."
    )
    unseal = Switch(
        "unseal the test", display_only=True, help="Look at the test part: once, at the end."
    )

    unit = "update"
    budget = 4000
    state_names = ("fit", "last", "updates_then", "epochs_then")
    charts = {
        "loss": Chart("Loss", ("train loss", "validation loss"), log=True),
        "score": Chart("Right answers (of the plane: R²)", ("train score", "validation score")),
    }
    failures = (
        Failure("Flown apart", diverged,
                "η is too large: each step overshoots by more than the last.",
                "Turn η down by a factor of ten or more, then reset.",
                {"data": "plane", "lr": 10}, {"lr": 0.03}),
        Failure("Dead ReLUs", is_dead,
                "Half of the neurons or more are 0 on every point, so their weights get no slope.",
                "Turn η down and reset: what is dead stays dead.",
                {"activation": "relu", "lr": 3}, {"lr": 0.03}),
        Failure("Saturated", is_saturated,
                "Nearly all hidden outputs stand at the ends of their range, where the slope is 0.",
                "Turn η down and reset: the weights are too large to come back.",
                {"lr": 10}, {"lr": 0.03}),
        Failure("Overfitting", is_overfitting,
                "The validation loss rises while the train loss falls: learning by heart.",
                "A larger train share; or stop where the validation loss is lowest.",
                {"noise": 0.3, "share": 0.1, "lr": 0.1}, {"share": 0.8}),
        Failure("Guessing", is_guessing,
                "Hardly better than ignoring the inputs: the network or its steps are too small.",
                "More layers or neurons, a larger η, another optimizer.",
                {"data": "xor", "layers": 0}, {"layers": 2, "lr": 0.1}),
    )  # fmt: skip

    def begin(self) -> None:
        """The three parts, the network's shape, and the compiled step."""
        points, parts, weights, self.order = self.rng.spawn(4)
        self.problem = p = prepare(self.data, self.noise, self.share, points, parts)
        self.sizes = (p.train.x.shape[1], *[self.width] * self.layers, p.outputs)
        self.updates_then, self.epochs_then = 0, 0.0
        self.points = (self._points(p.train), self._points(p.validation, True))
        self._build(MLP(self.sizes).init(weights))

    def _build(self, w: Array) -> None:
        """Compile the step for the present activation, batch and optimizer, to go on from w."""
        p, loss = self.problem, loss_named(self.problem.loss_name)
        self.model, self.plain = (
            MLP(self.sizes, self.activation),
            Plain(self.sizes, self.activation),
        )
        self.fit = Training(
            self.model, w, lambda params, x, y: loss(self.model(params, x), y),
            rule(self.optimizer)(lr=self.lr), p.train.x, p.train.y, batch=self.batch,
            rng=self.order,
        )  # fmt: skip
        self.stride = min(self.fit.updates_per_epoch, SOON)
        self.last: Snapshot = {}

    def step(self) -> None:
        """Make one update."""
        self.last = self.fit.snapshot()
        self.fit.run()

    def advance(self, count: int) -> None:
        """Make `count` updates at once; the last can be looked at afterwards."""
        if count:
            self.fit.run(count - 1)
            super().advance(1)
            self.steps += count - 1

    def turned(self, name: str) -> None:
        """Go on with the same weights; another optimizer starts without memory."""
        self.last = {}
        if name == "lr":
            self.fit.set("lr", self.lr)
            return
        state, self.epochs_then, self.updates_then = self.fit.snapshot(), self.epochs, self.steps
        self._build(state["w"])
        self.fit.restore(state)

    @property
    def epochs(self) -> float:
        """How often the training points were gone through."""
        return self.epochs_then + (self.steps - self.updates_then) / self.fit.updates_per_epoch

    @derived
    def figures(self) -> dict[str, float]:
        """Loss and score on the training points, and on those that are kept from training."""
        p, losses, scores = self.problem, {}, {}
        for name, part in (("train", p.train), ("validation", p.validation)):
            z = self._scores(part.x)
            losses[f"{name} loss"] = loss = p.loss(z, part.y)
            scores[f"{name} score"] = p.score(part, loss, z)
        return {**losses, **scores}

    def metrics(self) -> Mapping[str, float]:
        """Loss and score of both parts."""
        return self.figures

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Over when the loss has all but vanished, or left all bounds."""
        loss = self.figures["train loss"] / self.problem.base
        if not loss < BURST:
            return "diverged"
        return "converged" if loss < STOPPED else "running"

    def _scores(self, x: Array) -> Array:
        return self.plain.layers(self.fit.w, x)[-1]

    @derived
    def hidden(self) -> Array:
        """What every hidden neuron answers to every training point, (N, neurons)."""
        return np.column_stack(self.plain.layers(self.fit.w, self.problem.train.x)[:-1])

    def oracles(self) -> Iterator[Oracle]:
        """What the last update did, the engine's layers, and the limit of overlapping clouds."""
        is_finite = self.status != "diverged"
        yield from self._audits(bool(self.last) and is_finite)
        if is_finite and (self.activation == "identity" or not self.layers):
            yield self._one_matrix()
        if self.data == "gauss" and self.noise >= 0.2:
            yield self._best_of_gauss()

    @np.errstate(all="ignore")
    def _audits(self, has_moved: bool) -> list[Oracle]:
        """The last update's gradient, its last component, and Adam's way from it to the step."""
        fall = miss = ideal = 0.0
        used = bias = made = NOT_YET
        if has_moved:
            p, rng = self.problem, np.random.default_rng(self.steps)
            before, after = (s | s["state"] for s in (self.last, self.fit.snapshot()))
            g, w = gradient_of(self.optimizer, self.lr, before, after), before["w"]
            rows = self.last["order"][self.last["cursor"] :][: self.batch]
            x, y, d = p.train.x[rows], p.train.y[rows], direction(g, rng)
            z = self.plain.layers(w, x)[-1]
            fall, off = slope(lambda w: p.loss(self.plain.layers(w, x)[-1], y), w, d)
            off += 1e-9 * float(abs(z).max()) + EPS * float(np.linalg.norm(w)) / self.lr
            used = float(g @ d) if off < 0.1 * FINE * abs(fall) else NOT_YET
            miss = float((p.answers(z) - y)[:, 0].mean()) * (1 if p.classes else 2)
            bias = float(g[-p.outputs])
            if self.optimizer == "adam":
                step = adam_step(g, self.lr, before)
                d = direction(step, rng)
                ideal, made = float(step @ d), float((w - after["w"]) @ d)
        found = [
            Oracle("slope of the loss", fall, used, FINE,
                   "(L(w + hd) − L(w − hd))/2h, against the update made"),
            Oracle("slope of the last bias", miss, bias, 1e-6 * max(1.0, abs(miss)),
                   "the mean of p − y over the batch", compare="absolute"),
            Oracle("Adam's step", ideal, made, FINE, "η m̂/(√v̂ + ε), by the paper"),
        ]  # fmt: skip
        return found if self.optimizer == "adam" else found[:2]

    @np.errstate(all="ignore")
    def _one_matrix(self) -> Oracle:
        """The engine's first score of a point, and that of the product of all matrices."""
        *matrices, last = self.plain.matrices(self.fit.w)
        carried = [np.column_stack([W, np.eye(len(W))[:, -1]]) for W in matrices]
        x = self.problem.train.x[:1]
        product = np.append(x, [[1.0]], axis=1) @ reduce(np.matmul, [*carried, last])
        z = self.model(self.model.spec.tensors(Tensor(self.fit.w)), Tensor(x))
        return Oracle("layers as one matrix", float(product[0, 0]), float(z.value[0, 0]), 1e-6,
                      "[x 1] W₁ W₂ … is [x 1] W")  # fmt: skip

    def _best_of_gauss(self) -> Oracle:
        """Two clouds σ wide, 4√2 apart: the line between them is right with chance Φ(2√2/σ)."""
        best = 0.5 + 0.5 * erf(2 / sqrt(0.5 + 7 * self.noise))
        count, f = len(self.problem.validation.x), self.figures
        room = 3 * sqrt(best * (1 - best) / count) + 0.01
        has_learned = self.epochs >= 10 and abs(f["train score"] - best) <= room / 2
        measured = f["validation score"] if has_learned and count >= 100 else NOT_YET
        return Oracle("best accuracy Φ(2√2/σ)", best, measured, room / best,
                      "the clouds overlap; within 3 σ of the sample")  # fmt: skip

    @view
    def map(self) -> Plane:
        """What the network answers all over the plane, with the points on it."""
        p = self.problem
        title = "Output" if p.outputs == 1 else "p of the likeliest class"
        values = p.shade(self._scores(p.grid(*MAP))).reshape(MAP[::-1])
        return Plane(title, p.extent, HeatMap(values, diverging=p.outputs == 1),
                     points=self.points[: 1 + self.validation])  # fmt: skip

    @view
    def neurons(self) -> Network:
        """Every neuron as a small map of its output, every weight as a thread."""
        p, grid = self.problem, self.problem.grid(THUMB, THUMB)
        *hidden, z = self.plain.layers(self.fit.w, grid)
        fields = tuple(_small_maps(layer) for layer in (grid, *hidden, p.spread(z)))
        numbered = [tuple(f"{i + 1}" for i in range(n)) for n in self.sizes[1:-1]]
        weights = tuple(W[:-1].copy() for W in self.plain.matrices(self.fit.w))
        names = (p.train.feature_names, *numbered, p.output_names)
        return Network("Neurons", names, weights, fields)

    @view
    def table(self) -> Table:
        """The run in numbers; the test part only where it is unsealed."""
        p, f, tested = self.problem, self.figures, ("sealed", "sealed")
        if self.unseal:
            z = self._scores(p.test.x)
            loss = p.loss(z, p.test.y)
            tested = (f"{loss:.4g}", f"{p.score(p.test, loss, z):.4g}")
        size = self.model.spec.size
        rows = (
            ("loss", f"{f['train loss']:.4g}", f"{f['validation loss']:.4g}", tested[0]),
            ("accuracy" if p.classes else "R²", f"{f['train score']:.4g}",
             f"{f['validation score']:.4g}", tested[1]),
            ("points", *(f"{len(part.x)}" for part in (p.train, p.validation, p.test))),
            ("epochs", f"{self.epochs:.1f}", "", ""),
            ("batches", f"{self.fit.updates_per_epoch}", "", ""),
            ("parameters", f"{size}", "", ""),
            ("FLOPs", f"{6 * size * self.batch}", "", ""),
        )  # fmt: skip
        return Table("Numbers", ("", "train", "validation", "test"), rows)

    @view
    def confusion(self) -> Cells | Text:
        """How many validation points of each class (down) are taken for which (across)."""
        p, k, title = self.problem, self.problem.classes, "Validation: class down, answer across"
        if not k:
            return Text(title, ("A regression has no classes to confuse.",))
        pairs = k * p.truth(p.validation).astype(int) + p.named(self._scores(p.validation.x))
        counts = np.bincount(pairs, minlength=k * k).reshape(k, k).astype(float)
        return Cells(title, counts, p.train.class_names, p.train.class_names)

    @view
    def source(self) -> Text:
        """The very code that runs, without the buffers that it fills."""
        step = self.fit.source.partition("    def step")[2].rpartition("    return step")[0]
        return Text("The compiled step", tuple(dedent(f"    def step{step}").splitlines()))

    def _points(self, part: DataSet, faint: bool = False) -> Points:
        """Some of the points in the plane of the map; regression targets count by their sign."""
        places, labels = self.problem.flat(part.x), self.problem.truth(part).astype(float)
        return Points(places[:SHOWN, 0], places[:SHOWN, 1], labels[:SHOWN], faint)


@np.errstate(all="ignore")
def _small_maps(layer: Array) -> tuple[Array, ...]:
    """Outputs (THUMB², neurons) as one square a neuron, within −1 … 1."""
    within = layer / np.maximum(1.0, abs(layer).max(axis=0))
    return tuple(within.T.reshape(-1, THUMB, THUMB))


def how_right(lab: Sandbox) -> int:
    """0 less than 8 in 10, 1 about nine in ten, 2 nearly all of the validation points."""
    score = lab.figures["validation score"]
    return int(score >= 0.8) + int(score >= 0.95)


def fits(lab: Sandbox) -> int:
    """0 fitted, 1 still far off, 2 flown apart."""
    return 2 if lab.status == "diverged" else int(lab.figures["validation score"] < 0.9)


checks = {
    "xor": Prediction(
        lab=Sandbox, scene={"data": "xor", "layers": 0}, steps=1000, outcome=how_right
    ),
    "parameters": Numeric(
        vary=lambda rng: {"a": float(rng.integers(3, 9)), "b": float(rng.integers(2, 7))},
        answer=lambda v: MLP((2, int(v["a"]), int(v["b"]), 1)).spec.size,
        wrong=(lambda v: 2 * v["a"] + v["a"] * v["b"] + v["b"],
               lambda v: 2 * v["a"] + v["a"] * v["b"] + v["b"] + 3,
               lambda v: 3 * v["a"] + (v["a"] + 1) * v["b"]),
    ),
    "surprise": Numeric(
        vary=lambda rng: {"z": float(rng.choice([-3, -2, -1, 0.5, 1, 2, 3]))},
        answer=lambda v: binary_cross_entropy(Tensor([[v["z"]]]), Tensor([[1.0]])).item(),
        wrong=(lambda v: 1 / (1 + np.exp(-v["z"])), lambda v: np.log1p(np.exp(v["z"])),
               lambda v: np.log10(1 + np.exp(-v["z"])), lambda v: v["z"]),
    ),
    "spiral": Goal(
        reached=lambda lab: lab.figures["validation loss"] < 0.2,
        free=("share", "layers", "width", "activation", "lr", "batch", "optimizer"), budget=5000,
        progress=lambda lab: f"validation loss {lab.figures['validation loss']:.3f}",
        answer={"width": 16, "share": 0.8, "batch": 30, "optimizer": "adam", "lr": 0.01},
    ),
    "tumors": Goal(
        reached=lambda lab: lab.figures["validation score"] >= 0.95, free=("lr",), budget=200,
        progress=lambda lab: f"{lab.figures['validation score']:.1%} right", answer={"lr": 0.1},
    ),
    "burst": Prediction(lab=Sandbox, scene={"data": "plane", "lr": 10}, steps=200, outcome=fits),
}  # fmt: skip
