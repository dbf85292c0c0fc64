"""Checks: what is computed of a question. Its words stand in the pages.

Four kinds: a choice (all words, no code), a number within a tolerance, a prediction that a run
decides, and a goal that a run must reach. No kind compares strings of digits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lessons.kit.experiment import AbstractExperiment
from lessons.kit.run import Run
from lessons.kit.typed_number import read_number

Values = Mapping[str, float]
CLOSE = 0.06
"""How far a wrong number may be from the right one and still be called close, relatively."""


@dataclass(frozen=True)
class Verdict:
    """Right or not, and what to say about it."""

    ok: bool
    text: str


def no_values(rng: np.random.Generator) -> Values:
    """The numbers of a question that has none to vary."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number to be typed.

    Args:
        answer: the right number, from the numbers of the variant.
        vary: draws the numbers of a variant, which the words use as `{name}`.
        wrong: formulas that a learner may mistake for the right one: each variant refuses them.
        tolerance: relative. Besides, every correct rounding to two digits or more is accepted.

    >>> twice = Number(answer=lambda v: 2 * v["a"], vary=lambda rng: {"a": 1.6181})
    >>> v = twice.vary(np.random.default_rng(0))
    >>> [twice.grade(text, v).ok for text in ("3.2362", "2*1.6181", "3.24", "3.2", "3")]
    [True, True, True, True, False]
    >>> twice.grade("3", v).text
    '3 is close: give more digits.'
    """

    answer: Callable[[Values], float]
    vary: Callable[[np.random.Generator], Values] = no_values
    wrong: tuple[Callable[[Values], float], ...] = ()
    tolerance: float = 1e-3

    def grade(self, text: str, values: Values) -> Verdict:
        """The verdict on what was typed; a right one has no text.

        Raises:
            DomainError: neither a number nor a calculation.
        """
        value, digits = read_number(text)
        right = float(self.answer(values))
        gap = abs(value - right)
        if gap <= self.tolerance * abs(right) or (not right and gap <= self.tolerance):
            return Verdict(True, "")
        is_rounding = digits is not None and value == float(f"{right:.{max(digits, 1) - 1}e}")
        if is_rounding and digits and digits >= 2:
            return Verdict(True, "")
        if is_rounding or gap <= CLOSE * abs(right):
            return Verdict(False, f"{value:g} is close: give more digits.")
        if value == -right:
            return Verdict(False, f"{value:g} has the wrong sign.")
        side = "too large" if value > right else "too small"
        return Verdict(False, f"{value:g} is {side}.")


@dataclass(frozen=True, kw_only=True)
class Predict:
    """Say beforehand what a run will do; `steps` steps with the knobs of `scene` decide.

    A still has no steps: its scene alone decides.

    `outcome` looks at the experiment afterwards and gives the number of the right option, counted
    from 0. The outcome is the same for every seed.
    """

    lab: type[AbstractExperiment]
    outcome: Callable[[Any], int]
    steps: int = 0
    scene: Mapping[str, object] = field(default_factory=dict)

    def run(self, seed: int = 0) -> Run:
        """The run that decides, from its start to where it is judged."""
        run = Run(self.lab, seed, self.scene)
        run.advance(self.steps)
        return run


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Make the experiment that the page stages reach something.

    Args:
        reached: looks at the experiment and says whether it is there.
        free: the knobs that may be turned; all others stand as the page's scene has them.
        budget: the most steps, counted from the start; a knob turned in mid-run voids such a try.
        progress: what to say of a run under way ("87 % now"), in a few words.
        answer: the knob values with which it is reached, as the last hint gives them; from the
            scene on, without a knob turned in mid-run.
    """

    reached: Callable[[Any], bool]
    free: tuple[str, ...]
    answer: Mapping[str, object]
    budget: int | None = None
    progress: Callable[[Any], str] | None = None

    def strayed(self, run: Run, scene: Mapping[str, object]) -> str:
        """Why the run cannot count: a knob that is not free and stands elsewhere; else nothing."""
        lab = run.lab
        for name, knob in run.experiment.knobs.items():
            wanted = knob.parse(scene.get(name, knob.default))
            if name in self.free or knob.shows or knob.same(lab.values[name], wanted):
                continue
            return f"{knob.label} must stay at {knob.show(wanted)} here."
        if self.budget is not None and run.turns:
            return "A knob was turned in mid-run: reset, then this try counts."
        return ""

    def grade(self, run: Run, scene: Mapping[str, object]) -> Verdict:
        """The verdict on a run as it stands now, `scene` being the knobs of the page's stage."""
        unit, budget = run.experiment.unit, self.budget
        if stray := self.strayed(run, scene):
            return Verdict(False, stray)
        within = budget is None or run.steps <= budget
        if within and self.reached(run.lab):
            return Verdict(True, f"Reached at {unit} {run.steps}." if run.is_played else "Reached.")
        now = self.progress(run.lab) if self.progress else ""
        if budget is None:
            return Verdict(False, f"{now}." if now else "Not yet.")
        if run.steps >= budget or run.status != "running":
            return Verdict(False, f"{now + '. ' if now else ''}This try is over: reset it.")
        left = f"{unit} {run.steps} of {budget}"
        return Verdict(False, f"{now}, {left}." if now else f"{left[0].upper()}{left[1:]}.")


Check = Number | Predict | Goal
