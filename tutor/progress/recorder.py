"""The recorder: writes to the store, and tells instead of failing when the disk does not let it."""

from collections.abc import Callable, Collection
from typing import TypeVar

from engine.errors import FileError
from tutor.progress.events import Detail, Event, Kind, LessonProgress
from tutor.progress.store import Store

T = TypeVar("T")


class Recorder:
    """A lesson's own view of the store. A full disk must not end a lesson in the midst.

    >>> told = []
    >>> store = Store.in_memory()
    >>> recorder = Recorder(store, "networks/playground", told.append)
    >>> recorder.append("answer", item="fence", correct=True)
    >>> sorted(recorder.progress.passed)
    ['fence']
    >>> store.close()
    >>> recorder.go_to(3)
    >>> told[0][:8]
    'progress'
    """

    def __init__(self, store: Store, lesson: str, tell: Callable[[str], object]) -> None:
        self._store, self._lesson, self._tell = store, lesson, tell

    @property
    def progress(self) -> LessonProgress:
        """How far this lesson is; as if new where that cannot be read, which is said."""
        return self._ask(lambda: self._store.progress(self._lesson), LessonProgress())

    @property
    def answers(self) -> int:
        """How many answers were given so far, as far as that can be read."""
        return self._ask(lambda: len(self._store.answers(self._lesson)), 0)

    def right_answer(self, names: Collection[str]) -> str:
        """The newest right answer to a question, by any of its names; nothing if there is none."""
        none: tuple[Event, ...] = ()
        answers = self._ask(lambda: self._store.answers(self._lesson), none)
        right = [
            one.detail.get("answer", "") for one in answers if one.correct and one.item in names
        ]
        return str(right[-1]) if right else ""

    def open(self, *, steps: int, checks: int) -> None:
        """Note that the lesson was opened."""
        self._try(lambda: self._store.open_lesson(self._lesson, steps=steps, checks=checks))

    def go_to(self, step: int) -> None:
        """Note the page that is open."""
        self._try(lambda: self._store.go_to(self._lesson, step))

    def append(
        self,
        kind: Kind,
        *,
        item: str = "",
        correct: bool | None = None,
        detail: Detail | None = None,
    ) -> None:
        """Note anything else."""
        self._try(
            lambda: self._store.append(
                kind, self._lesson, item=item, correct=correct, detail=detail
            )
        )

    def _try(self, write: Callable[[], object]) -> None:
        self._ask(write, None)

    def _ask(self, ask: Callable[[], T], otherwise: T) -> T:
        try:
            return ask()
        except FileError as error:
            self._tell(str(error))
            return otherwise
