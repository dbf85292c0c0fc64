"""Cells: the output format of all pictures. A picture is a list of lines, a line a tuple of spans.

Every drawing function of this folder is pure: from a record of `lessons.kit.pictures`, a width and
a height (in cells) and a palette to lines. Lines compare by value, so that a widget refreshes only
those that changed.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

Color = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""


class Span(NamedTuple):
    """A run of cells in one style. A color of None is that of the panel.

    `target` is what a click on it means: a picture's handle, a knob, an option.
    """

    text: str
    fg: Color | None = None
    bg: Color | None = None
    bold: bool = False
    target: Hashable | None = None


Line = tuple[Span, ...]
GridCell = tuple[int, int]
"""Column and row of a cell, counted from the upper left corner; outside, negative or too large."""


class Depth(IntEnum):
    """How many colors a terminal has."""

    NONE = 1
    SIXTEEN = 16
    CUBE = 256
    FULL = 1 << 24


class Ramp(NamedTuple):
    """One side of a map in a few colors, from the middle outwards.

    `lines` are the level lines on the fills.
    """

    fills: tuple[Color, ...]
    lines: tuple[Color, ...]


@dataclass(frozen=True)
class Palette:
    """The colors a picture may use, taken from the theme and the terminal by the widget.

    `tones` color series, paths and classes; `low`, `zero`, `high` are the ends and the middle of a
    diverging map (a sequential one runs from zero to high). With 256 colors, in which mixtures turn
    gray or pink, maps take their colors from `low_ramp` and `high_ramp`.
    """

    text: Color
    muted: Color
    background: Color
    good: Color
    bad: Color
    low: Color
    zero: Color
    high: Color
    tones: tuple[Color, ...]
    depth: Depth = Depth.FULL
    low_ramp: Ramp | None = None
    high_ramp: Ramp | None = None

    @property
    def plain(self) -> bool:
        """Whether shades can carry no information: maps then use glyphs."""
        return self.depth <= Depth.SIXTEEN

    def tone(self, index: int) -> Color:
        """The color of the index-th series."""
        return self.tones[index % len(self.tones)]


DARK = Palette(
    text=(216, 222, 233), muted=(118, 130, 150), background=(18, 22, 30),
    good=(120, 200, 140), bad=(240, 120, 110),
    low=(240, 150, 60), zero=(30, 36, 48), high=(70, 150, 240),
    tones=((95, 175, 255), (255, 175, 80), (130, 210, 150), (230, 140, 210), (240, 220, 110)),
)  # fmt: skip
LIGHT = Palette(
    text=(42, 46, 54), muted=(120, 128, 142), background=(250, 250, 247),
    good=(30, 125, 65), bad=(190, 50, 40),
    low=(225, 120, 20), zero=(246, 246, 242), high=(20, 105, 205),
    tones=((20, 100, 200), (200, 105, 0), (25, 130, 70), (165, 50, 145), (140, 115, 0)),
)  # fmt: skip


def mix(a: Color, b: Color, share: float) -> Color:
    """The color that lies `share` (0 to 1) of the way from a to b.

    >>> mix((0, 0, 0), (100, 200, 50), 0.5)
    (50, 100, 25)
    """
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def plain(lines: list[Line]) -> str:
    """The picture's characters only, for tests and for terminals without color."""
    return "\n".join("".join(span.text for span in line) for line in lines)
