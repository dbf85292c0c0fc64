"""Backpropagation through a 2-2-2 network, one operation a step: forward, backward, update."""

from collections.abc import Iterator, Mapping
from math import isnan, log
from typing import ClassVar

import numpy as np

from engine.activations import sigmoid
from engine.array import Array
from engine.explain import number
from engine.optim import sgd
from engine.reverse import grad
from engine.tensor import Tensor
from lessons.kit.checks import Goal, Number, Predict, Values
from lessons.kit.experiment import Chart, Process, Status, derived, view
from lessons.kit.failures import Failure, diverged
from lessons.kit.knobs import Choice, Slider, Switch
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Graph, GraphEdge, GraphNode, Table, Text
from lessons.networks.backprop._network import (
    KNOWN,
    LOSSES,
    NAMES,
    SHAPES,
    SIGMOID,
    SQUARED,
    START,
    SUMS,
    forward,
    links,
    network,
    operations,
)

H = 1e-5
"""The step of the central differences."""
CURRENT = "current"
WRONG, FLAT = 0.5, 0.005
"""An output is wrong beyond half the range of targets, 0 to 1; saturated below 1 % of the largest
derivative of its activation."""
NO_WEIGHTS = np.full(len(NAMES), np.nan)
PLACES = {"i1": (0, 0), "i2": (0, 2), "b1": (0, 3), "h1": (1, 0), "h2": (1, 2), "b2": (1, 3),
          "o1": (2, 0), "o2": (2, 2), "t1": (2, 1), "t2": (2, 3), "E": (3, 1)}  # fmt: skip
WHY = (
    ("∂E/∂out_o", "the error of one output, differentiated"),
    ("∂E/∂out_h", "two ways lead to E: their slopes add"),
    ("∂E/∂net", "back through the activation: times its slope"),
    ("∂E/∂w", "slope at its end × what came in at its start"),
    ("∂E/∂b", "one bias serves two neurons: their slopes add"),
    ("net", "the weighted sum that arrives"),
    ("out", "what the neuron passes on"),
    ("E_", "how wrong this output is"),
    ("E", "how wrong the network is, as one number"),
)
"""What an operation means, by how its result's name begins."""


class Weight(Slider):
    """Sets a weight, also one that has learned since: a turn there and back leaves a trace."""

    merges: ClassVar[bool] = False


def weight(name: str) -> Weight:
    """The slider of a weight or a bias."""
    return Weight(name, START[name], -10, 10, notches=200, help=f"Sets {name}, also in mid-run.")


def given(name: str, default: float) -> Slider:
    """The slider of an input."""
    return Slider(name, default, -2, 2, notches=80, help=f"The input {name} of the one example.")


class Backprop(Process):
    """One operation a step, round and round: forward, backward, update.

    `w` are the weights now; `began` those with which this round began, from which its values and
    slopes follow; `at` counts the operations done in this round. `past` are the weights before the
    last whole round in which no knob was turned, NaN if there is none; `is_clean` says that this
    round may become such a one; `found` are the numbers of Mazur's example.
    """

    lr = Slider("learning rate", 0.5, 0.01, 10, log=True, symbol="η",
                help="How far an update goes against the slope.")  # fmt: skip
    w1, w2, w3, w4, w5, w6, w7, w8 = (weight(f"w{k}") for k in range(1, 9))
    b1, b2 = weight("b1"), weight("b2")
    i1, i2 = given("i1", 0.05), given("i2", 0.1)
    t1 = Slider("target of o1", 0.01, 0, 1, notches=100, symbol="t1",
                help="What o1 should give; o2 should give the rest, 1 − t1.")  # fmt: skip
    activation = Choice("activation", tuple(SHAPES),
                        help="What a neuron does to its weighted sum.")  # fmt: skip
    loss = Choice("loss", LOSSES, help="How wrong the outputs are, as one number.")
    biases = Switch("learn biases", help="Update b1 and b2 as well.")
    look = Choice("look at", (CURRENT, *dict.fromkeys((*PLACES, *NAMES))), shows=True,
                  help="Whose formulas to show: pick it in the network.")  # fmt: skip

    kept = ("w", "began", "at", "past", "is_clean", "found")
    unit = "operation"
    budget = 35_000
    charts = {
        "error": Chart("Error E", ("error",), log=True),
        "slope": Chart("Larger slope ∂E/∂net at the outputs", ("output slope",), log=True),
    }
    failures = (
        Failure("Flown apart", diverged,
                "η is so large that each update overshoots by more.", "Turn η down and reset.",
                {"activation": "identity", "biases": True, "lr": 10, "i1": 1}, {"lr": 0.1}),
        Failure("Dead neurons", lambda lab: lab.is_dead,
                "With a net below 0, relu gives 0 and so does its slope: nothing can move it.",
                "Reset with a smaller η, or raise the biases.",
                {"activation": "relu", "b2": -2}, {"b2": 0.6}),
        Failure("Saturated", lambda lab: lab.is_saturated,
                "A wrong output has its net where the activation is flat: times 0 is 0.",
                "Take the cross-entropy, whose slope at a net is p − t.",
                {"w5": 9, "w6": 9, "w7": -9, "w8": -9}, {"loss": SIGMOID}),
    )  # fmt: skip

    def begin(self) -> None:
        """The weights of the knobs, and nothing done yet."""
        self.w = np.array([self.values[name] for name in NAMES])
        self.build()
        self.past, self.found = NO_WEIGHTS, self.expected()

    def build(self) -> None:
        """The graph of the present activation and loss; the round begins anew."""
        self.ledger = network(self.activation, self.loss)
        self.round = operations(self.ledger, self.biases)
        self.stride, self.at, self.is_clean, self.began = len(self.round), 0, True, self.w.copy()
        self.learned = np.array([self.biases or name[0] == "w" for name in NAMES])

    def expected(self) -> dict[str, float]:
        """What is to be measured of Mazur's example, if this is its start."""
        is_example = all(knob.shows or knob.same(self.values[name], knob.default)
                         for name, knob in self.knobs.items())  # fmt: skip
        return dict.fromkeys(KNOWN, NOT_YET) if is_example and not self.steps else {}

    def computed(self, w: Array) -> dict[str, float]:
        """Every value and slope at some weights, by the engine."""
        given = {name: float(self.values[name]) for name in ("i1", "i2", "t1")}
        self.ledger.put({**dict(zip(NAMES, w.tolist(), strict=True)), **given})
        return self.ledger.values()

    @derived
    def known(self) -> dict[str, float]:
        """Every value and slope of this round."""
        return self.computed(self.began)

    @derived
    def now(self) -> dict[str, float]:
        """Every value and slope with the weights as they are now."""
        return self.computed(self.w)

    def step(self) -> None:
        """Do one operation; only an update changes anything."""
        if self.at == self.stride:
            self.began, self.at, self.is_clean = self.w.copy(), 0, True
            self._forget()
        phase, name = self.round[self.at]
        if phase == "update":
            j = NAMES.index(name)
            (self.w[j],) = sgd(self.began[j], self.known[f"∂E/∂{name}"], 1, lr=self.lr)
        self.at += 1
        if self.at == self.stride:
            self.past = self.began if self.is_clean else NO_WEIGHTS
            if self.found and isnan(self.found["E after"]):
                after = self.computed(self.w)["E"]
                made = (self.known["E"], float(self.w[4]), float(self.w[0]), after)
                self.found = dict(zip(KNOWN, made, strict=True))

    def turned(self, name: str) -> None:
        """An edit counts at once: this round goes on with it, or anew in another network."""
        if name in NAMES:
            j = NAMES.index(name)
            self.w[j] = self.began[j] = self.values[name]
        elif name in ("activation", "loss", "biases"):
            self.build()
        self.past, self.is_clean = NO_WEIGHTS, self.at == 0
        if not self.found or isnan(self.found["E after"]):
            self.found = self.expected()

    def numbers(self) -> Mapping[str, float]:
        """The error now, and the larger slope at the nets of the outputs."""
        slopes = [abs(self.now[f"∂E/∂net_o{k}"]) for k in "12"]
        return {"error": self.now["E"], "output slope": max(slopes)}

    @property
    def status(self) -> Status:  # type: ignore[override]
        """As good as it can get, or a million times worse than it should be."""
        entropy = -sum(q * log(q) for q in (self.t1, 1 - self.t1) if q > 0)
        floor = {SQUARED: 0.0, SIGMOID: 2 * entropy}.get(self.loss, entropy)
        if self.now["E"] - floor <= 1e-6:
            return "converged"
        return "running" if self.now["E"] < 1e6 else "diverged"

    def wrong(self) -> list[int]:
        """The outputs, 1 and 2, that are far from their targets."""
        now = self.now
        return [k for k in (1, 2) if abs(now[f"out_o{k}"] - now[f"t{k}"]) > WRONG]

    @property
    def is_saturated(self) -> bool:
        """Whether a wrong output has next to none of its activation's derivative."""
        _, derivative, largest = SHAPES[self.activation]
        outs = np.array([self.now[f"out_o{k}"] for k in self.wrong()])
        is_flat = bool(outs.size and (derivative(outs) < FLAT * largest).all())
        return self.loss == SQUARED and self.activation in ("sigmoid", "tanh") and is_flat

    @property
    def is_dead(self) -> bool:
        """Whether no weight that leads to a wrong output has any slope, by the doing of relu."""
        weights = {1: ("w5", "w6"), 2: ("w7", "w8")}
        slopes = ([self.now[f"∂E/∂{name}"] for name in weights[k]] for k in self.wrong())
        return self.activation == "relu" and any(not any(pair) for pair in slopes)

    def plain(self, w: Array) -> tuple[Array, Array, Array]:
        """Nets, outs and error at some weights, without the engine."""
        with np.errstate(all="ignore"):
            i, t = np.array([self.i1, self.i2]), np.array([self.t1, 1 - self.t1])
            return forward(w, i, t, self.activation, self.loss)

    def differences(self, w: Array) -> Array:
        """The slope of E along every weight without any derivative: (E(w + h) − E(w − h)) / 2h."""
        E = self.plain(w + H * np.concatenate([np.eye(len(w)), -np.eye(len(w))]))[2]
        return np.asarray((E[: len(w)] - E[len(w) :]) / (2 * H))

    def oracles(self) -> Iterator[Oracle]:
        """The last round's update against differences, the fall of E, p − t, Mazur's digits."""
        before, after = self.past, self.w if self.at == self.stride else self.began
        (net, out, E), E_after = self.plain(before), self.plain(after)[2]
        learned = self.learned
        slopes, ends = self.differences(before)[learned], self.differences(after)[learned]
        made = (before - after) / self.lr
        scale, top = max(1.0, float(E)), abs(slopes).max()
        gap = abs(made[learned] - slopes).max() / max(top, 1e-3 * scale)
        is_corner = self.activation == "relu" and abs(net).min() < 1e-3
        yield Oracle("audit", 0, NOT_YET if is_corner else float(gap), 1e-6,
                     "the update made, against differences of E")  # fmt: skip
        fall, bend = self.lr * (made @ made), np.linalg.norm(ends - slopes)
        if bend < 0.1 * np.linalg.norm(slopes) and fall > 1e-12 * scale:
            yield Oracle(
                "fall of E", float(fall), float(E - E_after), 0.06, "η‖∇E‖², to first order"
            )
        derivative = SHAPES[self.activation][1](out[2:]) if self.loss == SQUARED else np.ones(2)
        why = "(out − t) times σ′" if self.loss == SQUARED else "p − t"
        j = int(abs(out[:2]).argmax())
        for k, t in enumerate((self.t1, 1 - self.t1)):
            delta = made[4 + 2 * k + j] / out[j] if abs(out[j]) > 1e-3 else NOT_YET
            law = float((out[2 + k] - t) * derivative[k])
            yield Oracle(
                f"∂E/∂net_o{k + 1}", law, float(delta), 1e-9 * scale, why, compare="absolute"
            )
        for name, measured in self.found.items():
            yield Oracle(name, KNOWN[name], measured, 3e-9, "Mazur’s example",
                         due=self.steps >= self.stride)  # fmt: skip

    @property
    def done(self) -> set[tuple[str, str]]:
        """What was computed in this round."""
        return set(self.round[: self.at])

    @view
    def network(self) -> Graph:
        """All neurons and weights; values and slopes appear as they become known."""
        known, now, done = self.known, self.now, self.done
        phase, name = self.round[self.at - 1] if self.at else ("forward", "")

        def shown(phase: str, part: str) -> str:
            return f"{known[part]:.4g}" if (phase, part) in done else ""

        def node(name: str) -> GraphNode:
            at = PLACES[name]
            if name in SUMS:
                net = shown("forward", f"net_{name}")
                shape = {"sigmoid": "σ", "identity": "id"}.get(self.activation, self.activation)
                return GraphNode(
                    name,
                    *at,
                    shown("forward", f"out_{name}"),
                    shown("backward", f"∂E/∂net_{name}"),
                    net and f"{shape}({net})",
                )
            value = shown("forward", "E") if name == "E" else f"{now[name]:.4g}"
            return GraphNode(name, *at, value, shown("backward", f"∂E/∂{name}"), small=name != "E")

        edges = [GraphEdge(e.source, e.target, e.name, e.name and f"{now[e.name]:.4g}",
                           shown("backward", f"∂E/∂{e.name}")) for e in links()]  # fmt: skip
        edges += [GraphEdge(source, "E") for source in ("o1", "o2", "t1", "t2")]
        used = dict.fromkeys(
            map(place, self.ledger.uses(name) if name and phase != "update" else ())
        )
        sources = tuple(one for one in used if one != place(name))
        value = known[name] if name and phase != "update" else now.get(name, 0.0)
        title = f"{phase.capitalize()}: {name} = {value:.4g}" if name else "The network"
        return Graph(title, tuple(map(node, PLACES)), tuple(edges), place(name), sources,
                     phase == "backward", "look")  # fmt: skip

    @view
    def operation(self) -> Text:
        """The operation just done, or all of what is looked at: letters, numbers, result, meaning."""
        if self.look != CURRENT:
            lines = [f"{self.look} = {self.now[self.look]:.9g}"] if self.look in self.now else []
            for phase, name in self.round:
                if place(name) == self.look:
                    lines += self.explained(phase, name)
            return Text(f"All about {self.look}", tuple(lines))
        if not self.at:
            return Text("Operation", ("Only weights and inputs are known yet.",
                                      "One step does one operation."))  # fmt: skip
        phase, name = self.round[self.at - 1]
        title = f"{phase.capitalize()}: {self.at} of {self.stride}"
        return Text(title, tuple(self.explained(phase, name)))

    def explained(self, phase: str, name: str) -> list[str]:
        """An operation in letters, in numbers, its result and its meaning."""
        pad, slope = " " * len(name), f"∂E/∂{name}"
        letters = f"{name} − η·{slope}" if phase == "update" else self.ledger.formula(name)
        head = f"{name} {'←' if phase == 'update' else '='} {letters}"
        if (phase, name) not in self.done:
            return [head, f"{pad}   not yet in this round"]
        if phase == "update":
            j = NAMES.index(name)
            numbers = f"{self.began[j]:.4g} − {number(self.lr)}·{number(self.known[slope])}"
            return [
                head,
                f"{pad} = {numbers}",
                f"{pad} = {self.w[j]:.9g}",
                "a step against the slope",
            ]
        numbers, why = (
            self.ledger.numbers(name, self.known),
            (w for s, w in WHY if name.startswith(s)),
        )
        return [head, f"{pad} = {numbers}", f"{pad} = {self.known[name]:.9g}", next(why)]

    @view
    def audit(self) -> Table:
        """Every weight with its slope, by reverse mode and by differences."""
        rows, measured = [], self.differences(self.began)
        for name, value, check in zip(NAMES, self.w, measured, strict=True):
            if not (self.biases or name[0] == "w"):
                continue
            slope, is_seen = self.known[f"∂E/∂{name}"], ("backward", f"∂E/∂{name}") in self.done
            rows.append((name, f"{value:.6g}", f"{slope:.4g}" if is_seen else "…", f"{check:.4g}",
                         f"{abs(slope - check):.0e}" if is_seen else "…"))  # fmt: skip
        at = place(self.round[self.at - 1][1]) if self.at else ""
        current = [row[0] for row in rows].index(at) if at in [row[0] for row in rows] else None
        header = ("", "value", "∂E/∂w", "ΔE/Δw", "gap")
        return Table("Audit of the weights", header, tuple(rows), current, "look")


def place(name: str) -> str:
    """Where in the network a value or a slope belongs.

    >>> [place(name) for name in ("net_h1", "∂E/∂out_o2", "∂E/∂w5", "E_o1", "i1")]
    ['h1', 'o2', 'w5', 'E', 'i1']
    """
    base = name.removeprefix("∂E/∂")
    return "E" if base.startswith("E") else base.rpartition("_")[2]


def derivative(v: Values) -> float:
    """σ′ where the output is v["out"], by the engine."""
    net = Tensor(log(v["out"] / (1 - v["out"])))
    return grad(sigmoid(net), [net])[0].item()


def fallen(lab: Backprop) -> int:
    """By how much E has fallen: half or more, a hundredth or more, less."""
    share = lab.numbers()["error"] / lab.history.series["error"][0]
    return int(np.searchsorted([0.5, 0.99], share))


checks = {
    "net": Number(
        vary=lambda rng: {"w": float(rng.choice([0.2, 0.4, 0.6])),
                          "a": float(rng.choice([0.5, 1.5])), "b": float(rng.choice([0.3, 0.7]))},
        answer=lambda v: v["w"] * v["a"] + v["b"],
        wrong=(lambda v: v["w"] + v["a"] + v["b"], lambda v: v["w"] * v["a"],
               lambda v: v["w"] * (v["a"] + v["b"])),
    ),
    "slope": Number(
        vary=lambda rng: {"out": float(rng.choice([0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9]))},
        answer=derivative,
        wrong=(lambda v: 1 - v["out"], lambda v: v["out"], lambda v: v["out"] ** 2),
    ),
    "product": Number(
        vary=lambda rng: {"delta": float(rng.choice([-0.4, -0.2, 0.3, 0.5])),
                          "out": float(rng.choice([0.25, 0.6, 0.8]))},
        answer=lambda v: v["delta"] * v["out"],
        wrong=(lambda v: v["delta"] + v["out"], lambda v: v["delta"],
               lambda v: v["delta"] * v["out"] * (1 - v["out"])),
    ),
    "thousand": Predict(
        lab=Backprop, steps=35_000,
        outcome=lambda lab: int(np.searchsorted([-0.1, -0.01], -lab.numbers()["error"])),
    ),
    "quick": Goal(
        reached=lambda lab: lab.numbers()["error"] < 0.01, free=("lr",), budget=700,
        progress=lambda lab: f"E = {lab.numbers()['error']:.3f}", answer={"lr": 8},
    ),
    "stuck": Predict(lab=Backprop, scene={"w5": 9, "w6": 9, "w7": -9, "w8": -9}, steps=7000,
                     outcome=fallen),
}  # fmt: skip
