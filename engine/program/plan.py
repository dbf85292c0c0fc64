"""Where every value of a compiled step lives, decided before a line of source is written.

Views own nothing: their root does. A value that is a part of a packed array ([h 1], the flat
gradient, a padded image) is reckoned right where the pack keeps it. A new parameter vector is
written over the old one as soon as nobody reads the old one any more.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import engine.program.memory as memory
from engine.array import Array
from engine.program.graph import Node

NEVER = 1 << 60
"""The time at which an output, an input or a state dies."""


class Place(NamedTuple):
    """Part `number` of a packed array."""

    pack: Node
    number: int


class Plan:
    """The order of the operations, and who keeps what, how and for how long.

    Args:
        inputs: the arguments of the step.
        outputs: values that the step returns.
        updates: pairs (state, new value).
    """

    def __init__(
        self,
        inputs: Sequence[Node],
        outputs: Sequence[Node],
        updates: Sequence[tuple[Node, Node]],
    ) -> None:
        self.nodes = _sorted([*outputs, *(new for _, new in updates)])
        self.time = {node: i for i, node in enumerate(self.nodes)}
        self.reads = self._readers()
        self.augmented = self._augmented_inputs({*outputs, *(new for _, new in updates)})
        self.places: dict[Node, Place] = {}
        self.samples: dict[Node, Array] = {}
        """For each node an array without memory of its own that has the value's strides."""
        self.copies: set[Node] = set()
        """The reshapes that move numbers, because these lie in another order."""
        for node in dict.fromkeys([*inputs, *(state for state, _ in updates), *self.nodes]):
            self._settle(node)
        self.last_read = self._last_reads(outputs, updates)
        self.overwrites = self._overwrites(outputs, updates)

    def root(self, node: Node) -> Node:
        """The node whose memory this one is a view of."""
        while True:
            if self._is_view(node):
                node = node.inputs[0]
            elif node in self.places:
                node = self.places[node].pack
            else:
                return node

    def order(self, node: Node) -> memory.Order:
        """The axes of a node's buffer, the slowest in memory first."""
        return memory.order_of(self.samples[node])

    def _is_view(self, node: Node) -> bool:
        is_view = node.op is not None and node.op.form == "view"
        return is_view and not node.is_scalar and node not in self.copies

    def _settle(self, node: Node) -> None:
        """Decide how a node lies in memory, after its inputs."""
        if node in self.samples:
            return
        inputs = [self.samples[x] for x in node.inputs]
        if node.op is None:
            self.samples[node] = memory.leaf(node, node in self.augmented)
            return
        if node.op.form == "view" and not node.is_scalar:
            view = memory.view(node, inputs[0])
            if view is not None:
                self.samples[node] = view
                return
            self.copies.add(node)
        if node.is_op("with_ones") and node.inputs[0] in self.augmented:
            self.samples[node] = memory.augmented(node)
            return
        order = memory.natural_order(node, inputs)
        pack = self._home(node)
        if pack is None:
            self.samples[node] = memory.sample(node.shape, node.dtype, order)
            return
        self.places[node] = Place(pack, pack.inputs.index(node))
        if pack not in self.samples:
            whole = memory.pack_order(pack, self.places[node].number, order)
            self.samples[pack] = memory.sample(pack.shape, pack.dtype, whole)
        self.samples[node] = memory.part(pack, self.places[node].number, self.samples[pack])

    def _home(self, node: Node) -> Node | None:
        """The first pack that a freshly made array is a part of: there it can be made at once."""
        if node.op is None or node.op.form == "pack" or node.is_scalar:
            return None
        return next((x for x in self.reads[node] if x.op is not None and x.op.form == "pack"), None)

    def _readers(self) -> dict[Node, list[Node]]:
        readers: dict[Node, list[Node]] = {node: [] for node in self.nodes}
        for node in self.nodes:
            for x in node.inputs:
                readers[x].append(node)
        return readers

    def _augmented_inputs(self, results: set[Node]) -> set[Node]:
        """Inputs wanted only with their column of ones: they can be handed over with it."""
        return {
            node
            for node in self.nodes
            if node.role == "input"
            and node not in results
            and self.reads[node]
            and all(reader.is_op("with_ones") for reader in self.reads[node])
        }

    def _last_reads(
        self, outputs: Iterable[Node], updates: Iterable[tuple[Node, Node]]
    ) -> dict[Node, int]:
        last: dict[Node, int] = {}
        for node in self.nodes:
            for x in node.inputs:
                root = self.root(x)
                last[root] = max(last.get(root, 0), self.time[node])
        for node in outputs:
            last[self.root(node)] = NEVER
        for _, new in updates:
            root = self.root(new)
            last[root] = NEVER
        return last

    def _overwrites(
        self, outputs: Sequence[Node], updates: Sequence[tuple[Node, Node]]
    ) -> dict[Node, Node]:
        """New values that may be reckoned straight into the state they replace."""
        result: dict[Node, Node] = {}
        for state, new in updates:
            fits = (new.shape, new.dtype) == (state.shape, state.dtype)
            fits = fits and self.samples[new].strides == self.samples[state].strides
            free = new not in result and new not in self.places and new not in outputs
            if not (fits and free and new.op is not None and new.op.form == "elementwise"):
                continue
            if new.is_scalar:
                continue
            now, last = self.time[new], self.last_read.get(state, -1)
            reads_alike = all(x is state or self.root(x) is not state for x in new.inputs)
            if last < now or (last == now and reads_alike):
                result[new] = state
        return result


def _sorted(roots: Iterable[Node]) -> list[Node]:
    """Everything the roots need, inputs first and otherwise in the order it was written."""
    done: dict[Node, None] = {}
    stack = [(node, False) for node in roots]
    while stack:
        node, ready = stack.pop()
        if ready:
            done[node] = None
        elif node not in done:
            stack.append((node, True))
            stack.extend((x, False) for x in node.inputs if x not in done)
    return sorted(done, key=lambda node: node.serial)
