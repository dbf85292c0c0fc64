"""Oracles: when theory and measurement agree, when they do not, and when it is too early to say."""

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.kit.oracles import NOT_YET, Oracle


@pytest.mark.parametrize(
    ("predicted", "measured", "compare", "ok"),
    [
        (2.0, 2.019, "ratio", True), (2.0, 2.021, "ratio", False), (-2.0, -2.019, "ratio", True),
        (-2.0, 2.0, "ratio", False), (0.0, 0.01, "ratio", True), (0.0, -0.011, "ratio", False),
        (2.0, inf, "ratio", False), (2.0, -inf, "ratio", False),
        (200.0, 200.009, "absolute", True), (200.0, 201.0, "absolute", False),
        (0.0, 0.009, "absolute", True),
        # A rate of .98 measured as .96 means twice as many steps, not two in a hundred.
        (0.98, 0.9801, "rate", True), (0.98, 0.96, "rate", False), (0.9999, 0.9998, "rate", False),
        (1.02, 1.0202, "rate", True), (1.0, 1.0, "rate", True), (1.0, 0.9999, "rate", False),
        (0.98, -0.98, "rate", False), (0.98, 0.0, "rate", False),
    ],
)  # fmt: skip
def test_a_measurement_agrees_within_the_tolerance_of_its_kind(predicted, measured, compare, ok):
    assert Oracle("law", predicted, measured, 0.01, compare=compare).ok is ok
    assert (
        Oracle("law", np.float64(predicted), np.float64(measured), 0.01, compare=compare).ok is ok
    )


@pytest.mark.parametrize("compare", ["ratio", "rate", "absolute"])
def test_what_is_not_measured_is_open_until_it_is_due(compare):
    assert Oracle("law", 0.5, NOT_YET, 0.01, compare=compare).ok is None
    assert Oracle("law", 0.5, nan, 0.01, due=True, compare=compare).ok is False
    assert Oracle("law", 0.5, 0.5, 0.01, due=True, compare=compare).ok is True


@settings(max_examples=50)
@given(st.floats(1e-6, 1e6), st.floats(0, 0.2), st.floats(1e-3, 1e3))
def test_a_ratio_does_not_depend_on_the_unit(predicted, error, unit):
    one = Oracle("law", predicted, predicted * (1 + error), 0.1)
    other = Oracle("law", unit * predicted, unit * predicted * (1 + error), 0.1)
    assert one.error == pytest.approx(other.error, abs=1e-9)


@settings(max_examples=50)
@given(st.floats(0.01, 0.99), st.integers(2, 50))
def test_a_rate_is_judged_by_the_steps_that_it_takes(rate, power):
    once = Oracle("law", rate, rate**1.05, 0.1, compare="rate")
    often = Oracle("law", rate**power, rate ** (1.05 * power), 0.1, compare="rate")
    assert once.error == pytest.approx(0.05)
    assert often.error == pytest.approx(0.05)
