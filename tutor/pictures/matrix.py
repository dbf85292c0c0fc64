"""Cells: a matrix as blocks, either colored numbers or sharp pixels, never smoothed.

Blocks are as large as fit. A block without a number is twice as wide as high, so that it looks
square; if even 2 × 1 cells are too many, a block is half a cell. Numbers lose digits first; rows
and columns that still do not fit are counted.
"""

from dataclasses import dataclass

import numpy as np

from engine.array import Array
from lessons.kit.pictures import Cells, Handle
from tutor.pictures import shades
from tutor.pictures.canvas import Canvas, message_lines
from tutor.pictures.cells import Line, Palette
from tutor.pictures.letters import fit, length
from tutor.pictures.ticks import format_number
from tutor.pictures.tints import readable

MAX_BLOCK_HEIGHT = 4
"""Higher blocks would only take space from the pictures beside them."""
HALF_CELL = 0
"""The `tall` of a block that is half a cell high."""
FRAMES = {False: ("[", "]", "┌─┐│└─┘"), True: ("▸", "◂", "┏━┓┃┗━┛")}
"""The frames of a highlighted cell and of the focused one: in a single row, and around a block."""


@dataclass(frozen=True)
class CellsLayout:
    """Blocks of `wide` × `tall` cells from (left, top); `rows` and `columns` of them are shown.

    The last `gap` columns of a block stay empty, so that neighbors of one color are distinct.
    `texts` are the numbers as written, row by row; without digits there are none.
    """

    width: int
    height: int
    left: int
    top: int
    wide: int
    tall: int
    gap: int
    rows: int
    columns: int
    named: int
    header: int
    row_note: int
    texts: tuple[tuple[str, ...], ...]


def layout(picture: Cells, width: int, height: int) -> CellsLayout:
    """The largest blocks such that all fit; else as many as do."""
    values = _values(picture)
    n, m = values.shape
    if not values.size:
        return CellsLayout(width, height, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, ())
    named = min(max(map(length, picture.row_names), default=-1) + 1, width // 3)
    header = 1 if picture.column_names and height > 1 else 0
    room, below = width - named, height - header
    fitted = _written(picture, values, room, below) if picture.digits else _pixels(
        n, m, room, below, bool(picture.pick or picture.edit))  # fmt: skip
    wide, tall, gap, texts = fitted
    rows, columns, row_note, column_note = _counts(n, m, wide, tall, room, below)
    high = -(-rows // 2) if tall == HALF_CELL else rows * tall
    left = named + max((room - columns * wide - column_note) // 2, 0)
    top = header + max((below - high - row_note) // 2, 0)
    return CellsLayout(width, height, left, top, wide, tall, gap, rows, columns, named,
                       header, row_note, texts)  # fmt: skip


def _values(picture: Cells) -> Array:
    return np.atleast_2d(np.asarray(picture.values, dtype=float))


def _counts(
    n: int, m: int, wide: int, tall: int, width: int, height: int
) -> tuple[int, int, int, int]:
    """The rows and columns that are shown, and the space for the count of the rest.

    The count is below the blocks or, if they fill all rows, to the right.
    """
    room = 2 * height if tall == HALF_CELL else height // tall
    less = 2 * (height - 1) if tall == HALF_CELL else (height - 1) // tall
    hides = m * wide > width
    below = n > room or (hides and n <= less)
    rows = min(n, less if below else room)
    note = length(f" +{m}") if hides and not below else 0
    return max(rows, 0), min(m, max((width - note) // wide, 0)), int(below), note


BlockSize = tuple[int, int, int, tuple[tuple[str, ...], ...]]
"""The columns and rows of a block, its gap, and the numbers on the blocks."""


def _written(picture: Cells, values: Array, width: int, height: int) -> BlockSize:
    """The size of a block with a number: as many digits as keep all columns visible."""
    n, m = values.shape
    for digits in (3, 2):
        texts = tuple(tuple(format_number(v, digits) for v in row) for row in values.tolist())
        least = max(length(text) for row in texts for text in row) + 2
        if least * m <= width:
            break
    tall = 3 if 3 * n <= height else 1
    gap = int((least + 1) * m <= width)
    names = max(map(length, picture.column_names), default=0)
    wanted = max(least, min(names, 12), 2 * tall) + gap
    return min(wanted, max(width // m, least)), tall, gap, texts


def _pixels(n: int, m: int, width: int, height: int, touched: bool) -> BlockSize:
    """The size of a block without a number. One that can be touched is at least a whole cell."""
    tall = min(width // (2 * m), height // n, MAX_BLOCK_HEIGHT)
    if tall >= 1:
        return 2 * tall, tall, 0, ()
    return (1, 1, 0, ()) if touched else (1, HALF_CELL, 0, ())


def paint(
    picture: Cells, layout: CellsLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Blocks with their names; highlighted ones and the focused one are framed.

    >>> from tutor.pictures.cells import DARK, plain
    >>> weights = Cells("W", np.array([[1.0, -0.5]]), lit=((0, 1),))
    >>> plain(paint(weights, layout(weights, 16, 1), DARK))
    '     1  [-0.5]  '
    """
    values = _values(picture)
    if not layout.rows or not layout.columns:
        shape = " × ".join(map(str, np.shape(picture.values)))
        return message_lines(f"matrix {shape}", layout.width, layout.height, palette)
    canvas = Canvas(layout.width, layout.height)
    shown = values[: layout.rows, : layout.columns]
    signed, levels = _levels(picture, values, shown)
    if layout.tall == HALF_CELL:
        padded = np.full((shown.shape[0] + shown.shape[0] % 2, shown.shape[1]), -1)
        padded[: shown.shape[0]] = levels
        _halves(canvas, picture, layout, padded, signed, palette)
    else:
        for i in range(layout.rows):
            for j in range(layout.columns):
                _block(canvas, picture, layout, (i, j), (int(levels[i, j]), signed), palette, focus)
    _names(canvas, picture, layout, palette)
    _rest(canvas, values, layout, palette)
    return canvas.lines()


def _levels(picture: Cells, values: Array, shown: Array) -> tuple[bool, shades.Levels]:
    """Whether colors are centered on 0, and the level of each block."""
    known = values[np.isfinite(values)]
    largest = float(np.abs(known).max(initial=0.0))
    bound = picture.bound if picture.bound is not None and picture.bound > 0 else largest
    signed = bool((known < 0).any())
    if signed:
        return True, shades.diverging(shown, bound)
    share = np.where(np.isfinite(shown), shown, np.nan) / (bound or 1.0)
    return False, shades.quantized(np.clip(share, 0, 1))


def _block(
    canvas: Canvas, picture: Cells, at: CellsLayout, cell: tuple[int, int],
    shade: tuple[int, bool], p: Palette, focus: Handle | None,
) -> None:  # fmt: skip
    """One number: its color, its digits, and its frame if it is highlighted or focused."""
    (i, j), (level, signed) = cell, shade
    left, top = at.left + j * at.wide, at.top + i * at.tall
    knob = picture.pick or picture.edit
    handle = Handle(knob, cell) if knob else None
    missing = level == shades.MISSING
    # Paler under digits, so that they keep their contrast.
    strength = 0.6 if picture.digits else 1.0
    background = None if p.plain or missing else shades.shade(p, level, signed, strength)
    fill = " "
    if not picture.digits and (p.plain or missing):
        fill = shades.glyphs(signed)[level] if p.plain else "░"
    wide = at.wide - at.gap
    for row in range(top, top + at.tall):
        canvas.put(
            left, row, fill * wide, p.muted if missing else p.text, background, target=handle
        )
        canvas.put(left + wide, row, " " * at.gap, target=handle)
    if at.texts:
        text = at.texts[i][j]
        slack = wide - 1 - length(text)
        column = left + max(slack - (at.tall > 1 and slack > 1), 1)
        ink = p.bad if missing else readable(p, background or p.background)
        canvas.put(column, top + (at.tall - 1) // 2, text, ink, bold=missing or cell in picture.lit)
    in_focus = handle is not None and handle == focus
    if in_focus or cell in picture.lit:
        box = left, top, wide, at.tall
        _frame(canvas, box, (True,) * 4 if in_focus else _sides(picture.lit, i, j), in_focus, p)


def _sides(lit: tuple[tuple[int, int], ...], i: int, j: int) -> tuple[bool, bool, bool, bool]:
    """Left, right, top, bottom: whether the frame of highlighted neighbors ends on that side."""
    return (
        (i, j - 1) not in lit,
        (i, j + 1) not in lit,
        (i - 1, j) not in lit,
        (i + 1, j) not in lit,
    )


def _frame(
    canvas: Canvas, box: tuple[int, int, int, int], sides: tuple[bool, bool, bool, bool],
    in_focus: bool, p: Palette,
) -> None:  # fmt: skip
    """The sides of a frame inside the block: brackets in one row, a glyph in a single cell."""
    (column, row, wide, tall), (left, right, top, bottom) = box, sides
    before, after, corner = FRAMES[in_focus]
    last, low = column + wide - 1, row + tall - 1
    marks: list[tuple[int, int, str]] = []
    if wide == 1:
        marks.append((column, row, "◎" if in_focus else "▫"))
    elif tall == 1:
        marks += [(column, row, before)] * left + [(last, row, after)] * right
    else:
        marks += [(column, at, corner[3]) for at in range(row, low + 1) if left]
        marks += [(last, at, corner[3]) for at in range(row, low + 1) if right]
        for here, at, ends in ((top, row, corner[:3]), (bottom, low, corner[4:])):
            start = ends[0] if left else ends[1]
            stop = ends[2] if right else ends[1]
            marks += [(column, at, start + ends[1] * (wide - 2) + stop)] * here
    for at, line, glyphs in marks:
        canvas.put(at, line, glyphs, p.good if in_focus else p.text, bold=True)


def _halves(
    canvas: Canvas, picture: Cells, at: CellsLayout, levels: shades.Levels, signed: bool, p: Palette
) -> None:
    """Two pixels per cell; a highlighted one is a small square on both."""
    ramp, missing = shades.glyphs(signed), shades.MISSING
    for row in range(levels.shape[0] // 2):
        pair = zip(levels[2 * row].tolist(), levels[2 * row + 1].tolist(), strict=True)
        for column, (above, below) in enumerate(pair):
            place = at.left + column, at.top + row
            if p.plain:
                canvas.put(*place, ramp[above])
            else:
                up, down = (
                    p.background if level < 0 else shades.shade(p, level, signed)
                    for level in (above, below)
                )
                canvas.put(*place, "░" if above == below == missing else "▀", up, down)
            if {(2 * row, column), (2 * row + 1, column)} & set(picture.lit):
                canvas.put(*place, "▫", p.text, bold=True)


def _names(canvas: Canvas, picture: Cells, at: CellsLayout, p: Palette) -> None:
    """Row names beside the middle of their rows, column names above; numbers are never cut."""
    if at.tall != HALF_CELL:
        for i, name in enumerate(picture.row_names[: at.rows]):
            row = at.top + i * at.tall + (at.tall - 1) // 2
            canvas.put(at.left - at.named, row, _name(name, at.named - 1), p.muted)
    if at.header:
        for j, name in enumerate(picture.column_names[: at.columns]):
            text = fit(_name(name, at.wide - 1), at.wide - at.gap, "^")
            canvas.put(at.left + j * at.wide, at.top - 1, text, p.muted)


def _name(name: str, room: int) -> str:
    """The name, truncated; one that contains digits is omitted instead."""
    if length(name) > room and any(char.isdigit() for char in name):
        return ""
    return fit(name, min(length(name), max(room, 0)))


def _rest(canvas: Canvas, values: Array, at: CellsLayout, p: Palette) -> None:
    """The count of rows and columns that do not fit."""
    n, m = values.shape
    hidden = [(n - at.rows, "rows"), (m - at.columns, "columns")]
    counts = [(f"+{count}", kind) for count, kind in hidden if count]
    if not at.row_note:
        for count, _ in counts:
            canvas.put(at.left + at.columns * at.wide, at.top, f" {count}", p.muted)
        return
    row = at.top + drawn_rows(at) - at.header - 1
    for words in (", ".join(map(" ".join, counts)), " ".join(count for count, _ in counts)):
        if length(words) <= at.width:
            canvas.put(min(at.left, at.width - length(words)), row, words, p.muted)
            return


def pick(picture: Cells, layout: CellsLayout, column: int, row: int) -> Handle | None:
    """The cell under the mouse.

    >>> kernel = Cells("k", np.eye(2), edit="kernel")
    >>> pick(kernel, layout(kernel, 10, 2), 6, 1)
    Handle(knob='kernel', part=(1, 1))
    """
    knob = picture.pick or picture.edit
    if not knob or layout.tall == HALF_CELL:
        return None
    i, j = (row - layout.top) // layout.tall, (column - layout.left) // layout.wide
    if 0 <= i < layout.rows and 0 <= j < layout.columns:
        return Handle(knob, (i, j))
    return None


def drawn_rows(layout: CellsLayout) -> int:
    """The screen rows that names, blocks and the count of hidden rows take."""
    high = -(-layout.rows // 2) if layout.tall == HALF_CELL else layout.rows * layout.tall
    return max(layout.header + high + layout.row_note, 1)


def width_range(picture: Cells, height: int) -> tuple[int, int]:
    """The least and the most columns that the cells take at that height."""
    values = _values(picture)
    n, m = values.shape
    if not values.size:
        return 12, 12
    named = max(map(length, picture.row_names), default=-1) + 1
    below = height - (1 if picture.column_names and height > 1 else 0)
    if not picture.digits:
        touched = bool(picture.pick or picture.edit)
        wide, _, _, _ = _pixels(n, m, 2 * MAX_BLOCK_HEIGHT * m, max(below, 1), touched)
        return named + m, named + wide * m
    least, _, _, _ = _written(picture, values, 0, below)
    most, _, _, _ = _written(picture, values, 10**6, below)
    return named + least * m, named + most * m


def describe(picture: Cells) -> str:
    """Its shape, its numbers if they are few, and the highlighted ones.

    >>> describe(Cells("k", np.eye(2), lit=((0, 1),)))
    ': 2 by 2, values from 0 to 1: 1 0; 0 1; lit: row 1 column 2 (0)'
    """
    values = _values(picture)
    shape = " by ".join(map(str, values.shape))
    message = f": {shape}, {value_range(values)}"
    if 0 < values.size <= 25 and picture.digits:
        rows = (" ".join(format_number(v) for v in row) for row in values.tolist())
        message += ": " + "; ".join(rows)
    lit = [(i, j) for i, j in picture.lit if i < values.shape[0] and j < values.shape[1]]
    if not lit:
        return message
    cells = [
        f"row {i + 1} column {j + 1} ({format_number(float(values[i, j]))})" for i, j in lit[:9]
    ]
    return f"{message}; lit: {', '.join(cells)}" + (f" and {len(lit) - 9} more" if lit[9:] else "")


def value_range(values: Array) -> str:
    """The range of the finite values, in words.

    >>> value_range(np.array([1.0, np.nan, 3.0]))
    'values from 1 to 3'
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if not known.size:
        return "no finite values"
    return f"values from {format_number(float(known.min()))} to {format_number(float(known.max()))}"
