"""Early stopping: the steps really taken, its filter, and ridge beside it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.generalization import descent_filter, early_stopping, ridge


def data(N, D, seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((N, D)), rng.standard_normal(N)


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 9999), st.integers(0, 60))
def test_it_is_where_the_steps_lead(N, D, seed, steps):
    X, y = data(N, D, seed)
    lr = 1.5 / np.linalg.norm(X, 2) ** 2
    w = np.zeros(D)
    for _ in range(steps):
        w = w - lr * X.T @ (X @ w - y)
    found = early_stopping(X, y, lr, steps)
    assert_allclose(found.w, w, atol=1e-11)
    assert found.residual == pytest.approx(np.sum((y - X @ w) ** 2), abs=1e-10)


def test_the_filter_against_many_digits():
    """(1 − z)ᵗ in whole numbers, where a float would have lost the small ones."""
    from fractions import Fraction

    for curvature, lr, steps in ((1.0, 0.1, 30), (2.0**-40, 0.5, 7), (3.0, 0.5, 4), (8.0, 0.5, 5)):
        exact = 1 - (1 - Fraction(curvature) * Fraction(lr)) ** steps
        assert descent_filter(curvature, lr, steps) == pytest.approx(float(exact), rel=1e-14)


def test_strong_directions_come_first_and_beyond_two_over_the_curvature_it_swings():
    shares = descent_filter([10.0, 1.0, 0.1, 0.0], lr=0.05, steps=40)
    assert (np.diff(shares) < 0).all()
    assert shares[-1] == 0
    assert (np.diff([descent_filter(1.0, 0.05, t) for t in range(50)]) > 0).all()
    assert abs(descent_filter(2.1, 1.0, 100) - 1) > 1e4
    assert descent_filter(2.0, 1.0, 101) == 2


def test_in_the_end_it_is_the_shortest_least_squares():
    X, y = data(4, 7, 1)
    found = early_stopping(X, y, 1 / np.linalg.norm(X, 2) ** 2, 100_000)
    assert_allclose(found.w, np.linalg.pinv(X) @ y, atol=1e-10)
    assert found.degrees_of_freedom == pytest.approx(4)


def test_stopped_after_t_steps_it_is_near_ridge_with_one_over_lr_t():
    """Their shares of a direction, 1 − e^(−x) and x/(1 + x), differ by .204 at most."""
    X, y = data(40, 6, 2)
    lr, steps = 1e-4, 200
    stopped, priced = early_stopping(X, y, lr, steps), ridge(X, y, 1 / (lr * steps))
    x = lr * steps * stopped.curvatures
    assert_allclose(stopped.filter_factors, 1 - np.exp(-x), atol=1e-2)
    assert np.abs(stopped.filter_factors - x / (1 + x)).max() < 0.204
    assert stopped.degrees_of_freedom == pytest.approx(priced.degrees_of_freedom, rel=0.35)
    assert np.linalg.norm(stopped.w - priced.w) < 0.3 * np.linalg.norm(priced.w)


MISTAKES = [
    (lambda: descent_filter(-1, 0.1, 1), DomainError, "expected 0 ≤ curvature < ∞"),
    (lambda: descent_filter(1, 0, 1), DomainError, "descent_filter: expected 0 < lr < ∞, got 0"),
    (
        lambda: descent_filter(1, 0.1, 1.5),
        DomainError,
        "descent_filter: expected an integer steps ≥ 0",
    ),
    (
        lambda: descent_filter(100, 1, 10_000),
        DomainError,
        r"descent_filter: expected a filter factor below 1\.8e308",
    ),
    (
        lambda: early_stopping([[1.0]], [1, 2], 0.1, 1),
        ShapeError,
        r"early_stopping: expected y of shape \(1,\), got \(2,\)",
    ),
    (lambda: early_stopping([1.0], [1], 0.1, 1), ShapeError, "early_stopping: expected X"),
    (
        lambda: early_stopping([[1e200]], [1], 0.1, 1),
        DomainError,
        "expected a residual below 1.8e308",
    ),
    (lambda: early_stopping([[3.0]], [1], 1, 200), DomainError, "a residual below 1.8e308"),
    (
        lambda: descent_filter(9, 1e308, 1),
        DomainError,
        r"descent_filter: expected a filter factor below 1\.8e308, got overflow",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
