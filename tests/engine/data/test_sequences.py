"""Sequence tasks do what they say, and their baselines are what theory says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import Sequences, adding, echo, next_character, one_hot, reversal, sorting
from engine.errors import DomainError, ShapeError

TASKS = {
    "adding": lambda rng: adding(50, 9, rng=rng),
    "echo": lambda rng: echo(50, 9, 3, rng=rng),
    "reversal": lambda rng: reversal(50, 9, 5, rng=rng),
    "sorting": lambda rng: sorting(50, 9, 5, rng=rng),
}
SHAPES = {
    "adding": ((50, 9, 2), (50, 1)),
    "echo": ((50, 9, 1), (50, 9, 1)),
    "reversal": ((50, 9), (50, 9)),
    "sorting": ((50, 9), (50, 9)),
}


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", TASKS)
def test_one_seed_makes_one_task_of_the_promised_shape(name):
    first, again, other = (TASKS[name](rng(seed)) for seed in (7, 7, 8))
    assert np.array_equal(first.x, again.x)
    assert np.array_equal(first.y, again.y)
    assert not np.array_equal(first.x, other.x)
    assert (first.name, first.x.shape, first.y.shape) == (name, *SHAPES[name])
    assert first.x.dtype == first.y.dtype == np.float64


# Adding


@given(st.integers(2, 30), st.integers(0, 999))
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(length, seed):
    task = adding(20, length, rng=rng(seed))
    numbers, marks = task.x[..., 0], task.x[..., 1]
    half = length // 2
    assert set(marks.flat) <= {0.0, 1.0}
    assert (marks[:, :half].sum(axis=1) == 1).all()
    assert (marks[:, half:].sum(axis=1) == 1).all()
    first, second = (np.nonzero(part)[1] for part in (marks[:, :half], marks[:, half:]))
    rows = np.arange(20)
    wanted = numbers[rows, first] + numbers[rows, half + second]
    np.testing.assert_allclose(task.y[:, 0], wanted, rtol=1e-15)
    assert 0 <= numbers.min() <= numbers.max() < 1


def test_adding_marks_every_place_alike_often():
    n, length = 20_000, 7
    share = adding(n, length, rng=rng()).x[..., 1].mean(axis=0)
    wanted = np.repeat([1 / 3, 1 / 4], [3, 4])
    assert (np.abs(share - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / n)).all()


def test_always_answering_one_costs_a_sixth():
    """Var (y − 1)² = E (y − 1)⁴ − 1/36 = 1/15 − 1/36 for the sum of two uniform numbers."""
    n = 20_000
    errors = (adding(n, 10, rng=rng()).y - 1) ** 2
    standard_error = np.sqrt((1 / 15 - 1 / 36) / n)
    assert abs(errors.mean() - 1 / 6) < 3 * standard_error


# Echo


@given(st.integers(1, 12), st.data())
def test_echo_says_each_bit_again(length, data):
    delay = data.draw(st.integers(0, length - 1))
    task = echo(5, length, delay, rng=rng(delay))
    assert set(task.x.flat) <= {0.0, 1.0}
    for t in range(length):
        wanted = task.x[:, t - delay] if t >= delay else 0
        assert (task.y[:, t] == wanted).all()


def test_echo_bits_are_alike_often():
    assert abs(echo(1000, 40, 1, rng=rng()).x.mean() - 0.5) < 4 * 0.5 / np.sqrt(40_000)


# Reversal and sorting


def test_reversal_twice_is_the_row_itself():
    task = TASKS["reversal"](rng())
    assert np.array_equal(task.y[:, ::-1], task.x)
    assert not np.array_equal(task.y, task.x)
    assert not np.shares_memory(task.x, task.y)


def test_sorting_gives_the_same_tokens_in_rising_order():
    task = TASKS["sorting"](rng())
    assert (np.diff(task.y, axis=1) >= 0).all()
    for token in range(5):
        assert np.array_equal((task.x == token).sum(axis=1), (task.y == token).sum(axis=1))


@pytest.mark.parametrize("make", [reversal, sorting])
def test_tokens_are_whole_numbers_in_range_and_alike_often(make):
    task = make(4000, 10, 4, rng=rng())
    assert task.vocabulary == ("0", "1", "2", "3")
    for ids in task.x, task.y:
        values, counts = np.unique(ids, return_counts=True)
        assert values.tolist() == [0, 1, 2, 3]
        assert np.abs(counts / 40_000 - 1 / 4).max() < 4 * np.sqrt(3 / 16 / 40_000)


# Characters


@given(st.text(min_size=2, max_size=60), st.data())
def test_windows_of_text_read_on_from_each_other(text, data):
    length = data.draw(st.integers(1, len(text) - 1))
    task = next_character(text, length)
    read = ["".join(task.vocabulary[int(i)] for i in ids.flat) for ids in (task.x, task.y)]
    end = task.x.size
    assert read == [text[:end], text[1 : end + 1]]
    assert len(text) - 1 - length < end <= len(text) - 1
    assert list(task.vocabulary) == sorted(set(text))


def test_a_text_that_just_fits_makes_one_window():
    task = next_character("abc", 2)
    assert (task.x.tolist(), task.y.tolist()) == ([[0, 1]], [[1, 2]])


# One-hot


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 0)])
def test_one_hot_has_its_one_at_the_token(shape):
    ids = rng().integers(0, 4, shape).astype(float)
    hot = one_hot(ids, 4)
    assert hot.shape == (*shape, 4)
    assert set(hot.flat) <= {0.0, 1.0}
    assert np.array_equal(hot.sum(axis=-1), np.ones(shape))
    assert np.array_equal(hot @ np.arange(4.0), ids)


# Mistakes

MISTAKES = [
    (lambda: adding(0, 4, rng=rng()), "adding: expected an integer count ≥ 1"),
    (lambda: adding(1, 1, rng=rng()), "adding: expected an integer length ≥ 2"),
    (lambda: echo(0, 4, 1, rng=rng()), "echo: expected an integer count ≥ 1"),
    (lambda: echo(1, 0, 0, rng=rng()), "echo: expected an integer length ≥ 1"),
    (lambda: echo(1, 4, 4, rng=rng()), "echo: expected an integer 0 ≤ delay ≤ 3"),
    (lambda: echo(1, 4, -1, rng=rng()), "echo: expected an integer 0 ≤ delay ≤ 3"),
    (lambda: reversal(0, 4, 3, rng=rng()), "reversal: expected an integer count ≥ 1"),
    (lambda: reversal(1, 0, 3, rng=rng()), "reversal: expected an integer length ≥ 1"),
    (lambda: reversal(1, 4, 1, rng=rng()), "reversal: expected an integer tokens ≥ 2"),
    (lambda: sorting(1, 4, 1, rng=rng()), "sorting: expected an integer tokens ≥ 2"),
    (lambda: next_character("ab", 0), "next_character: expected length ≥ 1, got 0"),
    (lambda: next_character("ab", 2), "at least length . 1 = 3 characters, got 2"),
    (lambda: next_character("", 1), "at least length . 1 = 2 characters, got 0"),
    (lambda: one_hot([0], 0), "one_hot: expected an integer tokens ≥ 1"),
    (lambda: one_hot([0, 3], 3), "one_hot: expected integers 0 … 2 in ids"),
    (lambda: one_hot([-1], 3), "one_hot: expected integers 0 … 2 in ids"),
    (lambda: one_hot([0.5], 3), "one_hot: expected integers 0 … 2 in ids"),
    (lambda: one_hot([np.nan], 3), "one_hot: expected integers 0 … 2 in ids"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, message):
    with pytest.raises(DomainError, match=message):
        mistake()


@pytest.mark.parametrize(
    ("x", "y"),
    [((2, 3), (3, 3)), ((2,), (2, 1)), ((0, 3), (0, 3)), ((2, 0), (2, 1)), ((2, 3), (2,))],
)
def test_arrays_that_do_not_fit_are_refused(x, y):
    with pytest.raises(ShapeError, match=r"Sequences odd: expected x \(N, T, …\) and y \(N, …\)"):
        Sequences("odd", np.zeros(x), np.zeros(y))
