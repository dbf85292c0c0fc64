"""Where the nodes of a graph stand, and what each has room to show.

Columns are as wide as their widest node, gaps as wide as the labels of the edges that cross them.
Where that is too much, numbers lose digits first, then edges lose their labels, then boxes their
frames; `stand` gives up only when even one line a node does not fit.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import NamedTuple

from lessons.kit.pictures import Graph, GraphEdge, GraphNode
from tutor.pictures.canvas import length
from tutor.pictures.digits import fitted, rounded

ROOMY = 8
"""A frame at least so wide inside does not move when its numbers arrive."""
LEVEL_GAP, WIDEST_GAP, TALLEST_GAP = 8, 16, 7
EXPECTED = "0.1234"
"""As wide as a number that is not known yet will be."""
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


@dataclass(frozen=True)
class Box:
    """The place of one node, in cells, and what it shows."""

    node: GraphNode
    column: int
    row: int
    width: int
    height: int
    middle: int
    framed: bool
    rows: Rows

    @property
    def right(self) -> int:
        """The first column that is no longer the node's."""
        return self.column + self.width

    def holds(self, column: int, row: int) -> bool:
        """Whether a cell belongs to the node."""
        return self.column <= column < self.right and self.row <= row < self.row + self.height


@dataclass(frozen=True)
class Stand:
    """The places of all nodes, the thrift they needed, and whether formulas are shown."""

    boxes: tuple[Box, ...]
    thrift: Thrift
    formulas: bool


def stand(picture: Graph, width: int, height: int) -> Stand | None:
    """A place for every node at the most generous size that fits; None where none does."""
    formulas = any(node.formula for node in picture.nodes)
    expected = _expected(picture)
    for detail in DETAILS:
        if detail.formula and not formulas:
            continue
        tops = _tops(picture.nodes, detail, height)
        if tops is None:
            continue
        # A formula is worth digits in the boxes, but not the names of the edges.
        for thrift in THRIFTS[:3] if detail.formula else THRIFTS:
            columns = _columns(expected, detail, thrift, width)
            if columns is not None:
                boxes = _boxes(picture, detail, thrift, columns, tops)
                return Stand(boxes, thrift, detail.formula)
    return None


def _expected(picture: Graph) -> Graph:
    """The graph with all its numbers there, so that nothing moves when the next one arrives."""
    reached = {edge.target for edge in picture.edges if picture.backward}
    numbers = any(node.value for node in picture.nodes)
    nodes = (
        replace(
            node,
            value=node.value or (EXPECTED if numbers else ""),
            gradient=node.gradient or (EXPECTED if node.name in reached else ""),
        )
        for node in picture.nodes
    )
    return replace(picture, nodes=tuple(nodes))


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


def _rows(node: GraphNode, detail: Detail, thrift: Thrift) -> Rows:
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


def _size(node: GraphNode, detail: Detail, thrift: Thrift) -> int:
    wide = max(map(words_wide, _rows(node, detail, thrift)))
    if not detail.framed or node.small:
        return wide
    inner = max(wide + 2 * thrift.pad, length(node.name) + thrift.pad)
    return max(inner, ROOMY + 2 if thrift.pad else 0) + 2


def _tall(node: GraphNode, detail: Detail) -> tuple[int, int]:
    """How many rows a node reaches above and below its value, where its edges arrive."""
    if not detail.framed or node.small:
        return 0, detail.lines - 1
    return 1 + (detail.formula and bool(node.formula)), detail.lines


def _tops(nodes: Sequence[GraphNode], detail: Detail, height: int) -> list[int] | None:
    """The first row of each node: rows evenly apart, nodes of one column moved apart."""
    low = min(node.row for node in nodes)
    at = [node.row - low for node in nodes]
    reach = [_tall(node, detail) for node in nodes]
    columns: dict[int, list[int]] = defaultdict(list)
    for i in sorted(range(len(nodes)), key=lambda i: at[i]):
        columns[nodes[i].column].append(i)
    pitch = _pitch(at, reach, columns, height)
    above, below = _extent(at, reach, pitch)
    start = above + max(height - 1 - above - below, 0) / 2
    tops = [round(start + pitch * a) - up for a, (up, _) in zip(at, reach, strict=True)]
    tall = [up + down + 1 for up, down in reach]
    for column in columns.values():
        limit = 0
        for i in column:
            tops[i] = limit = max(tops[i], limit)
            limit += tall[i]
        limit = height
        for i in reversed(column):
            tops[i] = limit = min(tops[i], limit - tall[i])
        if limit < 0:
            return None
    return tops


def _pitch(
    at: list[float], reach: list[tuple[int, int]], columns: dict[int, list[int]], height: int
) -> float:
    """Cells a row: as many as the height allows, but no more than edges need to be told apart."""
    if max(at) == 0:
        return 0.0
    near = [
        (reach[a][1] + reach[b][0] + 1 + TALLEST_GAP) / (at[b] - at[a])
        for column in columns.values()
        for a, b in pairwise(column)
        if at[b] > at[a]
    ]
    pitch = min(height / max(at), max(near, default=float(TALLEST_GAP)))
    for _ in range(200):
        if sum(_extent(at, reach, pitch)) <= height - 1:
            break
        pitch *= 0.97
    return pitch


def _extent(at: list[float], reach: list[tuple[int, int]], pitch: float) -> tuple[float, float]:
    """Cells needed above and below the row 0 of the graph."""
    above = max(up - pitch * a for a, (up, _) in zip(at, reach, strict=True))
    return above, max(down + pitch * a for a, (_, down) in zip(at, reach, strict=True))


def _columns(
    picture: Graph, detail: Detail, thrift: Thrift, width: int
) -> dict[int, tuple[int, int]] | None:
    """Left side and width of each column, spread over the width; None where it is too narrow."""
    wide, wish = _widths(picture, detail, thrift), _widths(picture, detail, THRIFTS[1])
    gaps, most = _gaps(picture, thrift, sorted(wide))
    spare = width - sum(wide.values()) - sum(gaps.values())
    if spare < 0:
        return None
    # Digits that had to go come back first, then lines get longer.
    spare = _share(wide, wish, spare)
    left = _share(gaps, most, spare) // 2
    found = {}
    for place in sorted(wide):
        found[place] = (left, wide[place])
        left += wide[place] + gaps.get(place, 0)
    return found


def _widths(picture: Graph, detail: Detail, thrift: Thrift) -> dict[int, int]:
    """The width of each column's widest node."""
    wide: dict[int, int] = defaultdict(int)
    for node in picture.nodes:
        wide[node.column] = max(wide[node.column], _size(node, detail, thrift))
    return wide


def _gaps(
    picture: Graph, thrift: Thrift, places: list[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """The least and the most cells behind each column: words and steep lines need more."""
    start = {node.name: node for node in reversed(picture.nodes)}
    least = dict.fromkeys(places[:-1], 2 + thrift.pad)
    most = dict.fromkeys(places[:-1], LEVEL_GAP)
    for edge in picture.edges:
        a, b = start.get(edge.source), start.get(edge.target)
        if a is None or b is None or a.column not in least:
            continue
        words = length(label(edge, thrift)[0])
        if words or a.row != b.row:
            most[a.column] = WIDEST_GAP
            # An arrow head and a stretch of line on either side of the words.
            least[a.column] = max(least[a.column], words + 3 + thrift.pad if words else 3)
    return least, most


def _share(cells: dict[int, int], most: dict[int, int], spare: int) -> int:
    """Share out spare cells, each time to whoever has gained least. Returns what is left over."""
    gained = dict.fromkeys(cells, 0)
    while spare and (able := [place for place in cells if cells[place] < most[place]]):
        place = min(able, key=lambda place: gained[place])
        cells[place] += 1
        gained[place] += 1
        spare -= 1
    return spare


def _boxes(
    picture: Graph,
    detail: Detail,
    thrift: Thrift,
    columns: dict[int, tuple[int, int]],
    tops: list[int],
) -> tuple[Box, ...]:
    leaving = {edge.source for edge in picture.edges}
    boxes = []
    for node, top in zip(picture.nodes, tops, strict=True):
        left, wide = columns[node.column]
        framed = detail.framed and not node.small
        rows = _filled(_rows(node, detail, thrift), node, wide - 2 if framed else wide)
        own = wide if framed else max(map(words_wide, rows))
        # What only feeds others stands next to where its edges leave.
        left += wide - own if node.name in leaving else 0
        up, down = _tall(node, detail)
        boxes.append(Box(node, left, top, own, up + down + 1, top + up, framed, rows))
    return tuple(boxes)


def _filled(rows: Rows, node: GraphNode, room: int) -> Rows:
    """The same rows with as many digits as the room allows after all."""
    filled = []
    for row in rows:
        taken = words_wide(row)
        pieces = []
        for kind, text in row:
            full = {"value": node.value, "gradient": node.gradient}.get(kind, "")
            if full and text:
                free = room - taken + length(text)
                longer = fitted(full, free) if kind == "value" else _del(full, free)
                taken += length(longer) - length(text)
                text = longer
            pieces.append((kind, text))
        filled.append(tuple(pieces))
    return tuple(filled)


def _del(number: str, room: int) -> str:
    """A gradient in so many cells."""
    whole = f"∇ {number}"
    return whole if length(whole) <= room else f"∇{fitted(number, room - 1)}"


def covered(boxes: Sequence[Box]) -> set[tuple[int, int]]:
    """Every cell that belongs to a node, as (column, row)."""
    return {
        cell
        for box in boxes
        for cell in product(range(box.column, box.right), range(box.row, box.row + box.height))
    }
