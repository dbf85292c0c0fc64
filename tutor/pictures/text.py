"""Words and numbers in rows: tables, matrices and lines of text, scrolled to what is current."""

import numpy as np

from engine.array import Array
from lessons.kit.pictures import Matrix, Table, Text
from tutor.pictures.canvas import Canvas, fit, length, say
from tutor.pictures.cells import Line, Palette, mix
from tutor.pictures.ticks import short

NUMERIC = set("0123456789.+-−e×%∞ ")
NARROWEST_CELL = 4


def table(picture: Table, width: int, height: int, palette: Palette) -> list[Line]:
    """Rows under a muted header; the current row is bold, marked ▸ and always in sight.

    >>> from tutor.pictures.cells import DARK, plain
    >>> shown = Table("Oracles", ("law", "value"), (("rate", "0.81"), ("steps", "93")), current=1)
    >>> plain(table(shown, 15, 3, DARK)).split("\\n")
    ['  law    value ', '  rate    0.81 ', '▸ steps     93 ']
    """
    canvas = Canvas(width, height)
    count = max([len(picture.header), *(len(row) for row in picture.rows)], default=0)
    columns = [[_cell(row, i) for row in picture.rows] for i in range(count)]
    widths = [max(map(length, [_cell(picture.header, i), *c])) for i, c in enumerate(columns)]
    widths = _squeeze(widths, width - 2 - 2 * (count - 1))
    right = [bool(c) and all(set(text) <= NUMERIC for text in c) for c in columns]
    header = 1 if picture.header and height > 1 else 0
    start = _scroll(len(picture.rows), height - header, picture.current)
    for at, row in [(-1, picture.header), *enumerate(picture.rows)]:
        line = header + at - start if at >= 0 else 0
        if (at < 0 and not header) or (at >= 0 and not header <= line < height):
            continue
        is_current, column = at == picture.current, 2
        colour = palette.muted if at < 0 else palette.text
        canvas.put(0, line, "▸" if is_current else " ", palette.good, bold=True)
        for i, wide in enumerate(widths):
            text = fit(_cell(row, i), wide, ">" if right[i] else "<")
            canvas.put(column, line, text, colour, bold=at < 0 or is_current)
            column += wide + 2
    _more(canvas, header, start, len(picture.rows) - start - (height - header), palette)
    return canvas.lines()


def _cell(row: tuple[str, ...], index: int) -> str:
    return row[index] if index < len(row) else ""


def _squeeze(widths: list[int], room: int) -> list[int]:
    """Take from the widest column, cell by cell, until all fit."""
    widths = list(widths)
    while widths and sum(widths) > max(room, 0) and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths


def _scroll(count: int, room: int, current: int | None) -> int:
    """The first row to show, so that the current one lies about the middle."""
    if current is None or room < 1:
        return 0
    return max(min(current - room // 2, count - room), 0)


def _more(canvas: Canvas, top: int, above: int, below: int, palette: Palette) -> None:
    """Small arrows at the right edge where rows are out of sight."""
    if above > 0:
        canvas.put(canvas.width - 1, top, "↑", palette.muted)
    if below > 0:
        canvas.put(canvas.width - 1, canvas.height - 1, "↓", palette.muted)


def text(picture: Text, width: int, height: int, palette: Palette) -> list[Line]:
    """Lines of words; the current one is bold, marked ▸ and always in sight.

    >>> from tutor.pictures.cells import DARK, plain
    >>> plain(text(Text("Update", ("v ← βv + g", "w ← w − ηv"), current=1), 14, 2, DARK))
    '  v ← βv + g  \\n▸ w ← w − ηv  '
    """
    canvas = Canvas(width, height)
    indent = 0 if picture.current is None else 2
    rows = [
        (i, part)
        for i, line in enumerate(picture.lines)
        for part in folded(line, max(width - indent, 1))
    ]
    lit = next((row for row, (i, _) in enumerate(rows) if i == picture.current), None)
    start = _scroll(len(rows), height, lit)
    for row, (i, part) in enumerate(rows[start : start + canvas.height]):
        is_current = i == picture.current
        dim = picture.current is not None and not is_current
        colour = mix(palette.text, palette.muted, 0.6) if dim else palette.text
        if start + row == lit:
            canvas.put(0, row, "▸", palette.good, bold=True)
        canvas.put(indent, row, part, colour, bold=is_current)
    _more(canvas, 0, start, len(rows) - start - height, palette)
    return canvas.lines()


def folded(line: str, width: int) -> list[str]:
    """A line in as many as it needs, broken at blanks; the rest keeps the line's indentation.

    >>> folded("  one two three", 9)
    ['  one two', '  three']
    """
    if length(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())][: width // 2]
    rows, row = [], indent
    for word in line.split():
        if row.strip() and length(row) + 1 + length(word) > width:
            rows.append(row)
            row = indent
        row += (" " if row.strip() else "") + word
    return [fit(row, width).rstrip() for row in (*rows, row)]


def matrix(picture: Matrix, width: int, height: int, palette: Palette) -> list[Line]:
    """Numbers in a grid, each on a ground shaded by its sign and size.

    >>> from tutor.pictures.cells import DARK, plain
    >>> plain(matrix(Matrix("W", np.array([[1.0, -0.5]])), 16, 1, DARK))
    '     1    -0.5  '
    """
    values = np.atleast_2d(np.asarray(picture.values, dtype=float))
    if values.size == 0 or width < NARROWEST_CELL or height < 1:
        shape = " × ".join(map(str, np.shape(picture.values)))
        return say(f"matrix {shape}", width, height, palette)
    canvas = Canvas(width, height)
    named = min(max(map(length, picture.row_names), default=-1) + 1, width // 3)
    header = 1 if picture.column_names and height > 1 else 0
    rows, columns, wide = _grid(values, picture, width - named, height - header)
    known = np.abs(values[np.isfinite(values)])
    top = float(known.max(initial=0.0)) or 1.0
    for i in range(rows):
        canvas.put(0, header + i, fit(_cell(picture.row_names, i), named), palette.muted)
        for j, value in enumerate(values[i, :columns].tolist()):
            _number(canvas, named + j * wide, header + i, wide, value, value / top, palette)
    for j in range(columns if header else 0):
        name = fit(_cell(picture.column_names, j), wide - 1, "^")
        canvas.put(named + j * wide, 0, name, palette.muted)
    if columns < values.shape[1]:
        canvas.put(width - 1, header, "…", palette.muted)
    if rows < values.shape[0] and rows + header < height:
        canvas.put(named, height - 1, f"… {values.shape[0] - rows} more rows", palette.muted)
    return canvas.lines()


def _grid(values: Array, picture: Matrix, width: int, height: int) -> tuple[int, int, int]:
    """Rows and columns that fit, and the width of a cell with the gap after it."""
    rows = values.shape[0] if values.shape[0] <= height else max(height - 1, 1)
    longest = max(length(short(v)) for v in values[:rows].ravel().tolist()) if rows else 1
    names = max(map(length, picture.column_names), default=0)
    least = longest + 2
    wide = min(max(least, min(names + 1, 12)) + 2, max(width // values.shape[1], 2))
    wide = max(wide, least if least * values.shape[1] > width else 2)
    columns = min(values.shape[1], max(width // wide, 0))
    return rows, columns, wide


def _number(
    canvas: Canvas, column: int, row: int, wide: int, value: float, share: float, p: Palette
) -> None:
    """One number; grounds stay half strength so that the digits keep their contrast."""
    if not np.isfinite(value):
        canvas.put(column, row, fit(short(value), wide - 2, ">") + " ", p.bad, bold=True)
        return
    strength = min(abs(share), 1.0) ** 0.7 * 0.55
    ground = None if p.plain else mix(p.zero, p.low if value < 0 else p.high, strength)
    canvas.put(column, row, fit(short(value), wide - 2, ">") + " ", p.text, ground)
