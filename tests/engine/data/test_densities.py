"""A ring of clouds has the promised means and spreads, and the count of modes is right."""

import numpy as np
import pytest

from engine.data import modes_covered, ring, ring_centers
from engine.errors import DomainError, ShapeError


def rng(seed=0):
    return np.random.default_rng(seed)


def test_one_seed_makes_one_ring():
    first, again, other = (ring(100, rng=rng(seed)) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first.shape, first.dtype) == ((100, 2), np.float64)


@pytest.mark.parametrize("modes", [1, 2, 5, 8])
def test_centers_stand_evenly_on_the_circle(modes):
    centers = ring_centers(modes, 3.0)
    np.testing.assert_allclose(np.hypot(*centers.T), 3, rtol=1e-14)
    assert centers[0].tolist() == [3, 0]
    turn = np.exp(2j * np.pi / modes)
    z = centers @ [1, 1j]
    np.testing.assert_allclose(np.roll(z, -1), z * turn, atol=1e-14)


def test_each_cloud_has_its_mean_spread_and_share():
    n, modes, sd = 40_000, 5, 0.1
    points, centers = ring(n, modes, 2.0, sd, rng=rng()), ring_centers(modes, 2.0)
    nearest = np.linalg.norm(points[:, None] - centers, axis=2).argmin(axis=1)
    for k, center in enumerate(centers):
        cloud = points[nearest == k]
        m = len(cloud)
        assert abs(m / n - 1 / 5) < 4 * np.sqrt(0.16 / n)
        np.testing.assert_allclose(cloud.mean(axis=0), center, atol=4 * sd / np.sqrt(m))
        np.testing.assert_allclose(
            np.cov(cloud.T), sd**2 * np.eye(2), atol=4 * sd**2 * np.sqrt(2 / m)
        )


def test_without_spread_the_points_are_the_centers():
    points = ring(200, 4, sd=0.0, rng=rng())
    assert {tuple(p) for p in points} == {tuple(c) for c in ring_centers(4)}


def test_three_sd_hold_the_share_that_theory_says():
    """P(‖x‖ ≤ 3 sd) = 1 − e^(−9/2) in the plane: one cloud of n points is covered up to there."""
    n, wanted = 20_000, 1 - np.exp(-4.5)
    error = 4 * np.sqrt(wanted * (1 - wanted) / n)
    points, center = ring(n, 1, rng=rng()), ring_centers(1)
    assert modes_covered(points, center, 0.05, share=wanted - error) == 1
    assert modes_covered(points, center, 0.05, share=wanted + error) == 0


@pytest.mark.parametrize("kept", range(9))
def test_a_generator_that_forgot_modes_is_found_out(kept):
    centers = ring_centers()
    points = ring(4000, rng=rng())
    nearest = np.linalg.norm(points[:, None] - centers, axis=2).argmin(axis=1)
    left = np.vstack([points[nearest < kept], [[0.0, 0.0]]])
    assert modes_covered(left, centers, 0.05) == kept
    assert modes_covered(left, centers, 0.05, share=0.1) == kept


def test_the_edge_is_three_sd_and_a_share_is_of_all_points():
    centers = np.array([[0.0, 0.0], [10.0, 0.0]])
    points = np.array([[3.0, 0.0], [0.0, 3.01], [10.0, 0.0], [10.0, 1.0]])
    assert modes_covered(points[:1], centers, 1.0) == 1
    assert modes_covered(points[1:2], centers, 1.0) == 0
    assert [modes_covered(points, centers, 1.0, s) for s in (0.25, 0.26, 0.5, 0.51)] == [2, 1, 1, 0]


def test_a_point_between_two_modes_counts_once():
    centers = np.array([[0.0, 0.0], [2.0, 0.0]])
    assert modes_covered(np.array([[0.9, 0.0]]), centers, 1.0) == 1


def test_points_that_diverged_cover_nothing():
    lost = np.array([[np.nan, 0.0], [np.inf, np.inf], [1e300, -1e300], [np.inf, np.nan]])
    assert modes_covered(lost, ring_centers(), 0.05) == 0
    assert modes_covered(np.vstack([lost, [[1.0, 0.0]]]), ring_centers(), 0.05) == 1


POINT = np.zeros((1, 2))
MISTAKES = [
    (lambda: ring_centers(0), DomainError, "ring_centers: expected an integer modes ≥ 1"),
    (lambda: ring_centers(8, 0.0), DomainError, "expected 0 < radius < ∞, got 0.0"),
    (lambda: ring_centers(8, np.inf), DomainError, "expected 0 < radius < ∞, got inf"),
    (lambda: ring(0, rng=rng()), DomainError, "ring: expected an integer count ≥ 1"),
    (lambda: ring(1, 0, rng=rng()), DomainError, "ring_centers: expected an integer modes ≥ 1"),
    (lambda: ring(1, sd=-0.1, rng=rng()), DomainError, "ring: expected 0 ≤ sd < ∞, got -0.1"),
    (lambda: ring(1, sd=np.nan, rng=rng()), DomainError, "ring: expected 0 ≤ sd < ∞, got nan"),
    (lambda: modes_covered(POINT, POINT, 0.0), DomainError, "expected 0 < sd < ∞, got 0.0"),
    (lambda: modes_covered(POINT, POINT, 1, 1.5), DomainError, "0 ≤ share ≤ 1, got 1.5"),
    (lambda: modes_covered(POINT[0], POINT, 1), ShapeError, r"expected points .* got \(2,\)"),
    (lambda: modes_covered(POINT[:0], POINT, 1), DomainError, "expected at least 1 row in points"),
    (lambda: modes_covered(POINT, POINT.T, 1), ShapeError, r"expected centers .* got \(2, 1\)"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
