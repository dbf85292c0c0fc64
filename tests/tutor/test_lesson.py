"""A lesson on the screen: read, play, step, turn the page, come back."""

import pytest

from lessons.catalogue import entries
from lessons.kit.run import Run
from tests.tutor.driving import LESSON, SIZES, click, press, settled, shown, tutor, until
from tutor.progress.store import Store
from tutor.screens.lesson import LessonScreen
from tutor.widgets.lab import Lab


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.path)
async def test_every_lesson_opens_and_plays_at_every_size(entry, size):
    async with tutor(entry.path, size) as pilot:
        screen = pilot.app.screen
        assert entry.front.title in shown(pilot)
        assert screen.step.title in shown(pilot)
        await press(pilot, "f", "space")
        await until(pilot, lambda: screen.run_.steps > 30)
        for _ in screen.lesson.steps:
            await press(pilot, "n")
            assert screen.step.title in shown(pilot)


async def test_play_and_pause():
    async with tutor() as pilot:
        screen = pilot.app.screen
        assert "▶ play" in shown(pilot)
        await press(pilot, "space")
        assert "‖ pause" in shown(pilot)
        await until(pilot, lambda: screen.run_.steps > 3)
        await press(pilot, "space")
        stopped = screen.run_.steps
        await pilot.pause(0.1)
        assert screen.run_.steps == stopped
        assert f"step {stopped} " in shown(pilot)
        assert "▶ play" in shown(pilot)


async def test_one_step_and_back_to_the_start():
    async with tutor() as pilot:
        await press(pilot, "s", "s", "s")
        assert "step 3 " in shown(pilot)
        assert len(pilot.app.screen.run_.history.steps) == 4
        await press(pilot, "r")
        assert "step 0 " in shown(pilot)


async def test_what_is_played_is_the_very_run_of_the_command_line():
    async with tutor("playground", seed=3) as pilot:
        screen = pilot.app.screen
        await press(pilot, "space")
        await until(pilot, lambda: screen.run_.steps > 40)
        await press(pilot, "space", "s")
        again = Run(screen.lesson, seed=3)
        again.advance(screen.run_.steps)
        assert again.state_hash == screen.run_.state_hash


async def test_speeds():
    async with tutor() as pilot:
        for key, shows in [(".", "250/s"), (".", "1000/s"), (".", "full"), (".", "full")]:
            await press(pilot, key)
            assert shows in shown(pilot)
        await press(pilot, *[","] * 9)
        assert "  1/s" in shown(pilot)
        await press(pilot, "f")
        assert "full" in shown(pilot)


async def test_another_seed():
    async with tutor(seed=4) as pilot:
        assert "seed 4" in shown(pilot)
        await press(pilot, "s", "R")
        assert "seed 5" in shown(pilot)
        assert "step 0 " in shown(pilot)


async def test_a_run_that_flies_apart_stops_and_says_why():
    async with tutor() as pilot:
        screen = pilot.app.screen
        screen.run_.turn("lr", 0.05)
        await press(pilot, "f", "space")
        await until(pilot, lambda: screen.run_.status == "diverged")
        await settled(pilot)
        assert "✖ diverged" in shown(pilot)
        assert "✖ Flown apart." in shown(pilot)
        assert "▶ play" in shown(pilot)
        await press(pilot, "r")
        assert "Flown apart" not in shown(pilot)


async def test_play_begins_an_ended_run_again():
    async with tutor() as pilot:
        screen = pilot.app.screen
        screen.run_.turn("lr", 0.0199)
        screen.run_.advance(5000)
        assert screen.run_.status == "converged"
        await press(pilot, "space")
        assert screen.clock.playing
        assert screen.run_.steps < 1000


async def test_a_failure_is_told_while_the_run_goes_on():
    async with tutor() as pilot:
        pilot.app.screen.run_.turn("lr", 0.0002)
        pilot.app.screen.run_.advance(990)
        await press(pilot, "space")
        await until(pilot, lambda: "✖ Crawling." in shown(pilot))
        assert pilot.app.screen.clock.playing


async def test_a_run_that_arrives_stops_and_says_so():
    async with tutor() as pilot:
        pilot.app.screen.run_.turn("lr", 0.0198)
        await press(pilot, "f", "space")
        await until(pilot, lambda: "■ arrived" in shown(pilot))
        assert "▶ play" in shown(pilot)


@pytest.mark.parametrize(("on", "back"), [("n", "b"), ("pagedown", "pageup")])
async def test_pages_turn_and_stop_at_the_ends(on, back):
    async with tutor() as pilot:
        screen = pilot.app.screen
        await press(pilot, back)
        assert "1 of 7" in shown(pilot)
        await press(pilot, *[on] * 9)
        assert "7 of 7  ○○○○○○◉" in shown(pilot)
        assert screen.lesson.steps[-1].title in shown(pilot)
        await press(pilot, back)
        assert "6 of 7" in shown(pilot)


async def test_the_page_is_found_again():
    async with tutor() as pilot:
        await press(pilot, "n", "n", "n", "b")
        with Store.open() as other:
            assert other.progress(LESSON).step == 2
    async with tutor() as pilot:
        assert "3 of 7" in shown(pilot)
        assert "The border" in shown(pilot)


async def test_a_page_sets_its_scene_and_plays_it():
    async with tutor() as pilot:
        screen = pilot.app.screen
        await press(pilot, "c")
        assert (screen.run_.steps, screen.clock.playing) == (0, False)
        await press(pilot, "n", "c")
        assert screen.run_.settings["ground"] == "curve"
        assert screen.run_.settings["lr"] == 1.9
        assert screen.clock.playing
        await until(pilot, lambda: screen.run_.steps > 2)


async def test_a_pinned_run_stays_on_the_chart_until_it_is_dropped():
    async with tutor() as pilot:
        lab = pilot.app.screen.query_one(Lab)
        await press(pilot, "s", "s", "p", "r")
        assert [run.steps for run in lab.pinned] == [2]
        assert "loss − min ⟨1⟩" in shown(pilot)
        await press(pilot, "s", "p", "p", "p")
        assert [run.steps for run in lab.pinned] == [1, 1, 1]
        await press(pilot, "P")
        assert lab.pinned == ()
        assert "⟨1⟩" not in shown(pilot)


async def test_pictures_take_turns():
    async with tutor() as pilot:
        titles = ["w₁, w₂ from above", "Oracles", "Components of the error"]
        seen = [[title in shown(pilot) for title in titles]]
        for key in ("v", "v", "v", "V"):
            await press(pilot, key)
            seen.append([title in shown(pilot) for title in titles])
        assert seen == [
            [True, True, False], [False, True, True], [True, False, True],
            [True, True, False], [True, False, True],
        ]  # fmt: skip


async def test_a_long_page_scrolls_by_key():
    async with tutor(size=(80, 20)) as pilot:
        reader = pilot.app.screen.query_one("#reader")
        await press(pilot, "j")
        assert reader.scroll_offset.y > 0
        await press(pilot, "i", "i")
        assert reader.scroll_offset.y == 0
        await press(pilot, "j", "n")
        assert reader.scroll_offset.y == 0


async def test_escape_first_leaves_the_panel_then_the_lesson():
    async with tutor() as pilot:
        await press(pilot, "k", "space")
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, LessonScreen)
        assert pilot.app.focused is None
        clock = pilot.app.screen.clock
        assert clock.playing
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, LessonScreen)
        assert not clock.playing


@pytest.mark.parametrize(
    ("text", "right", "happened"),
    [
        ("▶ play", 1, lambda screen: screen.clock.playing),
        ("⇥ step", 1, lambda screen: screen.run_.steps == 1),
        ("60/s", 8, lambda screen: screen.clock.speed == 250),
        ("60/s", -3, lambda screen: screen.clock.speed == 15),
        ("seed 0", 1, lambda screen: screen.run_.seed == 1),
        ("◉○○", 0, lambda screen: screen.at == 1),
        (" ›  ✓", 1, lambda screen: screen.at == 1),
    ],
    ids=["play", "step", "faster", "slower", "seed", "dots", "next"],
)
async def test_the_title_and_the_transport_are_mouse_targets(text, right, happened):
    async with tutor() as pilot:
        await click(pilot, text, right)
        assert happened(pilot.app.screen)


async def test_reset_and_home_by_mouse():
    async with tutor() as pilot:
        screen = pilot.app.screen
        await press(pilot, "s", "n")
        await click(pilot, "↺ reset", 1)
        assert screen.run_.steps == 0
        await click(pilot, "‹ 2 of 7")
        assert screen.at == 0
        await click(pilot, "dltutor", 2)
        assert "Lessons" in shown(pilot)
