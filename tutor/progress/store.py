"""The learner's history: events are added, never changed; everything else is derived from them.

One event is one commit, so a killed program loses at most the key just pressed.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tutor.progress.events import (
    Event,
    EventDetail,
    EventKind,
    LessonProgress,
    as_json,
    new_event,
    read_event,
    storable,
    summarize,
)
from tutor.progress.file import FILE_NAME, explain, identity, is_damage, open_file
from tutor.progress.location import data_folder
from tutor.progress.schema import migrate

_COLUMNS = "id, at, lesson, kind, item, correct, detail"


class Store:
    """One learner's events in one file; created with `open` or `in_memory`.

    Must not be used after a fork or in another thread. `path` is the file; `notice` is what the
    learner should know of it: that a damaged one was moved aside, or that entries were skipped.

    >>> with Store.in_memory() as store:
    ...     number = store.append("answer", "optimization/momentum", item="memory", correct=True)
    ...     sorted(store.progress("optimization/momentum").passed)
    ['memory']
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        learner: str = "",
        notice: str = "",
        timeout: float = 0.0,
    ) -> None:
        self.path = path
        self.notice = notice
        self._learner = storable(learner)
        self._connection = connection
        self._identity, self._timeout = identity(path), timeout

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
        return cls(connection, path, learner, notice, timeout)

    @classmethod
    def in_memory(cls, *, learner: str = "") -> Self:
        """A store that forgets everything when closed: for tests, or if no disk can be used."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        migrate(connection)
        return cls(connection, Path(":memory:"), learner)

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
            FileError: the file is locked, full, read-only or closed.
        """
        return self.add([new_event(kind, lesson, item, correct, detail)])

    def add(self, events: Sequence[Event]) -> int:
        """Add events that happened at their own times, all or none; see `append`."""
        # What is written to a file that was moved or deleted would never be found again.
        if identity(self.path) != self._identity:
            self._open_again()
        try:
            return self._insert(events)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise explain(error, self.path) from error
        self._open_again()
        try:
            return self._insert(events)
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def _open_again(self) -> None:
        """Another file is in the place of ours, or none, or a damaged one."""
        self._connection.close()
        self._connection, notice = open_file(self.path, self._timeout)
        self.notice = notice or f"The progress file was moved; {self.path} was started."
        self._identity = identity(self.path)

    def _insert(self, events: Sequence[Event]) -> int:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for one in events:
                at = one.at.isoformat(timespec="milliseconds")
                facts = (one.lesson, one.kind, one.item, one.correct, as_json(one.detail))
                clean = [storable(value) if isinstance(value, str) else value for value in facts]
                added = self._connection.execute(
                    "INSERT INTO events (at, learner, lesson, kind, item, correct, detail) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (at, self._learner, *clean),
                )
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            # Some errors, such as a full disk, have already rolled back.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return int(added.lastrowid or 0)

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
        return tuple(self._read(rows))

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
        return summarize(self._read(latest), [(str(lesson), str(item)) for lesson, item in passed])

    def _read(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[Event]:
        """The events in these rows, but for those that are none."""
        for row in rows:
            if one := read_event(row):
                yield one
            else:
                self.notice = f"Some entries of {self.path} cannot be read. They are skipped."

    def _ask(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
