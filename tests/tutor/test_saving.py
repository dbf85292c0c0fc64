"""What the screen promises is in the file; what is not there yet, it says."""

import sqlite3
from contextlib import closing

import pytest

from tests.tutor.driving import press, shown, tutor, until


def passed(path):
    """The questions passed, as another program reads them."""
    with closing(sqlite3.connect(path)) as file:
        return {item for (item,) in file.execute("SELECT item FROM events WHERE correct = 1")}


@pytest.mark.parametrize("size", [(80, 24)])
async def test_an_answer_that_waits_is_said_to_wait_until_it_is_written(size, data_folder):
    path = data_folder / "progress.sqlite3"
    async with tutor(size=size) as pilot:
        app = pilot.app
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await press(pilot, "a", "1")
            assert "⚠ 1 entry is not saved yet" in shown(pilot)
            assert passed(path) == set()
            await until(pilot, lambda: "locked by another program" in app.journal.trouble)
            await until(pilot, lambda: any("locked" in one.message for one in app._notifications))
            await press(pilot, "n")
            assert "⚠ 2 entries are not saved yet" in shown(pilot)
            other.execute("ROLLBACK")
        await until(pilot, lambda: "not saved yet" not in shown(pilot))
        assert app.journal.waiting == 0
        assert passed(path) == app.screen.questions.session.passed
        assert any("saved again" in one.message for one in app._notifications)


async def test_nothing_is_said_while_all_is_written(data_folder):
    async with tutor() as pilot:
        await press(pilot, "a", "1")
        assert "not saved" not in shown(pilot)
        assert passed(data_folder / "progress.sqlite3") == pilot.app.screen.questions.session.passed
        await press(pilot, "escape", "escape")
        assert "not saved" not in shown(pilot)
