"""What can go wrong by the caller's doing.

Each message says what was expected, what came, and what to do.
Every class is also the built-in error a NumPy user would catch.
"""

import re
from collections.abc import Iterable

MAX_QUOTE, MAX_WORD, MAX_MESSAGE = 80, 300, 600
"""The most characters of a quoted text, of a word such as a path, and of a whole message."""
_LONG = re.compile(
    rf"(?<![\w\\])'(?:[^'\\]|\\.){{{MAX_QUOTE},}}'(?!\w)|"
    rf'(?<![\w\\])"(?:[^"\\]|\\.){{{MAX_QUOTE},}}"(?!\w)|'
    rf"\S{{{MAX_WORD},}}"
)


class DltutorError(Exception):
    """A mistake that its maker can mend; the message is one clear sentence.

    A message may quote what a user typed: it is shortened, and its control characters are marked.
    """

    def __str__(self) -> str:
        return shortened(printable(super().__str__()))


class ShapeError(DltutorError, ValueError):
    """Arrays whose shapes do not fit together."""


class DomainError(DltutorError, ValueError):
    """A number outside the set on which a function or a setting is defined."""


class UnknownNameError(DltutorError, LookupError):
    """A name that is not in the list it was looked up in."""


class FileError(DltutorError, ValueError):
    """A file or a folder that cannot be used."""


class FormulaError(DltutorError, ValueError):
    """A formula that cannot be read or evaluated, and at which character.

    Args:
        sentence: what was expected, what came, what to do.
        text: the formula as it was typed.
        position: the number of the character, from 0; len(text) says that something is missing.

    >>> print(FormulaError("Write 2*x for a product.", "1 + 2x", 5))
    Write 2*x for a product.
      1 + 2x
           ^
    """

    def __init__(self, sentence: str, text: str, position: int) -> None:
        super().__init__(sentence, text, position)
        self.sentence, self.text, self.position = sentence, text, position

    def __str__(self) -> str:
        before, after = self.text[: self.position], self.text[self.position :]
        # Of a long line just the neighborhood, so that it fits on a screen.
        start = printable(before.rpartition("\n")[2][-50:])
        line = start + printable(after.partition("\n")[0][:20])
        return f"{shortened(printable(self.sentence))}\n  {line}\n  {' ' * _width(start)}^"


class FormulaDomainError(FormulaError, DomainError):
    """A formula that has no value where it was asked for one, and which part is to blame.

    >>> print(FormulaDomainError("log: expected x > 0, got -1.", "2*log(x)", 2))
    log: expected x > 0, got -1.
      2*log(x)
        ^
    """


def printable(text: str) -> str:
    """The text with a mark in place of what a terminal would obey or cannot show.

    Spaces of any width and line ends stay.

    >>> printable("clear" + chr(27) + "[2J") == "clear\N{REPLACEMENT CHARACTER}[2J"
    True
    """
    if text.isprintable():
        return text
    from unicodedata import category

    return "".join(
        c if c.isprintable() or c == "\n" or category(c) == "Zs" else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


def shortened(message: str) -> str:
    """A message in which what somebody typed takes no more than a line.

    >>> shortened(f"--steps: expected an integer, got '{'9' * 5000}'.")
    "--steps: expected an integer, got '9999999999999999999999999999999999999…'."
    """

    def cut(found: re.Match[str]) -> str:
        text = found[0]
        return text[: MAX_QUOTE // 2 - 2] + "…" + (text[-1] if text[-1] in "'\"" else "")

    message = _LONG.sub(cut, message)
    if len(message) <= MAX_MESSAGE:
        return message
    # What to do about it stands at the end.
    return f"{message[: MAX_MESSAGE - 203]} … {message[-200:]}"


def _width(text: str) -> int:
    """How many cells of a terminal it takes."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def unknown(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """The error for `name`, with its nearest matches, or all known names when few.

    >>> print(unknown("optimizer", "adm", ["sgd", "adam"]))
    No optimizer is called 'adm'. Did you mean adam?
    >>> print(unknown("optimizer", "x", ["sgd", "adam"]))
    No optimizer is called 'x'. There are: sgd, adam.
    """
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    advice = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names)}."
    return UnknownNameError(f"No {kind} is called {name!r}. {advice}")
