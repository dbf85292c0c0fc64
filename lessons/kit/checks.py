"""Checks: questions whose answers the engine knows, with hints in stages.

Four kinds: a choice, a number within a tolerance, a prediction that a run then decides, and a goal
that a run must reach. No kind compares strings of digits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import DomainError

if TYPE_CHECKING:
    from lessons.kit.run import Run

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Verdict:
    """Right or not, and what to say about it."""

    ok: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Pick one of a few answers.

    >>> q = Choice(name="q", ask="1 + 1?", options=("2", "3"), answer=0, why="Count.", hints=())
    >>> q.grade(0).ok, q.grade(1).text
    (True, 'Not that one.')
    """

    name: str
    ask: str
    options: tuple[str, ...]
    answer: int
    why: str
    hints: tuple[str, ...]

    def grade(self, picked: int) -> Verdict:
        """The verdict on option number `picked`, counted from 0."""
        ok = picked == self.answer
        return Verdict(ok, self.why if ok else "Not that one.")


@dataclass(frozen=True)
class Question:
    """One variant of a number question, its numbers filled in."""

    ask: str
    answer: float
    tolerance: float
    why: str
    hints: tuple[str, ...]

    def grade(self, text: str) -> Verdict:
        """The verdict on what was typed: `0.02`, `1/50` and `2e-2` are the same.

        Raises:
            DomainError: not a number.
        """
        value = read_number(text)
        room = self.tolerance * (abs(self.answer) or 1.0)
        if abs(value - self.answer) <= room:
            return Verdict(True, self.why)
        side = "too large" if value > self.answer else "too small"
        return Verdict(False, f"{value:g} is {side}.")


@dataclass(frozen=True, kw_only=True)
class Number:
    """Type a number. `vary` draws the numbers of a variant; texts use them as `{name}`.

    >>> q = Number(name="n", ask="Twice {a:g}?", vary=lambda rng: {"a": 3.0},
    ...     answer=lambda v: 2 * v["a"], tolerance=0.01, why="It is {answer:g}.", hints=())
    >>> variant = q.variant(np.random.default_rng(0))
    >>> variant.ask, variant.grade("12/2").ok, variant.grade("5").text
    ('Twice 3?', True, '5 is too small.')
    """

    name: str
    ask: str
    answer: Callable[[Numbers], float]
    tolerance: float
    why: str
    hints: tuple[str, ...]
    vary: Callable[[np.random.Generator], Numbers] = lambda rng: {}

    def variant(self, rng: np.random.Generator) -> Question:
        """The question with numbers drawn by rng."""
        numbers = dict(self.vary(rng))
        answer = float(self.answer(numbers))
        words = {**numbers, "answer": answer}
        return Question(
            self.ask.format(**words),
            answer,
            self.tolerance,
            self.why.format(**words),
            tuple(hint.format(**words) for hint in self.hints),
        )


@dataclass(frozen=True, kw_only=True)
class Predict:
    """Say beforehand what a run will do; `steps` steps with the knobs of `scene` decide.

    `outcome` looks at the run afterwards and gives the number of the right option.
    """

    name: str
    ask: str
    options: tuple[str, ...]
    scene: Mapping[str, object]
    steps: int
    outcome: Callable[["Run"], int]
    why: str
    hints: tuple[str, ...]

    def grade(self, picked: int, run: "Run") -> Verdict:
        """The verdict on option number `picked`, after the run."""
        right = self.outcome(run)
        if picked == right:
            return Verdict(True, f"As you said. {self.why}")
        return Verdict(False, f"The run says: {self.options[right]}. {self.why}")


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Make the run reach something within `budget` steps of its start."""

    name: str
    ask: str
    reached: Callable[["Run"], bool]
    budget: int
    why: str
    hints: tuple[str, ...]
    scene: Mapping[str, object] | None = None

    def grade(self, run: "Run") -> Verdict:
        """The verdict on a run as it stands now."""
        if run.steps <= self.budget and self.reached(run):
            return Verdict(True, f"Reached at {run.simulation.unit} {run.steps}. {self.why}")
        left = self.budget - run.steps
        said = f"{left} steps left." if left > 0 else "Out of steps: reset and try other knobs."
        return Verdict(False, said)


Check = Choice | Number | Predict | Goal

KINDS: Mapping[type[Check], str] = {
    Choice: "choice",
    Number: "number",
    Predict: "prediction",
    Goal: "goal",
}


def read_number(text: str) -> float:
    """A number as people type it: decimal, with exponent, as a fraction, in per cent.

    Raises:
        DomainError: none of these.

    >>> read_number("1/50"), read_number(" 2e-2 "), read_number("2 %"), read_number("−1")
    (0.02, 0.02, 0.02, -1.0)
    """
    plain = text.strip().replace("−", "-").replace(",", ".")
    scale = 0.01 if plain.endswith("%") else 1.0
    parts: Sequence[str] = plain.removesuffix("%").split("/")
    try:
        value = float(parts[0]) / (float(parts[1]) if len(parts) == 2 else 1.0) * scale
        if len(parts) > 2 or not isfinite(value):
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise DomainError(f"Expected a number such as 0.02, 1/50 or 2e-2, got {text!r}.") from None
    return value
