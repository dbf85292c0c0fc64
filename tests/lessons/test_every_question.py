"""What every question and every failure of every lesson promises."""

from contextlib import suppress
from math import isfinite

import numpy as np
import pytest

from engine.errors import DltutorError
from lessons.catalogue import BrokenLessonError, entries, load
from lessons.kit.checks import Choice, Goal, Number, Predict
from lessons.kit.run import Run
from tutor.pictures.cells import DARK
from tutor.pictures.paint import describe, paint


def loaded():
    """Every lesson that can be loaded; the tests of the others fail one by one."""
    for entry in entries():
        with suppress(BrokenLessonError):
            yield entry.name, load(entry)


def checks_of(kind):
    """Every question of one kind, with its lesson."""
    return [
        pytest.param(lesson, check, id=f"{name}-{check.name}")
        for name, lesson in loaded()
        for check in lesson.checks
        if isinstance(check, kind)
    ]


def failures():
    """Every failure, with its lesson."""
    return [
        pytest.param(lesson, failure, id=f"{name}-{failure.name}")
        for name, lesson in loaded()
        for failure in lesson.failures
    ]


def run_of(lesson, values=None, steps=0):
    run = Run(lesson, values=values)
    run.advance(steps)
    return run


@pytest.mark.parametrize(("lesson", "check"), checks_of(Choice))
def test_a_choice_has_one_right_answer(lesson, check):
    verdicts = [check.grade(i).ok for i in range(len(check.options))]
    assert verdicts.count(True) == 1
    assert len(set(check.options)) == len(check.options) >= 2


def spellings(value):
    short = f"{value:.10g}"
    yield from (short, f"{value:.9e}", short.replace(".", ","), short.replace("-", "−"))
    yield from (f" {value!r} ", f"{100 * value!r} %", f"{3 * value!r}/3")


@pytest.mark.parametrize(("lesson", "check"), checks_of(Number))
def test_a_number_is_known_in_every_spelling(lesson, check):
    for seed in range(20):
        question = check.variant(np.random.default_rng(seed))
        assert isfinite(question.answer)
        assert "{" not in "".join((question.ask, question.why, *question.hints))
        answer = question.answer
        assert [s for s in spellings(answer) if not question.grade(s).ok] == []
        for wrong in (answer + 0.5 * abs(answer) + 1, answer - 0.5 * abs(answer) - 1):
            assert not question.grade(repr(wrong)).ok
        for garbage in ("", "banana", "nan", "inf", "1/0", "1/2/3", "0x10", "1e999"):
            with pytest.raises(DltutorError, match=r"Expected a number"):
                question.grade(garbage)


@pytest.mark.parametrize(("lesson", "check"), checks_of(Predict))
def test_a_prediction_is_decided_by_its_run(lesson, check):
    run = run_of(lesson, check.scene, check.steps)
    right = check.outcome(run)
    assert 0 <= right < len(check.options)
    verdicts = [check.grade(i, run).ok for i in range(len(check.options))]
    assert verdicts == [i == right for i in range(len(check.options))]


@pytest.mark.parametrize(("lesson", "check"), checks_of(Goal))
def test_a_goal_is_not_reached_by_doing_nothing(lesson, check):
    for values in (None, check.scene):
        assert not check.grade(run_of(lesson, values)).ok
    assert check.budget > 0


@pytest.mark.parametrize(("lesson", "failure"), failures())
def test_a_failure_can_be_brought_about_and_is_explained(lesson, failure):
    assert failure.name
    assert failure.why
    assert failure.cure
    run = run_of(lesson, dict(failure.scene))
    while failure.scene and run.failure is not failure:
        made = run.advance(20 * run.simulation.stride)
        assert made or run.failure is failure
        assert run.steps <= lesson.budget
    for picture in (run.chart(), *run.simulation.pictures()):
        assert len(paint(picture, 38, 13, DARK)) == 13
        assert describe(picture).endswith(".")
