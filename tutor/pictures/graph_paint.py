"""How the nodes, lines and labels of a graph look.

What is being computed has a heavy frame or line, its inputs have a bullet; what the keyboard holds
has a double frame or is in brackets.
"""

from collections.abc import Sequence

from lessons.kit.pictures import Graph, GraphEdge, GraphNode
from tutor.pictures.canvas import Canvas, Dots
from tutor.pictures.cells import Color, Palette
from tutor.pictures.digits import fit_number
from tutor.pictures.edge_labels import EdgeLabel
from tutor.pictures.edge_routes import EdgeRoute
from tutor.pictures.letters import fit, length
from tutor.pictures.node_boxes import NodeBox
from tutor.pictures.node_text import GRADIENT, row_width
from tutor.pictures.tints import tint

LIGHT, HEAVY, DOUBLE = "╭─╮│╰─╯", "┏━┓┃┗━┛", "╔═╗║╚═╝"
SOURCE, CURRENT = "•", "▸"
GraphElement = GraphNode | GraphEdge


def _is_lit(picture: Graph, edge: GraphEdge) -> bool:
    """Whether the edge is being computed, or leads from an input to what is being computed."""
    if picture.current and picture.current == edge.name:
        return True
    ends = {edge.source, edge.target}
    if not picture.current or picture.current not in ends:
        return False
    other = ends - {picture.current}
    return edge.name in picture.sources or bool(other & set(picture.sources))


def _glow(p: Palette) -> Color:
    return tint(p, p.good, p.text, 0.2)


def draw_routes(canvas: Canvas, picture: Graph, routes: Sequence[EdgeRoute], p: Palette) -> None:
    """All lines, the highlighted ones last and heavy, then their arrowheads."""
    dots = Dots(canvas.width, canvas.height)
    order = sorted(routes, key=lambda route: _is_lit(picture, route.edge))
    shades = [
        _glow(p) if _is_lit(picture, route.edge) else tint(p, p.muted, p.background, 0.2)
        for route in order
    ]
    for route, shade in zip(order, shades, strict=True):
        if not route.flat:
            dots.set(route.x, route.y, shade)
            if _is_lit(picture, route.edge):
                dots.set(route.x + 1, route.y, shade)
    for column, row, glyph, shade in dots.lit():
        canvas.put(column, row, glyph, shade)
    for route, shade in zip(order, shades, strict=True):
        if route.flat:
            (column, row), (end, _) = route.cells[0], route.cells[-1]
            stroke = "━" if _is_lit(picture, route.edge) else "─"
            canvas.put(min(column, end), row, stroke * (abs(end - column) + 1), shade)
    for route, shade in zip(order, shades, strict=True):
        (column, row), glyph = route.back if picture.backward else route.head
        canvas.put(column, row, glyph, shade)


def _mark(picture: Graph, name: str) -> str:
    return CURRENT if name == picture.current else SOURCE if name in picture.sources else " "


def draw_box(canvas: Canvas, picture: Graph, box: NodeBox, p: Palette, held: object) -> None:
    """One node: its frame or brackets, its mark, its rows of numbers."""
    is_current, mark = box.node.name == picture.current, _mark(picture, box.node.name)
    background = tint(p, p.background, p.good, 0.14) if is_current and not p.plain else None
    if box.framed:
        corners = DOUBLE if box.node.name == held else HEAVY if is_current else LIGHT
        shade = tint(p, p.muted, p.background, 0.3) if mark == " " else _glow(p)
        _frame(canvas, box, corners, mark, (shade, p.text, background))
    else:
        is_held = box.node.name == held
        before = "[" if is_held else mark.strip()
        canvas.put(box.column - 1, box.row, before, _glow(p), bold=True)
        canvas.put(box.right, box.row, "]" * is_held, _glow(p), bold=True)
    for row, pieces in enumerate(box.rows, start=box.row + box.framed):
        column = box.column + max(box.width - row_width(pieces), 0) // 2
        for kind, text in pieces:
            color = {"gradient": p.tone(1), "formula": p.muted}.get(kind, p.text)
            canvas.put(column, row, text, color, background, is_current or kind == "name")
            column += length(text) + 1 if text else 0


def _frame(
    canvas: Canvas,
    box: NodeBox,
    corners: str,
    mark: str,
    shades: tuple[Color, Color, Color | None],
) -> None:
    """The frame with the name on its upper edge, and the mark before the name."""
    shade, text, background = shades
    inner, bold, name = box.width - 2, corners != LIGHT, box.node.name
    side = corners[3] + " " * inner + corners[3]
    for row in range(box.row + 1, box.row + box.height - 1):
        canvas.put(box.column, row, side, shade, background, bold)
    upper = corners[0] + corners[1] * inner + corners[2]
    lower = corners[4] + corners[5] * inner + corners[6]
    canvas.put(box.column, box.row, upper, shade, background, bold)
    canvas.put(box.column, box.row + box.height - 1, lower, shade, background, bold)
    column = box.column + box.width // 2 - length(name) // 2
    canvas.put(column, box.row, name, text, background, bold=True)
    if mark != " ":
        canvas.put(column - 1, box.row, mark, shade, background, bold=True)


def draw_edge_label(
    canvas: Canvas, picture: Graph, name: str, words: EdgeLabel, p: Palette, held: object
) -> None:
    """The label on a line, its mark, and the gradient in a different color."""
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
    elements: Sequence[GraphNode | GraphEdge],
    p: Palette,
    held: object,
) -> None:
    """One line per element, if there is no room for a graph."""
    for row, element in enumerate(elements):
        is_current = element.name == picture.current
        mark = "[" if element.name == held else _mark(picture, element.name)
        canvas.put(0, row, mark, _glow(p), bold=True)
        words = _entry(element, canvas.width - 2)
        canvas.put(2, row, fit(words, max(canvas.width - 2, 0)), p.text, bold=is_current)


def _entry(element: GraphElement, room: int) -> str:
    """One line of the list: the formula is dropped first, then digits, then the gradient."""
    formula = element.formula if isinstance(element, GraphNode) else ""
    for form in (formula, ""):
        head = f"{element.name} = {form} → " if form else f"{element.name} = "
        whole = (
            head + element.value + (f"  {GRADIENT} {element.gradient}" if element.gradient else "")
        )
        if length(whole) <= room:
            return whole
    gradient = f" {GRADIENT}{fit_number(element.gradient, 5)}" if element.gradient else ""
    value = fit_number(element.value, room - length(element.name) - 1 - length(gradient))
    if value:
        return f"{element.name} {value}{gradient}"
    return f"{element.name} {fit_number(element.value, room - length(element.name) - 1)}".rstrip()
