"""The command palette under fast hands and in any window."""

import pytest
from rich.style import Style
from textual import events
from textual.command import CommandList

from tests.tutor.driving import press, tutor


async def test_a_click_where_the_window_no_longer_is_does_no_harm():
    async with tutor(lesson=None) as pilot:
        await press(pilot, "ctrl+p")
        click = events.Click(None, 300, 200, 0, 0, 1, False, False, False, 300, 200)
        pilot.app.screen.post_message(click)
        await press(pilot, "escape")
        assert len(pilot.app.screen_stack) == 1


async def test_a_click_on_a_command_that_has_gone_does_no_harm():
    async with tutor(lesson=None) as pilot:
        await press(pilot, "ctrl+p")
        found = pilot.app.screen.query_one(CommandList)
        style = Style(meta={"option": 10_000})
        click = events.Click(found, 1, 1, 0, 0, 1, False, False, False, 1, 1, style)
        found.post_message(click)
        await press(pilot, "escape")
        assert len(pilot.app.screen_stack) == 1


@pytest.mark.parametrize("width", [1, 3, 8])
async def test_a_palette_in_a_window_of_few_columns_does_no_harm(width):
    async with tutor(lesson=None, size=(width, 10)) as pilot:
        await press(pilot, "ctrl+p", "down", "escape", "escape")
        assert len(pilot.app.screen_stack) == 1
