"""The two themes of the program, and the palette that pictures derive from the active one."""

from dataclasses import replace
from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.app import App
from textual.color import Color as TextualColor
from textual.theme import Theme

from tutor.pictures.cells import DARK, LIGHT, Color, Depth, Palette
from tutor.pictures.palettes import PALETTES


def _hex(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _theme(name: str, palette: Palette, dark: bool, surface: str, panel: str) -> Theme:
    return Theme(
        name=name,
        primary=_hex(palette.tones[0]),
        secondary=_hex(palette.tones[1]),
        accent=_hex(palette.tones[1]),
        success=_hex(palette.good),
        error=_hex(palette.bad),
        warning=_hex(palette.tones[4]),
        foreground=_hex(palette.text),
        background=_hex(palette.background),
        surface=surface,
        panel=panel,
        dark=dark,
    )


THEMES = (
    _theme("dltutor-dark", DARK, True, "#171c26", "#24282f"),
    _theme("dltutor-light", LIGHT, False, "#f2f1ec", "#e6e5de"),
)
DEPTHS = {
    "standard": Depth.SIXTEEN,
    "windows": Depth.SIXTEEN,
    "256": Depth.CUBE,
    "truecolor": Depth.FULL,
}
"""The depth of a terminal by Rich's name for it."""


def palette_of(app: App[object]) -> Palette:
    """The colors for pictures with the active theme, on this terminal."""
    theme = app.current_theme
    depth = DEPTHS.get(app.console.color_system or "", Depth.NONE)
    if theme.ansi:
        # The terminal's own colors are sixteen, whatever else it can show.
        depth = min(depth, Depth.SIXTEEN)
    if app.no_color:
        depth = Depth.NONE
    return _palette(theme.dark, theme.background, theme.foreground, depth)


@lru_cache
def _palette(dark: bool, background: str | None, foreground: str | None, depth: Depth) -> Palette:
    base = PALETTES.get((dark, depth), replace(DARK if dark else LIGHT, depth=depth))
    if depth == Depth.SIXTEEN:
        # Which of the sixteen a theme's text becomes is chance; that of the palette can be read.
        return base
    paper, ink = _rgb(background) or base.background, _rgb(foreground) or base.text
    if depth == Depth.CUBE:
        paper, ink = _lowered(paper), _lowered(ink)
    return replace(base, background=paper, text=ink)


def _lowered(color: Color) -> Color:
    """What Rich, and so the widget beside a picture, makes of a color in 256 colors."""
    red, green, blue = RichColor.from_rgb(*color).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    return red, green, blue


def _rgb(text: str | None) -> Color | None:
    if not text or text.startswith("ansi"):
        return None
    return TextualColor.parse(text).rgb
