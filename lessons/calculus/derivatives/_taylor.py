"""Taylor polynomials: a function near a point from its derivatives there, term by term."""

from collections.abc import Iterator
from math import exp, factorial, isfinite

import numpy as np

from engine.calculus import TaylorTerm, polynomial, taylor_steps
from lessons.calculus.derivatives._function import (
    GRID,
    AbstractFunction,
    is_continuous,
    value,
    values,
)
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.experiment import view
from lessons.kit.failures import Failure
from lessons.kit.knobs import FormulaInput, Slider
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Curve, Path, Plane, Series, Spot, Table

DEGREE = 8
"""The last degree of a Taylor polynomial."""


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
        rows = tuple((str(k), f"{one * (self.x - self.a) ** k + 0.0:.6f}",
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
