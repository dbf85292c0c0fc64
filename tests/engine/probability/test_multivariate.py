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
    shares = np.sort(ChiSquare(3).cdf(law.distance(x) ** 2))
    distance = np.abs(shares - np.arange(100_000) / 100_000).max()
    assert scipy.stats.kstwo.sf(distance, 100_000) > 0.001
    assert_allclose(x.mean(axis=0), law.mean, atol=0.03)
    assert_allclose(np.cov(x.T), law.covariance, atol=0.15)


def test_a_distance_survives_squares_beyond_the_range():
    tiny = MultivariateNormal([0, 0], 1e-300 * np.eye(2))
    assert_allclose(tiny.distance([3e10, 4e10]), 5e160, rtol=1e-14)
    assert UNIT.distance([3e200, 4e200]) == pytest.approx(5e200, rel=1e-14)
    assert tiny.distance([0, 0]) == 0
    assert MultivariateNormal([0], [[2.0**-1060]]).distance([1]) == 2.0**530
    assert tiny.distance([1e300, 1]) == UNIT.distance([-np.inf, 0]) == np.inf
    assert UNIT.log_density([1e200, 0]) == tiny.log_density([1e10, 0]) == -np.inf


@given(st.integers(2, 5), st.integers(0, 999), st.data())
def test_a_joint_density_is_that_of_the_known_times_the_conditional(D, seed, data):
    law, x = cloud(D, seed), rng(seed + 3).standard_normal(D)
    known = sorted(data.draw(st.sets(st.integers(0, D - 1), min_size=1, max_size=D - 1)))
    rest = [i for i in range(D) if i not in known]
    later = law.conditional({i: x[i] for i in known}).log_density(x[rest])
    first = law.marginal(known).log_density(x[known])
    assert_allclose(law.log_density(x), first + later, rtol=1e-9, atol=1e-9)


def test_what_is_independent_learns_nothing_and_nothing_known_changes_nothing():
    law = MultivariateNormal([1, 2, 3], np.diag([1.0, 4, 9]))
    rest = law.conditional({1: -7.0})
    assert (rest.mean.tolist(), rest.covariance.tolist()) == ([1, 3], [[1, 0], [0, 9]])
    same = law.conditional({})
    assert same.covariance.tolist() == law.covariance.tolist()


UNIT = MultivariateNormal([0, 0], np.eye(2))
MISTAKES = [
    (lambda: MultivariateNormal([[0]], [[1]]), ShapeError, r"expected mu of shape \(N,\)"),
    (lambda: MultivariateNormal([0, 0], [[1]]), ShapeError, r"expected sigma of shape \(2, 2\)"),
    (lambda: MultivariateNormal([np.inf], [[1]]), DomainError, "expected finite mu"),
    (
        lambda: MultivariateNormal([0], [[np.nan]]),
        DomainError,
        "MultivariateNormal: expected finite sigma",
    ),
    (lambda: MultivariateNormal([0, 0], [[1, 2], [0, 1]]), DomainError, "expected sigma symmetric"),
    (
        lambda: MultivariateNormal([0, 0], [[1, 2], [2, 1]]),
        DomainError,
        "expected a positive definite sigma, got one with the eigenvalue -1",
    ),
    (lambda: UNIT.density([0.0]), ShapeError, r"expected x of shape \(…, 2\), got \(1,\)"),
    (lambda: UNIT.density([0.0, np.nan]), DomainError, "expected x without NaN"),
    (lambda: UNIT.sample(-1, rng=rng()), DomainError, "expected an integer n ≥ 0"),
    (
        lambda: MultivariateNormal([0], [[np.inf]]),
        DomainError,
        "MultivariateNormal: expected finite sigma",
    ),
    (
        lambda: MultivariateNormal([0, 0], [[1, 1e-3], [0, 1]]),
        DomainError,
        "expected sigma symmetric",
    ),
    (
        lambda: MultivariateNormal([0, 0], [[1e308, -1e308], [1e308, 1e308]]),
        DomainError,
        "expected sigma symmetric",
    ),
    (
        lambda: UNIT.sample("x", rng=rng()),
        DomainError,
        r"MultivariateNormal\.sample: expected an integer n ≥ 0",
    ),
    (lambda: UNIT.sample([1, 2], rng=rng()), DomainError, "expected an integer n ≥ 0"),
    (lambda: UNIT.conditional({0: np.inf}), DomainError, "expected finite values"),
    (lambda: UNIT.conditional({2: 0}), DomainError, "some of the coordinates 0 to 1, not all, got"),
    (lambda: UNIT.conditional({0: 0, 1: 0}), DomainError, r"not all, got \[0, 1\]"),
    (lambda: UNIT.conditional({0: "a"}), DomainError, "values of real numbers"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
