"""What can go wrong by the caller's doing.

Each message says what was expected, what came, and what to do.
Every class is also the built-in error a NumPy user would catch.
"""

from collections.abc import Iterable


class DltutorError(Exception):
    """A mistake that its maker can mend; the message is one clear sentence."""


class ShapeError(DltutorError, ValueError):
    """Arrays whose shapes do not fit together."""


class DomainError(DltutorError, ValueError):
    """A number outside the set on which a function or a setting is defined."""


class UnknownNameError(DltutorError, LookupError):
    """A name that is not in the list it was looked up in."""


class FileError(DltutorError, ValueError):
    """A file or a folder that cannot be used."""


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
