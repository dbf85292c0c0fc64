"""Dirichlet's law: against SciPy, its moments, and beta as its simplest case."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.probability import Beta, Dirichlet


def rng(seed=0):
    return np.random.default_rng(seed)


@given(st.lists(st.floats(0.2, 20), min_size=2, max_size=5), st.integers(0, 999))
def test_dirichlet_agrees_with_scipy(alpha, seed):
    law, p = Dirichlet(tuple(alpha)), rng(seed).dirichlet(np.ones(len(alpha)))
    scipys = scipy.stats.dirichlet(alpha)
    assert_allclose(law.log_density(p), scipys.logpdf(p), rtol=1e-10, atol=1e-12)
    assert_allclose(law.density(p), scipys.pdf(p), rtol=1e-9)
    assert_allclose(law.mean, scipys.mean(), rtol=1e-12)
    assert_allclose(law.covariance, scipys.cov(), rtol=1e-10, atol=1e-15)


def test_dirichlet_of_two_is_beta_and_draws_as_it_says():
    law = Dirichlet((2.0, 5.0))
    assert_allclose(law.log_density([0.3, 0.7]), Beta(2, 5).log_density(0.3), rtol=1e-12)
    p = law.sample(100_000, rng=rng(7))
    assert_allclose(p.sum(axis=1), 1)
    shares = np.sort(Beta(2, 5).cdf(p[:, 0]))
    assert scipy.stats.kstwo.sf(np.abs(shares - np.arange(1e5) / 1e5).max(), 100_000) > 0.001
    assert law.log_density([[0.3, 0.6], [1.0, 0.0]]).tolist() == [-np.inf, -np.inf]


MISTAKES = [
    (lambda: Dirichlet((1.0,)), DomainError, "at least 2 numbers in alpha"),
    (
        lambda: Dirichlet((1.0, 0.0)),
        DomainError,
        "Dirichlet: expected 0 < alpha ≤ 1e300, got 0 at index 1",
    ),
    (lambda: Dirichlet((1.0, 1.0)).log_density([1.0]), ShapeError, r"p of shape \(…, 2\)"),
    (
        lambda: Dirichlet((1.0, 1.0)).sample(0.5, rng=rng()),
        DomainError,
        r"Dirichlet\.sample: expected an integer n ≥ 0, got 0\.5",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
