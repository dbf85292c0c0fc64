"""Themes: pictures take their colors from them, and enough contrast to be read."""

import pytest
from textual.app import App

from tutor.pictures.cells import DARK, LIGHT
from tutor.theme import THEMES, palette_of


class ThemedApp(App[None]):
    def __init__(self, theme, ansi=False):
        super().__init__(ansi_color=ansi)
        for one in THEMES:
            self.register_theme(one)
        self.theme = theme


def luminance(color):
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in
              (part / 255 for part in color)]  # fmt: skip
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


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


async def test_sixteen_colors_are_too_few(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("rich.console.Console.color_system", "standard")
    async with ThemedApp(THEMES[0].name).run_test() as pilot:
        assert palette_of(pilot.app).plain


@pytest.mark.parametrize("base", [DARK, LIGHT], ids=["dark", "light"])
def test_everything_written_can_be_read(base):
    written = {"text": base.text, "good": base.good, "bad": base.bad}
    written |= {f"tone {i}": tone for i, tone in enumerate(base.tones)}
    ratios = {name: contrast(color, base.background) for name, color in written.items()}
    assert {name: ratio for name, ratio in ratios.items() if ratio < 3} == {}
    assert contrast(base.text, base.background) > 7
    assert contrast(base.muted, base.background) > 3
