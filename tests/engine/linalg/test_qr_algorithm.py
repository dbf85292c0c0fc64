"""The symmetric QR algorithm: T stays similar to A; the rates with a shift and without."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.linalg import qr_algorithm, qr_algorithm_steps
from engine.linalg.qr_algorithm import wilkinson


def symmetric(n, seed):
    B = np.random.default_rng(seed).standard_normal((n, n))
    return B + B.T


@settings(max_examples=40)
@given(st.integers(1, 7), st.integers(0, 9999), st.booleans())
def test_it_agrees_with_numpy(n, seed, whole):
    A = symmetric(n, seed)
    A = np.asfortranarray(A.round().astype(int)) if whole else A
    found = qr_algorithm(A)
    np.testing.assert_allclose(found.values, np.linalg.eigvalsh(A)[::-1], atol=1e-12)
    np.testing.assert_allclose(A @ found.vectors, found.vectors * found.values, atol=1e-12)
    assert found.orthogonality < 1e-13
    assert (np.diff(found.values) <= 0).all()


@pytest.mark.parametrize("shift", [True, False])
def test_every_step_is_similar_to_the_matrix(shift):
    A = symmetric(5, 4) + np.diag([0, 10, 20, 30, 40])
    *steps, answer = qr_algorithm_steps(A, shift=shift)
    values, active = np.linalg.eigvalsh(A), 5
    for number, step in enumerate(steps, start=1):
        m = step.active
        assert step.step == number
        assert m <= active
        np.testing.assert_allclose(np.linalg.eigvalsh(step.T), values, atol=1e-12)
        np.testing.assert_array_equal(step.T, np.tril(np.triu(step.T, -1), 1))
        np.testing.assert_array_equal(step.T, step.T.T)
        assert step.coupling == abs(step.T[m - 1, m - 2])
        assert shift or step.shift == 0
        said = f"shift {step.shift:.6g}: the coupling of row {m} is {step.coupling:.2g}"
        said += f", so {step.T[m - 1, m - 1]:.8g} is an eigenvalue" if step.deflated else ""
        assert step.why == said
        if step.deflated:
            assert np.abs(values - step.T[m - 1, m - 1]).min() < 1e-12
        active = m - 1 if step.deflated else m
    plain = qr_algorithm(A, shift=shift)
    np.testing.assert_array_equal(answer.values, plain.values)
    np.testing.assert_array_equal(answer.vectors, plain.vectors)


def test_without_shift_the_coupling_falls_by_the_ratio_of_eigenvalues():
    *steps, _ = qr_algorithm_steps([[2, 1], [1, 2]], shift=False)
    coupling = np.array([step.coupling for step in steps[3:20]])
    np.testing.assert_allclose(coupling[1:] / coupling[:-1], 1 / 3, rtol=1e-3)


def test_with_shift_the_digits_of_the_coupling_at_least_double():
    A = symmetric(6, 2)
    *steps, _ = qr_algorithm_steps(A)
    pairs = [
        (x.coupling, y.coupling)
        for x, y in itertools.pairwise(steps)
        if x.active == y.active and 1e-7 < x.coupling < 0.05
    ]
    assert pairs
    assert all(y < x * x for x, y in pairs)
    assert len(steps) <= 3 * 6


def test_opposite_eigenvalues_need_the_shift():
    with pytest.raises(DomainError, match=r"^qr_algorithm: expected an eigenvalue within 30 steps"):
        qr_algorithm([[0, 1], [1, 0]], shift=False, limit=30)
    np.testing.assert_allclose(qr_algorithm([[0, 1], [1, 0]]).values, [1, -1], rtol=1e-14)


def test_the_limit_is_for_one_eigenvalue():
    A = symmetric(6, 2)
    *steps, _ = qr_algorithm_steps(A)
    most = max(sum(step.active == m for step in steps) for m in range(2, 7))
    assert len(steps) > most
    assert len(qr_algorithm(A, limit=most).values) == 6
    with pytest.raises(DomainError, match=f"within {most - 1} steps"):
        qr_algorithm(A, limit=most - 1)


def test_repeated_zero_and_diagonal_need_no_step():
    for A in (np.eye(3), np.zeros((3, 3)), np.diag([1.0, 3.0, 2.0]), [[7]]):
        records = list(qr_algorithm_steps(A))
        assert len(records) == 1
        np.testing.assert_array_equal(records[0].values, np.sort(np.diag(A))[::-1])
    np.testing.assert_allclose(qr_algorithm(np.ones((4, 4))).values, [4, 0, 0, 0], atol=1e-14)


def test_records_are_copies():
    A = symmetric(4, 1)
    kept, plain = A.copy(), qr_algorithm(A)
    for record in qr_algorithm_steps(A):
        if hasattr(record, "T"):
            record.T[:] = np.nan
    np.testing.assert_array_equal(record.values, plain.values)
    np.testing.assert_array_equal(A, kept)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_it_works_at_any_scale(scale):
    A = symmetric(4, 5)
    found = qr_algorithm(scale * A)
    np.testing.assert_allclose(found.values / scale, np.linalg.eigvalsh(A)[::-1], rtol=1e-12)


@pytest.mark.parametrize("block", [[[2, 1], [1, 5]], [[5, -1], [-1, 2]], [[1, 3], [3, 1]]])
def test_wilkinsons_shift_is_the_eigenvalue_nearest_to_the_corner(block):
    values = np.linalg.eigvalsh(block)
    nearest = np.abs(values - block[1][1]).min()
    mu = wilkinson(np.array(block, dtype=float))
    assert np.abs(values - mu).min() < 1e-14
    assert abs(mu - block[1][1]) == pytest.approx(nearest, rel=1e-14)


def test_mistakes_are_named():
    with pytest.raises(DomainError, match=r"^qr_algorithm: expected A symmetric"):
        qr_algorithm([[1, 2], [3, 4]])
    with pytest.raises(ShapeError, match=r"^qr_algorithm: expected A of shape \(N, N\)"):
        qr_algorithm([[1, 2]])
    with pytest.raises(DomainError, match=r"^qr_algorithm: expected an integer limit ≥ 1, got 0"):
        qr_algorithm([[1]], limit=0)
