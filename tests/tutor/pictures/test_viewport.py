"""From numbers to cells and back."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.pictures.ticks import Axis, roundest
from tutor.pictures.viewport import Viewport, axes_of, centered, fit_viewport

EXTENTS = [
    (-6, 6, -6, 6),
    (-2, 2, -1, 3),
    (0, 10, 0, 5),
    (-1, 9, -3, 1),
    (2, 3, 5, 9),
    (-0.1, 0.3, 0, 1),
]
SIZES = [(80, 24), (120, 40), (60, 12), (30, 30), (17, 9), (200, 60)]


def view_of(extent, width, height, equal=True):
    x, y = axes_of(extent)
    wide, high = fit_viewport(x, y, width, height, equal)
    return Viewport(0, 0, wide, high, centered(x, wide), centered(y, high))


def floats(low, high):
    return st.floats(low, high, allow_nan=False)


@given(
    floats(-1e6, 1e6), floats(1e-6, 1e6), floats(-1e6, 1e6), floats(1e-6, 1e6),
    st.integers(1, 200), st.integers(1, 60), st.booleans(), st.data(),
)  # fmt: skip
def test_a_cell_is_drawn_where_it_was_taken_from(x0, wide, y0, high, width, height, equal, data):
    view = view_of((x0, x0 + wide, y0, y0 + high), width, height, equal)
    cell = (
        data.draw(st.integers(0, view.width - 1)),
        data.draw(st.integers(0, view.height - 1)),
    )
    assert view.cell(*view.point_at(*cell)) == cell


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("extent", EXTENTS)
def test_a_point_comes_back_within_its_cell(extent, size):
    view = view_of(extent, *size)
    x0, x1, y0, y1 = extent
    for x, y in np.random.default_rng(0).uniform((x0, y0), (x1, y1), size=(50, 2)):
        back = view.point_at(*view.cell(x, y))
        assert abs(back[0] - x) <= (x1 - x0) / (view.width - 1)
        assert abs(back[1] - y) <= (y1 - y0) / (view.height - 1)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("extent", EXTENTS)
def test_the_whole_extent_is_seen(extent, size):
    view, (x0, x1, y0, y1) = view_of(extent, *size), extent
    assert view.cell(x0, y0) == (0, view.height - 1)
    assert view.cell(x1, y1) == (view.width - 1, 0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("extent", EXTENTS)
def test_a_circle_is_round(extent, size):
    view = view_of(extent, *size)
    x0, x1, y0, y1 = extent
    across, up = (view.width - 1) / (x1 - x0), (view.height - 1) / (y1 - y0)
    assert across / (2 * up) == pytest.approx(1, abs=0.12 if min(size) < 15 else 0.05)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("extent", EXTENTS)
def test_little_room_is_given_away(extent, size):
    view, (x0, x1, y0, y1) = view_of(extent, *size), extent
    ratio = (y1 - y0) / (x1 - x0)
    best = min(size[1], (size[0] - 1) * ratio / 2 + 1)
    assert view.height >= 0.9 * best - 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("extent", EXTENTS)
def test_the_origin_is_the_middle_of_a_cell(extent, size):
    view = view_of(extent, *size)
    column, row = (float(v[0]) % 1 for v in view.positions(np.zeros(1), np.zeros(1)))
    if extent[0] < 0 < extent[1]:
        assert column == pytest.approx(0.5, abs=0.02)
    if extent[2] < 0 < extent[3]:
        assert row == pytest.approx(0.5, abs=0.02)


def test_a_place_is_round_and_0_is_reachable():
    view = view_of((-6, 6, -6, 6), 70, 30)
    columns = [view.point_at(column, 0)[0] for column in range(view.width)]
    assert {0.0, 3.0, -4.0} <= set(columns)
    assert all(len(f"{value:g}") <= 4 for value in columns)
    assert columns == sorted(columns)


def test_beyond_the_edge_is_the_edge():
    view = view_of((-6, 6, -6, 6), 70, 30)
    assert view.point_at(-50, 99) == view.point_at(0, view.height - 1)
    assert view.point_at(0, 0) == pytest.approx((-6, 6), abs=0.4)


@pytest.mark.parametrize("extent", [(0, 0, 0, 0), (math.nan, 1, 0, math.inf), (3, -3, 1, 0)])
def test_an_extent_that_is_none_gets_a_length(extent):
    x, y = axes_of(extent)
    assert x.low < x.high
    assert y.low < y.high


def test_what_is_not_a_number_has_no_cell():
    assert view_of((0, 1, 0, 1), 20, 9).cell(math.nan, 0) is None


def test_a_runaway_point_is_far_outside():
    view = view_of((0, 1, 0, 1), 20, 9)
    assert not view.holds(view.cell(1e300, -1e300))


@given(floats(-1e300, 1e300), floats(-1e300, 1e300))
@example(5e-324, 5e-324)
def test_the_roundest_number_lies_between(a, b):
    low, high = min(a, b), max(a, b)
    assert low <= roundest(low, high) <= high


@pytest.mark.parametrize(
    ("low", "high", "value"),
    [(0.26, 0.41, 0.3), (0.99, 1.01, 1), (-7.3, -6.6, -7), (123.4, 123.6, 123.5), (9.7, 10.4, 10)],
)
def test_the_roundest_number_has_the_fewest_digits(low, high, value):
    assert roundest(low, high) == value


def test_wide_extents_are_not_drawn_as_threads():
    assert fit_viewport(Axis(0, 1000), Axis(0, 1), 60, 20, True)[1] >= 19
