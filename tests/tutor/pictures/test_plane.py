"""The plane: what lies on it, where it can be touched, and the way back."""

import re
from dataclasses import replace

import numpy as np
import pytest

from lessons.kit.pictures import (
    Arrow,
    Handle,
    HeatMap,
    Path,
    Plane,
    Points,
    Region,
    Spot,
)
from tutor.pictures.cells import DARK, Depth, plain
from tutor.pictures.paint import cell_of
from tutor.pictures.paint import point_at as dropped
from tutor.pictures.plane import layout, paint, pick, point_at
from tutor.pictures.strokes import HEADS, STEPS

PLAIN = replace(DARK, depth=Depth.NONE)
SQUARE = Plane("p", (-6, 6, -6, 6))
BARE = replace(SQUARE, axes=False)
SIZES = [(70, 30), (40, 14), (24, 8)]
A = Handle("a")


def rows(picture, width=70, height=30, focus=None, palette=DARK):
    return plain(paint(picture, layout(picture, width, height), palette, focus)).split("\n")


def glyph_at(picture, x, y, width=70, height=30, focus=None):
    view = layout(picture, width, height).view
    column, row = view.cell(x, y)
    return rows(picture, width, height, focus)[view.top + row][view.left + column]


def is_braille(char):
    return "\u2800" < char <= "\u28ff"


def test_a_circle_is_as_wide_as_high():
    turn = np.linspace(0, 2 * np.pi, 200)
    disc = replace(BARE, paths=(Path("", 4 * np.cos(turn), 4 * np.sin(turn)),))
    for width, height in ((80, 12), (30, 30), (70, 30)):
        text = rows(disc, width, height)
        high = sum(any(map(is_braille, line)) for line in text)
        wide = sum(any(is_braille(line[c]) for line in text) for c in range(width))
        assert 0.8 < 2 * high / wide < 1.25


@pytest.mark.parametrize("k", range(8))
def test_an_arrow_has_a_shaft_and_a_head_in_its_direction(k):
    x, y = (4 * way for way in STEPS[k])
    arrow = replace(BARE, arrows=(Arrow("", (x, y)),))
    assert glyph_at(arrow, x, y) == HEADS[k]
    assert is_braille(glyph_at(arrow, x / 2, y / 2))


def test_a_very_short_arrow_and_none_at_all_are_still_seen():
    assert glyph_at(replace(SQUARE, arrows=(Arrow("", (0.01, 0)),)), 0, 0) == "▶"
    assert glyph_at(replace(SQUARE, arrows=(Arrow("", (0, 0)),)), 0, 0) == "•"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("at", [(3, 4), (-5.9, 0.1), (0, 0), (6, -6), (20, 3), (-1e9, -1e9)])
@pytest.mark.parametrize("kind", ["arrow", "spot"])
def test_what_can_be_dragged_is_picked_where_it_is_drawn(kind, at, size):
    thing = {"arrows": (Arrow("v", at, knob="a"),)} if kind == "arrow" else {
        "spots": (Spot(at, "v", knob="a"),)}  # fmt: skip
    picture = replace(SQUARE, **thing)
    column, row = cell_of(picture, *size, A)
    drawn = layout(picture, *size)
    assert pick(picture, drawn, column, row) == A
    assert pick(picture, drawn, column + 2, row) == A
    glyph = rows(picture, *size)[row][column]
    assert glyph == ("◉" if max(map(abs, at)) <= 6 else glyph)
    assert glyph in "◉" + HEADS


@pytest.mark.parametrize("size", SIZES)
def test_a_point_that_is_dropped_is_drawn_where_it_was_dropped(size):
    picture = replace(SQUARE, arrows=(Arrow("v", (1, 1), knob="a"),))
    view = layout(picture, *size).view
    for column in range(view.left, view.left + view.width, 5):
        for row in range(view.top, view.top + view.height, 3):
            moved = dropped(picture, *size, A, column, row)
            anew = replace(picture, arrows=(Arrow("v", moved, knob="a"),))
            assert cell_of(anew, *size, A) == (column, row)


def test_beyond_the_edge_a_point_stays_in_sight():
    drawn = layout(SQUARE, 70, 30)
    x, y = point_at(SQUARE, drawn, 500, -7)
    assert 5.5 < x < 6.5
    assert 5.5 < y < 6.5


def test_far_from_every_grip_nothing_is_picked():
    picture = replace(SQUARE, arrows=(Arrow("v", (5, 5), knob="a"),))
    view = layout(picture, 70, 30).view
    assert pick(picture, layout(picture, 70, 30), view.left, view.top + view.height - 1) is None


def test_on_a_map_every_cell_picks():
    picture = replace(SQUARE, spots=(Spot((5, 5), knob="a"), Spot((-5, -5), knob="b")), pick="a")
    drawn = layout(picture, 70, 30)
    view = drawn.view
    assert pick(picture, drawn, view.left, view.top) == A
    assert pick(picture, drawn, *cell_of(picture, 70, 30, Handle("b"))) == Handle("b")


def test_the_nearer_of_two_grips_is_picked():
    picture = replace(SQUARE, arrows=(Arrow("a", (1, 1), knob="a"), Arrow("b", (2, 1), knob="b")))
    drawn = layout(picture, 70, 30)
    for handle in picture.handles:
        assert pick(picture, drawn, *cell_of(picture, 70, 30, handle)) == handle


def test_focus_changes_the_grip_and_brings_it_to_the_top():
    two = replace(SQUARE, arrows=(Arrow("a", (3, 3), knob="a"), Arrow("b", (3, 3), knob="b")))
    assert glyph_at(two, 3, 3) == "◉"
    assert glyph_at(two, 3, 3, focus=A) == "◎"
    lines = paint(two, layout(two, 70, 30), DARK, A)
    assert [span.target for line in lines for span in line if span.text == "◎"] == [A]


def test_an_arrow_that_leaves_ends_in_a_head_at_the_edge():
    far = replace(BARE, arrows=(Arrow("c", (60, 20), knob="a"),))
    view = layout(far, 70, 30).view
    column, row = cell_of(far, 70, 30, A)
    assert column == view.left + view.width - 1
    assert rows(far)[row][column] == "▶"
    assert point_at(far, layout(far, 70, 30), column, row) == pytest.approx((6, 2), abs=0.4)
    assert rows(far, focus=A)[row][column] == "▷"


def test_names_stand_beside_their_tips():
    two = replace(SQUARE, arrows=(Arrow("first", (3, 4)), Arrow("second", (3.1, 3.9), tone=1)))
    text = "\n".join(rows(two))
    assert "first" in text
    assert "second" in text
    edge = rows(replace(SQUARE, arrows=(Arrow("a long name", (6, 6)),)), 26, 14)
    assert any("a long name" in line for line in edge)


def test_axes_cross_at_0_with_their_numbers():
    text = rows(SQUARE)
    view = layout(SQUARE, 70, 30).view
    column, row = view.cell(0, 0)
    assert text[view.top + row][view.left + column] == "┼"
    assert {"-6", "-4", "-2", "2", "4", "6"} <= set(text[view.top + row + 1].split())
    fours = [line for line in text if "4┤" in line]
    assert len(fours) == 2
    assert fours[0].index("┤") == view.left + column


def test_axes_stand_at_the_edge_where_0_is_outside():
    away = Plane("p", (2, 8, 10, 13))
    text = rows(away)
    below = layout(away, 70, 30)
    assert below.numbers_left
    assert below.numbers_below
    assert {"2", "4", "6", "8"} <= set(text[below.view.top + below.view.height].split())
    assert any(line.strip().startswith("12 ┤") for line in text)


def test_a_number_gives_way_whole_to_what_lies_on_it():
    view = layout(SQUARE, 70, 30).view
    row = view.cell(0, 0)[1] + 1
    y = view.point_at(0, row)[1]
    text = rows(SQUARE)[view.top + row]
    assert any(char.isdigit() for char in text)
    over = replace(SQUARE, paths=(Path("", [-6, 6], [y, y]),))
    assert all(map(is_braille, rows(over)[view.top + row].strip()))


def test_numbers_and_names_do_not_run_into_each_other():
    left = replace(SQUARE, arrows=(Arrow("w1", (-0.8, 2.2)), Arrow("w2", (-4.2, -0.9))))
    allowed = {"w1", "w2", "2", "4", "6", "5", "2.5", "5.0"}
    for width in range(30, 70):
        words = [word for line in rows(left, width, 30) for word in re.findall(r"[\w.]+", line)]
        assert set(words) <= allowed


def test_on_a_map_numbers_stand_at_the_edges_only():
    mapped = replace(SQUARE, heat=HeatMap(np.zeros((4, 4))))
    at = layout(mapped, 70, 30)
    text = rows(mapped)
    inside = [line[at.view.left : at.view.left + at.view.width] for line in text[: at.view.height]]
    assert not any(char.isdigit() for line in inside for char in line)
    assert {"-5", "0", "5"} & set(text[at.view.top + at.view.height].split())
    small = rows(mapped, 40, 7)
    assert "x -6 … 6" in small[-1]


def test_without_axes_there_are_no_numbers():
    assert not any(char.isdigit() for line in rows(BARE) for char in line)


@pytest.mark.parametrize("shift", [0.0, 1e-9, -1e-9, 0.15, -0.15])
def test_the_star_of_an_arrived_run_is_the_goals(shift):
    run = Path("gd", [-4, 2 + shift], [3, 1 - shift], has_marker=True, arrived=True)
    text = rows(replace(BARE, paths=(run,), spots=(Spot((2, 1)),)))
    assert sum(line.count("★") for line in text[:-1]) == 1
    assert text[-1].startswith("★ gd")


@pytest.mark.parametrize("shift", [0.0, 0.02, -0.02])
@pytest.mark.parametrize("goal", [(1 + 0.037 * k, 0.5 + 0.017 * k) for k in range(40)])
def test_one_who_walks_over_a_goal_stands_on_it(goal, shift):
    run = Path("gd", [-4, goal[0] + shift], [3, goal[1] - shift], has_marker=True)
    text = rows(replace(BARE, paths=(run,), spots=(Spot(goal),)))
    assert sum(line.count("★") + line.count("●") for line in text[:-1]) == 1


def test_only_those_who_walk_have_a_marker():
    for has_marker in (False, True):
        line = Path("gd", [-4, 2], [3, 1], has_marker=has_marker)
        text = rows(replace(BARE, paths=(line,)))
        assert ("●" in "".join(text[:-1])) == has_marker
        assert ("●" in text[-1]) == has_marker


def test_walkers_among_points_have_shapes_of_their_own():
    run = Path("k", [-4, 2], [3, 1], has_marker=True)
    crowd = Points(np.array([1.0]), np.array([-1.0]), np.array([1]))
    text = "".join(rows(replace(BARE, paths=(run,), points=(crowd,)))[:-1])
    assert text.count("●") == 1
    assert "◈" in text


@pytest.mark.parametrize(
    ("x", "y", "glyph"),
    [(9, 0.5, "▶"), (-9, 0.5, "◀"), (0.5, 9, "▲"), (0.5, -1e300, "▼"), (9, 9, "◥")],
)
def test_a_walker_beyond_the_edge_is_pointed_at(x, y, glyph):
    assert glyph in "".join(
        rows(replace(BARE, paths=(Path("a", [x], [y], has_marker=True),)), 15, 5)
    )


def test_points_have_the_shapes_of_their_classes():
    x = np.array([-3.0, 0.0, 3.0])
    sharp = Points(x, np.zeros(3), np.array([0, 1, 2]))
    faint = Points(x, np.full(3, 2.0), np.array([0, 1, 2]), faint=True)
    both = replace(BARE, points=(sharp, faint))
    assert [glyph_at(both, at, 0) for at in x] == ["○", "●", "◇"]
    assert [glyph_at(both, at, 2) for at in x] == ["·", "·", "·"]


def test_a_region_is_tinted_inside_only_and_patterned_without_color():
    corners = Region("det", (-3, 3, 3, -3), (-3, -3, 3, 3), 2)
    picture = replace(BARE, regions=(corners,))
    lines = paint(picture, layout(picture, 70, 30), DARK)
    filled = sum(len(span.text) for line in lines for span in line if span.bg)
    view = layout(picture, 70, 30).view
    assert filled == pytest.approx(view.width * view.height / 4, rel=0.12)
    text = rows(picture, palette=PLAIN)
    assert sum(line.count(":") for line in text) == pytest.approx(filled, rel=0.12)
    assert any("det" in line for line in text)


def test_a_star_shaped_region_has_its_holes():
    turn = np.arange(5) * 4 * np.pi / 5
    star = Region("", 5 * np.sin(turn), 5 * np.cos(turn))
    picture = replace(BARE, regions=(star,))
    view = layout(picture, 70, 30).view
    column, row = view.cell(0, 0)
    text = rows(picture, palette=PLAIN)
    assert text[view.top + row][view.left + column] == " "
    assert any("░" in line for line in text)


def test_the_legend_counts_what_it_cannot_name():
    many = tuple(Path(f"optimizer {k}", [0, 1], [0, k], k) for k in range(6))
    assert "+4" in rows(replace(SQUARE, paths=many), 40, 20)[-1]


def test_the_axes_are_named():
    text = rows(replace(SQUARE, x_label="weight", y_label="bias"))
    assert any("weight" in line for line in text)
    assert "bias" in text[0]
