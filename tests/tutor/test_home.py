"""Home: the map of lessons, their progress, a preview, and the ways into a lesson."""

import pytest
from textual.events import MouseScrollDown
from textual.widgets import Input

from lessons.catalogue import entries
from tests.tutor.driving import LESSON, SIZES, click, press, settled, shown, tutor, until
from tutor.progress.store import Store
from tutor.screens.home import HomeScreen
from tutor.screens.lesson import LessonScreen
from tutor.widgets.map import LessonMap

BROKEN = '"""Broken: it cannot be.\n\norder: 1\n"""\n1 / 0\n'


def lit(pilot):
    return pilot.app.screen.query_one(LessonMap).entry.path


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_lesson_is_on_the_map_and_its_preview_beside_it(size):
    async with tutor(None, size) as pilot:
        lines = shown(pilot).splitlines()
        for entry in entries():
            assert any(f"○ {entry.front.title}" in line for line in lines)
        assert sum("Lessons" in line and line.count("╭") == 2 for line in lines) == 1
        assert entries()[0].front.tagline[:20] in shown(pilot)
        assert f"● 0 of {len(entries())} done" in shown(pilot)


async def test_a_lesson_is_chosen_by_key_and_opened_with_enter():
    async with tutor(None) as pilot:
        paths = [lit(pilot)]
        for key in ("up", "down", "end", "down", "home"):
            await press(pilot, key)
            paths.append(lit(pilot))
        first, second, last = (entries()[i].path for i in (0, 1, -1))
        assert paths == [first, first, second, last, last, first]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, LessonScreen)
        assert pilot.app.screen.entry.path == first


async def test_a_click_lights_a_lesson_up_and_a_second_one_opens_it():
    async with tutor(None) as pilot:
        await click(pilot, "○ Gradient descent", 3)
        assert lit(pilot) == LESSON
        assert isinstance(pilot.app.screen, HomeScreen)
        await click(pilot, "○ Gradient descent", 3)
        assert pilot.app.screen.entry.path == LESSON


async def test_the_wheel_walks_through_the_list():
    async with tutor(None) as pilot:
        await pilot._post_mouse_events([MouseScrollDown], LessonMap, button=0)
        await settled(pilot)
        assert lit(pilot) == entries()[1].path


async def test_the_lit_lesson_plays_after_a_moment():
    async with tutor(None) as pilot:
        screen = pilot.app.screen
        await until(pilot, lambda: screen._preview and screen._preview.steps > 5)
        first = screen._preview
        await press(pilot, "down")
        assert screen._preview is None
        await until(pilot, lambda: screen._preview and screen._preview.steps > 5)
        assert screen._preview.lesson is not first.lesson
        await press(pilot, "enter")
        assert screen._preview is None


async def test_nothing_plays_below_a_lesson():
    async with tutor() as pilot:
        home = pilot.app.screen_stack[0]
        home._start(entries()[0])
        assert home._preview is None


async def test_progress_is_shown_when_the_learner_comes_back():
    async with tutor(None) as pilot:
        assert "continue:" not in shown(pilot)
        await press(pilot, "end", "up", "enter")
        assert pilot.app.screen.entry.path == LESSON
        await press(pilot, "n", "n", "b", "b", "a", "1", "n", "escape")
        assert "◐ Gradient descent" in shown(pilot)
        assert "1/6" in shown(pilot)
        assert "page 2 of 7, 1 of 6 questions" in shown(pilot)
        assert "continue: Gradient descent" in shown(pilot)


@pytest.mark.parametrize("way", ["key", "mouse"])
async def test_continue_opens_the_last_lesson_at_its_page(way):
    with Store.open() as store:
        store.open_lesson(LESSON, steps=7, checks=6)
        store.go_to(LESSON, 3)
    async with tutor(None) as pilot:
        assert lit(pilot) == LESSON
        await press(pilot, "home")
        await (press(pilot, "c") if way == "key" else click(pilot, "continue: Grad", 3))
        assert pilot.app.screen.entry.path == LESSON
        assert pilot.app.screen.at == 3


async def test_continue_means_begin_for_who_is_new():
    async with tutor(None) as pilot:
        await press(pilot, "c")
        assert pilot.app.screen.entry == entries()[0]


async def test_done_lessons_are_counted():
    with Store.open() as store:
        store.open_lesson(LESSON, steps=7, checks=6)
        store.append("done", LESSON)
        store.open_lesson("gone/away", steps=3, checks=1)
    async with tutor(None) as pilot:
        assert "● Gradient descent" in shown(pilot)
        assert f"● 1 of {len(entries())} done" in shown(pilot)
        await press(pilot, "c")
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_search_narrows_the_map_and_escape_widens_it():
    async with tutor(None) as pilot:
        await press(pilot, "slash", *"gradient")
        assert "Gradient descent" in shown(pilot)
        assert "○ Playground" not in shown(pilot)
        await press(pilot, "enter", "enter")
        assert pilot.app.screen.entry.path == LESSON
        await press(pilot, "escape", "slash", *"zzz")
        assert "No lesson matches." in shown(pilot)
        await press(pilot, "enter", "enter", "down", "up", "end")
        assert isinstance(pilot.app.screen, HomeScreen)
        await press(pilot, "escape")
        assert "○ Playground" in shown(pilot)
        assert not pilot.app.screen.query_one(Input).display


async def test_a_broken_lesson_is_shown_and_says_why(add_lesson):
    add_lesson("broken", BROKEN)
    add_lesson("bare", "x = 1\n")
    async with tutor(None) as pilot:
        assert "! bare" in shown(pilot)
        assert "○ Broken" in shown(pilot)
        await press(pilot, "end", "up", "enter", "enter")
        assert isinstance(pilot.app.screen, HomeScreen)
        notes = [note.message for note in pilot.app._notifications]
        assert notes[0] == "spare/broken cannot be opened: ZeroDivisionError: division by zero"
        await until(pilot, lambda: "cannot be opened" in shown(pilot))
        await press(pilot, "home", "enter")
        assert isinstance(pilot.app.screen, LessonScreen)


async def test_what_the_store_has_to_say_is_said_once(data_folder):
    data_folder.joinpath("progress.sqlite3").write_bytes(b"no database" * 99)
    async with tutor(None) as pilot:
        (note,) = pilot.app._notifications
        assert "was damaged; it was moved to" in note.message
    async with tutor(None) as pilot:
        assert not list(pilot.app._notifications)
