"""Pictures in a row."""

from dataclasses import replace

import numpy as np
import pytest

from lessons.kit.pictures import Arrow, Cells, Handle, PictureRow, Plane, Table, Text
from tutor.pictures.cells import DARK, plain
from tutor.pictures.paint import cell_of
from tutor.pictures.paint import pick as taken
from tutor.pictures.picture_row import describe, layout, paint, point_at

WINDOW = np.array([[1.0, 2.0], [3.0, 4.0]])
SUM = PictureRow(
    "One number",
    (
        Cells("window", WINDOW),
        "·",
        Cells("kernel", np.eye(2), edit="k"),
        "=",
        Cells("products", WINDOW * np.eye(2)),
        "Σ = 5.25",
    ),
)
PLANES = PictureRow(
    "two",
    (
        Plane("x", (-2, 2, -2, 2), arrows=(Arrow("a", (1, 1), knob="a"),)),
        "→",
        Plane("y", (-2, 2, -2, 2), arrows=(Arrow("b", (1, -1), knob="b"),)),
    ),
)


def rows(picture, width, height, focus=None):
    return plain(paint(picture, layout(picture, width, height), DARK, focus)).split("\n")


def test_parts_signs_and_titles_stand_in_a_row():
    text = rows(SUM, 70, 7)
    titles = next(line for line in text if "window" in line)
    assert titles.split() == ["window", "kernel", "products"]
    middle = next(line for line in text if "·" in line)
    assert "=" in middle
    assert middle.rstrip().endswith("Σ = 5.25")


def test_parts_are_centered_about_the_signs():
    text = rows(SUM, 70, 9)
    sign = next(row for row, line in enumerate(text) if "·" in line)
    filled = [row for row, line in enumerate(text) if line.strip() and "window" not in line]
    assert abs(sign - (filled[0] + filled[-1]) / 2) <= 1


def test_a_narrow_row_is_stacked():
    text = rows(SUM, 22, 14)
    first = [row for row, line in enumerate(text) if line.split()[:1] in (["window"], ["kernel"])]
    assert len(first) == 2
    assert first[0] < first[1]
    assert text[-1].strip() == "Σ = 5.25"
    signs = [line[0] for line in text if line.strip()]
    assert "·" in signs
    assert "=" in signs


def test_without_height_the_last_parts_are_left_out_and_counted():
    text = rows(SUM, 26, 3)
    assert any("+1 more" in line for line in text)
    assert any("window" in line for line in text)
    assert not any("products" in line for line in text)


@pytest.mark.parametrize("size", [(70, 9), (22, 14), (26, 3)])
def test_a_result_is_whole_or_not_there(size):
    for line in rows(SUM, *size):
        assert ("Σ" in line) == ("Σ = 5.25" in line)


def test_handles_of_every_part_are_picked_and_focused():
    for handle in SUM.handles:
        column, row = cell_of(SUM, 70, 9, handle)
        assert taken(SUM, 70, 9, column, row) == handle
        assert rows(SUM, 70, 9, handle) != rows(SUM, 70, 9)


@pytest.mark.parametrize("handle", PLANES.handles)
def test_a_point_is_dropped_in_its_own_plane(handle):
    at = layout(PLANES, 90, 20)
    column, row = cell_of(PLANES, 90, 20, handle)
    x, y = point_at(at, handle, column, row)
    assert (x, y) == pytest.approx((1, 1) if handle == Handle("a") else (1, -1), abs=0.3)
    piece = at.pieces[0 if handle == Handle("a") else 2]
    assert point_at(at, handle, 10**4, row)[0] == pytest.approx(2, abs=0.2)
    assert piece.left <= column < piece.left + piece.width


def test_elastic_parts_share_what_the_others_leave():
    mixed = PictureRow(
        "m", (replace(PLANES.parts[0]), Table("t", ("a",), (("1",),)), PLANES.parts[2])
    )
    widths = [piece.width for piece in layout(mixed, 100, 20).pieces]
    assert widths[1] < 10
    assert abs(widths[0] - widths[2]) <= 1
    assert sum(widths) > 95


def test_words_name_every_part():
    assert (
        describe(PictureRow("b", (Text("a", ("x",)), "+", Text("c", ("y",))))) == " – a: x + c: y"
    )
