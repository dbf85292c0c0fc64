"""Two formulas compared as functions: an answer is right when it has the right values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.formula.formula import Formula, Numeric

Point = Mapping[str, float | Array]


class VariableRange(NamedTuple):
    """Where a variable's numbers are drawn from, and the shape of the array that they fill."""

    low: float
    high: float
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Equivalence:
    """The outcome: at the first point where two formulas differ, the value of each.

    `checked` counts the points where at least one was defined; None stands for a value that is not
    defined. Where no point could be checked the two are not the same. It is true where they are.
    """

    same: bool
    checked: int
    point: Point | None = None
    first: float | Array | None = None
    second: float | Array | None = None

    def __bool__(self) -> bool:
        return self.same

    def __str__(self) -> str:
        if self.same:
            return f"The same at {self.checked} points."
        if self.point is None:
            return "Neither is defined at any point that was tried."
        place = ", ".join(f"{name} = {_shown(value)}" for name, value in self.point.items())
        return f"At {place}: {_shown(self.first)} and {_shown(self.second)}."


def compare(
    formula: Formula,
    other: Formula,
    domain: Mapping[str, VariableRange | tuple[float, float]],
    *,
    rng: np.random.Generator,
    points: int = 100,
    tolerance: float = 1e-9,
) -> Equivalence:
    """Whether two formulas are the same function, tried at points of their domain.

    Different ways to write a function differ in rounding; so two numbers count as equal when their
    difference is at most the tolerance times the larger of 1 and their size. Points where both are
    undefined are skipped; where just one is, they differ.

    Args:
        formula, other: of the same meaning or not; each uses some of the domain's names.
        domain: name → its interval, in numbers or arrays.
        rng: draws the points: the middle of the domain comes first.
        points: how many are tried, ≥ 1.

    Raises:
        DomainError: an interval whose ends are not finite or not in order, or points < 1.
        FormulaError: a formula uses a name that the domain does not have.

    >>> result = compare(Formula("(x + 1)**2"), Formula("x**2 + 1"), {"x": (-1, 2)},
    ...                  rng=np.random.default_rng(0))
    >>> result.same, str(result)
    (False, 'At x = 0.5: 2.25 and 1.25.')
    """
    intervals = {name: _interval(name, ends) for name, ends in domain.items()}
    if points < 1:
        raise DomainError(f"compare: expected points ≥ 1, got {points}.")
    pair = [
        Formula(f.text, tuple(intervals), f.by) if f.arguments is None else f
        for f in (formula, other)
    ]
    checked = 0
    for i in range(points):
        point = {name: _drawn(ends, rng, i == 0) for name, ends in intervals.items()}
        first, second = (_value(f, point) for f in pair)
        if first is None and second is None:
            continue
        checked += 1
        if first is None or second is None or not _equal(first, second, tolerance):
            return Equivalence(False, checked, point, first, second)
    return Equivalence(checked > 0, checked)


def _interval(name: str, ends: VariableRange | tuple[float, float]) -> VariableRange:
    interval = VariableRange(*ends)
    if not (interval.low <= interval.high and interval.high - interval.low < np.inf):
        raise DomainError(f"compare: expected finite low ≤ high for {name}, got {interval.low} "
                          f"and {interval.high}.")  # fmt: skip
    return interval


def _drawn(ends: VariableRange, rng: np.random.Generator, middle: bool) -> float | Array:
    low, high, shape = ends
    if middle and not shape:
        return 0.5 * low + 0.5 * high
    numbers: Array = np.asarray(low + (high - low) * rng.random(shape))
    return numbers if shape else round_within(float(numbers), low, high)


def round_within(x: float, low: float, high: float) -> float:
    """x to about four digits of its interval, and not outside: a point that is easy to read.

    >>> round_within(0.123456, 0.0, 1.0), round_within(0.99999, 0.0, 0.99999)
    (0.1235, 0.99999)
    """
    width = high - low
    digits = 4 - int(np.floor(np.log10(width))) if width > 0 else 0
    rounded = round(x, digits)
    return rounded if low <= rounded <= high else x


def _value(f: Formula, point: Point) -> float | Array | None:
    """The value at a point; None where it is not defined, or not finite."""
    try:
        value: Numeric = f(**{name: point[name] for name in f.names if name in point})
    except DomainError:
        return None
    return value if np.isfinite(value).all() else None


def _equal(a: float | Array, b: float | Array, tolerance: float) -> bool:
    if np.shape(a) != np.shape(b):
        return False
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1)
    return bool((np.abs(np.subtract(a, b)) <= tolerance * size).all())


def _shown(value: float | Array | None) -> str:
    if value is None:
        return "not defined"
    if np.ndim(value):
        return np.array2string(np.asarray(value), precision=4, separator=", ", threshold=12)
    return f"{value:.6g}"
