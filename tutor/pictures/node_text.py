"""The texts of a graph's nodes and edges, with more or fewer words, digits and rows."""

from collections.abc import Sequence
from typing import NamedTuple

from lessons.kit.pictures import GraphEdge, GraphNode
from tutor.pictures.digits import fit_number, shorten_number
from tutor.pictures.letters import length

GRADIENT = "∇"
MIN_INNER_WIDTH = 8
"""A frame at least this wide inside does not move when its numbers arrive."""
NodeRows = tuple[tuple[tuple[str, str], ...], ...]
"""The content of a node: rows of (kind, text), the kind being name, formula, value or gradient."""


class NodeDetail(NamedTuple):
    """How tall a node is drawn: with a frame or not, and with how many lines of numbers."""

    framed: bool
    formula: bool
    lines: int


class Compactness(NamedTuple):
    """How wide it is drawn: the digits of its numbers (0: all), and the content of edge labels."""

    digits: int = 0
    bare: bool = False
    pad: int = 0
    values: bool = True
    names: bool = True


NODE_DETAILS = (
    NodeDetail(True, True, 2), NodeDetail(True, False, 2), NodeDetail(True, False, 1),
    NodeDetail(False, False, 2), NodeDetail(False, False, 1),
)  # fmt: skip
COMPACTNESS_LEVELS = (
    Compactness(pad=1), Compactness(), Compactness(3), Compactness(3, bare=True),
    Compactness(2, bare=True),
    Compactness(2, bare=True, values=False), Compactness(2, bare=True, values=False, names=False),
)  # fmt: skip


def edge_label(edge: GraphEdge, compactness: Compactness) -> tuple[str, str]:
    """The label on an edge, and the gradient below it.

    >>> edge_label(GraphEdge("a", "b", "w", "0.1512", "0.0827"), Compactness(2, bare=True))
    ('w .15', '∇.083')
    """
    if not (edge.name and compactness.names):
        return "", ""
    words = edge.name
    if edge.value and compactness.values:
        words += f" {shorten_number(edge.value, compactness.digits, compactness.bare)}"
    return words, _gradient(edge, compactness)


def _gradient(element: GraphNode | GraphEdge, compactness: Compactness) -> str:
    number = shorten_number(element.gradient, compactness.digits, compactness.bare)
    return f"∇{'' if compactness.bare else ' '}{number}" if number else ""


def node_rows(node: GraphNode, detail: NodeDetail, compactness: Compactness) -> NodeRows:
    """The content of the node, without the name if that is in the frame."""
    name, formula = ("name", node.name), ("formula", node.formula)
    value = ("value", shorten_number(node.value, compactness.digits, compactness.bare))
    gradient = ("gradient", _gradient(node, compactness))
    if detail.framed and not node.small:
        facts: NodeRows = ((value,), (gradient,)) if detail.lines == 2 else ((value, gradient),)
        return ((formula,), *facts) if detail.formula and node.formula else facts
    return ((name, value), (gradient,)) if detail.lines == 2 else ((name, value, gradient),)


def row_width(row: Sequence[tuple[str, str]]) -> int:
    """How many cells a row takes, with a space between any two texts."""
    texts = [text for _, text in row if text]
    return sum(map(length, texts)) + max(len(texts) - 1, 0)


def node_width(node: GraphNode, detail: NodeDetail, compactness: Compactness) -> int:
    """The columns that the node takes, including its frame."""
    wide = max(map(row_width, node_rows(node, detail, compactness)))
    if not detail.framed or node.small:
        return wide
    inner = max(wide + 2 * compactness.pad, length(node.name) + compactness.pad)
    return max(inner, MIN_INNER_WIDTH + 2 if compactness.pad else 0) + 2


def node_reach(node: GraphNode, detail: NodeDetail) -> tuple[int, int]:
    """The rows of a node above and below its value, where its edges arrive."""
    if not detail.framed or node.small:
        return 0, detail.lines - 1
    return 1 + (detail.formula and bool(node.formula)), detail.lines


def fill_rows(rows: NodeRows, node: GraphNode, room: int) -> NodeRows:
    """The same rows with as many digits as the room allows."""
    filled = []
    for row in rows:
        taken = row_width(row)
        pieces = []
        for kind, text in row:
            full = {"value": node.value, "gradient": node.gradient}.get(kind, "")
            if full and text:
                free = room - taken + length(text)
                longer = fit_number(full, free) if kind == "value" else _below(full, free)
                taken += length(longer) - length(text)
                text = longer
            pieces.append((kind, text))
        filled.append(tuple(pieces))
    return tuple(filled)


def _below(number: str, room: int) -> str:
    """A gradient in at most `room` cells."""
    whole = f"∇ {number}"
    return whole if length(whole) <= room else f"∇{fit_number(number, room - 1)}"
