"""The course: the next lesson, and the one to go on with."""

import pytest

from tutor.course import lesson_after, lesson_to_continue
from tutor.progress.events import LessonProgress

STUB, SMALL, BROKEN, LATER = (f"stubs/{name}" for name in ("stub", "small", "broken", "later"))
PATHS = [STUB, SMALL, BROKEN, LATER]
DONE = LessonProgress(done=True)


@pytest.fixture(autouse=True)
def lessons(few_lessons):
    few_lessons("headless", pages="no head", order=35)
    few_lessons("later", order=40)


def path(entry):
    return entry.path if entry else None


def test_lessons_follow_in_the_order_of_the_catalogue_without_unreadable_ones():
    assert [path(lesson_after(one)) for one in PATHS] == [SMALL, BROKEN, LATER, None]
    assert lesson_after("gone/away") is None


@pytest.mark.parametrize(
    ("last", "done", "expected"),
    [
        (None, [], None), ("gone/away", [], None), (SMALL, [], SMALL), (SMALL, [STUB], SMALL),
        (SMALL, [SMALL], BROKEN), (STUB, [STUB, SMALL, BROKEN], LATER), (LATER, [LATER], None),
    ],
)  # fmt: skip
def test_a_learner_goes_on_with_what_is_not_done(last, done, expected):
    assert path(lesson_to_continue(last, dict.fromkeys(done, DONE))) == expected
