"""The frame of a chart: numbers on both axes, faint grid lines, and marks with their labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from lessons.kit.pictures import Mark
from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import Palette
from tutor.pictures.letters import fit, length
from tutor.pictures.ticks import Axis
from tutor.pictures.tints import tint


@dataclass(frozen=True)
class Frame:
    """The plot area: (`left`, `top`) is its corner, in cells."""

    left: int
    top: int
    width: int
    height: int
    x: Axis
    y: Axis

    def columns(self, x: Array) -> NDArray[np.int_]:
        """The column of the canvas that contains the dot of each finite x inside the axis."""
        return self.left + np.rint(self.x.positions(x) * (2 * self.width - 1)).astype(int) // 2

    def rows(self, y: Array) -> NDArray[np.int_]:
        """The row of the canvas that contains the dot of each finite y inside the axis."""
        return (
            self.top + np.rint((1 - self.y.positions(y)) * (4 * self.height - 1)).astype(int) // 4
        )


def make_frame(x: Axis, y: Axis, width: int, height: int, with_marks: bool) -> Frame:
    """The area that remains next to the legend, the labels of marks, and the axis numbers."""
    top = 1 + bool(with_marks and height >= 9)
    rows = height - top - (2 if height >= 8 else 1)
    left = 1 + max((length(text) for _, text in y.ticks(_ticks(rows))), default=1)
    return Frame(left + 1, top, width - left - 1, rows, x, y)


def _ticks(rows: int) -> int:
    """How many numbers fit on a vertical axis."""
    return max(round(rows / 2.5), 3)


def scale(canvas: Canvas, frame: Frame, x_label: str, palette: Palette) -> None:
    """Draw numbers on both axes, and a faint grid line at each number of the vertical one."""
    faint = tint(palette, palette.muted, palette.background, 0.65)
    bottom, edge = frame.top + frame.height, frame.left - 1
    for row in range(frame.top, bottom):
        canvas.put(edge, row, "│", faint)
    for value, text in frame.y.ticks(_ticks(frame.height)):
        row = int(frame.rows(np.array([value]))[0])
        canvas.put(0, row, fit(text, edge - 1, ">"), palette.muted)
        canvas.put(edge, row, "┤", faint)
        if not palette.plain:
            canvas.put(frame.left, row, "┈" * frame.width, faint)
    has_rule = canvas.height >= 8
    if has_rule:
        canvas.put(edge, bottom, "└" + "─" * frame.width, faint)
    label = fit(x_label, min(length(x_label), frame.width // 2))
    room = canvas.width - length(label) - 1
    canvas.put(room + 1, canvas.height - 1, label, palette.muted)
    end = 0
    for value, text in frame.x.ticks(max(frame.width // 10, 2)):
        column = int(frame.columns(np.array([value]))[0])
        start = max(min(column - length(text) // 2, canvas.width - length(text)), 0)
        if start < end or start + length(text) > room + (not label):
            continue
        canvas.put(start, canvas.height - 1, text, palette.muted)
        canvas.put(column, bottom, "┬" if has_rule else "", faint)
        end = start + length(text) + 1


def marks(canvas: Canvas, frame: Frame, moments: tuple[Mark, ...], palette: Palette) -> None:
    """Draw a thin vertical line at each mark and, if there is room, its label; the latest first."""
    color = tint(palette, palette.muted, palette.text, 0.4)
    places = frame.x.positions(np.array([mark.x for mark in moments], dtype=float))
    shown = [(mark, p) for mark, p in zip(moments, places.tolist(), strict=True) if 0 <= p <= 1]
    columns = frame.columns(np.array([mark.x for mark, _ in shown], dtype=float)).tolist()
    for column in columns:
        for row in range(frame.top, frame.top + frame.height):
            if canvas.chars[row][column] in " ┈":
                canvas.put(column, row, "╎", color)
            elif canvas.chars[row][column] == "█":
                background = None if palette.plain else canvas.styles[row][column][0]
                canvas.put(column, row, "╎", palette.text, background)
    if frame.top < 2:
        return
    for column in columns:
        canvas.put(column, 1, "▾", color)
    taken: set[int] = set()
    texts = [mark.text for mark, _ in shown]
    for column, text in sorted(zip(columns, texts, strict=True), reverse=True):
        for start in (column + 2, column - 1 - length(text)):
            cells = range(start - 1, start + length(text) + 1)
            if start >= 0 and cells.stop <= canvas.width + 1 and taken.isdisjoint(cells):
                canvas.put(start, 1, text, color)
                taken.update(cells)
                break
