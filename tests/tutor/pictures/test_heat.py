"""Heat maps: rows, pixels, level lines and the scale."""

from dataclasses import replace

import numpy as np
import pytest

from lessons.kit.pictures import HeatMap
from tutor.pictures import shades
from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import DARK, Depth, plain
from tutor.pictures.heat import paint_heat, paint_scale, scale_width
from tutor.pictures.ticks import Axis
from tutor.pictures.viewport import Viewport

PLAIN = replace(DARK, depth=Depth.NONE)
FLAT = np.zeros((4, 4))


def drawn(heat, width, height, palette=DARK):
    canvas = Canvas(width, height)
    paint_heat(canvas, Viewport(0, 0, width, height, Axis(0, 1), Axis(0, 1)), heat, palette)
    return canvas.lines()


def grounds(lines):
    return [[span.bg for span in line for _ in span.text] for line in lines]


def test_row_0_is_at_the_bottom_and_column_0_at_the_left():
    text = plain(drawn(HeatMap(np.array([[0.0, 0.0], [0.0, 9.0]])), 6, 3, PLAIN))
    assert text.split("\n")[0].endswith("@")
    assert text.split("\n")[-1].strip() == ""


def test_upper_and_lower_pixel_share_a_cell():
    (span,) = drawn(HeatMap(np.array([[-1.0], [1.0]]), diverging=True), 3, 1)[0]
    table = shades.colors(DARK, True)
    assert span.text == "▀▀▀"
    assert (span.fg, span.bg) == (table[shades.LEVELS - 1], table[0])


def test_signs_differ_without_color():
    text = plain(drawn(HeatMap(np.array([[-1.0, 1.0]]), diverging=True), 12, 1, PLAIN))
    assert not set(text[:6].strip()) & set(text[6:].strip())


def test_a_flat_map_is_one_span_a_line():
    assert [len(line) for line in drawn(HeatMap(FLAT), 40, 3)] == [1, 1, 1]


def test_what_is_not_finite_is_hatched():
    values = np.array([[0.0, np.nan], [0.0, np.nan]])
    assert plain(drawn(HeatMap(values), 8, 2)).split("\n") == ["    ░░░░"] * 2
    assert plain(drawn(HeatMap(values), 8, 1, PLAIN)) == "    ????"


def test_level_lines_lie_on_the_map_and_leave_it_readable():
    ramp = HeatMap(np.add.outer(np.arange(20.0), np.arange(30.0)))
    bare, lined = (grounds(drawn(replace(ramp, contours=c), 60, 20)) for c in (False, True))
    pairs = [(a, b) for rows in zip(bare, lined, strict=True) for a, b in zip(*rows, strict=True)]
    lifted = [(a, b) for a, b in pairs if a != b]
    assert 0.05 < len(lifted) / len(pairs) < 0.4
    assert all(sum(b) > sum(a) for a, b in lifted)


def test_a_narrow_valley_keeps_many_shades():
    x, y = np.meshgrid(np.linspace(-2, 2, 60), np.linspace(-1, 3, 60))
    rosenbrock = (1 - x) ** 2 + 100 * (y - x**2) ** 2
    rows = grounds(drawn(HeatMap(rosenbrock, contours=True), 60, 20))
    assert len({bg for row in rows for bg in row}) > 30


def test_level_lines_that_would_touch_are_left_out():
    wall = HeatMap(np.tile([0.0] * 10 + [1.0] * 10, (20, 1)))
    bare, lined = (drawn(replace(wall, contours=flag), 20, 10) for flag in (False, True))
    assert grounds(lined)[0][9:11] == grounds(bare)[0][9:11]


@pytest.mark.parametrize(
    ("heat", "ends"),
    [
        (HeatMap(np.array([[2.0, np.nan, 8.0]])), ["2", "8"]),
        (HeatMap(FLAT, diverging=True, bound=5), ["-5", "5"]),
    ],
)
def test_the_scale_has_its_numbers_at_both_ends(heat, ends):
    canvas = Canvas(40, 1)
    paint_scale(canvas, 0, 0, scale_width(heat), heat, DARK)
    assert plain(canvas.lines()).replace("▄", "").split() == ends


def test_without_room_or_values_there_is_no_scale():
    for heat, room in ((HeatMap(np.array([[np.nan]])), 30), (HeatMap(FLAT), 5)):
        canvas = Canvas(40, 1)
        paint_scale(canvas, 0, 0, room, heat, DARK)
        assert plain(canvas.lines()).strip() == ""
