"""The multi-layer perceptron against the same network written out by hand."""

from itertools import pairwise

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.models import MLP
from engine.reverse import gradcheck
from engine.tensor import Tensor


def by_hand(w, x, sizes, f, last):
    for i, (a, b) in enumerate(pairwise(sizes), start=2):
        W, w = w[: a * b].reshape(a, b), w[a * b :]
        z, w = x @ W + w[:b], w[b:]
        x = z if i == len(sizes) and last is None else (last if i == len(sizes) else f)(z)
    return x


@pytest.mark.parametrize("sizes", [(2, 1), (3, 4, 2), (2, 4, 2, 1)])
@pytest.mark.parametrize("output", ["identity", "tanh"])
def test_scores_are_those_of_a_network_by_hand(sizes, output):
    model, rng = MLP(sizes, "tanh", output), np.random.default_rng(0)
    w, x = rng.standard_normal(model.spec.size), rng.standard_normal((5, sizes[0]))
    got = model(model.spec.tensors(Tensor(w)), Tensor(x)).value
    wanted = by_hand(w, x, sizes, np.tanh, np.tanh if output == "tanh" else None)
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "softmax", "identity"])
def test_gradients_in_parameters_and_inputs(hidden):
    model, rng = MLP((2, 3, 2), hidden, hidden), np.random.default_rng(0)
    w, x = rng.standard_normal(model.spec.size), rng.standard_normal((4, 2))
    assert gradcheck(lambda w, x: model(model.spec.tensors(w), x), w, x, rng=rng).ok


def test_layers_end_with_the_scores_and_are_named():
    model = MLP((2, 4, 2, 1))
    params = model.spec.tensors(Tensor(np.ones(model.spec.size)))
    layers = model.layers(params, Tensor(np.ones((3, 2))))
    assert [h.name for h in layers] == ["h1", "h2", "z3"]
    assert [h.shape for h in layers] == [(3, 4), (3, 2), (3, 1)]


def test_a_start_is_of_one_seed_and_the_layout_of_the_sizes():
    model = MLP((2, 4, 1))
    starts = [model.init(np.random.default_rng(3), how) for how in ("he", "he", "zero")]
    np.testing.assert_array_equal(starts[0], starts[1])
    assert not starts[2].any()
    assert model.spec.shapes == {"W1": (3, 4), "W2": (5, 1)}


MISTAKES = [
    (lambda: MLP((3,)), DomainError, r"MLP: expected sizes of two or more layers, got \(3,\)"),
    (lambda: MLP((3, 0, 1)), DomainError, "MLP: expected an integer sizes ≥ 1"),
    (lambda: MLP((3, 1), "thanh"), UnknownNameError, "'thanh'. Did you mean tanh"),
    (lambda: MLP((3, 1), output="y"), UnknownNameError, "No activation is called 'y'"),
    (lambda: MLP((3, 1)).init(np.random.default_rng(0), "hee"), UnknownNameError, "mean he"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()


def test_inputs_of_another_width_are_refused():
    model = MLP((3, 2))
    params = model.spec.tensors(Tensor(np.ones(model.spec.size)))
    with pytest.raises(ShapeError, match=r"dense: expected x of shape \(N, 3\), got \(5, 2\)"):
        model(params, Tensor(np.ones((5, 2))))
