"""Chips: one line of short texts, and what a click on each does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from tutor.pictures.cells import DARK, plain
from tutor.pictures.letters import length
from tutor.theme import THEMES
from tutor.widgets.chips import Action, Chip, ChipBar, chip_line
from tutor.widgets.keybar import key_chips

texts = st.lists(st.sampled_from(["", "a", "play", "η 0.1", "学习", " ‹ "]), max_size=8)


@given(texts, st.integers(0, 40))
def test_chips_lie_side_by_side_and_a_filler_takes_what_is_left(words, width):
    line = chip_line(
        [*map(Chip, words[:1]), Chip("", fill=True), *map(Chip, words[1:])], width, DARK
    )
    used = sum(map(length, words))
    assert length(plain([line])) == max(width, used)
    assert plain([line]).replace(" ", "") == "".join(words).replace(" ", "")


def test_two_fillers_share_the_room():
    line = chip_line([Chip("", fill=True), Chip("mid"), Chip("", fill=True)], 9, DARK)
    assert plain([line]) == "   mid   "


@pytest.mark.parametrize("tone", ["text", "muted", "good", "bad", "accent", "second"])
def test_tones_come_from_the_palette(tone):
    (span,) = chip_line([Chip("x", tone=tone)], 5, DARK)
    assert span.fg in (DARK.text, DARK.muted, DARK.good, DARK.bad, *DARK.tones[:2])


@pytest.mark.parametrize(
    ("width", "words"),
    [(20, "dl the subject 3  "), (12, "dl subject 3"), (6, "dl  3 "), (3, "dl 3")],
)
def test_what_is_spare_goes_first_where_there_is_no_room(width, words):
    chips = [Chip("dl"), Chip(" the", optional=True), Chip(" subject", optional=True), Chip(" 3")]
    assert plain([chip_line(chips, width, DARK)]).split() == words.split()


def test_a_chip_with_an_action_is_a_target():
    line = chip_line([Chip("x", "app.note"), Chip("y")], 5, DARK)
    assert [span.target for span in line] == [Action("app.note"), None]


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


CHIPS = [
    Chip("one", "app.note('one')"), Chip("dumb"), Chip("", fill=True),
    Chip("two", "app.note('two')"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("x", "clicked"), [(0, ["one"]), (2, ["one"]), (3, []), (5, []), (19, ["two"]), (10, [])]
)
async def test_a_click_runs_the_chip_under_the_mouse(x, clicked):
    async with BarApp().run_test(size=(20, 3)) as pilot:
        pilot.app.query_one(ChipBar).show(CHIPS)
        await pilot.click("#bar", offset=(x, 0))
        await pilot.pause()
        assert pilot.app.clicked == clicked


async def test_a_chip_that_the_mouse_leaves_is_not_run():
    async with BarApp().run_test(size=(20, 3)) as pilot:
        pilot.app.query_one(ChipBar).show(CHIPS)
        await pilot.mouse_down("#bar", offset=(0, 0))
        await pilot.mouse_up("#bar", offset=(19, 0))
        await pilot.pause()
        assert pilot.app.clicked == []
