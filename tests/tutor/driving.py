"""The tutor in the hands of a test: any size, read as text, clicked where something is read."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from unittest.mock import patch

from textual.pilot import Pilot

from lessons.catalogue import find
from tutor.app import TutorApp
from tutor.progress.store import Store

SIZES = [(80, 24), (120, 40), (160, 50)]
LESSON = "optimization/gradient_descent"


@asynccontextmanager
async def tutor(lesson: str | None = "gradient_descent", size=(120, 40), seed: int = 0):
    """The app on a terminal of that size, at a lesson or (None) at home."""
    # The pilot waits for an idle processor, up to a second a key; a playing lesson is never idle.
    idle = (patch(f"textual.{module}.wait_for_idle", soon) for module in ("app", "pilot"))
    with next(idle), next(idle), Store.open() as store:
        app = TutorApp(store, find(lesson) if lesson else None, seed)
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            yield pilot


async def soon(*_: float) -> None:
    """Let others go first."""
    await asyncio.sleep(0)


async def settled(pilot: Pilot) -> None:
    """Let everything happen that is under way: a message may bring about another one."""
    for _ in range(5):
        await pilot.pause(0.001)


async def press(pilot: Pilot, *keys: str) -> None:
    """Press keys, and let happen what follows from each."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def until(pilot: Pilot, happened: Callable[[], object]) -> None:
    """Wait for what a timer or a run brings about."""
    for _ in range(500):
        if happened():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"It never happened. The screen shows:\n{shown(pilot)}")


def shown(pilot: Pilot) -> str:
    """What a person reads on the screen."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def place(pilot: Pilot, text: str) -> tuple[int, int]:
    """Column and row at which a text begins."""
    for row, line in enumerate(shown(pilot).splitlines()):
        if text in line:
            return line.index(text), row
    raise AssertionError(f"{text!r} is not on the screen:\n{shown(pilot)}")


async def click(pilot: Pilot, text: str, right: int = 0) -> None:
    """Click on a text, or some cells to the right of its first."""
    column, row = place(pilot, text)
    await pilot.click(offset=(column + right, row))
    await settled(pilot)
