"""Charts of lines: plotext draws them in braille, this file all that surrounds them.

From top to bottom: a legend with the latest values, the texts of the marks, the lines beside
their scale, the axis and its numbers. Rows are given up in that order when room is short.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from lessons.kit.pictures import Curve, Mark, Series
from tutor.pictures.canvas import GHOST_GLYPHS, TONE_GLYPHS, Canvas, fit, length
from tutor.pictures.cells import Colour, Line, Palette, mix
from tutor.pictures.ticks import Axis, short, span_of
from tutor.pictures.trace import trace

NARROWEST, LOWEST = 20, 5


@dataclass(frozen=True)
class Frame:
    """Where the lines go: `left`, `top` is the corner of the drawing area, in cells."""

    left: int
    top: int
    width: int
    height: int
    x: Axis
    y: Axis


def curve(picture: Curve, width: int, height: int, palette: Palette) -> list[Line]:
    """Lines over a common axis; the learner's own (tone 0) lies over its companions.

    >>> from tutor.pictures.cells import DARK, plain
    >>> line = Series("loss", [0, 1, 2], [4.0, 2.0, 1.0])
    >>> plain(curve(Curve("Loss", (line,)), 24, 1, DARK))
    'loss 1 at step 2        '
    """
    canvas = Canvas(width, height)
    if width < NARROWEST or height < LOWEST:
        canvas.put(0, (height - 1) // 2, fit(in_words(picture), canvas.width), palette.text)
        return canvas.lines()
    drawn = sorted(picture.series, key=lambda s: (s.predicted, not s.ghost, -s.tone))
    data = [_clean(series, picture.log_y) for series in drawn]
    frame = _frame(picture, data, width, height)
    _scale(canvas, frame, picture.x_label, palette)
    placed = [(frame.x.place(x), frame.y.place(y)) for x, y in data]
    dashed = [series.predicted for series in drawn]
    traces = trace(placed, dashed, frame.width, frame.height)
    for series, tags in zip(drawn, traces, strict=True):
        colour = _colour(series, palette)
        for column, row, glyph in tags:
            canvas.put(frame.left + column, frame.top + row, glyph, colour)
    _marks(canvas, frame, picture.marks, palette)
    if len(picture.series) > 1:
        for k, (series, (x, y)) in enumerate(zip(drawn, data, strict=True)):
            _beads(canvas, frame, series, x, y, k, palette)
    _legend(canvas, picture, palette)
    if not any(np.isfinite(y).any() for _, y in data):
        words = fit("no values yet", frame.width, "^")
        canvas.put(frame.left, frame.top + frame.height // 2, words, palette.muted)
    return canvas.lines()


def in_words(picture: Curve) -> str:
    """The chart in one short line: the latest value of the learner's series.

    >>> in_words(Curve("Loss", ()))
    'Loss: no values yet'
    """
    for series in sorted(picture.series, key=lambda s: (s.ghost, s.predicted, s.tone)):
        if len(series.y):
            where = f"{picture.x_label} {short(float(series.x[-1]), 6)}"
            return f"{series.name} {short(float(series.y[-1]))} at {where}"
    return f"{picture.title}: no values yet"


def _clean(series: Series, log: bool) -> tuple[Array, Array]:
    """The series as floats, with nan wherever the chart has no place for a value."""
    n = min(len(series.x), len(series.y))
    x = np.asarray(series.x, dtype=float)[:n]
    y = np.asarray(series.y, dtype=float)[:n].copy()
    y[~np.isfinite(y) | ~np.isfinite(x) | (log & (y <= 0))] = np.nan
    return x, y


def _frame(picture: Curve, data: list[tuple[Array, Array]], width: int, height: int) -> Frame:
    ys = np.concatenate([np.empty(0), *(y for _, y in data)])
    xs = np.concatenate([np.empty(0), *(x for x, _ in data), [m.x for m in picture.marks]])
    y, x = span_of(ys, picture.log_y), span_of(xs)
    known = xs[np.isfinite(xs)]
    if known.size and known.min() == known.max():
        x = Axis(float(known[0]), float(known[0]) + 1)  # a run that is about to begin
    top = 1 + bool(picture.marks and height >= 9)
    rows = height - top - (2 if height >= 8 else 1)
    left = 1 + max((length(text) for _, text in y.ticks(_ticks(rows))), default=1)
    return Frame(left + 1, top, width - left - 1, rows, x, y)


def _ticks(rows: int) -> int:
    """How many numbers a vertical axis bears."""
    return max(round(rows / 2.5), 3)


def _scale(canvas: Canvas, frame: Frame, x_label: str, palette: Palette) -> None:
    """Numbers on both axes, and a faint rule across at each number of the vertical one."""
    faint = mix(palette.background, palette.muted, 0.35)
    bottom, edge = frame.top + frame.height, frame.left - 1
    for row in range(frame.top, bottom):
        canvas.put(edge, row, "│", faint)
    for value, text in frame.y.ticks(_ticks(frame.height)):
        row = frame.top + _row(frame.y.place(np.array([value])), frame.height, 1).item()
        canvas.put(0, row, fit(text, edge - 1, ">"), palette.muted)
        canvas.put(edge, row, "┤", faint)
        if not palette.plain:
            canvas.put(frame.left, row, "┈" * frame.width, faint)
    has_rule = canvas.height >= 8
    if has_rule:
        canvas.put(edge, bottom, "└" + "─" * frame.width, faint)
    room = canvas.width - length(x_label) - 1
    canvas.put(room + 1, canvas.height - 1, x_label, palette.muted)
    end = 0
    for value, text in frame.x.ticks(max(frame.width // 10, 2)):
        column = frame.left + _column(frame.x.place(np.array([value])), frame.width, 1).item()
        start = max(column - length(text) // 2, 0)
        if start < end or start + length(text) > room:
            continue
        canvas.put(start, canvas.height - 1, text, palette.muted)
        canvas.put(column, bottom, "┬" if has_rule else "", faint)
        end = start + length(text) + 1


def _column(place: Array, width: int, dots: int) -> NDArray[np.int_]:
    return np.rint(place * (width * dots - 1)).astype(int)


def _row(place: Array, height: int, dots: int) -> NDArray[np.int_]:
    return np.rint((1 - place) * (height * dots - 1)).astype(int)


def _colour(series: Series, palette: Palette) -> Colour:
    if series.ghost:
        return mix(palette.muted, palette.tone(series.tone), 0.2)
    if series.predicted:
        return mix(palette.muted, palette.text, 0.6)
    return palette.tone(series.tone)


def _glyph(series: Series) -> str:
    if series.predicted:
        return "╌"
    return (GHOST_GLYPHS if series.ghost else TONE_GLYPHS)[series.tone % len(TONE_GLYPHS)]


def _beads(
    canvas: Canvas, frame: Frame, series: Series, x: Array, y: Array, k: int, palette: Palette
) -> None:
    """The series' glyph strung along its line, so that lines differ without colour."""
    known = np.flatnonzero(np.isfinite(y))
    if series.predicted or not known.size:
        return
    columns = _column(frame.x.place(x[known]), frame.width, 1)
    rows = _row(frame.y.place(y[known]), frame.height, 1)
    every = max(frame.width // 3, 8)
    wanted = [*range(every // 3 + 3 * k, frame.width - 4, every), int(columns[-1])]
    for column in wanted:
        near = int(np.abs(columns - column).argmin()) if column != columns[-1] else -1
        if abs(int(columns[near]) - column) <= 1:
            place = frame.left + int(columns[near]), frame.top + int(rows[near])
            canvas.put(*place, _glyph(series), _colour(series, palette), bold=not series.ghost)


def _marks(canvas: Canvas, frame: Frame, marks: tuple[Mark, ...], palette: Palette) -> None:
    """A thin upright at each moment; its text above it, the latest first, where there is room."""
    colour = mix(palette.muted, palette.text, 0.4)
    places = [(float(frame.x.place(np.array([m.x]))[0]), m.text) for m in marks]
    known = np.array([place for place, _ in places if np.isfinite(place)])
    columns = (frame.left + _column(known, frame.width, 1)).tolist()
    texts = [text for place, text in places if np.isfinite(place)]
    for column in columns:
        for row in range(frame.top, frame.top + frame.height):
            if canvas.chars[row][column] in " ┈":
                canvas.put(column, row, "╎", colour)
    if frame.top < 2:
        return
    for column in columns:
        canvas.put(column, 1, "▾", colour)
    taken: set[int] = set()
    for column, text in sorted(zip(columns, texts, strict=True), reverse=True):
        for start in (column + 2, column - 1 - length(text)):
            cells = range(start - 1, start + length(text) + 1)
            if frame.left <= start and cells.stop <= canvas.width + 1 and taken.isdisjoint(cells):
                canvas.put(start, 1, text, colour)
                taken.update(cells)
                break


def _legend(canvas: Canvas, picture: Curve, palette: Palette) -> None:
    """Glyph, name and latest value of every series that finds room in the first line."""
    column = 1
    order = sorted(picture.series, key=lambda s: (s.ghost, s.predicted, s.tone))
    for i, series in enumerate(order):
        latest = f" {short(float(series.y[-1]))}" if len(series.y) and not series.ghost else ""
        for text in (f"{series.name}{latest}", series.name):
            if column + 2 + length(text) + (2 if i + 1 < len(order) else 0) <= canvas.width:
                break
        else:
            canvas.put(min(column, canvas.width - 2), 0, f"+{len(order) - i}", palette.muted)
            return
        canvas.put(column, 0, _glyph(series), _colour(series, palette), bold=True)
        canvas.put(column + 2, 0, series.name, palette.muted if series.ghost else palette.text)
        value = text[len(series.name) :]
        canvas.put(column + 2 + length(series.name), 0, value, _colour(series, palette), bold=True)
        column += length(text) + 5
