"""Incomplete gamma and beta: against SciPy, each other, and themselves turned round."""

from decimal import Decimal, getcontext

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError
from engine.probability.incomplete import (
    incomplete_beta,
    incomplete_gamma,
    inverse_incomplete_beta,
    inverse_incomplete_gamma,
)

SHAPES = st.floats(-2, 3).map(lambda e: 10**e)
SHARES = st.floats(1e-12, 1 - 1e-12)
DEVIATIONS = st.floats(-5, 5)


@given(SHAPES, DEVIATIONS)
def test_gamma_tails_agree_with_scipy(a, z):
    x = max(a + z * np.sqrt(a), a / 10)
    lower, upper = incomplete_gamma(a, x)
    assert_allclose(lower, scipy.special.gammainc(a, x), rtol=1e-10)
    assert_allclose(upper, scipy.special.gammaincc(a, x), rtol=1e-10)
    assert lower + upper == pytest.approx(1, abs=1e-15)


@given(SHAPES, SHAPES, DEVIATIONS)
def test_beta_tails_agree_with_scipy(a, b, z):
    m = a / (a + b)
    x = m + z * np.sqrt(m * (1 - m) / (a + b + 1))
    x = x if 0 < x < 1 else m
    lower, upper = incomplete_beta(a, b, x)
    assert_allclose(lower, scipy.special.betainc(a, b, x), rtol=1e-10)
    assert_allclose(upper, scipy.special.betaincc(a, b, x), rtol=1e-10)


@given(SHAPES, SHARES)
def test_gamma_inverse_agrees_with_scipy_and_goes_back(a, p):
    x = inverse_incomplete_gamma(a, p, 1 - p)
    want = scipy.special.gammaincinv(a, p) if p < 0.5 else scipy.special.gammainccinv(a, 1 - p)
    if want > 1e-290:
        assert_allclose(x, want, rtol=1e-10)
        assert_allclose(incomplete_gamma(a, x)[0], p, rtol=1e-10)


@given(SHAPES, SHAPES, SHARES)
def test_beta_inverse_goes_back(a, b, p):
    x, y = inverse_incomplete_beta(a, b, p, 1 - p)
    assert x + y == pytest.approx(1, abs=1e-15)
    if min(x, y) > 1e-290:
        lower, upper = incomplete_beta(a, b, x, y)
        assert_allclose(lower, p, rtol=1e-10)
        assert_allclose(upper, 1 - p, rtol=1e-10)


@given(st.floats(0.05, 300), st.floats(0.05, 300), st.floats(1e-6, 1 - 1e-6))
def test_beta_inverse_agrees_with_scipy(a, b, p):
    x, _ = inverse_incomplete_beta(a, b, p, 1 - p)
    assert_allclose(x, scipy.special.betaincinv(a, b, p), rtol=1e-10, atol=1e-290)


@given(SHAPES, SHAPES, st.floats(0, 1))
def test_beta_turned_round_is_the_other_tail(a, b, x):
    lower, upper = incomplete_beta(a, b, x, 1 - x)
    again, still = incomplete_beta(b, a, 1 - x, x)
    assert_allclose([lower, upper], [still, again], rtol=1e-13)


def test_far_tails_of_large_shapes_keep_their_digits():
    """x eᵃ… summed in 50 digits; SciPy 1.17 is 5·10⁻⁷ off here."""
    getcontext().prec = 50
    a, x = 800_000, Decimal(795_300)
    pi = Decimal("3.14159265358979323846264338327950288419716939937511")
    n = Decimal(a)
    log_factorial = n * n.ln() - n + (2 * pi * n).ln() / 2 + 1 / (12 * n) - 1 / (360 * n**3)
    term = total = Decimal(1)
    for k in range(1, 20_000):
        term *= x / (a + k)
        total += term
    exact = float((n * x.ln() - x - log_factorial).exp() * total)
    lower, _ = incomplete_gamma(a, float(x))
    assert_allclose(lower, exact, rtol=1e-10)


def test_the_largest_shapes_answer():
    assert_allclose(incomplete_beta(1e8, 1e8, 0.5), [0.5, 0.5], rtol=1e-10)
    # Median of gamma: a − 1/3 + …, where P is ½.
    assert_allclose(incomplete_gamma(1e8, 1e8 - 1 / 3)[0], 0.5, atol=1e-12)


def test_ends():
    assert np.array(incomplete_gamma(2, [0.0, np.inf])).tolist() == [[0, 1], [1, 0]]
    assert np.array(incomplete_beta(2, 3, [0.0, 1.0])).tolist() == [[0, 1], [1, 0]]
    assert inverse_incomplete_gamma(2, [0.0, 1.0], [1.0, 0.0]).tolist() == [0, np.inf]
    assert np.array(inverse_incomplete_beta(2, 3, [0.0, 1.0], [1.0, 0.0])).tolist() == [
        [0, 1],
        [1, 0],
    ]


MISTAKES = [
    (lambda: incomplete_gamma(0, 1), "incomplete_gamma: expected a > 0, got 0"),
    (lambda: incomplete_gamma(1, -1), "incomplete_gamma: expected x ≥ 0, got -1"),
    (lambda: incomplete_gamma(1e9, 1e9), "expected a ≤ 1e8 or x ≤ 1e8"),
    (lambda: incomplete_gamma(1, np.nan), "incomplete_gamma: expected x ≥ 0, got nan"),
    (lambda: incomplete_beta(0, 1, 0.5), "expected .* a ≤ 1e8"),
    (lambda: incomplete_beta(1, 1e9, 0.5), "expected 0 < b ≤ 1e8"),
    (lambda: incomplete_beta(1, 1, 1.5), "expected 0 ≤ x ≤ 1"),
    (lambda: incomplete_beta(1, 1, 0.5, -0.5), "expected 0 ≤ y ≤ 1"),
    (lambda: inverse_incomplete_gamma(-1, 0.5, 0.5), "expected .* a ≤ 1e8"),
    (lambda: inverse_incomplete_gamma(1, 1.5, 0.5), "expected 0 ≤ p ≤ 1"),
    (
        lambda: inverse_incomplete_beta(1, 0, 0.5, 0.5),
        "inverse_incomplete_beta: expected 1e-300 ≤ b ≤ 1e8, got 0",
    ),
    (lambda: inverse_incomplete_beta(1, 1, 0.5, -0.5), "expected 0 ≤ q ≤ 1"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, message):
    with pytest.raises(DomainError, match=message):
        mistake()
