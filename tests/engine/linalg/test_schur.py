"""Schur's form: NumPy's eigenvalues, steps that keep them, tiny blocks."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.linalg import schur, schur_steps


@settings(max_examples=30)
@given(st.integers(1, 7), st.integers(0, 9999))
def test_it_is_a_quasi_triangle_with_the_eigenvalues(n, seed):
    A = np.random.default_rng(seed).standard_normal((n, n))
    *steps, found = schur_steps(A)
    np.testing.assert_allclose(found.Q @ found.T @ found.Q.T, A, atol=1e-12)
    np.testing.assert_array_equal(found.T, np.triu(found.T, -1))
    below = np.diag(found.T, -1)
    assert not (below[1:] * below[:-1]).any()
    np.testing.assert_allclose(np.poly(found.values).real, np.poly(A), atol=1e-9)
    for step in steps:
        np.testing.assert_allclose(np.trace(step.T), np.trace(A), atol=1e-12)
    np.testing.assert_array_equal(found.T, schur(A).T)


def test_a_tiny_block_is_solved_to_its_own_digits():
    B = np.random.default_rng(3).standard_normal((3, 3))
    A = np.eye(4)
    A[1:, 1:] = 1e-170 * B
    found = np.sort_complex(schur(A).values[1:] * 1e170)
    np.testing.assert_allclose(found, np.sort_complex(np.linalg.eigvals(B)), rtol=1e-12)
