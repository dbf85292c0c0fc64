"""The routes of a graph's edges: straight from side to side, around boxes in the way."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lessons.kit.pictures import GraphEdge
from tutor.pictures.canvas import IntArray, polyline
from tutor.pictures.cells import GridCell
from tutor.pictures.node_boxes import NodeBox

MIDDLE = 1.5
"""The middle of a row in dots from its upper edge."""


@dataclass(frozen=True)
class EdgeRoute:
    """The line of one edge: its dots, its cells, and the arrowheads of both directions."""

    edge: GraphEdge
    x: IntArray
    y: IntArray
    flat: bool
    head: tuple[GridCell, str]
    back: tuple[GridCell, str]

    @property
    def cells(self) -> list[GridCell]:
        """The cells it passes, in order."""
        return list(dict.fromkeys(zip((self.x // 2).tolist(), (self.y // 4).tolist(), strict=True)))


def route_edges(
    edges: Sequence[GraphEdge], boxes: Sequence[NodeBox], height: int
) -> list[EdgeRoute]:
    """A route for every edge whose nodes both exist."""
    named = {box.node.name: box for box in reversed(boxes)}
    ends = ((edge, named.get(edge.source), named.get(edge.target)) for edge in edges)
    return [_edge_route(edge, a, b, boxes, height) for edge, a, b in ends if a and b and a is not b]


def _edge_route(
    edge: GraphEdge, a: NodeBox, b: NodeBox, boxes: Sequence[NodeBox], height: int
) -> EdgeRoute:
    if a.right < b.column:
        start, stop = (a.right, a.middle), (b.column - 1, b.middle)
        corners = _route(a, b, boxes, height)
        heads = (stop, "▶"), (start, "◀")
    elif b.right < a.column:
        start, stop = (a.column - 1, a.middle), (b.right, b.middle)
        corners = _route(b, a, boxes, height)[::-1]
        heads = (stop, "◀"), (start, "▶")
    else:
        down = a.row < b.row
        x, u = a.column + a.width // 2, b.column + b.width // 2
        start = (x, a.row + a.height if down else a.row - 1)
        stop = (u, b.row - 1 if down else b.row + b.height)
        corners = [(2 * x, start[1]), (2 * u, stop[1])]
        heads = (stop, "▼" if down else "▲"), (start, "▲" if down else "▼")
    flat = all(row == start[1] for _, row in corners)
    if flat:
        first, last = corners[0][0], corners[-1][0]
        x_dots = np.arange(first, last + 1) if first <= last else np.arange(first, last - 1, -1)
        return EdgeRoute(edge, x_dots, np.full(len(x_dots), 4 * start[1] + 2), True, *heads)
    at = np.array(corners, dtype=float)
    x_dots, y_dots = polyline(at[:, 0], 4 * at[:, 1] + MIDDLE)
    return EdgeRoute(edge, x_dots, y_dots, False, *heads)


def _route(a: NodeBox, b: NodeBox, boxes: Sequence[NodeBox], height: int) -> list[GridCell]:
    """Corners (dots across, rows down) from a to b, along free rows past the boxes in the way."""
    start, stop = (2 * a.right, a.middle), (2 * (b.column - 1), b.middle)
    slope = (stop[1] - start[1]) / max(stop[0] - start[0], 1)
    columns: dict[int, list[NodeBox]] = defaultdict(list)
    for box in boxes:
        if a.right <= box.column and box.right < b.column:
            columns[box.node.column].append(box)
    corners = [start]
    for _, column in sorted(columns.items()):
        left, right = 2 * min(box.column for box in column), 2 * max(box.right for box in column)
        way = sorted(start[1] + slope * (x - start[0]) for x in (left, right))
        taken = {row for box in column for row in range(box.row, box.row + box.height)}
        if not any(round(way[0]) <= row <= round(way[1]) for row in taken):
            continue
        middle = sum(way) / 2
        free = min(set(range(height)) - taken, key=lambda row: abs(row - middle), default=None)
        if free is not None:
            corners += [(left, free), (right, free)]
    return [*corners, stop]
