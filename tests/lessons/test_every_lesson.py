"""What every lesson promises, whoever writes it: run for each one that the catalogue finds."""

from dataclasses import replace
from graphlib import TopologicalSorter
from math import isfinite

import pytest
from rich.cells import cell_len

from lessons.catalogue import entries, find, load, subjects
from lessons.kit.checks import KINDS
from lessons.kit.run import Run
from tutor.pictures.cells import DARK, plain
from tutor.pictures.page import page
from tutor.pictures.paint import describe, paint
from tutor.pictures.question import Asked, question_lines

STRIDES = 30
LONGEST = 5000
"""Steps after which a test has waited long enough."""
PAGE = 76
SLOTS = [(38, 13), (58, 14), (20, 5)]


@pytest.fixture(params=entries(), ids=lambda entry: entry.path)
def entry(request):
    return request.param


@pytest.fixture
def lesson(entry):
    return load(entry)


def run_of(lesson, values=None, steps=0, seed=0):
    run = Run(lesson, seed, values)
    run.advance(steps)
    return run


def corners(lesson):
    """Each knob alone at each of its corners, awake; then all low, and all high."""
    for knob in lesson.knobs:
        awake = {knob.only[0]: knob.only[1][0]} if knob.only else {}
        yield from ({**awake, knob.name: value} for value in knob.corners())
    yield {knob.name: knob.corners()[0] for knob in lesson.knobs}
    yield {knob.name: knob.corners()[-1] for knob in lesson.knobs}


def live(lesson):
    return [knob for knob in lesson.knobs if not knob.rebuilds]


# The catalogue.


def test_there_are_lessons():
    assert [entry.path for entry in entries() if entry.broken] == []
    assert len(entries()) >= 4


def test_an_order_is_given_once_in_a_subject():
    for subject in subjects():
        orders = [entry.front.order for entry in subject.entries]
        assert len(set(orders)) == len(orders), subject.name


def test_what_a_lesson_needs_is_there_and_never_the_lesson_itself():
    needs = {entry.path: [find(n).path for n in entry.front.needs] for entry in entries()}
    assert set(TopologicalSorter(needs).static_order()) == set(needs)


# The text.


def test_the_fields_are_complete(entry, lesson):
    assert lesson.front == entry.front
    assert 5 <= entry.front.minutes <= 45
    assert 5 <= len(lesson.steps) <= 8
    assert all(step.title and step.text for step in lesson.steps)
    assert lesson.sources
    assert lesson.failures
    assert len({knob.name for knob in lesson.knobs}) == len(lesson.knobs)
    assert all(knob.label and knob.help for knob in lesson.knobs)


def test_questions_are_many_and_of_several_kinds(lesson):
    names = [check.name for check in lesson.checks]
    assert len(names) >= 4
    assert len(set(names)) == len(names)
    assert len({type(check) for check in lesson.checks}) >= 3
    assert {type(check) for check in lesson.checks} <= set(KINDS)
    assert [check.name for check in lesson.checks if not check.hints or not check.why] == []


def test_a_page_fits_into_a_window(lesson):
    for step in lesson.steps:
        lines = [(), (), *page(step.text, PAGE, DARK)]
        if step.check:
            asked = Asked(step.check, step.check.ask, getattr(step.check, "options", ()))
            lines += question_lines(asked, PAGE, DARK, lit=False)
        assert len(lines) <= 40, step.title
        too_wide = [line for line in plain(lines).splitlines() if cell_len(line) > PAGE]
        assert too_wide == [], step.title


def test_no_formula_is_cut_and_no_blank_is_left_unfilled(lesson):
    for step in lesson.steps:
        formulas = [line[4:] for line in step.text.splitlines() if line.startswith("    ")]
        assert [formula for formula in formulas if cell_len(formula) > 72] == []
        assert "{" not in step.title + step.text


def test_scenes_are_settings_of_the_lesson(lesson):
    scenes = [step.scene for step in lesson.steps]
    scenes += [getattr(check, "scene", None) for check in lesson.checks]
    scenes += [dict(failure.scene) for failure in lesson.failures]
    for scene in filter(None, scenes):
        assert dict(lesson.settings(scene)) == {**lesson.settings(), **lesson.settings(scene)}


def test_a_knob_reads_what_it_shows(lesson):
    for knob in lesson.knobs:
        shown = {knob.at(p / 20) for p in range(21)} | set(knob.corners())
        assert {knob.parse(knob.show(value)) for value in shown} == shown, knob.name


# The run.


def test_every_corner_is_finite_or_declared_diverged(lesson, subtests):
    for values in corners(lesson):
        with subtests.test(values=values):
            run = run_of(lesson, values)
            run.advance(STRIDES * run.simulation.stride)
            finite = all(isfinite(value) for value in run.metrics.values())
            assert finite or run.status == "diverged"
            for picture in run.simulation.pictures():
                assert_painted(picture, 38, 13)


def test_the_same_run_twice_is_the_same_bit_for_bit(lesson):
    stride = Run(lesson).simulation.stride
    for seed in (0, 7):
        one, other = (run_of(lesson, steps=STRIDES * stride, seed=seed) for _ in range(2))
        assert one.state_hash == other.state_hash
        assert repr(one.record()) == repr(other.record())


def test_portions_make_no_difference(lesson):
    whole, parts = Run(lesson), Run(lesson)
    count = STRIDES * whole.simulation.stride + 1
    whole.advance(count)
    for _ in range(count):
        parts.advance(1)
    assert (parts.steps, parts.status) == (whole.steps, whole.status)
    assert parts.state_hash == whole.state_hash
    assert parts.metrics == whole.metrics
    assert set(whole.history.steps) <= set(parts.history.steps)


def turned(lesson):
    """Runs in their midst: one untouched, and one for each knob that turns in mid-run."""
    stride = Run(lesson).simulation.stride
    yield run_of(lesson, steps=3 * stride + 1)
    for knob in live(lesson):
        run = run_of(lesson, steps=3 * stride + 1)
        run.turn(knob.name, knob.moved(run.settings[knob.name], 1))
        run.advance(2)
        assert [mark.text.count("→") for mark in run.marks] == [1] * (not knob.shows), knob.name
        yield run


def test_a_branch_goes_the_same_way_also_after_a_turn(lesson):
    for run in turned(lesson):
        moment, twin = run.moment(), run.branch()
        assert twin.state_hash == run.state_hash
        for one in (run, twin):
            one.advance(3 * run.simulation.stride)
        assert twin.state_hash == run.state_hash, run.marks
        run.go_back(moment)
        assert (run.steps, run.marks, run.settings) == (
            moment.steps, moment.marks, moment.settings,
        )  # fmt: skip
        run.advance(3 * run.simulation.stride)
        assert run.state_hash == twin.state_hash, run.marks


def test_a_knob_that_rebuilds_begins_the_run_anew(lesson):
    for knob in set(lesson.knobs) - set(live(lesson)):
        run = run_of(lesson, steps=10)
        value = next(value for value in knob.corners() if value != run.settings[knob.name])
        run.turn(knob.name, value)
        assert (run.steps, run.marks, run.history.steps) == (0, (), [0])


def test_the_numbers_are_there_from_the_start(lesson):
    run = Run(lesson)
    assert set(lesson.chart.metrics) <= set(run.metrics)
    assert all(type(value) is float and isfinite(value) for value in run.metrics.values())
    assert run.status == "running"
    assert run.failure is None


# Pictures and oracles.


def assert_painted(picture, width, height):
    lines = paint(picture, width, height, DARK)
    assert len(lines) == height
    assert {sum(cell_len(span.text) for span in line) for line in lines} == {width}, picture.title


@pytest.mark.parametrize("steps", [0, 1, 3000])
def test_pictures_fill_their_slots_and_can_be_told_in_words(lesson, steps):
    run = run_of(lesson, steps=steps)
    for picture in (run.chart(), run.chart((run.branch(),)), *run.simulation.pictures()):
        for width, height in SLOTS:
            assert_painted(picture, width, height)
            lines = paint(picture, width, height, replace(DARK, plain=True))
            assert len(lines) == height
        told = describe(picture)
        assert told.startswith(picture.title)
        assert told.endswith(".")
        assert len(told) > len(picture.title) + 2


def test_no_oracle_is_refuted_by_the_default_run(lesson):
    run = Run(lesson)
    assert run.simulation.oracles()
    while run.steps < min(lesson.budget, LONGEST) and run.status == "running":
        run.advance(LONGEST // 10)
        for oracle in run.simulation.oracles():
            assert isfinite(oracle.predicted)
            assert 0 < oracle.tolerance < 0.1
            assert oracle.ok is not False, oracle
    assert any(oracle.ok for oracle in run.simulation.oracles())
