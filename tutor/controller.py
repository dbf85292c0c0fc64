"""The controller of one experiment: its run, its clock, what the learner did. No screen in it.

Whatever turns a knob, a key, the mouse or a page, ends in `turn`. An expensive knob shows its new
value at once, and the run is rebuilt once, after the last notch.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

from engine.errors import DltutorError
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.experiment import AbstractExperiment
from lessons.kit.failures import Failure
from lessons.kit.knobs import AbstractKnob, FormulaInput
from lessons.kit.pages import Stage
from lessons.kit.pictures import Mark, Oracles, Picture, Text
from lessons.kit.run import Run
from tutor.clock import SPEEDS, Clock
from tutor.touch import Touch, touched
from tutor.views import Views, view_names

PINNED = 3
"""Ghosts that a chart can bear."""
REST = 0.06
"""Seconds without a further notch after which an expensive knob rebuilds the run."""
CHEAP = 0.008
"""A rebuild that takes fewer seconds does not wait for the last notch."""
PATIENCE = 10
"""Seconds that a run which decides something should take at most."""
SPEED, WALKING_SPEED = 60.0, 4.0
"""Steps a second at first; of a walk every step is to be seen."""


class RunController:
    """One experiment in the hands of a learner.

    `scene` are the knob values that were staged last, `views` what is shown of it; `is_touched`
    says that a knob was turned by hand since. An error reaches the learner through `warn` and
    leaves everything as it was.

    Args:
        experiment: what to run.
        seed: of everything drawn by chance.
        warn: tells the learner a sentence.
        scene: knob values to begin with.
        timer: seconds from some moment on.
    """

    def __init__(
        self,
        experiment: type[AbstractExperiment],
        seed: int = 0,
        warn: Callable[[str], object] = print,
        scene: Mapping[str, object] | None = None,
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        self.experiment = experiment
        self.views = Views(view_names(experiment))
        self.scene: Mapping[str, object] = {}
        self.pinned: tuple[Run, ...] = ()
        self.is_touched = False
        self._warn, self._timer = warn, timer
        self._pending: dict[str, object] = {}
        self._last_turn = self._cost = 0.0
        self._own_speed: float | None = None
        self._judged: tuple[Mark, ...] = ()
        self._pictures: dict[str, Picture] = {}
        self._failure: tuple[Failure | None] | None = None
        speed = WALKING_SPEED if issubclass(experiment, AlgorithmExperiment) else SPEED
        run = self._built(seed, scene or {})
        self.clock = Clock(run or Run(experiment, seed), speed, timer)
        self.scene = (scene or {}) if run else {}

    def _built(self, seed: int, scene: Mapping[str, object]) -> Run | None:
        """A new run, or a sentence to the learner; notes what it cost."""
        start = self._timer()
        try:
            return Run(self.experiment, seed, scene)
        except DltutorError as error:
            self._warn(str(error))
            return None
        finally:
            self._cost = self._timer() - start

    @property
    def run(self) -> Run:
        """The learner's run."""
        return self.clock.run

    @property
    def is_walk(self) -> bool:
        """Whether it can step back."""
        return isinstance(self.run.lab, AlgorithmExperiment)

    @property
    def values(self) -> Mapping[str, Any]:
        """What the knobs show: also what is turned and not yet put to use."""
        return {**self.run.lab.values, **self._pending}

    def _changed(self) -> None:
        self._pictures.clear()
        self._failure = None

    # Beginning.

    def stage(self, stage: Stage) -> None:
        """Set up what a page wants: a fresh run of its scene, its views, its speed."""
        if not self._stands_at(stage.scene):
            self.begin(stage.scene)
        self.clock.playing = False
        self.views.stage(stage.views)
        if stage.speed is not None:
            self.clock.speed = stage.speed

    def _stands_at(self, scene: Mapping[str, object]) -> bool:
        """Whether the run has just begun with that scene."""
        untouched = not (self.run.steps or self.run.turns or self.is_touched or self._judged)
        return untouched and dict(self.scene) == dict(scene)

    def begin(self, scene: Mapping[str, object]) -> bool:
        """A fresh run with these knobs, the others at their defaults; returns whether it exists."""
        run = self._built(self.run.seed, scene)
        if run is None:
            return False
        self._pending.clear()
        self.scene, self.clock.run, self._judged, self.is_touched = scene, run, (), False
        self._changed()
        return True

    def reset(self, seed: int | None = None) -> None:
        """Back to the start of the run with the present knobs; a still goes back to its scene."""
        self.settle()
        if not self.run.has_steps and seed is None:
            self.begin(self.scene)
            return
        try:
            self.run.reset(seed)
        except DltutorError as error:
            self._warn(str(error))
        self._judged = ()
        self._changed()

    # Turning.

    def turn(self, name: str, value: object) -> bool:
        """Turn a knob; returns whether its value is another one now."""
        try:
            knob = self.experiment.knob(name)
            new = knob.parse(value)
            if knob.equal(new, self.values[name]):
                return False
            self._last_turn = self._timer()
            if self._is_expensive(knob):
                self._pending[name] = new
            else:
                self.settle()
                self.run.turn(name, new)
        except DltutorError as error:
            self._warn_of(name, error)
            return False
        self.is_touched = True
        self._changed()
        return True

    def _warn_of(self, name: str, error: DltutorError) -> None:
        knob = self.experiment.knobs.get(name)
        self._warn(f"{knob.label}: {knob.error_text(error)}" if knob else str(error))

    def touch(self, name: str, touch: Touch) -> bool:
        """Turn a knob as a hand on a picture does; returns whether its value is another one now."""
        return self.turn(name, touched(self.experiment.knob(name), self.values[name], touch))

    def _is_expensive(self, knob: AbstractKnob[Any]) -> bool:
        """Whether a turn compiles a formula, or builds a run that is not cheap to build."""
        is_start = not self.run.steps and not knob.merges and not knob.display_only
        rebuilds = self.run.has_steps and (knob.rebuilds or is_start)
        return isinstance(knob, FormulaInput) or (rebuilds and self._cost > CHEAP)

    def is_due(self) -> bool:
        """Whether the last notch of an expensive knob lies far enough back."""
        return bool(self._pending) and self._timer() - self._last_turn >= REST

    @property
    def is_pending(self) -> bool:
        """Whether a knob shows a value that is not yet put to use."""
        return bool(self._pending)

    def settle(self) -> bool:
        """Put to use what was turned; returns whether there was anything."""
        pending, self._pending = self._pending, {}
        for name, value in pending.items():
            start = self._timer()
            try:
                self.run.turn(name, value)
            except DltutorError as error:
                self._warn_of(name, error)
            self._cost = self._timer() - start
        if pending:
            self._changed()
        return bool(pending)

    # Going on.

    def slice(self, elapsed: float, stop: int | None = None) -> int:
        """Make the steps that `elapsed` seconds are worth, not over `stop`; returns how many."""
        made = self.clock.slice(elapsed, stop)
        if made:
            self._changed()
        return made

    def step(self, count: int = 1) -> int:
        """Make some steps, or go back some records of a walk; returns how many it were."""
        self.settle()
        made = self.run.advance(count) if count > 0 else self.run.back(-count)
        if made:
            self._changed()
        return made

    def judge(self) -> None:
        """Mark the place where a prediction or a goal was judged, and stop there."""
        self.clock.playing = False
        if self.run.has_steps:
            self._judged = (*self._judged, Mark(self.run.steps, "judged"))
        self._changed()

    def hurry(self, steps: int) -> None:
        """Play fast enough for so many steps to be waited for, until `calm`."""
        if self._own_speed is None:
            self._own_speed = self.clock.speed
        enough = next(speed for speed in SPEEDS if speed * PATIENCE >= steps)
        self.clock.speed = max(self.clock.speed, enough)

    def calm(self) -> None:
        """Play as fast as before `hurry`."""
        if self._own_speed is not None:
            self.clock.speed, self._own_speed = self._own_speed, None

    def pin(self) -> None:
        """Keep the present run on the charts as a ghost; beyond three the oldest goes."""
        self.settle()
        self.pinned = (*self.pinned, self.run.branch())[-PINNED:]
        self._changed()

    def unpin(self) -> None:
        """Take the ghosts off the charts."""
        self.pinned = ()
        self._changed()

    # Looking.

    def picture(self, name: str) -> Picture:
        """A view, a chart, or the oracles, computed once until something changes.

        A picture that the engine refuses to compute says why.
        """
        if name not in self._pictures:
            try:
                self._pictures[name] = self._compute(name)
            except DltutorError as error:
                self._pictures[name] = Text(name, (str(error),))
        return self._pictures[name]

    def _compute(self, name: str) -> Picture:
        if name in self.experiment.charts:
            chart = self.run.chart(name, self.pinned)
            return replace(chart, marks=(*chart.marks, *self._judged))
        if name in self.experiment.views:
            picture: Picture = getattr(self.run.lab, name)()
            return picture
        return Oracles("Oracles", tuple(self.run.lab.oracles()))

    @property
    def failure(self) -> Failure | None:
        """The first failure whose sign shows now."""
        if self._failure is None:
            self._failure = (self.run.failure,)
        return self._failure[0]
