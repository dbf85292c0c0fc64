"""A journal takes what a learner does at any time, whatever state the disk is in."""

import os
import re
import sqlite3
from contextlib import closing, contextmanager, suppress
from time import monotonic, sleep

import pytest

from tutor.progress import Store
from tutor.progress.journal import Journal

LESSON = "a/b"
SLOWEST = 0.3
"""Seconds: far more than the journal's patience, far less than a lock lasts."""


def answer(journal, item):
    return journal.append("answer", LESSON, item=item, correct=True)


def stored(path):
    """The answers in the file, as another program reads them."""
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute("SELECT item FROM events WHERE kind = 'answer' ORDER BY id")
        return [item for (item,) in rows]


def until(happened):
    end = monotonic() + 10
    while not happened():
        assert monotonic() < end
        sleep(0.01)


def with_connection(journal, use):
    """Do something with the journal's connection, in its thread; nothing once it is closed."""
    if not journal._is_closed:
        journal._worker.submit(lambda: use(journal._store._connection)).result()


def fill(connection):
    """Let SQLite have no page more, and use up those that it has."""
    connection.execute("PRAGMA max_page_count = 1")
    with suppress(sqlite3.OperationalError):
        while True:
            connection.execute("INSERT INTO events (at, learner, lesson, kind) VALUES (1, 2, 3, 4)")


@contextmanager
def full(journal):
    """A disk without room, as SQLite sees it."""
    with_connection(journal, fill)
    yield "the disk is full"
    with_connection(journal, lambda found: found.execute("PRAGMA max_page_count = 1000000"))


@contextmanager
def locked(journal):
    """Another program writes."""
    with closing(sqlite3.connect(journal._store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield "locked by another program"
        other.execute("ROLLBACK")


@contextmanager
def read_only(journal):
    """The file may no longer be written."""
    with_connection(journal, lambda found: found.execute("PRAGMA query_only = 1"))
    yield "cannot be used"
    with_connection(journal, lambda found: found.execute("PRAGMA query_only = 0"))


STATES = [full, locked, read_only]
ACTIONS = ["one answer", "many answers", "turn a page", "open another lesson"]


def act(journal, action):
    """Do it; returns the answers that it gave."""
    if action == "turn a page":
        journal.append("step", LESSON, item="3", detail={"step": 3})
        return []
    if action == "open another lesson":
        journal.append("opened", "a/c", detail={"steps": 5, "checks": 2})
        return []
    given = ["q1"] if action == "one answer" else [f"q{i}" for i in range(1, 30)]
    for item in given:
        assert not answer(journal, item)
    return given


@pytest.fixture
def journal(tmp_path):
    with Journal.open(tmp_path / "p.sqlite3", timeout=5) as journal:
        assert answer(journal, "before")
        yield journal


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", STATES)
def test_what_cannot_be_written_waits_counts_and_is_written_in_order(journal, state, action):
    path = journal._store.path
    with state(journal) as word:
        given = act(journal, action)
        assert journal.waiting == max(len(given), 1)
        until(lambda: word in journal.trouble or state is locked)
        assert stored(path) == ["before"]
        # What was done counts on the screen meanwhile.
        assert journal.progress(LESSON).passed == {"before", *given}
        assert {"before", *given} == journal.all_progress()[LESSON].passed
        assert journal.progress(LESSON).step == (3 if action == "turn a page" else 0)
        if action == "open another lesson":
            assert journal.last_lesson() == "a/c"
            assert journal.progress("a/c").steps == 5
    until(journal.flush)
    assert (journal.trouble, journal.waiting) == ("", 0)
    assert stored(path) == ["before", *given]
    with Store.open(path) as again:
        assert again.progress(LESSON) == journal.progress(LESSON)


@pytest.mark.parametrize("state", STATES)
def test_the_end_waits_for_the_disk_but_not_for_ever(tmp_path, state):
    path = tmp_path / "p.sqlite3"
    journal = Journal.open(path, timeout=0.1)
    with state(journal) as word:
        answer(journal, "q")
        answer(journal, "r")
        said = journal.close(seconds=0.3)
        assert re.match(r"2 entries of your progress could not be saved\. progress: ", said)
        assert word in said
        assert stored(path) == []


def test_at_the_end_what_waits_is_written(tmp_path):
    journal = Journal.open(tmp_path / "p.sqlite3", timeout=5)
    with locked(journal):
        answer(journal, "q")
        assert journal.waiting == 1
    assert journal.close() == ""
    assert stored(tmp_path / "p.sqlite3") == ["q"]


def test_no_call_waits_for_a_lock(journal):
    with locked(journal):
        for call in (lambda: answer(journal, "q"), lambda: answer(journal, "r"),
                     journal.all_progress, lambda: journal.answers(LESSON)):  # fmt: skip
            begin = monotonic()
            call()
            assert monotonic() - begin < SLOWEST, "the lock lasts for 5 s"


def test_answers_that_wait_are_among_the_answers(journal):
    with locked(journal):
        answer(journal, "q")
        assert [one.item for one in journal.answers(LESSON)][-1:] == ["q"]
    until(journal.flush)
    assert [one.item for one in journal.answers(LESSON)] == ["before", "q"]


@pytest.mark.parametrize("how", ["moved", "deleted", "replaced by a letter"])
def test_a_file_that_is_gone_is_begun_anew_and_that_is_said_once(journal, how):
    path = journal._store.path
    if how == "moved":
        path.rename(path.with_name("elsewhere"))
    elif how == "deleted":
        path.unlink()
    else:
        path.with_name("letter").write_text("not a database " * 99)
        os.replace(path.with_name("letter"), path)
    assert answer(journal, "after")
    assert stored(path)[-1] == "after"
    assert str(path) in journal.take_notice()
    assert journal.take_notice() == ""
    assert journal.progress(LESSON).passed == {"before", "after"}


def test_a_file_damaged_under_the_hand_is_moved_aside_and_the_answer_kept(journal):
    path = journal._store.path
    with closing(sqlite3.connect(path)) as other:  # whose writing empties the journal's cache
        other.execute("INSERT INTO events (at, lesson, kind) VALUES (1, 2, 3)")
        other.commit()
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    assert answer(journal, "after")
    assert stored(path) == ["after"]
    assert "damaged; it was moved to" in journal.take_notice()


def test_a_second_program_is_seen(journal):
    with Store.open(journal._store.path) as other:
        other.append("answer", LESSON, item="there", correct=True)
    assert journal.all_progress()[LESSON].passed == {"before", "there"}


def test_what_cannot_be_read_is_skipped_and_said(tmp_path):
    path = tmp_path / "p.sqlite3"
    with Store.open(path) as store:
        store.append("answer", LESSON, item="good", correct=True)
    with closing(sqlite3.connect(path)) as file:
        for detail, at in [("{bad", "2026-01-01T00:00:00+00:00"), ("{}", "yesterday")]:
            file.execute(
                "INSERT INTO events (at, lesson, kind, item, detail) VALUES (?, 'a/b', 'step', "
                "'1', ?)", (at, detail),
            )  # fmt: skip
        file.execute(
            "INSERT INTO events (at, lesson, kind, item, correct) VALUES "
            "('2026-01-01T00:00:00', 'a/b', 'answer', CAST(x'C3' AS TEXT), 1)"
        )
        file.commit()
    with Journal.open(path) as journal:
        assert "cannot be read. They are skipped." in journal.take_notice()
        assert journal.progress(LESSON).passed == {"good", "\N{REPLACEMENT CHARACTER}"}
        assert next(one.item for one in journal.answers(LESSON)) == "good"


def test_closing_twice_and_writing_to_a_closed_journal_do_no_harm(journal):
    assert journal.close() == ""
    assert journal.close() == ""
