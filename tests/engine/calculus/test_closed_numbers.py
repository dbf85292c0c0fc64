"""Calculus against the numbers that every course knows, and against the engine's own gradients."""

import math

import numpy as np
import pytest

from engine.calculus import (
    central_difference,
    complex_step,
    forward_difference,
    gauss_legendre,
    gradient,
    gradient_flow,
    monte_carlo,
    nodes,
    ode,
    polynomial,
    simpson,
    taylor,
    trapezoid,
)
from engine.errors import DltutorError
from engine.reverse import grad
from engine.tensor import Tensor


def test_errors_of_differences_of_sin_at_one():
    exact = math.cos(1.0)
    assert abs(forward_difference(np.sin, 1.0, 1e-8) - exact) < 1e-8
    assert abs(central_difference(np.sin, 1.0, 6e-6) - exact) < 1e-10
    assert abs(complex_step(np.sin, 1.0) - exact) < 1e-15
    halved = [abs(central_difference(np.sin, 1.0, h) - exact) for h in (0.02, 0.01)]
    assert halved[0] / halved[1] == pytest.approx(4, rel=1e-3)


def test_taylor_polynomials_of_e():
    c = taylor(np.exp, 0.0, 5)
    errors = [math.e - polynomial(c[: k + 1], 1.0) for k in range(1, 6)]
    np.testing.assert_allclose(errors, [0.71828, 0.21828, 0.05162, 0.00995, 0.00162], atol=5e-6)


def test_panels_of_sin():
    assert trapezoid(np.sin, 0, np.pi, 4) == pytest.approx(1.896119, abs=5e-7)
    assert simpson(np.sin, 0, np.pi, 4) == pytest.approx(2.004560, abs=5e-7)
    for rule, ratio in ((trapezoid, 4.002), (simpson, 16.055)):
        errors = [abs(rule(np.sin, 0, np.pi, n) - 2) for n in (16, 32)]
        assert errors[0] / errors[1] == pytest.approx(ratio, abs=2e-3)


def test_gauss_is_exact_to_degree_five_with_three_points():
    for k in range(6):
        exact = 0 if k % 2 else 2 / (k + 1)
        assert gauss_legendre(lambda x, k=k: x**k, -1, 1, 3) == pytest.approx(exact, abs=1e-14)
    assert gauss_legendre(lambda x: x**6, -1, 1, 3) == pytest.approx(0.24, abs=1e-14)
    x, w = np.polynomial.legendre.leggauss(20)
    found = nodes(20)
    np.testing.assert_allclose(np.sort(found.x), x, atol=1e-14)
    np.testing.assert_allclose(found.w[np.argsort(found.x)], w, atol=1e-14)


def test_the_spread_of_monte_carlo_pi():
    found = monte_carlo(
        lambda x: 4.0 * ((x**2).sum(axis=1) < 1), [0, 0], [1, 1], 100_000,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    assert found.standard_error == pytest.approx(1.6422 / math.sqrt(100_000), rel=0.01)
    assert abs(found.area - math.pi) < 4 * found.standard_error


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("midpoint", 2), ("rk4", 4)])
def test_orders_of_methods(method, order):
    errors = [
        abs(ode(lambda t, y: y, [1.0], 1 / n, n, method=method).y[0] - math.e) for n in (40, 80)
    ]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.05)


def test_euler_on_the_flow_is_gradient_descent():
    def bowl(w):
        return (w * w * np.array([1.0, 3.0])).sum()

    w = np.array([1.0, -2.0])
    for _ in range(5):
        leaf = Tensor(w)
        w = w - 0.1 * grad(bowl(leaf), [leaf])[0].value
    np.testing.assert_allclose(gradient_flow(bowl, [1.0, -2.0], 0.1, 5).y, w, rtol=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_dual_numbers_agree_with_reverse_mode(seed):
    def f(x, y):
        return np.sin(x * y) + np.exp(-x) * np.tanh(y) / (1 + x * x) + np.log(2 + y * y) ** 2

    point = np.random.default_rng(seed).uniform(-2, 2, 2)
    leaves = [Tensor(v) for v in point]
    reverse = [g.item() for g in grad(f(*leaves), leaves)]
    np.testing.assert_allclose(gradient(f, point), reverse, rtol=1e-12)


WRONG = [
    lambda: forward_difference(np.sin, 1.0, 0.0),
    lambda: trapezoid(np.sin, 0, 1, 0),
    lambda: simpson(np.sin, 0, 1, 3),
    lambda: nodes(0),
    lambda: taylor(np.exp, 0.0, -1),
    lambda: ode(lambda t, y: y, [1.0], 0.1, 3, method="eular"),
]


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_named(mistake):
    with pytest.raises(DltutorError, match=r"expected .* got|No .* is called"):
        mistake()
