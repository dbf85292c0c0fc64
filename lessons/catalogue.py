"""The catalogue: every lesson there is, found by walking the folders, without importing one.

A subject is a folder with a `subject.toml` (title, order), a lesson a folder in it with a
`pages.md`, of which only the head is read here.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import DltutorError, unknown
from lessons.kit.blocks import PageError
from lessons.kit.front import Front, read_front

if TYPE_CHECKING:
    from lessons.kit.lesson import Lesson

PAGES, SUBJECT, LAB = "pages.md", "subject.toml", "lab"
LAST = 10**6
_HERE = Path(__file__).parent


class BrokenLessonError(DltutorError, ImportError):
    """A lesson whose words or code cannot be read, or do not fit together."""


@dataclass(frozen=True)
class Entry:
    """One lesson as a list shows it. A lesson whose head is unreadable says why in `broken`."""

    subject: str
    name: str
    folder: Path
    front: Front
    broken: str = ""

    @property
    def path(self) -> str:
        """The name by which a lesson is called: subject/name."""
        return f"{self.subject}/{self.name}"


@dataclass(frozen=True)
class Subject:
    """A folder of lessons, in their order."""

    name: str
    title: str
    order: int
    entries: tuple[Entry, ...]


@cache
def subjects() -> tuple[Subject, ...]:
    """All subjects that have lessons, in their order.

    >>> "networks" in [subject.name for subject in subjects()]
    True
    """
    found = [_subject(file.parent) for file in sorted(_HERE.glob(f"*/{SUBJECT}"))]
    return tuple(sorted((one for one in found if one.entries), key=lambda s: (s.order, s.name)))


def entries() -> tuple[Entry, ...]:
    """All lessons in the order of the curriculum."""
    return tuple(entry for subject in subjects() for entry in subject.entries)


def _subject(folder: Path) -> Subject:
    """A subject; one that says nothing readable of itself comes last, by its folder's name."""
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
        return Entry(subject, name, folder, read_front(folder / PAGES))
    except (PageError, OSError, UnicodeDecodeError) as error:
        return Entry(subject, name, folder, Front(name, "", LAST), str(error))


def find(name: str) -> Entry:
    """The lesson called `subject/name` or just `name`.

    Raises:
        UnknownNameError: there is none; the message lists the nearest names.

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

    The experiment may be left out, and is the empty text then.

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


def cited(front: Front) -> tuple[str, ...]:
    """The sources of a lesson, written out, each with the place that it is cited for.

    Raises:
        UnknownNameError: a key that the bibliography does not have.
    """
    known, found = bibliography(), []
    for source in front.sources:
        key, _, place = source.partition(":")
        if key not in known:
            raise unknown("source", key, known)
        found.append(f"{known[key]}{f', {place.strip()}' if place else ''}")
    return tuple(found)


def load(entry: Entry) -> "Lesson":
    """Read a lesson's words and import its code.

    Raises:
        BrokenLessonError: they cannot be read or imported, or do not fit together.
    """
    from lessons.kit.lesson import join
    from lessons.kit.pages import read_book

    try:
        book = read_book(entry.folder / PAGES)
        lab = import_module(f"lessons.{entry.subject}.{entry.name}.{LAB}")
        cited(book.front)
        return join(entry.path, book, lab)
    except PageError as error:
        raise BrokenLessonError(f"{entry.path} cannot be opened: {error}") from error
    except (Exception, SystemExit) as error:  # whatever a lesson's author did, the program goes on
        raise BrokenLessonError(
            f"{entry.path} cannot be opened: {type(error).__name__}: {error}"
        ) from error
