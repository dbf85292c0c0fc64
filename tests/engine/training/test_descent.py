"""Settings under schedules, and what a snapshot costs."""

import tracemalloc

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.losses import mse
from engine.models import MLP
from engine.optim import OPTIMIZERS, rule
from engine.parameters import Layout
from engine.schedules import cosine, warm_up
from engine.training import Training
from engine.training.descent import Descent
from tests.engine.models.tiny import playing, training


def falling(t):
    return cosine(t, lr=0.1, total=9, low=0.01)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("portions", [(12,), (1,) * 12, (3, 1, 8)])
def test_a_schedule_is_the_rate_set_by_hand_before_each_update(optimizer, portions):
    planned, by_hand = training("mlp", optimizer), training("mlp", optimizer)
    planned.turn("lr", falling)
    for portion in portions:
        planned.run(portion)
    for t in range(12):
        by_hand.turn("lr", float(falling(t)))
        by_hand.run()
    np.testing.assert_array_equal(planned.w, by_hand.w)


def test_a_schedule_may_be_given_at_the_start_and_for_any_setting():
    given = training("mlp", "momentum", lr=falling, beta=lambda t: 0.5 + 0.01 * t)
    turned = training("mlp", "momentum")
    turned.turn("lr", falling)
    turned.turn("beta", lambda t: 0.5 + 0.01 * t)
    for run in (given, turned):
        run.run(5)
    np.testing.assert_array_equal(given.w, turned.w)


def test_a_schedule_counts_updates_since_the_start_also_after_restore():
    fit, whole = training("mlp", lr=falling), training("mlp", lr=falling)
    fit.run(4)
    state = fit.snapshot()
    fit.run(3)
    fit.restore(state)
    fit.run(5)
    whole.run(9)
    np.testing.assert_array_equal(fit.w, whole.w)


def test_a_number_ends_a_schedule():
    fit, plain = training("mlp", lr=lambda t: warm_up(t, lr=0.1, warm=3)), training("mlp")
    fit.turn("lr", 0.05)
    fit.run(4)
    plain.run(4)
    np.testing.assert_array_equal(fit.w, plain.w)


@pytest.mark.parametrize("simultaneous", [True, False])
def test_each_player_has_its_own_schedule_by_its_own_moves(simultaneous):
    planned, by_hand = playing("gan"), playing("gan")
    planned.turn(0, "lr", falling)
    moves = [(0, 1)] if simultaneous else [(0,), (0,), (1,)]
    planned.run(4, moves=(2, 1), simultaneous=simultaneous)
    for players in moves * 4:
        by_hand.turn(0, "lr", float(falling(by_hand.moves[0])))
        by_hand.move(*players)
    for one, other in zip(planned.w, by_hand.w, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_snapshot_of_ten_thousand_parameters_under_adam_is_small():
    model, rng = MLP((99, 90, 10)), np.random.default_rng(0)
    x, y = rng.standard_normal((1000, 99)), rng.standard_normal((1000, 10))
    fit = Training(model.layout, model.start(rng), lambda p, x, y: mse(model(p, x), y),
                   rule("adam"), {}, x, y, batch=50, rng=rng)  # fmt: skip
    assert fit.w.size == 9910
    fit.run(2)
    fit.snapshot()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = fit.snapshot()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert 3 * fit.w.nbytes < after - before < 300_000  # w, m, v; rows and generator beside them
    assert kept["m"].any()


def test_float32_settings_and_memory():
    fit = training("mlp", "adam", np.float32)
    fit.run(3)
    assert {fit.w.dtype, *(v.value.dtype for v in fit._descent.memory.values())} == {
        np.dtype(np.float32)
    }
    assert "float64" not in fit.source


def test_restored_under_another_rule_the_memory_starts_afresh():
    adam, sgd = training("mlp", "adam"), training("mlp", "sgd")
    sgd.run(5)
    adam.run(3)
    adam.restore(sgd.snapshot())
    state = adam.snapshot()
    np.testing.assert_array_equal(state["w"], sgd.w)
    assert not state["m"].any()
    assert not state["v"].any()
    assert adam.updates == 0


def test_a_layout_of_another_size_and_wrong_settings_are_refused():
    layout = Layout({"W": (2, 1)})
    with pytest.raises(ShapeError, match=r"expected a vector of shape \(2,\), got \(3,\)"):
        Descent(layout, np.zeros(3), rule("sgd"), {})
    with pytest.raises(UnknownNameError, match="No setting of sgd is called 'rate'"):
        Descent(layout, np.zeros(2), rule("sgd"), {"rate": falling})
    with pytest.raises(DomainError, match="adam: expected 0 ≤ beta1 < 1, got 1"):
        Descent(layout, np.zeros(2), rule("adam"), {"beta1": 1.0})
    with pytest.raises(DomainError, match="sgd: expected lr > 0, got -1"):
        playing("gan").turn(1, "lr", -1.0)


@pytest.mark.parametrize("schedule", [lambda t: 0.1 - t, lambda t: t * np.nan, lambda t: 0.1])
def test_a_schedule_that_gives_no_rates_is_refused(schedule):
    fit = training("mlp", "sgd")
    fit.turn("lr", schedule)
    before = fit.snapshot()
    with pytest.raises(DomainError, match="sgd: expected a schedule of lr ≥ 0"):
        fit.run(3)
    np.testing.assert_array_equal(fit.w, before["w"])
