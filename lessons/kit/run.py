"""A run: one experiment in the hands of somebody, advanced, turned, kept, gone back to."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from lessons.kit.experiment import AbstractExperiment, Status, Still
from lessons.kit.failures import Failure
from lessons.kit.history import History
from lessons.kit.knobs import AbstractKnob
from lessons.kit.pictures import Curve, Mark, Series
from lessons.kit.state import State
from lessons.kit.walk import Walk

ONE_GO = 0.03
"""The share of a run's steps within which turns of one knob make one mark."""


@dataclass(frozen=True)
class Turn:
    """A knob that was turned after so many steps; `text` is what it shows since."""

    step: int
    name: str
    text: str


@dataclass(frozen=True)
class Moment:
    """A run at one step: enough to go back there, bit for bit."""

    seed: int
    state: State
    status: Status
    start: Mapping[str, str]
    turns: tuple[Turn, ...]
    history: History
    marks: tuple[Mark, ...]


class Run:
    """An experiment with all that was done to it.

    Equal experiment, seed, knobs, turns and steps give equal bits, however the steps were portioned
    out. `start` are the knobs with which it began and `turns` what was turned since, so that
    `lessons.kit.replay` can tell it in a line of text. Numbers are recorded, and the end judged, at
    whole strides and after turns only; `numbers` are always those of now.

    Args:
        experiment: what to run.
        seed: of everything drawn by chance.
        values: knob values other than the defaults, as values or as text.
    """

    def __init__(
        self,
        experiment: type[AbstractExperiment],
        seed: int = 0,
        values: Mapping[str, object] | None = None,
    ) -> None:
        self.experiment = experiment
        self._numbers: Mapping[str, float] | None = None
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
        """The seed of everything drawn by chance."""
        return self.lab.seed

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return self.lab.steps

    @property
    def history(self) -> History:
        """The numbers recorded so far."""
        return self.lab.history

    @property
    def is_played(self) -> bool:
        """Whether there are steps to make."""
        return not isinstance(self.lab, Still)

    @property
    def numbers(self) -> Mapping[str, float]:
        """The numbers as they are now."""
        if self._numbers is None:
            self._numbers = dict(self.lab.numbers())
        return self._numbers

    def reset(self, seed: int | None = None) -> None:
        """Begin again with the present knobs; the same seed gives the same start."""
        seed = self.seed if seed is None else seed
        self._start(self.experiment(seed, **self._shown()))

    def advance(self, count: int = 1) -> int:
        """Make up to `count` steps, fewer where the run ends; returns how many were made."""
        made, before = 0, self.steps
        while self.is_played and made < count and self.status == "running":
            stride = self.lab.stride
            portion = min(count - made, stride - self.steps % stride)
            self._numbers = None
            self.lab.advance(portion)
            made = self.steps - before
            if self.steps % stride == 0:
                self._record()
        return made

    def back(self, count: int = 1) -> int:
        """Go some records back, where the experiment is a walk; returns how many it were."""
        before = self.steps
        if isinstance(self.lab, Walk):
            self.lab.advance(-count)
            self.history.cut(self.steps)
            self._record()
        return before - self.steps

    def _record(self) -> None:
        """Note the numbers of now, and judge whether the run is over."""
        self._numbers = None
        self.history.record(self.steps, self.numbers)
        finite = all(isfinite(value) for value in self.numbers.values())
        self.status = self.lab.status if finite else "diverged"

    def turn(self, name: str, value: object) -> bool:
        """Turn a knob, in mid-run where it can be, else the run starts anew.

        Returns:
            Whether anything changed. A turn that fails leaves everything as it was.

        Raises:
            UnknownNameError, DomainError: no such knob, or a value that it cannot have.
        """
        knob = self.experiment.knob(name)
        new, lab = knob.parse(value), self.lab
        if knob.same(new, lab.values[name]):
            return False
        is_fresh = not self.steps and not self.turns and not knob.merges and not knob.shows
        is_anew = (knob.rebuilds or is_fresh) and not isinstance(lab, Still)
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
        """Turn a knob of the experiment as it is; one that only shows leaves no trace."""
        name, old, shown = knob.name, knob.show(self.lab.values[knob.name]), knob.show(new)
        self.lab.turn(name, new)
        if knob.shows or isinstance(self.lab, Still) or not self.steps:
            self.start = {**self.start, name: shown}
        else:
            self._note(name, old, shown)
        if not knob.shows:
            self._record()

    def _note(self, name: str, old: str, new: str) -> None:
        """Remember a turn in mid-run, for the line of text and for the chart."""
        turn, knob = Turn(self.steps, name, new), self.experiment.knob(name)
        last = self.turns[-1] if self.turns else None
        if last and knob.merges and (last.step, last.name) == (turn.step, turn.name):
            self.turns = self.turns[:-1]
        self.turns = (*self.turns, turn)
        x: float = self.steps
        if self.marks and self._last_turned[0] == name and x - self.marks[-1].x <= ONE_GO * x:
            x, old = self.marks[-1].x, self._last_turned[1]
            self.marks = self.marks[:-1]
        self._last_turned = (name, old)
        self.marks = (*self.marks, Mark(x, f"{knob.symbol or knob.label} {old} → {new}"))

    def moment(self) -> Moment:
        """The run as it stands, to come back to."""
        state, history = self.lab.snapshot(), self.history.copy()
        return Moment(self.seed, state, self.status, self.start, self.turns, history, self.marks)

    def go_back(self, moment: Moment) -> None:
        """Stand again where a moment was kept."""
        history = moment.history.copy()
        self.lab = self.experiment.restored(moment.seed, moment.state, history)
        self.start, self.turns, self.marks = moment.start, moment.turns, moment.marks
        self.status, self._numbers, self._last_turned = moment.status, None, ("", "")

    def branch(self) -> "Run":
        """A second run that goes on from here on its own."""
        twin = Run(self.experiment, self.seed)
        twin.go_back(self.moment())
        return twin

    @property
    def failure(self) -> Failure | None:
        """The first failure whose sign shows now."""
        return next((f for f in self.experiment.failures if f.sign(self.lab)), None)

    @property
    def state_hash(self) -> str:
        """A hash of everything that the future of the run depends on."""
        return self.lab.state_hash

    def chart(self, name: str, pinned: tuple["Run", ...] = ()) -> Curve:
        """Recorded numbers over the steps, with pinned runs as ghosts."""
        chart = self.experiment.charts[name]
        lines = [
            Series(f"{number} ⟨{i + 1}⟩", run.history.steps, run.history.series[number], i, True)
            for i, run in enumerate(pinned)
            for number in chart.numbers[:1]
        ]
        lines += [
            Series(number, self.history.steps, self.history.series[number], i)
            for i, number in enumerate(chart.numbers)
        ]
        unit = self.experiment.unit
        return Curve(chart.title, tuple(lines), unit, log_y=chart.log, marks=self.marks)

    def record(self) -> dict[str, Any]:
        """The whole run as plain data, for a program to read."""
        return {
            "experiment": self.experiment.title(),
            "seed": self.seed,
            "knobs": self._shown(),
            "steps": self.steps,
            "status": self.status,
            "metrics": dict(self.numbers),
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
