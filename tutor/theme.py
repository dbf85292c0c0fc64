"""The two themes of the program, and the palette that pictures derive from the active one."""

from dataclasses import replace
from functools import lru_cache

from textual.app import App
from textual.color import Color as TextualColor
from textual.theme import Theme

from tutor.pictures.cells import DARK, LIGHT, Color, Palette


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
    _theme("dltutor-dark", DARK, True, "#171c26", "#202736"),
    _theme("dltutor-light", LIGHT, False, "#f2f1ec", "#e6e5de"),
)
COLORS_ENOUGH = ("256", "truecolor", "windows")


def palette_of(app: App[object]) -> Palette:
    """The colors for pictures with the active theme, on this terminal."""
    theme = app.current_theme
    few = app.console.color_system not in COLORS_ENOUGH or app.no_color
    return _palette(theme.dark, theme.background, theme.foreground, few or theme.ansi)


@lru_cache
def _palette(dark: bool, background: str | None, foreground: str | None, few: bool) -> Palette:
    base = DARK if dark else LIGHT
    return replace(
        base,
        background=_rgb(background) or base.background,
        text=_rgb(foreground) or base.text,
        plain=few,
    )


def _rgb(text: str | None) -> Color | None:
    if not text or text.startswith("ansi"):
        return None
    return TextualColor.parse(text).rgb
