"""What every question of every lesson promises: the rules of truth that a machine can hold."""

from math import isfinite

import numpy as np
import pytest

from engine.errors import DltutorError
from lessons.catalogue import find, load
from lessons.kit.knobs import Integer, Slider
from lessons.kit.run import Run
from tests.lessons.claims import says
from tests.lessons.every import questions

SEEDS = range(20)


@pytest.mark.parametrize(("lesson", "question"), questions("choice"))
def test_a_choice_has_one_right_answer_and_reasons_for_the_rest(lesson, question):
    right = [option for option in question.options if option.right]
    assert len(right) == 1
    assert len({option.text for option in question.options}) == len(question.options) >= 2
    assert all(option.reason for option in question.options if not option.right)


def spellings(value):
    short = f"{value:.10g}"
    yield from (short, f"{value:.9e}", short.replace("-", "−"), f" {value!r} ", f"{3 * value!r}/3")
    yield from (f"{value:.{digits - 1}e}" for digits in (2, 3, 4, 6))


@pytest.mark.parametrize(("lesson", "question"), questions("number"))
def test_a_number_is_known_in_every_spelling_and_every_rounding(lesson, question):
    for seed in SEEDS:
        values = question.variant(np.random.default_rng(seed)).values
        answer = values["answer"]
        assert isfinite(answer)
        refused = [s for s in spellings(answer) if not question.check.grade(s, values).ok]
        assert refused == []
        for garbage in ("", "banana", "nan", "inf", "1/0", "0x10", "1e999", "__import__('os')"):
            with pytest.raises(DltutorError, match="Expected a number"):
                question.check.grade(garbage, values)


@pytest.mark.parametrize(("lesson", "question"), questions("number"))
def test_wrong_formulas_are_refused_in_every_variant(lesson, question):
    assert question.check.wrong
    for seed in SEEDS:
        values = question.variant(np.random.default_rng(seed)).values
        for formula in question.check.wrong:
            wrong = float(formula(values))
            for text in (repr(wrong), *(f"{wrong:.{digits - 1}e}" for digits in (2, 3, 4))):
                assert not question.check.grade(text, values).ok, (values, text)


@pytest.mark.parametrize(("lesson", "question"), questions("prediction"))
def test_a_prediction_is_decided_by_its_run(lesson, question):
    run = question.check.run()
    assert 0 <= question.check.outcome(run.lab) < len(question.options)


@pytest.mark.sweep
@pytest.mark.parametrize(("lesson", "question"), questions("prediction"))
def test_a_prediction_comes_out_the_same_whatever_the_seed(lesson, question):
    outcomes = {question.check.outcome(question.check.run(seed).lab) for seed in SEEDS}
    assert len(outcomes) == 1


def tried(lesson, question, seed, settings=None):
    """The verdict on the page's scene with some knobs set, run through the goal's budget."""
    experiment = lesson.experiment(question.stage.experiment)
    run = Run(experiment, seed, {**question.scene, **(settings or {})})
    verdict = question.check.grade(run, question.scene)
    while not verdict.ok and run.advance(1 if run.lab.stride == 1 else run.lab.stride):
        if question.check.budget and run.steps > question.check.budget:
            break
        verdict = question.check.grade(run, question.scene)
        if question.check.budget is None and run.steps > 5000:
            break
    return verdict


@pytest.mark.parametrize(("lesson", "question"), questions("goal"))
def test_a_goal_names_its_free_knobs_and_is_not_reached_by_its_scene(lesson, question):
    experiment = lesson.experiment(question.stage.experiment)
    assert question.check.free
    for name in (*question.check.free, *question.check.answer):
        experiment.knob(name)
    assert set(question.check.answer) <= set(question.check.free)
    assert not tried(lesson, question, 0).ok
    assert tried(lesson, question, 0, question.check.answer).ok


@pytest.mark.parametrize(("lesson", "question"), questions("goal"))
def test_a_goal_is_void_where_another_knob_with_an_effect_stands_elsewhere(lesson, question):
    experiment = lesson.experiment(question.stage.experiment)
    for name, knob in experiment.knobs.items():
        if name in question.check.free or knob.display_only:
            continue
        here = knob.parse(question.scene.get(name, knob.default))
        values = (v for v in (knob.moved(here, 1), *knob.edge_cases()) if not knob.equal(v, here))
        stray = {**question.check.answer, name: next(values)}
        if knob.is_active(Run(experiment, 0, question.scene).lab.values):
            run = Run(experiment, 0, {**question.scene, **stray})
            assert question.check.violation(run, question.scene), name
        else:
            assert tried(lesson, question, 0, stray).ok, name


TOLD = [
    # path, question, what its page tells to turn, knobs that do so, and what counts then
    ("calculus/derivatives", "tangent", "Then type a function of your own: `k` and `enter` at f.",
     {"f": "sin(x)", "q": "1.1, 0"}, True),
    ("calculus/derivatives", "tangent", "Then type a function of your own: `k` and `enter` at f.",
     {"f": "2*x", "q": "2, 4"}, False),
    ("calculus/derivatives", "join", "make h small", {"h": 0.01}, True),
    ("calculus/derivatives", "join", "set x to 0 for all but this one", {"x": 0}, True),
    ("calculus/derivatives", "join", "set x to 0 for all but this one",
     {"x": 0, "f": "x**2 if x > 1 else x"}, False),
    ("probability/distributions", "shape", "Play, then turn *law*.", {"mu": 2, "p": 0.1}, True),
    ("probability/distributions", "shape", "Play, then turn *law*.",
     {"law": "normal", "mu": 2}, False),
    ("probability/distributions", "normal", "*Type* a density of your own",
     {"density": "x + 3"}, True),
    ("probability/distributions", "normal", "or turn *law*",
     {"law": "exponential", "rate": 3, "terms": 30}, True),
    ("probability/distributions", "normal", "or turn *law*", {"law": "normal", "terms": 1}, False),
    ("probability/distributions", "normal", "student_t with ν = 1, and raise m",
     {"law": "student_t", "number": 1, "terms": 50}, False),
    ("probability/distributions", "outlier", "there two arrows stretch 200 points",
     {"c1": (1, 3), "c2": (2, 0)}, True),
    ("probability/distributions", "peak", "take the law bernoulli and 2 draws",
     {"p": 0.9}, True),
    ("probability/distributions", "peak", "take the law bernoulli and 2 draws",
     {"law": "bernoulli", "size": 2, "p": 0.98}, False),
    ("vision/convolution", "walls", "Choose an output: click it", {"cell": "3, 3"}, True),
    ("vision/convolution", "stride", "Shift the picture", {"down": 2}, True),
    ("vision/convolution", "stride", "Shift the picture", {"down": 1}, False),
]  # fmt: skip


@pytest.mark.parametrize(("path", "name", "told", "turned", "ok"), TOLD)
def test_a_goal_leaves_free_what_its_page_tells_to_turn(path, name, told, turned, ok):
    says(path, told)
    lesson = load(find(path))
    question = lesson.questions[name]
    assert tried(lesson, question, 0, {**question.check.answer, **turned}).ok is ok


@pytest.mark.sweep
@pytest.mark.parametrize(("lesson", "question"), questions("goal"))
def test_the_last_hint_of_a_goal_leads_there_for_every_seed_and_the_scene_for_none(
    lesson, question
):
    for seed in SEEDS:
        assert not tried(lesson, question, seed).ok, seed
        assert tried(lesson, question, seed, question.check.answer).ok, seed


@pytest.mark.sweep
@pytest.mark.parametrize(("lesson", "question"), questions("goal"))
def test_arrow_keys_alone_can_reach_a_goal(lesson, question):
    """With all free knobs but one at the answer, that one's arrow keys enter the window."""
    experiment = lesson.experiment(question.stage.experiment)
    for name, wanted in question.check.answer.items():
        knob = experiment.knob(name)
        if not isinstance(knob, Slider | Integer):
            continue
        value = knob.parse(question.scene.get(name, knob.default))
        wanted = knob.parse(wanted)
        step = 1 if knob.position(wanted) > knob.position(value) else -1
        reached = []
        for _ in range(400):
            after = knob.moved(value, step)
            past = (knob.position(after) - knob.position(wanted)) * step > 0
            if past or knob.equal(after, value):
                reached = [value, after]
                break
            value = after
        settings = [{**question.check.answer, name: one} for one in reached]
        assert any(tried(lesson, question, 0, one).ok for one in settings), (name, reached)
