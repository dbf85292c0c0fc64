"""The catalogue: every lesson, found by walking the folders without importing any.

A subject is a folder with a `subject.toml` (title, order). A lesson is a folder in it with a
`pages.md`, of which only the front matter is read here.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import DltutorError, unknown
from lessons.kit.blocks import PageError
from lessons.kit.front_matter import FrontMatter, read_front_matter

if TYPE_CHECKING:
    from lessons.kit.lesson import Lesson

PAGES, SUBJECT, LAB = "pages.md", "subject.toml", "lab"
LAST = 10**6
_HERE = Path(__file__).parent


class BrokenLessonError(DltutorError, ImportError):
    """A lesson whose text or code cannot be read, or whose text and code do not match."""


@dataclass(frozen=True)
class Entry:
    """One lesson in a list. If its front matter cannot be read, `broken` says why."""

    subject: str
    name: str
    folder: Path
    front: FrontMatter
    broken: str = ""

    @property
    def path(self) -> str:
        """The full name of the lesson: subject/name."""
        return f"{self.subject}/{self.name}"


@dataclass(frozen=True)
class Subject:
    """A folder of lessons, sorted by their order."""

    name: str
    title: str
    order: int
    entries: tuple[Entry, ...]


@cache
def subjects() -> tuple[Subject, ...]:
    """All subjects that have lessons, sorted by their order.

    >>> "networks" in [subject.name for subject in subjects()]
    True
    """
    found = [_subject(file.parent) for file in sorted(_HERE.glob(f"*/{SUBJECT}"))]
    return tuple(sorted((one for one in found if one.entries), key=lambda s: (s.order, s.name)))


def entries() -> tuple[Entry, ...]:
    """All lessons in the order of the curriculum."""
    return tuple(entry for subject in subjects() for entry in subject.entries)


def _subject(folder: Path) -> Subject:
    """A subject; one whose `subject.toml` cannot be read comes last, named after its folder."""
    try:
        facts = tomllib.loads((folder / SUBJECT).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError):
        facts = {}
    title, order = facts.get("title", folder.name), facts.get("order", LAST)
    order = order if isinstance(order, int) else LAST
    found = [_entry(file.parent) for file in sorted(folder.glob(f"*/{PAGES}"))]
    lessons = sorted(found, key=lambda entry: (entry.front.order, entry.name))
    return Subject(folder.name, str(title), order, tuple(lessons))


def _entry(folder: Path) -> Entry:
    subject, name = folder.parent.name, folder.name
    try:
        return Entry(subject, name, folder, read_front_matter(folder / PAGES))
    except (PageError, OSError, UnicodeDecodeError) as error:
        return Entry(subject, name, folder, FrontMatter(name, "", LAST), str(error))


def find(name: str) -> Entry:
    """The lesson called `subject/name` or just `name`.

    Raises:
        UnknownNameError: there is no such lesson; the message lists the nearest names.

    >>> find("playground").path
    'networks/playground'
    """
    wanted = name.strip().strip("/").lower().replace("-", "_")
    for entry in entries():
        if wanted in (entry.path, entry.name):
            return entry
    known = [entry.path for entry in entries()]
    raise unknown("lesson", name, known if "/" in name else [e.name for e in entries()])


def find_experiment(name: str) -> tuple[Entry, str]:
    """The lesson and the experiment called `subject/lesson/experiment` or `lesson/experiment`.

    The experiment may be left out; it is then the empty string.

    Raises:
        UnknownNameError: there is no such lesson.

    >>> find_experiment("networks/playground")[1], find_experiment("playground/sandbox")[1]
    ('', 'sandbox')
    """
    parts = [part for part in name.strip().split("/") if part]
    names = {subject.name for subject in subjects()}
    length = 2 if parts and parts[0].lower().replace("-", "_") in names else 1
    return find("/".join(parts[:length]) or name), "/".join(parts[length:])


@cache
def bibliography() -> dict[str, str]:
    """Every source that a lesson may cite, by its key.

    Source: lessons/bibliography.toml.
    """
    return dict(tomllib.loads((_HERE / "bibliography.toml").read_text(encoding="utf-8")))


def cited(front: FrontMatter) -> tuple[str, ...]:
    """The sources of a lesson, written out, each with the passage that is cited.

    Raises:
        UnknownNameError: a key is not in the bibliography.
    """
    known, found = bibliography(), []
    for source in front.sources:
        key, _, place = source.partition(":")
        if key not in known:
            raise unknown("source", key, known)
        found.append(f"{known[key]}{f', {place.strip()}' if place else ''}")
    return tuple(found)


def load(entry: Entry) -> "Lesson":
    """Read a lesson's text and import its code.

    Raises:
        BrokenLessonError: they cannot be read or imported, or do not match.
    """
    from lessons.kit.lesson import build_lesson
    from lessons.kit.pages import read_pages

    try:
        book = read_pages(entry.folder / PAGES)
        lab = import_module(f"lessons.{entry.subject}.{entry.name}.{LAB}")
        cited(book.front)
        return build_lesson(entry.path, book, lab)
    except PageError as error:
        raise BrokenLessonError(f"{entry.path} cannot be opened: {error}") from error
    except (Exception, SystemExit) as error:  # a broken lesson must not end the program
        raise BrokenLessonError(
            f"{entry.path} cannot be opened: {type(error).__name__}: {error}"
        ) from error
