"""The simulation of the playground: a dense network, its training, and all there is to see."""

from collections.abc import Mapping
from functools import reduce
from math import erf, sqrt

import numpy as np

from engine.array import Array
from engine.data import DataSet
from engine.kernels import with_ones
from engine.losses import loss as loss_named
from engine.models import MLP
from engine.optim import rule
from engine.parameters import joined
from engine.reverse import grad
from engine.tensor import Tensor
from engine.training import Probe, Training
from lessons.kit.knobs import Settings
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Field, Matrix, Network, Picture, Points, Table, Text
from lessons.kit.simulation import AbstractSimulation, State, Status
from lessons.networks._problem import prepare

MAP, THUMB = (64, 40), 12
"""The map's columns and rows, and the side of a neuron's small map."""
SHOWN = 250
"""So many points of each part are drawn; more would hide the map."""
H, EPS = 1e-6, 2.0**-52
"""The step of the difference that audits the gradient, and how finely numbers are rounded."""
SOON = 200
"""Numbers are recorded once an epoch, but at least so often: a run that bursts must be seen."""
STOPPED, BURST = 1e-4, 1e6
"""Losses below and above which a run is over."""


class Sandbox(AbstractSimulation):
    """A dense network, trained by the compiled step of `engine.training`.

    Data, split, weights and batches draw from generators of their own, so that a knob of one of
    them leaves the others as they are.
    """

    unit = "update"

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        points, parts, weights, self.order = rng.spawn(4)
        self.settings = settings
        self.problem = prepare(
            settings.word("data"), settings.number("noise"), settings.number("share"), points, parts
        )
        hidden = [settings.whole("width")] * settings.whole("layers")
        self.sizes = (self.problem.train.x.shape[1], *hidden, self.problem.outputs)
        self.updates, self.turned_at, self.epochs_before = 0, 0, 0.0
        self.loss = loss_named(self.problem.loss)
        self._build(MLP(self.sizes).start(weights))
        self.spots = {
            "map": self.problem.grid(*MAP),
            "thumbs": self.problem.grid(THUMB, THUMB),
            "train": self.problem.train.x,
            "test": self.problem.test.x,
        }
        self.points = (self._points(self.problem.train), self._points(self.problem.test, True))
        self.names = (
            self.problem.train.feature_names,
            *(tuple(f"{i + 1}" for i in range(n)) for n in hidden),
            self._output_names(),
        )

    def _build(self, w: Array) -> None:
        """Compile the step for the present activation, batch and optimizer, to go on from w."""
        s, train = self.settings, self.problem.train
        self.model = MLP(self.sizes, s.word("activation"))
        self.fit = Training(
            self.model.layout, w, self.loss_of, rule(s.word("optimizer")), {"lr": s.number("lr")},
            train.x, train.y, batch=s.whole("batch"), rng=self.order,
        )  # fmt: skip
        self.stride = min(self.fit.updates_per_epoch, SOON)
        self._probes: dict[str, Probe] = {}
        self._numbers: dict[str, float] = {}

    def loss_of(self, params: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        """The loss of the network on some points."""
        return self.loss(self.model(params, x), y)

    def step(self, count: int = 1) -> None:
        """Make `count` updates."""
        self.fit.run(count)
        self.updates += count
        self._numbers = {}

    @property
    def epochs(self) -> float:
        """How often the training points were gone through."""
        return self.epochs_before + (self.updates - self.turned_at) / self.fit.updates_per_epoch

    def metrics(self) -> Mapping[str, float]:
        """Loss and share of success on all training points, and on those never trained on."""
        if not self._numbers:
            train, test = self.problem.train, self.problem.test
            if "parts" not in self._probes:
                arrays = (train.x, train.y, test.x, test.y)
                self._probes["parts"] = Probe(self.fit.w, self.model.layout, self._judge, *arrays)
            train_loss, train_z, test_loss, test_z = self._probes["parts"]()
            losses, grade = (float(train_loss), float(test_loss)), self.problem.grade
            self._numbers = {
                "train loss": losses[0],
                "test loss": losses[1],
                f"train {grade}": self.problem.score(train, losses[0], train_z),
                f"test {grade}": self.problem.score(test, losses[1], test_z),
            }
        return self._numbers

    def _judge(self, params: Mapping[str, Tensor], *arrays: Tensor) -> list[Tensor]:
        """Loss and scores of one part after the other, to be compiled."""
        found = []
        for x, y in (arrays[:2], arrays[2:]):
            z = self.model(params, x)
            found += [self.loss(z, y), z]
        return found

    def _layers(self, spots: str) -> tuple[Array, ...]:
        """The output of every layer at some spots; the arrays live until the next call."""
        if spots not in self._probes:
            model, x = self.model, self.spots[spots]
            self._probes[spots] = Probe(self.fit.w, model.layout, model.layers, x)
        return self._probes[spots]()

    def status(self) -> Status:
        """Over when the loss has all but vanished, or left all bounds."""
        loss = self.metrics()["train loss"]
        if not loss < BURST:
            return "diverged"
        return "converged" if loss < STOPPED else "running"

    def snapshot(self) -> State:
        """The state of the training, and the count of updates and epochs."""
        counts = [self.updates, self.turned_at, self.epochs_before]
        return {"fit": self.fit.snapshot(), "counts": counts}

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        self.fit.restore(state["fit"])
        self.updates, self.turned_at, self.epochs_before = state["counts"]
        self._numbers = {}

    def turn(self, settings: Settings) -> None:
        """Go on with the same weights; another optimizer starts without memories."""
        turned = {name for name in settings if settings[name] != self.settings[name]}
        self.settings = settings
        self.fit.turn("lr", settings.number("lr"))
        if turned & {"activation", "batch", "optimizer"}:
            state = self.fit.snapshot()
            self.epochs_before, self.turned_at = self.epochs, self.updates
            self._build(state["w"])
            self.fit.restore(state)

    def _at(self, w: Array) -> tuple[float, Array, Array]:
        """Loss, scores and gradient on one batch, had the parameters been w."""
        if "trial" not in self._probes:
            train, size = self.problem.train, self.settings.whole("batch")
            arrays = train.x[:size], train.y[:size]
            self._trial = w.copy()
            self._probes["trial"] = Probe(self._trial, self.model.layout, self._slope, *arrays)
        self._trial[...] = w
        loss, z, g = self._probes["trial"]()
        return float(loss), z.copy(), g.copy()

    def _slope(self, params: Mapping[str, Tensor], x: Tensor, y: Tensor) -> list[Tensor]:
        """Loss, scores and the flat gradient, to be compiled."""
        z = self.model(params, x)
        loss = self.loss(z, y)
        return [loss, z, joined(grad(loss, list(params.values())))]

    def oracles(self) -> tuple[Oracle, ...]:
        """The gradient by differences, p − y at the output, and what else is known beforehand."""
        with np.errstate(all="ignore"):
            audit = self._audit()
            _, z, g = self._at(self.fit.w)
            miss = float((self.problem.says(z) - self.problem.train.y[: len(z)])[:, 0].mean())
            miss = miss if abs(miss) > 1e-9 else 0.0  # less is rounding
        found = [
            audit,
            Oracle("slope of the last bias", miss if self.problem.classes else 2 * miss,
                   float(g[-self.problem.outputs]), 1e-6, "the mean of the output's error p − y"),
        ]  # fmt: skip
        if self.model.hidden == "identity" or len(self.sizes) == 2:
            found.append(Oracle("layers as one matrix", self._collapsed(), float(z[0, 0]),
                                1e-6, "[x 1] W₁ W₂ … is [x 1] W"))  # fmt: skip
        if self.settings.word("data") == "gauss":
            found.append(self._best_of_gauss())
        return tuple(found)

    def _audit(self) -> Oracle:
        """Reverse mode against a central difference, where rounding and corners let them meet."""
        w = self.fit.w.copy()
        d = np.random.default_rng(self.updates).standard_normal(w.size)
        d /= np.linalg.norm(d)
        ahead, behind = self._at(w + H * d)[0], self._at(w - H * d)[0]
        here, z, g = self._at(w)
        reverse, difference = float(g @ d), (ahead - behind) / (2 * H)
        error = abs(reverse - difference) / max(1.0, abs(reverse), abs(difference))
        fine = 1e-5 if self.model.hidden == "relu" else 1e-7
        room = max(fine, 20 * EPS / H * float(abs(z).max()))
        on_corner = self.model.hidden == "relu" and abs(ahead - 2 * here + behind) / H > fine
        return Oracle("gradient − difference", 0, NOT_YET if on_corner or room > 1e-3 else error,
                      room, "g · d against (L(w + hd) − L(w − hd)) / 2h, for a unit d")  # fmt: skip

    def _collapsed(self) -> float:
        """The first score of the first training point by the product of all matrices."""
        matrices = list(self.model.layout.views(self.fit.w).values())
        carried = [np.column_stack([W, np.eye(len(W))[:, -1]]) for W in matrices[:-1]]
        with np.errstate(all="ignore"):
            product = reduce(np.matmul, [*carried, matrices[-1]])
            return float((with_ones(self.problem.train.x[:1]) @ product)[0, 0])

    def _best_of_gauss(self) -> Oracle:
        """Two clouds σ wide, 4√2 apart: the line between them is right with chance Φ(2√2/σ)."""
        best = 0.5 + 0.5 * erf(2 / sqrt(0.5 + 7 * self.settings.number("noise")))
        room, m = 3 * sqrt(best * (1 - best) / len(self.problem.test.x)) + 0.01, self.metrics()
        known = len(self.problem.train.x) >= 200 and self.epochs >= 10
        learned = known and m["train accuracy"] >= best - room / 2
        measured = m["test accuracy"] if learned else NOT_YET
        return Oracle("best accuracy Φ(2√2/σ)", best, measured, room / best,
                      "the clouds overlap; measured within 3 σ of the test")  # fmt: skip

    def hidden(self) -> Array:
        """What every hidden neuron answers to every training point, (N, neurons)."""
        outputs = self._layers("train")[:-1]
        return np.column_stack([np.empty((len(self.problem.train.x), 0)), *outputs])

    def pictures(self) -> tuple[Picture, ...]:
        """The map, the neurons, the numbers, who is taken for whom, and the code that runs."""
        with np.errstate(all="ignore"):
            shown: list[Picture] = [self._map(), self._network(), self._table()]
            if self.problem.classes:
                shown.append(self._confusion())
        return (*shown, Text("The compiled step", tuple(self.fit.source.splitlines())))

    def _map(self) -> Field:
        """What the network answers all over the plane, with the points on it."""
        problem, points = self.problem, self.points[: 1 + self.settings.flag("test")]
        z = self._layers("map")[-1]
        title = "Output" if problem.outputs == 1 else "Class, darker where in doubt"
        return Field(
            title, problem.shade(z).reshape(MAP[::-1]), problem.extent, points,
            diverging=problem.outputs == 1,
        )  # fmt: skip

    def _network(self) -> Network:
        """Every neuron as a small map of its output, every weight as a thread."""
        *hidden, z = self._layers("thumbs")
        layers = (self.spots["thumbs"], *hidden, self.problem.spread(z))
        maps = tuple(_small_maps(layer) for layer in layers)
        views = self.model.layout.views(self.fit.w).values()
        return Network("Neurons", self.names, tuple(W[:-1].copy() for W in views), maps)

    def _table(self) -> Table:
        """The run in numbers."""
        m, problem, size = self.metrics(), self.problem, self.model.layout.size
        rows = [
            (name, f"{m[f'train {name}']:.4g}", f"{m[f'test {name}']:.4g}")
            for name in ("loss", problem.grade)
        ]
        rows += [
            ("points", f"{len(problem.train.x)}", f"{len(problem.test.x)}"),
            ("epochs", f"{self.epochs:.1f}", ""),
            ("updates", f"{self.updates}", ""),
            ("updates an epoch", f"{self.fit.updates_per_epoch}", ""),
            ("parameters", f"{size}", ""),
            ("± and × an update, about", f"{6 * size * self.settings.whole('batch')}", ""),
        ]
        return Table("Numbers", ("", "train", "test"), tuple(rows))

    def _confusion(self) -> Matrix:
        """How many test points of each class (down) are taken for which (across)."""
        problem, k = self.problem, self.problem.classes
        z = self._layers("test")[-1]
        pairs = k * problem.truth(problem.test).astype(int) + problem.named(z)
        counts = np.bincount(pairs, minlength=k * k).reshape(k, k).astype(float)
        names = problem.test.class_names
        return Matrix("Test points: class down, answer across", counts, names, names)

    def _output_names(self) -> tuple[str, ...]:
        if not self.problem.classes:
            return ("ŷ",)
        names = self.problem.train.class_names
        return names if self.problem.outputs > 1 else (f"p({names[1]})",)

    def _points(self, part: DataSet, faint: bool = False) -> Points:
        """Some of the points in the plane of the map; regression targets count by their sign."""
        places, labels = self.problem.flat(part.x), self.problem.truth(part).astype(float)
        return Points(places[:SHOWN, 0], places[:SHOWN, 1], labels[:SHOWN], faint)


def _small_maps(layer: Array) -> tuple[Array, ...]:
    """Outputs (THUMB², neurons) as one square a neuron, within −1 … 1."""
    within = layer / np.maximum(1.0, abs(layer).max(axis=0))
    squares = within.T.reshape(-1, THUMB, THUMB)
    return tuple(squares)
