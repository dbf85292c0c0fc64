"""Cells: crisp blocks, whole numbers, frames that need no color."""

import re
from dataclasses import replace

import numpy as np
import pytest

from lessons.kit.pictures import Cells, Handle
from tutor.pictures.cells import DARK, Depth, plain
from tutor.pictures.matrix import HALF_CELL, layout, paint, pick, width_range

PLAIN = replace(DARK, depth=Depth.NONE)
W = np.array([[0.126, -0.132, 0.64], [-0.536, 1.25, 0.0413]])
PIXELS = Cells("d", np.add.outer(np.arange(8.0), np.zeros(8)), digits=False)
NUMBER = re.compile(r"-?\d[\d.]*(?:e-?\d+)?")


def rows(picture, width, height, focus=None, palette=DARK):
    return plain(paint(picture, layout(picture, width, height), palette, focus)).split("\n")


def grounds(picture, width, height):
    lines = paint(picture, layout(picture, width, height), DARK)
    return [[span.bg for span in line for _ in span.text] for line in lines]


def test_a_matrix_shows_numbers_names_and_signs():
    values = np.array([[1.0, -0.5], [0.25, 2.0]])
    named = Cells("W", values, ("r1", "r2"), ("a", "b"))
    shown = rows(named, 30, 3)
    assert shown[0].split() == ["a", "b"]
    assert shown[1].split() == ["r1", "1", "-0.5"]
    assert shown[2].split() == ["r2", "0.25", "2"]
    found = [[bg for bg in line if bg] for line in grounds(named, 30, 3)]
    warm, cool = found[1][-1], found[2][-1]
    assert warm[0] > warm[2]
    assert cool[2] > cool[0]


@pytest.mark.parametrize("width", range(4, 60))
@pytest.mark.parametrize("scale", [1.0, 1e-9, 12345.678, 1e12])
def test_numbers_are_never_cut(width, scale):
    values = W * scale
    for line in rows(Cells("W", values), width, 3):
        for text in NUMBER.findall(re.sub(r"\+\d+|matrix.*", "", line)):
            assert any(float(text) == pytest.approx(v, rel=0.5) for v in values.ravel())


def test_digits_are_dropped_before_columns():
    assert "0.126" in rows(Cells("W", W), 30, 2)[0]
    assert rows(Cells("W", W), 22, 2)[0].split() == ["0.13", "-0.13", "0.64"]
    # One digit would make a sum of what is shown false: a column goes instead.
    assert rows(Cells("W", W), 20, 2)[0].split() == ["0.13", "-0.13", "+1"]


def test_what_finds_no_room_is_counted():
    assert "+36 rows, +30 columns" in rows(Cells("W", np.ones((40, 40))), 30, 5)[-1]
    wide = Cells("W", np.full((3, 9), 12345.0))
    assert rows(wide, 46, 3)[1].split() == ["12345"] * 6
    assert rows(wide, 46, 3)[0].split()[-2:] == ["12345", "+3"]
    assert rows(wide, 46, 4)[-1].split() == ["+3", "columns"]


@pytest.mark.parametrize(("size", "tall"), [((80, 40), 4), ((40, 16), 2), ((30, 8), 1)])
def test_pixels_are_squares_as_large_as_fit(size, tall):
    at = layout(PIXELS, *size)
    assert (at.wide, at.tall) == (2 * tall, tall)
    assert at.left == (size[0] - 8 * at.wide) // 2


def test_pixels_too_many_for_cells_are_halves_and_those_to_click_are_whole():
    assert layout(PIXELS, 10, 5).tall == HALF_CELL
    assert layout(PIXELS, 10, 5).rows == 8
    touched = replace(PIXELS, pick="p")
    assert layout(touched, 10, 5).tall == 1
    assert "+4 rows" in rows(touched, 10, 5)[-1]


def test_pixels_are_crisp():
    sharp = Cells("d", np.array([[0.0, 1.0, 0.0]]), digits=False)
    assert len({bg for bg in grounds(sharp, 24, 4)[1] if bg}) == 2


@pytest.mark.parametrize("size", [(60, 20), (40, 9), (22, 6), (10, 5)])
@pytest.mark.parametrize("digits", [True, False])
def test_a_lit_cell_is_framed_also_without_color(digits, size):
    values = np.arange(16.0).reshape(4, 4)
    bare = Cells("m", values, digits=digits)
    lit = replace(bare, lit=((1, 0),))
    before, after = (rows(one, *size, palette=PLAIN) for one in (bare, lit))
    assert before != after


def test_lit_neighbors_share_one_frame():
    window = tuple((i, j) for i in (1, 2) for j in (3, 4, 5))
    small = rows(replace(PIXELS, lit=window), 16, 8)
    assert [line.strip() for line in small[1:3]] == ["[    ]", "[    ]"]
    large = rows(replace(PIXELS, lit=window), 32, 16)
    assert large[2].strip() == "┌──────────┐"
    assert large[5].strip() == "└──────────┘"


@pytest.mark.parametrize("size", [(60, 20), (40, 9), (22, 6)])
@pytest.mark.parametrize("digits", [True, False])
def test_every_click_on_a_block_is_its_cell(digits, size):
    picture = Cells("m", np.arange(16.0).reshape(4, 4), digits=digits, edit="m")
    at = layout(picture, *size)
    lines = paint(picture, at, DARK)
    for row, line in enumerate(lines):
        targets = [span.target for span in line for _ in span.text]
        for column, target in enumerate(targets):
            assert pick(picture, at, column, row) == target


def test_focus_is_drawn_over_a_lit_cell():
    picture = Cells("m", W, lit=((0, 1),), pick="m")
    assert "[-0.132]" in rows(picture, 40, 2)[0]
    assert "▸-0.132◂" in rows(picture, 40, 2, Handle("m", (0, 1)))[0]


def test_what_is_not_finite_is_said():
    assert rows(Cells("m", np.array([[np.nan, np.inf]])), 30, 1)[0].split() == ["nan", "∞"]


def test_the_bound_is_the_end_of_the_colors():
    half = grounds(Cells("m", np.array([[0.5, -0.5]]), digits=False, bound=0.5), 8, 1)[0]
    faint = grounds(Cells("m", np.array([[0.5, -0.5]]), digits=False, bound=5), 8, 1)[0]
    assert half[4] == grounds(Cells("m", np.array([[9.0, -9.0]]), digits=False), 8, 1)[0][4]
    assert half != faint


def test_positive_numbers_use_one_side_of_the_colors():
    blues = grounds(Cells("m", np.array([[0.1, 1.0, 4.0]])), 40, 1)[0]
    shades = [bg[2] for bg in dict.fromkeys(blues) if bg]
    assert shades == sorted(shades)
    assert len(shades) == 3


@pytest.mark.parametrize("height", [2, 6, 12])
def test_what_is_needed_is_enough(height):
    picture = Cells("W", W, ("r1", "r2"), ("a", "b", "c"))
    least, most = width_range(picture, height)
    assert layout(picture, least, height).columns == 3
    assert layout(picture, most, height).texts[0] == ("0.126", "-0.132", "0.64")
    assert least < most


def test_a_name_that_holds_a_number_is_whole_or_not_there():
    names = ("layer 10", "layer 11", "layer 12")
    assert rows(Cells("W", W, column_names=names), 60, 3)[0].split() == " ".join(names).split()
    assert rows(Cells("W", W, column_names=names), 24, 3)[0].strip() == ""
