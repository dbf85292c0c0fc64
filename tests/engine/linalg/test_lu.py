"""P A = L U: the product, determinants as areas, triangles."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError
from engine.linalg import (
    back_substitution,
    determinant,
    forward_substitution,
    lu,
    lu_solve,
    lu_steps,
)


@given(st.integers(1, 9), st.integers(0, 9999), st.booleans())
@settings(max_examples=40)
def test_the_product_gives_the_rows_back(n, seed, whole):
    rng = np.random.default_rng(seed)
    A = rng.integers(-2, 3, (n, n)) if whole else rng.standard_normal((n, n))
    found = lu(A)
    np.testing.assert_allclose(found.L @ found.U, A[found.permutation], atol=1e-13)
    assert found.residual < 1e-14
    np.testing.assert_array_equal(found.L, np.tril(found.L, -1) + np.eye(n))
    np.testing.assert_array_equal(found.U, np.triu(found.U))
    assert np.abs(found.L).max() <= 1
    assert found.determinant == pytest.approx(np.linalg.det(A), rel=1e-10, abs=1e-12)


def test_every_step_holds_the_factors_so_far():
    A = np.random.default_rng(2).standard_normal((5, 5))
    *steps, _ = lu_steps(A)
    for step in steps:
        np.testing.assert_allclose(step.L @ step.U, A[step.permutation], atol=1e-14)
    assert {step.kind for step in steps} == {"swap", "subtract"}


def test_determinants_of_the_lessons():
    assert determinant([[3, 0], [4, 5]]) == pytest.approx(15, rel=1e-15)
    assert determinant([[7]]) == 7
    assert determinant([[0, 1], [1, 0]]) == -1
    assert determinant([[1, 2], [2, 4]]) == 0
    assert determinant(np.zeros((3, 3))) == 0


def test_a_singular_matrix_has_factors_but_no_solution():
    factors = lu([[1, 2], [2, 4]])
    assert np.allclose(factors.L @ factors.U, [[2, 4], [1, 2]])
    assert "skip" in [step.kind for step in list(lu_steps([[1, 2], [2, 4]]))[:-1]]
    with pytest.raises(DomainError, match="lu_solve: expected A invertible"):
        lu_solve(factors, [1, 1])


@given(st.integers(1, 8), st.integers(0, 999))
@settings(max_examples=40)
def test_systems_and_triangles_agree_with_numpy(n, seed):
    rng = np.random.default_rng(seed)
    A, b = rng.standard_normal((n, n)) + 3 * np.eye(n), rng.standard_normal(n)
    kappa = np.linalg.cond(A)
    truth = np.linalg.solve(A, b)
    assert np.abs(lu_solve(lu(A), b) - truth).max() <= 1e-14 * kappa * np.abs(truth).max()
    L, U = np.tril(A, -1) / 4 + 3 * np.eye(n), np.triu(A, 1) / 4 + 3 * np.eye(n)
    np.testing.assert_allclose(L @ forward_substitution(L, b), b, atol=1e-12)
    np.testing.assert_allclose(U @ back_substitution(U, b), b, atol=1e-12)


def test_a_zero_on_the_diagonal_is_named():
    for substitution in (forward_substitution, back_substitution):
        with pytest.raises(DomainError, match="expected a diagonal without 0, got 0 in row 2"):
            substitution(np.diag([1.0, 0.0]), np.ones(2))


def test_determinants_survive_parts_beyond_the_range():
    for diagonal in ([1e200, 1e200, 1e-200, 1e-200], [1e-200, 1e-200, 1e200, 1e200]):
        assert determinant(np.diag(diagonal)) == pytest.approx(1, rel=1e-14)
    assert determinant(np.diag([1e200, 1e200, 0])) == 0
    for tiny_or_huge, shown in ((-1e200, r"1e\+400"), (1e-200, "1e-400")):
        A = np.diag([tiny_or_huge, tiny_or_huge])
        with pytest.raises(DomainError, match=f"^determinant: expected .* got {shown}. Divide A"):
            determinant(A)
        assert re.search(f"det A = product of the pivots = {shown}$", lu(A).why)
    with pytest.raises(DomainError, match=r"^lu_solve: expected a solution below 1.8e308"):
        lu_solve(lu(np.diag([1e-300, 1.0])), [1e300, 1])


def test_a_column_without_a_pivot_is_passed_over_and_told():
    *steps, answer = lu_steps([[0, 1], [0, 2]])
    (skip, *_) = (step for step in steps if step.kind == "skip")
    assert skip.why == "column 1 is 0 from row 1 down: det A = 0"
    assert (skip.rows, skip.factor) == ((0,), 0)
    assert answer.determinant == 0


def test_residual_and_sign_are_those_of_the_factors():
    A = np.random.default_rng(3).standard_normal((6, 6))
    found = lu(A)
    missed = np.abs(A[found.permutation] - found.L @ found.U).max() / np.abs(A).max()
    assert found.residual == missed
    assert 0 < missed < 1e-15
    assert lu([[2, 0], [0, 3]]).why == "det A = product of the pivots = 6"
    assert lu([[0, 3], [2, 0]]).why == "det A = −product of the pivots = -6"
