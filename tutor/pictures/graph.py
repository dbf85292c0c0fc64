"""Computations as graphs: values forward, gradients backward, the operation of the moment lit.

Without room for boxes it is a list.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from lessons.kit.pictures import Graph, GraphEdge, GraphNode, Handle
from tutor.pictures.boxes import Box, Stand, covered, stand
from tutor.pictures.canvas import Canvas, length, say
from tutor.pictures.cells import Line, Palette
from tutor.pictures.digits import fitted
from tutor.pictures.facts import GRADIENT, Thrift, label
from tutor.pictures.graph_paint import (
    Thing,
    draw_box,
    draw_formula,
    draw_list,
    draw_tag,
    draw_wires,
)
from tutor.pictures.tags import Cell, Ground, Tag, place_tags
from tutor.pictures.wires import Wire, wires

ROOM_FOR_FORMULA = 12
"""Rows from which on the last one is kept for the formula of the current node."""


@dataclass(frozen=True)
class GraphLayout:
    """Where everything stands: boxes, lines, a tag on each line; or a list from an entry on."""

    width: int
    height: int
    boxes: tuple[Box, ...] = ()
    wires: tuple[Wire, ...] = ()
    tags: tuple[Tag | None, ...] = ()
    caption: bool = False
    entries: tuple[Thing, ...] = ()
    first: int = 0

    @cached_property
    def shown(self) -> tuple[Thing, ...]:
        """The entries of the list that are in sight."""
        return self.entries[self.first : self.first + self.height]

    @cached_property
    def names(self) -> dict[Cell, str]:
        """What stands at a cell, by its name: words before boxes before lines."""
        rows = enumerate(self.shown)
        found = {(x, y): thing.name for y, thing in rows for x in range(self.width)}
        for wire in self.wires:
            found |= dict.fromkeys(wire.cells if wire.edge.name else (), wire.edge.name)
        for box in self.boxes:
            found |= dict.fromkeys(covered((box,)), box.node.name)
        for wire, tag in zip(self.wires, self.tags, strict=True):
            found |= dict.fromkeys(tag.cells if tag else (), wire.edge.name)
        return found


@lru_cache(maxsize=16)
def layout(picture: Graph, width: int, height: int) -> GraphLayout:
    """Find a place for everything, or begin a list where there is none."""
    if not picture.nodes or width < 1 or height < 1:
        return GraphLayout(width, height)
    caption = height >= ROOM_FOR_FORMULA and any(node.formula for node in picture.nodes)
    stood = stand(picture, width, height)
    if caption and stood is not None and not stood.formulas:
        stood = stand(_without_formulas(picture), width, height - 1)
    else:
        caption = False
    if stood is None:
        return _listed(picture, width, height)
    lines = wires(picture.edges, stood.boxes, height - caption)
    heads = {(line.back if picture.backward else line.head)[0] for line in lines}
    solid = covered(stood.boxes) | heads
    ground = Ground(width, height - caption, solid)
    texts = [_choices(line.edge, stood) for line in lines]
    tags = place_tags([(line.x, line.y) for line in lines], texts, ground)
    return GraphLayout(width, height, stood.boxes, tuple(lines), tuple(tags), caption)


def _without_formulas(picture: Graph) -> Graph:
    return replace(picture, nodes=tuple(replace(node, formula="") for node in picture.nodes))


def _choices(edge: GraphEdge, stood: Stand) -> list[tuple[str, ...]]:
    """The texts for an edge, best first: a row is kept for a gradient that is still to come."""
    words, gradient = label(edge, stood.thrift)
    if not words:
        return []
    full, bare = (label(edge, thrift)[0] for thrift in (Thrift(), Thrift(bare=True)))
    texts = (full, bare, words, edge.name) if stood.thrift.values else (words,)
    longest = label(edge, Thrift())[1]
    choices: list[tuple[str, ...]] = []
    for text in dict.fromkeys(texts):
        less = GRADIENT + fitted(edge.gradient, length(text) - 1)
        choices += [(text, longest or " "), (text, gradient or " ")]
        choices += [(text, less)] if less != GRADIENT else []
        choices += [(f"{text} {gradient}",)] if gradient and text != edge.name else []
        choices += [(text,)] if text == words else []
    return list(dict.fromkeys((*choices, (edge.name,))))


def _listed(picture: Graph, width: int, height: int) -> GraphLayout:
    """Nodes in order, each after the named edges that lead to it, the current one in sight."""
    entries: dict[str, Thing] = {}
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
    """Boxes with value and gradient, joined by arrows; a list where boxes find no room.

    >>> from tutor.pictures.cells import DARK, plain
    >>> one = Graph("f", (GraphNode("y", 0, 0, "4", "1"),), ())
    >>> plain(paint(one, layout(one, 12, 1), DARK))
    '  y 4 ∇ 1   '
    """
    if not picture.nodes:
        return say("no graph yet", layout.width, layout.height, palette)
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
    """A click means what stands at the cell, whatever was drawn there last."""
    for (column, row), name in layout.names.items():
        if 0 <= row < canvas.height and 0 <= column < canvas.width:
            fg, bg, bold, _ = canvas.styles[row][column]
            canvas.styles[row][column] = (fg, bg, bold, _handle(picture, name))


def _network(
    canvas: Canvas, picture: Graph, layout: GraphLayout, palette: Palette, held: object
) -> None:
    """Lines below, boxes and words above them."""
    draw_wires(canvas, picture, layout.wires, palette)
    for box in layout.boxes:
        draw_box(canvas, picture, box, palette, held)
    for wire, words in zip(layout.wires, layout.tags, strict=True):
        if words is not None:
            draw_tag(canvas, picture, wire.edge.name, words, palette, held)
    if layout.caption:
        draw_formula(canvas, picture, palette)


def describe(picture: Graph) -> str:
    """How large it is, what is computed now and from what, and all that is known."""
    named = [edge for edge in picture.edges if edge.name]
    words = f": {len(picture.nodes)} nodes, {len(picture.edges)} edges"
    things: dict[str, Thing] = {}
    for node in picture.nodes:
        things.setdefault(node.name, node)
    for edge in named:
        things.setdefault(edge.name, edge)
    now = things.get(picture.current)
    if now is not None:
        formula = now.formula if isinstance(now, GraphNode) else ""
        words += ", going back" if picture.backward else ""
        words += f", now {' = '.join(filter(None, (now.name, formula, now.value)))}"
        words += f", gradient {now.gradient}" if now.gradient else ""
        words += f", from {', '.join(picture.sources)}" if picture.sources else ""
    known = [
        f"{thing.name} {thing.value}" + (f" gradient {thing.gradient}" if thing.gradient else "")
        for thing in things.values()
        if thing.value or thing.gradient
    ]
    return words + (f"; {', '.join(known)}" if known else "")


def pick(picture: Graph, layout: GraphLayout, column: int, row: int) -> Handle | None:
    """The node or the named edge at a cell, whose words and whose line both count."""
    return _handle(picture, layout.names.get((column, row), ""))


def _handle(picture: Graph, name: str) -> Handle | None:
    return Handle(picture.pick, name) if picture.pick and name else None
