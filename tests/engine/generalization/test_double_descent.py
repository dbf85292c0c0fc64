"""Double descent: the exact risk of Gaussian data, its limit, and what is measured."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, ShapeError
from engine.generalization import (
    double_descent_steps,
    gaussian_risk,
    isotropic_risk,
    minimum_norm,
)


def test_what_is_measured_is_what_is_foretold():
    """Where the risk has a variance itself, four cases or more away from the peak."""
    widths = [1, 5, 10, 15, 25, 30, 40, 100]
    found = list(
        double_descent_steps(
            20, widths, sigma=0.7, r=1.3, repeats=400, rng=np.random.default_rng(0)
        )
    )
    assert [one.weights for one in found] == widths
    for one in found:
        assert one.gamma == one.weights / 20
        assert abs(one.risk - one.bias2 - one.variance) < 4 * one.standard_error
        assert (one.bias2, one.variance) == gaussian_risk(20, one.weights, sigma=0.7, r=1.3)


def test_the_error_rises_to_the_peak_and_falls_again():
    widths = [5, 10, 15, 19, 20, 21, 25, 40, 80, 160]
    chance = np.random.default_rng(1)
    risks = [one.risk for one in double_descent_steps(20, widths, sigma=0.5, rng=chance)]
    peak = int(np.argmax(risks))
    assert widths[peak] in (19, 20, 21)
    assert risks[:3] == sorted(risks[:3])
    assert risks[-1] < risks[6] < risks[peak] / 5


SIZES = st.just(0.0) | st.floats(1e-100, 3)


@given(st.floats(0.01, 0.95) | st.floats(1.05, 20), SIZES, SIZES)
def test_many_data_come_to_the_limit(gamma, sigma, r):
    n = 10**9
    limit, exact = (
        isotropic_risk(gamma, sigma=sigma, r=r),
        gaussian_risk(n, round(gamma * n), sigma=sigma, r=r),
    )
    assert_allclose(exact, limit, rtol=1e-6)


def test_the_numbers_of_the_anchors():
    """σ² g/(1 − g) below 1, σ²/(g − 1) + r² (1 − 1/g) above, and a peak at 1."""
    assert isotropic_risk(0.8, sigma=2.0) == (0, pytest.approx(16))
    assert isotropic_risk(4.0, sigma=3.0, r=2.0) == (pytest.approx(3), pytest.approx(3))
    assert isotropic_risk(1.0) == gaussian_risk(9, 9) == (0, math.inf)
    assert gaussian_risk(9, 10).variance == gaussian_risk(9, 8).variance == math.inf
    assert isotropic_risk(1.0, sigma=0.0) == gaussian_risk(9, 9, sigma=0.0) == (0, 0)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 9999), st.booleans())
def test_the_shortest_fit_is_the_pseudo_inverse(N, D, seed, twice):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((N, D)), rng.standard_normal(N)
    if twice:  # dependent columns and rows
        X, y = np.tile(X, (2, 2)), np.tile(y, 2)
    slack = 1e-12 * np.linalg.cond(X[:N, :D])
    assert_allclose(minimum_norm(X, y), np.linalg.pinv(X) @ y, atol=slack * np.abs(y).max())


def test_without_noise_enough_data_tell_all():
    (found,) = double_descent_steps(30, [10], sigma=0.0, repeats=2, rng=np.random.default_rng(2))
    assert found.risk < 1e-25


def test_the_same_chance_gives_the_same_numbers():
    def run():
        return list(double_descent_steps(9, [3, 20], repeats=3, rng=np.random.default_rng(3)))

    assert run() == run()


CHANCE = np.random.default_rng(0)
MISTAKES = [
    (lambda: isotropic_risk(0), DomainError, "isotropic_risk: expected 0 < gamma < ∞, got 0"),
    (
        lambda: isotropic_risk(1, sigma=-1),
        DomainError,
        "isotropic_risk: expected 0 ≤ sigma < ∞, got -1",
    ),
    (lambda: isotropic_risk(1, r=math.nan), DomainError, "isotropic_risk: expected 0 ≤ r < ∞"),
    (lambda: gaussian_risk(0, 1), DomainError, "gaussian_risk: expected an integer n ≥ 1"),
    (lambda: gaussian_risk(1, 0.5), DomainError, "gaussian_risk: expected an integer weights ≥ 1"),
    (
        lambda: double_descent_steps(1, [1], rng=CHANCE),
        DomainError,
        "double_descent_steps: expected an integer n ≥ 2",
    ),
    (
        lambda: double_descent_steps(5, [0], rng=CHANCE),
        DomainError,
        "double_descent_steps: expected an integer width ≥ 1",
    ),
    (lambda: double_descent_steps(5, [1], repeats=1, rng=CHANCE), DomainError, "repeats ≥ 2"),
    (
        lambda: double_descent_steps(5, [1], sigma=-1, rng=CHANCE),
        DomainError,
        "double_descent_steps: expected 0 ≤ sigma < ∞, got -1",
    ),
    (
        lambda: minimum_norm([[1.0]], [1, 2]),
        ShapeError,
        r"minimum_norm: expected y of shape \(1,\)",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
