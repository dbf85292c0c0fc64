"""A lesson: words and code fit together, or the first thing that does not is named."""

from types import ModuleType

import numpy as np
import pytest

from engine.errors import UnknownNameError
from lessons.kit.blocks import PageError
from lessons.kit.checks import Goal, Numeric, Prediction
from lessons.kit.lesson import build_lesson
from lessons.kit.pages import read_pages
from tests.tutor import stub
from tests.tutor.stub.lab import Arrows, Descent, Elimination

HEAD = '+++\ntitle = "T"\nabout = "a"\norder = 1\nminutes = 5\n+++\n'
STAGE = "``` stage\nDescent lr=0.1: loss\n```\n"
OPTIONS = "+ a\n- b: no\n"
NUMBER = Numeric(answer=lambda v: v["a"] ** 2, vary=lambda rng: {"a": int(rng.integers(2, 9))})
PREDICT = Prediction(lab=Descent, outcome=lambda lab: 0, steps=1)
GOAL = Goal(reached=lambda lab: True, free=(), answer={})


@pytest.fixture
def joined(tmp_path):
    """Joins one page, with a question where there are lines of one, to the stub's code."""

    def join_page(ask=None, check=None, stage=STAGE, experiments=(Descent, Arrows), name="q"):
        file = tmp_path / "pages.md"
        text = f"{HEAD}# P\n\nText.\n\n{stage}"
        if ask is not None:
            text += f"``` ask q\nWhat is {{a:g}}²?\n{ask}"
            text += "why: {answer:g}.\nhint: {a:g} · {a:g}.\n```\n"
        file.write_text(text, encoding="utf-8")
        lab = ModuleType(Descent.__module__)
        for one in experiments:
            setattr(lab, one.__name__, one)
        lab.checks = {name: check} if check else {}
        return build_lesson("s/t", read_pages(file), lab)

    return join_page


def test_the_stub_has_all_kinds():
    lesson = stub.lesson()
    assert list(lesson.experiments.values()) == [Arrows, Elimination, Descent]
    kinds = {name: question.kind for name, question in lesson.questions.items()}
    assert kinds == {
        "small": "choice", "twice": "number", "apart": "prediction", "quick": "goal",
        "long": "goal",
    }  # fmt: skip
    assert [lesson.question(page) is None for page in lesson.pages].count(True) == 2


def test_an_experiment_goes_by_its_title_or_its_class_and_the_first_by_none():
    lesson = stub.lesson()
    assert lesson.experiment() is Arrows
    assert lesson.experiment("descent") is lesson.experiment("Descent") is Descent
    with pytest.raises(UnknownNameError, match="Did you mean descent"):
        lesson.experiment("decsent")


def test_a_question_stands_on_its_pages_stage(joined):
    lesson = joined(OPTIONS)
    question = lesson.questions["q"]
    assert question.scene == {"lr": "0.1"}
    assert lesson.question(lesson.pages[0]) is question
    assert joined(OPTIONS, stage="").questions["q"].scene == {}


def test_a_variant_fills_in_its_numbers_and_its_answer(joined):
    question = joined("", NUMBER).questions["q"]
    variants = [question.variant(np.random.default_rng(seed)) for seed in (1, 1, 2, 3, 4)]
    assert variants[0] == variants[1]
    assert len({variant.ask for variant in variants}) > 1
    a = variants[0].values["a"]
    assert variants[0].ask == f"What is {a:g}²?"
    assert (variants[0].why, variants[0].hints) == (f"{a * a:g}.", (f"{a:g} · {a:g}.",))


def test_words_without_numbers_stay_as_they_are(joined):
    variant = joined(OPTIONS).questions["q"].variant(np.random.default_rng(0))
    assert (variant.ask, variant.values) == ("What is {a:g}²?", {})


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        ("Decsent: loss", "expected one of Descent, Arrows, got 'Decsent'."),
        ("descent: loss", "expected one of Descent, Arrows, got 'descent'."),
        ("Elimination: rows", "expected one of Descent, Arrows, got 'Elimination'."),
        ("Descent rate=1: loss", "No knob is called 'rate'. There are: lr, kind, size, dots."),
        ("Descent lr=11: loss", "lr: expected a number from 0.0001 to 10, got '11'."),
        ("Descent kind=loud: loss", "No kind is called 'loud'."),
        ("Arrows a='1, 9': plane", "a: expected two numbers within ±5"),
        ("Arrows f='2*y': plane", "No name 'y' here."),
        ("Descent: loss, losses", "weights, words, loss, oracles, got 'losses'"),
        ("Arrows: loss", "expected views from plane, picked, edited, curve, bars, oracles, got"),
    ],
)  # fmt: skip
def test_a_stage_that_the_code_does_not_bear_out_is_refused(joined, tmp_path, stage, says):
    with pytest.raises(PageError) as told:
        joined(stage=f"``` stage\n{stage}\n```\n")
    assert str(told.value).startswith(f"{tmp_path / 'pages.md'}:12: ")
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("ask", "check", "says"),
    [
        ("", None, "expected options, lines that begin with `-` or `+`."),
        ("+ a\n", None, "expected options"),
        ("- a: no\n- b: no\n", None, "expected one right option, `+ …`, got 0."),
        ("+ a\n+ b\n", None, "expected one right option, `+ …`, got 2."),
        ("+ a\n- b\n", None, "expected `- b: why it is wrong`."),
        (OPTIONS, NUMBER, "expected no options, since lab.py computes the answer."),
        (OPTIONS, GOAL, "expected no options, since lab.py computes the answer."),
        ("", PREDICT, "expected options"),
        (OPTIONS, PREDICT, "the run decides: expected options `- …` only, got `+`."),
    ],
)
def test_a_question_without_what_its_kind_needs_is_refused(joined, tmp_path, ask, check, says):
    with pytest.raises(PageError) as told:
        joined(ask, check)
    assert str(told.value).startswith(f"{tmp_path / 'pages.md'}:14: ask q: ")
    assert says in str(told.value)


def test_a_goal_needs_a_stage(joined):
    assert joined("", GOAL).questions["q"].kind == "goal"
    with pytest.raises(PageError, match="expected a stage on the page of a goal"):
        joined("", GOAL, stage="")


def test_a_check_without_words_and_a_lab_without_experiments_are_refused(joined):
    with pytest.raises(PageError, match=r"pages\.md:1: expected ``` ask other, which lab\.py"):
        joined(OPTIONS, NUMBER, name="other")
    with pytest.raises(PageError, match="expected at least one experiment"):
        joined(experiments=())


def test_what_is_imported_or_abstract_is_not_an_experiment(joined):
    class Stranger(Arrows):
        pass

    assert list(joined(experiments=(Descent, Stranger)).experiments) == ["descent"]
