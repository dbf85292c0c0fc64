"""The quiz session: every kind of question is put, graded and written down at once."""

from dataclasses import replace

import pytest

from lessons.kit.run import Run
from tests.tutor import stub
from tests.tutor.stub import lab
from tutor.pictures.question import plain_text
from tutor.progress.journal import Journal
from tutor.progress.recorder import Recorder
from tutor.quiz_session import QuizSession

LESSON = stub.lesson()
SMALL, TWICE, APART, QUICK, LONG = (
    LESSON.questions[name] for name in ("small", "twice", "apart", "quick", "long")
)


@pytest.fixture
def journal():
    with Journal.in_memory() as journal:
        yield journal


@pytest.fixture
def session(journal):
    return sitting(journal)


def rows(journal, query):
    """What a query finds, in the journal's thread."""
    return journal._ask(lambda: journal._store._ask(query))


def sitting(journal, lesson=LESSON):
    return QuizSession(lesson, Recorder(journal, lesson.path, lambda: None))


def written(journal):
    return [(e.item, e.correct, e.detail["answer"]) for e in journal.answers(LESSON.path)]


def run_of(experiment, values=None, steps=0):
    run = Run(experiment, values=values)
    run.advance(steps)
    return run


def test_nothing_is_asked_on_a_page_without_a_question(session):
    run = run_of(lab.Descent, steps=5)
    assert session.ask(None, "step") is None
    assert session.watch(None, run) is None
    assert session.stop(None, run) is None
    assert session.state(None, run) == ""


def test_a_wrong_option_gets_its_own_reason_and_the_right_one_the_why(session, journal):
    state = session.ask(SMALL, "step")
    assert (state.options, state.picked, state.passed) == (("$a + b$", "$a$", "$b$"), None, False)
    verdicts = [session.answer(SMALL, i) for i in (1, 2, 0)]
    assert [verdict.text for verdict in verdicts] == [
        "It is only a part of the sum", "So is this", "Both point the same way, roughly.",
    ]  # fmt: skip
    assert written(journal) == [
        ("small", False, "$a$"), ("small", False, "$b$"), ("small", True, "$a + b$"),
    ]  # fmt: skip
    assert journal.progress(LESSON.path).passed == {"small"} == session.passed


@pytest.mark.parametrize("given", [-1, 3, "0"])
def test_an_answer_that_is_not_an_option_is_none(session, journal, given):
    assert session.answer(SMALL, given) is None
    assert written(journal) == []


def test_what_was_passed_earlier_is_shown_with_its_reason(session, journal):
    session.answer(SMALL, 0)
    state = sitting(journal).ask(SMALL, "step")
    assert (state.picked, state.passed, state.verdict.text) == (0, True, SMALL.spec.why)


def test_a_question_passed_under_an_earlier_name_counts(journal):
    journal.append("answer", LESSON.path, item="older", correct=True)
    assert LESSON.front.renamed == {"older": "small"}
    assert sitting(journal).passed == {"small"}


def test_a_number_may_be_calculated_and_its_why_is_shown(session, journal):
    state = session.ask(TWICE, "step")
    a = session.variant(TWICE).values["a"]
    assert state.ask == f"What is twice {a:g}?"
    assert "close" in session.answer(TWICE, f"{2.06 * a}").text
    assert "too large" in session.answer(TWICE, "90").text
    right = session.answer(TWICE, f"{a} + {a}")
    assert (right.ok, right.text) == (True, f"It is {2 * a:g}.")
    assert [ok for _, ok, _ in written(journal)] == [False, False, True]


@pytest.mark.parametrize("garbage", ["banana", "1/0", "$x", "2*x*y", "_x_ `y`"])
def test_garbage_is_refused_as_it_was_typed_and_is_no_answer(session, journal, garbage):
    session.ask(TWICE, "step")
    verdict = session.answer(TWICE, garbage)
    assert not verdict.ok
    assert plain_text(verdict.text).startswith("Expected a number or a calculation, such as")
    assert repr(garbage) in plain_text(verdict.text)
    assert written(journal) == []


def test_a_question_keeps_its_numbers_once_answered_and_differs_before(journal):
    new = set()
    for _ in range(8):
        new.add(sitting(journal).ask(TWICE, "step").ask)
        journal.append("answer", LESSON.path, item="small", correct=False)
    assert len(new) > 1
    session = sitting(journal)
    asked = session.ask(TWICE, "step").ask
    session.answer(TWICE, "0")
    journal.append("answer", LESSON.path, item="small", correct=False)
    again = sitting(journal)
    assert again.ask(TWICE, "step").ask == asked, "it may have been worked out on paper"
    right = again.variant(TWICE)
    value = TWICE.check.answer(right.values)
    assert again.answer(TWICE, f"{value:g}").ok
    journal.append("answer", LESSON.path, item="small", correct=False)
    state = sitting(journal).ask(TWICE, "step")
    assert (state.ask, state.verdict.text) == (asked, f"It is {value:g}.")


@pytest.mark.parametrize("seed", ["seven", None, -3, True, 10**30])
def test_a_seed_that_somebody_else_wrote_does_no_harm(journal, seed):
    journal.append("answer", LESSON.path, item="twice", correct=False, detail={"seed": seed})
    assert "What is twice" in sitting(journal).ask(TWICE, "step").ask


@pytest.mark.parametrize(
    ("picked", "ok", "says"),
    [(2, True, "As you said. |1 − η| = 2."), (0, False, "The run says: fly apart. |1 − η| = 2.")],
)
def test_a_prediction_is_decided_by_its_run_and_not_before(session, journal, picked, ok, says):
    session.ask(APART, "update")
    assert session.answer(APART, picked) is None
    assert session.prediction == (APART, picked)
    run = run_of(lab.Descent, APART.check.scene, 10)
    assert session.stop(APART, run) == 100
    assert session.watch(APART, run) is None
    assert session.state(APART, run) == "Noted. The run decides at update 100; now it is 10."
    run.advance(90)
    verdict = session.watch(APART, run)
    assert (verdict.ok, verdict.text) == (ok, says)
    assert session.watch(APART, run) is None
    assert session.prediction is None
    assert written(journal) == [("apart", ok, APART.options[picked].text)]


def test_a_run_of_another_experiment_decides_nothing(session):
    session.answer(APART, 2)
    assert session.watch(APART, run_of(lab.Elimination, steps=9)) is None
    assert session.prediction


@pytest.mark.parametrize("other", ["forgotten", "another page"])
def test_a_prediction_that_was_given_up_is_not_decided(session, journal, other):
    session.answer(APART, 2)
    if other == "forgotten":
        assert session.forget_prediction()
    else:
        session.ask(SMALL, "step")
    assert not session.forget_prediction()
    assert session.watch(APART, run_of(lab.Descent, APART.check.scene, 500)) is None
    assert written(journal) == []


def test_a_goal_tells_how_it_stands_and_is_noticed_once(session, journal):
    assert session.ask(QUICK, "update").note == "Within 100 updates of a reset."
    run = run_of(lab.Descent)
    assert session.stop(QUICK, run) == 100
    run.turn("lr", 0.5)
    run.advance(10)
    assert session.state(QUICK, run) == "Loss 4.8e-07, update 10 of 100."
    assert session.watch(QUICK, run) is None
    run.advance(90)
    assert session.watch(QUICK, run).text == "Reached at update 15. Near η = 1 every step is long."
    assert session.watch(QUICK, run) is None
    assert session.state(QUICK, run) == ""
    assert written(journal) == [("quick", True, "15")]
    assert sitting(journal).ask(QUICK, "update").note == ""


def test_a_goal_counts_on_its_own_terms_only(session, journal):
    late = run_of(lab.Descent, {"lr": 0.05}, 2000)
    assert late.status == "converged"
    assert session.watch(QUICK, late) is None
    noisy = run_of(lab.Descent, {"lr": 0.5, "size": 5}, 100)
    assert session.watch(QUICK, noisy) is None
    assert session.state(QUICK, noisy) == "Size must stay at 3 here."
    assert session.stop(QUICK, run_of(lab.Elimination)) is None
    assert written(journal) == []


def test_a_goal_of_a_still_is_reached_by_a_turn(session):
    run = run_of(lab.Arrows)
    assert session.watch(LONG, run) is None
    run.turn("a", "4, 5")
    run.turn("b", "5, 4")
    assert session.watch(LONG, run).text.startswith("Reached. ")


def test_hints_are_written_down(session, journal):
    session.hint(SMALL, 2)
    assert journal.progress(LESSON.path).passed == frozenset()
    assert rows(journal, "SELECT item, detail FROM events") == [("small", '{"hint": 2}')]


def test_the_last_answer_makes_the_lesson_done_once(journal):
    for name in set(LESSON.questions) - {"small"}:
        journal.append("passed", LESSON.path, item=name)
    session = sitting(journal)
    assert not session.done
    session.answer(SMALL, 0)
    assert session.done
    assert journal.progress(LESSON.path).done
    session.answer(SMALL, 0)
    assert rows(journal, "SELECT count(*) FROM events WHERE kind = 'done'") == [(1,)]


@pytest.mark.parametrize("text", ["fly apart", "Apart.", "Apart…"])
def test_what_the_run_says_ends_with_one_full_stop(session, text):
    options = [replace(option, text=text) for option in APART.options]
    question = replace(APART, spec=replace(APART.spec, options=tuple(options)))
    session.answer(question, 0)
    said = session.watch(question, run_of(lab.Descent, APART.check.scene, 100)).text
    assert said.startswith("The run says: ")
    assert said.removeprefix("The run says: ").partition(" |")[0] in (
        "fly apart.",
        "Apart.",
        "Apart…",
    )


def test_a_prediction_that_came_true_is_marked_when_it_is_shown_again(session, journal):
    run = run_of(lab.Descent, APART.check.scene, 100)
    for picked in (0, 2):
        session.answer(APART, picked)
        session.watch(APART, run)
    assert sitting(journal).ask(APART, "update").picked == 2


def test_a_prediction_passed_nobody_knows_how_has_no_mark(journal):
    journal.append("passed", LESSON.path, item="apart")
    state = sitting(journal).ask(APART, "update")
    assert (state.passed, state.picked) == (True, None)


def test_a_wrong_prediction_with_a_reason_says_it(session):
    options = [replace(option, reason="No.") for option in APART.options]
    question = replace(APART, spec=replace(APART.spec, options=tuple(options)))
    session.answer(question, 1)
    verdict = session.watch(question, run_of(lab.Descent, APART.check.scene, 100))
    assert verdict.text == "The run says: fly apart. No. |1 − η| = 2."
