"""The window: any size, also while it changes."""

import pytest

from tests.tutor.driving import SIZES, STUB, press, settled, shown, tutor, until
from tutor.widgets.knobs import KnobPanel

DESCENT = 4


async def resized(pilot, *size):
    """Change the window; Textual waits for the next frame before it lays the screen out."""
    await pilot.resize_terminal(*size)
    await until(pilot, lambda: [*map(len, shown(pilot).splitlines())] == [size[0]] * size[1])
    await settled(pilot)


def seen(pilot, selector):
    return [widget.id for widget in pilot.app.screen.query(selector) if widget.region.area]


async def test_read_and_lab_take_turns_where_it_is_narrow():
    async with tutor(size=(80, 24), page=DESCENT) as pilot:
        assert seen(pilot, "#reader, #lab, #knobs") == ["reader"]
        assert "l read/lab" in shown(pilot)
        await press(pilot, "l")
        assert sorted(seen(pilot, "#reader, #lab, #knobs")) == ["knobs", "lab"]
        await press(pilot, "l")
        assert seen(pilot, "#reader, #lab, #knobs") == ["reader"]
        for key in ("k", "space", "s", "c", "v", "z"):
            await press(pilot, "a")
            assert seen(pilot, "#reader, #lab") == ["reader"]
            await press(pilot, key)
            assert seen(pilot, "#reader, #lab") == ["lab"], key


@pytest.mark.parametrize(
    ("size", "pictures"), [((80, 24), 1), ((104, 30), 3), ((120, 40), 3), ((160, 50), 4)], ids=str
)
async def test_a_wider_window_shows_more_pictures(size, pictures):
    async with tutor(size=size, page=DESCENT) as pilot:
        await press(pilot, *["l"] * (size[0] == 80))
        pilot.app.screen.controller.views.stage(())
        pilot.app.screen.show_stage()
        await settled(pilot)
        assert len(seen(pilot, "PictureView")) == pictures
        assert ("l read/lab" in shown(pilot)) == (size[0] < 104)
        large = pilot.app.screen.query_one("#large").region.area
        assert all(large >= one.region.area for one in pilot.app.screen.query("PictureView"))


@pytest.mark.parametrize(
    ("lesson", "size"),
    [(STUB, (20, 5)), (STUB, (59, 24)), (STUB, (80, 15)), (None, (49, 24)), (None, (1, 1))],
    ids=str,
)
async def test_a_tiny_window_says_what_is_needed(lesson, size):
    async with tutor(lesson, size) as pilot:
        if size != (1, 1):
            assert "80 × 24" in shown(pilot)
            assert f"{size[0]} × {size[1]}." in " ".join(shown(pilot).split())
        await press(pilot, "space", "s", "down", "question_mark", "question_mark")
        await resized(pilot, 80, 24)
        assert "needs a window" not in shown(pilot)
        assert "dltutor" in shown(pilot)


async def test_the_window_may_change_while_a_lesson_plays():
    async with tutor(page=DESCENT) as pilot:
        screen = pilot.app.screen
        await press(pilot, "k", "down", "right", "escape", "space")
        for size in [*SIZES, (20, 5), (104, 16), (300, 80), (60, 16), (120, 40)]:
            await resized(pilot, *size)
            steps = screen.controller.run.steps
            await until(pilot, lambda steps=steps: screen.controller.run.steps > steps)
            lines = shown(pilot).splitlines()
            assert len(lines) == size[1]
        assert screen.controller.clock.playing
        assert sorted(seen(pilot, "#reader, #lab, #knobs")) == ["knobs", "lab", "reader"]


async def test_what_was_being_done_survives_a_change_of_size():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "s", "h", "k", "right", "v")
        for size in [(80, 24), (20, 5), (120, 40)]:
            await resized(pilot, *size)
        for words in ("Hint 1", "0.121", "update 1 ", "2 of 4"):
            assert words in shown(pilot), words


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_page_and_its_question_can_be_read_to_the_end(size):
    async with tutor("gradient_descent", size, page=5) as pilot:
        question = pilot.app.screen.questions.question
        await press(pilot, "a")
        last = question.options[-1].text if question.options else question.spec.ask
        assert " ".join(last.split()[-2:]) in " ".join(shown(pilot).replace("│", " ").split())


async def test_the_panel_of_knobs_scrolls_to_the_lit_one():
    async with tutor("playground", (104, 24)) as pilot:
        await press(pilot, "k", "up")
        assert "▸ unseal the test" in shown(pilot)
        panel = pilot.app.screen.query_one(KnobPanel)
        assert panel.size.height < 11
        await press(pilot, "down")
        assert "▸ data" in shown(pilot)
