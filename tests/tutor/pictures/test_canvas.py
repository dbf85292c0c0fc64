"""The sheet: writing, clipping, wide characters, braille."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.pictures.canvas import Canvas, Dots, polyline
from tutor.pictures.cells import Span, plain
from tutor.pictures.letters import fit

RED, BLUE = (255, 0, 0), (0, 0, 255)


def test_writing_beyond_the_edges_is_cut():
    canvas = Canvas(4, 1)
    canvas.put(-1, 0, "abc")
    canvas.put(3, 0, "xyz")
    canvas.put(0, 5, "no")
    assert plain(canvas.lines()) == "bc x"


def test_without_a_ground_the_ground_beneath_stays():
    canvas = Canvas(2, 1)
    canvas.put(0, 0, "  ", bg=BLUE)
    canvas.put(0, 0, "a", fg=RED)
    assert [(s.text, s.fg, s.bg) for s in canvas.lines()[0]] == [
        ("a", RED, BLUE),
        (" ", None, BLUE),
    ]


@given(st.lists(st.tuples(st.integers(-3, 9), st.text("aβ\u0302学\t⚙\ufe0f", max_size=6))))
def test_no_writing_changes_the_width(writings):
    canvas = Canvas(8, 1)
    for column, words in writings:
        canvas.put(column, 0, words)
    assert cell_len(plain(canvas.lines())) == 8


@given(st.text("ab学β\u0302 ", max_size=12), st.integers(0, 12), st.sampled_from("<^>"))
def test_fit_is_exact(words, width, align):
    assert cell_len(fit(words, width, align)) == width


@pytest.mark.parametrize(("align", "text"), [("<", "ab   "), ("^", " ab  "), (">", "   ab")])
def test_fit_aligns(align, text):
    assert fit("ab", 5, align) == text


def test_dots_outside_are_dropped_and_the_last_color_wins():
    dots = Dots(1, 1)
    dots.set(np.array([0, -1, 2, 0]), np.array([0, 0, 0, 4]), RED)
    dots.set(np.array([1]), np.array([3]), BLUE)
    assert list(dots.lit()) == [(0, 0, "⢁", BLUE)]


def test_a_polyline_has_no_holes_and_lifts_its_pen_at_a_gap():
    x, y = polyline(np.array([0.0, 2.0, np.nan, 6.0]), np.array([0.0, 5.0, 0.0, 3.0]))
    assert (x[-1], y[-1]) == (6, 3)
    assert x.size == 7
    assert np.abs(np.diff(y[:-1])).max() == 1


def test_a_target_stays_beneath_writing_and_parts_spans():
    canvas = Canvas(5, 1)
    canvas.put(1, 0, "   ", target="knob")
    canvas.put(2, 0, "a", RED)
    canvas.put(3, 0, "b", target="other")
    spans = canvas.lines()[0]
    assert [(span.text, span.target) for span in spans] == [
        (" ", None), (" ", "knob"), ("a", "knob"), ("b", "other"), (" ", None)
    ]  # fmt: skip


@given(st.text("ab学β\u0302 ", max_size=9), st.integers(-2, 6))
def test_drawn_lines_are_copied_whole(words, column):
    canvas, copy = Canvas(6, 1), Canvas(6, 1)
    canvas.put(column, 0, words, RED, BLUE, True, "x")
    copy.draw(0, 0, canvas.lines())
    assert copy.lines() == canvas.lines()


def test_lines_are_drawn_from_a_corner_and_cut_at_the_edges():
    canvas = Canvas(4, 2)
    canvas.draw(2, 1, [(Span("ab", RED), Span("c")), (Span("no"),)])
    assert plain(canvas.lines()) == "    \n  ab"
