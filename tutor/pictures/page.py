"""A lesson's text as lines: paragraphs wrapped, formulas set off, emphasis and code in colour."""

import re
from collections.abc import Iterator
from itertools import groupby

from rich.cells import cell_len

from tutor.pictures.cells import Line, Palette, Span, mix

_INLINE = re.compile(r"\*([^*\s][^*]*)\*|`([^`]+)`")
_GAP = re.compile(r"( {2,})")


def page(text: str, width: int, palette: Palette) -> list[Line]:
    """Lay out a text in `width` columns.

    Lines that follow each other make a paragraph; a line indented by four blanks is a formula and
    stays as it is, unless it is too wide; `*word*` is emphasised and `` `word` `` is code.

    >>> from tutor.pictures.cells import DARK, plain
    >>> print(plain(page("A *gradient*\\npoints up.\\n\\n    w − η g", 12, DARK)))
    A gradient
    points up.
    <BLANKLINE>
      w − η g
    """
    lines: list[Line] = []
    for is_formula, rows in groupby(text.splitlines(), lambda row: row.startswith("    ")):
        if is_formula:
            tone = palette.tones[1]
            parts = (part for row in rows for part in folded(row[4:], width - 2))
            lines += [(Span(f"  {part}", tone, None, True),) for part in parts]
        else:
            for is_blank, block in groupby(rows, lambda row: not row.strip()):
                if is_blank:
                    lines.append(())
                else:
                    lines += wrapped(" ".join(row.strip() for row in block), width, palette)
    return lines


def folded(formula: str, width: int) -> list[str]:
    """A formula in lines of at most `width` columns, folded at its wide gaps, else between words.

    >>> print("\\n".join(folded("sgd   w ← w − η g   forgets at once", 18)))
    sgd   w ← w − η g
          forgets at
          once
    """
    if cell_len(formula) <= width:
        return [formula]
    parts = _GAP.split(formula)
    column = cell_len("".join(parts[:2]))
    hang = " " * (column if len(parts) > 1 and column <= width // 2 else 2)
    lines = [""]
    for gap, part in zip(["", *parts[1::2]], parts[::2], strict=True):
        is_short = cell_len(part) <= width - len(hang)
        for i, word in enumerate([part] if is_short else part.split(" ")):
            longer = lines[-1] + (" " if i else gap) + word
            if cell_len(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(hang + word)
    return lines if lines[0] else lines[1:]


def wrapped(text: str, width: int, palette: Palette) -> list[Line]:
    """One paragraph in lines of at most `width` columns; a longer word is cut.

    >>> from tutor.pictures.cells import DARK, plain
    >>> plain(wrapped("one two", 4, DARK))
    'one\\ntwo'
    """
    lines: list[list[Span]] = [[]]
    used = 0
    for word in _words(text, palette):
        length = sum(cell_len(span.text) for span in word)
        if used and used + 1 + length > width:
            lines.append([])
            used = 0
        if used:
            lines[-1].append(Span(" ", palette.text))
            used += 1
        lines[-1].extend(word)
        used += length
    return [_merged(line, max(1, width)) for line in lines]


def _words(text: str, palette: Palette) -> Iterator[list[Span]]:
    """The words, each a list of spans, since a style may change within one."""
    word: list[Span] = []
    for span in _styled(text, palette):
        parts = span.text.split(" ")
        for i, part in enumerate(parts):
            if i and word:
                yield word
                word = []
            if part:
                word.append(span._replace(text=part))
    if word:
        yield word


def _styled(text: str, palette: Palette) -> Iterator[Span]:
    end = 0
    for match in _INLINE.finditer(text):
        yield Span(text[end : match.start()], palette.text)
        emphasis, code = match.groups()
        if emphasis:
            yield Span(emphasis, palette.tones[0], None, True)
        else:
            shade = mix(palette.background, palette.text, 0.12)
            yield Span(code, palette.tones[2], shade)
        end = match.end()
    yield Span(text[end:], palette.text)


def _merged(spans: list[Span], width: int) -> Line:
    merged: list[Span] = []
    left = width
    for span in spans:
        text = span.text[:left]
        left -= len(text)
        if merged and merged[-1][1:] == span[1:]:
            merged[-1] = merged[-1]._replace(text=merged[-1].text + text)
        elif text:
            merged.append(span._replace(text=text))
    return tuple(merged)
