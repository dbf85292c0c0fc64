"""From tensors to the compiler's own graph: constants folded, twins merged, detours removed.

A node is made by `Lowering.make`, which applies the rewriting rules one after the other; the graph
is therefore simple from the start and there is no pass over it afterwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from engine.array import Array, Index
from engine.tensor import OPS, Op, Tensor, ancestors

Role = Literal["input", "bound", "constant", "op"]
Shape = tuple[int, ...]
DROP_LAST = (Ellipsis, slice(None, -1))
FIRST_ROWS = slice(None, -1)


@dataclass(eq=False)
class Node:
    """One value of the compiled step.

    A constant whose numbers are all equal keeps just one of them (`value` of shape ()), whatever
    its own shape is.
    """

    role: Role
    shape: Shape
    dtype: np.dtype[Any]
    serial: int
    op: Op | None = None
    inputs: tuple["Node", ...] = ()
    attrs: dict[str, Any] = field(default_factory=dict)
    value: Array | None = None
    name: str = ""

    @property
    def uniform(self) -> Array | None:
        """The one number of a constant that repeats it, else None."""
        if self.role == "constant" and self.value is not None and self.value.ndim == 0:
            return self.value
        return None

    @property
    def is_scalar(self) -> bool:
        """Whether it is one number reckoned from single numbers, outside of any array."""
        if self.shape or self.op is None:
            return False
        return self.op.form == "elementwise" or self.op.name == "getitem"

    def is_op(self, name: str) -> bool:
        """Whether it is the result of that primitive."""
        return self.op is not None and self.op.name == name


class Lowering:
    """Turns tensors into nodes, each tensor and each equal expression once."""

    def __init__(self, inputs: Sequence[Tensor]) -> None:
        self._nodes: dict[int, Node] = {}
        self._twins: dict[tuple[object, ...], Node] = {}
        for tensor in inputs:
            self._nodes[tensor.serial] = Node(
                "input", tensor.shape, tensor.value.dtype, tensor.serial, name=tensor.name
            )

    def lower(self, tensors: Iterable[Tensor]) -> list[Node]:
        """The nodes of some tensors, after those of all their ancestors."""
        wanted = list(tensors)
        for tensor in ancestors(wanted):
            if tensor.serial not in self._nodes:
                self._nodes[tensor.serial] = self._node(tensor)
        return [self._nodes[tensor.serial] for tensor in wanted]

    def get(self, tensor: Tensor) -> Node | None:
        """The node of a tensor, if it was lowered."""
        return self._nodes.get(tensor.serial)

    def _node(self, tensor: Tensor) -> Node:
        if tensor.op is not None:
            parents = tuple(self._nodes[x.serial] for x in tensor.inputs)
            return self.make(tensor.op, parents, tensor.attrs, tensor)
        value, serial = tensor.value, tensor.serial
        if not tensor.is_constant:
            return Node("bound", value.shape, value.dtype, serial, value=value, name=tensor.name)
        if value.size and bool((value == value.flat[0]).all()):
            value = np.array(value.flat[0])
        return Node("constant", tensor.shape, value.dtype, serial, value=value)

    def make(self, op: Op, inputs: tuple[Node, ...], attrs: dict[str, Any], like: Tensor) -> Node:
        """The simplest node for an operation on nodes."""
        shape = like.shape
        if op.form == "elementwise":
            inputs = tuple(_unrepeated(i, inputs, shape) for i in range(len(inputs)))
        simple = _folded(op, inputs, attrs, like) or _identity(op, inputs, attrs, shape)
        if simple is not None:
            return simple
        if op.name == "getitem" and attrs["index"] == DROP_LAST and inputs[0].is_op("matmul"):
            return self._narrow_product(inputs[0], like)
        if op.name == "add":
            shorter = (
                self._difference(inputs, like)
                or self._common_factor(inputs, like)
                or self._one_embed(inputs, like)
            )
            if shorter is not None:
                return shorter
        if op.name == "divide" and shape == inputs[0].shape != () and _is_number(inputs[1]):
            inverse = self.make(op, (_one(like), _single(inputs[1], like)), {}, _blank((), like))
            return self.make(OPS["multiply"], (inputs[0], inverse), {}, like)
        if op.name == "multiply" and shape:
            inputs = self._merged_factors(inputs, like)
        if op.name == "reshape" and inputs[0].is_op("reshape"):
            return self.make(op, inputs[0].inputs, attrs, like)
        key = (op.name, inputs, shape, repr(attrs))
        if key not in self._twins:
            self._twins[key] = Node(
                "op", shape, like.value.dtype, like.serial, op, inputs, attrs, None, like.name
            )
        return self._twins[key]

    def _narrow_product(self, product: Node, like: Tensor) -> Node:
        """(a b)[..., :-1] = a (b[..., :-1]): do not reckon a column that nobody reads."""
        a, b = product.inputs
        assert product.op is not None
        if b.is_op("transpose") and len(b.shape) == 2:
            rows = _blank((b.shape[1] - 1, b.shape[0]), like)
            top = self.make(OPS["getitem"], b.inputs, {"index": FIRST_ROWS}, rows)
            narrow = self.make(OPS["transpose"], (top,), b.attrs, _blank(rows.shape[::-1], like))
        else:
            columns = _blank((*b.shape[:-1], b.shape[-1] - 1), like)
            narrow = self.make(OPS["getitem"], (b,), {"index": DROP_LAST}, columns)
        return self.make(product.op, (a, narrow), {}, like)

    def _common_factor(self, inputs: tuple[Node, ...], like: Tensor) -> Node | None:
        """c a ± c b = c (a ± b) for a constant c: p/n − y/n becomes (p − y)/n."""
        (c, a), (d, b) = _factor(inputs[0]), _factor(inputs[1])
        if c is None or d is None or abs(c) != abs(d) or not a.shape == b.shape == like.shape:
            return None
        if c == d:
            inner = self.make(OPS["add"], (a, b), {}, like)
        else:
            c, first, second = (c, a, b) if c > 0 else (d, b, a)
            inner = self.make(OPS["subtract"], (first, second), {}, like)
        factor = _constant(np.asarray(c, like.value.dtype), (), like)
        return self.make(OPS["multiply"], (factor, inner), {}, like)

    def _difference(self, inputs: tuple[Node, ...], like: Tensor) -> Node | None:
        """a + (−b) = a − b."""
        for a, b in (inputs, inputs[::-1]):
            if b.is_op("negative"):
                return self.make(OPS["subtract"], (a, *b.inputs), {}, like)
        return None

    def _one_embed(self, inputs: tuple[Node, ...], like: Tensor) -> Node | None:
        """Zeros with some parts + zeros with others = zeros with all, where no two overlap."""
        a, b = inputs
        if not (a.is_op("embed") and b.is_op("embed") and a.shape == b.shape == like.shape):
            return None
        ours, theirs = a.attrs["indices"], b.attrs["indices"]
        if any(_overlap(i, j, like.shape) for i in ours for j in theirs):
            return None
        both = {"indices": (*ours, *theirs), "shape": like.shape}
        return self.make(OPS["embed"], (*a.inputs, *b.inputs), both, like)

    def _merged_factors(self, inputs: tuple[Node, ...], like: Tensor) -> tuple[Node, ...]:
        """c (d x) = (c d) x for numbers c and d: one pass over x, not two."""
        for c, product in (inputs, inputs[::-1]):
            if not _is_number(c) or not product.is_op("multiply"):
                continue
            for d, x in (product.inputs, product.inputs[::-1]):
                if _is_number(d) and x.shape == like.shape:
                    numbers = (_single(c, like), _single(d, like))
                    return x, self.make(OPS["multiply"], numbers, {}, _blank((), like))
        return inputs


def _is_number(node: Node) -> bool:
    """Whether it is one number, be it repeated."""
    return node.shape == () or node.uniform is not None


def _single(number: Node, like: Tensor) -> Node:
    """A number without the shape that it is repeated in."""
    return number if number.uniform is None else _constant(number.uniform, (), like)


def _one(like: Tensor) -> Node:
    return _constant(np.ones((), like.value.dtype), (), like)


def _factor(node: Node) -> tuple[float | None, Node]:
    """c and x where the node is c x for a constant number c, else None and the node."""
    if node.is_op("multiply"):
        for c, x in (node.inputs, node.inputs[::-1]):
            if c.uniform is not None and c.uniform:
                return float(c.uniform), x
    return None, node


def _blank(shape: Shape, like: Tensor) -> Tensor:
    """A stand-in for a tensor that a rule makes up at the place of `like`."""
    blank = Tensor(np.empty(shape, like.value.dtype))
    blank.serial = like.serial
    return blank


def _constant(value: Array, shape: Shape, like: Tensor) -> Node:
    return Node("constant", shape, value.dtype, like.serial, value=value)


def _overlap(i: Index, j: Index, shape: Shape) -> bool:
    """Whether two indices share an element; where that is hard to say, yes."""
    ours, theirs = spelled_out(i, len(shape)), spelled_out(j, len(shape))
    if ours is None or theirs is None:
        return True
    for p, q, n in zip(ours, theirs, shape, strict=True):
        a, b = (range(n)[x] if isinstance(x, slice) else [x % n] for x in (p, q))
        if not set(a) & set(b):
            return False
    return True


def spelled_out(index: Index, ndim: int) -> list[int | slice] | None:
    """A number or a slice for every axis; None where an index makes new axes.

    >>> spelled_out((..., 0), 3)
    [slice(None, None, None), slice(None, None, None), 0]
    """
    parts = list(index) if isinstance(index, tuple) else [index]
    if any(part is None for part in parts):
        return None
    if Ellipsis not in parts:
        parts.append(Ellipsis)
    i = parts.index(Ellipsis)
    return parts[:i] + [slice(None)] * (ndim - len(parts) + 1) + parts[i + 1 :]


def _unrepeated(i: int, inputs: tuple[Node, ...], shape: Shape) -> Node:
    """Drop a broadcast that the other operand brings about anyway."""
    node = inputs[i]
    if not node.is_op("broadcast_to"):
        return node
    inner = node.inputs[0]
    others = [x.shape for j, x in enumerate(inputs) if j != i]
    return inner if np.broadcast_shapes(inner.shape, *others) == shape else node


def _folded(op: Op, inputs: tuple[Node, ...], attrs: dict[str, Any], like: Tensor) -> Node | None:
    """What can be reckoned now from numbers that never change."""
    numbers = [x.uniform for x in inputs]
    if not inputs or any(number is None for number in numbers):
        return None
    if op.form == "elementwise":
        with np.errstate(all="ignore"):
            return _constant(np.asarray(op.value(*numbers, **attrs)), like.shape, like)
    if op.form == "view":
        return _constant(np.asarray(numbers[0]), like.shape, like)
    if op.name == "sum":
        count = int(np.prod(inputs[0].shape)) // max(1, int(np.prod(like.shape)))
        return _constant(np.asarray(numbers[0] * count), like.shape, like)  # type: ignore[operator]
    return None


def _identity(op: Op, inputs: tuple[Node, ...], attrs: dict[str, Any], shape: Shape) -> Node | None:
    """Operations that change nothing: the same shape again, x·1, x + 0, x − 0, x / 1, xᵀᵀ."""
    x = inputs[0]
    if op.name == "detach" or (op.name in ("reshape", "broadcast_to") and x.shape == shape):
        return x
    if op.name == "transpose":
        if attrs["axes"] == tuple(range(len(shape))):
            return x
        if x.is_op("transpose"):
            turned = [x.attrs["axes"][i] for i in attrs["axes"]]
            if turned == list(range(len(shape))):
                return x.inputs[0]
    neutral = {"multiply": 1, "divide": 1, "add": 0, "subtract": 0}.get(op.name)
    if neutral is None:
        return None
    a, b = inputs
    if b.uniform is not None and b.uniform == neutral and a.shape == shape:
        return a
    commutes = op.name in ("multiply", "add")
    if commutes and a.uniform is not None and a.uniform == neutral and b.shape == shape:
        return b
    return None
