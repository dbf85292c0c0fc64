"""The knobs on the screen: turned by key, by mouse and by typing, also in mid-run."""

import pytest

from tests.tutor.driving import click, place, press, settled, shown, tutor, until
from tutor.widgets.knobs import KnobPanel


def value(pilot, name="lr"):
    return pilot.app.screen.run_.settings[name]


async def test_an_arrow_turns_the_lit_knob_and_leaves_a_mark_in_mid_run():
    async with tutor() as pilot:
        run = pilot.app.screen.run_
        await press(pilot, "space")
        await until(pilot, lambda: run.steps > 2)
        await press(pilot, "k", "down", "right")
        assert value(pilot) == 0.00561
        assert pilot.app.screen.clock.playing
        assert [mark.text for mark in run.marks] == ["η 0.005 → 0.00561"]
        assert 0 < run.marks[0].x <= run.steps
        await press(pilot, "shift+left")
        assert value(pilot) < 0.002
        await press(pilot, "home")
        assert value(pilot) == 0.005
        assert run.simulation.lr.value == 0.005


async def test_the_lit_knob_says_what_it_does():
    async with tutor() as pilot:
        assert "How far each step goes" not in shown(pilot)
        await press(pilot, "k")
        assert "▸ ground" in shown(pilot)
        await press(pilot, "down")
        assert "How far each step goes" in shown(pilot)
        assert "▸ learning rate η" in shown(pilot)
        await press(pilot, "down", "down", "up")
        assert "▸ condition κ" in shown(pilot)
        await press(pilot, "escape")
        assert "▸ condition κ" not in shown(pilot)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("0.0199", 0.0199), (".5", 0.5), ("2e-3", 0.002), ("1", 1.0), ("7x7", None),
        ("99", None), ("-1", None), ("1..2", None),
    ],
)  # fmt: skip
async def test_an_exact_value_is_typed(keys, expected):
    async with tutor() as pilot:
        await press(pilot, "k", "down", *keys)
        assert f"{keys.replace('x', '')}▏" in shown(pilot)
        assert (pilot.app.screen.clock.speed, pilot.app.screen.run_.steps) == (60, 0)
        await press(pilot, "enter")
        assert value(pilot) == (expected or 0.005)
        refusals = [note.message for note in pilot.app._notifications]
        assert [note[:38] for note in refusals] == [
            "lr: expected a number from 0.0001 to 10"[:38]
        ] * (expected is None)


async def test_a_digit_is_rubbed_out_and_leaving_drops_the_rest():
    async with tutor() as pilot:
        await press(pilot, "k", "down", "2", "5", "backspace", "enter")
        assert value(pilot) == 2
        await press(pilot, "3", "up", "down", "enter")
        assert value(pilot) == 2
        await press(pilot, "3", "escape", "k", "enter")
        assert value(pilot) == 2


async def test_a_choice_goes_round_by_key():
    async with tutor() as pilot:
        await press(pilot, "k", "s", "right")
        assert value(pilot, "ground") == "curve"
        assert pilot.app.screen.run_.steps == 0
        await press(pilot, "left", "left")
        assert value(pilot, "ground") == "regression"
        await press(pilot, "enter")
        assert value(pilot, "ground") == "valley"
        await press(pilot, "shift+right")
        assert value(pilot, "ground") == "curve"


async def test_a_choice_goes_round_by_mouse():
    async with tutor() as pilot:
        await click(pilot, "valley ›", 7)
        assert value(pilot, "ground") == "curve"
        await click(pilot, "‹ curve")
        await click(pilot, "‹ valley")
        assert value(pilot, "ground") == "regression"


def track(pilot):
    """The first and the last column of the learning rate's track, and its row."""
    column, row = place(pilot, "learning rate η")
    line = shown(pilot).splitlines()[row]
    cells = [x for x in range(column, len(line)) if line[x] in "━●─"]
    return cells[0], cells[cells.index(cells[-1])], row


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_a_slider_follows_the_mouse(size):
    async with tutor(size=size) as pilot:
        run = pilot.app.screen.run_
        if size[0] == 80:
            await press(pilot, "l")
        await press(pilot, "s")
        first, last, row = track(pilot)
        last = first + 9 if size[0] == 80 else last
        await pilot.mouse_down(offset=(first, row))
        await settled(pilot)
        assert value(pilot) == 1e-4
        await pilot.hover(offset=(last - 3, row))
        await settled(pilot)
        assert 0.01 < value(pilot) < 10
        await pilot.hover(offset=(last + 9, row - 5))
        await settled(pilot)
        assert value(pilot) == 10
        await pilot.mouse_up(offset=(last, row))
        await pilot.hover(offset=(first, row))
        await settled(pilot)
        assert value(pilot) == 10
        assert [mark.x for mark in run.marks] == [1]


async def test_a_click_on_the_name_or_beside_the_knobs_turns_nothing():
    async with tutor() as pilot:
        for text, right in [("learning rate η", 0), ("─ Knobs ─", 3)]:
            await click(pilot, text, right)
            assert value(pilot) == 0.005
        assert pilot.app.screen.run_.settings == pilot.app.screen.lesson.settings()


async def test_a_knob_that_rebuilds_begins_anew_while_playing():
    async with tutor("playground") as pilot:
        screen = pilot.app.screen
        await press(pilot, "f", "space")
        await until(pilot, lambda: screen.run_.steps > 100)
        await press(pilot, "k", "right")
        assert screen.run_.settings["data"] == "xor"
        assert screen.run_.marks == ()
        await until(pilot, lambda: screen.run_.steps > 100)


async def test_every_knob_can_be_reached_and_is_seen_when_it_is_lit():
    async with tutor("optimizers", (80, 24)) as pilot:
        panel = pilot.app.screen.query_one(KnobPanel)
        await press(pilot, "k")
        for knob in pilot.app.screen.lesson.knobs:
            assert f"▸ {knob.label}"[:12] in shown(pilot)
            await press(pilot, "down")
        assert panel.has_focus


async def test_a_sleeping_knob_may_be_turned_all_the_same():
    async with tutor() as pilot:
        await press(pilot, "k", "right", "up", "right")
        assert value(pilot, "ground") == "curve"
        assert value(pilot, "kappa") > 100
