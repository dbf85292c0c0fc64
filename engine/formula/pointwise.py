"""An elementwise formula: functions of one or two variables, activations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.errors import FormulaError, ShapeError
from engine.formula.formula import Formula, Numeric
from engine.formula.functions import is_elementwise
from engine.reverse import grad
from engine.tensor import Tensor


@dataclass(frozen=True)
class Pointwise:
    """A formula whose value at one point depends on no other point.

    Args:
        formula: of any number of variables.

    Raises:
        FormulaError: it has a sum, a product of matrices or the like.

    >>> f = Pointwise(Formula("x**2 + 3*y"))
    >>> f(2.0, np.array([0.0, 1.0])).tolist()
    [4.0, 7.0]
    >>> Pointwise(Formula("5", ("x",)))(np.array([1.0, 2.0])).tolist()
    [5.0, 5.0]
    """

    formula: Formula

    def __post_init__(self) -> None:
        for operation in self.formula.parsed.operations:
            name = operation.name
            if name not in ("number", "name", "any") and not is_elementwise(name):
                raise FormulaError(f"Expected an elementwise function, got {name}.",
                                   self.formula.text, operation.at)  # fmt: skip

    def __call__(self, *values: Numeric) -> Numeric:
        """Its value, of the shape that the values make together: graph for tensors.

        Raises:
            FormulaDomainError: a function in it is not defined there.
            ShapeError: values whose shapes do not fit together.
        """
        shape = self._shape(values)
        y = self.formula(*values)
        if isinstance(y, Tensor):
            return y if y.shape == shape else y.broadcast_to(shape)
        return y if np.shape(y) == shape else np.broadcast_to(y, shape).copy()

    def slopes(self, *arrays: Array | float) -> tuple[Array, tuple[Array, ...]]:
        """Its value and its partial derivatives at many points at once.

        Args:
            arrays: one for every variable, of shapes that fit together.

        Returns:
            The values, and one array of slopes for every variable, all of one shape.

        >>> value, (dx, dy) = Pointwise(Formula("x*y")).slopes(2.0, np.array([3.0, 5.0]))
        >>> value.tolist(), dx.tolist(), dy.tolist()
        ([6.0, 10.0], [3.0, 5.0], [2.0, 2.0])
        """
        shape = self._shape(arrays)
        leaves = [Tensor(np.broadcast_to(x, shape)) for x in arrays]
        y: Tensor = self(*leaves) if leaves else Tensor(self.formula())
        return y.value, tuple(dx.value for dx in grad(y.sum(), leaves))

    def _shape(self, values: Sequence[Numeric]) -> tuple[int, ...]:
        shapes = [x.shape if isinstance(x, Tensor) else np.shape(x) for x in values]
        try:
            return np.broadcast_shapes(*shapes)
        except ValueError:
            text = " and ".join(map(str, shapes))
            raise ShapeError(f"The shapes {text} do not fit together.") from None
