"""Schedules: PyTorch's rates, closed forms, and laws that hold for all; the range test."""

from decimal import Decimal, localcontext
from doctest import DocTestParser, DocTestRunner
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import engine.schedules
from engine.errors import DomainError, UnknownNameError
from engine.optim.schedule import Schedule
from engine.schedules import SCHEDULES, range_test

TORCH = np.load(Path(__file__).parents[1] / "data" / "schedules.npz")
RATES = {
    "step_30_0.1": ("step", {"every": 30, "factor": 0.1}),
    "exponential_0.95": ("exponential", {"factor": 0.95}),
    "cosine_100": ("cosine", {"total": 100}),
    "warm_restarts_25": ("warm_restarts", {"first": 25}),
    "one_cycle_0.1_100": ("one_cycle", {"total": 101}),  # the last of 101 rates is left out
    "polynomial_100_2": ("polynomial", {"total": 100, "power": 2}),
}
STEPS = np.arange(300)

every_schedule = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)


@pytest.mark.parametrize("name", TORCH.files)
def test_the_rates_are_those_of_pytorch(name):
    schedule, settings = RATES[name]
    rates = SCHEDULES[schedule](np.arange(100), lr=0.1, **settings)
    np.testing.assert_allclose(rates, TORCH[name], rtol=1e-10)


def test_the_table_has_every_schedule():
    assert list(SCHEDULES.values()) == [
        value for value in vars(engine.schedules).values() if isinstance(value, Schedule)
    ]


@every_schedule
def test_numbers_and_arrays_are_treated_alike(schedule):
    rates = schedule(STEPS)
    one_by_one = [schedule(t) for t in STEPS.tolist()]
    assert rates.shape == STEPS.shape
    assert schedule(STEPS.reshape(3, 100)).shape == (3, 100)
    assert {type(rate) for rate in one_by_one} == {float}
    np.testing.assert_allclose(rates, one_by_one, rtol=1e-15, atol=1e-18)


@every_schedule
def test_rates_are_finite_and_never_negative(schedule):
    rates = schedule(np.append(np.linspace(0, 1000, 3001), [1e5, 1e9]))
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()


@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "drawn"])
def test_the_rate_is_a_multiple_of_lr(name):
    np.testing.assert_allclose(
        SCHEDULES[name](STEPS, lr=3.0), 3 * SCHEDULES[name](STEPS, lr=1.0), rtol=1e-13, atol=1e-16
    )


@pytest.mark.parametrize("name", ["step", "exponential", "polynomial", "cosine"])
def test_a_decay_starts_at_lr_and_never_rises(name):
    rates = SCHEDULES[name](STEPS, lr=0.3)
    assert rates[0] == 0.3
    assert (np.diff(rates) <= 0).all()


@pytest.mark.parametrize("name", ["polynomial", "cosine"])
def test_the_lowest_rate_is_kept(name):
    np.testing.assert_allclose(SCHEDULES[name](STEPS, total=50, low=0.02)[50:], 0.02, rtol=1e-15)


CLOSED = [
    ("cosine", 50, {"lr": 1.0}, 0.5),
    ("cosine", 25, {"lr": 1.0}, (1 + 0.5**0.5) / 2),
    ("cosine", 25, {"lr": 3.0, "low": 1.0}, 1 + 2 * 0.8535533905932737),
    ("polynomial", 50, {"lr": 1.0, "power": 1}, 0.5),
    ("warm_up", 4, {"lr": 1.0, "warm": 10}, 0.5),
    ("one_cycle", 29, {"lr": 0.7}, 0.7),
    ("one_cycle", 0, {"lr": 0.7, "rise": 0.001, "total": 50}, 0.7),
    ("drawn", 15, {"points": [(10, 1.0), (20, 2.0)]}, 1.5),
    ("drawn", 99, {"points": [(10, 1.0), (20, 2.0)]}, 2.0),
]


@pytest.mark.parametrize(("name", "t", "settings", "rate"), CLOSED)
def test_the_rate_is_the_closed_form(name, t, settings, rate):
    assert SCHEDULES[name](t, **settings) == pytest.approx(rate, rel=1e-14)


def test_the_warm_up_of_the_transformer_peaks_when_it_ends():
    rates = SCHEDULES["inverse_root"](np.arange(12000), width=512, warm=4000)
    assert rates.argmax() + 1 == 4000
    assert rates.max() == pytest.approx(6.98771e-4, rel=1e-6)
    assert rates[15999 - 12000] == rates[3999]


def test_a_restart_comes_later_each_time():
    rates = SCHEDULES["warm_restarts"](np.arange(200), lr=1.0, first=10, stretch=2)
    assert np.flatnonzero(rates == 1.0).tolist() == [0, 10, 30, 70, 150]


def passed(t, first, stretch):
    """The share of its cycle that has passed at step t, in exact fractions."""
    start, length = 0, first
    while start + length <= t and stretch > 1:
        start, length = start + length, length * stretch
    return float(Fraction((t - start) % length, length))


@pytest.mark.parametrize("first", [1, 3, 10, 25])
@pytest.mark.parametrize("stretch", [1, 2, 3, 10])
def test_restarts_are_exact_for_integers_up_to_1e15(first, stretch):
    starts = [first * sum(stretch**i for i in range(n)) for n in range(1, 50)]
    late = [first * 10**9, 10**15 // first * first, 10**15 + 7]
    steps = [t + d for t in [*starts, *late] for d in (-1, 0, 1) if t <= 10**15 + 7]
    rates = SCHEDULES["warm_restarts"](np.array(steps), lr=1.0, first=first, stretch=stretch)
    wanted = [(1 + np.cos(np.pi * passed(t, first, stretch))) / 2 for t in steps]
    rounding = 1e-15 if stretch > 1 else 1000 * 2**-53 * np.pi  # of a quotient up to 1000
    np.testing.assert_allclose(rates, wanted, rtol=0, atol=rounding)


@pytest.mark.parametrize(("t", "stretch"), [(1e4, 1.001), (1e15, 1.001), (1e9, 1 + 1e-9)])
def test_the_cycle_of_a_late_step_is_that_of_the_geometric_series(t, stretch):
    with localcontext(prec=50):
        r = Decimal(stretch)
        grown = 1 + Decimal(t) * (r - 1) / 3  # r^u
        u = grown.ln() / r.ln()
        share = float(((u - int(u)) * r.ln()).exp() - 1) / (stretch - 1)
    rate = SCHEDULES["warm_restarts"](t, lr=1.0, first=3, stretch=stretch)
    rounding = 1e-15 * float(u)  # u is known to its last digit
    assert rate == pytest.approx((1 + np.cos(np.pi * share)) / 2, abs=2 * rounding)


def test_a_cycle_is_found_without_counting_to_it(monkeypatch):
    monkeypatch.setattr(engine.schedules, "MOST_CYCLES", 3)
    steps = np.arange(2000) + 0.5
    few = SCHEDULES["warm_restarts"](steps, first=10, stretch=1.5)
    monkeypatch.undo()
    many = SCHEDULES["warm_restarts"](steps, first=10, stretch=1.5)
    np.testing.assert_allclose(few, many, rtol=1e-11)


NUMPY_INTEGERS = [
    ("one_cycle", {"start": np.int8(25), "end": np.int8(100)}),
    ("one_cycle", {"start": np.int64(10**10), "end": np.int64(10**10)}),
    ("warm_restarts", {"first": np.int8(10), "stretch": np.int8(2)}),
    ("constant", {"lr": np.int64(1)}),
    ("constant", {"lr": np.float32(0.1)}),
    ("inverse_root", {"width": np.int64(512), "warm": np.uint16(4000)}),
    ("step", {"every": np.int64(30)}),
    ("polynomial", {"total": np.int8(100), "power": np.int8(2)}),
]


@pytest.mark.parametrize(("name", "settings"), NUMPY_INTEGERS)
def test_numbers_of_numpy_are_settings_like_others(name, settings):
    steps = np.append(np.arange(500), 10**30)
    rates = SCHEDULES[name](steps.astype(float), **settings)
    wanted = SCHEDULES[name](steps.astype(float), **{k: float(v) for k, v in settings.items()})
    assert rates.dtype == np.float64
    np.testing.assert_array_equal(rates, wanted)


@every_schedule
def test_an_infinite_step_or_setting_is_refused(schedule):
    with pytest.raises(DomainError, match=f"^{schedule.name}: expected finite steps t, got inf"):
        schedule(np.array([1, np.inf]))
    for name in schedule.settings.keys() - {"points"}:
        with pytest.raises(DomainError, match=f"^{schedule.name}: expected a finite .*{name} "):
            schedule(1, **{name: np.inf})


MISTAKES = [
    ("cosine", {"lr": 0}, "expected lr > 0, got 0"),
    ("cosine", {"lr": float("nan")}, "expected lr > 0, got nan"),
    ("cosine", {"total": 0}, "expected total > 0, got 0"),
    ("cosine", {"low": -1}, "expected low ≥ 0, got -1"),
    ("step", {"factor": 1.5}, "expected 0 < factor ≤ 1, got 1.5"),
    ("one_cycle", {"rise": 1}, "expected 0 < rise < 1, got 1"),
    ("one_cycle", {"start": 0.5}, "expected start ≥ 1, got 0.5"),
    ("warm_restarts", {"stretch": 0.5}, "expected stretch ≥ 1, got 0.5"),
    ("drawn", {"points": []}, "expected points from left to right, at least one"),
    ("drawn", {"points": [(1, 0.1), (1, 0.2)]}, "expected points from left to right"),
    ("drawn", {"points": [(1, -0.1)]}, "expected finite steps and rates ≥ 0"),
    ("cosine", {"lr": "0.1"}, "expected lr > 0, got '0.1'"),
    ("cosine", {"lr": [0.1, 0.2]}, r"expected lr > 0, got \[0.1, 0.2\]"),
    ("cosine", {"total": 1j}, "expected total > 0, got 1j"),
    ("drawn", {"points": [(1, 0.1, 2)]}, r"expected points = \(step, rate\) pairs, got \[\(1, 0.1"),
    ("drawn", {"points": [("a", "b")]}, "expected points of real numbers"),
    ("drawn", {"points": [(1, 0.1), (np.nan, 0.2)]}, "expected points from left to right"),
    ("drawn", {"points": [(1, np.inf)]}, "expected finite steps and rates"),
    ("drawn", {"points": 3}, r"expected points = \(step, rate\) pairs, got 3"),
]


@pytest.mark.parametrize(("name", "settings", "message"), MISTAKES)
def test_a_setting_outside_its_domain_is_named(name, settings, message):
    with pytest.raises(DomainError, match=f"^{name}: {message}"):
        SCHEDULES[name](1, **settings)


@every_schedule
def test_a_step_before_the_start_and_an_unknown_setting_are_refused(schedule):
    with pytest.raises(DomainError, match=f"{schedule.name}: expected steps t ≥ 0, got -1"):
        schedule(np.array([3, -1]))
    with pytest.raises(UnknownNameError, match=f"No setting of {schedule.name} is called 'color'"):
        schedule(1, color=1.0)


@every_schedule
def test_a_schedule_shows_its_source_and_its_example_runs(schedule):
    assert f"def {schedule.name}(" in schedule.source
    example = DocTestParser().get_doctest(
        schedule.__doc__, vars(engine.schedules).copy(), schedule.name, None, 0
    )
    assert example.examples
    assert DocTestRunner().run(example).failed == 0


@pytest.mark.parametrize("curvature", [0.1, 1.0, 40.0])
def test_the_range_test_turns_up_at_two_over_the_curvature(curvature):
    w = [1.0]

    def update(lr):
        w[0] -= lr * curvature * w[0]
        return 0.5 * curvature * w[0] ** 2

    trials = list(range_test(update, low=0.01 / curvature, high=1e3 / curvature, steps=400))
    lowest = min(range(len(trials)), key=lambda i: trials[i].loss)
    assert trials[lowest].lr <= 2 / curvature < trials[lowest + 1].lr
    assert trials[-1].loss > 4 * trials[lowest].loss
    assert all(trial.loss <= 4 * trials[lowest].loss for trial in trials[lowest:-1])


def test_the_range_test_ends_with_the_first_loss_that_is_not_finite():
    losses = iter([1.0, 0.5, float("nan"), 0.1])
    trials = list(range_test(lambda lr: next(losses), low=1, high=8, steps=4))
    assert [trial.lr for trial in trials] == pytest.approx([1, 2, 4])


@pytest.mark.parametrize(
    "changed",
    [
        {"low": 0},
        {"low": 20},
        {"high": np.inf},
        {"steps": 1},
        {"factor": 1},
        {"steps": np.inf},
        {"steps": 2.5},
    ],
)
def test_a_range_test_without_a_range_is_refused_at_once(changed):
    with pytest.raises(DomainError, match="range_test: expected 0 < low < high"):
        range_test(lambda lr: lr, **changed)
