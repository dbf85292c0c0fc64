"""Splitting, scaling and flattening keep their promises on every set."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data import (
    DataSet,
    breast_cancer,
    circle,
    digits,
    first_two_components,
    iris,
    split,
    standardize,
)
from engine.errors import DomainError, ShapeError


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def numbered(n: int) -> DataSet:
    """Rows that know their number, in x as in y."""
    column = np.arange(n, dtype=np.float64)[:, None]
    return DataSet("numbered", np.hstack([column, -column]), column, ("a", "b"), (), "regression")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.77, 0.9])
def test_split_keeps_every_point_once_with_its_answer(share):
    train, test = split(numbered(100), share, rng=rng())
    assert len(train.x) == round(share * 100)
    both = np.concatenate([train.y, test.y])[:, 0]
    assert sorted(both) == list(range(100))
    for part in (train, test):
        assert np.array_equal(part.x[:, :1], part.y)


def test_split_shuffles_by_the_generator_alone():
    first, again, other = (split(numbered(50), 0.6, rng=rng(s))[0].y for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, np.sort(first, axis=0))


@pytest.mark.parametrize("share", [1e-9, 0.5, 1 - 1e-9])
@pytest.mark.parametrize("n", [2, 3])
def test_split_leaves_neither_side_empty(share, n):
    train, test = split(numbered(n), share, rng=rng())
    assert len(train.x) >= 1
    assert len(test.x) >= 1


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, 80, float("nan")])
def test_split_names_a_share_outside_its_domain(share):
    with pytest.raises(DomainError, match=rf"split: expected 0 < share < 1, got {share}"):
        split(numbered(5), share, rng=rng())


def test_split_needs_two_points():
    with pytest.raises(
        DomainError, match="split: expected N ≥ 2 points, so that neither side is empty"
    ):
        split(numbered(1), 0.5, rng=rng())


@pytest.mark.parametrize("load", [iris, breast_cancer])
def test_standardize_gives_the_training_set_mean_0_and_variance_1(load):
    train, test = split(load(), 0.7, rng=rng())
    z_train, z_test = standardize(train, test)
    assert np.allclose(z_train.x.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(z_train.x.var(axis=0), 1)
    mu, sigma = train.x.mean(axis=0), train.x.std(axis=0)
    assert np.allclose(z_test.x * sigma + mu, test.x)
    assert z_train.y is train.y


def test_standardize_leaves_a_constant_feature_at_zero():
    x = np.column_stack([np.full(7, 0.1), np.arange(7.0)])
    data = replace(numbered(7), x=x)
    assert np.std(x[:, 0]) > 0, "a constant whose computed σ is rounding, not 0"
    z, moved = standardize(data, replace(data, x=x + 1))
    assert np.allclose(z.x[:, 0], 0, atol=1e-15)
    assert np.allclose(moved.x[:, 0], 1)
    scaled, _ = standardize(digits(), digits())
    assert np.isfinite(scaled.x).all()


def test_standardize_names_sets_of_different_width():
    with pytest.raises(ShapeError, match=r"got \(150, 4\) and \(1797, 64\)"):
        standardize(iris(), digits())


@pytest.mark.parametrize("load", [iris, breast_cancer, digits])
def test_components_explain_the_share_of_the_singular_values(load):
    data = load()
    sigma = np.linalg.svd(data.x - data.x.mean(axis=0), compute_uv=False)
    flat = first_two_components(data)
    share = flat.x.var(axis=0) / data.x.var(axis=0).sum()
    assert np.allclose(share, (sigma**2 / (sigma**2).sum())[:2])
    assert np.allclose(flat.x.mean(axis=0), 0, atol=1e-9)
    assert abs(np.corrcoef(flat.x.T)[0, 1]) < 1e-9
    assert flat.y is data.y
    assert flat.class_names == data.class_names


def test_iris_components_explain_the_published_shares():
    flat = first_two_components(iris())
    share = flat.x.var(axis=0) / iris().x.var(axis=0).sum()
    assert share == pytest.approx([0.9246, 0.0531], abs=5e-4)


def test_component_signs_do_not_follow_a_mirrored_or_reordered_input():
    data = iris()
    flat = first_two_components(data)
    backwards = first_two_components(replace(data, x=data.x[::-1], y=data.y[::-1]))
    assert np.allclose(backwards.x[::-1], flat.x)
    for column in flat.x.T:
        weights = (data.x - data.x.mean(axis=0)).T @ column
        assert weights[np.argmax(np.abs(weights))] > 0


def test_components_of_two_features_turn_the_plane_without_bending_it():
    data = circle(60, rng=rng())
    flat = first_two_components(data)
    apart = np.linalg.norm(data.x[:, None] - data.x, axis=2)
    assert np.allclose(np.linalg.norm(flat.x[:, None] - flat.x, axis=2), apart)


def test_components_need_two_features():
    thin = DataSet("thin", np.zeros((5, 1)), np.zeros((5, 1)), ("a",), (), "regression")
    with pytest.raises(DomainError, match=r"expected data.x \(N ≥ 2, D ≥ 2\), got \(5, 1\)"):
        first_two_components(thin)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": np.zeros(3)}, "one point a row"),
        ({"y": np.zeros((4, 1))}, "one N ≥ 1"),
        ({"x": np.zeros((0, 2)), "y": np.zeros((0, 1))}, "one N ≥ 1"),
        ({"feature_names": ("a",)}, "2 columns need as many feature_names, got 1"),
        ({"class_names": ("0", "1")}, "needs 0 class_names, got 2"),
        ({"task": "classification"}, "needs 2 class_names, got 0"),
    ],
)
def test_a_set_that_does_not_fit_together_is_refused(change, words):
    with pytest.raises(ShapeError, match=words):
        replace(numbered(3), **change)
