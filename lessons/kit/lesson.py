"""A lesson: text in steps, knobs, a simulation, and what may go wrong in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lessons.kit.checks import Check
from lessons.kit.failures import Failure
from lessons.kit.front import Front
from lessons.kit.knobs import Knob, Settings
from lessons.kit.simulation import AbstractSimulation


@dataclass(frozen=True)
class Step:
    """One page of a lesson: a few short paragraphs, perhaps a question, perhaps a scene.

    `text` is written with `*emphasis*`, `` `code` `` and indented lines for formulas; `scene` are
    knob values that the page suggests and one key sets.
    """

    title: str
    text: str
    check: Check | None = None
    scene: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Chart:
    """Which recorded numbers the lesson's chart shows."""

    title: str
    metrics: tuple[str, ...]
    log: bool = False


@dataclass(frozen=True)
class Lesson:
    """All of a lesson. Its module's docstring holds the front: title, order, minutes, needs.

    `budget` is how many steps a run without a screen makes at most.
    """

    front: Front
    steps: tuple[Step, ...]
    knobs: tuple[Knob, ...]
    simulation: Callable[[Settings, np.random.Generator], AbstractSimulation]
    chart: Chart
    failures: tuple[Failure, ...]
    sources: tuple[str, ...]
    budget: int = 1000

    @property
    def checks(self) -> tuple[Check, ...]:
        """The questions, in the order of the pages."""
        return tuple(step.check for step in self.steps if step.check is not None)

    def settings(self, values: Mapping[str, object] | None = None) -> Settings:
        """The knobs at their defaults but for some values."""
        return Settings(self.knobs, values)
