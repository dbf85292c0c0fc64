"""Chips: one line of short texts, and what a click on each does."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from tutor.pictures.cells import DARK, plain
from tutor.theme import THEMES
from tutor.widgets.chips import Chip, ChipBar, chip_line
from tutor.widgets.keybar import key_chips

texts = st.lists(st.sampled_from(["", "a", "play", "η 0.1", "学习", " ‹ "]), max_size=8)


@given(texts, st.integers(0, 40))
def test_chips_lie_side_by_side_and_a_filler_takes_what_is_left(words, width):
    chips = [Chip(word) for word in words]
    line, columns = chip_line([*chips[:1], Chip("", fill=True), *chips[1:]], width, DARK)
    assert len(plain([line]).replace("学习", "学习__")) == columns[-1].stop
    assert all(a.stop == b.start for a, b in pairwise(columns))
    used = sum(len(c) for i, c in enumerate(columns) if i != min(1, len(chips)))
    assert columns[-1].stop == max(width, used)


def test_two_fillers_share_the_room():
    line, _ = chip_line([Chip("", fill=True), Chip("mid"), Chip("", fill=True)], 9, DARK)
    assert plain([line]) == "   mid   "


@pytest.mark.parametrize("tone", ["text", "muted", "good", "bad", "accent", "second"])
def test_tones_come_from_the_palette(tone):
    ((span,), _) = chip_line([Chip("x", tone=tone)], 5, DARK)
    assert span.fg in (DARK.text, DARK.muted, DARK.good, DARK.bad, *DARK.tones[:2])


def test_a_key_and_its_description_do_the_same():
    name, description = key_chips("s", "step", "s")
    assert name.action == description.action == "app.simulate_key('s')"


class BarApp(App[None]):
    """Notes which chips were clicked."""

    def __init__(self):
        super().__init__()
        self.clicked = []
        for theme in THEMES:
            self.register_theme(theme)

    def compose(self):
        yield ChipBar(id="bar")

    def action_note(self, name):
        self.clicked.append(name)


@pytest.mark.parametrize(
    ("x", "clicked"), [(0, ["one"]), (2, ["one"]), (3, []), (5, []), (19, ["two"]), (10, [])]
)
async def test_a_click_runs_the_chip_under_the_mouse(x, clicked):
    async with BarApp().run_test(size=(20, 3)) as pilot:
        bar = pilot.app.query_one(ChipBar)
        bar.show([
            Chip("one", "app.note('one')"), Chip("dumb"), Chip("", fill=True),
            Chip("two", "app.note('two')"),
        ])  # fmt: skip
        await pilot.click("#bar", offset=(x, 0))
        assert pilot.app.clicked == clicked
