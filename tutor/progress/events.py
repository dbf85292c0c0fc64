"""The recorded events, and the progress that follows from them."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

EventKind = Literal["opened", "step", "answer", "hint", "passed", "done", "knob"]
DetailValue = str | int | float | bool | None
EventDetail = Mapping[str, DetailValue]
EventRow = tuple[int, str, str, str, str, int | None, str]
"""id, at, lesson, kind, item, correct, detail, as the file holds them."""

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


def event(row: EventRow) -> Event:
    """Read a row of the file."""
    number, at, lesson, kind, item, correct, detail = row
    right = None if correct is None else bool(correct)
    return Event(number, datetime.fromisoformat(at), lesson, kind, item, right, json.loads(detail))


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
        found[one.lesson] = _with(found.get(one.lesson, LessonProgress()), one)
    for lesson, item in passed:
        so_far = found.get(lesson, LessonProgress())
        found[lesson] = replace(so_far, passed=so_far.passed | {item})
    return found


def _with(so_far: LessonProgress, one: Event) -> LessonProgress:
    last_at = max(one.at, so_far.last_at or one.at)
    so_far = replace(so_far, last_at=last_at)
    if one.kind == "opened":
        steps, checks = _integer(one.detail, "steps"), _integer(one.detail, "checks")
        return replace(so_far, opened=True, steps=steps, checks=checks)
    if one.kind == "step":
        return replace(so_far, step=_integer(one.detail, "step"))
    if one.kind == "done":
        return replace(so_far, done=True)
    return so_far


def _integer(detail: EventDetail, name: str) -> int:
    value = detail.get(name)
    return value if isinstance(value, int) else 0


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
