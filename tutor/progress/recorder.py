"""The recorder: one lesson's view of the journal."""

from collections.abc import Callable, Collection

from tutor.progress.events import Event, EventDetail, EventKind, LessonProgress
from tutor.progress.journal import Journal


class Recorder:
    """Records what is done in one lesson.

    Args:
        journal: where it is recorded.
        lesson: the lesson's name.
        recorded: called after each event, which may wait to be written.

    >>> with Journal.in_memory() as journal:
    ...     recorder = Recorder(journal, "networks/playground", lambda: None)
    ...     recorder.append("answer", item="fence", correct=True)
    ...     sorted(recorder.progress.passed)
    ['fence']
    """

    def __init__(self, journal: Journal, lesson: str, recorded: Callable[[], object]) -> None:
        self._journal, self._lesson, self._recorded = journal, lesson, recorded

    @property
    def progress(self) -> LessonProgress:
        """The progress in this lesson."""
        return self._journal.progress(self._lesson)

    @property
    def answers(self) -> int:
        """How many answers were given so far."""
        return len(self._journal.answers(self._lesson))

    def right_answer(self, names: Collection[str]) -> str:
        """The newest right answer to a question, under any of its names; "" if there is none."""
        right = [one.detail.get("answer", "") for one in self._answers(names) if one.correct]
        return str(right[-1]) if right else ""

    def seed(self, names: Collection[str]) -> int | None:
        """The seed of the numbers with which a question was last answered, rightly if ever."""
        answers = sorted(self._answers(names), key=lambda one: bool(one.correct))
        seeds = [seed for one in answers if isinstance(seed := one.detail.get("seed"), int)]
        return max(seeds[-1], 0) if seeds else None

    def _answers(self, names: Collection[str]) -> list[Event]:
        return [one for one in self._journal.answers(self._lesson) if one.item in names]

    def open(self, *, steps: int, checks: int) -> None:
        """Record that the lesson was opened."""
        self.append("opened", detail={"steps": steps, "checks": checks})

    def go_to(self, step: int) -> None:
        """Record the page that is open."""
        self.append("step", item=str(step), detail={"step": step})

    def append(
        self,
        kind: EventKind,
        *,
        item: str = "",
        correct: bool | None = None,
        detail: EventDetail | None = None,
    ) -> None:
        """Record any other event."""
        self._journal.append(kind, self._lesson, item=item, correct=correct, detail=detail)
        self._recorded()
