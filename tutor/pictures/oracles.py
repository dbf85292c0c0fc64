"""Oracles: one row each if names, numbers and laws fit side by side, else a few lines each.

Numbers are never truncated. If even the lines do not fit, the laws are dropped first.
"""

from dataclasses import dataclass
from math import isnan

from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Handle, Oracles
from tutor.pictures.canvas import Canvas, message_lines
from tutor.pictures.cells import Color, Line, Palette
from tutor.pictures.letters import fit, length
from tutor.pictures.text import wrap_line
from tutor.pictures.ticks import format_number

SIGNS = {True: "✓", False: "✗", None: "·"}
HEADER = ("oracle", "theory", "run", "law")
GAP, INDENT = 2, 2


@dataclass(frozen=True)
class OraclesLayout:
    """Either the column `widths` of a table, or `cards`: the lines of each oracle."""

    width: int
    height: int
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    cards: tuple[tuple[str, ...], ...]


def layout(picture: Oracles, width: int, height: int) -> OraclesLayout:
    """A table if it fits, else cards, with or without laws."""
    rows = tuple(map(_row, picture.oracles))
    columns = list(zip(HEADER, *rows, strict=True))
    widths = tuple(max(map(length, column)) for column in columns)
    if INDENT + sum(widths) + GAP * (len(widths) - 1) <= width and len(rows) < height:
        return OraclesLayout(width, height, rows, widths, ())
    for with_law in (True, False):
        cards = tuple(_card(row, width, with_law) for row in rows)
        if sum(map(len, cards)) <= height:
            break
    return OraclesLayout(width, height, rows, (), cards)


def _row(oracle: Oracle) -> tuple[str, ...]:
    measured = "–" if isnan(oracle.measured) else _number(oracle, oracle.measured)
    return oracle.name, _number(oracle, oracle.predicted), measured, oracle.why


def _number(oracle: Oracle, value: float) -> str:
    """The value; 0 if it differs from 0 only by rounding, since 1e-17 would only confuse."""
    is_absolute = oracle.compare == "absolute" or not oracle.predicted
    is_rounding = is_absolute and abs(value) <= min(oracle.tolerance, 1e-6)
    return "0" if is_rounding else format_number(value, oracle.digits)


def _card(row: tuple[str, ...], width: int, with_law: bool) -> tuple[str, ...]:
    """The name, numbers and law of one oracle, on as few lines as they need."""
    name, theory, run, law = row
    numbers = f"{theory} · run {run}"
    room = max(width - INDENT, 1)
    lines = [f"{name}  {numbers}"] if length(name) + GAP + length(numbers) <= room else [
        fit(name, min(room, length(name))), *wrap_line(f"theory {numbers}", room)]  # fmt: skip
    return (*lines, *(wrap_line(law, room) if with_law and law else ()))


def paint(
    picture: Oracles, layout: OraclesLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Marks at the left edge: ✓ agrees, ✗ refuted, · not measured yet or only an illustration.

    >>> from tutor.pictures.cells import DARK, plain
    >>> shown = Oracles("Oracles", (Oracle("rate", 0.98, 0.9801, 0.01, "max |1 − ηλ|"),))
    >>> plain(paint(shown, layout(shown, 38, 2), DARK)).split("\\n")
    ['  oracle  theory  run     law         ', '✓ rate    0.98    0.9801  max |1 − ηλ|']
    >>> plain(paint(shown, layout(shown, 25, 2), DARK)).split("\\n")
    ['✓ rate  0.98 · run 0.9801', '  max |1 − ηλ|           ']
    """
    if not picture.oracles:
        return message_lines("nothing is predicted here yet", layout.width, layout.height, palette)
    canvas = Canvas(layout.width, layout.height)
    if layout.widths:
        _cells(canvas, 0, HEADER, layout.widths, palette.muted)
        for i, (oracle, row) in enumerate(zip(picture.oracles, layout.rows, strict=True), start=1):
            _sign(canvas, i, oracle, palette)
            _cells(canvas, i, row, layout.widths, palette.text)
        return canvas.lines()
    at = 0
    for oracle, card in zip(picture.oracles, layout.cards, strict=True):
        _sign(canvas, at, oracle, palette)
        named = 1 if "theory" not in "".join(card[1:2]) else 2
        for k, line in enumerate(card):
            canvas.put(INDENT, at + k, line, palette.text if k < named else palette.muted)
        at += len(card)
    return canvas.lines()


def _cells(
    canvas: Canvas, row: int, cells: tuple[str, ...], widths: tuple[int, ...], color: Color
) -> None:
    column = INDENT
    for cell, width in zip(cells, widths, strict=True):
        canvas.put(column, row, cell, color)
        column += width + GAP


def _sign(canvas: Canvas, row: int, oracle: Oracle, palette: Palette) -> None:
    ok = None if oracle.illustrates else oracle.ok
    color = {True: palette.good, False: palette.bad, None: palette.muted}[ok]
    canvas.put(0, row, SIGNS[ok], color, bold=True)


def describe(picture: Oracles) -> str:
    """How many agree, and which are refuted."""
    outcomes = [oracle.ok for oracle in picture.oracles]
    refuted = ", ".join(o.name for o in picture.oracles if o.ok is False)
    text = f": {outcomes.count(True)} of {len(outcomes)} agree"
    return text + (f", refuted: {refuted}" if refuted else "")


def pick(picture: Oracles, layout: OraclesLayout, column: int, row: int) -> Handle | None:
    """Oracles are only read."""
    return None
