"""Kernel density: SciPy's in one dimension, a sum of products in more, and what is an anomaly."""

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.probability.density import KernelDensity, scott


def rng(seed=0):
    return np.random.default_rng(seed)


@given(st.integers(2, 40), st.integers(0, 99))
def test_in_one_dimension_it_agrees_with_scipy(N, seed):
    x = rng(seed).standard_normal(N)
    X, at = x[:, None], np.linspace(-3, 3, 13)
    want = scipy.stats.gaussian_kde(x)
    assert_allclose(scott(X), want.factor * x.std(ddof=1), rtol=1e-12)
    assert_allclose(KernelDensity(X, scott(X)).density(at[:, None]), want(at), rtol=1e-10)


@given(st.integers(1, 20), st.integers(1, 4), st.integers(0, 99))
def test_it_is_the_mean_of_products_of_normals(N, D, seed):
    X, h = rng(seed).standard_normal((N, D)), rng(seed + 1).uniform(0.1, 2, D)
    x = rng(seed + 2).standard_normal((3, 2, D))
    hills = scipy.stats.norm.pdf(x[:, :, None], X, h).prod(axis=-1)  # (3, 2, N)
    assert_allclose(KernelDensity(X, h).density(x), hills.mean(axis=-1), rtol=1e-10)


def test_it_integrates_to_one():
    smooth = KernelDensity(rng(1).standard_normal((9, 1)), 0.3)
    area, _ = scipy.integrate.quad(lambda x: float(smooth.density([x])), -8, 8, limit=200)
    assert area == pytest.approx(1, abs=1e-9)


def test_leaving_one_out_is_what_it_says():
    X = rng(2).standard_normal((12, 2))
    each = [KernelDensity(np.delete(X, i, axis=0), 0.5).log_density(X[i]) for i in range(12)]
    assert_allclose(KernelDensity(X, 0.5).leave_one_out(), each, rtol=1e-12)


def test_a_bandwidth_too_small_or_too_large_explains_what_was_left_out_badly():
    X = rng(3).standard_normal((200, 1))
    good = KernelDensity(X, scott(X)).leave_one_out().mean()
    assert good > KernelDensity(X, scott(X) / 20).leave_one_out().mean()
    assert good > KernelDensity(X, scott(X) * 20).leave_one_out().mean()


def test_the_threshold_raises_as_many_false_alarms_as_stated_and_finds_what_is_strange():
    X = rng(4).standard_normal((1000, 2))
    smooth = KernelDensity(X, scott(X))
    limit = smooth.threshold(0.05)
    alarms = (smooth.score(rng(5).standard_normal((2000, 2))) > limit).mean()
    assert alarms == pytest.approx(0.05, abs=0.025)
    assert (smooth.score(rng(6).normal(6, 1, (50, 2))) > limit).all()
    assert (-smooth.leave_one_out() > limit).mean() == pytest.approx(0.05, abs=0.001)


def test_far_out_it_still_tells_how_far():
    score = KernelDensity([[0.0, 0.0]], 1.0).score([[1e3, 0], [2e3, 0], [1e6, 0]])
    assert (np.diff(score) > 0).all()
    assert score[0] == pytest.approx(5e5 + np.log(2 * np.pi))


def test_draws_follow_the_density():
    smooth = KernelDensity([[-2.0], [1.0]], 0.5)
    x = smooth.sample(100_000, rng=rng(7))[:, 0]

    def cdf(x):
        return (scipy.stats.norm.cdf(x, -2, 0.5) + scipy.stats.norm.cdf(x, 1, 0.5)) / 2

    assert scipy.stats.kstest(x, cdf).pvalue > 0.001


def test_many_points_are_worked_off_in_parts():
    smooth = KernelDensity(rng(8).standard_normal((3000, 2)), 0.2)
    x = rng(9).standard_normal((1000, 2))
    whole = smooth.log_density(x)
    assert_allclose(
        whole[[0, 500, 999]], [smooth.log_density(x[i]) for i in (0, 500, 999)], rtol=1e-12
    )


ONE = KernelDensity([[0.0]], 1.0)
MISTAKES = [
    (lambda: scott([[1]]), DomainError, "scott: expected at least 2 rows in X"),
    (lambda: scott([[1, 2], [1, 3]]), DomainError, "columns that vary, got column 0 constant"),
    (lambda: KernelDensity([1], 1), ShapeError, r"KernelDensity: expected X of shape \(N, D\)"),
    (lambda: KernelDensity([[1]], [1, 2]), ShapeError, r"expected h of shape \(1,\), got \(2,\)"),
    (lambda: KernelDensity([[1]], 0), DomainError, "KernelDensity: expected 0 < h < ∞"),
    (lambda: ONE.density(0.0), ShapeError, r"expected x of shape \(…, 1\)"),
    (lambda: ONE.density([np.nan]), DomainError, "expected x without NaN"),
    (
        lambda: ONE.leave_one_out(),
        DomainError,
        r"KernelDensity\.leave_one_out: expected at least 2 points",
    ),
    (lambda: ONE.threshold(1), DomainError, "KernelDensity.threshold: expected 0 < fraction < 1"),
    (
        lambda: ONE.sample(-1, rng=rng()),
        DomainError,
        r"KernelDensity\.sample: expected an integer n ≥ 0",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
