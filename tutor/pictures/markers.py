"""Single places on a plane: stars, those who walk, and what stands for a path in the legend."""

import numpy as np

from lessons.kit.pictures import Pair, Path, Plane
from tutor.pictures.canvas import TONE_GLYPHS
from tutor.pictures.cells import Colour, Palette, mix
from tutor.pictures.strokes import HEADS, STEPS
from tutor.pictures.viewport import Cell, Viewport

STAR = "★"
FRAMED_GLYPHS = "◈▣◍◐◪"
"""Markers of paths where points of classes lie, whose shapes are those of the tones."""


def pair(at: Pair) -> tuple[float, float]:
    """Two numbers, whatever they come in."""
    x, y = np.asarray(at, dtype=float).ravel()[:2].tolist()
    return x, y


def seen(view: Viewport, cell: Cell) -> tuple[Cell, int | None]:
    """The cell, or the nearest one that is seen and the direction in which it lies from there."""
    near = view.nearest(cell)
    way = (cell[0] > near[0]) - (cell[0] < near[0]), (cell[1] < near[1]) - (cell[1] > near[1])
    return near, STEPS.index(way) if way != (0, 0) else None


def markers(picture: Plane, view: Viewport, p: Palette) -> dict[Cell, tuple[str, Colour]]:
    """Stars and those who walk, by cell; the learner's own lies on top."""
    things: dict[Cell, tuple[str, Colour]] = {}
    stars = [spot for spot in picture.spots if not spot.knob]
    cells = [(spot, view.cell(*pair(spot.at))) for spot in stars]
    for spot, cell in cells:
        if cell:
            near, out = seen(view, cell)
            colour = mix(p.tone(spot.tone), p.text, 0.3) if spot.tone else p.text
            things[near] = (STAR if out is None else HEADS[out], colour)
    for path in sorted(picture.paths, key=lambda path: -path.tone):
        end = _end(path) if path.has_marker or path.arrived else None
        cell = end and view.cell(*end)
        if end is None or cell is None:
            continue
        # A run ends near its goal, not on it: its star is the goal's own. One that still walks is
        # drawn there too if only the border of a cell lies between.
        reach = 1.5 if path.arrived else 0.5
        goals = [goal for spot, goal in cells if goal and _gap(view, end, spot.at) <= reach]
        at, out = seen(view, goals[0] if goals else cell)
        glyph = STAR if path.arrived else _glyph(picture, path)
        things[at] = (glyph if out is None else HEADS[out], mix(p.tone(path.tone), p.text, 0.3))
    return things


def _gap(view: Viewport, one: Pair, other: Pair) -> float:
    """How many cells two places are apart, across or up, whichever is more."""
    across, up = view.positions(*np.array([pair(one), pair(other)]).T)
    return float(max(abs(np.diff(across)), abs(np.diff(up))).item())


def _end(path: Path) -> tuple[float, float] | None:
    """Where the path stands: the last of its places that is one."""
    n = min(len(path.x), len(path.y))
    x, y = (np.asarray(v, dtype=float)[:n] for v in (path.x, path.y))
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    return (float(x[known[-1]]), float(y[known[-1]])) if known.size else None


def _glyph(picture: Plane, path: Path) -> str:
    """The marker of a path: the same shape as in a chart, unless classes have those shapes."""
    glyphs = FRAMED_GLYPHS if picture.points else TONE_GLYPHS
    return glyphs[path.tone % len(glyphs)]


def sample(picture: Plane, path: Path) -> str:
    """What stands for a path in the legend."""
    if path.arrived:
        return STAR
    if path.has_marker:
        return _glyph(picture, path)
    return "⠄⠄" if path.faint else ("⠤⠤", "⠤⠄", "⠤ ⠤")[path.tone % 3]
