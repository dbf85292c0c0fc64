"""A run: portions, turns and ways back, on an experiment made for the purpose and on the stub's."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, UnknownNameError
from lessons.kit.experiment import Chart, ProcessExperiment, derived, view
from lessons.kit.knobs import Choice, Integer, Slider, Switch
from lessons.kit.oracles import NOT_YET, Oracle
from lessons.kit.pictures import Text
from lessons.kit.run import Run
from tests.tutor.stub.lab import Arrows, Descent, Elimination

few = settings(max_examples=25)


class Climb(ProcessExperiment):
    """A random climb, faster for a while after a switch of shoes; it ends at a height of 1e4."""

    rate = Slider("rate", 1, 0, 1000, symbol="η")
    shoes = Choice("shoes", ("boots", "clogs"))
    places = Integer("places", 2, 1, 9, rebuilds=True)
    tint = Switch("tint", display_only=True)
    state_names = ("x", "trail", "switched")
    unit, budget = "pace", 40
    charts = {"height": Chart("Height", ("height", "rate"))}

    def begin(self):
        self.stride = 4
        if self.places == 9:
            raise DomainError("Nine is too many.")
        self.x, self.trail, self.switched = np.zeros(self.places), deque(maxlen=3), 0

    def step(self):
        self.x += self.rate * self.rng.random(self.x.size) * (2 if self.switched else 1)
        self.switched = max(0, self.switched - 1)
        self.trail.append(self.x.copy())

    def turned(self, name):
        if name == "shoes":
            self.switched = 2
        if self.rate == 13:
            self.x += 1
            raise DomainError("Thirteen is refused.")

    def metrics(self):
        if self.rate == 666:
            raise DomainError("No number of that kind.")
        height = float(self.x.max())
        return {"height": height if height < 1e9 else float("nan"), "rate": self.rate}

    @property
    def status(self):
        return "converged" if self.x.max() > 1e4 else "running"

    @derived
    def mean(self):
        return float(self.x.mean())

    @view
    def words(self):
        return Text("Mean", (f"{self.mean:g}",))

    def oracles(self):
        yield Oracle("one", 1.0, NOT_YET, 0.01)


def climbed(steps, seed=0, **values):
    run = Run(Climb, seed, values)
    run.advance(steps)
    return run


def everything(run):
    """All that can be seen of a run."""
    history = (tuple(run.history.steps), {n: tuple(v) for n, v in run.history.series.items()})
    return (
        run.state_hash, run.steps, run.status, dict(run.metrics), dict(run.start), run.turns,
        run.marks, history, run.record(),
    )  # fmt: skip


@few
@given(st.lists(st.integers(0, 13), max_size=12))
def test_portions_make_no_difference(portions):
    run = Run(Climb)
    for portion in portions:
        assert run.advance(portion) == portion
    whole = climbed(sum(portions))
    assert everything(run) == everything(whole)


@few
@given(st.integers(1, 13))
def test_the_end_comes_at_the_same_step_in_every_portion(portion):
    run = Run(Climb, values={"rate": 1000})
    while run.advance(portion):
        pass
    whole = climbed(10_000, rate=1000)
    assert everything(run) == everything(whole)
    assert (run.status, run.steps % 4, run.advance(5)) == ("converged", 0, 0)


def test_numbers_are_recorded_at_whole_strides_and_are_those_of_now():
    run = climbed(6)
    assert run.history.steps == [0, 4]
    assert run.metrics["height"] == run.lab.x.max()
    run.advance(1)
    assert run.metrics["height"] == run.lab.x.max()
    run.turn("rate", 5)
    assert run.metrics["rate"] == run.history.last("rate") == 5
    assert run.history.steps == [0, 4, 7]


@pytest.mark.parametrize(("one", "other"), [(0, 1), (3, 4)])
def test_experiment_seed_knobs_and_steps_are_in_the_hash(one, other):
    assert climbed(8, seed=one).state_hash != climbed(8, seed=other).state_hash
    assert climbed(8, rate=one).state_hash != climbed(8, rate=other).state_hash
    assert climbed(one, rate=0).state_hash != climbed(other, rate=0).state_hash

    class Other(Climb):
        pass

    assert Run(Other).state_hash != Run(Climb).state_hash


# Turns.


def test_a_turn_in_mid_run_leaves_one_mark_and_one_turn_a_step():
    run = climbed(5)
    assert run.turn("rate", 2)
    assert run.turn("rate", "3")
    assert [(mark.x, mark.text) for mark in run.marks] == [(5, "η 1 → 3")]
    assert [(turn.step, turn.name, turn.text) for turn in run.turns] == [(5, "rate", "3")]
    run.advance(1)
    run.turn("rate", 1)
    assert [mark.x for mark in run.marks] == [5, 6]
    assert run.lab.rate == 1


def test_turns_of_one_knob_in_one_go_are_one_mark_on_a_long_run():
    run = Run(Descent, values={"lr": 1e-3})
    run.advance(1000)
    for lr in (2e-3, 3e-3, 4e-3):
        run.turn("lr", lr)
        run.advance(5)
    assert [(mark.x, mark.text) for mark in run.marks] == [(1000, "η 0.001 → 0.004")]
    assert len(run.turns) == 3


def test_a_turn_that_leaves_a_trace_is_never_merged():
    run = climbed(5)
    run.turn("shoes", "clogs")
    run.turn("shoes", "boots")
    assert len(run.turns) == 2
    run.advance(3)
    assert run.state_hash != climbed(8).state_hash


def test_a_turn_to_the_same_value_is_not_a_turn():
    run = climbed(3)
    before = everything(run)
    assert not run.turn("rate", "1.0")
    assert everything(run) == before


def test_a_turn_before_the_first_step_is_how_the_run_began():
    run = Run(Climb)
    for name, value in [("rate", 2), ("shoes", "clogs"), ("shoes", "boots"), ("rate", 3)]:
        run.turn(name, value)
    run.advance(9)
    assert everything(run) == everything(climbed(9, rate=3))


def test_a_turn_that_rebuilds_starts_anew():
    run = climbed(9)
    run.turn("rate", 2)
    run.turn("places", 3)
    assert everything(run) == everything(Run(Climb, values={"rate": 2, "places": 3}))


def test_a_knob_that_only_shows_leaves_no_trace_but_in_how_it_began():
    run, other = climbed(6), climbed(6)
    run.lab.words()
    run.turn("tint", True)
    assert (run.lab.tint, run.turns, run.marks) == (True, (), ())
    assert (run.start["tint"], run.history.steps) == ("on", other.history.steps)
    for one in (run, other):
        one.advance(9)
    assert run.state_hash == other.state_hash


@pytest.mark.parametrize("steps", [0, 6])
@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("rate", "nan", DomainError), ("places", 10, DomainError), ("pace", 1, UnknownNameError),
        ("places", 9, DomainError), ("rate", 13, DomainError), ("rate", 666, DomainError),
        ("shoes", "socks", UnknownNameError),
    ],
)  # fmt: skip
def test_a_turn_that_fails_leaves_everything_as_it_was(steps, name, value, error):
    run, other = climbed(steps), climbed(steps)
    with pytest.raises(error):
        run.turn(name, value)
    assert everything(run) == everything(other)
    for one in (run, other):
        one.advance(7)
        one.turn("rate", 2)
        one.advance(3)
    assert everything(run) == everything(other)


def test_what_is_derived_is_forgotten_at_every_change():
    run = climbed(4)
    texts = [run.lab.words()]
    for change in (lambda: run.advance(1), lambda: run.turn("places", 3), lambda: run.advance(2)):
        change()
        texts.append(run.lab.words())
        assert texts[-1].lines == (f"{run.lab.x.mean():g}",)
    assert len(set(texts)) == 4


# Ways back.


@few
@given(st.integers(0, 30), st.integers(0, 30), st.sampled_from(["rate", "shoes", "places"]))
def test_a_moment_is_come_back_to_bit_for_bit(steps, more, name):
    run = climbed(steps)
    snapshot, before = run.snapshot(), everything(run)
    run.turn(name, {"rate": 7, "shoes": "clogs", "places": 5}[name])
    run.advance(more)
    run.restore(snapshot)
    assert everything(run) == before


@few
@given(st.integers(0, 20), st.integers(1, 20), st.booleans())
def test_a_branch_goes_on_bit_for_bit_and_on_its_own(steps, more, turned):
    run = climbed(steps)
    if turned:
        run.turn("shoes", "clogs")
    twin = run.branch()
    before = everything(run)
    assert everything(twin) == before
    twin.advance(more)
    assert everything(run) == before
    run.advance(more)
    assert everything(run) == everything(twin)


@pytest.mark.parametrize(
    ("experiment", "values"), [(Descent, {"kind": "noisy"}), (Arrows, {}), (Elimination, {})]
)
def test_a_branch_of_every_kind_of_experiment_is_the_same(experiment, values):
    run = Run(experiment, 3, values)
    run.advance(2)
    twin = run.branch()
    assert everything(twin) == everything(run)
    for name in experiment.views:
        one, other = getattr(run.lab, name)(), getattr(twin.lab, name)()
        assert repr(one) == repr(other)
    for one in (run, twin):
        one.advance(7)
    assert everything(twin) == everything(run)


def test_reset_repeats_the_run_with_the_present_knobs():
    run = climbed(10)
    run.turn("rate", 2)
    run.reset()
    assert everything(run) == everything(Run(Climb, values={"rate": 2}))
    run.reset(seed=5)
    run.advance(10)
    assert everything(run) == everything(climbed(10, seed=5, rate=2))


def test_only_a_walk_goes_back():
    run = climbed(5)
    assert (run.back(), run.steps) == (0, 5)


# What becomes of it.


def test_numbers_that_are_not_finite_mean_diverged_until_a_reset():
    run = climbed(8)
    run.lab.x[...] = 2e9
    run.advance(4)
    assert (run.status, run.advance(4)) == ("diverged", 0)
    run.turn("rate", 0)
    assert run.status == "diverged"
    run.reset()
    assert run.status == "running"


def test_a_failure_shows_while_its_sign_does():
    run = Run(Descent, values={"lr": 3})
    assert run.failure is None
    run.advance(1000)
    assert (run.status, run.failure.name) == ("diverged", "Flown apart")
    run.reset()
    assert run.failure is None


def test_a_run_that_has_arrived_goes_on_when_a_turn_leads_away():
    run = Run(Descent, values={"lr": 1})
    run.advance(100)
    assert (run.status, run.steps) == ("converged", 5)
    run.turn("kind", "noisy")
    assert run.status == "converged"
    run.lab.w[0] = 1.0
    run.turn("lr", 0.5)
    assert run.status == "running"
    assert run.advance(3) == 3


def test_a_still_has_no_steps_and_its_turns_are_how_it_began():
    run = Run(Arrows)
    assert (run.has_steps, run.advance(5), run.steps) == (False, 0, 0)
    run.turn("a", "1, 2")
    run.turn("A", "swap")
    assert (run.turns, run.marks) == ((), ())
    assert everything(run) == everything(Run(Arrows, values={"a": (1, 2), "A": "swap"}))


def test_the_chart_has_the_run_its_marks_and_the_pinned_ones():
    run, pinned = climbed(9), climbed(6)
    run.turn("rate", 3)
    chart = run.chart("height", (pinned,))
    assert [(line.name, line.ghost) for line in chart.series] == [
        ("height ⟨1⟩", True), ("height", False), ("rate", False),
    ]  # fmt: skip
    assert list(chart.series[0].x) == [0, 4]
    assert list(chart.series[1].x) == [0, 4, 8, 9]
    assert (chart.x_label, chart.marks) == ("pace", run.marks)


def test_the_record_is_plain_data():
    record = climbed(5).record()
    assert list(record) == [
        "experiment", "seed", "knobs", "steps", "status", "metrics", "oracles", "state",
    ]  # fmt: skip
    assert record["knobs"] == {"rate": "1", "shoes": "boots", "places": "2", "tint": "off"}
    assert record["oracles"][0]["ok"] is None
