"""A run: one simulation with its knobs, its recorded numbers, and the moments they were turned."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

import numpy as np

from lessons.kit.checks import Goal
from lessons.kit.failures import Failure
from lessons.kit.history import History
from lessons.kit.knobs import Settings
from lessons.kit.lesson import Lesson
from lessons.kit.pictures import Curve, Mark, Series
from lessons.kit.simulation import AbstractSimulation, State, Status, fingerprint

ONE_GO = 0.03
"""The share of a run's steps within which turns of one knob count as one."""


@dataclass(frozen=True)
class Moment:
    """A run at one step: enough to go back there, bit for bit."""

    settings: Settings
    steps: int
    state: State
    history: History
    marks: tuple[Mark, ...]


class Run:
    """A lesson's simulation in the hands of somebody: advanced, turned, kept, gone back to.

    Equal lesson, seed, knobs and steps give equal bits, however the steps were portioned out.

    Args:
        lesson: what to run.
        seed: of everything drawn by chance.
        values: knob values other than the defaults, as values or as text.
    """

    def __init__(
        self, lesson: Lesson, seed: int = 0, values: Mapping[str, object] | None = None
    ) -> None:
        self.lesson = lesson
        self.seed = seed
        self.settings = lesson.settings(values)
        self._start()

    def _start(self) -> None:
        self.simulation: AbstractSimulation = self.lesson.simulation(
            self.settings, np.random.default_rng(self.seed)
        )
        self.steps = 0
        self.status: Status = "running"
        self.history = History()
        self.marks: tuple[Mark, ...] = ()
        self._turned = ("", "")
        self._record()

    def reset(self, seed: int | None = None) -> None:
        """Begin again with the present knobs; the same seed gives the same start."""
        self.seed = self.seed if seed is None else seed
        self._start()

    def advance(self, count: int = 1) -> int:
        """Make up to `count` steps, fewer where the run ends; returns how many were made."""
        made, stride = 0, self.simulation.stride
        while made < count and self.status == "running":
            portion = min(count - made, stride - self.steps % stride)
            self.simulation.step(portion)
            self.steps += portion
            made += portion
            if self.steps % stride == 0:
                self._record()
        if made and self.steps % stride:
            self._measure()
        return made

    def _record(self) -> None:
        """Measure, and see whether the run ends here: only at whole strides, so that it ends at
        the same step however the steps were portioned out."""
        self._measure()
        self._judge()

    def _measure(self) -> None:
        """Take the numbers of this step; one that is no number any more ends the run at once."""
        self._look()
        self.history.record(self.steps, self.metrics)

    def _look(self) -> None:
        self.metrics = dict(self.simulation.metrics())
        if not all(isfinite(value) for value in self.metrics.values()):
            self.status = "diverged"

    def _judge(self) -> None:
        """Let the simulation say how it stands, unless its numbers have said it."""
        if self.status != "diverged":
            self.status = self.simulation.status()

    def turn(self, name: str, value: object) -> None:
        """Turn a knob, in mid-run where it can be; else the run starts anew.

        Raises:
            UnknownNameError, DomainError: no such knob, or a value that it cannot have.
        """
        settings = self.settings.with_value(name, value)
        knob, old = settings.knob(name), self.settings[name]
        if settings[name] == old:
            return
        self.settings = settings
        if knob.rebuilds:
            self._start()
            return
        self.simulation.turn(settings)
        if not knob.shows:
            self._mark(name, knob.show(old), knob.show(settings[name]))
        self._judge()

    def _mark(self, name: str, old: str, new: str) -> None:
        """Note on the chart that a knob was turned; notches turned in one go make one mark."""
        if not self.steps:
            return
        x: float = self.steps
        if self.marks and self._turned[0] == name and x - self.marks[-1].x <= ONE_GO * x:
            x, old = self.marks[-1].x, self._turned[1]
            self.marks = self.marks[:-1]
        knob = self.settings.knob(name)
        self._turned = (name, old)
        self.marks = (*self.marks, Mark(x, f"{knob.symbol or knob.label} {old} → {new}"))

    def moment(self) -> Moment:
        """The run as it stands, to come back to."""
        state = self.simulation.snapshot()
        return Moment(self.settings, self.steps, state, self.history.copy(), self.marks)

    def go_back(self, moment: Moment) -> None:
        """Stand again where a moment was kept."""
        self.settings = moment.settings
        self.simulation = self.lesson.simulation(self.settings, np.random.default_rng(self.seed))
        self.simulation.restore(moment.state)
        self.steps, self.history, self.marks = moment.steps, moment.history.copy(), moment.marks
        self._turned = ("", "")
        self.status = "running"
        self._look()
        self._judge()

    def branch(self) -> "Run":
        """A second run that goes on from here on its own."""
        twin = Run(self.lesson, self.seed, self.settings)
        twin.go_back(self.moment())
        return twin

    @property
    def failure(self) -> Failure | None:
        """The first failure whose sign shows now."""
        return next((f for f in self.lesson.failures if f.sign(self)), None)

    @property
    def state_hash(self) -> str:
        """A hash of everything that the future of the run depends on."""
        state = self.simulation.snapshot()
        knobs = {k: v for k, v in self.settings.items() if not self.settings.knob(k).shows}
        return fingerprint({"knobs": knobs, "steps": self.steps, "state": state})

    def outcome(self) -> Literal["running", "converged", "diverged", "goal"]:
        """The status, or `goal` when a goal of the lesson is reached within its budget."""
        goals = (check for check in self.lesson.checks if isinstance(check, Goal))
        if self.status != "diverged" and any(goal.grade(self).ok for goal in goals):
            return "goal"
        return self.status

    def chart(self, pinned: tuple["Run", ...] = ()) -> Curve:
        """The recorded numbers over the steps, with pinned runs as ghosts."""
        chart = self.lesson.chart
        lines = [
            Series(f"{name} ⟨{i + 1}⟩", run.history.steps, run.history.series[name], i, ghost=True)
            for i, run in enumerate(pinned)
            for name in chart.metrics[:1]
        ]
        lines += [
            Series(name, self.history.steps, self.history.series[name], i)
            for i, name in enumerate(chart.metrics)
        ]
        return Curve(chart.title, tuple(lines), self.simulation.unit, chart.log, self.marks)

    def record(self) -> dict[str, Any]:
        """The whole run as plain data, for a program to read."""
        return {
            "seed": self.seed,
            "knobs": dict(self.settings),
            "steps": self.steps,
            "status": self.outcome(),
            "metrics": self.metrics,
            "oracles": [
                {
                    "name": o.name,
                    "predicted": o.predicted,
                    "measured": o.measured,
                    "tolerance": o.tolerance,
                    "ok": o.ok,
                }
                for o in self.simulation.oracles()
            ],
            "state": self.state_hash,
        }
