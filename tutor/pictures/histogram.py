"""Histograms: counts as a density in vertical bars, the predicted density as a line over them."""

from dataclasses import dataclass

import numpy as np

from engine.array import Array
from lessons.kit.pictures import Handle, Histogram
from tutor.pictures.axes import Frame, make_frame, marks, scale
from tutor.pictures.bars import EIGHTHS_UP
from tutor.pictures.canvas import Canvas, Dots, polyline
from tutor.pictures.cells import Color, Line, Palette
from tutor.pictures.letters import fit, length
from tutor.pictures.ticks import fit_axis, format_number
from tutor.pictures.tints import tint
from tutor.pictures.trace import GlyphAt

MIN_WIDTH, MIN_HEIGHT = 20, 5


@dataclass(frozen=True)
class HistogramLayout:
    """`eighths` is the height of the bar in each column of the frame, in eighths of a cell."""

    width: int
    height: int
    frame: Frame | None
    eighths: tuple[int, ...]
    line: tuple[GlyphAt, ...]


def layout(picture: Histogram, width: int, height: int) -> HistogramLayout:
    """The bars and the line; without a frame there is room only for text."""
    edges, density = densities(picture)
    if width < MIN_WIDTH or height < MIN_HEIGHT or not density.size:
        return HistogramLayout(width, height, None, (), ())
    x, y = _predicted(picture)
    beside = np.array([mark.x for mark in picture.marks], dtype=float)
    tops = np.concatenate([density, y, [0.0]])
    axis = fit_axis(np.concatenate([edges, beside]))
    frame = make_frame(axis, fit_axis(tops), width, height, bool(picture.marks))
    share = frame.y.positions(_heights(edges, density, frame))
    eighths = np.rint(np.clip(share, 0, 1) * frame.height * 8).astype(int)
    return HistogramLayout(width, height, frame, tuple(eighths.tolist()), _line(frame, x, y))


def densities(picture: Histogram) -> tuple[Array, Array]:
    """The edges and the density between them: counts over width and total, so that the area is 1.

    >>> edges, density = densities(Histogram("h", np.array([0.0, 1, 3]), np.array([3, 1])))
    >>> density.tolist()
    [0.75, 0.125]
    """
    edges = np.asarray(picture.edges, dtype=float)
    counts = np.asarray(picture.counts, dtype=float)[: max(len(edges) - 1, 0)]
    edges = edges[: len(counts) + 1]
    if not counts.size or not np.isfinite(edges).all() or not (np.diff(edges) > 0).all():
        return np.empty(0), np.empty(0)
    counts = np.where(np.isfinite(counts), np.maximum(counts, 0), 0.0)
    top = counts.max()
    share = counts / top if top > 0 else counts
    with np.errstate(over="ignore", divide="ignore"):
        # Relative to the greatest count, so that the sum of huge counts does not overflow.
        density = share / (share.sum() or 1.0) / np.diff(edges)
    return edges, np.where(np.isfinite(density), density, 0.0)


def _total(picture: Histogram) -> float:
    counts = np.asarray(picture.counts, dtype=float)
    with np.errstate(over="ignore"):
        return float(counts[np.isfinite(counts)].sum())


def _predicted(picture: Histogram) -> tuple[Array, Array]:
    """The predicted density between the outer edges; nan elsewhere and where it is not finite."""
    if picture.density is None:
        return np.empty(0), np.empty(0)
    n = min(len(picture.density.x), len(picture.density.y))
    x = np.asarray(picture.density.x, dtype=float)[:n]
    y = np.asarray(picture.density.y, dtype=float)[:n]
    low, high = float(picture.edges[0]), float(picture.edges[-1])
    return x, np.where(np.isfinite(y) & (x >= low) & (x <= high), y, np.nan)


def _line(frame: Frame, x: Array, y: Array) -> tuple[GlyphAt, ...]:
    """The cells of a line in braille."""
    dots = Dots(frame.width, frame.height)
    across = frame.x.positions(x) * (2 * frame.width - 1)
    down = (1 - frame.y.positions(y)) * (4 * frame.height - 1)
    dots.set(*polyline(across, down), (0, 0, 0))
    return tuple((column, row, glyph) for column, row, glyph, _ in dots.lit())


def _heights(edges: Array, density: Array, frame: Frame) -> Array:
    """The density in each column: that of the bin at its center, or the mean if bins are finer."""
    low, high, n = frame.x.low, frame.x.high, frame.width
    t = np.arange(n) / max(n - 1, 1)
    middles = low * (1 - t) + high * t
    if 2 * density.size <= n:
        at = np.clip(np.searchsorted(edges, middles, side="right") - 1, 0, density.size - 1)
        return np.where((middles < edges[0]) | (middles > edges[-1]), 0.0, density[at])
    cuts = np.concatenate([[low], middles[:-1] / 2 + middles[1:] / 2, [high]])
    mass = np.concatenate([[0.0], np.cumsum(density * np.diff(edges))])
    means: Array = np.diff(np.interp(cuts, edges, mass)) / np.diff(cuts)
    return means


def paint(
    picture: Histogram, layout: HistogramLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Bars to an eighth of a cell, the line in braille over them, marks as vertical lines.

    >>> from tutor.pictures.cells import DARK, plain
    >>> dice = Histogram("dice", np.arange(0.5, 7), np.ones(6))
    >>> plain(paint(dice, layout(dice, 30, 5), DARK)).split("\\n")[0].strip()
    '█ 6 values'
    """
    canvas, frame = Canvas(layout.width, layout.height), layout.frame
    if frame is None:
        words = f"{picture.title}{describe(picture)}"
        canvas.put(0, (layout.height - 1) // 2, fit(words, layout.width), palette.text)
        return canvas.lines()
    scale(canvas, frame, picture.x_label, palette)
    color = _color(palette)
    bottom = frame.top + frame.height - 1
    for column, eighths in enumerate(layout.eighths, start=frame.left):
        for k in range(-(-eighths // 8)):
            canvas.put(column, bottom - k, EIGHTHS_UP[min(eighths - 8 * k, 8)], color)
    for column, row, glyph in layout.line:
        at = frame.left + column, frame.top + row
        solid = layout.eighths[column] >= 8 * (frame.height - row) - 4
        background = color if solid and not palette.plain else None
        canvas.put(*at, glyph, palette.text, background, bold=True)
    marks(canvas, frame, picture.marks, palette)
    _legend(canvas, picture, palette)
    return canvas.lines()


def _color(p: Palette) -> Color:
    """The color of the bars, somewhat dimmed, so that the line stands out on them."""
    return tint(p, p.tone(0), p.background, 0.35)


def _legend(canvas: Canvas, picture: Histogram, p: Palette) -> None:
    """How many values there are, and what the line is."""
    total = f"█ {format_number(_total(picture))} values"
    canvas.put(1, 0, total, p.text)
    canvas.put(1, 0, "█", _color(p))
    if picture.density is not None:
        name = fit(picture.density.name, max(canvas.width - length(total) - 9, 0)).rstrip()
        canvas.put(4 + length(total), 0, "⠒⠒", p.text, bold=True)
        canvas.put(7 + length(total), 0, name, p.text)


def pick(picture: Histogram, layout: HistogramLayout, column: int, row: int) -> Handle | None:
    """A histogram is only looked at."""
    return None


def describe(picture: Histogram) -> str:
    """How many values, their range, and where they are densest.

    >>> describe(Histogram("h", np.array([0.0, 1, 3]), np.array([3, 1]), x_label="x"))
    ' of x: 4 values from 0 to 3, densest between 0 and 1 (0.75)'
    """
    of = f" of {picture.x_label}" if picture.x_label else ""
    edges, density = densities(picture)
    total = _total(picture)
    if not density.size or total <= 0:
        return f"{of}: no values yet"
    k = int(density.argmax())
    low, high, left, right = (format_number(float(edges[i])) for i in (0, -1, k, k + 1))
    parts = [f"{format_number(total)} values from {low} to {high}"]
    parts[0] += f", densest between {left} and {right} ({format_number(float(density[k]))})"
    _, y = _predicted(picture)
    if picture.density is not None and np.isfinite(y).any():
        peak = int(np.nanargmax(y))
        where = format_number(float(picture.density.x[peak]))
        parts.append(
            f"predicted {picture.density.name} peaks at {where} ({format_number(float(y[peak]))})"
        )
    parts += [f"{mark.text} at {format_number(mark.x)}" for mark in picture.marks]
    return f"{of}: " + "; ".join(parts)
