"""Second pass, first half: in which order the values are computed, and how each lies in memory.

Views own nothing: their root does. A value that is a part of a packed array ([h 1], the flat
gradient, a padded image) has a slot there, and is computed right where the pack keeps it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import engine.program.layouts as layouts
from engine.array import Array
from engine.primitives.packs import append_ones
from engine.program.simplify import Node


class Slot(NamedTuple):
    """Part `number` of a packed array."""

    pack: Node
    number: int


class Placement:
    """Where every value lies, before a buffer is handed out.

    Args:
        inputs: the arguments of the step.
        results: the values that it must compute.
        states: the bound arrays that it writes.
    """

    def __init__(
        self, inputs: Sequence[Node], results: Sequence[Node], states: Sequence[Node]
    ) -> None:
        self.nodes = in_order(results)
        """Everything that is computed or read, in the order of the computation."""
        self.readers: dict[Node, list[Node]] = {node: [] for node in self.nodes}
        for node in self.nodes:
            for x in node.inputs:
                self.readers[x].append(node)
        self.augmented = self._augmented_inputs(set(results))
        """Inputs that are handed over with a column of ones, because nobody wants them without."""
        self.slots: dict[Node, Slot] = {}
        self.layouts: dict[Node, Array] = {}
        """For each node an array without memory of its own that has the value's strides."""
        self.roots: dict[Node, Node] = {}
        """The node whose memory a node is a view or a part of; itself if it has its own."""
        self.copies: set[Node] = set()
        """The reshapes that move numbers, because these lie in another order."""
        for node in dict.fromkeys([*inputs, *states, *self.nodes]):
            if node not in self.layouts:
                self._place(node)

    def order(self, node: Node) -> layouts.Order:
        """The axes of a node's buffer, the slowest in memory first."""
        return layouts.order_of(self.layouts[node])

    def _place(self, node: Node) -> None:
        """Decide how a node lies in memory, after its inputs."""
        self.roots[node] = node
        inputs = [self.layouts[x] for x in node.inputs]
        if node.op is None:
            self.layouts[node] = layouts.leaf(node, node in self.augmented)
            return
        if node.is_view:
            view = layouts.view(node, inputs[0])
            if view is not None:
                self.layouts[node] = view
                self.roots[node] = self.roots[node.inputs[0]]
                return
            self.copies.add(node)
        if node.op is append_ones and node.inputs[0] in self.augmented:
            self.layouts[node] = layouts.augmented(node)
            return
        order = layouts.natural_order(node, inputs)
        pack = self._pack_of(node)
        if pack is None:
            self.layouts[node] = layouts.layout(node.shape, node.dtype, order)
            return
        slot = self.slots[node] = Slot(pack, pack.inputs.index(node))
        self.roots[node] = self.roots[pack] = pack
        if pack not in self.layouts:
            whole = layouts.pack_order(pack, slot.number, order)
            self.layouts[pack] = layouts.layout(pack.shape, pack.dtype, whole)
        self.layouts[node] = layouts.part(pack, slot.number, self.layouts[pack])

    def _pack_of(self, node: Node) -> Node | None:
        """The first pack that a freshly made array is a part of: there it can be made at once.

        Not what a reshape moves: it fills its place in another shape, which a part may not have.
        """
        if node.is_pack or node.is_scalar or node in self.copies:
            return None
        fits = (x for x in self.readers[node] if x.is_pack and x.dtype == node.dtype)
        return next(fits, None)

    def _augmented_inputs(self, results: set[Node]) -> set[Node]:
        return {
            node
            for node in self.nodes
            if node.role == "input"
            and node not in results
            and self.readers[node]
            and all(reader.op is append_ones for reader in self.readers[node])
        }


def in_order(roots: Iterable[Node]) -> list[Node]:
    """Everything the roots need, inputs first and otherwise in the order it was written."""
    done: dict[Node, None] = {}
    stack = [(node, False) for node in roots]
    while stack:
        node, inputs_done = stack.pop()
        if inputs_done:
            done[node] = None
        elif node not in done:
            stack.append((node, True))
            stack.extend((x, False) for x in node.inputs if x not in done)
    return sorted(done, key=lambda node: node.serial)
