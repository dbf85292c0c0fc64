"""A = L Lᵀ: NumPy's factor, Hilbert's matrix, refusals that name the pivot."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError
from engine.linalg import cholesky, cholesky_solve, cholesky_steps, hilbert


@given(st.integers(1, 9), st.integers(0, 9999))
@settings(max_examples=40)
def test_it_agrees_with_numpy(n, seed):
    rng = np.random.default_rng(seed)
    B = rng.standard_normal((n, n))
    A, b = B @ B.T + np.eye(n), rng.standard_normal(n)
    found = cholesky(A)
    np.testing.assert_allclose(found.L, np.linalg.cholesky(A), rtol=1e-10, atol=1e-13)
    assert found.determinant == pytest.approx(np.linalg.det(A), rel=1e-10)
    assert found.residual < 1e-14
    x = np.linalg.solve(A, b)
    np.testing.assert_allclose(cholesky_solve(found, b), x, rtol=1e-9, atol=1e-12)


def test_columns_come_one_by_one():
    A = hilbert(4)
    *steps, answer = cholesky_steps(A)
    for j, step in enumerate(steps):
        assert (step.step, step.column) == (j + 1, j)
        np.testing.assert_array_equal(step.L[:, : j + 1], answer.L[:, : j + 1])
        assert not step.L[:, j + 1 :].any()
        assert step.pivot == pytest.approx(answer.L[j, j] ** 2)


def test_ill_conditioned_but_positive_is_factored():
    assert cholesky(hilbert(12)).residual < 1e-15


@pytest.mark.parametrize(
    ("A", "pivot"),
    [
        ([[1, 2], [2, 1]], "-3 in column 2"),
        ([[0]], "0 in column 1"),
        ([[1, 1], [1, 1]], "0 in col"),
    ],
)
def test_what_is_not_positive_definite_is_refused_with_its_pivot(A, pivot):
    with pytest.raises(DomainError, match=f"expected A positive definite, got the pivot {pivot}"):
        cholesky(A)


def test_what_is_not_symmetric_is_refused():
    with pytest.raises(DomainError, match="cholesky: expected A symmetric"):
        cholesky([[2, 1], [0, 2]])


def test_solutions_beyond_the_range_are_refused():
    with pytest.raises(DomainError, match=r"^cholesky_solve: expected a solution below 1.8e308"):
        cholesky_solve(cholesky(np.diag([1e-300, 1.0])), [1e300, 1])


def test_every_column_says_what_it_is_divided_by_and_the_residual_is_the_largest_miss():
    A = np.array([[4.0, 2.0], [2.0, 5.0]])
    one, two, answer = cholesky_steps(A)
    assert one.why == "√(4 − 0) = 2 divides column 1"
    assert two.why == "√(5 − 1) = 2 divides column 2"
    assert (one.pivot, two.pivot, one.column, two.column) == (4, 4, 0, 1)
    assert answer.residual == 0
    B = np.random.default_rng(1).standard_normal((6, 6))
    found = cholesky(B @ B.T)
    missed = np.abs(B @ B.T - found.L @ found.L.T).max() / np.abs(B @ B.T).max()
    assert found.residual == pytest.approx(missed, abs=1e-16)
    assert found.residual < 1e-15
