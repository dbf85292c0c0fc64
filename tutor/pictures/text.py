"""Text, formulas and code, line by line, scrolled to the current line."""

from dataclasses import dataclass

from lessons.kit.pictures import Handle, Text
from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import Line, Palette
from tutor.pictures.letters import length, split
from tutor.pictures.scroll import arrows, first_row
from tutor.pictures.tints import tint


@dataclass(frozen=True)
class TextLayout:
    """Rows as written, each with the line it belongs to; `lit` is that of the current line."""

    width: int
    height: int
    indent: int
    rows: tuple[tuple[int, str], ...]
    lit: int | None
    first: int


def layout(picture: Text, width: int, height: int) -> TextLayout:
    """Lines wrapped to the width, with the current one near the middle."""
    indent = 0 if picture.current is None or width < 4 else 2
    room = width - indent
    rows = _wrap_all(picture, room)
    if len(rows) > height and room > 2:
        # The last column is for the arrows.
        rows = _wrap_all(picture, room - 2)
    lit = next((row for row, (i, _) in enumerate(rows) if i == picture.current), None)
    return TextLayout(width, height, indent, rows, lit, first_row(len(rows), height, lit))


def _wrap_all(picture: Text, room: int) -> tuple[tuple[int, str], ...]:
    return tuple(
        (i, part) for i, line in enumerate(picture.lines) for part in wrap_line(line, max(room, 1))
    )


def paint(
    picture: Text, layout: TextLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Lines of text; the current one is bold, marked ▸ and always visible.

    >>> from tutor.pictures.cells import DARK, plain
    >>> update = Text("Update", ("v ← βv + g", "w ← w − ηv"), current=1)
    >>> plain(paint(update, layout(update, 14, 2), DARK))
    '  v ← βv + g  \\n▸ w ← w − ηv  '
    """
    canvas, first = Canvas(layout.width, layout.height), layout.first
    for row, (i, part) in enumerate(layout.rows[first : first + layout.height]):
        is_current = i == picture.current
        dim = picture.current is not None and not is_current
        color = tint(palette, palette.muted, palette.text, 0.4) if dim else palette.text
        if first + row == layout.lit and layout.indent:
            canvas.put(0, row, "▸", palette.good, bold=True)
        canvas.put(layout.indent, row, part, color, bold=is_current)
    arrows(canvas, 0, first, len(layout.rows) - first - layout.height, palette)
    return canvas.lines()


def wrap_line(line: str, width: int) -> list[str]:
    """A line wrapped at spaces into as many as it needs; further ones keep its indentation.

    >>> wrap_line("  one two three", 9)
    ['  one two', '  three']
    """
    if length(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())][: width // 2] if width >= 8 else ""
    rows, row = [], indent
    for word in line.split():
        if row.strip() and length(row) + 1 + length(word) > width:
            rows.append(row)
            row = indent
        row += (" " if row.strip() else "") + word
        while length(row) > width:
            cut, row = split(row, width)
            rows.append(cut)
            row = indent + row
    return [*rows, row] if row.strip() else rows or [""]


def pick(picture: Text, layout: TextLayout, column: int, row: int) -> Handle | None:
    """A text is only read."""
    return None


def natural_size(picture: Text) -> tuple[int, int]:
    """The columns and rows needed to show everything in full."""
    indent = 0 if picture.current is None else 2
    return indent + max(map(length, picture.lines), default=0), len(picture.lines)


def describe(picture: Text) -> str:
    """The current line, or all of them.

    >>> describe(Text("Rule", ("a", "b")))
    ': a; b'
    """
    if picture.current is not None and 0 <= picture.current < len(picture.lines):
        return f": {picture.lines[picture.current]}"
    return ": " + "; ".join(picture.lines)
