"""Fast hands, odd bytes and signals: none ends the program but in order."""

import signal
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.terminal import DLTUTOR, Terminal

LESSON = "vectors"
BYTES = {
    "Latin-1": b"\xe9",
    "C1": b"\x9b",
    "half a character": b"\xe2\x82",
    "an old mouse beyond column 95": b"\x1b[M \xc8\x30",
    "half an old mouse": b"\x1b[M ",
    "a released kitty key": b"\x1b[1;5:3A",
    "a kitty key that is none": b"\x1b[99999999999;5u",
    "a mouse far away": b"\x1b[<0;99999;99999M\x1b[<0;99999;99999m",
    "a mouse before the first column": b"\x1b[<0;-5;0M",
    "a typed size": b"\x1b[48;1;1;0;0t",
    "a huge typed size": b"\x1b[48;99999999;99999999;1;1t",
    "a mode report": b"\x1b[?2048;2$y",
    "an endless sequence": b"\x1b[" + b"1;" * 400 + b"A",
    "an endless string": b"\x1bP" + b"x" * 5000,
    "a paste without an end": b"\x1b[200~abc",
    "all bytes": bytes(byte for byte in range(256) if byte not in (3, 17, 26, ord("q"), ord("t"))),
}


def ended_well(terminal):
    """Press q until the program ends."""
    terminal.send(b"\x1b[201~")  # a paste may be open
    time.sleep(0.2)
    for _ in range(3):
        if terminal.process.poll() is None:
            terminal.send(b"\x11")
            time.sleep(0.3)
    code = terminal.wait_end()
    return code, terminal.left_over(), b"bug" in terminal.sent, b"Traceback" in terminal.sent


def test_no_bytes_end_the_program():
    with Terminal(LESSON) as terminal:
        terminal.wait_for("1 of 8")
        for data in BYTES.values():
            terminal.send(data)
            time.sleep(0.02)
        assert ended_well(terminal) == (0, [], False, False)


@pytest.mark.sweep
@pytest.mark.parametrize("name", BYTES)
def test_no_bytes_end_the_program_one_by_one(name):
    with Terminal(LESSON) as terminal:
        terminal.wait_for("1 of 8")
        for _ in range(3):
            terminal.send(BYTES[name])
            time.sleep(0.05)
        assert ended_well(terminal) == (0, [], False, False)


def test_an_old_mouse_is_understood():
    with Terminal(LESSON) as terminal:
        terminal.wait_for("1 of 8")
        row = next(y for y, line in enumerate(terminal.text.splitlines()) if "1 of 8" in line)
        column = terminal.text.splitlines()[row].index("1 of 8")
        terminal.send(bytes([27, 91, 77, 32, column + 33, row + 33]))
        terminal.send(bytes([27, 91, 77, 35, column + 33, row + 33]))
        terminal.wait_for("2 of 8")


TYPED_AHEAD = {
    "two enters": [b"\r\r"],
    "three enters": [b"\r", b"\r", b"\r"],
    "enter and continue": [b"\rc"],
    "a held enter": [b"\r"] * 40,
    "enter, leave, enter": [b"\r\x1b[27u\r"],
    "palette and page up": [b"\x10\x1b[5~"],
    "palette, keys, enter": [b"\x10\x1b[B\x1b[B\r\r\r"],
    "palette and escape": [b"\x10\x1b[27u\x1b[27u"],
    "all keys of a lesson": [b"\rnnbbkaasph.?l,<>tfc\r\x1b[B\t\t"],
    "help and help": [b"??\r?"],
    "search and back": [b"/vec\r\r\r"],
}


def some(values, count):
    """The first of them in the fast tests, the others among the heavy ones."""
    return [
        *values[:count],
        *(pytest.param(one, marks=pytest.mark.sweep) for one in values[count:]),
    ]


@pytest.mark.parametrize("name", some([*TYPED_AHEAD][::-1], 2))
@pytest.mark.parametrize("pause", some([0.0, 0.03], 1))
def test_fast_hands_do_not_end_the_program(name, pause):
    with Terminal() as terminal:
        terminal.wait_for("Vectors")
        for keys in TYPED_AHEAD[name]:
            terminal.send(keys)
            time.sleep(pause)
        time.sleep(0.3)
        assert ended_well(terminal) == (0, [], False, False)


@pytest.mark.parametrize("clicks", some([3, 2, 5], 1))
def test_many_clicks_open_one_lesson(clicks):
    with Terminal() as terminal:
        terminal.wait_for("○ Vectors")
        time.sleep(0.3)
        for _ in range(clicks):
            terminal.click("○ Vectors")
        terminal.wait_for("1 of 8")
        assert ended_well(terminal) == (0, [], False, False)


@pytest.mark.parametrize("delay", some([0.1, 0.0, 0.05, 0.15, 0.2, 0.3, 0.5], 1))
def test_control_c_at_the_start_is_no_bug(delay):
    with Terminal() as terminal:
        # Before this is loaded Python itself starts, which says in its own way that it was ended.
        maps = Path(f"/proc/{terminal.process.pid}/maps")
        while "sqlite3" not in maps.read_text():
            time.sleep(0.005)
        time.sleep(delay)
        terminal.send(b"\x03")
        time.sleep(0.5)
        if terminal.process.poll() is None:  # it was a key, and not a signal
            assert ended_well(terminal) == (0, [], False, False)
        else:
            assert terminal.wait_end() in (128 + signal.SIGINT, -signal.SIGINT)
            assert terminal.left_over() == []
            assert b"Traceback" not in terminal.sent


ENDING = [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT]


@pytest.mark.parametrize("number", some(ENDING, 2))
@pytest.mark.parametrize("keys", some(["f ", "\x10", "?", "a", ""], 1))
def test_a_signal_restores_the_terminal_and_ends(number, keys):
    with Terminal("gradient_descent") as terminal:
        terminal.wait_for("Which way is down?")
        terminal.press(keys)
        time.sleep(0.3)
        assert terminal.kill(number) == 128 + number
        assert terminal.left_over() == []
        assert b"Traceback" not in terminal.sent


def test_a_program_that_is_stopped_comes_back():
    shell = ["bash", "--norc", "--noprofile", "-i"]
    with Terminal(program=[sys.executable, "-c", SHELL, *shell], PS1="$ ") as terminal:
        terminal.wait_for("$")
        terminal.press(" ".join(DLTUTOR), " vectors", "enter")
        terminal.wait_for("1 of 8")
        terminal.press("\x1a")
        terminal.wait_for("Stopped")
        assert is_left(terminal)
        terminal.press("echo is $((6 * 7))", "enter")
        terminal.wait_for("is 42")
        terminal.press("fg", "enter")
        terminal.wait_for("1 of 8")
        terminal.press("n")
        terminal.wait_for("2 of 8")
        terminal.press("\x11")
        terminal.wait_until(lambda _: is_left(terminal), "the shell's screen")
        terminal.press("echo code $?", "enter")
        terminal.wait_for("code 0")
        assert {"line settings", "paste"}.issuperset(terminal.left_over()), "which are the shell's"


def is_left(terminal):
    """Whether the terminal is back on its own screen."""
    return terminal.sent.rfind(b"?1049h") < terminal.sent.rfind(b"?1049l")


SHELL = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"


def test_without_a_shell_nothing_is_stopped():
    with Terminal(LESSON) as terminal:
        terminal.wait_for("1 of 8")
        terminal.press("\x1a")
        terminal.wait_for("no shell to go to")
        assert ended_well(terminal) == (0, [], False, False)
