"""Numbers for people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.pictures.ticks import Axis, fit_axis, format_number

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.floats(-1e307, 1e307))
def test_short_is_short_and_within_one_percent(value):
    text = format_number(value)
    assert len(text) <= 10
    assert float(text) == pytest.approx(value, rel=0.01, abs=1e-320)


@given(st.lists(FINITE, min_size=1, max_size=5), st.integers(1, 9), st.booleans())
def test_ticks_are_few_ascending_inside_and_told_apart(values, count, log):
    axis = fit_axis(np.array(values), log)
    ticks = axis.ticks(count)
    places = axis.positions(np.array([value for value, _ in ticks]))
    assert len(ticks) <= 2 * count + 3
    assert np.all((places >= -1e-6) & (places <= 1 + 1e-6))
    assert np.all(np.diff(places) > 0)
    assert len({text for _, text in ticks}) == len(ticks)


@pytest.mark.parametrize(
    ("axis", "texts"),
    [
        (Axis(0, 1), ["0.0", "0.5", "1.0"]),
        (Axis(0, 400), ["0", "200", "400"]),
        (Axis(1e-9, 10, True), ["1e-6", "1"]),
        (Axis(0.03, 0.69, True), ["0.5"]),
        (Axis(-1e308, 1e308), ["-1e308", "0", "1e308"]),
    ],
)
def test_ticks_are_round(axis, texts):
    assert [text for _, text in axis.ticks(2)] == texts


def test_a_log_axis_has_no_place_for_zero():
    assert np.isnan(Axis(0.1, 10, log=True).positions(np.array([0.0, -1.0, np.inf]))).all()


def test_a_constant_lies_in_the_middle():
    for value in (0.0, -3.0, 1e300):
        assert fit_axis(np.array([value])).positions(np.array([value])).item() == pytest.approx(0.5)
