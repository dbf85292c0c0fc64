"""Mixed colors that a terminal really shows: a mixture is lowered here, not by the terminal.

Left to itself, the conversion to 256 colors turns dark and pale mixtures gray, pink or violet, and
that to 16 colors gives a line another color than its legend.
"""

import colorsys
from functools import lru_cache
from itertools import product

from tutor.pictures.cells import Color, Depth, Palette, mix

SIDES = (0, 95, 135, 175, 215, 255)
"""The parts of red, green and blue in the 6 × 6 × 6 cube of xterm's 256 colors."""
GRAYS = tuple((part, part, part) for part in (0, *range(8, 149, 10), *range(158, 229, 10), 255))
HUE_WEIGHT = 8 * 360
"""How far apart two hues are, beside red, green and blue: 8 for each degree."""
PALE, BLACK = 0.12, 40
"""Below this saturation, or with no greater part than this, a color counts as gray."""


def tint(palette: Palette, color: Color, toward: Color, share: float) -> Color:
    """A color with a share of another, as far as the terminal has such colors.

    The first color carries the meaning: in 16 colors there are no mixtures, and it stays as it is.

    >>> from dataclasses import replace
    >>> from tutor.pictures.cells import DARK
    >>> few, fewer = replace(DARK, depth=Depth.CUBE), replace(DARK, depth=Depth.SIXTEEN)
    >>> [tint(p, (95, 175, 255), (0, 0, 0), 0.5) for p in (DARK, few, fewer)]
    [(48, 88, 128), (0, 95, 175), (95, 175, 255)]
    """
    if palette.depth == Depth.SIXTEEN:
        return color
    if palette.depth == Depth.CUBE:
        # In sixteenths, so that the many lines of a network share a few searches.
        return nearest(mix(color, toward, round(16 * share) / 16))
    return mix(color, toward, share)


def readable(palette: Palette, background: Color) -> Color:
    """The color for text on a background: that of the palette's text, or of its paper."""
    return max(palette.text, palette.background, key=lambda ink: contrast(ink, background))


@lru_cache(maxsize=1024)
def contrast(one: Color, other: Color) -> float:
    """The ratio of two colors' luminances, from 1 to 21. Source: WCAG 2.2, relative luminance.

    >>> contrast((0, 0, 0), (255, 255, 255))
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (part / 255 for part in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=1024)
def nearest(color: Color) -> Color:
    """The nearest of the 256 colors: gray for gray, else one of about the same hue.

    >>> nearest((67, 107, 67)), nearest((30, 30, 33))
    ((95, 135, 95), (28, 28, 28))
    """
    if _is_gray(color):
        return min(GRAYS, key=lambda gray: _distance(gray, color))
    hue = _hue(color)

    def unlike(other: tuple[Color, float]) -> float:
        turned = abs((other[1] - hue + 0.5) % 1 - 0.5)
        return _distance(other[0], color) + (HUE_WEIGHT * turned) ** 2

    return min(_cube(), key=unlike)[0]


@lru_cache(maxsize=1)
def _cube() -> tuple[tuple[Color, float], ...]:
    """The colors of the cube that are not gray, each with its hue."""
    colors = product(SIDES, SIDES, SIDES)
    return tuple((color, _hue(color)) for color in colors if not _is_gray(color))


def _is_gray(color: Color) -> bool:
    """Whether it has no hue to keep."""
    return max(color) < BLACK or max(color) - min(color) < PALE * max(color)


def _hue(color: Color) -> float:
    """The hue, from 0 to 1."""
    return colorsys.rgb_to_hsv(*(part / 255 for part in color))[0]


def _distance(one: Color, other: Color) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
