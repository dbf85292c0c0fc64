"""Laws that hold for every model and every optimizer; the models are the rows of `tiny`."""

import tracemalloc
from itertools import cycle, islice

import numpy as np
import pytest

from engine.optim import OPTIMIZERS
from engine.training import Noise
from tests.engine.memory import array_bytes
from tests.engine.models.tiny import (
    BATCH,
    GAMES,
    ROWS,
    TASKS,
    eager_playing,
    eager_training,
    playing,
    run_of,
    training,
)

EVERY = [*TASKS, *GAMES]
UPDATES = 7  # twice through the data, each time with a smaller last batch, and once more


def close(got, wanted):
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-13)


def flat(state, path=""):
    """All arrays and numbers of a snapshot, by where they stand."""
    if isinstance(state, dict):
        parts = state.items()
    elif isinstance(state, (list, tuple)):
        parts = enumerate(state)
    else:
        return {path: state}
    return {k: v for name, part in parts for k, v in flat(part, f"{path}/{name}").items()}


def same(one, other):
    """Whether two snapshots are equal, bit for bit."""
    one, other = flat(one), flat(other)
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def weights(run):
    return np.concatenate(run.w) if isinstance(run.w, tuple) else run.w


# A model and an optimizer meet in the flat vector alone: each is paired with one partner. Beside
# them stand what is carried under a rule with state, and a state that does not start at 0.
PAIRS = [
    *((name, "adam") for name in TASKS),
    *(("mlp", optimizer) for optimizer in OPTIMIZERS if optimizer != "adam"),
    ("cnn_norm_dropout", "momentum"), ("rnn_truncated", "nadam"), ("vae", "sgd"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "optimizer"), PAIRS)
def test_compiled_training_equals_an_eager_loop(name, optimizer):
    fit = training(name, optimizer)
    for w, kept, carried in islice(eager_training(name, optimizer), UPDATES):
        fit.run()
        state = fit.snapshot()
        close(state["w"], w)
        for got, value in zip(state["state"].values(), kept, strict=True):
            close(got, value)
        assert state["carried"].keys() == carried.keys()
        for key, value in carried.items():
            close(fit.carried[key], value)
    assert fit.updates == UPDATES > 2 * -(-ROWS // BATCH)


ORDERS = {"in turn": [(0,), (1,)], "two to one": [(0,), (0,), (1,)], "at once": [(0, 1)]}


@pytest.mark.parametrize(
    ("name", "optimizer", "order"),
    [
        *((name, "adam", order) for name in GAMES for order in ORDERS),
        *(("gan", optimizer, "in turn") for optimizer in OPTIMIZERS if optimizer != "adam"),
    ],
)
def test_compiled_adversarial_training_equals_an_eager_loop(name, optimizer, order):
    fit, turns = playing(name, optimizer), list(islice(cycle(ORDERS[order]), UPDATES))
    for players, (w, kept) in zip(turns, eager_playing(name, optimizer, iter(turns)), strict=True):
        fit.step(*players)
        for part, one, values in zip(fit.snapshot()["players"], w, kept, strict=True):
            close(part["w"], one)
            for got, value in zip(part["state"].values(), values, strict=True):
                close(got, value)
    assert fit.updates == tuple(sum(i in players for players in turns) for i in (0, 1))


@pytest.mark.parametrize("name", EVERY)
def test_a_restored_run_goes_on_bit_for_bit(name):
    run = run_of(name, "adam")
    run.run(2)
    state = run.snapshot()
    kept = {k: np.copy(v) for k, v in flat(state).items()}
    run.run(6)
    wanted = run.snapshot()
    other = run_of(name, "adam")
    for one in (run, other):  # itself, and one that never made these updates
        one.restore(state)
        assert same(one.snapshot(), state)
        one.run(6)
        assert same(one.snapshot(), wanted)
    assert all(np.array_equal(v, kept[k]) for k, v in flat(state).items())  # it is a copy
    assert not same(wanted, state)


@pytest.mark.parametrize("name", EVERY)
def test_branches_from_one_state_do_not_touch_each_other(name):
    run, left, right = (run_of(name, "adam") for _ in range(3))
    run.run(2)
    for branch in (left, right):
        branch.restore(run.snapshot())
    if name in TASKS:
        right.set("lr", 0.2)
    else:
        right.set(0, "lr", 0.2)
    for branch in (left, right):
        branch.run(3)
    before = run.snapshot()
    assert not same(left.snapshot(), right.snapshot())
    run.run(3)
    assert not same(run.snapshot(), before)
    assert same(run.snapshot(), left.snapshot())


def fill_alike(noise, buffer, rng, fill=Noise.fill):
    """The numbers of float64, whatever the buffer's type: NumPy draws others in float32."""
    wide = noise.buffer(len(buffer), np.dtype(np.float64))
    fill(noise, wide, rng)
    buffer[...] = wide


@pytest.mark.parametrize("name", EVERY)
def test_float32_stays_and_agrees(name, monkeypatch):
    monkeypatch.setattr(Noise, "fill", fill_alike)
    small, large = run_of(name, "momentum", np.float32), run_of(name, "momentum")
    for run in (small, large):
        run.run(5)
    np.testing.assert_allclose(weights(small), weights(large), rtol=1e-4, atol=1e-4)
    state = {k: v for k, v in flat(small.snapshot()).items() if k.rpartition("/")[2] != "t"}
    floats = [v.dtype for v in state.values() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
    assert set(floats) == {np.dtype(np.float32)}
    assert len(floats) > 1


@pytest.mark.parametrize("name", EVERY)
def test_fifty_steps_leave_no_array_behind(name):
    run = run_of(name, "adam", batch=ROWS)
    run.run(2)
    tracemalloc.start()
    run.run(2)
    before = array_bytes()
    run.run(50)
    after = array_bytes()
    tracemalloc.stop()
    assert after == before
