"""Singular values: NumPy's, at every turn W = A V, at every scale; the best low rank."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.linalg import low_rank_steps, svd, svd_steps


@settings(max_examples=40)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 9999), st.booleans())
def test_it_agrees_with_numpy(m, n, seed, whole):
    rng = np.random.default_rng(seed)
    A = rng.integers(-1, 2, (m, n)) if whole else rng.standard_normal((n, m)).T
    found, k = svd(A), min(m, n)
    np.testing.assert_allclose(found.s, np.linalg.svd(A)[1], atol=1e-13)
    np.testing.assert_allclose((found.U * found.s) @ found.Vt, A, atol=1e-13)
    np.testing.assert_allclose(found.U.T @ found.U, np.eye(k), atol=1e-13)
    np.testing.assert_allclose(found.Vt @ found.Vt.T, np.eye(k), atol=1e-13)
    assert found.rank == np.linalg.matrix_rank(A)
    assert found.residual < 1e-13
    *_, answer = svd_steps(A)
    np.testing.assert_array_equal(answer.U, found.U)
    np.testing.assert_array_equal(answer.s, found.s)


def test_at_every_turn_the_columns_are_those_of_the_product():
    A = 5 * np.random.default_rng(1).standard_normal((5, 3))
    *steps, _ = svd_steps(A)
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    for step in steps:
        p, q = step.columns
        np.testing.assert_allclose(step.W, A @ step.V, atol=1e-13)
        np.testing.assert_allclose(step.V.T @ step.V, np.eye(3), atol=1e-14)
        assert abs(step.W[:, p] @ step.W[:, q]) < 1e-13


def test_a_circle_becomes_an_ellipse():
    found = svd([[3, 0], [4, 5]])
    np.testing.assert_allclose(found.s, [45**0.5, 5**0.5], rtol=1e-14)
    assert found.s.round(4).tolist() == [6.7082, 2.2361]
    assert found.s.prod() == pytest.approx(15, rel=1e-14)


def test_the_words_and_numbers_of_every_turn():
    A = np.random.default_rng(7).standard_normal((4, 3))
    before, sweep = A, 1
    *steps, answer = svd_steps(A)
    for step in steps:
        p, q = step.columns
        x, y = before[:, p], before[:, q]
        cosine = x @ y / np.linalg.norm(x) / np.linalg.norm(y)
        assert step.cosine == pytest.approx(cosine, abs=1e-13)
        c, s = np.cos(step.angle), np.sin(step.angle)
        turned = before.copy()
        turned[:, p], turned[:, q] = c * x - s * y, s * x + c * y
        np.testing.assert_allclose(step.W, turned, atol=1e-13)
        assert step.why == (
            f"columns {p + 1} and {q + 1} had cosine {step.cosine:.3g}: "
            f"a turn of {np.degrees(step.angle):.3g}° makes it 0"
        )
        assert step.sweep in (sweep, sweep + 1)
        before, sweep = step.W, step.sweep
    assert answer.why.startswith(f"rank 3; U Σ Vᵀ is A but for {answer.residual:.2g}")
    assert answer.residual == np.abs(A - (answer.U * answer.s) @ answer.Vt).max() / np.abs(A).max()


@given(st.integers(0, 9999), st.integers(0, 12))
def test_small_singular_values_keep_their_own_digits(seed, grade):
    """Columns of length 1 and 10^-grade: σ₂ = |det| / σ₁, the determinant by exact fractions."""
    rng = np.random.default_rng(seed)
    (a, b), (c, d) = A = rng.integers(1, 9, (2, 2)) + np.array([[0, 9], [9, 0]])
    tiny = Fraction(1, 2 ** (3 * grade))
    exact = abs(int(a) * int(d) - int(b) * int(c)) * tiny
    found = svd(A * [1.0, float(tiny)])
    assert found.s[1] * found.s[0] == pytest.approx(float(exact), rel=1e-13)


@pytest.mark.parametrize("scale", [1e-310, 1e-160, 1e300])
def test_turns_stay_orthogonal_at_any_scale(scale):
    A = np.random.default_rng(2).standard_normal((4, 3))
    assert svd(scale * A).orthogonality < 1e-14
    graded = A * [1.0, 1e-200, 1e-200]  # squares of two columns vanish
    assert svd(graded).orthogonality < 1e-14


def test_columns_beyond_the_range_are_refused():
    with pytest.raises(DomainError, match=r"^svd: expected orthogonal columns in 60 sweeps"):
        svd([[1.0, 1e-310], [1, 2e-310], [0, 1e-310]])


def test_low_rank_misses_just_the_dropped_singular_values():
    A = np.random.default_rng(3).standard_normal((5, 4))
    s = np.linalg.svd(A)[1]
    for step in low_rank_steps(A):
        k = step.k
        rest = A - step.approximation
        assert step.predicted == pytest.approx(np.sqrt((s[k:] ** 2).sum()), abs=1e-13)
        assert step.frobenius == pytest.approx(np.linalg.norm(rest), abs=1e-13)
        assert step.spectral == pytest.approx(np.linalg.norm(rest, 2), abs=1e-13)
        assert step.share == pytest.approx((s[:k] ** 2).sum() / (s**2).sum())


def test_mistakes_are_named():
    with pytest.raises(ShapeError, match=r"^svd: expected A \(m, n\)"):
        svd([1, 2])


def test_sweeps_count_from_one_and_zero_has_no_share_to_miss():
    assert next(iter(svd_steps([[1, 2], [3, 4]]))).sweep == 1
    nothing = svd(np.zeros((3, 2)))
    assert (nothing.rank, nothing.residual, nothing.orthogonality) == (0, 0, 0)
    (part,) = low_rank_steps(np.zeros((2, 2)), 1)
    assert part.share == 1
    negative = svd([[-1e200, 1e-200], [1e-200, -1e200]])
    np.testing.assert_allclose(negative.s, 1e200)
