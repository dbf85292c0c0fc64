import json
import math

import numpy as np
import pytest

from engine.optim import OPTIMIZERS
from lessons.kit import checks
from lessons.kit.run import Run
from lessons.optimization._race import SETTINGS, Entrant, adam_on_a_square, steps_on_valley
from lessons.optimization.optimizers import KNOBS, lesson

BEST = {"lr_sgd": 2 / 101, "lr_momentum": 4 / 121, "beta": 81 / 121}
GROUNDS = KNOBS[0].corners()
RULES = {name: OPTIMIZERS[name] for name in SETTINGS}


def oracles(run):
    return {oracle.name: oracle for oracle in run.simulation.oracles()}


def check(name):
    return next(check for check in lesson.checks if check.name == name)


def entrant(run, name):
    return run.simulation.entrants[name]


def test_the_best_settings_need_691_and_93_updates():
    run = Run(lesson, values=BEST)
    run.advance(1000)
    assert (run.steps, run.status) == (691, "converged")
    found = oracles(run)
    assert found["sgd’s steps to 1e-6"].predicted == found["sgd’s steps to 1e-6"].measured == 691
    assert found["momentum’s steps to 1e-6"].predicted == 93
    assert found["momentum’s steps to 1e-6"].measured == 93
    assert found["sgd’s rate max|1−ηλ|"].measured == pytest.approx(0.980198, abs=5e-7)
    assert all(oracle.ok for oracle in found.values())


def test_the_best_settings_of_momentum_are_those_of_the_text():
    assert round(81 / 121, 6) == 0.669421
    assert round(4 / 121, 7) == 0.0330579
    assert round(math.sqrt(81 / 121), 6) == 0.818182


@pytest.mark.parametrize("beta", [0.0, 0.3, 81 / 121, 0.9, 0.97])
@pytest.mark.parametrize("lr", [0.002, 0.01, 4 / 121])
def test_the_roots_foretell_the_steps_that_the_race_counts(lr, beta):
    run = Run(lesson, values={"lr_momentum": lr, "beta": beta})
    for _ in range(4000):
        entrant(run, "momentum").step()
    predicted = steps_on_valley((1.0, 1.0), lr, beta)
    if math.isfinite(predicted) and predicted <= 4000:
        assert abs(entrant(run, "momentum").arrived - predicted) <= 1
    else:
        assert not entrant(run, "momentum").arrived


def test_adams_first_step_has_the_length_of_its_rate():
    for ground in GROUNDS:
        run = Run(lesson, values={"ground": ground, "lr_adam": 0.03})
        assert math.isnan(run.simulation.first["measured"])
        run.advance(1)
        oracle = oracles(run)["adam’s first step"]
        assert oracle.ok
        assert oracle.measured == pytest.approx(0.03, rel=1e-3)


def test_adam_on_a_square_gives_the_known_digits():
    assert adam_on_a_square() == pytest.approx(0.99000325, abs=5e-9)
    assert oracles(Run(lesson))["adam on x² from 1"].ok


def test_sgd_leaves_the_saddle_at_the_foretold_rate():
    run = Run(lesson, values={"ground": "saddle"})
    run.advance(50)
    oracle = oracles(run)["sgd leaves by 1 + η"]
    assert (oracle.predicted, oracle.ok) == (1.015, True)
    run.advance(500)
    assert oracles(run)["sgd leaves by 1 + η"].ok
    run.turn("lr_sgd", 0.001)
    assert oracles(run)["sgd leaves by 1 + η"].ok is None


@pytest.mark.parametrize(
    ("ground", "settings", "places"),
    [
        ("rosenbrock", {"lr_adam": 0.1}, [(1, 1)]),
        ("beale", {}, [(3, 0.5)]),
        ("himmelblau", {}, [(3, 2), (-2.805, 3.131), (-3.779, -3.283), (3.584, -1.848)]),
        ("saddle", {}, [(1, 0), (-1, 0)]),
    ],
)
def test_adam_finds_a_known_minimum(ground, settings, places):
    run = Run(lesson, values={"ground": ground, **settings})
    for _ in range(2500):
        entrant(run, "adam").step()
    one = entrant(run, "adam")
    assert one.arrived
    assert min(math.dist(one.w, place) for place in places) < 1e-3


def test_one_that_flies_apart_is_out_and_the_others_go_on():
    run = Run(lesson, values={"lr_sgd": 1})
    run.advance(100)
    assert entrant(run, "sgd").out == 2
    assert run.status == "running"
    run.advance(1000)
    assert run.status == "converged"
    assert [entrant(run, name).arrived for name in ("momentum", "adam")] == [258, 212]
    assert run.simulation.pictures()[1].rows[0][-1] == "out at 2"
    assert "out" in run.simulation.pictures()[0].paths[0].name
    assert np.isfinite(run.history.series["sgd"]).all()
    json.dumps(run.metrics, allow_nan=False)


def test_all_out_is_diverged():
    rates = {"lr_sgd": 10, "lr_momentum": 10, "lr_adam": 10}
    run = Run(lesson, values={"ground": "rosenbrock", "start": "own", "x0": 5, "y0": -5, **rates})
    run.advance(2000)
    assert all(math.isfinite(value) for value in run.metrics.values())
    run = Run(lesson, values={"lr_sgd": 10, "lr_momentum": 10})
    entrant(run, "adam").out = 1
    run.advance(100)
    assert run.status == "diverged"


def test_the_inside_of_an_update_is_the_update_that_comes():
    for ground in GROUNDS:
        for focus in ("sgd", "momentum", "adam"):
            run = Run(lesson, values={"ground": ground, "lr_sgd": 1e-3, "lr_momentum": 1e-3,
                                      "focus": focus})  # fmt: skip
            run.advance(7)
            lines = run.simulation.pictures()[2].lines
            step, *_ = entrant(run, focus).next()
            before = entrant(run, focus).w.copy()
            run.advance(1)
            assert entrant(run, focus).w == pytest.approx(before + step, rel=1e-12)
            told = float(lines[-1].rpartition("= ")[2])
            assert told == pytest.approx(entrant(run, focus).w[0], rel=1e-5, abs=1e-9)


def test_the_rule_is_shown_as_it_is_written():
    code = Run(lesson).simulation.pictures()[3]
    assert code.title == "The rule adam"
    assert "    m = beta1 * m + (1 - beta1) * g" in code.lines
    assert not any('"""' in line or "fmt" in line for line in code.lines)


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_way_is_the_same_bit_for_bit_however_it_is_portioned(ground):
    one, many = Run(lesson, 3, {"ground": ground}), Run(lesson, 3, {"ground": ground})
    one.advance(61)
    for portion in (1, 30, 7, 23):
        many.advance(portion)
    assert one.state_hash == many.state_hash
    assert one.metrics == many.metrics
    assert one.state_hash != Run(lesson, 3, {"ground": ground}).state_hash


@pytest.mark.parametrize("ground", ["valley", "rosenbrock", "network"])
def test_a_branch_goes_the_same_way_bit_for_bit(ground):
    run = Run(lesson, values={"ground": ground})
    run.advance(30)
    run.turn("lr_adam", 0.02)
    moment, twin = run.moment(), run.branch()
    assert twin.state_hash == run.state_hash
    for one in (run, twin):
        one.advance(40)
    assert run.state_hash == twin.state_hash
    assert run.simulation.pictures()[1:] == twin.simulation.pictures()[1:]
    run.go_back(moment)
    run.advance(40)
    assert run.state_hash == twin.state_hash


def test_rates_and_memories_can_be_turned_in_mid_run():
    for name, whose in (("lr_sgd", "sgd"), ("beta", "momentum"), ("lr_momentum", "momentum"),
                        ("lr_adam", "adam"), ("beta1", "adam"), ("beta2", "adam")):  # fmt: skip
        run, plain = Run(lesson), Run(lesson)
        run.advance(20)
        run.turn(name, 0.5 if "beta" in name else 0.003)
        run.advance(20)
        plain.advance(40)
        differ = {n for n in run.metrics if run.metrics[n] != plain.metrics[n]}
        assert differ == {whose}
        assert math.isnan(oracles(run)["sgd’s steps to 1e-6"].measured)


def test_looking_inside_another_changes_nothing_else():
    run, plain = Run(lesson), Run(lesson)
    for one in (run, plain):
        one.advance(60)
    run.turn("focus", "sgd")
    for one in (run, plain):
        one.advance(60)
    assert run.metrics == plain.metrics
    assert oracles(run)["sgd’s rate max|1−ηλ|"].ok
    assert run.simulation.pictures()[3].title == "The rule sgd"


@pytest.mark.parametrize("failure", lesson.failures, ids=lambda failure: failure.name)
def test_failures_are_provoked_by_their_scenes_and_absent_otherwise(failure):
    run = Run(lesson, values=dict(failure.scene))
    run.advance(1200)
    assert run.failure is failure
    plain = Run(lesson)
    for _ in range(10):
        plain.advance(100)
        assert plain.failure is None


def test_the_scenes_of_the_steps_run_without_failure():
    for step in lesson.steps:
        run = Run(lesson, values=step.scene)
        run.advance(250)
        assert run.failure is None, step.title


def test_corners_stay_finite():
    for ground in GROUNDS:
        for knob in lesson.knobs[1:7]:
            for corner in knob.corners():
                run = Run(lesson, values={"ground": ground, knob.name: corner})
                run.advance(12)
                assert np.isfinite(list(run.metrics.values())).all(), (ground, knob.name, corner)
                run.simulation.pictures()
    for ground in GROUNDS:
        for x0, y0 in ((-5, -5), (0, 5), (5, -5)):
            run = Run(lesson, values={"ground": ground, "start": "own", "x0": x0, "y0": y0})
            run.advance(20)
            assert np.isfinite(list(run.metrics.values())).all()
            run.simulation.pictures()


@pytest.mark.parametrize(("name", "seeds"), [("saddle", 1), ("network", 5)])
def test_predictions_are_decided_by_the_run(name, seeds):
    question = check(name)
    for seed in range(seeds):
        run = Run(lesson, seed, question.scene)
        run.advance(question.steps)
        assert run.steps == question.steps
        assert question.grade(2, run).ok
        assert not question.grade(0, run).ok


def test_the_goal_is_missed_at_first_and_reached_by_the_sliders():
    goal = check("hundred")
    run = Run(lesson, values=goal.scene)
    run.advance(goal.budget)
    assert not goal.grade(run).ok
    notches = Run(lesson, values={"lr_momentum": 0.0316, "beta": 0.677})
    notches.advance(150)
    assert goal.grade(notches).ok
    elsewhere = Run(lesson, values={"start": "own", "x0": 0, "y0": 1, **BEST})
    elsewhere.advance(150)
    assert not goal.grade(elsewhere).ok


def test_multiplying_the_ground_changes_nothing_for_adam_alone():
    ways = []
    for scale in (1.0, 1000.0):
        run = Run(lesson, values={"lr_sgd": 1e-5, "lr_momentum": 1e-5})
        ground = run.simulation.ground
        plain = ground.loss_of
        ground.loss_of = lambda p, x, y, plain=plain, scale=scale: scale * plain(p, x, y)
        again = {name: Entrant(rule, ground, run.settings) for name, rule in RULES.items()}
        for one in again.values():
            one.training.run(5)
        ways.append({name: one.w.copy() for name, one in again.items()})
    assert ways[0]["adam"] == pytest.approx(ways[1]["adam"], abs=1e-7)
    assert ways[0]["sgd"] != pytest.approx(ways[1]["sgd"], abs=1e-5)
    assert ways[0]["momentum"] != pytest.approx(ways[1]["momentum"], abs=1e-5)


def test_answers_come_from_the_rules():
    assert check("settled").answer({"lr": 0.01, "beta": 0.9}) == pytest.approx(0.1)
    assert check("first").answer({"lr": 0.2, "g": 500.0}) == pytest.approx(0.2)
    kinds = {checks.KINDS[type(c)] for c in lesson.checks}
    assert kinds == {"choice", "number", "prediction", "goal"}


def test_steps_are_short():
    for step in lesson.steps:
        assert len(step.text.split()) <= 115, step.title
