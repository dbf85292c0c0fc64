"""Many dimensions: volumes by recursion and by counting, directions by their law."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError
from engine.linalg import ball_share, ball_volume, directions, norm
from engine.probability import Beta


def test_the_numbers_of_the_anchors():
    assert [ball_volume(2, p) for p in (1, 2, math.inf)] == pytest.approx([2, math.pi, 4])
    assert round(ball_share(2), 4) == 0.7854
    assert round(ball_share(10), 5) == 0.00249


@given(st.integers(2, 300))
@settings(max_examples=40)
def test_a_ball_of_two_dimensions_more_is_two_pi_by_d_times_as_large(d):
    """V_d = V_{d−2} · 2π/d."""
    assert ball_volume(d) == pytest.approx(ball_volume(d - 2) * math.tau / d, rel=1e-11)


@given(st.integers(1, 20), st.floats(0.1, 9))
@settings(max_examples=40)
def test_diamonds_and_cubes_are_known(d, r):
    assert ball_volume(d, 1, r) == pytest.approx((2 * r) ** d / math.factorial(d), rel=1e-11)
    assert ball_volume(d, math.inf, r) == pytest.approx((2 * r) ** d, rel=1e-11)


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, 8, math.inf])
def test_points_fall_into_it_as_its_share_says(p):
    x = np.random.default_rng(0).uniform(-1, 1, (20_000, 3))
    share = ball_volume(3, p) / 8
    lengths = np.linalg.norm(x, p, axis=1)
    assert lengths[:20].tolist() == pytest.approx([norm(one, p) for one in x[:20]], rel=1e-14)
    hits = np.mean(lengths <= 1)
    assert hits == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 20_000) + 1e-12)


def test_extremes():
    assert ball_volume(0) == 1
    assert ball_volume(0, radius=0) == 1
    assert ball_volume(3, radius=0) == 0
    assert ball_volume(5000) == 0
    assert ball_share(1) == pytest.approx(1)


@pytest.mark.parametrize("d", [1, 2, 3, 30, 1000])
def test_cosines_of_random_directions_have_their_law(d):
    """(1 + cos)/2 is Beta((d−1)/2, (d−1)/2): mean 0 and variance 1/d."""
    u = directions(2000, d, rng=np.random.default_rng(d))
    assert np.linalg.norm(u, axis=1) == pytest.approx(np.ones(2000))
    cosines = (u[::2] * u[1::2]).sum(axis=1)
    assert abs(cosines.mean()) < 4 / math.sqrt(1000 * d)
    assert cosines.std() * math.sqrt(d) == pytest.approx(1, abs=0.1)
    if d > 1:
        law = Beta((d - 1) / 2, (d - 1) / 2)
        assert scipy.stats.kstest((1 + cosines) / 2, law.cdf).pvalue > 0.001


MISTAKES = [
    (lambda: ball_volume(-1), "ball_volume: expected an integer d ≥ 0, got -1"),
    (lambda: ball_volume(2.5), "ball_volume: expected an integer d ≥ 0, got 2.5"),
    (lambda: ball_volume(math.inf), "ball_volume: expected an integer d ≥ 0, got inf"),
    (lambda: ball_volume(2, 0.5), "ball_volume: expected p ≥ 1"),
    (lambda: ball_volume(2, math.nan), "ball_volume: expected p ≥ 1"),
    (lambda: ball_volume(2, radius=-1), "ball_volume: expected 0 ≤ radius < ∞, got -1"),
    (lambda: ball_volume(2000, radius=1e6), "ball_volume: expected a volume below 1.8e308"),
    (lambda: ball_share(0.5), "ball_share: expected an integer d ≥ 0, got 0.5"),
    (
        lambda: directions(-1, 2, rng=np.random.default_rng(0)),
        "directions: expected an integer n ≥ 0",
    ),
    (
        lambda: directions(1, 0, rng=np.random.default_rng(0)),
        "directions: expected an integer d ≥ 1",
    ),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, message):
    with pytest.raises(DomainError, match=message):
        mistake()
