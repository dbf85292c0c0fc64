"""The playground: what it promises about learning, repeating, turning and failing."""

import re

import numpy as np
import pytest

from engine.tensor import Tensor
from lessons.catalogue import find, load
from lessons.kit import checks
from lessons.kit.run import Run
from lessons.networks._problem import DATA, prepare
from lessons.networks._sandbox import BURST
from lessons.networks.playground import FAILURES, KNOBS, lesson, sandbox

GOALS = {
    "spiral": {"width": 16, "share": 0.8, "batch": 30, "optimizer": "adam", "lr": 0.01},
    "tumours": {"lr": 0.1},
}
TURNS = [
    ("activation", "relu"),
    ("batch", 37),
    ("optimizer", "adam"),
    ("lr", 0.2),
    ("batch", 256),
    ("test", True),
]


def run_of(values=None, steps=0, seed=1):
    run = Run(lesson, seed, values)
    run.advance(steps)
    return run


def check(name):
    return next(check for check in lesson.checks if check.name == name)


def test_the_catalogue_finds_the_lesson_and_not_its_rooms():
    assert load(find("playground")) is lesson
    assert find("playground").front.order == 80


@pytest.mark.parametrize(
    ("data", "least"), [("breast_cancer", 0.95), ("iris", 0.93), ("digits", 0.9), ("circle", 0.97)]
)
def test_the_default_network_learns_what_it_never_saw(data, least):
    run = run_of({"data": data}, lesson.budget)
    assert run.metrics["test accuracy"] >= least
    assert run.status == "running"
    assert run.failure is None


def test_the_default_network_learns_the_circle_within_a_hundred_epochs():
    run = run_of(steps=2500)
    assert sandbox(run).epochs == 100
    assert run.metrics["test loss"] < 0.1
    assert run.history.steps == list(range(0, 2501, 25))


def test_the_plane_is_fitted():
    assert run_of({"data": "plane"}, 2000).metrics["test R²"] > 0.99


def test_xor_needs_a_hidden_layer():
    assert run_of({"data": "xor", "layers": 0}, 2000).metrics["test accuracy"] <= 0.65
    assert run_of({"data": "xor", "lr": 0.1}, 2000).metrics["test accuracy"] >= 0.95


@pytest.mark.parametrize("values", [{}, {"data": "iris", "batch": 7, "optimizer": "adam"}])
def test_the_same_line_gives_the_same_bits(values):
    assert run_of(values, 333).state_hash == run_of(values, 333).state_hash
    assert run_of(values, 333).state_hash != run_of(values, 333, seed=2).state_hash


def test_reset_repeats_the_run():
    run = run_of({"data": "spiral"}, 400)
    first = run.state_hash
    run.reset()
    run.advance(400)
    assert run.state_hash == first


@pytest.mark.parametrize("batch", [1, 7, 10, 256])
def test_portions_do_not_matter(batch):
    whole, parts = run_of({"batch": batch}, 300), run_of({"batch": batch})
    for portion in (1, 2, 30, 67, 200):
        parts.advance(portion)
    assert parts.state_hash == whole.state_hash


@pytest.mark.parametrize(
    ("name", "value"), [("activation", "relu"), ("lr", 1), ("batch", 3), ("optimizer", "adam")]
)
def test_a_knob_leaves_data_split_and_start_as_they_are(name, value):
    one, other = sandbox(run_of()), sandbox(run_of({name: value}))
    assert np.array_equal(one.problem.train.x, other.problem.train.x)
    assert np.array_equal(one.problem.test.y, other.problem.test.y)
    assert np.array_equal(one.fit.w, other.fit.w)


def test_a_wider_network_gets_the_same_data():
    one, other = sandbox(run_of()), sandbox(run_of({"width": 3, "layers": 5}))
    assert np.array_equal(one.problem.train.x, other.problem.train.x)


@pytest.mark.parametrize(("name", "value"), TURNS)
def test_turning_keeps_the_weights_bit_for_bit(name, value):
    run = run_of(steps=130)
    before = sandbox(run).fit.w.tobytes()
    run.turn(name, value)
    assert sandbox(run).fit.w.tobytes() == before
    assert (run.steps, sandbox(run).epochs) == (130, 5.2)
    run.advance(70)
    assert sandbox(run).fit.w.tobytes() != before
    assert np.isfinite(run.metrics["train loss"])


def test_turning_the_activation_there_and_back_changes_nothing():
    run, still = run_of(steps=130), run_of(steps=130)
    run.turn("activation", "identity")
    assert run.simulation.metrics() != still.metrics
    run.turn("activation", "tanh")
    for each in (run, still):
        each.advance(100)
    assert sandbox(run).fit.w.tobytes() == sandbox(still).fit.w.tobytes()


def test_another_optimizer_starts_without_memories():
    run = run_of({"optimizer": "momentum"}, 130)
    run.turn("optimizer", "adam")
    state = sandbox(run).snapshot()["fit"]
    assert state["t"] == 0
    assert not state["v"].any()


@pytest.mark.parametrize("data", ["circle", "iris"])
def test_a_branch_goes_on_bit_for_bit_after_turns(data):
    run = run_of({"data": data, "optimizer": "momentum"}, 111)
    for name, value in TURNS:
        run.turn(name, value)
        run.advance(53)
    moment, twin = run.moment(), run.branch()
    assert twin.state_hash == run.state_hash
    run.advance(211)
    twin.advance(211)
    assert twin.state_hash == run.state_hash
    assert twin.metrics == run.metrics
    run.advance(100)
    run.go_back(moment)
    run.advance(211)
    assert run.state_hash == twin.state_hash


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_a_failure_shows_when_provoked(failure):
    run = run_of(dict(failure.scene))
    while run.failure is None and run.status == "running" and run.steps < lesson.budget:
        run.advance(100)
    assert run.failure is failure


def corners():
    return (
        [{knob.name: value} for knob in KNOBS for value in knob.corners()]
        + [
            {"data": data, "activation": activation, "lr": 10, "layers": layers}
            for data, activation, layers in [
                ("plane", "relu", 6),
                ("digits", "identity", 0),
                ("iris", "relu", 6),
                ("circle", "identity", 6),
            ]
        ]
        # One epoch of this is 1080 updates: too long to wait for the news.
        + [{"data": "plane", "batch": 1, "lr": 10, "share": 0.9}]
    )


@pytest.mark.parametrize("values", corners(), ids=str)
def test_every_corner_is_finite_or_diverged(values):
    run = run_of(values, 200)
    finite = all(np.isfinite(value) for value in run.metrics.values())
    assert finite or run.status == "diverged"
    assert len(run.simulation.pictures()) in (4, 5)
    assert all(oracle.ok is not False for oracle in run.simulation.oracles())
    assert run.failure is None or run.failure in FAILURES


def test_a_run_that_bursts_says_so():
    run = run_of({"data": "plane", "lr": 10}, 200)
    assert run.status == "diverged"
    assert not run.metrics["train loss"] < BURST


@pytest.mark.parametrize("data", DATA)
def test_pictures_show_the_same_plane_and_the_present_weights(data):
    run = run_of({"data": data}, 100)
    field, network, *_ = pictures = run.simulation.pictures()
    again = run.simulation.pictures()
    assert np.array_equal(field.values, again[0].values)
    run.advance(100)
    assert np.array_equal(field.values, again[0].values), "a picture must not change afterwards"
    assert not np.array_equal(run.simulation.pictures()[0].values, field.values)
    shapes = [W.shape for W in network.weights]
    assert shapes == list(zip(map(len, network.layers), map(len, network.layers[1:]), strict=False))
    assert [len(maps) for maps in network.fields] == [len(names) for names in network.layers]
    assert all(abs(m).max() <= 1.3 for maps in network.fields for m in maps)
    assert "def step" in "\n".join(pictures[-1].lines)
    if sandbox(run).problem.classes:
        assert pictures[-2].values.sum() == len(sandbox(run).problem.test.x)
        right = np.trace(again[-2].values) / again[-2].values.sum()
        run = run_of({"data": data}, 100)
        assert right == pytest.approx(run.metrics["test accuracy"])


def test_the_map_agrees_with_the_network_at_a_point():
    here = sandbox(run_of(steps=500))
    field, spot = here.pictures()[0], here.problem.grid(64, 40)[64 * 7 + 5]
    z = here.model(here.model.layout.tensors(Tensor(here.fit.w)), Tensor(spot[None])).item()
    assert field.values[7, 5] == pytest.approx(np.tanh(z / 2))


@pytest.mark.parametrize("data", ["iris", "breast_cancer", "digits"])
def test_only_the_training_part_scales_and_tilts_the_plane(data):
    problem = prepare(data, 0, 0.5, *np.random.default_rng(0).spawn(2))
    flat = problem.flat(problem.train.x)
    assert np.allclose(flat.mean(axis=0), 0)
    assert abs(np.corrcoef(flat.T)[0, 1]) < 1e-9
    assert np.allclose(problem.axes.T @ problem.axes, np.eye(2))
    assert problem.train.x.shape[1] == {"iris": 4, "breast_cancer": 30, "digits": 64}[data]


def test_test_points_show_when_asked_for():
    run = run_of()
    assert len(run.simulation.pictures()[0].points) == 1
    run.turn("test", True)
    shown = run.simulation.pictures()[0].points
    assert [points.faint for points in shown] == [False, True]


def test_what_is_shown_changes_no_state():
    run, other = run_of(steps=25), run_of({"test": True}, steps=25)
    assert run.state_hash == other.state_hash


@pytest.mark.parametrize(
    "values",
    [{}, {"data": "iris"}, {"data": "plane"}, {"activation": "identity", "layers": 3},
     {"data": "gauss", "noise": 0.3}],
)  # fmt: skip
def test_theory_and_run_agree(values):
    run = run_of(values, 500)
    found = run.simulation.oracles()
    assert len(found) >= 2
    assert all(oracle.ok for oracle in found)


def test_looking_changes_nothing():
    watched, alone = run_of(steps=100), run_of(steps=100)
    watched.simulation.pictures()
    watched.simulation.oracles()
    assert watched.failure is None
    for run in (watched, alone):
        run.advance(100)
    assert watched.state_hash == alone.state_hash


@pytest.mark.parametrize("name", GOALS)
def test_goals_can_be_reached_but_not_by_waiting(name):
    goal = check(name)
    run = run_of({**goal.scene, **GOALS[name]})
    while not goal.grade(run).ok and run.steps < goal.budget:
        run.advance(50)
    assert goal.grade(run).ok
    assert run.outcome() == "goal"
    assert not goal.grade(run_of(goal.scene, goal.budget)).ok


@pytest.mark.parametrize(("name", "right"), [("xor", 0), ("burst", 2)])
@pytest.mark.parametrize("seed", range(4))
def test_predictions_come_out_as_the_text_explains(name, right, seed):
    asked = check(name)
    assert asked.outcome(run_of(asked.scene, asked.steps, seed)) == right


@pytest.mark.parametrize(("width", "enclosed"), [(2, False), (3, True)])
def test_three_neurons_fence_in_the_disc(width, enclosed):
    run = run_of({"layers": 1, "width": width, "lr": 0.1}, 5000)
    assert (run.metrics["test accuracy"] > 0.9) == enclosed
    fence = check("fence")
    assert fence.options[fence.answer] == "3"


def test_numbers_are_right_in_every_variant():
    for seed in range(20):
        asked = check("parameters").variant(np.random.default_rng(seed))
        a, b = map(int, re.search(r"2-(\d)-(\d)-1", asked.ask).groups())
        assert asked.answer == 3 * a + (a + 1) * b + b + 1
        asked = check("surprise").variant(np.random.default_rng(seed))
        z = float(re.search(r"z = (-?[\d.]+\d|-?\d)", asked.ask).group(1))
        assert asked.answer == pytest.approx(-np.log(1 / (1 + np.exp(-z))))


def test_the_lesson_is_whole():
    kinds = {checks.KINDS[type(check)] for check in lesson.checks}
    assert kinds == {"choice", "number", "prediction", "goal"}
    assert 5 <= len(lesson.steps) <= 8
    assert max(len(step.text.split()) for step in lesson.steps) <= 110
    for step in lesson.steps:
        lesson.settings(step.scene)
        assert max(map(len, step.text.splitlines())) <= 100
