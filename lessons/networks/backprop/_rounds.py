"""The rounds of backpropagation on the 2-2-2 network: forward, backward, update, by operations."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from math import isnan, log
from typing import ClassVar

import numpy as np

from engine.array import Array
from engine.optim import sgd
from lessons.kit.experiment import ProcessExperiment, Status, derived
from lessons.kit.knobs import Choice, Slider, Switch
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.networks.backprop._network import (
    GIVEN,
    KNOWN,
    LOSSES,
    NAMES,
    SHAPES,
    SIGMOID,
    SQUARED,
    START,
    SUMS,
    forward,
    network,
    operations,
)

H = 1e-5
"""The step of the central differences."""
CURRENT = "current"
NO_WEIGHTS = np.full(len(NAMES), np.nan)


class Weight(Slider):
    """Sets a weight, also one that has learned since: a turn there and back leaves a trace."""

    merges: ClassVar[bool] = False


def weight(name: str) -> Weight:
    """The slider of a weight or a bias."""
    return Weight(name, START[name], -10, 10, notches=200, help=f"Sets {name}, also in mid-run.")


def given(name: str) -> Slider:
    """The slider of an input."""
    return Slider(name, GIVEN[name], -2, 2, notches=80, help="An input of the only example.")


class AbstractRounds(ProcessExperiment):
    """One operation per step, round after round.

    `w` are the weights now; `began` those with which this round began, from which its values and
    slopes follow; `at` counts the operations done in this round. `past` are the weights before the
    last whole round in which no knob was turned, NaN if there is none; `is_clean` says that this
    round may become such a one; `found` are the numbers of Mazur's example.
    """

    lr = Slider("learning rate", 0.5, 0.01, 10, log=True, symbol="η",
                help="How far an update goes against the slope.")  # fmt: skip
    activation = Choice("activation", tuple(SHAPES), help="What a neuron does to its weighted sum.")
    loss = Choice("loss", LOSSES, help="How wrong the outputs are, as one number.")
    biases = Switch("learn biases", help="Update b1 and b2 as well.")
    look = Choice("look at", (CURRENT, *GIVEN, "t2", *SUMS, "E", *NAMES), display_only=True,
                  help="Whose formulas to show: pick it in the network.")  # fmt: skip
    t1 = Slider("target of o1", GIVEN["t1"], 0, 1, notches=100, symbol="t1",
                help="What o1 should give; o2 should give the rest, 1 − t1.")  # fmt: skip
    i1, i2 = given("i1"), given("i2")
    w1, w2, w3, w4, w5, w6, w7, w8 = (weight(f"w{k}") for k in range(1, 9))
    b1, b2 = weight("b1"), weight("b2")

    state_names = ("w", "began", "at", "past", "is_clean", "found")
    unit = "operation"
    budget = 35_000

    def begin(self) -> None:
        """The weights of the knobs, and nothing done yet."""
        self.w = np.array([self.values[name] for name in NAMES])
        self.build()
        self.past, self.found = NO_WEIGHTS, self.expected()

    def build(self) -> None:
        """Build the graph of the present activation and loss; the round starts again."""
        self.worksheet = network(self.activation, self.loss)
        self.round = operations(self.worksheet, self.biases)
        self.stride, self.at, self.is_clean, self.began = len(self.round), 0, True, self.w.copy()
        self.learned = np.array([self.biases or name[0] == "w" for name in NAMES])

    def expected(self) -> dict[str, float]:
        """What is to be measured of Mazur's example, if this is its start."""
        is_example = all(
            knob.display_only or knob.equal(self.values[name], knob.default)
            for name, knob in self.knobs.items()
        )
        return dict.fromkeys(KNOWN, NOT_YET) if is_example and not self.steps else {}

    def computed(self, w: Array) -> dict[str, float]:
        """Every value and slope at some weights, by the engine."""
        given = {name: float(self.values[name]) for name in GIVEN}
        self.worksheet.put({**dict(zip(NAMES, w.tolist(), strict=True)), **given})
        return self.worksheet.values()

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

    def metrics(self) -> Mapping[str, float]:
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

    @property
    def is_made(self) -> bool:
        """Whether a whole round was made, without a turn since it began."""
        return not np.isnan(self.past).any()

    def plain(self, w: Array) -> tuple[Array, Array, Array]:
        """Nets, outs and error at some weights, without the engine."""
        with np.errstate(all="ignore"):
            i, t = np.array([self.i1, self.i2]), np.array([self.t1, 1 - self.t1])
            return forward(w, i, t, self.activation, self.loss)

    def differences(self, w: Array) -> Array:
        """The slope of E along every weight without any derivative: (E(w + h) − E(w − h)) / 2h."""
        E = self.plain(w + H * np.concatenate([np.eye(len(w)), -np.eye(len(w))]))[2]
        return np.asarray((E[: len(w)] - E[len(w) :]) / (2 * H))

    @abstractmethod
    def oracles(self) -> Iterable[Oracle]:
        """Whether the update just made is the one that theory asks for."""
