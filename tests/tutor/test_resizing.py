"""A window whose size changes faster than a screen can follow."""

import asyncio

import pytest
from textual.events import Resize
from textual.geometry import Size

from tests.tutor.driving import tutor

SIZES = [Size(160, 50), Size(26, 48), Size(120, 40)]


@pytest.mark.parametrize("keys", [[], ["ctrl+p"]], ids=["", "palette"])
@pytest.mark.parametrize("lesson", [None, "gradient_descent"], ids=["home", "lesson"])
async def test_sizes_that_come_at_once_come_to_rest_at_the_last(lesson, keys, monkeypatch):
    async with tutor(lesson=lesson, size=(80, 24)) as pilot:
        app, count = pilot.app, 0
        await pilot.press(*keys)
        layout = type(app.screen)._refresh_layout

        def counted(screen, *arguments, **options):
            nonlocal count
            count += 1
            assert count < 100, "it never comes to rest"
            layout(screen, *arguments, **options)

        monkeypatch.setattr("textual.screen.Screen._refresh_layout", counted)
        for size in SIZES:
            app._size = size
            app.screen.post_message(Resize(size, size))
            # Sizes with nothing between them are one for Textual.
            app.screen.call_later(lambda: None)
        await asyncio.sleep(0.5)
        assert [tuple(screen.size) for screen in app.screen_stack[-1:]] == [SIZES[-1]]
