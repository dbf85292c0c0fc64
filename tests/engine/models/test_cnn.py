"""The convolutional network against the same network written out by hand."""

import numpy as np
import pytest

from engine.errors import DomainError, UnknownNameError
from engine.models import CNN
from engine.reverse import gradcheck
from engine.tensor import Tensor
from engine.training import Evaluator
from tests.engine.models.tiny import TASKS, training


def conv_by_hand(x, w, padding):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,fcij->nfhw", windows, w)


def pool_by_hand(x, k):
    h, w = x.shape[2] // k, x.shape[3] // k
    return x[:, :, : h * k, : w * k].reshape(*x.shape[:2], h, k, w, k).max((3, 5))


def channels(a):
    return a[:, None, None]


def by_hand(model, p, x, f, stats=None):
    """Bias and activation before the pool, as in the books."""
    for i in range(1, len(model.filters) + 1):
        x = conv_by_hand(x, p[f"w{i}"], model.padding)
        if model.norm:
            mean, var = stats(i, x) if stats else (p[f"mean{i}"], p[f"var{i}"])
            x = (x - channels(mean)) / np.sqrt(channels(var) + 1e-5) * channels(p[f"scale{i}"])
        x = pool_by_hand(f(x + channels(p[f"b{i}"])), model.pool)
    return x.reshape(len(x), -1) @ p["W"][:-1] + p["W"][-1]


def of_batch(i, x):
    return x.mean((0, 2, 3)), x.var((0, 2, 3))


def relu(x):
    return np.maximum(x, 0)


def values(model, rng):
    """Parameters and running statistics, none of them 0 or 1."""
    p = {name: rng.standard_normal(shape) for name, shape in model.spec.shapes.items()}
    return p | {name: rng.uniform(0.5, 2, value.shape) for name, value in model.carry.items()}


def tensors(p):
    return {name: Tensor(value, name) for name, value in p.items()}


MODELS = [
    CNN((1, 8, 8), (2, 3), classes=4, padding=1),
    CNN((2, 7, 9), (3,), classes=2, kernel=2, pool=3, hidden="tanh"),
    CNN((1, 8, 8), (2, 3), classes=4, padding=1, norm=True),
]


@pytest.mark.parametrize("model", MODELS)
def test_scores_are_those_of_a_network_by_hand(model):
    rng = np.random.default_rng(0)
    p, x = values(model, rng), rng.standard_normal((5, *model.image))
    f = relu if model.hidden == "relu" else np.tanh
    got = model(tensors(p), Tensor(x)).value
    np.testing.assert_allclose(got, by_hand(model, p, x, f), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "leaky_relu"])
def test_an_activation_that_never_falls_may_stand_behind_the_pool(name):
    functions = {"relu": relu, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
                 "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x)}  # fmt: skip
    model, rng = CNN((1, 6, 6), (3,), classes=2, hidden=name), np.random.default_rng(1)
    p, x = values(model, rng), rng.standard_normal((4, 1, 6, 6))
    got = model(tensors(p), Tensor(x)).value
    np.testing.assert_allclose(got, by_hand(model, p, x, functions[name]), rtol=1e-10)


@pytest.mark.parametrize("model", MODELS)
def test_gradients_in_parameters_and_images(model):
    rng = np.random.default_rng(2)
    x = rng.standard_normal((3, *model.image))

    def scores(w, x):
        return model.train(model.spec.tensors(w) | tensors(model.carry), x)[0]

    assert gradcheck(scores, rng.standard_normal(model.spec.size), x, rng=rng).ok


def test_training_norms_by_the_batch_and_hands_on_running_means():
    model, rng = MODELS[2], np.random.default_rng(3)
    p, x = values(model, rng), rng.standard_normal((5, *model.image))
    seen = {}

    def stats(i, x):
        seen[i] = of_batch(i, x)
        return seen[i]

    scores, carry = model.train(tensors(p), Tensor(x))
    np.testing.assert_allclose(scores.value, by_hand(model, p, x, relu, stats), rtol=1e-9)
    assert carry.keys() == model.carry.keys() == {"mean1", "var1", "mean2", "var2"}
    for i, pair in seen.items():
        for name, new in zip((f"mean{i}", f"var{i}"), pair, strict=True):
            np.testing.assert_allclose(carry[name].value, 0.9 * p[name] + 0.1 * new, rtol=1e-9)


def test_in_evaluation_no_image_sees_another_but_in_training_it_does():
    model, rng = MODELS[2], np.random.default_rng(4)
    p, x = tensors(values(model, rng)), rng.standard_normal((5, *model.image))
    alone, together = model(p, Tensor(x[:1])).value, model(p, Tensor(x)).value
    np.testing.assert_allclose(alone, together[:1], rtol=1e-12)
    alone, together = (model.train(p, Tensor(x[:n]))[0].value for n in (1, 5))
    assert np.abs(alone - together[:1]).max() > 0.1


def test_a_evaluator_reads_the_running_statistics_of_now():
    fit, task = training("cnn_norm_dropout"), TASKS["cnn_norm_dropout"](np.random.default_rng(0))
    model, live = task.model, tensors(fit.carried)
    evaluator = Evaluator(fit.w, model.spec, lambda p, x: [model({**p, **live}, x)], task.x)
    for _ in range(2):
        fit.run(3)
        p = model.spec.views(fit.w) | fit.carried
        np.testing.assert_allclose(evaluator()[0], by_hand(model, p, task.x, np.tanh), rtol=1e-9)


def test_dropout_acts_where_there_is_a_mask_and_keeps_the_mean():
    model, rng = CNN((1, 6, 6), (4,), classes=2, rate=0.5), np.random.default_rng(5)
    p, x = values(model, rng), rng.standard_normal((1, 1, 6, 6))
    assert set(model.noise) == {"mask"}
    assert model.noise["mask"].shape == (4 * 2 * 2,)
    assert not CNN((1, 6, 6), (4,), classes=2).noise
    plain = model(tensors(p), Tensor(x)).value
    mask = model.noise["mask"].draw(20_000, rng)
    many = np.repeat(x, len(mask), axis=0)
    dropped = model(tensors(p) | {"mask": Tensor(mask)}, Tensor(many)).value
    error = dropped.std(0) / np.sqrt(len(mask))
    assert (error > 0).all()
    assert (np.abs(dropped.mean(0) - plain) < 4 * error).all()
    ones = {"mask": Tensor(np.ones((1, 16)))}
    np.testing.assert_array_equal(model(tensors(p) | ones, Tensor(x)).value, plain)


def test_maps_are_named_and_of_the_shapes_told():
    model = CNN((3, 9, 12), (4, 5), classes=2, padding=1)
    maps, carry = model.maps(tensors(values(model, np.random.default_rng(6))),
                             Tensor(np.zeros((2, 3, 9, 12))))  # fmt: skip
    assert [(m.name, m.shape) for m in maps] == [("h1", (2, 4, 4, 6)), ("h2", (2, 5, 2, 3))]
    assert model.features == (5, 2, 3)
    assert not carry


def test_layout_and_start():
    model = CNN((1, 28, 28), (40, 50), classes=10, kernel=5, norm=True)
    assert model.spec.shapes == {
        "w1": (40, 1, 5, 5), "scale1": (40,), "b1": (40,),
        "w2": (50, 40, 5, 5), "scale2": (50,), "b2": (50,), "W": (50 * 4 * 4 + 1, 10),
    }  # fmt: skip
    starts = [model.init(np.random.default_rng(3)) for _ in range(2)]
    np.testing.assert_array_equal(*starts)
    p = model.spec.views(starts[0])
    assert p["w2"].var() == pytest.approx(2 / (40 * 25), rel=0.03)  # 50 000 numbers
    assert p["W"][:-1].var() == pytest.approx(2 / 800, rel=0.06)
    assert (p["scale1"] == 1).all()
    assert not p["b1"].any()
    assert not p["W"][-1].any()


MISTAKES = [
    (lambda: CNN((8, 8), (2,), 3), DomainError, r"expected an image \(C, H, W\)"),
    (lambda: CNN((1, 8, 8), (), 3), DomainError, "filters of one convolution or more"),
    (lambda: CNN((1, 8, 8), (0,), 3), DomainError, r"CNN: expected an integer filters ≥ 1, got 0"),
    (
        lambda: CNN((1, 8, 8), (2,), 3, padding=-1),
        DomainError,
        "CNN: expected an integer padding ≥ 0",
    ),
    (lambda: CNN((1, 8, 8), (2,), 3, pool=0), DomainError, "CNN: expected an integer pool ≥ 1"),
    (lambda: CNN((1, 8, 8), (2, 2, 2), 3), DomainError, r"room for 3 layers, got \(1, 8, 8\)"),
    (lambda: CNN((1, 8, 8), (2,), 3, hidden="rely"), UnknownNameError, "Did you mean relu"),
    (lambda: CNN((1, 8, 8), (2,), 3, rate=1.0), DomainError, "CNN: expected 0 ≤ rate < 1"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
