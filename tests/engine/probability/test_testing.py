"""Tests of hypotheses: SciPy's numbers, p-values uniform under the null, power as foretold."""

import math
from itertools import combinations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, UnknownNameError
from engine.probability import StudentT
from engine.probability.incomplete import incomplete_beta
from engine.probability.testing import (
    ALTERNATIVES,
    noncentral_t_tail,
    permutation_differences,
    permutation_test,
    t_test,
    t_test_power,
    two_sample_t_test,
    z_test_power,
)

SAMPLES = st.lists(st.integers(-50, 50), min_size=2, max_size=20).filter(lambda x: len({*x}) > 1)
ALTERNATIVE = st.sampled_from(ALTERNATIVES)


def rng(seed=0):
    return np.random.default_rng(seed)


def looks_uniform(p):
    return scipy.stats.kstest(p, "uniform").pvalue > 0.001


@given(SAMPLES, st.floats(-60, 60), ALTERNATIVE)
def test_one_sample_agrees_with_scipy(x, mean, alternative):
    ours, want = (
        t_test(x, mean, alternative=alternative),
        scipy.stats.ttest_1samp(x, mean, alternative=alternative),
    )
    assert ours.df == want.df
    assert ours.effect == pytest.approx(np.mean(x) - mean, abs=1e-12)
    assert_allclose(ours.statistic, want.statistic, rtol=1e-10, atol=1e-12)
    assert_allclose(ours.p_value, want.pvalue, rtol=1e-10)


@given(SAMPLES, SAMPLES, ALTERNATIVE, st.booleans())
def test_two_samples_agree_with_scipy(x, y, alternative, equal):
    ours = two_sample_t_test(x, y, alternative=alternative, equal_variance=equal)
    want = scipy.stats.ttest_ind(x, y, alternative=alternative, equal_var=equal)
    assert_allclose(ours.statistic, want.statistic, rtol=1e-10, atol=1e-12)
    assert_allclose(ours.df, want.df, rtol=1e-12)
    assert_allclose(ours.p_value, want.pvalue, rtol=1e-10)


def few_below(p, share):
    """As many p-values below it as promised, within four standard deviations of their count."""
    return abs((p < share).mean() - share) <= 4 * math.sqrt(share * (1 - share) / len(p))


def two_sided(t, df):
    """Student's p-values of many statistics at once, df an array too."""
    return incomplete_beta(df / 2, 0.5, df / (df + t * t))[0]


SETS = 10_000
"""Samples in a test of the null: a rate of 5 % is known to 4 √(0.05 · 0.95 / 10⁴) = 0.9 %."""


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_p_values_are_uniform_under_the_null(alternative):
    samples = rng(1).normal(3, 2, (SETS, 6))
    t = (samples.mean(axis=1) - 3) * math.sqrt(6) / samples.std(axis=1, ddof=1)
    law = StudentT(5)
    p = {"two-sided": two_sided(t, 5.0), "greater": law.survival(t), "less": law.cdf(t)}[
        alternative
    ]
    each = [t_test(x, 3, alternative=alternative).p_value for x in samples[:50]]
    assert_allclose(each, p[:50], rtol=1e-9)
    assert looks_uniform(p)
    assert few_below(p, 0.05)
    assert few_below(p, 0.01)


def test_two_sample_p_values_are_uniform_under_the_null():
    x, y = rng(2).standard_normal((2, SETS, 9))
    square = (x.var(axis=1, ddof=1) + y.var(axis=1, ddof=1)) / 9
    p = two_sided((x.mean(axis=1) - y.mean(axis=1)) / np.sqrt(square), 16.0)
    each = [
        two_sample_t_test(*one, equal_variance=True).p_value for one in zip(x[:50], y, strict=False)
    ]
    assert_allclose(each, p[:50], rtol=1e-9)
    assert looks_uniform(p)
    assert few_below(p, 0.05)


def test_p_values_with_unlike_variances_are_nearly_so():
    """Welch's law is an approximation; Student's with one variance is far off here."""
    x, y = rng(10).normal(0, 1, (SETS, 8)), rng(11).normal(0, 5, (SETS, 20))
    v, w = x.var(axis=1, ddof=1) / 8, y.var(axis=1, ddof=1) / 20
    effect = x.mean(axis=1) - y.mean(axis=1)
    p = two_sided(effect / np.sqrt(v + w), (v + w) ** 2 / (v**2 / 7 + w**2 / 19))
    each = [two_sample_t_test(*one).p_value for one in zip(x[:50], y[:50], strict=True)]
    assert_allclose(each, p[:50], rtol=1e-9)
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.01)
    pooled = (7 * 8 * v + 19 * 20 * w) / 26 * (1 / 8 + 1 / 20)
    assert (two_sided(effect / np.sqrt(pooled), 26.0) < 0.05).mean() < 0.02


def test_permutation_p_values_are_uniform_under_the_null():
    """On multiples of 1/200, spread evenly by a number in between; 5 % within 2.8 % of 1000."""
    chance = rng(3)
    samples = chance.exponential(size=(1000, 2, 7))
    p = np.array([permutation_test(x, y, rng=chance, permutations=199).p_value for x, y in samples])
    assert looks_uniform(p - chance.random(1000) / 200)
    assert few_below(p - 1 / 400, 0.05)
    assert p.min() >= 1 / 200


def test_permutations_come_near_the_sum_over_all_of_them():
    x, y = np.array([1.0, 4.0, 2.5, 7.0]), np.array([3.0, 9.0, 8.0, 6.0, 5.0])
    both = np.append(x, y)
    exact = {}
    for chosen in combinations(range(9), 4):
        rest = [i for i in range(9) if i not in chosen]
        exact[chosen] = both[list(chosen)].mean() - both[rest].mean()
    all_of_them, seen = np.array(list(exact.values())), x.mean() - y.mean()
    for alternative, share in (
        ("two-sided", (np.abs(all_of_them) >= abs(seen) - 1e-12).mean()),
        ("less", (all_of_them <= seen + 1e-12).mean()),
        ("greater", (all_of_them >= seen - 1e-12).mean()),
    ):
        found = permutation_test(x, y, rng=rng(4), permutations=20_000, alternative=alternative)
        assert found.p_value == pytest.approx(share, abs=0.012)
        assert found.effect == pytest.approx(seen)


def test_equal_deals_count_as_extreme_whatever_the_rounding():
    x = np.array([0.1, 0.2, 0.3])
    found = permutation_test(x, x + 0.0, rng=rng(5), permutations=500)
    assert found.p_value == 1
    dealt = permutation_differences(x, x, permutations=2000, rng=rng(6))
    assert abs(dealt.mean()) < 0.01


def test_permutations_ask_nothing_of_the_unit():
    x, y = rng(11).normal(0, 1, 8), rng(12).normal(1, 1, 9)
    p = [
        permutation_test(x * unit, y * unit, rng=rng(13), permutations=999).p_value
        for unit in (1.0, 2.0**-80, 2.0**80)
    ]
    assert p[0] == p[1] == p[2] < 0.5


def test_permutations_in_many_parts_are_one():
    x, y = np.arange(30_000.0), np.arange(30_000.0)
    dealt = permutation_differences(x, y, permutations=60, rng=rng(7))
    assert len(np.unique(dealt)) == 60


@given(st.floats(-4, 4), st.integers(2, 100), st.floats(0.001, 0.5), ALTERNATIVE)
@settings(max_examples=40)
def test_power_agrees_with_scipys_noncentral_t(delta, n, alpha, alternative):
    """Only up to δ = 4, and only by `sf`: elsewhere SciPy 1.17's noncentral t gives NaN."""
    c = scipy.stats.t(n - 1)
    up, down = scipy.stats.nct(n - 1, delta), scipy.stats.nct(n - 1, -delta)
    want = {
        "two-sided": up.sf(c.isf(alpha / 2)) + down.sf(c.isf(alpha / 2)),
        "greater": up.sf(c.isf(alpha)),
        "less": down.sf(c.isf(alpha)),
    }
    got = t_test_power(delta / math.sqrt(n), n, alpha=alpha, alternative=alternative)
    assert got == pytest.approx(want[alternative], abs=1e-9)


@given(st.floats(-2, 2), st.integers(1, 100), st.floats(0.5, 3), ALTERNATIVE)
def test_power_with_known_sigma_agrees_with_scipys_normal(effect, n, sigma, alternative):
    delta, Z = effect * math.sqrt(n) / sigma, scipy.stats.norm
    want = {
        "two-sided": Z.sf(Z.isf(0.025) - delta) + Z.cdf(-Z.isf(0.025) - delta),
        "greater": Z.sf(Z.isf(0.05) - delta),
        "less": Z.cdf(-Z.isf(0.05) - delta),
    }
    got = z_test_power(effect, n, sigma=sigma, alternative=alternative)
    assert got == pytest.approx(want[alternative], rel=1e-10)


@pytest.mark.parametrize("power", [z_test_power, t_test_power])
def test_without_an_effect_power_is_the_significance(power):
    for alternative in ALTERNATIVES:
        assert power(0.0, 12, alpha=0.03, alternative=alternative) == pytest.approx(0.03, abs=1e-9)
    assert 1 == power(9.0, 50) > power(0.8, 50) > power(0.8, 20) > power(0.4, 20)


def test_power_is_how_often_the_test_finds_it():
    samples = rng(8).normal(0.6, 1, (SETS, 20))
    t = samples.mean(axis=1) * math.sqrt(20) / samples.std(axis=1, ddof=1)
    found, power = (two_sided(t, 19.0) < 0.05).mean(), t_test_power(0.6, 20)
    assert found == pytest.approx(power, abs=4 * math.sqrt(power * (1 - power) / SETS))


def test_the_central_case_of_the_noncentral_law():
    for nu in (1, 2, 3, 7, 300):
        want = scipy.stats.t(nu).sf([0.0, 0.5, 3.0])
        got = [noncentral_t_tail(c, nu, 0.0) for c in (0.0, 0.5, 3.0)]
        assert_allclose(got, want, rtol=1e-10)


MISTAKES = [
    (lambda: t_test([1]), DomainError, "t_test: expected at least 2 numbers in x"),
    (lambda: t_test([1, 1]), DomainError, "t_test: expected numbers that differ"),
    (lambda: t_test([1, 2], math.inf), DomainError, "t_test: expected finite mean"),
    (
        lambda: t_test([1, 2], alternative="more"),
        UnknownNameError,
        "No alternative is called 'more'",
    ),
    (
        lambda: two_sample_t_test([1, 1], [2, 2]),
        DomainError,
        "expected numbers that differ in x or",
    ),
    (lambda: two_sample_t_test([1, 2], [2]), DomainError, "at least 2 numbers in y"),
    (lambda: permutation_test([], [1], rng=rng()), DomainError, "at least 1 number in x"),
    (
        lambda: permutation_test([1], [1], rng=rng(), permutations=0),
        DomainError,
        "permutation_test: expected an integer permutations ≥ 1",
    ),
    (
        lambda: permutation_test([1], [1], rng=rng(), alternative="up"),
        UnknownNameError,
        "No alternative is called 'up'",
    ),
    (lambda: z_test_power(math.nan, 5), DomainError, "z_test_power: expected finite effect"),
    (lambda: z_test_power(1, 0), DomainError, "z_test_power: expected an integer 1 ≤ n ≤ 1e8"),
    (lambda: t_test_power(1, 1), DomainError, "t_test_power: expected an integer 2 ≤ n ≤ 1e8"),
    (lambda: t_test_power(1, 5, sigma=0), DomainError, "expected 0 < sigma < ∞"),
    (lambda: t_test_power(1, 5, alpha=1), DomainError, "expected 0 < alpha < 1"),
    (lambda: t_test_power(1, 5, alternative="x"), UnknownNameError, "No alternative is called 'x'"),
    (
        lambda: noncentral_t_tail(math.inf, 5, 0),
        DomainError,
        "noncentral_t_tail: expected −1e100 ≤ c ≤ 1e100",
    ),
    (
        lambda: noncentral_t_tail(0, 0.5, 0),
        DomainError,
        r"noncentral_t_tail: expected 1 ≤ nu < ∞, got 0\.5",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
