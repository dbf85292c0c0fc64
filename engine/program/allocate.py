"""Second pass, second half: which memory receives each value, and what is done in which order.

A buffer is handed on as soon as nobody reads its value any more, to the operation itself where
that may write over its input. A new state is written over the old one if nobody reads the old one
later. The result is data, without a line of text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.array import Array
from engine.primitives.packs import append_ones
from engine.program.placement import Placement
from engine.program.simplify import Node
from engine.program.storage import (
    Buffer,
    BufferSpec,
    Cell,
    Compute,
    Copy,
    Evaluate,
    Filled,
    Instruction,
    Leaf,
    Multiply,
    Part,
    ProductCall,
    Reshaped,
    Scalar,
    Storage,
    View,
)

NEVER = 1 << 60
"""The time at which an output, an input or a state dies."""

Updates = Sequence[tuple[Node, Node]]
"""Pairs (state, new value)."""


@dataclass(frozen=True)
class Allocation:
    """A step ready to be printed.

    `returns` are the results; `storage` tells where each value is, `augmented` which inputs come
    with a column of ones.
    """

    instructions: Sequence[Instruction]
    returns: Sequence[Storage]
    storage: dict[Node, Storage]
    augmented: set[Node]


def allocate(inputs: Sequence[Node], outputs: Sequence[Node], updates: Updates) -> Allocation:
    """Give every value of a step its memory.

    Args:
        inputs: the arguments of the step.
        outputs: values that the step returns.
        updates: bound arrays and what is written into them at the end.

    >>> from engine.program.simplify import Simplifier
    >>> from engine.tensor import Tensor, apply
    >>> x = Tensor([1.0, 2.0], "x")
    >>> y = apply("tanh", apply("exp", x))
    >>> nodes = Simplifier([x]).nodes([x, y])
    >>> first, second = allocate(nodes[:1], nodes[1:], []).instructions
    >>> first.out is second.out
    True
    """
    states = [state for state, _ in updates]
    placement = Placement(inputs, [*outputs, *(new for _, new in updates)], states)
    allocator = Allocator(placement, outputs, updates)
    allocator.leaves([*inputs, *states])
    for node in placement.nodes:
        if node.op is not None:
            allocator.compute(node)
    returns = [allocator.result(node) for node in outputs]
    allocator.write_updates(updates)
    return Allocation(allocator.instructions, returns, allocator.storage, placement.augmented)


class Allocator:
    """Goes through the nodes in order, with a pool of buffers that are free again."""

    def __init__(self, placement: Placement, outputs: Sequence[Node], updates: Updates) -> None:
        self.placement = placement
        self.storage: dict[Node, Storage] = {}
        self.instructions: list[Instruction] = []
        self._states = {state for state, _ in updates}
        self._time = {node: i for i, node in enumerate(placement.nodes)}
        self._last_read = self._last_reads(outputs, updates)
        self._in_place = self._overwritten_states(outputs, updates)
        self._free: dict[BufferSpec, list[Storage]] = {}
        self._derived: dict[object, Storage] = {}

    # Lifetimes.

    def _last_reads(self, outputs: Sequence[Node], updates: Updates) -> dict[Node, int]:
        last: dict[Node, int] = {}
        for node in self.placement.nodes:
            for x in node.inputs:
                root = self.placement.roots[x]
                last[root] = max(last.get(root, 0), self._time[node])
        for node in (*outputs, *(new for _, new in updates)):
            last[self.placement.roots[node]] = NEVER
        return last

    def _overwritten_states(self, outputs: Sequence[Node], updates: Updates) -> dict[Node, Node]:
        """New values that may be computed straight into the state they replace."""
        result: dict[Node, Node] = {}
        layouts, slots = self.placement.layouts, self.placement.slots
        for state, new in updates:
            fits = (new.shape, new.dtype) == (state.shape, state.dtype)
            fits = fits and layouts[new].strides == layouts[state].strides
            is_free = new not in slots and new not in outputs
            is_array = new.op is not None and new.op.kind == "elementwise" and not new.is_scalar
            if fits and is_free and is_array and self._reads_end(state, new):
                result[new] = state
        return result

    def _reads_end(self, state: Node, new: Node) -> bool:
        """Whether nobody reads a state after its new value, which itself reads it elementwise."""
        now, last = self._time[new], self._last_read.get(state, -1)
        elementwise = all(
            x is state and new.op is not None and new.op.may_overwrite(i)
            for i, x in enumerate(new.inputs)
            if self.placement.roots[x] is state
        )
        return last < now or (last == now and elementwise)

    def _dies(self, x: Node, reader: Node) -> bool:
        """Whether x owns a buffer of the pool and is read here for the last time."""
        is_own = x.op is not None and self.placement.roots[x] is x and not x.is_scalar
        is_pooled = is_own and not x.name and not x.is_pack
        return is_pooled and self._last_read.get(x, NEVER) == self._time[reader]

    # Memory.

    def leaves(self, nodes: Sequence[Node]) -> None:
        """What is there before the step begins."""
        for node in dict.fromkeys([*nodes, *self.placement.nodes]):
            if node.op is None:
                self.storage[node] = Leaf(node)

    def _spec(self, node: Node) -> BufferSpec:
        return BufferSpec(node.shape, node.dtype, self.placement.order(node))

    def _acquire(self, stem: str, spec: BufferSpec) -> Storage:
        """A buffer that nobody needs any more, or a new one."""
        free = self._free.get(spec)
        return free.pop() if free else Buffer(spec, stem)

    def _release(self, node: Node) -> None:
        roots = self.placement.roots
        overwritten = {roots[x] for x in node.inputs if self.storage[x] is self.storage[node]}
        for x in dict.fromkeys(roots[x] for x in node.inputs):
            if self._dies(x, node) and x not in overwritten:
                self._free.setdefault(self._spec(x), []).append(self.storage[x])

    def _destination(self, node: Node) -> Storage:
        """What receives a node's value."""
        if node in self._in_place:
            return self.storage[self._in_place[node]]
        if node in self.placement.slots:
            pack, number = self.placement.slots[node]
            return Part(self._pack(pack), pack, number, node.name)
        if node.name:
            return Buffer(self._spec(node), node.name)
        for i, x in enumerate(node.inputs):
            root = self.placement.roots[x]
            overwrites = node.op is not None and node.op.may_overwrite(i)
            if overwrites and self._dies(root, node) and self._fits(x, root, node):
                return self.storage[x]
        return self._acquire("t", self._spec(node))

    def _fits(self, x: Node, root: Node, node: Node) -> bool:
        """Whether x is all of its root, unnamed, and lies in memory just as the node will."""
        layouts = self.placement.layouts
        seen, wanted = layouts[x], layouts[node]
        is_alike = (x.shape, x.dtype, seen.strides) == (node.shape, node.dtype, wanted.strides)
        is_whole = seen.size == layouts[root].size and seen.flags.writeable
        return is_alike and is_whole and not x.name

    def _pack(self, pack: Node) -> Storage:
        if pack not in self.storage:
            assert pack.op is not None
            has_ones = pack.op.fill == "ones"
            stem = f"{self._stem(pack.inputs[0])}_1" if has_ones else pack.name or "whole"
            self.storage[pack] = Buffer(self._spec(pack), stem, pack.op.fill)
        return self.storage[pack]

    def _stem(self, node: Node) -> str:
        storage = self.storage.get(node)
        return node.name or (storage.stem if isinstance(storage, Buffer) else "t")

    def _array(self, node: Node) -> Storage:
        """An array that holds a node, made from a single number where need be."""
        scalar = self.storage[node]
        if not isinstance(scalar, Scalar):
            return scalar
        if scalar not in self._derived:
            self._derived[scalar] = cell = Cell(scalar)
            self.instructions.append(Copy(node, scalar, cell))
        return self._derived[scalar]

    def _whole(self, node: Node) -> Storage:
        """A constant as an array of its full shape; anything else as it is."""
        if node.uniform is None or not node.shape:
            return self._array(node)
        key = node.shape, node.dtype, float(node.uniform)
        return self._derived.setdefault(key, Filled(node))

    # Instructions.

    def compute(self, node: Node) -> None:
        """Find memory for a node and note how it is filled."""
        assert node.op is not None
        if node.is_scalar:
            self._evaluate(node)
        elif node in self.placement.copies:
            self._copy_reshaped(node)
        elif node.is_view:
            self.storage[node] = View(self._whole(node.inputs[0]), node)
        elif node.is_pack:
            self._fill_pack(node)
        else:
            self._fill(node)

    def _evaluate(self, node: Node) -> None:
        is_element = node.op is not None and node.op.kind == "view"
        inputs = [self._array(x) if is_element else self.storage[x] for x in node.inputs]
        scalar = self.storage[node] = Scalar(node)
        self.instructions.append(Evaluate(node, tuple(inputs), scalar))

    def _copy_reshaped(self, node: Node) -> None:
        x = node.inputs[0]
        out = self.storage[node] = self._destination(node)
        self.instructions.append(Copy(node, self._whole(x), Reshaped(out, x.shape)))
        self._release(node)

    def _fill_pack(self, node: Node) -> None:
        if node.op is append_ones and node.inputs[0] in self.placement.augmented:
            self.storage[node] = self.storage[node.inputs[0]]
            return
        pack = self._pack(node)
        for i, part in enumerate(node.inputs):
            if self.placement.slots.get(part) != (node, i):
                self.instructions.append(Copy(node, self._whole(part), Part(pack, node, i, "")))

    def _fill(self, node: Node) -> None:
        assert node.op is not None
        broadcasts = node.op.kind == "elementwise"
        inputs = tuple(self._array(x) if broadcasts else self._whole(x) for x in node.inputs)
        out = self.storage[node] = self._destination(node)
        if node.op.kind == "product":
            made = self.placement.layouts[self._in_place.get(node, node)]
            factors = inputs[0], inputs[1]
            self.instructions.append(Multiply(node, factors, out, _product_call(made)))
        else:
            self.instructions.append(Compute(node, inputs, out, self._workspace(node)))
        self._release(node)

    def _workspace(self, node: Node) -> dict[str, Storage]:
        """The arrays that a kernel works in, given back at once for the next one."""
        assert node.op is not None
        specs = {}
        for key, describe in node.op.workspace.items():
            shape, dtype = describe(node, *node.inputs)
            is_like = len(shape) == len(node.shape)
            order = self.placement.order(node) if is_like else tuple(range(len(shape)))
            specs[key] = BufferSpec(shape, dtype, order)
        buffers = {key: self._acquire(key, spec) for key, spec in specs.items()}
        for key, spec in specs.items():
            self._free.setdefault(spec, []).append(buffers[key])
        return buffers

    # The end of the step.

    def result(self, node: Node) -> Storage:
        """A value to give out or to write into a state, saved from the writing of the states."""
        if self.placement.roots[node] in self._states:
            kept = Buffer(self._spec(node), "kept")
            self.instructions.append(Copy(node, self.storage[node], kept))
            return kept
        return self.storage[node] if node.is_scalar else self._whole(node)

    def write_updates(self, updates: Updates) -> None:
        """Note what is written into the states, after all that reads them."""
        writes = [
            Copy(new, self.result(new), self.storage[state])
            for state, new in updates
            if self._in_place.get(new) is not state
        ]
        self.instructions += writes


def _product_call(out: Array) -> ProductCall:
    """What fills memory of that layout with a product in one call to BLAS."""
    if out.ndim == 2 and out.flags.c_contiguous:
        return "dot"
    if out.ndim == 2 and out.flags.f_contiguous:
        return "transposed dot"
    return "matmul"
