"""Tables: rows under a header, scrolled to the current one. Numbers are never truncated.

If room is short, numbers lose digits and words are truncated; then the last columns are left out
and counted.
"""

import math
import re
from dataclasses import dataclass

from lessons.kit.pictures import Handle, Table
from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import Line, Palette
from tutor.pictures.letters import fit, length
from tutor.pictures.scroll import arrows, first_row, shorten
from tutor.pictures.ticks import format_number

NUMBER = re.compile(r"([-+−]?)(\d+(?:\.\d+)?(?:e[+-]?\d+)?)( ?[%×]?)")
NUMERIC = set("0123456789.+-−e×%∞ ")
GAP = 2
MIN_TEXT_WIDTH = 6
"""A narrower column of words would be unreadable."""


@dataclass(frozen=True)
class TableLayout:
    """`cells` are the header and the rows as written, in the columns that are shown.

    `first` is the row below the header; `hidden` counts the columns that do not fit.
    """

    width: int
    height: int
    cells: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    right: tuple[bool, ...]
    header: int
    first: int
    hidden: int


def layout(picture: Table, width: int, height: int) -> TableLayout:
    """The columns that fit, and the rows around the current one."""
    count = max([len(picture.header), *(len(row) for row in picture.rows)], default=0)
    rows = [tuple(_cell(row, i) for i in range(count)) for row in (picture.header, *picture.rows)]
    header = 1 if picture.header and height > 1 else 0
    scrolls = len(picture.rows) > height - header
    columns: list[list[str]] = [list(column) for column in zip(*rows, strict=True)]
    numeric = [bool(c[1:]) and all(set(text) <= NUMERIC for text in c[1:]) for c in columns]
    shown, room = count, 0
    while shown:
        room = width - 2 - GAP * (shown - 1) - (2 if scrolls else 0)
        room -= length(_more(count - shown)) + GAP if shown < count else 0
        fitted = _fitted(columns[:shown], numeric[:shown], room)
        if fitted is not None:
            columns = fitted
            break
        shown -= 1
    columns = columns[:shown]
    widths = tuple(max(map(length, column)) for column in columns)
    cells = tuple(tuple(row) for row in zip(*columns, strict=True)) if columns else ()
    first = first_row(len(picture.rows), height - header, picture.current)
    return TableLayout(width, height, cells, widths, tuple(numeric[:shown]), header, first,
                       count - shown)  # fmt: skip


def _cell(row: tuple[str, ...], index: int) -> str:
    return row[index] if index < len(row) else ""


def _more(hidden: int) -> str:
    return f"+{hidden}"


def _fitted(columns: list[list[str]], numeric: list[bool], room: int) -> list[list[str]] | None:
    """The columns in `room` cells: fewer digits, then shorter words; None if nothing helps.

    Words keep at least `MIN_TEXT_WIDTH` cells, a header the width of the numbers under it.
    """
    for digits in (None, 3, 2, 1):
        texts = [
            [column[0], *(round_text(text, digits) for text in column[1:])] if is_number else column
            for column, is_number in zip(columns, numeric, strict=True)
        ]
        widths = [max(map(length, column)) for column in texts]
        words = MIN_TEXT_WIDTH if len(columns) > 1 else MIN_TEXT_WIDTH // 2
        least = [
            max(map(length, column[1:])) if is_number else min(width, words)
            for column, width, is_number in zip(texts, widths, numeric, strict=True)
        ]
        # Digits beyond the third are dropped before any word is truncated.
        if sum(least if digits else widths) <= room:
            widths = _squeezed(widths, least, room)
            return [
                [shorten(text, width) for text in column]
                for column, width in zip(texts, widths, strict=True)
            ]
    return None


def _squeezed(widths: list[int], least: list[int], room: int) -> list[int]:
    """Narrow the widest column that can shrink, cell by cell, until all fit."""
    widths = list(widths)
    while sum(widths) > room:
        giving = [i for i, width in enumerate(widths) if width > least[i]]
        widest = max(giving, key=lambda i: widths[i])
        widths[widest] -= 1
    return widths


def round_text(text: str, digits: int | None) -> str:
    """A number with at most `digits` digits; integers keep all of theirs.

    >>> round_text("0.8125", 2), round_text("12.5 %", 1), round_text("1797", 1), round_text("∞", 1)
    ('0.81', '12 %', '1797', '∞')
    """
    match = NUMBER.fullmatch(text.strip())
    if digits is None or match is None or not math.isfinite(float(match[2])):
        return text
    return min(
        f"{match[1]}{format_number(float(match[2]), digits)}{match[3]}", text.strip(), key=length
    )


def paint(
    picture: Table, layout: TableLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Rows under a muted header; the current row is bold, marked ▸ and always visible.

    >>> from tutor.pictures.cells import DARK, plain
    >>> shown = Table("Oracles", ("law", "value"), (("rate", "0.81"), ("steps", "93")), current=1)
    >>> plain(paint(shown, layout(shown, 15, 3), DARK)).split("\\n")
    ['  law    value ', '  rate    0.81 ', '▸ steps     93 ']
    """
    canvas, header = Canvas(layout.width, layout.height), layout.header
    if header and layout.cells:
        _row(canvas, 0, layout, layout.cells[0], " ", palette, None)
    seen = range(layout.first, min(layout.first + layout.height - header, len(picture.rows)))
    for index in seen:
        handle = _handle(picture, index)
        signs = {(True, True): "◉", (True, False): "▸", (False, True): "◎", (False, False): " "}
        sign = signs[index == picture.current, handle is not None and handle == focus]
        cells = layout.cells[index + 1] if layout.cells else ()
        _row(canvas, header + index - layout.first, layout, cells, sign, palette, handle)
    if layout.hidden:
        note = _more(layout.hidden)
        for words in (f"{note} columns", note):
            used = 2 + sum(layout.widths) + GAP * len(layout.widths)
            if used + length(words) <= layout.width:
                canvas.put(layout.width - length(words), 0, words, palette.muted)
                break
    arrows(canvas, header, layout.first, len(picture.rows) - seen.stop, palette)
    return canvas.lines()


def _row(
    canvas: Canvas, line: int, at: TableLayout, cells: tuple[str, ...], sign: str, p: Palette,
    handle: Handle | None,
) -> None:  # fmt: skip
    is_header = bool(at.header and line == 0)
    strong = is_header or sign != " "
    if handle:
        canvas.put(0, line, " " * at.width, target=handle)
    canvas.put(0, line, sign, p.good, bold=True)
    column = 2
    for text, width, right in zip(cells, at.widths, at.right, strict=True):
        words = fit(text, width, ">" if right else "<")
        canvas.put(column, line, words, p.muted if is_header else p.text, bold=strong)
        column += width + GAP


def _handle(picture: Table, index: int) -> Handle | None:
    row = picture.rows[index]
    return Handle(picture.pick, row[0]) if picture.pick and row else None


def pick(picture: Table, layout: TableLayout, column: int, row: int) -> Handle | None:
    """The row at a cell.

    >>> laws = Table("t", ("law",), (("rate",), ("steps",)), pick="law")
    >>> pick(laws, layout(laws, 15, 3), 3, 2)
    Handle(knob='law', part='steps')
    """
    index = layout.first + row - layout.header
    if row < layout.header or not 0 <= index < len(picture.rows):
        return None
    return _handle(picture, index)


def natural_size(picture: Table) -> tuple[int, int]:
    """The columns and rows needed to show everything in full."""
    count = max([len(picture.header), *(len(row) for row in picture.rows)], default=0)
    rows = (picture.header, *picture.rows)
    wide = sum(max(length(_cell(row, i)) for row in rows) for i in range(count))
    return 2 + wide + GAP * max(count - 1, 0), len(picture.rows) + bool(picture.header)


def describe(picture: Table) -> str:
    """How many rows of what, and the current one.

    >>> describe(Table("t", ("law", "value"), (("rate", "0.8"),), 0))
    ': 1 row of law, value; now rate, 0.8'
    """
    n = len(picture.rows)
    columns = ", ".join(filter(None, picture.header))
    message = f": {n} row{'s' * (n != 1)}" + (f" of {columns}" if columns else "")
    if picture.current is None or not 0 <= picture.current < n:
        return message
    return f"{message}; now {', '.join(filter(None, picture.rows[picture.current]))}"
