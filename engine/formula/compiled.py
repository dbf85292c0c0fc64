"""A formula as a compiled function of arrays, one program for each set of shapes."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array, Shape, real_array
from engine.errors import ShapeError
from engine.formula.operations import Mode
from engine.program import Program
from engine.tensor import Tensor

KEPT = 8
"""Programs that are kept for shapes that come again."""


class Graph(Protocol):
    """What computes a tensor from a tensor for every name."""

    def __call__(self, variables: Mapping[str, Tensor], mode: Mode = "checked") -> Tensor:
        """The value, by a mode of `engine.formula.build`."""
        ...


class Compiled:
    """A function of arrays of any shapes, traced and compiled when shapes first come.

    Args:
        graph: what it computes.
        names: its arguments, in order.

    >>> f = Compiled(lambda variables, mode: variables["x"] * 2, ("x",))
    >>> f([1.0, 2.0]).tolist(), f(3.0)
    ([2.0, 4.0], 6.0)
    """

    def __init__(self, graph: Graph, names: tuple[str, ...]) -> None:
        self.names = names
        self._graph = graph
        self._programs: OrderedDict[tuple[Shape, ...], tuple[Program, Shape]] = OrderedDict()

    def __call__(self, *arrays: ArrayLike) -> Array | float:
        """Its value, a new array, or a number; inf and NaN out of its domain.

        Raises:
            ShapeError: not one array for every name.
            FormulaError: shapes that do not fit together.
        """
        values = [real_array(x).astype(np.float64, copy=False) for x in arrays]
        program, shape = self._compiled([x.shape for x in values])
        (result,) = program(*(x.reshape(x.shape or (1,)) for x in values))
        return np.array(result).reshape(shape) if shape else float(result.item())

    def source(self, *shapes: Shape) -> str:
        """The NumPy source for arrays of these shapes; without any, for single numbers.

        >>> f = Compiled(lambda variables, mode: variables["x"] * 2, ("x",))
        >>> print(f.source((5,)).splitlines()[-3].strip())
        multiply(x, two, out=t)
        """
        program, _ = self._compiled(list(shapes) or [()] * len(self.names))
        return program.source

    def _compiled(self, shapes: list[Shape]) -> tuple[Program, Shape]:
        """The program for some shapes, and the shape of its result."""
        key = tuple(shapes)
        if len(key) != len(self.names):
            raise ShapeError(f"Expected {len(self.names)} arrays ({', '.join(self.names)}), got "
                             f"{len(key)}.")  # fmt: skip
        if key not in self._programs:
            self._programs[key] = self._program(key)
            if len(self._programs) > KEPT:
                self._programs.popitem(last=False)
        self._programs.move_to_end(key)
        return self._programs[key]

    def _program(self, shapes: tuple[Shape, ...]) -> tuple[Program, Shape]:
        shape = self._graph(self._leaves(shapes), "traced").shape
        leaves = self._leaves(tuple(shape or (1,) for shape in shapes))
        return Program(list(leaves.values()), [self._graph(leaves, "exact")]), shape

    def _leaves(self, shapes: tuple[Shape, ...]) -> dict[str, Tensor]:
        pairs = zip(self.names, shapes, strict=True)
        return {name: Tensor(np.full(shape, np.nan), name) for name, shape in pairs}
