"""Where every value of a compiled step lives, decided before a line of source is written.

Views own nothing: their root does. A value that is a stretch of a packed array ([h 1], or the flat
gradient) is reckoned right where the pack keeps it. A new parameter vector is written over the old
one as soon as nobody reads the old one any more.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from engine.array import Array
from engine.program.graph import Node

NEVER = 1 << 60
"""The time at which an output, an input or a state dies."""


class Place(NamedTuple):
    """Part `number` of a packed array."""

    pack: Node
    number: int


class Plan:
    """The order of the operations, and who keeps what for how long.

    Args:
        outputs: values that the step returns.
        updates: pairs (state, new value).
    """

    def __init__(self, outputs: Sequence[Node], updates: Sequence[tuple[Node, Node]]) -> None:
        self.nodes = _sorted([*outputs, *(new for _, new in updates)])
        self.time = {node: i for i, node in enumerate(self.nodes)}
        self.reads = self._readers()
        self.augmented = self._augmented_inputs({*outputs, *(new for _, new in updates)})
        self.places = self._pack_parts()
        self.last_read = self._last_reads(outputs, updates)
        self.overwrites = self._overwrites(outputs, updates)

    def root(self, node: Node) -> Node:
        """The node whose memory this one is a view of."""
        while True:
            if node.op is not None and node.op.form == "view" and not node.is_scalar:
                node = node.inputs[0]
            elif node in self.places:
                node = self.places[node].pack
            else:
                return node

    def must_copy(self, reshape: Node) -> bool:
        """Whether reading a value row by row means moving it, because it lies in another order."""
        if self.root(reshape).role in ("input", "constant"):
            return False
        x = self._sample(reshape.inputs[0])
        return not np.may_share_memory(x, x.reshape(reshape.shape))

    def _sample(self, node: Node) -> Array:
        """An array that lies in memory as the node's value will."""
        if node in self.overwrites:
            node = self.overwrites[node]
        if node.value is not None:
            return node.value
        if node in self.places:
            pack = self.places[node].pack
            joined = pack.is_op("join")
            return np.empty(node.shape) if joined else self._sample(pack)[..., :-1]
        if node.op is not None and node.op.form == "view" and not node.is_scalar:
            return node.op.value(self._sample(node.inputs[0]), **node.attrs)
        if len(node.shape) < 2:
            return np.empty(node.shape)
        return np.moveaxis(np.empty((*node.shape[1:], node.shape[0])), -1, 0)

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

    def _pack_parts(self) -> dict[Node, Place]:
        places: dict[Node, Place] = {}
        for pack in self.nodes:
            if pack.op is None or pack.op.form != "pack":
                continue
            for i, part in enumerate(pack.inputs):
                makes_array = part.op is not None and part.op.form not in ("view", "pack")
                if makes_array and not part.is_scalar and part not in places:
                    places[part] = Place(pack, i)
        return places

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
            fits = new.shape == state.shape and new.dtype == state.dtype
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
