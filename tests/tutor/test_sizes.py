"""The window: any size, also while it changes."""

import pytest

from tests.tutor.driving import SIZES, press, settled, shown, tutor, until
from tutor.widgets.knobs import KnobPanel


async def resized(pilot, *size):
    """Change the window; Textual waits for the next frame before it lays the screen out."""
    await pilot.resize_terminal(*size)
    await until(pilot, lambda: [*map(len, shown(pilot).splitlines())] == [size[0]] * size[1])
    await settled(pilot)


def seen(pilot, selector):
    return [widget.id for widget in pilot.app.screen.query(selector) if widget.region.area]


async def test_read_and_lab_take_turns_where_it_is_narrow():
    async with tutor(size=(80, 24)) as pilot:
        assert seen(pilot, "#reader, #lab, #knobs") == ["reader"]
        assert "l read/lab" in shown(pilot)
        await press(pilot, "l")
        assert sorted(seen(pilot, "#reader, #lab, #knobs")) == ["knobs", "lab"]
        await press(pilot, "l")
        assert seen(pilot, "#reader, #lab, #knobs") == ["reader"]
        await press(pilot, "k")
        assert pilot.app.focused.id == "knobs"
        assert "lab" in seen(pilot, "#lab")
        await press(pilot, "a")
        assert "reader" in seen(pilot, "#reader")
        await press(pilot, "n", "c")
        assert "lab" in seen(pilot, "#lab")


@pytest.mark.parametrize(
    ("size", "shows"), [((80, 24), 1), ((104, 30), 2), ((120, 40), 2), ((160, 50), 3)], ids=str
)
async def test_a_wider_window_shows_more_pictures(size, shows):
    async with tutor(size=size) as pilot:
        await press(pilot, *["l"] * (size[0] == 80))
        assert len(seen(pilot, ".slot")) == shows
        assert ("l read/lab" in shown(pilot)) == (size[0] < 104)


@pytest.mark.parametrize("size", [(20, 5), (59, 24), (80, 15), (1, 1)], ids=str)
@pytest.mark.parametrize("lesson", ["gradient_descent", None])
async def test_a_tiny_window_says_what_is_needed(lesson, size):
    if lesson is None and size in [(59, 24), (80, 15)]:
        size = (49, 24)
    async with tutor(lesson, size) as pilot:
        if size != (1, 1):
            assert "80 × 24" in shown(pilot)
            assert f"{size[0]} × {size[1]}." in " ".join(shown(pilot).split())
        await press(pilot, "space", "s", "down", "question_mark", "question_mark")
        await resized(pilot, 80, 24)
        assert "needs a window" not in shown(pilot)
        assert ("Gradient descent" in shown(pilot)) is True


async def test_the_window_may_change_while_a_lesson_plays():
    async with tutor() as pilot:
        screen = pilot.app.screen
        await press(pilot, "space")
        for size in [*SIZES, (20, 5), (104, 16), (300, 80), (60, 16), (120, 40)]:
            await resized(pilot, *size)
            steps = screen.run_.steps
            await until(pilot, lambda steps=steps: screen.run_.steps > steps)
            lines = shown(pilot).splitlines()
            assert len(lines) == size[1]
        assert screen.clock.playing
        assert sorted(seen(pilot, "#reader, #lab, #knobs")) == ["knobs", "lab", "reader"]


async def test_what_was_being_done_survives_a_change_of_size():
    async with tutor() as pilot:
        await press(pilot, "a", "2", "h", "k", "down", "right")
        for size in [(80, 24), (20, 5), (120, 40)]:
            await resized(pilot, *size)
        assert "(•) 2" in shown(pilot)
        assert "Hint 1" in shown(pilot)
        assert "0.00561" in shown(pilot)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_page_and_its_question_can_be_read_to_the_end(size):
    async with tutor(size=size) as pilot:
        await press(pilot, *["n"] * 4, "a")
        assert "Valley, κ = 100: arrive" in shown(pilot)


@pytest.mark.parametrize("size", [(104, 30), (120, 40)], ids=str)
async def test_no_formula_is_cut_off_where_the_page_is_narrow(size):
    async with tutor(size=size) as pilot:
        await press(pilot, *["n"] * 4)
        assert "rate = (κ − 1)/(κ + 1)" in shown(pilot)
    async with tutor("optimizers", size) as pilot:
        assert "w ← w − η v" in shown(pilot)
        assert "own slope" in shown(pilot)


async def test_the_panel_of_knobs_scrolls_to_the_lit_one():
    async with tutor("optimizers", (104, 20)) as pilot:
        await press(pilot, "k", "up")
        assert "▸ look inside" in shown(pilot)
        panel = pilot.app.screen.query_one(KnobPanel)
        assert panel.size.height < 11
        await press(pilot, "down")
        assert "▸ ground" in shown(pilot)
