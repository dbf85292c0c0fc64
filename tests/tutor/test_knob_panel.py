"""The knobs on the screen: turned by key, by mouse and by typing, every kind of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from engine.errors import DltutorError
from lessons.kit.experiment import StaticExperiment
from lessons.kit.knobs import Choice, Integer, Slider
from lessons.kit.run import Run
from tests.tutor.driving import click, place, press, settled, shown, tutor
from tests.tutor.hosting import hosted
from tests.tutor.stub.lab import Arrows, Descent, Elimination
from tutor.pictures.cells import DARK, plain
from tutor.pictures.edit_line import EditLine
from tutor.pictures.knobs import KnobTarget, knob_lines, layout
from tutor.pictures.letters import length
from tutor.widgets.knobs import KnobPanel


class Bench(App):
    """A panel of knobs and a run that is turned by it."""

    AUTO_FOCUS = None

    def __init__(self, experiment):
        super().__init__()
        self.run_ = Run(experiment)
        self.turned = []
        self.keys = []

    def compose(self):
        yield KnobPanel()

    def on_mount(self):
        self.panel.show(self.run_.experiment, self.run_.lab.values)

    def on_knob_panel_turned(self, message):
        self.turned.append(message.knob.name)
        self.run_.turn(message.knob.name, message.value)
        self.panel.show(self.run_.experiment, self.run_.lab.values)

    def on_key(self, event):
        self.keys.append(event.key)

    @property
    def panel(self):
        return self.query_one(KnobPanel)

    def value(self, name):
        return self.run_.experiment.knobs[name].show(self.run_.lab.values[name])


async def to_knob(pilot, name):
    """Focus the panel and go to a knob."""
    app = pilot.app
    app.panel.focus()
    await settled(pilot)
    await press(pilot, *["down"] * list(app.run_.experiment.knobs).index(name))


@pytest.mark.parametrize(
    ("experiment", "name", "keys", "expected"),
    [
        (Descent, "lr", ["right"], "0.0121"), (Descent, "lr", ["shift+left"], "0.00147"),
        (Descent, "lr", ["right", "home"], "0.01"),
        (Descent, "size", ["right", "right"], "5"), (Descent, "size", ["shift+right"], "13"),
        (Descent, "kind", ["right"], "noisy"), (Descent, "kind", ["left", "enter"], "plain"),
        (Descent, "kind", ["shift+right"], "noisy"), (Descent, "dots", ["enter"], "on"),
        (Arrows, "a", ["right"], "3.1, 4"), (Arrows, "a", ["shift+right"], "3, 4.1"),
        (Arrows, "a", ["shift+left", "left"], "2.9, 3.9"),
        (Arrows, "cell", ["right", "shift+right"], "2, 2"),
        (Arrows, "A", ["right"], "swap"), (Arrows, "A", ["left", "left"], "identity"),
        (Arrows, "f", ["right"], "sin(x)"),
    ],
)  # fmt: skip
async def test_arrows_turn_every_kind_of_knob(experiment, name, keys, expected):
    app = Bench(experiment)
    async with hosted(app) as pilot:
        await to_knob(pilot, name)
        await press(pilot, *keys)
        assert app.value(name) == expected
        assert set(app.turned) == {name}
        assert expected in shown(pilot)


@pytest.mark.parametrize(
    ("experiment", "name", "typed", "expected"),
    [
        (Descent, "lr", ".5", "0.5"), (Descent, "lr", "2e-3", "0.002"), (Descent, "size", "7", "7"),
        (Arrows, "a", "1.25, -2", "1.25, -2"), (Arrows, "cell", "1, 2", "1, 2"),
        (Arrows, "A", "1 2; 3 -4", "1 2; 3 -4"), (Arrows, "f", "2*sin(x)", "2*sin(x)"),
    ],
)  # fmt: skip
async def test_an_exact_value_is_typed(experiment, name, typed, expected):
    app = Bench(experiment)
    async with hosted(app) as pilot:
        await to_knob(pilot, name)
        await press(pilot, *("space" if c == " " else c for c in typed))
        assert f"{typed}▏" in shown(pilot)
        assert app.turned == []
        await press(pilot, "enter")
        assert app.value(name) == expected
        assert app.turned == [name]
        # None of the keys meant anything to the screen.
        assert [key for key in app.keys if key != "down"] == []


async def test_letters_keep_their_meaning_beside_a_formula_until_it_is_opened():
    app = Bench(Arrows)
    async with hosted(app) as pilot:
        await to_knob(pilot, "f")
        await press(pilot, "n", "a")
        assert app.keys[-2:] == ["n", "a"]
        await press(pilot, "enter", *"sin(x)", "enter")
        assert app.value("f") == "sin(x)"
        assert not {"s", "i", "x"} & {*app.keys}


@pytest.mark.parametrize(
    ("experiment", "name", "typed", "says"),
    [
        (Descent, "lr", "99", "  expected a number from 0.0001 to 10, got '99'."),
        (Descent, "lr", "1..2", "got '1..2'"),
        (Arrows, "a", "7, 0", "  expected two numbers within ±5, such as 3, 4, got '7, 0'."),
        (Arrows, "A", "1 2 3", "  expected 2 × 2 numbers within ±99"),
        (Arrows, "f", "2*y+1", "No name 'y' here. There are: x."),
    ],
)
async def test_what_is_refused_stays_to_be_mended_and_says_why(experiment, name, typed, says):
    app = Bench(experiment)
    async with hosted(app) as pilot:
        await to_knob(pilot, name)
        before = app.value(name)
        await press(pilot, *("space" if c == " " else c for c in typed), "enter")
        assert says in shown(pilot)
        assert typed in shown(pilot).replace("▏", "")
        assert (app.value(name), app.turned) == (before, [])
        await press(pilot, "escape")
        assert says not in shown(pilot)
        assert app.focused is app.panel
        assert before in shown(pilot)


async def test_a_refused_formula_has_its_cursor_where_it_is_wrong():
    app = Bench(Arrows)
    async with hosted(app) as pilot:
        await to_knob(pilot, "f")
        await press(pilot, *"2*y+1", "enter", "delete", "x", "enter")
        assert app.value("f") == "2*x+1"


@pytest.mark.parametrize("first", [["enter"], ["9", "9", "enter"]], ids=["opened", "refused"])
async def test_what_is_typed_replaces_a_value_just_opened_or_refused(first):
    app = Bench(Descent)
    async with hosted(app) as pilot:
        await to_knob(pilot, "lr")
        await press(pilot, *first)
        assert ("esc cancels." in shown(pilot)) == (first[0] == "9")
        await press(pilot, "1", ".", "5")
        assert "1.5▏" in shown(pilot)
        await press(pilot, "enter")
        assert app.value("lr") == "1.5"


async def test_a_refused_value_can_still_be_mended():
    app = Bench(Descent)
    async with hosted(app) as pilot:
        await to_knob(pilot, "lr")
        await press(pilot, *"2.55e3", "enter", "backspace", "backspace", "enter")
        assert app.value("lr") == "2.55"


async def test_enter_edits_the_present_value_and_leaving_drops_the_edit():
    app = Bench(Descent)
    async with hosted(app) as pilot:
        await to_knob(pilot, "lr")
        await press(pilot, "enter")
        assert "0.01▏" in shown(pilot)
        await press(pilot, "backspace", "left", "5", "delete", "home", "end", "2", "enter")
        assert app.value("lr") == "0.52"
        await press(pilot, "3", "down", "up", "enter", "escape")
        app.panel.focus()
        await settled(pilot)
        assert app.value("lr") == "0.52"
        await press(pilot, "3")
        app.set_focus(None)
        await settled(pilot)
        assert "3▏" not in shown(pilot)


@pytest.mark.parametrize("name", ["lr", "kind", "size"])
async def test_keys_that_begin_no_value_are_left_to_the_screen(name):
    app = Bench(Descent)
    async with hosted(app) as pilot:
        await to_knob(pilot, name)
        await press(pilot, "space", "s", "r", "escape", "p", "l")
        assert app.keys[-6:] == ["space", "s", "r", "escape", "p", "l"]
        assert "▏" not in shown(pilot)


async def test_the_current_knob_says_what_it_does():
    app = Bench(Arrows)
    async with hosted(app) as pilot:
        assert "Drag it." not in shown(pilot)
        await to_knob(pilot, "a")
        assert "▸ tip of a" in shown(pilot)
        assert "Drag it." in shown(pilot)
        assert app.screen.active_bindings["shift+right"].binding.description == "up/down"
        await press(pilot, "up")
        assert "▸ bar" in shown(pilot)
        assert app.screen.active_bindings["shift+right"].binding.description == "turn by ten"
        app.set_focus(None)
        await settled(pilot)
        assert "▸" not in shown(pilot)


def track(pilot, name):
    """The columns of a knob's track, and its row."""
    column, row = place(pilot, name)
    line = shown(pilot).splitlines()[row]
    cells = [x for x in range(column, len(line)) if line[x] in "━●─"]
    end = next((x for x in cells if x + 1 not in cells), cells[-1])
    return cells[0], end, row


async def test_a_grip_follows_the_mouse_also_beyond_its_track():
    app = Bench(Descent)
    async with hosted(app) as pilot:
        first, last, row = track(pilot, "learning rate η")
        await pilot.mouse_down(offset=(first, row))
        await settled(pilot)
        assert app.value("lr") == "0.0001"
        await pilot.hover(offset=(last - 3, row))
        await settled(pilot)
        assert 0.01 < float(app.value("lr")) < 10
        await pilot.hover(offset=(last + 9, row + 5))
        await settled(pilot)
        assert app.value("lr") == "10"
        await pilot.mouse_up(offset=(last, row))
        await pilot.hover(offset=(first, row))
        await settled(pilot)
        assert app.value("lr") == "10"
        assert app.focused is app.panel


async def test_a_click_steps_through_edits_or_chooses():
    app = Bench(Descent)
    async with hosted(app) as pilot:
        await click(pilot, " ›", 1)
        assert app.value("kind") == "noisy"
        await click(pilot, "‹ noisy")
        assert app.value("kind") == "plain"
        await click(pilot, "plain")
        assert app.value("kind") == "noisy"
        await click(pilot, "size")
        assert "▸ size" in shown(pilot)
        turned = list(app.turned)
        await click(pilot, "0.01")
        assert "0.01▏" in shown(pilot)
        await click(pilot, "─ Knobs ─", 3)
        assert app.turned == turned


async def test_another_experiment_brings_its_own_knobs_or_none():
    app = Bench(Descent)
    async with hosted(app) as pilot:
        await to_knob(pilot, "dots")
        app.panel.show(Elimination, Run(Elimination).lab.values)
        await settled(pilot)
        assert "▸ matrix" in shown(pilot)
        assert "learning rate" not in shown(pilot)

        class Bare(StaticExperiment):
            pass

        app.panel.show(Bare, {})
        await settled(pilot)
        assert not app.panel.display
        assert app.panel.action_turn(1) is None


@pytest.mark.parametrize("height", [4, 5, 24])
async def test_every_knob_and_every_refusal_is_seen_however_low_the_panel(height):
    app = Bench(Arrows)
    async with hosted(app, (40, height)) as pilot:
        app.panel.styles.height = "1fr"
        app.panel.focus()
        await settled(pilot)
        for knob in Arrows.knobs.values():
            assert f"▸ {knob.label}" in shown(pilot)
            await press(pilot, "down")
        await press(pilot, "9", "enter")
        assert "expected two" in shown(pilot)


class Wordy(StaticExperiment):
    """Helps that no narrow border has room for."""

    k = Integer("k", 1, 0, 9, help="How many of the directions are kept, the longest one first.")
    way = Choice("way", ("up", "down"), help="Where to.")


@pytest.mark.parametrize(("width", "below"), [(40, True), (80, False)])
async def test_a_help_is_read_whole_below_the_knobs_where_the_border_is_too_short(width, below):
    app = Bench(Wordy)
    async with hosted(app, (width, 24)) as pilot:
        await to_knob(pilot, "k")
        rows, height = shown(pilot).splitlines(), app.panel.size.height
        assert "longest one first." in " ".join(line.strip("│ ╰─╯") for line in rows)
        assert any("help" not in row and "kept" in row and "│" in row for row in rows) is below
        await press(pilot, "down")
        assert "Where to." in shown(pilot)
        assert app.panel.size.height == height
        await press(pilot, "up", "7", "7", "enter")
        assert "  expected" in shown(pilot)
        assert app.panel.size.height == height + (2 if width == 40 else 1)


class Asleep(StaticExperiment):
    """A knob that matters for one kind only."""

    kind = Choice("kind", ("plain", "noisy"))
    noise = Slider("noise", 0.1, 0, 1, active_when=("kind", ("noisy",)))


@pytest.mark.parametrize("kind", ["plain", "noisy"])
def test_a_knob_that_has_no_effect_is_dim(kind):
    knobs = tuple(Asleep.knobs.values())
    values = Asleep(kind=kind).values
    lines = knob_lines(knobs, values, layout(knobs, 34), DARK, None)
    (name,) = [s for s in lines[1] if s.target == KnobTarget("noise", "name")]
    assert (name.fg == DARK.muted) == (kind == "plain")


@given(st.sampled_from([Arrows, Descent, Elimination]), st.integers(1, 130), st.booleans())
def test_every_line_has_the_panels_width_and_every_knob_its_targets(lab, width, typing):
    knobs, laid = tuple(lab.knobs.values()), layout(tuple(lab.knobs.values()), width)
    edit = EditLine("1 2; 3 4", 3) if typing else None
    lines = knob_lines(knobs, lab().values, laid, DARK, len(knobs) - 1, edit, "Expected.\n  x")
    assert {length(line) for line in plain(lines).splitlines()} == {width}
    if width >= 34:
        targets = {span.target.knob for line in lines for span in line if span.target}
        assert targets == {knob.name for knob in knobs} or typing


@given(
    st.text("xy1.", max_size=30),
    st.lists(st.sampled_from(["left", "right", "home", "end", "backspace", "delete", "a", "β"])),
    st.integers(1, 12),
)
def test_an_edit_keeps_its_cursor_in_the_text_and_in_sight(text, keys, width):
    line = EditLine(text, len(text))
    for key in keys:
        line = line.pressed(key, key if len(key) == 1 else None)
        assert 0 <= line.at <= len(line.text)
    assert "▏" in line.shown(width)
    assert len(line.shown(width)) <= width


def test_typing_and_erasing_undo_each_other():
    line = EditLine("sin(x)", 4)
    assert line.typed("2").erased() == line
    assert line.pressed("tab", "\t") is None
    assert EditLine("x" * 200, 0).typed("y").text == "x" * 200


@pytest.mark.parametrize("lab", [Arrows, Descent, Elimination])
def test_every_corner_can_be_shown(lab):
    for knob in lab.knobs.values():
        for value in knob.edge_cases():
            try:
                values = lab(**{knob.name: value}).values
            except DltutorError:
                continue
            knobs = tuple(lab.knobs.values())
            drawn = plain(knob_lines(knobs, values, layout(knobs, 40), DARK, None))
            assert knob.show(value)[:10] in drawn
            assert np.array_equal(knob.parse(knob.show(value)), value) or knob.equal(value, value)


async def test_knobs_without_effect_are_passed_over():
    async with tutor(lesson="distributions", page=2) as pilot:
        panel = pilot.app.screen.query_one(KnobPanel)
        await press(pilot, "k")
        passed = []
        for _ in range(4):
            await press(pilot, "down")
            passed.append(panel._knob().name)
        assert passed == ["rate", "a", "law", "rate"]
