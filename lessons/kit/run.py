"""A run: one experiment as a learner plays it: advanced, turned, saved and restored."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.experiment import AbstractExperiment, StaticExperiment, Status
from lessons.kit.failures import Failure
from lessons.kit.history import History
from lessons.kit.knobs import AbstractKnob
from lessons.kit.pictures import Curve, Mark, Series
from lessons.kit.state import State

MERGE_WINDOW = 0.03
"""Turns of one knob within this fraction of the run's steps are merged into one mark."""


@dataclass(frozen=True)
class Turn:
    """A knob that was turned after `step` steps; `text` is its new value."""

    step: int
    name: str
    text: str


@dataclass(frozen=True)
class RunSnapshot:
    """A run at one step: everything needed to return to it, bit for bit."""

    seed: int
    state: State
    status: Status
    start: Mapping[str, str]
    turns: tuple[Turn, ...]
    history: History
    marks: tuple[Mark, ...]


class Run:
    """An experiment and everything that was done to it.

    The same experiment, seed, knobs, turns and steps give the same bits, however the steps were
    divided into calls. `start` holds the initial knobs and `turns` the later changes, so that
    `lessons.kit.replay` can write the run as one line. Metrics are recorded, and the end detected,
    only at multiples of the stride and after turns; `metrics` are always the present ones.

    Args:
        experiment: what to run.
        seed: of the random generator.
        values: knob values other than the defaults, as values or as text.
    """

    def __init__(
        self,
        experiment: type[AbstractExperiment],
        seed: int = 0,
        values: Mapping[str, object] | None = None,
    ) -> None:
        self.experiment = experiment
        self._metrics: Mapping[str, float] | None = None
        self._start(experiment(seed, **(values or {})))

    def _start(self, lab: AbstractExperiment) -> None:
        self.lab = lab
        self.start: Mapping[str, str] = self._shown()
        self.turns: tuple[Turn, ...] = ()
        self.marks: tuple[Mark, ...] = ()
        self.status: Status = "running"
        self._last_turned = ("", "")
        self._record()

    def _shown(self) -> dict[str, str]:
        values = self.lab.values.items()
        return {name: self.experiment.knobs[name].show(value) for name, value in values}

    @property
    def seed(self) -> int:
        """The seed of the random generator."""
        return self.lab.seed

    @property
    def steps(self) -> int:
        """How many steps have been made."""
        return self.lab.steps

    @property
    def history(self) -> History:
        """The metrics recorded so far."""
        return self.lab.history

    @property
    def has_steps(self) -> bool:
        """Whether the experiment has steps at all."""
        return not isinstance(self.lab, StaticExperiment)

    @property
    def metrics(self) -> Mapping[str, float]:
        """The present metrics."""
        if self._metrics is None:
            self._metrics = dict(self.lab.metrics())
        return self._metrics

    def reset(self, seed: int | None = None) -> None:
        """Restart with the present knobs; the same seed gives the same initial state."""
        seed = self.seed if seed is None else seed
        self._start(self.experiment(seed, **self._shown()))

    def advance(self, count: int = 1) -> int:
        """Make up to `count` steps, fewer if the run ends; returns how many were made."""
        made, before = 0, self.steps
        while self.has_steps and made < count and self.status == "running":
            stride = self.lab.stride
            portion = min(count - made, stride - self.steps % stride)
            self._metrics = None
            self.lab.advance(portion)
            made = self.steps - before
            if self.steps % stride == 0:
                self._record()
        return made

    def back(self, count: int = 1) -> int:
        """Go `count` records back if the experiment is an algorithm; returns how many it went."""
        before = self.steps
        if isinstance(self.lab, AlgorithmExperiment):
            self.lab.advance(-count)
            self.history.cut(self.steps)
            self._record()
        return before - self.steps

    def _record(self) -> None:
        """Record the present metrics and decide whether the run is over."""
        self._metrics = None
        self.history.record(self.steps, self.metrics)
        finite = all(isfinite(value) for value in self.metrics.values())
        self.status = self.lab.status if finite else "diverged"

    def turn(self, name: str, value: object) -> bool:
        """Turn a knob, in mid-run if possible; otherwise the run restarts.

        Returns:
            Whether anything changed. A turn that fails leaves everything as it was.

        Raises:
            UnknownNameError, DomainError: no such knob, or a value that it cannot have.
        """
        knob = self.experiment.knob(name)
        new, lab = knob.parse(value), self.lab
        if knob.equal(new, lab.values[name]):
            return False
        is_fresh = not self.steps and not self.turns and not knob.merges and not knob.display_only
        is_anew = (knob.rebuilds or is_fresh) and not isinstance(lab, StaticExperiment)
        before, state = vars(self).copy(), None if is_anew else lab.snapshot()
        try:
            if is_anew:
                self._start(self.experiment(self.seed, **{**self._shown(), name: knob.show(new)}))
            else:
                self._turn_now(knob, new)
        except Exception:
            vars(self).update(before)
            if state is not None:
                self.lab = self.experiment.restored(self.seed, state, lab.history)
            raise
        return True

    def _turn_now(self, knob: AbstractKnob[Any], new: object) -> None:
        """Turn a knob without a restart; one that is `display_only` is not recorded."""
        name, old, shown = knob.name, knob.show(self.lab.values[knob.name]), knob.show(new)
        self.lab.turn(name, new)
        if knob.display_only or isinstance(self.lab, StaticExperiment) or not self.steps:
            self.start = {**self.start, name: shown}
        else:
            self._note(name, old, shown)
        if not knob.display_only:
            self._record()

    def _note(self, name: str, old: str, new: str) -> None:
        """Record a turn in mid-run, for the command line and for the chart."""
        turn, knob = Turn(self.steps, name, new), self.experiment.knob(name)
        last = self.turns[-1] if self.turns else None
        if last and knob.merges and (last.step, last.name) == (turn.step, turn.name):
            self.turns = self.turns[:-1]
        self.turns = (*self.turns, turn)
        x: float = self.steps
        if self.marks and self._last_turned[0] == name and x - self.marks[-1].x <= MERGE_WINDOW * x:
            x, old = self.marks[-1].x, self._last_turned[1]
            self.marks = self.marks[:-1]
        self._last_turned = (name, old)
        self.marks = (*self.marks, Mark(x, f"{knob.symbol or knob.label} {old} → {new}"))

    def snapshot(self) -> RunSnapshot:
        """The present state of the run, to return to later."""
        return RunSnapshot(
            self.seed, self.lab.snapshot(), self.status, self.start, self.turns,
            self.history.copy(), self.marks,
        )  # fmt: skip

    def restore(self, snapshot: RunSnapshot) -> None:
        """Return to a snapshot."""
        history = snapshot.history.copy()
        self.lab = self.experiment.restored(snapshot.seed, snapshot.state, history)
        self.start, self.turns, self.marks = snapshot.start, snapshot.turns, snapshot.marks
        self.status, self._metrics, self._last_turned = snapshot.status, None, ("", "")

    def branch(self) -> "Run":
        """A second run that continues from here independently."""
        twin = Run(self.experiment, self.seed)
        twin.restore(self.snapshot())
        return twin

    @property
    def failure(self) -> Failure | None:
        """The first failure that is detected now."""
        return next((f for f in self.experiment.failures if f.detect(self.lab)), None)

    @property
    def state_hash(self) -> str:
        """A hash of everything that the future of the run depends on."""
        return self.lab.state_hash

    def chart(self, name: str, pinned: tuple["Run", ...] = ()) -> Curve:
        """Recorded metrics over the steps, with pinned runs as ghosts."""
        chart = self.experiment.charts[name]
        lines = [
            Series(f"{number} ⟨{i + 1}⟩", run.history.steps, run.history.series[number], i, True)
            for i, run in enumerate(pinned)
            for number in chart.metrics[:1]
        ]
        lines += [
            Series(number, self.history.steps, self.history.series[number], i)
            for i, number in enumerate(chart.metrics)
        ]
        unit = self.experiment.unit
        return Curve(chart.title, tuple(lines), unit, log_y=chart.log, marks=self.marks)

    def record(self) -> dict[str, Any]:
        """The whole run as plain data, for other programs to read."""
        return {
            "experiment": self.experiment.title(),
            "seed": self.seed,
            "knobs": self._shown(),
            "steps": self.steps,
            "status": self.status,
            "metrics": dict(self.metrics),
            "oracles": [
                {
                    "name": o.name,
                    "predicted": o.predicted,
                    "measured": o.measured,
                    "tolerance": o.tolerance,
                    "ok": o.ok,
                }
                for o in self.lab.oracles()
            ],
            "state": self.state_hash,
        }
