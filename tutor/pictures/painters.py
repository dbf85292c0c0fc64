"""The painter of each kind of picture: one module a kind, all with the same functions."""

from typing import Any, Protocol

from lessons.kit.pictures import (
    Bars,
    Cells,
    Curve,
    Graph,
    Handle,
    Histogram,
    Network,
    Oracles,
    Plane,
    SinglePicture,
    Table,
    Text,
)
from tutor.pictures import (
    bars,
    chart,
    graph,
    histogram,
    matrix,
    network,
    oracles,
    plane,
    table,
    text,
)
from tutor.pictures.cells import Line, Palette


class Painter(Protocol):
    """What a module of this folder offers. Each takes records of its own kind only.

    All geometry is computed once, in `layout`; painting and picking read it. Whatever can be taken
    hold of is drawn with its handle as the target of its span.
    """

    def layout(self, picture: Any, width: int, height: int) -> Any:
        """Where everything goes, in cells; width and height are at least 1."""

    def paint(
        self, picture: Any, layout: Any, palette: Palette, focus: Handle | None = None
    ) -> list[Line]:
        """Exactly `height` lines of exactly `width` cells; the handle in focus is set off."""

    def describe(self, picture: Any) -> str:
        """What is seen, in words that follow the title, without a dot at the end."""

    def pick(self, picture: Any, layout: Any, column: int, row: int) -> Handle | None:
        """What stands at a cell, if it can be taken hold of."""


# Each module takes its own record; the key before it is the proof that it gets that one.
PAINTERS: dict[type, Painter] = {
    Curve: chart,
    Bars: bars,
    Histogram: histogram,
    Plane: plane,
    Cells: matrix,
    Network: network,
    Graph: graph,
    Table: table,
    Text: text,
    Oracles: oracles,
}


def painter(picture: SinglePicture) -> Painter:
    """The module that draws this kind of picture."""
    return PAINTERS[type(picture)]
