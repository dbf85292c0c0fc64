"""The panel of knobs: each with its name and value, and a track if it is a slider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from lessons.kit.knobs import (
    AbstractKnob,
    Cell,
    Choice,
    FormulaInput,
    Integer,
    Matrix,
    Slider,
    Switch,
)
from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import Line, Palette
from tutor.pictures.edit_line import EditLine
from tutor.pictures.letters import fit, length
from tutor.pictures.text import wrap_line
from tutor.pictures.tints import tint

COLUMN = 34
"""The least cells that one knob needs."""
BORDER = 4
"""Cells of a border that text cannot use."""
NAME, VALUE, TRACK = 20, 10, 6
"""The most cells of a name, the cells of a value, and the least cells of a track."""
KnobPart = Literal["name", "track", "value", "less", "more"]
KnobValues = Mapping[str, Any]


class KnobTarget(NamedTuple):
    """A part of a drawn knob, which can be selected, dragged, typed into, or stepped."""

    knob: str
    part: KnobPart


@dataclass(frozen=True)
class KnobPlace:
    """Where a knob is drawn: its row, its first column, and the columns of its track."""

    row: int
    left: int
    track: range


@dataclass(frozen=True)
class KnobsLayout:
    """All knobs in columns of `room` cells, filled row by row."""

    width: int
    room: int
    places: tuple[KnobPlace, ...]

    @property
    def rows(self) -> int:
        """How many rows of knobs there are."""
        return self.places[-1].row + 1 if self.places else 0


def layout(knobs: Sequence[AbstractKnob[Any]], width: int) -> KnobsLayout:
    """Where each knob is drawn in a panel of that width."""
    columns = max(1, min(len(knobs), width // COLUMN))
    room = width // columns
    name = min(NAME, max((length(name_of(knob)) for knob in knobs), default=0))
    track = max(TRACK, room - name - VALUE - 5)
    places = []
    for i in range(len(knobs)):
        left = (i % columns) * room
        start = left + 2 + name + 1
        places.append(KnobPlace(i // columns, left, range(start, start + track)))
    return KnobsLayout(width, room, tuple(places))


def name_of(knob: AbstractKnob[Any]) -> str:
    """What the panel calls a knob: its label and its letter."""
    return f"{knob.label} {knob.symbol}".strip()


def position_at(layout: KnobsLayout, number: int, column: int) -> float:
    """The position (0 to 1) on its track of a knob's grip that is dragged to a column."""
    track = layout.places[number].track
    return min(1.0, max(0.0, (column - track.start) / max(1, len(track) - 1)))


def begins(knob: AbstractKnob[Any], character: str) -> bool:
    """Whether a character can start a value of this knob, so that typing it starts an edit.

    Other keys keep their meaning, so that a run can be played and stepped while knobs are turned;
    a formula that begins with a letter is typed after enter.
    """
    if isinstance(knob, Choice | Switch):
        return False
    if isinstance(knob, FormulaInput):
        return character in "0123456789.-+("
    if isinstance(knob, Integer | Cell):
        return character in "0123456789-"
    return character in "0123456789.-+"


def help_rows(knobs: Sequence[AbstractKnob[Any]], width: int) -> int:
    """The lines of the longest help below the knobs; 0 if every help fits into the border."""
    helps = [knob.help for knob in knobs]
    if all(length(text) <= width - BORDER for text in helps):
        return 0
    return max(len(wrap_line(text, max(1, width - 2))) for text in helps)


def help_lines(text: str, width: int, height: int, palette: Palette) -> list[Line]:
    """A help text below the knobs, in exactly `height` lines.

    >>> from tutor.pictures.cells import DARK, plain
    >>> plain(help_lines("How far it goes.", 12, 2, DARK))
    '  How far it\\n  goes.     '
    """
    canvas = Canvas(width, height)
    for i, part in enumerate(wrap_line(text, max(1, width - 2))):
        canvas.put(2, i, part, palette.muted)
    return canvas.lines()


def knob_lines(
    knobs: Sequence[AbstractKnob[Any]],
    values: KnobValues,
    layout: KnobsLayout,
    palette: Palette,
    current: int | None,
    edit: EditLine | None = None,
    refusal: str = "",
) -> list[Line]:
    """The panel. The `current` knob is highlighted; `edit` is what is being typed for it.

    `refusal`, the error about that text, is written below its row, in as many lines as it takes.

    >>> from tutor.pictures.cells import DARK, plain
    >>> class Lab:
    ...     lr = Slider("rate", 0.1, 0.01, 1, log=True, symbol="η")
    ...     kind = Choice("kind", ("plain", "noisy"))
    >>> knobs = (Lab.__dict__["lr"], Lab.__dict__["kind"])
    >>> values = {"lr": 0.1, "kind": "plain"}
    >>> for line in plain(knob_lines(knobs, values, layout(knobs, 30), DARK, 0)).splitlines():
    ...     print(line.rstrip())
    ▸ rate η ━━━━●────  0.1
      kind   ‹ plain        ›
    """
    canvas = Canvas(layout.width, layout.rows)
    for i, knob in enumerate(knobs):
        _draw(canvas, knob, values, layout, i, palette, i == current)
    if current is None or edit is None:
        return canvas.lines()
    knob, row = knobs[current], layout.places[current].row
    _draw_edit(canvas, knob, layout, current, palette, edit)
    said = [
        part for line in refusal.splitlines() for part in wrap_line(line, max(1, layout.width - 2))
    ]
    below = Canvas(layout.width, len(said))
    for i, part in enumerate(said):
        below.put(2, i, part, palette.bad)
    lines = canvas.lines()
    return [*lines[: row + 1], *below.lines(), *lines[row + 1 :]]


def _draw(
    canvas: Canvas,
    knob: AbstractKnob[Any],
    values: KnobValues,
    layout: KnobsLayout,
    i: int,
    palette: Palette,
    lit: bool,
) -> None:
    place, awake = layout.places[i], knob.is_active(values)
    left, row, track = place.left, place.row, place.track
    tone = palette.tones[0] if lit else palette.text if awake else palette.muted
    name = fit(f"{'▸' if lit else ' '} {name_of(knob)}", track.start - left - 1)
    canvas.put(left, row, name, tone, None, lit, KnobTarget(knob.name, "name"))
    value, shown = values[knob.name], knob.show(values[knob.name])
    if isinstance(knob, Slider | Integer):
        grip = round(knob.position(value) * (len(track) - 1))
        target, end = KnobTarget(knob.name, "track"), track.stop - 1
        base = palette.tones[0] if awake else palette.muted
        canvas.put(track.start, row, "━" * grip, base, None, False, target)
        canvas.put(track.start + grip, row, "●", tone, None, True, target)
        canvas.put(track.start + grip + 1, row, "─" * (end - track.start - grip),
                   palette.muted, None, False, target)  # fmt: skip
        shown = fit(shown, left + layout.room - track.stop - 2)
        canvas.put(track.stop + 2, row, shown, tone, None, lit, KnobTarget(knob.name, "value"))
        return
    room = min(len(track) + VALUE, left + layout.room - track.start) - 4
    # The same width for most values keeps the arrows under the mouse.
    room = max(min(room, max(length(shown), VALUE + 2)), 1)
    canvas.put(track.start, row, "‹ ", tone, None, lit, KnobTarget(knob.name, "less"))
    shown = fit(shown, room)
    canvas.put(track.start + 2, row, shown, tone, None, lit, KnobTarget(knob.name, "value"))
    canvas.put(track.start + 2 + room, row, " ›", tone, None, lit, KnobTarget(knob.name, "more"))


def _draw_edit(
    canvas: Canvas,
    knob: AbstractKnob[Any],
    layout: KnobsLayout,
    i: int,
    palette: Palette,
    edit: EditLine,
) -> None:
    """The edit line in place of the value; a long text gets the whole row."""
    place = layout.places[i]
    start, end = place.track.start, place.left + layout.room
    if isinstance(knob, Slider | Integer):
        start = place.track.stop + 2
    elif isinstance(knob, Matrix | FormulaInput):
        name = fit(f"▸ {name_of(knob)}", start - place.left)
        start, end = length(name), layout.width
        canvas.put(0, place.row, fit(name, end), palette.tones[0], None, True)
    text = fit(edit.shown(end - start - 1), end - start)
    ink, bg = palette.tones[1], None
    if edit.selected:
        # Without mixtures, what the next character replaces is shown in reverse.
        ink, bg = (palette.background, ink) if palette.plain else (
            ink, tint(palette, palette.muted, palette.background, 0.5))  # fmt: skip
    target = KnobTarget(knob.name, "value")
    canvas.put(start, place.row, text, ink, bg, False, target)
