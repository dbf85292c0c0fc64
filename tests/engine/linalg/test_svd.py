"""Singular values: NumPy's, at every turn W = A V, at every scale; the best low rank."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ShapeError
from engine.linalg import condition, low_rank_steps, pca, svd, svd_steps


def low_rank_integers(seed, count):
    """Matrices of all shapes to (8, 8) and of every rank from 0, by products of integers."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        m, n = rng.integers(1, 9, 2)
        k = rng.integers(0, min(m, n) + 1)
        yield (rng.integers(-3, 4, (m, k)) @ rng.integers(-3, 4, (k, n))).astype(float)


def the_same_as_numpy(A):
    """NumPy's values, orthonormal factors and A again, to 1e-14 of the largest; the SVD."""
    found, k = svd(A), min(A.shape)
    s = np.linalg.svd(A, compute_uv=False)
    size = s[0] or 1.0
    assert np.abs(found.s - s).max() <= 1e-14 * size
    assert np.abs(found.U.T @ found.U - np.eye(k)).max() < 1e-14
    assert np.abs(found.Vt @ found.Vt.T - np.eye(k)).max() < 1e-14
    assert np.abs((found.U * found.s) @ found.Vt - A).max() <= 1e-14 * size
    return found


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
@settings(max_examples=40)
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


@pytest.mark.parametrize("tiny", [1e-100, 1e-200, 1e-285])
def test_columns_whose_squares_vanish_keep_their_digits(tiny):
    A = np.random.default_rng(2).standard_normal((4, 3))
    found = svd(A * [1.0, tiny, tiny])
    assert found.orthogonality < 1e-14
    unit = A[:, 0] / np.linalg.norm(A[:, 0])
    across = A[:, 1:] - np.outer(unit, unit @ A[:, 1:])
    np.testing.assert_allclose(found.s[1:], tiny * np.linalg.svd(across)[1], rtol=1e-13)


def test_columns_beyond_the_range_count_as_zero():
    found = svd([[1.0, 1e-310], [1, 2e-310], [0, 1e-310]])
    assert found.s[1] == 0
    assert found.s[0] == pytest.approx(2**0.5, rel=1e-15)
    assert (found.rank, found.residual < 1e-300, found.orthogonality < 1e-14) == (1, True, True)


@pytest.mark.parametrize(
    "A",
    [
        [[1, 2, 3], [2, 4, 6], [1, 0, 1]],
        np.arange(64.0).reshape(8, 8),
        np.ones((5, 8)),
        np.pad(np.random.default_rng(0).integers(0, 17, (8, 4)), ((0, 0), (2, 2))),  # like a digit
        np.eye(4)[[1, 1, 3, 1]],
        np.outer([0.1, 0.2, 0.3], [0.7, 0.1]),
    ],
)
def test_singular_matrices(A):
    found = the_same_as_numpy(np.asarray(A, dtype=float))
    assert found.rank == np.linalg.matrix_rank(A) < min(np.shape(A))


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.sweep)])
def test_integer_matrices_of_low_rank(count):
    for A in low_rank_integers(seed=1, count=count):
        assert the_same_as_numpy(A).rank == np.linalg.matrix_rank(A)


def test_units_change_nothing():
    for A in low_rank_integers(seed=2, count=15):
        plain = the_same_as_numpy(A)
        for scale in (2.0**600, 2.0**-600):  # rounds nothing
            found = svd(scale * A)
            assert found.s.tolist() == (scale * plain.s).tolist()
            assert found.U.tolist() == plain.U.tolist()
            assert found.Vt.tolist() == plain.Vt.tolist()
        for scale in (1e150, 1e-150):
            the_same_as_numpy(scale * A)


@pytest.mark.parametrize("power", [-290, -100, -10, -3])
def test_singular_matrices_with_columns_of_all_sizes(power):
    rng = np.random.default_rng(-power)
    for A in low_rank_integers(seed=-power, count=15):
        the_same_as_numpy(A * 10.0 ** rng.integers(power, 1, A.shape[1]))
        the_same_as_numpy(A * 10.0 ** rng.integers(power, 1, A.shape[0])[:, None])


def test_only_rounding_is_ever_set_to_zero():
    """A singular value well above ε σ₁ keeps its digits, one below may become 0."""
    rng = np.random.default_rng(6)
    for n in rng.integers(2, 9, 20):
        Q, R = (np.linalg.qr(rng.standard_normal((n, n)))[0] for _ in range(2))
        A = Q * 10.0 ** rng.uniform(-20, 0, n) @ R
        the_same_as_numpy(A)
        lost = np.linalg.svd(A)[1][svd(A).s == 0]
        assert (lost < np.finfo(float).eps * np.linalg.norm(A)).all()


def test_every_turn_of_a_singular_matrix_is_what_it_says():
    seen = 0
    for A in low_rank_integers(seed=3, count=60):
        work = A if A.shape[0] >= A.shape[1] else A.T
        before, size = work, np.abs(A).max() or 1
        *steps, answer = svd_steps(A)
        for step in steps:
            p, q = step.columns
            x, y = before[:, p], before[:, q]
            lengths = np.linalg.norm(x) * np.linalg.norm(y)
            assert step.cosine == pytest.approx(x @ y / lengths, abs=1e-14)
            c, s = np.cos(step.angle), np.sin(step.angle)
            turned = before.copy()
            turned[:, p], turned[:, q] = c * x - s * y, s * x + c * y
            zeroed = [int(j) - 1 for j in re.findall(r"left of column (\d): set to 0", step.why)]
            assert set(zeroed) <= {p, q}
            assert np.abs(turned[:, zeroed]).max(initial=0) < 1e-14 * size
            turned[:, zeroed] = 0
            np.testing.assert_allclose(step.W, turned, rtol=0, atol=1e-14 * size)
            np.testing.assert_allclose(step.W, work @ step.V, rtol=0, atol=5e-14 * size)
            assert step.why.startswith(f"columns {p + 1} and {q + 1} had cosine {step.cosine:.3g}")
            before, seen = step.W, seen + len(zeroed)
        assert answer.s.tolist() == svd(A).s.tolist()
        assert max([0, *(step.sweep for step in steps)]) <= 8
    assert seen > 50


def test_users_of_it_take_singular_matrices():
    for A in low_rank_integers(seed=4, count=60):
        s = np.linalg.svd(A, compute_uv=False)
        size, rank = s[0] or 1, np.linalg.matrix_rank(A)
        for step in low_rank_steps(A):
            dropped = np.linalg.norm(s[step.k :])
            assert step.predicted == pytest.approx(dropped, abs=1e-13 * size)
            assert step.frobenius == pytest.approx(dropped, abs=1e-13 * size)
            assert step.k < rank or step.share == pytest.approx(1, abs=1e-14)
        np.testing.assert_allclose(step.approximation, A, rtol=0, atol=1e-13 * size)
        assert condition(A).singular == (rank < min(A.shape))
        X = np.column_stack([A, np.full(len(A), 0.3)])  # a constant column
        if len(A) > 1 and np.ptp(A, axis=0).any():
            found = pca(X)
            np.testing.assert_allclose(found.mean + found.scores @ found.components, X, atol=1e-13)
            assert found.shares.sum() == pytest.approx(1)
            assert found.orthogonality < 1e-14


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
    with pytest.raises(ShapeError, match=r"^svd: expected A of shape \(N, D\)"):
        svd([1, 2])


def test_sweeps_count_from_one_and_zero_has_no_share_to_miss():
    assert next(iter(svd_steps([[1, 2], [3, 4]]))).sweep == 1
    nothing = svd(np.zeros((3, 2)))
    assert (nothing.rank, nothing.residual, nothing.orthogonality) == (0, 0, 0)
    (part,) = low_rank_steps(np.zeros((2, 2)), 1)
    assert part.share == 1
    negative = svd([[-1e200, 1e-200], [1e-200, -1e200]])
    np.testing.assert_allclose(negative.s, 1e200)
