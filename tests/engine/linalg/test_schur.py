"""Schur's form: NumPy's eigenvalues, steps that keep them, tiny blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.linalg import eigenvalues, schur, schur_steps, spectral_radius


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


@given(st.integers(1, 7), st.integers(0, 9999))
@settings(max_examples=40)
def test_eigenvalues_are_numpys_largest_first_and_pairs_together(n, seed):
    A = np.random.default_rng(seed).standard_normal((n, n))
    found, want = eigenvalues(A), np.linalg.eigvals(A)
    for value in found:
        assert np.abs(want - value).min() < 1e-9
    assert (np.diff(np.abs(found)) < 1e-12).all()
    upper = np.flatnonzero(found.imag > 0)
    np.testing.assert_array_equal(found[upper + 1], found[upper].conj())
    assert spectral_radius(A) == np.abs(found[0]) == pytest.approx(np.abs(want).max(), rel=1e-9)


def test_known_spectra():
    np.testing.assert_allclose(eigenvalues([[1, 2], [8, 1]]), [5, -3], rtol=1e-14)
    np.testing.assert_allclose(eigenvalues([[2, 1], [1, 2]]), [3, 1], rtol=1e-14)
    np.testing.assert_allclose(eigenvalues([[0, -2], [2, 0]]), [2j, -2j], rtol=1e-14)
    assert eigenvalues(np.zeros((3, 3))).tolist() == [0, 0, 0]
    np.testing.assert_allclose(eigenvalues(np.diag([1.0, -7, 3])), [-7, 3, 1], rtol=1e-14)
    np.testing.assert_allclose(eigenvalues(np.eye(4)), [1, 1, 1, 1], rtol=1e-14)
    companion = np.diag(np.ones(4), -1)
    companion[0, -1] = 1  # z⁵ = 1
    np.testing.assert_allclose(np.abs(eigenvalues(companion)), 1, rtol=1e-12)


def test_a_jordan_block_keeps_the_root_of_the_digits():
    """κ of its eigenvalue is ∞: ε^(1/n) is what perturbation theory allows (§ 7.2.3)."""
    n = 4
    J = 2 * np.eye(n) + np.diag(np.ones(n - 1), 1)
    Q = np.linalg.qr(np.random.default_rng(0).standard_normal((n, n)))[0]
    found = schur(Q @ J @ Q.T)
    assert np.abs(found.values - 2).max() < 20 * np.finfo(float).eps ** (1 / n)
    assert found.residual < 1e-14
    np.testing.assert_allclose(schur(J).values, 2, rtol=0)


def test_the_words_and_numbers_of_every_step():
    A = np.random.default_rng(4).standard_normal((6, 6))
    *steps, answer = schur_steps(A)
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    done = []
    for step in steps:
        lo, hi = step.rows
        if step.kind == "deflate":
            assert hi - lo <= 1
            assert step.why.startswith(f"rows {lo + 1} to {hi + 1} are done: ")
            assert (step.shifts, step.coupling) == ((), 0)
            done += range(lo, hi + 1)
            continue
        assert step.kind == "chase"
        assert hi - lo >= 2
        below = np.abs(np.diag(step.T, -1))[lo:hi]
        assert step.coupling == below.min()
        one, two = step.shifts
        assert one.imag == -two.imag
        shown = (f"{z.real:.6g}" if not z.imag else f"{z:.6g}" for z in step.shifts)
        assert step.why.startswith(f"shifts {', '.join(shown)}; ")
        assert step.why.endswith(f"the least coupling is {step.coupling:.2g}")
        np.testing.assert_array_equal(step.T, np.triu(step.T, -1))
        np.testing.assert_allclose(
            np.sort_complex(np.linalg.eigvals(step.T)), np.sort_complex(answer.values), atol=1e-9
        )
    assert sorted(done) == list(range(1, 6)) or sorted(done) == list(range(6))
    assert answer.orthogonality == np.abs(answer.Q.T @ answer.Q - np.eye(6)).max() < 1e-13
    error = np.abs(A @ answer.Q - answer.Q @ answer.T).max() / np.abs(A).max()
    assert answer.residual == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-300, 1e-60, 1e60, 1e300])
def test_the_unit_only_scales(scale):
    A = np.random.default_rng(5).uniform(-1, 1, (5, 5))
    A /= np.abs(A).max()
    np.testing.assert_allclose(eigenvalues(scale * A) / scale, eigenvalues(A), rtol=1e-11)


MISTAKES = [
    (
        lambda: schur([[1, 2]]),
        ShapeError,
        r"schur: expected A of shape \(N, N\) with N ≥ 1, got \(1, 2\)",
    ),
    (lambda: eigenvalues([[1, np.nan], [0, 1]]), DomainError, "schur: expected finite A"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
