"""The front of a lesson: the few facts that a list of lessons needs, read without importing it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lessons.kit.blocks import PageError

FENCE = "+++"
_FIELDS: Mapping[str, type] = {
    "title": str, "about": str, "order": int, "minutes": int, "needs": list, "sources": list,
    "renamed": dict,
}  # fmt: skip
_NEEDED = ("title", "about", "order", "minutes")


@dataclass(frozen=True)
class Front:
    """Title, what it is about in a line, place in its subject, length, what to know first.

    `sources` are entries of the bibliography, each perhaps with a place: "golub2013: section 2.4".
    `renamed` maps the names that questions and knobs had in earlier versions to those of today.
    """

    title: str
    about: str
    order: int
    minutes: int = 10
    needs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)


def read_front(file: Path) -> Front:
    """The front of a pages.md, read from its first lines alone.

    Raises:
        PageError: a field that is missing or wrong; the message names file, line and what to write.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    with file.open(encoding="utf-8") as lines:
        if next(lines, "").rstrip() != FENCE:
            raise PageError(f"{file}:1: expected {FENCE}, which opens the head, on the first line.")
        head: list[str] = []
        for line in lines:
            if line.rstrip() == FENCE:
                return front("".join(head), str(file))
            head.append(line)
    raise PageError(f"{file}:1: expected a second {FENCE}, which ends the head.")


def front(text: str, file: str = "pages.md") -> Front:
    """The front from its TOML.

    Raises:
        PageError: not TOML, a field that is missing, unknown or of the wrong type.

    >>> front('title = "SVD"\\nabout = "any matrix"\\norder = 50\\nminutes = 15').order
    50
    """
    try:
        facts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = 1 + (int(at[1]) if at else len(text.splitlines()))
        raise PageError(f"{file}:{line}: the head is not TOML: {error}.") from error
    for name in _NEEDED:
        if name not in facts:
            raise PageError(f"{file}:1: expected `{name} = …` in the head.")
    for name, value in facts.items():
        at = re.search(rf"^[\s\[\"']*{re.escape(name)}\b", text, re.MULTILINE)
        line = 2 + text[: at.end() if at else 0].count("\n")
        if name not in _FIELDS:
            known = ", ".join(_FIELDS)
            raise PageError(f"{file}:{line}: expected one of {known}, got {name!r}.")
        wanted, is_flag = _FIELDS[name], isinstance(value, bool)
        inside = value.values() if isinstance(value, dict) else value if wanted is list else ()
        if not isinstance(value, wanted) or is_flag or not all(isinstance(v, str) for v in inside):
            kind = {str: "a text", int: "a whole number", list: "a list of texts"}
            told = kind.get(wanted, "a table of texts")
            raise PageError(f"{file}:{line}: {name}: expected {told}, got {value!r}.")
    texts = {name: tuple(facts.get(name, ())) for name in ("needs", "sources")}
    title, about, order, minutes = (facts[name] for name in _NEEDED)
    return Front(title, about, order, minutes, **texts, renamed=facts.get("renamed", {}))
