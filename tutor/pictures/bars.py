"""Bars: sideways with their names while they fit, upright like a histogram when they are many."""

import math

import numpy as np

from engine.array import Array
from lessons.kit.pictures import Bars
from tutor.pictures.canvas import Canvas, fit, length, say
from tutor.pictures.cells import Line, Palette, mix
from tutor.pictures.ticks import short

EIGHTHS_RIGHT = " ▏▎▍▌▋▊▉█"
EIGHTHS_UP = " ▁▂▃▄▅▆▇█"


def bars(picture: Bars, width: int, height: int, palette: Palette) -> list[Line]:
    """One bar a name, and a tick │ on each where theory predicts its end.

    >>> from tutor.pictures.cells import DARK, plain
    >>> plain(bars(Bars("Share", ("a", "b"), [1.0, 0.5]), 14, 2, DARK)).split("\\n")
    ['a ████████ 1  ', 'b ████     0.5']
    """
    n = min(len(picture.names), len(picture.values))
    values = np.asarray(picture.values, dtype=float)[:n]
    told = picture.predicted
    predicted = np.full(n, np.nan)
    if told is not None:
        predicted[: len(told)] = np.asarray(told, dtype=float)[:n]
    if n == 0 or width < 8 or height < 1:
        words = f"{picture.title}: {n} bars" if n else "no values yet"
        return say(words, width, height, palette)
    draw = _sideways if n <= height else _upright
    return draw(picture.names[:n], values, predicted, width, height, palette)


def _reach(values: Array, predicted: Array) -> tuple[float, float]:
    """The stretch all bars share; 0 is always inside it."""
    known = np.concatenate([values, predicted, [0.0]])
    known = known[np.isfinite(known)]
    low, high = float(known.min()), float(known.max())
    return (low, high) if high / 2 - low / 2 > 1e-300 else (0.0, 1.0)


def _sideways(
    names: tuple[str, ...], values: Array, predicted: Array, width: int, height: int, p: Palette
) -> list[Line]:
    canvas, (low, high) = Canvas(width, height), _reach(values, predicted)
    texts = [short(v) for v in values.tolist()]
    named = min(max(map(length, names)), width // 3)
    room = max(width - named - max(map(length, texts)) - 2, 1)
    pitch = 2 if height >= 2 * len(names) - 1 else 1
    for i, (value, text) in enumerate(zip(values.tolist(), texts, strict=True)):
        row = i * pitch
        canvas.put(0, row, fit(names[i], named), p.muted)
        canvas.put(named + room + 2, row, text, p.text)
        _bar(canvas, named + 1, row, room, (0.0, value), (low, high), p)
        tick = float(predicted[i])
        if math.isfinite(tick):
            at = round(_share(tick, low, high) * (room - 1))
            column = named + 1 + at
            if canvas.chars[row][column] == "█" and not p.plain:
                canvas.put(column, row, "│", p.background, p.tone(0), bold=True)
            else:
                canvas.put(column, row, "│", p.text, bold=True)
    return canvas.lines()


def _share(value: float, low: float, high: float) -> float:
    """Where a value lies between low and high; halves keep the difference from overflowing."""
    return (value / 2 - low / 2) / (high / 2 - low / 2)


def _bar(
    canvas: Canvas, left: int, row: int, room: int, ends: tuple[float, float],
    reach: tuple[float, float], p: Palette,
) -> None:  # fmt: skip
    """A run of blocks from zero to the value, to an eighth of a cell; leftwards it is hatched."""
    value = ends[1]
    if not math.isfinite(value):
        canvas.put(left, row, "?" if math.isnan(value) else "∞", p.bad)
        return
    zero, tip = (_share(v, *reach) * room for v in ends)
    if value >= 0:
        start = round(zero)
        eighths = round((tip - start) * 8)
        text = "█" * (eighths // 8) + EIGHTHS_RIGHT[eighths % 8].strip()
        canvas.put(left + start, row, text, p.tone(0))
    else:
        start, stop = math.floor(tip + 0.5), round(zero)
        canvas.put(left + start, row, "▒" * max(stop - start, 1), p.low)


def _upright(
    names: tuple[str, ...], values: Array, predicted: Array, width: int, height: int, p: Palette
) -> list[Line]:
    canvas, (low, high) = Canvas(width, height), _reach(values, predicted)
    if width < len(values):
        edges = np.linspace(0, len(values), width + 1).astype(int)[:-1]
        values, predicted = (np.maximum.reduceat(v, edges) for v in (values, predicted))
    n, rows = len(values), max(height - (2 if height >= 5 else 1), 1)
    pitch = width // n
    thick = pitch - (1 if pitch >= 3 else 0)
    zero = _share(0.0, low, high) * rows
    for i, value in enumerate(values.tolist()):
        tip = _share(value, low, high) * rows if math.isfinite(value) else zero
        for row in range(rows):
            canvas.put(i * pitch, rows - 1 - row, _block(row, zero, tip) * thick,
                       p.tone(0) if value >= 0 else p.low)  # fmt: skip
        if math.isfinite(tick := float(predicted[i])):
            at = min(int(_share(tick, low, high) * rows), rows - 1)
            canvas.put(i * pitch, rows - 1 - at, "─" * thick, p.text, bold=True)
    if height >= 5:
        canvas.put(0, rows, "─" * (n * pitch), mix(p.background, p.muted, 0.4))
    right = f"{names[-1]}   peak {short(high)}"
    canvas.put(0, height - 1, fit(names[0], width), p.muted)
    canvas.put(max(n * pitch, length(right)) - length(right), height - 1, right, p.muted)
    return canvas.lines()


def _block(row: int, zero: float, tip: float) -> str:
    """The part of one upright bar that falls into one row, counted from the bottom."""
    if tip >= zero:
        if row + 1 <= zero:
            return " "
        return EIGHTHS_UP[min(max(round((tip - row) * 8), 0), 8)]
    return "▒" if row + 0.5 >= tip and row < zero else " "
