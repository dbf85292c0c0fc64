"""Calibration: who means what he says lies on the diagonal; Brier's score has three parts."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.probability.calibration import brier, brier_parts, reliability

CASES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 5).map(lambda i: i / 5)), min_size=1, max_size=40
)


def drawn(N, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.random(N)
    return (rng.random(N) < p).astype(float), p


def test_the_diagram_of_a_calibrated_model_is_the_diagonal():
    y, p = drawn(100_000)
    found = reliability(y, p)
    # A bin of 10,000 scatters by at most √(¼/10,000) = 0.005.
    assert_allclose(found.frequency, found.confidence, atol=0.02)
    assert found.expected_error < 0.01
    assert_allclose(found.confidence, np.arange(0.05, 1, 0.1), atol=0.01)
    assert brier(y, p) == pytest.approx(1 / 6, abs=0.005)  # ∫ p(1 − p) dp


def test_a_model_too_sure_of_itself_is_found_out():
    y, p = drawn(100_000, 1)
    sure = np.clip(0.5 + 2 * (p - 0.5), 0, 1)
    assert reliability(y, sure).expected_error > 0.1
    assert brier(y, sure) > brier(y, p)


@given(CASES)
def test_the_parts_of_the_score_add_up(cases):
    y, p = np.array(cases).T
    parts = brier_parts(y, p)
    total = parts.uncertainty - parts.resolution + parts.reliability
    assert brier(y, p) == pytest.approx(total, abs=1e-12)
    assert min(parts) >= 0
    assert brier(y, p) == pytest.approx(((y - p) ** 2).mean())


@given(CASES, st.integers(1, 7))
def test_bins_hold_what_counting_says(cases, bins):
    y, p = np.array(cases).T
    found = reliability(y, p, bins=bins)
    assert found.counts.sum() == len(cases)
    exact = [Fraction(float(one)).limit_denominator(5) * bins for one in p]
    place = np.array([min(int(one), bins - 1) for one in exact])
    for i in range(bins):
        here = place == i
        assert found.counts[i] == here.sum()
        if here.any():
            assert found.confidence[i] == pytest.approx(p[here].mean())
            assert found.frequency[i] == pytest.approx(y[here].mean())
        else:
            assert np.isnan([found.confidence[i], found.frequency[i]]).all()
    assert 0 <= found.expected_error <= 1


@pytest.mark.parametrize("bins", [3, 7, 10, 100, 1000])
def test_an_edge_opens_its_own_bin(bins):
    """i/B as it is typed, and in decimals: 0.29, 0.57 and 0.58 of 100 bins are no exceptions."""
    p = [i / bins for i in range(bins)]
    assert reliability([1] * bins, p, bins=bins).counts.tolist() == [1] * bins
    just_below = np.nextafter(p[1:], 0)
    assert reliability([1] * (bins - 1), just_below, bins=bins).counts.tolist()[:-1] == [1] * (
        bins - 1
    )
    if bins in (10, 100, 1000):
        decimals = [float(f"{i}e-{len(str(bins)) - 1}") for i in range(bins)]
        assert reliability([1] * bins, decimals, bins=bins).counts.tolist() == [1] * bins


def test_the_last_bin_holds_one():
    assert reliability([1, 0], [1.0, 0.0], bins=4).counts.tolist() == [1, 0, 0, 1]


MISTAKES = [
    (lambda: brier([0, 1], [0.5]), ShapeError, "brier: expected labels and p of one shape"),
    (lambda: brier([2], [0.5]), DomainError, "brier: expected labels 0 and 1"),
    (lambda: brier([1], [1.5]), DomainError, "brier: expected 0 ≤ p ≤ 1"),
    (lambda: brier_parts([1], [-0.5]), DomainError, "brier_parts: expected 0 ≤ p ≤ 1"),
    (
        lambda: reliability([1], [0.5], bins=0),
        DomainError,
        "reliability: expected an integer 1 ≤ bins ≤ 1e6",
    ),
    (lambda: reliability([], []), DomainError, "at least 1 number in labels"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
