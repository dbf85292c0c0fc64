"""Panels: known areas, the orders of the errors, SciPy, ends that cannot be reached."""

import math

import numpy as np
import pytest
import scipy.integrate
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calculus import (
    Integral,
    gauss_legendre,
    integrate,
    refinement_steps,
    simpson,
    trapezoid,
)
from engine.calculus.quadrature import RULES
from engine.errors import DomainError, ShapeError, UnknownNameError


def test_panels_of_sin():
    assert trapezoid(np.sin, 0, np.pi, 4) == pytest.approx(1.896119, abs=5e-7)
    assert simpson(np.sin, 0, np.pi, 4) == pytest.approx(2.004560, abs=5e-7)
    for rule, ratio in ((trapezoid, 4.002), (simpson, 16.055)):
        errors = [abs(rule(np.sin, 0, np.pi, n) - 2) for n in (16, 32)]
        assert errors[0] / errors[1] == pytest.approx(ratio, abs=2e-3)


@given(st.integers(0, 9999), st.integers(1, 20), st.floats(-2, 2), st.floats(-2, 2))
@settings(max_examples=40)
def test_panels_agree_with_scipy_on_any_numbers(seed, half, a, b):
    y = np.random.default_rng(seed).standard_normal(2 * half + 1)
    x = np.linspace(a, b, 2 * half + 1)
    found = trapezoid(lambda _: y, a, b, 2 * half), simpson(lambda _: y, a, b, 2 * half)
    want = np.trapezoid(y, x), scipy.integrate.simpson(y, dx=(b - a) / (2 * half))
    np.testing.assert_allclose(found, want, atol=1e-12)


@given(*[st.floats(-2, 2)] * 4)
@settings(max_examples=20)
def test_smooth_functions_agree_with_quad(p, q, a, b):
    def f(x):
        return np.exp(p * x) * np.cos(q * x) + 1 / (1 + x * x)

    want, _ = scipy.integrate.quad(f, a, b, epsabs=1e-13, epsrel=1e-13)
    size = math.exp(abs(p) * 2) * 5
    for rule in ("simpson", "gauss"):
        found = integrate(f, a, b, rule=rule, tolerance=1e-12, limit=40 if rule == "gauss" else 14)
        assert found.area == pytest.approx(want, abs=1e-10 * size)


def test_simpson_is_exact_on_cubics_and_trapezoid_on_lines():
    assert simpson(lambda x: 4 * x**3 - 3 * x**2 + 1, -1, 3, 2) == pytest.approx(80 - 28 + 4)
    assert simpson(lambda x: x**4, 0, 1, 2) == pytest.approx(0.2 + 1 / 120)
    assert trapezoid(lambda x: 2 * x + 1, -1, 3, 1) == 12
    assert trapezoid(lambda x: x * x, 0, 1, 1) == 0.5


@pytest.mark.parametrize("rule", RULES.values())
def test_ends_turn_and_meet(rule):
    assert rule(np.exp, 1, 0, 8) == pytest.approx(-rule(np.exp, 0, 1, 8), rel=1e-15)
    assert rule(np.exp, 1, 1, 8) == 0
    assert rule(lambda x: 3.0, 0, 2, 8) == pytest.approx(6)


@pytest.mark.parametrize(("rule", "ratio"), [("trapezoid", 4), ("simpson", 16), ("gauss", None)])
def test_every_field_of_every_refinement(rule, ratio):
    *steps, end = refinement_steps(np.exp, 0, 1, rule=rule, n=2, tolerance=1e-9)
    before, moved = math.nan, math.nan
    for k, step in enumerate(steps):
        assert step.n == (2 + k if rule == "gauss" else 2 * 2**k)
        assert step.area == RULES[rule](np.exp, 0, 1, step.n)
        assert np.array_equal(step.change, step.area - before, equal_nan=True)
        assert np.array_equal(step.ratio, moved / step.change, equal_nan=True)
        assert step.why.startswith(f"n = {step.n}: area {step.area:.10g}")
        assert ("moved by" in step.why) == (k > 0)
        assert ("the move before" in step.why) == (k > 1)
        before, moved = step.area, step.change
    if ratio:
        assert steps[-1].ratio == pytest.approx(ratio, rel=0.02)
    assert isinstance(end, Integral)
    assert end == integrate(np.exp, 0, 1, rule=rule, n=2, tolerance=1e-9)
    assert (end.area, end.n, end.change) == (steps[-1].area, steps[-1].n, abs(steps[-1].change))
    assert end.evaluations == end.n + (rule != "gauss")
    assert end.converged
    assert end.change <= 1e-9 * end.area < abs(steps[-2].change)
    assert end.why == f"converged at n = {end.n}: the last change is {steps[-1].change:.2g}"


def test_a_limit_ends_the_search_and_says_so():
    *steps, end = refinement_steps(np.sqrt, 0, 1, limit=3)
    assert len(steps) == 3
    assert not end.converged
    assert end.why.startswith("not converged at n = 8")


MISTAKES = [
    (
        lambda: trapezoid(np.sin, 0, 1, 0),
        DomainError,
        r"trapezoid: expected an integer 1 ≤ n ≤ 4\.1943e6",
    ),
    (lambda: simpson(np.sin, 0, 1, 3), DomainError, "simpson: .* even number of panels, got 3"),
    (
        lambda: simpson(np.sin, 0, 1, 1.5),
        DomainError,
        r"simpson: expected an integer 1 ≤ n ≤ 4\.1943e6",
    ),
    (lambda: trapezoid(np.sin, math.nan, 1, 2), DomainError, "trapezoid: expected finite end a"),
    (
        lambda: trapezoid(np.sin, 0, "b", 2),
        DomainError,
        "trapezoid: expected finite end b, got 'b'",
    ),
    (lambda: trapezoid(np.sin, -1e308, 1e308, 2), DomainError, "a length b − a below 1.8e308"),
    (
        lambda: trapezoid(5, 0, 1, 2),
        DomainError,
        r"trapezoid: expected a function f, such as lambda x: x\*\*2",
    ),
    (lambda: simpson(lambda x: x**-0.5, 0, 1, 2), DomainError, "simpson: .* got inf at x = 0"),
    (lambda: simpson(np.log, -1, 1, 2), DomainError, "f finite, got nan at x = -1"),
    (lambda: trapezoid(lambda x: 1j * x, 0, 1, 2), DomainError, "real numbers, got complex128"),
    (lambda: trapezoid(lambda x: "a", 0, 1, 2), DomainError, r"f\(x\) of real numbers"),
    (
        lambda: trapezoid(lambda x: x[1:], 0, 1, 2),
        ShapeError,
        r"shape \(3,\), got \(2,\)",
    ),
    (lambda: trapezoid(lambda x: [[1], [1, 2]], 0, 1, 2), ShapeError, "rows of one length"),
    (lambda: trapezoid(lambda x: 1e308, 0, 2, 9), DomainError, "trapezoid: expected an area"),
    (lambda: simpson(lambda x: 1e308, 0, 2, 8), DomainError, "simpson: expected an area below"),
    (lambda: integrate(np.sin, 0, 1, tolerance=0), DomainError, "tolerance > 0, got 0"),
    (lambda: integrate(np.sin, 0, 1, tolerance=math.nan), DomainError, "tolerance > 0, got nan"),
    (lambda: integrate(np.sin, 0, 1, limit=1), DomainError, "an integer limit ≥ 2, got 1"),
    (
        lambda: integrate(np.sin, 0, 1, n=0),
        DomainError,
        r"simpson: expected an integer 1 ≤ n ≤ 4\.1943e6",
    ),
    (lambda: integrate(np.sin, 0, 1, rule="boole"), UnknownNameError, "No rule of quadrature"),
    (lambda: gauss_legendre(5, 0, 1, 2), DomainError, "gauss_legendre: expected a function f"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
