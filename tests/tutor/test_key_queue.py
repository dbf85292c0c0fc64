"""Keys typed at once each have their effect before the next."""

import pytest
from textual import events

from tests.tutor.driving import settled, shown, tutor, until


def type_at_once(app, keys):
    """Type keys without a pause, as a fast hand or a paste does."""
    for key in keys:
        name = {"⏎": "enter", "⎋": "escape"}.get(key, key)
        app.post_message(events.Key(name, key if key == name else None))


async def test_an_option_is_picked_with_the_key_that_opens_the_question():
    async with tutor() as pilot:
        type_at_once(pilot.app, "a1")
        await until(pilot, lambda: "✓ 1/" in shown(pilot))


async def test_no_digit_of_a_number_goes_astray():
    async with tutor(page=2) as pilot:
        type_at_once(pilot.app, "a12345")
        await until(pilot, lambda: "12345" in shown(pilot))


async def test_pages_turned_at_once_are_all_turned():
    async with tutor() as pilot:
        type_at_once(pilot.app, "nnna" + "n" + "bb")
        await until(pilot, lambda: pilot.app.screen.at == 2)
        await settled(pilot)
        assert pilot.app.screen.at == 2


@pytest.mark.parametrize("keys", ["?⎋n", "?⎋⎋", "??n", "k⎋n"])
async def test_no_key_holds_the_ones_behind_it_for_ever(keys):
    async with tutor() as pilot:
        type_at_once(pilot.app, keys)
        type_at_once(pilot.app, "⎋⎋⎋")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)


async def test_a_key_whose_widget_is_gone_holds_nothing_up():
    async with tutor() as pilot:
        pilot.app._keys._since = 0.0  # a key that never came back
        type_at_once(pilot.app, "n")
        await until(pilot, lambda: pilot.app.screen.at == 1)
