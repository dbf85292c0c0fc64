"""How the nodes, lines and words of a graph look.

What is being computed has a heavy frame or a heavy line, what it is computed from a bullet; what
the keyboard holds has a double frame or stands in brackets.
"""

from collections.abc import Sequence

from lessons.kit.pictures import Graph, GraphEdge, GraphNode
from tutor.pictures.boxes import Box
from tutor.pictures.canvas import Canvas, Dots, fit, length
from tutor.pictures.cells import Colour, Palette, mix
from tutor.pictures.digits import fitted
from tutor.pictures.facts import GRADIENT, words_wide
from tutor.pictures.tags import Tag
from tutor.pictures.wires import Wire

LIGHT, HEAVY, DOUBLE = "╭─╮│╰─╯", "┏━┓┃┗━┛", "╔═╗║╚═╝"
SOURCE, CURRENT = "•", "▸"
Thing = GraphNode | GraphEdge


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


def draw_wires(canvas: Canvas, picture: Graph, wires: Sequence[Wire], p: Palette) -> None:
    """All lines, the lit ones last and heavy, then their heads."""
    dots = Dots(canvas.width, canvas.height)
    order = sorted(wires, key=lambda wire: _is_lit(picture, wire.edge))
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


def draw_box(canvas: Canvas, picture: Graph, box: Box, p: Palette, held: object) -> None:
    """One node: its frame or its brackets, its mark, its rows of numbers."""
    is_current, mark = box.node.name == picture.current, _mark(picture, box.node.name)
    ground = mix(p.background, p.good, 0.14) if is_current and not p.plain else None
    if box.framed:
        corners = DOUBLE if box.node.name == held else HEAVY if is_current else LIGHT
        shade = mix(p.muted, p.background, 0.3) if mark == " " else _glow(p)
        _frame(canvas, box, corners, mark, (shade, p.text, ground))
    else:
        is_held = box.node.name == held
        before = "[" if is_held else mark.strip()
        canvas.put(box.column - 1, box.row, before, _glow(p), bold=True)
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


def draw_tag(
    canvas: Canvas, picture: Graph, name: str, words: Tag, p: Palette, held: object
) -> None:
    """The words on a line, what stands before them, and the gradient in its own colour."""
    mark = _mark(picture, name)
    is_current, is_held = name == picture.current, name == held
    for row, text in enumerate(words.texts, start=words.row):
        if not text.strip():
            continue
        before, sign, gradient = text.partition(GRADIENT)
        canvas.put(words.column, row, before, p.text, bold=is_current)
        at = words.column + length(before)
        canvas.put(at, row, sign + gradient, p.tone(1), bold=is_current)
    before = "[" if is_held else mark.strip()
    canvas.put(words.column - 1, words.row, before, _glow(p), bold=True)
    after = words.column + length(words.texts[0])
    canvas.put(after, words.row, "]" * is_held, _glow(p), bold=True)


def draw_formula(canvas: Canvas, picture: Graph, p: Palette) -> None:
    """The formula of the current node, below everything."""
    for node in picture.nodes:
        if node.name == picture.current and node.formula:
            canvas.put(0, canvas.height - 1, CURRENT, _glow(p), bold=True)
            words = f"{node.name} = {node.formula}"
            whole = f"{words} = {node.value}" if node.value else words
            text = whole if length(whole) <= canvas.width - 2 else words
            canvas.put(2, canvas.height - 1, fit(text, max(canvas.width - 2, 0)), p.text)


def draw_list(
    canvas: Canvas,
    picture: Graph,
    things: Sequence[GraphNode | GraphEdge],
    p: Palette,
    held: object,
) -> None:
    """One line a thing, for want of room."""
    for row, thing in enumerate(things):
        is_current = thing.name == picture.current
        mark = "[" if thing.name == held else _mark(picture, thing.name)
        canvas.put(0, row, mark, _glow(p), bold=True)
        words = _entry(thing, canvas.width - 2)
        canvas.put(2, row, fit(words, max(canvas.width - 2, 0)), p.text, bold=is_current)


def _entry(thing: Thing, room: int) -> str:
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
