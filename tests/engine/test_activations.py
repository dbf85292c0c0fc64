"""Activations: PyTorch's values and slopes, and the laws that define them."""

from pathlib import Path

import numpy as np
import pytest

from engine.activations import (
    ACTIVATIONS,
    activation,
    elu,
    gelu,
    identity,
    leaky_relu,
    log_softmax,
    relu,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from engine.errors import DomainError, UnknownNameError
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor, apply
from tests.engine.eager import agree

DATA = Path(__file__).parents[1] / "data"
TORCH = np.load(DATA / "activations.npz")
LAYERS = np.load(DATA / "losses.npz")
WIDE = np.array([-800.0, -40.0, -1.0, 0.0, 1.0, 40.0, 800.0])


BY_ROWS = (softmax, log_softmax)
NAMES = {"leaky_relu": "leaky_relu_0.01", "gelu": "gelu_exact", "hard_tanh": "hardtanh"}
"""What PyTorch's file calls otherwise."""


@pytest.mark.parametrize("f", [f for f in ACTIVATIONS.values() if f not in (identity, *BY_ROWS)])
def test_values_and_slopes_are_those_of_pytorch(f):
    x, name = Tensor(TORCH["x"]), NAMES.get(f.__name__, f.__name__)
    y = f(x)
    np.testing.assert_allclose(y.value, TORCH[name], rtol=1e-10, atol=1e-15)
    slope = grad(y.sum(), [x])[0].value
    np.testing.assert_allclose(slope, TORCH[f"{name}_d"], rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("f", BY_ROWS)
def test_those_by_rows_are_those_of_pytorch(f):
    x, name = Tensor(LAYERS[f"{f.__name__}_x"]), f.__name__
    y = f(x)
    np.testing.assert_allclose(y.value, LAYERS[f"{name}_y"], rtol=1e-10)
    slope = grad((y * LAYERS[f"{name}_g"]).sum(), [x])[0].value
    np.testing.assert_allclose(slope, LAYERS[f"{name}_dx"], rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize("f", ACTIVATIONS.values())
def test_compiled_it_is_the_same_and_has_two_derivatives(f):
    rng = np.random.default_rng(0)
    x = Tensor(rng.standard_normal((5, 4)), "x")
    (slope,) = grad(f(x).sum(), [x])
    curve = grad((slope * rng.standard_normal((5, 4))).sum(), [x])
    agree([x], [f(x), slope, *curve], [])
    for g in (f, lambda x: grad((f(x) * np.arange(4.0)).sum(), [x])[0]):
        assert gradcheck(g, x.value, rng=rng).ok


@pytest.mark.parametrize("f", ACTIVATIONS.values())
def test_arrays_numbers_and_tensors_are_treated_alike(f):
    y = f(Tensor(WIDE)).value
    np.testing.assert_array_equal(f(WIDE), y)
    if f not in BY_ROWS:
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


BOTTOMS = [(gelu, -0.75179, -0.169971), (silu, -1.27846, -0.278465)]


@pytest.mark.parametrize(("f", "x", "least"), BOTTOMS)
def test_the_dip_is_where_the_papers_have_it(f, x, least):
    grid = np.linspace(-3, 0, 300_001)
    y = f(grid)
    assert y.min() == pytest.approx(least, abs=5e-7)
    assert grid[y.argmin()] == pytest.approx(x, abs=1e-5)


def test_gelu_and_silu_at_one():
    assert gelu(1.0) == pytest.approx(0.841345, abs=5e-7)
    assert silu(1.0) == pytest.approx(0.731059, abs=5e-7)


def test_selu_keeps_mean_zero_and_variance_one():
    x, dx = np.linspace(-12, 12, 24_001, retstep=True)
    weight = np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * dx
    assert (selu(x) * weight).sum() == pytest.approx(0, abs=1e-6)
    assert (selu(x) ** 2 * weight).sum() == pytest.approx(1, abs=1e-6)


def test_settings_bend_the_negative_side():
    assert leaky_relu(-2.0, 0.25) == -0.5
    assert elu(-1.0, 2.0) == pytest.approx(2 * np.expm1(-1))
    x = Tensor(0.0)
    assert grad(elu(x, 2.0), [x])[0].item() == 2


def test_log_softmax_is_the_log_of_softmax_where_that_is_finite():
    x = np.random.default_rng(0).standard_normal((4, 5))
    np.testing.assert_allclose(log_softmax(x), np.log(softmax(x)), rtol=1e-13)


@pytest.mark.parametrize("slope", [-0.1, 1.5, np.nan])
def test_leaky_relu_refuses_other_slopes(slope):
    with pytest.raises(DomainError, match=rf"^leaky_relu: .* slope in \[0, 1\], got {slope}"):
        leaky_relu(1.0, slope)


@pytest.mark.parametrize("alpha", [0, -1, np.nan])
def test_elu_refuses_other_alphas(alpha):
    with pytest.raises(DomainError, match=rf"^elu: expected alpha > 0, got {alpha}"):
        elu(1.0, alpha)


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
