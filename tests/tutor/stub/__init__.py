"""A small lesson for the program's tests: a still, a walk, a process, questions of all kinds."""

from pathlib import Path

from lessons.catalogue import Entry
from lessons.kit.front_matter import read_front_matter
from lessons.kit.lesson import Lesson, build_lesson
from lessons.kit.pages import read_pages
from tests.tutor.stub import lab

HERE = Path(__file__).parent


def entry() -> Entry:
    """The stub as the catalogue would list it."""
    return Entry("stubs", "stub", HERE, read_front_matter(HERE / "pages.md"))


def lesson() -> Lesson:
    """The stub, words and code."""
    return build_lesson("stubs/stub", read_pages(HERE / "pages.md"), lab)
