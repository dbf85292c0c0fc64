"""A typed function of x, with numbers where it is defined and NaN elsewhere."""

from collections.abc import Callable
from functools import lru_cache
from math import isfinite, nan

import numpy as np

from engine.array import Array
from engine.errors import DltutorError
from engine.formula import Compiled, Formula
from lessons.kit.experiment import AbstractExperiment
from lessons.kit.knobs import FormulaInput
from lessons.kit.pictures import Path

HELP = "enter: type any function of x, such as x*sin(x)."
"""Of the knobs in which one is typed."""
GRID = np.linspace(-4, 4, 641)
"""Where functions are drawn."""
LOW, HIGH = -6.0, 8.0
"""The most that is drawn of them."""
JUMP = 0.1
"""Of the window's height: what a function changes from one point to the next if it jumps."""


@lru_cache(maxsize=256)
def _compiled(f: Formula) -> Compiled:
    return f.compile(("x",))


def values(f: Formula, x: Array, order: int = 0) -> Array:
    """f, or its derivative of some order, at many x; NaN where it is not defined."""
    for _ in range(order):
        f = f.derivative("x")
    try:
        return np.asarray(np.broadcast_to(_compiled(f)(x), x.shape), np.float64)
    except DltutorError:
        return np.full(x.shape, np.nan)


def value(f: Formula, x: float, order: int = 0) -> float:
    """f, or its derivative of some order, at one x; NaN where it is not defined."""
    return float(values(f, np.array([x]), order)[0])


def shown(number: float, digits: int = 6) -> str:
    """A number, or that there is none."""
    return f"{round(number, 12) + 0.0:.{digits}g}" if isfinite(number) else "none"


def is_continuous(f: Formula, a: float, b: float, order: int = 0) -> bool:
    """Whether f, or a derivative, does not jump between a and b, as far as 1001 numbers tell."""
    y = values(f, np.linspace(a, b, 1001), order)
    return bool(np.isfinite(y).all() and abs(np.diff(y)).max() <= 0.03 * np.ptp(y) + 1e-12)


def mean_slope(f: Formula, a: float, b: float) -> float:
    """The mean of f′ from a to b; NaN if f jumps between, or the sums do not settle."""
    sums = []
    for n in (2000, 4000):
        middles = a + (b - a) * (np.arange(n) + 0.5) / n
        sums.append(float(values(f, middles, 1).mean()))
    settled = abs(sums[1] - sums[0]) <= 3e-4 * max(1.0, abs(sums[1]))
    return sums[1] if settled and is_continuous(f, a, b) else nan


def difference(f: Callable[[float], float], x: float) -> float:
    """The slope of f by central differences; NaN where left and right, or two h, disagree."""
    h = 1e-5
    slope = (f(x + h) - f(x - h)) / (2 * h)
    others = ((f(x + h) - f(x)) / h, (f(x + h / 10) - f(x - h / 10)) / (h / 5))
    agree = all(abs(other - slope) <= 1e-3 * (1 + abs(slope)) for other in others)
    return slope if agree else nan


class AbstractFunction(AbstractExperiment):
    """A function that the learner types."""

    f = FormulaInput(
        "f(x)", "x**2", ("x",), ("sin(x)", "exp(x)", "x*sin(x)", "1/(1+x**2)", "abs(x)"),
        help=HELP,
    )  # fmt: skip

    def graph(self, name: str = "f", tone: int = 3) -> Path:
        """The graph of f, broken where it jumps."""
        y = values(self.f, GRID)
        low, high = self.extent[2:]
        with np.errstate(invalid="ignore"):
            jumps = np.append(abs(np.diff(y)) > JUMP * (high - low), False)
        return Path(name, GRID, np.where(jumps, np.nan, y), tone)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """A window that shows f."""
        y = values(self.f, GRID)
        y = y[np.isfinite(y)]
        low, high = (y.min(), y.max()) if len(y) else (0.0, 1.0)
        low, high = float(np.clip(low, LOW, HIGH)), float(np.clip(high, LOW, HIGH))
        pad = 0.1 * (high - low) or 1.0
        return -4, 4, low - pad, high + pad
