"""A file goes from version to version whole, and its events stay as they were written."""

import sqlite3
from contextlib import closing

import pytest

from engine.errors import FileError
from tutor.progress import Store
from tutor.progress.schema import APPLICATION_ID, MIGRATIONS, migrate

ADDED = ("ALTER TABLE events ADD COLUMN session TEXT NOT NULL DEFAULT ''",)
BROKEN = ("CREATE TABLE half (x)", "CREATE TABLE half (x)")


@pytest.fixture
def empty():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


@pytest.fixture
def filled(empty):
    migrate(empty)
    empty.execute("INSERT INTO events (at, lesson, kind) VALUES ('t', 'a/b', 'opened')")
    return empty


def version(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]


def test_an_empty_file_is_brought_to_the_newest_version_once(empty):
    migrate(empty)
    assert version(empty) == len(MIGRATIONS)
    assert empty.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    migrate(empty)
    assert not empty.in_transaction


def test_an_older_file_keeps_its_events(filled):
    migrate(filled, [*MIGRATIONS, ADDED])
    assert version(filled) == len(MIGRATIONS) + 1
    assert filled.execute("SELECT lesson, session FROM events").fetchall() == [("a/b", "")]


def test_a_script_that_fails_leaves_nothing_of_itself_behind(filled):
    with pytest.raises(sqlite3.OperationalError, match="half already exists"):
        migrate(filled, [*MIGRATIONS, ADDED, BROKEN])
    assert version(filled) == len(MIGRATIONS) + 1
    assert not filled.in_transaction
    tables = filled.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall()
    assert tables == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET kind = 'done'",
        "UPDATE events SET correct = 1 WHERE id = 1",
        "DELETE FROM events",
        "REPLACE INTO events (id, at, lesson, kind) VALUES (1, 't', 'x', 'done')",
    ],
)
def test_events_cannot_be_changed_or_taken_away(filled, change):
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        filled.execute(change)
    assert filled.execute("SELECT id, lesson, kind FROM events").fetchall() == [
        (1, "a/b", "opened")
    ]


def test_a_newer_file_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "progress.sqlite3"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")
    with pytest.raises(FileError, match=r"newer dltutor \(version 99 .* up to 1\).*Update dltutor"):
        Store.open(path)
    assert [found.name for found in tmp_path.iterdir()] == ["progress.sqlite3"]


def test_another_programs_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "progress.sqlite3"
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE bookmarks (url)")
    with pytest.raises(FileError, match="another program"):
        Store.open(path)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
