"""One-sided slopes: corners, jumps, and what the engine says there."""

from collections.abc import Iterator
from math import isfinite, nan

import numpy as np

from lessons.calculus.derivatives._function import AbstractFunction, shown, value
from lessons.kit.experiment import StaticExperiment, view
from lessons.kit.failures import Failure
from lessons.kit.knobs import FormulaInput, Slider
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Path, Plane, Spot, Table


class Corner(AbstractFunction, StaticExperiment):
    """The slope from the left and from the right."""

    f = FormulaInput(
        "f(x)", "x**2", ("x",),
        ("abs(x)", "relu(x)", "x**2 if x > 1 else x", "1 if x > 0 else 0", "sqrt(abs(x))",
         "x*abs(x)"),
        help="enter: type one; a choice, too: x**2 if x > 1 else x.",
    )  # fmt: skip
    x = Slider("point", 0, -2, 2, notches=40, symbol="x", help="Where the slopes are taken.")
    h = Slider(
        "step", 1, 1e-6, 2, log=True, symbol="h", help="How far to the left and to the right."
    )

    def quotient(self, h: float, x: float | None = None) -> float:
        """(f(x + h) − f(x)) / h, to the left if h < 0; x is the knob's, or another."""
        x = self.x if x is None else x
        return (value(self.f, x + h) - value(self.f, x)) / h

    def limit(self, side: float, x: float | None = None) -> float:
        """The slope on one side, NaN if the quotients do not settle."""
        one, two = self.quotient(side * 1e-5, x), self.quotient(side * 1e-6, x)
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
