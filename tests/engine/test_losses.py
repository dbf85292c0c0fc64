"""Losses: PyTorch's values and gradients, stable far out, and their slopes in closed form."""

from pathlib import Path

import numpy as np
import pytest

from engine.activations import sigmoid, softmax
from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.losses import (
    LOSSES,
    binary_cross_entropy,
    cross_entropy,
    gaussian_nll,
    hinge,
    huber,
    kl_divergence,
    l1,
    loss,
    mse,
)
from engine.reverse import grad, gradcheck
from engine.tensor import Tensor
from tests.engine.eager import agree

TORCH = np.load(Path(__file__).parents[1] / "data" / "losses.npz")
BCE, CE = "bce_with_logits", "cross_entropy"
CASES = [
    (mse, TORCH["mse_a"], TORCH["mse_b"], "mse_y", "mse_g", "mse_da"),
    (l1, TORCH["l1_a"], TORCH["l1_b"], "l1_y", "l1_g", "l1_da"),
    (huber, TORCH["huber_a"], TORCH["huber_b"], "huber_y", "huber_g", "huber_da"),
    (binary_cross_entropy, TORCH[f"{BCE}_logits"][:, None], TORCH[f"{BCE}_targets"][:, None],
     f"{BCE}_y", f"{BCE}_g", f"{BCE}_dlogits"),
    (cross_entropy, TORCH[f"{CE}_logits"], np.eye(5)[TORCH[f"{CE}_labels"]],
     f"{CE}_y", f"{CE}_g", f"{CE}_dlogits"),
]  # fmt: skip

EVERY = dict.fromkeys([*LOSSES.values(), l1, hinge, kl_divergence])


@pytest.mark.parametrize(("f", "z", "y", "value", "upstream", "gradient"), CASES)
def test_values_and_gradients_are_those_of_pytorch(f, z, y, value, upstream, gradient):
    z = Tensor(z)
    result = f(z, Tensor(y))
    (dz,) = grad(result * TORCH[upstream].item(), [z])
    assert result.item() == pytest.approx(TORCH[value].item(), rel=1e-10)
    np.testing.assert_allclose(dz.value.ravel(), TORCH[gradient].ravel(), rtol=1e-10, atol=1e-16)


SLOPES = [
    (mse, lambda z, y: 2 * (z - y) / z.size),
    (l1, lambda z, y: np.sign(z - y) / z.size),
    (huber, lambda z, y: np.clip(z - y, -1, 1) / z.size),
    (gaussian_nll, lambda z, y: (z - y) / z.size),
    (hinge, lambda z, y: (1 - 2 * y) * ((2 * y - 1) * z < 1) / z.size),
    (binary_cross_entropy, lambda z, y: (sigmoid(z) - y) / z.size),
    (cross_entropy, lambda z, y: (softmax(z) - y) / len(z)),
    (kl_divergence, lambda z, y: (softmax(z) - y) / len(z)),
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


@pytest.mark.parametrize("f", EVERY)
def test_compiled_it_is_the_same_and_its_gradients_agree_with_differences(f):
    rng = np.random.default_rng(0)
    z, y = Tensor(rng.standard_normal((4, 3)), "z"), Tensor(np.eye(3)[[0, 2, 1, 1]])
    result = f(z, y)
    agree([z], [result, *grad(result, [z])], [])
    assert gradcheck(lambda z: f(z, y), z.value, rng=rng).ok
    assert gradcheck(lambda z: grad(f(z, y), [z])[0], z.value, rng=rng).ok


@pytest.mark.parametrize("delta", [0.3, 1.0, 2.5])
def test_huber_is_square_near_zero_and_straight_beyond_delta(delta):
    d = np.array([[0.0], [delta / 2], [delta], [-2 * delta], [1e9]])
    wanted = np.where(abs(d) <= delta, d**2 / 2, delta * (abs(d) - delta / 2))
    for e, value in zip(d, wanted, strict=True):
        result = huber(Tensor([e]), Tensor([[0.0]]), delta).item()
        assert result == pytest.approx(value[0], rel=1e-14)


def test_kl_is_cross_entropy_less_entropy_and_zero_when_equal():
    rng = np.random.default_rng(0)
    z, y = rng.standard_normal((5, 3)), softmax(rng.standard_normal((5, 3)))
    entropy = -(y * np.log(y)).sum(-1).mean()
    ours = kl_divergence(Tensor(z), Tensor(y)).item()
    assert ours == pytest.approx(cross_entropy(Tensor(z), Tensor(y)).item() - entropy, rel=1e-12)
    assert kl_divergence(Tensor(z), Tensor(softmax(z))).item() == pytest.approx(0, abs=1e-15)


def test_kl_of_two_coins_in_bits():
    def bits(p, q):
        z = Tensor([[np.log(q / (1 - q)), 0.0]])
        return kl_divergence(z, Tensor([[p, 1 - p]])).item() / np.log(2)

    assert bits(0.5, 0.9) == pytest.approx(0.73697, abs=5e-6)
    assert bits(0.9, 0.5) == pytest.approx(0.53100, abs=5e-6)


@pytest.mark.parametrize("shape", [(), (1, 2), (3, 2)])
def test_gaussian_nll_is_minus_the_log_of_its_density(shape):
    rng = np.random.default_rng(0)
    mu, y, s = rng.standard_normal((3, 2)), rng.standard_normal((3, 2)), rng.standard_normal(shape)
    density = np.exp(-((y - mu) ** 2) / (2 * np.exp(s))) / np.sqrt(2 * np.pi * np.exp(s))
    result = gaussian_nll(Tensor(mu), Tensor(y), Tensor(s)).item()
    assert result == pytest.approx(-np.log(density).mean(), rel=1e-13)
    assert gradcheck(gaussian_nll, mu, y, s, rng=rng).ok


def test_the_best_variance_of_gaussian_nll_is_the_mean_squared_error():
    rng = np.random.default_rng(0)
    mu, y = Tensor(rng.standard_normal((9, 1))), Tensor(rng.standard_normal((9, 1)))
    s = Tensor(np.log(mse(mu, y).value))
    assert abs(grad(gaussian_nll(mu, y, s), [s])[0].item()) < 1e-15


a = Tensor(np.ones((3, 2)))
MISTAKES = [
    (lambda: huber(a, a, 0), DomainError, "huber: expected 0 < delta < ∞"),
    (lambda: huber(a, a, np.nan), DomainError, "huber: expected 0 < delta < ∞"),
    (lambda: hinge(a, -a), DomainError, r"^hinge: expected 0 ≤ y ≤ 1, got -1 at"),
    (lambda: kl_divergence(a, 2 * a), DomainError, r"^kl_divergence: expected 0 ≤ y ≤ 1, got 2 at"),
    (lambda: gaussian_nll(a, a, Tensor(np.ones(3))), ShapeError, r"^gaussian_nll: .* got \(3,\)"),
]


@pytest.mark.parametrize(("wrong", "kind", "message"), MISTAKES)
def test_what_is_outside_the_domain_is_named(wrong, kind, message):
    with pytest.raises(kind, match=message):
        wrong()


@pytest.mark.parametrize("f", EVERY)
@pytest.mark.parametrize("shapes", [((3, 2), (3, 1)), ((3,), (3,)), ((3, 2), (3,))])
def test_other_shapes_are_refused_not_broadcast(f, shapes):
    with pytest.raises(
        ShapeError, match=rf"^{f.__name__}: expected two arrays of one shape \(N, K\)"
    ):
        f(*(Tensor(np.ones(shape)) for shape in shapes))


def test_an_unknown_name_lists_the_nearest():
    with pytest.raises(UnknownNameError, match="No loss is called 'crossentropy'"):
        loss("crossentropy")
