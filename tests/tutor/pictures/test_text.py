"""Lines of words."""

import pytest

from lessons.kit.pictures import Text
from tutor.pictures.cells import DARK, plain
from tutor.pictures.text import layout, natural_size, paint, wrap_line

CODE = Text(
    "rule",
    (
        "def momentum(w, g, t, v=0.0, *, lr=0.01, beta=0.9):",
        "    v = beta * v + g",
        "    return w - lr * v, v",
    )
    * 8,
    10,
)


def rows(picture, width, height):
    return plain(paint(picture, layout(picture, width, height), DARK)).split("\n")


def test_words_follow_their_current_line():
    words = Text("t", tuple(f"line {k}" for k in range(20)), 15)
    assert rows(words, 12, 3)[1] == "▸ line 15   "
    assert rows(Text("t", ("a b",)), 5, 1) == ["a b  "]


@pytest.mark.parametrize("width", [12, 20, 30, 60])
@pytest.mark.parametrize("height", [3, 5, 9])
def test_the_current_line_of_long_code_is_in_sight(width, height):
    lines = rows(CODE, width, height)
    at = next(row for row, line in enumerate(lines) if line.startswith("▸"))
    assert "v =" in lines[at]


def test_nothing_of_a_long_line_is_lost():
    text = "one two abcdefghijklmnopq three"
    for width in range(1, 40):
        assert "".join("".join(wrap_line(text, width)).split()) == text.replace(" ", "")


def test_arrows_stand_beside_the_words():
    lines = rows(CODE, 30, 4)
    assert lines[0].endswith(" ↑")
    assert lines[-1].endswith(" ↓")


def test_indentation_is_kept():
    assert wrap_line("    a long line of code", 14) == ["    a long", "    line of", "    code"]


def test_what_is_needed_is_enough():
    lines = rows(CODE, *natural_size(CODE))
    assert [line[2:].rstrip() for line in lines] == list(CODE.lines)
