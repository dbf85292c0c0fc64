"""Losses: PyTorch's values and gradients, stable far out, and their slopes in closed form."""

from pathlib import Path

import numpy as np
import pytest

from engine.activations import sigmoid, softmax
from engine.errors import ShapeError, UnknownNameError
from engine.losses import LOSSES, binary_cross_entropy, cross_entropy, loss, mse
from engine.reverse import grad
from engine.tensor import Tensor

TORCH = np.load(Path(__file__).parents[1] / "data" / "losses.npz")
BCE, CE = "bce_with_logits", "cross_entropy"
CASES = [
    (mse, TORCH["mse_a"], TORCH["mse_b"], "mse_y", "mse_g", "mse_da"),
    (binary_cross_entropy, TORCH[f"{BCE}_logits"][:, None], TORCH[f"{BCE}_targets"][:, None],
     f"{BCE}_y", f"{BCE}_g", f"{BCE}_dlogits"),
    (cross_entropy, TORCH[f"{CE}_logits"], np.eye(5)[TORCH[f"{CE}_labels"]],
     f"{CE}_y", f"{CE}_g", f"{CE}_dlogits"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "z", "y", "value", "upstream", "gradient"), CASES)
def test_values_and_gradients_are_those_of_pytorch(f, z, y, value, upstream, gradient):
    z = Tensor(z)
    result = f(z, Tensor(y))
    (dz,) = grad(result * TORCH[upstream].item(), [z])
    assert result.item() == pytest.approx(TORCH[value].item(), rel=1e-10)
    np.testing.assert_allclose(dz.value.ravel(), TORCH[gradient].ravel(), rtol=1e-10, atol=1e-16)


SLOPES = [
    (mse, lambda z, y: 2 * (z - y) / z.size),
    (binary_cross_entropy, lambda z, y: (sigmoid(z) - y) / z.size),
    (cross_entropy, lambda z, y: (softmax(z) - y) / len(z)),
]


@pytest.mark.parametrize(("f", "slope"), SLOPES)
@pytest.mark.parametrize("scale", [1, 1e3])
def test_slopes_in_closed_form_and_finite_far_out(f, slope, scale):
    rng = np.random.default_rng(0)
    z, y = scale * rng.standard_normal((5, 3)), np.eye(3)[rng.integers(3, size=5)]
    x = Tensor(z)
    value = f(x, Tensor(y))
    assert 0 <= value.item() < np.inf
    np.testing.assert_allclose(grad(value, [x])[0].value, slope(z, y), rtol=1e-12, atol=1e-15)


def test_two_classes_are_the_same_as_one_probability():
    rng = np.random.default_rng(0)
    z, y = rng.standard_normal((6, 1)), rng.integers(2, size=(6, 1)) * 1.0
    pair = cross_entropy(Tensor(np.hstack([z, 0 * z])), Tensor(np.hstack([y, 1 - y])))
    one = binary_cross_entropy(Tensor(z), Tensor(y))
    assert pair.item() == pytest.approx(one.item(), rel=1e-14)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("shapes", [((3, 2), (3, 1)), ((3,), (3,)), ((3, 2), (3,))])
def test_other_shapes_are_refused_not_broadcast(name, shapes):
    with pytest.raises(ShapeError, match=rf"^{name}: expected two arrays of one shape \(N, K\)"):
        loss(name)(*(Tensor(np.ones(shape)) for shape in shapes))


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(UnknownNameError, match="No loss is called 'crossentropy'"):
        loss("crossentropy")
