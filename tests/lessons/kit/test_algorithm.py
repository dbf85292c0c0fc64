"""Walks: an algorithm's records, forth and back, however far, and the sentence that ends one."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError
from lessons.kit.algorithm import CACHE_SIZE, AlgorithmExperiment, RecordCache
from lessons.kit.experiment import view
from lessons.kit.knobs import Integer, Switch
from lessons.kit.pictures import Text
from lessons.kit.run import Run
from tests.tutor.stub.lab import Elimination

few = settings(max_examples=25)


@dataclass(frozen=True)
class Counted:
    """One number."""

    n: int

    @property
    def why(self):
        return f"{self.n} follows."


class Count(AlgorithmExperiment[Counted]):
    """Counts to the end, or refuses to go on."""

    end = Integer("end", 20, 0, 5000)
    refuses = Switch("refuses")
    tint = Switch("tint", display_only=True)
    made = 0

    def records(self):
        for n in range(1, self.end + 1):
            type(self).made += 1
            yield Counted(n)
        if self.refuses:
            raise DomainError("No further.")

    def metrics(self):
        return {"n": float(self.record.n if self.record else 0)}

    @view
    def words(self):
        return Text("Now", (str(self.record),))


def counted(steps=0, **values):
    run = Run(Count, values=values)
    run.advance(steps)
    return run


def test_every_knob_starts_a_walk_anew_but_those_that_only_show():
    assert {name: knob.rebuilds for name, knob in Count.knobs.items()} == {
        "end": True, "refuses": True, "tint": False,
    }  # fmt: skip
    run = counted(5)
    run.turn("tint", True)
    assert run.steps == 5
    run.turn("end", 30)
    assert (run.steps, run.lab.tint) == (0, True)


@few
@given(st.lists(st.integers(-30, 30), max_size=12))
def test_forth_and_back_lead_where_a_fresh_walk_would_be(ways):
    run, at = counted(), 0
    for way in ways:
        made = run.advance(way) if way > 0 else run.back(-way)
        assert made == abs(min(20, max(0, at + way)) - at)
        at = min(20, max(0, at + way))
        fresh = counted(at)
        assert (run.steps, run.status) == (at, fresh.status)
        assert run.lab.record == fresh.lab.record == (Counted(at) if at else None)
        assert run.metrics == {"n": float(at)}
        assert run.state_hash == fresh.state_hash
        assert run.lab.past == tuple(map(Counted, range(1, at + 1)))
        assert run.lab.reasons() == fresh.lab.reasons()
        assert run.history.steps == list(range(at + 1))


@pytest.mark.parametrize(
    "back", [1, CACHE_SIZE - 1, CACHE_SIZE, CACHE_SIZE + 1, 3 * CACHE_SIZE, 3 * CACHE_SIZE + 7]
)
def test_a_walk_goes_back_beyond_the_records_that_are_kept(back):
    end = 3 * CACHE_SIZE + 7
    run = counted(end, end=end)
    assert (run.steps, run.status) == (end, "converged")
    assert run.back(back) == back
    assert run.lab.record == (Counted(end - back) if back < end else None)
    run.advance(5)
    assert run.lab.record == Counted(min(end, end - back + 5))
    assert run.lab.past == tuple(map(Counted, range(1, run.steps + 1)))


def test_records_are_computed_no_further_than_one_step_ahead_and_kept_ones_not_again():
    Count.made = 0
    run = counted(10, end=5000)
    assert Count.made <= 11
    run.back(5)
    run.advance(5)
    assert run.lab.record == Counted(10)
    assert len(run.lab.past) == 10
    assert Count.made <= 11


def test_a_walk_ends_with_its_last_record():
    run = counted(99)
    assert (run.steps, run.status, run.lab.refusal) == (20, "converged", "")
    assert run.advance() == 0
    assert run.back() == 1
    assert run.status == "running"
    assert run.lab.answer == Counted(20)


def test_a_refusal_is_the_last_sentence_and_not_an_error():
    run = counted(20, refuses=True)
    assert (run.status, run.lab.refusal) == ("diverged", "No further.")
    assert run.lab.reasons().lines[-2:] == ("20. 20 follows.", "No further.")
    assert run.lab.reasons().current == 20
    run.back()
    assert (run.status, run.lab.refusal) == ("running", "")
    assert run.lab.reasons().lines[-1] == "19. 19 follows."
    assert run.lab.answer is None


@pytest.mark.parametrize("refuses", [True, False])
def test_a_walk_without_records_is_over_at_once(refuses):
    run = counted(5, end=0, refuses=refuses)
    assert (run.steps, run.lab.record) == (0, None)
    assert run.status == ("diverged" if refuses else "converged")
    assert run.lab.reasons().lines[0].startswith("No further." if refuses else "Nothing yet")


@few
@given(st.integers(0, 25), st.integers(0, 25))
def test_a_branch_stands_at_the_same_record_with_the_same_reasons(steps, more):
    run = counted(steps)
    twin = run.branch()
    assert (twin.lab.reasons(), twin.lab.words()) == (run.lab.reasons(), run.lab.words())
    twin.back(more)
    assert run.steps == min(20, steps)


def test_records_of_the_engine_are_walked_and_singular_matrices_said():
    run = Run(Elimination)
    while run.advance():
        assert run.lab.reasons().current == run.steps - 1
    assert run.status == "converged"
    assert run.lab.record.why == run.lab.answer.why
    singular = Run(Elimination, values={"A": "singular"})
    singular.advance(99)
    assert (singular.status, bool(singular.lab.refusal)) == ("diverged", True)


def test_an_error_that_is_not_the_engines_is_not_swallowed():
    def broken():
        yield Counted(1)
        raise ZeroDivisionError

    recorded = RecordCache(broken)
    assert recorded.reach(1) == 1
    with pytest.raises(ZeroDivisionError):
        recorded.reach(2)
