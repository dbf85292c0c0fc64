"""The painter of each kind of picture: one module per kind, all with the same functions."""

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
    """The functions of a painter module. Each accepts records of its own kind only.

    All geometry is computed once, in `layout`, for painting and picking. Everything that can be
    grabbed is drawn with its handle as the target of its span.
    """

    def layout(self, picture: Any, width: int, height: int) -> Any:
        """The position of everything, in cells; width and height are at least 1."""

    def paint(
        self, picture: Any, layout: Any, palette: Palette, focus: Handle | None = None
    ) -> list[Line]:
        """Exactly `height` lines of exactly `width` cells; the focused handle is highlighted."""

    def describe(self, picture: Any) -> str:
        """What the picture shows, in words that follow the title, without a final full stop."""

    def pick(self, picture: Any, layout: Any, column: int, row: int) -> Handle | None:
        """The handle at a cell, if there is one."""


# Each module accepts its own record; the key before it ensures that it gets that one.
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
