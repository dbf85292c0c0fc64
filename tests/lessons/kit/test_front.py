"""The front of a lesson, read from its docstring."""

import pytest

from lessons.kit.front import Front, FrontError, front

WHOLE = """Momentum: a ball remembers: its way.

order: 30
minutes: 12
needs: gradient_descent, networks/playground

order of magnitude: not a field
"""


def test_all_fields_are_read():
    assert front(WHOLE) == Front(
        "Momentum",
        "a ball remembers: its way.",
        30,
        12,
        ("gradient_descent", "networks/playground"),
    )


def test_only_title_and_order_are_a_must():
    assert front("A: b.\norder: 1") == Front("A", "b.", 1, 10, ())


@pytest.mark.parametrize(
    "doc",
    [
        None, "", "Momentum\n\norder: 30", "Momentum: a ball.", "Momentum: a ball.\norder: first",
        "Momentum: a ball.\norder: -1", "Momentum: a ball.\norder:", "Momentum:a ball.\norder: 1",
    ],
)  # fmt: skip
def test_a_front_that_lacks_something_says_what_is_expected(doc):
    with pytest.raises(FrontError, match=r"expected 'Title: what it is about\.' and a line 'order"):
        front(doc)


@pytest.mark.parametrize("minutes", ["many", "", "-3", "1.5"])
def test_minutes_that_are_no_number_are_a_front_error(minutes):
    with pytest.raises(FrontError):
        front(f"A: b.\norder: 1\nminutes: {minutes}")
