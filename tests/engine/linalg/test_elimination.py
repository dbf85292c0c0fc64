"""Elimination: the pivoting demonstration, NumPy's answers, what is stated about lost digits."""

import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.linalg import elimination_steps, hilbert, inverse, inverse_steps, solve

TINY = [[1e-20, 1.0], [1.0, 1.0]]


def random(n, seed):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, n)) + 3 * np.eye(n), rng.standard_normal(n)


def test_a_tiny_pivot_loses_everything_and_says_so():
    good, bad = solve(TINY, [1, 2]), solve(TINY, [1, 2], pivot=False)
    assert good.x.tolist() == [1, 1]
    assert bad.x.tolist() == [0, 1]
    assert good.digits_lost < 1
    assert bad.growth == pytest.approx(1e20)
    assert bad.digits_lost > 20
    assert bad.residual == 1


@given(st.integers(1, 9), st.integers(0, 9999))
@settings(max_examples=40)
def test_it_agrees_with_numpy(n, seed):
    A, b = random(n, seed)
    found = solve(A, b)
    truth = np.linalg.solve(A, b)
    scale = np.abs(truth).max()
    assert np.abs(found.x - truth).max() <= 1e-14 * found.condition * scale
    assert found.condition == pytest.approx(np.linalg.cond(A, np.inf), rel=1e-10)
    assert found.residual == np.abs(A @ found.x - b).max()
    X = inverse(A)
    np.testing.assert_allclose(X.inverse @ A, np.eye(n), atol=1e-13 * found.condition)
    assert X.residual == np.abs(A @ X.inverse - np.eye(n)).max()


@pytest.mark.parametrize("n", [3, 5, 8, 10, 12])
def test_a_hilbert_matrix_loses_no_more_than_stated(n):
    found = solve(hilbert(n), hilbert(n) @ np.ones(n))
    lost = 16 + np.log10(np.abs(found.x - 1).max())
    assert lost < found.digits_lost + 0.5
    lost = np.log10(np.linalg.cond(hilbert(n), np.inf))
    assert found.digits_lost == pytest.approx(lost, abs=0.5 if n == 12 else 0.01)


def test_each_step_keeps_the_solution_and_makes_the_zeros_it_says():
    A, b = random(5, 1)
    x = np.linalg.solve(A, b)
    *steps, answer = elimination_steps(A, b)
    for step in steps:
        np.testing.assert_allclose(step.augmented[:, :5] @ x, step.augmented[:, 5], atol=1e-12)
    down = [s for s in steps if s.kind == "subtract" and s.rows[0] > s.rows[1]]
    assert all(s.augmented[s.rows] == 0 for s in down)
    assert all(abs(s.factor) <= 1 for s in down)  # what pivoting is for
    assert len(down) == 10
    assert [s.step for s in steps] == list(range(1, len(steps) + 1))
    np.testing.assert_array_equal(steps[-1].augmented[:, :5], np.eye(5))
    np.testing.assert_array_equal(steps[-1].augmented[:, 5], answer.x)


def test_small_ones():
    (scale, answer) = elimination_steps([[4]], [2])
    assert (scale.kind, scale.factor, answer.x.tolist()) == ("scale", 4, [0.5])
    assert next(elimination_steps([[0, 1], [1, 0]], [2, 3])).kind == "swap"
    assert len(list(inverse_steps(np.eye(3)))) == 1
    assert solve([[2]], [0]).x.tolist() == [0]


SINGULAR = [[[0]], [[1, 2], [2, 4]], np.zeros((3, 3)), [[1, 2, 3], [2, 4, 6], [1, 1, 1]]]


@pytest.mark.parametrize("A", SINGULAR)
def test_a_singular_matrix_is_refused_by_name(A):
    message = "expected A invertible, got a singular matrix: column . has no pivot left"
    with pytest.raises(DomainError, match=f"solve: {message}"):
        solve(A, np.ones(len(A)))
    with pytest.raises(DomainError, match=f"inverse: {message}"):
        inverse(A)


def test_a_matrix_that_is_singular_but_for_rounding_loses_all_digits():
    assert solve(hilbert(13), np.ones(13)).digits_lost > 16
    assert inverse([[0.1, 0.7], [0.3, 2.1]]).digits_lost > 16


@given(st.integers(2, 6), st.integers(0, 9999))
@settings(max_examples=40)
def test_a_rank_that_falls_short_is_an_error_or_fifteen_digits_lost(n, seed):
    """Rounding may leave a tiny number where a pivot should be 0: the record must not hide it."""
    rng = np.random.default_rng(seed)
    short = rng.standard_normal((n, n - 1)) @ rng.standard_normal((n - 1, n))
    thin = np.outer(rng.standard_normal(n), rng.standard_normal(n))
    tenths = rng.integers(-3, 4, (n, n - 1)) @ rng.integers(-3, 4, (n - 1, n)) / 10
    for A in (short, thin, tenths):
        for pivot in (True, False):
            with suppress(DomainError):
                assert solve(A, np.ones(n), pivot=pivot).digits_lost >= 15
        with suppress(DomainError):
            assert inverse(A).digits_lost >= 15


def test_one_to_nine_is_singular_and_says_so():
    A = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert solve(A, [1, 1, 1]).digits_lost > 15
    assert inverse(A).digits_lost > 15
    with pytest.raises(DomainError, match="column 3 has no pivot left"):
        solve(A, [1, 1, 1], pivot=False)  # in integers nothing is rounded


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_solutions_do_not_depend_on_the_unit(scale):
    A, b = random(4, 2)
    want = np.linalg.solve(A, b)
    found = solve(scale * A, scale * b)
    np.testing.assert_allclose(found.x, want, rtol=1e-12)
    assert found.condition == pytest.approx(np.linalg.cond(A, np.inf), rel=1e-10)
    found = solve(np.diag([1e-200, 1.0, 1e200]), [1e-200, 3, 1e200])
    np.testing.assert_allclose(found.x, [1, 3, 1], rtol=1e-15)


def test_every_word_of_a_step_is_its_own():
    """`why` names the numbers of the operation, rows counted from 1."""
    swap, subtract, scale, up, last_scale, _ = elimination_steps([[1, 2], [4, 2]], [5, 8])
    assert (swap.kind, swap.rows, swap.factor) == ("swap", (0, 1), 1)
    assert swap.why == "4 is the largest of column 1: row 2 comes up"
    assert swap.augmented.tolist() == [[4, 2, 8], [1, 2, 5]]
    assert (subtract.kind, subtract.rows, subtract.factor) == ("subtract", (1, 0), 0.25)
    assert subtract.why == "1 / 4 = 0.25: clears column 1 of row 2"
    assert subtract.augmented.tolist() == [[4, 2, 8], [0, 1.5, 3]]
    assert (scale.kind, scale.rows, scale.factor) == ("scale", (1,), 1.5)
    assert scale.why == "row 2 divided by its pivot 1.5"
    assert (up.kind, up.rows, up.factor) == ("subtract", (0, 1), 2)
    assert up.why == "2 times the known row 2 is subtracted from row 1"
    assert up.augmented.tolist() == [[4, 0, 4], [0, 1, 2]]
    assert (last_scale.kind, last_scale.rows, last_scale.factor) == ("scale", (0,), 4)


def test_growth_is_the_largest_number_over_the_first():
    """Wilkinson's matrix doubles its last column in every step: Higham 2002, equation 9.18."""
    n = 8
    A = np.eye(n) - np.tril(np.ones((n, n)), -1)
    A[:, -1] = 1
    found = solve(A, np.ones(n))
    assert found.growth == 2 ** (n - 1)
    lost = np.log10(np.linalg.cond(A, np.inf)) + np.log10(found.growth)
    assert found.digits_lost == pytest.approx(lost, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 0.01, 1.0, 1e160, 1e300])
@pytest.mark.parametrize("pivot", [True, False])
def test_growth_and_digits_lost_do_not_depend_on_the_unit(scale, pivot):
    """Of rows (1, 1) and (1, −1) the second becomes (0, −2), and κ∞ = 2 · 1."""
    found = solve(scale * np.array([[1, 1], [1, -1]]), [scale, 0], pivot=pivot)
    assert found.x.tolist() == [0.5, 0.5]
    assert found.growth == pytest.approx(2, rel=1e-15)
    assert found.condition == pytest.approx(2, rel=1e-15)
    assert found.digits_lost == pytest.approx(math.log10(4), rel=1e-14)
    assert found.why == "residual 0; κ = 2, growth 2: ≈ 0.6 digits lost"


def test_nothing_is_lost_where_nothing_is_enlarged():
    found = solve(np.eye(3), [1, 2, 3])
    assert (found.condition, found.growth, found.digits_lost) == (1, 1, 0)
    assert inverse(np.eye(3)).digits_lost == 0
    assert list(inverse_steps(np.eye(3)))[-1].why == (
        "A A⁻¹ is I but for 0; κ = 1: ≈ 0.0 digits lost"
    )


@given(st.integers(1, 7), st.integers(0, 9999))
@settings(max_examples=40)
def test_what_the_rows_did_to_a_they_did_to_the_identity(n, seed):
    """Each state is [E A | E], E the product of the operations so far."""
    A, _ = random(n, seed)
    *steps, answer = inverse_steps(A)
    kappa = np.linalg.cond(A)
    for step in steps:
        left, right = step.augmented[:, :n], step.augmented[:, n:]
        np.testing.assert_allclose(right @ A, left, atol=1e-14 * kappa * np.abs(A).max())
    assert [step.step for step in steps] == list(range(1, len(steps) + 1))
    assert len({step.augmented.tobytes() for step in steps}) == len(steps)  # each is its own
    np.testing.assert_array_equal(steps[-1].augmented, np.column_stack([np.eye(n), answer.inverse]))
    np.testing.assert_allclose(answer.inverse, np.linalg.inv(A), rtol=0, atol=1e-14 * kappa**2)
    assert answer.condition == pytest.approx(np.linalg.cond(A, np.inf), rel=1e-9)
    assert answer.digits_lost == pytest.approx(math.log10(answer.condition))


@given(st.integers(2, 6), st.integers(0, 9999), st.booleans())
@settings(max_examples=40)
def test_an_operation_told_by_its_record_makes_the_next_state(n, seed, pivot):
    A, b = random(n, seed)
    before = np.column_stack([A, b])
    for step in list(elimination_steps(A, b, pivot=pivot))[:-1]:
        W, (to, *from_) = before.copy(), step.rows
        if step.kind == "swap":
            W[[to, *from_]] = W[[*from_, to]]
            assert abs(step.augmented[to, to]) == np.abs(before[to:, to]).max()
        elif step.kind == "subtract":
            assert step.factor == pytest.approx(before[to, from_[0]] / before[from_[0], from_[0]])
            W[to] -= step.factor * W[from_[0]]
        else:
            W[to] /= step.factor
        np.testing.assert_allclose(step.augmented, W, atol=1e-13 * np.abs(W).max())
        before = step.augmented
        assert pivot or step.kind != "swap"


def test_a_zero_pivot_without_swaps_asks_for_swaps():
    with pytest.raises(DomainError, match=r"a pivot ≠ 0 in row 1, got 0. Set pivot=True"):
        solve([[0, 1], [1, 0]], [1, 1], pivot=False)
    with pytest.raises(ShapeError, match=r"solve: expected b of shape \(2,\), got \(3,\)"):
        solve(np.eye(2), [1, 2, 3])
