"""Markers on a plane: stars, the positions of paths, and the samples in the legend."""

import numpy as np

from lessons.kit.pictures import Pair, Path, Plane
from tutor.pictures.canvas import TONE_GLYPHS
from tutor.pictures.cells import Color, GridCell, Palette
from tutor.pictures.strokes import HEADS, STEPS
from tutor.pictures.tints import tint
from tutor.pictures.viewport import Viewport

STAR = "★"
FRAMED_GLYPHS = "◈▣◍◐◪"
"""Markers of paths on a plane with classes of points, which use the glyphs of the tones."""


def as_point(at: Pair) -> tuple[float, float]:
    """A pair of floats from any sequence of two numbers."""
    x, y = np.asarray(at, dtype=float).ravel()[:2].tolist()
    return x, y


def clamp(view: Viewport, cell: GridCell) -> tuple[GridCell, int | None]:
    """The nearest visible cell, and the direction (octant) of the given cell if it is outside."""
    near = view.nearest(cell)
    way = (cell[0] > near[0]) - (cell[0] < near[0]), (cell[1] < near[1]) - (cell[1] > near[1])
    return near, STEPS.index(way) if way != (0, 0) else None


def markers(picture: Plane, view: Viewport, p: Palette) -> dict[GridCell, tuple[str, Color]]:
    """Stars and the positions of paths, by cell; the learner's own is on top."""
    things: dict[GridCell, tuple[str, Color]] = {}
    stars = [spot for spot in picture.spots if not spot.knob]
    cells = [(spot, view.cell(*as_point(spot.at))) for spot in stars]
    for spot, cell in cells:
        if cell:
            near, out = clamp(view, cell)
            color = tint(p, p.tone(spot.tone), p.text, 0.3) if spot.tone else p.text
            things[near] = (STAR if out is None else HEADS[out], color)
    for path in sorted(picture.paths, key=lambda path: -path.tone):
        end = _end(path) if path.has_marker or path.arrived else None
        cell = end and view.cell(*end)
        if end is None or cell is None:
            continue
        # A run ends near its goal, not on it, so its star is drawn on the goal. A run that has not
        # arrived is drawn there too if it is within half a cell.
        reach = 1.5 if path.arrived else 0.5
        goals = [goal for spot, goal in cells if goal and _gap(view, end, spot.at) <= reach]
        at, out = clamp(view, goals[0] if goals else cell)
        glyph = STAR if path.arrived else _glyph(picture, path)
        things[at] = (glyph if out is None else HEADS[out], _marker_ink(path, p))
    return things


def _gap(view: Viewport, one: Pair, other: Pair) -> float:
    """The distance of two points in cells, across or up, whichever is greater."""
    across, up = view.positions(*np.array([as_point(one), as_point(other)]).T)
    return float(max(abs(np.diff(across)), abs(np.diff(up))).item())


def _end(path: Path) -> tuple[float, float] | None:
    """The position of the path: its last finite point."""
    n = min(len(path.x), len(path.y))
    x, y = (np.asarray(v, dtype=float)[:n] for v in (path.x, path.y))
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    return (float(x[known[-1]]), float(y[known[-1]])) if known.size else None


def _glyph(picture: Plane, path: Path) -> str:
    """The marker of a path: the same shape as in a chart, unless classes use those shapes."""
    glyphs = FRAMED_GLYPHS if picture.points else TONE_GLYPHS
    return glyphs[path.tone % len(glyphs)]


def path_ink(path: Path, p: Palette) -> Color:
    """The color of a path's line."""
    return tint(p, p.tone(path.tone), p.background, 0.5) if path.faint else _marker_ink(path, p)


def _marker_ink(path: Path, p: Palette) -> Color:
    return tint(p, p.tone(path.tone), p.text, 0.3)


def legend_ink(path: Path, p: Palette) -> Color:
    """The color of its sample in the legend: that of the marker or the line that it shows."""
    has_marker = path.has_marker or path.arrived
    return _marker_ink(path, p) if has_marker else path_ink(path, p)


def legend_sample(picture: Plane, path: Path) -> str:
    """The sample of a path in the legend."""
    if path.arrived:
        return STAR
    if path.has_marker:
        return _glyph(picture, path)
    return "⠄⠄" if path.faint else ("⠤⠤", "⠤⠄", "⠤ ⠤")[path.tone % 3]
