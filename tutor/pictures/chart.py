"""Line charts: plotext draws the lines in braille, this file everything on and above them.

From top to bottom: a legend with the latest values, the labels of the marks, the lines beside
their scale, the axis and its numbers. If room is short, rows are dropped in that order.
"""

from dataclasses import dataclass

import numpy as np

from engine.array import Array
from lessons.kit.pictures import Curve, Handle, Series
from tutor.pictures.axes import Frame, make_frame, marks, scale
from tutor.pictures.canvas import GHOST_GLYPHS, TONE_GLYPHS, Canvas, IntArray
from tutor.pictures.cells import Color, Line, Palette
from tutor.pictures.letters import fit, length
from tutor.pictures.ticks import Axis, fit_axis, format_number
from tutor.pictures.tints import tint
from tutor.pictures.trace import GlyphAt, shared, trace

MIN_WIDTH, MIN_HEIGHT = 20, 5


@dataclass(frozen=True)
class DrawnSeries:
    """A series with cleaned numbers, and the cells of its line."""

    series: Series
    x: Array
    y: Array
    cells: list[GlyphAt]


@dataclass(frozen=True)
class CurveLayout:
    """The lines, from the lowest to the topmost; without a frame there is room only for text."""

    width: int
    height: int
    frame: Frame | None
    drawn: tuple[DrawnSeries, ...]


def layout(picture: Curve, width: int, height: int) -> CurveLayout:
    """The cells of the lines; the learner's own (tone 0) is on top of the others."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return CurveLayout(width, height, None, ())
    order = sorted(picture.series, key=lambda s: (s.predicted, not s.ghost, -s.tone))
    data = [_clean(series, picture) for series in order]
    frame = _frame(picture, data, width, height)
    placed = [(frame.x.positions(x), frame.y.positions(y)) for x, y in data]
    dashed = [series.predicted for series in order]
    traces = trace(placed, dashed, frame.width, frame.height)
    traces = shared(traces, placed, dashed, frame.width, frame.height)
    drawn = [
        DrawnSeries(series, x, y, cells)
        for series, (x, y), cells in zip(order, data, traces, strict=True)
    ]
    return CurveLayout(width, height, frame, tuple(drawn))


def paint(
    picture: Curve, layout: CurveLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Lines over a common axis, with their markers.

    >>> from tutor.pictures.cells import DARK, plain
    >>> loss = Curve("Loss", (Series("loss", [0, 1, 2], [4.0, 2.0, 1.0]),))
    >>> plain(paint(loss, layout(loss, 24, 1), DARK))
    'loss 1 at step 2        '
    """
    canvas, frame = Canvas(layout.width, layout.height), layout.frame
    if frame is None:
        canvas.put(0, (layout.height - 1) // 2, fit(summarize(picture), canvas.width), palette.text)
        return canvas.lines()
    scale(canvas, frame, picture.x_label, palette)
    for line in layout.drawn:
        color = _color(line.series, palette)
        for column, row, glyph in line.cells:
            canvas.put(frame.left + column, frame.top + row, glyph, color)
    marks(canvas, frame, picture.marks, palette)
    if len(picture.series) > 1:
        for k, line in enumerate(layout.drawn):
            _markers(canvas, frame, line, k, palette)
        _ends(canvas, frame, layout.drawn, palette)
    _legend(canvas, picture, palette)
    if not any(np.isfinite(line.y).any() for line in layout.drawn):
        words = fit("no values yet", frame.width, "^")
        canvas.put(frame.left, frame.top + frame.height // 2, words, palette.muted)
    return canvas.lines()


def pick(picture: Curve, layout: CurveLayout, column: int, row: int) -> Handle | None:
    """A curve is only looked at."""
    return None


def describe(picture: Curve) -> str:
    """The first, last and lowest value of each line.

    >>> describe(Curve("Loss", ()))
    ' over step: no values yet'
    """
    message = "; ".join(map(describe_series, picture.series)) or "no values yet"
    moments = ", ".join(f"{mark.text} at {format_number(mark.x, 6)}" for mark in picture.marks)
    return f" over {picture.x_label}: {message}" + (f"; marks: {moments}" if moments else "")


def describe_series(series: Series) -> str:
    """One line in words.

    >>> describe_series(Series("loss", [0, 9], [4.0, 2.0]))
    'loss 4 at 0 to 2 at 9, lowest 2'
    """
    y = np.asarray(series.y, dtype=float)
    kind = "pinned " * series.ghost + "predicted " * series.predicted
    if not len(y) or not len(series.x):
        return f"{kind}{series.name} has no values yet"
    first, last = (
        f"{format_number(float(y[i]))} at {format_number(float(series.x[i]), 6)}" for i in (0, -1)
    )
    known = y[np.isfinite(y)]
    lowest = f", lowest {format_number(float(known.min()))}" if known.size else ", no finite value"
    broken = ", with gaps" if 0 < known.size < len(y) else ""
    return f"{kind}{series.name} {first}{f' to {last}' if len(y) > 1 else ''}{lowest}{broken}"


def summarize(picture: Curve) -> str:
    """The chart in one short line: the latest value of the learner's series.

    >>> summarize(Curve("Loss", ()))
    'Loss: no values yet'
    """
    for series in _by_importance(picture):
        if len(series.y) and len(series.x):
            where = f"{picture.x_label} {format_number(float(series.x[-1]), 6)}"
            return f"{series.name} {format_number(float(series.y[-1]))} at {where}"
    return f"{picture.title}: no values yet"


def _by_importance(picture: Curve) -> list[Series]:
    return sorted(picture.series, key=lambda s: (s.ghost, s.predicted, s.tone))


def _clean(series: Series, picture: Curve) -> tuple[Array, Array]:
    """The series as floats, with nan for values that the chart cannot show."""
    n = min(len(series.x), len(series.y))
    x = np.asarray(series.x, dtype=float)[:n]
    y = np.asarray(series.y, dtype=float)[:n].copy()
    nowhere = ~np.isfinite(y) | ~np.isfinite(x)
    nowhere |= (picture.log_y & (y <= 0)) | (picture.log_x & (x <= 0))
    y[nowhere] = np.nan
    return x, y


def _frame(picture: Curve, data: list[tuple[Array, Array]], width: int, height: int) -> Frame:
    ys = np.concatenate([np.empty(0), *(y for _, y in data)])
    xs = np.concatenate([np.empty(0), *(x for x, _ in data), [m.x for m in picture.marks]])
    y, x = fit_axis(ys, picture.log_y), fit_axis(xs, picture.log_x)
    known = xs[np.isfinite(xs)]
    if known.size and known.min() == known.max() and abs(known[0]) < 1e9 and not picture.log_x:
        x = Axis(float(known[0]), float(known[0]) + 1)  # a run before its first step
    return make_frame(x, y, width, height, bool(picture.marks))


def _color(series: Series, palette: Palette) -> Color:
    if series.ghost:
        return tint(palette, palette.muted, palette.tone(series.tone), 0.2)
    if series.predicted:
        return tint(palette, palette.muted, palette.text, 0.6)
    return palette.tone(series.tone)


def _glyph(series: Series) -> str:
    if series.predicted:
        return "╌"
    return (GHOST_GLYPHS if series.ghost else TONE_GLYPHS)[series.tone % len(TONE_GLYPHS)]


def _cells(frame: Frame, line: DrawnSeries) -> tuple[IntArray, IntArray]:
    """The columns and rows of the line's finite values, in order."""
    known = np.isfinite(line.y)
    return frame.columns(line.x[known]), frame.rows(line.y[known])


def _markers(canvas: Canvas, frame: Frame, line: DrawnSeries, k: int, palette: Palette) -> None:
    """The series' glyph along its line, so that lines differ even without color."""
    columns, rows = _cells(frame, line)
    if line.series.predicted or not columns.size:
        return
    every = max(frame.width // 3, 8)
    for column in range(frame.left + every // 3 + 3 * k, frame.left + frame.width - 4, every):
        near = int(np.abs(columns - column).argmin())
        # A marker right before the end of its line would only repeat the one at the end.
        if abs(int(columns[near]) - column) <= 1 and abs(int(columns[-1] - columns[near])) > 3:
            _mark(canvas, line.series, int(columns[near]), int(rows[near]), palette)


def _ends(canvas: Canvas, frame: Frame, drawn: tuple[DrawnSeries, ...], palette: Palette) -> None:
    """A glyph at the end of each line; several at one cell are put side by side."""
    taken: set[tuple[int, int]] = set()
    for line in reversed(drawn):
        columns, rows = _cells(frame, line)
        if line.series.predicted or not columns.size:
            continue
        column, row = int(columns[-1]), int(rows[-1])
        while (column, row) in taken and column > frame.left:
            column -= 1
        taken.add((column, row))
        _mark(canvas, line.series, column, row, palette)


def _mark(canvas: Canvas, series: Series, column: int, row: int, palette: Palette) -> None:
    canvas.put(column, row, _glyph(series), _color(series, palette), bold=not series.ghost)


def _legend(canvas: Canvas, picture: Curve, palette: Palette) -> None:
    """Glyph and name of every series that fits into the first line, and the latest values as far
    as there is room left."""
    column, order = 1, _by_importance(picture)
    room = canvas.width - sum(length(series.name) + 5 for series in order) + 2
    for i, series in enumerate(order):
        rest = 4 if i + 1 < len(order) else 0
        if column + 2 + length(series.name) + rest > canvas.width:
            more = f"+{len(order) - i}"
            canvas.put(min(column, canvas.width - length(more)), 0, more, palette.muted)
            return
        is_told = picture.is_run and len(series.y) and not series.ghost
        latest = f" {format_number(float(series.y[-1]))}" if is_told else ""
        value = latest if length(latest) <= room else ""
        room -= length(value)
        canvas.put(column, 0, _glyph(series), _color(series, palette), bold=True)
        canvas.put(column + 2, 0, series.name, palette.muted if series.ghost else palette.text)
        canvas.put(column + 2 + length(series.name), 0, value, _color(series, palette), bold=True)
        column += length(series.name) + length(value) + 5
