"""Oracles at any width: every number is there, and so is every sign."""

import pytest
from rich.cells import cell_len

from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Oracles
from tutor.pictures.cells import DARK, plain
from tutor.pictures.paint import describe, paint

SHOWN = Oracles(
    "Oracles",
    (
        Oracle("area of the unit ball", 3.14159265, 3.14107, 1e-3, "2, π, 4 for p = 1, 2, ∞"),
        Oracle("rate", 0.98, 0.5, 0.01, "max |1 − ηλ|"),
        Oracle("steps", 691, NOT_YET, 0.01, "(1 − ηλ)ᵏ"),
    ),
)


@pytest.mark.parametrize(("width", "height"), [(100, 8), (60, 8), (38, 13), (30, 9), (24, 9)])
def test_every_number_and_sign_is_there(width, height):
    lines = plain(paint(SHOWN, width, height, DARK)).split("\n")
    assert [cell_len(line) for line in lines] == [width] * height
    text = " ".join(lines)
    for number in ("3.14159", "3.14107", "0.98", "0.5", "691", "–"):
        assert number in text, number
    assert [line[0] for line in lines if line[0] in "✓✗·"] == ["✓", "✗", "·"]


def test_laws_are_shown_where_there_is_room_and_go_first_where_there_is_none():
    assert "max |1 − ηλ|" in plain(paint(SHOWN, 38, 13, DARK))
    assert "max |1 − ηλ|" not in plain(paint(SHOWN, 38, 4, DARK))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (10, 1)])
def test_no_room_is_no_error(width, height):
    assert len(paint(SHOWN, width, height, DARK)) == height
    assert len(paint(Oracles("Oracles", ()), width, height, DARK)) == height


def test_in_words_it_says_how_many_agree_and_what_is_refuted():
    assert describe(SHOWN) == "Oracles: 1 of 3 agree, refuted: rate."
