"""Maximum likelihood: no law nearby explains the data better, and the bias is what theory says."""

from dataclasses import astuple, replace
from itertools import product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.probability import (
    Bernoulli,
    Beta,
    ChiSquare,
    Exponential,
    Gamma,
    Geometric,
    Laplace,
    Normal,
    Poisson,
    Uniform,
)
from engine.probability.estimation import (
    FITS,
    fit,
    fit_binomial,
    fit_categorical,
    fit_multivariate_normal,
    variance,
    variance_bias,
)
from engine.probability.newton import beta_steps, chi_square_steps, gamma_steps, log_likelihood

TRUTHS = [
    Bernoulli(0.3), Geometric(0.2), Poisson(4.0), Normal(3, 2), Exponential(0.5), Laplace(-1, 3),
    Gamma(0.3, 2.0), Gamma(40.0, 5.0), ChiSquare(0.7), ChiSquare(12), Beta(0.4, 0.7), Beta(20, 4),
]  # fmt: skip


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("truth", TRUTHS, ids=repr)
def test_no_law_nearby_is_more_likely(truth):
    x = truth.sample(501, rng=rng(1))  # an odd number has one median
    best = fit(truth.name, x)
    top = log_likelihood(best, x)
    assert top >= log_likelihood(truth, x)
    names = list(best.__dataclass_fields__)
    for name, factor in product(names, (1 - 1e-3, 1 + 1e-3)):
        near = replace(best, **{name: getattr(best, name) * factor})
        assert log_likelihood(near, x) < top


@pytest.mark.parametrize("truth", TRUTHS, ids=repr)
def test_many_data_bring_the_truth_back(truth):
    found = fit(truth.name, truth.sample(200_000, rng=rng(2)))
    assert_allclose(astuple(found), astuple(truth), rtol=0.03)


def test_every_family_has_its_test():
    assert set(FITS) == {truth.name for truth in TRUTHS} | {"uniform", "categorical"}


@given(st.lists(st.floats(0.01, 0.99), min_size=3, max_size=30, unique=True))
def test_gamma_and_beta_agree_with_scipys_slopes(x):
    """At the top the equations hold: ψ against SciPy's, not ours."""
    x = np.array(x)
    if np.ptp(x) > 0.01:
        gamma = fit("gamma", x)
        gap = np.log(gamma.shape) - scipy.special.digamma(gamma.shape)
        assert_allclose(gap, np.log(x.mean()) - np.log(x).mean(), rtol=1e-8)
        assert gamma.mean == pytest.approx(x.mean(), rel=1e-12)
        beta = fit("beta", x)
        psi = scipy.special.digamma([beta.a, beta.b]) - scipy.special.digamma(beta.a + beta.b)
        assert_allclose(psi, [np.log(x).mean(), np.log1p(-x).mean()], rtol=1e-8)
    k = fit("chi_square", x).k
    assert_allclose(scipy.special.digamma(k / 2), np.log(x / 2).mean(), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize(
    ("steps", "truth"),
    [(gamma_steps, Gamma(3, 2)), (chi_square_steps, ChiSquare(5)), (beta_steps, Beta(2, 3))],
)
def test_steps_climb_and_end_where_the_slope_is_nothing(steps, truth):
    x = truth.sample(300, rng=rng(3))
    records = list(steps(x))
    assert [one.step for one in records] == list(range(len(records)))
    assert np.diff([one.log_likelihood for one in records]).min() >= -1e-14
    assert records[-1].slope < 1e-12
    assert len(records) <= 10
    assert records[-1].law == fit(truth.name, x)
    assert records[-1].log_likelihood == pytest.approx(log_likelihood(records[-1].law, x) / 300)


def test_gamma_of_very_even_and_very_uneven_data():
    even = fit("gamma", 1000 + rng(4).standard_normal(200))
    assert even.shape == pytest.approx(1e6, rel=0.3)
    uneven = fit("gamma", 10 ** rng(4).uniform(-12, 0, 200))
    assert 0.03 < uneven.shape < 0.2


def test_the_average_of_the_most_likely_variance_is_too_small_by_its_bias():
    """Exactly: over all 2ⁿ samples of a fair coin, whose variance is ¼."""
    for n in (2, 3, 8):
        samples = np.array(list(product([0.0, 1.0], repeat=n)))
        average = np.mean([variance(x, unbiased=False) for x in samples])
        assert average == pytest.approx(variance_bias(n) / 4, rel=1e-12)
        assert variance_bias(n) == (n - 1) / n
        assert np.mean([variance(x) for x in samples]) == pytest.approx(1 / 4, rel=1e-12)


def test_closed_forms():
    assert fit("uniform", [3, 1, 2]) == Uniform(1, 3)
    assert fit_binomial([2, 4], 6).p == 0.5
    assert fit_categorical([0, 2], K=4).p == (0.5, 0, 0.5, 0)
    X = rng(5).standard_normal((50, 3))
    found = fit_multivariate_normal(X)
    assert_allclose(found.mean, X.mean(axis=0))
    assert_allclose(found.covariance, np.cov(X.T, bias=True))
    assert fit("normal", [0, 2]) == Normal(1, 1)


MISTAKES = [
    (lambda: fit("gama", [1]), UnknownNameError, "No family to fit is called 'gama'"),
    (
        lambda: fit("bernoulli", [2]),
        DomainError,
        "fit_bernoulli: expected 0 ≤ x ≤ 1",
    ),
    (
        lambda: fit("poisson", [0.5]),
        DomainError,
        "fit_poisson: expected integers from 0 to 9007199254740992 in x",
    ),
    (lambda: fit("poisson", [0, 0]), DomainError, "Poisson: expected 0 < rate"),
    (lambda: fit("geometric", [0]), DomainError, r"fit_geometric: expected 1 ≤ x ≤ 9\.0072e15"),
    (
        lambda: fit_binomial([7], 6),
        DomainError,
        "fit_binomial: expected 0 ≤ x ≤ 6, got 7 at index 0",
    ),
    (
        lambda: fit_categorical([3], K=2),
        DomainError,
        "fit_categorical: expected 0 ≤ x ≤ 1, got 3 at index 0",
    ),
    (lambda: fit("normal", []), DomainError, "fit_normal: expected at least 1 number in x, got 0"),
    (lambda: fit("normal", [[1]]), ShapeError, r"x of shape \(N,\)"),
    (lambda: fit("normal", [1, 1]), DomainError, "fit_normal: expected numbers that differ in x"),
    (lambda: fit("uniform", [1, 1]), DomainError, "fit_uniform: expected numbers that differ in x"),
    (lambda: fit("exponential", [-1]), DomainError, "fit_exponential: expected 0 ≤ x < ∞"),
    (lambda: fit("exponential", [0]), DomainError, "fit_exponential: expected a mean > 0"),
    (lambda: fit("laplace", [1, 1]), DomainError, "fit_laplace: expected numbers that differ in x"),
    (lambda: fit("gamma", [1, 1]), DomainError, "gamma_steps: expected numbers that differ"),
    (lambda: fit("gamma", [0, 1]), DomainError, "gamma_steps: expected 0 < x < ∞"),
    (lambda: fit("chi_square", [0]), DomainError, "chi_square_steps: expected 0 < x < ∞"),
    (
        lambda: fit("beta", [0.5, 1]),
        DomainError,
        r"beta_steps: expected 0 < x < 1",
    ),
    (lambda: fit("beta", [0.5, 0.5]), DomainError, "beta_steps: expected numbers that differ in x"),
    (lambda: fit_multivariate_normal([[1, 1], [2, 2]]), DomainError, "a positive definite sigma"),
    (lambda: variance([1]), DomainError, "variance: expected at least 2 numbers"),
    (lambda: variance_bias(0), DomainError, "variance_bias: expected an integer n ≥ 1"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
