"""Adding up is a function of the events alone."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tutor.progress.events import Event, LessonProgress, as_json, read_event, storable, summarize

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def made(number: int, kind: str, **detail: object) -> Event:
    at = START + timedelta(minutes=number)
    return Event(number, at, "a/b", kind, "", None, detail)  # type: ignore[arg-type]


def test_the_order_of_the_rows_does_not_matter():
    events = [
        made(1, "opened", steps=5, checks=2),
        made(2, "step", step=3),
        made(3, "knob", value=0.1),
        made(4, "done"),
    ]
    whole = LessonProgress(True, 3, 5, frozenset({"q"}), 2, True, START + timedelta(minutes=4))
    assert summarize(events, [("a/b", "q")]) == {"a/b": whole}
    assert summarize(events[::-1], [("a/b", "q"), ("a/b", "q")]) == {"a/b": whole}


def test_totals_of_a_strange_kind_count_as_none():
    assert summarize([made(1, "opened", steps="many")], [])["a/b"].steps == 0


def test_a_row_is_read_back_with_its_zone_and_its_truth():
    read = read_event(
        (7, "2026-03-01T09:00:00.250+00:00", "a/b", "answer", "q", 0, '{"text": "η"}')
    )
    assert read.at == START + timedelta(milliseconds=250)
    assert read.correct is False
    assert read.detail == {"text": "η"}


ROW = (7, "2026-03-01T09:00:00.250+00:00", "a/b", "step", "q", None, '{"step": 2}')


@pytest.mark.parametrize(
    ("column", "value"),
    [(0, "seven"), (1, "yesterday"), (1, b"\xff"), (1, None), (5, 2), (5, "0"), (6, "{bad"),
     (6, "[1]"), (6, "[" * 100_000), (6, None)],
)  # fmt: skip
def test_a_row_that_is_no_event_is_none(column, value):
    assert read_event(ROW) is not None
    assert read_event((*ROW[:column], value, *ROW[column + 1 :])) is None


def test_a_time_without_a_zone_is_that_of_the_world():
    row = (ROW[0], "2026-03-01T09:00:00", *ROW[2:])
    read = read_event(row)
    assert read is not None
    assert summarize([read, made(0, "done")], [])["a/b"].last_at == START


@pytest.mark.parametrize("step", [-3, -(10**40)])
def test_no_page_is_before_the_first(step):
    assert summarize([made(1, "step", step=step)], [])["a/b"].step == 0


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_json_stays_strict_for_numbers_it_lacks(value):
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    assert json.loads(as_json({"x": value}), parse_constant=refuse) == {"x": str(value)}


def test_half_characters_are_replaced_and_others_kept():
    assert storable("η ● \udcff") == "η ● ?"
