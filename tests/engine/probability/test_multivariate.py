"""The normal in D dimensions: against SciPy, and its moments."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.probability import ChiSquare, MultivariateNormal, Normal


def rng(seed=0):
    return np.random.default_rng(seed)


def cloud(D, seed):
    A = rng(seed).standard_normal((D, D))
    return MultivariateNormal(rng(seed + 1).standard_normal(D), A @ A.T + 0.1 * np.eye(D))


@given(st.integers(1, 6), st.integers(0, 999))
def test_normal_agrees_with_scipy(D, seed):
    law, x = cloud(D, seed), 3 * rng(seed + 2).standard_normal((4, 2, D))
    scipys = scipy.stats.multivariate_normal(law.mean, law.covariance)
    assert_allclose(law.log_density(x), scipys.logpdf(x), rtol=1e-10)
    assert_allclose(law.density(x[0, 0]), scipys.pdf(x[0, 0]), rtol=1e-10)
    assert_allclose(law.factor @ law.factor.T, law.covariance, atol=1e-13)


def test_in_one_dimension_it_is_the_normal():
    x = np.linspace(-3, 3, 7)
    assert_allclose(MultivariateNormal([1], [[4]]).density(x[:, None]), Normal(1, 2).density(x))


def test_squared_distances_of_draws_are_chi_square():
    law = cloud(3, 5)
    x = law.sample(100_000, rng=rng(6))
    shares = np.sort(ChiSquare(3).cumulative(law.distance(x) ** 2))
    distance = np.abs(shares - np.arange(100_000) / 100_000).max()
    assert scipy.stats.kstwo.sf(distance, 100_000) > 0.001
    assert_allclose(x.mean(axis=0), law.mean, atol=0.03)
    assert_allclose(np.cov(x.T), law.covariance, atol=0.15)


@given(st.integers(2, 5), st.integers(0, 999), st.floats(-3, 3))
def test_a_joint_density_is_that_of_the_first_times_the_conditional(D, seed, at):
    law = cloud(D, seed)
    mean, covariance = law.conditional(at)
    rest = rng(seed + 3).standard_normal(D - 1)
    first = Normal(law.mean[0], np.sqrt(law.covariance[0, 0])).log_density(at)
    later = MultivariateNormal(mean, (covariance + covariance.T) / 2).log_density(rest)
    assert_allclose(law.log_density(np.append(at, rest)), first + later, rtol=1e-9, atol=1e-9)


UNIT = MultivariateNormal([0, 0], np.eye(2))
MISTAKES = [
    (lambda: MultivariateNormal([[0]], [[1]]), ShapeError, r"expected mu of shape \(N,\)"),
    (lambda: MultivariateNormal([0, 0], [[1]]), ShapeError, r"expected sigma of shape \(2, 2\)"),
    (lambda: MultivariateNormal([np.inf], [[1]]), DomainError, "expected finite mu"),
    (lambda: MultivariateNormal([0], [[np.nan]]), DomainError, "expected sigma without NaN"),
    (lambda: MultivariateNormal([0, 0], [[1, 2], [0, 1]]), DomainError, "a symmetric sigma"),
    (
        lambda: MultivariateNormal([0, 0], [[1, 2], [2, 1]]),
        DomainError,
        "expected a positive definite sigma, got one with the eigenvalue -1",
    ),
    (lambda: UNIT.density([0.0]), ShapeError, r"expected x of shape \(…, 2\), got \(1,\)"),
    (lambda: UNIT.density([0.0, np.nan]), DomainError, "expected x without NaN"),
    (lambda: UNIT.sample(-1, rng=rng()), DomainError, "expected a whole n ≥ 0"),
    (lambda: UNIT.conditional(np.inf), DomainError, "expected a finite value"),
    (lambda: MultivariateNormal([0], [[1]]).conditional(0), DomainError, "at least 2 dimensions"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
