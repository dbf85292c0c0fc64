"""The course: the order of the lessons, and the one with which a learner continues."""

from collections.abc import Mapping

from lessons.catalogue import Entry, entries
from tutor.progress.events import LessonProgress


def lesson_after(path: str) -> Entry | None:
    """The next lesson of the catalogue that can be opened; None after the last one.

    >>> first, second, *_ = entries()
    >>> lesson_after(first.path) == second
    True
    """
    return next(iter(_after(path)), None)


def lesson_to_continue(path: str | None, progress: Mapping[str, LessonProgress]) -> Entry | None:
    """The lesson to continue: the one that was open last, or the next one that is not done.

    Args:
        path: the lesson that was open last, if any.
        progress: the progress of every lesson.
    """
    last = [entry for entry in entries() if entry.path == path]
    new = LessonProgress()
    ahead = [*last, *(_after(path) if path else [])]
    return next((one for one in ahead if not progress.get(one.path, new).done), None)


def _after(path: str) -> list[Entry]:
    paths = [entry.path for entry in entries()]
    behind = entries()[paths.index(path) + 1 :] if path in paths else ()
    return [entry for entry in behind if not entry.broken]
