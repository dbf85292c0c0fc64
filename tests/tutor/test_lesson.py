"""A lesson on the screen: read, play, step, turn the page, answer, come back."""

import pytest
from textual.events import MouseScrollDown

from lessons.kit.run import Run
from tests.tutor.driving import click, press, settled, shown, tutor, until
from tests.tutor.stub.lab import Descent
from tutor.progress.journal import Journal
from tutor.screens.lesson import LessonScreen
from tutor.touch import Nudge
from tutor.widgets.knobs import KnobPanel
from tutor.widgets.picture import PictureView
from tutor.widgets.quiz import Quiz

DESCENT, WALK = 4, 3


def here(pilot):
    return pilot.app.screen.controller


def views(pilot):
    """The titles of the pictures that are seen, the large one first."""
    found = pilot.app.screen.query(PictureView).results(PictureView)
    seen = [one for one in found if one.display and one.region.area]
    return [str(one.border_title) for one in sorted(seen, key=lambda one: one.id != "large")]


async def test_play_and_pause():
    async with tutor(page=DESCENT) as pilot:
        assert "▶ play" in shown(pilot)
        await press(pilot, "space")
        assert "‖ pause" in shown(pilot)
        await until(pilot, lambda: here(pilot).run.steps > 3)
        await press(pilot, "space")
        stopped = here(pilot).run.steps
        await pilot.pause(0.1)
        assert here(pilot).run.steps == stopped
        assert f"update {stopped} " in shown(pilot)
        assert "▶ play" in shown(pilot)


async def test_one_step_and_back_to_the_start():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "s", "s", "s")
        assert "update 3 " in shown(pilot)
        await press(pilot, "S", "r")
        assert "update 0 " in shown(pilot)


async def test_what_is_played_is_the_very_run_of_the_command_line():
    async with tutor(page=DESCENT, seed=3) as pilot:
        await press(pilot, "k", "down", "right", "escape", "space")
        await until(pilot, lambda: here(pilot).run.steps > 20)
        await press(pilot, "space", "s")
        run = here(pilot).run
        again = Run(Descent, 3, {"lr": 0.1, "kind": "noisy"})
        again.advance(run.steps)
        assert again.state_hash == run.state_hash


async def test_speeds():
    async with tutor(page=DESCENT) as pilot:
        for key, shows in [
            (".", "250/s"),
            (".", "1000/s"),
            (".", "4000/s"),
            (".", "full"),
            (".", "full"),
        ]:
            await press(pilot, key)
            assert shows in shown(pilot)
        await press(pilot, *[","] * 9)
        assert "  1/s" in shown(pilot)
        await press(pilot, "f")
        assert "full" in shown(pilot)


async def test_another_seed():
    async with tutor(page=DESCENT, seed=4) as pilot:
        assert "seed 4" in shown(pilot)
        await press(pilot, "s", "R")
        assert "seed 5" in shown(pilot)
        assert "update 0 " in shown(pilot)


async def test_a_run_that_flies_apart_stops_and_says_why():
    async with tutor(page=DESCENT) as pilot:
        here(pilot).turn("lr", 3)
        await press(pilot, "f", "space")
        await until(pilot, lambda: "✖ diverged" in shown(pilot))
        await settled(pilot)
        assert "✖ Flown apart. η is beyond 2. Turn η below 2." in shown(pilot)
        assert "▶ play" in shown(pilot)
        await press(pilot, "r")
        assert "Flown apart" not in shown(pilot)


async def test_play_begins_an_ended_run_again():
    async with tutor(page=DESCENT) as pilot:
        here(pilot).step(2000)
        assert here(pilot).run.status == "converged"
        await press(pilot, "space")
        assert here(pilot).clock.playing
        assert here(pilot).run.steps < 50


async def test_a_walk_goes_forth_and_back():
    async with tutor(page=WALK) as pilot:
        await press(pilot, "s")
        assert "operation 1 " in shown(pilot)
        assert "1. 1 / 2 = 0.5" in shown(pilot)
        await press(pilot, "backspace")
        assert "operation 0 " in shown(pilot)
        await press(pilot, "g")
        assert "■ done" in shown(pilot)
        last = here(pilot).run.steps
        await press(pilot, "S")
        assert f"operation {last - 1} " in shown(pilot)
        await press(pilot, "G")
        assert "operation 0 " in shown(pilot)
        await click(pilot, "⇥ step", 1)
        await click(pilot, "⇤ step back", 1)
        assert "operation 0 " in shown(pilot)


async def test_a_still_has_nothing_to_play():
    async with tutor() as pilot:
        for word in ("play", "step", "reset", "seed"):
            assert word not in shown(pilot)
        await press(pilot, "k", "right", "escape", "space", "s")
        assert "3.1, 4" in shown(pilot)
        await press(pilot, "r")
        assert "3.1, 4" not in shown(pilot)


# Pages.


@pytest.mark.parametrize(("on", "back"), [("n", "b"), ("pagedown", "pageup")])
async def test_pages_turn_and_stop_at_the_ends(on, back):
    async with tutor() as pilot:
        await press(pilot, back)
        assert "1 of 7" in shown(pilot)
        await press(pilot, *[on] * 9)
        assert "7 of 7  ○○○○○○◉" in shown(pilot)
        assert "What to keep" in shown(pilot)
        await press(pilot, back)
        assert "6 of 7" in shown(pilot)


async def test_the_page_is_found_again():
    async with tutor() as pilot:
        await press(pilot, "n", "n", "n", "b")
        with Journal.open() as other:
            assert other.progress("stubs/stub").step == 2
    async with tutor() as pilot:
        assert "3 of 7" in shown(pilot)
        assert "Row operations" in shown(pilot)


async def test_a_page_stages_its_experiment_its_views_and_its_speed():
    async with tutor() as pilot:
        assert views(pilot) == ["Sum", "Oracles", "Pick"]
        await press(pilot, "n")
        assert views(pilot) == ["Edit", "Bars", "f"]
        assert "swap" in shown(pilot)
        await press(pilot, "n", "n")
        assert views(pilot) == ["Loss", "Weights", "Oracles"]
        assert "60/s" in shown(pilot)
        await press(pilot, "s", "n")
        assert "update 0 " in shown(pilot)
        await press(pilot, "b")
        assert "update 1 " in shown(pilot)


async def test_what_was_turned_by_hand_stays_with_its_page_which_can_be_set_up_again():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "k", "right", "escape", "s", "n")
        assert here(pilot).values["lr"] == 0.01
        assert "c: set this page up" not in shown(pilot)
        await press(pilot, "b")
        assert "update 1 " in shown(pilot)
        assert "c: set this page up" in shown(pilot)
        await press(pilot, "c")
        assert "update 0 " in shown(pilot)
        assert here(pilot).values["lr"] == 0.1
        assert "c: set this page up" not in shown(pilot)
        assert not here(pilot).clock.playing


async def test_a_long_page_scrolls_by_key():
    async with tutor("gradient_descent", (80, 16), page=2) as pilot:
        reader = pilot.app.screen.query_one("#reader")
        await press(pilot, "j")
        assert reader.scroll_offset.y > 0
        await press(pilot, "i", "i")
        assert reader.scroll_offset.y == 0
        await press(pilot, "j", "n")
        assert reader.scroll_offset.y == 0


LONG = ("optimization/gradient_descent", (80, 16))


async def test_a_page_longer_than_its_panel_says_so_and_scrolls_by_arrow():
    async with tutor(*LONG, page=2) as pilot:
        reader = pilot.app.screen.query_one("#reader")
        assert "↓ more" in shown(pilot)
        await press(pilot, "down", "down", "home", "down")
        assert reader.scroll_offset.y == 3
        await press(pilot, "up")
        assert reader.scroll_offset.y == 0
        await press(pilot, "end")
        assert reader.scroll_offset.y == reader.max_scroll_y > 3
        assert "↓ more" not in shown(pilot)
        await press(pilot, "home")
        assert reader.scroll_offset.y == 0
        await pilot._post_mouse_events([MouseScrollDown], reader, button=0)
        await until(pilot, lambda: reader.scroll_offset.y)
        await press(pilot, "l", "down")
        assert "↓ more" not in shown(pilot)


async def test_the_border_says_more_just_when_there_is_more_below():
    async with tutor("calculus/derivatives", (120, 40), page=6) as pilot:
        reader = pilot.app.screen.query_one("#reader")
        seen = set()
        for act in (
            "a",
            "3",
            "enter",
            "full",
            "home",
            "end",
            (120, 30),
            (120, 44),
            (90, 30),
            "home",
        ):
            if act == "full":
                await until(pilot, lambda: "As you said" in shown(pilot))
            elif isinstance(act, tuple):
                await pilot.resize_terminal(*act)
            else:
                await press(pilot, act)
            for _ in range(3):
                await pilot.pause()
            is_more = reader.scroll_offset.y < reader.max_scroll_y
            assert ("↓ more" in str(reader.border_subtitle)) == is_more, act
            seen.add(is_more)
        assert seen == {True, False}


@pytest.mark.parametrize("height", [16, 24])
async def test_what_was_said_to_an_answer_and_every_hint_is_in_sight(height):
    async with tutor(size=(60, height)) as pilot:
        await press(pilot, "a")
        assert "3  b" in shown(pilot)
        await press(pilot, "3")
        assert "✗ So is this" in shown(pilot)
        await press(pilot, "h", "h")
        assert "Hint 2" in shown(pilot)
        await press(pilot, "h", "h")
        assert "There is no further hint." in shown(pilot)
        await press(pilot, "home", "2")
        assert "✗ It is only a part of the sum" in shown(pilot)
        await press(pilot, "1")
        assert "✓ Both point the same way, roughly." in shown(pilot)
        assert not pilot.app._notifications


async def test_a_turned_page_is_read_where_the_laboratory_had_its_place():
    async with tutor(size=(80, 24)) as pilot:
        await press(pilot, "l")
        assert "Two arrows" not in shown(pilot)
        await press(pilot, "n")
        assert "Edit the matrix." in shown(pilot)
        await press(pilot, "l", "b")
        assert "Two arrows" in shown(pilot)


async def test_the_keys_are_not_offered_to_a_goal():
    async with tutor(page=6) as pilot:
        assert "a answer" not in shown(pilot)
        assert "h hint" in shown(pilot)


# Pictures.


async def test_views_take_turns_in_the_large_place():
    async with tutor() as pilot:
        seen = []
        for key in ("v", "v", "v", "V"):
            await press(pilot, key)
            seen.append(views(pilot))
        assert seen == [
            ["Oracles", "Pick", "Sum"],
            ["Pick", "Sum", "Oracles"],
            ["Edit", "Sum", "Oracles"],
            ["Pick", "Sum", "Oracles"],
        ]
        assert "3 of 6" in shown(pilot)


async def test_zoom_gives_all_the_room_to_one_picture():
    async with tutor() as pilot:
        screen = pilot.app.screen
        await press(pilot, "z")
        assert views(pilot) == ["Sum"]
        assert screen.query_one("#large").size.width > 110
        assert "Two arrows" not in shown(pilot)
        await press(pilot, "escape")
        assert views(pilot) == ["Sum", "Oracles", "Pick"]
        screen.set_focus(screen.query_one("#lower_right"))
        await press(pilot, "z")
        assert views(pilot) == ["Pick"]
        await press(pilot, "right", "z")
        assert here(pilot).values["cell"] == (0, 1)
        assert views(pilot) == ["Pick", "Sum", "Oracles"]


async def test_a_pinned_run_stays_on_the_chart_until_it_is_dropped():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "s", "s", "p", "r")
        assert "loss ⟨1⟩" in shown(pilot)
        await press(pilot, "P")
        assert "⟨1⟩" not in shown(pilot)


async def test_only_pictures_on_the_screen_are_computed(monkeypatch):
    computed = []
    monkeypatch.setattr(
        "tutor.controller.RunController._compute", lambda self, name: computed.append(name)
    )
    async with tutor(size=(80, 24), page=DESCENT) as pilot:
        await press(pilot, "s", "s")
        assert set(computed) == {"loss"}


# Turning.


async def test_a_knob_shows_its_value_at_once_and_the_rebuild_follows():
    async with tutor(page=DESCENT) as pilot:
        here(pilot)._cost = 1.0
        await press(pilot, "s", "k", "down", "down", "right", "right")
        panel = pilot.app.screen.query_one(KnobPanel)
        assert panel._values["size"] == 5
        await until(pilot, lambda: here(pilot).run.lab.size == 5)
        assert not here(pilot).is_pending


async def test_a_turn_that_is_refused_is_said_and_taken_back():
    async with tutor(page=DESCENT) as pilot:
        lr = here(pilot).experiment.knob("lr")
        pilot.app.screen.on_knob_panel_turned(KnobPanel.Turned(lr, "fast"))
        await until(pilot, lambda: "rate: expected a number from" in shown(pilot))
        assert here(pilot).values["lr"] == 0.1


async def test_a_turn_that_comes_after_its_page_was_turned_is_dropped():
    async with tutor(page=DESCENT) as pilot:
        screen, lr = pilot.app.screen, here(pilot).experiment.knob("lr")
        screen.action_page(-1)
        assert "lr" not in here(pilot).experiment.knobs
        screen.on_knob_panel_turned(KnobPanel.Turned(lr, 0.2))
        screen.on_picture_view_touched(PictureView.Touched(lr, Nudge(1, 0)))
        await settled(pilot)
        assert not screen.stages.can_set_up(screen.page)
        assert not pilot.app._notifications


async def test_the_run_is_copied_as_a_command():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "s", "k", "right", "escape", "s", "y")
        command = pilot.app.clipboard
        assert command.startswith("dltutor run stubs/stub/descent --seed 0 --set lr=0.1 --at 1:lr=")
        assert command.endswith("--steps 2")
        await until(pilot, lambda: "paste it into a shell" in shown(pilot))


# Questions.


async def test_a_prediction_is_decided_by_its_run():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "a", "1")
        await until(pilot, lambda: "The run says: fly apart" in shown(pilot))
        await settled(pilot)
        assert here(pilot).values["lr"] == 3
        assert "judged" in shown(pilot)
        assert not here(pilot).clock.playing
        assert "60/s" in shown(pilot)
        await press(pilot, "a", "3")
        await until(pilot, lambda: "✓ 1/5" in shown(pilot))


async def test_a_prediction_on_a_narrow_window_takes_the_learner_to_its_run():
    async with tutor(size=(80, 24), page=DESCENT) as pilot:
        await press(pilot, "a", "3")
        await until(pilot, lambda: "✓ As you said." in shown(pilot))
        await settled(pilot)
        assert views(pilot) == ["Loss"]
        assert "judged" in shown(pilot)
        await press(pilot, "l")
        assert "✓ As you said." in shown(pilot)


async def test_turning_the_run_of_a_prediction_calls_it_off():
    async with tutor(page=DESCENT) as pilot:
        here(pilot).speed_up = lambda steps: setattr(here(pilot).clock, "speed", 1)
        await press(pilot, "a", "1")
        assert "The run decides at update 100" in shown(pilot)
        await press(pilot, "k", "left")
        assert "predict again" in shown(pilot)
        here(pilot).step(300)
        await press(pilot, "s")
        assert "The run says" not in shown(pilot)


async def test_a_goal_is_judged_while_it_is_played_and_stops_there():
    async with tutor(page=5) as pilot:
        await press(pilot, "s")
        assert "pdate 1 of 100." in shown(pilot)
        await press(pilot, "r", "k", *["shift+right"] * 2, "f", "space")
        await until(pilot, lambda: "✓ Reached at update" in shown(pilot))
        await settled(pilot)
        assert "judged" in shown(pilot)
        assert not here(pilot).clock.playing
        assert "✓ 1/5" in shown(pilot)


async def test_a_goal_of_a_still_is_reached_by_hand():
    async with tutor(page=6) as pilot:
        here(pilot).turn("a", "3.5, 4")
        pilot.app.screen.show_stage()
        await press(pilot, "k", "right")
        assert "✓ Reached." not in shown(pilot)
        await press(pilot, *["right"] * 6)
        await until(pilot, lambda: "✓ Reached." in shown(pilot))


async def test_the_reason_of_a_wrong_option_is_shown_and_hints_are_opened():
    async with tutor() as pilot:
        await press(pilot, "a", "2")
        assert "only a part of the sum" in shown(pilot)
        await press(pilot, "h", "h", "h")
        assert "look at the lengths" in shown(pilot)
        await press(pilot, "1")
        assert pilot.app.screen.query_one(Quiz).state.passed


# Leaving, and the mouse.


async def test_escape_first_leaves_the_panel_then_the_lesson():
    async with tutor(page=DESCENT) as pilot:
        await press(pilot, "k", "space")
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, LessonScreen)
        assert pilot.app.focused is None
        clock = here(pilot).clock
        assert clock.playing
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, LessonScreen)
        assert not clock.playing


async def test_the_title_and_the_transport_are_mouse_targets():
    async with tutor(page=DESCENT) as pilot:
        screen = pilot.app.screen
        for text, right, happened in [
            ("⇥ step", 1, lambda: here(pilot).run.steps == 1),
            ("60/s", 8, lambda: here(pilot).clock.speed == 250),
            ("250/s", -3, lambda: here(pilot).clock.speed == 60),
            ("seed 0", 1, lambda: here(pilot).run.seed == 1),
            ("▶ play", 1, lambda: here(pilot).clock.playing),
            ("‖ pause", 1, lambda: not here(pilot).clock.playing),
            ("◉○○", 0, lambda: screen.at == DESCENT),
            ("‹ 5 of", 0, lambda: screen.at == DESCENT - 1),
            (" ›  ✓", 1, lambda: screen.at == DESCENT),
            ("dltutor", 1, lambda: not isinstance(pilot.app.screen, LessonScreen)),
        ]:
            assert not happened(), text
            await click(pilot, text, right)
            assert happened(), text


async def test_a_density_that_is_refused_leaves_the_panel_as_the_run_is():
    async with tutor(lesson="distributions", page=5) as pilot:
        screen = pilot.app.screen
        knob = screen.controller.experiment.knob("density")
        screen.on_knob_panel_turned(KnobPanel.Turned(knob, knob.parse("x")))
        await until(pilot, lambda: any("≥ 0" in one.message for one in pilot.app._notifications))
        await settled(pilot)
        assert screen.controller.values["density"].text == "sin(x)**2"
        line = next(line for line in shown(pilot).splitlines() if "density" in line and "‹" in line)
        assert "sin(x)**2" in line
