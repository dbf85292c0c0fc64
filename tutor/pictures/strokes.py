"""Lines on a plane, in braille: clipped to the view, dashed by tone, thin if faint."""

import math
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from tutor.pictures.canvas import Dots, IntArray, polyline
from tutor.pictures.cells import Color, GridCell
from tutor.pictures.viewport import ASPECT, Viewport

HEADS = "▶◥▲◤◀◣▼◢"
"""Arrowheads by direction, counterclockwise from the right in steps of 45°."""
HOLLOW = "▷◹△◸◁◺▽◿"
"""The same for the arrow that the keyboard holds."""
STEPS = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
PERIOD = 6
"""The period of a dashed line, in dots."""


@dataclass(frozen=True)
class Shaft:
    """An arrow in cells: its tip, the cell of its head, and the octant it points to.

    `octant` is None for an arrow of zero length. `cut` says that the tip is outside: then `tip` is
    the cell where the arrow leaves the view.
    """

    tip: GridCell
    head: GridCell | None
    octant: int | None
    cut: bool


def octant(right: float, up: float) -> int | None:
    """The direction in steps of 45°, counterclockwise; None for the zero vector.

    >>> octant(1, 0), octant(0, 2), octant(-1, -1), octant(0, 0)
    (0, 2, 5, None)
    """
    if right == 0 and up == 0:
        return None
    return round(math.atan2(up, right) / (math.pi / 4)) % 8


def shaft(view: Viewport, tail: tuple[float, float], tip: tuple[float, float]) -> Shaft | None:
    """Where an arrow's tip and head are drawn; None if it is not finite."""
    columns, rows = view.positions(np.array([tail[0], tip[0]]), np.array([tail[1], tip[1]]))
    if not (np.isfinite(columns).all() and np.isfinite(rows).all()):
        return None
    (c0, c1), (r0, r1) = columns.tolist(), rows.tolist()
    way = octant(c1 - c0, ASPECT * (r0 - r1))
    end = math.floor(c1 + 1e-9), math.floor(r1 + 1e-9)
    if not view.holds(end):
        edge = _leaves(view, (c0, r0), (c1, r1))
        return Shaft(edge or view.nearest(end), None, way, True)
    longest = max(abs(c1 - c0), abs(r1 - r0))
    if longest < 1.5:
        return Shaft(end, None, way, False)
    back = math.floor(c1 - (c1 - c0) / longest), math.floor(r1 - (r1 - r0) / longest)
    return Shaft(end, back if view.holds(back) else None, way, False)


def _leaves(
    view: Viewport, start: tuple[float, float], end: tuple[float, float]
) -> GridCell | None:
    """The cell where the line from start to end leaves the view; None if it never enters it."""
    ends = np.array([start, end])
    share = clip(ends[:1, 0], ends[:1, 1], ends[1:, 0], ends[1:, 1], view.width, view.height)
    stop = float(share[1][0])
    if not stop > float(share[0][0]):
        return None
    at = ends[0] + stop * (ends[1] - ends[0])
    return view.nearest((math.floor(at[0]), math.floor(at[1])))


def clip(
    c0: Array, r0: Array, c1: Array, r1: Array, width: int, height: int
) -> tuple[Array, Array]:
    """Liang and Barsky 1984: the part of each segment that is inside, from … to (none: to < from).

    >>> one = np.ones(1)
    >>> [share.tolist() for share in clip(-one, one, 3 * one, one, 2, 2)]
    [[0.25], [0.75]]
    """
    start, stop = np.zeros(c0.shape), np.ones(c0.shape)
    for a, b, size in ((c0, c1, width), (r0, r1, height)):
        run = b - a
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            near, far = (0 - a) / run, (size - a) / run
        outside = (run == 0) & ((a < 0) | (a > size))
        near, far = np.where(run == 0, -np.inf, near), np.where(run == 0, np.inf, far)
        start = np.maximum(start, np.minimum(near, far))
        stop = np.where(outside, -1.0, np.minimum(stop, np.maximum(near, far)))
    return start, stop


def draw_thick_line(dots: Dots, view: Viewport, x: Array, y: Array, color: Color) -> None:
    """Draw a straight line two dots thick, for what has a name and needs no texture."""
    xs, ys = _dots(view, x, y)
    level = int(np.ptp(xs) >= np.ptp(ys)) if xs.size else 1
    dots.set(xs, ys, color)
    dots.set(xs + 1 - level, ys + level, color)


def draw_line(
    dots: Dots, view: Viewport, x: Array, y: Array, color: Color, tone: int, faint: bool
) -> None:
    """Draw a line through points: solid, or dashed by its tone, or every second dot if faint."""
    xs, ys = _broken(*_dots(view, x, y), tone, faint)
    dots.set(xs, ys, color)


def _dots(view: Viewport, x: Array, y: Array) -> tuple[IntArray, IntArray]:
    """The visible dots of a line through points."""
    columns, rows = view.positions(x, y)
    seen = (columns >= 0) & (columns <= view.width) & (rows >= 0) & (rows <= view.height)
    if not seen.all():
        columns, rows = _visible(view, columns, rows)
    return polyline(2 * columns - 0.5, 4 * rows - 0.5)


def _visible(view: Viewport, columns: Array, rows: Array) -> tuple[Array, Array]:
    """The parts of a line inside the view, with gaps between them."""
    if columns.size < 2:
        return columns, rows
    starts, stops = (columns[:-1], rows[:-1]), (columns[1:], rows[1:])
    begin, end = clip(*starts, *stops, view.width, view.height)
    kept = begin <= end
    parts = []
    for a, b in zip(starts, stops, strict=True):
        run = (b - a)[kept]
        first, last = a[kept] + begin[kept] * run, a[kept] + end[kept] * run
        parts.append(np.stack([first, last, np.full(run.shape, np.nan)], axis=1).ravel())
    return parts[0], parts[1]


def _broken(xs: IntArray, ys: IntArray, tone: int, faint: bool) -> tuple[IntArray, IntArray]:
    at = np.arange(xs.size)
    shown = at % 2 == 0 if faint else at % PERIOD < PERIOD - 2 * (tone % 3)
    return xs[shown], ys[shown]
