"""A terminal in memory: a program on a pseudo-terminal, and the screen as a person sees it."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from math import nan

import pyte

PATIENCE = 15.0
"""Seconds to wait for what must come."""
KEYS = {
    "enter": "\r", "escape": "\x1b", "space": " ", "tab": "\t", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "end": "\x1b[F",
}  # fmt: skip
MODES = {7: "line wrap", 25: "cursor", 1000: "mouse", 1004: "focus", 1049: "alternate screen",
         2004: "paste"}  # fmt: skip
# What a real terminal swallows and pyte would print: private modes with < = >, mode and key
# reports, device control strings and window titles.
NOISE = re.compile(
    rb"\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*(?:\$p|u)"
    rb"|\x1b[P_^].*?\x1b\\|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)",
    re.DOTALL,
)
# The last bytes read, when they may be the beginning of a longer sequence.
UNFINISHED = re.compile(rb"\x1b(?:[P_^\]].{0,256}|\[[0-9;:<>=?$]*)?\Z", re.DOTALL)
# A child has to take the terminal as its own before it becomes the program: then closing the
# terminal hangs it up, and control keys are its signals.
TAKE = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.argv[1], sys.argv[1:])"
)
DLTUTOR = [sys.executable, "-m", "tutor.cli"]


class Terminal:
    """Runs a command until it is left; leaving it ends the command.

    `sent` is every byte the program has written.
    """

    def __init__(
        self,
        *words: str,
        size: tuple[int, int] = (120, 40),
        program: Sequence[str] = DLTUTOR,
        **environment: str,
    ) -> None:
        self.sent = bytearray()
        self._rest = b""
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._terminal, inside = os.openpty()
        self._set_size(*size)
        self._before = termios.tcgetattr(self._terminal)
        self.process = subprocess.Popen(
            [sys.executable, "-IS", "-c", TAKE, *program, *words],
            stdin=inside, stdout=inside, stderr=inside, start_new_session=True,
            env=clean_environment(environment),
        )  # fmt: skip
        os.close(inside)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.close()

    def close(self) -> None:
        """Close the window: the program hangs up."""
        if self._terminal >= 0:
            os.close(self._terminal)
            self._terminal = -1

    @property
    def text(self) -> str:
        """What a person reads now."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, *keys: str) -> None:
        """Type keys, by name or as they are."""
        for key in keys:
            os.write(self._terminal, KEYS.get(key, key).encode())

    def click(self, text: str) -> None:
        """Click with the left button where a text begins, as soon as it is there."""
        self.wait_for(text)
        row = next(y for y, line in enumerate(self._screen.display) if text in line)
        place = f"{self._screen.display[row].index(text) + 1};{row + 1}"
        os.write(self._terminal, f"\x1b[<0;{place}M\x1b[<0;{place}m".encode())

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press the left button at a cell (column, row), move cell by cell, release."""
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
        places = [
            tuple(round(a + (b - a) * k / steps) + 1 for a, b in zip(start, end, strict=True))
            for k in range(steps + 1)
        ]
        first, last = (f"{x};{y}" for x, y in (places[0], places[-1]))
        moves = "".join(f"\x1b[<32;{x};{y}M" for x, y in places[1:])
        os.write(self._terminal, f"\x1b[<0;{first}M{moves}\x1b[<0;{last}m".encode())

    def where(self, glyph: str, number: int = 0) -> tuple[int, int]:
        """The cell (column, row) of the first glyph of that kind below the title, or a later."""
        found = [
            (x, y)
            for y, row in enumerate(self._screen.display[1:], start=1)
            for x, char in enumerate(row)
            if char == glyph
        ]
        return found[number]

    def copied(self) -> str:
        """What the program has put on the clipboard last (OSC 52)."""
        return b64decode(re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", self.sent)[-1]).decode()

    def resize(self, width: int, height: int) -> None:
        """Drag the window to another size."""
        self._read(0.05)
        self._screen.resize(height, width)
        self._set_size(width, height)

    def wait_for(self, text: str, seconds: float = PATIENCE) -> str:
        """Wait until a text is on the screen; returns the screen."""
        return self.wait_until(lambda shown: text in shown, f"{text!r} to appear", seconds)

    def wait_gone(self, text: str) -> str:
        """Wait until a text is off the screen."""
        return self.wait_until(lambda shown: text not in shown, f"{text!r} to go")

    def wait_until(self, is_so, what: str, seconds: float = PATIENCE) -> str:
        """Wait until the screen is as wanted."""
        end = time.monotonic() + seconds
        while not is_so(self.text):
            alive = self._read(0.05)
            if time.monotonic() > end or (not alive and not is_so(self.text)):
                state = "in vain" if alive else "but the program ended"
                raise AssertionError(f"Waited for {what}, {state}. The screen:\n{self.text}")
        return self.text

    def number(self, pattern: str) -> float:
        """The number that a pattern catches on the screen, NaN while it catches none."""
        found = re.search(pattern, self.text)
        return float(found.group(1)) if found else nan

    def wait_end(self, seconds: float = PATIENCE) -> int:
        """Wait until the program ends; returns its exit code, negative for a signal."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            if not self._read(0.05):
                time.sleep(0.01)
        while self._read(0):
            pass
        assert self.process.poll() is not None, f"It goes on:\n{self.text}"
        return self.process.returncode

    def left_over(self) -> list[str]:
        """What the program has not restored of the terminal; empty after an orderly end."""
        found = [] if termios.tcgetattr(self._terminal) == self._before else ["line settings"]
        last: dict[int, bytes] = {}
        for modes, sign in re.findall(rb"\x1b\[\?([0-9;]+)([hl])", self.sent):
            last |= {int(mode): sign for mode in modes.split(b";")}
        usual = {7: b"h", 25: b"h"}
        found += [MODES.get(mode, f"mode {mode}") for mode, sign in last.items()
                  if sign != usual.get(mode, b"l")]  # fmt: skip
        if self.sent.count(b"\x1b[>") > self.sent.count(b"\x1b[<u"):
            found.append("kitty keys")
        return found

    def send(self, data: bytes) -> None:
        """Type bytes as they are."""
        os.write(self._terminal, data)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.wait_end()

    def _set_size(self, width: int, height: int) -> None:
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def _read(self, seconds: float) -> bool:
        """Take what the program has written, if anything; False when there will be no more."""
        if self._terminal < 0:
            return False
        if not select.select([self._terminal], [], [], seconds)[0]:
            return seconds > 0
        data = b""
        with suppress(OSError):
            data = os.read(self._terminal, 1 << 16)
        self.sent += data
        data = self._rest + data
        cut = UNFINISHED.search(data)
        at = cut.start() if cut and self._rest != data else len(data)
        data, self._rest = data[:at], data[at:]
        self._stream.feed(NOISE.sub(b"", data))
        return bool(data or self._rest)


def clean_environment(more: dict[str, str]) -> dict[str, str]:
    """The environment of a plain color terminal."""
    unwanted = ("COLUMNS", "LINES", "NO_COLOR", "CI", "FORCE_COLOR")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in unwanted and not name.startswith(("TEXTUAL", "PYTEST"))
    }
    return kept | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"} | more
