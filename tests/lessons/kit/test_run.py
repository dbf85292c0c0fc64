"""A run: portions, turns and ways back, on a walk made for the purpose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DomainError, UnknownNameError
from lessons.kit.checks import Goal
from lessons.kit.failures import Failure, diverged
from lessons.kit.front import Front
from lessons.kit.knobs import Slider, Whole
from lessons.kit.lesson import Chart, Lesson, Step
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Text
from lessons.kit.run import Run
from lessons.kit.simulation import AbstractSimulation

RATE = Slider(name="rate", label="rate", symbol="η", default=1, low=0, high=1000)
PLACES = Whole(name="places", label="places", default=2, low=1, high=9, rebuilds=True)


class Walk(AbstractSimulation):
    """A random walk; it ends at a height of 1e6, and is lost when it starts so high."""

    stride = 4
    unit = "pace"

    def __init__(self, settings, rng):
        self.rng, self.rate = rng, settings.number("rate")
        self.x = np.zeros(settings.whole("places"))

    def step(self, count=1):
        for _ in range(count):
            self.x += self.rate * self.rng.random(self.x.size)

    def metrics(self):
        height = float(self.x.max())
        return {"height": height if height < 1e9 else float("nan"), "rate": self.rate}

    def snapshot(self):
        return {"x": self.x.copy(), "rng": self.rng.bit_generator.state, "rate": self.rate}

    def restore(self, state):
        self.x, self.rate = state["x"].copy(), state["rate"]
        self.rng.bit_generator.state = state["rng"]

    def turn(self, settings):
        self.rate = settings.number("rate")

    def pictures(self):
        return (Text("Height", (f"{self.x.max():g}",)),)

    def oracles(self):
        return (Oracle("one", 1.0, float("nan"), 0.01),)

    def status(self):
        return "converged" if self.x.max() > 1e4 else "running"


GOAL = Goal(
    name="up", ask="Up!", reached=lambda run: run.metrics["height"] > 30, budget=100, why="",
    hints=(),
)  # fmt: skip
lesson = Lesson(
    front=Front("Walk", "up", 1),
    steps=(Step("Up", "Up.", GOAL),),
    knobs=(RATE, PLACES),
    simulation=Walk,
    chart=Chart("Height", ("height",)),
    failures=(Failure("Lost", diverged, "Too far.", "Slower."),),
    sources=(),
)


def walked(steps, seed=0, **values):
    run = Run(lesson, seed, values)
    run.advance(steps)
    return run


@given(st.lists(st.integers(0, 13), max_size=12))
def test_portions_make_no_difference(portions):
    run = Run(lesson)
    for portion in portions:
        assert run.advance(portion) == portion
    whole = walked(sum(portions))
    assert (run.steps, run.state_hash, run.metrics) == (
        whole.steps, whole.state_hash, whole.metrics,
    )  # fmt: skip


@given(st.integers(1, 13))
def test_the_end_comes_at_the_same_step_in_every_portion(portion):
    run = Run(lesson, values={"rate": 1000})
    while run.advance(portion):
        pass
    whole = walked(10_000, rate=1000)
    assert (run.steps, run.status) == (whole.steps, "converged")
    assert run.steps % Walk.stride == 0
    assert run.state_hash == whole.state_hash


@pytest.mark.parametrize(("one", "other"), [(0, 1), (3, 4)])
def test_seed_knobs_and_steps_are_in_the_hash(one, other):
    assert walked(8, seed=one).state_hash != walked(8, seed=other).state_hash
    assert walked(8, rate=one).state_hash != walked(8, rate=other).state_hash
    assert walked(one, rate=0).state_hash != walked(other, rate=0).state_hash


def test_a_turn_in_mid_run_leaves_one_mark_a_step():
    run = walked(5)
    run.turn("rate", 2)
    run.turn("rate", "3")
    assert [(mark.x, mark.text) for mark in run.marks] == [(5, "η 1 → 3")]
    run.advance(1)
    run.turn("rate", 1)
    assert [mark.x for mark in run.marks] == [5, 6]
    assert run.simulation.rate == 1


def test_a_turn_at_the_start_or_to_the_same_value_leaves_no_mark():
    run = Run(lesson)
    run.turn("rate", 2)
    run.advance(3)
    run.turn("rate", 2.0)
    assert run.marks == ()
    assert run.steps == 3


def test_a_turn_that_rebuilds_starts_anew():
    run = walked(9)
    run.turn("rate", 2)
    run.turn("places", 3)
    assert (run.steps, run.marks, run.history.steps, run.simulation.x.size) == (0, (), [0], 3)
    assert run.settings["rate"] == 2


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [("rate", "nan", DomainError), ("places", 10, DomainError), ("pace", 1, UnknownNameError)],
)
def test_a_turn_that_cannot_be_changes_nothing(name, value, error):
    run = walked(5)
    before = run.state_hash
    with pytest.raises(error):
        run.turn(name, value)
    assert (run.state_hash, run.marks) == (before, ())


@given(st.integers(0, 30), st.integers(0, 30))
def test_a_moment_is_come_back_to_bit_for_bit(steps, more):
    run = walked(steps)
    moment, before = run.moment(), run.state_hash
    run.turn("rate", 7)
    run.advance(more)
    run.go_back(moment)
    assert (run.state_hash, run.steps, run.marks) == (before, steps, ())
    assert run.history.steps == walked(steps).history.steps


def test_a_moment_serves_more_than_once_and_a_branch_goes_its_own_way():
    run = walked(10)
    moment, twin = run.moment(), run.branch()
    futures = []
    for _ in range(2):
        run.go_back(moment)
        run.advance(11)
        futures.append(run.state_hash)
    assert futures[0] == futures[1]
    assert (twin.steps, twin.history.steps[-1]) == (10, 10)
    twin.advance(11)
    assert twin.state_hash == run.state_hash


def test_reset_repeats_the_run_with_the_present_knobs():
    run = walked(10)
    run.turn("rate", 2)
    run.reset()
    assert (run.steps, run.marks, run.settings["rate"]) == (0, (), 2)
    run.advance(10)
    assert run.state_hash == walked(10, rate=2).state_hash
    run.reset(seed=5)
    run.advance(10)
    assert run.state_hash == walked(10, seed=5, rate=2).state_hash


def test_numbers_that_are_none_mean_diverged_until_a_reset():
    run = walked(8)
    run.simulation.x[...] = 2e9
    run.advance(4)
    assert (run.status, run.outcome(), run.failure.name) == ("diverged", "diverged", "Lost")
    assert run.advance(4) == 0
    run.turn("rate", 0)
    assert run.status == "diverged"
    run.reset()
    assert (run.status, run.failure) == ("running", None)


def test_a_goal_is_an_outcome_only_within_its_budget():
    assert walked(12).outcome() == "running"
    assert walked(100).outcome() == "goal"
    assert walked(101).outcome() == "running"


def test_a_run_that_has_arrived_rests_also_after_a_turn():
    run = walked(10_000, rate=1000)
    assert run.status == "converged"
    run.turn("rate", 1)
    assert run.status == "converged"
    assert run.advance(5) == 0


def test_the_chart_has_the_run_its_marks_and_the_pinned_ones():
    run, pinned = walked(9), walked(6)
    run.turn("rate", 3)
    chart = run.chart((pinned,))
    assert [(line.name, line.ghost) for line in chart.series] == [
        ("height ⟨1⟩", True), ("height", False),
    ]  # fmt: skip
    assert list(chart.series[0].x) == [0, 4, 6]
    assert (chart.x_label, chart.marks) == ("pace", run.marks)


def test_the_record_is_plain_data():
    record = walked(5).record()
    assert list(record) == ["seed", "knobs", "steps", "status", "metrics", "oracles", "state"]
    assert record["knobs"] == {"rate": 1, "places": 2}
    assert record["oracles"][0]["ok"] is None
