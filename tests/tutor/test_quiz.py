"""Questions on the screen: answered by key, by digit, by mouse, by typing, and by a run."""

import sqlite3
from contextlib import closing

import pytest
from textual.widgets import Input

from tests.tutor.driving import click, press, settled, shown, tutor, until

BORDER, ARRIVE, NO_QUESTION = 2, 4, 6


def answers(data_folder):
    """What the file holds at this moment, read past the program that writes it."""
    with closing(sqlite3.connect(data_folder / "progress.sqlite3")) as file:
        rows = file.execute("SELECT item, correct FROM events WHERE kind = 'answer' ORDER BY id")
        return rows.fetchall()


async def to_page(pilot, number):
    await press(pilot, *["n"] * number)


@pytest.mark.parametrize(
    "keys", [["a", "enter"], ["a", "1"], ["a", "down", "up", "enter"]], ids=str
)
async def test_a_choice_is_answered_by_key(data_folder, keys):
    async with tutor() as pilot:
        await press(pilot, *keys)
        assert "(•) 1  w = 1.8" in shown(pilot)
        assert "✓ w − η f′(w) = 2 − 0.1 · 2 = 1.8." in shown(pilot)
        assert "✓ 1/6" in shown(pilot)
        assert answers(data_folder) == [("direction", 1)]
        assert pilot.app.focused is None


async def test_a_choice_is_answered_by_mouse(data_folder):
    async with tutor() as pilot:
        await click(pilot, "w = 2.2")
        assert "✗ Not that one." in shown(pilot)
        await click(pilot, "( ) 1", 1)
        assert "✓ 1/6" in shown(pilot)
        assert answers(data_folder) == [("direction", 0), ("direction", 1)]


async def test_the_option_under_the_cursor_is_lit_while_keys_go_there():
    async with tutor() as pilot:
        assert "▸ ( )" not in shown(pilot)
        await press(pilot, "a")
        assert "▸ ( ) 1" in shown(pilot)
        await press(pilot, "up")
        assert "▸ ( ) 3" in shown(pilot)
        await press(pilot, "escape")
        assert "▸ ( )" not in shown(pilot)


async def test_a_passed_question_takes_no_further_answer(data_folder):
    async with tutor() as pilot:
        await press(pilot, "a", "1", "a", "2")
        await click(pilot, "w = 1.9")
        assert answers(data_folder) == [("direction", 1)]


async def test_digits_beyond_the_options_do_nothing(data_folder):
    async with tutor() as pilot:
        await press(pilot, "a", "4", "6", "0", "9")
        assert answers(data_folder) == []


async def test_a_number_is_typed_wrongly_as_garbage_and_rightly(data_folder):
    async with tutor() as pilot:
        await to_page(pilot, BORDER)
        await press(pilot, "a", *"9", "enter")
        assert "✗ 9 is too large." in shown(pilot)
        field = pilot.app.screen.query_one(Input)
        for garbage in ("x", "1/0", " "):
            field.value = garbage
            await press(pilot, "enter")
        assert answers(data_folder) == [("border", 0)]
        assert "Expected a number such as" in shown(pilot)
        right = pilot.app.screen.examiner._question.answer
        field.value = f"{2 / right / 2:g}".join(["1/", ""])
        await press(pilot, "enter")
        assert answers(data_folder) == [("border", 0), ("border", 1)]
        assert not field.display
        assert pilot.app.focused is None


async def test_keys_go_into_the_field_and_do_nothing_else():
    async with tutor() as pilot:
        screen = pilot.app.screen
        await to_page(pilot, BORDER)
        await press(pilot, "a", *"srnqt1,5")
        assert screen.query_one(Input).value == "srnqt1,5"
        assert (screen.run_.steps, screen.at, screen.clock.speed) == (0, BORDER, 60)
        await press(pilot, "escape", "s")
        assert screen.run_.steps == 1


@pytest.mark.parametrize(("digit", "ok"), [("3", 1), ("1", 0)])
async def test_a_prediction_starts_the_run_that_decides_it(data_folder, digit, ok):
    async with tutor() as pilot:
        screen = pilot.app.screen
        await press(pilot, "s", "n", "a", digit)
        assert screen.clock.playing
        assert screen.run_.settings["lr"] == 2.1
        assert "Noted. The run decides, 500 steps." in shown(pilot)
        await press(pilot, "f")
        await until(pilot, lambda: answers(data_folder))
        assert answers(data_folder) == [("beyond", ok)]
        assert ("As you said." if ok else "The run says: fly apart.") in shown(pilot)


async def test_a_prediction_is_decided_at_its_step_also_at_full_speed(data_folder):
    async with tutor("optimizers") as pilot:
        await to_page(pilot, 5)
        await press(pilot, "f", "a", "3")
        await until(pilot, lambda: answers(data_folder))
        assert answers(data_folder) == [("saddle", 1)]


@pytest.mark.parametrize("change", [["r"], ["R"], ["c"], ["k", "down", "left"]], ids=str)
async def test_who_changes_the_run_predicts_again(data_folder, change):
    async with tutor() as pilot:
        screen = pilot.app.screen
        await press(pilot, "n", "a", "3", "space", *change)
        assert "You changed the run: predict again." in shown(pilot)
        screen.run_.advance(600)
        await press(pilot, "s")
        assert answers(data_folder) == []
        await press(pilot, "a", "3")
        screen.run_.advance(600)
        await until(pilot, lambda: answers(data_folder))
        assert answers(data_folder) == [("beyond", 1)]


async def test_a_goal_is_reached_by_playing_also_at_full_speed(data_folder):
    async with tutor() as pilot:
        await to_page(pilot, ARRIVE)
        assert "Within 720 steps of a reset." in shown(pilot)
        await press(pilot, "k", "down", *"0.0198", "enter", "f", "space")
        await until(pilot, lambda: answers(data_folder))
        assert answers(data_folder) == [("arrive", 1)]
        assert "✓ 1/6" in shown(pilot)


async def test_a_goal_within_few_steps_is_not_jumped_over(data_folder):
    async with tutor("backprop") as pilot:
        pilot.app.screen.run_.turn("lr", 10)
        await to_page(pilot, 4)
        await press(pilot, "f", "space")
        await until(pilot, lambda: answers(data_folder))
        assert answers(data_folder) == [("quick", 1)]


async def test_hints_open_one_by_one():
    async with tutor() as pilot:
        for number in (1, 2):
            assert f"Hint {number}" not in shown(pilot)
            await press(pilot, "h")
            assert f"Hint {number}" in shown(pilot)
        await press(pilot, "h")
        assert [note.message for note in pilot.app._notifications] == ["There is no further hint."]


async def test_a_page_without_a_question_offers_neither_answer_nor_hint():
    async with tutor() as pilot:
        await to_page(pilot, NO_QUESTION)
        await press(pilot, "a", "h", "1")
        assert "a answer" not in shown(pilot)
        assert "h hint" not in shown(pilot)
        assert pilot.app.focused is None


async def test_no_keys_go_to_what_is_not_seen():
    async with tutor(size=(80, 24)) as pilot:
        screen = pilot.app.screen
        await press(pilot, "a")
        await press(pilot, "l")
        await press(pilot, "1", "down", "enter")
        assert screen.examiner.passed == set()
        await press(pilot, "k", "l", "right")
        assert screen.run_.settings == screen.lesson.settings()
        await press(pilot, "tab")
        assert pilot.app.focused is None or pilot.app.focused.region.area > 0


async def test_the_last_answer_says_that_the_lesson_is_done():
    async with tutor() as pilot:
        screen = pilot.app.screen
        screen.examiner.passed |= {check.name for check in screen.lesson.checks} - {"direction"}
        await press(pilot, "a", "1")
        await settled(pilot)
        assert "✓ 6/6" in shown(pilot)
        assert [note.title for note in pilot.app._notifications] == ["Lesson done"]
        assert screen.recorder.progress.done
