"""The simulation of optimizers: three rules race from one start, on a surface or a network."""

from collections import deque
from collections.abc import Mapping
from functools import cache, lru_cache
from math import isfinite

import numpy as np

from engine.array import Array
from engine.explain import number
from engine.optim import OPTIMIZERS, Rule, adam
from engine.reverse import grad
from engine.tensor import Tensor
from engine.training import Training
from lessons.kit.knobs import Settings
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Field, Path, Picture, Points, Table, Text
from lessons.kit.simulation import AbstractSimulation, State, Status
from lessons.optimization._ground import ARRIVED, Ground

SETTINGS: Mapping[str, Mapping[str, str]] = {
    "sgd": {"lr": "lr_sgd"},
    "momentum": {"lr": "lr_momentum", "beta": "beta"},
    "adam": {"lr": "lr_adam", "beta1": "beta1", "beta2": "beta2"},
}
"""Who races, and which knob is which setting of the rule."""
CURVATURES = (1.0, 100.0)
"""Those of the valley along its axes."""
TOO_FAR = 1e4
"""By what factor the loss must have grown for an entrant to be out."""
TRAIL, WINDOW = 400, 10


class Entrant:
    """One optimizer on its way: where it is, and at which update it arrived or went out, if ever.

    Having arrived it rests. Having lost itself it stays at its last good place. Neither ends the
    race of the others.
    """

    def __init__(self, rule: Rule, ground: Ground, settings: Settings) -> None:
        self.rule, self.ground, self.knobs = rule, ground, SETTINGS[rule.name]
        self.settings = {name: settings.number(knob) for name, knob in self.knobs.items()}
        self.training = Training(
            ground.layout, ground.start, ground.loss_of, rule, self.settings, ground.x, ground.y,
            batch=len(ground.x), rng=np.random.default_rng(0),  # all rows: nothing is drawn
        )  # fmt: skip
        self.w, self.loss = self.training.w, ground.start_loss
        self.trail: deque[Array] = deque([self.w[:2].copy()], maxlen=TRAIL)
        self.arrived = self.out = 0

    def step(self) -> None:
        """One update, unless its race is over."""
        if self.out or self.arrived:
            return
        before = self.w.copy()
        self.training.run(1)
        loss = self.ground.loss(self.w)
        if not loss < TOO_FAR * max(1.0, self.ground.start_loss):  # so that NaN is out as well
            self.w[:], self.out = before, self.training.updates
            return
        self.loss = loss
        self.trail.append(self.w[:2].copy())
        if self.ground.has_arrived(self.w, loss):
            self.arrived = self.training.updates

    def turn(self, settings: Settings) -> None:
        """The settings as the knobs now have them."""
        for name, knob in self.knobs.items():
            self.settings[name] = settings.number(knob)
            self.training.turn(name, self.settings[name])

    def snapshot(self) -> State:
        """The training’s state, and the way so far."""
        return {"training": self.training.snapshot(), "trail": np.array(self.trail),
                "loss": self.loss, "arrived": self.arrived, "out": self.out}  # fmt: skip

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        self.training.restore(state["training"])
        self.trail = deque(state["trail"].copy(), maxlen=TRAIL)
        self.loss, self.arrived, self.out = state["loss"], state["arrived"], state["out"]

    def next(self) -> tuple[Array, Array, list[Array], list[Array]]:
        """The update to come, by the very rule: its step, gradient, memory before and after."""
        state, g = self.training.snapshot(), self.ground.gradient(self.w)
        memory = [state[name] for name in self.rule.memory]
        t = self.training.updates + 1
        with np.errstate(all="ignore"):
            w, *after = self.rule(self.w, g, t, *memory, **self.settings)
        return w - self.w, g, memory, after

    def fate(self) -> str:
        """How it stands, in a word or two."""
        if self.out:
            return f"out at {self.out}"
        return f"arrived {self.arrived}" if self.arrived else "under way"


class Race(AbstractSimulation):
    """SGD, momentum and Adam from one start, one update each a step."""

    unit = "update"

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        self.settings, self.ground = settings, Ground(settings, rng)
        self.entrants = {name: Entrant(OPTIMIZERS[name], self.ground, settings)
                         for name in SETTINGS}  # fmt: skip
        self.steady, self.turned = 0, False
        self.first = {"predicted": NOT_YET, "measured": NOT_YET}
        self.growth = NOT_YET

    def step(self, count: int = 1) -> None:
        """`count` updates of every entrant that is still under way."""
        sgd, third = self.entrants["sgd"], self.entrants["adam"]
        for _ in range(count):
            is_first, x = third.training.updates == 0, float(sgd.w[0])
            if is_first:
                self.foresee(third)
            for entrant in self.entrants.values():
                entrant.step()
            if is_first:
                self.first["measured"] = abs(float(third.w[0] - self.ground.start[0]))
            if self.ground.name == "saddle" and 0 < abs(x) < 0.05 and not sgd.out:
                self.growth = float(sgd.w[0]) / x
        self.steady += count

    def foresee(self, third: Entrant) -> None:
        """Adam’s first step as its formula has it."""
        g, eps = abs(float(self.ground.gradient(third.w)[0])), adam.settings["eps"]
        self.first["predicted"] = third.settings["lr"] * g / (g + eps)

    def metrics(self) -> Mapping[str, float]:
        """Each one's loss above the minimum; of one that is out, the last before it was."""
        return {name: entrant.loss for name, entrant in self.entrants.items()}

    def status(self) -> Status:
        """Over when nobody is under way any more."""
        if all(entrant.out for entrant in self.entrants.values()):
            return "diverged"
        done = all(entrant.out or entrant.arrived for entrant in self.entrants.values())
        return "converged" if done else "running"

    def snapshot(self) -> State:
        """All entrants, and what was measured on the way."""
        entrants = {name: entrant.snapshot() for name, entrant in self.entrants.items()}
        return {"entrants": entrants, "steady": self.steady, "turned": self.turned,
                "first": dict(self.first), "growth": self.growth}  # fmt: skip

    def restore(self, state: State) -> None:
        """Go back to a snapshot."""
        for name, entrant in self.entrants.items():
            entrant.restore(state["entrants"][name])
        self.steady, self.turned = state["steady"], state["turned"]
        self.first, self.growth = dict(state["first"]), state["growth"]

    def turn(self, settings: Settings) -> None:
        """New settings from the next update on."""
        is_focus_only = all(settings[name] == self.settings[name]
                            for name in settings if name != "focus")  # fmt: skip
        self.settings = settings
        if is_focus_only:
            return
        for entrant in self.entrants.values():
            entrant.turn(settings)
        self.turned = self.turned or self.steady > 0
        self.steady, self.growth = 0, NOT_YET

    def oracles(self) -> tuple[Oracle, ...]:
        """What each rule must do, as far as there is a formula for it."""
        found = [
            Oracle("adam’s first step", self.first["predicted"], self.first["measured"], 1e-6,
                   "η·|g| / (|g| + ε), along x"),
            Oracle("adam on x² from 1", 0.99000325, adam_on_a_square(), 1e-8,
                   "10 updates by the same rule, η = 0.001, beside the race"),
        ]  # fmt: skip
        if self.ground.name == "saddle":
            found.append(Oracle("sgd leaves by 1 + η", 1 + self.settings.number("lr_sgd"),
                                self.growth, 3e-3, "f ≈ −x²/2 along x near 0"))  # fmt: skip
        if self.ground.name == "valley":
            found += self.valley_oracles()
        return tuple(oracle for oracle in found if isfinite(oracle.predicted))

    def valley_oracles(self) -> list[Oracle]:
        """The rate of sgd, and how long the two linear rules need."""
        rate = max(abs(1 - self.settings.number("lr_sgd") * c) for c in CURVATURES)
        found = [Oracle("sgd’s rate max|1−ηλ|", rate, self.measured_rate(), 0.02,
                        "the slowest part sets the pace")]  # fmt: skip
        for name in ("sgd", "momentum"):
            entrant = self.entrants[name]
            steps = steps_on_valley(tuple(self.ground.start.tolist()), entrant.settings["lr"],
                                    entrant.settings.get("beta", 0.0))  # fmt: skip
            measured = entrant.arrived if entrant.arrived and not self.turned else NOT_YET
            found.append(Oracle(f"{name}’s steps to 1e-6", steps, measured, 0.01,
                                "from the roots of z² − (1 + β − ηλ) z + β"))  # fmt: skip
        return found

    def measured_rate(self) -> float:
        """The mean factor of sgd’s distance over its last steps, once the slowest part rules."""
        trail, sgd = self.entrants["sgd"].trail, self.entrants["sgd"]
        over = sgd.out or (sgd.arrived and self.turned)
        if over or self.steady < 5 * WINDOW or len(trail) <= WINDOW:
            return NOT_YET
        now, then = (float(np.hypot(*trail[i])) for i in (-1, -1 - WINDOW))
        return (now / then) ** (1 / WINDOW) if now > 0 else NOT_YET

    def pictures(self) -> tuple[Picture, ...]:
        """The ground, the standings, one update from inside, and the rule that makes it."""
        entrant = self.entrants[self.settings.word("focus")]
        return (self.scenery(entrant), self.standings(), self.inside(entrant), source(entrant.rule))

    def scenery(self, entrant: Entrant) -> Field:
        """All ways from above; of the network, what the chosen optimizer has made of it."""
        ground = self.ground
        if ground.name == "network":
            (x, y), labels = ground.x.T, ground.y[:, 0].astype(int)
            return Field(f"the network of {entrant.rule.name}", ground.outputs(entrant.w)[0],
                         ground.extent, points=(Points(x, y, labels),), diverging=True)  # fmt: skip
        paths = []
        for tone, (name, one) in enumerate(self.entrants.items()):
            x, y = np.array(one.trail).T
            paths.append(Path(f"{name} (out)" if one.out else name, x, y, tone))
        return Field(f"{ground.name} from above", ground.map, ground.extent, paths=tuple(paths),
                     targets=tuple(ground.minima), contours=True)  # fmt: skip

    def standings(self) -> Table:
        """Who is where, and how the next step compares with the slope it stands on."""
        rows = []
        for name, entrant in self.entrants.items():
            step, g, *_ = entrant.next()
            length, slope = float(np.linalg.norm(step)), float(np.linalg.norm(g))
            left = f"{self.ground.left(entrant.w, entrant.loss):.0e}"
            if self.ground.name == "network":
                left = f"{self.ground.outputs(entrant.w)[1]:.0%}"
            rows.append((name, f"{entrant.loss:.1e}", left, "–" if entrant.out else f"{length:.1e}",
                         f"{length / slope:.2g}" if slope and not entrant.out else "–",
                         entrant.fate()))  # fmt: skip
        middle = "right" if self.ground.name == "network" else "left"
        header = ("", "loss", middle, "step", "step/g", "")
        lit = list(self.entrants).index(self.settings.word("focus"))
        return Table("Standings", header, tuple(rows), lit)

    def inside(self, entrant: Entrant) -> Text:
        """The stages of the next update, in letters and numbers, for the first coordinate."""
        step, g, before, after = entrant.next()
        x = "w₁" if self.ground.name == "network" else "x"
        title = f"Inside update {entrant.training.updates + 1} of {entrant.rule.name}, along {x}"
        if entrant.out:
            return Text(title, (f"{entrant.rule.name} went out at update {entrant.out}.",))
        s, now, old, new = entrant.settings, float(entrant.w[0]), *(
            [float(part[0]) for part in parts] for parts in (before, after))  # fmt: skip
        slope, stride = float(g[0]), float(step[0])
        lines = [f"g = ∂f/∂{x} = {slope:.4g}"]
        if entrant.rule.name == "sgd":
            lines += ["step = −η·g", f"     = −{s['lr']:.4g}·{number(slope)} = {stride:.4g}"]
        elif entrant.rule.name == "momentum":
            lines += ["v ← β·v + g",
                      f"  = {s['beta']:.4g}·{number(old[0])} + {number(slope)} = {new[0]:.4g}",
                      "step = −η·v",
                      f"     = −{s['lr']:.4g}·{number(new[0])} = {stride:.4g}"]  # fmt: skip
        else:
            lines += adam_stages(s, entrant.training.updates + 1, slope, old, new)
            lines[-1] += f" = {stride:.4g}"
        lines.append(f"{x} ← {x} + step = {now:.4g} + {number(stride)} = {now + stride:.6g}")
        return Text(title, tuple(lines))


def adam_stages(
    s: Mapping[str, float], t: int, g: float, old: list[float], new: list[float]
) -> list[str]:
    """Adam’s update number t: memory before and after, and the two corrections for its start."""
    b1, b2, eta = s["beta1"], s["beta2"], s["lr"]
    m, v, c1, c2 = new[0], new[1], 1 - b1**t, 1 - b2**t
    m_hat, v_hat = m / c1, v / c2
    return [
        "m ← β₁·m + (1−β₁)·g",
        f"  = {b1:.4g}·{number(old[0])} + {1 - b1:.4g}·{number(g)} = {m:.4g}",
        "v ← β₂·v + (1−β₂)·g²",
        f"  = {b2:.4g}·{old[1]:.4g} + {1 - b2:.4g}·{number(g)}² = {v:.4g}",
        f"m̂ = m/(1−β₁ᵗ) = {number(m)}/{c1:.4g} = {m_hat:.4g}",
        f"v̂ = v/(1−β₂ᵗ) = {v:.4g}/{c2:.4g} = {v_hat:.4g}",
        "step = −η·m̂/(√v̂ + ε)",
        f"     = −{eta:.4g}·{number(m_hat)}/{v_hat**0.5:.4g}",
    ]


def source(rule: Rule) -> Text:
    """The rule as the engine has it, without its docstring."""
    head, _, body = rule.source.split('"""')
    lines = (*head.rstrip().splitlines(), *body.strip("\n").splitlines())
    return Text(f"The rule {rule.name}", tuple(line.split("  #")[0] for line in lines))


@cache
def adam_on_a_square(updates: int = 10, lr: float = 1e-3) -> float:
    """Where Adam is on x² after some updates from 1.

    >>> round(adam_on_a_square(), 8)
    0.99000325
    """
    x, m, v = 1.0, 0.0, 0.0
    for t in range(1, updates + 1):
        place = Tensor(x)
        (g,) = grad(place * place, [place])
        x, m, v = (float(part) for part in adam(x, g.item(), t, m, v, lr=lr))
    return x


@lru_cache(maxsize=64)
def steps_on_valley(start: tuple[float, float], lr: float, beta: float, most: int = 5000) -> float:
    """Steps of the heavy ball until a millionth of the way is left, without running it.

    Along an axis of curvature λ the error obeys e ← (1 + β − ηλ) e − β e_before, so it is a sum
    of k-th powers of the roots of z² − (1 + β − ηλ) z + β. With β = 0 this is gradient descent.

    >>> steps_on_valley((1.0, 1.0), 4 / 121, 81 / 121), steps_on_valley((1.0, 1.0), 2 / 101, 0.0)
    (93.0, 691.0)
    """
    k, left = np.arange(1, most + 1), np.zeros(most)
    with np.errstate(all="ignore"):
        for error, curvature in zip(start, CURVATURES, strict=True):
            r, q = np.roots([1, lr * curvature - 1 - beta, beta]).astype(complex)
            first = 1 - lr * curvature
            if abs(r - q) < 1e-9:
                e = (1 + k * ((first / r if r else 0) - 1)) * r**k
            else:
                e = ((first - q) * r**k - (first - r) * q**k) / (r - q)
            left += (error * np.abs(e)) ** 2
        there = left <= (ARRIVED**2) * sum(error**2 for error in start)
    return float(k[np.argmax(there)]) if there.any() else NOT_YET
