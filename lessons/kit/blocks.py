"""The blocks of a page's text: plain records, to be drawn, printed or read aloud."""

from dataclasses import dataclass
from typing import Literal

from engine.errors import DltutorError


class PageError(DltutorError, ValueError):
    """A page that cannot be read; the message starts with `file:line: `."""


TextStyle = Literal["text", "strong", "emphasis", "code", "math"]


@dataclass(frozen=True)
class Piece:
    """A run of characters in one style; a piece of style "math" holds LaTeX."""

    text: str
    style: TextStyle = "text"


Inline = tuple[Piece, ...]
"""The text of one paragraph, with line ends turned into spaces."""


@dataclass(frozen=True)
class Paragraph:
    """Text that is wrapped to the width of the screen."""

    text: Inline


@dataclass(frozen=True)
class MathBlock:
    """A formula on lines of its own, in LaTeX."""

    latex: str


@dataclass(frozen=True)
class ListBlock:
    """A list, each item one paragraph; `ordered` numbers them from 1."""

    items: tuple[Inline, ...]
    ordered: bool = False


@dataclass(frozen=True)
class CodeBlock:
    """Lines that keep their spaces and line ends."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class TableBlock:
    """A table. Every row has as many cells as the header; all header cells may be empty."""

    header: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]


Block = Paragraph | MathBlock | ListBlock | CodeBlock | TableBlock
