"""Hyperparameters under schedules, and what a snapshot costs."""

import tracemalloc

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.losses import mse
from engine.models import MLP
from engine.optim import OPTIMIZERS, adam, sgd
from engine.parameters import ParamSpec
from engine.schedules import cosine, warm_up
from engine.training import OptimizerState, Training
from tests.engine.models.tiny import playing, training


def falling(t):
    return cosine(t, lr=0.1, total=9, low=0.01)


@pytest.mark.parametrize(
    ("optimizer", "portions"),
    [*((name, (3, 1, 8)) for name in OPTIMIZERS), ("adam", (12,)), ("adam", (1,) * 12)],
)
def test_a_schedule_is_the_rate_set_by_hand_before_each_update(optimizer, portions):
    planned, by_hand = training("mlp", optimizer), training("mlp", optimizer)
    planned.set("lr", falling)
    for portion in portions:
        planned.run(portion)
    for t in range(12):
        by_hand.set("lr", float(falling(t)))
        by_hand.run()
    np.testing.assert_array_equal(planned.w, by_hand.w)


def test_a_schedule_may_be_given_at_the_start_and_for_any_setting():
    given = training("mlp", "momentum", lr=falling, beta=lambda t: 0.5 + 0.01 * t)
    turned = training("mlp", "momentum")
    turned.set("lr", falling)
    turned.set("beta", lambda t: 0.5 + 0.01 * t)
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
    fit.set("lr", 0.05)
    fit.run(4)
    plain.run(4)
    np.testing.assert_array_equal(fit.w, plain.w)


@pytest.mark.parametrize("simultaneous", [True, False])
def test_each_player_has_its_own_schedule_by_its_own_steps(simultaneous):
    planned, by_hand = playing("gan"), playing("gan")
    planned.set(0, "lr", falling)
    turns = [(0, 1)] if simultaneous else [(0,), (0,), (1,)]
    planned.run(4, steps=(2, 1), simultaneous=simultaneous)
    for players in turns * 4:
        by_hand.set(0, "lr", float(falling(by_hand.updates[0])))
        by_hand.step(*players)
    for one, other in zip(planned.w, by_hand.w, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_snapshot_of_ten_thousand_parameters_under_adam_is_small():
    model, rng = MLP((99, 90, 10)), np.random.default_rng(0)
    x, y = rng.standard_normal((1000, 99)), rng.standard_normal((1000, 10))
    fit = Training(model.spec, model.init(rng), lambda p, x, y: mse(model(p, x), y),
                   "adam", x, y, batch=50, rng=rng)  # fmt: skip
    assert fit.w.size == 9910
    fit.run(2)
    fit.snapshot()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = fit.snapshot()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert 3 * fit.w.nbytes < after - before < 300_000  # w, m, v; rows and generator beside them
    assert kept["state"]["m"].any()


def test_float32_settings_and_memory():
    fit = training("mlp", "adam", np.float32)
    fit.run(3)
    assert {fit.w.dtype, *(v.dtype for v in fit.snapshot()["state"].values())} == {
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
    assert not state["state"]["m"].any()
    assert not state["state"]["v"].any()
    assert adam.updates == 0


def test_a_layout_of_another_size_and_wrong_settings_are_refused():
    spec = ParamSpec({"W": (2, 1)})
    with pytest.raises(ShapeError, match=r"expected a vector of shape \(2,\), got \(3,\)"):
        OptimizerState(spec, np.zeros(3), "sgd")
    with pytest.raises(UnknownNameError, match="No hyperparameter of sgd is called 'rate'"):
        OptimizerState(spec, np.zeros(2), sgd(rate=falling))
    with pytest.raises(DomainError, match="adam: expected 0 ≤ beta1 < 1, got 1"):
        OptimizerState(spec, np.zeros(2), adam(beta1=1.0))
    with pytest.raises(DomainError, match="sgd: expected lr > 0, got -1"):
        playing("gan").set(1, "lr", -1.0)


HOSTILE_SCHEDULES = [
    ("sgd", "lr", lambda t: 0.1 - t, "lr ≥ 0"),
    ("sgd", "lr", lambda t: t * np.nan, "lr ≥ 0"),
    ("sgd", "lr", lambda t: 1 / (t * 0), "lr ≥ 0"),
    ("sgd", "lr", lambda t: 0.1, "lr ≥ 0"),
    ("sgd", "lr", lambda t: None, "lr ≥ 0"),
    ("sgd", "lr", lambda t: 1j * t, "lr ≥ 0"),
    ("momentum", "beta", lambda t: 0.5 + t, "0 ≤ beta < 1"),
    ("adam", "eps", lambda t: 0 * t, "eps > 0"),
]


@pytest.mark.parametrize(("optimizer", "name", "schedule", "wanted"), HOSTILE_SCHEDULES)
def test_a_schedule_outside_its_constraint_is_refused(optimizer, name, schedule, wanted):
    fit = training("mlp", optimizer)
    fit.set(name, schedule)
    before = fit.snapshot()
    with (
        np.errstate(all="ignore"),
        pytest.raises(DomainError, match=f"{optimizer}: expected a schedule of {wanted}, a number"),
    ):
        fit.run(3)
    np.testing.assert_array_equal(fit.w, before["w"])


def test_a_rule_applied_by_hand_takes_its_schedule_at_the_update_before():
    rule = sgd(lr=cosine(lr=0.5, total=4))
    ways = [1.0 - rule(1.0, 1.0, t)[0] for t in range(1, 6)]
    np.testing.assert_allclose(ways, [float(cosine(t, lr=0.5, total=4)) for t in range(5)])


def test_a_description_shows_the_hyperparameters_of_now():
    fit = training("mlp", "momentum")
    fit.set("beta", 0.5)
    fit.run()
    assert repr(fit) == (
        "Training(OptimizerState(26 parameters, momentum(lr=0.05, beta=0.5), 1 update made), "
        "Batches(7 rows in batches of 3, next at 3))"
    )
    assert fit.optimizer.hyperparameters == {"lr": 0.05, "beta": 0.5}
