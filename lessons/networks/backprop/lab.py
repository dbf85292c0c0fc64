"""Backpropagation, watched one operation at a time: its network, its formulas, its audit."""

from collections.abc import Iterator
from math import exp

import numpy as np

from engine.explain import number
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import Chart, view
from lessons.kit.failures import Failure, diverged
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Graph, GraphEdge, GraphNode, Table, Text
from lessons.networks.backprop._network import KNOWN, NAMES, SHAPES, SIGMOID, SQUARED, SUMS, links
from lessons.networks.backprop._rounds import CURRENT, AbstractRounds

PLACES = {"i1": (0, 0), "i2": (0, 2), "b1": (0, 3), "h1": (1, 0), "h2": (1, 2), "b2": (1, 3),
          "o1": (2, 0), "o2": (2, 2), "t1": (2, 1), "t2": (2, 3), "E": (3, 1)}  # fmt: skip
"""Column and row of each node."""
SHORT = {"sigmoid": "σ", "identity": "id"}
WHY = (
    ("∂E/∂out_o", "the error of one output, differentiated"),
    ("∂E/∂out_h", "two ways lead to E: their slopes add"),
    ("∂E/∂net", "back to what the neuron added up"),
    ("∂E/∂w", "slope at its end × what came in at its start"),
    ("∂E/∂b", "one bias serves two neurons: their slopes add"),
    ("net", "the weighted sum that arrives"),
    ("out", "what the neuron passes on"),
    ("E_", "how wrong this output is"),
    ("E", "how wrong the network is, as one number"),
)
"""What an operation means, by how its result's name begins."""
SWAPPED = {"w5": 9, "w6": 9, "w7": -9, "w8": -9}
"""Weights with which o1 gives nearly 1 and o2 nearly 0, where the targets are the other way."""
WRONG, FLAT, STUCK = 0.5, 0.01, 1e-5
"""An output is wrong beyond half the range of targets, from 0 to 1; it is flat below a hundredth of
the largest derivative of its activation; E is stuck if an update takes less than this share."""


class Backprop(AbstractRounds):
    """The network of Mazur's example, in the learner's hands."""

    charts = {
        "error": Chart("Error E", ("error",), log=True),
        "slope": Chart("Largest ∂E/∂net of o1, o2", ("output slope",), log=True),
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
                "Every wrong output has its net where the activation is flat: no slope is left.",
                "Take the cross-entropy, whose slope at a net is p − t.",
                SWAPPED, {"loss": SIGMOID}),
    )  # fmt: skip

    def wrong(self) -> list[str]:
        """The outputs, of 1 and 2, that are far from their targets though an update was made."""
        now, outputs = self.now, "12" if self.is_made else ""
        return [k for k in outputs if abs(now[f"out_o{k}"] - now[f"t{k}"]) > WRONG]

    @property
    def is_saturated(self) -> bool:
        """Whether all wrong outputs are where their activation is flat, so that E stays."""
        _, derivative, largest = SHAPES[self.activation]
        shares = [derivative(np.array(self.now[f"out_o{k}"])) / largest for k in self.wrong()]
        slopes = np.array([self.now[f"∂E/∂{name}"] for name in NAMES])[self.learned]
        has_flat_ends = self.activation in ("sigmoid", "tanh") and self.loss == SQUARED
        is_stuck = float(self.lr * (slopes @ slopes)) < STUCK * self.now["E"]
        return has_flat_ends and is_stuck and bool(shares) and float(max(shares)) < FLAT

    @property
    def is_dead(self) -> bool:
        """Whether no weight that leads to a wrong output has any slope, by the doing of relu."""
        into = {"1": ("w5", "w6"), "2": ("w7", "w8")}
        slopes = [self.now[f"∂E/∂{name}"] for k in self.wrong() for name in into[k]]
        return self.activation == "relu" and bool(slopes) and not any(slopes)

    def oracles(self) -> Iterator[Oracle]:
        """The last update against differences, the fall of E, p − t, and Mazur's digits."""
        learned, before = self.learned, self.past if self.is_made else self.began
        after = self.w if self.at == self.stride else self.began
        (net, out, E), E_after = self.plain(before), self.plain(after)[2]
        made = (before - after) / self.lr if self.is_made else self.past
        places = (before, (before + after) / 2, after)
        slopes, *later = (self.differences(w)[learned] for w in places)
        scale, norm = max(1.0, float(E)), float(np.linalg.norm(slopes))
        gap = abs(made[learned] - slopes).max() / max(norm, 1e-3 * scale)
        is_corner = self.activation == "relu" and abs(net).min() < 1e-3
        yield Oracle("audit", 0, NOT_YET if is_corner else float(gap), 1e-6,
                     "the update made, against differences of E")  # fmt: skip
        fall = float(self.lr * (made @ made))
        change = max(float(np.linalg.norm(other - slopes)) for other in later)
        if change < 0.1 * norm and fall > 1e-12 * scale:
            yield Oracle("fall of E", fall, float(E - E_after), 0.06, "η‖∇E‖², to first order")
        derivative = SHAPES[self.activation][1](out[2:]) if self.loss == SQUARED else np.ones(2)
        why = "∂E/∂net = (out − t) σ′" if self.loss == SQUARED else "∂E/∂net = p − t"
        j = int(abs(out[:2]).argmax())
        for k, t in enumerate((self.t1, 1 - self.t1)):
            law = float((out[2 + k] - t) * derivative[k])
            delta = float(made[4 + 2 * k + j] / out[j]) if abs(out[j]) > 1e-3 else NOT_YET
            yield Oracle(f"slope o{k + 1}", law, delta, 1e-9 * scale, why, compare="absolute")
        for name, measured in self.found.items():
            is_due = self.steps >= self.stride
            yield Oracle(name, KNOWN[name], measured, 3e-9, "Mazur’s example", due=is_due, digits=9)

    @property
    def last(self) -> tuple[str, str]:
        """The operation just done: its phase and what it found; empty before the first."""
        return self.round[self.at - 1] if self.at else ("", "")

    def shown(self, phase: str, name: str, digits: int = 4) -> str:
        """A value or a slope, once this round has found it."""
        is_found = (phase, name) in self.round[: self.at]
        return f"{self.known[name] + 0.0:.{digits}g}" if is_found else ""  # not "-0"

    @view
    def network(self) -> Graph:
        """All neurons and weights; values and slopes appear as they become known."""
        (phase, name), now, back = self.last, self.now, "backward"
        edges = [GraphEdge(e.source, e.target, e.name, e.name and f"{now[e.name]:.4g}",
                           self.shown(back, f"∂E/∂{e.name}")) for e in links()]  # fmt: skip
        edges += [GraphEdge(source, "E") for source in ("o1", "o2", "t1", "t2")]
        used = map(place, self.worksheet.uses(name)) if phase in ("forward", back) else ()
        sources = tuple(one for one in dict.fromkeys(used) if one != place(name))
        title = "The network"
        if phase:
            value = now[name] if phase == "update" else self.known[name]
            title = f"{phase.capitalize()}: {name} {'←' if phase == 'update' else '='} {value:.4g}"
        nodes = tuple(map(self.node, PLACES))
        return Graph(title, nodes, tuple(edges), place(name), sources, phase == back, "look")

    def node(self, name: str) -> GraphNode:
        """A neuron with its net, out and slope; an input, a bias or a target; the error."""
        if name in SUMS:
            net, shape = self.shown("forward", f"net_{name}"), self.activation
            return GraphNode(name, *PLACES[name], self.shown("forward", f"out_{name}", 5),
                             self.shown("backward", f"∂E/∂net_{name}"),
                             net and f"{SHORT.get(shape, shape)}({net})")  # fmt: skip
        value = self.shown("forward", "E") if name == "E" else f"{self.now[name]:.4g}"
        slope = self.shown("backward", f"∂E/∂{name}")
        return GraphNode(name, *PLACES[name], value, slope, small=name != "E")

    @view
    def operation(self) -> Text:
        """The operation just done, or all about what is picked: letters, numbers, meaning."""
        if self.look != CURRENT:
            lines = [f"{self.look} = {self.now[self.look]:.9g}"] if self.look in self.now else []
            for phase, name in self.round:
                lines += self.explained(phase, name) if place(name) == self.look else []
            return Text(f"All about {self.look}", tuple(lines))
        phase, name = self.last
        if not phase:
            words = ("Only weights and inputs are known yet.", "One step does one operation.")
            return Text("Operation", words)
        title = f"{phase.capitalize()}: {self.at} of {self.stride}"
        return Text(title, tuple(self.explained(phase, name)))

    def explained(self, phase: str, name: str) -> list[str]:
        """An operation in letters, in numbers, its result and its meaning."""
        pad, slope, is_update = " " * len(name), f"∂E/∂{name}", phase == "update"
        letters = f"{name} − η·{slope}" if is_update else self.worksheet.formula(name)
        lines = [f"{name} {'←' if is_update else '='} {letters}"]
        if not self.shown(phase, name):
            return [*lines, f"{pad}   not yet in this round"]
        if is_update:
            j = NAMES.index(name)
            numbers = f"{self.began[j]:.4g} − {number(self.lr)}·{number(self.known[slope])}"
            value, why = self.w[j], "a step against the slope"
        else:
            numbers, value = self.worksheet.numbers(name, self.known), self.known[name]
            why = next(why for start, why in WHY if name.startswith(start))
        return [*lines, f"{pad} = {numbers}", f"{pad} = {value:.9g}", why]

    @view
    def audit(self) -> Table:
        """Every weight that learns, with its slope by reverse mode and by differences."""
        rows, measured = [], self.differences(self.began)
        for name, value, check in zip(NAMES, self.w, measured, strict=True):
            if self.biases or name[0] == "w":
                slope = self.shown("backward", f"∂E/∂{name}") or "…"
                rows.append((name, f"{value:.4g}", slope, f"{check:.4g}"))
        at = place(self.last[1])
        current = next((i for i, row in enumerate(rows) if row[0] == at), None)
        header = ("", "value", "∂E/∂w", "ΔE/Δw")
        return Table("Audit of the weights", header, tuple(rows), current, "look")


def place(name: str) -> str:
    """Where in the network a value or a slope belongs.

    >>> [place(name) for name in ("net_h1", "∂E/∂out_o2", "∂E/∂w5", "E_o1", "i1")]
    ['h1', 'o2', 'w5', 'E', 'i1']
    """
    base = name.removeprefix("∂E/∂")
    return "E" if base.startswith("E") else base.rpartition("_")[2]


def fallen(lab: Backprop) -> int:
    """By how much E has fallen: 0 half or more, 1 a hundredth or more, 2 less."""
    share = lab.metrics()["error"] / lab.history.series["error"][0]
    return int(np.searchsorted([0.5, 0.99], share))


checks = {
    "net": Numeric(
        vary=lambda rng: {"w": float(rng.choice([0.2, 0.4, 0.6])),
                          "a": float(rng.choice([0.5, 1.5])), "b": float(rng.choice([0.3, 0.7]))},
        answer=lambda v: v["w"] * v["a"] + v["b"],
        wrong=(lambda v: v["w"] + v["a"] + v["b"], lambda v: v["w"] * v["a"],
               lambda v: v["w"] * (v["a"] + v["b"]),
               lambda v: 1 / (1 + exp(-v["w"] * v["a"] - v["b"]))),
    ),
    "slope": Numeric(
        vary=lambda rng: {"out": float(rng.choice([0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9]))},
        answer=lambda v: v["out"] * (1 - v["out"]),
        wrong=(lambda v: 1 - v["out"], lambda v: v["out"], lambda v: v["out"] ** 2),
    ),
    "product": Numeric(
        vary=lambda rng: {"delta": float(rng.choice([-0.4, -0.2, 0.3, 0.5])),
                          "out": float(rng.choice([0.25, 0.6, 0.8]))},
        answer=lambda v: v["delta"] * v["out"],
        wrong=(lambda v: v["delta"] + v["out"], lambda v: v["delta"],
               lambda v: v["delta"] * v["out"] * (1 - v["out"])),
    ),
    "thousand": Prediction(
        lab=Backprop, steps=35_000,
        outcome=lambda lab: int(np.searchsorted([-0.1, -0.01], -lab.metrics()["error"])),
    ),
    "quick": Goal(
        reached=lambda lab: lab.metrics()["error"] < 0.01, free=("lr",), budget=700,
        progress=lambda lab: f"E = {lab.metrics()['error']:.3f}", answer={"lr": 8},
    ),
    "stuck": Prediction(lab=Backprop, scene=SWAPPED, steps=7000, outcome=fallen),
}  # fmt: skip
