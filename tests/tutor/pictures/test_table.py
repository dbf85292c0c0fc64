"""Tables: scrolled, picked, and never a number cut."""

import re

import numpy as np
import pytest

from lessons.kit.pictures import Handle, Table
from tutor.pictures.cells import DARK, plain
from tutor.pictures.table import layout, natural_size, paint, pick, round_text

ROWS = tuple((f"row {k}", str(k * 1.5)) for k in range(30))
WIDE = Table(
    "t",
    ("optimizer", "steps", "loss", "gradient", "note"),
    (
        ("gradient descent", "691", "0.0812345", "1.2345e-6", "slow but sure"),
        ("momentum", "93", "0.03125", "-0.51234", "fast"),
    ),
)


def rows(picture, width, height, focus=None):
    return plain(paint(picture, layout(picture, width, height), DARK, focus)).split("\n")


def test_a_small_table():
    shown = Table("t", ("law", "value"), (("rate", "0.8"), ("steps", "93")), 0)
    assert rows(shown, 18, 4) == [
        "  law    value    ",
        "▸ rate     0.8    ",
        "  steps     93    ",
        "                  ",
    ]


@pytest.mark.parametrize("current", [0, 1, 14, 28, 29])
def test_the_current_row_is_always_in_sight(current):
    lines = rows(Table("t", ("a", "b"), ROWS, current), 20, 6)
    assert sum(line.startswith(f"▸ row {current} ") for line in lines) == 1
    assert ("↑" in lines[1]) == (current > 3)
    assert ("↓" in lines[-1]) == (current < 27)


def test_the_arrows_hide_no_digit():
    for width in range(18, 26):
        lines = rows(Table("t", ("a", "b"), ROWS, 15), width, 6)
        assert all(f"{1.5 * k:g}" in line for k, line in zip(range(13, 18), lines[1:], strict=True))


def test_the_current_row_is_bold():
    shown = Table("t", ("a", "b"), ROWS, 1)
    lines = paint(shown, layout(shown, 20, 6), DARK)
    assert any(span.bold and "row 1" in span.text for span in lines[2])
    assert not any(span.bold and "row" in span.text for span in lines[1])


@pytest.mark.parametrize("width", range(4, 75))
def test_numbers_are_never_cut(width):
    lines = rows(WIDE, width, 3)
    true = [691, 0.0812345, 1.2345e-6, 93, 0.03125, -0.51234]
    for text in re.findall(r"-?[\d.]+(?:e-?\d+)?", " ".join(lines[1:])):
        assert any(float(text) == pytest.approx(v, rel=0.3) for v in true)
    assert ("+" in lines[0]) == ("note" not in lines[0]) or width < 8


def test_digits_go_before_columns_and_the_last_column_goes_first():
    assert "0.0812345" in rows(WIDE, 75, 3)[1]
    narrower = rows(WIDE, 50, 3)
    assert "0.0812 " in narrower[1]
    assert "slow but s" in narrower[1]
    assert "note" in narrower[0]
    narrow = rows(WIDE, 30, 3)
    assert "optim" in narrow[0]
    assert re.search(r"\+[12]", narrow[0])


def test_words_are_shortened_and_the_numbers_stay():
    wide = Table("t", ("name", "value"), (("a very long name indeed", "0.125"),))
    assert rows(wide, 18, 2)[1] == "  a very l…  0.125"


def test_whole_numbers_keep_all_digits():
    assert round_text("12345", 1) == "12345"
    assert round_text("−0.8125", 2) == "−0.81"
    assert round_text("93 %", 1) == "93 %"
    assert round_text("n/a", 1) == "n/a"


def test_rows_are_picked_by_their_first_cell():
    laws = Table("t", ("a", "b"), ROWS, 15, pick="law")
    at = layout(laws, 20, 6)
    lines = rows(laws, 20, 6)
    for row in range(1, 6):
        handle = pick(laws, at, 3, row)
        assert handle == Handle("law", lines[row][2:8].strip())
    assert pick(laws, at, 3, 0) is None


def test_focus_and_current_differ():
    laws = Table("t", ("a",), (("x",), ("y",), ("z",)), 1, pick="law")
    for part, signs in (("x", "◎▸ "), ("y", " ◉ "), ("z", " ▸◎")):
        assert "".join(line[0] for line in rows(laws, 9, 4, Handle("law", part))[1:]) == signs


def test_what_is_needed_is_enough():
    width, height = natural_size(WIDE)
    assert rows(WIDE, width, height) == [line.ljust(width) for line in rows(WIDE, width, height)]
    assert "slow but sure" in rows(WIDE, width, height)[1]
    assert np.array_equal(layout(WIDE, width, height).hidden, 0)
