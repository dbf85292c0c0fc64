"""The examiner: puts a lesson's questions, grades the answers, and writes them down."""

import numpy as np

from lessons.kit.checks import Check, Choice, Goal, Number, Predict, Question, Verdict
from lessons.kit.lesson import Lesson
from lessons.kit.run import Run
from tutor.pictures.question import Asked
from tutor.progress.recorder import Recorder


class Examiner:
    """One learner's way through the questions of one lesson.

    `passed` are the names of the questions answered rightly so far, in this sitting or an earlier.
    """

    def __init__(self, lesson: Lesson, recorder: Recorder) -> None:
        self._lesson, self._recorder = lesson, recorder
        self.passed = set(recorder.progress.passed)
        # Whoever comes back is asked a number question with other numbers.
        self._variant = recorder.answers
        self._question: Question | None = None
        self._prediction: tuple[Predict, int] | None = None

    @property
    def done(self) -> bool:
        """Whether every question of the lesson is answered."""
        return all(check.name in self.passed for check in self._lesson.checks)

    def ask(self, check: Check | None, unit: str) -> Asked | None:
        """Put a question, as it stands: new, or answered before."""
        self._question = self._prediction = None
        if check is None:
            return None
        done = check.name in self.passed
        ask, hints, why = check.ask, check.hints, check.why
        if isinstance(check, Number):
            self._question = check.variant(np.random.default_rng(self._variant))
            ask, hints, why = self._question.ask, self._question.hints, self._question.why
        options = check.options if isinstance(check, Choice | Predict) else ()
        is_goal = isinstance(check, Goal) and not done
        note = f"Within {check.budget} {unit}s of a reset." if is_goal else ""  # type: ignore[union-attr]
        return Asked(
            check, ask, options, hints,
            picked=check.answer if done and isinstance(check, Choice) else None,
            verdict=Verdict(True, why) if done else None,
            note=note,
        )  # fmt: skip

    def answer(self, check: Check, given: int | str) -> Verdict | None:
        """Grade an answer; None for a prediction, which a run has to decide.

        Raises:
            DomainError: a number was asked for and something else was typed.
        """
        if isinstance(check, Choice) and isinstance(given, int):
            return self._write(check, check.options[given], check.grade(given))
        if isinstance(check, Number) and self._question:
            return self._write(check, str(given), self._question.grade(str(given)))
        if isinstance(check, Predict) and isinstance(given, int):
            self._prediction = (check, given)
        return None

    def watch(self, check: Check | None, run: Run) -> Verdict | None:
        """See whether the run decides the open question now."""
        if self._prediction:
            predicted, given = self._prediction
            if run.steps < predicted.steps and run.status == "running":
                return None
            self._prediction = None
            return self._write(predicted, predicted.options[given], predicted.grade(given, run))
        if isinstance(check, Goal) and check.name not in self.passed and run.steps:
            verdict = check.grade(run)
            return self._write(check, f"{run.steps}", verdict) if verdict.ok else None
        return None

    def stop(self, check: Check | None) -> int | None:
        """The step at which the run has to be looked at, if the open question hangs on one."""
        if self._prediction:
            return self._prediction[0].steps
        return check.budget if isinstance(check, Goal) else None

    def forget_prediction(self) -> bool:
        """The run that was to decide is no more; says whether one was open."""
        was_open, self._prediction = self._prediction is not None, None
        return was_open

    def hint(self, check: Check, number: int) -> None:
        """Note that a hint was opened."""
        self._recorder.append("hint", item=check.name, detail={"hint": number})

    def _write(self, check: Check, given: str, verdict: Verdict) -> Verdict:
        self._recorder.append(
            "answer", item=check.name, correct=verdict.ok, detail={"answer": given}
        )
        if verdict.ok and check.name not in self.passed:
            self.passed.add(check.name)
            if self.done:
                self._recorder.append("done")
        return verdict
