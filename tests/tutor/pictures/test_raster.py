"""Heat maps."""

from dataclasses import replace

import numpy as np
import pytest

from lessons.kit.pictures import Field, Path, Points
from tutor.pictures import shades
from tutor.pictures.cells import DARK, plain
from tutor.pictures.raster import field

PLAIN = replace(DARK, plain=True)
UNIT = (0.0, 1.0, 0.0, 1.0)
FLAT = np.zeros((4, 4))


def grounds(lines):
    return [[span.bg for span in line for _ in span.text] for line in lines]


def test_row_0_is_at_the_bottom_and_column_0_at_the_left():
    text = plain(field(Field("f", np.array([[0.0, 0.0], [0.0, 9.0]]), UNIT), 6, 3, PLAIN))
    assert text.split("\n")[0].endswith("@")
    assert text.split("\n")[-1].strip() == ""


def test_upper_and_lower_pixel_share_a_cell():
    (span,) = field(Field("f", np.array([[-1.0], [1.0]]), UNIT, diverging=True), 3, 1, DARK)[0]
    table = shades.colours(DARK, True)
    assert span.text == "▀▀▀"
    assert (span.fg, span.bg) == (table[shades.LEVELS - 1], table[0])


def test_signs_differ_without_colour():
    text = plain(field(Field("f", np.array([[-1.0, 1.0]]), UNIT, diverging=True), 12, 1, PLAIN))
    assert not set(text[:6].strip()) & set(text[6:].strip())


def test_a_bound_is_the_end_of_the_colours():
    values = np.array([[-50.0, 0.0, 50.0]])
    levels = shades.diverging(values, 5.0)
    assert levels.tolist() == [[0, 16, 31]]


def test_a_flat_map_is_one_span_a_line():
    assert [len(line) for line in field(Field("f", FLAT, UNIT), 40, 3, DARK)] == [1, 1, 1]


def test_what_is_not_finite_is_hatched():
    values = np.array([[0.0, np.nan], [0.0, np.nan]])
    lines = field(Field("f", values, UNIT), 8, 2, DARK)
    assert plain(lines).split("\n") == ["    ░░░░"] * 2
    assert plain(field(Field("f", values, UNIT), 8, 1, PLAIN)) == "    ????"


@pytest.mark.parametrize(("x", "y", "at"), [(0.01, 0.01, (0, 3)), (0.99, 0.99, (9, 0)),
                                            (1.0, 0.0, (9, 3))])  # fmt: skip
def test_points_lie_where_they_belong(x, y, at):
    points = Points(np.array([x]), np.array([y]), np.array([1]))
    text = plain(field(Field("f", np.zeros((9, 9)), UNIT, (points,)), 10, 4, DARK)).split("\n")
    assert text[at[1]][at[0]] == "●"


def test_classes_have_shapes_and_faint_points_are_small():
    x = np.array([0.1, 0.3, 0.5])
    sharp = Points(x, np.full(3, 0.5), np.array([0, 1, 2]))
    faint = Points(x + 0.4, np.full(3, 0.5), np.array([0, 1, 2]), faint=True)
    text = plain(field(Field("f", FLAT, UNIT, (sharp, faint)), 20, 3, DARK))
    assert "○" in text
    assert "●" in text
    assert "◇" in text
    assert text.count("·") == 2  # one of the three lies under a sharp point


def test_a_path_ends_in_its_walker():
    ways = (Path("a", [0.2, 1.8], [0.5, 0.5]), Path("b", [0.2, 1.8], [0.1, 0.1], 1))
    text = plain(field(Field("f", FLAT, (0, 2, 0, 1), paths=ways), 40, 10, DARK)).split("\n")
    assert text[-1].count("◉ a") == text[-1].count("◎ b") == 1
    assert text[4][36] == "◉"
    assert text[8][36] == "◎"
    solid = sum(c > "\u2800" for c in text[4][4:36])
    broken = sum(c > "\u2800" for c in text[8][4:36])
    assert solid == 32 > broken > 8


@pytest.mark.parametrize(("x", "y", "arrow"), [(9, 0.5, "▶"), (-9, 0.5, "◀"), (0.5, 9, "▲"),
                                               (0.5, -1e300, "▼")])  # fmt: skip
def test_a_walker_beyond_the_edge_is_pointed_at(x, y, arrow):
    text = plain(field(Field("f", FLAT, UNIT, paths=(Path("a", [x], [y]),)), 15, 5, DARK))
    assert arrow in text


def test_level_lines_lie_on_the_map_and_leave_it_readable():
    ramp = Field("f", np.add.outer(np.arange(20.0), np.arange(30.0)), UNIT)
    bare, lined = (grounds(field(replace(ramp, contours=c), 60, 20, DARK)) for c in (False, True))
    pairs = [(a, b) for rows in zip(bare, lined, strict=True) for a, b in zip(*rows, strict=True)]
    lifted = [(a, b) for a, b in pairs if a != b]
    assert 0.05 < len(lifted) / len(pairs) < 0.4
    assert all(sum(b) > sum(a) for a, b in lifted)


def test_a_narrow_valley_keeps_many_shades():
    x, y = np.meshgrid(np.linspace(-2, 2, 60), np.linspace(-1, 3, 60))
    rosenbrock = (1 - x) ** 2 + 100 * (y - x**2) ** 2
    rows = grounds(field(Field("f", rosenbrock, UNIT, contours=True), 60, 20, DARK))
    assert len({bg for row in rows for bg in row}) > 30


def test_the_extent_is_told():
    last = plain(field(Field("f", FLAT, (-6, 6, 0, 2)), 40, 6, DARK)).split("\n")[-1]
    assert last.startswith("x -6 … 6")
    assert last.endswith("y 0 … 2")


def test_shrinking_takes_the_mean():
    assert shades.resample(np.arange(16.0).reshape(1, 16), 1, 1).item() == pytest.approx(7.5)
    assert shades.resample(np.full((7, 5), 3.0), 11, 2) == pytest.approx(3.0)


def test_level_lines_that_would_touch_are_left_out():
    wall = Field("f", np.tile([0.0] * 10 + [1.0] * 10, (20, 1)), UNIT)
    bare, lined = (field(replace(wall, contours=flag), 20, 10, DARK) for flag in (False, True))
    assert grounds(lined)[0][9:11] == grounds(bare)[0][9:11]


def test_both_ramps_begin_at_the_middle():
    ramp = shades.glyphs(is_diverging=True)
    low, high = ramp[: shades.LEVELS // 2], ramp[shades.LEVELS // 2 : shades.LEVELS]
    assert (low[0], low[-1]) == (shades.FALLING[-1], " ")
    assert (high[0], high[-1]) == (" ", shades.RISING[-1])
    assert list(dict.fromkeys(high)) == list(shades.RISING)
    assert list(dict.fromkeys(reversed(low))) == list(shades.FALLING)


def test_a_circle_stays_nearly_round_in_any_frame():
    y, x = np.mgrid[-1:1:41j, -1:1:41j]
    disc = Field("disc", np.sign(0.5 - x**2 - y**2), (-1, 1, -1, 1), diverging=True)
    for width, height in ((80, 12), (30, 30), (40, 15)):
        lines = field(disc, width, height, DARK)
        blue = [sum(len(s.text) for s in line if s.bg and s.bg[2] > 200) for line in lines]
        tall, wide = 2 * sum(n > 0 for n in blue), max(blue)
        assert 0.6 < tall / wide < 1.6
