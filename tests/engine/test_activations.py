"""Activations: PyTorch's values and slopes, and the laws that define them."""

from pathlib import Path

import numpy as np
import pytest

from engine.activations import ACTIVATIONS, activation, identity, relu, sigmoid, softmax, tanh
from engine.errors import UnknownNameError
from engine.reverse import grad
from engine.tensor import Tensor, apply, call

DATA = Path(__file__).parents[1] / "data"
TORCH = np.load(DATA / "activations.npz")
LAYERS = np.load(DATA / "losses.npz")
WIDE = np.array([-800.0, -40.0, -1.0, 0.0, 1.0, 40.0, 800.0])


def softplus(x):
    return call("softplus", x)


@pytest.mark.parametrize("f", [relu, sigmoid, tanh, softplus])
def test_values_and_slopes_are_those_of_pytorch(f):
    x = Tensor(TORCH["x"])
    y = f(x)
    np.testing.assert_allclose(y.value, TORCH[f.__name__], rtol=1e-10, atol=1e-300)
    slope = grad(y.sum(), [x])[0].value
    np.testing.assert_allclose(slope, TORCH[f"{f.__name__}_d"], rtol=1e-10, atol=1e-15)


def test_softmax_is_that_of_pytorch():
    x = Tensor(LAYERS["softmax_x"])
    y = softmax(x)
    np.testing.assert_allclose(y.value, LAYERS["softmax_y"], rtol=1e-10)
    slope = grad((y * LAYERS["softmax_g"]).sum(), [x])[0].value
    np.testing.assert_allclose(slope, LAYERS["softmax_dx"], rtol=1e-10)


@pytest.mark.parametrize("f", ACTIVATIONS.values())
def test_arrays_numbers_and_tensors_are_treated_alike(f):
    y = f(Tensor(WIDE)).value
    np.testing.assert_array_equal(f(WIDE), y)
    if f is not softmax:
        assert [f(float(x)) for x in WIDE] == y.tolist()


@pytest.mark.parametrize("f", ACTIVATIONS.values())
def test_no_number_is_too_large(f):
    x = Tensor(WIDE)
    y = f(x)
    assert np.isfinite(y.value).all()
    assert np.isfinite(grad(y.sum(), [x])[0].value).all()


def test_laws():
    x = np.linspace(-5, 5, 41)
    np.testing.assert_allclose(sigmoid(-x), 1 - sigmoid(x), atol=1e-15)
    np.testing.assert_allclose(sigmoid(x), (1 + tanh(x / 2)) / 2, atol=1e-15)
    np.testing.assert_allclose(softplus(x) - softplus(-x), x, atol=1e-14)
    np.testing.assert_allclose(relu(x) - relu(-x), x)
    np.testing.assert_allclose(softmax(np.stack([x, 0 * x], -1))[:, 0], sigmoid(x), atol=1e-15)
    assert identity(x) is x


def test_softmax_ignores_a_shift_and_sums_to_one():
    x = np.random.default_rng(0).standard_normal((4, 3, 5))
    np.testing.assert_allclose(softmax(x + 700), softmax(x), rtol=1e-12)
    np.testing.assert_allclose(softmax(x).sum(-1), 1)


def test_the_gradient_of_logsumexp_is_softmax():
    x = Tensor(np.random.default_rng(0).standard_normal((3, 4)))
    (g,) = grad(apply("logsumexp", x).sum(), [x])
    np.testing.assert_array_equal(g.value, softmax(x.value))


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(
        UnknownNameError, match=r"No activation is called 'tanhh'. Did you mean tanh"
    ):
        activation("tanhh")
