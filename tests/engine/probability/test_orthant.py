"""Cumulatives of normal clouds: closed forms, SciPy, limits, and an honest standard error."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, ShapeError
from engine.probability import MultivariateNormal, Normal
from engine.probability.orthant import bivariate_cdf, multivariate_cdf

NEAR_ONE = st.floats(-14, -0.1).map(lambda e: 1 - 10**e)
RHO = st.floats(-0.999, 0.999) | NEAR_ONE | NEAR_ONE.map(lambda rho: -rho)
Z = st.floats(-8, 8)


def cdf(z):
    return float(Normal().cdf(z))


def chance(seed=0):
    return np.random.default_rng(seed)


@given(RHO)
def test_a_quadrant_is_a_quarter_and_the_arc_sine(rho):
    want = 0.25 + math.asin(rho) / math.tau
    assert bivariate_cdf(0, 0, rho) == pytest.approx(want, abs=1e-15)


@given(Z, Z, RHO)
@settings(max_examples=200)
def test_it_agrees_with_scipy(h, k, rho):
    scipys = scipy.stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]], allow_singular=True)
    want = scipys.cdf([h, k])
    assert bivariate_cdf(h, k, rho) == pytest.approx(want, rel=1e-9, abs=1e-13)


@given(st.floats(-30, 3), st.floats(-30, 3), st.floats(-0.7, 0.95))
@settings(max_examples=60)
def test_tails_have_their_digits(h, k, rho):
    """The same number from the density along lines through the corner, by SciPy, on its logarithm.

    P = ∫∫ φ₂(h − u, k − v) du dv over u, v ≥ 0, with the corner's density taken out.
    """
    s2 = 1 - rho**2
    a, b = (h - rho * k) / s2, (k - rho * h) / s2
    if max(a, b) > -0.5:
        return  # the corner is not the peak
    exponent = -(h * h - 2 * rho * h * k + k * k) / (2 * s2)

    def rest(v, u):
        return math.exp(a * u + b * v - (u * u - 2 * rho * u * v + v * v) / (2 * s2))

    inside, _ = scipy.integrate.dblquad(
        rest, 0, 40 / abs(a), 0, 40 / abs(b), epsabs=0, epsrel=1e-10
    )
    want = exponent + math.log(inside / (math.tau * math.sqrt(s2)))
    if want < -650:
        return
    assert math.log(bivariate_cdf(h, k, rho)) == pytest.approx(want, abs=1e-8)


@given(Z, Z, RHO)
def test_laws_of_symmetry(h, k, rho):
    """P(X ≤ h) is both halves of itself; changing places and both signs."""
    below = bivariate_cdf(h, k, rho)
    assert below == bivariate_cdf(k, h, rho)
    above = bivariate_cdf(h, -k, -rho)
    assert below + above == pytest.approx(cdf(h), abs=2e-14)
    assert max(0, cdf(h) + cdf(k) - 1) - 1e-15 <= below <= min(cdf(h), cdf(k)) + 1e-15


@given(Z, Z)
def test_the_ends_of_the_correlation(h, k):
    assert bivariate_cdf(h, k, 0) == pytest.approx(cdf(h) * cdf(k), rel=1e-14, abs=0)
    assert bivariate_cdf(h, k, 1) == pytest.approx(cdf(min(h, k)), rel=1e-14, abs=0)
    assert bivariate_cdf(h, k, -1) == pytest.approx(max(0, cdf(h) - cdf(-k)))
    assert bivariate_cdf(h, k, 1 - 1e-15) == pytest.approx(cdf(min(h, k)), abs=1e-7)


@given(RHO, Z)
def test_infinite_limits(rho, h):
    assert bivariate_cdf(h, math.inf, rho) == pytest.approx(cdf(h), rel=1e-14, abs=0)
    assert bivariate_cdf(-math.inf, h, rho) == 0
    assert bivariate_cdf(math.inf, math.inf, rho) == 1


def cloud(D, seed):
    A = chance(seed).standard_normal((D, D))
    return MultivariateNormal(chance(seed + 1).standard_normal(D), A @ A.T + 0.2 * np.eye(D))


@given(st.integers(1, 2), st.integers(0, 999))
def test_a_cloud_of_up_to_two_dimensions_agrees_with_scipy(D, seed):
    law, x = cloud(D, seed), 2 * chance(seed + 2).standard_normal((2, 3, D))
    want = scipy.stats.multivariate_normal(law.mean, law.covariance).cdf(x)
    found = law.cdf(x)
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found, want, atol=1e-12)
    one = law.cdf_estimate(x[0, 0], rng=chance())
    assert one == (found[0, 0], 0, 0)


@pytest.mark.sweep
@pytest.mark.parametrize("D", [3, 4, 6])
def test_more_dimensions_agree_with_scipy_within_what_is_stated(D):
    for seed in range(3):
        law = cloud(D, seed)
        x = law.mean + np.abs(chance(seed + 2).standard_normal(D))
        want = scipy.stats.multivariate_normal.cdf(
            x, law.mean, law.covariance, abseps=1e-6, releps=1e-6, maxpts=400_000
        )
        found = law.cdf_estimate(x, rng=chance(seed), points=40_000)
        assert abs(found.value - want) < 5 * found.standard_error + 2e-5
        assert found.standard_error < 2e-3 * found.value + 1e-6


def test_three_dimensions_in_closed_form():
    """P(all ≤ 0) = 1/8 + (Σ arcsin ρ)/4π."""
    sigma = np.array([[1, 0.5, -0.2], [0.5, 1, 0.3], [-0.2, 0.3, 1]])
    want = 1 / 8 + np.arcsin(sigma[np.triu_indices(3, 1)]).sum() / (4 * math.pi)
    found = multivariate_cdf([0, 0, 0], sigma, rng=chance(), points=100_000)
    assert abs(found.value - want) < 4 * found.standard_error < 1e-4
    assert found.points == 100_000
    equal = np.full((4, 4), 0.5) + 0.5 * np.eye(4)  # 1/(D + 1)
    found = multivariate_cdf(np.zeros(4), equal, rng=chance(), points=100_000)
    assert abs(found.value - 0.2) < 4 * found.standard_error < 1e-3


def test_what_is_independent_has_no_error():
    found = multivariate_cdf([0.5, -1, 2], np.diag([1.0, 4, 9]), rng=chance())
    want = cdf(0.5) * cdf(-0.5) * cdf(2 / 3)
    assert found.value == pytest.approx(want, rel=1e-12)
    assert found.standard_error < 1e-14


@pytest.mark.sweep
def test_the_standard_error_is_honest():
    """Over 200 seeds (value − truth)/error has Student's spread with 15 degrees of freedom."""
    sigma = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    runs = [multivariate_cdf(np.zeros(3), sigma, rng=chance(s), points=640) for s in range(200)]
    z = np.array([(run.value - 0.25) / run.standard_error for run in runs])
    assert abs(z.mean()) < 4 * 1.074 / math.sqrt(200)
    assert scipy.stats.kstest(z, scipy.stats.t(15).cdf).pvalue > 0.001


def test_infinite_limits_are_integrated_away():
    law = cloud(4, 7)
    x = np.array([0.3, math.inf, -0.4, math.inf])
    assert law.cdf(x) == law.marginal([0, 2]).cdf([0.3, -0.4])
    assert law.cdf([math.inf] * 4) == 1
    assert law.cdf([math.inf, -math.inf, math.inf, math.inf]) == 0
    some = law.cdf_estimate([0.3, 0.1, -0.4, math.inf], rng=chance())
    part = law.marginal([0, 1, 2]).cdf_estimate([0.3, 0.1, -0.4], rng=chance())
    assert some == part
    nothing = law.cdf_estimate([0.3, -math.inf, 1, 2], rng=chance())
    assert nothing.value == nothing.standard_error == 0


def test_draws_fall_below_as_often():
    law, n = cloud(3, 9), 100_000
    x = law.mean + np.array([0.5, 1.0, -0.2])
    hits = (law.sample(n, rng=chance(1)) <= x).all(axis=1).mean()
    p = law.cdf_estimate(x, rng=chance(2)).value
    assert abs(hits - p) < 4 * math.sqrt(p * (1 - p) / n)


@given(st.floats(0.001, 9), st.floats(0.001, 2))
def test_a_thin_strip_between_opposites_has_its_digits(h, width):
    """ρ = −1 leaves −k < X ≤ h, which from tails above 0 is a difference without cancellation."""
    want = cdf(-(h - width)) - cdf(-h) if h > width else cdf(h) - cdf(h - width)
    for limits in ((h, width - h), (width - h, h)):
        assert bivariate_cdf(*limits, -1) == pytest.approx(want, rel=1e-10, abs=0)


def test_the_tightest_limit_first_whatever_the_order():
    b, sigma = np.array([2.0, 1, 0, -2]), np.full((4, 4), 0.6) + 0.4 * np.eye(4)
    for limits in (b, b[::-1]):
        found = multivariate_cdf(limits, sigma, rng=chance(), points=1600)
        assert found.standard_error < 1e-5  # the loosest first: 5e-4


def test_the_error_of_a_smooth_integrand_falls_faster_than_one_over_n():
    b, sigma = np.array([-2.0, 0, 1, 2]), np.full((4, 4), 0.6) + 0.4 * np.eye(4)
    few, many = (
        multivariate_cdf(b, sigma, rng=chance(), points=n).standard_error for n in (1600, 160_000)
    )
    assert many < few / 130


def test_points_are_those_that_were_drawn():
    assert multivariate_cdf([0, 0], np.eye(2), rng=chance(), points=1000).points == 992


@pytest.mark.parametrize(
    ("a", "b", "c"),
    [
        (8.730624783830681, 7.2224609490511105, 5.974823503717293),
        (9.435531882230904, 1.854318216388567, 0.36441994903391606),
    ],
)
def test_a_correlation_that_rounds_beyond_one_is_one(a, b, c):
    assert b / math.sqrt(a) / math.sqrt(c) > 1
    law = MultivariateNormal([0, 0], [[a, b], [b, c]])
    assert law.cdf([0, 0]) == pytest.approx(0.5, abs=1e-7)


def test_numbers_beyond_the_range_end_in_limits():
    narrow = MultivariateNormal([-1e100, 0], np.diag([1e-200, 1.0]))
    assert narrow.cdf([1e308, 0]) == 0.5
    thin = np.diag([1e-300, 1.0, 1.0])
    assert multivariate_cdf([1e308, 0, 0], thin, rng=chance()).value == 0.25


def test_a_marginal_keeps_the_order_asked_for():
    law = cloud(3, 4)
    part = law.marginal(np.array([2, 0]))
    assert part.mean.tolist() == [law.mean[2], law.mean[0]]
    assert part.covariance.tolist() == law.covariance[[2, 0]][:, [2, 0]].tolist()


def test_the_same_chance_gives_the_same_bits():
    runs = [multivariate_cdf([0, 1, 2], np.eye(3) + 0.3, rng=chance(4)) for _ in range(2)]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("D", [1, 2, 5])
def test_an_ellipse_holds_its_share(D):
    law = cloud(D, 11)
    inside = law.distance(law.sample(50_000, rng=chance(3))) <= law.radius(0.8)
    assert abs(inside.mean() - 0.8) < 4 * math.sqrt(0.16 / 50_000)
    assert cloud(2, 0).radius(0.95) == pytest.approx(math.sqrt(-2 * math.log(0.05)), rel=1e-12)
    assert (law.radius(0), law.radius(1)) == (0, math.inf)


LAW = cloud(3, 0)
MISTAKES = [
    (lambda: bivariate_cdf(0, 0, 1.1), DomainError, "expected −1 ≤ rho ≤ 1, got 1.1"),
    (
        lambda: bivariate_cdf(math.nan, 0, 0),
        DomainError,
        "bivariate_cdf: expected h without NaN, got nan",
    ),
    (lambda: LAW.cdf([0, 0, 0]), DomainError, "at most 2 limits below ∞ .*estimate.*got 3"),
    (lambda: LAW.cdf([0, 0]), ShapeError, r"expected x of shape \(…, 3\), got \(2,\)"),
    (lambda: LAW.cdf([0, 0, math.nan]), DomainError, "x without NaN"),
    (lambda: LAW.cdf_estimate([[0, 0, 0]], rng=chance()), ShapeError, r"x of shape \(3,\), got"),
    (
        lambda: LAW.cdf_estimate([0, 0, 0], rng=chance(), points=10),
        DomainError,
        "multivariate_cdf: expected an integer 160 ≤ points ≤ 1e8",
    ),
    (
        lambda: multivariate_cdf([0, 0], np.ones((2, 2)), rng=chance()),
        DomainError,
        "a positive definite sigma",
    ),
    (
        lambda: multivariate_cdf([0], np.eye(2), rng=chance()),
        ShapeError,
        r"multivariate_cdf: expected sigma of shape \(1, 1\), got \(2, 2\)",
    ),
    (lambda: LAW.marginal([]), DomainError, "coordinates from 0 to 2, each once"),
    (lambda: LAW.marginal([0, 0]), DomainError, "coordinates from 0 to 2, each once"),
    (lambda: LAW.marginal([3]), DomainError, "coordinates from 0 to 2, each once"),
    (lambda: LAW.radius(1.5), DomainError, "0 ≤ p ≤ 1"),
    (lambda: LAW.radius([]), ShapeError, r"one number p, got shape \(0,\)"),
    (lambda: LAW.marginal([0.5]), DomainError, "coordinates from 0 to 2, each once"),
    (lambda: LAW.marginal(1), DomainError, "coordinates from 0 to 2, each once"),
    (lambda: LAW.marginal("x"), DomainError, "coordinates of real numbers"),
    (
        lambda: bivariate_cdf([0], 0, 0),
        ShapeError,
        r"bivariate_cdf: expected one number h, got shape \(1,\)",
    ),
    (lambda: bivariate_cdf(0, 0, "x"), DomainError, "expected −1 ≤ rho ≤ 1, got .x."),
    (
        lambda: multivariate_cdf([0, 0], [[1, 0.5], [0, 1]], rng=chance()),
        DomainError,
        r"multivariate_cdf: expected sigma symmetric, got sigma\[0, 1\] = 0\.5",
    ),
    (
        lambda: multivariate_cdf([0, 0], np.diag([1.0, 0]), rng=chance()),
        DomainError,
        "a positive definite sigma",
    ),
    (
        lambda: multivariate_cdf([0, 0], np.diag([1, np.inf]), rng=chance()),
        DomainError,
        r"multivariate_cdf: expected finite sigma, got inf at index \(1, 1\)",
    ),
    (
        lambda: multivariate_cdf([0], [[1]], rng=chance(), points="many"),
        DomainError,
        "multivariate_cdf: expected an integer 160 ≤ points ≤ 1e8",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
