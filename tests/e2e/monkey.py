"""A monkey at a real terminal: `make monkey`, or `python -m tests.e2e.monkey --seed 3`.

It types, pastes, clicks, drags, resizes, sends bytes that mean nothing, with and without pauses.
The program must never end but by its own keys, never print a traceback, end when asked to, give the
terminal back, and keep its progress readable. What it did last is printed when that fails.
"""

import argparse
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import deque
from contextlib import closing
from pathlib import Path

from tests.e2e.terminal import Terminal

WATCHED = """
import asyncio, faulthandler, os, signal, sys
from pathlib import Path
from tutor.app import TutorApp
from tutor.cli import main

folder = Path(os.environ["MONKEY"])
stacks = open(folder / "stacks", "w")
faulthandler.register(signal.SIGUSR1, file=stacks)
answers = open(folder / "answers", "wb", buffering=0)

def listen(app):
    loop = asyncio.get_running_loop()

    def asked():
        if app.screen_stack:
            app.screen.call_later(answers.write, b".")

    def tell():
        for task in asyncio.all_tasks():
            task.print_stack(file=stacks)
        stacks.flush()

    def later(what):
        return lambda *_: None if loop.is_closed() else loop.call_soon_threadsafe(what)

    signal.signal(signal.SIGURG, later(asked))
    signal.signal(signal.SIGVTALRM, later(tell))

TutorApp.on_load = listen
sys.exit(main())
"""
"""The program, which on one signal tells where it is, and on another whether it still listens."""
ROUND = 100
"""Inputs between two questions whether the program still listens."""
KEYS = [
    *"abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789",
    *".,;:<>()[]{}?/\\|+-*=!\"'#%&_~^ ", "ä", "η", "漢", "m̂", "\U0001f600",
    "\r", "\t", "\x1b", "\x7f", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F",
    "\x1b[5~", "\x1b[6~", "\x1b[3~", "\x1b[Z", "\x1bOP", "\x1b[15~", "\x1b[1;2A", "\x1b[1;2C",
    "\x1b[1;5C", "\x1b[97;5u", "\x1b[1;5:3A", "\x1b[27u", "\x1ba",
    *map(chr, (1, 2, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 18, 20, 21, 22, 23, 24, 25, 26, 31)),
]  # fmt: skip
USUAL = ["\r", "\r", "n", "b", "k", "a", " ", "s", "f", "v", "z", "h", "\x1b", "\t", "\x1b[A",
         "\x1b[B", "\x1b[C", "\x1b[D", "1", "2", "3", "c", "?", "\x10", "/", "l", "p"]  # fmt: skip
LEAVING = ["q", "\x11"]
TEXTS = ["", "x**2", "nan", "1e999", "-1", "3, 4", "1 2; 3 4", "a" * 5000, "\x00\x01", "[b]bold",
         "é" * 40, "1\n2\n3", "; DROP TABLE events", "\u202e right", "((((((((((" * 50]  # fmt: skip


PATIENCE = 20.0
"""Seconds for what a healthy program does in less than one."""


class Monkey:
    """Everything it does comes from one seed."""

    def __init__(self, seed: int) -> None:
        self.seed, self.random = seed, random.Random(seed)
        self.did: deque[str] = deque(maxlen=2 * ROUND)
        self.size = (120, 40)

    def input(self) -> bytes:
        """The next thing that comes from the terminal."""
        kind = self.random.choices(
            ["usual", "key", "burst", "mouse", "drag", "paste", "bytes", "leave"],
            [30, 15, 10, 15, 5, 2, 4, 0.3],
        )[0]
        data = getattr(self, f"_{kind}")()
        self.did.append(f"{kind} {data[:60]!r}")
        return data

    def report(self, done: int) -> str:
        """Which input this is, and what came before it."""
        return "\n".join([f"seed {self.seed}, input {done}. It did last:", *self.did])

    def new_size(self) -> tuple[int, int]:
        """Another size of the window."""
        usual = [(80, 24), (120, 40), (160, 50)]
        odd = (self.random.randint(1, 300), self.random.randint(1, 100))
        self.size = self.random.choice([*usual, odd, odd])
        self.did.append(f"size {self.size}")
        return self.size

    def _usual(self) -> bytes:
        return self.random.choice(USUAL).encode()

    def _key(self) -> bytes:
        return self.random.choice(KEYS).encode()

    def _leave(self) -> bytes:
        return self.random.choice(LEAVING).encode()

    def _burst(self) -> bytes:
        some = self.random.choices([*USUAL, *KEYS], k=self.random.randint(2, 20))
        return "".join(some if self.random.random() < 0.7 else some[:1] * len(some)).encode()

    def _place(self) -> tuple[int, int]:
        beyond = self.random.random() < 0.03
        width, height = (400, 200) if beyond else self.size
        return self.random.randint(1, width), self.random.randint(1, height)

    def _mouse(self) -> bytes:
        button = self.random.choice([0, 0, 0, 0, 1, 2, 64, 65, 66, 35, 32])
        x, y = self._place()
        down = f"\x1b[<{button};{x};{y}M"
        clicks = self.random.choice([1, 1, 1, 2, 3])
        return (f"{down}\x1b[<{button};{x};{y}m" * clicks).encode()

    def _drag(self) -> bytes:
        places = [self._place() for _ in range(self.random.randint(2, 8))]
        moves = "".join(f"\x1b[<32;{x};{y}M" for x, y in places)
        (x, y), (u, v) = places[0], places[-1]
        up = f"\x1b[<0;{u};{v}m" if self.random.random() < 0.8 else ""
        return f"\x1b[<0;{x};{y}M{moves}{up}".encode()

    def _paste(self) -> bytes:
        end = "\x1b[201~" if self.random.random() < 0.95 else ""
        return f"\x1b[200~{self.random.choice(TEXTS)}{end}".encode()

    def _bytes(self) -> bytes:
        # Not the keys that leave, nor ctrl+s, which at the end stops the terminal itself.
        drawn = self.random.randbytes(self.random.randint(1, 12))
        return bytes(byte for byte in drawn if byte not in b"q\x03\x11\x13")


class Watched(Terminal):
    """The program under the monkey's hands."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.folder = folder
        super().__init__(
            size=size,
            program=[sys.executable, "-c", WATCHED],
            DLTUTOR_DATA=str(folder / "data"),
            HOME=str(folder),
            MONKEY=str(folder),
        )

    def bugs(self) -> str:
        """What the program has logged of its own errors."""
        log = self.folder / "data" / "bugs.log"
        return log.read_text() if log.exists() else ""

    def stacks(self) -> str:
        """Where the program is now."""
        for number in (signal.SIGUSR1, signal.SIGVTALRM):
            os.kill(self.process.pid, number)
            time.sleep(1)
        return (self.folder / "stacks").read_text()

    def demand_answer(self, told: str) -> None:
        """The program does what came before, and then answers."""
        answers = self.folder / "answers"
        before, deadline = answers.stat().st_size, time.monotonic() + PATIENCE
        os.kill(self.process.pid, signal.SIGURG)
        while answers.stat().st_size == before and self.process.poll() is None:
            self._read(0.01)
            if time.monotonic() > deadline:
                raise AssertionError(f"No answer: {told}\n{self.stacks()}\n{self.text}")


def play(seed: int, count: int) -> None:
    """Let a monkey do so many things.

    Raises:
        AssertionError: the program did not take it well.
    """
    monkey = Monkey(seed)
    with tempfile.TemporaryDirectory() as name:
        folder, done = Path(name), 0
        while done < count:
            with Watched(folder, monkey.size) as terminal:
                terminal.wait_until(lambda _: b"?1049h" in terminal.sent, "a screen")
                while done < count and terminal.process.poll() is None:
                    act(monkey, terminal)
                    done += 1
                    if done % ROUND == 0:
                        terminal.demand_answer(monkey.report(done))
                end(terminal, monkey.report(done))
            check_progress(folder / "data" / "progress.sqlite3")


def act(monkey: Monkey, terminal: Terminal) -> None:
    """Do one thing, and wait a little or not."""
    if monkey.random.random() < 0.02:
        terminal.resize(*monkey.new_size())
    else:
        try:
            terminal.send(monkey.input())
        except OSError:  # the program has ended
            return
    pause = monkey.random.choice([0, 0, 0.002, 0.01, 0.05])
    terminal._read(pause)
    while terminal._read(0):
        pass


def end(terminal: Watched, told: str) -> None:
    """Ask the program to end, if it has not; check how it does."""
    deadline = time.monotonic() + PATIENCE
    while terminal.process.poll() is None:
        if time.monotonic() > deadline:
            raise AssertionError(f"It does not end: {told}\n{terminal.stacks()}\n{terminal.text}")
        # An open paste, or half a sequence, would swallow the key.
        terminal.send(b"\x1b[201~\x11")
        until = time.monotonic() + 1
        while terminal.process.poll() is None and time.monotonic() < until:
            terminal._read(0.05)
    while terminal._read(0):
        pass
    said = bytes(terminal.sent).partition(b"Traceback")[2].decode("utf-8", "replace")
    assert not said, f"{told}\nTraceback{said[:4000]}"
    code = terminal.process.returncode
    assert code == 0, f"It ended with {code}: {told}\n{terminal.text}\n{terminal.bugs()}"
    left = terminal.left_over()
    assert left == [], f"It left {left} behind: {told}"


def check_progress(path: Path) -> None:
    """The progress file is sound."""
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA quick_check").fetchone() == ("ok",)
    assert not list(path.parent.glob("*.corrupt-*"))
    assert not path.with_name("bugs.log").exists(), path.with_name("bugs.log").read_text()


def main() -> None:
    """Play as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="another seed, another monkey")
    parser.add_argument("--count", type=int, default=20_000, help="how many inputs")
    options = parser.parse_args()
    begin = time.monotonic()
    play(options.seed, options.count)
    seconds = time.monotonic() - begin
    sys.stdout.write(f"seed {options.seed}: {options.count} inputs in {seconds:.0f} s: sound\n")


if __name__ == "__main__":
    main()
