"""What is written down, and what it adds up to."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

Kind = Literal["opened", "step", "answer", "hint", "passed", "done", "knob"]
Value = str | int | float | bool | None
Detail = Mapping[str, Value]
Row = tuple[int, str, str, str, str, int | None, str]
"""id, at, lesson, kind, item, correct, detail, as the file holds them."""

KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a learner did.

    `item` names what it was done to (a check, a knob, a step's number); `correct` is None where
    nothing was right or wrong; `detail` holds the rest, such as the answer's text.
    """

    id: int
    at: datetime
    lesson: str
    kind: str
    item: str
    correct: bool | None
    detail: Detail


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """How far a learner is in one lesson, as its events say.

    `step` of `steps` is where they were last; `passed` are the checks passed so far, of `checks` in
    all; both totals are what the lesson had when it was last opened.
    """

    opened: bool = False
    step: int = 0
    steps: int = 0
    passed: frozenset[str] = frozenset()
    checks: int = 0
    done: bool = False
    last_at: datetime | None = None


def event(row: Row) -> Event:
    """Read a row of the file."""
    number, at, lesson, kind, item, correct, detail = row
    right = None if correct is None else bool(correct)
    return Event(number, datetime.fromisoformat(at), lesson, kind, item, right, json.loads(detail))


def add_up(latest: Iterable[Event], passed: Iterable[tuple[str, str]]) -> dict[str, LessonProgress]:
    """The progress of every lesson named.

    Args:
        latest: in any order, the newest event of each lesson and kind.
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
        steps, checks = _whole(one.detail, "steps"), _whole(one.detail, "checks")
        return replace(so_far, opened=True, steps=steps, checks=checks)
    if one.kind == "step":
        return replace(so_far, step=_whole(one.detail, "step"))
    if one.kind == "done":
        return replace(so_far, done=True)
    return so_far


def _whole(detail: Detail, name: str) -> int:
    value = detail.get(name)
    return value if isinstance(value, int) else 0


def as_json(detail: Detail) -> str:
    """Strict JSON of a detail; NaN and infinities, which JSON lacks, become text.

    >>> as_json({"lr": 0.1, "loss": float("nan")})
    '{"lr": 0.1, "loss": "nan"}'
    """
    return json.dumps({name: _finite(value) for name, value in detail.items()}, allow_nan=False)


def _finite(value: Value) -> Value:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def storable(text: str) -> str:
    """The text without half characters, which a terminal can send and no database takes.

    >>> storable("na" + chr(0xDCEF) + "ve")
    'na?ve'
    """
    return text.encode("utf-8", "replace").decode("utf-8")
