"""Pictures in a row with signs between them: each as wide as it needs, vertically centered.

If the row is too narrow, the parts are stacked; if the stack is too high, the last ones are left
out and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lessons.kit.pictures import Cells, Handle, PictureRow, Plane, SinglePicture, Table, Text
from tutor.pictures import matrix, plane, table, text
from tutor.pictures.canvas import Canvas, message_lines
from tutor.pictures.cells import Line, Palette
from tutor.pictures.letters import fit, length
from tutor.pictures.painters import painter

GAP = 1
MIN_WIDTH = 16
"""The least columns for a picture without a natural size."""
MIN_HEIGHT = 3
"""The least rows for it if parts are stacked."""


@dataclass(frozen=True)
class PlacedPart:
    """One part and its rectangle in cells; a sign has no layout. `titled`: its title is above."""

    part: SinglePicture | str
    layout: Any
    left: int
    top: int
    width: int
    height: int
    titled: bool = False


@dataclass(frozen=True)
class PictureRowLayout:
    """The pieces that fit; `hidden` counts the pictures that do not."""

    width: int
    height: int
    pieces: tuple[PlacedPart, ...]
    hidden: int


SizeRange = tuple[int, int]
"""The least and the preferred number of cells."""


def layout(picture: PictureRow, width: int, height: int) -> PictureRowLayout:
    """Side by side if that fits, else stacked, else side by side without the last ones."""
    parts = picture.parts
    titled = height >= 3 and any(part.title for part in parts if not isinstance(part, str))
    for kept in range(len(parts), 0, -1):
        shown = parts[:kept]
        note = length(_more(_pictures(parts[kept:]))) + GAP if kept < len(parts) else 0
        widths = _shared([_width(p, height - titled) for p in shown], width - note)
        if widths:
            pieces = _row(shown, widths, width - note, height, titled)
            return PictureRowLayout(width, height, pieces, _pictures(parts[kept:]))
        if kept == len(parts) and (stack := _stack(shown, width, height)):
            return PictureRowLayout(width, height, stack, 0)
    return PictureRowLayout(width, height, (), _pictures(parts))


def _pictures(parts: Sequence[SinglePicture | str]) -> int:
    return sum(not isinstance(part, str) for part in parts)


def _more(hidden: int) -> str:
    return f"+{hidden} more"


def _width(part: SinglePicture | str, height: int) -> SizeRange:
    """The least and the preferred columns of a part; elastic ones take all there is."""
    if isinstance(part, str):
        return length(part) + 2 * GAP, length(part) + 2 * GAP
    least, best = MIN_WIDTH, 10**4
    if isinstance(part, Cells):
        least, best = matrix.width_range(part, height)
    elif isinstance(part, Table):
        best = table.natural_size(part)[0]
        least = min(best, MIN_WIDTH)
    elif isinstance(part, Text):
        best = text.natural_size(part)[0]
        least = min(best, MIN_WIDTH)
    # A truncated title is better than a missing picture.
    return max(least, 1), max(best, least, min(length(part.title), MIN_WIDTH))


def _shared(sizes: list[SizeRange], room: int) -> list[int]:
    """Cells for each: the least, plus a share of the rest up to the preferred. Empty: no room."""
    least, wanted = [size[0] for size in sizes], [size[1] - size[0] for size in sizes]
    spare = room - sum(least)
    if spare < 0:
        return []
    given = list(least)
    # Parts that want little are served first, so that the rest goes to the others.
    order = sorted(range(len(sizes)), key=lambda i: wanted[i])
    for k, i in enumerate(order):
        share = min(wanted[i], spare // (len(order) - k))
        given[i] += share
        spare -= share
    return given


def _row(
    parts: Sequence[SinglePicture | str], widths: list[int], width: int, height: int, titled: bool
) -> tuple[PlacedPart, ...]:
    """The parts from left to right, centered in the width."""
    left, pieces = (width - sum(widths)) // 2, []
    for part, wide in zip(parts, widths, strict=True):
        pieces.append(_piece(part, left, 0, wide, height, titled))
        left += wide
    return tuple(pieces)


def _piece(
    part: SinglePicture | str, left: int, top: int, width: int, height: int, titled: bool
) -> PlacedPart:
    """A part in its rectangle: cells, text and tables centered in it, others filling it."""
    top, height = top + titled, height - titled
    if isinstance(part, str):
        row = top + (height - 1) // 2
        return PlacedPart(part, None, left + (width - length(part)) // 2, row, length(part), 1)
    high = height
    if isinstance(part, Cells):
        high = matrix.drawn_rows(matrix.layout(part, width, height))
    elif isinstance(part, Table | Text):
        high = min(
            (table.natural_size(part) if isinstance(part, Table) else text.natural_size(part))[1],
            height,
        )
    at = top + (height - high) // 2
    high = max(high, 1)
    drawn = painter(part).layout(part, width, high)
    return PlacedPart(part, drawn, left, at, width, high, titled and bool(part.title))


def _stack(parts: Sequence[SinglePicture | str], width: int, height: int) -> tuple[PlacedPart, ...]:
    """The parts from top to bottom, each sign to the left of the next part; empty: no room."""
    signs: list[str] = [""]
    pictures: list[SinglePicture | str] = []
    for part in parts:
        if isinstance(part, str):
            signs[-1] = f"{signs[-1]} {part}".strip()
        else:
            pictures.append(part)
            signs.append("")
    if signs[-1]:
        pictures.append("")  # a sign at the end, such as a result, gets its own row
    else:
        signs.pop()
    beside = max(map(length, signs)) + GAP if any(signs) else 0
    if len(pictures) < 2 or beside + 4 > width:
        return ()
    heights = _shared([_height(part) for part in pictures], height)
    if not heights or any(_width(p, h)[0] > width - beside for p, h in zip(
        pictures, heights, strict=True) if not isinstance(p, str)):  # fmt: skip
        return ()
    pieces: list[PlacedPart] = []
    top = 0
    for sign, part, high in zip(signs, pictures, heights, strict=True):
        titled = not isinstance(part, str) and bool(part.title) and high > 1
        if sign:
            row = top + titled + (high - titled - 1) // 2
            pieces.append(PlacedPart(sign, None, 0, row, length(sign), 1))
        if not isinstance(part, str):
            pieces.append(_piece(part, beside, top, width - beside, high, titled))
        top += high
    return tuple(pieces)


def _height(part: SinglePicture | str) -> SizeRange:
    """The least and the preferred rows of a part, including its title."""
    if isinstance(part, str):
        return 1, 1
    title = bool(part.title)
    if isinstance(part, Cells):
        rows = part.values.shape[0] + bool(part.column_names)
        least = rows if part.digits or part.pick or part.edit else -(-rows // 2)
        return title + least, title + 3 * rows
    if isinstance(part, Table):
        rows = table.natural_size(part)[1]
        return title + min(rows, MIN_HEIGHT), title + rows
    if isinstance(part, Text):
        rows = text.natural_size(part)[1]
        return title + min(rows, MIN_HEIGHT), title + rows
    return title + MIN_HEIGHT, 10**4


def paint(
    picture: PictureRow, layout: PictureRowLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """Every part in its place, under its title.

    >>> from tutor.pictures.cells import DARK, plain
    >>> pair = PictureRow("sum", (Text("", ("a",)), "+", Text("", ("b",)), "= c"))
    >>> plain(paint(pair, layout(pair, 16, 1), DARK)).strip()
    'a + b = c'
    """
    if not layout.pieces:
        words = _more(layout.hidden) if layout.hidden else "nothing to show yet"
        return message_lines(words, layout.width, layout.height, palette)
    canvas = Canvas(layout.width, layout.height)
    for piece in layout.pieces:
        if isinstance(piece.part, str):
            canvas.put(piece.left, piece.top, piece.part, palette.text, bold=True)
            continue
        lines = painter(piece.part).paint(piece.part, piece.layout, palette, focus)
        canvas.draw(piece.left, piece.top, lines)
        if piece.titled:
            title = fit(piece.part.title, piece.width, "^")
            canvas.put(piece.left, _title_row(piece), title, palette.muted)
    if layout.hidden:
        note = _more(layout.hidden)
        canvas.put(layout.width - length(note), (layout.height - 1) // 2, note, palette.muted)
    return canvas.lines()


def _title_row(piece: PlacedPart) -> int:
    return max(piece.top - 1, 0)


def _at(layout: PictureRowLayout, column: int, row: int) -> PlacedPart | None:
    """The picture at a cell."""
    for piece in layout.pieces:
        inside = piece.left <= column < piece.left + piece.width
        if inside and piece.top <= row < piece.top + piece.height:
            return None if isinstance(piece.part, str) else piece
    return None


def pick(picture: PictureRow, layout: PictureRowLayout, column: int, row: int) -> Handle | None:
    """The handle at a cell, found by the part that is there."""
    piece = _at(layout, column, row)
    if piece is None or isinstance(piece.part, str):
        return None
    at = column - piece.left, row - piece.top
    return painter(piece.part).pick(piece.part, piece.layout, *at)


def point_at(
    layout: PictureRowLayout, handle: Handle, column: int, row: int
) -> tuple[float, float] | None:
    """The (x, y) of a point that is dragged to a cell of its plane."""
    for piece in layout.pieces:
        if isinstance(piece.part, Plane) and handle in piece.part.handles:
            return plane.point_at(piece.part, piece.layout, column - piece.left, row - piece.top)
    return None


def describe(picture: PictureRow) -> str:
    """Every part in words, with the signs between them.

    >>> describe(PictureRow("sum", (Text("a", ("1",)), "+", Text("b", ("2",)))))
    ' – a: 1 + b: 2'
    """
    parts = [
        part if isinstance(part, str) else f"{part.title}{painter(part).describe(part)}"
        for part in picture.parts
    ]
    return " – " + " ".join(parts) if parts else ": nothing to show yet"
