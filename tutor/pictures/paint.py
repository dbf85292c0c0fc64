"""The interface to all pictures: paint any record, describe it, and find what is at a cell."""

from lessons.kit.pictures import Handle, Picture, PictureRow, Plane
from tutor.pictures import picture_row, plane
from tutor.pictures.cells import DARK, Line, Palette
from tutor.pictures.letters import length
from tutor.pictures.painters import Painter, painter


def _module(picture: Picture) -> Painter:
    return picture_row if isinstance(picture, PictureRow) else painter(picture)


def paint(
    picture: Picture, width: int, height: int, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Draw any picture: exactly `height` lines of exactly `width` cells.

    `focus` is the handle that the keyboard holds; it is highlighted.

    >>> from lessons.kit.pictures import Text
    >>> from tutor.pictures.cells import plain
    >>> plain(paint(Text("Rule", ("w ← w − ηg",)), 12, 2, DARK))
    'w ← w − ηg  \\n            '
    """
    if width < 1 or height < 1:
        return [()] * max(height, 0)
    module = _module(picture)
    return module.paint(picture, module.layout(picture, width, height), palette, focus)


def describe(picture: Picture) -> str:
    """What the picture shows, in one plain sentence, for screen readers.

    >>> from lessons.kit.pictures import Curve, Series
    >>> describe(Curve("Loss", (Series("loss", [0, 60, 120], [0.69, 0.03, 0.031]),)))
    'Loss over step: loss 0.69 at 0 to 0.031 at 120, lowest 0.03.'
    """
    return f"{picture.title}{_module(picture).describe(picture)}."


def pick(picture: Picture, width: int, height: int, column: int, row: int) -> Handle | None:
    """The handle that a click on a cell of the picture grabs.

    >>> from lessons.kit.pictures import Bars
    >>> pick(Bars("P", ("a", "b"), [1.0, 2.0], pick="k"), 20, 2, 5, 1)
    Handle(knob='k', part=2)
    """
    if not (0 <= column < width and 0 <= row < height and picture.handles):
        return None
    module = _module(picture)
    return module.pick(picture, module.layout(picture, width, height), column, row)


def point_at(
    picture: Picture, width: int, height: int, handle: Handle, column: int, row: int
) -> tuple[float, float] | None:
    """The (x, y) of a point that is dragged to a cell.

    None if the handle is not a point of a plane, or the plane has no room to be drawn.
    """
    if width < 1 or height < 1:
        return None
    if isinstance(picture, PictureRow):
        return picture_row.point_at(picture_row.layout(picture, width, height), handle, column, row)
    if isinstance(picture, Plane) and handle in picture.handles:
        return plane.point_at(picture, plane.layout(picture, width, height), column, row)
    return None


def cell_of(picture: Picture, width: int, height: int, handle: Handle) -> tuple[int, int] | None:
    """The cell, (column, row), at which a handle is drawn; None if it is hidden.

    >>> from lessons.kit.pictures import Bars
    >>> cell_of(Bars("P", ("a", "b"), [1.0, 2.0], pick="k"), 20, 3, Handle("k", 2))
    (10, 2)
    """
    found: list[tuple[int, int]] = []
    for row, line in enumerate(paint(picture, width, height, DARK)):
        column = 0
        for span in line:
            end = column + length(span.text)
            if span.target == handle:
                found += [(at, row) for at in range(column, end)]
            column = end
    return found[len(found) // 2] if found else None
