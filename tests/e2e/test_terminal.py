"""The tutor on a real terminal, from its start to its end, also a violent one."""

import os
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from tests.e2e.terminal import Terminal

GRADIENT = "gradient_descent"
STEP = r" step (\d+) "
NAMES_OF_MODES = {1049: "alternate screen", 1000: "mouse", 1003: "mouse moves", 2004: "paste"}


def answers(data_folder):
    with closing(sqlite3.connect(data_folder / "progress.sqlite3")) as file:
        rows = file.execute("SELECT item, correct FROM events WHERE kind = 'answer' ORDER BY id")
        return rows.fetchall()


def playing(terminal):
    """Wait until the step counter has been seen to go up."""
    terminal.wait_for("pause")
    terminal.wait_until(lambda _: terminal.number(STEP) >= 0, "the step counter")
    before = terminal.number(STEP)
    terminal.wait_until(lambda _: terminal.number(STEP) > before, "the next step")


def answer_rightly(terminal):
    """Answer the question of the first page."""
    terminal.press("a")
    terminal.wait_for("▸ ( ) 1")
    terminal.press("1")
    terminal.wait_for("✓ 1/6")


def test_a_first_evening(data_folder):
    with Terminal() as terminal:
        terminal.wait_for("○ Gradient descent")
        terminal.press("/")
        terminal.wait_for("to the results")
        terminal.press(*"gradient desc")
        terminal.wait_for("▸ ○ Gradient descent")
        terminal.wait_gone("○ Optimizers")
        terminal.press("enter")
        terminal.wait_for("⏎ open")
        terminal.press("enter")
        terminal.wait_for("Which way is down?")
        terminal.press("space")
        playing(terminal)
        terminal.press("k")
        terminal.wait_for("▸ learning rate")
        terminal.press("right")
        terminal.wait_for("η 0.005 → 0.00513")
        terminal.press("escape")
        terminal.wait_gone("▸ learning rate")
        answer_rightly(terminal)
        terminal.press("n")
        terminal.wait_for("One curve, one number")
        assert answers(data_folder) == [("direction", 1)]
        terminal.press("q")
        assert terminal.wait_end() == 0
    with Terminal() as terminal:
        terminal.wait_for("continue: Gradient descent")
        terminal.wait_for("page 2 of 7, 1 of 6 questions")
        terminal.press("c")
        terminal.wait_for("One curve, one number")
        terminal.wait_for("✓ 1/6")


def test_everything_by_mouse():
    with Terminal() as terminal:
        terminal.wait_for("○ Gradient descent")
        terminal.click("○ Gradient descent")
        terminal.wait_for("▸ ○ Gradient descent")
        terminal.wait_until(quiet(terminal), "an end of the scrolling")
        terminal.click("▸ ○ Gradient descent")
        terminal.wait_for("Which way is down?")
        terminal.click("▶ play")
        playing(terminal)
        terminal.click("‖ pause")
        terminal.wait_for("▶ play")
        terminal.click("( ) 1")
        terminal.wait_for("✓ 1/6")
        terminal.click("dltutor")
        terminal.wait_for("◐ Gradient descent")


def test_the_window_changes_while_a_lesson_plays():
    with Terminal(GRADIENT) as terminal:
        terminal.wait_for("Which way is down?")
        terminal.press("space")
        for size, shows in [((80, 24), "l read/lab"), ((160, 50), "Components of the error")]:
            terminal.resize(*size)
            terminal.wait_for(shows)
            playing(terminal)
        terminal.resize(20, 5)
        terminal.wait_for("20 × 5.")
        terminal.resize(120, 40)
        terminal.wait_gone("needs a")
        playing(terminal)


def test_a_tiny_window_says_what_it_needs():
    with Terminal(size=(20, 5)) as terminal:
        terminal.wait_for("window of 80 × 24")
        terminal.press("q")
        assert terminal.wait_end() == 0


def test_a_key_of_another_encoding_is_passed_over():
    with Terminal("vectors") as terminal:
        terminal.wait_for("1 of 8")
        for _ in range(3):  # one that is read together with the byte may get lost
            os.write(terminal._terminal, "ß".encode("latin-1"))
            time.sleep(0.2)
        os.write(terminal._terminal, b"\n")
        time.sleep(0.2)
        terminal.press("n")
        terminal.wait_for("2 of 8")
        terminal.press("q")
        assert terminal.wait_end() == 0


@pytest.mark.parametrize("keys", ["\rq", "q", "\x10q", "\r\rq"])
def test_it_is_left_in_the_middle_of_anything(keys):
    with Terminal() as terminal:
        terminal.wait_for("Vectors")
        terminal.press(keys, "\x11")
        assert terminal.wait_end() == 0
        assert b"bug" not in terminal.sent


def test_answers_survive_a_kill(data_folder):
    with Terminal(GRADIENT) as terminal:
        terminal.wait_for("Which way is down?")
        terminal.press("space")
        answer_rightly(terminal)
        terminal.press("n")
        terminal.wait_for("One curve, one number")
        assert terminal.kill() == -signal.SIGKILL
    assert answers(data_folder) == [("direction", 1)]
    with Terminal(GRADIENT) as terminal:
        terminal.wait_for("One curve, one number")
        terminal.wait_for("✓ 1/6")
    assert not list(data_folder.glob("*.corrupt-*"))


@pytest.mark.parametrize("way", ["signal", "window"])
def test_a_hangup_ends_the_program(way):
    with Terminal(GRADIENT) as terminal:
        terminal.wait_for("Which way is down?")
        terminal.press("f", "space")
        terminal.wait_for("pause")
        if way == "window":
            terminal.close()
            terminal.wait_end()
        else:
            terminal.kill(signal.SIGHUP)
        assert terminal.process.returncode != -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_it_can_be_asked_to_end(number):
    with Terminal(GRADIENT) as terminal:
        terminal.wait_for("Which way is down?")
        terminal.kill(number)


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    """A lesson looked at in silence, then played and left: the terminal after it."""
    with Terminal(GRADIENT, DLTUTOR_DATA=str(tmp_path_factory.mktemp("evening"))) as terminal:
        terminal.wait_for("Which way is down?")
        terminal.wait_for("▀▀▀")
        terminal.wait_until(quiet(terminal), "silence")
        terminal.press("space")
        playing(terminal)
        terminal.press("q")
        terminal.wait_end()
        yield terminal


def test_many_colors_paint_half_blocks_and_a_quiet_lesson_is_quiet(evening):
    """Which is what `evening` waited for."""
    assert b"38;2;" in evening.sent


def test_the_terminal_is_left_as_it_was(evening):
    assert evening.process.returncode == 0
    sent = bytes(evening.sent)
    for mode, name in NAMES_OF_MODES.items():
        on, off = (sent.rfind(f"\x1b[?{mode}{sign}".encode()) for sign in "hl")
        assert 0 <= on < off, name
    assert sent.rfind(b"\x1b[?25l") < sent.rfind(b"\x1b[?25h"), "cursor"
    assert b"Traceback" not in sent


@pytest.mark.parametrize(
    "colors", [{"NO_COLOR": "1"}, {"TERM": "xterm", "COLORTERM": ""}], ids=["none", "sixteen"]
)
def test_few_colors_are_made_up_for_by_glyphs(colors):
    with Terminal(GRADIENT, **colors) as terminal:
        terminal.wait_for("Which way is down?")
        terminal.wait_for("%%%")
        assert "▀" not in terminal.text
        terminal.press("space")
        playing(terminal)
        terminal.press("q")
        assert terminal.wait_end() == 0
        assert b"38;2;" not in terminal.sent or "NO_COLOR" in colors


def test_an_unusable_data_folder_is_said_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with Terminal(DLTUTOR_DATA=str(tmp_path / "file")) as terminal:
        assert terminal.wait_end() == 2
        assert " ".join(terminal.text.split()).startswith("dltutor: progress: cannot create the")
        assert b"Traceback" not in terminal.sent
        assert b"?1049h" not in terminal.sent


def test_a_damaged_file_is_kept_and_the_tutor_starts(data_folder):
    data_folder.joinpath("progress.sqlite3").write_bytes(b"no database" * 99)
    with Terminal() as terminal:
        terminal.wait_for("○ Gradient descent")
        terminal.wait_for("was damaged")
        (aside,) = data_folder.glob("progress.sqlite3.corrupt-*")
        assert aside.read_bytes() == b"no database" * 99
        terminal.press("enter")
        terminal.wait_for("✓ 0/")


def test_an_unknown_lesson_leaves_the_terminal_alone():
    with Terminal("gradient_decent") as terminal:
        assert terminal.wait_end() == 2
        assert "Did you mean gradient_descent?" in terminal.text
        assert b"\x1b[?" not in terminal.sent


def quiet(terminal):
    """Whether nothing was written for half a second."""
    seen = {"bytes": -1, "since": time.monotonic()}

    def is_quiet(_):
        if len(terminal.sent) != seen["bytes"]:
            seen.update(bytes=len(terminal.sent), since=time.monotonic())
        return time.monotonic() - seen["since"] > 0.5

    return is_quiet


def test_no_process_is_left_behind(evening):
    with pytest.raises(ProcessLookupError):
        os.killpg(evening.process.pid, 0)
