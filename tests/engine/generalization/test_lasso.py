"""The lasso: soft thresholds, the conditions of its minimum, and descent one weight at a time."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.generalization import lasso, lasso_steps, smallest_zero_penalty, soft_threshold

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 6), st.integers(0, 9999))


def data(N, D, seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((N, D)), rng.standard_normal(N)


@given(st.floats(-9, 9), st.floats(0, 5))
def test_the_soft_threshold_is_the_minimum(z, penalty):
    w = float(soft_threshold(z, penalty))

    def objective(w):
        return (w - z) ** 2 / 2 + penalty * abs(w)

    for other in (0.0, w + 1e-3, w - 1e-3, z):
        assert objective(w) <= objective(other) + 1e-12
    assert abs(w) == pytest.approx(max(abs(z) - penalty, 0))


@given(st.integers(1, 6), st.integers(0, 9999), st.floats(0.01, 3))
def test_with_orthonormal_columns_it_is_a_soft_threshold(D, seed, penalty):
    X, y = data(D + 3, D, seed)
    Q = np.linalg.qr(X)[0]
    found = lasso(Q, y, penalty)
    assert_allclose(found.w, soft_threshold(Q.T @ y, penalty), atol=1e-6)
    assert found.nonzero == np.count_nonzero(found.w)


@given(SIZES, st.floats(0.01, 5))
def test_the_conditions_of_the_minimum_hold(sizes, penalty):
    """|Xⱼ·r| ≤ λ, and where wⱼ ≠ 0 it is λ with its sign; the gap bounds how far they miss."""
    X, y = data(*sizes)
    found = lasso(X, y, penalty)
    pull = X.T @ (y - X @ found.w)
    slack = 1e-4 * max(1.0, np.abs(X.T @ y).max())
    assert np.abs(pull).max() <= penalty + slack
    active = found.w != 0
    inner = penalty * np.abs(found.w[active]) - pull[active] * found.w[active]
    assert np.abs(inner).sum() <= 1e-9 * max(1.0, y @ y) + slack * 1e-3


@given(st.integers(0, 200), st.floats(0.05, 3))
def test_no_choice_of_signs_has_less(seed, penalty):
    """For each sign (or 0) of every weight the best weights are a linear system's; one is right."""
    X, y = data(8, 3, seed)

    def objective(w):
        r = y - X @ w
        return r @ r / 2 + penalty * np.abs(w).sum()

    least = objective(np.zeros(3))
    for signs in map(np.array, product((-1.0, 0.0, 1.0), repeat=3)):
        kept, w = signs != 0, np.zeros(3)
        A = X[:, kept]
        w[kept] = np.linalg.solve(A.T @ A, A.T @ y - penalty * signs[kept])
        least = min(least, objective(w))
    found = lasso(X, y, penalty)
    assert found.objective == pytest.approx(least, rel=1e-9, abs=found.gap + 1e-9)


def test_from_the_steepest_slope_on_all_weights_are_zero():
    X, y = data(10, 4, 1)
    top = smallest_zero_penalty(X, y)
    assert top == max(abs(X.T @ y))
    assert top == smallest_zero_penalty(X, -y)
    assert lasso(X, y, top).nonzero == 0
    assert lasso(X, y, 0.999 * top).nonzero == 1
    counts = [lasso(X, y, top * share).nonzero for share in (1, 0.8, 0.3, 0.01)]
    assert counts == sorted(counts)
    assert counts[-1] == 4


def test_each_step_does_what_it_says():
    X, y = data(9, 3, 2)
    penalty, w, objective = 0.7, np.zeros(3), np.inf
    *steps, answer = lasso_steps(X, y, penalty)
    for number, step in enumerate(steps, start=1):
        j = step.coordinate
        others = np.where(np.arange(3) == j, 0, w)
        pull = X[:, j] @ (y - X @ others)
        assert step.step == number
        assert step.before == w[j]
        assert step.pull == pytest.approx(pull, rel=1e-9)
        assert step.after == pytest.approx(soft_threshold(pull, penalty) / (X[:, j] @ X[:, j]))
        w[j] = step.after
        assert step.w.tolist() == w.tolist()
        want = np.sum((y - X @ w) ** 2) / 2 + penalty * np.abs(w).sum()
        assert step.objective == pytest.approx(want, rel=1e-12)
        assert step.objective <= objective + 1e-12
        assert step.why.startswith(f"weight {j + 1}: S({step.pull:.4g}, 0.7) / ")
        objective = step.objective
    assert [step.sweep for step in steps] == sorted(step.sweep for step in steps)
    assert answer.w.tolist() == w.tolist() == lasso(X, y, penalty).w.tolist()
    assert answer.residual == pytest.approx(np.sum((y - X @ w) ** 2))
    assert answer.sweeps >= steps[-1].sweep
    answer.w[:] = 7
    assert steps[-1].w.tolist() == w.tolist()


def test_the_gap_is_never_too_small():
    """Whatever the tolerance, the true minimum lies within it."""
    X, y = data(20, 8, 3)
    X[:, 1] = X[:, 0] + 0.01 * X[:, 1]  # slow
    least = lasso(X, y, 0.1, tolerance=1e-13).objective
    for tolerance in (1e-2, 1e-4, 1e-6):
        found = lasso(X, y, 0.1, tolerance=tolerance)
        assert found.objective - least <= found.gap <= tolerance * (y @ y) / 2


def test_as_many_sweeps_as_it_takes_are_enough_and_one_less_is_not():
    X, y = data(9, 4, 6)
    found = lasso(X, y, 0.2)
    assert lasso(X, y, 0.2, sweeps=found.sweeps).w.tolist() == found.w.tolist()
    with pytest.raises(DomainError, match=f"within {found.sweeps - 1} sweeps"):
        lasso(X, y, 0.2, sweeps=found.sweeps - 1)


def test_a_column_of_zeros_and_nothing_to_learn():
    X, y = data(5, 3, 4)
    X[:, 1] = 0
    assert lasso(X, y, 0.01).w[1] == 0
    nothing = lasso(X, np.zeros(5), 1.0)
    assert nothing.w.tolist() == [0, 0, 0]
    assert nothing.gap == nothing.objective == 0


def test_of_two_equal_columns_one_is_enough():
    X, y = data(10, 1, 5)
    both = lasso(np.hstack([X, X]), y + 2 * X[:, 0], 0.5)
    assert both.w[1] == 0
    assert both.w[0] == pytest.approx(lasso(X, y + 2 * X[:, 0], 0.5).w[0])


X2, Y2 = [[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0]
MISTAKES = [
    (lambda: soft_threshold(1.0, -1), DomainError, "soft_threshold: expected penalty ≥ 0"),
    (lambda: soft_threshold([np.nan], 1), DomainError, "soft_threshold: expected z without NaN"),
    (lambda: lasso(X2, Y2, 0), DomainError, "lasso: expected 0 < penalty < ∞, got 0"),
    (lambda: lasso(X2, Y2, 1, tolerance=0), DomainError, "lasso: expected 0 < tolerance < 1"),
    (lambda: lasso(X2, Y2, 1, sweeps=0), DomainError, "lasso: expected an integer sweeps ≥ 1"),
    (lambda: lasso(X2, Y2, 1e-3, sweeps=1), DomainError, "within 1 sweeps, got .*Allow more"),
    (lambda: lasso(X2, [1], 1), ShapeError, r"lasso: expected y of shape \(2,\)"),
    (
        lambda: lasso([[1e200]], [1e200], 1),
        DomainError,
        "lasso: expected a penalty that is not negligible",
    ),
    (lambda: smallest_zero_penalty([[]], []), ShapeError, "smallest_zero_penalty: expected X"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
