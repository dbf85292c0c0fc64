"""The simulation of backprop: a 2-2-2 network, worked through one operation at a time."""

from collections.abc import Mapping
from math import log

import numpy as np

from engine.activations import activation, softmax
from engine.array import Array
from engine.explain import Ledger, number
from engine.losses import cross_entropy
from engine.optim import sgd
from engine.tensor import Tensor, apply
from lessons.kit.knobs import Settings
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Graph, GraphNode, Picture, Table, Text
from lessons.kit.simulation import AbstractSimulation, State, Status

START = {"w1": 0.15, "w2": 0.2, "w3": 0.25, "w4": 0.3, "w5": 0.4, "w6": 0.45, "w7": 0.5,
         "w8": 0.55, "b1": 0.35, "b2": 0.6}  # fmt: skip
"""Weights and biases of Mazur's example."""
NAMES = tuple(START)
EDITABLE = ("w1", "w5", "b1", "b2")
"""Those that have a knob."""
GIVEN = {"i1": 0.05, "i2": 0.1, "t1": 0.01}
"""Its inputs, and what o1 should give; o2 should give 1 − t1."""
KNOWN = {"E before": 0.298371109, "w5 after": 0.358916480, "w1 after": 0.149780716,
         "E after": 0.291027774}  # fmt: skip
"""What its first update gives, to the nine digits of his text."""
SUMS = {"h1": "w1 i1 w2 i2 b1", "h2": "w3 i1 w4 i2 b1",
        "o1": "w5 out_h1 w6 out_h2 b2", "o2": "w7 out_h1 w8 out_h2 b2"}  # fmt: skip
"""Each neuron: what it multiplies and adds up."""
BOX = {part: f"net_{neuron}" for neuron, parts in SUMS.items() for part in parts.split()}
SQUARED, SOFTMAX = "squared error", "softmax + cross-entropy"
WHY = (
    ("∂E/∂out_o", "the error of one output, differentiated"),
    ("∂E/∂out_h", "two ways lead to E: their slopes add"),
    ("∂E/∂net", "back through the activation: times its slope"),
    ("∂E/∂w", "slope at its end × what came in at its start"),
    ("∂E/∂b", "one bias serves two neurons: their slopes add"),
    ("net", "the weighted sum that arrives"),
    ("out", "what the neuron passes on"),
    ("p", "the chance given to this class"),
    ("E_", "how wrong this output is"),
    ("E", "how wrong the network is, as one number"),
)
"""What an operation means, by how its result's name begins."""


def network(shape: str, loss: str) -> Ledger:
    """The 2-2-2 network as a graph of the engine, every value under its name."""
    x = {name: Tensor(value, name) for name, value in (START | GIVEN).items()}
    x["t2"] = 1 - x["t1"]
    for neuron, parts in SUMS.items():
        w, a, v, b, bias = (x[part] for part in parts.split())
        x[f"net_{neuron}"] = net = w * a + v * b + bias
        if loss == SQUARED or neuron[0] == "h":
            x[f"out_{neuron}"] = 1 * net if shape == "identity" else activation(shape)(net)
    wrt = [name for name in x if name in START or name[:3] in ("net", "out")]
    if loss == SQUARED:
        x |= {f"E_o{k}": 0.5 * (x[f"out_o{k}"] - x[f"t{k}"]) ** 2 for k in (1, 2)}
        return Ledger({**x, "E": x["E_o1"] + x["E_o2"]}, "E", wrt)
    z, y = (apply("join", x[f"{a}1"], x[f"{a}2"]).reshape((1, 2)) for a in ("net_o", "t"))
    p = softmax(z)
    x |= {"p1": p[0, 0], "p2": p[0, 1], "E": cross_entropy(z, y)}
    e1, e2 = np.exp(x["net_o1"]), np.exp(x["net_o2"])
    shown = {"p1": e1 / (e1 + e2), "p2": e2 / (e1 + e2),
             "E": -(x["t1"] * np.log(x["p1"])) - x["t2"] * np.log(x["p2"]),
             "∂E/∂net_o1": x["p1"] - x["t1"], "∂E/∂net_o2": x["p2"] - x["t2"]}  # fmt: skip
    return Ledger(x, "E", wrt, shown)


def operations(ledger: Ledger, biases: bool) -> tuple[tuple[str, str], ...]:
    """One round as (phase, what is found): all values, then all slopes, then the updates."""
    values = [name for name in ledger.parts if name[0] in "nopE"]
    learned = [name for name in NAMES if biases or name[0] == "w"]
    slopes = [s for s in ledger.backward() if biases or s[4] != "b"]
    phases = {"forward": values, "backward": slopes, "update": learned}
    return tuple((phase, name) for phase, names in phases.items() for name in names)


class Backprop(AbstractSimulation):
    """One operation a step, round and round: forward, backward, update.

    `w` are the weights now; `began` those with which this round began, from which all its values
    and slopes follow; `at` counts the operations done in this round.
    """

    unit = "operation"

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        self.settings = settings
        self.loss, self.biases = settings.word("loss"), settings.flag("biases")
        start = {**START, **{name: settings.number(name) for name in EDITABLE}}
        self.w = np.array(list(start.values()))
        self.began = self.w.copy()
        self.at, self.rounds = 0, 0
        is_example = all(settings[knob.name] == knob.default for knob in settings.knobs.values())
        self.found = dict.fromkeys(KNOWN, NOT_YET) if is_example else {}
        self.build()

    def build(self) -> None:
        """The graph of the present activation, and its operations."""
        self.ledger = network(self.settings.word("activation"), self.loss)
        self.round = operations(self.ledger, self.biases)
        self.stride = len(self.round)
        self.learned = [name for phase, name in self.round if phase == "update"]
        self.known: dict[str, float] = {}

    def put(self, w: Array) -> None:
        """Write weights and inputs into the graph."""
        given = {name: self.settings.number(name) for name in GIVEN}
        self.ledger.put({**dict(zip(NAMES, w.tolist(), strict=True)), **given})

    def numbers(self) -> dict[str, float]:
        """Every value and slope of this round, reckoned when first asked for."""
        if not self.known:
            self.put(self.began)
            self.known = {**self.ledger.values(), "η": self.settings.number("lr")}
        return self.known

    def error(self) -> float:
        """E with the weights as they are now."""
        self.put(self.w)
        return self.ledger.value()

    def step(self, count: int = 1) -> None:
        """Do `count` operations; only an update changes anything."""
        for _ in range(count):
            if self.at == self.stride:
                self.began[:], self.at, self.known = self.w, 0, {}
            phase, name = self.round[self.at]
            if phase == "update":
                known, j = self.numbers(), NAMES.index(name)
                (self.w[j],) = sgd(self.began[j], known[f"∂E/∂{name}"], 1, lr=known["η"])
            self.at += 1
            if self.at == self.stride:
                self.rounds += 1
                if self.rounds == 1 and self.found:
                    found = (self.numbers()["E"], self.w[4], self.w[0], self.error())
                    self.found = dict(zip(KNOWN, map(float, found), strict=True))

    def metrics(self) -> Mapping[str, float]:
        """The error now, and the steepest slope of this round."""
        slopes = [abs(self.numbers()[f"∂E/∂{name}"]) for name in self.learned]
        return {"error": self.error(), "steepest slope": max(slopes)}

    def status(self) -> Status:
        """As good as it can get, or a million times worse than it should be."""
        t = self.settings.number("t1")
        floor = -sum(q * log(q) for q in (t, 1 - t) if q > 0) if self.loss == SOFTMAX else 0.0
        error = self.error()
        if error - floor <= 1e-6:
            return "converged"
        return "running" if error < 1e6 else "diverged"

    def snapshot(self) -> State:
        """Weights now and at the round's beginning, and how far the round has come."""
        return {"w": self.w.copy(), "began": self.began.copy(), "at": self.at,
                "rounds": self.rounds, "found": dict(self.found)}  # fmt: skip

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        self.w[:], self.began[:], self.known = state["w"], state["began"], {}
        self.at, self.rounds, self.found = state["at"], state["rounds"], dict(state["found"])

    def turn(self, settings: Settings) -> None:
        """An edited value counts at once: this round is reckoned again with it."""
        before, self.settings, self.known = self.settings, settings, {}
        for name in EDITABLE:
            if settings[name] != before[name]:
                self.w[NAMES.index(name)] = settings.number(name)
                self.began[NAMES.index(name)] = settings.number(name)
        if settings["activation"] != before["activation"]:
            self.build()
        if not self.rounds:
            self.found = {}

    def differences(self) -> dict[str, float]:
        """The slope of every weight once more, by central differences."""
        self.put(self.began)
        return self.ledger.differences(NAMES)

    def oracles(self) -> tuple[Oracle, ...]:
        """The audit and the laws of the backward pass; for the example, its digits too."""
        known = self.numbers()
        gaps = [abs(g - known[f"∂E/∂{name}"]) for name, g in self.differences().items()]
        a, b, c, d = (known[f"∂E/∂w{k}"] for k in (5, 6, 7, 8))
        found = [
            Oracle("audit", 0, max(gaps) / max(1.0, known["E"]), 1e-7,
                   "reverse mode against central differences"),
            Oracle("g5·g8 − g6·g7", 0, (a * d - b * c) / max(a * a, b * b, c * c, d * d, 1e-99),
                   1e-9, "a layer’s slopes are δ times what came in: rank 1"),
        ]  # fmt: skip
        if self.loss == SOFTMAX:
            found += [Oracle(f"∂E/∂net_o{k}", known[f"p{k}"] - known[f"t{k}"],
                             known[f"∂E/∂net_o{k}"], 1e-9, "p − t")
                      for k in (1, 2)]  # fmt: skip
        found += [Oracle(name, KNOWN[name], self.found[name], 5e-9, "Mazur’s example")
                  for name in self.found]  # fmt: skip
        return tuple(found)

    def pictures(self) -> tuple[Picture, ...]:
        """The operation in full, the graph it belongs to, and the audit of every weight."""
        done = {f"{phase} {name}" for phase, name in self.round[: self.at]}
        return (self.now(), self.graph(done), self.table(done))

    def now(self) -> Text:
        """The operation just done: letters, numbers, result, meaning."""
        if not self.at:
            return Text("Operation", ("Only weights and inputs are known yet.",
                                      "One step does one operation."))  # fmt: skip
        (phase, name), known = self.round[self.at - 1], self.numbers()
        title, pad = f"{phase.capitalize()}: {self.at} of {self.stride}", " " * len(name)
        if phase == "update":
            j, slope = NAMES.index(name), known[f"∂E/∂{name}"]
            lines = (f"{name} ← {name} − η·∂E/∂{name}",
                     f"{pad} = {self.began[j]:.4g} − {number(known['η'])}·{number(slope)}",
                     f"{pad} = {self.w[j]:.9g}", "a step against the slope")  # fmt: skip
        else:
            lines = (f"{name} = {self.ledger.formula(name)}",
                     f"{pad} = {self.ledger.numbers(name, known)}", f"{pad} = {known[name]:.9g}",
                     next(why for start, why in WHY if name.startswith(start)))  # fmt: skip
        return Text(title, lines)

    def graph(self, done: set[str]) -> Graph:
        """All boxes; values and slopes appear as they become known."""
        known, names = self.numbers(), [name for phase, name in self.round if phase == "forward"]
        nodes, depth = [], list[int]()
        for name in names:
            sources = tuple(names.index(x) for x in self.ledger.uses(name) if x in names)
            value = f"{known[name]:.4g}" if f"forward {name}" in done else "…"
            slope = f"{known[f'∂E/∂{name}']:.4g}" if f"backward ∂E/∂{name}" in done else ""
            nodes.append(GraphNode(name, self.ledger.formula(name), value, slope, sources))
            depth.append(max((depth[j] + 1 for j in sources), default=0))
        at = self.round[max(self.at - 1, 0)][1].removeprefix("∂E/∂")
        current = names.index(BOX.get(at, at) if at in NAMES else at) if self.at else None
        return Graph("Values, and slopes ∇ of E", tuple(nodes), tuple(depth), current)

    def table(self, done: set[str]) -> Table:
        """Every weight with its slope, by reverse mode and by differences."""
        rows, known, measured = [], self.numbers(), self.differences()
        for name, value in zip(NAMES, self.w, strict=True):
            slope, check = known[f"∂E/∂{name}"], measured[name]
            seen = f"backward ∂E/∂{name}" in done
            rows.append((name, f"{value:.6f}", f"{slope:.8f}" if seen else "…", f"{check:.8f}",
                         f"{abs(slope - check):.0e}" if seen else "…"))  # fmt: skip
        at = self.round[max(self.at - 1, 0)][1].removeprefix("∂E/∂")
        header = ("", "value", "∂E/∂w", "difference", "error")
        current = NAMES.index(at) if at in NAMES and self.at else None
        return Table("Audit of the weights", header, tuple(rows), current)
