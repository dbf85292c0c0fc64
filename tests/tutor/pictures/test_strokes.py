"""Lines on a plane: clipped, broken, and where arrows end."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.pictures.canvas import Dots
from tutor.pictures.strokes import HEADS, STEPS, clip, draw_line, octant, shaft
from tutor.pictures.ticks import Axis
from tutor.pictures.viewport import Viewport

VIEW = Viewport(0, 0, 41, 21, Axis(-10, 10), Axis(-10, 10))
INK = (1, 2, 3)
NUMBER = st.floats(-50, 50)


def dotted(x, y, tone=0, faint=False):
    dots = Dots(VIEW.width, VIEW.height)
    draw_line(dots, VIEW, np.array(x, dtype=float), np.array(y, dtype=float), INK, tone, faint)
    return [(column, row, glyph) for column, row, glyph, _ in dots.lit()]


@pytest.mark.parametrize("k", range(8))
def test_heads_point_in_eight_directions(k):
    right, up = STEPS[k]
    assert octant(right, up) == k
    assert HEADS[k] == "▶◥▲◤◀◣▼◢"[k]
    at = shaft(VIEW, (0, 0), (5 * right, 5 * up))
    assert at.octant == k
    assert (at.head[0] - at.tip[0], at.head[1] - at.tip[1])[right == 0] in (-right, up)


def test_an_arrow_ends_in_the_cell_of_its_tip():
    at = shaft(VIEW, (0, 0), (3, 4))
    assert at.tip == VIEW.cell(3, 4)
    assert not at.cut


def test_short_arrows_have_no_room_for_a_head():
    assert shaft(VIEW, (0, 0), (0.1, 0)).head is None
    assert shaft(VIEW, (2, 2), (2, 2)).octant is None


@given(NUMBER, NUMBER, NUMBER, NUMBER)
def test_an_arrow_that_leaves_is_cut_on_its_own_line(x0, y0, x1, y1):
    at = shaft(VIEW, (x0, y0), (x1, y1))
    assert VIEW.holds(at.tip)
    assert at.cut != VIEW.holds(VIEW.cell(x1, y1))
    if at.cut and abs(x0) < 10 and abs(y0) < 10:
        column, row = at.tip
        assert column in (0, VIEW.width - 1) or row in (0, VIEW.height - 1)
        start, end = (np.array(VIEW.positions(np.array([x]), np.array([y]))).ravel()
                      for x, y in ((x0, y0), (x1, y1)))  # fmt: skip
        way = (end - start) / np.hypot(*(end - start))
        off = np.array([column + 0.5, row + 0.5]) - start
        assert abs(off[0] * way[1] - off[1] * way[0]) < 1


def test_what_has_no_place_has_no_shaft():
    assert shaft(VIEW, (0, 0), (np.nan, 1)) is None


@given(NUMBER, NUMBER, NUMBER, NUMBER)
def test_clipping_keeps_just_what_is_inside(c0, r0, c1, r1):
    start, stop = (float(v[0]) for v in clip(*(np.array([v]) for v in (c0, r0, c1, r1)), 40, 20))
    for share in np.linspace(0, 1, 41):
        column, row = c0 + share * (c1 - c0), r0 + share * (r1 - r0)
        inside = 0 <= column <= 40 and 0 <= row <= 20
        margin = min(abs(column), abs(column - 40), abs(row), abs(row - 20))
        if margin > 1e-6:
            assert inside == (start <= share <= stop)


def test_a_runaway_line_keeps_its_direction():
    near = dotted([0, 10], [0, 5])
    far = dotted([0, 1e5], [0, 5e4])
    assert len(set(near) & set(far)) >= 0.8 * len(near)


def test_a_line_crosses_the_view_between_points_outside():
    assert {column for column, _, _ in dotted([-99, 99], [0, 0])} == set(range(VIEW.width))
    assert dotted([-99, 99], [50, 50]) == []


def test_tones_and_faintness_are_seen_in_the_dots():
    kinds = [dotted([-10, 10], [0, 0], tone) for tone in (0, 1, 2)]
    kinds.append(dotted([-10, 10], [0, 0], faint=True))
    glyphs = ["".join(glyph for _, _, glyph in kind) for kind in kinds]
    assert len(set(glyphs)) == 4
    counts = [sum(bin(ord(glyph) - 0x2800).count("1") for glyph in line) for line in glyphs]
    assert counts[0] > counts[1] > counts[2] > 0
    assert counts[0] > counts[3] > 0


def test_a_gap_lifts_the_pen():
    columns = {column for column, _, _ in dotted([-10, -5, np.nan, 5, 10], [0, 0, 0, 0, 0])}
    assert not columns & set(range(13, 28))
