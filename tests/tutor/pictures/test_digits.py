"""Numbers in a small room."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.pictures.digits import fit_number


@settings(max_examples=80, deadline=None)
@given(st.floats(-1e6, 1e6).map(lambda value: f"{value:.4f}"), st.integers(0, 9))
def test_a_fitted_number_fits_and_is_a_rounding(text, room):
    found = fit_number(text, room)
    assert len(found) <= room
    if found:
        whole = float(text)
        assert abs(float(found) - whole) <= 0.5 * max(abs(whole), 1e-4)


def test_more_room_never_means_fewer_digits():
    digits = [sum(c.isdigit() for c in fit_number("-12.3456", room)) for room in range(9)]
    assert digits == sorted(digits)


def test_words_are_not_numbers_to_be_rounded():
    assert fit_number("diverged", 8) == "diverged"
    assert fit_number("diverged", 7) == ""
