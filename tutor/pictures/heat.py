"""Heat maps: a function on the plane as half blocks, with level lines and a scale."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from lessons.kit.pictures import HeatMap
from tutor.pictures import shades
from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import Color, Palette
from tutor.pictures.letters import length
from tutor.pictures.ticks import format_number
from tutor.pictures.viewport import Viewport

DIM = 0.1
BANDS = 8
"""The number of height bands, each bounded by a level line."""
MAX_SCALE_WIDTH = 16


@dataclass(frozen=True)
class Background:
    """The map below as one color per cell, (rows, columns, 3), and whether it is signed.

    Without a map, or without color, there is no background.
    """

    colors: NDArray[np.int_] | None = None
    signed: bool = False

    def at(self, column: int, row: int) -> Color | None:
        """The background color of a cell of the viewport."""
        if self.colors is None:
            return None
        r, g, b = self.colors[row, column].tolist()
        return r, g, b


def paint_heat(
    canvas: Canvas, view: Viewport, heat: HeatMap | None, palette: Palette
) -> Background:
    """Draw the map, row 0 of its values at the bottom; returns the background for what follows."""
    values = np.empty((0, 0)) if heat is None else _values(heat)
    if heat is None or not values.size:
        return Background()
    levels = _levels(heat, values, view.width, 2 * view.height)
    shades.blocks(canvas, view.left, view.top, levels, palette, heat.diverging)
    return Background(_background(levels, palette, heat.diverging), heat.diverging)


def _values(heat: HeatMap) -> Array:
    return np.atleast_2d(np.asarray(heat.values, dtype=float))


def _levels(heat: HeatMap, values: Array, width: int, height: int) -> shades.Levels:
    """The level of every pixel, row 0 at the top; pixels on a level line are LEVELS higher."""
    pixels = shades.resample(values, width, height)[::-1]
    if not heat.contours:
        if heat.diverging:
            return shades.diverging(pixels, heat.bound)
        return shades.sequential(pixels)
    share = _stretch(pixels)
    levels = shades.diverging(pixels, heat.bound) if heat.diverging else shades.sequential(share)
    return np.where(_edges(share) & (levels < shades.LEVELS), levels + shades.LEVELS, levels)


def _edges(share: Array) -> NDArray[np.bool_]:
    """The pixels just below a level line, except where lines would merge."""
    height = np.where(np.isfinite(share), share, -1.0) * BANDS
    band, edge = np.floor(height), np.zeros(share.shape, dtype=bool)
    steep = edge.copy()
    for here, there in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:, 1:], np.s_[:, :-1]),
        (np.s_[:-1], np.s_[1:]),
        (np.s_[1:], np.s_[:-1]),
    ):
        edge[here] |= band[here] < band[there]
        steep[here] |= np.abs(height[here] - height[there]) > 0.6
    crisp: NDArray[np.bool_] = edge & ~steep
    return crisp


def _stretch(values: Array) -> Array:
    """Heights spread over 0 … 1, logarithmically if a few of them dwarf the rest.

    A valley is a thousand times flatter than its walls: on a linear scale it is one color.
    """
    share = shades.unit(values)
    known = share[np.isfinite(share)]
    low = float(np.quantile(known, 0.25)) if known.size else 1.0
    if low > 0.15:
        return share
    knee = max(low, 1e-6) / 3
    stretched: Array = np.log1p(share / knee) / math.log1p(1 / knee)
    return stretched


def _background(levels: shades.Levels, palette: Palette, signed: bool) -> NDArray[np.int_] | None:
    """One color per cell, slightly dimmed, since glyphs on the map tend to have its color."""
    if palette.plain:
        return None
    table = np.array(shades.colors(palette, signed))
    if palette.high_ramp:
        # A mean of two colors would not be one of the few, but the color of a mean level is.
        upper, lower = levels[0::2], levels[1::2]
        between = (upper % shades.LEVELS + lower % shades.LEVELS) // 2
        one_missing = np.maximum(upper, lower) == shades.MISSING
        few: NDArray[np.int_] = table[np.where(one_missing, np.minimum(upper, lower), between)]
        return few
    both = (table[levels[0::2]] + table[levels[1::2]]) / 2
    dimmed: NDArray[np.int_] = np.rint(both + DIM * (np.array(palette.background) - both)).astype(
        int
    )
    return dimmed


def scale_width(heat: HeatMap) -> int:
    """The most cells that the scale takes."""
    return sum(map(length, _ends(heat))) + 2 + MAX_SCALE_WIDTH


def _ends(heat: HeatMap) -> tuple[str, str]:
    """The numbers at both ends of the color scale."""
    if heat.diverging:
        return format_number(-heat.bound), format_number(heat.bound)
    known = _values(heat)
    known = known[np.isfinite(known)]
    return (
        (format_number(float(known.min())), format_number(float(known.max())))
        if known.size
        else ("", "")
    )


def paint_scale(canvas: Canvas, start: int, row: int, room: int, heat: HeatMap, p: Palette) -> None:
    """Draw the color scale with its numbers, at the right end of the space."""
    low, high = _ends(heat)
    bar = min(room - length(low) - length(high) - 2, MAX_SCALE_WIDTH)
    if bar < 4 or not low:
        return
    begin = start + room - bar - length(low) - length(high) - 2
    canvas.put(begin, row, low, p.muted)
    begin += length(low) + 1
    steps = np.linspace(0, shades.LEVELS - 1, bar).astype(int)
    if p.plain:
        shades.blocks(canvas, begin, row, np.array([steps, steps]), p, heat.diverging)
    else:
        table = shades.colors(p, heat.diverging)
        for i, level in enumerate(steps.tolist()):
            canvas.put(begin + i, row, "▄", table[level])
    canvas.put(begin + bar + 1, row, high, p.muted)
