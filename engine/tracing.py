"""The computation traced: what a primitive is, and tensors that remember how they were computed.

Every operation computes its value at once and keeps its inputs, so that the same expression can
be looked at (eager), differentiated (`engine.reverse`) and compiled (`engine.program`).

Import from `engine.tensor`: it also loads `engine.primitives`, without which `OPS` is empty.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn, Self, SupportsIndex, TypeVar, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.array import Array, real_array
from engine.errors import DomainError, ShapeError, unknown
from engine.operators import Operators
from engine.rows import Domain, Fill, OpKind, PartAt, RowFields, Workspace

if TYPE_CHECKING:
    from engine.expression import Expression


@dataclass(frozen=True, eq=False)
class Op:
    """A primitive: everything that is known about it, in one row.

    Args:
        name: its name in graphs, in messages and in compiled source.
        value: `value(*arrays, **attrs)`: a NumPy ufunc, or a function that may also take `out`,
            and the arrays of its workspace by name.
        vjps: for each input the vector-Jacobian product `vjp(g, y, *inputs, **attrs)`: it takes
            the cotangent g of the result y to that of the input, in array code that also builds
            graph. None: nothing flows. Broadcasting is undone once, in `engine.reverse`. A
            primitive of any number of inputs gives a function from the input's number to its VJP.
        kind: what the compiler and the explanations may take for granted.
        domain: outside of it a call is refused; a compiled step goes on, with inf and NaN.
        typed: the names by which a learner's formula calls it.
        operator: Python's operator for it.
        notation: how its result is written, as an `Expression`: of an elementwise primitive
            `notation(*x, **attrs)`, from the expressions of its inputs; of any other
            `notation(at, *arrays, **attrs)`, the element `at` from `SymbolicArray`s.
        derivative: how ∂y/∂xᵢ is written, where that is not read off the VJP:
            `derivative(i, y, *x, **attrs)`, or of any other than an elementwise primitive
            ∂y[at]/∂xᵢ[index] as `derivative(i, index, at, y, *arrays, **attrs)`.
        complex_value: its value on complex numbers, where `value` itself has none (complex step).
        in_place: the inputs whose memory may receive the result; unless said, all of an
            elementwise primitive and none of the others.
        like: of the same arguments as `value`, an array with the memory order of the result.
        part_at: of a pack, where its inputs lie in the result.
        fill: of a pack, what is in the result beside its inputs.
        workspace: the arrays that `value` works in, for a compiled step to keep.
        source: how a compiled step writes it, where that is not `name(*inputs, **attrs, out=…)`:
            `source(use, *inputs, out=…, **attrs)` from the names of arrays, a line; without `out`
            of a view, and with `out=""` of a single number, an expression. `use(function)` imports
            a function and gives its name.
    """

    name: str
    value: Callable[..., Array]
    vjps: tuple["VJP | None", ...] | Callable[[int], "VJP"]
    kind: OpKind = "elementwise"
    domain: Domain | None = None
    typed: tuple[str, ...] = ()
    operator: str = ""
    notation: Callable[..., "Expression"] | None = None
    derivative: Callable[..., "Expression"] | None = None
    complex_value: Callable[..., NDArray[np.complex128]] | None = None
    in_place: tuple[int, ...] | None = None
    like: Callable[..., Array] | None = None
    part_at: PartAt | None = None
    fill: Fill = "zeros"
    workspace: Workspace = field(default_factory=dict)
    source: Callable[..., str] | None = None

    def __call__(self, *inputs: "Operand", **attrs: Any) -> "Tensor":
        """Compute it now and remember it: `apply`."""
        return apply(self, *inputs, **attrs)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __deepcopy__(self, memo: object) -> "Op":
        return self

    def vjp(self, i: int) -> "VJP | None":
        """The vector-Jacobian product of input i."""
        return self.vjps[i] if isinstance(self.vjps, tuple) else self.vjps(i)

    def may_overwrite(self, i: int) -> bool:
        """Whether its result may be written over input i while that is being read."""
        return self.kind == "elementwise" if self.in_place is None else i in self.in_place

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
"""All primitives by name: the one table, written in `engine.primitives`."""


NUMPY_FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}
"""Functions of NumPy other than ufuncs → the same on tensors; see `engine.numpy_functions`."""


def primitive(
    value: Callable[..., Array],
    *vjps: "VJP | None",
    every_vjp: Callable[[int], "VJP"] | None = None,
    name: str = "",
    **row: Unpack[RowFields],
) -> Op:
    """Add a row to the table; the name, unless it is said, is that of the value function.

    Args:
        every_vjp: in place of `vjps` for any number of inputs: the input's number → its VJP.

    >>> cube = primitive(lambda x: x**3, lambda g, y, x: g * 3 * x**2, name="cube")
    >>> cube(2.0).item(), OPS.pop("cube").kind
    (8.0, 'elementwise')
    """
    op = Op(name or value.__name__, value, every_vjp or vjps, **row)
    OPS[op.name] = op
    return op


_serial = count()


class Tensor(Operators):
    """An array and where it came from.

    Args:
        value: real numbers of any shape; integers and truth values become float64. The array is
            kept, not copied: a compiled program reads and writes it in place.
        name: what the compiled source and the pictures call it.

    Raises:
        DomainError: not real numbers.
        ShapeError: rows of different lengths.

    >>> from engine.tensor import Tensor
    >>> x = Tensor([1.0, 2.0])
    >>> y = (x * x).sum()
    >>> y.item(), y.op.name
    (5.0, 'sum')
    """

    __slots__ = ("attrs", "inputs", "is_constant", "name", "op", "serial", "value")

    def __init__(self, value: "ArrayLike | Operand", name: str = "") -> None:
        if isinstance(value, np.ndarray) and value.dtype.char in "df":  # most are: save the call
            self.value: Array = value
        else:
            self.value = real_array(value)
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

    @property
    def dtype(self) -> np.dtype[np.floating[Any]]:
        """The type of its numbers."""
        return self.value.dtype

    def item(self) -> float:
        """The one number of a tensor that holds one.

        Raises:
            ShapeError: it holds several numbers, or none.
        """
        if self.size != 1:
            raise ShapeError(f"item: expected one number, got shape {self.shape}.")
        return float(self.value.item())

    __float__ = item

    def __bool__(self) -> bool:
        return bool(self.item())

    def __len__(self) -> int:
        if not self.ndim:
            raise ShapeError("len: expected a tensor with axes, got a single number.")
        return self.shape[0]

    def __iter__(self) -> "Iterator[Tensor]":
        return (self[i] for i in range(len(self)))

    @classmethod
    def _apply(cls, name: str, *inputs: "Operand", **attrs: Any) -> "Tensor":
        return apply(name, *inputs, **attrs)

    def _operand(self, x: "Operand") -> "Tensor":
        (tensor, _) = _operands((x, self))
        return tensor

    def __reduce__(self) -> tuple[type["Tensor"], tuple[Array, str]]:
        if self.op is not None:
            raise TypeError("Tensor: expected a leaf to copy or to pickle, got one computed by "
                            f"{self.op.name}. Write Tensor(x.value.copy()).")  # fmt: skip
        return Tensor, (self.value.copy(), self.name)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Tensor":
        kind, arguments = self.__reduce__()
        return kind(*arguments)

    def named(self, name: str) -> Self:
        """Itself, after noting what to call it."""
        self.name = name
        return self

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        origin = f", op={self.op.name}" if self.op else ""
        return (
            f"Tensor({np.array2string(self.value, separator=', ', prefix='Tensor(')}{name}{origin})"
        )

    def __array__(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("Tensor: expected an array, got a tensor. Write x.value for its numbers; "
                        "they carry no gradient.")  # fmt: skip

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: "Operand", **settings: object
    ) -> "Tensor":
        if method != "__call__" or settings:
            asked = f".{method}" if method != "__call__" else f"({', '.join(settings)}=…)"
            raise TypeError(f"np.{ufunc.__name__}: expected a plain call on tensors, got {asked}. "
                            "Write x.sum(), x.max() or the like.")  # fmt: skip
        built = NUMPY_FUNCTIONS.get(ufunc)
        result: Tensor = built(*inputs) if built else apply(ufunc.__name__, *inputs)
        return result

    def __array_function__(
        self,
        function: Callable[..., Any],
        types: object,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        name = function.__name__
        if function not in NUMPY_FUNCTIONS:
            raise TypeError(f"np.{name}: expected arrays, got a tensor. Compute it from np.sum, "
                            "np.max, np.where, np.stack and elementwise functions, or from "
                            "x.value, which carries no gradient.")  # fmt: skip
        try:
            return NUMPY_FUNCTIONS[function](*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"np.{name}: expected fewer settings on tensors: {error}.") from error


X = TypeVar("X", Tensor, Array, float)
VJP = Callable[..., Tensor]
Operand = Tensor | Array | float | SupportsIndex


def apply(op: Op | str, *inputs: Operand, **attrs: Any) -> Tensor:
    """Compute a primitive now and remember it.

    Args:
        op: a primitive, or its name in `OPS`.
        inputs: tensors, arrays or numbers; whatever is not a tensor becomes a constant.
        attrs: the primitive's own settings, such as an axis.

    Raises:
        UnknownNameError: no such primitive.
        ShapeError: the inputs do not fit together.
        DomainError: the primitive is not defined there.

    >>> from engine.tensor import Tensor, apply
    >>> apply("add", Tensor([1.0, 2.0]), 1).value.tolist()
    [2.0, 3.0]
    """
    if isinstance(op, str):
        if op not in OPS:
            raise unknown("operation on tensors", op, OPS)
        op = OPS[op]
    tensors = tuple(_operands(inputs))
    if op.kind == "elementwise" and len(tensors) > 1:
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
        fit = "do not fit together" if len(tensors) > 1 else "does not fit"
        raise ShapeError(f"{op.name}: the shape{'s' * (len(tensors) > 1)} {shapes} {fit} "
                         f"({error}).") from error  # fmt: skip
    result = Tensor(value)
    result.op, result.inputs, result.attrs = op, tensors, attrs
    return result


def _operands(inputs: Sequence[Operand]) -> Iterable[Tensor]:
    dtype = next((x.value.dtype for x in inputs if isinstance(x, Tensor)), np.dtype(np.float64))
    for x in inputs:
        if isinstance(x, Tensor):
            yield x
        else:
            array = real_array(x)
            yield constant(array if array.dtype == dtype else array.astype(dtype))


def _same_precision(tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Single numbers take on the type of the arrays that they meet, as Python's numbers do."""
    kind = next((x.value.dtype for x in tensors if x.ndim), None)
    if kind is None or all(x.value.dtype == kind for x in tensors):
        return tensors
    return tuple(x if x.ndim else apply("astype", x, dtype=kind.name) for x in tensors)


def constant(value: "ArrayLike | Operand") -> Tensor:
    """Numbers that never change: a compiled step may fold them, formulas show them as numbers.

    >>> constant([1.0, 2.0]).is_constant
    True
    """
    tensor = Tensor(value)
    tensor.is_constant = True
    return tensor


def call(op: Op, x: X, *others: X | Tensor | float, **attrs: Any) -> X:
    """A primitive on tensors (building graph) or on plain arrays and numbers (value only).

    >>> from engine.tensor import OPS, call
    >>> call(OPS["exp"], 0.0)
    1.0
    """
    inputs = (x, *others)
    if any(isinstance(x, Tensor) for x in inputs):
        return apply(op, *inputs, **attrs)  # type: ignore[return-value]
    values = [real_array(x).astype(np.float64, copy=False) for x in inputs]
    with np.errstate(all="ignore"):
        op.check(values)
        value = op.value(*values, **attrs)
    return value if np.ndim(value) else float(value)  # type: ignore[return-value]


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
