"""The front matter of a lesson: what a list of lessons needs, read without importing the lesson."""

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
class FrontMatter:
    """Title, one-line summary, position in its subject, length, and the lessons to know first.

    `sources` are keys of the bibliography, optionally with a passage: "golub2013: section 2.4".
    `renamed` maps names that questions and knobs had in earlier versions to the present ones.
    """

    title: str
    about: str
    order: int
    minutes: int = 10
    needs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)


def read_front_matter(file: Path) -> FrontMatter:
    """The front matter of a pages.md, read from its first lines only.

    Raises:
        PageError: a field is missing or wrong; the message names file, line and what to write.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    with file.open(encoding="utf-8") as lines:
        if next(lines, "").rstrip() != FENCE:
            raise PageError(
                f"{file}:1: expected {FENCE} on the first line, to open the front matter."
            )
        text: list[str] = []
        for line in lines:
            if line.rstrip() == FENCE:
                return parse_front_matter("".join(text), str(file))
            text.append(line)
    raise PageError(f"{file}:1: expected a second {FENCE}, to end the front matter.")


def parse_front_matter(text: str, file: str = "pages.md") -> FrontMatter:
    """Parse the TOML of the front matter.

    Raises:
        PageError: not TOML, or a field is missing, unknown or of the wrong type.

    >>> parse_front_matter('title = "SVD"\\nabout = "any matrix"\\norder = 50\\nminutes = 15').order
    50
    """
    try:
        facts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = 1 + (int(at[1]) if at else len(text.splitlines()))
        raise PageError(f"{file}:{line}: the front matter is not TOML: {error}.") from error
    for name in _NEEDED:
        if name not in facts:
            raise PageError(f"{file}:1: expected `{name} = …` in the front matter.")
    for name, value in facts.items():
        at = re.search(rf"^[\s\[\"']*{re.escape(name)}\b", text, re.MULTILINE)
        line = 2 + text[: at.end() if at else 0].count("\n")
        if name not in _FIELDS:
            known = ", ".join(_FIELDS)
            raise PageError(f"{file}:{line}: expected one of {known}, got {name!r}.")
        wanted, is_flag = _FIELDS[name], isinstance(value, bool)
        inside = value.values() if isinstance(value, dict) else value if wanted is list else ()
        if not isinstance(value, wanted) or is_flag or not all(isinstance(v, str) for v in inside):
            kinds = {str: "a string", int: "an integer", list: "a list of strings"}
            kind = kinds.get(wanted, "a table of strings")
            raise PageError(f"{file}:{line}: {name}: expected {kind}, got {value!r}.")
    texts = {name: tuple(facts.get(name, ())) for name in ("needs", "sources")}
    title, about, order, minutes = (facts[name] for name in _NEEDED)
    return FrontMatter(title, about, order, minutes, **texts, renamed=facts.get("renamed", {}))
