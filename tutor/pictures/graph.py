"""Computation graphs: a box an operation, wires from left to right, the current one lit."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from lessons.kit.pictures import Graph, GraphNode
from tutor.pictures.canvas import Canvas, fit, length, say
from tutor.pictures.cells import Colour, Line, Palette, mix

NORTH, EAST, SOUTH, WEST = 1, 2, 4, 8
WIRES = " ╵╶└╷│┌├╴┘─┴┐┤┬┼"
"""The glyph of a wire by the sum of the sides it leaves through."""
ROUND = {"└": "╰", "┌": "╭", "┘": "╯", "┐": "╮"}
GAP, NARROWEST, WIDEST = 4, 9, 22


@dataclass(frozen=True)
class Box:
    """The place of one node, in cells."""

    column: int
    row: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """The row where wires arrive and leave."""
        return self.row + self.height // 2


def graph(picture: Graph, width: int, height: int, palette: Palette) -> list[Line]:
    """Boxes with value and gradient, joined by arrows; a list where boxes find no room.

    >>> from tutor.pictures.cells import DARK, plain
    >>> one = Graph("f", (GraphNode("y", "x²", "4", "1"),), (0,))
    >>> plain(graph(one, 14, 1, DARK))
    '  y = x² → 4 …'
    """
    if not picture.nodes or width < 1 or height < 1:
        return say("no graph yet", width, height, palette)
    boxes = _boxes(picture, width, height)
    if boxes is None:
        return _list(picture, width, height, palette)
    canvas = Canvas(width, height)
    _wires(canvas, picture, boxes, palette)
    for index, (node, box) in enumerate(zip(picture.nodes, boxes, strict=True)):
        _box(canvas, node, box, index == picture.current, palette)
    return canvas.lines()


def _boxes(picture: Graph, width: int, height: int) -> list[Box] | None:
    """A place for every node, columns left to right and evenly down each; None without room."""
    columns: dict[int, list[int]] = defaultdict(list)
    for index in range(len(picture.nodes)):
        place = picture.columns[index] if index < len(picture.columns) else 0
        columns[place].append(index)
    order = sorted(columns)
    tallest = max(map(len, columns.values()))
    tall = next((t for t in (5, 4, 3) if tallest * t <= height), 0)
    if tall == 5 and not any(node.gradient for node in picture.nodes):
        tall = 4
    wanted = 4 + max(length(t) for n in picture.nodes for t in _texts(n, tall))
    room = (width - GAP * (len(order) - 1)) // len(order)
    wide = min(max(wanted, NARROWEST), WIDEST, room)
    # A list shows every gradient; cramped boxes would have to hide them.
    hides = tall < 5 and wide < wanted and any(node.gradient for node in picture.nodes)
    if not tall or hides or wide < min(NARROWEST, wanted):
        return None
    step = (width - wide) / max(len(order) - 1, 1) if len(order) > 1 else 0.0
    step = min(step, wide + 3 * GAP)
    left = (width - wide - round(step * (len(order) - 1))) // 2
    boxes: dict[int, Box] = {}
    for k, place in enumerate(order):
        nodes = columns[place]
        pitch = height / len(nodes)
        for j, index in enumerate(nodes):
            row = int(pitch * j + (pitch - tall) / 2)
            boxes[index] = Box(left + round(k * step), row, wide, tall)
    return [boxes[index] for index in range(len(picture.nodes))]


def _texts(node: GraphNode, tall: int) -> tuple[str, ...]:
    """Everything that a box of this height has to hold, name and corner included."""
    facts = _facts(node) if tall >= 5 else ("  ".join(_facts(node)).rstrip(),)
    return (f"{node.name} ", node.formula if tall > 3 else "", *facts)


def _facts(node: GraphNode) -> tuple[str, str]:
    """The two lines of numbers: the value, and the gradient once it is known."""
    return f"= {node.value}", f"∇ {node.gradient}" if node.gradient else ""


def _wires(canvas: Canvas, picture: Graph, boxes: list[Box], p: Palette) -> None:
    """Right-angled wires; where two meet, their glyphs join."""
    sides: dict[tuple[int, int], int] = defaultdict(int)
    colour, lit = mix(p.muted, p.background, 0.2), mix(p.good, p.text, 0.2)
    glow: set[tuple[int, int]] = set()
    heads: list[tuple[int, int, Colour]] = []
    for index, node in enumerate(picture.nodes):
        for source in node.inputs:
            if not 0 <= source < len(boxes) or source == index:
                continue
            is_lit = index == picture.current
            path = _route(boxes[source], boxes[index], boxes)
            # The first cell touches the box.
            sides[path[0][0][0]] |= WEST
            for (here, there), side, back in path:
                sides[here] |= side
                sides[there] |= back
                if is_lit:
                    glow |= {here, there}
            end = boxes[index]
            heads.append((end.column - 1, end.middle, lit if is_lit else colour))
    for (column, row), mask in sides.items():
        glyph = WIRES[mask]
        canvas.put(column, row, ROUND.get(glyph, glyph), lit if (column, row) in glow else colour)
    for column, row, shade in sorted(heads, key=lambda head: head[2] == lit):
        canvas.put(column, row, "▶", shade)


Step = tuple[tuple[tuple[int, int], tuple[int, int]], int, int]


def _route(a: Box, b: Box, boxes: list[Box]) -> list[Step]:
    """From the right of a to the left of b, along a free row if a box is in between."""
    start, stop = (a.column + a.width, a.middle), (b.column - 2, b.middle)
    first = start[0] + 1
    blocked = any(
        start[0] <= box.column < stop[0] and box.row <= a.middle < box.row + box.height
        for box in boxes
    )
    corners = [start]
    if blocked:
        free = _free_row(boxes, first, stop[0], a.middle, b.middle)
        corners += [(first, a.middle), (first, free), (stop[0], free), stop]
    else:
        corners += [(stop[0], a.middle), stop]
    corners.append((b.column - 1, b.middle))
    steps: list[Step] = []
    for (x, y), (u, v) in pairwise(corners):
        while (x, y) != (u, v):
            dx, dy = (u > x) - (u < x), (v > y) - (v < y) if u == x else 0
            side = EAST if dx > 0 else WEST if dx < 0 else SOUTH if dy > 0 else NORTH
            back = {EAST: WEST, WEST: EAST, SOUTH: NORTH, NORTH: SOUTH}[side]
            steps.append((((x, y), (x + dx, y + dy)), side, back))
            x, y = x + dx, y + dy
    return steps


def _free_row(boxes: list[Box], left: int, right: int, start: int, stop: int) -> int:
    """The row nearest the way that crosses no box; the start's own row if there is none."""
    between = [box for box in boxes if left <= box.column + box.width and box.column < right]
    last = max(box.row + box.height for box in boxes)
    free = [
        row for row in range(last + 1)
        if not any(box.row <= row < box.row + box.height for box in between)
    ]  # fmt: skip
    return min(free, key=lambda row: abs(row - start) + abs(row - stop), default=start)


def _box(canvas: Canvas, node: GraphNode, box: Box, is_current: bool, p: Palette) -> None:
    edge = p.good if is_current else mix(p.muted, p.background, 0.3)
    ground = mix(p.background, p.good, 0.14) if is_current and not p.plain else None
    inner = box.width - 2
    corner = "┏━┓┃┗━┛" if is_current else "╭─╮│╰─╯"
    name = fit(node.name, min(length(node.name), inner - 2)) if inner > 2 else ""
    title = f"{'▸' if is_current else corner[1]}{name}"
    top = corner[0] + title + corner[1] * (inner - length(title)) + corner[2]
    canvas.put(box.column, box.row, top, edge, ground, is_current)
    canvas.put(box.column + 2, box.row, name, p.text, ground, bold=True)
    value, gradient = _facts(node)
    lines = [(node.formula, p.muted), (value, p.text), (gradient, p.tone(1))]
    if box.height < 5:
        both = f"{value}  {gradient}".rstrip()
        # A number cut in half misleads: better the value alone.
        numbers = both if length(both) <= inner - 1 else value
        lines = [*lines[: box.height - 3], (numbers, p.text)]
    for i, (words, colour) in enumerate(lines, start=box.row + 1):
        row = corner[3] + " " * inner + corner[3]
        canvas.put(box.column, i, row, edge, ground)
        canvas.put(box.column + 2, i, fit(words, max(inner - 1, 0)), colour, ground)
    bottom = corner[4] + corner[5] * inner + corner[6]
    canvas.put(box.column, box.row + box.height - 1, bottom, edge, ground)


def _list(picture: Graph, width: int, height: int, p: Palette) -> list[Line]:
    """One line a node, in order, scrolled so that the current one is in sight."""
    canvas = Canvas(width, height)
    start = 0
    if picture.current is not None:
        start = max(min(picture.current - height // 2, len(picture.nodes) - height), 0)
    for row, node in enumerate(picture.nodes[start : start + height]):
        is_current = start + row == picture.current
        tail = f"  ∇ {node.gradient}" if node.gradient else ""
        words = f"{node.name} = {node.formula} → {node.value}{tail}"
        canvas.put(0, row, "▸" if is_current else " ", p.good, bold=True)
        canvas.put(2, row, fit(words, max(width - 2, 0)), p.text, bold=is_current)
    return canvas.lines()
