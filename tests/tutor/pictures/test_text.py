"""Tables, matrices and lines of words."""

from dataclasses import replace

import numpy as np
import pytest

from lessons.kit.pictures import Matrix, Table, Text
from tutor.pictures.cells import DARK, plain
from tutor.pictures.text import matrix, table, text

ROWS = tuple((f"row {k}", str(k * 1.5)) for k in range(30))


def test_a_small_table():
    shown = Table("t", ("law", "value"), (("rate", "0.8"), ("steps", "93")), 0)
    assert plain(table(shown, 18, 4, DARK)).split("\n") == [
        "  law    value    ",
        "▸ rate     0.8    ",
        "  steps     93    ",
        "                  ",
    ]


@pytest.mark.parametrize("current", [0, 1, 14, 28, 29])
def test_the_current_row_is_always_in_sight(current):
    lines = plain(table(Table("t", ("a", "b"), ROWS, current), 20, 6, DARK)).split("\n")
    assert sum(line.startswith(f"▸ row {current} ") for line in lines) == 1
    assert ("↑" in lines[1]) == (current > 3)
    assert ("↓" in lines[-1]) == (current < 27)


def test_the_current_row_is_bold():
    lines = table(Table("t", ("a", "b"), ROWS, 1), 20, 6, DARK)
    assert any(span.bold and "row 1" in span.text for span in lines[2])
    assert not any(span.bold and "row" in span.text for span in lines[1])


def test_a_wide_cell_is_cut_and_the_numbers_stay():
    wide = Table("t", ("name", "value"), (("a very long name indeed", "0.125"),))
    assert plain(table(wide, 18, 2, DARK)).split("\n")[1] == "  a very l…  0.125"


def test_words_follow_their_current_line():
    words = Text("t", tuple(f"line {k}" for k in range(20)), 15)
    shown = plain(text(words, 12, 3, DARK)).split("\n")
    assert shown[1] == "▸ line 15   "
    assert plain(text(Text("t", ("a b",)), 5, 1, DARK)) == "a b  "
    assert plain(text(Text("t", ("abcdef",)), 5, 1, DARK)) == "abcd…"


def test_a_matrix_shows_numbers_names_and_signs():
    values = np.array([[1.0, -0.5], [0.25, 2.0]])
    lines = matrix(Matrix("W", values, ("r1", "r2"), ("a", "b")), 30, 3, DARK)
    shown = plain(lines).split("\n")
    assert shown[0].split() == ["a", "b"]
    assert shown[1].split() == ["r1", "1", "-0.5"]
    assert shown[2].split() == ["r2", "0.25", "2"]
    grounds = [[s.bg for s in line if s.bg] for line in lines]
    warm, cool = grounds[1][1], grounds[2][1]
    assert warm[0] > warm[2]
    assert cool[2] > cool[0]


def test_the_largest_number_has_the_strongest_ground():
    lines = matrix(Matrix("W", np.array([[0.1, 1.0, 4.0]])), 40, 1, DARK)
    blues = [s.bg[2] for s in lines[0] if s.bg]
    assert blues == sorted(blues)
    assert len(set(blues)) == 3


def test_a_matrix_too_large_is_cut_visibly():
    shown = plain(matrix(Matrix("W", np.ones((40, 40))), 30, 5, DARK)).split("\n")
    assert shown[0].endswith("…")
    assert "36 more rows" in shown[-1]


def test_what_is_not_finite_is_told():
    shown = plain(matrix(Matrix("W", np.array([[np.nan, np.inf]])), 30, 1, replace(DARK)))
    assert shown.split() == ["nan", "∞"]
