"""Rules for sums, products, quotients and chains, held against secants of the whole."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import isfinite, nan

import numpy as np

from lessons.calculus.derivatives._function import HELP, difference, value
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.knobs import FormulaInput, Slider
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Plane, Region, Table

SAMPLES = ("x**2", "sin(x)", "exp(x)", "x*sin(x)", "1/(1+x**2)")


class Rules(StaticExperiment):
    """Two functions, and the slopes of what is made of them."""

    u = FormulaInput("u(x)", "x**2", ("x",), SAMPLES[1:], help=HELP)
    v = FormulaInput("v(x)", "sin(x)", ("x",), ("x**2", *SAMPLES[2:]), help=HELP)
    x = Slider("point", 1, -3, 3, symbol="x", help="Where the slopes are taken.")
    h = Slider("step", 0.3, 0.01, 1, log=True, symbol="h", help="How much x grows in the picture.")

    @derived
    def known(self) -> Mapping[str, tuple[str, float]]:
        """What the rules make of u, u′, v and v′: name → rule, slope."""
        u, v = (value(f, self.x) for f in (self.u, self.v))
        p, q = (value(f, self.x, 1) for f in (self.u, self.v))
        return {
            "u + v": ("u′ + v′", p + q),
            "u · v": ("u′v + u v′", p * v + u * q),
            "u / v": ("(u′v − u v′)/v²", (p * v - u * q) / v**2 if abs(v) > 1e-6 else nan),
            "v(u(x))": ("v′(u) · u′", value(self.v, u, 1) * p),
        }

    @derived
    def measured(self) -> Mapping[str, float]:
        """The slope of each whole by a central difference, without any rule."""
        u, v = partial(value, self.u), partial(value, self.v)
        wholes: Mapping[str, Callable[[float], float]] = {
            "u + v": lambda t: u(t) + v(t),
            "u · v": lambda t: u(t) * v(t),
            "u / v": lambda t: u(t) / v(t) if v(t) else nan,
            "v(u(x))": lambda t: v(u(t)),
        }
        return {name: difference(whole, self.x) for name, whole in wholes.items()}

    @derived
    def sides(self) -> tuple[float, float, float, float]:
        """u and v at x, and by how much each grows when x grows by h."""
        u, v = value(self.u, self.x), value(self.v, self.x)
        return u, v, value(self.u, self.x + self.h) - u, value(self.v, self.x + self.h) - v

    @view
    def rectangle(self) -> Plane:
        """The product as an area, and what is added when x grows by h."""
        u, v, du, dv = self.sides

        def box(name: str, left: float, low: float, wide: float, high: float, tone: int) -> Region:
            xs, ys = (left, left + wide, left + wide, left), (low, low, low + high, low + high)
            return Region(name, xs, ys, tone)

        parts = (box("u·v", 0, 0, u, v, 3), box("Δu·v", u, 0, du, v, 0),
                 box("u·Δv", 0, v, u, dv, 1), box("Δu·Δv", u, v, du, dv, 2))  # fmt: skip
        corners = np.array([[0.0, 0.0], [u, v], [u + du, v + dv]])
        if not np.isfinite(corners).all():
            return Plane("u · v is not defined here", (-1, 1, -1, 1))
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        px, py = 0.15 * (x1 - x0) or 1.0, 0.15 * (y1 - y0) or 1.0
        extent = (float(x0 - px), float(x1 + px), float(y0 - py), float(y1 + py))
        return Plane("u · v as an area, and what h adds", extent, regions=parts, equal=False,
                     x_label="u", y_label="v")  # fmt: skip

    @view
    def areas(self) -> Table:
        """The areas in numbers, also where they are too thin to be drawn."""
        u, v, du, dv = self.sides
        parts = (("u·v", u * v), ("Δu·v", du * v), ("u·Δv", u * dv), ("Δu·Δv", du * dv))
        rows = tuple((name, f"{area:.4g}" if isfinite(area) else "none") for name, area in parts)
        return Table(f"Areas for h = {self.h:.3g}", ("", ""), rows)

    @view
    def rules(self) -> Table:
        """Each rule beside what a difference measures."""
        rows = tuple((name, *(f"{one:.6g}" if isfinite(one) else "none"
                              for one in (slope, self.measured[name])))
                     for name, (_, slope) in self.known.items())  # fmt: skip
        return Table(f"Slopes at x = {self.x:g}", ("of", "by rule", "measured"), rows)

    def oracles(self) -> Iterator[Oracle]:
        """Every rule against the slope of the whole."""
        for name, (rule, slope) in self.known.items():
            measured = self.measured[name]
            if isfinite(slope) and isfinite(measured):
                yield Oracle(f"({name})′", slope, measured, 1e-5 * (1 + abs(slope)), rule,
                             compare="absolute")  # fmt: skip
