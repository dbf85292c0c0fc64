"""A lesson: the words of its pages.md and the code of its lab.py, joined and held together."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import isabstract
from types import ModuleType
from typing import Literal

import numpy as np

from engine.errors import DltutorError, unknown
from lessons.kit.blocks import PageError
from lessons.kit.checks import Check, Goal, Number, Predict, Values
from lessons.kit.experiment import RESERVED, AbstractExperiment
from lessons.kit.front import Front
from lessons.kit.pages import Book, Option, Page, Stage, Words, fill

Kind = Literal["choice", "number", "prediction", "goal"]


@dataclass(frozen=True)
class Variant:
    """A question with the numbers of one variant filled in."""

    ask: str
    why: str
    hints: tuple[str, ...]
    values: Values


@dataclass(frozen=True)
class Question:
    """Words and check of one question. `stage` is what the page shows beside it."""

    words: Words
    check: Check | None
    stage: Stage | None

    @property
    def name(self) -> str:
        """Its name, by which progress knows it."""
        return self.words.name

    @property
    def options(self) -> tuple[Option, ...]:
        """The answers to pick from; none for a number or a goal."""
        return self.words.options

    @property
    def kind(self) -> Kind:
        """Which of the four kinds it is."""
        kinds: Mapping[type, Kind] = {Number: "number", Predict: "prediction", Goal: "goal"}
        return kinds.get(type(self.check), "choice")

    @property
    def scene(self) -> Mapping[str, str]:
        """The knobs that the page's stage sets."""
        return self.stage.scene if self.stage else {}

    def variant(self, rng: np.random.Generator) -> Variant:
        """The question with numbers drawn by rng; the same words where there are none to draw."""
        words, values = self.words, dict[str, float]()
        if isinstance(self.check, Number):
            values = {name: float(value) for name, value in self.check.vary(rng).items()}
            values["answer"] = float(self.check.answer(values))
        hints = tuple(fill(hint, values) for hint in words.hints)
        return Variant(fill(words.ask, values), fill(words.why, values), hints, values)


@dataclass(frozen=True)
class Lesson:
    """All of a lesson. Its experiments stand in the order of lab.py, the first is the default."""

    path: str
    front: Front
    pages: tuple[Page, ...]
    experiments: Mapping[str, type[AbstractExperiment]]
    questions: Mapping[str, Question]

    def experiment(self, name: str = "") -> type[AbstractExperiment]:
        """The experiment of that class or title; the first where none is named.

        Raises:
            UnknownNameError: this lesson has none of that name.
        """
        if not name:
            return next(iter(self.experiments.values()))
        for title, one in self.experiments.items():
            if name in (title, one.__name__):
                return one
        raise unknown("experiment", name, self.experiments)

    def question(self, page: Page) -> Question | None:
        """The question of a page, if it has one."""
        return self.questions[page.words.name] if page.words else None


def join(path: str, book: Book, lab: ModuleType) -> Lesson:
    """Put words and code together.

    Raises:
        PageError: a stage or a question that the code does not bear out, or code without words.
    """
    experiments = {one.title(): one for one in _experiments(lab)}
    if not experiments:
        raise PageError(f"{lab.__name__}: expected at least one experiment.")
    checks: Mapping[str, Check] = getattr(lab, "checks", {})
    for page in book.pages:
        if page.stage:
            _hold(page.stage, experiments, book.file)
    questions = {
        page.words.name: _question(page, page.words, checks, book.file)
        for page in book.pages
        if page.words
    }
    for name in checks:
        if name not in questions:
            raise PageError(f"{book.file}:1: expected ``` ask {name}, which lab.py checks.")
    return Lesson(path, book.front, book.pages, experiments, questions)


def _experiments(lab: ModuleType) -> list[type[AbstractExperiment]]:
    """Those of lab.py in their order, then those that it takes from other files of its folder."""
    found = [value for value in vars(lab).values()
             if isinstance(value, type) and issubclass(value, AbstractExperiment)
             and not (isabstract(value) or value.__name__.startswith("Abstract"))]  # fmt: skip
    folder = lab.__name__.rpartition(".")[0]
    own = [one for one in found if one.__module__ == lab.__name__]
    near = [one for one in found if one.__module__.rpartition(".")[0] == folder]
    return list(dict.fromkeys([*own, *near]))


def _hold(stage: Stage, experiments: Mapping[str, type[AbstractExperiment]], file: str) -> None:
    """See that a stage names an experiment, knobs, values and views that there are."""
    where = f"{file}:{stage.line}: "
    lab = next((one for one in experiments.values() if one.__name__ == stage.experiment), None)
    if lab is None:
        known = ", ".join(one.__name__ for one in experiments.values())
        raise PageError(f"{where}expected one of {known}, got {stage.experiment!r}.")
    try:
        for name, value in stage.scene.items():
            lab.knob(name).parse(value)
    except DltutorError as error:
        raise PageError(f"{where}{error}") from error
    known_views = (*lab.views, *lab.charts, *RESERVED)
    for one in stage.views:
        if one not in known_views:
            raise PageError(f"{where}expected views out of {', '.join(known_views)}, got {one!r}.")


def _question(page: Page, words: Words, checks: Mapping[str, Check], file: str) -> Question:
    """The question of a page; what its kind needs must be there and nothing else."""
    check, where = checks.get(words.name), f"{file}:{words.line}: ask {words.name}: "
    right = [option for option in words.options if option.right]
    if check is None or isinstance(check, Predict):
        if len(words.options) < 2:
            raise PageError(f"{where}expected options, lines that begin with `-` or `+`.")
        if check is None and len(right) != 1:
            raise PageError(f"{where}expected one right option, `+ …`, got {len(right)}.")
        if check is not None and right:
            raise PageError(f"{where}the run decides: expected options `- …` only, got `+`.")
        if missing := [o.text for o in words.options if not o.right and not o.reason and not check]:
            raise PageError(f"{where}expected `- {missing[0]}: why it is wrong`.")
    elif words.options:
        raise PageError(f"{where}expected no options, since lab.py computes the answer.")
    if isinstance(check, Goal) and page.stage is None:
        raise PageError(f"{where}expected a stage on the page of a goal.")
    return Question(words, check, page.stage)
