"""Knobs that are turned in a picture: drag a point, pick a cell, edit a matrix.

Each can be typed as well: `3, 4`, `2, 3`, `0 1 0; 1 -4 1; 0 1 0`. The arguments that all knobs
share are explained in `lessons.kit.knobs.knob`.
"""

from collections.abc import Mapping, Sequence
from typing import Unpack

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from lessons.kit.knobs.knob import AbstractKnob, KnobOptions

NOTCH = 0.1
"""The step of a dragged point."""
DIGITS = 4
"""Significant digits of a coordinate or a number."""


def _frozen(values: Array) -> Array:
    values.flags.writeable = False
    return values


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}") + 0.0  # no −0


def _text(value: float) -> str:
    return f"{value:.{DIGITS}g}"


class Point(AbstractKnob[Array]):
    """A point of the plane within ±reach, of shape (2,); dragged by its grip, or typed as `3, 4`.

    Dragging and arrow keys move it by multiples of `notch`; typed values may lie in between.

    >>> tip = Point("tip of a", (3, 4))
    >>> tip.show(tip.near(1.234, -9)), tip.parse("1.25, 0").tolist()
    ('1.2, -5', [1.25, 0.0])
    """

    def __init__(
        self,
        label: str,
        default: Sequence[float],
        reach: float = 5.0,
        *,
        notch: float = NOTCH,
        **shared: Unpack[KnobOptions],
    ) -> None:
        self.reach, self.notch = reach, notch
        super().__init__(label, default, **shared)

    def parse(self, text: object) -> Array:
        """Two numbers, separated by a comma."""
        example = ", ".join(f"{min(size, self.reach):g}" for size in (3, 4))
        wanted = f"two numbers within ±{self.reach:g}, such as {example}"
        try:
            parts = text.strip("() ").split(",") if isinstance(text, str) else text
            x, y = (_rounded(float(part)) for part in parts)  # type: ignore[attr-defined]
        except (TypeError, ValueError):
            raise self.error(wanted, text) from None
        if not max(abs(x), abs(y)) <= self.reach:
            raise self.error(wanted, text)
        return _frozen(np.array([x, y]))

    def show(self, value: Array) -> str:
        """Both coordinates."""
        return f"{_text(value[0])}, {_text(value[1])}"

    def near(self, x: float, y: float) -> Array:
        """The nearest point that dragging can reach."""
        placed = np.rint(np.array([x, y]) / self.notch) * self.notch
        return self.parse(np.clip(placed, -self.reach, self.reach))

    def moved(self, value: Array, across: int, up: int = 0) -> Array:
        """Some notches to the right and up."""
        return self.near(value[0] + across * self.notch, value[1] + up * self.notch)

    def edge_cases(self) -> tuple[Array, ...]:
        """Two far corners, the default, and the origin, which has no direction."""
        r = self.reach
        return (self.parse((-r, -r)), self.default, self.parse((r, r)), self.parse((0, 0)))


class Cell(AbstractKnob[tuple[int, int]]):
    """A cell of a grid of at most `shape`, picked by a click, or typed as `row, column` from 1.

    Its value counts from 0, as arrays do.

    An experiment whose grid is smaller at the moment uses its last row or column instead.

    >>> Cell("output", (0, 0), shape=(8, 8)).parse("2, 3")
    (1, 2)
    """

    def __init__(
        self,
        label: str,
        default: tuple[int, int],
        *,
        shape: tuple[int, int],
        **shared: Unpack[KnobOptions],
    ) -> None:
        self.shape = shape
        super().__init__(label, default, **shared)

    def parse(self, text: object) -> tuple[int, int]:
        """Row and column, separated by a comma."""
        rows, columns = self.shape
        wanted = f"a row from 1 to {rows} and a column from 1 to {columns}, such as 1, 1"
        try:
            parts = text.strip("() ").split(",") if isinstance(text, str) else text
            i, j = (int(part) for part in parts)  # type: ignore[attr-defined]
            i, j = (i - 1, j - 1) if isinstance(text, str) else (i, j)
        except (TypeError, ValueError):
            raise self.error(wanted, text) from None
        if not (0 <= i < rows and 0 <= j < columns):
            raise self.error(wanted, text)
        return i, j

    def show(self, value: tuple[int, int]) -> str:
        """Row and column."""
        return f"{value[0] + 1}, {value[1] + 1}"

    def moved(self, value: tuple[int, int], across: int, up: int = 0) -> tuple[int, int]:
        """The cell some columns to the right and some rows up."""
        (rows, columns), (i, j) = self.shape, value
        return min(rows - 1, max(0, i - up)), min(columns - 1, max(0, j + across))

    def edge_cases(self) -> tuple[tuple[int, int], ...]:
        """The first, the default and the last."""
        return ((0, 0), self.default, (self.shape[0] - 1, self.shape[1] - 1))


class Matrix(AbstractKnob[Array]):
    """A small matrix: each entry is edited in a picture, or the whole is a preset or typed.

    One of shape (N, 2) may hold N points of the plane, each dragged by its own grip.

    All presets have one shape unless `any_shape` is set; the first is the default if none is named.

    >>> kernel = Matrix("kernel", {"edge": [[-1, 1]], "mean": [[0.5, 0.5]]})
    >>> kernel.show(kernel.edited(kernel.default, (0, 1), 2)), kernel.show(kernel.parse("0.5 0.5"))
    ('-1 2', 'mean')
    """

    def __init__(
        self,
        label: str,
        presets: Mapping[str, ArrayLike],
        *,
        default: str = "",
        reach: float = 99.0,
        any_shape: bool = False,
        **shared: Unpack[KnobOptions],
    ) -> None:
        self.presets = {name: self._matrix(values) for name, values in presets.items()}
        self.reach, self.any_shape = reach, any_shape
        super().__init__(label, default or next(iter(presets)), **shared)

    @staticmethod
    def _matrix(values: ArrayLike) -> Array:
        rows = np.atleast_2d(np.array(values, dtype=float))
        return _frozen(np.array([[_rounded(x) for x in row] for row in rows.tolist()]))

    def parse(self, text: object) -> Array:
        """A preset's name, or rows separated by semicolons."""
        if isinstance(text, str) and text in self.presets:
            return self.presets[text]
        rows, columns = next(iter(self.presets.values())).shape
        shape = "rows of numbers" if self.any_shape else f"{rows} × {columns} numbers"
        wanted = f"{shape} within ±{self.reach:g} separated by spaces and semicolons, or one of "
        wanted += ", ".join(self.presets)
        try:
            parts = [row.split() for row in text.split(";")] if isinstance(text, str) else text
            values = self._matrix(parts)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise self.error(wanted, text) from None
        fits = values.size and (self.any_shape or values.shape == (rows, columns))
        if not fits or not (abs(values) <= self.reach).all():
            raise self.error(wanted, text)
        return values

    def show(self, value: Array) -> str:
        """The preset's name, or the numbers row by row."""
        for name, values in self.presets.items():
            if np.array_equal(values, value):
                return name
        return "; ".join(" ".join(map(_text, row)) for row in value.tolist())

    def edited(self, value: Array, at: tuple[int, int], number: float) -> Array:
        """The same matrix with one entry changed."""
        changed = value.copy()
        changed[at] = _rounded(min(self.reach, max(-self.reach, number)))
        return _frozen(changed)

    def placed(self, value: Array, row: int, x: float, y: float) -> Array:
        """The same matrix, whose rows are points, with one of them dragged to (x, y)."""
        changed = value.copy()
        point = np.clip(np.rint(np.array([x, y]) / NOTCH) * NOTCH, -self.reach, self.reach)
        changed[row] = [_rounded(number) for number in point.tolist()]
        return _frozen(changed)

    def nudged(self, value: Array, row: int, across: int, up: int) -> Array:
        """The same matrix with one of its points some notches to the right and up."""
        x, y = value[row]
        return self.placed(value, row, x + across * NOTCH, y + up * NOTCH)

    def moved(self, value: Array, across: int, up: int = 0) -> Array:
        """The preset some positions further, wrapping around; from any other matrix, the first."""
        names, shown = list(self.presets), self.show(value)
        at = names.index(shown) + across + up if shown in names else 0
        return self.presets[names[at % len(names)]]

    def edge_cases(self) -> tuple[Array, ...]:
        """All presets."""
        return tuple(self.presets.values())
