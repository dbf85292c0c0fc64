"""What the nodes and edges of a graph say, in more or fewer words, digits and rows."""

from collections.abc import Sequence
from typing import NamedTuple

from lessons.kit.pictures import GraphEdge, GraphNode
from tutor.pictures.canvas import length
from tutor.pictures.digits import fitted, rounded

GRADIENT = "∇"
ROOMY = 8
"""A frame at least so wide inside does not move when its numbers arrive."""
Rows = tuple[tuple[tuple[str, str], ...], ...]
"""What a node shows: rows of pieces, each its kind (name, formula, value, gradient) and text."""


class Detail(NamedTuple):
    """How tall a node is drawn: with a frame or not, with so many lines of facts."""

    framed: bool
    formula: bool
    lines: int


class Thrift(NamedTuple):
    """How wide it is drawn: digits of its numbers (0: all), and what edges say."""

    digits: int = 0
    bare: bool = False
    pad: int = 0
    values: bool = True
    names: bool = True


DETAILS = (
    Detail(True, True, 2), Detail(True, False, 2), Detail(True, False, 1),
    Detail(False, False, 2), Detail(False, False, 1),
)  # fmt: skip
THRIFTS = (
    Thrift(pad=1), Thrift(), Thrift(3), Thrift(3, bare=True), Thrift(2, bare=True),
    Thrift(2, bare=True, values=False), Thrift(2, bare=True, values=False, names=False),
)  # fmt: skip


def label(edge: GraphEdge, thrift: Thrift) -> tuple[str, str]:
    """What stands on an edge, and the gradient below it.

    >>> label(GraphEdge("a", "b", "w", "0.1512", "0.0827"), Thrift(2, bare=True))
    ('w .15', '∇.083')
    """
    if not (edge.name and thrift.names):
        return "", ""
    words = edge.name
    if edge.value and thrift.values:
        words += f" {rounded(edge.value, thrift.digits, thrift.bare)}"
    return words, _gradient(edge, thrift)


def _gradient(thing: GraphNode | GraphEdge, thrift: Thrift) -> str:
    number = rounded(thing.gradient, thrift.digits, thrift.bare)
    return f"∇{'' if thrift.bare else ' '}{number}" if number else ""


def rows_of(node: GraphNode, detail: Detail, thrift: Thrift) -> Rows:
    """What the node shows, without the name that stands in a frame."""
    name, formula = ("name", node.name), ("formula", node.formula)
    value = ("value", rounded(node.value, thrift.digits, thrift.bare))
    gradient = ("gradient", _gradient(node, thrift))
    if detail.framed and not node.small:
        facts: Rows = ((value,), (gradient,)) if detail.lines == 2 else ((value, gradient),)
        return ((formula,), *facts) if detail.formula and node.formula else facts
    return ((name, value), (gradient,)) if detail.lines == 2 else ((name, value, gradient),)


def words_wide(row: Sequence[tuple[str, str]]) -> int:
    """How many cells a row of pieces takes, a blank between each two."""
    texts = [text for _, text in row if text]
    return sum(map(length, texts)) + max(len(texts) - 1, 0)


def node_width(node: GraphNode, detail: Detail, thrift: Thrift) -> int:
    """Columns that the node takes, its frame included."""
    wide = max(map(words_wide, rows_of(node, detail, thrift)))
    if not detail.framed or node.small:
        return wide
    inner = max(wide + 2 * thrift.pad, length(node.name) + thrift.pad)
    return max(inner, ROOMY + 2 if thrift.pad else 0) + 2


def node_reach(node: GraphNode, detail: Detail) -> tuple[int, int]:
    """How many rows a node reaches above and below its value, where its edges arrive."""
    if not detail.framed or node.small:
        return 0, detail.lines - 1
    return 1 + (detail.formula and bool(node.formula)), detail.lines


def filled(rows: Rows, node: GraphNode, room: int) -> Rows:
    """The same rows with as many digits as the room allows after all."""
    filled = []
    for row in rows:
        taken = words_wide(row)
        pieces = []
        for kind, text in row:
            full = {"value": node.value, "gradient": node.gradient}.get(kind, "")
            if full and text:
                free = room - taken + length(text)
                longer = fitted(full, free) if kind == "value" else _below(full, free)
                taken += length(longer) - length(text)
                text = longer
            pieces.append((kind, text))
        filled.append(tuple(pieces))
    return tuple(filled)


def _below(number: str, room: int) -> str:
    """A gradient in so many cells."""
    whole = f"∇ {number}"
    return whole if length(whole) <= room else f"∇{fitted(number, room - 1)}"
