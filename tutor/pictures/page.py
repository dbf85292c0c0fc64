"""A lesson's text as lines: wrapped paragraphs, formulas, lists, tables and code."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from lessons.kit.blocks import (
    Block,
    CodeBlock,
    Inline,
    ListBlock,
    MathBlock,
    Paragraph,
    Piece,
    TableBlock,
)
from tutor.pictures.cells import Line, Palette, Span
from tutor.pictures.formula import display, line
from tutor.pictures.letters import fit, length, split
from tutor.pictures.tints import tint

_GUTTER = 2
_WHOLE = ("math", "code")
"""Styles of pieces that are not broken across lines."""


def page(blocks: Sequence[Block], width: int, palette: Palette) -> list[Line]:
    """Lay out a page's text in lines of at most `width` cells.

    >>> from lessons.kit.markdown import blocks
    >>> from tutor.pictures.cells import DARK, plain
    >>> text = "Half of *the square*:\\n\\n$$ f(x) = \\\\frac{x^2}{2} $$\\n\\n- steep\\n- flat at 0"
    >>> print(plain(page(blocks(text), 16, DARK)))
    Half of the
    square:
    <BLANKLINE>
             x²
      f(x) = ──
             2
    <BLANKLINE>
    • steep
    • flat at 0
    """
    width = max(width, 1)
    laid = [_block(block, width, palette) for block in blocks]
    lines: list[Line] = laid[0] if laid else []
    for (block, _), (following, below) in pairwise(zip(blocks, laid, strict=True)):
        if not _is_close(block, following):
            lines = [*lines, ()]
        lines = [*lines, *below]
    return lines


def _is_close(block: Block, following: Block) -> bool:
    """Whether two blocks need no blank line between them: bullets already set off a list."""
    return isinstance(block, Paragraph) and isinstance(following, ListBlock)


def _block(block: Block, width: int, palette: Palette) -> list[Line]:
    match block:
        case Paragraph():
            return wrap_inline(block.text, width, palette)
        case MathBlock():
            indent = _indent(width)
            rows = display(block.latex, width - len(indent))
            return [(Span(indent + row, palette.tones[1], None, True),) for row in rows]
        case ListBlock():
            return _list(block, width, palette)
        case CodeBlock():
            return _code(block, width, palette)
        case TableBlock():
            return _grid(block, width, palette)


def _indent(width: int) -> str:
    return "  " if width > 8 else ""


def _list(block: ListBlock, width: int, palette: Palette) -> list[Line]:
    lines: list[Line] = []
    for number, item in enumerate(block.items, 1):
        marker = f"{number}. " if block.ordered else "• "
        marker = marker if len(marker) + 1 < width else ""
        lines += _hung(wrap_inline(item, width - len(marker), palette), marker, palette)
    return lines


def _hung(rows: Sequence[Line], marker: str, palette: Palette) -> list[Line]:
    """The rows, indented, with a marker before the first."""
    pad = " " * length(marker)
    return [(Span(pad if i else marker, palette.muted), *row) for i, row in enumerate(rows)]


def _code(block: CodeBlock, width: int, palette: Palette) -> list[Line]:
    """Code, unchanged; a line that is too long continues below."""
    tone, shade = _code_colors(palette)
    lines: list[Line] = []
    indent = _indent(width)
    room = width - len(indent)
    for row in block.text.expandtabs(4).split("\n"):
        for _, part in _fitting(Span(""), [Span(row, tone, shade)], room):
            text = fit("".join(span.text for span in part), room)
            lines.append((Span(indent), Span(text, tone, shade)))
    return lines


def _code_colors(palette: Palette) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return palette.tones[2], tint(palette, palette.background, palette.text, 0.12)


def _grid(block: TableBlock, width: int, palette: Palette) -> list[Line]:
    """A table in aligned columns; if they do not fit, the widest one is wrapped."""
    header = tuple(
        tuple(piece if piece.style == "math" else Piece(piece.text, "strong") for piece in cell)
        for cell in block.header
    )
    rows = [header] if any(header) else []
    rows += block.rows
    widths = _column_widths(rows, width)
    if not widths:
        return _stacked(rows, width, palette)
    lines: list[Line] = []
    for row in rows:
        cells = [wrap_inline(cell, room, palette) for cell, room in zip(row, widths, strict=True)]
        for i in range(max(map(len, cells))):
            lines.append(_grid_line([c[i] if i < len(c) else () for c in cells], widths))
    return lines


def _stacked(rows: Sequence[Sequence[Inline]], width: int, palette: Palette) -> list[Line]:
    """A table that is too wide for columns: the cells of a row, one below the other."""
    lines: list[Line] = []
    for row in rows:
        for k, cell in enumerate(row):
            pad = _indent(width) if k else ""
            lines += (
                _hung(wrap_inline(cell, width - len(pad), palette), pad, palette) if cell else []
            )
    return lines


def _column_widths(rows: Sequence[Sequence[Inline]], width: int) -> list[int]:
    """The columns' widths, the widest narrowed until all fit; empty if words would break."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    floors = [max(map(_longest_word, column)) for column in columns]
    room = width - _GUTTER * (len(widths) - 1)
    while sum(widths) > room:
        loose = [
            k for k, (one, floor) in enumerate(zip(widths, floors, strict=True)) if one > floor
        ]
        if not loose:
            return []
        widths[max(loose, key=lambda k: (widths[k], k))] -= 1
    return widths


def _grid_line(cells: Sequence[Line], widths: Sequence[int]) -> Line:
    spans: list[Span] = []
    due = 0
    for cell, room in zip(cells, widths, strict=True):
        if due and cell:
            spans.append(Span(" " * due))
            due = 0
        spans += cell
        due += room - sum(length(span.text) for span in cell) + _GUTTER
    return tuple(spans)


def _width(text: Inline) -> int:
    return sum(length(_shown(piece)) for piece in text)


def _longest_word(text: Inline) -> int:
    """The width below which a word or a formula would break."""
    whole = [_width((piece,)) for piece in text if piece.style in _WHOLE]
    words = "".join(_shown(piece) for piece in text if piece.style not in _WHOLE)
    return max([*whole, *map(length, words.split(" "))])


def _shown(piece: Piece) -> str:
    return line(piece.text) if piece.style == "math" else piece.text


def wrap_inline(text: Inline, width: int, palette: Palette) -> list[Line]:
    """One paragraph in lines of at most `width` cells; formulas and code break only if they must.

    >>> from lessons.kit.markdown import inline
    >>> from tutor.pictures.cells import DARK, plain
    >>> print(plain(wrap_inline(inline("add $a + b$ to $c$"), 8, DARK)))
    add
    a + b to
    c
    """
    width = max(width, 1)
    lines: list[list[Span]] = [[]]
    used = 0
    for blank, word in _words(text, width, palette):
        size = sum(length(span.text) for span in word)
        if used and used + 1 + size > width:
            lines.append([])
            used = 0
        if used:
            lines[-1].append(blank)
            used += 1
        lines[-1].extend(word)
        used += size
    return [_merged(spans) for spans in lines]


def _words(text: Inline, width: int, palette: Palette) -> Iterator[tuple[Span, list[Span]]]:
    """The words, each with the space before it; a style may change within a word."""
    blank = Span(" ", palette.text)
    word: list[Span] = []
    for piece in text:
        span = _styled(piece, palette)
        is_whole = piece.style in _WHOLE and length(span.text) <= width
        for i, part in enumerate([span.text] if is_whole else span.text.split(" ")):
            if i:
                if word:
                    yield from _fitting(blank, word, width)
                    word = []
                # A space within code is shaded like the code.
                blank = span._replace(text=" ")
            if part:
                word.append(span._replace(text=part))
    if word:
        yield from _fitting(blank, word, width)


def _fitting(blank: Span, word: list[Span], width: int) -> Iterator[tuple[Span, list[Span]]]:
    """The word, or its parts if it is wider than a line."""
    part: list[Span] = []
    room = width
    for span in word:
        text = span.text
        while length(text) > room:
            head, rest = split(text, room)
            if part and length(head) > room:
                # A wide character that does not fit behind what is there already.
                head, rest = "", text
            text = rest
            yield blank, [*part, span._replace(text=head)] if head else part
            part, room = [], width
        part.append(span._replace(text=text))
        room -= length(text)
    yield blank, part


def _styled(piece: Piece, palette: Palette) -> Span:
    match piece.style:
        case "math":
            return Span(line(piece.text), palette.tones[1])
        case "code":
            tone, shade = _code_colors(palette)
            return Span(piece.text, tone, shade)
        case "strong":
            return Span(piece.text, palette.text, None, True)
        case "emphasis":
            return Span(piece.text, palette.tones[0], None, True)
    return Span(piece.text, palette.text)


def _merged(spans: Sequence[Span]) -> Line:
    """Merge adjacent spans of one style."""
    runs = (list(run) for _, run in groupby(spans, lambda span: span[1:]))
    return tuple(run[0]._replace(text="".join(span.text for span in run)) for run in runs)
