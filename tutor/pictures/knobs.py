"""The panel of knobs: each with its name, its track and its value, in one or more columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from lessons.kit.knobs import Choice, Knob, Settings, Switch, Value
from tutor.pictures.cells import Line, Palette, Span

COLUMN = 34
"""The width that one knob needs at least."""
VALUE = 10
"""The width that a value needs at most."""


@dataclass(frozen=True)
class Spot:
    """Where a knob lies: its row, the column it begins at, and its track's columns."""

    row: int
    left: int
    track: range


def columns_of(knobs: int, width: int) -> int:
    """How many knobs stand side by side."""
    return max(1, min(knobs, width // COLUMN))


def spots(knobs: Sequence[Knob], width: int) -> list[Spot]:
    """Where each knob lies in a panel of that width, filled row by row."""
    columns = columns_of(len(knobs), width)
    room = width // columns
    name = min(20, max((_name_width(knob) for knob in knobs), default=0))
    track = max(6, room - name - VALUE - 4)
    found = []
    for i in range(len(knobs)):
        left = (i % columns) * room
        start = left + 2 + name + 1
        found.append(Spot(i // columns, left, range(start, start + track)))
    return found


def _name_width(knob: Knob) -> int:
    return cell_len(f"{knob.label} {knob.symbol}".strip())


def knob_lines(
    settings: Settings, width: int, palette: Palette, current: int | None, typed: str = ""
) -> list[Line]:
    """The panel: each knob with its name, its track and its value; `current` is lit.

    >>> from lessons.kit.knobs import Slider
    >>> from tutor.pictures.cells import DARK, plain
    >>> eta = Slider(name="lr", label="rate", symbol="η", default=0.1, low=0.01, high=1, log=True)
    >>> plain(knob_lines(Settings([eta]), 30, DARK, 0))
    '▸ rate η ━━━━●─────  0.1      '
    """
    knobs = list(settings.knobs.values())
    places = spots(knobs, width)
    rows: dict[int, list[Span]] = {}
    for i, (knob, spot) in enumerate(zip(knobs, places, strict=True)):
        row = rows.setdefault(spot.row, [])
        lit = i == current
        awake = knob.wakes(settings)
        row += _knob(knob, settings[knob.name], spot, palette, lit, awake, typed if lit else "")
        used = sum(cell_len(span.text) for span in row)
        end = width // columns_of(len(knobs), width) * (i % columns_of(len(knobs), width) + 1)
        row.append(Span(" " * max(0, end - used)))
    return [tuple(rows[y]) for y in sorted(rows)]


def _knob(
    knob: Knob, value: Value, spot: Spot, palette: Palette, lit: bool, awake: bool, typed: str
) -> list[Span]:
    tone = palette.tones[0] if lit else palette.text if awake else palette.muted
    track = palette.tones[0] if awake else palette.muted
    name = f"{knob.label} {knob.symbol}".strip()
    room = spot.track.start - spot.left - 3
    spans = [
        Span("▸ " if lit else "  ", palette.tones[0], None, True),
        Span(set_cell_size(name, room) + " ", tone, None, lit),
    ]
    size = len(spot.track)
    if isinstance(knob, Choice | Switch):
        text = f"‹ {knob.show(value)} ›"
        return [*spans, Span(set_cell_size(text, size + VALUE), tone, None, lit)]
    handle = round(knob.position(value) * (size - 1))
    shown = f"{typed}▏" if typed else knob.show(value)
    return [
        *spans,
        Span("━" * handle, track),
        Span("●", tone, None, True),
        Span("─" * (size - 1 - handle), palette.muted),
        Span(f"  {shown}", palette.tones[1] if typed else tone, None, lit),
    ]
