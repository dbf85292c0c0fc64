"""Belief after data: the product of prior and likelihood, on a grid, has the same shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.probability import Beta, Dirichlet, Gamma, Normal
from engine.probability.conjugate import (
    beta_binomial,
    dirichlet_categorical,
    gamma_poisson,
    normal_normal,
)


def same_shape(after, product):
    """Log densities that differ by a constant only: P(data)."""
    assert np.ptp(after - product) < 1e-8


def test_seven_of_ten_after_an_even_prior():
    after = beta_binomial(Beta(1, 1), 7, 10)
    assert after == Beta(8, 4)
    assert after.mean == pytest.approx(2 / 3)
    assert after.mode == pytest.approx(0.7)


@given(st.floats(0.5, 9), st.floats(0.5, 9), st.integers(0, 20), st.integers(0, 20))
def test_beta_and_coins(a, b, heads, tails):
    p = np.linspace(0.01, 0.99, 33)
    after = beta_binomial(Beta(a, b), heads, heads + tails)
    likelihood = heads * np.log(p) + tails * np.log1p(-p)
    same_shape(after.log_density(p), Beta(a, b).log_density(p) + likelihood)
    step = beta_binomial(Beta(a, b), heads, heads)
    assert_allclose([after.a, after.b], [step.a, beta_binomial(step, 0, tails).b])


@given(st.floats(0.5, 9), st.floats(0.5, 9), st.lists(st.integers(0, 20), max_size=6))
def test_gamma_and_counts(shape, rate, counts):
    after, x = gamma_poisson(Gamma(shape, rate), counts), np.linspace(0.1, 20, 33)
    likelihood = sum(counts) * np.log(x) - len(counts) * x
    same_shape(after.log_density(x), Gamma(shape, rate).log_density(x) + likelihood)


@given(
    st.floats(-5, 5), st.floats(0.2, 5), st.lists(st.floats(-5, 5), max_size=6), st.floats(0.2, 5)
)
def test_normal_and_measurements(mu, sigma, x, noise):
    after, m = normal_normal(Normal(mu, sigma), x, noise), np.linspace(-5, 5, 33)
    likelihood = -np.square((np.array(x)[:, None] - m) / noise).sum(axis=0) / 2
    same_shape(after.log_density(m), Normal(mu, sigma).log_density(m) + likelihood)
    in_parts = Normal(mu, sigma)
    for one in x:
        in_parts = normal_normal(in_parts, [one], noise)
    assert_allclose([after.mu, after.sigma], [in_parts.mu, in_parts.sigma], rtol=1e-9, atol=1e-9)


def test_dirichlet_and_faces():
    prior, counts = Dirichlet((1.0, 2.0, 0.5)), np.array([4, 0, 3])
    p = np.random.default_rng(0).dirichlet(np.ones(3), 20)
    after = dirichlet_categorical(prior, counts)
    same_shape(after.log_density(p), prior.log_density(p) + np.log(p) @ counts)
    assert dirichlet_categorical(Dirichlet((1.0, 1.0)), [0, 0]).mean.tolist() == [0.5, 0.5]


MISTAKES = [
    (
        lambda: beta_binomial(Beta(1, 1), 3, 2),
        DomainError,
        "beta_binomial: expected an integer 0 ≤ successes ≤ 2",
    ),
    (
        lambda: beta_binomial(Beta(1, 1), 0.5, 2),
        DomainError,
        r"beta_binomial: expected an integer 0 ≤ successes ≤ 2, got 0\.5",
    ),
    (
        lambda: gamma_poisson(Gamma(1, 1), [-1]),
        DomainError,
        r"gamma_poisson: expected 0 ≤ counts ≤ 9\.0072e15",
    ),
    (lambda: gamma_poisson(Gamma(1, 1), 1), ShapeError, r"counts of shape \(N,\)"),
    (
        lambda: normal_normal(Normal(), [1], 0),
        DomainError,
        "normal_normal: expected 0 < sigma < ∞",
    ),
    (lambda: normal_normal(Normal(), [np.nan], 1), DomainError, "expected finite x"),
    (
        lambda: dirichlet_categorical(Dirichlet((1, 1)), [1]),
        ShapeError,
        r"dirichlet_categorical: expected counts of shape \(2,\)",
    ),
    (
        lambda: dirichlet_categorical(Dirichlet((1, 1)), [1, 0.5]),
        DomainError,
        r"dirichlet_categorical: expected integer counts, got \[0\.5\]",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
