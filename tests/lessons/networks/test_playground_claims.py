"""The claims of the playground's pages and its failures, each with an attempt to refute it."""

import re

import numpy as np
import pytest

from engine.data import breast_cancer, xor
from engine.losses import huber
from lessons.catalogue import find, load
from lessons.kit.run import Run
from lessons.networks.playground import lab as playground
from lessons.networks.playground._problem import prepare
from lessons.networks.playground.lab import Sandbox, checks
from tests.lessons.claims import says

PATH = "networks/playground"
SEEDS = range(20)
sweep = pytest.mark.sweep
each_seed = pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=sweep) for seed in SEEDS[1:])]
)


def run_of(steps=0, seed=1, **values):
    run = Run(Sandbox, seed, values)
    run.advance(steps)
    return run


def series(run, name):
    return np.array(run.history.series[name])


def shows(name, run):
    failure = next(f for f in Sandbox.failures if f.name == name)
    return failure.detect(run.lab)


def test_as_many_points_validate_as_train():
    says(PATH, "An equal number of *validation points* is kept from them")
    problem = run_of().lab.problem
    assert len(problem.train.x) == len(problem.validation.x)


def best_line(data):
    """The most points that any straight line gets right, over 181 directions."""
    is_one, best = data.y[:, 0] > 0, 0.0
    for angle in np.linspace(0, np.pi, 181):
        order = np.argsort(data.x @ [np.cos(angle), np.sin(angle)])
        ones = np.cumsum(is_one[order])
        zeros = np.arange(1, len(order) + 1) - ones
        right = (zeros + ones[-1] - ones) / len(order)
        best = max(best, right.max(), 1 - right.min())
    return best


def test_no_line_gets_more_than_three_in_four_of_xor():
    says(PATH, "Even the best line gets no more than three in four.")
    found = [best_line(xor(rng=np.random.default_rng(seed))) for seed in SEEDS]
    assert 0.65 < min(found) < max(found) <= 0.75


def test_a_hidden_layer_learns_xor():
    assert run_of(2000, data="xor", lr=0.1).metrics["validation score"] >= 0.95
    assert checks["xor"].outcome(checks["xor"].run().lab) == 0


def test_the_first_layers_maps_are_straight_edges():
    says(PATH, "In the first hidden layer every map is one straight edge")
    lab = run_of(300, layers=1, width=6).lab
    grid = lab.problem.grid(12, 12)
    sums = np.arctanh(lab.plain.layers(lab.fit.w, grid)[0])
    assert affine_error(grid, sums) < 1e-6


def affine_error(x, z):
    """How far numbers z (N, K) are from a linear function of x (N, D) and 1, relatively."""
    ones = np.column_stack([x, np.ones(len(x))])
    return abs(z - ones @ np.linalg.lstsq(ones, z)[0]).max() / abs(z).max()


def ring(radius):
    angle = np.linspace(0, 2 * np.pi, 361)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def test_three_neurons_fence_in_the_disc():
    says(PATH, "it takes three to close a fence")
    assert load(find("playground")).questions["fence"].options[2].right
    turns = np.pi / 2 + np.arange(3) * 2 * np.pi / 3
    normals = np.stack([np.cos(turns), np.sin(turns)])
    inside, outside = ((sum(np.tanh(0.6 * (1.9 - ring(r) @ normals)).T) for r in radii)
                       for radii in ((0, 1, 2, 2.5), (3.5, 4, 4.5, 5)))  # fmt: skip
    assert min(map(min, inside)) > max(map(max, outside))


def test_two_neurons_cannot():
    says(PATH, "both run out through the ring")
    rng = np.random.default_rng(0)
    for _ in range(2000):
        W, b, a = rng.normal(0, 2, (2, 2)), rng.normal(0, 4, 2), rng.normal(0, 2, 2)
        disc, around = (np.tanh(ring(r) @ W + b) @ a for r in (2.5, 4.5))
        # Along one edge the output is monotone: what is inside goes on through the ring.
        assert around.max() > disc.min()
        assert around.min() < disc.max()


@sweep
def test_training_finds_the_fence_with_three_and_never_with_two():
    for seed in SEEDS:
        for width, is_enclosed in ((1, False), (2, False), (3, True)):
            run = run_of(5000, seed, layers=1, width=width, lr=0.1)
            assert (max(series(run, "train score")) > 0.95) == is_enclosed


def test_parameters_and_the_loss_of_a_score_by_hand():
    for seed in SEEDS:
        question = load(find("playground")).questions["parameters"]
        variant = question.variant(np.random.default_rng(seed))
        a, b = map(int, re.search(r"2-(\d)-(\d)-1", variant.ask).groups())
        assert variant.values["answer"] == 3 * a + (a + 1) * b + b + 1
        z = checks["surprise"].vary(np.random.default_rng(seed))["z"]
        assert checks["surprise"].answer({"z": z}) == pytest.approx(-np.log(1 / (1 + np.exp(-z))))


@pytest.mark.parametrize("data", ["circle", "iris", "plane"])
def test_the_slope_along_a_score(data):
    says(PATH, r"\frac{\partial L}{\partial z} = \frac{p - y}{B}")
    says(PATH, "the slope of the loss is $2(z - y)/B$")
    p = prepare(data, 0, 0.5, *np.random.default_rng(0).spawn(2))
    y = p.train.y[:7]
    z = np.random.default_rng(1).standard_normal(y.shape)
    for row in range(7):
        nudge = np.zeros(z.shape)
        nudge[row, 0] = 1e-6
        found = (p.loss(z + nudge, y) - p.loss(z - nudge, y)) / 2e-6
        factor = 1 if p.classes else 2
        assert found == pytest.approx(factor * (p.answers(z) - y)[row, 0] / 7, abs=1e-8)


def test_the_code_has_three_products_forward_and_five_back():
    says(PATH, "three products forward, five back")
    text = "\n".join(run_of().lab.source().lines)
    assert text.startswith("def step(x, y):")
    forward, backward = text.split("# backward")
    assert (forward.count("dot("), backward.count("dot(")) == (3, 5)


def test_identity_makes_the_border_straight_at_once():
    says(PATH, "the border is straight at once")
    run = run_of(1000)
    lab = run.lab
    grid = lab.problem.grid(30, 30)
    assert affine_error(grid, lab.plain.layers(lab.fit.w, grid)[-1]) > 0.1
    run.turn("activation", "identity")
    assert affine_error(grid, lab.plain.layers(lab.fit.w, grid)[-1]) < 1e-12
    assert {oracle.name: oracle.ok for oracle in run.lab.oracles()}["layers as one matrix"]


def test_reset_repeats_a_run():
    says(PATH, "Reset repeats a run exactly")
    run = run_of(250, data="spiral")
    first = run.state_hash
    run.reset()
    run.advance(250)
    assert run.state_hash == first


def lowest(seed, **values):
    return min(series(run_of(5000, seed, data="spiral", **values), "validation loss"))


@sweep
def test_what_helps_on_the_spiral():
    says(PATH, "Plain sgd is still lost after 5000 updates, however wide its layers.")
    fast = {"optimizer": "adam", "lr": 0.01}
    for seed in SEEDS:
        plain = [lowest(seed, width=width) for width in (8, 16)]
        assert min(plain) > 0.5
        narrow, wide = lowest(seed, **fast), lowest(seed, **fast, width=16)
        assert lowest(seed, **fast, width=16, share=0.8) < 0.2
        assert wide < narrow < plain[0]


def test_a_plane_parts_all_tumors():
    says(PATH, "one can separate all 569 points without a mistake")
    data = breast_cancer()
    x = (data.x - data.x.mean(axis=0)) / data.x.std(axis=0)
    X, t = np.column_stack([x, np.ones(len(x))]), 2 * data.y[:, 0] - 1
    w = np.zeros(31)
    for decay in 10.0 ** -np.arange(2, 9):  # Newton's method, on ever less decay
        for _ in range(15):
            s = 1 / (1 + np.exp(np.clip(t * (X @ w), -500, 500)))
            H = (X.T * (s * (1 - s))) @ X / len(x) + decay * np.eye(31)
            w -= np.linalg.solve(H, decay * w - X.T @ (t * s) / len(x))
    says(PATH, "569 tumors, each measured by 30 numbers")
    assert x.shape == (569, 30)
    assert (t * (X @ w)).min() > 0.1


@each_seed
def test_tumors_crawl_and_are_learned_by_heart(seed):
    says(PATH, "At η = 0.001 it crawls.")
    slow, fast = (run_of(200, seed, data="breast_cancer", lr=lr) for lr in (0.001, 0.1))
    assert slow.metrics["train loss"] > 5 * fast.metrics["train loss"]
    says(PATH, "in time the validation loss turns up, while the train loss still falls")
    fast.advance(3800)
    train, validation = series(fast, "train loss"), series(fast, "validation loss")
    turn = int(np.argmin(validation))
    assert validation[-1] > 1.1 * validation[turn]
    assert train[-1] < 0.5 * train[turn]


@each_seed
def test_tanh_stays_finite_at_ten_and_identity_does_not(seed):
    says(PATH, "the loss leaps about, worse than guessing, and yet it stays finite")
    says(PATH, "The weights grow until tanh is *saturated*")
    run = run_of(1500, seed, lr=10)
    losses = series(run, "train loss")[5:]
    assert run.status == "running"
    assert np.median(losses) > run.lab.problem.base
    assert losses.max() > 1.5 * losses.min()
    assert shows("Saturated", run)
    assert abs(run.lab.fit.w).max() > 10 * abs(run_of(0, seed).lab.fit.w).max()
    says(PATH, "now nothing bounds what a layer hands on, and it flies apart")
    assert run_of(200, seed, lr=10, activation="identity").status == "diverged"


@each_seed
def test_plane_flies_apart_because_its_error_has_no_bound(seed, monkeypatch):
    says(PATH, "the error z − y is not: a larger error makes a larger step")
    assert checks["burst"].run(seed).status == "diverged"
    # The same run with an error cut off at ±1, as p − y is.
    monkeypatch.setattr(playground, "loss_named", lambda name: lambda z, y: 2 * huber(z, y))
    assert checks["burst"].run(seed).status == "running"


# Failures.


def test_dead_neurons_are_those_whose_weights_do_not_matter():
    run = run_of(300, activation="relu", lr=2)
    lab = run.lab
    is_dead = (lab.hidden <= 0).all(axis=0)[:8]
    assert 0 < is_dead.sum() < 8
    x = lab.problem.train.x
    before = lab.plain.layers(lab.fit.w, x)[0]
    for neuron in range(8):
        w = lab.fit.w.copy()
        w[:24].reshape(3, 8)[:, neuron] *= 1 + 1e-9  # its column of the first matrix
        assert np.array_equal(lab.plain.layers(w, x)[0], before) == is_dead[neuron]


@sweep
@pytest.mark.parametrize("failure", Sandbox.failures, ids=lambda failure: failure.name)
def test_failures_show_in_their_scenes_and_their_remedies_help(failure):
    for seed in SEEDS:
        ill = run_of(0, seed, **failure.scene)
        well = run_of(0, seed, **{**failure.scene, **failure.fix})
        seen = False
        while ill.steps < 4000 and ill.status == "running":
            ill.advance(200)
            seen = seen or ill.failure is failure
        assert seen
        while well.steps < 4000 and well.status == "running":
            well.advance(200)
            assert well.failure is None
        assert not ill.metrics["validation loss"] <= well.metrics["validation loss"]


@sweep
@pytest.mark.parametrize(
    ("values", "name"), [({"activation": "relu", "lr": 3}, "Dead ReLUs"), ({"lr": 10}, "Saturated")]
)
def test_turning_down_alone_is_too_late(values, name):
    for seed in SEEDS:
        run, fresh = run_of(500, seed, **values), run_of(1000, seed, **{**values, "lr": 0.03})
        run.turn("lr", 0.03)
        run.advance(1000)
        assert shows(name, run)
        assert run.metrics["train loss"] > fresh.metrics["train loss"]


@sweep
@pytest.mark.parametrize("data", ["circle", "gauss", "plane", "iris", "breast_cancer"])
def test_overfitting_is_seen_where_stopping_earlier_was_better(data):
    """Truth: the mean of the last validation losses against the lowest of such means."""
    loud = silent = 0
    for share in (0.1, 0.5):
        for noise in (0.1, 0.5):
            for seed in range(5):
                run = run_of(4000, seed, data=data, noise=noise, share=share, width=16,
                             optimizer="adam", lr=0.01)  # fmt: skip
                means = np.convolve(series(run, "validation loss"), np.ones(10) / 10, "valid")
                train, ratio = series(run, "train loss"), means[-1] / means.min()
                worse = (means[-1] - means.min()) / run.lab.problem.base
                if ratio > 1.5 and worse > 0.02 and train[-10:].max() < train[means.argmin()]:
                    assert shows("Overfitting", run)
                    loud += 1
                if ratio < 1.2:
                    assert not shows("Overfitting", run)
                    silent += 1
    assert loud >= 3
    assert silent or data in ("iris", "breast_cancer")


@sweep
@pytest.mark.parametrize("data", ["circle", "xor", "gauss", "plane", "digits"])
@pytest.mark.parametrize("settings", [{"lr": 0.1}, {"optimizer": "adam", "lr": 0.003}])
def test_healthy_runs_are_silent(data, settings):
    for seed in range(5):
        run = run_of(0, seed, data=data, **settings)
        while run.steps < 2000 and run.status == "running":
            run.advance(200)
            assert run.failure is None


@sweep
@pytest.mark.parametrize(
    ("data", "least"),
    [("breast_cancer", 0.92), ("iris", 0.85), ("digits", 0.88), ("circle", 0.96), ("plane", 0.99)],
)
def test_the_default_network_learns_what_it_never_saw(data, least):
    for seed in range(5):
        assert run_of(4000, seed, data=data).metrics["validation score"] >= least
