"""Checks: what counts as the same number, which run decides, and when a goal counts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.run import Run
from tests.tutor.stub.lab import Arrows, Descent, Elimination

SQUARE = Numeric(answer=lambda v: v["a"] ** 2, wrong=(lambda v: 2 * v["a"],))


def number(answer, tolerance=1e-3):
    return Numeric(answer=lambda v: answer, tolerance=tolerance)


@settings(max_examples=60)
@given(
    st.floats(1e-6, 1e6).map(lambda x: float(f"{x:.6g}")) | st.sampled_from([0.02, 0.5, 7.0]),
    st.booleans(),
    st.integers(2, 9),
)
def test_every_correct_rounding_to_two_digits_or_more_is_right(answer, negative, digits):
    right = -answer if negative else answer
    text = f"{right:.{digits - 1}e}"
    assert number(right).grade(text, {}).ok
    assert number(right).grade(text.replace(".", ","), {}).ok


@pytest.mark.parametrize(
    ("answer", "text", "ok"),
    [
        (0.0713, "7.1 %", True), (0.0713, "7.13%", True), (0.0713, "7 %", False),
        (0.126928, "12.7 %", True), (0.007, "0.70 %", True), (0.999, "100 %", False),
    ],
)  # fmt: skip
def test_a_share_may_be_given_per_cent(answer, text, ok):
    assert number(answer).grade(text, {}).ok is ok


@pytest.mark.parametrize(
    ("answer", "text", "says"),
    [
        (1.6181, "2", "2 is close: give more digits."),
        (1.6181, "1.7", "1.7 is close: give more digits."),
        (1.6181, "1.61", "1.61 is close: give more digits."),
        (1.6181, "-1.6181", "-1.6181 has the wrong sign."),
        (1.6181, "0", "0 is too small."),
        (1.6181, "30/4", "7.5 is too large."),
        (-7.0, "-9", "-9 is too small."),
        (0.0, "0.002", "0.002 is too large."),
        (200.0, "2", "2 is too small."),
    ],
)
def test_a_wrong_number_is_told_how_it_is_wrong(answer, text, says):
    verdict = number(answer).grade(text, {})
    assert (verdict.ok, verdict.text) == (False, says)


@pytest.mark.parametrize("answer", [0.02, -7.0, 0.0, 1e9])
def test_the_tolerance_is_relative_and_absolute_at_zero(answer):
    room = 0.01 * (abs(answer) or 1)
    check = number(answer, 0.01)
    for share, ok in [(0.99, True), (1.1, False), (-0.99, True), (-1.1, False)]:
        assert check.grade(repr(answer + share * room), {}).ok is ok


def test_a_number_is_graded_by_its_variant_and_garbage_refused():
    assert SQUARE.grade("3*3", {"a": 3}).ok
    assert not SQUARE.grade(repr(SQUARE.wrong[0]({"a": 3})), {"a": 3}).ok
    with pytest.raises(DomainError):
        SQUARE.grade("nine", {"a": 3})
    assert SQUARE.vary(np.random.default_rng(0)) == {}


@pytest.mark.parametrize(("scene", "steps", "outcome"), [({"lr": 3}, 100, 2), ({"lr": 0.5}, 50, 0)])
def test_a_prediction_is_decided_by_a_run_of_its_scene(scene, steps, outcome):
    statuses = ("converged", "running", "diverged")
    check = Prediction(
        lab=Descent, scene=scene, steps=steps, outcome=lambda lab: statuses.index(lab.status)
    )
    for seed in range(3):
        run = check.run(seed)
        assert (run.seed, check.outcome(run.lab)) == (seed, outcome)
        assert run.steps == steps or run.status != "running"


GOAL = Goal(
    reached=lambda lab: abs(lab.w[0]) < 1e-3, free=("lr",), answer={"lr": 0.5}, budget=20,
    progress=lambda lab: f"w = {lab.w[0]:.2g}",
)  # fmt: skip


def descended(steps=0, turns=(), **values):
    run = Run(Descent, values=values)
    run.advance(steps)
    for name, value in turns:
        run.turn(name, value)
    return run


@pytest.mark.parametrize(
    ("run", "ok", "says"),
    [
        (descended(), False, "w = 1, update 0 of 20."),
        (descended(10, lr=0.5), True, "Reached at update 10."),
        (descended(20, lr=0.4), True, "Reached at update 20."),
        (descended(20, lr=0.1), False, "w = 0.12. This try is over: reset it."),
        (descended(30, lr=0.3), False, "w = 2.3e-05. This try is over: reset it."),
        (descended(9, lr=3), False, "w = -5.1e+02, update 9 of 20."),
        (descended(10, lr=0.5, size=4), False, "size must stay at 3 here."),
        (descended(10, lr=0.5, kind="noisy"), False, "kind must stay at plain here."),
        (descended(10, lr=0.5, dots=True), True, "Reached at update 10."),
        (descended(9, [("lr", 0.9)], lr=0.5), False, "A knob was turned in mid-run: reset, then"),
        (descended(0, [("lr", 0.9)], lr=0.5), False, "w = 1, update 0 of 20."),
    ],
)
def test_a_goal_counts_within_its_budget_and_with_its_free_knobs_only(run, ok, says):
    verdict = GOAL.grade(run, {})
    assert verdict.ok is ok
    assert verdict.text.startswith(says)


def test_the_scene_says_where_the_other_knobs_stand():
    assert GOAL.grade(descended(10, lr=0.5, size=4), {"size": "4"}).ok
    assert GOAL.grade(descended(10, lr=0.5), {"size": 4}).text == "size must stay at 4 here."
    assert GOAL.grade(descended(10, lr=0.5), {"lr": "0.001"}).ok


def test_without_a_budget_any_way_there_counts():
    goal = replace(GOAL, budget=None, progress=None)
    assert goal.grade(descended(5, [("lr", 0.9)], lr=0.1), {}).text == "Not yet."
    turned = descended(5, [("lr", 1)], lr=0.1)
    turned.advance(1)
    assert goal.grade(turned, {}).text == "Reached at update 6."


def test_a_goal_of_a_still_speaks_of_no_steps():
    goal = Goal(reached=lambda lab: lab.k == 3, free=("k",), answer={"k": 3})
    run = Run(Arrows)
    assert goal.grade(run, {}).text == "Not yet."
    run.turn("k", 3)
    assert goal.grade(run, {}).text == "Reached."
    run.turn("a", "0, 0")
    assert goal.grade(run, {}).text == "tip of a must stay at 3, 4 here."


def test_a_goal_of_a_walk_ends_where_the_walk_ends():
    goal = Goal(reached=lambda lab: False, free=(), answer={}, budget=99)
    run = Run(Elimination)
    run.advance(99)
    assert goal.grade(run, {}).text == "This try is over: reset it."
