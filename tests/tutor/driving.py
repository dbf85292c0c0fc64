"""The tutor in the hands of a test: any size, read as text, clicked where something is read."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from unittest.mock import patch

from textual.pilot import Pilot

from lessons.catalogue import find, load
from tests.tutor import stub
from tests.tutor.progress.entries import turned_to
from tutor.app import TutorApp
from tutor.progress.journal import Journal
from tutor.widgets.laboratory import Laboratory

SIZES = [(80, 24), (120, 40), (160, 50)]
STUB = "stub"
LESSON = "optimization/gradient_descent"


def loaded(entry):
    """The stub lesson is not in the catalogue."""
    return stub.lesson() if entry.path == "stubs/stub" else load(entry)


@asynccontextmanager
async def tutor(lesson: str | None = STUB, size=(120, 40), seed: int = 0, page: int = 1):
    """The app on a terminal of that size, at a page of a lesson or (None) at home."""
    entry = stub.entry() if lesson == STUB else find(lesson) if lesson else None
    # The pilot waits for an idle processor, up to a second a key; a playing lesson is never idle.
    idle = (patch(f"textual.{module}.wait_for_idle", soon) for module in ("app", "pilot"))
    with next(idle), next(idle), patch("tutor.app.load", loaded), Journal.open() as journal:
        if entry and page > 1:
            turned_to(journal, entry.path, page - 1)
        app = TutorApp(journal, entry, seed)
        async with app.run_test(size=size, notifications=True) as pilot:
            await settled(pilot)
            yield pilot


async def soon(*_: float) -> None:
    """Let others go first."""
    await asyncio.sleep(0)


async def settled(pilot: Pilot) -> None:
    """Let everything happen that is under way: messages bring about others, pictures are painted
    one after the other."""
    for _ in range(5):
        await pilot.pause(0.001)
    for lab in pilot.app.screen.query(Laboratory):
        for _ in range(100):
            if not lab.is_stale or pilot.app.screen.controller.clock.playing:
                break
            await pilot.pause(0.005)
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


async def drag(pilot: Pilot, start: tuple[int, int], *way: tuple[int, int]) -> None:
    """Press the button at one cell of the screen, move over others, let go at the last."""
    await pilot.mouse_down(offset=start)
    for cell in way:
        await pilot.hover(offset=cell)
        await settled(pilot)
    await pilot.mouse_up(offset=way[-1])
    await settled(pilot)
