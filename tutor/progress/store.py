"""The learner's history: events are added, never changed; everything else is derived from them.

One event is one commit, so a killed program loses at most the key just pressed.
"""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from engine.errors import DomainError, unknown
from tutor.progress.events import (
    KINDS,
    Event,
    EventDetail,
    EventKind,
    LessonProgress,
    as_json,
    event,
    storable,
    summarize,
)
from tutor.progress.file import FILE_NAME, explain, open_file
from tutor.progress.location import data_folder
from tutor.progress.schema import migrate

_COLUMNS = "id, at, lesson, kind, item, correct, detail"


class Store:
    """One learner's events in one file; created with `open` or `in_memory`.

    Must not be used after a fork or in another thread. `path` is the file; `notice` is a sentence
    to show once, if a damaged file had to be moved aside.

    >>> with Store.in_memory() as store:
    ...     number = store.open_lesson("optimization/momentum", steps=7, checks=3)
    ...     number = store.append("answer", "optimization/momentum", item="memory", correct=True)
    ...     sorted(store.progress("optimization/momentum").passed)
    ['memory']
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, learner: str, notice: str | None
    ) -> None:
        self.path = path
        self.notice = notice
        self._learner = storable(learner)
        self._connection = connection

    @classmethod
    def open(cls, path: Path | None = None, *, learner: str = "", timeout: float = 2.0) -> Self:
        """Open the file, creating or replacing it as needed.

        Args:
            path: the file; by default `progress.sqlite3` in the user's data folder.
            learner: whose events are written and read; empty on a personal machine.
            timeout: seconds to wait for another program that is writing.

        Raises:
            FileError: the folder or the file cannot be used; the message says what to do.
        """
        path = path or data_folder() / FILE_NAME
        connection, notice = open_file(path, timeout)
        return cls(connection, path, learner, notice)

    @classmethod
    def in_memory(cls, *, learner: str = "") -> Self:
        """A store that forgets everything when closed: for tests, or if no disk can be used."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        migrate(connection)
        return cls(connection, Path(":memory:"), learner, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does nothing."""
        self._connection.close()

    @property
    def journal(self) -> str:
        """The journal mode: "wal", "delete" on a network disk, "memory" without a file."""
        ((mode,),) = self._ask("PRAGMA journal_mode")
        return str(mode)

    def append(
        self,
        kind: EventKind,
        lesson: str,
        *,
        item: str = "",
        correct: bool | None = None,
        detail: EventDetail | None = None,
    ) -> int:
        """Add one event; it is committed when this returns.

        Args:
            kind: one of `KINDS`.
            lesson: the lesson's name, not empty.
            item: the check, knob or step that it concerns.
            correct: for an answer, whether it was right; a right answer passes its item.
            detail: further facts; NaN and infinities are stored as text.

        Returns:
            The event's id, larger than all earlier ones.

        Raises:
            UnknownNameError: a kind that is not in the list.
            DomainError: `lesson` is empty.
            FileError: the file is locked, full, read-only, damaged or closed.
        """
        if kind not in KINDS:
            raise unknown("event", kind, KINDS)
        if not lesson:
            raise DomainError("append: lesson must be the name of a lesson, got ''.")
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        values = (at, self._learner, lesson, kind, item, correct, as_json(detail or {}))
        clean = [storable(value) if isinstance(value, str) else value for value in values]
        try:
            added = self._connection.execute(
                "INSERT INTO events (at, learner, lesson, kind, item, correct, detail) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                clean,
            )
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        return int(added.lastrowid or 0)

    def open_lesson(self, lesson: str, *, steps: int, checks: int) -> int:
        """Record that the lesson was opened, and how many steps and checks it has now."""
        return self.append("opened", lesson, detail={"steps": steps, "checks": checks})

    def go_to(self, lesson: str, step: int) -> int:
        """Record the learner's present step."""
        return self.append("step", lesson, item=str(step), detail={"step": step})

    def progress(self, lesson: str) -> LessonProgress:
        """The progress in this lesson; all zeros if it has no events."""
        return self._progress("AND lesson = ?", lesson).get(lesson, LessonProgress())

    def all_progress(self) -> dict[str, LessonProgress]:
        """The progress in every lesson that has events, by the lesson's name."""
        return self._progress("")

    def last_lesson(self) -> str | None:
        """The lesson of the newest event: where the learner continues."""
        rows = self._ask(
            "SELECT lesson FROM events WHERE id = (SELECT max(id) FROM events WHERE learner = ?)",
            self._learner,
        )
        return str(rows[0][0]) if rows else None

    def answers(self, lesson: str) -> tuple[Event, ...]:
        """Every answer given in this lesson, oldest first."""
        rows = self._ask(
            f"SELECT {_COLUMNS} FROM events "
            "WHERE learner = ? AND lesson = ? AND kind = 'answer' ORDER BY id",
            self._learner,
            lesson,
        )
        return tuple(event(row) for row in rows)

    def _progress(self, also: str, *values: str) -> dict[str, LessonProgress]:
        latest = self._ask(
            f"SELECT {_COLUMNS} FROM events WHERE id IN "
            f"(SELECT max(id) FROM events WHERE learner = ? {also} GROUP BY lesson, kind)",
            self._learner,
            *values,
        )
        passed = self._ask(
            f"SELECT DISTINCT lesson, item FROM events WHERE learner = ? {also} "
            "AND (kind = 'passed' OR kind = 'answer' AND correct = 1)",
            self._learner,
            *values,
        )
        return summarize((event(row) for row in latest), passed)

    def _ask(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
