"""Areas by chance: the error that is stated is the error that is made."""

import math
import re

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calculus import monte_carlo, monte_carlo_steps
from engine.errors import DomainError, ShapeError

SQUARE = ([0, 0], [1, 1])


def chance(seed=0):
    return np.random.default_rng(seed)


def quarter(x):
    return 4.0 * ((x**2).sum(axis=1) < 1)


def test_the_error_of_pi_has_the_spread_of_the_books():
    """√(π (4 − π)) = 1.6422 over √N; over 400 repeats its square is chi-square."""
    assert math.sqrt(math.pi * (4 - math.pi)) == pytest.approx(1.6422, abs=5e-5)
    n, found = 500, [monte_carlo(quarter, *SQUARE, 500, rng=chance(s)) for s in range(400)]
    z = (np.array([one.area for one in found]) - math.pi) * math.sqrt(n) / 1.6422
    low, high = scipy.stats.chi2(400).ppf([0.0005, 0.9995])
    assert low < (z**2).sum() < high
    stated = np.array([one.standard_error for one in found])
    assert stated.mean() == pytest.approx(1.6422 / math.sqrt(n), rel=0.01)


def test_two_standard_errors_cover_as_stated():
    """Of a smooth function the mean is all but normal: 95.45 % within two."""

    def f(x):
        return np.exp(x[:, 0])

    found = [monte_carlo(f, [0], [1], 400, rng=chance(s)) for s in range(2000)]
    hits = sum(abs(one.area - (math.e - 1)) < 2 * one.standard_error for one in found)
    assert abs(hits - 0.9545 * 2000) < 4 * math.sqrt(2000 * 0.9545 * 0.0455)


@pytest.mark.parametrize("D", [1, 2, 6])
def test_the_error_falls_as_one_over_root_n_in_any_dimension(D):
    def f(x):
        return np.cos(x).sum(axis=1)

    few, many = (
        monte_carlo(f, [0] * D, [2] * D, n, rng=chance(D)).standard_error for n in (1000, 100_000)
    )
    assert few / many == pytest.approx(10, rel=0.1)


@given(st.integers(2, 300), st.integers(2, 70), st.integers(0, 999))
@settings(max_examples=20)
def test_records_run_on_to_the_mean_of_all_points(n, batch, seed):
    """However they are parted: the running mean and spread are those of all values at once."""
    seen = []

    def f(x):
        seen.append(x[:, 0] ** 2 * x[:, 1])
        return seen[-1]

    low, high = np.array([-1.0, 0.5]), np.array([2.0, 1.0])
    steps = list(monte_carlo_steps(f, low, high, n, rng=chance(seed), batch=batch))
    volume, counts = 1.5, np.cumsum([len(one) for one in seen])
    assert [step.n for step in steps] == counts.tolist()
    assert steps[-1].n == n
    values = np.concatenate(seen)
    for step in steps:
        part = values[: step.n]
        assert step.area == pytest.approx(volume * part.mean(), rel=1e-9, abs=1e-12)
        error = volume * part.std(ddof=1) / math.sqrt(step.n)
        assert step.standard_error == pytest.approx(error, rel=1e-9, abs=1e-12)
        told = f"{step.standard_error:.2g}: area {step.area:.6g} ± that"
        assert re.fullmatch(rf"\S+ / √{step.n} [=≈] {re.escape(told)}", step.why)
    plain = monte_carlo(f, low, high, n, rng=chance(seed), batch=batch)
    assert plain == steps[-1]


def test_points_fill_the_box_and_belong_to_f():
    def f(x):
        assert ((x >= [-3, 5]) & (x < [-2, 9])).all()
        x[:] = 0
        return np.full(len(x), 2.0)

    found = monte_carlo(f, [-3, 5], [-2, 9], 5000, rng=chance())
    assert found.area == pytest.approx(8)
    assert found.standard_error == 0


def run(f=quarter, low=(0, 0), high=(1, 1), n=10, rng=None, batch=1000):
    return monte_carlo(f, low, high, n, rng=rng or chance(), batch=batch)


MISTAKES = [
    (lambda: run(5), DomainError, r"monte_carlo: expected a function f, such as lambda x: x\*\*2"),
    (lambda: run(n=1), DomainError, "monte_carlo: expected an integer n ≥ 2, got 1"),
    (lambda: run(n=2.5), DomainError, "monte_carlo: expected an integer n ≥ 2|integer n"),
    (lambda: run(batch=1), DomainError, "monte_carlo: expected an integer 2 ≤ batch ≤ 1e7"),
    (
        lambda: run(rng=7),
        DomainError,
        r"monte_carlo: expected rng = np\.random\.default_rng\(seed\)",
    ),
    (lambda: run(low=(1, 0)), DomainError, "monte_carlo: expected low < high"),
    (
        lambda: run(high=(1, 1, 1)),
        ShapeError,
        r"expected high of shape \(2,\), got \(3,\)",
    ),
    (
        lambda: run(lambda x: x[:, 0], high=(1e200, 1e200)),
        DomainError,
        r"an area from 5e-324 to 1.8e308, got \S+e\+599. Scale f or the box",
    ),
    (lambda: run(lambda x: x[:, 0], high=(1e-200, 1e-200)), DomainError, r"area .* got \S+e-601"),
    (lambda: run(lambda x: x), ShapeError, r"expected f\(x\) of shape \(10,\), got \(10, 2\)"),
    (lambda: run(lambda x: 1.0), ShapeError, r"expected f\(x\) of shape \(10,\), got \(\)"),
    (lambda: run(lambda x: np.log(x[:, 0] - 1)), DomainError, "f finite, got nan at x = "),
    (lambda: run(low=(-1e308, 0), high=(1e308, 1)), DomainError, "expected sides below 1.8e308"),
    (lambda: run(lambda x: x[:, 0] * 1j), DomainError, r"f\(x\) of real numbers, got complex128"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
