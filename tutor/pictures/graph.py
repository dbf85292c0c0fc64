"""Computations as graphs: values forward, gradients backward, the operation of the moment lit.

What is being computed has a heavy frame or a heavy line, what it is computed from a bullet; what
the keyboard holds has a double frame or stands in brackets. Without room it is a list.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from lessons.kit.pictures import Graph, GraphEdge, GraphNode, Handle
from tutor.pictures.boxes import Box, Stand, Thrift, covered, label, stand, words_wide
from tutor.pictures.canvas import Canvas, Dots, fit, length, say
from tutor.pictures.cells import Colour, Line, Palette, mix
from tutor.pictures.digits import fitted
from tutor.pictures.wires import Ground, Label, Wire, place_labels, wires

LIGHT, HEAVY, DOUBLE = "╭─╮│╰─╯", "┏━┓┃┗━┛", "╔═╗║╚═╝"
SOURCE, CURRENT, GRADIENT = "•", "▸", "∇"
ROOM_FOR_FORMULA = 12
"""Rows from which on the last one is kept for the formula of the current node."""


@dataclass(frozen=True)
class GraphLayout:
    """Where everything stands: boxes, lines, one label a line; or a list from an entry on."""

    width: int
    height: int
    boxes: tuple[Box, ...] = ()
    wires: tuple[Wire, ...] = ()
    labels: tuple[Label | None, ...] = ()
    caption: bool = False
    entries: tuple[GraphNode | GraphEdge, ...] = ()
    first: int = 0


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
    labels = place_labels(lines, [_choices(line.edge, stood) for line in lines], ground)
    return GraphLayout(width, height, stood.boxes, tuple(lines), tuple(labels), caption)


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
    entries: dict[str, GraphNode | GraphEdge] = {}
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
    '   y 4 ∇ 1  '
    """
    if not picture.nodes:
        return say("no graph yet", layout.width, layout.height, palette)
    canvas = Canvas(layout.width, layout.height)
    held = focus.part if focus is not None and focus.knob == picture.pick else None
    if layout.entries:
        _list(canvas, picture, layout, palette, held)
        return canvas.lines()
    _lines(canvas, picture, layout, palette)
    for box in layout.boxes:
        _node(canvas, picture, box, palette, held)
    for wire, words in zip(layout.wires, layout.labels, strict=True):
        if words is not None:
            _label(canvas, picture, wire, words, palette, held)
    if layout.caption:
        _caption(canvas, picture, palette)
    return canvas.lines()


def _is_lit(picture: Graph, edge: GraphEdge) -> bool:
    """Whether the edge is being computed, or carries something to what is."""
    if picture.current and picture.current == edge.name:
        return True
    ends = {edge.source, edge.target}
    if not picture.current or picture.current not in ends:
        return False
    other = ends - {picture.current}
    return edge.name in picture.sources or bool(other & set(picture.sources))


def _glow(p: Palette) -> Colour:
    return mix(p.good, p.text, 0.2)


def _lines(canvas: Canvas, picture: Graph, layout: GraphLayout, p: Palette) -> None:
    """All lines, the lit ones last and heavy, then their heads."""
    dots = Dots(canvas.width, canvas.height)
    order = sorted(layout.wires, key=lambda wire: _is_lit(picture, wire.edge))
    shades = [
        _glow(p) if _is_lit(picture, wire.edge) else mix(p.muted, p.background, 0.2)
        for wire in order
    ]
    for wire, shade in zip(order, shades, strict=True):
        if not wire.flat:
            dots.set(wire.x, wire.y, shade)
            if _is_lit(picture, wire.edge):
                dots.set(wire.x + 1, wire.y, shade)
    for column, row, glyph, shade in dots.lit():
        canvas.put(column, row, glyph, shade)
    for wire, shade in zip(order, shades, strict=True):
        if wire.flat:
            (column, row), (end, _) = wire.cells[0], wire.cells[-1]
            stroke = "━" if _is_lit(picture, wire.edge) else "─"
            canvas.put(min(column, end), row, stroke * (abs(end - column) + 1), shade)
    for wire, shade in zip(order, shades, strict=True):
        (column, row), glyph = wire.back if picture.backward else wire.head
        canvas.put(column, row, glyph, shade)


def _mark(picture: Graph, name: str) -> str:
    return CURRENT if name == picture.current else SOURCE if name in picture.sources else " "


def _node(canvas: Canvas, picture: Graph, box: Box, p: Palette, held: object) -> None:
    """One node: its frame or its brackets, its mark, its rows of numbers."""
    is_current, mark = box.node.name == picture.current, _mark(picture, box.node.name)
    ground = mix(p.background, p.good, 0.14) if is_current and not p.plain else None
    if box.framed:
        corners = DOUBLE if box.node.name == held else HEAVY if is_current else LIGHT
        shade = mix(p.muted, p.background, 0.3) if mark == " " else _glow(p)
        _frame(canvas, box, corners, mark, (shade, p.text, ground))
    else:
        is_held = box.node.name == held
        canvas.put(box.column - 1, box.row, "[" if is_held else mark, _glow(p), bold=True)
        canvas.put(box.right, box.row, "]" * is_held, _glow(p), bold=True)
    for row, pieces in enumerate(box.rows, start=box.row + box.framed):
        column = box.column + max(box.width - words_wide(pieces), 0) // 2
        for kind, text in pieces:
            colour = {"gradient": p.tone(1), "formula": p.muted}.get(kind, p.text)
            canvas.put(column, row, text, colour, ground, is_current or kind == "name")
            column += length(text) + 1 if text else 0


def _frame(
    canvas: Canvas, box: Box, corners: str, mark: str, shades: tuple[Colour, Colour, Colour | None]
) -> None:
    """The frame with the name in its upper edge, and the mark before the name."""
    shade, text, ground = shades
    inner, bold, name = box.width - 2, corners != LIGHT, box.node.name
    side = corners[3] + " " * inner + corners[3]
    for row in range(box.row + 1, box.row + box.height - 1):
        canvas.put(box.column, row, side, shade, ground, bold)
    upper = corners[0] + corners[1] * inner + corners[2]
    lower = corners[4] + corners[5] * inner + corners[6]
    canvas.put(box.column, box.row, upper, shade, ground, bold)
    canvas.put(box.column, box.row + box.height - 1, lower, shade, ground, bold)
    column = box.column + box.width // 2 - length(name) // 2
    canvas.put(column, box.row, name, text, ground, bold=True)
    if mark != " ":
        canvas.put(column - 1, box.row, mark, shade, ground, bold=True)


def _label(
    canvas: Canvas, picture: Graph, wire: Wire, words: Label, p: Palette, held: object
) -> None:
    """The words on a line, what stands before them, and the gradient in its own colour."""
    name, mark = wire.edge.name, _mark(picture, wire.edge.name)
    is_current, is_held = name == picture.current, name == held
    for row, text in enumerate(words.texts, start=words.row):
        before, sign, gradient = text.partition(GRADIENT)
        canvas.put(words.column, row, before, p.text, bold=is_current)
        at = words.column + length(before)
        canvas.put(at, row, sign + gradient, p.tone(1), bold=is_current)
    before = "[" if is_held else mark.strip()
    canvas.put(words.column - 1, words.row, before, _glow(p), bold=True)
    after = words.column + length(words.texts[0])
    canvas.put(after, words.row, "]" * is_held, _glow(p), bold=True)


def _caption(canvas: Canvas, picture: Graph, p: Palette) -> None:
    """The formula of the current node, below everything."""
    for node in picture.nodes:
        if node.name == picture.current and node.formula:
            canvas.put(0, canvas.height - 1, CURRENT, _glow(p), bold=True)
            words = f"{node.name} = {node.formula}"
            whole = f"{words} = {node.value}" if node.value else words
            text = whole if length(whole) <= canvas.width - 2 else words
            canvas.put(2, canvas.height - 1, fit(text, max(canvas.width - 2, 0)), p.text)


def _list(canvas: Canvas, picture: Graph, layout: GraphLayout, p: Palette, held: object) -> None:
    shown = layout.entries[layout.first : layout.first + layout.height]
    for row, thing in enumerate(shown):
        is_current = thing.name == picture.current
        mark = "[" if thing.name == held else _mark(picture, thing.name)
        canvas.put(0, row, mark, _glow(p), bold=True)
        words = _entry(thing, canvas.width - 2)
        canvas.put(2, row, fit(words, max(canvas.width - 2, 0)), p.text, bold=is_current)


def _entry(thing: GraphNode | GraphEdge, room: int) -> str:
    """One line of the list: the formula goes first, then digits, then the gradient."""
    formula = thing.formula if isinstance(thing, GraphNode) else ""
    for form in (formula, ""):
        head = f"{thing.name} = {form} → " if form else f"{thing.name} = "
        whole = head + thing.value + (f"  {GRADIENT} {thing.gradient}" if thing.gradient else "")
        if length(whole) <= room:
            return whole
    gradient = f" {GRADIENT}{fitted(thing.gradient, 5)}" if thing.gradient else ""
    value = fitted(thing.value, room - length(thing.name) - 1 - length(gradient))
    if value:
        return f"{thing.name} {value}{gradient}"
    return f"{thing.name} {fitted(thing.value, room - length(thing.name) - 1)}".rstrip()


def describe(picture: Graph) -> str:
    """How large it is, what is computed now and from what, and all that is known."""
    named = [edge for edge in picture.edges if edge.name]
    words = f": {len(picture.nodes)} nodes, {len(picture.edges)} edges"
    things: dict[str, GraphNode | GraphEdge] = {}
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
    """The node, label or named line at a cell: whatever there is a name for."""
    name = _name_at(layout, column, row) if picture.pick else ""
    return Handle(picture.pick, name) if name else None


def _name_at(layout: GraphLayout, column: int, row: int) -> str:
    if layout.entries:
        shown = layout.entries[layout.first : layout.first + layout.height]
        return shown[row].name if 0 <= row < len(shown) else ""
    for wire, words in zip(layout.wires, layout.labels, strict=True):
        if words is not None and words.holds(column, row):
            return wire.edge.name
    for box in layout.boxes:
        if box.holds(column, row):
            return box.node.name
    for wire in layout.wires:
        if wire.edge.name and (column, row) in wire.cells:
            return wire.edge.name
    return ""
