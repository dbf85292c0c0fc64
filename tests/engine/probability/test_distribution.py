"""Every law: sums to 1, agrees with SciPy, draws as it says, and names what it is not defined for.

SciPy is compared over moderate parameters; with larger ones it is SciPy that loses digits
(test_special.py and test_incomplete.py compare those with exact arithmetic).
"""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine.errors import DomainError, UnknownNameError
from engine.probability import (
    DISTRIBUTIONS,
    Bernoulli,
    Beta,
    Binomial,
    Categorical,
    ChiSquare,
    Exponential,
    Gamma,
    Geometric,
    Laplace,
    Normal,
    Poisson,
    StudentT,
    Uniform,
    distribution,
)

SHARE = st.floats(0.001, 0.999)
PLACE, SCALE, SHAPE = st.floats(-50, 50), st.floats(0.02, 50), st.floats(0.05, 500)


def die(weights):
    p = np.array(weights) / sum(weights)
    return Categorical(tuple(p.tolist()))


LAWS = {
    "bernoulli": st.builds(Bernoulli, SHARE),
    "binomial": st.builds(Binomial, st.integers(1, 2000), SHARE),
    "geometric": st.builds(Geometric, SHARE),
    "poisson": st.builds(Poisson, st.floats(0.01, 2000)),
    "categorical": st.lists(st.floats(0.01, 1), min_size=2, max_size=8).map(die),
    "uniform": st.builds(lambda a, w: Uniform(a, a + w), PLACE, SCALE),
    "normal": st.builds(Normal, PLACE, SCALE),
    "exponential": st.builds(Exponential, SCALE),
    "laplace": st.builds(Laplace, PLACE, SCALE),
    "gamma": st.builds(Gamma, SHAPE, SCALE),
    "chi_square": st.builds(ChiSquare, SHAPE),
    "beta": st.builds(Beta, SHAPE, SHAPE),
    "student_t": st.builds(StudentT, st.floats(0.3, 500)),
}
SCIPY = {
    "bernoulli": lambda law: scipy.stats.bernoulli(law.p),
    "binomial": lambda law: scipy.stats.binom(law.n, law.p),
    "geometric": lambda law: scipy.stats.geom(law.p),
    "poisson": lambda law: scipy.stats.poisson(law.rate),
    "categorical": lambda law: scipy.stats.rv_discrete(values=(range(len(law.p)), law.p)),
    "uniform": lambda law: scipy.stats.uniform(law.low, law.high - law.low),
    "normal": lambda law: scipy.stats.norm(law.mu, law.sigma),
    "exponential": lambda law: scipy.stats.expon(scale=1 / law.rate),
    "laplace": lambda law: scipy.stats.laplace(law.mu, law.b),
    "gamma": lambda law: scipy.stats.gamma(law.shape, scale=1 / law.rate),
    "chi_square": lambda law: scipy.stats.chi2(law.k),
    "beta": lambda law: scipy.stats.beta(law.a, law.b),
    "student_t": lambda law: scipy.stats.t(law.nu),
}
EXAMPLES = [
    *(law() for law in DISTRIBUTIONS.values()),
    Bernoulli(0.1), Binomial(40, 0.05), Geometric(0.03), Poisson(0.2), Poisson(150.0),
    Categorical((0.0, 0.7, 0.0, 0.3)), Categorical((1.0,)), Uniform(-3, 9), Normal(4, 0.01),
    Exponential(20.0), Laplace(-2, 7), Gamma(0.4, 3.0), Gamma(60.0, 0.1), ChiSquare(1),
    ChiSquare(40),
    Beta(0.5, 0.5), Beta(1, 3), Beta(30, 5), StudentT(1), StudentT(2.5), StudentT(80),
]  # fmt: skip
DISCRETE = [law for law in EXAMPLES if law.support.discrete]
CONTINUOUS = [law for law in EXAMPLES if not law.support.discrete]


def rng(seed=0):
    return np.random.default_rng(seed)


def of(law):
    return SCIPY[law.name](law)


def test_there_are_thirteen_laws_and_each_is_tested():
    assert len(DISTRIBUTIONS) == 13
    assert set(DISTRIBUTIONS) == set(LAWS) == set(SCIPY) == {law.name for law in EXAMPLES}
    assert distribution("beta") is Beta


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@given(st.data())
@settings(max_examples=40)
def test_density_cdf_and_quantile_agree_with_scipy(name, data):
    law = data.draw(LAWS[name])
    p = np.array(data.draw(st.lists(st.floats(1e-4, 1 - 1e-4), min_size=3, max_size=3)))
    scipys = of(law)
    x = np.asarray(scipys.ppf(p), dtype=float)
    mass = scipys.pmf if law.support.discrete else scipys.pdf
    inner = np.isfinite(x) & (x > 1e-280) if law.support.low == 0 else np.isfinite(x)
    x = x[inner | (law.support.discrete)]
    assert_allclose(law.density(x), mass(x), rtol=1e-10)
    assert_allclose(law.cdf(x), scipys.cdf(x), rtol=1e-10)
    assert_allclose(law.survival(x), scipys.sf(x), rtol=1e-10, atol=1e-15)
    want = scipys.ppf(p)
    if not law.support.discrete:
        assert_allclose(law.quantile(p), want, rtol=1e-10, atol=1e-280)
    else:
        # A p within rounding of a jump may fall to either side; elsewhere the numbers are equal.
        clear = np.abs(scipys.cdf(want) - p) > 1e-12
        clear &= np.abs(scipys.cdf(want - 1) - p) > 1e-12
        assert_allclose(law.quantile(p)[clear], want[clear], rtol=0)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@given(st.data())
@settings(max_examples=20)
def test_mean_and_variance_agree_with_scipy(name, data):
    law = data.draw(LAWS[name])
    mean, variance = of(law).stats(moments="mv")
    if name == "student_t" and law.nu <= 2:
        assert math.isnan(law.variance) if law.nu <= 1 else law.variance == math.inf
        assert math.isnan(law.mean) == (law.nu <= 1)
    else:
        assert_allclose([law.mean, law.variance], [mean, variance], rtol=1e-10, atol=1e-13)
        assert law.std == pytest.approx(math.sqrt(law.variance), rel=1e-15)


FAR = [
    (Normal(0, 1), [-37.0, -20.0, 15.0, 37.0]),
    (Exponential(2.0), [1e-300, 1e-12, 300.0]),
    (Laplace(0, 1), [-700.0, 700.0]),
    (Gamma(3.0, 1.0), [1e-90, 1e-9, 100.0, 600.0]),
    (ChiSquare(4), [1e-100, 1000.0]),
    (Beta(2, 5), [1e-100, 1e-9, 1 - 1e-6]),
    (StudentT(3), [-1e60, -1e6, 1e6, 1e60]),
    (Poisson(20.0), [0.0, 100.0, 250.0]),
    (Binomial(500, 0.3), [0.0, 20.0, 400.0, 499.0]),
    (Geometric(0.4), [1.0, 500.0, 1200.0]),
]


@pytest.mark.parametrize(("law", "x"), FAR, ids=lambda value: getattr(value, "name", ""))
def test_far_tails_agree_with_scipy(law, x):
    scipys = of(law)
    mass = scipys.logpmf if law.support.discrete else scipys.logpdf
    assert_allclose(law.log_density(x), mass(x), rtol=1e-10)
    assert_allclose(law.cdf(x), scipys.cdf(x), rtol=1e-10)
    assert_allclose(law.survival(x), scipys.sf(x), rtol=1e-10)


@pytest.mark.parametrize("law", DISCRETE, ids=repr)
def test_masses_sum_to_one_and_to_the_cdf(law):
    last = int(law.quantile(1 - 1e-15))
    x = np.arange(law.support.low, last + 2)
    mass = law.density(x)
    assert mass.sum() == pytest.approx(1, abs=1e-12)
    assert_allclose(law.cdf(x), np.cumsum(mass), rtol=1e-12, atol=1e-13)
    assert_allclose(law.cdf(x + 0.5), law.cdf(x))
    assert mass @ x == pytest.approx(law.mean, rel=1e-10, abs=1e-12)
    assert mass @ (x - law.mean) ** 2 == pytest.approx(law.variance, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("law", CONTINUOUS, ids=repr)
def test_the_integral_of_a_density_is_the_cdf(law):
    """Between quantiles, so that a pole at an end (gamma and beta below 1) is left out."""
    p = np.array([0.01, 0.2, 0.5, 0.8, 0.99])
    x = law.quantile(p)
    for low, high, share in zip(x[:-1], x[1:], np.diff(p), strict=True):
        area, _ = scipy.integrate.quad(law.density, low, high, epsabs=1e-12, epsrel=1e-11)
        assert area == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize("law", CONTINUOUS, ids=repr)
def test_a_quantile_goes_back_to_its_share(law):
    p = np.array([1e-12, 1e-3, 0.1, 0.4999, 0.5, 0.7, 0.999, 1 - 1e-12])
    if law == Uniform(-3, 9):  # a quantile near −3 is a number with 4·10⁻¹⁶ between neighbours
        p = p[1:]
    assert_allclose(law.cdf(law.quantile(p)), p, rtol=1e-12)
    assert law.quantile([0.0, 1.0]).tolist() == [law.support.low, law.support.high]


@pytest.mark.parametrize("law", DISCRETE, ids=repr)
def test_a_quantile_is_the_first_number_that_reaches_its_share(law):
    p = np.append(np.linspace(0.001, 0.999, 37), [1e-9, 1 - 1e-9])
    k = law.quantile(p)
    assert (law.cdf(k) >= p).all()
    assert (law.cdf(k - 1) < p).all()
    low, high, _ = law.support
    assert law.quantile([0.0, 1.0]).tolist() == [low, high]
    first = np.arange(low, law.quantile(0.99) + 1)
    first = first[law.density(first) > 0]
    assert law.quantile(law.cdf(first)).tolist() == first.tolist()


@pytest.mark.sweep
@pytest.mark.parametrize("law", CONTINUOUS, ids=repr)
def test_draws_follow_the_law_by_kolmogorov_and_smirnov(law):
    x = law.sample(100_000, rng=rng(1))
    assert x.shape == (100_000,)
    shares = np.sort(law.cdf(x))
    steps = np.arange(100_001) / 100_000
    distance = max((steps[1:] - shares).max(), (shares - steps[:-1]).max())
    assert scipy.stats.kstwo.sf(distance, 100_000) > 0.001


@pytest.mark.parametrize("law", DISCRETE, ids=repr)
def test_draws_follow_the_law_by_chi_square(law):
    x = law.sample(100_000, rng=rng(2))
    edges = np.unique(law.quantile(np.linspace(0, 0.99, 20)))  # the rest is the last cell
    shares = np.diff(law.cdf(edges), prepend=0, append=1)
    counts = np.bincount(np.searchsorted(edges, x), minlength=len(shares))
    assert counts[shares < 1e-14].sum() == 0
    shares, counts = shares[shares >= 1e-14], counts[shares >= 1e-14]
    statistic = ((counts - 1e5 * shares) ** 2 / (1e5 * shares)).sum()
    if len(shares) == 1:
        assert statistic < 1e-9
    else:
        assert ChiSquare(len(shares) - 1).survival(statistic) > 0.001


@pytest.mark.parametrize("law", EXAMPLES, ids=repr)
def test_one_seed_gives_one_sample_inside_the_support(law):
    x = law.sample(50, rng=rng(3))
    assert x.dtype == np.float64
    assert (x == law.sample(50, rng=rng(3))).all()
    assert np.isfinite(law.log_density(x)).all()
    assert law.sample(0, rng=rng()).shape == (0,)


@pytest.mark.parametrize("law", EXAMPLES, ids=repr)
def test_outside_of_its_support_a_law_is_zero(law):
    low, high, discrete = law.support
    assert law.density([-np.inf, np.inf]).tolist() == [0, 0]
    assert law.cdf([-np.inf, np.inf]).tolist() == [0, 1]
    assert law.survival([-np.inf, np.inf]).tolist() == [1, 0]
    assert law.density(-1e300) < 1e-200
    if np.isfinite(low):
        assert (law.density(low - 1), law.cdf(low - 1), law.survival(low - 1)) == (0, 0, 1)
    if np.isfinite(high):
        assert (law.density(high + 1), law.cdf(high), law.survival(high)) == (0, 1, 0)
    if discrete:
        assert law.density(low + 0.5) == 0
    assert law.density(np.zeros((2, 3))).shape == (2, 3)
    assert isinstance(law.density(0.3), float)


@pytest.mark.parametrize(
    ("law", "std"),
    [
        (Uniform(0, 1.2e308), 1.2e308 / math.sqrt(12)), (Normal(0, 1e308), 1e308),
        (Laplace(0, 1e308), math.sqrt(2) * 1e308), (Exponential(1e-300), 1e300),
        (Gamma(4, 1e-300), 2e300), (Normal(0, 1e-200), 1e-200),
    ],
)  # fmt: skip
def test_a_variance_without_a_float_is_refused_and_its_root_is_not(law, std):
    assert law.std == pytest.approx(std, rel=1e-15)
    with pytest.raises(DomainError, match=r"variance: expected a variance from 5e-324 to 1\.8e308"):
        _ = law.variance


def test_a_median_beyond_floats_is_refused():
    with pytest.raises(DomainError, match="Geometric: expected 1e-150 ≤ p"):
        Geometric(5e-324)  # its median would be beyond the range


@pytest.mark.parametrize("p", [1e-15, 1e-16, 1e-17, 1e-30, 1e-150])
def test_a_quantile_beyond_the_whole_floats_is_found(p):
    assert_allclose(Geometric(p).quantile(0.5), math.log(2) / p, rtol=1e-14)


def test_densities_at_the_ends_of_a_support():
    assert Gamma(0.5, 1).density(0.0) == Beta(0.5, 2).density(0.0) == np.inf
    assert Gamma(2, 1).density(0.0) == Beta(2, 2).density(1.0) == 0
    assert_allclose(Gamma(1, 3).density(0.0), 3)
    assert_allclose([Beta(1, 4).density(0.0), Beta(4, 1).density(1.0)], 4)
    assert_allclose(ChiSquare(2).density(0.0), 0.5)
    assert Binomial(5, 0.0).density([0, 1]).tolist() == [1, 0]
    assert Binomial(5, 1.0).density([4, 5]).tolist() == [0, 1]
    assert Bernoulli(1.0).quantile(0.3) == Geometric(1.0).quantile(0.3) == 1
    assert Categorical((0.0, 1.0)).quantile(1e-9) == 1


def test_the_sd_of_a_mean_is_sigma_over_root_n():
    means = Exponential(2.0).sample(10_000 * 25, rng=rng(4)).reshape(10_000, 25).mean(axis=1)
    assert means.std() == pytest.approx(0.5 / 5, rel=0.03)


def test_laws_are_values():
    assert Normal(0, 1) == Normal(0, 1)
    assert len({Categorical((0.5, 0.5)), Categorical(np.array([0.5, 0.5]))}) == 1
    with pytest.raises(AttributeError):
        Normal(0, 1).mu = 3.0


def test_the_mode_of_a_belief():
    assert Beta(8, 4).mode == pytest.approx(0.7)
    assert math.isnan(Beta(1, 4).mode)


MISTAKES = [
    (lambda: Bernoulli(1.1), "Bernoulli: expected 0 ≤ p ≤ 1, got 1.1"),
    (lambda: Bernoulli(math.nan), "Bernoulli: expected 0 ≤ p ≤ 1, got nan"),
    (lambda: Binomial(2.5, 0.5), r"Binomial: expected an integer 1 ≤ n ≤ 1e8, got 2\.5"),
    (lambda: Binomial(0, 0.5), "Binomial: expected an integer 1 ≤ n ≤ 1e8"),
    (lambda: Binomial(10, -0.1), "Binomial: expected 0 ≤ p ≤ 1"),
    (lambda: Geometric(0), "Geometric: expected 1e-150 ≤ p ≤ 1, got 0"),
    (lambda: Poisson(0), "Poisson: expected 0 < rate ≤ 1e8"),
    (lambda: Poisson(2e8), "Poisson: expected 0 < rate ≤ 1e8"),
    (lambda: Categorical(()), "Categorical: expected at least 1 number in p"),
    (lambda: Categorical((0.5, 0.6)), "Categorical: expected p with the sum 1"),
    (lambda: Categorical((1.5, -0.5)), "Categorical: expected p ≥ 0, got -0.5 at index 1"),
    (lambda: Uniform(1, 1), "Uniform: expected finite low < high, got 1 and 1"),
    (lambda: Uniform(-1e308, 1e308), "Uniform: expected finite low < high"),
    (lambda: Normal(math.inf, 1), "Normal: expected finite mu"),
    (lambda: Normal(0, -1), "Normal: expected 0 < sigma < ∞, got -1"),
    (lambda: Exponential(0), "Exponential: expected 0 < rate < ∞"),
    (lambda: Laplace(math.nan, 1), "Laplace: expected finite mu"),
    (lambda: Laplace(0, 0), "Laplace: expected 0 < b < ∞"),
    (lambda: Gamma(0, 1), "Gamma: expected 0 < shape ≤ 1e8"),
    (lambda: Gamma(1, 0), "Gamma: expected 0 < rate < ∞"),
    (lambda: ChiSquare(-1), "ChiSquare: expected 0 < k ≤ 2e8"),
    (lambda: Beta(0, 1), "Beta: expected 0 < a ≤ 1e8"),
    (lambda: Beta(1, 2e8), "Beta: expected 0 < b ≤ 1e8"),
    (lambda: StudentT(0), "StudentT: expected 0 < nu ≤ 1e8"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_parameter_outside_its_domain_is_named(mistake, message):
    with pytest.raises(DomainError, match=message):
        mistake()


@pytest.mark.parametrize("law", [law() for law in DISTRIBUTIONS.values()], ids=repr)
def test_an_argument_outside_its_domain_is_named(law):
    for ask in (law.density, law.log_density, law.cdf, law.survival):
        with pytest.raises(DomainError, match=f"{law.name}.*: expected x without NaN"):
            ask([0.5, math.nan])
    for p in (-0.1, 1.1):
        with pytest.raises(
            DomainError, match=rf"{law.name}.quantile: expected 0 ≤ p ≤ 1, got .*{p}"
        ):
            law.quantile(p)
    with pytest.raises(DomainError, match=r"quantile: expected 0 ≤ p ≤ 1, got nan"):
        law.quantile(math.nan)
    for n in (-1, 1.5):
        with pytest.raises(
            DomainError, match=f"{law.name}.sample: expected an integer n ≥ 0, got {n}"
        ):
            law.sample(n, rng=rng())


def test_an_unknown_name_lists_its_neighbours():
    with pytest.raises(
        UnknownNameError, match=r"No distribution is called 'gama'. Did you mean gamma"
    ):
        distribution("gama")
