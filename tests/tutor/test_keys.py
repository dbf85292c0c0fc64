"""Keys: all are described, all visible ones can be clicked, and unknown ones do no harm."""

import asyncio
import re

import pytest
from textual._compositor import Compositor
from textual.binding import Binding
from textual.command import CommandPalette
from textual.events import Click, MouseDown, MouseUp
from textual.widgets import HelpPanel, OptionList

from lessons.catalogue import entries
from tests.tutor.driving import SIZES, STUB, click, place, press, settled, shown, tutor, until
from tutor.app import TutorApp
from tutor.screens.home import HomeScreen
from tutor.screens.lesson import LessonScreen
from tutor.widgets.keybar import KeyBar
from tutor.widgets.knobs import KnobPanel
from tutor.widgets.lesson_map import LessonMap
from tutor.widgets.picture import PictureView
from tutor.widgets.quiz import Quiz

OWNERS = [TutorApp, HomeScreen, LessonScreen, KnobPanel, LessonMap, PictureView, Quiz]
DESCENT = 4
UNKNOWN = ["x", "Z", "f7", "ctrl+g", "é", "insert", "delete", "alt+x", "ctrl+pagedown", "tab"]


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.__name__)
def test_every_key_says_what_it_does(owner):
    for binding in owner.BINDINGS:
        assert isinstance(binding, Binding)
        assert binding.description


@pytest.mark.parametrize("owner", OWNERS[1:], ids=lambda owner: owner.__name__)
def test_no_key_means_two_things_in_one_place(owner):
    pairs = [(key, one.action) for one in owner.BINDINGS for key in one.key.split(",")]
    assert len(set(pairs)) == len(pairs)
    # A key may have two meanings where `check_action` offers one of them at a time.
    if "check_action" not in vars(owner):
        assert len({key for key, _ in pairs}) == len(pairs)


@pytest.mark.parametrize("lesson", [STUB, None])
async def test_every_active_key_is_in_the_help(lesson):
    async with tutor(lesson, (160, 90), page=DESCENT) as pilot:
        active = [one.binding for one in pilot.app.screen.active_bindings.values() if one.enabled]
        await press(pilot, "question_mark")
        panel = pilot.app.screen.query_one(HelpPanel)
        await until(pilot, lambda: "light/dark" in shown(pilot))
        told = " ".join(line[panel.region.x :] for line in shown(pilot).splitlines()).lower()
        words = {re.split(r"\W", binding.description)[0].lower() for binding in active}
        assert {word for word in words if word not in told} == set()
        await press(pilot, "question_mark")
        assert not pilot.app.screen.query(HelpPanel)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("lesson", [STUB, None])
async def test_what_the_key_bar_shows_can_be_clicked(lesson, size):
    async with tutor(lesson, size, page=DESCENT) as pilot:
        bar = pilot.app.screen.query_one(KeyBar)
        chips = [chip for chip in bar._chips if chip.action]
        keys = {chip.action for chip in chips}
        assert len(keys) >= 5
        assert chips[-1].text.strip() == "keys"
        shows = shown(pilot).splitlines()[-1]
        assert all(chip.text in shows for chip in chips)
        assert sum(len(chip.text) for chip in bar._chips) <= size[0]


async def test_a_click_on_a_key_is_that_key():
    async with tutor(page=DESCENT) as pilot:
        screen = pilot.app.screen
        for words, happened in [
            ("s step", lambda: screen.controller.run.steps == 1),
            ("h hint", lambda: screen.query_one(Quiz).state.shown_hints == 1),
            ("a answer", lambda: screen.query_one(Quiz).has_focus),
            ("n next", lambda: screen.at == DESCENT),
            ("b back", lambda: screen.at == DESCENT - 1),
            ("k knobs", lambda: screen.query_one(KnobPanel).has_focus),
            ("play  ", lambda: screen.controller.clock.playing),
            ("? keys", lambda: screen.query(HelpPanel)),
        ]:
            assert not happened(), words
            line = shown(pilot).splitlines()[-1]
            await pilot.click(offset=(line.index(words), 39))
            await settled(pilot)
            assert happened(), words


async def test_the_key_bar_follows_the_focus():
    async with tutor(page=DESCENT) as pilot:
        assert "←→ turn" not in shown(pilot)
        await press(pilot, "k")
        assert "←→ turn" in shown(pilot)
        await press(pilot, "escape")
        assert "←→ turn" not in shown(pilot)


@pytest.mark.parametrize(
    ("lesson", "page", "keys", "bar"),
    [
        (STUB, DESCENT, ["k", "4"], "enter set  esc cancel"),
        (STUB, DESCENT, ["k", "enter"], "enter set  esc cancel"),
        (STUB, 2, ["z", "tab", "4"], "enter set  backspace erase  esc cancel"),
        (STUB, 2, ["a"], "enter answer  esc leave"),
        (None, 1, ["slash"], "enter to the results  esc all lessons"),
    ],
    ids=["knob", "opened knob", "picture", "number", "search"],
)
async def test_while_something_is_typed_the_key_bar_shows_what_works_then(lesson, page, keys, bar):
    async with tutor(lesson, (80, 24), page=page) as pilot:
        await press(pilot, *keys)
        assert shown(pilot).splitlines()[-1].strip() == bar
        await click(pilot, bar.rpartition("  ")[2], 1)
        assert "? keys" in shown(pilot).splitlines()[-1]


@pytest.mark.parametrize("lesson", [STUB, None])
async def test_escape_first_closes_the_panel_with_all_keys(lesson):
    async with tutor(lesson, page=DESCENT) as pilot:
        screen, focused = pilot.app.screen, pilot.app.focused
        await press(pilot, "question_mark", "escape")
        assert not screen.query(HelpPanel)
        assert (pilot.app.screen, pilot.app.focused) == (screen, focused)
        if lesson:
            await press(pilot, "question_mark", "k", "7", "escape")
            assert not screen.query(HelpPanel)
            assert "7▏" in shown(pilot)


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.__name__)
def test_keys_that_mean_the_same_are_one_line_of_the_help(owner):
    told = [(one.key, one.description) for one in owner.BINDINGS if not one.system]
    assert len({description for _, description in told}) == len(told)


@pytest.mark.parametrize("lesson", [STUB, None])
async def test_unknown_keys_do_nothing(lesson):
    async with tutor(lesson, page=DESCENT) as pilot:
        before = shown(pilot)
        screen = pilot.app.screen
        await press(pilot, *UNKNOWN)
        if lesson:
            assert screen.controller.run.steps == 0
            assert not screen.controller.is_touched
        await press(pilot, "escape")
        assert pilot.app.is_running
        if lesson:
            assert pilot.app.screen in (screen, pilot.app.screen_stack[0])
        else:
            assert shown(pilot).splitlines()[0] == before.splitlines()[0]


@pytest.mark.parametrize("page", [1, 3, DESCENT])
async def test_every_key_at_once_breaks_nothing(page):
    async with tutor(page=page) as pilot:
        keys = [key for b in LessonScreen.BINDINGS for key in b.key.split(",") if key != "escape"]
        for focus in ("k", "a", "tab"):
            await pilot.press(focus, *keys, "enter", "up", "down", "1", "enter", "escape")
            await settled(pilot)
        assert pilot.app.is_running


@pytest.mark.parametrize(("page", "keys"), [(1, ""), (3, "sSr"), (DESCENT, "sr")])
async def test_only_keys_that_make_sense_are_offered(page, keys):
    async with tutor(page=page) as pilot:
        offered = {
            one.binding.key for one in pilot.app.screen.active_bindings.values() if one.binding.show
        }
        assert offered & set("sSr") == set(keys)
        assert ("space" in offered) == bool(keys)


async def test_the_theme_is_switched_and_pictures_follow():
    async with tutor(page=DESCENT) as pilot:
        large = pilot.app.screen.query_one("#large")
        dark, words = large.palette, shown(pilot)
        await press(pilot, "t")
        assert large.palette != dark
        assert shown(pilot) == words
        await press(pilot, "t")
        assert large.palette == dark


async def test_the_palette_finds_a_lesson_and_opens_it():
    async with tutor(None) as pilot:
        await press(pilot, "ctrl+p", *"playgr")
        assert isinstance(pilot.app.screen, CommandPalette)
        await until(pilot, lambda: "Lesson: Optimizers" not in shown(pilot))
        await until(pilot, lambda: "Lesson: Playground" in shown(pilot))
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
        assert pilot.app.screen.entry.path == "networks/playground"


async def test_the_palette_opens_another_lesson_from_within_one_and_home_is_below_it():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "space")
        first = pilot.app.screen
        await pilot.app.run_action("app.open('networks/backprop')")
        await settled(pilot)
        assert pilot.app.screen.entry.path == "networks/backprop"
        assert not first.is_attached
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert len(pilot.app.screen_stack) == 1


async def test_all_lessons_are_discovered_by_the_palette():
    async with tutor(None) as pilot:
        await press(pilot, "ctrl+p")
        offers = pilot.app.screen.query_one(OptionList)
        for entry in entries():
            line = f"Lesson: {entry.front.title}"
            await until(pilot, lambda line=line: any(line in str(x.prompt) for x in offers.options))
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)


@pytest.mark.parametrize("way", ["command_palette", "change_theme"])
async def test_quick_clicks_close_a_palette_and_nothing_below_it(way):
    async with tutor(page=DESCENT) as pilot:
        below = pilot.app.screen
        await pilot.app.run_action(f"app.{way}")
        palette = pilot.app.screen
        for _ in range(3):
            palette.post_message(Click(palette, 1, 38, 0, 0, 1, False, False, False, 1, 38))
        await settled(pilot)
        assert pilot.app.is_running
        assert pilot.app.screen is below
        assert len(pilot.app.screen_stack) == 2


async def test_a_click_on_the_keys_while_they_close_does_nothing():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "question_mark")
        x, y = pilot.app.screen.query_one("BindingsTable").region.offset
        pilot.app.action_hide_help_panel()
        for _ in range(60):  # at one of these moments it is out of the tree and still drawn
            for kind in (MouseDown, MouseUp):
                pilot.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
            await asyncio.sleep(0)
        await settled(pilot)
        assert pilot.app.is_running
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_q_quits():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "space", "q")
        await until(pilot, lambda: not pilot.app.is_running)


async def test_a_click_beside_everything_does_nothing():
    async with tutor(page=DESCENT) as pilot:
        _, row = place(pilot, "Play it.")
        await pilot.click(offset=(10, row))
        await click(pilot, "Stub", 3)
        assert pilot.app.screen.controller.run.steps == 0
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_moving_the_focus_does_not_paint_the_screen_anew(monkeypatch):
    full, render = [], Compositor.render_full_update
    monkeypatch.setattr(
        Compositor, "render_full_update", lambda *a, **k: full.append(1) or render(*a, **k)
    )
    async with tutor() as pilot:
        await pilot.pause(0.05)
        full.clear()
        await press(pilot, "tab", "tab", "tab", "shift+tab", "k", "escape")
        assert full == []
