"""A = Q H Qᵀ: zeros where they belong, after every mirror the same eigenvalues."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.linalg.hessenberg import hessenberg, hessenberg_steps


@settings(max_examples=40)
@given(st.integers(1, 8), st.integers(0, 9999), st.booleans())
def test_it_is_a_similarity_with_zeros_below_the_subdiagonal(n, seed, whole):
    rng = np.random.default_rng(seed)
    A = rng.integers(-1, 2, (n, n)).T if whole else rng.standard_normal((2 * n, n))[::2]
    found = hessenberg(A)
    np.testing.assert_allclose(found.Q.T @ A @ found.Q, found.H, atol=1e-13)
    np.testing.assert_array_equal(found.H, np.triu(found.H, -1))
    assert found.orthogonality == np.abs(found.Q.T @ found.Q - np.eye(n)).max() < 1e-14
    size = np.abs(A).max() or 1
    residual = np.abs(A @ found.Q - found.Q @ found.H).max() / size
    assert found.residual == pytest.approx(residual, abs=1e-16)
    assert found.residual < 1e-13
    np.testing.assert_array_equal(found.Q[0], np.eye(n)[0])
    assert found.why == f"A Q is Q H but for {found.residual:.2g}"


def test_of_a_symmetric_matrix_three_diagonals_are_left():
    B = np.random.default_rng(0).standard_normal((6, 6))
    H = hessenberg(B + B.T).H
    np.testing.assert_allclose(H, H.T, atol=1e-14)
    np.testing.assert_allclose(np.triu(H, 2), 0, atol=1e-14)


def test_each_mirror_is_told_and_makes_its_zeros():
    A = np.random.default_rng(1).standard_normal((6, 6))
    *steps, answer = hessenberg_steps(A)
    before, Q = A, np.eye(6)
    assert [(step.step, step.column) for step in steps] == [(k + 1, k) for k in range(4)]
    for k, step in enumerate(steps):
        mirror = np.eye(6) - 2 * np.outer(step.v, step.v)
        Q = Q @ mirror
        assert not step.v[: k + 1].any()
        np.testing.assert_allclose(mirror @ before @ mirror, step.H, atol=1e-14)
        np.testing.assert_array_equal(step.H[k + 2 :, : k + 1], 0)
        alpha = step.H[k + 1, k]
        assert abs(alpha) == pytest.approx(np.linalg.norm(before[k + 1 :, k]), rel=1e-14)
        assert step.why == f"column {k + 1} below the diagonal becomes ({alpha:.4g}, 0, …)"
        before = step.H
    np.testing.assert_allclose(Q, answer.Q, atol=1e-14)


def test_records_are_copies():
    A = np.random.default_rng(2).standard_normal((5, 5))
    kept, plain = A.copy(), hessenberg(A)
    for record in hessenberg_steps(A):
        if hasattr(record, "v"):
            record.v[:], record.H[:] = np.nan, np.nan
    np.testing.assert_array_equal(record.H, plain.H)
    np.testing.assert_array_equal(record.Q, plain.Q)
    np.testing.assert_array_equal(A, kept)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_it_works_at_any_scale(scale):
    A = np.random.default_rng(3).standard_normal((4, 4))
    found = hessenberg(scale * A)
    np.testing.assert_allclose(found.H / scale, hessenberg(A).H, atol=1e-13)
    assert found.orthogonality < 1e-14


def test_what_has_its_zeros_is_left_alone():
    for A in ([[5]], np.zeros((4, 4)), np.triu(np.ones((4, 4)), -1)):
        np.testing.assert_array_equal(hessenberg(A).H, A)


def test_mistakes_are_named():
    with pytest.raises(
        ShapeError, match=r"^hessenberg: expected A of shape \(N, N\) with N ≥ 1, got \(2, 3\)"
    ):
        hessenberg(np.ones((2, 3)))
    with pytest.raises(DomainError, match=r"^hessenberg: expected A of real numbers"):
        hessenberg([["a"]])
