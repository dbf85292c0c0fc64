"""Covariance and correlation: NumPy's numbers, and what they do not see."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.probability import MultivariateNormal
from engine.probability.association import correlation, correlation_p_value, covariance


def rng(seed=0):
    return np.random.default_rng(seed)


@given(st.integers(2, 30), st.integers(1, 5), st.integers(0, 999))
def test_they_agree_with_numpy(N, D, seed):
    X = rng(seed).standard_normal((N, D)) * 10.0 ** np.arange(D) + 1e3
    S = covariance(X)
    assert_allclose(S, np.cov(X.T).reshape(D, D), rtol=1e-10, atol=1e-10)
    R = correlation(X)
    assert_allclose(R, np.corrcoef(X.T).reshape(D, D), rtol=1e-10, atol=1e-10)
    assert np.abs(R).max() <= 1
    assert_allclose(R, R.T)
    assert np.linalg.eigvalsh(S).min() > -1e-8 * np.trace(S)


def test_correlation_ignores_units_and_covariance_multiplies_them():
    X = rng(1).standard_normal((40, 2))
    scaled = X * [3, -0.5] + [7, 8]
    assert_allclose(correlation(scaled)[0, 1], -correlation(X)[0, 1])
    assert_allclose(covariance(scaled)[0, 1], -1.5 * covariance(X)[0, 1])
    x = np.linspace(-1, 1, 11)
    assert correlation(np.column_stack([x, x**2]))[0, 1] == pytest.approx(0, abs=1e-15)
    assert correlation(np.column_stack([x, 2 * x]))[0, 1] == pytest.approx(1, abs=1e-15)


@given(st.integers(3, 40), st.integers(0, 999))
def test_the_p_value_agrees_with_scipy(N, seed):
    x, y = rng(seed).standard_normal((2, N))
    want = scipy.stats.pearsonr(x, y)
    assert_allclose(correlation_p_value(x, y), want.pvalue, rtol=1e-9)
    assert correlation_p_value(x, 3 * x) < 1e-6


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_the_p_value_keeps_its_digits_beside_a_perfect_line(gap):
    """x and x + gap · z, z ⊥ x and ⊥ 1, of equal length: r² = 1/(1 + gap²), t = √(N−2)/gap."""
    x, z = np.array([-3.0, -1.0, 1.0, 3.0]), np.array([1.0, -3.0, 3.0, -1.0])
    want = 2 * scipy.stats.t(2).sf(np.sqrt(2) / gap)
    assert correlation_p_value(x, x + gap * z) == pytest.approx(want, rel=1e-5)
    assert correlation_p_value(x, 3 * x + 1) == correlation_p_value(x, 0.1 - x / 7) == 0


def test_p_values_are_uniform_under_the_null():
    p = [correlation_p_value(x, y) for x, y in rng(2).standard_normal((1000, 2, 10))]
    assert scipy.stats.kstest(p, "uniform").pvalue > 0.001


def test_draws_of_a_cloud_have_its_correlation():
    X = MultivariateNormal([0, 0], [[1, 0.8], [0.8, 1]]).sample(100_000, rng=rng(3))
    assert correlation(X)[0, 1] == pytest.approx(0.8, abs=0.005)


MISTAKES = [
    (lambda: covariance([[1, 2]]), DomainError, "covariance: expected at least 2 rows in X"),
    (lambda: covariance([1, 2]), ShapeError, r"expected X of shape \(N, D\)"),
    (
        lambda: correlation([[1, 2], [2, 2]]),
        DomainError,
        "correlation: expected columns that vary, got column 1 constant",
    ),
    (lambda: correlation_p_value([1, 2], [1, 2]), DomainError, "at least 3 numbers in x"),
    (lambda: correlation_p_value([1, 2, 3], [1, 2, 3, 4]), ShapeError, "x and y of one shape"),
    (lambda: correlation_p_value([1, 2, 3], [1, 1, 1]), DomainError, "columns that vary"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
