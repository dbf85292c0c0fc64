"""Touch on a real terminal, by mouse and by keys, and the line of text that tells all of it."""

import json
import re
import shlex
import subprocess
import sys

import pytest

from tests.e2e.terminal import Terminal

UPDATE = r" update (\d+) "


def copied_run(terminal):
    """Copy the line; what the app calls its state, and what a headless run of the line gives."""
    terminal.press("y")
    terminal.wait_for("Copied")
    terminal.wait_for("state ")
    told = terminal.text.rpartition("state ")[2][:8]
    words = shlex.split(terminal.copied())
    assert words[:2] == ["dltutor", "run"]
    command = [sys.executable, "-m", "tutor.cli", *words[1:], "--json"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    record = json.loads(run.stdout)
    assert record["line"] == terminal.copied()
    return told, record


def test_an_arrow_is_dragged_by_the_mouse():
    with Terminal("vectors") as terminal:
        terminal.wait_for("Arrows")
        terminal.wait_for("◉ a")
        terminal.drag(terminal.where("◉", 1), (100, 7))
        terminal.wait_gone("‹ 3, 1")
        state, record = copied_run(terminal)
    assert record["state"].startswith(state)
    assert record["knobs"]["a"] != "3, 1"
    assert record["knobs"]["b"] == "1, 2"


def test_an_arrow_is_moved_by_keys():
    with Terminal("vectors") as terminal:
        terminal.wait_for("◉ a")
        terminal.press("tab", "tab", "right", "right", "up")
        terminal.wait_for("‹ 3.2, 1.1")
        terminal.press("enter", "down")
        terminal.wait_for("‹ 1, 1.9")
        state, record = copied_run(terminal)
    assert record["state"].startswith(state)
    assert (record["knobs"]["a"], record["knobs"]["b"]) == ("3.2, 1.1", "1, 1.9")


def test_a_column_is_dragged_and_jacobi_stepped_forth_and_back():
    with Terminal("svd") as terminal:
        terminal.wait_for("◉ A e₁")
        column, row = terminal.where("◉", 1)
        terminal.drag((column, row), (column + 4, row + 2))
        terminal.wait_gone("‹ 3, 4")
        state, record = copied_run(terminal)
        assert record["state"].startswith(state)
        terminal.press("n", "n")
        terminal.wait_for("turn 0")
        for key, turn in (("s", 1), ("s", 2), ("s", 3), ("S", 2)):
            terminal.press(key)
            terminal.wait_until(re.compile(rf"turn {turn}\b").search, f"turn {turn}")
        terminal.wait_gone("Copied")
        state, record = copied_run(terminal)
    assert record["state"].startswith(state)
    assert record["steps"] == 2


def test_three_turns_in_mid_run_are_told_by_the_line():
    with Terminal("playground") as terminal:
        terminal.wait_for("What is a hidden layer for?")
        terminal.press("space")
        terminal.wait_until(lambda _: terminal.number(UPDATE) > 50, "50 updates")
        terminal.press("k")
        terminal.wait_for("▸ data")
        terminal.press(*["down"] * 6, "right", "left", "left")
        terminal.wait_for("▸ learning rate")
        terminal.press("up", "right")
        terminal.wait_for("‹ relu")
        updates = terminal.number(UPDATE)
        terminal.wait_until(lambda _: terminal.number(UPDATE) > updates + 50, "50 more")
        terminal.press("escape", "space")
        terminal.wait_for("▶ play")
        state, record = copied_run(terminal)
    assert record["state"].startswith(state)
    assert record["line"].count("--at") >= 2
    assert record["knobs"]["activation"] == "relu"


@pytest.mark.parametrize("lesson", ["optimizers", "backprop", "matrices"])
def test_every_page_can_be_turned_and_played(lesson):
    with Terminal(lesson) as terminal:
        terminal.wait_for("1 of 8")
        for page in range(2, 9):
            terminal.press("space", "s", "n")
            terminal.wait_for(f"{page} of 8")
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert b"Traceback" not in terminal.sent
