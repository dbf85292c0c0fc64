"""A window whose size changes faster than a screen can follow."""

import asyncio
import random

import pytest
from textual.events import Resize
from textual.geometry import Size

from tests.tutor.driving import settled, tutor


@pytest.mark.parametrize("lesson", [None, "gradient_descent"], ids=["home", "lesson"])
async def test_an_open_palette_and_many_sizes_come_to_rest(lesson, monkeypatch):
    async with tutor(lesson=lesson) as pilot:
        app, chance = pilot.app, random.Random(1)
        await pilot.press("ctrl+p")
        await settled(pilot)
        app.search_themes()
        await settled(pilot)
        for _ in range(12):
            size = Size(chance.randint(60, 160), chance.randint(20, 60))
            app._driver._size = tuple(size)
            app.post_message(Resize(size, size))
            await asyncio.sleep(0.012)
        laid_out = []
        layout = type(app.screen)._refresh_layout
        monkeypatch.setattr(
            "textual.screen.Screen._refresh_layout",
            lambda self, *a, **k: (laid_out.append(self), layout(self, *a, **k))[1],
        )
        for _ in range(5):
            await settled(pilot)
        before = len(laid_out)
        for _ in range(20):
            await pilot.pause(0.02)
        assert len(laid_out) - before <= 2, "it never comes to rest"
        assert all(screen.size == size for screen in app.screen_stack)
