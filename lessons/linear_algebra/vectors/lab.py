"""Two arrows to move, and what many dimensions do to angles."""

from collections.abc import Iterator, Mapping
from math import atan2, cos, degrees, hypot, inf, lgamma, pi, sqrt

import numpy as np

from engine.array import Array
from engine.explain import number
from engine.linalg import ball_share, directions, gram_schmidt_steps
from engine.linalg.norms import angle, cosine, norm, orthogonality, project
from engine.linalg.orthogonal import QR, ProjectionStep
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import Chart, ProcessExperiment, StaticExperiment, derived, view
from lessons.kit.knobs import Choice, Integer, Point, Slider, Switch
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import (
    Arrow,
    Bars,
    Cells,
    Histogram,
    Path,
    Plane,
    Series,
    Spot,
    Table,
)

STAR = (5.0, 0.0)
"""The point to be reached as 2 a − b."""
AREAS = {"1": 2.0, "2": pi, "inf": 4.0}
"""Of the unit balls in the plane."""
EPS = 2.0**-52
"""The precision of floating-point numbers."""
PAIRS, BINS, ENOUGH = 20, 40, 2000
"""Pairs drawn per step; bins; pairs after which their spread is known well enough."""


def number_row(name: str, value: float, how: str) -> tuple[str, str, str]:
    """A row of a table of numbers, where 4e-16 is a 0 that was rounded."""
    return name, f"{round(value, 12) + 0.0:.4g}", how


class Combine(StaticExperiment):
    """x a + y b, tip to tail."""

    a = Point("tip of a", (3, 1), 5, help="Drag it, move it by arrow keys, or type two numbers.")
    b = Point("tip of b", (1, 2), 5, help="Drag it, move it by arrow keys, or type two numbers.")
    x = Slider("factor of a", 1, -3, 3, symbol="x", help="Makes a longer, shorter, or turns it.")
    y = Slider("factor of b", 1, -3, 3, symbol="y", help="Makes b longer, shorter, or turns it.")
    star = Switch("star", display_only=True, help="Show a place to be reached.")

    @derived
    def total(self) -> Array:
        """x a + y b."""
        return np.asarray(np.round(self.x * self.a + self.y * self.b, 12) + 0.0)

    @view
    def plane(self) -> Plane:
        """Both arrows, their multiples tip to tail, and the sum."""
        u, v = self.x * self.a, self.y * self.b
        arrows = (
            Arrow("", u + v, u, tone=1, faint=True),
            Arrow("", u + v, v, tone=0, faint=True),
            Arrow("" if self.x == 1 else f"{self.x:g} a", u, tone=0, faint=True),
            Arrow("" if self.y == 1 else f"{self.y:g} b", v, tone=1, faint=True),
            Arrow("sum", self.total, tone=2),
            Arrow("a", self.a, tone=0, knob="a"),
            Arrow("b", self.b, tone=1, knob="b"),
        )
        spots = (Spot(STAR, "star"),) if self.star else ()
        return Plane("x a + y b", (-7, 7, -5, 5), arrows=arrows, spots=spots)

    @view
    def sums(self) -> Table:
        """The same, coordinate by coordinate."""
        rows = [
            number_row(name, total, f"{number(self.x)}·{number(p)} + {number(self.y)}·{number(q)}")
            for name, p, q, total in zip("→↑", self.a, self.b, self.total, strict=True)
        ]
        return Table("Coordinate by coordinate", ("", "sum", "x a + y b"), tuple(rows))


class Ball(StaticExperiment):
    """All arrows that are as long as v, by three ways to measure."""

    v = Point("tip of v", (3, 4), 5, help="Drag it, move it by arrow keys, or type two numbers.")
    p = Choice("norm", ("2", "1", "inf"), symbol="p", help="How length is measured.")

    @derived
    def border(self) -> Array:
        """(200, 2): the border of the unit ball, one point per direction."""
        t = np.arange(200) * 2 * pi / 200
        ways = np.stack([np.cos(t), np.sin(t)], axis=1)
        return np.array([way / norm(way, float(self.p)) for way in ways])

    @view
    def plane(self) -> Plane:
        """v, the ball that reaches to it, and the unit ball."""
        size = norm(self.v, float(self.p))
        x, y = np.vstack([self.border, self.border[:1]]).T
        paths = (
            Path(f"length {size:.4g}", size * x, size * y, tone=2),
            Path("length 1", x, y, tone=4),
        )
        title = f"All arrows as long as v, p = {self.p.replace('inf', '∞')}"
        return Plane(
            title, (-9.6, 9.6, -7.2, 7.2), arrows=(Arrow("v", self.v, knob="v"),), paths=paths
        )

    @view
    def lengths(self) -> Table:
        """The three lengths of v."""
        x, y = abs(self.v)
        rows = (
            number_row("‖v‖₂", norm(self.v), f"√({x:.3g}² + {y:.3g}²)"),
            number_row("‖v‖₁", norm(self.v, 1), f"{x:.3g} + {y:.3g}"),
            number_row("‖v‖∞", norm(self.v, inf), f"max({x:.3g}, {y:.3g})"),
        )
        return Table("Lengths of v", ("", "", "from"), rows, ("2", "1", "inf").index(self.p))

    def oracles(self) -> Iterator[Oracle]:
        """The area inside the border that the norm draws."""
        x, y = self.border.T
        area = 0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))
        yield Oracle("area of the unit ball", AREAS[self.p], area, 1e-3, "2, π, 4 for p = 1, 2, ∞")


class Angle(StaticExperiment):
    """a·b, the angle between, and the shadow of a on b."""

    a = Point("tip of a", (3, 4), 5, help="Drag it, move it by arrow keys, or type two numbers.")
    b = Point("tip of b", (4, 3), 5, help="Drag it, move it by arrow keys, or type two numbers.")

    @property
    def dot(self) -> float:
        """a·b."""
        return float(self.a @ self.b)

    @property
    def is_flat(self) -> bool:
        """Whether one of the two is the zero vector, which has no direction."""
        return not (self.a.any() and self.b.any())

    @view
    def plane(self) -> Plane:
        """Both arrows; the shadow of a on b, and what is left of a at right angles to it."""
        arrows = [Arrow("a", self.a, knob="a"), Arrow("b", self.b, tone=1, knob="b")]
        if not self.is_flat:
            foot = project(self.a, self.b).along
            arrows += [Arrow("shadow", foot, tone=2), Arrow("", self.a, foot, 2, faint=True)]
        return Plane("a and b", (-7, 7, -5, 5), arrows=tuple(arrows))

    @view
    def products(self) -> Table:
        """The numbers."""
        (p, q), (r, s) = self.a, self.b
        rows = [number_row("a·b", self.dot, f"{number(p)}·{number(r)} + {number(q)}·{number(s)}"),
                number_row("‖a‖", norm(self.a), f"√({abs(p):.3g}² + {abs(q):.3g}²)"),
                number_row("‖b‖", norm(self.b), f"√({abs(r):.3g}² + {abs(s):.3g}²)")]  # fmt: skip
        if self.is_flat:
            return Table("Numbers", ("", "", "from"), (*rows, ("angle", "–", "0 has no direction")))
        rows += [number_row("cos", cosine(self.a, self.b), "a·b / (‖a‖ ‖b‖)"),
                 number_row("angle", degrees(angle(self.a, self.b)), "in degrees"),
                 number_row("shadow", abs(self.dot) / norm(self.b), "|a·b| / ‖b‖")]  # fmt: skip
        return Table("Numbers", ("", "", "from"), tuple(rows))

    def oracles(self) -> Iterator[Oracle]:
        """The angle by atan2, and Pythagoras."""
        if self.is_flat:
            return
        turn = atan2(self.a[1], self.a[0]) - atan2(self.b[1], self.b[0])
        yield Oracle("a·b", norm(self.a) * norm(self.b) * cos(turn), self.dot, 1e-9,
                     "‖a‖ ‖b‖ cos of the angle between", compare="absolute")  # fmt: skip
        between = degrees(pi - abs(pi - abs(turn) % (2 * pi)))
        yield Oracle("angle", between, degrees(angle(self.a, self.b)), 1e-6,
                     "the two compass directions", compare="absolute")  # fmt: skip
        parts = project(self.a, self.b)
        yield Oracle("‖a‖²", float(hypot(*self.a)) ** 2,
                     float(parts.along @ parts.along + parts.across @ parts.across), 1e-9,
                     "shadow² + rest², at a right angle")  # fmt: skip


class GramSchmidt(AlgorithmExperiment[ProjectionStep | QR]):
    """Two arrows become two directions at right angles."""

    a = Point("tip of a", (4, 2), 5, help="The arrow that keeps its direction.")
    b = Point("tip of b", (1, 4), 5, help="The arrow that loses its shadow on the first.")

    def records(self) -> Iterator[ProjectionStep | QR]:
        """Of the matrix with columns a and b."""
        return gram_schmidt_steps(np.stack([self.a, self.b], axis=1))

    @view
    def plane(self) -> Plane:
        """Both arrows, what became of them so far, and the last shadow."""
        at, Q = self.record, getattr(self.record, "Q", np.zeros((2, 2)))
        arrows = [Arrow("a", self.a, knob="a"), Arrow("b", self.b, tone=1, knob="b")]
        if isinstance(at, ProjectionStep) and at.kind == "subtract":
            shadow = at.coefficient * Q[:, at.against]
            arrows += [Arrow("shadow", shadow, tone=4), Arrow("rest", at.rest, tone=2)]
        arrows += [
            Arrow("q₁q₂"[2 * j : 2 * j + 2], q, tone=3) for j, q in enumerate(Q.T) if q.any()
        ]
        t = np.linspace(0, 2 * pi, 121)
        circle = Path("length 1", np.cos(t), np.sin(t), faint=True)
        return Plane("From a, b to q₁, q₂", (-7, 7, -5, 5), arrows=tuple(arrows), paths=(circle,))

    def oracles(self) -> Iterator[Oracle]:
        """Right angles, and the area that two arrows span."""
        if isinstance(self.record, QR):
            area = abs(float(self.a[0] * self.b[1] - self.a[1] * self.b[0]))
            # The closer to one line, the more digits are lost, by theory and in the run.
            bound = max(1e-9, 10 * EPS * norm(self.a) * norm(self.b) / area) if area else 0.1
            yield Oracle("q₁·q₂", 0, float(self.record.Q[:, 0] @ self.record.Q[:, 1]), bound,
                         "at right angles")  # fmt: skip
            yield Oracle("‖a‖ · what was left of b", area, float(np.prod(np.diag(self.record.R))),
                         bound, "the area a and b span, |a₁b₂ − a₂b₁|")  # fmt: skip


class Parallel(AlgorithmExperiment[ProjectionStep | QR]):
    """Three columns that differ by ε only."""

    eps = Slider("difference", 1e-9, 1e-12, 1, log=True, symbol="ε", help="How far apart they are.")
    way = Choice("way", ("classical", "modified"), help="Shadows of the column as it came, or of "
                 "what is left of it.")  # fmt: skip

    def records(self) -> Iterator[ProjectionStep | QR]:
        """Of Läuchli's columns."""
        columns = np.vstack([np.ones(3), self.eps * np.eye(3)])
        return gram_schmidt_steps(columns, modified=self.way == "modified")

    @derived
    def products(self) -> Array:
        """QᵀQ so far."""
        Q = getattr(self.record, "Q", np.zeros((4, 3)))
        return np.asarray(Q.T @ Q)

    @view
    def cosines(self) -> Cells:
        """QᵀQ: what should be 1 on the diagonal and 0 elsewhere."""
        names = ("q₁", "q₂", "q₃")
        shown = np.where(abs(self.products) < 1e-13, 0.0, self.products)  # but for rounding
        return Cells("QᵀQ: should be 1 and 0", shown, names, names, bound=1.0)

    def oracles(self) -> Iterator[Oracle]:
        """What rounding does to each way: below 1e-8, 1 + ε² is 1."""
        if not isinstance(self.record, QR):
            return
        if self.way == "classical" and self.eps <= 1e-9:
            yield Oracle("q₂·q₃", 0.5, float(self.products[1, 2]), 1e-3,
                         "ε² is lost beside 1: both lose the same shadow")  # fmt: skip
        kappa, power = sqrt(3) / self.eps, 2 if self.way == "classical" else 1
        bound = max(10 * EPS * kappa**power, 1e-14)
        if bound <= 0.1:
            worst = orthogonality(self.record.Q)
            yield Oracle("largest cosine", 0, worst, bound, f"rounding · κ{'²' * (power - 1)}",
                         compare="absolute")  # fmt: skip


class Directions(ProcessExperiment):
    """Pairs of directions drawn evenly from all in d dimensions."""

    d = Integer("dimensions", 3, 2, 1000, symbol="d", rebuilds=True, help="Numbers in a vector.")
    state_names = ("counts", "sums")
    unit, budget = "draw", 500
    charts = {"spread": Chart("Spread of the cosines", ("std", "1/√d"))}
    edges = np.linspace(-1, 1, BINS + 1)

    def begin(self) -> None:
        """Nothing drawn yet."""
        self.counts, self.sums = np.zeros(BINS), np.zeros(4)

    def step(self) -> None:
        """Twenty pairs, and the cosine of each."""
        u, v = directions(2 * PAIRS, self.d, rng=self.rng).reshape(2, PAIRS, self.d)
        c = np.clip((u * v).sum(axis=1), -1, 1)
        self.counts = self.counts + np.histogram(c, self.edges)[0]
        near = np.count_nonzero(abs(np.degrees(np.arccos(c)) - 90) < 10)
        self.sums = self.sums + np.array([len(c), c.sum(), c @ c, near])

    def metrics(self) -> Mapping[str, float]:
        """Mean and spread of the cosines, and the share within 10° of a right angle."""
        _, total, square, near = self.sums / max(self.sums[0], 1)
        spread = sqrt(max(square - total**2, 0.0))
        return {
            "std": spread,
            "1/√d": 1 / sqrt(self.d),
            "mean": float(total),
            "near 90°": float(near),
        }

    def oracles(self) -> Iterator[Oracle]:
        """The spread, and the mean."""
        n, now = self.sums[0], self.metrics()
        known = n >= ENOUGH
        yield Oracle("std of the cosine", 1 / sqrt(self.d), now["std"] if known else NOT_YET, 0.08,
                     "1/√d", due=bool(known))  # fmt: skip
        yield Oracle("mean", 0, now["mean"] if known else NOT_YET,
                     5 / sqrt(self.d * max(n, ENOUGH)), "as often sharp as blunt; 5 σ",
                     due=bool(known))  # fmt: skip

    @view
    def cosines(self) -> Histogram:
        """How often each cosine came, and its density by theory: the mean over each bin."""
        turn = np.arccos(-self.edges)  # of −cos φ; φ has a density in proportion to sin φ to d − 2
        within = turn[:-1, None] + np.diff(turn)[:, None] * (np.arange(50) + 0.5) / 50
        log = lgamma(self.d / 2) - lgamma((self.d - 1) / 2) - 0.5 * np.log(pi)
        shares = np.exp(log + (self.d - 2) * np.log(np.sin(within))).mean(axis=1) * np.diff(turn)
        y = shares / np.diff(self.edges)
        middles = (self.edges[:-1] + self.edges[1:]) / 2
        x, y = np.array([-1, *middles, 1]), np.array([y[0], *y, y[-1]])
        density = Series("theory", x, y, predicted=True)
        return Histogram(f"Cosines in {self.d} dimensions", self.edges, self.counts, density, "cos")

    @view
    def balls(self) -> Bars:
        """What share of its cube a ball fills."""
        shown = (*range(2, 11), 12, 15, 20)
        lit = tuple(i for i, d in enumerate(shown) if d == self.d)
        values = [ball_share(d) for d in shown]
        return Bars("The ball’s share, by d", tuple(map(str, shown)), values, lit=lit)


def some_arrow(rng: np.random.Generator) -> Mapping[str, float]:
    """An arrow whose three lengths differ."""
    x, y = rng.choice([[3, -4], [-6, 8], [5, -12], [-8, 6], [-4, -3]])
    return {"x": float(x), "y": float(y)}


def some_pair(rng: np.random.Generator) -> Mapping[str, float]:
    """Two arrows, the second of an integer length other than 1."""
    r, s = rng.choice([[3, 4], [4, 3], [6, 8], [8, 6], [12, 5]])
    p, q = rng.choice([[2, 1], [1, 5], [7, 2], [3, 6]])
    return {"p": float(p), "q": float(q), "r": float(r), "s": float(s)}


def dot_of(v: Mapping[str, float]) -> float:
    """The dot product of a pair."""
    return v["p"] * v["r"] + v["q"] * v["s"]


def is_right(lab: Angle) -> bool:
    """Whether a and b, neither of them short, stand at right angles."""
    long = min(norm(lab.a), norm(lab.b)) >= 1
    return long and abs(cosine(lab.a, lab.b)) < 1e-9


checks = {
    "star": Goal(
        reached=lambda lab: np.allclose(lab.total, STAR, atol=0.05), free=("x", "y"),
        progress=lambda lab: f"the sum is ({lab.total[0]:.3g}, {lab.total[1]:.3g})",
        answer={"x": 2, "y": -1},
    ),
    "manhattan": Numeric(
        vary=some_arrow, answer=lambda v: norm([v["x"], v["y"]], 1),
        wrong=(lambda v: hypot(v["x"], v["y"]), lambda v: max(abs(v["x"]), abs(v["y"])),
               lambda v: v["x"] + v["y"]),
    ),
    "right": Goal(
        reached=is_right, free=("b",), answer={"b": "4, -3"},
        progress=lambda lab: f"a·b is {round(lab.dot, 12) + 0.0:.3g}",
    ),
    "shadow": Numeric(
        vary=some_pair, answer=lambda v: dot_of(v) / hypot(v["r"], v["s"]),
        wrong=(dot_of, lambda v: dot_of(v) / hypot(v["r"], v["s"]) ** 2,
               lambda v: dot_of(v) / hypot(v["p"], v["q"])),
    ),
    "lost": Prediction(
        lab=Parallel, scene={"eps": 1e-9}, steps=100,
        outcome=lambda lab: int(np.searchsorted([0.01, 0.99], abs(lab.products[1, 2]))),
    ),
    "far": Prediction(
        lab=Directions, scene={"d": 1000}, steps=100,
        outcome=lambda lab: int(np.searchsorted([0.2, 0.8], lab.metrics()["near 90°"])),
    ),
}  # fmt: skip
