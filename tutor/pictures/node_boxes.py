"""The placement of a graph's nodes.

Columns are as wide as their widest node, gaps as wide as the labels of the edges that cross them.
If that is too much, numbers lose digits first, then edges their labels, then boxes their frames;
`place_nodes` gives up only if not even one line per node fits.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

from lessons.kit.pictures import Graph, GraphNode
from tutor.pictures.letters import length
from tutor.pictures.node_text import (
    COMPACTNESS_LEVELS,
    NODE_DETAILS,
    Compactness,
    NodeDetail,
    NodeRows,
    edge_label,
    fill_rows,
    node_reach,
    node_rows,
    node_width,
    row_width,
)

LEVEL_GAP, MAX_GAP, MAX_ROW_GAP = 8, 16, 7
EXPECTED = "0.1234"
"""A placeholder, as wide as a number that is not known yet."""


@dataclass(frozen=True)
class NodeBox:
    """The place of one node, in cells, and what it shows."""

    node: GraphNode
    column: int
    row: int
    width: int
    height: int
    middle: int
    framed: bool
    rows: NodeRows

    @property
    def right(self) -> int:
        """The first column to the right of the node."""
        return self.column + self.width


@dataclass(frozen=True)
class GraphPlacement:
    """The boxes of all nodes, the compactness needed, and whether formulas are shown."""

    boxes: tuple[NodeBox, ...]
    compactness: Compactness
    formulas: bool


def place_nodes(picture: Graph, width: int, height: int) -> GraphPlacement | None:
    """Place every node at the most generous size that fits; None if none does."""
    formulas = any(node.formula for node in picture.nodes)
    expected = _expected(picture)
    for detail in NODE_DETAILS:
        if detail.formula and not formulas:
            continue
        tops = _tops(picture.nodes, detail, height)
        if tops is None:
            continue
        # Formulas are worth more than digits in the boxes, but less than the names of the edges.
        for compactness in COMPACTNESS_LEVELS[:3] if detail.formula else COMPACTNESS_LEVELS:
            columns = _columns(expected, detail, compactness, width)
            if columns is not None:
                boxes = _boxes(picture, detail, compactness, columns, tops)
                return GraphPlacement(boxes, compactness, detail.formula)
    return None


def _expected(picture: Graph) -> Graph:
    """The graph with placeholders for missing numbers, so that nothing moves when they arrive."""
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


def _tops(nodes: Sequence[GraphNode], detail: NodeDetail, height: int) -> list[int] | None:
    """The first row of each node: rows evenly spaced, overlapping nodes of a column moved apart."""
    low = min(node.row for node in nodes)
    at = [node.row - low for node in nodes]
    reach = [node_reach(node, detail) for node in nodes]
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
    """Cells per row: as many as the height allows, but no more than edges need to be distinct."""
    if max(at) == 0:
        return 0.0
    near = [
        (reach[a][1] + reach[b][0] + 1 + MAX_ROW_GAP) / (at[b] - at[a])
        for column in columns.values()
        for a, b in pairwise(column)
        if at[b] > at[a]
    ]
    pitch = min(height / max(at), max(near, default=float(MAX_ROW_GAP)))
    for _ in range(200):
        if sum(_extent(at, reach, pitch)) <= height - 1:
            break
        pitch *= 0.97
    return pitch


def _extent(at: list[float], reach: list[tuple[int, int]], pitch: float) -> tuple[float, float]:
    """The cells needed above and below row 0 of the graph."""
    above = max(up - pitch * a for a, (up, _) in zip(at, reach, strict=True))
    return above, max(down + pitch * a for a, (_, down) in zip(at, reach, strict=True))


def _columns(
    picture: Graph, detail: NodeDetail, compactness: Compactness, width: int
) -> dict[int, tuple[int, int]] | None:
    """Left side and width of each column, spread over the width; None if it is too narrow."""
    wide, wish = (
        _widths(picture, detail, compactness),
        _widths(picture, detail, COMPACTNESS_LEVELS[1]),
    )
    gaps, most = _gaps(picture, compactness, sorted(wide))
    spare = width - sum(wide.values()) - sum(gaps.values())
    if spare < 0:
        return None
    # Dropped digits come back first, then lines get longer.
    spare = _share(wide, wish, spare)
    left = _share(gaps, most, spare) // 2
    found = {}
    for place in sorted(wide):
        found[place] = (left, wide[place])
        left += wide[place] + gaps.get(place, 0)
    return found


def _widths(picture: Graph, detail: NodeDetail, compactness: Compactness) -> dict[int, int]:
    """The width of each column's widest node."""
    wide: dict[int, int] = defaultdict(int)
    for node in picture.nodes:
        wide[node.column] = max(wide[node.column], node_width(node, detail, compactness))
    return wide


def _gaps(
    picture: Graph, compactness: Compactness, places: list[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """The least and the most cells after each column: labels and steep lines need more."""
    start = {node.name: node for node in reversed(picture.nodes)}
    least = dict.fromkeys(places[:-1], 2 + compactness.pad)
    most = dict.fromkeys(places[:-1], LEVEL_GAP)
    for edge in picture.edges:
        a, b = start.get(edge.source), start.get(edge.target)
        if a is None or b is None or a.column not in least:
            continue
        words = length(edge_label(edge, compactness)[0])
        if words or a.row != b.row:
            most[a.column] = MAX_GAP
            # An arrowhead, and a piece of line on either side of the label.
            least[a.column] = max(least[a.column], words + 3 + compactness.pad if words else 2)
    return least, most


def _share(cells: dict[int, int], most: dict[int, int], spare: int) -> int:
    """Distribute spare cells, each to whatever has gained least. Returns what is left over."""
    # A head start of two cells for what may grow the most: steep lines and labels.
    gained = {place: -2 * (most[place] >= MAX_GAP) for place in cells}
    while spare and (able := [place for place in cells if cells[place] < most[place]]):
        place = min(able, key=lambda place: gained[place])
        cells[place] += 1
        gained[place] += 1
        spare -= 1
    return spare


def _boxes(
    picture: Graph,
    detail: NodeDetail,
    compactness: Compactness,
    columns: dict[int, tuple[int, int]],
    tops: list[int],
) -> tuple[NodeBox, ...]:
    leaving = {edge.source for edge in picture.edges}
    boxes = []
    for node, top in zip(picture.nodes, tops, strict=True):
        left, wide = columns[node.column]
        framed = detail.framed and not node.small
        rows = fill_rows(node_rows(node, detail, compactness), node, wide - 2 if framed else wide)
        own = wide if framed else max(map(row_width, rows))
        # A node that only feeds others is placed next to where its edges leave.
        left += wide - own if node.name in leaving else 0
        up, down = node_reach(node, detail)
        boxes.append(NodeBox(node, left, top, own, up + down + 1, top + up, framed, rows))
    return tuple(boxes)


def covered(boxes: Sequence[NodeBox]) -> set[tuple[int, int]]:
    """Every cell that belongs to a node, as (column, row)."""
    return {
        cell
        for box in boxes
        for cell in product(range(box.column, box.right), range(box.row, box.row + box.height))
    }
