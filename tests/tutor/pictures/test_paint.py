"""Laws that hold for every picture: exact sizes, words, targets, and what a click takes hold of."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from lessons.kit.pictures import (
    Arrow,
    Bars,
    Cells,
    Curve,
    Graph,
    GraphEdge,
    GraphNode,
    Handle,
    HeatMap,
    Histogram,
    Mark,
    Network,
    Path,
    Picture,
    PictureRow,
    Plane,
    Points,
    Region,
    Series,
    SinglePicture,
    Spot,
    Table,
    Text,
)
from tutor.pictures.cells import DARK, LIGHT, Depth, plain
from tutor.pictures.paint import cell_of, describe, paint, pick, point_at
from tutor.pictures.painters import PAINTERS
from tutor.pictures.palettes import PALETTES

NAN, INF = float("nan"), float("inf")
WILD = [1.0, NAN, INF, -INF, 1e300, -1e300, 0.0, 5e-324]
STEPS = list(range(len(WILD)))
SMALL = np.array([[1.0, -2.0], [NAN, INF]])
NODES = (
    GraphNode("w", 0, 0, "0.8", "1.9"),
    GraphNode("学习", 0, 1, "2", small=True),
    GraphNode("z", 1, 0.5, "1.6", "0.95", "w × x"),
    GraphNode("L", 2, 0.5, "2.6", "1", "z² + w"),
)
EDGES = (
    GraphEdge("w", "z"),
    GraphEdge("学习", "z", "u", "3", "0.1"),
    GraphEdge("z", "L"),
    GraphEdge("w", "L"),
)
CROWDED = Plane(
    "p",
    (-1, 1, -1, 1),
    regions=(Region("det", (0, 0.9, 0.5, NAN), (0, 0, 0.9, 1)), Region("", (), (), 1)),
    points=(
        Points(np.array([0.0, 9, NAN]), np.zeros(3), np.array([0, 1, -1])),
        Points(np.array([0.5]), np.zeros(1), np.zeros(1), faint=True),
    ),
    paths=(
        Path("walk", [0, 5, NAN, 1e300], [0, 5, 0, -1e300], has_marker=True),
        Path("two", [], [], 1, has_marker=True),
        Path("closed", [0.5, -0.5, 0.5], [0.5, 0.5, 0.5], 2, faint=True),
        Path("home", [0.3, 0.01], [0.2, 0.01], 3, arrived=True),
    ),
    arrows=(
        Arrow("a", (0.5, 0.7), knob="a"),
        Arrow("a long name 学习", (-0.9, 0.1), tone=1, knob="b"),
        Arrow("zero", (0, 0)),
        Arrow("far", (9, -5), tone=2, knob="far"),
        Arrow("never", (INF, NAN), knob="never"),
    ),
    spots=(Spot((0, 0), "goal"), Spot((9, 9)), Spot((NAN, 0)), Spot((-0.5, -0.5), "s", 1, "s")),
    x_label="x",
    y_label="the loss",
)
FLAT = Plane("f", (2, 3, 5, 9), HeatMap(SMALL, diverging=True, bound=0), equal=False)
ROWS = (("rate", "0.8125"), ("only",), ("学习 steps 12", "∞"))
MATRIX = Cells("m", SMALL, ("r", "row 12"), ("long name", "学习"), lit=((0, 1), (9, 9)), pick="m")
DIGIT = Cells("d", np.add.outer(np.arange(9.0), np.arange(7.0)), digits=False, lit=((1, 1),))

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
    "log-log curve": Curve("L", (Series("loss", STEPS, WILD),), log_x=True, marks=(Mark(0, "a"),)),
    "constant": Curve("Flat", (Series("loss", [0, 1], [2.0, 2.0]),)),
    "no series": Curve("Loss", ()),
    "bars": Bars("P", ("cat", "学习", "c"), [0.5, -0.2, NAN], [0.4, 0.1, INF], (1, 7), "k"),
    "many bars": Bars("P", tuple(map(str, range(99))), np.sin(np.arange(99.0)), np.ones(99),
                      (50,), "k"),
    "no bars": Bars("P", (), []),
    "tiny bars": Bars("P", ("a", "b"), [0.0, 5e-324]),
    "infinite bar": Bars("P", ("a", "b"), [INF, 1e300]),
    "histogram": Histogram(
        "h", np.array([0.0, 1, 4, 5]), np.array([3, 5, 1]),
        Series("law", [0, 2, 9], [0.1, 0.4, NAN]), "x", (Mark(2, "mean"), Mark(-9, "out")),
    ),
    "fine histogram": Histogram("h", np.linspace(-1e300, 1e300, 301), np.arange(300) ** 2),
    "no histogram": Histogram("h", np.empty(0), np.empty(0)),
    "broken histogram": Histogram("h", np.array([1.0, 1.0, NAN]), np.array([1, 2])),
    "plane": CROWDED,
    "map": replace(CROWDED, heat=HeatMap(np.add.outer(np.arange(9.0), np.arange(7.0)),
                                         contours=True)),
    "bare plane": replace(CROWDED, axes=False, equal=False),
    "broken map": FLAT,
    "no map": Plane("f", (0, 1, 0, 1), HeatMap(np.empty((0, 0)))),
    "point plane": Plane("f", (0, 0, NAN, INF)),
    "endless plane": Plane("f", (-1e308, 1e308, -1e308, 1e308),
                           paths=(Path("p", WILD, WILD),), arrows=(Arrow("a", (1e308, -1e308)),)),
    "tiny plane": Plane("f", (1, 1 + 1e-12, 0, 1e-300), spots=(Spot((1, 0), "s", knob="s"),)),
    "thread": Plane("f", (0, 1000, 0, 1)),
    "cells": MATRIX,
    "pixels": DIGIT,
    "touched pixels": replace(DIGIT, edit="ink"),
    "many cells": Cells("m", np.arange(900.0).reshape(30, 30) * 1e7, edit="m"),
    "no cells": Cells("m", np.empty((0, 3))),
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
    "graph": Graph("g", NODES, EDGES, "z", ("w", "学习"), pick="now"),
    "backward graph": Graph("g", NODES, EDGES, "u", backward=True),
    "no graph": Graph("g", (), ()),
    "table": Table("t", ("law", "学习"), ROWS, 1, "law"),
    "long table": Table("t", ("a", "b"), tuple((str(k), str(k / 7)) for k in range(40)), 20, "k"),
    "no table": Table("t", (), ()),
    "text": Text("t", ("w ← w − η g", "学习\tβ̂\n", "", "        averyverylongword in code"), 1),
    "no text": Text("t"),
    "beside": PictureRow("b", (MATRIX, "·", replace(DIGIT, pick="d"), "= 3.25")),
    "many beside": PictureRow("b", (CROWDED, "→", Table("t", ("law",), ROWS), Text("u", ("a b c",)),
                                replace(MATRIX, pick="other"))),
    "no beside": PictureRow("b", ()),
}  # fmt: skip


ALL_PALETTES = [*PALETTES.values(), replace(DARK, depth=Depth.NONE)]


@pytest.mark.parametrize("name", PICTURES)
@settings(max_examples=8, deadline=None)
@given(st.integers(1, 200), st.integers(1, 60), st.sampled_from(ALL_PALETTES))
def test_a_picture_has_exactly_the_asked_size(name, width, height, palette):
    lines = paint(PICTURES[name], width, height, palette)
    assert len(lines) == height
    assert {sum(cell_len(span.text) for span in line) for line in lines} == {width}


SMALL = [((1, 2, 3, 4, 5, 7, 11, 16, 25), (1, 2, 3, 5, 8))]
SMALL.append(pytest.param(range(1, 26), range(1, 10), marks=pytest.mark.sweep))


@pytest.mark.parametrize(("widths", "heights"), SMALL, ids=["some", "all"])
@pytest.mark.parametrize("name", PICTURES)
def test_every_small_size_is_exact(name, widths, heights):
    for width in widths:
        for height in heights:
            lines = paint(PICTURES[name], width, height, DARK)
            assert len(lines) == height
            assert {cell_len(text) for text in plain(lines).split("\n")} == {width}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_does_not_depend_on_what_was_drawn_before(name):
    first = paint(PICTURES[name], 60, 14, DARK)
    paint(PICTURES["curve"], 40, 9, LIGHT)
    assert paint(PICTURES[name], 60, 14, DARK) == first


@pytest.mark.parametrize("name", PICTURES)
def test_without_color_no_cell_has_a_ground(name):
    handles = PICTURES[name].handles
    for focus in (None, *handles[:1]):
        for line in paint(PICTURES[name], 60, 14, replace(DARK, depth=Depth.NONE), focus):
            assert all(span.bg is None for span in line)


@pytest.mark.parametrize("name", PICTURES)
def test_neighboring_spans_differ(name):
    for line in paint(PICTURES[name], 60, 14, DARK):
        assert all(a[1:] != b[1:] for a, b in pairwise(line))


@pytest.mark.parametrize("name", PICTURES)
def test_words_are_one_sentence_and_name_the_picture(name):
    words = describe(PICTURES[name])
    assert words.startswith(PICTURES[name].title)
    assert words.endswith(".")
    assert not words.endswith("..")


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(("width", "height"), [(0, 2), (-3, 2), (5, 0), (5, -1), (0, 0)])
def test_no_room_is_no_error(name, width, height):
    picture = PICTURES[name]
    assert paint(picture, width, height, DARK) == [()] * max(height, 0)
    assert pick(picture, width, height, 0, 0) is None
    for handle in picture.handles[:1]:
        assert point_at(picture, width, height, handle, 0, 0) is None
        assert cell_of(picture, width, height, handle) is None


@pytest.mark.parametrize("size", [(70, 30), (40, 12), (24, 7)])
@pytest.mark.parametrize("name", [name for name in PICTURES if PICTURES[name].handles])
def test_every_handle_is_taken_hold_of_where_it_is_drawn(name, size):
    picture, drawn = PICTURES[name], 0
    for handle in picture.handles[:: len(picture.handles) // 9 + 1]:
        cell = cell_of(picture, *size, handle)
        if cell:
            drawn += 1
            assert pick(picture, *size, *cell) == handle
    assert drawn or size == (24, 7)


@pytest.mark.parametrize("name", PICTURES)
def test_targets_are_handles_of_the_picture(name):
    picture = PICTURES[name]
    found = {span.target for line in paint(picture, 70, 30, DARK) for span in line}
    assert found - {None} <= set(picture.handles)


@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize("name", [name for name in PICTURES if PICTURES[name].handles])
def test_focus_is_seen_without_color(name, depth):
    picture, palette = PICTURES[name], replace(DARK, depth=depth)
    bare = plain(paint(picture, 70, 30, palette))
    some = picture.handles[:: len(picture.handles) // 5 + 1]
    seen = [handle for handle in some if cell_of(picture, 70, 30, handle)]
    assert seen
    for handle in seen:
        assert plain(paint(picture, 70, 30, palette, handle)) != bare


def test_a_click_beyond_the_picture_is_nothing():
    for column, row in ((-1, 0), (0, -1), (20, 0), (0, 5)):
        assert pick(PICTURES["bars"], 20, 5, column, row) is None


def test_every_record_has_a_painter():
    assert set(PAINTERS) == set(SinglePicture.__args__)


def test_only_points_of_a_plane_have_a_place():
    assert point_at(CROWDED, 60, 20, Handle("a"), 30, 10) is not None
    assert point_at(CROWDED, 60, 20, Handle("unknown"), 30, 10) is None
    assert point_at(MATRIX, 60, 20, MATRIX.handles[0], 30, 10) is None
    assert point_at(PICTURES["many beside"], 150, 30, Handle("m", (0, 0)), 30, 10) is None


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("log curve", "with gaps"),
        ("no series", "no values yet"),
        ("bars", "cat 0.5"),
        ("bars", "lit: 学习"),
        ("many bars", "and 87 more"),
        ("histogram", "9 values from 0 to 5"),
        ("plane", "star goal at (0, 0)"),
        ("plane", "arrow a to (0.5, 0.7), can be moved"),
        ("plane", "home arrived at (0.01, 0.01) after 1 moves"),
        ("broken map", "values from -2 to 1"),
        ("network", "values from -1 to 1"),
        ("table", "3 rows of law"),
        ("cells", "2 by 2, values from -2 to 1"),
        ("beside", "= 3.25"),
    ],
)
def test_words_say_what_is_seen(name, part):
    assert part in describe(PICTURES[name])


PAIRS = st.lists(st.tuples(st.floats(), st.floats()), max_size=9)


@settings(deadline=None, max_examples=60)
@given(PAIRS, st.booleans(), st.integers(1, 70), st.integers(1, 16))
def test_no_number_is_too_wild(pairs, flag, width, height):
    x, y = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    grid = np.array(y).reshape(1, -1)
    names = tuple(map(str, y))
    first = (*x, 0.0)[0], (*y, 0.0)[0]
    extent = first[0], first[1], first[1], first[0]
    pictures: tuple[Picture, ...] = (
        Curve("c", (Series("a", x, y), Series("b", x, y, predicted=True)), log_y=flag, log_x=flag),
        Bars("b", names, y, x),
        Histogram("h", np.sort(x), np.array(y), Series("d", x, y)),
        Plane("f", (-1, 1, -1, 1), HeatMap(grid, flag, contours=True), paths=(Path("p", x, y),),
              arrows=tuple(Arrow("a", pair, first, knob="a") for pair in pairs)),
        Plane("f", extent, regions=(Region("r", x, y),), spots=(Spot(first, knob="s"),)),
        Cells("m", grid, digits=flag, pick="c"),
        Network("n", (("a",), names), (grid,), ((grid,), ()) if y else ()),
        Table("t", names, (names, tuple(map(str, x)))),
    )  # fmt: skip
    for picture in pictures:
        lines = paint(picture, width, height, DARK)
        assert len(lines) == height
        assert {cell_len(text) for text in plain(lines).split("\n")} == {width}
        assert describe(picture).endswith(".")
        pick(picture, width, height, width // 2, height // 2)
