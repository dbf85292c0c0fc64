"""Bars: horizontal with their names if they fit, vertical if there are many."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.array import Array
from lessons.kit.pictures import Bars, Handle
from tutor.pictures.canvas import Canvas, message_lines
from tutor.pictures.cells import Color, Line, Palette
from tutor.pictures.letters import fit, length
from tutor.pictures.ticks import format_number, fraction_of
from tutor.pictures.tints import tint

EIGHTHS_RIGHT = " ▏▎▍▌▋▊▉█"
EIGHTHS_UP = " ▁▂▃▄▅▆▇█"
MIN_WIDTH = 8
MIN_BAR_WIDTH = 6
"""Bars get at least this many cells, at the cost of the last digits of their numbers."""


@dataclass(frozen=True)
class BarsLayout:
    """Horizontal bars are `pitch` rows apart, vertical ones `pitch` columns.

    `shown` holds the indices of the bars that are drawn, in order (of several vertical bars that
    share a column, the longest). Without room, no bar is shown.
    """

    width: int
    height: int
    sideways: bool
    pitch: int
    thick: int
    named: int
    room: int
    texts: tuple[str, ...]
    shown: tuple[int, ...]
    values: Array
    predicted: Array
    reach: tuple[float, float]


def layout(picture: Bars, width: int, height: int) -> BarsLayout:
    """Horizontal bars between names and numbers, or vertical bars side by side."""
    n = min(len(picture.names), len(picture.values))
    values = np.asarray(picture.values, dtype=float)[:n]
    predicted = np.full(n, np.nan)
    if picture.predicted is not None:
        known = np.asarray(picture.predicted, dtype=float)[:n]
        predicted[: len(known)] = known
    sideways = n <= height
    shown: tuple[int, ...] = tuple(range(n)) if width >= MIN_WIDTH else ()
    reach = _reach(values, predicted)
    if sideways:
        named, room, texts = _columns(picture, values, width)
        pitch = 2 if height >= 2 * n - 1 else 1
        return BarsLayout(width, height, True, pitch, 1, named, room, texts, shown,
                          values, predicted, reach)  # fmt: skip
    if width < n:
        edges = np.linspace(0, n, width + 1).astype(int)
        size = np.where(np.isfinite(values), np.abs(values), np.inf)
        shown = tuple(int(a + size[a:b].argmax()) for a, b in pairwise(edges.tolist()))
        shown = shown if width >= MIN_WIDTH else ()
    pitch = width // max(len(shown), 1)
    thick = pitch - (1 if pitch >= 3 else 0)
    room = max(height - (2 if height >= 5 else 1), 1)
    return BarsLayout(width, height, False, pitch, thick, 0, room, (), shown,
                      values, predicted, reach)  # fmt: skip


def _columns(picture: Bars, values: Array, width: int) -> tuple[int, int, tuple[str, ...]]:
    """Cells for names and for bars, and the numbers with as many digits as leave room for bars."""
    marked = 2 if picture.lit or picture.pick else 0
    longest = max(map(length, picture.names[: len(values)]), default=0)
    named = min(longest, max(width // 3 - marked, 1)) + marked
    texts: tuple[str, ...] = ()
    for digits in (3, 2, 1):
        texts = tuple(format_number(v, digits) for v in values.tolist())
        room = width - named - max(map(length, texts), default=0) - 2
        if room >= MIN_BAR_WIDTH:
            break
    return named, max(room, 0), texts


def _reach(values: Array, predicted: Array) -> tuple[float, float]:
    """The range of the common axis, which always includes 0."""
    known = np.concatenate([values, predicted, [0.0]])
    known = known[np.isfinite(known)]
    low, high = float(known.min()), float(known.max())
    return (low, high) if high / 2 - low / 2 > 1e-300 else (0.0, 1.0)


def paint(
    picture: Bars, layout: BarsLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """One bar per name, and a tick │ on each where theory predicts its end.

    >>> from tutor.pictures.cells import DARK, plain
    >>> shares = Bars("Share", ("a", "b"), [1.0, 0.5])
    >>> plain(paint(shares, layout(shares, 14, 2), DARK)).split("\\n")
    ['a ████████ 1  ', 'b ████     0.5']
    """
    if not layout.shown:
        words = f"{picture.title}: {len(layout.values)} bars"
        return message_lines(
            words if len(layout.values) else "no values yet", layout.width, layout.height, palette
        )
    canvas = Canvas(layout.width, layout.height)
    draw = _sideways if layout.sideways else _upright
    draw(canvas, picture, layout, focus, palette)
    return canvas.lines()


def _handle(picture: Bars, index: int) -> Handle | None:
    return Handle(picture.pick, index + 1) if picture.pick else None


def _color(picture: Bars, index: int, value: float, p: Palette) -> Color:
    """The color of a bar; if some bars are highlighted, the others are dimmed."""
    own = p.tone(0) if value >= 0 else p.low
    return tint(p, own, p.background, 0.45) if picture.lit and index not in picture.lit else own


def _sign(picture: Bars, index: int, focus: Handle | None) -> str:
    """The mark of a highlighted or focused bar, which does not rely on color."""
    if focus is not None and focus == _handle(picture, index):
        return "◎"
    return "▸" if index in picture.lit else " "


def _sideways(
    canvas: Canvas, picture: Bars, at: BarsLayout, focus: Handle | None, p: Palette
) -> None:
    for i in at.shown:
        row, value, text = i * at.pitch, float(at.values[i]), at.texts[i]
        handle, sign = _handle(picture, i), _sign(picture, i, focus)
        strong = i in picture.lit or sign == "◎"
        if handle:
            canvas.put(0, row, " " * at.width, target=handle)
        name, left = at.named, 0
        if picture.lit or picture.pick:
            canvas.put(0, row, sign, p.good, bold=True)
            name, left = at.named - 2, 2
        canvas.put(
            left, row, fit(picture.names[i], name), p.text if strong else p.muted, bold=strong
        )
        if at.named + 2 + at.room + length(text) <= at.width:
            canvas.put(at.named + at.room + 2, row, text, p.text, bold=strong)
        color = _color(picture, i, value, p)
        _bar(canvas, at, row, value, color, p)
        tick = float(at.predicted[i])
        if math.isfinite(tick) and at.room:
            column = at.named + 1 + round(fraction_of(tick, *at.reach) * (at.room - 1))
            on_bar = canvas.chars[row][column] == "█" and not p.plain
            ink, background = (p.background, color) if on_bar else (p.text, None)
            canvas.put(column, row, "│", ink, background, bold=True)


def _bar(canvas: Canvas, at: BarsLayout, row: int, value: float, color: Color, p: Palette) -> None:
    """Blocks from zero to the value, to an eighth of a cell; negative bars are hatched."""
    left, room = at.named + 1, at.room
    if not math.isfinite(value):
        canvas.put(left, row, "?" if math.isnan(value) else "∞", p.bad)
        return
    zero, tip = (fraction_of(v, *at.reach) * room for v in (0.0, value))
    if value >= 0:
        start = round(zero)
        eighths = round((tip - start) * 8)
        text = "█" * (eighths // 8) + EIGHTHS_RIGHT[eighths % 8].strip()
        canvas.put(left + start, row, text, color)
    else:
        start, stop = math.floor(tip + 0.5), round(zero)
        canvas.put(left + start, row, "▒" * max(stop - start, min(room, 1)), color)


def _upright(
    canvas: Canvas, picture: Bars, at: BarsLayout, focus: Handle | None, p: Palette
) -> None:
    n, base = len(at.shown), at.room
    zero = fraction_of(0.0, *at.reach) * base
    if at.height >= 5:
        canvas.put(0, base, "─" * (n * at.pitch), tint(p, p.muted, p.background, 0.6))
    for k, i in enumerate(at.shown):
        value, handle, left = float(at.values[i]), _handle(picture, i), k * at.pitch
        tip = fraction_of(value, *at.reach) * base if math.isfinite(value) else zero
        for row in range(base):
            block = _block(row, zero, tip) * at.thick
            canvas.put(left, base - 1 - row, block, _color(picture, i, value, p), target=handle)
        if not math.isfinite(value):
            canvas.put(left, base - 1, "?" if math.isnan(value) else "∞", p.bad)
        if math.isfinite(tick := float(at.predicted[i])):
            row = min(int(fraction_of(tick, *at.reach) * base), base - 1)
            canvas.put(left, base - 1 - row, "─" * at.thick, p.text, bold=True)
        sign = _sign(picture, i, focus).replace("▸", "▴")
        if sign != " ":
            canvas.put(left + (at.thick - 1) // 2, at.room if at.height >= 5 else base - 1,
                       sign, p.good, bold=True)  # fmt: skip
    _feet(canvas, picture, at, focus, p)


def _feet(canvas: Canvas, picture: Bars, at: BarsLayout, focus: Handle | None, p: Palette) -> None:
    """The names under vertical bars if all fit, else the first, the last and a highlighted one."""
    names, row, n = picture.names, at.height - 1, len(at.shown)
    if at.height < 2:
        return
    if all(length(names[i]) < at.pitch for i in at.shown):
        for k, i in enumerate(at.shown):
            canvas.put(k * at.pitch, row, fit(names[i], at.thick, "^"), p.muted)
        return
    right = f"{names[at.shown[-1]]}   peak {format_number(at.reach[1])}"
    strong = [i for i in at.shown if _sign(picture, i, focus) != " "]
    middle = ", ".join(f"{names[i]} {format_number(float(at.values[i]))}" for i in strong[:1])
    left = names[0]
    end = max(n * at.pitch, length(right))
    if length(left) + length(right) + 2 <= at.width:
        canvas.put(0, row, left, p.muted)
    if length(right) <= at.width:
        canvas.put(end - length(right), row, right, p.muted)
    start = length(left) + 2
    if middle and start + length(middle) + 2 <= end - length(right):
        gap = end - length(right) - start - length(middle)
        canvas.put(start + gap // 2, row, middle, p.text, bold=True)


def _block(row: int, zero: float, tip: float) -> str:
    """The part of one vertical bar in one row, counted from the bottom."""
    if tip >= zero:
        if row + 1 <= zero:
            return " "
        return EIGHTHS_UP[min(max(round((tip - row) * 8), 0), 8)]
    return "▒" if row + 0.5 >= tip and row < zero else " "


def pick(picture: Bars, layout: BarsLayout, column: int, row: int) -> Handle | None:
    """The bar at a cell, including its name and number.

    >>> shares = Bars("Share", ("a", "b"), [1.0, 0.5], pick="k")
    >>> pick(shares, layout(shares, 14, 2), 0, 1)
    Handle(knob='k', part=2)
    """
    k = row // layout.pitch if layout.sideways else column // layout.pitch
    between = layout.sideways and row % layout.pitch > 0
    if between or not 0 <= k < len(layout.shown):
        return None
    return _handle(picture, layout.shown[k])


def describe(picture: Bars) -> str:
    """The numbers of up to twelve bars, then the highlighted ones.

    >>> describe(Bars("Share", ("a", "b"), [1.0, 0.5], lit=(1,)))
    ': a 1, b 0.5; lit: b'
    """
    pairs = zip(picture.names, picture.values, strict=False)
    message = [f"{name} {format_number(float(value))}" for name, value in pairs]
    rest = f" and {len(message) - 12} more" if len(message) > 12 else ""
    lit = ", ".join(picture.names[i] for i in picture.lit if 0 <= i < len(picture.names))
    bars = ", ".join(message[:12]) + rest if message else "no bars yet"
    return f": {bars}" + (f"; lit: {lit}" if lit else "")
