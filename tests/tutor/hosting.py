"""An app of a test's own making, in the hands of the test."""

from contextlib import asynccontextmanager
from unittest.mock import patch

from tests.tutor.driving import settled, soon


@asynccontextmanager
async def hosted(app, size=(80, 24)):
    """The app on a terminal of that size."""
    idle = (patch(f"textual.{module}.wait_for_idle", soon) for module in ("app", "pilot"))
    with next(idle), next(idle):
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            yield pilot
