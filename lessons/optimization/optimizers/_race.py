"""Races: sgd, momentum and Adam start at one place and make one update each a step."""

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from engine.array import Array
from engine.explain import number
from engine.optim import OPTIMIZERS, adam
from engine.parameters import ParamSpec, flatten
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor
from engine.training import Evaluator, OptimizerState
from lessons.kit.experiment import Chart, ProcessExperiment, Status, view
from lessons.kit.knobs import Choice, Slider
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Table, Text
from lessons.kit.state import State, copy_state, restore_state
from lessons.kit.trajectory import Trajectory

KNOBS: Mapping[str, Mapping[str, str]] = {
    "sgd": {"lr": "lr_sgd"},
    "momentum": {"lr": "lr_momentum", "beta": "beta"},
    "adam": {"lr": "lr_adam", "beta1": "beta1", "beta2": "beta2"},
}
"""Who races, and which knob is which setting of the rule."""
STAGES: Mapping[str, tuple[str, ...]] = {
    "sgd": ("step = −η·g", "     = −{lr}·{g} = {step}"),
    "momentum": ("v ← β·v + g", "  = {beta}·{v_old} + {g} = {v}",
                 "step = −η·v", "     = −{lr}·{v} = {step}"),
    "adam": ("m ← β₁·m + (1−β₁)·g", "  = {beta1}·{m_old} + {a1}·{g} = {m}",
             "v ← β₂·v + (1−β₂)·g²", "  = {beta2}·{v_old} + {a2}·{g}² = {v}",
             "m̂ = m/(1−β₁ᵗ) = {m}/{c1} = {m_hat}", "v̂ = v/(1−β₂ᵗ) = {v}/{c2} = {v_hat}",
             "step = −η·m̂/(√v̂ + ε)", "     = −{lr}·{m_hat}/{root} = {step}"),
}  # fmt: skip
"""An update of each, in letters and in numbers."""
RESULT = re.compile(r"= \((\S+)\)$")
"""A negative number at a line's end, which needs no brackets."""
FAR = 1e4
"""How many times farther than all there is to see one has gone when it has flown apart."""
KEPT = ("optimizer", "trail", "factors", "first", "arrived", "out")


class Entrant:
    """One optimizer on its way. It rests where it has arrived, or once it has flown apart.

    `factors` are those by which its last updates multiplied its coordinates on the map, and `first`
    its first step in units of η; NaN where there is none. `arrived` and `out` count updates.
    """

    def __init__(self, name: str, race: "AbstractRace") -> None:
        self.rule, self.race = OPTIMIZERS[name], race
        chosen = {key: race.values[knob] for key, knob in KNOBS[name].items()}
        self.optimizer = OptimizerState(race.spec, race.start, self.rule(**chosen))
        params = self.optimizer.params()
        pairs, _ = self.optimizer.updates(race.loss_of(params), params)
        self.update, self.w = Program([], updates=pairs).run, self.optimizer.w.value
        self.first, self.factors = np.full_like(self.w, np.nan), np.full(2, np.nan)
        self.trail = Trajectory(race.place(self.w))
        self.out: int | None = None
        self.arrived = 0 if race.left(self.w) <= race.near else None

    @property
    def updates(self) -> int:
        """How many it has made."""
        return int(self.optimizer.t.value)

    @property
    def is_racing(self) -> bool:
        """Whether it has neither arrived nor flown apart."""
        return self.arrived is None and self.out is None

    @property
    def fate(self) -> str:
        """Whether it has arrived, in a word or two."""
        if self.out is not None:
            return f"out at {self.out}"
        return "not yet" if self.arrived is None else f"★ {self.arrived}"

    def step(self) -> None:
        """One update; one that leads out of sight is taken back."""
        before = self.w.copy()
        self.update()
        if not abs(self.w).max() < FAR * self.race.span:  # so that NaN is out as well
            self.w[:], self.out = before, self.updates
            return
        if self.updates == 1:
            self.first = (before - self.w) / self.optimizer.hyperparameters["lr"].value
        was, now = self.race.place(before), self.race.place(self.w)
        # A coordinate far below the other one drowns in its rounding.
        known = abs(was) > 1e-6 * abs(was).max()
        self.factors = np.where(known, now / was, self.factors)
        self.trail.append(now)
        if self.race.left(self.w) <= self.race.near:
            self.arrived = self.updates

    def turn(self, key: str, value: float) -> None:
        """Another hyperparameter from the next update on; what was measured before is void."""
        self.optimizer.set(key, value)
        self.factors = np.full(2, np.nan)

    def next(self) -> tuple[Array, dict[str, float]]:
        """The step to come, and all numbers of it along the first weight, by the rule itself."""
        t, g = self.updates + 1, self.race.look(self.w)[1]
        state: dict[str, Array] = self.optimizer.snapshot()["state"]
        s = {name: value.item() for name, value in self.optimizer.hyperparameters.items()}
        with np.errstate(all="ignore"):
            w, *new = self.rule(self.w, g, t, *state.values(), **s)
        step = w - self.w
        parts = {"g": g, "step": step, **{f"{name}_old": old for name, old in state.items()},
                 **dict(zip(state, new, strict=True))}  # fmt: skip
        n = s | {name: float(part[0]) for name, part in parts.items()}
        if "beta2" in n:
            n |= {"a1": 1 - n["beta1"], "a2": 1 - n["beta2"]}
            n |= {"c1": 1 - n["beta1"] ** t, "c2": 1 - n["beta2"] ** t}
            n |= {"m_hat": n["m"] / n["c1"], "v_hat": n["v"] / n["c2"]}
            n["root"] = n["v_hat"] ** 0.5 + n["eps"]
        return step, n

    def snapshot(self) -> State:
        """Everything its future depends on, copied."""
        return {name: copy_state(getattr(self, name)) for name in KEPT}

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        for name in KEPT:
            setattr(self, name, restore_state(getattr(self, name), state[name]))


def learning_rate(owner: str, default: float) -> Slider:
    """The learning rate of one of the three."""
    return Slider(f"rate of {owner}", default, 1e-5, 10, log=True, notches=240, symbol="η",
                  help=f"The learning rate of {owner}.")  # fmt: skip


class AbstractRace(ProcessExperiment):
    """What all races share.

    `near` is the share of the way at which one has arrived, `span` the size of all there is to see,
    `coordinate` what the first weight is called.
    """

    lr_sgd = learning_rate("sgd", 0.015)
    lr_momentum = learning_rate("momentum", 0.01)
    beta = Slider("momentum", 0.9, 0, 0.99, notches=99, symbol="β",
                  help="How much of its velocity momentum keeps.")  # fmt: skip
    lr_adam = learning_rate("adam", 0.05)
    beta1 = Slider("Adam’s memory", 0.9, 0, 0.999, symbol="β₁",
                   help="How long Adam remembers gradients.")  # fmt: skip
    beta2 = Slider("Adam’s scale", 0.999, 0, 0.9999, symbol="β₂",
                   help="How long Adam remembers squares of gradients.")  # fmt: skip
    focus = Choice("look inside", ("adam", "momentum", "sgd"), display_only=True,
                   help="Whose update to open up.")  # fmt: skip
    charts = {"loss": Chart("Loss above the minimum", tuple(KNOBS), log=True)}
    state_names = ("entrants", "changed")
    unit = "update"
    budget = 2000
    near: ClassVar[float] = 1e-6
    coordinate: ClassVar[str] = "x"
    spec = ParamSpec({"w": (2,)})
    start: Array
    span: float

    @abstractmethod
    def loss_of(self, params: Mapping[str, Tensor]) -> Tensor:
        """What is to be made small; its least value is 0."""

    @abstractmethod
    def left(self, w: Array) -> float:
        """The share of the way that is left at w."""

    def place(self, w: Array) -> Array:
        """Where w lies on the map."""
        return w[:2]

    def line_up(self) -> None:
        """Put all three at `start`, which is known by now, as are `span` and `spec`."""
        self.here = self.start.copy()

        def look(params: Mapping[str, Tensor]) -> list[Tensor]:
            loss = self.loss_of(params)
            return [loss, flatten(grad(loss, list(params.values())))]

        self.evaluator = Evaluator(self.here, self.spec, look)
        self.entrants = {name: Entrant(name, self) for name in KNOBS}
        self.changed = False

    def look(self, w: Array) -> tuple[float, Array]:
        """Loss and gradient at w."""
        self.here[:] = w
        loss, g = self.evaluator()
        return float(loss), g.copy()

    def step(self) -> None:
        """An update of each that is still on its way."""
        with np.errstate(all="ignore"):
            for one in self.entrants.values():
                if one.is_racing:
                    one.step()

    def turned(self, name: str) -> None:
        """Another setting for the one whose it is."""
        self.changed = self.changed or self.steps > 0
        for owner, knobs in KNOBS.items():
            for key in (key for key, knob in knobs.items() if knob == name):
                self.entrants[owner].turn(key, self.values[name])

    def metrics(self) -> Mapping[str, float]:
        """The loss of each; of one that has flown apart, the last before it did."""
        return {name: self.look(one.w)[0] for name, one in self.entrants.items()}

    @property
    def status(self) -> Status:  # type: ignore[override]
        """Over when nobody is on the way any more."""
        if any(one.is_racing for one in self.entrants.values()):
            return "running"
        return "diverged" if all(one.out for one in self.entrants.values()) else "converged"

    def oracles(self) -> Iterator[Oracle]:
        """What Adam must do on any ground."""
        one, h = self.entrants["adam"], np.zeros_like(self.start)
        h[0] = 1e-5 * max(1.0, abs(self.start[0]))
        above, below = self.look(self.start + h)[0], self.look(self.start - h)[0]
        g = (above - below) / (2 * h[0])
        if abs(above - below) > 1e-10 * (above + below):  # else g is all rounding
            yield Oracle("Adam’s first step / η", g / (abs(g) + adam.hyperparameters["eps"]),
                         float(one.first[0]), 1e-3, "g/(|g| + ε)", due=one.updates > 0,
                         compare="absolute")  # fmt: skip

    @view
    def standings(self) -> Table:
        """Who is where, and how long each one’s next step is."""
        rows = []
        for name, one in self.entrants.items():
            step = f"{np.linalg.norm(one.next()[0]):.2g}" if one.is_racing else "–"
            rows.append((name, f"{self.left(one.w):.2g}", step, one.fate))
        lit = list(self.entrants).index(self.focus)
        return Table("Standings", ("", "left", "step", "arrived"), tuple(rows), lit, pick="focus")

    @view
    def inside(self) -> Text:
        """The next update, in letters and numbers, along the first weight."""
        one, x = self.entrants[self.focus], self.coordinate
        title = f"Update {one.updates + 1} of {self.focus}, along {x}"
        if not one.is_racing:
            return Text(title, ("There is none: its race is over.",))
        n, now = one.next()[1], float(one.w[0])
        texts = {name: number(value) for name, value in n.items()}
        lines = [RESULT.sub(r"= \1", line.format(**texts)) for line in STAGES[self.focus]]
        end = f"{x} ← {x} + step = {now:.4g} + {texts['step']} = {now + n['step']:.6g}"
        return Text(title, (f"g = ∂f/∂{x} = {n['g']:.4g}", "", *lines, "", end))

    @view
    def rule(self) -> Text:
        """The rule as the engine has it, without its docstring."""
        head, _, body = self.entrants[self.focus].rule.source.split('"""')
        lines = (*head.rstrip().splitlines(), *body.strip("\n").splitlines())
        return Text(f"The rule {self.focus}", tuple(line.split("  #")[0] for line in lines))
