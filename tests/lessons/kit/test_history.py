"""The history of a run: it stays short, and never loses its ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.kit.history import MAX_RECORDS, History


def history(count, stride=1):
    made = History()
    for i in range(count):
        made.record(i * stride, {"loss": 1 / (i + 1), "rate": float(i)})
    return made


@given(st.integers(1, 5 * MAX_RECORDS), st.integers(1, 7))
def test_it_is_never_longer_than_its_limit_and_keeps_both_ends(count, stride):
    made = history(count, stride)
    assert 0 < len(made.steps) <= MAX_RECORDS
    assert made.steps[0] == 0
    assert made.steps[-1] == (count - 1) * stride
    assert made.last("rate") == count - 1


@given(st.integers(1, 5 * MAX_RECORDS))
def test_steps_rise_and_carry_their_own_numbers(count):
    made = history(count)
    assert all(a < b for a, b in pairwise(made.steps))
    assert made.series["rate"] == [float(step) for step in made.steps]
    assert {len(values) for values in made.series.values()} == {len(made.steps)}


@pytest.mark.parametrize(
    "count", [MAX_RECORDS - 1, MAX_RECORDS, MAX_RECORDS + 1, 3 * MAX_RECORDS, 10 * MAX_RECORDS + 3]
)
def test_what_is_kept_is_evenly_spread(count):
    steps = history(count).steps
    gaps = {b - a for a, b in pairwise(steps[:-1])}
    assert len(gaps) == 1
    assert steps[-1] - steps[-2] <= max(gaps)
    assert len(steps) >= min(count, MAX_RECORDS // 2)


@given(st.integers(0, 3 * MAX_RECORDS), st.integers(1, MAX_RECORDS))
def test_a_copy_goes_on_as_the_first_would(count, more):
    one = history(count)
    other = one.copy()
    for made in (one, other):
        for step in range(count, count + more):
            made.record(step, {"loss": 0.0, "rate": 1.0})
    assert (one.steps, one.series) == (other.steps, other.series)


def test_a_copy_is_another_history():
    one = history(10)
    other = one.copy()
    other.record(10, {"loss": 0.0, "rate": 0.0})
    assert len(one.steps) == len(one.series["loss"]) == 10


@given(st.integers(1, 3 * MAX_RECORDS), st.lists(st.integers(1, 40), max_size=6))
def test_who_goes_back_and_on_keeps_the_start_and_rising_steps(count, ways):
    made, now = history(count), count - 1
    for way in ways:
        now = max(0, now - way)
        made.cut(now)
        made.record(now, {"loss": 0.0, "rate": float(now)})
        for _ in range(way // 2):
            now += 1
            made.record(now, {"loss": 0.0, "rate": float(now)})
        assert (made.steps[0], made.steps[-1]) == (0, now)
        assert all(a < b for a, b in pairwise(made.steps))
        assert made.series["rate"] == [float(step) for step in made.steps]
        assert len(made.series["loss"]) == len(made.steps) <= MAX_RECORDS


def test_going_back_and_forth_loses_nothing_that_was_kept_for_good():
    made = history(2 * MAX_RECORDS)
    before, lowest = made.steps[:-1], made.steps[-1]
    for back in (1, 2, 3, 5, 2, 1, 4, 9, 1, 1):
        now = made.steps[-1] - back
        lowest = min(now, lowest)
        made.cut(now)
        for step in range(now, now + back // 2 + 1):
            made.record(step, {"loss": 0.0, "rate": float(step)})
    kept = [step for step in before if step <= lowest]
    assert len(kept) > MAX_RECORDS // 4
    assert made.steps[: len(kept)] == kept


def test_an_unknown_name_is_a_key_error():
    with pytest.raises(KeyError):
        history(3).last("accuracy")
