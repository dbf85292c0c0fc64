"""The recorder: writes to the store, and warns instead of failing if the disk does not allow it."""

from collections.abc import Callable, Collection
from typing import TypeVar

from engine.errors import FileError
from tutor.progress.events import Event, EventDetail, EventKind, LessonProgress
from tutor.progress.store import Store

T = TypeVar("T")


class Recorder:
    """One lesson's view of the store. A full disk must not end a lesson half-way.

    >>> warnings = []
    >>> store = Store.in_memory()
    >>> recorder = Recorder(store, "networks/playground", warnings.append)
    >>> recorder.append("answer", item="fence", correct=True)
    >>> sorted(recorder.progress.passed)
    ['fence']
    >>> store.close()
    >>> recorder.go_to(3)
    >>> warnings[0][:8]
    'progress'
    """

    def __init__(self, store: Store, lesson: str, warn: Callable[[str], object]) -> None:
        self._store, self._lesson, self._warn = store, lesson, warn

    @property
    def progress(self) -> LessonProgress:
        """The progress in this lesson; if it cannot be read, a warning and that of a new one."""
        return self._ask(lambda: self._store.progress(self._lesson), LessonProgress())

    @property
    def answers(self) -> int:
        """How many answers were given so far; 0 if that cannot be read."""
        return self._ask(lambda: len(self._store.answers(self._lesson)), 0)

    def right_answer(self, names: Collection[str]) -> str:
        """The newest right answer to a question, under any of its names; "" if there is none."""
        none: tuple[Event, ...] = ()
        answers = self._ask(lambda: self._store.answers(self._lesson), none)
        right = [
            one.detail.get("answer", "") for one in answers if one.correct and one.item in names
        ]
        return str(right[-1]) if right else ""

    def open(self, *, steps: int, checks: int) -> None:
        """Record that the lesson was opened."""
        self._try(lambda: self._store.open_lesson(self._lesson, steps=steps, checks=checks))

    def go_to(self, step: int) -> None:
        """Record the page that is open."""
        self._try(lambda: self._store.go_to(self._lesson, step))

    def append(
        self,
        kind: EventKind,
        *,
        item: str = "",
        correct: bool | None = None,
        detail: EventDetail | None = None,
    ) -> None:
        """Record any other event."""
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
            self._warn(str(error))
            return otherwise
