"""Few colors: what is chosen is what is seen, in order, apart, and with enough contrast."""

import colorsys
from itertools import combinations, pairwise

import numpy as np
import pytest
from rich.color import STANDARD_PALETTE, Color, ColorSystem

from lessons.kit.pictures import Cells, Curve, HeatMap, Path, Plane, Series
from tutor.pictures import shades
from tutor.pictures.cells import DARK, LIGHT, Depth
from tutor.pictures.paint import paint
from tutor.pictures.palettes import DARK_16, DARK_256, LIGHT_16, LIGHT_256
from tutor.pictures.tints import contrast, tint

SYSTEMS = {
    Depth.FULL: (ColorSystem.TRUECOLOR,),
    Depth.CUBE: (ColorSystem.EIGHT_BIT,),
    Depth.SIXTEEN: (ColorSystem.STANDARD, ColorSystem.WINDOWS),
}
CUBES = pytest.mark.parametrize("palette", [DARK_256, LIGHT_256], ids=["dark", "light"])
SIXTEENS = pytest.mark.parametrize("palette", [DARK_16, LIGHT_16], ids=["dark", "light"])
FEW = pytest.mark.parametrize(
    "palette",
    [DARK_256, LIGHT_256, DARK_16, LIGHT_16],
    ids=["dark 256", "light 256", "dark 16", "light 16"],
)
ALL = pytest.mark.parametrize(
    "palette",
    [DARK, LIGHT, DARK_256, LIGHT_256, DARK_16, LIGHT_16],
    ids=["dark", "light", "dark 256", "light 256", "dark 16", "light 16"],
)
ORANGE, BLUE = (20, 50), (190, 230)
"""The hues of both sides of a map, in degrees."""


def sent(color, system):
    """What Rich sends to a terminal for a color: a number, or red, green and blue."""
    lowered = Color.from_rgb(*color).downgrade(system)
    return lowered.triplet if lowered.number is None else lowered.number


def seen(color, depth):
    """The color that a terminal shows in its place."""
    if depth == Depth.CUBE:
        return tuple(Color.from_rgb(*color).downgrade(ColorSystem.EIGHT_BIT).get_truecolor())
    if depth == Depth.SIXTEEN:
        return tuple(STANDARD_PALETTE[sent(color, ColorSystem.STANDARD)])
    return color


def is_shown(color, depth):
    """Whether the terminal shows just this color; Rich makes light grays one step darker."""
    is_light_gray = len(set(color)) == 1 and color[0] > 150
    return distance(color, seen(color, depth)) < (18 if is_light_gray else 1)


def lightness(color):
    """L* of CIE 1976, 0 to 100."""
    y = 0.05 * contrast(color, (0, 0, 0)) - 0.05
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def hue(color):
    return 360 * colorsys.rgb_to_hsv(*(part / 255 for part in color))[0]


def turned(one, other):
    return abs((hue(one) - hue(other) + 180) % 360 - 180)


def distance(one, other):
    return float(np.linalg.norm(np.subtract(one, other)))


def named(palette):
    single = ("text", "muted", "background", "good", "bad", "low", "zero", "high")
    return {name: getattr(palette, name) for name in single} | {
        f"tone {i}": tone for i, tone in enumerate(palette.tones)
    }


def ramps(palette):
    return palette.low_ramp, palette.high_ramp


def test_contrast_is_that_of_the_standard():
    # Known from web pages: on white, #767676 is the lightest gray with a ratio of 4.5.
    assert contrast((0x77,) * 3, (255,) * 3) < 4.5 < contrast((0x76,) * 3, (255,) * 3)


@FEW
def test_a_terminal_has_every_color_of_its_palette(palette):
    chosen = [*named(palette).values()]
    for ramp in filter(None, ramps(palette)):
        chosen += [*ramp.fills, *ramp.lines]
    assert [color for color in chosen if not is_shown(color, palette.depth)] == []


@FEW
def test_everything_written_can_be_read(palette):
    written = {
        name: seen(color, palette.depth)
        for name, color in named(palette).items()
        if name not in ("background", "zero")
    }
    ratios = {name: contrast(color, palette.background) for name, color in written.items()}
    assert {name: ratio for name, ratio in ratios.items() if ratio < 3} == {}
    assert ratios["text"] > 7


@ALL
def test_tones_are_told_apart_after_the_terminal_has_changed_them(palette):
    for system in SYSTEMS[palette.depth]:
        assert len({sent(tone, system) for tone in palette.tones}) == 5
        assert sent(palette.low, system) != sent(palette.high, system)


@CUBES
def test_ramps_go_steadily_from_the_middle_to_both_ends(palette):
    for ramp in ramps(palette):
        assert ramp.fills[0] == palette.zero
        steps = np.diff([lightness(color) for color in ramp.fills])
        assert (steps > 0).all() if palette is DARK_256 else (steps < 0).all()


@CUBES
def test_neighbors_of_a_ramp_and_lines_on_it_are_told_apart(palette):
    for ramp in ramps(palette):
        assert min(distance(*pair) for pair in pairwise(ramp.fills)) >= 40
        assert min(map(distance, ramp.fills, ramp.lines)) >= 37


@CUBES
@pytest.mark.parametrize("part", ["fills", "lines"])
def test_each_side_of_a_map_keeps_its_hue(palette, part):
    for ramp, (least, most) in zip(ramps(palette), (ORANGE, BLUE), strict=True):
        colors = getattr(ramp, part)[1:]
        assert [hue(color) for color in colors if not least <= hue(color) <= most] == []
        # Neither gray nor pink: the parts lie far apart.
        assert min((max(color) - min(color)) for color in colors) >= 80


@CUBES
@pytest.mark.parametrize("is_diverging", [True, False])
def test_a_map_has_the_colors_of_its_ramps_in_order(palette, is_diverging):
    table = shades.colors(palette, is_diverging)
    low, high = ramps(palette)
    assert len(table) == shades.MISSING + 1
    ordered = list(dict.fromkeys(table[: shades.LEVELS]))
    if is_diverging:
        assert ordered == [*low.fills[::-1], *high.fills[1:]]
        half = shades.LEVELS // 2
        assert table[half - 1] == table[half] == palette.zero
    else:
        assert ordered == list(high.fills[:4])


@CUBES
def test_all_that_a_map_paints_is_in_the_palette(palette):
    values = np.add.outer(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    values[0, 0] = np.nan
    heat = HeatMap(values, diverging=True, contours=True, bound=2.0)
    path = Path("w", np.linspace(-1, 1, 5), np.linspace(-1, 1, 5))
    picture = Plane("p", (-1, 1, -1, 1), heat=heat, paths=(path,))
    for line in paint(picture, 40, 20, palette):
        for color in {span.fg for span in line} | {span.bg for span in line}:
            assert color is None or is_shown(color, Depth.CUBE)


@CUBES
def test_mixtures_keep_their_hue(palette):
    colors = (*palette.tones, palette.low, palette.high, palette.good, palette.bad)
    for color in colors:
        for toward in (palette.text, palette.background):
            for share in (0.1, 0.3, 0.5, 0.6):
                mixed = tint(palette, color, toward, share)
                assert mixed == seen(mixed, Depth.CUBE)
                assert max(mixed) - min(mixed) >= 40
                assert turned(mixed, color) < 25


@SIXTEENS
def test_in_sixteen_colors_there_are_no_mixtures(palette):
    for color in palette.tones:
        assert tint(palette, color, palette.text, 0.6) == color


@ALL
@pytest.mark.parametrize("ghost", [False, True])
def test_a_curve_its_markers_and_its_legend_have_one_color(palette, ghost):
    x = np.arange(30.0)
    series = tuple(Series("abcde"[k], x, x * (k + 1), tone=k, ghost=ghost) for k in range(5))
    lines = paint(Curve("c", series), 70, 16, palette)
    glyphs = "○◇△□▽" if ghost else "●◆▲■▼"
    for system in SYSTEMS[palette.depth]:
        curves = {
            sent(span.fg, system)
            for line in lines[1:]
            for span in line
            if any("⠀" < char <= "⣿" for char in span.text)
        }
        for glyph in glyphs:
            spans = [span for line in lines for span in line if glyph in span.text]
            colors = {sent(span.fg, system) for span in spans}
            assert len(spans) > 1
            assert len(colors) == 1
            assert colors <= curves


@ALL
@pytest.mark.parametrize("faint", [False, True])
@pytest.mark.parametrize("marker", [False, True])
def test_a_path_and_its_legend_have_one_color(palette, faint, marker):
    x = np.linspace(-0.9, 0.9, 9)
    path = Path("w", x, x, tone=1, faint=faint, has_marker=marker)
    lines = paint(Plane("p", (-1, 1, -1, 1), paths=(path,), axes=False), 30, 12, palette)
    sample = lines[-1][0]
    drawn = [span for line in lines[:-1] for span in line if span.text.strip()]
    same = [span for span in drawn if span.text == sample.text] if marker else drawn
    for system in SYSTEMS[palette.depth]:
        assert {sent(span.fg, system) for span in same} == {sent(sample.fg, system)}


@ALL
def test_digits_on_colors_can_be_read(palette):
    values = np.linspace(-1, 1, 21).reshape(3, 7)
    for picture in (Cells("m", values), Cells("m", np.abs(values))):
        for line in paint(picture, 70, 9, palette):
            for span in line:
                if any(char.isdigit() for char in span.text):
                    paper = seen(span.bg or palette.background, palette.depth)
                    assert contrast(seen(span.fg, palette.depth), paper) >= 3


@CUBES
def test_regions_and_shaded_code_differ_from_the_paper(palette):
    fills = [tint(palette, palette.background, tone, 0.22) for tone in palette.tones]
    for one, other in combinations([palette.background, *fills[:3]], 2):
        assert one != other
    assert tint(palette, palette.background, palette.text, 0.12) != palette.background
