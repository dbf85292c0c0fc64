"""A small lesson for the program's tests: a still, a walk, a process, questions of all kinds."""

from pathlib import Path

from lessons.catalogue import Entry
from lessons.kit.front import read_front
from lessons.kit.lesson import Lesson, join
from lessons.kit.pages import read_book
from tests.tutor.stub import lab

HERE = Path(__file__).parent


def entry() -> Entry:
    """The stub as the catalogue would list it."""
    return Entry("stubs", "stub", HERE, read_front(HERE / "pages.md"))


def lesson() -> Lesson:
    """The stub, words and code."""
    return join("stubs/stub", read_book(HERE / "pages.md"), lab)
