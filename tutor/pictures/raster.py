"""Functions of the plane as heat maps, with points, trails and targets on top."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from lessons.kit.pictures import Field, Path, Points
from tutor.pictures import shades
from tutor.pictures.canvas import Canvas, Dots, fit, length, polyline, say
from tutor.pictures.cells import Colour, Line, Palette, Span, mix
from tutor.pictures.ticks import Axis, short

CLASS_GLYPHS = "○●◇◆△▲"
WALKERS = "◉◎▣◈◍"
DIM = 0.1
STRETCH = 1.3
"""How much longer than high, or higher than long, a circle may come out."""
BANDS = 8
"""So many steps of the map's height, each bounded by a level line."""


@dataclass(frozen=True)
class Plane:
    """The drawing area in cells and the stretch of the plane it shows."""

    width: int
    height: int
    x: Axis
    y: Axis

    def cells(self, x: Array, y: Array, across: int = 1, down: int = 1) -> tuple[Array, Array]:
        """Columns and rows (or finer dots) of points; nan where they have no place."""
        # A runaway walker is far enough away at a million pictures' width.
        right, up = (np.clip(a.place(v), -1e6, 1e6) for a, v in ((self.x, x), (self.y, y)))
        columns = np.floor(right * self.width * across)
        rows = np.floor((1 - up) * self.height * down)
        # The far edges belong to the last cell, not to one beyond.
        columns[columns == self.width * across] -= 1
        rows[rows == self.height * down] -= 1
        return columns, rows


def field(picture: Field, width: int, height: int, palette: Palette) -> list[Line]:
    """The map in half blocks, row 0 of the values at the bottom; its scale in the last line.

    >>> from tutor.pictures.cells import DARK
    >>> north = Field("y", np.array([[-1.0], [1.0]]), (0, 1, 0, 1), diverging=True)
    >>> [span.text for span in field(north, 2, 1, DARK)[0]]
    ['▀▀']
    """
    values = np.atleast_2d(np.asarray(picture.values, dtype=float))
    if values.size == 0 or width < 2 or height < 1:
        return say("no map yet", width, height, palette)
    rows = height - (1 if height >= 4 and width >= 16 else 0)
    wide, high = _fitted(picture.extent, width, rows)
    x0, x1, y0, y1 = picture.extent
    plane = Plane(wide, high, Axis(x0, x1 if x1 != x0 else x0 + 1),
                  Axis(y0, y1 if y1 != y0 else y0 + 1))  # fmt: skip
    left, above = (width - wide) // 2, (rows - high) // 2
    beside = (Span(" " * left), Span(" " * (width - wide - left)))
    lines: list[Line] = [(Span(" " * width),)] * above
    for line in _map(picture, values, plane, palette):
        lines.append(tuple(span for span in (beside[0], *line, beside[1]) if span.text))
    lines += [(Span(" " * width),)] * (rows - above - high)
    if rows < height:
        canvas = Canvas(width, 1)
        _caption(canvas, picture, values, palette)
        lines += canvas.lines()
    return lines


def _fitted(extent: tuple[float, float, float, float], width: int, rows: int) -> tuple[int, int]:
    """As many of the cells as leave a circle nearly round; a pixel is half a cell high."""
    x0, x1, y0, y1 = extent
    ratio = (y1 - y0) / (x1 - x0) if x1 != x0 else 0.0
    if width < 16 or rows < 4 or not 0.2 < ratio < 5:
        return width, rows
    wide = min(width, math.ceil(2 * rows / ratio * STRETCH))
    high = min(rows, math.ceil(width * ratio / 2 * STRETCH))
    return wide, high


def _map(picture: Field, values: Array, plane: Plane, palette: Palette) -> list[Line]:
    """The map itself with all that lies on it."""
    canvas = Canvas(plane.width, plane.height)
    levels = _levels(picture, values, plane.width, 2 * plane.height)
    shades.blocks(canvas, 0, 0, levels, palette, picture.diverging)
    ground = _ground(levels, palette, picture.diverging)
    for path in sorted(picture.paths, key=lambda p: -p.tone):
        _trail(canvas, plane, path, ground, palette)
    for points in sorted(picture.points, key=lambda p: not p.faint):
        _points(canvas, plane, points, ground, palette, picture.diverging)
    for target in picture.targets:
        _put_at(canvas, plane, target, "★", ground, palette.text)
    for path in sorted(picture.paths, key=lambda p: -p.tone):
        _walker(canvas, plane, path, ground, palette)
    return canvas.lines()


def _levels(picture: Field, values: Array, width: int, height: int) -> NDArray[np.int_]:
    """The level of every pixel, row 0 at the top; pixels on a level line lie LEVELS higher."""
    pixels = shades.resample(values, width, height)[::-1]
    if not picture.contours:
        if picture.diverging:
            return shades.diverging(pixels, picture.bound)
        return shades.sequential(pixels)
    share = _stretch(pixels)
    levels = (
        shades.diverging(pixels, picture.bound) if picture.diverging else shades.sequential(share)
    )
    return np.where(_edges(share) & (levels < shades.LEVELS), levels + shades.LEVELS, levels)


def _edges(share: Array) -> NDArray[np.bool_]:
    """The pixels just below a level line, except where lines would run into each other."""
    height = np.where(np.isfinite(share), share, -1.0) * BANDS
    band, edge = np.floor(height), np.zeros(share.shape, dtype=bool)
    steep = edge.copy()
    for here, there in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:, 1:], np.s_[:, :-1]),
        (np.s_[:-1], np.s_[1:]),
        (np.s_[1:], np.s_[:-1]),
    ):
        edge[here] |= band[here] < band[there]
        steep[here] |= np.abs(height[here] - height[there]) > 0.6
    crisp: NDArray[np.bool_] = edge & ~steep
    return crisp


def _stretch(values: Array) -> Array:
    """Heights spread over 0 … 1 logarithmically when a few of them dwarf the rest.

    A valley is a thousand times flatter than its walls: on a straight scale it is one colour.
    """
    share = shades.unit(values)
    known = share[np.isfinite(share)]
    low = float(np.quantile(known, 0.25)) if known.size else 1.0
    if low > 0.15:
        return share
    knee = max(low, 1e-6) / 3
    stretched: Array = np.log1p(share / knee) / math.log1p(1 / knee)
    return stretched


def _ground(levels: NDArray[np.int_], palette: Palette, is_diverging: bool) -> list[list[Colour]]:
    """One colour a cell, slightly dimmed: glyphs over the map tend to have its own colour."""
    if palette.plain:
        return []
    table = np.array(shades.colours(palette, is_diverging))
    both = (table[levels[0::2]] + table[levels[1::2]]) / 2
    both = np.rint(both + DIM * (np.array(palette.background) - both)).astype(int)
    return [[(r, g, b) for r, g, b in line] for line in both.tolist()]


def _put(
    canvas: Canvas, column: int, row: int, glyph: str, ground: list[list[Colour]],
    colour: Colour, bold: bool = True,
) -> None:  # fmt: skip
    back = ground[row][column] if ground else None
    canvas.put(column, row, glyph, colour, back, bold)


def _put_at(
    canvas: Canvas, plane: Plane, at: tuple[float, float], glyph: str,
    ground: list[list[Colour]], colour: Colour,
) -> None:  # fmt: skip
    """Put a glyph at a point of the plane; beyond the edge an arrow on it points the way."""
    columns, rows = plane.cells(np.array([at[0]]), np.array([at[1]]))
    if not (np.isfinite(columns).all() and np.isfinite(rows).all()):
        return
    column, row = columns.item(), rows.item()
    if column < 0 or column >= plane.width:
        glyph = "◀" if column < 0 else "▶"
    elif row < 0 or row >= plane.height:
        glyph = "▲" if row < 0 else "▼"
    inside = min(max(column, 0), plane.width - 1), min(max(row, 0), plane.height - 1)
    _put(canvas, int(inside[0]), int(inside[1]), glyph, ground, colour)


def _points(
    canvas: Canvas, plane: Plane, points: Points, ground: list[list[Colour]],
    palette: Palette, signed: bool,
) -> None:  # fmt: skip
    """Points in the colour of their class: on a signed map class 0 is its low side, 1 its high."""
    columns, rows = plane.cells(np.asarray(points.x, float), np.asarray(points.y, float))
    keep = (columns >= 0) & (columns < plane.width) & (rows >= 0) & (rows < plane.height)
    kinds = np.asarray(points.labels)[keep].astype(int)
    places = zip(columns[keep].tolist(), rows[keep].tolist(), kinds.tolist(), strict=True)
    for column, row, label in places:
        kind = max(label, 0)
        own = (palette.low, palette.high)[kind] if signed and kind < 2 else palette.tone(kind)
        colour = mix(own, palette.text, 0.3 if points.faint else 0.6)
        glyph = "·" if points.faint else CLASS_GLYPHS[kind % len(CLASS_GLYPHS)]
        _put(canvas, int(column), int(row), glyph, ground, colour, not points.faint)


def _trail(
    canvas: Canvas, plane: Plane, path: Path, ground: list[list[Colour]], palette: Palette
) -> None:
    """The way so far in braille; higher tones are broken lines."""
    n = min(len(path.x), len(path.y))
    x, y = (np.asarray(v, dtype=float)[:n] for v in (path.x, path.y))
    columns, rows = plane.cells(x, y, 2, 4)
    dots = Dots(plane.width, plane.height)
    colour = mix(palette.tone(path.tone), palette.text, 0.4)
    reach = 4 * (plane.width + plane.height)
    # A runaway walker would ask for millions of dots outside the picture.
    columns, rows = np.clip(columns, -reach, 3 * reach), np.clip(rows, -reach, 5 * reach)
    xs, ys = polyline(columns, rows)
    shown = np.arange(xs.size) % 6 < 6 - 2 * (path.tone % 3)
    dots.set(xs[shown], ys[shown], colour)
    for column, row, glyph, colour in dots.lit():
        _put(canvas, column, row, glyph, ground, colour)


def _walker(
    canvas: Canvas, plane: Plane, path: Path, ground: list[list[Colour]], palette: Palette
) -> None:
    """Where the walker stands: the last place of the path that is a number."""
    n = min(len(path.x), len(path.y))
    x, y = (np.asarray(v, dtype=float)[:n] for v in (path.x, path.y))
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if known.size:
        at = float(x[known[-1]]), float(y[known[-1]])
        colour = mix(palette.tone(path.tone), palette.text, 0.5)
        _put_at(canvas, plane, at, WALKERS[path.tone % len(WALKERS)], ground, colour)


def _caption(canvas: Canvas, picture: Field, values: Array, palette: Palette) -> None:
    """Last line: the extents left and right, between them who walks, or the colours' scale."""
    row = canvas.height - 1
    x0, x1, y0, y1 = (short(v) for v in picture.extent)
    left, right = f"x {x0} … {x1}", f"y {y0} … {y1}"
    start, room = length(left) + 2, canvas.width - length(left) - length(right) - 4
    walkers = [(f"{WALKERS[p.tone % len(WALKERS)]} {p.name}", p.tone) for p in picture.paths]
    if walkers and sum(length(text) + 2 for text, _ in walkers) - 2 > room:
        start, room = 0, canvas.width  # who walks matters more than the numbers at the edges
    else:
        canvas.put(0, row, fit(left, canvas.width), palette.muted)
        if room >= -2:
            canvas.put(canvas.width - length(right), row, right, palette.muted)
    for text, tone in walkers:
        if length(text) <= room:
            canvas.put(start, row, text, palette.tone(tone))
        start, room = start + length(text) + 2, room - length(text) - 2
    if walkers:
        return
    _scale(canvas, start, row, room, picture, values, palette)


def _scale(
    canvas: Canvas, start: int, row: int, room: int, picture: Field, values: Array, p: Palette
) -> None:
    known = values[np.isfinite(values)]
    low, high = (-picture.bound, picture.bound) if picture.diverging else (
        float(known.min(initial=np.inf)), float(known.max(initial=-np.inf)))  # fmt: skip
    texts = short(low), short(high)
    bar = min(room - sum(map(length, texts)) - 2, 16)
    if bar < 4 or not known.size:
        return
    begin = start + (room - bar - sum(map(length, texts)) - 2) // 2
    canvas.put(begin, row, texts[0], p.muted)
    begin += length(texts[0]) + 1
    steps = np.linspace(0, shades.LEVELS - 1, bar).astype(int)
    if p.plain:
        shades.blocks(canvas, begin, row, np.array([steps, steps]), p, picture.diverging)
    else:
        table = shades.colours(p, picture.diverging)
        for i, level in enumerate(steps.tolist()):
            canvas.put(begin + i, row, "▄", table[level])
    canvas.put(begin + bar + 1, row, texts[1], p.muted)
