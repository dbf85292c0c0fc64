"""Knobs: what each kind shows, takes and refuses, and how a turn moves it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DltutorError, DomainError, UnknownNameError
from lessons.kit.experiment import StaticExperiment
from lessons.kit.knobs import Cell, Choice, FormulaInput, Integer, Matrix, Point, Slider, Switch

few = settings(max_examples=40)


class Bench(StaticExperiment):
    """One knob of every kind."""

    beta = Slider("memory", 0.9, -2, 3)
    lr = Slider("rate", 0.1, 1e-4, 10, log=True, symbol="η")
    fine = Slider("scale", 0.999, 0.00015, 0.9999)
    batch = Integer("batch", 10, 1, 256)
    f = Choice("activation", ("tanh", "relu", "sigmoid"))
    test = Switch("test points")
    tip = Point("tip", (3, -4), reach=5, notch=0.1)
    far = Point("far", (0, 0), reach=40, notch=0.25)
    cell = Cell("cell", (0, 1), shape=(3, 5))
    kernel = Matrix("kernel", {"edge": [[-1, 1.5]], "mean": [[0.5, 0.5]]}, reach=9)
    any = Matrix("any", {"two": np.eye(2), "row": [[1, 2, 3]]}, any_shape=True)
    g = FormulaInput("g(x)", "x*sin(x)", ("x",), samples=("x**2", "1/x"))
    width = Choice("width", ("a", "b"), active_when=("f", ("relu",)))


KNOBS = tuple(Bench.knobs.values())
TRACKS = (Bench.beta, Bench.lr, Bench.fine, Bench.batch)
notches = st.integers(-300, 300)
knobs = st.sampled_from(KNOBS)


def walked(knob, turns):
    """Where some turns from the default lead."""
    value = knob.default
    for across, up in turns:
        value = knob.moved(value, across, up)
    return value


turns = st.lists(st.tuples(notches, notches), max_size=5)


def test_a_knob_is_its_value_in_an_experiment_and_itself_in_the_class():
    lab = Bench(lr="0.5", cell="2, 4")
    assert (lab.lr, lab.batch, lab.cell, lab.f) == (0.5, 10, (1, 3), "tanh")
    assert Bench.lr.name == "lr"
    with pytest.raises(UnknownNameError, match=r"No knob is called 'bath'\. Did you mean batch"):
        Bench(bath=3)


@few
@given(knobs, turns)
def test_a_knob_reads_what_it_shows_wherever_turns_lead(knob, moves):
    value = walked(knob, moves)
    assert knob.equal(knob.parse(value), value)
    assert knob.equal(knob.parse(knob.show(value)), value)
    assert knob.show(knob.parse(knob.show(value))) == knob.show(value)


@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.name)
def test_the_default_and_the_corners_are_allowed_and_told_apart(knob):
    edge_cases = knob.edge_cases()
    assert all(knob.equal(knob.parse(value), value) for value in edge_cases)
    assert any(knob.equal(knob.default, value) for value in edge_cases)
    assert len({knob.show(value) for value in edge_cases}) >= 2


@few
@given(st.sampled_from(TRACKS), st.floats(-0.5, 1.5))
def test_a_track_and_its_positions_belong_to_each_other(knob, position):
    value = knob.at(position)
    assert knob.parse(value) == value
    assert 0 <= knob.position(value) <= 1
    assert knob.at(knob.position(value)) == value
    nearest = min(1.0, max(0.0, position))
    room = 0.5 / 255 + 1e-9 if knob is Bench.batch else 6e-3
    assert knob.position(value) == pytest.approx(nearest, abs=room)


@few
@given(st.sampled_from(TRACKS), st.floats(0, 1))
def test_up_is_never_down(knob, position):
    value = knob.at(position)
    assert knob.moved(value, -1) <= value <= knob.moved(value, 1)
    assert knob.moved(value, 0, 1) == knob.moved(value, 1)


@pytest.mark.parametrize("knob", [Bench.beta, Bench.lr, Bench.batch], ids=lambda knob: knob.name)
def test_every_notch_moves_until_the_end(knob):
    value, seen = knob.low, 0
    while value < knob.high:
        value, before = knob.moved(value, 1), value
        assert value > before
        seen += 1
    assert seen <= 256
    assert knob.moved(value, 1) == value


@pytest.mark.parametrize(
    ("knob", "period"), [(Bench.f, 3), (Bench.test, 2), (Bench.kernel, 2), (Bench.g, 3)]
)
def test_names_and_samples_go_round_and_round(knob, period):
    seen = [knob.show(walked(knob, [(i, 0)])) for i in range(2 * period)]
    assert len(set(seen)) == period
    assert seen[:period] == seen[period:]
    assert knob.show(walked(knob, [(1, 0), (-1, 0)])) == seen[0]


def test_from_a_value_of_ones_own_arrows_lead_back_to_the_first():
    assert Bench.kernel.show(Bench.kernel.moved(Bench.kernel.parse("7 7"), 1)) == "edge"
    assert Bench.g.show(Bench.g.moved(Bench.g.parse("x + 1"), 1)) == "x*sin(x)"


@few
@given(st.sampled_from([Bench.tip, Bench.far]), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_a_drag_lands_on_the_nearest_notch_within_reach(knob, x, y):
    placed = knob.near(x, y)
    wanted = np.clip([x, y], -knob.reach, knob.reach)
    assert np.abs(placed).max() <= knob.reach
    assert np.abs(placed - wanted).max() <= knob.notch / 2 + 0.01
    grid = placed / knob.notch
    assert grid == pytest.approx(np.rint(grid), abs=0.02)


def test_a_point_and_a_cell_go_right_and_up():
    assert Bench.tip.show(Bench.tip.moved(Bench.tip.default, 2, 1)) == "3.2, -3.9"
    assert Bench.cell.moved((1, 1), 1, 1) == (0, 2)
    assert Bench.cell.moved((0, 4), 1, 1) == (0, 4)


def test_values_of_arrays_cannot_be_changed_behind_a_knobs_back():
    for knob in (Bench.tip, Bench.kernel):
        for value in (
            knob.default,
            knob.moved(knob.default, 1),
            knob.parse(knob.show(knob.default)),
        ):
            with pytest.raises(ValueError, match="read-only"):
                value[...] = 0
    with pytest.raises(ValueError, match="read-only"):
        Bench.kernel.edited(Bench.kernel.default, (0, 0), 3)[0, 0] = 1


def test_one_number_is_edited_and_kept_within_reach():
    edited = Bench.kernel.edited(Bench.kernel.default, (0, 1), 0.123456)
    assert Bench.kernel.show(edited) == "-1 0.1235"
    assert Bench.kernel.show(Bench.kernel.edited(edited, (0, 0), -1e9)) == "-9 0.1235"
    assert Bench.kernel.show(Bench.kernel.default) == "edge"


REFUSED = [
    *[(Bench.beta, text, "expected a number from -2 to 3, got") for text in
      ("nan", "inf", "-inf", "banana", "", "1e999", "-2.1", "3.1", None)],
    *[(Bench.batch, text, "expected an integer from 1 to 256, got") for text in
      ("0", "257", "3.5", "1e2", "nan", "many", "", "9" * 5000)],
    *[(Bench.tip, text, "expected two numbers within ±5, such as 3, 4, got") for text in
      ("", "1", "1, 2, 3", "6, 0", "0, -5.1", "nan, 0", "inf, 0", "a, b", None, 3)],
    *[(Bench.cell, text,
       "expected a row from 1 to 3 and a column from 1 to 5, such as 1, 1, got") for text in
      ("", "1", "3, 0", "0, 5", "-1, 0", "1.5, 0", "a, b", None)],
    *[(Bench.kernel, text, "expected 1 × 2 numbers within ±9") for text in
      ("", "1", "1 2 3", "1; 2", "1 2; 3 4", "10 0", "nan 0", "a b", "edges", None)],
    *[(Bench.any, text, "expected rows of numbers within ±99") for text in
      ("", ";", "1 2; 3", "inf", "twos")],
    (Bench.test, "maybe", "expected on or off, got 'maybe'"),
    (Bench.f, "relo", "No f is called 'relo'. Did you mean relu?"),
    (Bench.g, "x + y", "No name 'y' here. There are: x."),
    (Bench.g, "", "The formula"),
]  # fmt: skip


@pytest.mark.parametrize(("knob", "text", "says"), REFUSED, ids=lambda x: str(x)[:20])
def test_what_a_knob_cannot_be_is_refused_in_one_sentence(knob, text, says):
    with pytest.raises(DltutorError) as told:
        knob.parse(text)
    assert says in str(told.value)
    if isinstance(told.value, DomainError):
        assert str(told.value).startswith(f"{knob.name}: ")


@pytest.mark.parametrize(
    ("knob", "text", "shown"),
    [
        (Bench.lr, "  0.5 ", "0.5"), (Bench.lr, "1e-3", "0.001"),
        (Bench.lr, 0.12345678, "0.123457"),
        (Bench.batch, " 12 ", "12"), (Bench.test, "Yes", "on"), (Bench.test, 0, "off"),
        (Bench.tip, "(1.5,2)", "1.5, 2"), (Bench.tip, " -0 , 1e-9", "0, 1e-09"),
        (Bench.tip, (1, 2), "1, 2"), (Bench.tip, np.array([0.5, -1]), "0.5, -1"),
        (Bench.cell, "( 2,3 )", "2, 3"), (Bench.kernel, "0.5  0.5", "mean"),
        (Bench.kernel, "-0 3", "0 3"), (Bench.any, "1 2 3; 4 5 6", "1 2 3; 4 5 6"),
        (Bench.any, [[1, 0], [0, 1]], "two"), (Bench.g, "x**2", "x**2"),
    ],
)  # fmt: skip
def test_a_value_is_read_in_any_usual_spelling(knob, text, shown):
    assert knob.show(knob.parse(text)) == shown


@few
@given(knobs, st.text(max_size=12))
def test_whatever_is_typed_it_is_a_value_or_refused(knob, text):
    try:
        value = knob.parse(text)
    except DltutorError:
        return
    assert knob.equal(knob.parse(knob.show(value)), value)


def test_a_knob_sleeps_while_another_has_other_values():
    assert not Bench.width.is_active({"f": "tanh"})
    assert Bench.width.is_active({"f": "relu"})
    assert Bench.f.is_active({})
