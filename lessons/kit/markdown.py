"""Markdown as blocks: paragraphs, lists, tables, fenced code, and LaTeX between dollar signs.

Anything that pages do not support (images, HTML, quotes, links, headings in the text) is an error
and is never dropped silently, so that a learner reads all that an author wrote.

Source: commonmark.org 0.31 with the tables of GitHub Flavored Markdown; parsed by markdown-it-py.
"""

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode as Node
from mdit_py_plugins.dollarmath import dollarmath_plugin

from lessons.kit.blocks import (
    Block,
    CodeBlock,
    Inline,
    ListBlock,
    MathBlock,
    PageError,
    Paragraph,
    Piece,
    TableBlock,
    TextStyle,
)  # fmt: skip

_FOREIGN = {
    "heading": "a heading inside a page's text; a page has one, on its first line",
    "blockquote": "a block quote; write a paragraph",
    "html_block": "HTML; write Markdown, and \\< for a less-than sign",
    "html_inline": "HTML; write Markdown, and \\< for a less-than sign",
    "hr": "a rule; a blank line separates blocks",
    "code_block": "an indented block; fence code with ``` and do not indent paragraphs",
    "image": "an image; a page stages an experiment's views instead",
    "link": "a link; sources belong in the front matter",
    "hardbreak": "a hard line break; the lines of a paragraph flow together",
}
_STYLES: dict[str, TextStyle] = {"strong": "strong", "em": "emphasis"}
_WHOLE = ("code", "math")
"""Styles whose adjacent pieces are not merged: two formulas side by side stay two."""
_BARE_DOLLAR = (
    "a $ without its partner. Write $x$ without spaces inside the dollars, $$ on lines of its own "
    "between blank lines, and \\$ for a dollar sign"
)
_UNESCAPED_BAR = re.compile(r"(?<!\\)\|")


def blocks(text: str, line: int = 1, file: str = "") -> tuple[Block, ...]:
    """The blocks of a Markdown text, in order.

    Args:
        text: the Markdown.
        line: the number of its first line in the file, for errors.
        file: the file's name, for errors.

    Raises:
        PageError: it contains something that pages do not support.

    >>> for block in blocks("A *slope* $w$:\\n\\n$$ w - 1 $$"):
    ...     print(block)
    Paragraph(text=(Piece(text='A ', style='text'), Piece(text='slope', style='emphasis'), \
Piece(text=' ', style='text'), Piece(text='w', style='math'), Piece(text=':', style='text')))
    MathBlock(latex='w - 1')
    """
    reader = _Reader(text.split("\n"), line, file)
    return tuple(reader.block(node) for node in Node(_parser().parse(text)).children)


def inline(text: str, line: int = 1, file: str = "") -> Inline:
    """One paragraph of inline Markdown: a question, an option, a hint, a reason.

    Raises:
        PageError: it contains a blank line, or something that pages do not support.

    >>> inline("the **largest** $\\\\sigma_i$")
    (Piece(text='the ', style='text'), Piece(text='largest', style='strong'), \
Piece(text=' ', style='text'), Piece(text='\\\\sigma_i', style='math'))
    """
    lines = text.strip().splitlines()
    reader = _Reader(lines, line, file)
    for number, one in enumerate(lines):
        if not one.strip():
            raise reader.error(number, "one paragraph, got a blank line inside it")
    # Spaces at the start of a line mean nothing in a paragraph.
    paragraph = "\n".join(one.strip() for one in lines)
    tree = Node(_parser().parseInline(paragraph))
    return reader.inline(tree.children[0], 0)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    # Reference definitions would vanish from the page, and joined text cannot tell \$ from $.
    parser.disable(["reference", "text_join"])
    strict = {"allow_labels": False, "allow_space": False, "allow_digits": False}
    return parser.use(dollarmath_plugin, **strict, allow_blank_lines=False)


class _Reader:
    """Turns the nodes of markdown-it into blocks; `lines` are the source, for line numbers."""

    def __init__(self, lines: list[str], first: int, file: str) -> None:
        self.lines, self.first, self.file = lines, first, file

    def error(self, line: int, sentence: str) -> PageError:
        """The error for a line, counted from 0 in this text."""
        return PageError(f"{self.file or 'text'}:{self.first + line}: expected {sentence}.")

    def foreign(self, node: Node, line: int) -> PageError:
        """The error for a node that pages do not support."""
        what = _FOREIGN.get(node.type, f"Markdown of the kind {node.type!r}")
        known = "text, formulas, lists, tables or fenced code"
        return self.error(line, f"{known}, got {what}")

    def block(self, node: Node) -> Block:
        """One block."""
        line = _line(node)
        match node.type:
            case "paragraph":
                if self.lines[line].lstrip().startswith("|"):
                    raise self.error(line, "a table: a header, then as many |---| as it has cells")
                return Paragraph(self.inline(node.children[0], line))
            case "math_block":
                return MathBlock(" ".join(node.content.split()))
            case "bullet_list" | "ordered_list":
                if node.attrs.get("start", 1) != 1:
                    raise self.error(line, "a list numbered from 1")
                return ListBlock(
                    tuple(self.item(item) for item in node.children), node.type == "ordered_list"
                )
            case "fence":
                return CodeBlock(node.content.removesuffix("\n"), node.info.strip())
            case "table":
                head, *body = node.children
                rows = (self.row(row) for section in body for row in section.children)
                return TableBlock(self.row(head.children[0]), tuple(rows))
        raise self.foreign(node, line)

    def item(self, node: Node) -> Inline:
        """A list item, which must be one paragraph."""
        if [child.type for child in node.children] != ["paragraph"]:
            raise self.error(_line(node), "one paragraph as a list item")
        return self.inline(node.children[0].children[0], _line(node))

    def row(self, node: Node) -> tuple[Inline, ...]:
        """A table row. markdown-it silently drops cells beyond the header's."""
        line = _line(node)
        source = self.lines[line].strip().removeprefix("|").removesuffix("|")
        found, expected = len(_UNESCAPED_BAR.findall(source)) + 1, len(node.children)
        if found != expected:
            advice = "inside a cell write \\| for a bar, or \\lvert and \\mid in a formula"
            raise self.error(line, f"{expected} cells in this row, got {found}; {advice}")
        return tuple(
            self.inline(cell.children[0], line) if cell.children else () for cell in node.children
        )

    def inline(self, node: Node, line: int) -> Inline:
        """The pieces of a paragraph that starts at `line`; neighbors of one style are merged."""
        merged: list[Piece] = []
        for piece in self.pieces(node, [line], "text"):
            if merged and piece.style == merged[-1].style and piece.style not in _WHOLE:
                piece = Piece(merged.pop().text + piece.text, piece.style)
            if piece.text:
                merged.append(piece)
        return tuple(merged)

    def pieces(self, node: Node, at: list[int], style: TextStyle) -> Iterator[Piece]:
        """The pieces below a node, which has a style; `at[0]` tracks the current line."""
        for child in node.children:
            match child.type:
                case "text" if "$" in child.content:
                    raise self.error(at[0], f"formulas between two dollars, got {_BARE_DOLLAR}")
                case "text" | "text_special":
                    yield Piece(child.content, style)
                case "softbreak":
                    at[0] += 1
                    yield Piece(" ", style)
                case "code_inline":
                    yield Piece(child.content, "code")
                case "math_inline":
                    at[0] += child.content.count("\n")
                    yield Piece(" ".join(child.content.split()), "math")
                case "strong" | "em" if style == "text":
                    yield from self.pieces(child, at, _STYLES[child.type])
                case "strong" | "em":
                    raise self.error(at[0], "one emphasis at a time, got one inside another")
                case _:
                    raise self.foreign(child, at[0])


def _line(node: Node) -> int:
    """The line on which a block starts, from 0. Table cells have none; callers ask the row."""
    return node.map[0] if node.map else 0
