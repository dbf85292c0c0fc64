"""The examiner: every kind of question is put, graded and written down at once."""

import numpy as np
import pytest

from engine.errors import DomainError
from lessons.catalogue import entries, find, load
from lessons.kit.checks import Choice, Goal, Number, Predict
from lessons.kit.run import Run
from tutor.examiner import Examiner
from tutor.progress.recorder import Recorder
from tutor.progress.store import Store

ENTRY = find("gradient_descent")
LESSON = load(ENTRY)
CHECKS = {check.name: check for check in LESSON.checks}
DIRECTION, BEYOND, BORDER, ARRIVE = (
    CHECKS[name] for name in ("direction", "beyond", "border", "arrive")
)


@pytest.fixture
def store():
    with Store.in_memory() as store:
        yield store


@pytest.fixture
def examiner(store):
    return Examiner(LESSON, Recorder(store, ENTRY.path, pytest.fail))


def written(store):
    return [(event.item, event.correct) for event in store.answers(ENTRY.path)]


def run_of(values, steps=0):
    run = Run(LESSON, values=values)
    run.advance(steps)
    return run


def pass_check(examiner, check, path):
    """Answer a question rightly, whatever its kind; says whether that was possible here."""
    examiner.ask(check, "step")
    if isinstance(check, Choice):
        return examiner.answer(check, check.answer).ok
    if isinstance(check, Number):
        return examiner.answer(check, repr(examiner._question.answer)).ok
    if isinstance(check, Predict):
        run = Run(load(find(path)), values=check.scene)
        run.advance(check.steps)
        examiner.answer(check, check.outcome(run))
        return examiner.watch(check, run).ok
    return isinstance(check, Goal)


def test_nothing_is_asked_on_a_page_without_a_question(examiner):
    assert examiner.ask(None, "step") is None
    assert examiner.watch(None, run_of({}, 5)) is None
    assert examiner.stop(None) is None


def test_a_choice_is_graded_and_written_down(examiner, store):
    asked = examiner.ask(DIRECTION, "step")
    assert (asked.options, asked.picked, asked.passed) == (DIRECTION.options, None, False)
    assert not examiner.answer(DIRECTION, 1).ok
    assert examiner.answer(DIRECTION, 0).ok
    assert written(store) == [("direction", False), ("direction", True)]
    assert [event.detail["answer"] for event in store.answers(ENTRY.path)] == ["w = 2.2", "w = 1.8"]
    assert store.progress(ENTRY.path).passed == {"direction"} == examiner.passed


def test_what_was_passed_earlier_is_shown_with_its_reason(examiner, store):
    examiner.answer(DIRECTION, 0)
    asked = Examiner(LESSON, Recorder(store, ENTRY.path, pytest.fail)).ask(DIRECTION, "step")
    assert (asked.picked, asked.passed, asked.verdict.text) == (0, True, DIRECTION.why)


def test_a_number_is_graded_and_garbage_is_no_answer(examiner, store):
    asked = examiner.ask(BORDER, "step")
    answer = BORDER.variant(np.random.default_rng(0)).answer
    assert asked.ask == BORDER.variant(np.random.default_rng(0)).ask
    with pytest.raises(DomainError, match="Expected a number"):
        examiner.answer(BORDER, "banana")
    assert written(store) == []
    assert "too large" in examiner.answer(BORDER, "9").text
    assert examiner.answer(BORDER, f" {answer!r} ").ok
    assert written(store) == [("border", False), ("border", True)]


def test_who_comes_back_gets_other_numbers(store):
    asked = set()
    for _ in range(6):
        examiner = Examiner(LESSON, Recorder(store, ENTRY.path, pytest.fail))
        asked.add(examiner.ask(BORDER, "step").ask)
        assert examiner.ask(BORDER, "step").ask in asked
        examiner.answer(BORDER, "0")
    assert len(asked) > 2


@pytest.mark.parametrize(("picked", "ok"), [(2, True), (0, False)])
def test_a_prediction_is_decided_by_its_run_and_not_before(examiner, store, picked, ok):
    examiner.ask(BEYOND, "step")
    assert examiner.answer(BEYOND, picked) is None
    assert examiner.stop(BEYOND) == BEYOND.steps
    run = run_of(BEYOND.scene, 10)
    assert examiner.watch(BEYOND, run) is None
    run.advance(BEYOND.steps)
    assert examiner.watch(BEYOND, run).ok is ok
    assert examiner.watch(BEYOND, run) is None
    assert written(store) == [("beyond", ok)]


def test_a_forgotten_prediction_is_not_decided(examiner, store):
    examiner.ask(BEYOND, "step")
    examiner.answer(BEYOND, 2)
    assert examiner.forget_prediction()
    assert not examiner.forget_prediction()
    assert examiner.watch(BEYOND, run_of(BEYOND.scene, 500)) is None
    assert written(store) == []


def test_another_page_withdraws_a_prediction(examiner):
    examiner.ask(BEYOND, "step")
    examiner.answer(BEYOND, 2)
    examiner.ask(DIRECTION, "step")
    assert not examiner.forget_prediction()


def test_a_goal_is_noticed_when_it_is_reached_and_only_once(examiner, store):
    asked = examiner.ask(ARRIVE, "step")
    assert asked.note == "Within 720 steps of a reset."
    assert examiner.stop(ARRIVE) == 720
    run = run_of({"lr": 0.0198})
    assert examiner.watch(ARRIVE, run) is None
    run.advance(100)
    assert examiner.watch(ARRIVE, run) is None
    run.advance(1000)
    assert examiner.watch(ARRIVE, run).ok
    assert examiner.watch(ARRIVE, run) is None
    assert written(store) == [("arrive", True)]
    assert Examiner(LESSON, Recorder(store, ENTRY.path, pytest.fail)).ask(ARRIVE, "step").note == ""


def test_a_goal_reached_too_late_does_not_count(examiner, store):
    examiner.ask(ARRIVE, "step")
    late = run_of({"lr": 0.017}, 5000)
    assert late.status == "converged"
    assert examiner.watch(ARRIVE, late) is None
    assert written(store) == []


def test_hints_are_written_down(examiner, store):
    examiner.hint(DIRECTION, 2)
    assert store.progress(ENTRY.path).passed == frozenset()
    assert store.last_lesson() == ENTRY.path


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.path)
def test_every_question_can_be_passed_and_the_last_one_makes_the_lesson_done(entry, store):
    lesson = load(entry)
    examiner = Examiner(lesson, Recorder(store, entry.path, pytest.fail))
    for check in lesson.checks:
        assert not examiner.done
        assert pass_check(examiner, check, entry.path)
        if isinstance(check, Goal):
            examiner.passed.add(check.name)
            store.append("passed", entry.path, item=check.name)
    assert examiner.done
    assert Examiner(lesson, Recorder(store, entry.path, pytest.fail)).done
    is_written = not isinstance(lesson.checks[-1], Goal)
    assert store.progress(entry.path).done is is_written


def test_done_is_written_once(store):
    for name in set(CHECKS) - {"direction"}:
        store.append("passed", ENTRY.path, item=name)
    examiner = Examiner(LESSON, Recorder(store, ENTRY.path, pytest.fail))
    examiner.answer(DIRECTION, 0)
    assert store.progress(ENTRY.path).done
    examiner.answer(DIRECTION, 0)
    events = store._ask("SELECT count(*) FROM events WHERE kind = 'done'")
    assert events == [(1,)]
