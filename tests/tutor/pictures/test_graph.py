"""Computation graphs."""

import pytest

from lessons.kit.pictures import Graph, GraphNode
from tutor.pictures.cells import DARK, plain
from tutor.pictures.graph import graph

NODES = (
    GraphNode("w", "weight", "0.8", "1.9"),
    GraphNode("x", "input", "2", "0.7"),
    GraphNode("a", "w × x", "1.6", "0.9", (0, 1)),
    GraphNode("y", "a²", "2.56", "1", (2,)),
)
SMALL = Graph("g", NODES, (0, 0, 1, 2), 2)


def test_a_small_graph():
    drawn = plain(graph(SMALL, 47, 10, DARK)).split("\n")
    assert [line.rstrip() for line in drawn] == [
        "╭─w──────╮",
        "│ weight │",
        "│ = 0.8  │──────╮ ┏▸a━━━━━━┓         ╭─y──────╮",
        "│ ∇ 1.9  │      │ ┃ w × x  ┃         │ a²     │",
        "╰────────╯      ├▶┃ = 1.6  ┃────────▶│ = 2.56 │",
        "╭─x──────╮      │ ┃ ∇ 0.9  ┃         │ ∇ 1    │",
        "│ input  │      │ ┗━━━━━━━━┛         ╰────────╯",
        "│ = 2    │──────╯",
        "│ ∇ 0.7  │",
        "╰────────╯",
    ]


@pytest.mark.parametrize("text", ["w × x", "= 1.6", "∇ 0.9", "a²", "= 2.56", "∇ 1"])
def test_boxes_hold_formula_value_and_gradient(text):
    assert text in plain(graph(SMALL, 60, 12, DARK))


def test_every_operation_is_reached_by_an_arrow():
    assert plain(graph(SMALL, 60, 12, DARK)).count("▶") == 2


def test_the_current_box_differs_without_colour():
    text = plain(graph(SMALL, 60, 12, DARK))
    assert "┏▸a" in text
    assert text.count("┏") == 1


def test_columns_place_the_boxes():
    lines = plain(graph(SMALL, 60, 12, DARK)).split("\n")
    text = {
        name: line.index(f"─{name}─") for name in "wxy" for line in lines if f"─{name}─" in line
    }
    assert text["w"] == text["x"] < text["y"]


def test_a_wire_goes_round_a_box_in_its_way():
    skip = (
        GraphNode("x", "in", "2"),
        GraphNode("s", "x²", "4", "", (0,)),
        GraphNode("o", "x·s", "8", "", (0, 1)),
    )
    text = plain(graph(Graph("g", skip, (0, 1, 2)), 60, 9, DARK))
    assert "╯" in text.split("\n")[-2] + text.split("\n")[-3]
    assert text.count("╭") + text.count("╰") > 6


def test_without_room_it_is_a_list_that_shows_the_current_node():
    text = plain(graph(SMALL, 30, 2, DARK))
    assert "▸ a = w × x → 1.6  ∇ 0.9" in text
    assert "╭" not in text
