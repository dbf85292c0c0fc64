"""A secant becomes a tangent; what h costs; rules; Taylor polynomials; where there is no slope."""

from collections.abc import Iterator, Mapping
from math import exp, factorial, inf, isfinite, log10, nan, sqrt

import numpy as np

from engine.calculus import DifferenceStep, TaylorTerm, difference_steps, polynomial, taylor_steps
from engine.calculus.differences import BestSteps
from lessons.calculus.derivatives._function import (
    GRID,
    AbstractFunction,
    difference,
    is_continuous,
    mean_slope,
    value,
    values,
)
from lessons.calculus.derivatives._graph import DerivativeGraph as DerivativeGraph
from lessons.calculus.derivatives._rules import Rules as Rules
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
DEGREE = 8
"""The last degree of a Taylor polynomial."""


def shown(number: float, digits: int = 6) -> str:
    """A number, or that there is none."""
    return f"{round(number, 12) + 0.0:.{digits}g}" if isfinite(number) else "none"


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
        return Curve("Slope of the secant against h", lines, "h", marks=marks)

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
        help="Type any function of x, such as x*sin(x).",
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
        """The records so far."""
        rows = [self._recorded.at(k) for k in range(1, self.steps + 1)]
        return [row for row in rows if isinstance(row, DifferenceStep)]

    @derived
    def laws(self) -> tuple[float, float, float]:
        """|f″|/2 and |f‴|/6, which h and h² multiply; and the rounding of f, which h divides."""
        y, d1, d2, d3 = (value(self.f, self.x, order) for order in range(4))
        return abs(d2) / 2, abs(d3) / 6, EPS * (abs(y) + abs(self.x * d1) / 2)

    @view
    def errors(self) -> Curve:
        """The V: errors against h, both on logarithmic axes, and their laws."""
        rows, (c1, c2, noise) = self.rows, self.laws
        h = np.array([row.h for row in rows])
        found = [np.array([getattr(row, f"{name}_error") for row in rows])
                 for name in ("forward", "central", "complex")]  # fmt: skip
        names = (("forward", 0), ("central", 1), ("complex", 2))
        lines = [Series(name, h, np.maximum(e, FLOOR), tone)
                 for (name, tone), e in zip(names, found, strict=True)]  # fmt: skip
        t = np.geomspace(0.1, 10.0**-self.last, 60)
        for name, y in (("c·h", c1 * t), ("c·h²", c2 * t**2), ("ε/h", noise / t)):
            is_seen = name != "ε/h" or self.last > 8
            if is_seen and (keep := y >= FLOOR).any():
                lines.append(Series(name, t[keep], y[keep], 4, predicted=True))
        return Curve("Error against h", tuple(lines), "h", log_y=True, log_x=True)

    @view
    def table(self) -> Table:
        """The last few h with their errors."""

        def short(error: float) -> str:
            return f"{error:.1e}" if error else "0"

        rows = [(f"{row.h:.0e}", short(row.forward_error), short(row.central_error),
                 short(row.complex_error)) for row in self.rows[-12:]]  # fmt: skip
        header = ("h", "forward", "central", "complex")
        return Table("Off by", header, tuple(rows), len(rows) - 1 if rows else None)

    def oracles(self) -> Iterator[Oracle]:
        """Slopes 1 and 2, their factors, and how far rounding goes."""
        rows, (c1, c2, noise) = {f"{row.h:.0e}": row for row in self.rows}, self.laws
        big, small, size = rows.get("1e-02"), rows.get("1e-03"), noise / EPS
        slope = difference(lambda t: value(self.f, t), self.x)
        if not isfinite(c1 + c2 + noise + slope):
            return  # where there is no slope, there is no law of errors
        if c1 > 0.02 * c2 and c1 > 1e-6 * size:
            ready = big and small
            slope = log10(big.forward_error / small.forward_error) if big and small else NOT_YET
            yield Oracle("forward: slope", 1, slope, 0.15, "error ≈ h |f″|/2", due=bool(ready))
            near = rows.get("1e-04")
            factor = near.forward_error / near.h if near else NOT_YET
            yield Oracle("forward: error / h", c1, factor, 0.02, "|f″|/2")
        if c2 > 1e-3 * max(c1, size):
            slope = log10(big.central_error / small.central_error) if big and small else NOT_YET
            yield Oracle("central: slope", 2, slope, 0.02, "error ≈ h² |f‴|/6")
            factor = small.central_error / small.h**2 if small else NOT_YET
            yield Oracle("central: error / h²", c2, factor, 0.02, "|f‴|/6")
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


class Taylor(AbstractFunction, AlgorithmExperiment[TaylorTerm]):
    """A polynomial with the derivatives of f at one point, term by term."""

    f = FormulaInput(
        "f(x)", "exp(x)", ("x",), ("sin(x)", "x*sin(x)", "1/(1+x**2)"),
        help="Type any function of x, such as x*sin(x).",
    )  # fmt: skip
    a = Slider("center", 0, -2, 2, notches=40, symbol="a", help="Where the derivatives are taken.")
    x = Slider("point", 1, -3, 3, symbol="x", help="Where the polynomial is held against f.")
    unit = "term"

    def records(self) -> Iterator[TaylorTerm]:
        """Degrees 0 to 8."""
        return taylor_steps(self.f, self.a, DEGREE)

    def off(self, terms: int, x: float) -> float:
        """f − p at x, of the first so many terms."""
        c = self.record.coefficients[:terms] if self.record else np.zeros(1)
        return value(self.f, x) - float(polynomial(c, x, self.a))

    def remainder(self, n: int, points: int) -> float:
        """f − p at x as an integral of the derivative of degree n + 1, by Gauss’s rule."""
        t, w = np.polynomial.legendre.leggauss(points)
        half = (self.x - self.a) / 2
        t = self.a + half * (t + 1)
        slopes = values(self.f, t, n + 1)
        return half * float(w @ (slopes * (self.x - t) ** n)) / factorial(n)

    @view
    def plane(self) -> Plane:
        """f, and the polynomial so far."""
        paths = [self.graph()]
        x0, x1, low, high = self.extent
        if self.record:
            y = np.asarray(polynomial(self.record.coefficients, GRID, self.a))
            room = high - low
            inside = (y > low - room) & (y < high + room)
            paths.append(Path(f"degree {self.steps - 1}", GRID, np.where(inside, y, np.nan), 0))
        spots = [Spot((at, value(self.f, at)), name, tone) for name, at, tone in
                 (("a", self.a, 1), ("x", self.x, 2)) if isfinite(value(self.f, at))]  # fmt: skip
        return Plane("f and its Taylor polynomial", (x0, x1, low, high), paths=tuple(paths),
                     spots=tuple(spots), equal=False)  # fmt: skip

    @view
    def terms(self) -> Table:
        """Each term at x, and how far off the sum so far is."""
        c = self.record.coefficients if self.record else ()
        rows = tuple((str(k), f"{one * (self.x - self.a) ** k:.6f}",
                      f"{self.off(k + 1, self.x):.6f}") for k, one in enumerate(c))  # fmt: skip
        last = len(rows) - 1 if rows else None
        return Table(f"At x = {self.x:g}", ("degree", "term", "f − p"), rows, last)

    @view
    def remainders(self) -> Curve:
        """The last five errors by the distance from a, on logarithmic axes: slope degree + 1."""
        d = np.geomspace(0.05, 3, 40)
        lines = []
        for k in range(max(0, self.steps - 5), self.steps):
            e = np.array([abs(self.off(k + 1, self.a + one)) for one in d])
            keep = np.isfinite(e) & (e > 1e-14)
            if keep.any():
                lines.append(Series(f"degree {k}", d[keep], e[keep], k % 5))
        title = "|f − p| against x − a"
        return Curve(title, tuple(lines), "x − a", log_y=True, log_x=True)

    def oracles(self) -> Iterator[Oracle]:
        """The remainder as an integral; for e the errors that exact fractions give."""
        n = self.steps - 1
        if 0 <= n <= 4:
            rest, again = (self.remainder(n, points) for points in (24, 40))
            smooth = all(is_continuous(self.f, self.a, self.x, k) for k in range(n + 1))
            if abs(rest - again) < 1e-6 and smooth:
                yield Oracle("f − p at x", rest, self.off(n + 1, self.x), 1e-5,
                             "∫ f⁽ⁿ⁺¹⁾(t) (x − t)ⁿ/n! dt", compare="absolute")  # fmt: skip
        if (self.f.text, self.a, self.x) == ("exp(x)", 0, 1) and n > 0:
            left = exp(1) - sum(1 / factorial(k) for k in range(n + 1))
            yield Oracle("e − p", left, self.off(n + 1, 1.0), 1e-7, "1/(n+1)! + 1/(n+2)! + …")

    @property
    def runs_away(self) -> bool:
        """Whether the error at x grew with each of the last two terms that are not 0."""
        c = self.record.coefficients if self.record else np.zeros(0)
        k = np.flatnonzero(abs(c) > 1e-12)[-3:] + 1
        e = [abs(self.off(int(n), self.x)) for n in k]
        return len(e) == 3 and len(c) > 3 and e[0] < e[1] < e[2] > 0.01

    failures = (
        Failure("Farther off with every term", lambda lab: lab.runs_away,
                "The powers (x − a)ᵏ grow faster than f⁽ᵏ⁾(a)/k! shrinks: x is farther from a than "
                "the series reaches, or the degree is still too small.",
                "Bring x nearer to a.",
                scene={"f": "1/(1+x**2)", "x": 1.5}, fix={"x": 0.5}),
    )  # fmt: skip


class Corner(AbstractFunction, StaticExperiment):
    """The slope from the left and from the right."""

    f = FormulaInput(
        "f(x)", "x**2", ("x",),
        ("abs(x)", "relu(x)", "x**2 if x > 1 else x", "1 if x > 0 else 0", "sqrt(abs(x))",
         "x*abs(x)"),
        help="Try a choice, too: x**2 if x > 1 else x.",
    )  # fmt: skip
    x = Slider("point", 0, -2, 2, notches=40, symbol="x", help="Where the slopes are taken.")
    h = Slider(
        "step", 1, 1e-6, 2, log=True, symbol="h", help="How far to the left and to the right."
    )

    def quotient(self, h: float) -> float:
        """(f(x + h) − f(x)) / h, to the left if h < 0."""
        return (value(self.f, self.x + h) - value(self.f, self.x)) / h

    def limit(self, side: float) -> float:
        """The slope on one side, NaN if the quotients do not settle."""
        one, two = self.quotient(side * 1e-5), self.quotient(side * 1e-6)
        return two if abs(one - two) <= 1e-3 * (1 + abs(two)) else nan

    @property
    def is_missing(self) -> bool:
        """Whether there is no derivative: a side has no slope, or they differ."""
        left, right = self.limit(-1), self.limit(1)
        return not abs(left - right) <= 1e-3 * (1 + abs(right))

    @view
    def plane(self) -> Plane:
        """The graph with a secant to either side."""
        y, paths = value(self.f, self.x), [self.graph()]
        for name, h, tone in (("left", -self.h, 1), ("right", self.h, 0)):
            slope, reach = self.quotient(h), max(self.h, 1.5) * (1 if h > 0 else -1)
            if isfinite(y + slope):
                ends = np.array([self.x, self.x + reach])
                paths.append(Path(name, ends, y + slope * (ends - self.x), tone))
        spots = (Spot((self.x, y), "x", 2),) if isfinite(y) else ()
        title = "No derivative at x" if self.is_missing else "One slope at x"
        return Plane(title, self.extent, paths=tuple(paths), spots=spots, equal=False)

    @view
    def sides(self) -> Table:
        """Slopes of both secants, for smaller and smaller h."""
        hs = [self.h / 10**k for k in range(5) if self.h / 10**k >= 1e-7]
        rows = [(f"{h:.3g}", shown(self.quotient(-h), 5), shown(self.quotient(h), 5)) for h in hs]
        rows += [("limit", shown(self.limit(-1), 4), shown(self.limit(1), 4)),
                 ("engine", *(shown(value(self.f, self.x, 1), 4),) * 2)]  # fmt: skip
        return Table("Slopes of the secants", ("h", "left", "right"), tuple(rows), len(hs))

    def oracles(self) -> Iterator[Oracle]:
        """The derivative of the formula beside x, against the quotients there."""
        for name, side in (("left", -1.0), ("right", 1.0)):
            if isfinite(limit := self.limit(side)):
                beside = value(self.f, self.x + side * 5e-7, 1)
                yield Oracle(f"slope on the {name}", beside, limit, 1e-3 * (1 + abs(beside)),
                             "f′ a little beside x", compare="absolute")  # fmt: skip

    failures = (
        Failure("No derivative", lambda lab: lab.is_missing,
                "The secants from the left and from the right do not settle on one slope.",
                "Move x away from the corner, or join the two sides with equal slopes.",
                scene={"f": "abs(x)", "x": 0}, fix={"x": 1}),
    )  # fmt: skip


def some_rule(rng: np.random.Generator) -> Mapping[str, float]:
    """Two values and two slopes, four different primes: no two formulas agree on them."""
    u, v, p, q = rng.permutation([2, 3, 5, 7])
    return {"u": float(u), "v": float(v), "p": float(p), "q": float(q)}


def some_factor(rng: np.random.Generator) -> Mapping[str, float]:
    """The factor of h in a forward difference."""
    return {"c": float(rng.choice([0.04, 0.25, 4, 25]))}


def is_near(lab: Secant) -> bool:
    """Whether the secant, of two points, is within 0.2 of the tangent."""
    return bool(lab.h) and abs(lab.slope - value(lab.f, float(lab.p[0]), 1)) <= 0.2 + 1e-9


def is_joined(lab: Corner) -> bool:
    """Whether x² to the right of 1 has a straight line to its left, without a corner."""
    right = all(abs(value(lab.f, x) - x * x) < 1e-9 for x in (1.25, 1.5, 3.0))
    line = [value(lab.f, x) for x in (-2.0, -0.5, 1.0)]
    is_straight = abs(line[0] - 2 * line[1] + line[2]) < 1e-9
    return right and is_straight and not lab.is_missing


def closeness(lab: Taylor) -> int:
    """Whether degree 8 is closer at x than degree 0, about as far, or farther off."""
    ratio = abs(lab.off(DEGREE + 1, lab.x) / lab.off(1, lab.x))
    return int(np.searchsorted([0.5, 2], ratio))


def best_h(lab: Steps) -> int:
    """Which of 1e-4, 1e-8, 1e-12 and 1e-16 has the least forward error."""
    rows = {f"{row.h:.0e}": row.forward_error for row in lab.rows}
    errors = [rows.get(name, inf) for name in ("1e-04", "1e-08", "1e-12", "1e-16")]
    return errors.index(min(errors))


checks = {
    "tangent": Goal(
        reached=is_near, free=("q",), answer={"q": "1.1, 1.2"},
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
        reached=is_joined, free=("f",), answer={"f": "x**2 if x > 1 else 2*x - 1"},
        progress=lambda lab: f"slopes {shown(lab.limit(-1), 4)} and {shown(lab.limit(1), 4)}",
    ),
}  # fmt: skip
