"""A line of chips: short texts, some of which do something when clicked."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from tutor.pictures.cells import Color, Line, Palette, Span
from tutor.pictures.letters import length
from tutor.widgets.canvas import CanvasWidget


class Action(NamedTuple):
    """A target that runs an action of the program, such as `screen.play`."""

    name: str


class Chip(NamedTuple):
    """A short text. `action` runs on a click; `tone` is a color name of the palette; `fill` takes
    all the space that is left; an `optional` chip is left out if there is no room for all."""

    text: str
    action: str = ""
    tone: str = "text"
    bold: bool = False
    fill: bool = False
    optional: bool = False


def chip_line(chips: Sequence[Chip], width: int, palette: Palette) -> Line:
    """The chips side by side; fillers share the rest of the `width` cells.

    >>> from tutor.pictures.cells import DARK
    >>> line = chip_line([Chip("ab"), Chip("", fill=True), Chip("c", "screen.play")], 5, DARK)
    >>> "".join(span.text for span in line), line[2].target
    ('ab  c', Action(name='screen.play'))
    """
    room = width - sum(length(chip.text) for chip in chips)
    for chip in [chip for chip in chips if chip.optional and room < 0]:
        if room < 0:
            chips = [one for one in chips if one is not chip]
            room += length(chip.text)
    room = max(0, room)
    fills = sum(chip.fill for chip in chips)
    return tuple(
        Span(
            chip.text + " " * (room // fills if chip.fill else 0),
            _color(chip.tone, palette),
            None,
            chip.bold,
            Action(chip.action) if chip.action else None,
        )
        for chip in chips
    )


def _color(tone: str, palette: Palette) -> Color:
    named = {
        "text": palette.text,
        "muted": palette.muted,
        "good": palette.good,
        "bad": palette.bad,
        "accent": palette.tones[0],
        "second": palette.tones[1],
    }
    return named[tone]


class ChipBar(CanvasWidget):
    """One line of chips."""

    DEFAULT_CSS = "ChipBar { height: 1; background: $surface; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._chips: tuple[Chip, ...] = ()

    def show(self, chips: Sequence[Chip]) -> None:
        """Replace the chips."""
        if tuple(chips) != self._chips:
            self._chips = tuple(chips)
            self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The chips, on one line."""
        return [chip_line(self._chips, width, palette)]

    def drop(self, target: Hashable, x: int, y: int) -> None:
        """Run the action of a chip on which the button was pressed and released."""
        if isinstance(target, Action) and self.target_at(x, y) == target:
            self.call_later(self.run_action, target.name)
