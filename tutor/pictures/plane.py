"""A rectangle of the plane with everything on it, and the way from a cell back to a point.

From bottom to top: heat map or axes, regions, paths, points, arrows, numbers, names, stars and
markers, and finally everything that can be dragged.
"""

import math
from dataclasses import dataclass

import numpy as np

from lessons.kit.pictures import Arrow, Handle, Pair, Path, Plane
from tutor.pictures.canvas import Canvas, Dots, message_lines
from tutor.pictures.cells import Color, GridCell, Line, Palette
from tutor.pictures.heat import paint_heat
from tutor.pictures.labels import BLOCKED, Label, place_labels
from tutor.pictures.letters import length
from tutor.pictures.markers import as_point, clamp, legend_sample, markers, path_ink
from tutor.pictures.matrix import value_range
from tutor.pictures.pen import Pen
from tutor.pictures.plane_parts import (
    axis_names,
    paint_axes,
    paint_caption,
    paint_numbers,
    paint_points,
    paint_regions,
    wants_caption,
)
from tutor.pictures.strokes import HEADS, HOLLOW, Shaft, draw_line, draw_thick_line, shaft
from tutor.pictures.ticks import format_number
from tutor.pictures.tints import tint
from tutor.pictures.viewport import ASPECT, Viewport, axes_of, centered, fit_viewport

GRAB_RADIUS = 4.0
"""A click grabs a grip within this many columns (half as many rows)."""
GRIP, HELD, POINT = "◉", "◎", "•"
MIN_WIDTH_NUMBERS, MIN_HEIGHT_NUMBERS = 24, 8
MIN_WIDTH_CAPTION, MIN_HEIGHT_CAPTION = 16, 4


@dataclass(frozen=True)
class Grip:
    """A handle that can be dragged, and its cell; one that is outside points `out` (an octant)."""

    handle: Handle
    cell: GridCell
    tone: int
    out: int | None = None


@dataclass(frozen=True)
class PlaneLayout:
    """The viewport on a picture of width × height cells, and the positions of arrows and grips.

    `numbers_left` and `numbers_below` say that the numbers of an axis are outside the viewport;
    `extent_in_words` that there was no room for them.
    """

    width: int
    height: int
    view: Viewport
    numbers_left: bool
    numbers_below: bool
    extent_in_words: bool
    caption: bool
    shafts: tuple[Shaft | None, ...]
    grips: tuple[Grip, ...]


def layout(picture: Plane, width: int, height: int) -> PlaneLayout:
    """The viewport, as large as margins, caption and round circles allow."""
    x, y = axes_of(picture.extent)
    room = width >= MIN_WIDTH_NUMBERS and height >= MIN_HEIGHT_NUMBERS
    covered = picture.heat is not None
    across = picture.axes and (covered or not y.low < 0 < y.high)
    up = picture.axes and (covered or not x.low < 0 < x.high)
    in_words = (across or up) and not room
    caption = width >= MIN_WIDTH_CAPTION and height >= MIN_HEIGHT_CAPTION
    caption = caption and (in_words or wants_caption(picture))
    below, left = across and room, 0
    rows = height - caption - below
    if up and room:
        left = 1 + max((length(text) for _, text in y.ticks(max(rows // 3, 2))), default=0)
    wide, high = fit_viewport(x, y, width - left, rows, picture.equal)
    if not covered:
        x, y = centered(x, wide), centered(y, high)
    view = Viewport(left + (width - left - wide) // 2, (rows - high) // 2, wide, high, x, y)
    shafts = tuple(
        shaft(view, as_point(arrow.tail), as_point(arrow.tip)) for arrow in picture.arrows
    )
    return PlaneLayout(width, height, view, up and room, below, in_words, caption, shafts,
                       _grips(picture, view, shafts))  # fmt: skip


def _grips(picture: Plane, view: Viewport, shafts: tuple[Shaft | None, ...]) -> tuple[Grip, ...]:
    grips: list[Grip] = []
    for arrow, drawn in zip(picture.arrows, shafts, strict=True):
        if arrow.knob and drawn:
            out = drawn.octant if drawn.cut else None
            grips.append(Grip(Handle(arrow.knob), drawn.tip, arrow.tone, out))
    for spot in picture.spots:
        cell = view.cell(*as_point(spot.at))
        if spot.knob and cell:
            near, out = clamp(view, cell)
            grips.append(Grip(Handle(spot.knob, spot.row), near, spot.tone, out))
    return tuple(grips)


def paint(
    picture: Plane, layout: PlaneLayout, palette: Palette, focus: Handle | None = None
) -> list[Line]:
    """The plane with everything on it; its scale and its legend are in the last line.

    >>> from tutor.pictures.cells import DARK, plain
    >>> arrow = Plane("a", (-4, 4, -2, 2), arrows=(Arrow("", (4, 0), (-4, 0)),), axes=False)
    >>> plain(paint(arrow, layout(arrow, 9, 3), DARK)).split("\\n")[1]
    '⢠⣤⣤⣤⣤⣤⣤⣤▶'
    """
    view = layout.view
    if layout.width < 2:
        return message_lines("plane", layout.width, layout.height, palette)
    canvas = Canvas(layout.width, layout.height)
    pen = Pen(canvas, view, paint_heat(canvas, view, picture.heat, palette))
    numbers = paint_axes(pen, picture, layout.numbers_left, layout.numbers_below, palette)
    paint_regions(pen, picture.regions, palette)
    taken = _paint_lines(pen, picture, palette)
    taken |= dict.fromkeys(paint_points(pen, picture.points, palette), 5)
    things = markers(picture, view, palette)
    for cell in (*things, *(grip.cell for grip in layout.grips), *_tips(layout)):
        taken[cell] = BLOCKED
    _paint_names(pen, picture, layout, taken, palette)
    paint_numbers(pen, numbers, set(taken), palette)
    for cell, (glyph, color) in things.items():
        pen.put(cell, glyph, color)
    _paint_heads(pen, picture, layout, palette)
    _paint_grips(pen, layout, palette, focus)
    if layout.caption:
        legend = [(legend_sample(picture, path), path) for path in picture.paths if path.name]
        paint_caption(canvas, picture, legend, layout.extent_in_words, palette)
    return canvas.lines()


def _arrow_ink(arrow: Arrow, p: Palette) -> Color:
    return tint(p, p.tone(arrow.tone), p.background, 0.45) if arrow.faint else p.tone(arrow.tone)


def _paint_lines(pen: Pen, picture: Plane, p: Palette) -> dict[GridCell, int]:
    """Draw paths, then arrows over them; returns the cost of covering each of their cells."""
    view = pen.view
    dots = Dots(view.width, view.height)
    for path in sorted(picture.paths, key=lambda path: (not path.faint, -path.tone)):
        n = min(len(path.x), len(path.y))
        x, y = (np.asarray(v, dtype=float)[:n] for v in (path.x, path.y))
        draw_line(dots, view, x, y, path_ink(path, p), path.tone, path.faint)
    for arrow in sorted(picture.arrows, key=lambda arrow: (not arrow.faint, -arrow.tone)):
        x, y = np.array([as_point(arrow.tail), as_point(arrow.tip)]).T
        if arrow.faint:
            draw_line(dots, view, x, y, _arrow_ink(arrow, p), 0, faint=True)
        else:
            draw_thick_line(dots, view, x, y, _arrow_ink(arrow, p))
    taken: dict[GridCell, int] = {}
    for column, row, glyph, color in dots.lit():
        pen.put((column, row), glyph, color, bold=False)
        taken[column, row] = 3
    return taken


def _tips(layout: PlaneLayout) -> list[GridCell]:
    return [cell for at in layout.shafts if at for cell in (at.tip, at.head) if cell]


def _paint_names(
    pen: Pen, picture: Plane, layout: PlaneLayout, taken: dict[GridCell, int], p: Palette
) -> None:
    """Draw the names of arrows, spots and regions, beside what they belong to."""
    view = layout.view
    labels = [
        Label(arrow.name, at.tip, _inwards(at), _arrow_ink(arrow, p), not arrow.faint)
        for arrow, at in zip(picture.arrows, layout.shafts, strict=True)
        if at and arrow.name
    ]
    for spot in picture.spots:
        cell = view.cell(*as_point(spot.at))
        if cell and spot.name:
            ink = p.tone(spot.tone) if spot.knob or spot.tone else p.text
            labels.append(Label(spot.name, clamp(view, cell)[0], 0, ink))
    for region in picture.regions:
        n = min(len(region.x), len(region.y))
        if region.name and n:
            x, y = ((np.asarray(v, dtype=float)[:n] / n).sum() for v in (region.x, region.y))
            cell = view.cell(float(x), float(y))
            if cell and view.holds(cell):
                ink = tint(p, p.tone(region.tone), p.text, 0.4)
                labels.append(Label(region.name, cell, None, ink, bold=False))
    labels += axis_names(picture, view, p)
    start = 0 if layout.numbers_left else -view.left
    area = range(start, layout.width - view.left), range(view.height)
    for placed in place_labels(labels, taken, area):
        label, cell = placed.label, (placed.column, placed.row)
        pen.write(cell, placed.text, label.color, label.bold)
        taken |= {(placed.column + i, placed.row): BLOCKED for i in range(length(placed.text))}


def _inwards(at: Shaft) -> int | None:
    """The preferred side of the tip for a name: beyond it, or before it if the arrow is cut."""
    if at.octant is None:
        return 0
    return (at.octant + 4) % 8 if at.cut else at.octant


def _paint_heads(pen: Pen, picture: Plane, layout: PlaneLayout, p: Palette) -> None:
    """Draw arrowheads: at the tip, or just before it if the tip is a grip."""
    for arrow, at in zip(picture.arrows, layout.shafts, strict=True):
        if at is None:
            continue
        glyph = POINT if at.octant is None else HEADS[at.octant]
        if not arrow.knob:
            pen.put(at.tip, glyph, _arrow_ink(arrow, p), not arrow.faint)
        elif at.head:
            pen.put(at.head, glyph, _arrow_ink(arrow, p), not arrow.faint)


def _paint_grips(pen: Pen, layout: PlaneLayout, p: Palette, focus: Handle | None) -> None:
    """Draw the grips on top of everything, the one that the keyboard holds last."""
    for grip in sorted(layout.grips, key=lambda grip: grip.handle == focus):
        held = grip.handle == focus
        glyph = HELD if held else GRIP
        if grip.out is not None:
            glyph = (HOLLOW if held else HEADS)[grip.out]
        color, background = p.tone(grip.tone), None
        if held and not p.plain:
            color, background = p.background, tint(p, p.tone(grip.tone), p.text, 0.5)
        pen.put(grip.cell, glyph, color, target=grip.handle, background=background)


def pick(picture: Plane, layout: PlaneLayout, column: int, row: int) -> Handle | None:
    """The grip nearest to a cell, unless it is more than a few cells away.

    On a map (`picture.pick`) every cell holds the grip that a click moves there.

    >>> arrow = Plane("a", (-4, 4, -2, 2), arrows=(Arrow("a", (4, 0), knob="a"),), axes=False)
    >>> pick(arrow, layout(arrow, 9, 5), 7, 2), pick(arrow, layout(arrow, 9, 5), 0, 2)
    (Handle(knob='a', part=None), None)
    """
    at = column - layout.view.left, row - layout.view.top
    # The last one drawn is the visible one.
    far = [
        (math.hypot(grip.cell[0] - at[0], ASPECT * (grip.cell[1] - at[1])), -k, grip.handle)
        for k, grip in enumerate(layout.grips)
    ]
    nearest = min(far, key=lambda one: one[:2], default=None)
    if nearest and nearest[0] <= GRAB_RADIUS:
        return nearest[2]
    return Handle(picture.pick) if picture.pick else None


def point_at(
    picture: Plane, layout: PlaneLayout, column: int, row: int
) -> tuple[float, float] | None:
    """The roundest (x, y) that would be drawn at a cell; beyond the edge, that at the edge.

    >>> empty = Plane("p", (-4, 4, -2, 2), axes=False)
    >>> point_at(empty, layout(empty, 9, 5), 5, 2)
    (1.0, 0.0)
    """
    view = layout.view
    return view.point_at(column - view.left, row - view.top)


def describe(picture: Plane) -> str:
    """The visible extent, and everything on it with its numbers.

    >>> describe(Plane("p", (0, 4, 0, 2), arrows=(Arrow("a", (3, 1), knob="a"),)))
    ' for x 0 to 4 and y 0 to 2; arrow a to (3, 1), can be moved'
    """
    x0, x1, y0, y1 = (format_number(v) for v in picture.extent)
    parts = [f" for x {x0} to {x1} and y {y0} to {y1}"]
    if picture.heat is not None:
        parts[0] += f": {value_range(picture.heat.values)}"
    parts += [f"region {region.name}" for region in picture.regions if region.name]
    for group in picture.points:
        labels = np.asarray(group.labels)
        kinds = ", ".join(f"{int((labels == k).sum())} of class {k}" for k in np.unique(labels))
        parts.append(
            f"{len(group.x)} {'faint ' * group.faint}points" + (f" ({kinds})" if kinds else "")
        )
    parts += [words for path in picture.paths if (words := _path_in_words(path))]
    for arrow in picture.arrows:
        start = "" if as_point(arrow.tail) == (0, 0) else f" from {_at(arrow.tail)}"
        moved = ", can be moved" if arrow.knob else ""
        parts.append(f"arrow {arrow.name}".rstrip() + f"{start} to {_at(arrow.tip)}{moved}")
    for spot in picture.spots:
        kind, moved = ("point", ", can be moved") if spot.knob else ("star", "")
        parts.append(f"{kind} {spot.name}".rstrip() + f" at {_at(spot.at)}{moved}")
    return "; ".join(parts)


def _at(place: Pair) -> str:
    x, y = as_point(place)
    return f"({format_number(x)}, {format_number(y)})"


def _path_in_words(path: Path) -> str:
    n = min(len(path.x), len(path.y))
    if not path.name or not n:
        return ""
    if not (path.has_marker or path.arrived):
        return f"line {path.name}"
    end = _at((path.x[n - 1], path.y[n - 1]))
    return f"{path.name} {'arrived' if path.arrived else 'stands'} at {end} after {n - 1} moves"
