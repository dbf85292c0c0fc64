"""Computation graphs: what is seen of them, where it stands, and what a click on it means."""

import re
from dataclasses import replace

import pytest

from lessons.kit.pictures import Graph, GraphEdge, GraphNode, Handle
from tutor.pictures import graph
from tutor.pictures.cells import DARK, plain
from tutor.pictures.digits import shorten_number
from tutor.pictures.letters import length
from tutor.pictures.node_boxes import covered

LABORATORY = [(76, 20), (70, 24), (70, 30), (100, 34)]
VALUES = {
    "i1": "0.05", "i2": "0.10", "b1": "0.35", "b2": "0.60",
    "h1": "0.5933", "h2": "0.5969", "o1": "0.7514", "o2": "0.7729",
    "E_o1": "0.2748", "E_o2": "0.0236", "E": "0.2984",
}  # fmt: skip
GRADIENTS = {
    "h1": "0.0364", "h2": "0.0414", "o1": "0.7414", "o2": "-0.2171",
    "E_o1": "1", "E_o2": "1", "E": "1",
}  # fmt: skip
WEIGHTS = {
    "w1": ("i1", "h1", "0.15", "0.000439"), "w2": ("i2", "h1", "0.20", "0.000877"),
    "w3": ("i1", "h2", "0.25", "0.000498"), "w4": ("i2", "h2", "0.30", "0.000995"),
    "w5": ("h1", "o1", "0.40", "0.0822"), "w6": ("h2", "o1", "0.45", "0.0827"),
    "w7": ("h1", "o2", "0.50", "-0.0226"), "w8": ("h2", "o2", "0.55", "-0.0227"),
}  # fmt: skip
PLACES = {
    "i1": (0, 0), "i2": (0, 1), "b1": (0, 2), "h1": (1, 0), "h2": (1, 1), "b2": (1, 2),
    "o1": (2, 0), "o2": (2, 1), "E_o1": (3, 0), "E_o2": (3, 1), "E": (4, 0.5),
}  # fmt: skip
PLAIN_EDGES = ["b1 h1", "b1 h2", "b2 o1", "b2 o2", "o1 E_o1", "o2 E_o2", "E_o1 E", "E_o2 E"]


def mazur(known=True, backward=True, current="w7", sources=("o2", "h1")):
    """The 2-2-2 network of Mazur's worked example, a node a neuron."""
    values = VALUES if known else {name: VALUES[name] for name in ("i1", "i2", "b1", "b2")}
    gradients = GRADIENTS if backward else {}
    nodes = [
        GraphNode(name, *at, values.get(name, ""), gradients.get(name, ""), small=name[0] == "b")
        for name, at in PLACES.items()
    ]
    edges = [
        GraphEdge(source, target, name, value, gradient if backward else "")
        for name, (source, target, value, gradient) in WEIGHTS.items()
    ]
    edges += [GraphEdge(*words.split()) for words in PLAIN_EDGES]
    return Graph("Backprop", tuple(nodes), tuple(edges), current, sources, backward, "at")


CHAIN = Graph(
    "g",
    (
        GraphNode("w", 0, 0, "0.8", "1.9"),
        GraphNode("x", 0, 1, "2", "0.7"),
        GraphNode("a", 1, 0.5, "1.6", "0.9", "w × x"),
        GraphNode("y", 2, 0.5, "2.56", "1", "a²"),
    ),
    (GraphEdge("w", "a"), GraphEdge("x", "a"), GraphEdge("a", "y")),
    "a",
    ("w", "x"),
    pick="node",
)
SKIP = Graph(
    "g",
    (GraphNode("x", 0, 0, "2"), GraphNode("s", 1, 0, "4"), GraphNode("o", 2, 0, "8")),
    (GraphEdge("x", "s"), GraphEdge("s", "o"), GraphEdge("x", "o", "k", "3")),
    pick="node",
)


def draw(picture, width, height, focus=None):
    return plain(graph.paint(picture, graph.layout(picture, width, height), DARK, focus))


def targets(picture, width, height):
    """Every cell with the target of its span."""
    found = {}
    lines = graph.paint(picture, graph.layout(picture, width, height), DARK)
    for row, line in enumerate(lines):
        column = 0
        for span in line:
            found |= {(column + i, row): span.target for i in range(length(span.text))}
            column += length(span.text)
    return found


def test_a_small_graph():
    assert [line.rstrip() for line in draw(CHAIN, 44, 10).split("\n")] == [
        "╭────•w────╮",
        "│   0.8    │⢤⡀",
        "│  ∇ 1.9   │⠈⢳⡄  ┏━━━━▸a━━━━┓   ╭─────y────╮",
        "╰──────────╯  ⠹⣆ ┃  w × x   ┃   │    a²    │",
        "               ⢘▶┃   1.6    ┃──▶│   2.56   │",
        "              ⢠⡞⠁┃  ∇ 0.9   ┃   │   ∇ 1    │",
        "╭────•x────╮ ⣰⠏  ┗━━━━━━━━━━┛   ╰──────────╯",
        "│    2     │⠼⠃",
        "│  ∇ 0.7   │",
        "╰──────────╯",
    ]


@pytest.mark.parametrize(("width", "height"), LABORATORY)
def test_every_number_of_mazurs_example_is_read_in_full(width, height):
    words = set(re.split(r"[^\w.\-]+", draw(mazur(), width, height)))
    weights = {number for _, _, value, _ in WEIGHTS.values() for number in [value]}
    assert {*VALUES, *VALUES.values(), *GRADIENTS.values(), *WEIGHTS, *weights} <= words


@pytest.mark.parametrize("size", [*LABORATORY, (60, 16), (50, 14), (40, 12), (30, 9), (18, 4)])
@pytest.mark.parametrize("picture", [mazur(), CHAIN, SKIP], ids=["mazur", "chain", "skip"])
def test_a_number_is_rounded_and_never_cut(picture, size):
    things = [*picture.nodes, *picture.edges]
    given = {number for thing in things for number in (thing.value, thing.gradient) if number}
    allowed = {
        shorten_number(n, digits, bare) for n in given for digits in range(5) for bare in (0, 1)
    }
    text = draw(picture, *size)
    for name in sorted((thing.name for thing in things if thing.name), key=len, reverse=True):
        text = text.replace(name, " ")
    seen = set(re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", text.replace("²", "")))
    assert seen <= allowed


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("size", [*LABORATORY, (64, 12), (90, 16)])
def test_words_on_lines_never_overlap(size, backward):
    layout = graph.layout(mazur(backward=backward), *size)
    cells = [cell for tag in layout.labels if tag for cell in tag.cells]
    assert len(cells) > 8
    assert len(set(cells)) == len(cells)
    assert not set(cells) & covered(layout.boxes)
    heads = {(route.back if backward else route.head)[0] for route in layout.routes}
    assert not heads & {(column + at, row) for column, row in cells for at in (-1, 0, 1)}


@pytest.mark.parametrize("size", LABORATORY)
def test_words_stand_on_their_own_line(size):
    layout = graph.layout(mazur(), *size)
    for route, tag in zip(layout.routes, layout.labels, strict=True):
        if route.edge.name:
            assert set(tag.cells) & set(route.cells)


@pytest.mark.parametrize("picture", [mazur(), CHAIN, SKIP], ids=["mazur", "chain", "skip"])
@pytest.mark.parametrize("size", [*LABORATORY, (30, 9), (20, 4)])
def test_a_click_means_what_is_drawn_there(picture, size):
    layout = graph.layout(picture, *size)
    found = targets(picture, *size)
    assert found == {cell: graph.pick(picture, layout, *cell) for cell in found}
    if size in LABORATORY:
        assert set(picture.handles) <= set(found.values())


def test_without_a_knob_nothing_is_picked():
    assert set(targets(replace(mazur(), pick=""), 76, 20).values()) == {None}


def test_boxes_stay_where_they_are_when_numbers_arrive():
    before, after = (graph.layout(mazur(known, backward=False), 76, 20) for known in (False, True))
    places = [
        [(b.column, b.row, b.width, b.height) for b in layout.boxes if b.framed]
        for layout in (before, after)
    ]
    assert places[0] == places[1]


@pytest.mark.parametrize("size", LABORATORY)
def test_arrows_turn_around_on_the_way_back(size):
    forward, back = (draw(mazur(backward=backward), *size) for backward in (False, True))
    assert ("◀" in forward, "▶" in forward) == (False, True)
    assert ("◀" in back, "▶" in back) == (True, False)
    # Lines that meet share an arrow head: one a target forward, one a source backward.
    assert forward.count("▶") == 7
    assert back.count("◀") == 10


def test_the_current_node_and_its_sources_differ_without_color():
    text = draw(mazur(current="o2", sources=("h1", "w7", "h2", "w8", "b2")), 76, 20)
    assert text.count("┏") == text.count("┗") == 1
    assert all(mark in text for mark in ("▸o2", "•h1", "•w7", "•h2", "•w8", "•b2"))
    assert "•o1" not in text
    assert "•w8 0.55━" in text


def test_the_current_edge_is_heavy():
    flat = draw(mazur(current="w5", sources=("o1", "h1")), 76, 20)
    assert "▸w5 0.40━" in flat
    steep, plain_one = (draw(mazur(current=name), 76, 20) for name in ("w7", ""))
    dots = [
        sum((ord(c) - 0x2800).bit_count() for c in t if c > "⠀" and c <= "⣿")
        for t in (steep, plain_one)
    ]
    assert dots[0] > dots[1] + 8


@pytest.mark.parametrize(("name", "mark"), [("h1", "╔"), ("w5", "[w5 0.40]"), ("b2", "[b2 0.60]")])
def test_what_the_keyboard_holds_differs_without_color(name, mark):
    assert mark not in draw(mazur(), 76, 20)
    assert mark in draw(mazur(), 76, 20, Handle("at", name))
    assert mark not in draw(mazur(), 76, 20, Handle("other", name))


def test_a_line_goes_round_a_box_in_its_way():
    layout = graph.layout(SKIP, 60, 9)
    boxes = covered(layout.boxes)
    assert all(not boxes & set(route.cells) for route in layout.routes)
    assert len({row for _, row in layout.routes[2].cells}) > 1


def test_formulas_stand_in_boxes_or_below():
    assert "w × x" in draw(CHAIN, 60, 12)
    long = replace(CHAIN.nodes[2], formula="w × x + a very long tail of other terms")
    low = draw(replace(CHAIN, nodes=(*CHAIN.nodes[:2], long, CHAIN.nodes[3])), 50, 14)
    assert low.split("\n")[-1].startswith("▸ a = w × x + a very long tail")


def test_without_room_it_is_a_list_that_shows_the_current_node():
    text = draw(CHAIN, 26, 2)
    assert "▸ a = w × x → 1.6  ∇ 0.9" in text
    assert "╭" not in text
    assert "▸ w7" in draw(mazur(), 20, 3)


def test_edges_to_nowhere_and_onto_the_node_itself_are_left_out():
    odd = replace(SKIP, edges=(GraphEdge("x", "?"), GraphEdge("s", "s"), GraphEdge("o", "x", "u")))
    layout = graph.layout(odd, 60, 9)
    assert [route.edge.name for route in layout.routes] == ["u"]
    assert "◀" in draw(odd, 60, 9)
    assert not covered(layout.boxes) & set(layout.routes[0].cells)


@pytest.mark.parametrize("picture", [mazur(), CHAIN, SKIP, Graph("empty", (), ())])
def test_every_size_is_filled_exactly(picture):
    for width, height in [(1, 1), (2, 40), (9, 3), (40, 1), (55, 13), (120, 8), (200, 60)]:
        lines = draw(picture, width, height).split("\n")
        assert [length(line) for line in lines] == [width] * height


def test_in_words():
    text = graph.describe(mazur())
    assert text.startswith(": 11 nodes, 16 edges, going back, now w7 = 0.50, gradient -0.0226")
    assert "from o2, h1" in text
    assert "h1 0.5933 gradient 0.0364" in text
    assert graph.describe(Graph("g", (), ())) == ": 0 nodes, 0 edges"
