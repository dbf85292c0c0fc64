"""Bayesian linear regression: ridge, updating in parts, and doubt that grows away from the data."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.probability import MultivariateNormal, Normal
from engine.probability.regression import log_evidence, prior


def rng(seed=0):
    return np.random.default_rng(seed)


def data(N, D, seed):
    X = rng(seed).standard_normal((N, D))
    return X, X @ np.arange(1.0, D + 1) + 0.3 * rng(seed + 1).standard_normal(N)


@given(st.integers(0, 20), st.integers(1, 5), st.floats(0.1, 10), st.floats(0.1, 10))
def test_the_mean_is_ridge_regression(N, D, alpha, beta):
    X, y = data(N, D, 1)
    belief = prior(D, alpha=alpha, beta=beta).update(X, y)
    # Ridge as plain least squares with √λ I as more rows.
    rows = np.vstack([X, math.sqrt(alpha / beta) * np.eye(D)])
    ridge = np.linalg.lstsq(rows, np.append(y, np.zeros(D)), rcond=None)[0]
    assert_allclose(belief.mean, ridge, rtol=1e-9, atol=1e-10)
    assert_allclose(belief.covariance @ belief.precision, np.eye(D), atol=1e-10)


@given(st.integers(2, 20), st.integers(1, 4), st.integers(0, 99))
def test_data_in_parts_are_data_at_once(N, D, seed):
    X, y = data(N, D, seed)
    start = prior(D, alpha=2.0, beta=3.0)
    at_once, in_parts = start.update(X, y), start.update(X[:1], y[:1]).update(X[1:], y[1:])
    assert_allclose(in_parts.mean, at_once.mean, rtol=1e-8, atol=1e-9)
    assert_allclose(in_parts.precision, at_once.precision, rtol=1e-12)


@given(st.integers(1, 10), st.integers(1, 4), st.integers(0, 99))
def test_evidence_and_prediction_are_those_of_one_joint_normal(N, D, seed):
    """All y together are normal with covariance XXᵀ/α + I/β: no weights are needed to say so."""
    (X, y), alpha, beta = data(N, D, seed), 0.7, 2.5
    joint = X @ X.T / alpha + np.eye(N) / beta
    law = MultivariateNormal(np.zeros(N), joint)
    assert_allclose(log_evidence(X, y, alpha=alpha, beta=beta), law.log_density(y), rtol=1e-9)
    x = rng(seed + 5).standard_normal((1, D))
    mean, variance = prior(D, alpha=alpha, beta=beta).update(X, y).predict(x)
    to_data = X @ x[0] / alpha
    assert_allclose(mean, to_data @ np.linalg.solve(joint, y), rtol=1e-8, atol=1e-9)
    own = x[0] @ x[0] / alpha + 1 / beta
    assert_allclose(variance, own - to_data @ np.linalg.solve(joint, to_data), rtol=1e-8)


def test_doubt_grows_away_from_the_data_and_never_falls_below_the_noise():
    x = np.linspace(-1, 1, 30)
    belief = prior(2, alpha=0.1, beta=25.0).update(np.column_stack([np.ones(30), x]), 2 * x)
    far = np.linspace(0, 10, 50)
    _, variance = belief.predict(np.column_stack([np.ones(50), far]))
    assert (np.diff(variance) > 0).all()
    assert variance.min() > 1 / 25
    assert variance[0] == pytest.approx(1 / 25 * (1 + 1 / 30), rel=1e-3)


def test_predictions_cover_as_stated():
    """10,000 worlds drawn from the prior, each with data and one new case: 95 % fall within."""
    chance, X = rng(2), rng(3).standard_normal((6, 2))
    x, alpha, beta = np.array([1.5, -0.5]), 1.0, 4.0
    w = chance.standard_normal((10_000, 2))
    Y = w @ X.T + chance.standard_normal((10_000, 6)) / 2
    new = w @ x + chance.standard_normal(10_000) / 2
    start = prior(2, alpha=alpha, beta=beta)
    _, variance = start.update(X, Y[0]).predict(x[None])
    per_datum = np.column_stack(
        [start.update(X, unit).mean for unit in np.eye(6)]
    )  # m is linear in y
    z = (new - Y @ per_datum.T @ x) / math.sqrt(variance[0])
    inside = (np.abs(z) <= Normal().quantile(0.975)).mean()
    assert inside == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 10_000))


def test_drawn_weights_scatter_as_believed():
    X, y = data(10, 3, 4)
    belief = prior(3).update(X, y)
    w = belief.sample(100_000, rng=rng(5))
    assert_allclose(w.mean(axis=0), belief.mean, atol=0.01)
    assert_allclose(np.cov(w.T), belief.covariance, atol=0.01)


ONE = prior(1)
MISTAKES = [
    (lambda: prior(0), DomainError, "prior: expected an integer 1 ≤ size ≤ 10000"),
    (lambda: prior(1, alpha=0), DomainError, "prior: expected 0 < alpha < ∞"),
    (lambda: prior(1, beta=math.inf), DomainError, "prior: expected 0 < beta < ∞"),
    (lambda: ONE.update([[1, 2]], [1]), ShapeError, r"expected X of shape \(N, 1\), got \(1, 2\)"),
    (
        lambda: ONE.update([[1]], [1, 2]),
        ShapeError,
        r"LinearBelief\.update: expected y of shape \(1,\)",
    ),
    (lambda: ONE.update([[np.nan]], [1]), DomainError, "LinearBelief.update: expected finite X"),
    (lambda: ONE.predict([1]), ShapeError, r"LinearBelief.predict: expected X of shape \(N, 1\)"),
    (lambda: ONE.sample(-1, rng=rng()), DomainError, "LinearBelief.sample: expected"),
    (lambda: log_evidence([[1]], [1], alpha=-1), DomainError, "0 < alpha < ∞"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
