"""The parts of a plane: axes, numbers, regions, points, and the caption below."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lessons.kit.pictures import Path, Plane, Points, Region
from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import GridCell, Palette
from tutor.pictures.heat import paint_scale, scale_width
from tutor.pictures.labels import Label
from tutor.pictures.letters import length
from tutor.pictures.markers import legend_ink
from tutor.pictures.pen import Pen
from tutor.pictures.ticks import format_number
from tutor.pictures.tints import tint
from tutor.pictures.viewport import Viewport, axes_of

CLASS_GLYPHS = "○●◇◆△▲"
FILLS = "░·:"
"""The fill of a region without color, by its tone."""


@dataclass(frozen=True)
class AxisNumber:
    """A number of an axis and the cell at which its text starts, which may be outside."""

    text: str
    column: int
    row: int


def _zero(view: Viewport) -> GridCell:
    """The cell where the axes cross; at the left or the bottom if 0 is outside."""
    x, y = (0.0 if axis.low < 0 < axis.high else axis.low for axis in (view.x, view.y))
    return view.nearest(view.cell(x, y) or (0, 0))


def paint_axes(pen: Pen, picture: Plane, left: bool, below: bool, p: Palette) -> list[AxisNumber]:
    """Draw the lines through 0, except over a map; returns the numbers that belong to them."""
    if not picture.axes or pen.view.width < 3 or pen.view.height < 3:
        return []
    view, faint = pen.view, tint(p, p.muted, p.background, 0.5)
    column, row = _zero(view)
    if picture.heat is None:
        for at in range(view.height):
            pen.put((column, at), "│", faint, bold=False)
        for at in range(view.width):
            pen.put((at, row), "─", faint, bold=False)
        pen.put((column, row), "┼", faint, bold=False)
    return [
        *_numbers_across(pen, picture, row, below, p),
        *_numbers_up(pen, picture, column, left, p),
    ]


def _numbers_across(
    pen: Pen, picture: Plane, row: int, below: bool, p: Palette
) -> list[AxisNumber]:
    view, faint, found, end = pen.view, tint(p, p.muted, p.background, 0.5), [], -(10**6)
    crosses = view.x.low < 0 < view.x.high
    if picture.heat is not None and not below:
        return []
    line = view.height if below else row + 1 if row + 1 < view.height else row - 1
    for value, text in axes_of(picture.extent)[0].ticks(max(view.width // 8, 2)):
        cell = view.cell(value, view.y.low)
        if cell is None or (value == 0 and crosses and not below):
            continue
        minus = text.startswith("-")
        start = cell[0] - (length(text) - minus) // 2 - minus
        start = max(min(start, pen.canvas.width - view.left - length(text)), -view.left)
        if picture.heat is None:
            pen.put((cell[0], row), "┬" if line > row else "┴", faint, bold=False)
        if start > end:
            found.append(AxisNumber(text, start, line))
            end = start + length(text)
    return found


def _numbers_up(pen: Pen, picture: Plane, column: int, left: bool, p: Palette) -> list[AxisNumber]:
    view, faint, found = pen.view, tint(p, p.muted, p.background, 0.5), []
    crosses = view.y.low < 0 < view.y.high
    if picture.heat is not None and not left:
        return []
    for value, text in axes_of(picture.extent)[1].ticks(max(view.height // 3, 2)):
        cell = view.cell(view.x.low, value)
        if cell is None or (value == 0 and crosses and not left):
            continue
        at = -1 if left else column
        on_left = at - length(text) >= -view.left
        if picture.heat is None:
            pen.put((column, cell[1]), "┤" if on_left else "├", faint, bold=False)
        found.append(AxisNumber(text, at - length(text) if on_left else column + 1, cell[1]))
    return found


def paint_numbers(pen: Pen, numbers: list[AxisNumber], taken: set[GridCell], p: Palette) -> None:
    """Draw the numbers that cover nothing and touch no name; a number is never truncated."""
    for number in numbers:
        cells = [(number.column + i, number.row) for i in range(length(number.text))]
        before, after = (cells[0][0] - 1, number.row), (cells[-1][0] + 1, number.row)
        touches = pen.glyph(before).isalnum() or pen.glyph(after).isalnum()
        if taken.isdisjoint(cells) and not touches:
            pen.write(cells[0], number.text, p.muted)


def axis_names(picture: Plane, view: Viewport, p: Palette) -> list[Label]:
    """The names of both axes, at their far ends."""
    column, row = _zero(view)
    x = Label(picture.x_label, (view.width - 1, row), 3, p.muted, bold=False)
    y = Label(picture.y_label, (column, 0), 0, p.muted, bold=False)
    return [label for label in (x, y) if label.text]


def paint_regions(pen: Pen, regions: tuple[Region, ...], p: Palette) -> None:
    """Tint the inside of each polygon, or fill it with a pattern if there is no color."""
    view, canvas, on_map = pen.view, pen.canvas, pen.background.colors is not None
    for region in regions:
        inside = _inside(view, region)
        tone = p.tone(region.tone)
        for row, (above, below) in enumerate(zip(inside[::2], inside[1::2], strict=True)):
            chars, styles = canvas.chars[view.top + row], canvas.styles[view.top + row]
            for column in np.flatnonzero(above | below).tolist():
                at = view.left + column
                fg, bg, bold, target = styles[at]
                fill = tint(p, bg or p.background, tone, 0.22)
                whole = above[column] and below[column]
                if p.plain:
                    if chars[at] == " " and above[column]:
                        chars[at] = FILLS[region.tone % len(FILLS)]
                elif whole or (on_map and above[column]):
                    styles[at] = (fg, fill, bold, target)
                elif chars[at] == " " and not on_map:
                    chars[at] = "▀" if above[column] else "▄"
                    styles[at] = (fill, bg, False, target)


def _inside(view: Viewport, region: Region) -> NDArray[np.bool_]:
    """Which pixels, two per cell, have their center in the polygon: by the even-odd rule."""
    n = min(len(region.x), len(region.y))
    x, y = (np.asarray(v, dtype=float)[:n] for v in (region.x, region.y))
    columns, rows = view.positions(x, y)
    known = np.isfinite(columns) & np.isfinite(rows)
    columns, rows = columns[known], 2 * rows[known]
    counts = np.zeros((2 * view.height, view.width + 1), dtype=int)
    if columns.size < 3:
        return counts[:, :-1] > 0
    middles = np.arange(2 * view.height)[:, None] + 0.5
    above = rows <= middles
    crossing = above != np.roll(above, -1, axis=1)
    run, rise = np.roll(columns, -1) - columns, np.roll(rows, -1) - rows
    with np.errstate(divide="ignore", invalid="ignore"):
        at = columns + (middles - rows) / rise * run
    line, side = np.nonzero(crossing)
    first = np.clip(np.ceil(at[line, side] - 0.5), 0, view.width).astype(int)
    np.add.at(counts, (line, first), 1)
    odd: NDArray[np.bool_] = np.cumsum(counts, axis=1)[:, :-1] % 2 == 1
    return odd


def paint_points(pen: Pen, groups: tuple[Points, ...], p: Palette) -> set[GridCell]:
    """Draw points in their class's color and shape; on a signed map, class 0 is its low side."""
    view, drawn = pen.view, set[GridCell]()
    for points in sorted(groups, key=lambda group: not group.faint):
        n = min(len(points.x), len(points.y), len(points.labels))
        x, y = (np.asarray(v, dtype=float)[:n] for v in (points.x, points.y))
        columns, rows = (np.floor(v) for v in view.positions(x, y))
        keep = (columns >= 0) & (columns < view.width) & (rows >= 0) & (rows < view.height)
        kinds = np.asarray(points.labels)[:n][keep].astype(int)
        places = zip(columns[keep].tolist(), rows[keep].tolist(), kinds.tolist(), strict=True)
        for column, row, label in places:
            kind, cell = max(label, 0), (int(column), int(row))
            own = (p.low, p.high)[kind] if pen.background.signed and kind < 2 else p.tone(kind)
            color = tint(p, own, p.text, 0.3 if points.faint else 0.6)
            glyph = "·" if points.faint else CLASS_GLYPHS[kind % len(CLASS_GLYPHS)]
            pen.put(cell, glyph, color, not points.faint)
            drawn.add(cell)
    return drawn


def wants_caption(picture: Plane) -> bool:
    """Whether there is anything to write below the plane."""
    return picture.heat is not None or any(path.name for path in picture.paths)


def paint_caption(
    canvas: Canvas, picture: Plane, legend: list[tuple[str, Path]], in_words: bool, p: Palette
) -> None:
    """Draw the last line: the legend and, to the right, the color scale or the extent."""
    row, column, seen = canvas.height - 1, 0, set[str]()
    entries = [(sample, path) for sample, path in legend]
    for k, (sample, path) in enumerate(entries):
        if path.name in seen:
            continue
        seen.add(path.name)
        wide = length(sample) + 1 + length(path.name)
        more = f"+{len(entries) - k}"
        spare = 0 if k + 1 == len(entries) else length(more) + 2
        if column + wide + spare > canvas.width:
            canvas.put(column, row, more, p.muted)
            return
        canvas.put(column, row, sample, legend_ink(path, p), bold=not path.faint)
        canvas.put(column + length(sample) + 1, row, path.name, p.text)
        column += wide + 2
    room = canvas.width - column
    if in_words:
        x0, x1, y0, y1 = (format_number(v) for v in picture.extent)
        words = f"x {x0} … {x1}  y {y0} … {y1}"
        if length(words) <= room:
            canvas.put(column, row, words, p.muted)
            column += length(words) + 2
    if picture.heat is not None and picture.axes:
        least = min(canvas.width - column, scale_width(picture.heat))
        paint_scale(canvas, canvas.width - least, row, least, picture.heat, p)
