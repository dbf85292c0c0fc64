"""A line of chips: short texts, some of which do something when clicked."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events

from tutor.pictures.cells import Colour, Line, Palette, Span
from tutor.widgets.canvas import Canvas


class Chip(NamedTuple):
    """A short text. `action` runs on a click; a `tone` is a name of the palette; `fill` takes all
    room that is left."""

    text: str
    action: str = ""
    tone: str = "text"
    bold: bool = False
    fill: bool = False


def chip_line(chips: Sequence[Chip], width: int, palette: Palette) -> tuple[Line, list[range]]:
    """The chips side by side in `width` cells, and the columns that each takes up.

    >>> from tutor.pictures.cells import DARK
    >>> line, columns = chip_line([Chip("ab"), Chip("", fill=True), Chip("c")], 5, DARK)
    >>> "".join(span.text for span in line), columns[2]
    ('ab  c', range(4, 5))
    """
    room = width - sum(cell_len(chip.text) for chip in chips)
    fills = sum(chip.fill for chip in chips)
    spans, columns, x = [], [], 0
    for chip in chips:
        text = chip.text
        if chip.fill and room > 0:
            text += " " * (room if fills == 1 else room // fills)
        columns.append(range(x, x + cell_len(text)))
        x += cell_len(text)
        spans.append(Span(text, _colour(chip.tone, palette), None, chip.bold))
    return tuple(spans), columns


def _colour(tone: str, palette: Palette) -> Colour:
    named = {
        "text": palette.text,
        "muted": palette.muted,
        "good": palette.good,
        "bad": palette.bad,
        "accent": palette.tones[0],
        "second": palette.tones[1],
    }
    return named[tone]


class ChipBar(Canvas):
    """One line of chips."""

    DEFAULT_CSS = "ChipBar { height: 1; background: $surface; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._chips: tuple[Chip, ...] = ()
        self._columns: list[range] = []

    def show(self, chips: Sequence[Chip]) -> None:
        """Show other chips."""
        self._chips = tuple(chips)
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The chips, in one line."""
        line, self._columns = chip_line(self._chips, width, palette)
        return [line]

    async def on_click(self, event: events.Click) -> None:
        """Run the action of the chip under the mouse."""
        for chip, columns in zip(self._chips, self._columns, strict=False):
            if chip.action and event.x in columns:
                event.stop()
                await self.run_action(chip.action)
                return
