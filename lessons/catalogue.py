"""The catalogue: every lesson there is, found by walking the folders, without importing one."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import DltutorError, unknown
from lessons.kit.front import Front, FrontError, front

if TYPE_CHECKING:
    from lessons.kit.lesson import Lesson

_HEAD = re.compile(r'\A\s*r?"""(.*?)"""', re.DOTALL)
_HERE = Path(__file__).parent


class BrokenLessonError(DltutorError, ImportError):
    """A lesson file that cannot be imported, or that holds no lesson."""


@dataclass(frozen=True)
class Entry:
    """One lesson as a list shows it. A lesson whose front is unreadable says why in `broken`."""

    subject: str
    name: str
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
    front: Front
    entries: tuple[Entry, ...]


@cache
def subjects() -> tuple[Subject, ...]:
    """All subjects that have lessons, in their order.

    >>> "networks" in [subject.name for subject in subjects()]
    True
    """
    found = []
    for folder in sorted(_HERE.iterdir()):
        if folder.name != "kit" and (folder / "__init__.py").exists():
            files = sorted(f for f in folder.glob("*.py") if not f.name.startswith("_"))
            entries = sorted((_entry(f) for f in files), key=lambda e: (e.front.order, e.name))
            if entries:
                found.append(Subject(folder.name, _head(folder), tuple(entries)))
    return tuple(sorted(found, key=lambda s: s.front.order))


def entries() -> tuple[Entry, ...]:
    """All lessons in the order of the curriculum."""
    return tuple(entry for subject in subjects() for entry in subject.entries)


def _doc(file: Path) -> str:
    """A module's docstring, read from its first lines."""
    with file.open(encoding="utf-8") as text:
        head = _HEAD.match(text.read(2000))
    return head.group(1) if head else ""


def _head(folder: Path) -> Front:
    """What a subject says of itself; one that says nothing readable comes last, by its name."""
    try:
        return front(_doc(folder / "__init__.py"))
    except (FrontError, OSError, UnicodeDecodeError):
        return Front(folder.name, "", 10**6)


def _entry(file: Path) -> Entry:
    try:
        return Entry(file.parent.name, file.stem, front(_doc(file)))
    except (FrontError, OSError, UnicodeDecodeError) as error:
        return Entry(file.parent.name, file.stem, Front(file.stem, "", 10**6), str(error))


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


def load(entry: Entry) -> "Lesson":
    """Import a lesson.

    Raises:
        BrokenLessonError: its file fails to import, or has no `lesson` in it.
    """
    from lessons.kit.lesson import Lesson

    try:
        module = import_module(f"lessons.{entry.subject}.{entry.name}")
    except Exception as error:  # whatever a lesson's author did, the program goes on
        raise BrokenLessonError(
            f"{entry.path} cannot be opened: {type(error).__name__}: {error}"
        ) from error
    lesson = getattr(module, "lesson", None)
    if not isinstance(lesson, Lesson):
        raise BrokenLessonError(f"{entry.path}: expected a `lesson = Lesson(...)` in the file.")
    return lesson
