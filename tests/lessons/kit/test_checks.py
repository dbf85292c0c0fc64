"""Checks: what counts as the same number, and who decides."""

from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DomainError
from lessons.kit.checks import Choice, Goal, Number, Predict, read_number

CHOICE = Choice(name="c", ask="?", options=("a", "b", "c"), answer=1, why="So.", hints=("h",))
NUMBER = Number(
    name="n", ask="Half of {a:g}?", vary=lambda rng: {"a": float(rng.integers(2, 9))},
    answer=lambda v: v["a"] / 2, tolerance=0.01, why="{answer:g}.", hints=("{a:g} / 2",),
)  # fmt: skip
PREDICT = Predict(
    name="p", ask="?", options=("low", "high"), scene={}, steps=5,
    outcome=lambda run: int(run.steps > 3), why="So.", hints=(),
)  # fmt: skip
GOAL = Goal(name="g", ask="!", reached=lambda run: run.good, budget=10, why="So.", hints=())

SPELLINGS = [
    ("0.02", 0.02),
    (" .02 ", 0.02),
    ("0,02", 0.02),
    ("2e-2", 0.02),
    ("2E-02", 0.02),
    ("1/50", 0.02),
    (" 1 / 50 ", 0.02),
    ("2%", 0.02),
    ("2 %", 0.02),
    ("−0.02", -0.02),
    ("-1/−50", 0.02),
    ("1/2 %", 0.005),
    ("+3", 3.0),
    ("0", 0.0),
]
GARBAGE = ["", " ", "banana", "nan", "inf", "-inf", "1/0", "0/0", "1/2/3", "/", "1//2", "%", "5%%"]
GARBAGE += ["1e999", "0x10", "1 2", "1,000.5", "__import__('os')", "2**3", "1e999/1e999", "\x00"]


def run(steps, good=False):
    return SimpleNamespace(steps=steps, good=good, simulation=SimpleNamespace(unit="step"))


@pytest.mark.parametrize(("text", "value"), SPELLINGS)
def test_a_number_has_many_spellings(text, value):
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", GARBAGE)
def test_what_is_no_number_is_refused_in_one_sentence(text):
    with pytest.raises(DomainError, match=r"^Expected a number such as 0\.02, 1/50 or 2e-2, got"):
        read_number(text)


@given(st.text())
def test_whatever_is_typed_it_is_a_number_or_refused(text):
    with suppress(DomainError):
        assert np.isfinite(read_number(text))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_back(value):
    assert read_number(repr(value)) == value
    assert read_number(repr(value).replace(".", ",").replace("-", "−")) == value


def test_a_choice_knows_its_answer():
    assert [CHOICE.grade(i).ok for i in range(3)] == [False, True, False]
    assert [CHOICE.grade(i).text for i in range(2)] == ["Not that one.", "So."]


def test_a_variant_is_drawn_by_its_seed_alone():
    ask = [NUMBER.variant(np.random.default_rng(seed)).ask for seed in (1, 1, 2, 3, 4)]
    assert ask[0] == ask[1]
    assert len(set(ask)) > 1
    question = NUMBER.variant(np.random.default_rng(1))
    assert question.hints[0] == f"{2 * question.answer:g} / 2"


@pytest.mark.parametrize("answer", [0.02, -7.0, 0.0, 1e9])
def test_the_tolerance_is_relative_and_absolute_at_zero(answer):
    question = replace(NUMBER.variant(np.random.default_rng(0)), answer=answer)
    room = 0.01 * (abs(answer) or 1)
    assert question.grade(repr(answer + 0.99 * room)).ok
    assert question.grade(repr(answer - 0.99 * room)).ok
    assert question.grade(repr(answer + 1.1 * room)).text.endswith("too large.")
    assert question.grade(repr(answer - 1.1 * room)).text.endswith("too small.")


@pytest.mark.parametrize(("steps", "right"), [(2, 0), (5, 1)])
def test_a_prediction_is_decided_by_the_run(steps, right):
    assert PREDICT.grade(right, run(steps)).text == "As you said. So."
    wrong = PREDICT.grade(1 - right, run(steps))
    assert not wrong.ok
    assert wrong.text == f"The run says: {PREDICT.options[right]}. So."


@pytest.mark.parametrize(
    ("steps", "good", "ok", "says"),
    [
        (0, False, False, "10 steps left."),
        (10, True, True, "Reached at step 10. So."),
        (10, False, False, "Out of steps"),
        (11, True, False, "Out of steps"),
    ],
)
def test_a_goal_counts_only_within_its_budget(steps, good, ok, says):
    verdict = GOAL.grade(run(steps, good))
    assert verdict.ok is ok
    assert verdict.text.startswith(says)
