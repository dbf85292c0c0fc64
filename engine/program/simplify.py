"""First pass, simplify: from tensors to a graph of nodes, each equal expression once.

A node is made by `Simplifier.make`, which applies the rewriting rules one after the other; the
graph is simple from the start, and there is no pass over it afterwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np

from engine.array import Array, Index, Shape
from engine.indexing import spelled_out
from engine.primitives.elementwise import negative
from engine.primitives.packs import getitem, insert
from engine.primitives.pairs import add, divide, multiply, subtract
from engine.primitives.reductions import matmul, sum_over
from engine.primitives.views import broadcast_to, detach, reshape, transpose
from engine.tensor import Op, Tensor, ancestors

Role = Literal["input", "bound", "constant", "op"]

DROP_LAST = (Ellipsis, slice(None, -1))
FIRST_ROWS = slice(None, -1)


class Spec(NamedTuple):
    """What is known of a value before it is computed; `serial` orders the values in time."""

    shape: Shape
    dtype: np.dtype[Any]
    serial: int
    name: str = ""

    def unnamed(self, shape: Shape) -> "Spec":
        """One of another shape, made up at the same place."""
        return Spec(shape, self.dtype, self.serial)


@dataclass(eq=False, frozen=True)
class Node:
    """One value of the compiled step.

    A constant whose numbers are all equal keeps just one of them (`value` of shape ()), whatever
    its own shape is.
    """

    role: Role
    shape: Shape
    dtype: np.dtype[Any]
    serial: int
    name: str = ""
    op: Op | None = None
    inputs: tuple["Node", ...] = ()
    attrs: dict[str, Any] = field(default_factory=dict)
    value: Array | None = None

    @cached_property
    def uniform(self) -> Array | None:
        """The one number of a constant that repeats it, else None."""
        is_one = self.role == "constant" and self.value is not None and self.value.ndim == 0
        return self.value if is_one else None

    @cached_property
    def is_scalar(self) -> bool:
        """Whether it is one number computed from single numbers, outside of any array."""
        if self.shape or self.op is None:
            return False
        return self.op.kind == "elementwise" or self.op is getitem

    @cached_property
    def is_view(self) -> bool:
        """Whether it is an array's memory seen in another way."""
        return self.op is not None and self.op.kind == "view" and not self.is_scalar

    @cached_property
    def is_pack(self) -> bool:
        """Whether it is an array laid together from its inputs."""
        return self.op is not None and self.op.kind == "pack"


class Simplifier:
    """Turns tensors into nodes, each tensor and each equal expression once."""

    def __init__(self, inputs: Sequence[Tensor]) -> None:
        self._nodes = {x.serial: Node("input", *_spec(x)) for x in inputs}
        self._known: dict[tuple[object, ...], Node] = {}

    def nodes(self, tensors: Iterable[Tensor]) -> list[Node]:
        """The nodes of some tensors, after those of all their ancestors."""
        wanted = list(tensors)
        for tensor in ancestors(wanted):
            if tensor.serial not in self._nodes:
                self._nodes[tensor.serial] = self._node(tensor)
        return [self._nodes[tensor.serial] for tensor in wanted]

    def get(self, tensor: Tensor) -> Node | None:
        """The node of a tensor, if it has one."""
        return self._nodes.get(tensor.serial)

    def _node(self, tensor: Tensor) -> Node:
        spec = _spec(tensor)
        if tensor.op is not None:
            inputs = tuple(self._nodes[x.serial] for x in tensor.inputs)
            return self.make(tensor.op, inputs, tensor.attrs, spec)
        value = tensor.value
        if not tensor.is_constant:
            return Node("bound", *spec, value=value)
        if value.size and bool((value == value.flat[0]).all()):
            value = np.array(value.flat[0])
        return Node("constant", *spec, value=value)

    def make(self, op: Op, inputs: tuple[Node, ...], attrs: dict[str, Any], spec: Spec) -> Node:
        """The simplest node for an operation on nodes."""
        if op.kind == "elementwise":
            inputs = tuple(_unrepeated(i, inputs, spec.shape) for i in range(len(inputs)))
        simple = _folded(op, inputs, attrs, spec) or _unchanged(op, inputs, attrs, spec)
        simple = simple or self._rewritten(op, inputs, attrs, spec)
        if simple is not None:
            return simple
        if op is multiply and spec.shape:
            inputs = self._merged_factors(inputs, spec)
        key = (op, inputs, spec.shape, _hashable(tuple(attrs.items())))
        if key not in self._known:
            self._known[key] = Node("op", *spec, op, inputs, attrs)
        return self._known[key]

    def _rewritten(
        self, op: Op, inputs: tuple[Node, ...], attrs: dict[str, Any], spec: Spec
    ) -> Node | None:
        if op is add:
            return (
                self._difference(inputs, spec)
                or self._common_factor(inputs, spec)
                or self._one_insert(inputs, spec)
            )
        if op is divide and spec.shape == inputs[0].shape != () and _has_inverse(inputs[1]):
            inverse = self.make(op, (_one(spec), _single(inputs[1], spec)), {}, spec.unnamed(()))
            return self.make(multiply, (inputs[0], inverse), {}, spec)
        if op is reshape and inputs[0].op is reshape:
            return self.make(op, inputs[0].inputs, attrs, spec)
        if op is getitem and attrs["index"] == DROP_LAST and inputs[0].op is matmul:
            return self._narrow_product(inputs[0], spec)
        return None

    def _narrow_product(self, product: Node, spec: Spec) -> Node:
        """(a b)[..., :-1] = a (b[..., :-1]): do not compute a column that nobody reads."""
        a, b = product.inputs
        if b.op is transpose and len(b.shape) == 2:
            rows = spec.unnamed((b.shape[1] - 1, b.shape[0]))
            top = self.make(getitem, b.inputs, {"index": FIRST_ROWS}, rows)
            narrow = self.make(transpose, (top,), b.attrs, spec.unnamed(rows.shape[::-1]))
        else:
            columns = spec.unnamed((*b.shape[:-1], b.shape[-1] - 1))
            narrow = self.make(getitem, (b,), {"index": DROP_LAST}, columns)
        return self.make(matmul, (a, narrow), {}, spec)

    def _common_factor(self, inputs: tuple[Node, ...], spec: Spec) -> Node | None:
        """c a ± c b = c (a ± b) for a constant c: p/n − y/n becomes (p − y)/n."""
        (c, a), (d, b) = _factor(inputs[0]), _factor(inputs[1])
        if c is None or d is None or abs(c) != abs(d) or not a.shape == b.shape == spec.shape:
            return None
        if not np.isfinite(c):
            return None
        if c == d:
            inner = self.make(add, (a, b), {}, spec)
        else:
            c, first, second = (c, a, b) if c > 0 else (d, b, a)
            inner = self.make(subtract, (first, second), {}, spec)
        factor = _constant(np.asarray(c, spec.dtype), spec.unnamed(()))
        return self.make(multiply, (factor, inner), {}, spec)

    def _difference(self, inputs: tuple[Node, ...], spec: Spec) -> Node | None:
        """a + (−b) = a − b."""
        for a, b in (inputs, inputs[::-1]):
            if b.op is negative:
                return self.make(subtract, (a, *b.inputs), {}, spec)
        return None

    def _one_insert(self, inputs: tuple[Node, ...], spec: Spec) -> Node | None:
        """Zeros with some parts + zeros with others = zeros with all, where no two overlap."""
        a, b = inputs
        if not (a.op is b.op is insert and a.shape == b.shape == spec.shape):
            return None
        ours, theirs = a.attrs["indices"], b.attrs["indices"]
        if any(_overlap(i, j, spec.shape) for i in ours for j in theirs):
            return None
        both = {"indices": (*ours, *theirs), "shape": spec.shape}
        return self.make(insert, (*a.inputs, *b.inputs), both, spec)

    def _merged_factors(self, inputs: tuple[Node, ...], spec: Spec) -> tuple[Node, ...]:
        """c (d x) = (c d) x for numbers c and d: one pass over x, not two."""
        for c, product in (inputs, inputs[::-1]):
            if not _is_number(c) or product.op is not multiply:
                continue
            for d, x in (product.inputs, product.inputs[::-1]):
                if _is_number(d) and x.shape == spec.shape:
                    numbers = (_single(c, spec), _single(d, spec))
                    return x, self.make(multiply, numbers, {}, spec.unnamed(()))
        return inputs


def _spec(tensor: Tensor) -> Spec:
    return Spec(tensor.value.shape, tensor.value.dtype, tensor.serial, tensor.name)


def _hashable(value: object) -> object:
    """A setting as something that equal settings have in common."""
    if isinstance(value, slice):
        return slice, value.start, value.stop, value.step
    return tuple(map(_hashable, value)) if isinstance(value, tuple) else value


def _is_number(node: Node) -> bool:
    """Whether it is one number, be it repeated."""
    return node.shape == () or node.uniform is not None


def _has_inverse(node: Node) -> bool:
    """Whether it is a number whose inverse can be taken beforehand: of a constant a finite one."""
    if node.uniform is None:
        return node.shape == ()
    least = 1 / float(np.finfo(node.dtype).max)
    return bool(abs(node.uniform) > least) or not node.uniform


def _single(number: Node, spec: Spec) -> Node:
    """A number without the shape that it is repeated in."""
    uniform = number.uniform
    return number if uniform is None else _constant(uniform, spec.unnamed(()))


def _one(spec: Spec) -> Node:
    return _constant(np.ones((), spec.dtype), spec.unnamed(()))


def _constant(value: Array, spec: Spec) -> Node:
    return Node("constant", spec.shape, value.dtype, spec.serial, value=value)


def _factor(node: Node) -> tuple[float | None, Node]:
    """c and x where the node is c x for a constant number c, else None and the node."""
    if node.op is multiply:
        for c, x in (node.inputs, node.inputs[::-1]):
            if c.uniform is not None and c.uniform:
                return float(c.uniform), x
    return None, node


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


def _unrepeated(i: int, inputs: tuple[Node, ...], shape: Shape) -> Node:
    """Drop a broadcast that the other operands bring about anyway."""
    node = inputs[i]
    if node.op is not broadcast_to:
        return node
    inner = node.inputs[0]
    others = [x.shape for j, x in enumerate(inputs) if j != i]
    return inner if np.broadcast_shapes(inner.shape, *others) == shape else node


def _folded(op: Op, inputs: tuple[Node, ...], attrs: dict[str, Any], spec: Spec) -> Node | None:
    """What can be computed now from numbers that never change."""
    numbers = [x.uniform for x in inputs]
    if not inputs or any(number is None for number in numbers):
        return None
    if op.kind == "elementwise":
        with np.errstate(all="ignore"):
            return _constant(np.asarray(op.value(*numbers, **attrs)), spec)
    if op.kind == "view":
        return _constant(np.asarray(numbers[0]), spec)
    if op is sum_over:
        count = int(np.prod(inputs[0].shape)) // max(1, int(np.prod(spec.shape)))
        with np.errstate(all="ignore"):
            total = np.multiply(numbers[0], count) if count else np.zeros((), spec.dtype)  # type: ignore[arg-type]
        return _constant(np.asarray(total), spec)
    return None


_NEUTRAL = {multiply: 1, divide: 1, add: 0, subtract: 0}
"""The number that changes nothing as the second operand."""


def _unchanged(op: Op, inputs: tuple[Node, ...], attrs: dict[str, Any], spec: Spec) -> Node | None:
    """Operations that change nothing: the same shape again, x·1, x + 0, x − 0, x / 1, xᵀᵀ."""
    x, shape = inputs[0], spec.shape
    if op is detach or (op in (reshape, broadcast_to) and x.shape == shape):
        return x
    if op is transpose:
        in_order = tuple(range(len(shape)))
        if attrs["axes"] == in_order:
            return x
        if x.op is transpose and tuple(x.attrs["axes"][i] for i in attrs["axes"]) == in_order:
            return x.inputs[0]
    if op not in _NEUTRAL:
        return None
    a, b = inputs
    if (
        b.uniform is not None
        and b.uniform == _NEUTRAL[op]
        and (a.shape, a.dtype) == (shape, spec.dtype)
    ):
        return a
    if op in (multiply, add) and a.uniform is not None and a.uniform == _NEUTRAL[op]:
        return b if (b.shape, b.dtype) == (shape, spec.dtype) else None
    return None
