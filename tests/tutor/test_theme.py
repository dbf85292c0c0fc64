"""Themes: pictures take their colors from them, and enough contrast to be read."""

from dataclasses import replace

import numpy as np
import pytest
from rich.color import Color, ColorSystem
from textual.app import App

from tutor.pictures.cells import DARK, LIGHT, Depth
from tutor.pictures.palettes import DARK_16, DARK_256, LIGHT_16, LIGHT_256
from tutor.pictures.tints import contrast
from tutor.theme import THEMES, palette_of
from tutor.widgets.field import Field


class ThemedApp(App[None]):
    def __init__(self, theme, ansi=False):
        super().__init__(ansi_color=ansi)
        for one in THEMES:
            self.register_theme(one)
        self.theme = theme


@pytest.fixture
def many_colors(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("rich.console.Console.color_system", "truecolor")


@pytest.mark.parametrize(
    ("theme", "base"), [(THEMES[0].name, DARK), (THEMES[1].name, LIGHT)], ids=["dark", "light"]
)
async def test_pictures_have_the_colors_of_the_theme(many_colors, theme, base):
    async with ThemedApp(theme).run_test() as pilot:
        assert palette_of(pilot.app) == base


@pytest.mark.parametrize("theme", ["textual-light", "nord", "dracula", "gruvbox"])
async def test_a_foreign_theme_lends_its_text_and_background(many_colors, theme):
    async with ThemedApp(theme).run_test() as pilot:
        palette = palette_of(pilot.app)
        assert palette.tones == (DARK if pilot.app.current_theme.dark else LIGHT).tones
        assert contrast(palette.text, palette.background) > 4.5


async def test_without_colors_glyphs_must_do(many_colors, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with ThemedApp(THEMES[0].name).run_test() as pilot:
        assert palette_of(pilot.app).plain


@pytest.mark.parametrize(
    ("system", "dark", "light"),
    [
        ("standard", DARK_16, LIGHT_16),
        ("windows", DARK_16, LIGHT_16),
        ("256", DARK_256, LIGHT_256),
        ("truecolor", DARK, LIGHT),
    ],
)
async def test_pictures_have_the_colors_that_the_terminal_has(monkeypatch, system, dark, light):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("rich.console.Console.color_system", system)
    for theme, base in zip(THEMES, (dark, light), strict=True):
        async with ThemedApp(theme.name).run_test() as pilot:
            palette = palette_of(pilot.app)
            assert replace(palette, text=base.text) == base
            assert max(np.abs(np.subtract(palette.text, base.text))) <= 10
            assert palette.plain == (base.depth == Depth.SIXTEEN)


@pytest.mark.parametrize("theme", ["nord", "gruvbox", "solarized-light", "ansi-dark"])
async def test_a_foreign_theme_has_few_colors_too(monkeypatch, theme):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("rich.console.Console.color_system", "256")
    async with ThemedApp(theme).run_test() as pilot:
        palette = palette_of(pilot.app)
        assert palette.depth == (Depth.SIXTEEN if theme == "ansi-dark" else Depth.CUBE)
        assert contrast(palette.text, palette.background) > 3.5


@pytest.mark.parametrize("theme", THEMES, ids=["dark", "light"])
@pytest.mark.parametrize("name", ["foreground", "background", "surface", "panel"])
def test_frames_and_bars_are_gray_in_256_colors(theme, name):
    color = Color.parse(getattr(theme, name)).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
    assert len(set(color)) == 1


@pytest.mark.parametrize("base", [DARK, LIGHT], ids=["dark", "light"])
def test_everything_written_can_be_read(base):
    written = {"text": base.text, "good": base.good, "bad": base.bad}
    written |= {f"tone {i}": tone for i, tone in enumerate(base.tones)}
    ratios = {name: contrast(color, base.background) for name, color in written.items()}
    assert {name: ratio for name, ratio in ratios.items() if ratio < 3} == {}
    assert contrast(base.text, base.background) > 7
    assert contrast(base.muted, base.background) > 3


@pytest.mark.parametrize("theme", THEMES, ids=["dark", "light"])
async def test_what_a_field_expects_can_be_read(many_colors, theme):
    class Form(ThemedApp):
        def compose(self):
            yield Field("a number", "set", "cancel")

    async with Form(theme.name).run_test() as pilot:
        style = pilot.app.query_one(Field).get_component_rich_style("input--placeholder")
        assert contrast(tuple(style.color.triplet), tuple(style.bgcolor.triplet)) > 4.5
