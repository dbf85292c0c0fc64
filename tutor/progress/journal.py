"""The journal: what a learner does, written by a thread of its own, so that no disk holds a key up.

An event counts at once and is in the file within a few hundredths of a second. One that cannot be
written, since the disk is full or another program has the file, waits; the screen says so.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self, TypeVar

from engine.errors import FileError
from tutor.progress.events import (
    Event,
    EventDetail,
    EventKind,
    LessonProgress,
    after,
    new_event,
)
from tutor.progress.store import Store

T = TypeVar("T")

PATIENCE = 0.04
"""Seconds for which a caller waits for the disk."""
LAST_PATIENCE = 3.0
"""Seconds for which the end of the program waits for it."""
PAUSE = 0.1
"""Seconds between two attempts at the end."""


class Journal:
    """One learner's store as the screen uses it: it never waits, never fails, never forgets.

    `trouble` says why events wait, in one sentence; it is empty while none does.

    >>> with Journal.in_memory() as journal:
    ...     is_written = journal.append("answer", "a/b", item="q", correct=True)
    ...     is_written, sorted(journal.progress("a/b").passed)
    (True, ['q'])
    """

    def __init__(self, open_store: Callable[[], Store]) -> None:
        """Open the store, in its thread.

        Raises:
            FileError: it cannot be opened.
        """
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._writing: Future[None] | None = None
        self._waiting: deque[Event] = deque()
        self._noticed = self.trouble = ""
        self._is_closed = False
        self._store = self._worker.submit(open_store).result()
        self._known = self._worker.submit(self._store.all_progress).result()
        self._last = self._worker.submit(self._store.last_lesson).result()

    @classmethod
    def open(cls, path: Path | None = None, *, learner: str = "", timeout: float = 2.0) -> Self:
        """The journal of a file; see `Store.open`."""
        return cls(lambda: Store.open(path, learner=learner, timeout=timeout))

    @classmethod
    def in_memory(cls) -> Self:
        """A journal that is forgotten when closed."""
        return cls(Store.in_memory)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def append(
        self,
        kind: EventKind,
        lesson: str,
        *,
        item: str = "",
        correct: bool | None = None,
        detail: EventDetail | None = None,
    ) -> bool:
        """Add an event; returns whether it is in the file. If not, it waits to be written.

        Raises:
            UnknownNameError: a kind that is not in the list.
            DomainError: `lesson` is empty.
        """
        one = new_event(kind, lesson, item, correct, detail)
        self._known[lesson] = after(self.progress(lesson), one)
        self._last = lesson
        self._waiting.append(one)
        return self.flush()

    def flush(self, seconds: float = PATIENCE) -> bool:
        """Try to write what waits; returns whether nothing waits any longer."""
        if self._waiting and not self._is_closed:
            # One that has not begun yet will write this event, too.
            queued = self._writing and not self._writing.running() and not self._writing.done()
            if not queued or self._writing is None:
                self._writing = self._worker.submit(self._write)
            with suppress(TimeoutError):
                self._writing.result(seconds)
        return not self._waiting

    @property
    def waiting(self) -> int:
        """How many events are not in the file yet."""
        return len(self._waiting)

    def take_notice(self) -> str:
        """What the learner should know of the file, once; empty if there is nothing new."""
        notice, was = self._store.notice, self._noticed
        self._noticed = notice
        return notice if notice != was else ""

    def progress(self, lesson: str) -> LessonProgress:
        """The progress in this lesson; all zeros if it has no events."""
        return self._known.get(lesson, LessonProgress())

    def all_progress(self) -> dict[str, LessonProgress]:
        """The progress in every lesson that has events, other programs' events included."""
        found = self._ask(self._store.all_progress)
        if found is not None:
            self._known = found
            for one in list(self._waiting):
                self._known[one.lesson] = after(self.progress(one.lesson), one)
        return self._known

    def last_lesson(self) -> str | None:
        """The lesson of the newest event: where the learner continues."""
        return self._last

    def answers(self, lesson: str) -> tuple[Event, ...]:
        """Every answer given in this lesson, oldest first; without those that cannot be read."""
        stored = self._ask(lambda: self._store.answers(lesson)) or ()
        unwritten = [
            one for one in list(self._waiting) if (one.lesson, one.kind) == (lesson, "answer")
        ]
        return (*stored, *unwritten)

    def close(self, seconds: float = LAST_PATIENCE) -> str:
        """Write what waits, and close the file; closing twice does nothing.

        Returns:
            A sentence on what could not be written within that time; empty if all was.
        """
        end = monotonic() + seconds
        while not self.flush(max(end - monotonic(), 0)) and monotonic() < end:
            sleep(PAUSE)
        if not self._is_closed:
            self._worker.submit(self._store.close)
            self._worker.shutdown(wait=False)
        self._is_closed = True
        if not self._waiting:
            return ""
        entries = "1 entry" if self.waiting == 1 else f"{self.waiting} entries"
        return f"{entries} of your progress could not be saved. {self.trouble}"

    def _ask(self, ask: Callable[[], T]) -> T | None:
        """What the store answers in time; None otherwise."""
        try:
            return self._worker.submit(ask).result(PATIENCE)
        except (FileError, TimeoutError):
            return None

    def _write(self) -> None:
        """Write what waits, oldest first; in the store's thread."""
        while found := list(self._waiting):
            try:
                self._store.add(found)
            except FileError as error:
                self.trouble = str(error)
                return
            for _ in found:
                self._waiting.popleft()
        self.trouble = ""
