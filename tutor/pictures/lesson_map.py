"""The map of the curriculum: subjects, their lessons, and how far the learner is in each."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lessons.catalogue import Entry, Subject
from lessons.kit.front_matter import FrontMatter
from tutor.pictures.cells import Line, Palette, Span
from tutor.pictures.letters import fit, length
from tutor.progress.events import LessonProgress

MapRow = Subject | Entry


class LessonTarget(NamedTuple):
    """A click selects this lesson, or opens it if it is already selected."""

    path: str


def lesson_rows(subjects: Sequence[Subject], search: str = "") -> list[MapRow]:
    """Subjects and lessons in the order of the map, filtered by a search, if any."""
    words = search.lower().split()
    rows: list[MapRow] = []
    for subject in subjects:
        found = [e for e in subject.entries if all(w in _searched(subject, e) for w in words)]
        if found:
            rows += [subject, *found]
    return rows


def _searched(subject: Subject, entry: Entry) -> str:
    front = entry.front
    return f"{subject.title} {entry.path} {front.title} {front.about}".lower()


def count_passed(front: FrontMatter, done: LessonProgress) -> int:
    """How many of the lesson's questions are answered; renamed ones count once."""
    names = {front.renamed.get(name, name) for name in done.passed}
    return min(len(names), done.checks)


def map_lines(
    rows: Sequence[MapRow],
    progress: Mapping[str, LessonProgress],
    selected: int,
    width: int,
    palette: Palette,
) -> list[Line]:
    """A line for each row; the selected lesson is highlighted. Subjects have a blank line above.

    A lesson's mark shows its progress: ○ new, ◐ started, ● done, ! broken.
    """
    lines: list[Line] = []
    for i, row in enumerate(rows):
        if isinstance(row, Subject):
            if i:
                lines.append(())
            lines.append((Span(f" {row.title}", palette.tones[1], None, True),))
        else:
            done = progress.get(row.path, LessonProgress())
            lines.append(_lesson(row, done, i == selected, width, palette))
    return lines


def _lesson(entry: Entry, done: LessonProgress, lit: bool, width: int, palette: Palette) -> Line:
    sign, tone = "○", palette.muted
    if entry.broken:
        sign, tone = "!", palette.bad
    elif done.done:
        sign, tone = "●", palette.good
    elif done.opened:
        sign, tone = "◐", palette.tones[0]
    front = entry.front
    counted = (
        f"{count_passed(front, done)}/{done.checks}" if done.checks else f"{front.minutes} min"
    )
    title = fit(front.title, max(4, width - 7 - length(counted)))
    spans = (
        Span(" ▸ " if lit else "   ", palette.tones[0], None, True),
        Span(f"{sign} ", tone, None, True),
        Span(title, palette.tones[0] if lit else palette.text, None, lit),
        Span(f" {counted} ", palette.muted),
    )
    return tuple(span._replace(target=LessonTarget(entry.path)) for span in spans)
