"""What does not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.pictures.scroll import first_row, shorten


@pytest.mark.parametrize("current", [0, 1, 14, 28, 29])
def test_the_current_row_is_in_sight(current):
    first = first_row(30, 6, current)
    assert first <= current < first + 6
    assert 0 <= first <= 24


@given(st.text("ab学 ", max_size=15), st.integers(0, 15))
def test_a_shortened_text_fits_and_begins_as_it_did(text, width):
    format_number = shorten(text, width)
    assert cell_len(format_number) <= width
    assert text.startswith(format_number.rstrip("… "))


@pytest.mark.parametrize("width", range(14))
def test_a_number_is_whole_or_not_there(width):
    format_number = shorten("rate 0.8125 x", width)
    assert cell_len(format_number) <= width
    assert ("0.8125" in format_number) == (width >= 13)
    assert not any(char.isdigit() for char in format_number) or "0.8125" in format_number


def test_words_before_a_number_are_cut_as_words():
    assert shorten("a verylongword 7", 10) == "a verylon…"
