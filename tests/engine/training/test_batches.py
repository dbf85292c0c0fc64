"""Rows in batches: every row once an epoch, in its own order, and back again."""

from itertools import pairwise

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError
from engine.training.batches import Batches


def make(count=7, batch=3, shuffle=True, seed=0):
    x = np.arange(count) * 1.0
    rows = Batches("demo", [x, 10 * x[:, None]], batch, shuffle, np.random.default_rng(seed))
    rows.begin(lambda i, x: x.copy())
    return rows


def epoch(rows):
    return [rows.next() for _ in range(rows.per_epoch)]


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch", [1, 3, 7, 50])
def test_an_epoch_is_every_row_once_the_arrays_side_by_side(shuffle, batch):
    rows, orders = make(batch=batch, shuffle=shuffle), []
    for _ in range(3):
        parts = epoch(rows)
        assert [len(x) for x, _ in parts][:-1] == [batch] * (len(parts) - 1)
        x = np.concatenate([x for x, _ in parts])
        np.testing.assert_array_equal(10 * x, np.concatenate([y[:, 0] for _, y in parts]))
        assert sorted(x) == list(range(7))
        orders.append(x)
    drawn = shuffle and batch < 7
    assert all((a != b).any() == drawn for a, b in pairwise(orders))


def test_the_next_batch_can_be_seen_before():
    rows = make()
    for _ in range(8):
        next_size, peek = rows.next_size, rows.peek()
        got = rows.next()
        assert next_size == len(got[0])
        for one, other in zip(peek, got, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("before", range(5))
def test_restore_goes_back_to_order_and_place(before):
    rng_free = make(shuffle=False)
    rows = make()
    for _ in range(before):
        rows.next()
        rng_free.next()
    state, left = rows.snapshot(), rows.next_size
    wanted = rows.peek()[0]
    epoch(rows)
    epoch(rows)
    rows.restore(state)
    assert rows.next_size == left == rng_free.next_size
    np.testing.assert_array_equal(rows.next()[0], wanted)


def test_an_example_is_the_first_rows_as_they_came():
    np.testing.assert_array_equal(make().first(2)[0], [0, 1])


MISTAKES = [
    (
        [np.ones(3), np.ones(4)],
        1,
        ShapeError,
        "demo: expected arrays of as many rows each, .* got 3 and 4",
    ),
    ([np.ones(0)], 1, ShapeError, "demo: .* at least one, got 0"),
    ([np.ones(3)], 0, DomainError, "demo: expected an integer batch ≥ 1"),
]


@pytest.mark.parametrize(("arrays", "batch", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(arrays, batch, kind, message):
    with pytest.raises(kind, match=message):
        Batches("demo", arrays, batch, True, np.random.default_rng(0))
