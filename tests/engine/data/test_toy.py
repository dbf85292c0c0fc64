"""The toy sets keep the shapes they are named after."""

import numpy as np
import pytest

from engine.data import TOY, circle, gauss, plane, spiral, xor
from engine.errors import DomainError

CLASSES = [name for name in TOY if name != "plane"]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", TOY)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_one_seed_makes_one_set(name, noise):
    first, again, other = (TOY[name](101, noise, rng=rng(seed)) for seed in (7, 7, 8))
    assert np.array_equal(first.x, again.x)
    assert np.array_equal(first.y, again.y)
    if (name, noise) != ("spiral", 0.0):
        assert not np.array_equal(first.x, other.x)


@pytest.mark.parametrize("name", TOY)
@pytest.mark.parametrize("n", [2, 7, 500])
def test_shapes_and_kinds(name, n):
    data = TOY[name](n, 0.5, rng=rng())
    assert data.name == name
    assert (data.x.shape, data.y.shape) == ((n, 2), (n, 1))
    assert data.x.dtype == data.y.dtype == np.float64
    assert data.feature_names == ("x₁", "x₂")
    assert data.task == ("regression" if name == "plane" else "classification")


@pytest.mark.parametrize(("name", "n"), [("plane", 1200), ("xor", 500), ("spiral", 500)])
def test_default_sizes_are_the_playgrounds(name, n):
    assert len(TOY[name](rng=rng()).x) == n


@pytest.mark.parametrize("name", ["circle", "xor", "spiral", "plane"])
def test_points_stay_in_the_domain_at_the_loudest_noise(name):
    assert np.abs(TOY[name](5000, 0.5, rng=rng()).x).max() <= 6


@pytest.mark.parametrize("name", ["circle", "gauss", "spiral"])
@pytest.mark.parametrize("n", [500, 501])
def test_classes_are_equal_but_for_the_odd_point(name, n):
    assert TOY[name](n, rng=rng()).y.sum() == (n + 1) // 2


def test_xor_classes_are_equal_up_to_chance():
    share = xor(10_000, rng=rng()).y.mean()
    assert abs(share - 0.5) < 5 * 0.5 / 100  # five standard deviations


@pytest.mark.parametrize("name", ["circle", "xor"])
def test_noise_moves_labels_not_points(name):
    still, loud = TOY[name](2000, 0.0, rng=rng()), TOY[name](2000, 0.5, rng=rng())
    assert np.array_equal(still.x, loud.x)
    assert 0.02 < (still.y != loud.y).mean() < 0.5


def test_circle_without_noise_is_a_disc_in_a_ring():
    data = circle(3000, rng=rng())
    r = np.linalg.norm(data.x, axis=1)
    disc = data.y[:, 0] == 1
    assert r[disc].max() < 2.5
    assert r[disc].max() > 2.4
    assert r[~disc].min() > 3.5
    assert r[~disc].max() < 5


def test_circle_is_even_all_round():
    data = circle(20_000, rng=rng())
    direction = data.x / np.linalg.norm(data.x, axis=1, keepdims=True)
    assert np.abs(direction.mean(axis=0)).max() < 5 / np.sqrt(2 * 20_000)


def test_xor_label_is_the_sign_of_the_product():
    data = xor(3000, rng=rng())
    assert np.array_equal(data.y[:, 0], np.where(data.x[:, 0] * data.x[:, 1] > 0, 1, 0))
    assert np.abs(data.x).min() >= 0.3
    assert np.abs(data.x).max() <= 5.3


@pytest.mark.parametrize("noise", [0.0, 0.2, 0.5])
def test_gauss_clouds_have_the_promised_center_and_variance(noise):
    data = gauss(40_000, noise, rng=rng())
    variance = 0.5 + 7 * noise
    for label, center in ((1, 2), (0, -2)):
        cloud = data.x[data.y[:, 0] == label]
        assert np.allclose(cloud.mean(axis=0), center, atol=5 * np.sqrt(variance / 20_000))
        assert np.allclose(cloud.var(axis=0), variance, rtol=5 * np.sqrt(2 / 20_000))


def test_spiral_without_noise_is_exactly_on_the_curve():
    data = spiral(400, rng=rng())
    arm = data.x[data.y[:, 0] == 1]
    r = np.linalg.norm(arm, axis=1)
    t = 3.5 * np.pi * r / 5
    assert np.allclose(arm, np.column_stack([r * np.sin(t), r * np.cos(t)]), atol=1e-12)
    assert np.allclose(np.diff(r), 5 / 200)


def test_spiral_arms_are_each_other_turned_by_pi():
    data = spiral(400, rng=rng())
    half_turn = np.array([[-1.0, 0.0], [0.0, -1.0]])
    assert np.array_equal(data.x[data.y[:, 0] == 0], data.x[data.y[:, 0] == 1] @ half_turn)


def test_spiral_noise_moves_points_by_at_most_itself():
    moved = spiral(2000, 0.4, rng=rng()).x - spiral(2000, rng=rng()).x
    assert 0.39 < np.abs(moved).max() <= 0.4


def test_plane_is_the_mean_of_its_inputs_over_five():
    data = plane(rng=rng())
    assert np.allclose(data.y, data.x @ np.full((2, 1), 0.1))
    assert np.abs(data.x).max() > 5.9
    assert np.abs(plane(noise=0.5, rng=rng()).y - data.y).max() <= 0.6


@pytest.mark.parametrize("name", TOY)
@pytest.mark.parametrize("noise", [-0.01, 0.51, float("nan")])
def test_noise_outside_its_domain_is_named(name, noise):
    with pytest.raises(DomainError, match=rf"{name}: expected 0 ≤ noise ≤ 0\.5, got {noise}"):
        TOY[name](10, noise, rng=rng())


@pytest.mark.parametrize("name", TOY)
def test_too_few_points_are_named(name):
    least = 2 if name in CLASSES else 1
    assert len(TOY[name](least, rng=rng()).x) == least
    with pytest.raises(
        DomainError, match=f"{name}: expected an integer n ≥ {least}, got {least - 1}"
    ):
        TOY[name](least - 1, rng=rng())
