"""A secant becomes a tangent; what h costs; rules; Taylor polynomials; where there is no slope."""

from collections.abc import Iterator, Mapping
from math import inf, isfinite, log10, nan, sqrt

import numpy as np

from engine.calculus import DifferenceStep, difference_steps
from engine.calculus.differences import BestSteps
from lessons.calculus.derivatives._corner import Corner as Corner
from lessons.calculus.derivatives._function import (
    GRID,
    HELP,
    AbstractFunction,
    difference,
    mean_slope,
    shown,
    value,
    values,
)
from lessons.calculus.derivatives._graph import DerivativeGraph as DerivativeGraph
from lessons.calculus.derivatives._rules import Rules as Rules
from lessons.calculus.derivatives._taylor import DEGREE
from lessons.calculus.derivatives._taylor import Taylor as Taylor
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import FormulaInput, Integer, Point, Slider
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Curve, Mark, Path, Plane, Series, Spot, Table

EPS = 2.0**-52
"""The gap between 1 and the next floating-point number."""
FLOOR = 1e-18
"""Where an error of 0 is drawn, which has no logarithm."""
WAYS = ("forward", "central", "complex")


class Secant(AbstractFunction, StaticExperiment):
    """A line through two points of the graph."""

    p = Point("first point", (1, 1), 4, help="Where the slope is wanted: only its x counts.")
    q = Point("second point", (2, 4), 4, help="Drag it to the first: only its x counts.")

    @property
    def h(self) -> float:
        """How far the second point is to the right."""
        return float(self.q[0] - self.p[0])

    @property
    def slope(self) -> float:
        """Of the secant; NaN if there is none."""
        x = float(self.p[0])
        rise = value(self.f, x + self.h) - value(self.f, x)
        return rise / self.h if self.h else nan

    @view
    def plane(self) -> Plane:
        """The graph, the tangent, and the secant, whose points can be dragged."""
        x, title = float(self.p[0]), "The secant through p and q"
        y, ends = value(self.f, x), np.array([-4.0, 4.0])
        lines = (("tangent", value(self.f, x, 1), 4), ("secant", self.slope, 0))
        paths = [Path(name, ends, y + slope * (ends - x), tone)
                 for name, slope, tone in lines if isfinite(y + slope)]  # fmt: skip
        spots = [Spot((at, value(self.f, at)), name, tone, knob=name)
                 for name, at, tone in (("p", x, 1), ("q", x + self.h, 2))
                 if isfinite(value(self.f, at))]  # fmt: skip
        return Plane(title, self.extent, paths=(self.graph(), *paths), spots=tuple(spots),
                     equal=False)  # fmt: skip

    @view
    def numbers(self) -> Table:
        """The quotient and its parts."""
        x, h = float(self.p[0]), self.h
        near, far, tangent = value(self.f, x), value(self.f, x + h), value(self.f, x, 1)
        rows = (("h", shown(h), "from p to q"), ("rise", shown(far - near), "f(x + h) − f(x)"),
                ("secant", shown(self.slope), "rise / h"),
                ("tangent", shown(tangent), "f′(x)"),
                ("off by", shown(self.slope - tangent), "secant − tangent"))  # fmt: skip
        return Table(f"f = {self.f.text} at x = {x:g}", ("", "", ""), rows, 2)

    @view
    def quotients(self) -> Curve:
        """The slope of the secant against h: a hole at 0, and what belongs there."""
        x, h = float(self.p[0]), np.linspace(-2, 2, 81)
        h = h[h != 0]
        y = (values(self.f, x + h) - value(self.f, x)) / h
        tangent = value(self.f, x, 1)
        lines = (Series("secant", h, y), Series("tangent", (-2, 2), (tangent,) * 2, 4,
                                                predicted=True))  # fmt: skip
        marks = (Mark(self.h, "h"),) if abs(self.h) <= 2 else ()
        return Curve("Slope of the secant against h", lines, "h", marks=marks, is_run=False)

    def oracles(self) -> Iterator[Oracle]:
        """A secant is as steep as f is on average between its points."""
        x = float(self.p[0])
        mean = mean_slope(self.f, x, x + self.h) if self.h else nan
        if isfinite(mean):
            yield Oracle("slope of the secant", mean, self.slope, 2e-3 * max(1.0, abs(mean)),
                         "the mean of f′ from p to q", compare="absolute")  # fmt: skip

    failures = (
        Failure("0/0", lambda lab: not lab.h, "Both points are one, and 0/0 has no value.",
                "Leave some h: only the limit of the quotient is wanted.",
                scene={"q": "1, 1"}, fix={"q": "1.1, 1.21"}),
    )  # fmt: skip


class Steps(AbstractFunction, AlgorithmExperiment[DifferenceStep | BestSteps]):
    """Three ways to get f′ from differences, and their errors as h gets smaller."""

    f = FormulaInput(
        "f(x)", "sin(x)", ("x",), ("exp(x)", "x*sin(x)", "1/(1+x**2)", "tanh(x)"),
        help=HELP,
    )  # fmt: skip
    x = Slider("point", 1, -3, 3, symbol="x", help="Where the derivative is wanted.")
    last = Integer("digits of h", 6, 1, 16, help="The last h is 0.1 to this power.")
    unit = "step"

    def records(self) -> Iterator[DifferenceStep | BestSteps]:
        """From h = 0.1 on, two for every power of ten."""
        steps = [10 ** (-k / 2) for k in range(2, 2 * self.last + 1)]
        return difference_steps(self.f, self.x, value(self.f, self.x, 1), steps=steps)

    @property
    def rows(self) -> list[DifferenceStep]:
        """The differences so far, without the final record."""
        return [row for row in self.past if isinstance(row, DifferenceStep)]

    def errors_of(self, way: str) -> dict[str, float]:
        """The errors so far of one of the three ways, by h as it is written."""
        return {f"{row.h:.0e}": getattr(row, f"{way}_error") for row in self.rows}

    @derived
    def laws(self) -> tuple[float, float, float]:
        """|f″|/2 and |f‴|/6, which h and h² multiply; and the rounding of f, which h divides."""
        y, d1, d2, d3 = (value(self.f, self.x, order) for order in range(4))
        return abs(d2) / 2, abs(d3) / 6, EPS * (abs(y) + abs(self.x * d1) / 2)

    @view
    def errors(self) -> Curve:
        """The V: errors against h, both on logarithmic axes, and their laws."""
        h, (c1, c2, noise) = [row.h for row in self.rows], self.laws
        lines = [Series(way, h, [max(e, FLOOR) for e in self.errors_of(way).values()], tone)
                 for tone, way in enumerate(WAYS)]  # fmt: skip
        t = np.geomspace(0.1, 10.0**-self.last, 60)
        for name, y in (("c·h", c1 * t), ("c·h²", c2 * t**2), ("ε/h", noise / t)):
            is_seen = name != "ε/h" or self.last > 8
            if is_seen and (keep := y >= FLOOR).any():
                lines.append(Series(name, t[keep], y[keep], 4, predicted=True))
        return Curve("Error against h", tuple(lines), "h", log_y=True, log_x=True)

    @view
    def table(self) -> Table:
        """The last few h with their errors."""
        columns = [self.errors_of(way) for way in WAYS]
        rows = [(h, *(f"{errors[h]:.1e}" if errors[h] else "0" for errors in columns))
                for h in columns[0]][-10:]  # fmt: skip
        return Table("Off by", ("h", *WAYS), tuple(rows), len(rows) - 1 if rows else None)

    def follows(self, way: str, power: int, c: float, law: str, near: str) -> Iterator[Oracle]:
        """Whether errors are c h or c h²: their slope below h = 0.01, and c where h is `near`."""
        errors, h = self.errors_of(way), ("h", "h²")[power - 1]
        big, small, last = (errors.get(at, NOT_YET) for at in ("1e-02", "1e-03", near))
        slope = log10(big / small) if big and small else NOT_YET
        yield Oracle(f"{way}: slope", power, slope, (0.15, 0.02)[power - 1], f"error ≈ {h} {law}")
        yield Oracle(f"{way}: error / {h}", c, last / float(near) ** power, 0.02, law)

    def oracles(self) -> Iterator[Oracle]:
        """Slopes 1 and 2, their factors, and how far rounding goes."""
        (c1, c2, noise), size = self.laws, self.laws[2] / EPS
        slope = difference(lambda t: value(self.f, t), self.x)
        if not isfinite(c1 + c2 + noise + slope):
            return  # where there is no slope, there is no law of errors
        if c1 > 0.02 * c2 and c1 > 1e-6 * size:
            yield from self.follows("forward", 1, c1, "|f″|/2", near="1e-04")
        if c2 > 1e-3 * max(c1, size):
            yield from self.follows("central", 2, c2, "|f‴|/6", near="1e-03")
        tiny = [row for row in self.rows if row.h < 1e-8]
        worst = max((row.complex_error for row in tiny), default=NOT_YET)
        yield Oracle("complex step: error", 0, worst, 4 * EPS * max(1.0, size, abs(slope)),
                     "nothing is subtracted", compare="absolute")  # fmt: skip
        if self.f.text in type(self).f.samples:  # which are rounded in their last digit only
            under = [row.forward_error <= 1.2 * (c1 + c2 * row.h) * row.h + 3 * noise / row.h
                     for row in tiny]  # fmt: skip
            yield Oracle("share under the law", 1, float(np.mean(under)) if tiny else NOT_YET, 1e-9,
                         "error ≤ h |f″|/2 + 3ε|f|/h")  # fmt: skip

    @property
    def is_rounded(self) -> bool:
        """Whether the last h was far too small: a hundred times the least error is rounding."""
        rows, (c1, c2, noise) = self.rows, self.laws
        least = min((c1 * row.h + c2 * row.h**2 + noise / row.h for row in rows), default=inf)
        is_worse = bool(rows) and rows[-1].forward_error > 10 * min(r.forward_error for r in rows)
        return is_worse and noise / rows[-1].h > 100 * least

    failures = (
        Failure("Digits cancelled", lambda lab: lab.is_rounded,
                "f(x + h) and f(x) agree in nearly all of their 16 digits. Their difference keeps "
                "only the last ones, which are rounded, and h divides that error.",
                "Stop at h = 1e-8, or subtract nothing: take the complex step.",
                scene={"last": 16}, fix={"last": 8}),
    )  # fmt: skip


def some_rule(rng: np.random.Generator) -> Mapping[str, float]:
    """Two values and two slopes, four different primes: no two formulas agree on them."""
    u, v, p, q = rng.permutation([2, 3, 5, 7])
    return {"u": float(u), "v": float(v), "p": float(p), "q": float(q)}


def some_factor(rng: np.random.Generator) -> Mapping[str, float]:
    """The factor of h in a forward difference."""
    return {"c": float(rng.choice([0.04, 0.25, 4, 25]))}


def is_near(lab: Secant) -> bool:
    """Whether q was dragged, not onto p, and the secant is within 0.2 of the tangent."""
    return lab.h not in (0, 1) and abs(lab.slope - value(lab.f, float(lab.p[0]), 1)) <= 0.2 + 1e-9


def is_joined(lab: Corner) -> bool:
    """Whether f is x² to the right of 1 and, from there on to the left, the tangent 2x − 1."""
    beside = np.array([1e-6, 1e-5, 1e-4, 1e-3])
    x = np.concatenate([GRID, 1 - beside, 1 + beside, [-100, -10, 10, 100]])
    return bool(np.allclose(values(lab.f, x), np.where(x > 1, x * x, 2 * x - 1), 1e-12, 1e-12))


def closeness(lab: Taylor) -> int:
    """Whether degree 20 is closer at x than degree 0, about as far, or farther off."""
    ratio = abs(lab.off(DEGREE + 1, lab.x) / lab.off(1, lab.x))
    return int(np.searchsorted([0.5, 2], ratio))


def best_h(lab: Steps) -> int:
    """Which of 1e-4, 1e-8, 1e-12 and 1e-16 has the least forward error."""
    found = lab.errors_of("forward")
    errors = [found.get(h, inf) for h in ("1e-04", "1e-08", "1e-12", "1e-16")]
    return errors.index(min(errors))


checks = {
    "tangent": Goal(
        reached=is_near, free=("q", "f"), answer={"q": "1.1, 1.2"},
        progress=lambda lab: f"the slope is {shown(lab.slope, 4)}",
    ),
    "smallest": Prediction(lab=Steps, scene={"last": 16}, steps=40, outcome=best_h),
    "balance": Numeric(
        vary=some_factor, answer=lambda v: sqrt(1e-16 / v["c"]),
        wrong=(lambda v: 1e-16 / v["c"], lambda v: (1e-16 / v["c"]) ** (1 / 3), lambda v: 1e-16,
               lambda v: sqrt(1e-16 * v["c"])),
    ),
    "product": Numeric(
        vary=some_rule, answer=lambda v: v["p"] * v["v"] + v["u"] * v["q"],
        wrong=(lambda v: v["p"] * v["q"], lambda v: v["p"] * v["v"],
               lambda v: v["p"] * v["v"] - v["u"] * v["q"]),
    ),
    "beyond": Prediction(
        lab=Taylor, scene={"f": "1/(1+x**2)", "x": 1.5}, steps=DEGREE + 1, outcome=closeness
    ),
    "join": Goal(
        reached=is_joined, free=("f", "x", "h"), answer={"f": "x**2 if x > 1 else 2*x - 1"},
        progress=lambda lab: f"slopes at 1: {shown(lab.limit(-1, 1), 4)} and "
        f"{shown(lab.limit(1, 1), 4)}",
    ),
}  # fmt: skip
