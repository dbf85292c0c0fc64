"""Bayes' rule: the known puzzles to their digits, and each by counting or drawing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.probability.bayes import birthday, medical_test, monty_hall, posterior

SHARE = st.floats(0, 1)


def test_a_rare_illness_and_a_good_test():
    found = medical_test(0.01, 0.9, 0.09)
    assert round(100 * found.if_positive, 3) == 9.174
    assert found.positive == pytest.approx(0.009 + 0.0891)


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_a_test_is_bayes_rule_with_two_causes(prevalence, sensitivity, alarm):
    found = medical_test(prevalence, sensitivity, alarm)
    ill = [prevalence, 1 - prevalence]
    assert found.if_positive == pytest.approx(posterior(ill, [sensitivity, alarm])[0])
    assert found.if_negative == pytest.approx(posterior(ill, [1 - sensitivity, 1 - alarm])[0])
    average = found.positive * found.if_positive + (1 - found.positive) * found.if_negative
    assert average == pytest.approx(prevalence)


def test_a_result_that_never_comes_means_nothing():
    assert math.isnan(medical_test(0.5, 0, 0).if_positive)
    assert math.isnan(medical_test(0.5, 1, 1).if_negative)


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=6), st.integers(0, 99))
def test_data_in_two_parts_are_data_at_once(weights, seed):
    prior = np.array(weights) / sum(weights)
    first, second = np.random.default_rng(seed).uniform(0.1, 9, (2, len(prior)))
    both = posterior(prior, first * second)
    assert_allclose(posterior(posterior(prior, first), second), both)
    assert both.sum() == pytest.approx(1)
    assert_allclose(posterior(prior, np.full(len(prior), 1e-320)), prior, rtol=1e-3)


def test_birthdays():
    assert round(birthday(23), 5) == 0.50730
    assert birthday(22) < 0.5
    assert [birthday(0), birthday(1), birthday(366), birthday(3, 2)] == [0, 0, 1, 1]
    assert birthday(2, 7) == pytest.approx(1 / 7)


def test_the_goat():
    assert monty_hall() == pytest.approx((1 / 3, 2 / 3))
    assert monty_hall(100, 98) == pytest.approx((0.01, 0.99))
    assert monty_hall(5, 0) == pytest.approx((0.2, 0.2))
    # You took door 0, the host opened door 2: he had the choice only if the prize is behind 0.
    assert_allclose(posterior(np.full(3, 1 / 3), [0.5, 1, 0]), [1 / 3, 2 / 3, 0])
    prize, opened = np.random.default_rng(0).integers(0, [[3], [2]], (2, 100_000))
    shown = np.where(prize == 0, 1 + opened, 3 - prize)
    assert (3 - shown == prize).mean() == pytest.approx(2 / 3, abs=0.006)


MISTAKES = [
    (
        lambda: posterior([0.5, 0.6], [1, 1]),
        DomainError,
        "posterior: expected prior with the sum 1",
    ),
    (
        lambda: posterior([1.0], [1, 1]),
        ShapeError,
        r"posterior: expected likelihood of shape \(1,\), got \(2,\)",
    ),
    (lambda: posterior([0.5, 0.5], [-1, 1]), DomainError, "expected 0 ≤ likelihood < ∞"),
    (lambda: posterior([0.5, 0.5], [np.inf, 1]), DomainError, "expected 0 ≤ likelihood < ∞"),
    (lambda: posterior([1, 0], [0, 1]), DomainError, "expected data possible under some cause"),
    (lambda: medical_test(1.1, 0, 0), DomainError, "expected 0 ≤ prevalence ≤ 1, got 1.1"),
    (lambda: medical_test(0, -1, 0), DomainError, "expected 0 ≤ sensitivity ≤ 1"),
    (lambda: medical_test(0, 0, math.nan), DomainError, "expected 0 ≤ false_alarm ≤ 1, got nan"),
    (lambda: birthday(-1), DomainError, "birthday: expected an integer people ≥ 0"),
    (lambda: birthday(2, 0), DomainError, "birthday: expected an integer days ≥ 1"),
    (lambda: monty_hall(2), DomainError, "monty_hall: expected an integer doors ≥ 3"),
    (lambda: monty_hall(3, 2), DomainError, "monty_hall: expected an integer 0 ≤ opened ≤ 1"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
