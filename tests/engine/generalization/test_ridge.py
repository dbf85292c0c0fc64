"""Ridge: the normal equations, its degrees of freedom, leaving one out, and dropout's average."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.generalization import degrees_of_freedom, dropout_penalty, ridge
from engine.probability.regression import prior

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 6), st.integers(0, 9999))


def data(N, D, seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((N, D)), rng.standard_normal(N)


@given(SIZES, st.floats(1e-3, 1e3))
def test_its_slope_is_zero(sizes, penalty):
    X, y = data(*sizes)
    found = ridge(X, y, penalty)
    slope = X.T @ (y - X @ found.w) - penalty * found.w
    assert_allclose(slope, 0, atol=1e-11 * max(1, penalty))
    assert found.residual == pytest.approx(np.sum((y - X @ found.w) ** 2), rel=1e-12)
    assert found.penalty == pytest.approx(penalty * np.sum(found.w**2), rel=1e-12)


@given(SIZES, st.floats(1e-3, 1e3))
def test_degrees_are_the_trace_and_the_sum_over_directions(sizes, penalty):
    X, y = data(*sizes)
    D = X.shape[1]
    H = X @ np.linalg.solve(X.T @ X + penalty * np.eye(D), X.T)
    found = ridge(X, y, penalty)
    assert found.degrees_of_freedom == pytest.approx(np.trace(H), rel=1e-11)
    assert degrees_of_freedom(X, penalty) == pytest.approx(np.trace(H), rel=1e-11)
    assert_allclose(found.leverage, np.diag(H), rtol=1e-11)


def test_degrees_fall_from_the_rank_to_nothing():
    X, _ = data(9, 4, 0)
    assert degrees_of_freedom(X, 0) == pytest.approx(4)
    assert degrees_of_freedom(np.hstack([X, X]), 0) == pytest.approx(4)
    path = [degrees_of_freedom(X, penalty) for penalty in (0, 0.1, 1, 10, 1e9)]
    assert path == sorted(path, reverse=True)
    assert path[-1] < 1e-6
    assert degrees_of_freedom(np.zeros((3, 2)), 0) == 0


@given(st.integers(3, 10), st.integers(1, 5), st.integers(0, 9999))
def test_leaving_one_out_is_what_leaving_one_out_gives(N, D, seed):
    X, y = data(N, D, seed)
    others = [np.delete(np.arange(N), i) for i in range(N)]
    errors = [y[i] - X[i] @ ridge(X[o], y[o], 0.5).w for i, o in enumerate(others)]
    assert ridge(X, y, 0.5).leave_one_out == pytest.approx(np.mean(np.square(errors)), rel=1e-9)


def test_a_case_that_alone_decides_a_weight_cannot_be_left_out():
    found = ridge(np.eye(2), [1.0, 2.0], 0.0)
    assert found.w.tolist() == [1, 2]
    assert found.degrees_of_freedom == 2
    assert np.isnan(found.leave_one_out)


def test_without_a_penalty_it_is_least_squares():
    X, y = data(12, 5, 3)
    assert_allclose(ridge(X, y, 0.0).w, np.linalg.lstsq(X, y)[0], rtol=1e-12)


def test_a_weight_without_price_is_left_alone():
    X, y = data(30, 1, 4)
    X = np.column_stack([np.ones(30), X])
    found = ridge(X, y + 100, [0.0, 1e9])
    assert_allclose(found.w, [np.mean(y + 100), 0], atol=1e-6)
    assert found.degrees_of_freedom == pytest.approx(1)


def test_it_is_the_mean_of_the_bayesian_belief():
    X, y = data(8, 3, 5)
    belief = prior(3, alpha=0.6, beta=2.0).update(X, y)
    assert_allclose(ridge(X, y, 0.6 / 2.0).w, belief.mean, rtol=1e-12)


def test_the_condition_is_not_squared():
    """Läuchli's columns: XᵀX is singular in double precision, X over √Λ is not."""
    X = np.array([[1.0, 1.0], [1e-9, 0.0], [0.0, 1e-9]])
    found = ridge(X, X @ [1.0, 2.0], 1e-24)
    assert_allclose(found.w, [1, 2], rtol=1e-5)


def test_dropout_on_the_inputs_is_ridge_on_average():
    """The minimum of the error averaged over what is dropped: 2⁶ ways in each row."""
    X, y = data(7, 6, 6)
    keep = 0.7
    G, pull = np.zeros((6, 6)), np.zeros(6)
    for kept in np.ndindex(*[2] * 6):
        chance = np.prod(np.where(kept, keep, 1 - keep))
        pull += chance * (X * kept / keep).T @ y
    for i, j in np.ndindex(6, 6):  # inputs are dropped apart in each row: E x̃ᵢ x̃ⱼ by hand
        G[i, j] = X[:, i] @ X[:, j] / (keep if i == j else 1)
    want = np.linalg.solve(G, pull)
    assert_allclose(ridge(X, y, dropout_penalty(X, keep)).w, want, rtol=1e-10)
    assert dropout_penalty(X, 1.0).tolist() == [0] * 6


def test_the_numbers_of_the_curriculum():
    """Dropout adds x² (1 − q)/q of variance; two directions keep 9/10 and 1/2 of a degree."""
    x, q = 2.0, 0.25
    dropped = np.array([0.0, x / q])
    chance = np.array([1 - q, q])
    assert chance @ dropped == x
    assert chance @ dropped**2 - x**2 == x**2 * (1 - q) / q == dropout_penalty([[x]], q)[0]
    assert degrees_of_freedom(np.diag([3.0, 1.0]), 1.0) == pytest.approx(0.9 + 0.5)


X2, Y2 = [[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0]
MISTAKES = [
    (lambda: ridge(X2, Y2, -1), DomainError, "ridge: expected 0 ≤ penalty < ∞"),
    (lambda: ridge(X2, Y2, [1, np.inf]), DomainError, "ridge: expected 0 ≤ penalty < ∞"),
    (lambda: ridge(X2, Y2, [1, 2, 3]), ShapeError, "ridge: expected one penalty or 2"),
    (lambda: ridge(X2, [1.0], 1), ShapeError, r"ridge: expected y of shape \(2,\)"),
    (lambda: ridge([1.0], [1.0], 1), ShapeError, r"ridge: expected X of shape \(N, D\)"),
    (lambda: ridge([[1, 1], [2, 2]], Y2, 0), DomainError, "independent columns or a penalty > 0"),
    (lambda: ridge([[1.0, 2.0]], [1.0], 0), DomainError, "independent columns or a penalty > 0"),
    (lambda: ridge([[0.0]], [1.0], 0), DomainError, "independent columns or a penalty > 0"),
    (lambda: ridge([[np.nan]], [1.0], 1), DomainError, "ridge: expected finite X"),
    (lambda: degrees_of_freedom(X2, -1), DomainError, "degrees_of_freedom: expected 0 ≤ penalty"),
    (lambda: dropout_penalty(X2, 0), DomainError, "dropout_penalty: expected 0 < keep ≤ 1"),
    (lambda: dropout_penalty(X2, 1.01), DomainError, "dropout_penalty: expected 0 < keep ≤ 1"),
    (lambda: degrees_of_freedom(X2, np.inf), DomainError, "expected 0 ≤ penalty < ∞, got inf"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
