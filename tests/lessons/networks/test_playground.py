"""The playground: the parts of its data, its second opinion, its turns and its pictures."""

from itertools import pairwise

import numpy as np
import pytest

import engine.training.optimizer_state
from engine.data import first_two_components
from engine.losses import loss as loss_named
from engine.models import MLP
from engine.optim import Rule, adam, momentum, rule
from engine.tensor import Tensor
from lessons.catalogue import find, load
from lessons.kit.run import Run
from lessons.networks.playground import lab as playground
from lessons.networks.playground._audit import Plain
from lessons.networks.playground._problem import prepare
from lessons.networks.playground.lab import Sandbox
from tests.lessons.claims import says

PATH = "networks/playground"
SEEDS = range(20)
sweep = pytest.mark.sweep
LIVE = [("activation", "relu"), ("batch", 37), ("optimizer", "adam"), ("lr", 0.2), ("batch", 256)]


def run_of(steps=0, seed=1, **values):
    run = Run(Sandbox, seed, values)
    run.advance(steps)
    return run


def oracles(run):
    return {oracle.name: oracle for oracle in run.lab.oracles()}


# The three parts.


@pytest.mark.parametrize("data", ["circle", "plane", "iris", "breast_cancer", "digits"])
def test_three_parts_hold_every_point_once_and_only_the_training_part_scales(data):
    says(PATH, "a fifth of all points is sealed")
    says(PATH, "What scales the inputs is computed from the training part alone.")
    p = prepare(data, 0, 0.5, *np.random.default_rng(0).spawn(2))
    counts = [len(part.x) for part in (p.train, p.validation, p.test)]
    assert len(np.unique(np.concatenate([p.train.x, p.validation.x, p.test.x]), axis=0)) >= (
        0.99 * sum(counts)
    )
    assert counts[2] == pytest.approx(sum(counts) / 5, abs=1)
    assert counts[0] == pytest.approx(counts[1], abs=1)
    assert np.allclose(p.axes.T @ p.axes, np.eye(2))
    if data in ("iris", "breast_cancer"):
        assert np.allclose(p.train.x.mean(axis=0), 0)
        assert not np.allclose(p.validation.x.mean(axis=0), 0, atol=1e-3)
    if p.train.x.shape[1] > 2:
        says(PATH, "the map shows the plane in which the points differ most")
        widest = first_two_components(p.train).x
        assert np.allclose(p.flat(p.train.x).var(axis=0), widest.var(axis=0))


def test_the_test_part_is_shown_only_when_it_is_unsealed():
    says(PATH, "unseal it, once")
    run = run_of(500)
    hidden, state = run.lab.table().rows, run.state_hash
    assert [row[3] for row in hidden[:2]] == ["sealed", "sealed"]
    run.turn("unseal", True)
    shown = run.lab.table().rows
    assert [row[:3] for row in shown] == [row[:3] for row in hidden]
    assert 0.9 <= float(shown[1][3]) <= 1
    assert run.state_hash == state
    assert load(find("playground")).front.renamed["test"] == "validation"


@pytest.mark.parametrize("data", ["circle", "plane", "iris", "digits"])
def test_the_scale_of_losses_is_the_least_loss_of_one_constant_answer(data):
    p = prepare(data, 0, 0.5, *np.random.default_rng(0).spawn(2))
    y, rng = p.train.y, np.random.default_rng(1)
    mean = y.mean(axis=0)
    best = mean if not p.classes else np.log(mean / (1 - mean)) if p.outputs == 1 else np.log(mean)
    assert p.loss(np.tile(best, (len(y), 1)), y) == pytest.approx(p.base)
    for _ in range(50):
        near = best + 0.3 * rng.standard_normal(best.shape)
        assert p.loss(np.tile(near, (len(y), 1)), y) >= p.base


@pytest.mark.parametrize("knob", [{"activation": "relu"}, {"lr": 1}, {"batch": 3}, {"width": 3}])
def test_a_knob_leaves_what_is_not_its_own_as_it_was(knob):
    one, other = run_of().lab, run_of(**knob).lab
    assert np.array_equal(one.problem.train.x, other.problem.train.x)
    assert np.array_equal(one.problem.test.y, other.problem.test.y)
    assert "width" in knob or np.array_equal(one.fit.w, other.fit.w)


# The second opinion.


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
@pytest.mark.parametrize("data", ["circle", "plane", "iris"])
def test_the_plain_network_is_the_engines(activation, data):
    p = prepare(data, 0.2, 0.5, *np.random.default_rng(0).spawn(2))
    sizes = (p.train.x.shape[1], 5, 4, p.outputs)
    model, w = MLP(sizes, activation), np.random.default_rng(3).standard_normal(1000)
    w = w[: model.spec.size]
    layers = model.layers(model.spec.tensors(Tensor(w)), Tensor(p.train.x))
    for mine, its in zip(Plain(sizes, activation).layers(w, p.train.x), layers, strict=True):
        assert np.allclose(mine, its.value, rtol=1e-12, atol=1e-12)
    its = loss_named(p.loss_name)(layers[-1], Tensor(p.train.y)).item()
    assert p.loss(layers[-1].value, p.train.y) == pytest.approx(its, rel=1e-12)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("data", ["circle", "plane", "iris"])
def test_the_update_made_agrees_with_differences(optimizer, data):
    run = run_of(optimizer=optimizer, data=data, lr=0.01)
    assert all(oracle.ok is None for oracle in run.lab.oracles()), "nothing was made yet"
    for steps in (1, 2, 60):
        run.advance(steps)
        assert [oracle.ok for oracle in run.lab.oracles()] == [True] * (2 + (optimizer == "adam"))
    run.turn("lr", 0.02)
    assert all(oracle.ok is None for oracle in run.lab.oracles())
    run.advance(1)
    assert all(oracle.ok for oracle in run.lab.oracles())


def flipped_bias(loss, params):
    """Gradients with the wrong sign in the last row of every matrix."""
    signs = [np.concatenate([np.ones(W.shape)[1:], -np.ones(W.shape)[:1]]) for W in params]
    return [s * g for s, g in zip(signs, true_grad(loss, params), strict=True)]


true_grad = engine.training.optimizer_state.grad


def faulty(name):
    """The rule of that name, with a fault in it."""

    def dampened(w, g, t, v=0.0, *, lr=0.1, beta=0.9):
        v = beta * v + (1 - beta) * g
        return w - lr * v, v

    def uncorrected(w, g, t, m=0.0, v=0.0, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        _, m, v = adam.function(w, g, t, m, v, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
        return w - lr * m / (np.sqrt(v) + eps), m, v

    def too_far(w, g, t, *, lr=0.1):
        return (w - 1.01 * lr * g,)

    functions = {"sgd": too_far, "momentum": dampened, "adam": uncorrected}
    right = rule(name)
    return Rule(name, functions[name], right.state, right.hyperparameters)  # fmt: skip


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_a_faulty_rule_is_refuted(name, monkeypatch):
    monkeypatch.setattr(playground, "rule", faulty)
    run = run_of(3, optimizer=name)
    assert any(oracle.ok is False for oracle in run.lab.oracles())


@pytest.mark.parametrize("data", ["circle", "plane", "iris"])
def test_a_flipped_slope_of_the_biases_is_refuted(data, monkeypatch):
    monkeypatch.setattr(engine.training.optimizer_state, "grad", flipped_bias)
    found = oracles(run_of(40, data=data))
    assert found["slope of the loss"].ok is False
    assert found["slope of the last bias"].ok is False


def test_the_settings_of_the_second_opinion_are_the_papers():
    # PyTorch's SGD(momentum=0.9) and Adam(betas=(0.9, 0.999), eps=1e-8).
    assert momentum.hyperparameters["beta"] == 0.9
    assert {k: adam.hyperparameters[k] for k in ("beta1", "beta2", "eps")} == {
        "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
    }  # fmt: skip


@sweep
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "identity"])
def test_no_setting_refutes_the_engine(optimizer, activation):
    seen = 0
    for data in ("circle", "gauss", "plane", "iris", "breast_cancer", "digits"):
        for lr in (1e-5, 1e-3, 0.1, 10):
            for layers in (0, 2, 6):
                run = run_of(optimizer=optimizer, activation=activation, data=data, lr=lr,
                             layers=layers, noise=0.3)  # fmt: skip
                for steps in (1, 6, 60, 300):
                    run.advance(steps)
                    found = list(run.lab.oracles())
                    assert all(oracle.ok is not False for oracle in found), found
                    seen += found[0].ok is True
    assert seen > 150


@sweep
def test_overlapping_clouds_are_told_apart_as_well_as_can_be():
    for noise in (0.2, 0.35, 0.5):
        for seed in SEEDS:
            found = oracles(run_of(1000, seed, data="gauss", noise=noise))
            assert found["best accuracy Φ(2√2/σ)"].ok is not False


# Turning in mid-run.


@pytest.mark.parametrize(("name", "value"), LIVE)
def test_turning_keeps_the_weights_bit_for_bit(name, value):
    says(PATH, "all else may be turned *in mid-run*, and the weights stay")
    run = run_of(130)
    before, epochs = run.lab.fit.w.tobytes(), run.lab.epochs
    run.turn(name, value)
    assert run.lab.fit.w.tobytes() == before
    assert run.lab.epochs == epochs
    run.advance(70)
    assert run.lab.fit.w.tobytes() != before


def test_what_starts_a_new_run():
    says(PATH, "Data, noise, share, layers and width start a new run")
    rebuilding = {name for name, knob in Sandbox.knobs.items() if knob.rebuilds}
    assert rebuilding == {"data", "noise", "share", "layers", "width"}


def test_turning_the_learning_rate_compiles_nothing():
    run = run_of(10)
    fit = run.lab.fit
    run.turn("lr", 0.5)
    assert run.lab.fit is fit


def test_turning_the_activation_there_and_back_changes_nothing():
    run, still = run_of(130), run_of(130)
    run.turn("activation", "identity")
    assert run.metrics != still.metrics
    run.turn("activation", "tanh")
    for each in (run, still):
        each.advance(100)
    assert run.lab.fit.w.tobytes() == still.lab.fit.w.tobytes()


def test_another_optimizer_starts_without_memory():
    run = run_of(130, optimizer="momentum")
    run.turn("optimizer", "adam")
    state = run.lab.fit.snapshot()
    assert state["t"] == 0
    assert not state["state"]["v"].any()


def test_epochs_are_counted_over_turned_batches():
    run = run_of(100)  # 200 points, 10 at a time
    assert run.lab.epochs == 5
    run.turn("batch", 50)
    run.advance(8)
    assert run.lab.epochs == 7


# Pictures.


@pytest.mark.parametrize("data", ["circle", "plane", "iris", "digits"])
def test_pictures_show_the_present_network(data):
    run = run_of(100, data=data)
    lab = run.lab
    heat, network = lab.map().heat, lab.neurons()
    shapes = [W.shape for W in network.weights]
    assert shapes == list(pairwise(map(len, network.layers)))
    assert [len(fields) for fields in network.fields] == [len(names) for names in network.layers]
    assert all(abs(field).max() <= 1.3 for fields in network.fields for field in fields)
    spot = lab.problem.grid(64, 40)[64 * 7 + 5]
    z = lab.model(lab.model.spec.tensors(Tensor(lab.fit.w)), Tensor(spot[None])).value[0]
    likeliest = np.exp(z).max() / np.exp(z).sum()
    wanted = {"circle": np.tanh(z[0] / 2), "plane": z[0]}.get(data, likeliest)
    assert heat.values[7, 5] == pytest.approx(wanted)
    if lab.problem.classes:
        counts = lab.confusion().values
        assert counts.sum() == len(lab.problem.validation.x)
        right = np.trace(counts) / counts.sum()
        assert right == pytest.approx(run.metrics["validation score"])
    assert [points.faint for points in lab.map().points] == [False]
    run.turn("validation", True)
    assert [points.faint for points in lab.map().points] == [False, True]
    run.advance(1)
    assert not np.array_equal(lab.map().heat.values, heat.values)
