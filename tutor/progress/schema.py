"""The schema of the progress file, version by version.

A migration is a script of statements that upgrades the file from the version before. A published
migration never changes: a new requirement is a new migration at the end.
"""

import sqlite3
from collections.abc import Sequence

from engine.errors import FileError

APPLICATION_ID = 0x444C5455
"""Marks the file as ours ("DLTU"), so that we never write to another program's database."""

COLUMNS = ("id", "at", "learner", "lesson", "kind", "item", "correct", "detail")
"""Of the table `events`, in the newest version."""

Migration = tuple[str, ...]

_EVENTS: Migration = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    """
    CREATE TABLE events (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        at      TEXT NOT NULL,
        learner TEXT NOT NULL DEFAULT '',
        lesson  TEXT NOT NULL,
        kind    TEXT NOT NULL,
        item    TEXT NOT NULL DEFAULT '',
        correct INTEGER CHECK (correct IN (0, 1)),
        detail  TEXT NOT NULL DEFAULT '{}'
    )
    """,
    "CREATE INDEX events_by_lesson ON events (learner, lesson, kind)",
    """
    CREATE TRIGGER events_stay AFTER UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END
    """,
    """
    CREATE TRIGGER events_remain BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END
    """,
    # REPLACE deletes the old row without a DELETE trigger.
    """
    CREATE TRIGGER events_are_new BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END
    """,
)

MIGRATIONS: tuple[Migration, ...] = (_EVENTS,)
"""Migration k upgrades a file from version k to version k + 1."""


class DamageError(Exception):
    """The content of the file is not what we have written."""


def migrate(connection: sqlite3.Connection, scripts: Sequence[Migration] = MIGRATIONS) -> None:
    """Upgrade the file to the newest version, each migration in one transaction: all or nothing.

    The connection must be in autocommit mode (`isolation_level=None`).

    Raises:
        FileError: the file has a newer version, or belongs to another program.
        DamageError: its version is none of ours.
    """
    while _advance(connection, scripts):
        pass


def check_columns(connection: sqlite3.Connection) -> None:
    """Raise DamageError if a column is missing, whatever the version says."""
    found = {name for _, name, *_ in connection.execute("PRAGMA table_info(events)")}
    if not found.issuperset(COLUMNS):
        raise DamageError


def _advance(connection: sqlite3.Connection, scripts: Sequence[Migration]) -> bool:
    """Apply the next migration; returns whether there was one."""
    # Lock first, then read the version: two programs that start at once take turns.
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, len(scripts))
        pending = version < len(scripts)
        if pending:
            for statement in scripts[version]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.execute("COMMIT")
    except BaseException:
        # Some errors, such as a full disk, have already rolled back.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return pending


def _version(connection: sqlite3.Connection, newest: int) -> int:
    """The version of the file, 0 for an empty one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and owner != APPLICATION_ID:
        raise FileError("it is the database of another program")
    if version < 0:
        raise DamageError
    if version > newest:
        raise FileError(
            f"it was written by a newer dltutor (version {version} of the file, this one knows "
            f"up to {newest})"
        )
    return int(version)
