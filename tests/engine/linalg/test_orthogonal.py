"""Q R: orthonormal to 1e-12, the loss of Gram–Schmidt on Hilbert's matrix, dependent columns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, UnknownNameError
from engine.linalg import gram_schmidt_steps, hilbert, householder_steps, qr
from engine.linalg.orthogonal import METHODS
from engine.linalg.records import last


@given(st.integers(1, 8), st.integers(0, 4), st.integers(0, 9999), st.sampled_from(METHODS))
@settings(max_examples=40)
def test_it_agrees_with_numpy_but_for_signs(n, more, seed, method):
    A = np.random.default_rng(seed).standard_normal((n + more, n)) + 2 * np.eye(n + more, n)
    found = qr(A, method=method)
    Q, R = np.linalg.qr(A)
    signs = np.sign(np.diag(R)) * np.sign(np.diag(found.R))
    kappa = np.linalg.cond(A)
    np.testing.assert_allclose(found.R, R * signs[:, None], atol=1e-13 * kappa)
    np.testing.assert_allclose(found.Q, Q * signs, atol=1e-13 * kappa**2)
    assert found.residual < 1e-14
    np.testing.assert_array_equal(found.R, np.triu(found.R))


@given(st.integers(1, 12), st.integers(0, 3), st.integers(0, 9999))
@settings(max_examples=40)
def test_reflections_are_orthogonal_whatever_the_matrix(n, more, seed):
    rng = np.random.default_rng(seed)
    A = rng.integers(-1, 2, (n + more, n)) * 10.0 ** rng.integers(-12, 12, n)  # often dependent
    found = qr(A)
    assert found.orthogonality < 1e-12
    assert np.abs(found.Q.T @ found.Q - np.eye(n)).max() == found.orthogonality
    assert found.residual < 1e-13


def test_gram_schmidt_loses_orthogonality_as_the_books_say():
    """Classical loses κ², modified κ, Householder nothing. Björck 1967."""
    A = hilbert(8)
    kappa = np.linalg.cond(A)
    lost = {method: qr(A, method=method).orthogonality for method in METHODS}
    assert lost["householder"] < 1e-14
    assert 1e-9 < lost["modified"] < 10 * np.finfo(float).eps * kappa
    assert lost["classical"] > 0.1
    good = np.random.default_rng(0).standard_normal((9, 6))
    assert qr(good, method="modified").orthogonality < 1e-12


def test_the_example_of_the_lesson():
    found = qr([[3, 0], [4, 5]], method="modified")
    np.testing.assert_allclose(found.Q, [[0.6, -0.8], [0.8, 0.6]], atol=1e-15)
    np.testing.assert_allclose(found.R, [[5, 4], [0, 3]], atol=1e-15)
    assert qr([[-3.0]]).R.tolist() == [[-3.0]]
    assert qr([[-3.0]], method="modified").R.tolist() == [[3.0]]


def test_what_is_left_stands_at_right_angles_to_all_earlier_directions():
    A = np.random.default_rng(1).standard_normal((6, 4))
    *steps, _ = gram_schmidt_steps(A)
    for step in steps:
        if step.kind == "subtract":
            assert abs(step.rest @ step.Q[:, step.against]) < 1e-15
            assert step.coefficient == step.R[step.against, step.column]
    assert sum(step.kind == "scale" for step in steps) == 4


def test_each_mirror_makes_its_zeros_and_keeps_lengths():
    A = np.random.default_rng(2).standard_normal((5, 3))
    before = A
    for step in list(householder_steps(A))[:-1]:
        reflected = before - 2 * np.outer(step.v, step.v @ before)
        np.testing.assert_allclose(reflected, step.R, atol=1e-14)
        assert not step.R[step.column + 1 :, step.column].any()
        assert abs(step.alpha) == pytest.approx(np.linalg.norm(before[step.column :, step.column]))
        before = step.R


def test_dependent_columns_are_refused_by_gram_schmidt_and_named():
    for modified in (True, False):
        with pytest.raises(DomainError, match="expected independent columns, got column 2"):
            last(gram_schmidt_steps([[1, 2], [2, 4], [3, 6]], modified=modified))
    assert qr([[1, 2], [2, 4]]).R[1, 1] == pytest.approx(0, abs=1e-15)
    assert qr(np.zeros((3, 2))).orthogonality == 0
    with pytest.raises(UnknownNameError, match="No method of QR is called 'house'"):
        qr(np.eye(2), method="house")


def test_changing_a_mirror_that_was_told_changes_nothing():
    A = np.random.default_rng(3).standard_normal((5, 3))
    for record in householder_steps(A):
        if hasattr(record, "v"):
            record.v[:], record.R[:] = np.nan, np.nan
    np.testing.assert_array_equal(record.Q, qr(A).Q)


def test_steps_name_their_columns():
    A = [[3, 1], [4, 7]]
    first, shadow, second, _ = gram_schmidt_steps(A)
    assert first.why == "what is left of column 1 has length 5: divided by it"
    assert shadow.why == "the shadow of what is left of column 2 on q1 is 6.2"
    assert second.why.startswith("what is left of column 2 has length 3.4")
    classical = list(gram_schmidt_steps(A, modified=False))[1]
    assert classical.why == "the shadow of column 2 on q1 is 6.2"
    mirror = next(iter(householder_steps([[0, 1], [4, 7]])))
    assert mirror.alpha == -4  # of 0 the sign is taken as +
