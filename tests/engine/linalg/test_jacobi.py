"""Jacobi's turns: each keeps the eigenvalues and takes its entry from what is off the diagonal."""

import itertools
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.linalg import jacobi_eigen, jacobi_eigen_steps
from engine.linalg.jacobi import rotation


def symmetric(n, seed):
    B = np.random.default_rng(seed).standard_normal((n, n))
    return B + B.T


def off(A):
    return np.linalg.norm(A - np.diag(np.diag(A)))


@settings(max_examples=40)
@given(st.integers(1, 7), st.integers(0, 9999), st.booleans())
def test_it_agrees_with_numpy(n, seed, whole):
    A = symmetric(n, seed)
    A = np.asfortranarray(A.round().astype(int)) if whole else A  # repeated eigenvalues too
    found, size = jacobi_eigen(A), np.abs(A).max() or 1
    np.testing.assert_allclose(found.values, np.linalg.eigvalsh(A)[::-1], atol=1e-13 * size)
    np.testing.assert_allclose(A @ found.vectors, found.vectors * found.values, atol=1e-13 * size)
    assert found.orthogonality < 1e-14
    assert found.residual < 1e-13
    V = found.vectors
    assert found.orthogonality == np.abs(V.T @ V - np.eye(n)).max()
    assert (V[np.abs(V).argmax(axis=0), np.arange(n)] > 0).all()


@settings(max_examples=15)
@given(st.integers(2, 6), st.integers(0, 999))
def test_each_turn_takes_just_its_entry(n, seed):
    A = symmetric(n, seed)
    *steps, answer = jacobi_eigen_steps(A)
    before, values = A, np.linalg.eigvalsh(A)
    for number, step in enumerate(steps, start=1):
        p, q = step.rows
        assert step.step == number
        assert p < q
        taken = off(before) ** 2 - 2 * before[p, q] ** 2
        assert off(step.A) ** 2 == pytest.approx(taken, abs=1e-13)
        assert step.off == pytest.approx(off(step.A), rel=1e-12)
        assert step.A[p, q] == step.A[q, p] == 0
        assert abs(step.angle) <= math.pi / 4 + 1e-15
        np.testing.assert_allclose(step.V @ step.A @ step.V.T, A, atol=1e-13)
        np.testing.assert_allclose(np.linalg.eigvalsh(step.A), values, atol=1e-13)
        J = np.eye(n)
        c, s = math.cos(step.angle), math.sin(step.angle)
        J[p, p], J[p, q], J[q, p], J[q, q] = c, s, -s, c
        np.testing.assert_allclose(step.A, J.T @ before @ J, atol=1e-13)
        said = re.fullmatch(r"a turn of (\S+)° makes (\S+) zero at \((\d), (\d)\); .*", step.why)
        assert float(said[1]) == pytest.approx(math.degrees(step.angle), rel=5e-3)
        assert float(said[2]) == pytest.approx(before[p, q], rel=1e-3)
        assert (int(said[3]), int(said[4])) == (p + 1, q + 1)
        before = step.A
    sweeps = [step.sweep for step in steps]
    assert sweeps == sorted(sweeps)
    assert sweeps[0] == 1
    np.testing.assert_array_equal(answer.values, jacobi_eigen(A).values)
    np.testing.assert_array_equal(answer.vectors, jacobi_eigen(A).vectors)


def test_the_last_sweeps_are_quadratic():
    """off after a sweep ≤ off² / gap before it: Golub & Van Loan 2013, section 8.5.3."""
    A = symmetric(6, 3) + np.diag([0, 10, 20, 30, 40, 50])
    *steps, _ = jacobi_eigen_steps(A)
    ends = [off(A)] + [
        [step.off for step in steps if step.sweep == sweep][-1]
        for sweep in range(1, steps[-1].sweep + 1)
    ]
    small = [(x, y) for x, y in itertools.pairwise(ends) if 1e-7 < x < 1]
    assert small
    assert all(y <= x * x for x, y in small)
    assert steps[-1].sweep <= 6


def test_records_are_copies():
    A = symmetric(4, 1)
    kept, plain = A.copy(), jacobi_eigen(A)
    for record in jacobi_eigen_steps(A):
        if hasattr(record, "V"):
            record.A[:], record.V[:] = np.nan, np.nan
    np.testing.assert_array_equal(record.values, plain.values)
    np.testing.assert_array_equal(record.vectors, plain.vectors)
    np.testing.assert_array_equal(A, kept)


def test_known_spectra():
    found = jacobi_eigen([[2, 1], [1, 2]])
    np.testing.assert_allclose(found.values, [3, 1], rtol=1e-15)
    np.testing.assert_allclose(found.vectors, np.array([[1, 1], [1, -1]]) / 2**0.5, atol=1e-15)
    assert jacobi_eigen(np.eye(3)).values.tolist() == [1, 1, 1]
    assert len(list(jacobi_eigen_steps(np.zeros((3, 3))))) == 1
    ones = jacobi_eigen(np.ones((4, 4)))
    np.testing.assert_allclose(ones.values, [4, 0, 0, 0], atol=1e-14)


def test_singular_matrices():
    rng = np.random.default_rng(8)
    for n in range(1, 9):
        for k in range(n + 1):
            B = rng.integers(-3, 4, (n, k))
            for A in (B @ B.T, (B * rng.choice([-1, 1], k)) @ B.T):  # semi-definite; indefinite
                found, size = jacobi_eigen(A), np.abs(A).max() or 1
                want = np.linalg.eigvalsh(A)[::-1]
                np.testing.assert_allclose(found.values, want, rtol=0, atol=1e-13 * size)
                assert found.residual < 1e-14
                assert found.orthogonality < 1e-14


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_it_works_at_any_scale(scale):
    A = symmetric(4, 5)
    found = jacobi_eigen(scale * A)
    np.testing.assert_allclose(found.values / scale, np.linalg.eigvalsh(A)[::-1], rtol=1e-12)
    assert found.residual < 1e-14


@pytest.mark.parametrize(("a", "b", "d"), [(2, 1, 5), (5, -1, 2), (1, 3, 1), (1, 1e-200, 2)])
def test_the_rotation_is_the_smaller_one_that_makes_zero(a, b, d):
    c, s = rotation(a, b, d)
    assert c * s * (a - d) + b * (c * c - s * s) == pytest.approx(0, abs=1e-15)
    assert c >= abs(s) - 1e-15


def test_mistakes_are_named():
    with pytest.raises(
        DomainError, match=r"^jacobi_eigen: expected A symmetric, got A\[0, 1\] = 1"
    ):
        jacobi_eigen([[1, 1], [2, 1]])
    with pytest.raises(
        ShapeError, match=r"^jacobi_eigen: expected A of shape \(N, N\) with N ≥ 1, got \(1, 2\)"
    ):
        jacobi_eigen([[1, 2]])
    with pytest.raises(DomainError, match=r"^jacobi_eigen: expected finite A, got inf"):
        jacobi_eigen([[np.inf]])
