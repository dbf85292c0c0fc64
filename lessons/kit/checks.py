"""Checks: the computed part of a question. Its text is in the pages.

Four kinds: a choice (text only, no code), a number within a tolerance, a prediction that a run
decides, and a goal that a run must reach. No kind compares strings of digits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lessons.kit.experiment import AbstractExperiment
from lessons.kit.run import Run
from lessons.kit.typed_number import read_number

VariantValues = Mapping[str, float]
NEAR_MISS = 0.06
"""The largest relative error of a wrong number that is still called close."""


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and what to say about it."""

    ok: bool
    text: str


def no_values(rng: np.random.Generator) -> VariantValues:
    """The numbers of a question that does not vary: none."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Numeric:
    """A number to be typed.

    Args:
        answer: computes the right number from the numbers of the variant.
        vary: draws the numbers of a variant, which the text uses as `{name}`.
        wrong: formulas that a learner may mistake for the right one; every variant rejects them.
        tolerance: relative. Any correct rounding to two or more digits is accepted as well.

    >>> twice = Numeric(answer=lambda v: 2 * v["a"], vary=lambda rng: {"a": 1.6181})
    >>> v = twice.vary(np.random.default_rng(0))
    >>> [twice.grade(text, v).ok for text in ("3.2362", "2*1.6181", "3.24", "3.2", "3")]
    [True, True, True, True, False]
    >>> twice.grade("3", v).text
    '3 is close: give more digits.'
    """

    answer: Callable[[VariantValues], float]
    vary: Callable[[np.random.Generator], VariantValues] = no_values
    wrong: tuple[Callable[[VariantValues], float], ...] = ()
    tolerance: float = 1e-3

    def grade(self, text: str, values: VariantValues) -> Verdict:
        """The verdict on what was typed; it has no text if the answer is right.

        Raises:
            DomainError: `text` is neither a number nor a calculation.
        """
        value, digits = read_number(text)
        right = float(self.answer(values))
        gap = abs(value - right)
        if gap <= self.tolerance * abs(right) or (not right and gap <= self.tolerance):
            return Verdict(True, "")
        is_rounding = digits is not None and value == float(f"{right:.{max(digits, 1) - 1}e}")
        if is_rounding and digits and digits >= 2:
            return Verdict(True, "")
        if is_rounding or gap <= NEAR_MISS * abs(right):
            return Verdict(False, f"{value:g} is close: give more digits.")
        if value == -right:
            return Verdict(False, f"{value:g} has the wrong sign.")
        side = "too large" if value > right else "too small"
        return Verdict(False, f"{value:g} is {side}.")


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Predict what a run will do; `steps` steps with the knobs of `scene` decide.

    A `StaticExperiment` has no steps: its scene alone decides.

    `outcome` looks at the experiment afterwards and returns the index of the right option, counted
    from 0. The outcome must be the same for every seed.
    """

    lab: type[AbstractExperiment]
    outcome: Callable[[Any], int]
    steps: int = 0
    scene: Mapping[str, object] = field(default_factory=dict)

    def run(self, seed: int = 0) -> Run:
        """The run that decides, advanced to the step at which it is judged."""
        run = Run(self.lab, seed, self.scene)
        run.advance(self.steps)
        return run


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Bring the experiment on the page's stage to a goal.

    Args:
        reached: looks at the experiment and says whether the goal is reached.
        free: the knobs that may be turned, among them all that the page tells to turn; all others
            must keep the values of the page's scene, if they have an effect there.
        budget: the most steps, counted from the start; turning a knob in mid-run voids the try.
        progress: describes a run in progress in a few words ("87 % now").
        answer: knob values that reach the goal, as given in the last hint: set on top of the
            scene before the run starts.
    """

    reached: Callable[[Any], bool]
    free: tuple[str, ...]
    answer: Mapping[str, object]
    budget: int | None = None
    progress: Callable[[Any], str] | None = None

    def violation(self, run: Run, scene: Mapping[str, object]) -> str:
        """Why the run does not count: a knob that is not free was turned; "" if it counts."""
        knobs, turned = run.experiment.knobs, run.lab.values
        wanted = {name: knob.parse(scene.get(name, knob.default)) for name, knob in knobs.items()}
        counted = {**wanted, **{name: turned[name] for name in self.free}}
        for name, knob in knobs.items():
            has_effect = not knob.display_only and knob.is_active(counted)
            if has_effect and not knob.equal(turned[name], counted[name]):
                return f"{knob.label} must stay at {knob.show(wanted[name])} here."
        if self.budget is not None and run.turns:
            return "A knob was turned in mid-run: reset, then this try counts."
        return ""

    def grade(self, run: Run, scene: Mapping[str, object]) -> Verdict:
        """The verdict on the run in its present state; `scene` is that of the page's stage."""
        unit, budget = run.experiment.unit, self.budget
        if stray := self.violation(run, scene):
            return Verdict(False, stray)
        within = budget is None or run.steps <= budget
        if within and self.reached(run.lab):
            return Verdict(True, f"Reached at {unit} {run.steps}." if run.has_steps else "Reached.")
        now = self.progress(run.lab) if self.progress else ""
        if budget is None:
            return Verdict(False, f"{now}." if now else "Not yet.")
        if run.steps >= budget or run.status != "running":
            return Verdict(False, f"{now + '. ' if now else ''}This try is over: reset it.")
        left = f"{unit} {run.steps} of {budget}"
        return Verdict(False, f"{now}, {left}." if now else f"{left[0].upper()}{left[1:]}.")


Check = Numeric | Prediction | Goal
