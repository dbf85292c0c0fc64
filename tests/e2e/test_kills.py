"""The program is killed while answers are typed: whatever was ticked off is in the file."""

import random
import re
import signal
import sqlite3
import time
from contextlib import closing
from itertools import cycle

import pytest

from tests.e2e.terminal import Terminal

LESSON = "gradient_descent"
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP]
TICKS = re.compile(r"✓ (\d+)/")
KEYS = ["a", "1", "2", "3", "n", "b"]
"""The question of the first page, its options, the next page, and back."""


def passed(data_folder):
    """The questions of the lesson that are passed, in the file."""
    with closing(sqlite3.connect(data_folder / "progress.sqlite3")) as file:
        assert file.execute("PRAGMA quick_check").fetchone() == ("ok",)
        query = "SELECT count(DISTINCT item) FROM events WHERE kind = 'answer' AND correct = 1"
        return file.execute(query).fetchone()[0]


def killed(seed, number):
    """Type answers until a random moment, kill; returns how many were ticked off at most."""
    chance, ticked = random.Random(seed), 0
    with Terminal(LESSON) as terminal:
        terminal.wait_for("learning rate η")
        end = time.monotonic() + chance.uniform(0.02, 0.6)
        keys = cycle(KEYS)
        while time.monotonic() < end:
            terminal.press(next(keys))
            terminal._read(chance.uniform(0.005, 0.03))
        terminal.process.send_signal(number)
        terminal.wait_end()
        assert "not saved" not in terminal.text
        ticked = max(map(int, TICKS.findall(terminal.text)), default=0)
        if number != signal.SIGKILL:
            assert terminal.left_over() == []
    return ticked


@pytest.mark.parametrize("number", SIGNALS[:2], ids=lambda number: number.name)
def test_what_was_ticked_off_is_in_the_file(number, data_folder):
    for seed in range(1):
        assert killed(seed, number) <= passed(data_folder)


@pytest.mark.sweep
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_hundred_kills_lose_nothing(number, tmp_path, monkeypatch):
    ticked = []
    for seed in range(34):
        folder = tmp_path / str(seed)
        monkeypatch.setenv("DLTUTOR_DATA", str(folder))
        ticked.append(killed(seed, number))
        if folder.exists():
            assert ticked[-1] <= passed(folder)
    assert max(ticked) >= 1, "no kill came late enough to mean anything"
