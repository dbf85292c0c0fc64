"""Bars, sideways and upright."""

import numpy as np
import pytest

from lessons.kit.pictures import Bars, Handle
from tutor.pictures.bars import layout, paint, pick
from tutor.pictures.cells import DARK, plain


def rows(picture, width, height, focus=None):
    return plain(paint(picture, layout(picture, width, height), DARK, focus)).split("\n")


def test_lengths_are_true_to_an_eighth():
    lines = rows(Bars("P", ("a", "b", "c"), [1.0, 0.5, 0.0625]), 15, 3)
    assert [line.rstrip() for line in lines] == [
        "a ██████ 1",
        "b ███    0.5",
        "c ▍      0.0625",
    ]


def test_below_zero_differs_without_color():
    lines = rows(Bars("P", ("up", "down"), [1.0, -1.0]), 30, 2)
    assert "█" in lines[0]
    assert "▒" in lines[1]
    assert lines[1].index("▒") < lines[0].index("█")


def test_the_prediction_is_a_tick_where_it_belongs():
    line = rows(Bars("P", ("a",), [1.0], [0.5]), 23, 1)[0]
    assert 9 <= line.index("│") - line.index("█") <= 10


@pytest.mark.parametrize("n", [20, 200])
def test_many_bars_stand_upright_and_rise_in_order(n):
    lines = rows(Bars("H", tuple(map(str, range(n))), np.arange(1.0, n + 1)), 40, 12)
    tops = [sum(line[column] != " " for line in lines[:10]) for column in range(40)]
    assert tops == sorted(tops)
    assert tops[-1] == 10
    assert lines[-1].startswith("0 ")


def test_not_a_number_is_said():
    lines = rows(Bars("P", ("a", "b"), [float("nan"), 1.0]), 20, 2)
    assert "?" in lines[0]
    assert "nan" in lines[0]


def test_lit_bars_differ_in_glyph_and_strength():
    lit = Bars("P", ("a", "b"), [1.0, 1.0], lit=(1,))
    assert [line[0] for line in rows(lit, 20, 2)] == [" ", "▸"]
    lines = paint(lit, layout(lit, 20, 2), DARK)
    inks = [next(s.fg for s in line if "█" in s.text) for line in lines]
    assert inks[1] == DARK.tone(0) != inks[0]


def test_focus_is_a_ring_before_the_name():
    shares = Bars("P", ("a", "b"), [1.0, 2.0], pick="k")
    assert [line[0] for line in rows(shares, 20, 2, Handle("k", 2))] == [" ", "◎"]


def test_numbers_lose_digits_before_bars_vanish():
    shares = Bars("P", ("a", "b"), [1.234, 0.5678])
    assert "1.23" in rows(shares, 30, 2)[0]
    narrow = rows(shares, 12, 2)
    assert narrow[0].split()[-1] == "1"
    assert narrow[0].count("█") >= 6


@pytest.mark.parametrize(("n", "width"), [(5, 40), (12, 40), (90, 40)])
def test_a_click_between_upright_bars_counts_for_the_left_one(n, width):
    many = Bars("P", tuple(map(str, range(n))), np.ones(n), pick="k")
    stood = layout(many, width, 4)
    found = [pick(many, stood, column, 1) for column in range(width)]
    parts = [handle.part for handle in found if handle]
    assert parts == sorted(parts)
    assert len(set(parts)) == min(n, width)


def test_a_click_between_sideways_bars_is_nothing():
    few = Bars("P", ("a", "b"), [1.0, 2.0], pick="k")
    stood = layout(few, 30, 9)
    assert [pick(few, stood, 5, row) for row in range(4)] == [
        Handle("k", 1), None, Handle("k", 2), None
    ]  # fmt: skip


def test_names_stand_under_upright_bars_that_are_wide_enough():
    few = Bars("P", tuple("abcde"), np.arange(5.0))
    assert rows(few, 40, 4)[-1].split() == list("abcde")
    assert "peak 4" in rows(Bars("P", ("a long name",) * 5, np.arange(5.0)), 40, 4)[-1]
