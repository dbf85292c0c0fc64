"""Taylor polynomials: a function near a point from its derivatives there, term by term."""

from collections.abc import Callable, Iterator, Mapping
from math import exp, factorial, isfinite

import numpy as np

from engine.array import Array
from engine.calculus import TaylorTerm, polynomial, taylor_steps
from lessons.calculus.derivatives._function import (
    GRID,
    HELP,
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

DEGREE = 20
"""The last degree of a Taylor polynomial."""


def rest_of_exp(a: float, x: float, n: int) -> float:
    """The terms of exp above degree n: eᵃ (x − a)ᵏ/k! for k > n, as many as floats notice."""
    return exp(a) * sum((x - a) ** k / factorial(k) for k in range(n + 1, n + 61))


def rest_of_bell(a: float, x: float, n: int) -> float:
    """The terms of 1/(1 + x²) above degree n, a geometric series, for f is Im 1/(x − i)."""
    return (((x - a) / (1j - a)) ** (n + 1) / (x - 1j)).imag


RESTS: Mapping[str, tuple[Callable[[float, float, int], float], str]] = {
    "exp(x)": (rest_of_exp, "eᵃ (x − a)ᵏ/k! for all k > n"),
    "1/(1+x**2)": (rest_of_bell, "Im ((x − a)/(i − a))ⁿ⁺¹/(x − i)"),
}
"""Samples of which f − p is known: the formula, and how it is written."""


class Taylor(AbstractFunction, AlgorithmExperiment[TaylorTerm]):
    """A polynomial with the derivatives of f at one point, term by term."""

    f = FormulaInput(
        "f(x)", "exp(x)", ("x",), ("sin(x)", "x*sin(x)", "1/(1+x**2)"),
        help=HELP,
    )  # fmt: skip
    a = Slider("center", 0, -2, 2, notches=40, symbol="a", help="Where the derivatives are taken.")
    x = Slider("point", 1, -3, 3, symbol="x", help="Where the polynomial is held against f.")
    unit = "term"

    def records(self) -> Iterator[TaylorTerm]:
        """Degrees 0 to 20."""
        return taylor_steps(self.f, self.a, DEGREE)

    @property
    def coefficients(self) -> Array:
        """Those of the polynomial so far."""
        return self.record.coefficients if self.record else np.zeros(0)

    def off(self, terms: int, x: float) -> float:
        """f − p at x, of the first so many terms."""
        c = self.coefficients[:terms] if terms else np.zeros(1)
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
            y = np.asarray(polynomial(self.coefficients, GRID, self.a))
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
        rows = tuple((str(k), f"{c * (self.x - self.a) ** k + 0.0:.5g}",
                      f"{self.off(k + 1, self.x):.5g}")
                     for k, c in enumerate(self.coefficients))  # fmt: skip
        last = len(rows) - 1 if rows else None
        return Table(f"At x = {self.x:g}", ("degree", "term", "f − p"), rows, last)

    @view
    def remainders(self) -> Curve:
        """The error of every fifth degree and of the last one, on logarithmic axes."""
        d, n = np.geomspace(0.05, 3, 40), self.steps - 1
        lines = []
        for k in (*range(0, n, 5), *range(max(n, 0), self.steps)):
            e = np.array([abs(self.off(k + 1, self.a + one)) for one in d])
            keep = np.isfinite(e) & (e > 1e-14)
            if keep.any():
                lines.append(Series(f"degree {k}", d[keep], e[keep], -(-k // 5)))
        title = "|f − p| against x − a"
        return Curve(title, tuple(lines), "x − a", log_y=True, log_x=True, is_run=False)

    def oracles(self) -> Iterator[Oracle]:
        """The remainder as an integral; for samples the one that their series give."""
        n = self.steps - 1
        if 0 <= n <= 4:
            rest, again = (self.remainder(n, points) for points in (24, 40))
            smooth = all(is_continuous(self.f, self.a, self.x, k) for k in range(n + 1))
            if abs(rest - again) < 1e-6 and smooth:
                yield Oracle("f − p at x", rest, self.off(n + 1, self.x), 1e-5,
                             "∫ f⁽ⁿ⁺¹⁾(t) (x − t)ⁿ/n! dt", compare="absolute")  # fmt: skip
        if n >= 0 and self.f.text in RESTS:
            rest_of, law = RESTS[self.f.text]
            largest = max(abs(c * (self.x - self.a) ** k) for k, c in enumerate(self.coefficients))
            yield Oracle("f − p by its series", rest_of(self.a, self.x, n),
                         self.off(n + 1, self.x), 1e-12 * (1 + largest), law,
                         compare="absolute")  # fmt: skip

    @property
    def runs_away(self) -> bool:
        """Whether the error at x grew with each of the last three terms that are not 0.

        Up to degree 8 it may do so for exp(x), too: |x − a|ᵏ/k! grows while k < |x − a| ≤ 5.
        """
        degrees = np.flatnonzero(self.coefficients)[-4:]
        e = np.array([abs(self.off(int(k) + 1, self.x)) for k in degrees])
        is_late = self.steps > 9 and len(e) == 4
        return is_late and e[-1] > 0.01 and bool((e[1:] > 1.001 * e[:-1]).all())

    failures = (
        Failure("The error grows", lambda lab: lab.runs_away,
                "(x − a)ᵏ grows faster than f⁽ᵏ⁾(a)/k!, as computed, shrinks, and each new term "
                "that is not 0 takes p farther from f. Either the series does not reach as far as "
                "to x, or the degree is still too small, or it is rounding: where f divides by, or "
                "takes a root, log or power of, what is 0 at a distance r from a (also at a "
                "complex x), f⁽ᵏ⁾(a)/k! is off by about ε/rᵏ.",
                "Bring x nearer to a.",
                scene={"f": "1/(1+x**2)", "x": 1.5}, fix={"x": 0.5}),
    )  # fmt: skip
