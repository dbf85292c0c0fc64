"""The controller: one experiment in the learner's hands, and what becomes of it."""

import pytest

from engine.errors import DomainError
from lessons.kit.experiment import ProcessExperiment, StaticExperiment, view
from lessons.kit.knobs import Integer, Slider
from lessons.kit.pages import Stage
from lessons.kit.pictures import Text
from tests.tutor.stub import lesson
from tests.tutor.stub.lab import Arrows, Descent, Elimination
from tutor.controller import CHEAP, DEBOUNCE, RunController
from tutor.progress.journal import Journal
from tutor.progress.recorder import Recorder
from tutor.question_controller import QuestionController
from tutor.quiz_session import QuizSession
from tutor.stages import Stages
from tutor.touch import Nudge


class Timer:
    """A timer that a test sets; each look at it takes `cost` seconds."""

    def __init__(self, cost=0.0):
        self.now, self.cost = 100.0, cost

    def __call__(self):
        self.now += self.cost
        return self.now


class Slow(ProcessExperiment):
    """Counts its builds; refuses some values."""

    size = Integer("size", 3, 1, 50, rebuilds=True)
    lr = Slider("rate", 0.1, 0.01, 1)
    builds = 0

    def begin(self):
        if self.size == 13:
            raise DomainError("size: 13 cannot be built.")
        type(self).builds += 1

    def step(self):
        """Nothing."""

    @view
    def words(self):
        """What it is."""
        if self.size == 7:
            raise DomainError("Seven has no picture.")
        return Text("Words", (f"size {self.size}",))


def controller(experiment=Descent, cost=0.0, **scene):
    warnings = []
    here = RunController(experiment, 0, warnings.append, scene, Timer(cost))
    return here, warnings


def stage(experiment, *views, speed=None, **scene):
    return Stage(experiment, scene, views, speed, 1)


def lines(picture):
    return picture.lines


def test_an_expensive_rebuild_happens_once_after_the_last_notch():
    here, _ = controller(Slow, cost=2 * CHEAP)
    built = Slow.builds
    for size in (4, 5, 6):
        assert here.turn("size", size)
        assert here.values["size"] == size
        assert not here.is_due()
    assert (Slow.builds, here.run.lab.size) == (built, 3)
    here._timer.now += DEBOUNCE
    assert here.is_due()
    assert here.apply_pending()
    assert (Slow.builds, here.run.lab.size, here.is_pending) == (built + 1, 6, False)
    assert not here.apply_pending()


def test_a_cheap_rebuild_does_not_wait():
    here, _ = controller(Slow)
    here.turn("size", 9)
    assert (here.run.lab.size, here.is_pending) == (9, False)


def test_a_formula_waits_also_where_nothing_is_rebuilt():
    here, _ = controller(Arrows)
    here.turn("f", "sin(x)")
    assert (here.values["f"].text, here.run.lab.f.text) == ("sin(x)", "x**2")
    here.apply_pending()
    assert here.run.lab.f.text == "sin(x)"


@pytest.mark.parametrize(
    "act", [lambda c: c.step(), lambda c: c.reset(), lambda c: c.pin(), lambda c: c.turn("lr", 0.5)]
)
def test_whatever_is_done_next_finds_the_knob_turned(act):
    here, _ = controller(Slow, cost=2 * CHEAP)
    here.turn("size", 8)
    act(here)
    assert (here.run.lab.size, here.is_pending) == (8, False)


@pytest.mark.parametrize("cost", [0.0, 2 * CHEAP])
def test_a_turn_that_fails_leaves_everything_and_says_why(cost):
    here, warnings = controller(Slow, cost=cost, size=5)
    here.step(3)
    here.turn("size", 13)
    here.apply_pending()
    assert warnings == ["size: 13 cannot be built."]
    assert (here.values["size"], here.run.steps) == (5, 3)
    assert not here.turn("size", "many")
    assert not here.turn("length", 1)
    assert len(warnings) == 3
    assert (here.values["size"], here.run.steps) == (5, 3)


def test_a_scene_that_cannot_be_built_leaves_the_run():
    here, warnings = controller(Slow, size=5)
    run = here.run
    assert not here.begin({"size": 13})
    assert here.run is run
    assert len(warnings) == 1
    here, warnings = controller(Slow, size=13)
    assert (here.run.lab.size, len(warnings)) == (3, 1)


def test_a_turn_to_the_same_value_is_none():
    here, _ = controller()
    assert not here.turn("lr", "0.01")
    assert not here.is_touched
    assert here.turn("lr", 0.02)
    assert here.is_touched


def test_pictures_are_computed_once_until_something_changes(monkeypatch):
    here, _ = controller(Slow)
    first = here.picture("words")
    assert here.picture("words") is first
    here.step()
    assert here.picture("words") is not first
    assert here.picture("words") == first
    here.turn("size", 7)
    assert lines(here.picture("words")) == ("Seven has no picture.",)


def test_charts_bear_ghosts_and_the_place_of_judgment():
    here, _ = controller()
    here.step(10)
    here.pin()
    here.reset()
    here.step(20)
    here.judge()
    chart = here.picture("loss")
    assert [series.name for series in chart.series] == ["loss ⟨1⟩", "loss"]
    assert [(mark.x, mark.text) for mark in chart.marks] == [(20, "judged")]
    here.unpin()
    here.reset()
    assert len(here.picture("loss").series) == 1
    assert here.picture("loss").marks == ()


def test_of_many_pinned_runs_the_last_three_stay():
    here, _ = controller()
    for _ in range(5):
        here.step()
        here.pin()
    assert [run.steps for run in here.pinned] == [3, 4, 5]


def test_a_walk_goes_back_and_a_process_does_not():
    walk, _ = controller(Elimination)
    assert (walk.step(), walk.step(), walk.step(-1), walk.run.steps) == (1, 1, 1, 1)
    assert walk.step(-9) == 1
    process, _ = controller()
    process.step(3)
    assert process.step(-1) == 0
    assert process.run.steps == 3


def test_a_still_goes_back_to_its_scene_and_a_process_keeps_its_knobs():
    still, _ = controller(Arrows, a="1, 1")
    still.turn("a", "2, 2")
    still.reset()
    assert still.values["a"].tolist() == [1, 1]
    assert not still.is_touched
    process, _ = controller(Descent, lr=0.1)
    process.turn("lr", 0.2)
    process.step(5)
    process.reset()
    assert (process.values["lr"], process.run.steps) == (0.2, 0)


def test_a_nudge_moves_on_from_what_is_shown():
    here, _ = controller(Arrows)
    for _ in range(3):
        here.touch("a", Nudge(1, 0))
    assert here.values["a"].tolist() == pytest.approx([3.3, 4])


def test_staging_sets_scene_views_and_speed_and_stands_still():
    here, _ = controller()
    here.clock.playing = True
    here.stage(stage("Descent", "weights", "loss", speed=15, lr="0.1"))
    assert (here.values["lr"], here.clock.speed, here.clock.playing) == (0.1, 15, False)
    assert here.views.shown(1) == ("weights",)
    run = here.run
    here.stage(stage("Descent", "loss", lr="0.1"))
    assert here.run is run, "a run that has just begun with that scene need not be built again"
    assert here.clock.speed == 15
    here.step()
    here.stage(stage("Descent", "loss", lr="0.1"))
    assert (here.run is run, here.run.steps) == (False, 0)


def test_hurry_and_calm():
    here, _ = controller()
    here.clock.speed = 15
    here.speed_up(1000)
    here.speed_up(20_000)
    assert here.clock.speed * 10 >= 20_000
    here.restore_speed()
    assert here.clock.speed == 15
    here.clock.speed = 250
    here.restore_speed()
    assert here.clock.speed == 250


# Several experiments, and the pages that stage them.


@pytest.fixture
def stages():
    return Stages(lesson(), 0, lambda sentence: pytest.fail(sentence))


def page(number):
    return lesson().pages[number - 1]


def test_every_page_has_a_laboratory_of_its_own_kept_as_it_was_left(stages):
    stages.open(page(4))
    assert not stages.can_set_up(page(4))
    stages.current.turn("lr", 0.5)
    stages.current.step(7)
    stages.open(page(5))
    assert (stages.current.values["lr"], stages.current.run.steps) == (0.01, 0)
    stages.open(page(4))
    assert (stages.current.values["lr"], stages.current.run.steps) == (0.5, 7)
    assert stages.can_set_up(page(4))
    stages.set_up(page(4).stage)
    assert (stages.current.values["lr"], stages.current.run.steps) == (0.1, 0)
    assert not stages.can_set_up(page(4))


def test_after_a_prediction_the_page_can_be_set_up_again(stages):
    stages.open(page(4))
    assert stages.predict(lesson().question(page(4)).check)
    assert stages.current.values["lr"] == 3
    assert stages.can_set_up(page(4))


def test_a_page_without_a_stage_leaves_everything(stages):
    stages.open(page(4))
    stages.current.step(3)
    stages.open(page(7))
    assert (stages.current.experiment.title(), stages.current.run.steps) == ("descent", 3)


def test_a_lesson_opened_in_the_middle_shows_what_the_pages_before_staged():
    opened = Stages(lesson(), 0, print, at=6)
    assert opened.current.views.shown(9) == ("plane",)


def test_another_experiment_in_the_laboratory_stops_the_first(stages):
    stages.open(page(4))
    first = stages.current
    first.clock.playing = True
    stages.open(page(1))
    assert not first.clock.playing


# Questions that a run decides.


@pytest.fixture
def asking(stages):
    with Journal.in_memory() as journal:
        yield QuestionController(
            QuizSession(lesson(), Recorder(journal, "stubs/stub", lambda: None)), stages
        )


def question(number):
    return lesson().question(page(number))


def test_a_prediction_is_decided_where_its_run_ends_and_the_speed_returns(asking, stages):
    stages.open(page(4))
    stages.current.clock.speed = 1
    asking.open(question(4))
    assert asking.answer(question(4), 2) is None
    assert asking.is_deciding
    here = stages.current
    assert here.values["lr"] == 3
    assert here.clock.speed >= 10
    here.clock.playing = True
    while not (verdict := asking.judge()):
        here.slice(0.1, asking.stop_step())
    assert verdict.ok
    assert (here.clock.playing, here.clock.speed) == (False, 1)
    assert here.run.status == "diverged"
    assert here.picture("loss").marks[-1].text == "judged"


def test_a_prediction_is_forgotten_when_something_else_is_done(asking, stages):
    stages.open(page(4))
    asking.open(question(4))
    before = stages.current.clock.speed
    asking.answer(question(4), 0)
    assert asking.forget()
    assert stages.current.clock.speed == before
    assert not asking.is_deciding
    stages.current.step(200)
    assert asking.judge() is None


def test_a_goal_counts_only_on_the_experiment_that_the_page_stages(asking, stages):
    stages.open(page(5))
    asking.open(question(5))
    assert asking.stop_step() == 100
    stages.current.turn("lr", 0.5)
    while not (verdict := asking.judge()):
        stages.current.step(5)
    assert verdict.ok
    assert stages.current.run.steps < 100
    stages.open(page(6))
    asking.open(question(6))
    stages.open(page(4))
    assert asking.judge() is None
    assert asking.state() == ""


class Bare(StaticExperiment):
    """Nothing to see."""


def test_an_experiment_without_views_is_no_trouble():
    here, _ = controller(Bare)
    assert here.views.shown(3) == ()
    here.views.rotate(1)
    assert here.views.large == ""
