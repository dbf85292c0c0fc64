"""Bars, sideways and upright."""

import numpy as np
import pytest

from lessons.kit.pictures import Bars
from tutor.pictures.bars import bars
from tutor.pictures.cells import DARK, plain


def rows(picture, width, height):
    return plain(bars(picture, width, height, DARK)).split("\n")


def test_lengths_are_true_to_an_eighth():
    lines = rows(Bars("P", ("a", "b", "c"), [1.0, 0.5, 0.0625]), 15, 3)
    assert [line.rstrip() for line in lines] == [
        "a ██████ 1",
        "b ███    0.5",
        "c ▍      0.0625",
    ]


def test_below_zero_differs_without_colour():
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
