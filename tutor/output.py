"""All output but the app's screen: text, JSON and complaints, to any stream in any encoding.

A character that the encoding lacks has a stand-in. Output that cannot be written is the user's
error, said in one sentence. A reader that went away (`| head`) ends the program without a word.
"""

import codecs
import errno
import io
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from engine.errors import DltutorError, DomainError, FileError, printable, shortened

STAND_INS = {
    **dict.fromkeys("−–—―─━┄┈╌═", "-"),
    **dict.fromkeys("│┃┆┊╎║", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
    **dict.fromkeys("●•■▪◆★", "*"),
    **dict.fromkeys("○◦◌◐□◇", "o"),
    **dict.fromkeys("→▸▶", ">"),
    **dict.fromkeys("←◂◀", "<"),
    **dict.fromkeys("·∙⋅", "."),
    **dict.fromkeys("’′", "'"),
    **dict.fromkeys("“”″", '"'),
    **dict(zip("✓✗✖×↑↓≈∂", "+xxx^v~d", strict=True)),
    **dict(zip("≤≥≠±…‖∞", ("<=", ">=", "!=", "+-", "...", "||", "inf"), strict=True)),
}
"""What an encoding has instead of what it lacks; others are found by their Unicode name."""
BRAILLE, BLOCKS = range(0x2800, 0x2900), range(0x2580, 0x25A0)
MAX_CELLS = 1000
"""The most columns or rows that are drawn."""
_STREAMS = {"stdin": "input", "stdout": "output", "stderr": "error output"}
_NOT_ASCII = re.compile(r"[^\n\x20-\x7e]")


def stand_in(character: str) -> str:
    """What to write for a character that the encoding lacks.

    >>> [stand_in(character) for character in "≥η²⣿漢"]
    ['>=', 'eta', '2', ':', '?']
    """
    import unicodedata

    if character in STAND_INS:
        return STAND_INS[character]
    if ord(character) in BRAILLE or ord(character) in BLOCKS:
        return ":" if ord(character) in BRAILLE else "#"
    if unicodedata.combining(character):
        return ""
    parts = unicodedata.normalize("NFKD", character)
    if parts != character:
        return "".join(part if part.isascii() else stand_in(part) for part in parts)
    name = unicodedata.name(character, "")
    return name.split()[-1].lower() if re.match("GREEK .* LETTER [A-Z]+$", name) else "?"


def stand_in_cell(character: str) -> str:
    """A stand-in that keeps a screen's columns: at most one character."""
    text = stand_in(character)
    return text if len(text) <= 1 else "?"


def _handler(replace: Callable[[str], str]) -> Callable[[UnicodeError], tuple[str, int]]:
    def handle(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        return "".join(map(replace, error.object[error.start : error.end])), error.end

    return handle


codecs.register_error("dltutor.text", _handler(stand_in))
codecs.register_error("dltutor.cells", _handler(stand_in_cell))


def guarded(command: Callable[[], int]) -> int:
    """The exit code of a command, with whatever stopped it said in one sentence.

    0 is success, also if the reader of the output went away; 2 is what the user can mend: a wrong
    word, a folder, output that cannot be written; 1 is a bug, or the command's own complaint.
    """
    _replace_what_is_lacking("dltutor.text")
    try:
        code = command()
        write("")
        return code
    except BrokenPipeError:
        return 0
    except DltutorError as error:
        complain(str(error))
        return 2
    except Exception as error:
        from tutor.bugs import bug_message, log_error

        complain(bug_message(log_error(error)))
        return 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            _settle(stream)


def write(text: str, *, styled: bool = False) -> None:
    """Write to the standard output; control characters only if they are `styled` on purpose.

    Raises:
        FileError: the output is closed, or its disk is full.
        BrokenPipeError: nobody reads it any more.
    """
    stream = sys.stdout
    if stream is None or stream.closed:
        raise FileError("cannot write the output: it is closed. Send it to a file or a terminal.")
    try:
        stream.write(text if styled else printable(text))
        stream.flush()
    except OSError as error:
        # Windows has no broken pipes, but invalid arguments.
        if isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL):
            raise BrokenPipeError from error
        why = error.strerror or str(error)
        raise FileError(f"cannot write the output ({why}). Send it to another place.") from error


def write_json(value: object) -> None:
    """Write one line of JSON; what the encoding lacks is escaped, so nothing is lost."""
    import json

    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"

    def escape(found: re.Match[str]) -> str:
        character = found[0]
        with suppress(UnicodeEncodeError):
            character.encode(encoding)
            if character.isprintable():
                return character
        return json.dumps(character)[1:-1]

    write(_NOT_ASCII.sub(escape, json.dumps(value, ensure_ascii=False)) + "\n")


def complain(sentence: str) -> None:
    """Say what went wrong on the error output, if there is one."""
    stream = sys.stderr
    if stream is not None:
        with suppress(OSError, ValueError):
            stream.write(f"dltutor: {shortened(printable(sentence))}\n")
            stream.flush()


def require_terminal() -> None:
    """Check that the app has a screen and keys.

    Raises:
        DomainError: a stream is not a terminal, or the terminal shows no screens.
    """
    for name, words in _STREAMS.items():
        # The screen is drawn on the error output, so that one counts, too.
        stream = getattr(sys, name)
        if stream is None or stream.closed or not stream.isatty():
            raise DomainError(
                f"the tutor needs a terminal, but its {words} is not one. "
                "'dltutor run LESSON' works anywhere."
            )
    if os.environ.get("TERM") in ("dumb", "unknown"):
        raise DomainError(
            f"TERM={os.environ['TERM']} is a terminal without a screen. Use another one, or set "
            "TERM to its name, often xterm-256color."
        )
    require_size()
    _replace_what_is_lacking("dltutor.cells")


def require_size() -> None:
    """Check a size of the terminal that is fixed by the environment.

    Raises:
        DomainError: it is not a number, or beyond what can be drawn.
    """
    for name in ("COLUMNS", "LINES"):
        text = os.environ.get(name, "")
        if text and not (text.isdecimal() and len(text) < 9 and 1 <= int(text) <= MAX_CELLS):
            raise DomainError(
                f"{name}: expected a number of cells from 1 to {MAX_CELLS}, got {text!r}. Unset it "
                "to use the size of the window."
            )


def _replace_what_is_lacking(errors: str) -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.closed:
            with suppress(OSError):  # it empties the buffer first
                stream.reconfigure(errors=errors)


def _settle(stream: TextIO | None) -> None:
    """Empty a stream's buffer, if need be into nothing: Python would complain of it at the end."""
    if stream is None or stream.closed:
        return
    try:
        stream.flush()
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
