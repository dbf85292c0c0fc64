"""The blocks that make up a page's text: records without looks, for screens, prints and the ear."""

from dataclasses import dataclass
from typing import Literal

from engine.errors import DltutorError


class PageError(DltutorError, ValueError):
    """A page that cannot be read; the message starts with `file:line: `."""


Style = Literal["text", "strong", "emphasis", "code", "math"]


@dataclass(frozen=True)
class Piece:
    """A run of characters in one style; a piece of style "math" holds LaTeX."""

    text: str
    style: Style = "text"


Inline = tuple[Piece, ...]
"""One paragraph's worth of text, its line ends turned into blanks."""


@dataclass(frozen=True)
class Paragraph:
    """Text that is wrapped where the screen ends."""

    text: Inline


@dataclass(frozen=True)
class Display:
    """A formula on lines of its own, in LaTeX."""

    latex: str


@dataclass(frozen=True)
class Items:
    """A list, each item one paragraph; `ordered` numbers them from 1."""

    items: tuple[Inline, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Code:
    """Lines that keep their blanks and line ends."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Grid:
    """A table. Every row has as many cells as the header, whose cells may all be empty."""

    header: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]


Block = Paragraph | Display | Items | Code | Grid
