"""A lesson: the text of its pages.md joined with the code of its lab.py, and checked against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import isabstract
from types import ModuleType
from typing import Literal

import numpy as np

from engine.errors import DltutorError, unknown
from lessons.kit.blocks import PageError
from lessons.kit.checks import Check, Goal, Numeric, Prediction, VariantValues
from lessons.kit.experiment import RESERVED_VIEWS, AbstractExperiment
from lessons.kit.front_matter import FrontMatter
from lessons.kit.pages import Option, Page, PagesFile, QuestionSpec, Stage, fill

QuestionKind = Literal["choice", "number", "prediction", "goal"]


@dataclass(frozen=True)
class Variant:
    """A question with the numbers of one variant filled in."""

    ask: str
    why: str
    hints: tuple[str, ...]
    values: VariantValues


@dataclass(frozen=True)
class Question:
    """The text and the check of one question. `stage` is what the page shows beside it."""

    spec: QuestionSpec
    check: Check | None
    stage: Stage | None

    @property
    def name(self) -> str:
        """The name under which progress is stored."""
        return self.spec.name

    @property
    def options(self) -> tuple[Option, ...]:
        """The answers to pick from; none for a number or a goal."""
        return self.spec.options

    @property
    def kind(self) -> QuestionKind:
        """Which of the four kinds it is."""
        match self.check:
            case Numeric():
                return "number"
            case Prediction():
                return "prediction"
            case Goal():
                return "goal"
        return "choice"

    @property
    def scene(self) -> Mapping[str, str]:
        """The knobs that the page's stage sets."""
        return self.stage.scene if self.stage else {}

    def variant(self, rng: np.random.Generator) -> Variant:
        """The question with numbers drawn from `rng`; unchanged if it has no numbers to draw."""
        spec, values = self.spec, dict[str, float]()
        if isinstance(self.check, Numeric):
            values = {name: float(value) for name, value in self.check.vary(rng).items()}
            values["answer"] = float(self.check.answer(values))
        hints = tuple(fill(hint, values) for hint in spec.hints)
        return Variant(fill(spec.ask, values), fill(spec.why, values), hints, values)


@dataclass(frozen=True)
class Lesson:
    """A whole lesson. Its experiments are in the order of lab.py; the first is the default."""

    path: str
    front: FrontMatter
    pages: tuple[Page, ...]
    experiments: Mapping[str, type[AbstractExperiment]]
    questions: Mapping[str, Question]

    def experiment(self, name: str = "") -> type[AbstractExperiment]:
        """The experiment of that class name or title; the first if `name` is empty.

        Raises:
            UnknownNameError: this lesson has no experiment of that name.
        """
        if not name:
            return next(iter(self.experiments.values()))
        for title, one in self.experiments.items():
            if name in (title, one.__name__):
                return one
        raise unknown("experiment", name, self.experiments)

    def question(self, page: Page) -> Question | None:
        """The question of a page, if it has one."""
        return self.questions[page.question.name] if page.question else None


def build_lesson(path: str, book: PagesFile, lab: ModuleType) -> Lesson:
    """Combine the text and the code of a lesson.

    Raises:
        PageError: a stage or a question does not match the code, or a check has no question.
    """
    experiments = {one.title(): one for one in _experiments(lab)}
    if not experiments:
        raise PageError(f"{lab.__name__}: expected at least one experiment.")
    checks: Mapping[str, Check] = getattr(lab, "checks", {})
    for page in book.pages:
        if page.stage:
            _check_stage(page.stage, experiments, book.file)
    questions = {
        page.question.name: _question(page, page.question, checks, book.file)
        for page in book.pages
        if page.question
    }
    for name in checks:
        if name not in questions:
            raise PageError(f"{book.file}:1: expected ``` ask {name}, which lab.py checks.")
    return Lesson(path, book.front, book.pages, experiments, questions)


def _experiments(lab: ModuleType) -> list[type[AbstractExperiment]]:
    """Those defined in lab.py, in order, then those imported from other files of its folder."""
    found = [value for value in vars(lab).values()
             if isinstance(value, type) and issubclass(value, AbstractExperiment)
             and not (isabstract(value) or value.__name__.startswith("Abstract"))]  # fmt: skip
    folder = lab.__name__.rpartition(".")[0]
    own = [one for one in found if one.__module__ == lab.__name__]
    near = [one for one in found if one.__module__.rpartition(".")[0] == folder]
    return list(dict.fromkeys([*own, *near]))


def _check_stage(
    stage: Stage, experiments: Mapping[str, type[AbstractExperiment]], file: str
) -> None:
    """Check that the experiment, knobs, values and views named by a stage exist."""
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
    known_views = (*lab.views, *lab.charts, *RESERVED_VIEWS)
    for one in stage.views:
        if one not in known_views:
            raise PageError(f"{where}expected views from {', '.join(known_views)}, got {one!r}.")


def _question(page: Page, spec: QuestionSpec, checks: Mapping[str, Check], file: str) -> Question:
    """The question of a page; it must have exactly the parts that its kind needs."""
    check, where = checks.get(spec.name), f"{file}:{spec.line}: ask {spec.name}: "
    right = [option for option in spec.options if option.right]
    if check is None or isinstance(check, Prediction):
        if len(spec.options) < 2:
            raise PageError(f"{where}expected options, lines that begin with `-` or `+`.")
        if check is None and len(right) != 1:
            raise PageError(f"{where}expected one right option, `+ …`, got {len(right)}.")
        if check is not None and right:
            raise PageError(f"{where}the run decides: expected options `- …` only, got `+`.")
        if missing := [o.text for o in spec.options if not o.right and not o.reason and not check]:
            raise PageError(f"{where}expected `- {missing[0]}: why it is wrong`.")
    elif spec.options:
        raise PageError(f"{where}expected no options, since lab.py computes the answer.")
    if isinstance(check, Goal) and page.stage is None:
        raise PageError(f"{where}expected a stage on the page of a goal.")
    return Question(spec, check, page.stage)
