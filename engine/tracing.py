"""The computation traced: what a primitive is, and tensors that remember how they were computed.

Every operation computes its value at once and keeps its parents, so that the same expression can
be looked at (eager), differentiated (`engine.reverse`) and compiled (`engine.program`).

Import from `engine.tensor`: it also loads `engine.ops`, without which the table `OPS` is empty.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal, NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array, Index
from engine.errors import DomainError, ShapeError, unknown

Form = Literal["elementwise", "rowwise", "reduce", "view", "product", "pack", "table", "window"]
Work = Mapping[str, Callable[..., tuple[tuple[int, ...], np.dtype[Any]]]]
"""Arrays that a kernel works in: name → from result and inputs to a shape and a type."""


class Domain(NamedTuple):
    """Where a primitive is defined: in words, on which of its inputs, and what lies outside."""

    text: str
    argument: int
    outside: Callable[..., Array]


@dataclass(frozen=True)
class Op:
    """A primitive: its value, and for each input how a cotangent flows back to it.

    `value(*arrays, out=None, **attrs)` is NumPy's function or one of `engine.kernels`.
    `pulls[i](g, y, *inputs, **attrs)` takes the cotangent g of the result y to that of input i, in
    array code that also builds graph; None says that nothing flows. Broadcasting is undone once,
    in `engine.reverse`. `form` tells the compiler how the result lies in memory. A primitive of any
    number of inputs gives a function from the input's number to its pull-back. `work` are arrays
    that `value` takes by name, for a compiled step to keep. Outside of `domain` a call is refused;
    a compiled step goes on, with inf and NaN.
    """

    name: str
    value: Callable[..., Array]
    pulls: tuple["Pull | None", ...] | Callable[[int], "Pull"]
    form: Form = "elementwise"
    work: Work = field(default_factory=dict)
    domain: Domain | None = None

    def pull(self, i: int) -> "Pull | None":
        """The pull-back to input i."""
        return self.pulls[i] if isinstance(self.pulls, tuple) else self.pulls(i)

    def check(self, values: Sequence[Array]) -> None:
        """Refuse numbers on which it is not defined; NaN passes.

        Raises:
            DomainError: names the primitive, the domain and the first number outside.
        """
        if self.domain is None:
            return
        text, argument, outside = self.domain
        wrong = outside(*values)
        if wrong.any():
            first = np.broadcast_to(values[argument], wrong.shape)[wrong].flat[0]
            raise DomainError(f"{self.name}: expected {text}, got {first:g}.")


OPS: dict[str, Op] = {}
"""All primitives by name: the one table, written in `engine.ops`."""

_serial = count()


class Tensor:
    """An array and where it came from.

    Args:
        value: any shape; whole numbers become float64. The array is kept, not copied: a compiled
            program reads and writes it in place.
        name: what the compiled source and the pictures call it.

    >>> from engine.tensor import Tensor
    >>> x = Tensor([1.0, 2.0])
    >>> y = (x * x).sum()
    >>> y.item(), y.op.name
    (5.0, 'sum')
    """

    __slots__ = ("attrs", "inputs", "is_constant", "name", "op", "serial", "value")

    def __init__(self, value: ArrayLike, name: str = "") -> None:
        array = np.asarray(value)
        self.value: Array = array if array.dtype.kind == "f" else array.astype(np.float64)
        self.name = name
        self.op: Op | None = None
        self.inputs: tuple[Tensor, ...] = ()
        self.attrs: dict[str, Any] = {}
        self.is_constant = False
        self.serial = next(_serial)

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return self.value.shape

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return self.value.ndim

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return self.value.size

    def item(self) -> float:
        """The one number of a tensor that holds one."""
        return float(self.value.item())

    def named(self, name: str) -> "Tensor":
        """Itself, after noting what to call it."""
        self.name = name
        return self

    def __repr__(self) -> str:
        origin = f", op={self.op.name}" if self.op else ""
        return f"Tensor({np.array2string(self.value, separator=', ')}{origin})"

    def __add__(self, other: "Operand") -> "Tensor":
        return apply("add", self, other)

    def __radd__(self, other: "Operand") -> "Tensor":
        return apply("add", other, self)

    def __sub__(self, other: "Operand") -> "Tensor":
        return apply("subtract", self, other)

    def __rsub__(self, other: "Operand") -> "Tensor":
        return apply("subtract", other, self)

    def __mul__(self, other: "Operand") -> "Tensor":
        return apply("multiply", self, other)

    def __rmul__(self, other: "Operand") -> "Tensor":
        return apply("multiply", other, self)

    def __truediv__(self, other: "Operand") -> "Tensor":
        return apply("divide", self, other)

    def __rtruediv__(self, other: "Operand") -> "Tensor":
        return apply("divide", other, self)

    def __pow__(self, other: "Operand") -> "Tensor":
        if isinstance(other, int | float) and other == 2:
            return apply("square", self)
        return apply("power", self, other)

    def __rpow__(self, other: "Operand") -> "Tensor":
        return apply("power", other, self)

    def __neg__(self) -> "Tensor":
        return apply("negative", self)

    def __abs__(self) -> "Tensor":
        return apply("absolute", self)

    def __matmul__(self, other: "Operand") -> "Tensor":
        return matmul(self, other)

    def __rmatmul__(self, other: "Operand") -> "Tensor":
        return matmul(other, self)

    def __getitem__(self, index: Index) -> "Tensor":
        return apply("getitem", self, index=normal_index(index))

    @property
    def T(self) -> "Tensor":  # noqa: N802 - the mathematical name, as in NumPy
        """The transpose: all axes reversed."""
        return apply("transpose", self, axes=tuple(range(self.ndim))[::-1])

    def transpose(self, axes: Sequence[int]) -> "Tensor":
        """Its axes in another order."""
        return apply("transpose", self, axes=tuple(a % self.ndim if a < 0 else a for a in axes))

    def reshape(self, shape: Sequence[int]) -> "Tensor":
        """The same numbers, row by row, in another shape; one length may be -1."""
        try:
            full = np.empty(self.shape, dtype=bool).reshape(tuple(shape)).shape
        except ValueError:
            raise ShapeError(
                f"reshape: expected as many numbers in shape {tuple(shape)} as in {self.shape}."
            ) from None
        return apply("reshape", self, shape=full)

    def broadcast_to(self, shape: Sequence[int]) -> "Tensor":
        """Itself repeated along new axes and along axes of length one."""
        return apply("broadcast_to", self, shape=tuple(shape))

    def sum(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> "Tensor":
        """The sum over some axes, or all of them."""
        return apply("sum", self, axis=normal_axes(axis, self.ndim), keepdims=keepdims)

    def mean(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> "Tensor":
        """The mean over some axes, or all of them."""
        total = self.sum(axis, keepdims)
        return total * (total.size / self.size)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: "Operand") -> "Tensor":
        if method != "__call__":
            raise TypeError(f"Tensor: expected a plain call of {ufunc.__name__}, got .{method}.")
        if ufunc.__name__ == "matmul":
            return matmul(*inputs)
        return apply(ufunc.__name__, *inputs)


Pull = Callable[..., Tensor]
Operand = Tensor | Array | float | SupportsIndex


def apply(name: str, *inputs: Operand, **attrs: Any) -> Tensor:
    """Compute a primitive now and remember it.

    Args:
        name: one of `OPS`.
        inputs: tensors, arrays or numbers; those that are no tensors become constants.
        attrs: the primitive's own settings, such as an axis.

    Raises:
        UnknownNameError: no such primitive.
        ShapeError: the inputs do not fit together.
        DomainError: the primitive is not defined there.

    >>> from engine.tensor import Tensor, apply
    >>> apply("add", Tensor([1.0, 2.0]), 1).value.tolist()
    [2.0, 3.0]
    """
    op = OPS.get(name)
    if op is None:
        raise unknown("operation on tensors", name, OPS)
    tensors = tuple(_operands(inputs))
    if op.form == "elementwise" and len(tensors) > 1:
        tensors = _same_precision(tensors)
    values = [x.value for x in tensors]
    try:
        with np.errstate(all="ignore"):
            op.check(values)
            value = op.value(*values, **attrs)
    except DomainError:
        raise
    except ValueError as error:
        shapes = " and ".join(str(x.shape) for x in tensors)
        raise ShapeError(f"{name}: the shapes {shapes} do not fit together ({error}).") from error
    result = Tensor(value)
    result.op, result.inputs, result.attrs = op, tensors, attrs
    return result


def _operands(inputs: Sequence[Operand]) -> Iterable[Tensor]:
    dtype = next((x.value.dtype for x in inputs if isinstance(x, Tensor)), np.dtype(np.float64))
    for x in inputs:
        if isinstance(x, Tensor):
            yield x
        else:
            constant = Tensor(np.asarray(x, dtype=dtype))
            constant.is_constant = True
            yield constant


def _same_precision(tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Single numbers take on the type of the arrays that they meet, as Python's numbers do."""
    kind = next((x.value.dtype for x in tensors if x.ndim), None)
    if kind is None or all(x.value.dtype == kind for x in tensors):
        return tensors
    return tuple(x if x.ndim else apply("astype", x, dtype=kind.name) for x in tensors)


def call(name: str, *inputs: Operand, **attrs: Any) -> Any:
    """A primitive on tensors (building graph) or on plain arrays and numbers (value only).

    >>> from engine.tensor import call
    >>> call("exp", 0.0)
    1.0
    """
    if any(isinstance(x, Tensor) for x in inputs):
        return apply(name, *inputs, **attrs)
    op, values = OPS[name], [np.asarray(x, dtype=float) for x in inputs]
    with np.errstate(all="ignore"):
        op.check(values)
        value = op.value(*values, **attrs)
    return value if np.ndim(value) else float(value)


def matmul(a: Operand, b: Operand) -> Tensor:
    """The matrix product; a vector stands for a row on the left, for a column on the right.

    >>> from engine.tensor import Tensor, matmul
    >>> matmul(Tensor([[1.0, 2.0]]), [3.0, 4.0]).value.tolist()
    [11.0]
    """
    left, right = _operands((a, b))
    if not left.ndim or not right.ndim:
        raise ShapeError(f"matmul: expected arrays, got shapes {left.shape} and {right.shape}.")
    row, column = left.ndim == 1, right.ndim == 1
    left = left.reshape((1, -1)) if row else left
    right = right.reshape((-1, 1)) if column else right
    product = apply("matmul", left, right)
    shape = product.shape
    if column:
        shape = shape[:-1]
    if row:
        shape = (*shape[:-2], *shape[-1:]) if not column else shape[:-1]
    return product if shape == product.shape else product.reshape(shape)


def normal_axes(axis: int | tuple[int, ...] | None, ndim: int) -> tuple[int, ...]:
    """An axis argument as a sorted tuple of axes counted from the front.

    >>> normal_axes(-1, 3), normal_axes(None, 2)
    ((2,), (0, 1))
    """
    if axis is None:
        return tuple(range(ndim))
    axes = (axis,) if isinstance(axis, int) else axis
    if any(not -ndim <= a < ndim for a in axes):
        raise ShapeError(f"axis: expected {-ndim} ≤ axis < {ndim}, got {axis}.")
    return tuple(sorted(a % ndim for a in axes))


def normal_index(index: Index) -> Index:
    """An index that only looks: whole numbers, slices, ... and None; all else would copy.

    Raises:
        DomainError: a list, an array or a truth value.

    >>> normal_index((np.int64(2), ...))
    (2, Ellipsis)
    """
    if isinstance(index, tuple):
        return tuple(normal_index(i) for i in index)
    if index is None or index is Ellipsis or isinstance(index, slice):
        return index
    if np.ndim(index) or isinstance(index, bool) or not isinstance(index, SupportsIndex):
        raise DomainError(f"Tensor: expected an index of whole numbers and slices, got {index!r}.")
    return operator.index(index)


def ancestors(roots: Iterable[Tensor]) -> list[Tensor]:
    """All tensors that the roots were computed from, themselves included, oldest first.

    >>> from engine.tensor import Tensor, ancestors
    >>> x = Tensor(2.0)
    >>> [t.op.name if t.op else "leaf" for t in ancestors([x * x + x])]
    ['leaf', 'multiply', 'add']
    """
    seen: dict[int, Tensor] = {}
    stack = list(roots)
    while stack:
        tensor = stack.pop()
        if tensor.serial not in seen:
            seen[tensor.serial] = tensor
            stack.extend(tensor.inputs)
    return [seen[serial] for serial in sorted(seen)]
