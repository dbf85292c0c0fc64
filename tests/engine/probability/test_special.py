"""Γ and its relatives, and the normal's tail: against SciPy, and where SciPy loses digits too."""

import math
from decimal import Decimal, getcontext

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.probability.special import (
    deviance,
    digamma,
    erfc,
    log_binomial,
    log_gamma,
    log_poisson,
    normal_quantile,
    normal_tail,
    stirling_error,
    trigamma,
)

SIZES = st.floats(-3, 8).map(lambda e: 10**e)


@given(SIZES)
def test_gamma_and_its_derivatives_agree_with_scipy(x):
    assert_allclose(log_gamma(x), scipy.special.gammaln(x), rtol=1e-13, atol=1e-14)
    assert_allclose(digamma(x), scipy.special.digamma(x), rtol=1e-13, atol=1e-15)
    assert_allclose(trigamma(x), scipy.special.polygamma(1, x), rtol=1e-13)


@given(SIZES)
def test_digamma_climbs_by_one_over_x(x):
    assert_allclose(digamma(x + 1) - digamma(x), 1 / x, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("n", [1, 2, 10, 14, 15, 16, 100, 170])
def test_stirlings_error_is_what_exact_factorials_say(n):
    getcontext().prec = 50
    half_log = (2 * Decimal("3.14159265358979323846264338327950288419716939937511")).ln() / 2
    exact = Decimal(math.factorial(n)).ln() - (n + Decimal("0.5")) * Decimal(n).ln() + n - half_log
    assert_allclose(stirling_error(n), float(exact), rtol=1e-12, atol=1e-14)


@given(st.floats(0.1, 1e6), st.floats(-0.5, 0.5))
def test_deviance_keeps_its_digits_near_zero(m, u):
    """Against its definition in 50 digits."""
    getcontext().prec = 50
    x = m * (1 + u)
    exact = Decimal(x) * (Decimal(x) / Decimal(m)).ln() + Decimal(m) - Decimal(x)
    assert_allclose(deviance(x, m), float(exact), rtol=1e-12, atol=1e-45)


@pytest.mark.parametrize("n", [10, 1000, 10**6])
def test_binomial_terms_equal_exact_fractions(n):
    getcontext().prec = 60
    for k in (0, 1, n // 3, n // 2, n):
        choose = Decimal(math.comb(n, k)) if n <= 1000 else None
        if choose is None:
            log = scipy.special.betaln(1 + n - k, 1 + k) + math.log(n + 1)
            assert_allclose(log_binomial(k, n - k, 0.5, 0.5), -log - n * math.log(2), rtol=1e-8)
        else:
            exact = choose / Decimal(2) ** n
            got = np.exp(log_binomial(k, n - k, 0.5, 0.5))
            assert_allclose(got, float(exact), rtol=1e-12)


def test_poisson_terms_of_large_counts_equal_fifty_digits():
    """Here ln Γ itself would leave seven digits at most."""
    getcontext().prec = 60
    for n in (10**4, 10**6):
        log_factorial = sum(Decimal(k).ln() for k in range(2, n + 1)) if n == 10**4 else None
        if log_factorial is None:
            a, pi = Decimal(n), Decimal("3.14159265358979323846264338327950288419716939937511")
            log_factorial = (
                a * a.ln() - a + (2 * pi * a).ln() / 2
                + 1 / (12 * a) - 1 / (360 * a**3) + 1 / (1260 * a**5) - 1 / (1680 * a**7)
            )  # fmt: skip
        for x in (n, n + 3 * n**0.5):
            exact = n * Decimal(x).ln() - Decimal(x) - log_factorial
            assert_allclose(log_poisson(n, x), float(exact), rtol=1e-13)


def test_powers_of_nothing_are_one():
    assert log_poisson(0, 0.0) == 0
    assert log_poisson(2, 0.0) == -np.inf
    assert log_poisson(0, 3.0) == -3
    assert log_binomial(0, 5, 0.0, 1.0) == 0
    assert log_binomial(5, 0, 0.0, 1.0) == -np.inf
    assert log_binomial(0, 0, 0.0, 1.0) == 0
    assert_allclose(log_binomial(1, 0, 1 - 1e-20, 1e-20), -1e-20)


@given(st.floats(-37, 37))
def test_normal_tail_and_quantile_agree_with_scipy(z):
    assert_allclose(normal_tail(z), scipy.special.ndtr(-z), rtol=1e-12)
    assert_allclose(erfc(z), scipy.special.erfc(z), rtol=1e-12, atol=1e-300)
    assert_allclose(
        normal_quantile(normal_tail(z)), scipy.special.ndtri(normal_tail(z)), rtol=1e-12
    )


@given(st.floats(-300, -1e-9).map(lambda e: 10**e))
def test_normal_quantile_agrees_with_scipy_far_out(p):
    assert_allclose(normal_quantile(p), scipy.special.ndtri(p), rtol=1e-13)
    if p < 1e-3:
        assert normal_quantile(1.0, p) == -normal_quantile(p)


@given(st.floats(-1e-3, 1e-3))
def test_normal_quantile_keeps_its_digits_in_the_middle(z):
    p = 0.5 + z
    if p != 0.5:
        assert_allclose(
            normal_quantile(p), math.sqrt(2) * scipy.special.erfinv(2 * p - 1), rtol=1e-13
        )


def test_normal_quantile_at_its_ends():
    assert normal_quantile([0.0, 0.5, 1.0]).tolist() == [-np.inf, 0.0, np.inf]
