"""The claims of the lesson on distributions, each with an attempt to refute it."""

from fractions import Fraction
from math import prod, sqrt

import numpy as np
import pytest

from engine.errors import DomainError
from engine.losses import binary_cross_entropy
from engine.probability import (
    DISTRIBUTIONS,
    Bernoulli,
    Exponential,
    Gamma,
    Normal,
    StudentT,
    Tabulated,
)
from engine.probability.association import covariance
from engine.probability.bayes import birthday
from engine.tensor import Tensor
from lessons.kit.run import Run
from lessons.probability.distributions._laws import LAWS, area, bins, kurtosis, within
from lessons.probability.distributions.lab import (
    BOOK,
    Averages,
    Birthdays,
    Cloud,
    Draws,
    Likelihood,
    Sums,
    checks,
)
from tests.lessons.claims import says
from tutor.touch import MoveTo, touched

PATH = "probability/distributions"


def lab_of(experiment, steps=0, seed=0, **values):
    run = Run(experiment, seed, values)
    run.advance(steps)
    return run.lab


def test_birthdays_by_exact_fractions():
    says(PATH, "two share a birthday with probability 0.5073")
    says(PATH, "That is 2.7 %.")
    says(PATH, "23 people make 253 of them")
    exact = {n: 1 - prod(Fraction(365 - i, 365) for i in range(n)) for n in (5, 22, 23)}
    assert float(exact[23]) == pytest.approx(BOOK[23], abs=5e-6)
    assert birthday(5) == pytest.approx(float(exact[5])) == pytest.approx(0.027, abs=5e-4)
    assert exact[22] < Fraction(1, 2) < exact[23]
    assert 23 * 22 // 2 == 253


def test_the_calendar_shows_the_last_room():
    lab = lab_of(Birthdays, 1, people=40)
    picture = lab.year()
    assert picture.values.sum() == 40
    assert [picture.values[cell] > 1 for cell in picture.lit] == [True] * len(picture.lit)


def test_all_thirteen_laws_have_their_knobs_and_the_area_one():
    says(PATH, "the whole area is 1")
    assert list(LAWS) == [*DISTRIBUTIONS, "typed"]
    assert len(DISTRIBUTIONS) == 13
    for law in LAWS:
        f = lab_of(Draws, law=law).f
        assert f.name == ("tabulated" if law == "typed" else law)
        wanted, found = area(f)
        assert found == pytest.approx(wanted, abs=1e-6), law
        edges, shares = bins(f)
        assert len(edges) == len(shares) + 1 <= 62
        assert shares.sum() > 0.95


@pytest.mark.parametrize("law", [law for law in LAWS if law != "student_t"])
def test_every_law_draws_what_it_says(law):
    for settings in ({}, {"a": 0.5, "b": 0.5, "p": 0.05, "rate": 10, "number": 1}):
        oracles = list(lab_of(Draws, 200, law=law, **settings).oracles())
        assert [oracle.ok for oracle in oracles] == [True] * 4, (law, oracles)


@pytest.mark.parametrize("density", [
    "1 + 1000*(abs(x - 1) < 0.003)", "0.1 + exp(-1e6*(x - 1)**2)", "abs(x) > 2.99", "sin(x)**2",
    "1/(0.001 + x**2)", "exp(-20*abs(x)) + 0.001", "where(abs(x) > 1, 1, 0)",
])  # fmt: skip
def test_a_typed_density_has_the_area_one_however_narrow_its_peaks(density, monkeypatch):
    f = lab_of(Draws, law="typed", density=density).f
    wanted, found = area(f)
    assert found == pytest.approx(wanted, abs=1e-12)
    correct = type(f)._log_density
    monkeypatch.setattr(type(f), "_log_density", lambda f, x: correct(f, x) + 1e-5)
    area.cache_clear()
    refuted = [oracle.name for oracle in lab_of(Draws, law="typed", density=density).oracles()
               if oracle.ok is False]  # fmt: skip
    area.cache_clear()
    assert refuted == ["area under the law"]


def test_a_typed_density_is_read_only_every_0_005():
    assert "read only every 0.005" in Draws.knob("density").help
    unseen, seen = (f"1 + 1000*(abs(x - {at}) < 0.002)" for at in (1.0025, 1))
    means = [lab_of(Draws, law="typed", density=text).f.mean for text in (unseen, seen)]
    assert means == pytest.approx([0, 0.454545], abs=1e-6)  # a triangle, 5 of 11 of the area


TYPED = (
    "1/(0.001 + x**2)", "exp(-20*abs(x)) + 0.001", "(abs(x - 1) < 0.01) + (abs(x + 1) < 0.01)",
    "1e-6 + exp(-1e4*x**2)", "abs(x) > 2.99", "exp(-20*abs(x + 3)) + 0.001",
)  # fmt: skip


def refuted(experiment, steps, seed, **values):
    return [oracle.name for oracle in lab_of(experiment, steps, seed, **values).oracles()
            if oracle.ok is False]  # fmt: skip


@pytest.mark.parametrize("density", TYPED)
def test_no_typed_law_is_refuted_by_chance(density):
    typed = {"law": "typed", "density": density}
    for seed in range(20):
        assert not refuted(Draws, 100, seed, **typed)
        assert not refuted(Averages, 29, seed, **typed)
        for terms in (1, 30, 34, 50):
            assert not refuted(Sums, 12, seed, terms=terms, **typed)


@pytest.mark.parametrize("settings", [
    {"law": "bernoulli", "p": 0.05}, {"law": "bernoulli", "p": 0.5},
    {"law": "geometric", "p": 0.95}, {"law": "gamma", "a": 0.5}, {"law": "uniform"},
])  # fmt: skip
def test_no_law_is_refuted_by_chance_and_a_wrong_spread_is(settings, monkeypatch):
    for seed in range(40):
        assert not refuted(Draws, 100, seed, **settings)
    for seed in range(10):
        assert not refuted(Averages, 29, seed, **settings)
        assert not refuted(Sums, 12, seed, terms=30, **settings)
    f = lab_of(Draws, **settings).f
    correct = type(f).std.fget
    for factor in (0.01, 0.7, 1.5):
        wrong = property(lambda f, factor=factor: factor * correct(f))
        monkeypatch.setattr(type(f), "std", wrong)
        kurtosis.cache_clear()
        for seed in range(5):
            assert "sd" in refuted(Draws, 100, seed, **settings)
            assert "sd of an average" in refuted(Averages, 29, seed, **settings)


@pytest.mark.parametrize("density", ["sin(x)**2", *TYPED[:3], *TYPED[4:]])
def test_a_typed_law_that_draws_wrong_is_refuted(density, monkeypatch):
    typed = {"law": "typed", "density": density}
    correct = Tabulated._sample
    f = lab_of(Draws, **typed).f

    def wide(f, n, rng):
        return f.mean + 1.5 * (correct(f, n, rng) - f.mean)

    monkeypatch.setattr(Tabulated, "_sample", wide)
    for seed in range(5):
        assert "sd" in refuted(Draws, 100, seed, **typed)
        assert "sd of an average" in refuted(Averages, 29, seed, **typed)
        assert "sd of a sum" in refuted(Sums, 12, seed, terms=30, **typed)
    assert f.mean == lab_of(Draws, **typed).f.mean


def test_one_sigma_is_demanded_only_where_the_sums_are_near_the_normal_law():
    for density, wanted in zip(("sin(x)**2", "x + 3", *TYPED[:3]), (1, 1, 0, 0, 0), strict=True):
        lab = lab_of(Sums, law="typed", density=density, terms=34)
        assert lab.is_normal == wanted, density
        far = lab.f.sample(34 * 40000, rng=np.random.default_rng(0)).reshape(34, -1).sum(axis=0)
        share = np.mean(abs(far - 34 * lab.f.mean) < sqrt(34) * lab.f.std)
        assert within(lab.f, 34) == pytest.approx(share, abs=0.012), density
    assert not lab_of(Sums, law="typed", terms=29).is_normal


def test_kurtosis_is_that_of_the_books():
    books = {"bernoulli": 1 / 0.09 - 3, "binomial": 3 + 0.46 / 0.45, "poisson": 3.5,
             "geometric": 9 + 0.01 / 0.9, "uniform": 1.8, "normal": 3, "exponential": 9,
             "laplace": 6, "gamma": 6, "chi_square": 5.4, "student_t": 9}  # fmt: skip
    for law, wanted in books.items():
        f = lab_of(Draws, law=law, p=0.1, rate=2).f
        assert kurtosis(f) == pytest.approx(wanted, rel=0.02), law
    assert kurtosis(lab_of(Draws, law="typed", density="x + 3").f) == pytest.approx(2.4, rel=1e-3)
    assert kurtosis(StudentT(4)) == np.inf


def test_a_pair_of_mean_and_sd_has_one_gamma_law():
    says(PATH, "Each pair of mean and σ has just one gamma law.")
    tried = [Gamma(a, rate) for a in np.arange(0.5, 10, 0.1) for rate in np.arange(0.2, 10, 0.1)]
    found = [(f.shape, f.rate) for f in tried if np.allclose([f.mean, f.std], [2, 1], atol=1e-9)]
    assert np.round(found, 9).tolist() == [[4, 2]]


def test_an_even_number_put_into_the_quantile_is_a_draw():
    says(PATH, "For the exponential law that is `-log(1 - u) / rate`.")
    u, rate = np.random.default_rng(0).random(4000), 1.5
    x = np.sort(-np.log(1 - u) / rate)
    assert x == pytest.approx(np.sort(Exponential(rate).quantile(u)))
    assert abs(Exponential(rate).cdf(x) - np.arange(1, 4001) / 4000).max() < 1.95 / sqrt(4000)


def test_four_times_the_draws_half_the_error():
    says(PATH, "Four times the draws, half the error.")
    for law in ("exponential", "bernoulli", "beta"):
        few, many = (lab_of(Averages, n - 1, law=law) for n in (100, 400))
        spreads = [np.std(lab.totals / lab.count) for lab in (few, many)]
        assert spreads[0] / spreads[1] == pytest.approx(2, rel=0.1)
    dice = np.random.default_rng(0).integers(1, 7, (1000, 100)).mean(axis=1)
    says(PATH, "The average of a hundred: close to 3.5.")
    assert np.mean(abs(dice - 3.5) < 0.35) > 0.9


def test_variances_of_independent_draws_add_up_and_those_of_one_draw_do_not():
    says(PATH, "Variances of independent draws add up.")
    rng = np.random.default_rng(0)
    x, y = rng.integers(1, 7, (2, 20000))
    assert np.var(x + y) == pytest.approx(2 * 35 / 12, rel=0.03)
    assert np.var(x + x) == pytest.approx(4 * 35 / 12, rel=0.03)  # ablation: not independent


def test_fewer_degrees_mean_heavier_tails():
    says(PATH, 'the fewer *degrees of freedom* ν ("nu") it has, the more draws fall far out')
    tails = [float(StudentT(nu).survival(5)) for nu in range(1, 31)]
    assert tails == sorted(tails, reverse=True)
    assert tails[-1] > Normal().survival(5)


def test_the_loss_of_a_classifier_is_minus_the_log_likelihood_per_example():
    says(PATH, "*cross-entropy*, is −ln L per example")
    z, y = np.array([-1.0, 0.3, 2.0]), np.array([0.0, 1.0, 1.0])
    log = [Bernoulli(1 / (1 + np.exp(-a))).log_density(b) for a, b in zip(z, y, strict=True)]
    loss = binary_cross_entropy(Tensor(z[:, None]), Tensor(y[:, None]))
    assert loss.item() == pytest.approx(-np.mean(log))


def test_cauchy_gains_nothing_by_averaging():
    says(PATH, "an average of Cauchy draws has exactly the law of one draw")
    x = np.linspace(-400, 400, 33)
    assert StudentT(1).density(x) == pytest.approx(1 / (np.pi * (1 + x**2)))
    for seed in range(3):
        lab = lab_of(Averages, 999, seed, law="student_t", number=1)
        means = np.sort(lab.totals / lab.count)
        steps = np.arange(1, 1001) / 1000
        assert abs(steps - StudentT(1).cdf(means)).max() < 1.95 / sqrt(1000)  # Kolmogorov, 0.1 %
    says(PATH, "Half of all draws lie within ±1")
    says(PATH, "two in a hundred beyond ±31, and two in a thousand beyond ±318")
    law = StudentT(1)
    assert law.cdf(1) == pytest.approx(0.75)
    assert 2 * law.survival([31, 318]) == pytest.approx([0.02, 0.002], rel=0.03)
    # Ablation: with a mean, at ν = 5, the same average gains.
    assert lab_of(Averages, 999, law="student_t", number=5).metrics()["width"] < 0.05


@pytest.mark.sweep
def test_the_detector_of_averages_speaks_where_there_is_no_mean_and_only_there():
    fails = Averages.failures[0].detect
    for law in LAWS:
        for settings in ({}, {"p": 0.05, "a": 0.5, "b": 0.5, "number": 2}, {"p": 0.95}):
            for steps in (99, 100, 400):
                assert not fails(lab_of(Averages, steps, law=law, **settings)), (law, steps)
    for seed in range(5):
        assert all(fails(lab_of(Averages, n, seed, law="student_t", number=1)) for n in (100, 400))


def test_the_gap_of_exponential_sums_shrinks_as_one_over_the_root():
    says(PATH, "the gap shrinks about as 1/√m: 0.159 for m = 1, 0.042 for m = 10")
    z = np.linspace(-5, 5, 20001)
    gaps = {}
    for m in (1, 10, 40):
        F = Gamma(float(m), 1.0).cdf(np.maximum(m + z * sqrt(m), 0))
        gaps[m] = float(abs(F - Normal().cdf(z)).max())
        assert lab_of(Sums, 100, law="exponential", terms=m).gap == pytest.approx(gaps[m], abs=0.02)
    assert gaps[1] == pytest.approx(0.159, abs=5e-4)
    assert gaps[10] == pytest.approx(0.042, abs=5e-4)
    assert gaps[10] / gaps[40] == pytest.approx(2, rel=0.03)


def test_a_typed_density_with_two_humps_becomes_normal_and_a_lopsided_one_takes_longer():
    says(PATH, "0.140 for m = 1, 0.050 for m = 2, 0.009 for m = 5")
    f = lab_of(Sums, law="typed").f
    x = np.linspace(-3, 3, 1201)
    density = f.density(x) / f.density(x).sum()
    humps = x[1:-1][(np.diff(density)[:-1] > 0) & (np.diff(density)[1:] < 0)]
    assert humps == pytest.approx([-np.pi / 2, np.pi / 2], abs=0.005)
    gaps, total = {}, np.ones(1)
    for m in range(1, 11):  # the exact law of a sum, by convolution on a grid
        total = np.convolve(total, density)
        z = np.linspace(-3 * m, 3 * m, len(total)) / (f.std * sqrt(m))
        gaps[m] = float(abs(np.cumsum(total) - total / 2 - Normal().cdf(z)).max())
        if m in (1, 2, 5):
            assert lab_of(Sums, 100, law="typed", terms=m).gap == pytest.approx(gaps[m], abs=0.02)
    assert [gaps[m] for m in (1, 2, 5)] == pytest.approx([0.140, 0.050, 0.009], abs=5e-4)
    says(PATH, "From a lopsided start it takes longer.")
    assert gaps[10] < 0.1 * 0.042  # that of the exponential law, see above


@pytest.mark.parametrize("law", [Draws, Averages, Sums])
def test_a_density_that_is_none_is_refused_in_one_sentence_and_the_old_one_stays(law):
    run = Run(law, 0, {"law": "typed"})
    for density, sentence in (("x", "got -3 at x = -3"), ("0", "got 0 everywhere")):
        with pytest.raises(DomainError, match=sentence):
            run.turn("density", density)
        assert run.lab.density.text == "sin(x)**2"
    run.turn("density", "x + 3")
    assert run.lab.f.mean == pytest.approx(1)


@pytest.mark.sweep
def test_every_start_with_a_variance_comes_nearer_and_cauchy_does_not():
    says(PATH, "z comes nearer and nearer to the *normal law*, whatever the start")
    fails = Sums.failures[0].detect
    for law in LAWS:
        one, many = (lab_of(Sums, 100, law=law, terms=m) for m in (1, 50))
        assert many.gap < max(one.gap, 0.02), law
        assert not fails(one), law
        assert not fails(many), law
        assert many.counts[1:-1].sum() > 0.99 * many.total
    for law in LAWS:
        for settings in ({"p": 0.05, "a": 0.5, "b": 0.5, "number": 3}, {"p": 0.95, "rate": 0.2}):
            for terms in (1, 7, 50):
                lab = lab_of(Sums, 30, law=law, terms=terms, **settings)
                assert not fails(lab), (law, settings, terms)
    for terms in (1, 7, 50):
        assert fails(lab_of(Sums, 20, law="student_t", number=1, terms=terms))
    assert lab_of(Sums, 100, law="student_t", number=1, terms=50).gap > 0.2


@pytest.mark.parametrize("law", ["bernoulli", "binomial", "poisson", "geometric", "categorical"])
def test_bars_of_a_discrete_law_are_not_torn_by_its_grid(law):
    lab = lab_of(Sums, 100, law=law, terms=40, p=0.3)
    middle = lab.counts[1:-1][abs(lab.edges[:-1] + np.diff(lab.edges) / 2) < 0.5]
    assert middle.min() > 0.7 * middle.max()


def test_correlation_is_one_on_a_line_and_a_cosine_of_the_rows():
    says(PATH, "It is 1 or −1 if all points lie on a line that rises or falls.")
    assert lab_of(Cloud, c1=(2, 1), c2=(4, 2)).r == pytest.approx(1)
    assert lab_of(Cloud, c1=(2, -1), c2=(0, 0)).r == pytest.approx(-1)
    says(PATH, "It depends on units; the *correlation* does not")
    meters, feet = lab_of(Cloud, c1=(1, 1), c2=(0, 1)), lab_of(Cloud, c1=(3.3, 1), c2=(0, 1))
    assert meters.r == pytest.approx(feet.r)
    assert covariance(feet.data)[0, 1] == pytest.approx(3.3 * covariance(meters.data)[0, 1])
    says(PATH, "the covariance is −2σₓ², and the two standard deviations are σₓ and 2σₓ")
    assert lab_of(Cloud, c1=(1, -2), c2=(0, 0)).r == pytest.approx(-1)
    assert lab_of(Cloud, c1=(0, 0), c2=(0, 0)).r == 0


def test_the_rectangles_of_eight_points_add_up_to_their_covariance():
    says(PATH, "All areas of the n points, summed and divided by n − 1, are the *covariance*.")
    lab = lab_of(Cloud, shape="points")
    x, y = lab.eight.T
    assert lab.areas.sum() / 7 == pytest.approx(np.cov(x, y)[0, 1])
    assert lab.r == pytest.approx(np.corrcoef(x, y)[0, 1])
    says(PATH, "negative, and has another color, if just one of x and y is below its mean")
    picture = lab.plane()
    for spot, region, wanted in zip(picture.spots, picture.regions, lab.areas, strict=True):
        across, up = spot.at[0] - x.mean(), spot.at[1] - y.mean()
        assert np.ptp(region.x) * np.ptp(region.y) == pytest.approx(abs(wanted))
        assert spot.tone == region.tone == (2 if (across < 0) != (up < 0) else 0)
    assert {spot.tone for spot in picture.spots} == {0, 2}


def test_one_far_point_outweighs_seven_others():
    says(PATH, "r is near 1. Make it negative by dragging one point only.")
    says(PATH, "one far point, an *outlier*, outweighs the seven others")
    rising, far = (lab_of(Cloud, shape="points", eight=name) for name in ("rising", "one far"))
    assert rising.r > 0.9
    assert far.r < 0
    assert np.corrcoef(far.eight[:7].T)[0, 1] > 0.8  # ablation: without it they still rise
    assert checks["outlier"].reached(far)
    assert not checks["outlier"].reached(rising)
    upside_down = lab_of(Cloud, shape="points", eight=(rising.eight * [1, -1]).tolist())
    assert upside_down.r < -0.9
    assert not checks["outlier"].reached(upside_down)  # more than one was dragged


def test_every_point_is_dragged_by_its_own_grip():
    run = Run(Cloud, 0, {"shape": "points"})
    for handle in run.lab.plane().handles:
        knob = Cloud.knob(handle.knob)
        run.turn(handle.knob, touched(knob, run.lab.eight, MoveTo(handle.part / 2, 3, handle.part)))
    assert run.lab.eight.tolist() == [[i / 2, 3] for i in range(8)]
    assert (run.lab.is_flat, run.lab.r) == (True, 0)  # all on one height


def test_a_parabola_has_no_correlation_and_a_round_cloud_is_no_failure():
    fails = Cloud.failures[0].detect
    for seed in range(20):
        assert fails(lab_of(Cloud, 0, seed, shape="parabola"))
        assert not fails(lab_of(Cloud, 0, seed, c1=(1, 0), c2=(0, 1)))
    for y in np.arange(-5, 5, 0.1):  # an outlier may bring r to 0, but y does not follow x²
        points = [*lab_of(Cloud).eight.tolist()[:-1], [4.5, y]]
        assert not fails(lab_of(Cloud, shape="points", eight=points))


def test_the_peak_is_one_over_the_mean_and_gets_sharper():
    says(PATH, "It is 0 at λ = n/Σx, one over the mean of the draws.")
    says(PATH, "With more draws its width shrinks as $1/\\sqrt{n}$.")
    for which in range(1, 51):
        lab = lab_of(Likelihood, which=which)
        assert lab.best == pytest.approx(1 / lab.x.mean())
        assert all(oracle.ok for oracle in lab.oracles())
    widths = [next(o.measured for o in lab_of(Likelihood, size=n).oracles() if "width" in o.name)
              / lab_of(Likelihood, size=n).best for n in (50, 200)]  # fmt: skip
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.03)
    assert checks["peak"].reached(lab_of(Likelihood, rate=1.69))


def test_two_tosses_that_are_alike_make_one_face_impossible():
    says(PATH, "Both came out as 1, and p = 1 makes that most likely")
    assert lab_of(Likelihood, law="bernoulli", size=2).best == 1
    assert lab_of(Likelihood, law="bernoulli", size=2).x.tolist() == [1, 1]
    assert 0 < lab_of(Likelihood, law="bernoulli", size=50).best < 1
    for law in ("poisson", "bernoulli"):
        for which in range(1, 21):
            assert all(o.ok for o in lab_of(Likelihood, law=law, which=which).oracles())


@pytest.mark.parametrize(
    ("values", "gap"),
    [({"law": "bernoulli", "p": 0.5}, 0.341), ({"law": "bernoulli", "p": 0.5, "terms": 4}, 0.1875),
     ({"law": "poisson", "rate": 1}, 0.2358)],
)  # fmt: skip
def test_the_gap_of_a_discrete_law_is_taken_at_its_jumps(values, gap):
    run = Run(Sums, 0, values)
    run.advance(100)
    assert run.lab.gap == pytest.approx(gap, abs=0.015)
