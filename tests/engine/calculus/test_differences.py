"""Differences: the V of error against h, closed forms, what an unfit function is told."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calculus import (
    BestSteps,
    best_steps,
    central_difference,
    complex_step,
    difference_steps,
    forward_difference,
)
from engine.errors import DomainError, ShapeError

EXACT = math.cos(1.0)
EPS = np.finfo(float).eps


def error(rule, h):
    return abs(rule(np.sin, 1.0, h) - EXACT)


def slope(rule, steps):
    """The slope of log error against log h; the mean of neighbors smooths the rounding."""
    errors = [np.mean([error(rule, h * (1 + k / 97)) for k in range(40)]) for h in steps]
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


def test_known_errors_on_sin_at_one():
    assert 1e-9 < error(forward_difference, 1e-8) < 1e-8
    assert error(central_difference, 6e-6) < 1e-10
    assert error(complex_step, 1e-20) <= EPS


@pytest.mark.parametrize(("rule", "order"), [(forward_difference, 1), (central_difference, 2)])
def test_error_falls_with_the_order_and_rises_with_rounding(rule, order):
    assert slope(rule, [1e-1, 1e-2, 1e-3]) == pytest.approx(order, abs=0.05)
    assert slope(rule, [1e-10, 1e-11, 1e-12, 1e-13]) == pytest.approx(-1, abs=0.15)


def test_the_first_term_of_each_error():
    h = 1e-3
    forward = forward_difference(np.exp, 0.0, h) - 1
    assert forward == pytest.approx(h / 2, rel=1e-3)
    assert central_difference(np.exp, 0.0, h) - 1 == pytest.approx(h * h / 6, rel=1e-3)
    assert complex_step(np.exp, 0.0, h) - 1 == pytest.approx(-h * h / 6, rel=1e-3)


@given(*[st.integers(-9, 9)] * 4, st.sampled_from([0.5, 0.25, -0.5, 2.0]))
@settings(max_examples=40)
def test_parabolas_are_exact_by_central_and_off_by_ah_forward(a, b, c, x, h):
    def f(x):
        return a * x * x + b * x + c

    assert central_difference(f, x, h) == 2 * a * x + b
    assert forward_difference(f, x, h) == 2 * a * x + b + a * h


def test_rosenbrock_by_all_three():
    def f(x, y):
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    assert f(-1.2, 1.0) == pytest.approx(24.2)
    along = (lambda x: f(x, 1.0), -1.2, -215.6), (lambda y: f(-1.2, y), 1.0, -88.0)
    for one, x, exact in along:
        assert complex_step(one, x) == pytest.approx(exact, rel=1e-14)
        assert central_difference(one, x, 1e-5) == pytest.approx(exact, rel=1e-8)
        assert forward_difference(one, x, 1e-8) == pytest.approx(exact, rel=1e-5)


def test_the_hessian_of_rosenbrock_by_differences_of_complex_steps():
    def f(x, y):
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    def hessian(x, y):
        along = [lambda a, b: complex_step(lambda x: f(x, b), a)]
        along.append(lambda a, b: complex_step(lambda y: f(a, y), b))
        return [row(g, x, y) for g in along]

    def row(g, x, y):
        right = central_difference(lambda x: g(x, y), x, 1e-4)
        return [right, central_difference(lambda y: g(x, y), y, 1e-4)]

    np.testing.assert_allclose(hessian(-1.2, 1.0), [[1330, 480], [480, 200]], rtol=1e-8)
    assert np.linalg.cond(hessian(1.0, 1.0)) == pytest.approx(2508.01, abs=0.05)


def test_a_function_that_is_not_analytic_misleads_the_complex_step():
    assert complex_step(abs, -2.0) == 0.0
    assert complex_step(np.conj, 2.0) == -1.0
    assert central_difference(abs, -2.0, 0.5) == -1.0


def test_every_field_of_every_record():
    steps = [1e-2, 1e-5, 1e-8]
    *rows, best = difference_steps(np.sin, 1.0, EXACT, steps=steps)
    assert [row.h for row in rows] == steps
    for row in rows:
        assert row.forward == forward_difference(np.sin, 1.0, row.h)
        assert row.central == central_difference(np.sin, 1.0, row.h)
        assert row.complex == complex_step(np.sin, 1.0, row.h)
        assert row.forward_error == abs(row.forward - EXACT)
        assert row.central_error == abs(row.central - EXACT)
        assert row.complex_error == abs(row.complex - EXACT)
        told = f"{row.forward_error:.1e}, {row.central_error:.1e}, {row.complex_error:.1e}"
        assert row.why == f"h = {row.h:.0e}: off by {told}"
    assert isinstance(best, BestSteps)
    assert best == best_steps(np.sin, 1.0, EXACT, steps=steps)
    assert (best.forward_h, best.central_h) == (1e-8, 1e-5)
    for name in ("forward", "central", "complex"):
        least = min(getattr(row, f"{name}_error") for row in rows)
        assert getattr(best, f"{name}_error") == least
        assert f"{least:.1e} at" in best.why
        assert getattr(best, f"{name}_h") in steps


def test_the_default_steps_are_powers_of_ten_down_to_the_twentieth():
    *rows, _ = difference_steps(np.sin, 1.0, EXACT)
    np.testing.assert_allclose([row.h for row in rows], 10.0 ** -np.arange(1, 21))


def test_without_complex_numbers_the_third_method_is_nan():
    *rows, best = difference_steps(math.sin, 1.0, EXACT, steps=[1e-3])
    assert math.isnan(rows[0].complex)
    assert math.isnan(best.complex_error)
    assert best.central_error < 1e-6


def test_an_error_inside_f_keeps_its_name():
    def f(x):
        raise KeyError("mine")

    for rule in (forward_difference, central_difference, complex_step):
        with pytest.raises(KeyError, match="mine"):
            rule(f, 1.0, 0.1)


RULES = [forward_difference, central_difference, complex_step]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("f", "x", "h", "kind", "message"),
    [
        (np.sin, 1.0, 0.0, DomainError, "step h ≠ 0, got 0"),
        (np.sin, 1.0, math.nan, DomainError, "finite step h, got nan"),
        (np.sin, 1.0, "a", DomainError, "finite step h, got 'a'"),
        (np.sin, math.inf, 0.1, DomainError, "finite x, got inf"),
        (np.sin, "1", 0.1, DomainError, "finite x, got '1'"),
        (5, 1.0, 0.1, DomainError, "a function f, such as"),
        (lambda x: math.nan, 1.0, 0.1, DomainError, "f finite around x = .*, got nan"),
        (lambda x: "a", 1.0, 0.1, DomainError, r"f\(x\) of real|f to give one"),
        (lambda x: None, 1.0, 0.1, DomainError, r"f\(x\) of real|f to give one"),
        (lambda x: [x, x], 1.0, 0.1, (DomainError, ShapeError), "f to give one number"),
    ],
)
def test_what_does_not_fit_is_named(rule, f, x, h, kind, message):
    with pytest.raises(kind, match=rf"^{rule.__name__}: expected {message}"):
        rule(f, x, h)


def test_a_difference_beyond_the_range_is_named():
    for rule in (forward_difference, central_difference):
        with pytest.raises(DomainError, match="expected f finite around x = 0"):
            rule(lambda x: 1.7e308 * math.copysign(1, x - 1e-9), 0.0, 0.1)


def test_steps_and_the_exact_slope_have_domains():
    for steps, message in (([], "at least one h"), ([0.0], "h ≠ 0, got 0"), (5, "steps")):
        with pytest.raises((DomainError, ShapeError), match=message):
            best_steps(np.sin, 1.0, EXACT, steps=steps)
    with pytest.raises(DomainError, match="difference_steps: expected finite exact"):
        difference_steps(np.sin, 1.0, math.nan)
