"""The controller of one experiment: its run, its clock, and the learner's actions. No widgets.

Every change of a knob, by key, mouse or page, goes through `turn`. An expensive knob shows its new
value at once, but the run is rebuilt only once, after the last notch.
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

MAX_PINNED = 3
"""The most ghosts that a chart can show."""
DEBOUNCE = 0.06
"""Seconds without another notch after which an expensive knob rebuilds the run."""
CHEAP = 0.008
"""A rebuild that takes fewer seconds is not delayed until the last notch."""
MAX_WAIT = 10
"""The most seconds that a run which decides a question should take."""
SPEED, ALGORITHM_SPEED = 60.0, 4.0
"""Initial steps per second; every step of an algorithm should be visible."""


class RunController:
    """One experiment as a learner plays it.

    `scene` holds the knob values that were staged last, `views` what is shown; `is_touched` says
    that a knob was turned by hand since. An error is reported through `warn` and leaves everything
    as it was.

    Args:
        experiment: what to run.
        seed: of the random generator.
        warn: shows a sentence to the learner.
        scene: the initial knob values.
        timer: returns seconds since an arbitrary start.
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
        self._saved_speed: float | None = None
        self._judged: tuple[Mark, ...] = ()
        self._pictures: dict[str, Picture] = {}
        self._failure: tuple[Failure | None] | None = None
        speed = ALGORITHM_SPEED if issubclass(experiment, AlgorithmExperiment) else SPEED
        run = self._build_run(seed, scene or {})
        self.clock = Clock(run or Run(experiment, seed), speed, timer)
        self.scene = (scene or {}) if run else {}

    def _build_run(self, seed: int, scene: Mapping[str, object]) -> Run | None:
        """A new run, or None after a warning; measures how long it took to build."""
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
    def is_algorithm(self) -> bool:
        """Whether the run can step back."""
        return isinstance(self.run.lab, AlgorithmExperiment)

    @property
    def values(self) -> Mapping[str, Any]:
        """The values that the knobs show, including those not yet applied."""
        return {**self.run.lab.values, **self._pending}

    def _changed(self) -> None:
        self._pictures.clear()
        self._failure = None

    # Starting.

    def stage(self, stage: Stage) -> None:
        """Set up a page's stage: a fresh run of its scene, its views, its speed."""
        if not self._has_just_begun(stage.scene):
            self.begin(stage.scene)
        self.clock.playing = False
        self.views.stage(stage.views)
        if stage.speed is not None:
            self.clock.speed = stage.speed

    def _has_just_begun(self, scene: Mapping[str, object]) -> bool:
        """Whether the run has just started with that scene."""
        untouched = not (self.run.steps or self.run.turns or self.is_touched or self._judged)
        return untouched and dict(self.scene) == dict(scene)

    def begin(self, scene: Mapping[str, object]) -> bool:
        """Start a fresh run with these knobs, the others at their defaults; returns success."""
        run = self._build_run(self.run.seed, scene)
        if run is None:
            return False
        self._pending.clear()
        self.scene, self.clock.run, self._judged, self.is_touched = scene, run, (), False
        self._changed()
        return True

    def reset(self, seed: int | None = None) -> None:
        """Restart the run with the present knobs; a static experiment returns to its scene."""
        self.apply_pending()
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
        """Turn a knob; returns whether its value changed."""
        try:
            knob = self.experiment.knob(name)
            new = knob.parse(value)
            if knob.equal(new, self.values[name]):
                return False
            self._last_turn = self._timer()
            if self._is_expensive(knob):
                self._pending[name] = new
            else:
                self.apply_pending()
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
        """Turn a knob by touching a picture; returns whether its value changed."""
        return self.turn(name, touched(self.experiment.knob(name), self.values[name], touch))

    def _is_expensive(self, knob: AbstractKnob[Any]) -> bool:
        """Whether a turn compiles a formula or rebuilds a run that is expensive to build."""
        is_start = not self.run.steps and not knob.merges and not knob.display_only
        rebuilds = self.run.has_steps and (knob.rebuilds or is_start)
        return isinstance(knob, FormulaInput) or (rebuilds and self._cost > CHEAP)

    def is_due(self) -> bool:
        """Whether the last notch of an expensive knob was long enough ago."""
        return bool(self._pending) and self._timer() - self._last_turn >= DEBOUNCE

    @property
    def is_pending(self) -> bool:
        """Whether a knob shows a value that is not yet applied."""
        return bool(self._pending)

    def apply_pending(self) -> bool:
        """Apply pending knob values; returns whether there were any."""
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

    # Advancing.

    def slice(self, elapsed: float, stop: int | None = None) -> int:
        """Make the steps due after `elapsed` seconds, at most up to `stop`; returns how many."""
        made = self.clock.slice(elapsed, stop)
        if made:
            self._changed()
        return made

    def step(self, count: int = 1) -> int:
        """Make `count` steps, or go back if it is negative; returns how many were made."""
        self.apply_pending()
        made = self.run.advance(count) if count > 0 else self.run.back(-count)
        if made:
            self._changed()
        return made

    def judge(self) -> None:
        """Stop and mark the step at which a prediction or a goal was judged."""
        self.clock.playing = False
        if self.run.has_steps:
            self._judged = (*self._judged, Mark(self.run.steps, "judged"))
        self._changed()

    def speed_up(self, steps: int) -> None:
        """Play fast enough that `steps` steps are worth waiting for, until `restore_speed`."""
        if self._saved_speed is None:
            self._saved_speed = self.clock.speed
        enough = next(speed for speed in SPEEDS if speed * MAX_WAIT >= steps)
        self.clock.speed = max(self.clock.speed, enough)

    def restore_speed(self) -> None:
        """Return to the speed before `speed_up`."""
        if self._saved_speed is not None:
            self.clock.speed, self._saved_speed = self._saved_speed, None

    def pin(self) -> None:
        """Keep the present run on the charts as a ghost; a fourth one replaces the oldest."""
        self.apply_pending()
        self.pinned = (*self.pinned, self.run.branch())[-MAX_PINNED:]
        self._changed()

    def unpin(self) -> None:
        """Remove the ghosts from the charts."""
        self.pinned = ()
        self._changed()

    # Showing.

    def picture(self, name: str) -> Picture:
        """A view, a chart, or the oracles, cached until something changes.

        If the engine raises an error, the picture is its message.
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
        """The first failure that is detected now."""
        if self._failure is None:
            self._failure = (self.run.failure,)
        return self._failure[0]
