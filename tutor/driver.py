"""Textual's driver of a terminal, made sound against odd bytes, signals, and a closed window."""

import asyncio
import os
import re
import selectors
import signal
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
"""Signals that end the program, after it has saved and restored the terminal."""
OLD_MOUSE = re.compile(rb"\x1b\[M([\x20-\xff])([\x20-\xff])([\x20-\xff])")
"""A mouse report of terminals that know no other: button, column, row, each plus 32."""
UNFINISHED = re.compile(rb"\x1b\[M[\x20-\xff]{0,2}\Z")
READ_SECONDS = 0.1
"""How often the reader looks whether it should stop, and whether an escape was meant."""

SIZE_SECONDS = 0.1
"""The least time between two sizes of the window."""


def with_mouse_as_text(data: bytes) -> bytes:
    """The input with old mouse reports, which are no text, in their new form.

    >>> with_mouse_as_text(b"a" + bytes([27, 91, 77, 32, 33, 200]))
    b'a\\x1b[<0;1;168M'
    """

    def new(found: re.Match[bytes]) -> bytes:
        button, x, y = (group[0] - 32 for group in found.groups())
        is_up = button & 3 == 3 and not button & 96
        return b"\x1b[<%d;%d;%d%c" % (0 if is_up else button, x, y, b"Mm"[is_up])

    return OLD_MOUSE.sub(new, data)


def has_job_control() -> bool:
    """Whether a shell in the same session can bring a stopped program back."""
    parent = os.getppid()
    with suppress(OSError):
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    return False


class Keyboard:
    """Turns bytes from a terminal into events; drops what is none."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("ignore").decode
        self._parser = XTermParser()
        self._rest = b""

    def events(self, data: bytes) -> Iterator[Message]:
        """What was typed, clicked or pasted."""
        data = self._rest + data
        cut = UNFINISHED.search(data)
        end = cut.start() if cut else len(data)
        data, self._rest = data[:end], data[end:]
        for character in self._decode(with_mouse_as_text(data)):
            yield from self._sound(self._parser.feed(character))

    def waited(self) -> Iterator[Message]:
        """An escape, if nothing followed it."""
        yield from self._sound(self._parser.tick())

    def _sound(self, parsed: Iterable[Message]) -> Iterator[Message]:
        """What the parser finds; one that fails meanwhile begins anew."""
        try:
            found = list(parsed)
        except Exception:  # a sequence it does not know, such as a kitty key's release
            self._parser = XTermParser()
            return
        for event in found:
            if isinstance(event, events.Resize | InBandWindowResize):
                # Sizes come from the system: a typed one may be of any size.
                self._parser = XTermParser()
            else:
                yield event


class Output:
    """The terminal as a file. After it was closed, whatever is written is dropped."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write a text."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Write what is buffered."""
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """The descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._file.isatty()


class SoundDriver(LinuxDriver):
    """A driver that no byte and no signal ends but in order."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._is_size_due, self._told_size = False, 0.0
        if self._file:
            self._file = Output(self._file)  # type: ignore[assignment]

    @property
    def can_suspend(self) -> bool:
        """Whether the program can be stopped: without a shell nobody would bring it back."""
        return has_job_control()

    def _sigtstp_application(self, *_: object) -> None:
        """Stop, since ctrl+z was pressed or somebody asked for it."""
        if self.can_suspend:
            super()._sigtstp_application()

    def start_application_mode(self) -> None:
        """Take the terminal, and from now on give it back at every signal."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self._end, number)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        loop.add_signal_handler(signal.SIGWINCH, self._window_changed)

    def close(self) -> None:
        """Leave the terminal for good. What is left to do is short: save what waits, and end."""
        super().close()
        loop = asyncio.get_running_loop()
        for number in (*ENDING, signal.SIGTSTP):
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)

    def _end(self, number: signal.Signals) -> None:
        """End the program as a shell expects it of this signal, if it is not ending already."""
        if not self._app._exit:
            self._app.exit(return_code=128 + number)

    def _window_changed(self) -> None:
        """Tell the app the new size soon. A window whose edge is dragged changes more often than a
        screen can be laid out."""
        loop = asyncio.get_running_loop()
        if not self._is_size_due:
            self._is_size_due = True
            loop.call_at(max(loop.time(), self._told_size + SIZE_SECONDS), self._tell_size)

    def _tell_size(self) -> None:
        self._is_size_due, self._told_size = False, asyncio.get_running_loop().time()
        size = Size(*self._get_terminal_size())
        self._app.post_message(events.Resize(size, size))

    def _run_input_thread(self) -> None:
        """Read until the program ends; an error in here is one of the app."""
        try:
            self.run_input_thread()
        except Exception as error:
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Read what comes from the terminal and hand it to the app."""
        keyboard = Keyboard()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(READ_SECONDS):
                    data = self._read()
                    if not data:
                        self._app.call_later(self._end, signal.SIGHUP)
                        return
                    for event in keyboard.events(data):
                        self.process_message(event)
                for event in keyboard.waited():
                    self.process_message(event)

    def _read(self) -> bytes:
        """Some input; empty if the window was closed."""
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _query_in_band_window_resize(self) -> None:
        """Do not ask for sizes among the keys; the system tells them."""
