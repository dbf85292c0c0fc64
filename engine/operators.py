"""What can be written with tensors: arithmetic, comparisons, shapes, sums; each a primitive."""

import operator
from collections.abc import Sequence
from typing import Any, Self, SupportsIndex, TypeAlias, TypeVar

import numpy as np

from engine.array import Array, Index
from engine.errors import ShapeError
from engine.indexing import normal_axes, normal_index

X = TypeVar("X", bound="Operators")
Operand: TypeAlias = X | Array | float | SupportsIndex
"""What a tensor can be computed with."""


class Operators:
    """The operators and methods of `Tensor`, by the names of the primitives.

    >>> from engine.tensor import Tensor
    >>> x = Tensor([1.0, 3.0])
    >>> ((x > 2) * x + 1).value.tolist()
    [1.0, 4.0]
    """

    __slots__ = ()

    value: Array

    @classmethod
    def _apply(cls, name: str, *inputs: "Operand[Self]", **attrs: Any) -> Self:
        """Compute a primitive by its name."""
        raise NotImplementedError

    def _operand(self, x: "Operand[Self]") -> Self:
        """x itself, or a constant of its numbers in this one's precision."""
        raise NotImplementedError

    def __add__(self, other: "Operand[Self]") -> Self:
        return self._apply("add", self, other)

    def __radd__(self, other: "Operand[Self]") -> Self:
        return self._apply("add", other, self)

    def __sub__(self, other: "Operand[Self]") -> Self:
        return self._apply("subtract", self, other)

    def __rsub__(self, other: "Operand[Self]") -> Self:
        return self._apply("subtract", other, self)

    def __mul__(self, other: "Operand[Self]") -> Self:
        return self._apply("multiply", self, other)

    def __rmul__(self, other: "Operand[Self]") -> Self:
        return self._apply("multiply", other, self)

    def __truediv__(self, other: "Operand[Self]") -> Self:
        return self._apply("divide", self, other)

    def __rtruediv__(self, other: "Operand[Self]") -> Self:
        return self._apply("divide", other, self)

    def __pow__(self, other: "Operand[Self]") -> Self:
        if isinstance(other, int | float) and other == 2:
            return self._apply("square", self)
        return self._apply("power", self, other)

    def __rpow__(self, other: "Operand[Self]") -> Self:
        return self._apply("power", other, self)

    def __neg__(self) -> Self:
        return self._apply("negative", self)

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return self._apply("absolute", self)

    def __matmul__(self, other: "Operand[Self]") -> Self:
        return _matmul(self, self._operand(other))

    def __rmatmul__(self, other: "Operand[Self]") -> Self:
        return _matmul(self._operand(other), self)

    # Comparisons are elementwise, 1.0 where true: no gradient flows through them.
    def __eq__(self, other: "Operand[Self]") -> Self:  # type: ignore[override]
        return NotImplemented if _is_not_number(other) else self._apply("equal", self, other)

    def __ne__(self, other: "Operand[Self]") -> Self:  # type: ignore[override]
        return NotImplemented if _is_not_number(other) else self._apply("not_equal", self, other)

    def __lt__(self, other: "Operand[Self]") -> Self:
        return self._apply("less", self, other)

    def __le__(self, other: "Operand[Self]") -> Self:
        return self._apply("less_equal", self, other)

    def __gt__(self, other: "Operand[Self]") -> Self:
        return self._apply("greater", self, other)

    def __ge__(self, other: "Operand[Self]") -> Self:
        return self._apply("greater_equal", self, other)

    __hash__ = object.__hash__

    def __getitem__(self, index: Index) -> Self:
        return self._apply("getitem", self, index=normal_index(index))

    @property
    def T(self) -> Self:  # noqa: N802 - the mathematical name, as in NumPy
        """The transpose: all axes reversed."""
        return self.transpose()

    def transpose(self, *axes: SupportsIndex | Sequence[int]) -> Self:
        """Its axes in another order; without axes in the reverse one.

        Raises:
            ShapeError: not every axis once.
        """
        ndim = self.value.ndim
        order = _sizes(axes) if axes else tuple(range(ndim))[::-1]
        if sorted(a + ndim * (a < 0) for a in order) != list(range(ndim)):
            raise ShapeError(
                f"transpose: expected each of {self.value.ndim} axes once, got {order}."
            )
        return self._apply("transpose", self, axes=tuple(a % self.value.ndim for a in order))

    def reshape(self, *shape: SupportsIndex | Sequence[int]) -> Self:
        """The same numbers, row by row, in another shape; one length may be -1.

        Raises:
            ShapeError: another count of numbers.
        """
        wanted = _sizes(shape)
        try:
            full = np.empty(self.value.shape, dtype=bool).reshape(wanted).shape
        except ValueError:
            raise ShapeError(
                f"reshape: expected as many numbers in shape {wanted} as in {self.value.shape}."
            ) from None
        return self._apply("reshape", self, shape=full)

    def broadcast_to(self, *shape: SupportsIndex | Sequence[int]) -> Self:
        """Itself repeated along new axes and along axes of length one."""
        return self._apply("broadcast_to", self, shape=_sizes(shape))

    def detach(self) -> Self:
        """The same numbers as a constant: no gradient flows back through it."""
        return self._apply("detach", self)

    def sum(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Self:
        """The sum over some axes, or all of them."""
        return self._apply("sum", self, axis=normal_axes(axis, self.value.ndim), keepdims=keepdims)

    def mean(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Self:
        """The mean over some axes, or all of them.

        Raises:
            ShapeError: there is nothing to average.
        """
        total = self.sum(axis, keepdims)
        if total.value.size and not self.value.size:
            raise ShapeError(f"mean: expected one or more numbers, got shape {self.value.shape}.")
        return total * (total.value.size / max(self.value.size, 1))

    def max(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Self:
        """The largest number over some axes, or all of them; equal ones share the gradient.

        Raises:
            ShapeError: there is no number to take.
        """
        if not self.value.size:
            raise ShapeError(f"max: expected one or more numbers, got shape {self.value.shape}.")
        return self._apply("max", self, axis=normal_axes(axis, self.value.ndim), keepdims=keepdims)

    def min(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Self:
        """The smallest number over some axes, or all of them; equal ones share the gradient.

        Raises:
            ShapeError: there is no number to take.
        """
        if not self.value.size:
            raise ShapeError(f"min: expected one or more numbers, got shape {self.value.shape}.")
        return -(-self).max(axis, keepdims)


def _is_not_number(x: object) -> bool:
    return x is None or isinstance(x, str)


def _matmul(a: X, b: X) -> X:
    """The matrix product; a vector stands for a row on the left, for a column on the right."""
    if not a.value.ndim or not b.value.ndim:
        shapes = f"{a.value.shape} and {b.value.shape}"
        raise ShapeError(f"matmul: expected arrays, got shapes {shapes}.")
    row, column = a.value.ndim == 1, b.value.ndim == 1
    product = a._apply("matmul", a.reshape(1, -1) if row else a, b.reshape(-1, 1) if column else b)
    shape = list(product.value.shape)
    if column:
        del shape[-1]
    if row:
        del shape[-1 if column else -2]
    return product.reshape(shape) if row or column else product


def _sizes(shape: tuple[SupportsIndex | Sequence[int], ...]) -> tuple[int, ...]:
    """Integers given one by one, or as one sequence."""
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    return tuple(operator.index(n) for n in sizes)  # type: ignore[arg-type]
