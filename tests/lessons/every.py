"""Every lesson, experiment, question and stage there is, as parameters for the shared tests."""

from contextlib import suppress
from functools import cache
from itertools import takewhile

import pytest

from lessons.catalogue import BrokenLessonError, entries, load
from lessons.kit.run import Run


@cache
def lessons():
    """All lessons that can be loaded; `test_there_are_lessons` fails where one cannot."""
    found = []
    for entry in entries():
        with suppress(BrokenLessonError):
            found.append(load(entry))
    return tuple(found)


def experiments():
    """Every experiment of every lesson."""
    return [
        pytest.param(experiment, id=f"{lesson.path}/{name}")
        for lesson in lessons()
        for name, experiment in lesson.experiments.items()
    ]


def knobs(experiment, every):
    """Its knobs; but for `every`, a knob inherited together with an earlier experiment of the
    lesson is left to that one."""
    siblings = next(x for x in (lesson.experiments.values() for lesson in lessons())
                    if experiment in x)  # fmt: skip
    earlier = takewhile(lambda one: one is not experiment, siblings)
    known = [] if every else [knob for one in earlier for knob in one.knobs.values()]
    return {n: k for n, k in experiment.knobs.items() if not any(k is one for one in known)}


def questions(kind):
    """(lesson, question) of one kind."""
    return [
        pytest.param(lesson, question, id=f"{lesson.path}-{name}")
        for lesson in lessons()
        for name, question in lesson.questions.items()
        if question.kind == kind
    ]


def failures():
    """(experiment, failure)."""
    return [
        pytest.param(experiment, failure, id=f"{lesson.path}/{name}-{failure.name}")
        for lesson in lessons()
        for name, experiment in lesson.experiments.items()
        for failure in experiment.failures
    ]


def stages():
    """(experiment, stage) of every page that sets one."""
    return [
        pytest.param(lesson.experiment(page.stage.experiment), page.stage,
                     id=f"{lesson.path}:{page.stage.line}")
        for lesson in lessons()
        for page in lesson.pages
        if page.stage
    ]  # fmt: skip


def run_of(experiment, values=None, steps=0, seed=0):
    """A run that has come so far."""
    run = Run(experiment, seed, values)
    run.advance(steps)
    return run


def strides(run, count):
    """So many strides in steps, but no more than a test has time for."""
    return min(count * run.lab.stride, 400)
