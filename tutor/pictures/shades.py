"""Numbers as shades: resampling to pixels, a few levels of color, two pixels per cell."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from tutor.pictures.canvas import Canvas
from tutor.pictures.cells import Color, Palette, mix
from tutor.pictures.tints import tint

LEVELS = 32
"""So few that neighbors are often equal and merge into one span, which saves bytes."""
MISSING = 2 * LEVELS
SEQUENTIAL_REACH = 0.66
"""How far a sequential map goes: what is drawn on it must stand out even at its brightest."""
RISING = " .:-=+*#%@"
FALLING = " ,;~≈vxX&$"
Levels = NDArray[np.int_]


@lru_cache(maxsize=64)
def _weights(n: int, pixels: int) -> Array:
    """The weight of each of n samples in each pixel: a mean when shrinking, else interpolation."""
    centers = (np.arange(pixels) + 0.5) * n / pixels - 0.5
    reach = max(1.0, n / pixels)
    nearness = 1 - np.abs(np.clip(centers, 0, n - 1)[:, None] - np.arange(n)) / reach
    weights = np.maximum(nearness, 0)
    shares: Array = weights / weights.sum(axis=1, keepdims=True)
    return shares


def resample(values: Array, width: int, height: int) -> Array:
    """The map resampled to (height, width); a pixel with no finite values nearby is nan.

    >>> resample(np.array([[0.0, 4.0]]), 4, 1).tolist()
    [[0.0, 1.0, 3.0, 4.0]]
    """
    down, across = _weights(values.shape[0], height), _weights(values.shape[1], width)
    known = np.isfinite(values)
    if known.all():
        pixels: Array = down @ values @ across.T
        return pixels
    filled = down @ np.where(known, values, 0.0) @ across.T
    share = down @ known.astype(float) @ across.T
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(share > 0.5, filled / share, np.nan)


def diverging(values: Array, bound: float) -> Levels:
    """Levels 0 … LEVELS - 1 for -bound … bound; MISSING where not finite.

    >>> diverging(np.array([-1.0, 0.0, 9.0, np.nan]), 1.0).tolist()
    [0, 16, 31, 64]
    """
    scale = bound if bound > 0 else 1.0
    return quantized(np.clip(values / scale, -1, 1) / 2 + 0.5)


def sequential(values: Array) -> Levels:
    """Levels from the least to the greatest finite value; a constant map is level 0.

    >>> sequential(np.array([2.0, 3.0, np.inf])).tolist()
    [0, 31, 64]
    """
    return quantized(unit(values))


def unit(values: Array) -> Array:
    """The values scaled to 0 … 1; nan where not finite."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(values.shape, np.nan)
    low, high = float(values[known].min()), float(values[known].max())
    half = high / 2 - low / 2
    return np.where(known, values / 2 - low / 2, np.nan) / (half or 1.0)


def quantized(share: Array) -> Levels:
    """Levels of shares from 0 to 1; MISSING where not finite."""
    known = np.isfinite(share)
    return np.where(known, np.where(known, share, 0) * (LEVELS - 1) + 0.5, MISSING).astype(int)


@lru_cache(maxsize=16)
def colors(palette: Palette, is_diverging: bool) -> tuple[Color, ...]:
    """One color per level, then the same for level lines, then that of missing values."""
    fills, lines = _chosen(palette, is_diverging) or _mixed(palette, is_diverging)
    return (*fills, *lines, tint(palette, palette.background, palette.muted, 0.25))


def _mixed(palette: Palette, is_diverging: bool) -> tuple[list[Color], list[Color]]:
    """As many colors as levels, and those of the level lines."""
    share = [i / (LEVELS - 1) for i in range(LEVELS)]
    if is_diverging:
        sides = [(palette.low if s < 0.5 else palette.high, abs(2 * s - 1)) for s in share]
        table = [mix(palette.zero, side, 0.92 * s) for side, s in sides]
    else:
        table = [mix(palette.zero, palette.high, SEQUENTIAL_REACH * s) for s in share]
    return table, [mix(color, palette.text, 0.16) for color in table]


def _chosen(palette: Palette, is_diverging: bool) -> tuple[list[Color], list[Color]] | None:
    """The ramps of the palette spread over the levels, if it has them."""
    low, high = palette.low_ramp, palette.high_ramp
    if low is None or high is None:
        return None
    if is_diverging:
        half = LEVELS // 2
        fills, lines = (
            [*reversed(_spread(down, half)), *_spread(up, half)]
            for down, up in zip(low, high, strict=True)
        )
        return fills, lines
    reach = 1 + round(SEQUENTIAL_REACH * (len(high.fills) - 1))
    return _spread(high.fills[:reach], LEVELS), _spread(high.lines[:reach], LEVELS)


def _spread(steps: tuple[Color, ...], levels: int) -> list[Color]:
    """Each step for an equal number of levels, as nearly as possible."""
    return [steps[level * len(steps) // levels] for level in range(levels)]


def paler(level: int, is_diverging: bool, strength: float) -> int:
    """The level that lies nearer to the middle, or to the lowest if the map is sequential.

    >>> paler(31, True, 0.5), paler(0, True, 0.5), paler(30, False, 0.5)
    (23, 8, 15)
    """
    if not is_diverging:
        return int(level * strength)
    half = LEVELS // 2
    return half + int((level - half) * strength) if level >= half else (
        half - 1 - int((half - 1 - level) * strength))  # fmt: skip


def shade(palette: Palette, level: int, is_diverging: bool, strength: float = 1.0) -> Color:
    """The color of a level, or at less strength a paler one."""
    table = colors(palette, is_diverging)
    if palette.high_ramp and level < LEVELS:
        return table[paler(level, is_diverging, strength)]
    return mix(palette.zero, table[level], strength)


def glyphs(is_diverging: bool) -> str:
    """One character per level, for terminals without color: the sign selects the ramp."""
    steps = [i * 9 // (LEVELS // 2 - 1) for i in range(LEVELS // 2)]
    if is_diverging:
        ramp = "".join([FALLING[i] for i in reversed(steps)] + [RISING[i] for i in steps])
    else:
        ramp = "".join(RISING[i * 10 // LEVELS] for i in range(LEVELS))
    return ramp + ramp + "?"


def blocks(
    canvas: Canvas, left: int, top: int, levels: Levels, palette: Palette, is_diverging: bool
) -> None:
    """Paint levels of shape (2 × rows, columns), row 0 at the top, as half blocks."""
    upper, lower = levels[0::2].tolist(), levels[1::2].tolist()
    if palette.plain:
        ramp = glyphs(is_diverging)
        for row, line in enumerate(upper):
            canvas.put(left, top + row, "".join(ramp[level] for level in line))
        return
    table = colors(palette, is_diverging)
    for row, (above, below) in enumerate(zip(upper, lower, strict=True), start=top):
        chars, styles = canvas.chars[row], canvas.styles[row]
        for column, (a, b) in enumerate(zip(above, below, strict=True), start=left):
            if a == b == MISSING:
                chars[column], styles[column] = "░", (palette.muted, table[a], False, None)
            elif table[a] == table[b]:
                chars[column], styles[column] = " ", (None, table[a], False, None)
            else:
                chars[column], styles[column] = "▀", (table[a], table[b], False, None)
