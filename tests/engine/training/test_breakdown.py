"""Where a run broke: the update, the operation, the name; the run itself is not touched."""

import numpy as np
import pytest

from engine.errors import ShapeError
from engine.optim import sgd
from engine.parameters import ParamSpec
from engine.tensor import Tensor, apply
from engine.training import Breakdown, Noise, Training
from engine.training.breakdown import first_failure
from tests.engine.models.test_every_model import same
from tests.engine.models.tiny import TASKS, training


def one_number(loss, start, lr=1.0, **more):
    """A run on the number w with x = 1, four rows in batches of three."""
    return Training(ParamSpec({"w": (1,)}), np.array([start]), loss, sgd(lr=lr), np.ones((4, 1)),
                    np.ones((4, 1)), batch=3, rng=np.random.default_rng(0), **more)  # fmt: skip


def steady(p, x, y):
    """Falls by 1 an update, and breaks nothing."""
    return (p["w"] * x).mean()


def exploding(p, x, y):
    """w ← w + 300 an update from 0; e^w overflows above 709.78."""
    return (-300 * p["w"]).sum() + (np.exp(p["w"]).named("h") * 1e-290 * x).mean()


def logarithm(p, x, y):
    """The square of ln w: w ← w − 1 as long as ln w has no weight."""
    return (p["w"] * x).mean() + (apply("log", p["w"]) ** 2).sum() * 1e-300


def test_an_overflow_is_named_with_its_update():
    fit = one_number(exploding, 0.0)
    start = fit.snapshot()
    fit.run(6)
    assert not np.isfinite(fit.w).all()
    found = fit.breakdown(start, 6)
    assert (found.update, found.operation, found.value) == (4, "exp", np.inf)
    assert found.largest == pytest.approx(900)
    assert found.name == "h"
    assert str(found) == "update 4: exp gave inf (for h), out of numbers up to 900"


def test_a_logarithm_of_zero_is_named_with_its_update():
    fit = one_number(logarithm, 3.0)
    start = fit.snapshot()
    fit.run(6)
    assert not np.isfinite(fit.w).all()
    found = fit.breakdown(start, 6)
    assert (found.update, found.operation) == (4, "log")


@pytest.mark.parametrize("start", [0, 1, 2])
def test_it_may_be_looked_for_from_any_finite_update(start):
    fit = one_number(exploding, 0.0)
    fit.run(start)
    assert fit.breakdown(fit.snapshot(), 9).update == 4


@pytest.mark.parametrize("make", [lambda: one_number(exploding, 0.0),
                                  lambda: one_number(logarithm, 3.0),
                                  lambda: one_number(steady, 1.0)])  # fmt: skip
def test_the_run_is_afterwards_as_it_was(make):
    fit, other = make(), make()
    start = fit.snapshot()
    for run in (fit, other):
        run.run(2)
    state = fit.snapshot()
    fit.breakdown(start, 5)
    assert same(fit.snapshot(), state)
    for run in (fit, other):
        run.run(1)
    np.testing.assert_array_equal(fit.w, other.w)


@pytest.mark.parametrize("name", TASKS)
def test_a_healthy_run_has_none(name):
    fit = training(name)
    start = fit.snapshot()
    fit.run(4)
    state = fit.snapshot()
    assert fit.breakdown(start, 4) is None
    assert same(fit.snapshot(), state)


def test_noise_and_schedules_are_those_of_the_run():
    """Breaks only in the update whose draw is large, at the rate that then holds."""

    def loss(p, x, y):
        return (-p["w"] * p["n"]).mean() + (np.exp(800 * p["n"] - 1500) * p["w"]).mean() * 1e-300

    noise = {"n": Noise("normal", (1,))}
    fit = one_number(loss, 0.0, lr=lambda t: 0.1 + 0.01 * t, noise=noise)
    start = fit.snapshot()
    updates = 0
    while np.isfinite(fit.w).all():
        fit.run()
        updates += 1
    assert updates > 3
    found = fit.breakdown(start, updates + 5)
    assert (found.update, found.operation) == (updates, "exp")


@pytest.mark.parametrize("name", ["mlp", "cnn", "transformer", "vae"])
def test_a_wild_rate_breaks_a_model_in_its_second_update(name):
    fit = training(name, lr=1e200)
    start = fit.snapshot()
    fit.run(8)
    found = fit.breakdown(start, 8)
    assert found.update == 2
    assert found.operation
    assert not np.isfinite(found.value)
    assert np.isfinite(found.largest)


def test_of_many_failures_the_first_is_told_under_the_nearest_name():
    with np.errstate(all="ignore"):
        x = Tensor([1000.0, -1.0], "x")
        hidden = np.exp(x) * 2
        y = (hidden - hidden).named("y")
        found = first_failure([y], 3)
    assert found == Breakdown(3, "exp", "y", np.inf, 1000.0)
    assert first_failure([Tensor([1.0]) + 1], 1) is None
    assert str(Breakdown(2, "log", "", -np.inf, 0.0)) == (
        "update 2: log gave -inf, out of numbers up to 0"
    )


def test_numbers_that_came_in_broken_are_nobodys_fault():
    with np.errstate(all="ignore"):
        broken = Tensor([np.inf], "given") * 2 + 1
        assert first_failure([broken], 1) is None
        both = broken + np.exp(Tensor([800.0]))
    assert first_failure([both], 1).operation == "exp"


def squaring(p, x, y):
    """Hands on the square of what it was given, while w stays where it is."""
    return (0 * p["w"] * x).mean(), {"h": p["h"] * p["h"]}


def test_what_is_carried_counts_too():
    fit = one_number(squaring, 0.0, carry={"h": np.full(1, 10.0)})
    start = fit.snapshot()
    fit.run(12)
    assert np.isfinite(fit.w).all()
    found = fit.breakdown(start, 12)
    assert (found.update, found.operation) == (9, "multiply")  # 10 to the power 2⁹ is above 1e308


def test_a_snapshot_that_carries_other_things_is_refused():
    plain, carrying = one_number(steady, 0.0), one_number(squaring, 0.0, carry={"h": np.ones(1)})
    for run, other, message in ((plain, carrying, r"\[\], got \['h'\]"),
                                (carrying, plain, r"\['h'\], got \[\]")):  # fmt: skip
        with pytest.raises(ShapeError, match=f"restore: expected to carry {message}"):
            run.restore(other.snapshot())
