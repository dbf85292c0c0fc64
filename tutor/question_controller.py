"""The question controller: the open page's question and the run that may decide it. No widgets."""

from lessons.kit.checks import Prediction, Verdict
from lessons.kit.lesson import Question
from tutor.pictures.question import QuestionState
from tutor.quiz_session import QuizSession
from tutor.stages import Stages


class QuestionController:
    """Asks the page's question and, if a run decides it, grades it by the run in the laboratory.

    `verdict` is the verdict on the last answer, as long as nothing else was done since.
    """

    def __init__(self, session: QuizSession, stages: Stages) -> None:
        self.session, self._stages = session, stages
        self.question: Question | None = None
        self.verdict: Verdict | None = None

    def open(self, question: Question | None) -> QuestionState | None:
        """Ask the question of a newly opened page, if it has one."""
        self.forget()
        self.question = question
        return self.session.ask(question, self._stages.current.experiment.unit)

    def answer(self, question: Question, given: int | str) -> Verdict | None:
        """Grade an answer; None if a run decides, which is then started."""
        self.verdict = self.session.answer(question, given)
        check = question.check
        if self.session.prediction and isinstance(check, Prediction):
            if self._stages.predict(check):
                self._stages.current.speed_up(check.steps)
            else:
                self.session.forget_prediction()
        return self.verdict

    @property
    def is_deciding(self) -> bool:
        """Whether the run in the laboratory will decide a prediction."""
        return self.session.prediction is not None

    def stop_step(self) -> int | None:
        """A step that the run must not skip, since something is decided there."""
        return self.session.stop(self.question, self._stages.current.run)

    def judge(self) -> Verdict | None:
        """Check whether the run decides something now; if so, it stops and the step is marked."""
        controller = self._stages.current
        verdict = self.session.watch(self.question, controller.run)
        if verdict:
            self.verdict = verdict
            controller.judge()
            controller.restore_speed()
        return verdict

    def forget(self) -> bool:
        """Drop an open prediction and the verdict; returns whether a prediction was open."""
        self.verdict = None
        self._stages.current.restore_speed()
        return self.session.forget_prediction()

    def state(self) -> str:
        """The progress of what the run decides, in a plain sentence."""
        return self.session.state(self.question, self._stages.current.run)
