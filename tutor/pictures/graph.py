"""Computational graphs: values forward, gradients backward, the current operation highlighted.

Without room for boxes, the graph becomes a list.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from lessons.kit.pictures import Graph, GraphEdge, GraphNode, Handle
from tutor.pictures.canvas import Canvas, message_lines
from tutor.pictures.cells import GridCell, Line, Palette
from tutor.pictures.digits import fit_number
from tutor.pictures.edge_labels import EdgeLabel, Occupancy, place_edge_labels
from tutor.pictures.edge_routes import EdgeRoute, route_edges
from tutor.pictures.graph_paint import (
    GraphElement,
    draw_box,
    draw_edge_label,
    draw_formula,
    draw_list,
    draw_routes,
)
from tutor.pictures.letters import length
from tutor.pictures.node_boxes import GraphPlacement, NodeBox, covered, place_nodes
from tutor.pictures.node_text import GRADIENT, Compactness, edge_label

ROOM_FOR_FORMULA = 12
"""With at least this many rows, the last one is reserved for the current node's formula."""


@dataclass(frozen=True)
class GraphLayout:
    """Boxes, routes and a label on each route; or a list, starting at entry `first`."""

    width: int
    height: int
    boxes: tuple[NodeBox, ...] = ()
    routes: tuple[EdgeRoute, ...] = ()
    labels: tuple[EdgeLabel | None, ...] = ()
    caption: bool = False
    entries: tuple[GraphElement, ...] = ()
    first: int = 0

    @cached_property
    def shown(self) -> tuple[GraphElement, ...]:
        """The entries of the list that are visible."""
        return self.entries[self.first : self.first + self.height]

    @cached_property
    def names(self) -> dict[GridCell, str]:
        """The name of what is at each cell: labels before boxes before lines."""
        rows = enumerate(self.shown)
        found = {(x, y): element.name for y, element in rows for x in range(self.width)}
        for route in self.routes:
            found |= dict.fromkeys(route.cells if route.edge.name else (), route.edge.name)
        for box in self.boxes:
            found |= dict.fromkeys(covered((box,)), box.node.name)
        for route, label in zip(self.routes, self.labels, strict=True):
            found |= dict.fromkeys(label.cells if label else (), route.edge.name)
        return found


@lru_cache(maxsize=16)
def layout(picture: Graph, width: int, height: int) -> GraphLayout:
    """Place everything, or fall back to a list if it does not fit."""
    if not picture.nodes or width < 1 or height < 1:
        return GraphLayout(width, height)
    caption = height >= ROOM_FOR_FORMULA and any(node.formula for node in picture.nodes)
    placement = place_nodes(picture, width, height)
    if caption and placement is not None and not placement.formulas:
        placement = place_nodes(_without_formulas(picture), width, height - 1)
    else:
        caption = False
    if placement is None:
        return _listed(picture, width, height)
    lines = route_edges(picture.edges, placement.boxes, height - caption)
    heads = {(line.back if picture.backward else line.head)[0] for line in lines}
    solid = covered(placement.boxes) | heads
    occupancy = Occupancy(width, height - caption, solid)
    texts = [_choices(line.edge, placement) for line in lines]
    labels = place_edge_labels([(line.x, line.y) for line in lines], texts, occupancy)
    return GraphLayout(width, height, placement.boxes, tuple(lines), tuple(labels), caption)


def _without_formulas(picture: Graph) -> Graph:
    return replace(picture, nodes=tuple(replace(node, formula="") for node in picture.nodes))


def _choices(edge: GraphEdge, placement: GraphPlacement) -> list[tuple[str, ...]]:
    """The texts for an edge, best first; a row is reserved for a gradient that is still to come."""
    words, gradient = edge_label(edge, placement.compactness)
    if not words:
        return []
    full, bare = (
        edge_label(edge, compactness)[0] for compactness in (Compactness(), Compactness(bare=True))
    )
    texts = (full, bare, words, edge.name) if placement.compactness.values else (words,)
    longest = edge_label(edge, Compactness())[1]
    choices: list[tuple[str, ...]] = []
    for text in dict.fromkeys(texts):
        less = GRADIENT + fit_number(edge.gradient, length(text) - 1)
        choices += [(text, longest or " "), (text, gradient or " ")]
        choices += [(text, less)] if less != GRADIENT else []
        choices += [(f"{text} {gradient}",)] if gradient and text != edge.name else []
        choices += [(text,)] if text == words else []
    return list(dict.fromkeys((*choices, (edge.name,))))


def _listed(picture: Graph, width: int, height: int) -> GraphLayout:
    """Nodes in order, each after the named edges that lead to it, with the current one visible."""
    entries: dict[str, GraphElement] = {}
    for node in picture.nodes:
        for edge in picture.edges:
            if edge.name and edge.target == node.name:
                entries.setdefault(edge.name, edge)
        entries.setdefault(node.name, node)
    names = list(entries)
    at = names.index(picture.current) if picture.current in names else 0
    first = max(min(at - height // 2, len(names) - height), 0)
    return GraphLayout(width, height, entries=tuple(entries.values()), first=first)


def paint(
    picture: Graph, layout: GraphLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Boxes with value and gradient, joined by arrows; a list if there is no room for boxes.

    >>> from tutor.pictures.cells import DARK, plain
    >>> one = Graph("f", (GraphNode("y", 0, 0, "4", "1"),), ())
    >>> plain(paint(one, layout(one, 12, 1), DARK))
    '  y 4 ∇ 1   '
    """
    if not picture.nodes:
        return message_lines("no graph yet", layout.width, layout.height, palette)
    canvas = Canvas(layout.width, layout.height)
    held = focus.part if focus is not None and focus.knob == picture.pick else None
    if layout.entries:
        draw_list(canvas, picture, layout.shown, palette, held)
    else:
        _network(canvas, picture, layout, palette, held)
    if picture.pick:
        _targets(canvas, picture, layout)
    return canvas.lines()


def _targets(canvas: Canvas, picture: Graph, layout: GraphLayout) -> None:
    """Set the target of each cell to what is there, whatever was drawn last."""
    for (column, row), name in layout.names.items():
        if 0 <= row < canvas.height and 0 <= column < canvas.width:
            fg, bg, bold, _ = canvas.styles[row][column]
            canvas.styles[row][column] = (fg, bg, bold, _handle(picture, name))


def _network(
    canvas: Canvas, picture: Graph, layout: GraphLayout, palette: Palette, held: object
) -> None:
    """Lines at the bottom, boxes and labels on top of them."""
    draw_routes(canvas, picture, layout.routes, palette)
    for box in layout.boxes:
        draw_box(canvas, picture, box, palette, held)
    for route, words in zip(layout.routes, layout.labels, strict=True):
        if words is not None:
            draw_edge_label(canvas, picture, route.edge.name, words, palette, held)
    if layout.caption:
        draw_formula(canvas, picture, palette)


def describe(picture: Graph) -> str:
    """Its size, what is computed now and from what, and all known values."""
    named = [edge for edge in picture.edges if edge.name]
    words = f": {len(picture.nodes)} nodes, {len(picture.edges)} edges"
    elements: dict[str, GraphElement] = {}
    for node in picture.nodes:
        elements.setdefault(node.name, node)
    for edge in named:
        elements.setdefault(edge.name, edge)
    now = elements.get(picture.current)
    if now is not None:
        formula = now.formula if isinstance(now, GraphNode) else ""
        words += ", going back" if picture.backward else ""
        words += f", now {' = '.join(filter(None, (now.name, formula, now.value)))}"
        words += f", gradient {now.gradient}" if now.gradient else ""
        words += f", from {', '.join(picture.sources)}" if picture.sources else ""
    known = [
        f"{element.name} {element.value}"
        + (f" gradient {element.gradient}" if element.gradient else "")
        for element in elements.values()
        if element.value or element.gradient
    ]
    return words + (f"; {', '.join(known)}" if known else "")


def pick(picture: Graph, layout: GraphLayout, column: int, row: int) -> Handle | None:
    """The node or the named edge at a cell; an edge's label and line both count."""
    return _handle(picture, layout.names.get((column, row), ""))


def _handle(picture: Graph, name: str) -> Handle | None:
    return Handle(picture.pick, name) if picture.pick and name else None
