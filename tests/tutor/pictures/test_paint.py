"""Laws that hold for every picture, and what pictures say in words."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from lessons.kit.pictures import (
    Bars,
    Curve,
    Field,
    Graph,
    GraphNode,
    Mark,
    Matrix,
    Network,
    Path,
    Picture,
    Points,
    Series,
    Table,
    Text,
)
from tutor.pictures.cells import DARK, LIGHT, plain
from tutor.pictures.paint import PAINTERS, TELLERS, describe, paint

NAN, INF = float("nan"), float("inf")
WILD = [1.0, NAN, INF, -INF, 1e300, -1e300, 0.0, 5e-324]
STEPS = list(range(len(WILD)))
SMALL = np.array([[1.0, -2.0], [NAN, INF]])
NODES = (
    GraphNode("w", "weight", "0.8", "1.9"),
    GraphNode("学习", "data", "2"),
    GraphNode("z", "w × x", "1.6", "0.95", (0, 1)),
    GraphNode("L", "z² + w", "2.6", "1", (2, 0)),
)

PICTURES: dict[str, Picture] = {
    "curve": Curve(
        "Loss",
        (
            Series("loss", STEPS, WILD),
            Series("β̂ twin", STEPS, WILD[::-1], 1),
            Series("pinned", [3], [2.0], ghost=True),
            Series("theory", STEPS, STEPS, predicted=True),
            Series("none", [], []),
        ),
        marks=(Mark(2, "η 0.1"), Mark(2.1, "β"), Mark(7, "a long text"), Mark(NAN, "never")),
    ),
    "log curve": Curve("Loss", (Series("loss", STEPS, WILD),), log_y=True),
    "constant": Curve("Flat", (Series("loss", [0, 1], [2.0, 2.0]),)),
    "no series": Curve("Loss", ()),
    "bars": Bars("P", ("cat", "学习", "c"), [0.5, -0.2, NAN], [0.4, 0.1, INF]),
    "many bars": Bars("P", tuple(map(str, range(99))), np.sin(np.arange(99.0)), np.ones(99)),
    "no bars": Bars("P", (), []),
    "tiny bars": Bars("P", ("a", "b"), [0.0, 5e-324]),
    "infinite bar": Bars("P", ("a", "b"), [INF, 1e300]),
    "field": Field(
        "f",
        np.add.outer(np.arange(9.0), np.arange(7.0)),
        (-1, 1, -1, 1),
        points=(Points(np.array([0.0, 9, NAN]), np.zeros(3), np.array([0, 1, -1])),),
        paths=(Path("walk", [0, 5, NAN, 1e300], [0, 5, 0, -1e300]), Path("two", [], [], 1)),
        targets=((0, 0), (9, 9), (NAN, 0)),
        contours=True,
    ),
    "broken field": Field("f", np.array([[NAN, INF]]), (0, 0, 0, 0), diverging=True, bound=0),
    "no field": Field("f", np.empty((0, 0)), (0, 1, 0, 1)),
    "network": Network(
        "n",
        (("x", "y"), ("a", "b", "c"), ("out",)),
        (np.array([[1.0, -1.0, NAN], [0, 0.1, INF]]), np.ones((3, 1))),
        ((SMALL, SMALL), (SMALL, SMALL, SMALL), (SMALL,)),
    ),
    "wide network": Network(
        "n",
        tuple(tuple(f"h{i}" for i in range(k)) for k in (30, 8, 1)),
        (np.ones((30, 8)), -np.ones((8, 1))),
    ),
    "no network": Network("n", (), ()),
    "empty layer": Network("n", (("x",), (), ("y",)), (np.ones((1, 0)), np.ones((0, 1)))),
    "graph": Graph("g", NODES, (0, 0, 1, 2), 2),
    "no graph": Graph("g", (), ()),
    "table": Table("t", ("law", "学习"), (("rate", "0.8"), ("only",)), 1),
    "no table": Table("t", (), ()),
    "matrix": Matrix("m", SMALL, ("r",), ("long name", "学习")),
    "no matrix": Matrix("m", np.empty((0, 3))),
    "text": Text("t", ("w ← w − η g", "学习\tβ̂\n", ""), 1),
    "no text": Text("t"),
}


@pytest.mark.parametrize("name", PICTURES)
@settings(max_examples=12, deadline=None)
@given(st.integers(1, 160), st.integers(1, 50), st.sampled_from([DARK, LIGHT]), st.booleans())
def test_a_picture_has_exactly_the_asked_size(name, width, height, palette, is_plain):
    lines = paint(PICTURES[name], width, height, replace(palette, plain=is_plain))
    assert len(lines) == height
    assert {sum(cell_len(span.text) for span in line) for line in lines} == {width}


@pytest.mark.parametrize("name", PICTURES)
def test_every_small_size_is_exact(name):
    for width in range(1, 26):
        for height in range(1, 7):
            lines = paint(PICTURES[name], width, height, DARK)
            assert len(lines) == height
            assert {cell_len(text) for text in plain(lines).split("\n")} == {width}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_does_not_depend_on_what_was_drawn_before(name):
    first = paint(PICTURES[name], 60, 14, DARK)
    paint(PICTURES["curve"], 40, 9, LIGHT)
    assert paint(PICTURES[name], 60, 14, DARK) == first


@pytest.mark.parametrize("name", PICTURES)
def test_without_colour_no_cell_has_a_ground(name):
    for line in paint(PICTURES[name], 60, 14, replace(DARK, plain=True)):
        assert all(span.bg is None for span in line)


@pytest.mark.parametrize("name", PICTURES)
def test_neighbouring_spans_differ_in_style(name):
    for line in paint(PICTURES[name], 60, 14, DARK):
        assert all(a[1:] != b[1:] for a, b in pairwise(line))


@pytest.mark.parametrize("name", PICTURES)
def test_words_are_one_line_and_name_the_picture(name):
    words = describe(PICTURES[name])
    assert words.startswith(PICTURES[name].title)
    assert words.endswith(".")


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(("width", "height"), [(0, 2), (-3, 2), (5, 0), (5, -1), (0, 0)])
def test_no_room_is_no_error(name, width, height):
    assert paint(PICTURES[name], width, height, DARK) == [()] * max(height, 0)


def test_every_record_has_a_painter_and_a_teller():
    assert set(PAINTERS) == set(TELLERS) == set(Picture.__args__)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("log curve", "with gaps"),
        ("no series", "no values yet"),
        ("bars", "cat 0.5"),
        ("many bars", "and 87 more"),
        ("field", "target (0, 0)"),
        ("broken field", "no finite values"),
        ("network", "layers 2-3-1, 9 weights, values from -1 to 1"),
        ("graph", "now z = w × x = 1.6, gradient 0.95"),
        ("table", "2 rows of law"),
        ("matrix", "2 by 2 matrix, values from -2 to 1"),
    ],
)
def test_words_tell_what_is_seen(name, part):
    assert part in describe(PICTURES[name])


PAIRS = st.lists(st.tuples(st.floats(), st.floats()), max_size=9)


@settings(deadline=None, max_examples=60)
@given(PAIRS, st.booleans(), st.integers(1, 70), st.integers(1, 16))
def test_no_number_is_too_wild(pairs, flag, width, height):
    x, y = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    grid = np.array(y).reshape(1, -1)
    names = tuple(map(str, y))
    pictures = (
        Curve("c", (Series("a", x, y), Series("b", x, y, predicted=True)), log_y=flag),
        Bars("b", names, y, x),
        Field("f", grid, (-1, 1, -1, 1), paths=(Path("p", x, y),), diverging=flag, contours=True),
        Matrix("m", grid),
        Network("n", (("a",), names), (grid,), ((grid,), ()) if y else ()),
    )
    for picture in pictures:
        lines = paint(picture, width, height, DARK)
        assert len(lines) == height
        assert {cell_len(text) for text in plain(lines).split("\n")} == {width}
        assert describe(picture).endswith(".")
