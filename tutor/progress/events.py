"""The recorded events, and the progress that follows from them."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, get_args

from engine.errors import DomainError, unknown

EventKind = Literal["opened", "step", "answer", "hint", "passed", "done", "knob"]
DetailValue = str | int | float | bool | None
EventDetail = Mapping[str, DetailValue]
EventRow = tuple[object, ...]
"""id, at, lesson, kind, item, correct, detail, as the file holds them: of any type."""

KINDS: tuple[str, ...] = get_args(EventKind)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a learner did.

    `item` names what it was done to (a check, a knob, a step's number); `correct` is None if
    nothing was right or wrong; `detail` holds the rest, such as the answer's text.
    """

    id: int
    at: datetime
    lesson: str
    kind: str
    item: str
    correct: bool | None
    detail: EventDetail


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """A learner's progress in one lesson, according to its events.

    `step` of `steps` is the last position; `passed` are the checks passed so far, out of `checks`;
    both totals are those of the lesson when it was last opened.
    """

    opened: bool = False
    step: int = 0
    steps: int = 0
    passed: frozenset[str] = frozenset()
    checks: int = 0
    done: bool = False
    last_at: datetime | None = None


def new_event(
    kind: EventKind,
    lesson: str,
    item: str = "",
    correct: bool | None = None,
    detail: EventDetail | None = None,
) -> Event:
    """What a learner does now; it has no id before it is written.

    Raises:
        UnknownNameError: a kind that is not in the list.
        DomainError: `lesson` is empty.
    """
    if kind not in KINDS:
        raise unknown("event", kind, KINDS)
    if not lesson:
        raise DomainError("event: lesson must be the name of a lesson, got ''.")
    now = datetime.now(UTC)
    at = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as the file holds it
    return Event(0, at, lesson, kind, item, correct, detail or {})


def read_event(row: EventRow) -> Event | None:
    """An event from a row of the file; None if somebody else wrote there what is none."""
    number, at, lesson, kind, item, correct, detail = row
    try:
        when, facts = datetime.fromisoformat(str(at)), json.loads(str(detail))
    except (ValueError, RecursionError):
        return None
    # bool(…) would take the text "0" for right.
    if not isinstance(number, int) or not isinstance(facts, dict) or correct not in (None, 0, 1):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    right = None if correct is None else bool(correct)
    return Event(number, when, str(lesson), str(kind), str(item), right, facts)


def after(so_far: LessonProgress, one: Event) -> LessonProgress:
    """The progress after one more event of its lesson."""
    so_far = replace(so_far, last_at=max(one.at, so_far.last_at or one.at))
    if one.kind == "opened":
        steps, checks = _count(one.detail, "steps"), _count(one.detail, "checks")
        return replace(so_far, opened=True, steps=steps, checks=checks)
    if one.kind == "step":
        return replace(so_far, step=_count(one.detail, "step"))
    if one.kind == "done":
        return replace(so_far, done=True)
    if one.kind == "passed" or (one.kind == "answer" and one.correct):
        return replace(so_far, passed=so_far.passed | {one.item})
    return so_far


def summarize(
    latest: Iterable[Event], passed: Iterable[tuple[str, str]]
) -> dict[str, LessonProgress]:
    """The progress of every lesson in the events.

    Args:
        latest: the newest event of each lesson and kind, in any order.
        passed: (lesson, item) of every check passed.
    """
    found: dict[str, LessonProgress] = {}
    for one in latest:
        found[one.lesson] = after(found.get(one.lesson, LessonProgress()), one)
    for lesson, item in passed:
        so_far = found.get(lesson, LessonProgress())
        found[lesson] = replace(so_far, passed=so_far.passed | {item})
    return found


def _count(detail: EventDetail, name: str) -> int:
    value = detail.get(name)
    return max(value, 0) if isinstance(value, int) else 0


def as_json(detail: EventDetail) -> str:
    """A detail as strict JSON; NaN and infinities, which JSON lacks, become text.

    >>> as_json({"lr": 0.1, "loss": float("nan")})
    '{"lr": 0.1, "loss": "nan"}'
    """
    return json.dumps({name: _finite(value) for name, value in detail.items()}, allow_nan=False)


def _finite(value: DetailValue) -> DetailValue:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def storable(text: str) -> str:
    """The text without lone surrogates, which a terminal can send but no database accepts.

    >>> storable("na" + chr(0xDCEF) + "ve")
    'na?ve'
    """
    return text.encode("utf-8", "replace").decode("utf-8")
