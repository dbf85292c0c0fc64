"""Asking: the question of the open page beside the run that may decide it. No screen in it."""

from lessons.kit.checks import Prediction, Verdict
from lessons.kit.lesson import Question
from tutor.pictures.question import Asked
from tutor.quiz_session import QuizSession
from tutor.stages import Stages


class Asking:
    """Puts the page's question, and judges it by the run in the laboratory where a run decides.

    `verdict` is what the last answer was worth, as long as nothing else was done since.
    """

    def __init__(self, session: QuizSession, stages: Stages) -> None:
        self.session, self._stages = session, stages
        self.question: Question | None = None
        self.verdict: Verdict | None = None

    def open(self, question: Question | None) -> Asked | None:
        """Ask another page's question, or none."""
        self.forget()
        self.question = question
        return self.session.ask(question, self._stages.current.experiment.unit)

    def answer(self, question: Question, given: int | str) -> Verdict | None:
        """Grade an answer; None where a run decides, which has begun then."""
        self.verdict = self.session.answer(question, given)
        check = question.check
        if self.session.prediction and isinstance(check, Prediction):
            if self._stages.predict(check):
                self._stages.current.hurry(check.steps)
            else:
                self.session.forget_prediction()
        return self.verdict

    @property
    def is_deciding(self) -> bool:
        """Whether the run in the laboratory is to decide a prediction."""
        return self.session.prediction is not None

    def stop_step(self) -> int | None:
        """A step that the run must not jump over, since something is decided there."""
        return self.session.stop(self.question, self._stages.current.run)

    def judge(self) -> Verdict | None:
        """See whether the run decides something now; it stops there, and the place is marked."""
        controller = self._stages.current
        verdict = self.session.watch(self.question, controller.run)
        if verdict:
            self.verdict = verdict
            controller.judge()
            controller.calm()
        return verdict

    def forget(self) -> bool:
        """The learner went on to something else; says whether a prediction was still open."""
        self.verdict = None
        self._stages.current.calm()
        return self.session.forget_prediction()

    def state(self) -> str:
        """How it stands with what the run decides, in a plain sentence."""
        return self.session.state(self.question, self._stages.current.run)
