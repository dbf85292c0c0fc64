"""Knobs: what a slider shows, takes and refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DltutorError, DomainError, UnknownNameError
from lessons.kit.knobs import Choice, Settings, Slider, Switch, Whole

LINEAR = Slider(name="beta", label="memory", default=0.9, low=-2, high=3)
LOG = Slider(name="lr", label="rate", symbol="η", default=0.1, low=1e-4, high=10, log=True)
FINE = Slider(name="beta2", label="scale", default=0.999, low=0.00015, high=0.9999)
WHOLE = Whole(name="batch", label="batch", default=10, low=1, high=256)
CHOICE = Choice(name="f", label="activation", options=("tanh", "relu", "sigmoid"))
SWITCH = Switch(name="test", label="test points")
TUNED = Choice(name="only", label="width", options=("a", "b"), only=("f", ("relu",)))
KNOBS = (LINEAR, LOG, FINE, WHOLE, CHOICE, SWITCH)

knobs = st.sampled_from(KNOBS)
positions = st.floats(0, 1)


@given(knobs, positions)
def test_position_undoes_at(knob, position):
    value = knob.at(position)
    assert knob.at(knob.position(value)) == value


@given(st.sampled_from([LINEAR, LOG]), positions)
def test_a_slider_stands_where_it_was_put_to_three_digits(slider, position):
    assert slider.position(slider.at(position)) == pytest.approx(position, abs=2e-3)


@given(knobs, st.floats(-1e6, 1e6))
def test_at_never_leaves_the_range(knob, position):
    value = knob.at(position)
    assert knob.parse(value) == value


@given(knobs, positions, st.integers(-300, 300))
def test_moved_never_leaves_the_range(knob, position, notches):
    value = knob.moved(knob.at(position), notches)
    assert knob.parse(value) == value
    assert 0 <= knob.position(value) <= 1


@given(st.sampled_from([LINEAR, LOG, FINE, WHOLE]), positions)
def test_up_is_never_down(knob, position):
    value = knob.at(position)
    assert knob.moved(value, -1) <= value <= knob.moved(value, 1)


@pytest.mark.parametrize("knob", [LINEAR, LOG, WHOLE], ids=lambda knob: knob.name)
def test_every_notch_moves_until_the_end(knob):
    value, seen = knob.low, 0
    while value < knob.high:
        value, before = knob.moved(value, 1), value
        assert value > before
        seen += 1
    assert seen <= 256


@pytest.mark.parametrize(("knob", "turns"), [(CHOICE, 3), (SWITCH, 2)])
def test_a_choice_goes_round_and_round(knob, turns):
    value = knob.default
    for _ in range(turns):
        value = knob.moved(value, 1)
    assert value == knob.default
    assert knob.moved(knob.moved(value, 1), -1) == value


@given(knobs, positions)
def test_a_knob_reads_what_it_shows(knob, position):
    value = knob.at(position)
    assert knob.parse(knob.show(value)) == value


@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.name)
def test_the_default_and_the_corners_are_allowed(knob):
    assert knob.parse(knob.default) == knob.default
    assert [knob.parse(value) for value in knob.corners()] == list(knob.corners())
    assert knob.default in knob.corners()


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "banana", "", "1e999", "-2.1", "3.1", None])
def test_a_slider_takes_only_numbers_of_its_range(text):
    with pytest.raises(DomainError, match=r"beta: expected a number from -2 to 3, got"):
        LINEAR.parse(text)


@pytest.mark.parametrize("text", ["0", "257", "3.5", "1e2", "nan", "many", ""])
def test_a_whole_number_is_whole(text):
    with pytest.raises(DomainError, match=r"batch: expected a whole number from 1 to 256, got"):
        WHOLE.parse(text)


@pytest.mark.parametrize(("text", "value"), [("on", True), ("Yes", True), ("0", False), (1, True)])
def test_a_switch_understands_several_words(text, value):
    assert SWITCH.parse(text) is value
    assert SWITCH.parse(SWITCH.show(value)) is value


def test_wrong_names_are_answered_with_the_right_ones():
    with pytest.raises(UnknownNameError, match="Did you mean relu"):
        CHOICE.parse("relo")
    with pytest.raises(DomainError, match="expected on or off, got 'maybe'"):
        SWITCH.parse("maybe")
    with pytest.raises(UnknownNameError, match=r"No knob is called 'bath'\. Did you mean batch"):
        Settings(KNOBS, {"bath": 3})


def test_settings_begin_at_the_defaults_and_are_never_changed():
    settings = Settings(KNOBS)
    other = settings.with_value("lr", "0.5")
    assert dict(settings) == {knob.name: knob.default for knob in KNOBS}
    assert dict(other) == {**settings, "lr": 0.5}
    with pytest.raises(DltutorError):
        settings.with_value("lr", "20")
    assert (settings.number("lr"), settings.whole("batch")) == (0.1, 10)
    assert (settings.word("f"), settings.flag("test"), len(settings)) == ("tanh", False, 6)


def test_a_knob_sleeps_while_another_has_other_values():
    settings = Settings((CHOICE, TUNED))
    assert not TUNED.wakes(settings)
    assert TUNED.wakes(settings.with_value("f", "relu"))
    assert CHOICE.wakes(settings)
