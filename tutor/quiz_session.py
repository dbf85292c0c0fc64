"""A quiz session: asks a lesson's questions, grades the answers, and records them."""

import numpy as np

from engine.errors import DltutorError
from lessons.kit.checks import Goal, Numeric, Prediction, Verdict
from lessons.kit.lesson import Lesson, Question, Variant
from lessons.kit.run import Run
from tutor.pictures.question import QuestionState, escaped
from tutor.progress.events import EventDetail
from tutor.progress.recorder import Recorder

FUNCTIONS = ("ln", "exp", "sin", "cos", "tan", "det", "max", "min", "log", "sd")
"""Words of formulas that stay in lowercase."""


def capitalized(text: str) -> str:
    """The text with a capital letter if it begins with a word, not with a formula.

    >>> [capitalized(text) for text in ("near 0.02 both shrink.", "w − η·slope = 1.8.", "ln 2.")]
    ['Near 0.02 both shrink.', 'w − η·slope = 1.8.', 'ln 2.']
    """
    first = text.partition(" ")[0].rstrip(",.:;")
    is_word = len(first) > 1 and first.isalpha() and first.isascii() and first not in FUNCTIONS
    return text[:1].upper() + text[1:] if is_word else text


def with_full_stop(text: str) -> str:
    """The text with a full stop, unless it already ends a sentence.

    >>> with_full_stop("fly apart"), with_full_stop("All on one line…"), with_full_stop("Both.")
    ('fly apart.', 'All on one line…', 'Both.')
    """
    return text if text.rstrip()[-1:] in {".", "…", "!", "?"} else f"{text}."


class QuizSession:
    """One learner's progress through the questions of one lesson.

    `passed` holds the names of the questions answered correctly so far, in this session or an
    earlier one, including those passed under an earlier name. `prediction` is the question whose
    run is in progress, with the index of the chosen option. Verdict texts are inline Markdown.
    """

    def __init__(self, lesson: Lesson, recorder: Recorder) -> None:
        self._lesson, self._recorder = lesson, recorder
        renamed = lesson.front.renamed
        self.passed = {renamed.get(name, name) for name in recorder.progress.passed}
        # Who comes back is asked with other numbers, but keeps those of a question once answered.
        self._new_seed = recorder.answers
        self._seeds: dict[str, int] = {}
        self.prediction: tuple[Question, int] | None = None

    @property
    def done(self) -> bool:
        """Whether every question of the lesson is answered."""
        return self.passed.issuperset(self._lesson.questions)

    def variant(self, question: Question) -> Variant:
        """The question with its numbers: those of its last answer, or new ones."""
        return question.variant(np.random.default_rng(self._seed(question)))

    def _seed(self, question: Question) -> int:
        if question.name not in self._seeds:
            known = self._recorder.seed(self._names(question))
            self._seeds[question.name] = self._new_seed if known is None else known
        return self._seeds[question.name]

    def _names(self, question: Question) -> set[str]:
        """The question's name, and those that it had."""
        renamed = self._lesson.front.renamed.items()
        return {question.name} | {old for old, new in renamed if new == question.name}

    def ask(self, question: Question | None, unit: str) -> QuestionState | None:
        """The state of a question, new or answered before. `unit` is what a step is called."""
        self.prediction = None
        if question is None:
            return None
        variant, check = self.variant(question), question.check
        is_passed = question.name in self.passed
        budget = check.budget if isinstance(check, Goal) and not is_passed else None
        return QuestionState(
            question,
            variant.ask,
            variant.hints,
            picked=self._right(question) if is_passed else None,
            verdict=Verdict(True, capitalized(variant.why)) if is_passed else None,
            note="" if budget is None else f"Within {budget} {unit}s of a reset.",
        )

    def _right(self, question: Question) -> int | None:
        """The right option of a passed question: for a prediction, the recorded outcome."""
        is_prediction = question.kind == "prediction"
        said = self._recorder.right_answer(self._names(question)) if is_prediction else ""
        found = (i for i, one in enumerate(question.options) if one.right or one.text == said)
        return next(found, None)

    def answer(self, question: Question, given: int | str) -> Verdict | None:
        """Grade an answer; None for a prediction, which a run has to decide.

        Input that is neither a number nor a calculation is rejected and not recorded.

        Args:
            question: the question that was asked.
            given: the index of an option, from 0, or the typed text.
        """
        check, why = question.check, capitalized(self.variant(question).why)
        if isinstance(check, Numeric):
            try:
                verdict = check.grade(str(given), self.variant(question).values)
            except DltutorError as error:
                return Verdict(False, escaped(str(error)))
            said = why if verdict.ok else escaped(verdict.text)
            return self._write(question, str(given), Verdict(verdict.ok, said))
        if not isinstance(given, int) or not 0 <= given < len(question.options):
            return None
        if isinstance(check, Prediction):
            self.prediction = (question, given)
            return None
        option = question.options[given]
        said = why if option.right else capitalized(option.reason)
        return self._write(question, option.text, Verdict(option.right, said))

    def watch(self, question: Question | None, run: Run) -> Verdict | None:
        """Check whether a run now decides the open prediction or reaches the page's goal."""
        if self.prediction:
            return self._judge(*self.prediction, run)
        if question is None or not (goal := self._open_goal(question, run)):
            return None
        verdict = goal.grade(run, question.scene)
        if not verdict.ok:
            return None
        said = f"{escaped(verdict.text)} {capitalized(self.variant(question).why)}"
        return self._write(question, f"{run.steps}", Verdict(True, said))

    def _judge(self, question: Question, given: int, run: Run) -> Verdict | None:
        check = question.check
        if not isinstance(check, Prediction) or run.experiment is not check.lab:
            return None
        if run.has_steps and run.steps < check.steps and run.status == "running":
            return None
        self.prediction = None
        right = check.outcome(run.lab)
        said = (
            "As you said."
            if given == right
            else f"The run says: {with_full_stop(question.options[right].text)}"
        )
        reason = question.options[given].reason if given != right else ""
        reason = with_full_stop(reason) if reason else ""
        rest = map(capitalized, (reason, self.variant(question).why))
        said = " ".join(filter(None, (said, *rest)))
        return self._write(question, question.options[given].text, Verdict(given == right, said))

    def _open_goal(self, question: Question, run: Run) -> Goal | None:
        """The goal, if the question is an open one and the run is of the page's experiment."""
        check, stage = question.check, question.stage
        if not isinstance(check, Goal) or stage is None or question.name in self.passed:
            return None
        return check if self._lesson.experiment(stage.experiment) is run.experiment else None

    def stop(self, question: Question | None, run: Run) -> int | None:
        """The step at which the run must be inspected, if the open question depends on one."""
        if self.prediction:
            check = self.prediction[0].check
            return check.steps if isinstance(check, Prediction) else None
        goal = self._open_goal(question, run) if question else None
        return goal.budget if goal else None

    def state(self, question: Question | None, run: Run) -> str:
        """The progress of what a run decides, in a plain sentence; empty if none decides."""
        if self.prediction:
            steps, unit = self.stop(question, run) or 0, run.experiment.unit
            return f"Noted. The run decides at {unit} {steps}; now it is {min(run.steps, steps)}."
        if question is None or not (goal := self._open_goal(question, run)):
            return ""
        return capitalized(goal.grade(run, question.scene).text)

    def forget_prediction(self) -> bool:
        """Drop the open prediction; returns whether there was one."""
        was_open, self.prediction = self.prediction is not None, None
        return was_open

    def hint(self, question: Question, number: int) -> None:
        """Record that a hint was opened."""
        self._recorder.append("hint", item=question.name, detail={"hint": number})

    def _write(self, question: Question, given: str, verdict: Verdict) -> Verdict:
        name = question.name
        detail: EventDetail = {"answer": given, "seed": self._seed(question)}
        self._recorder.append("answer", item=name, correct=verdict.ok, detail=detail)
        if verdict.ok and name not in self.passed:
            self.passed.add(name)
            if self.done:
                self._recorder.append("done")
        return verdict
