"""Differential equations: orders, stability, SciPy, and gradient descent as Euler's method."""

import math
from itertools import pairwise

import numpy as np
import pytest
import scipy.integrate

from engine.calculus import gradient_flow, gradient_flow_steps, ode, ode_steps
from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.reverse import grad
from engine.tensor import Tensor

ORDERS = [("euler", 1), ("midpoint", 2), ("rk4", 4)]
PROBLEMS = [
    (lambda t, y: y, [1.0], [math.e]),
    (lambda t, y: y * (1 - y), [0.1], [1 / (1 + 9 * math.exp(-1))]),
    (lambda t, y: [y[1], -y[0]], [1.0, 0.0], [math.cos(1), -math.sin(1)]),
    (lambda t, y: -2 * t * y, [1.0], [math.exp(-1)]),
]


@pytest.mark.parametrize(("method", "order"), ORDERS)
@pytest.mark.parametrize(("f", "y", "exact"), PROBLEMS)
def test_halving_the_step_shows_the_order(method, order, f, y, exact):
    errors = [np.linalg.norm(ode(f, y, 1 / n, n, method=method).y - exact) for n in (160, 320)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.1)


def test_it_agrees_with_scipy():
    def f(t, y):
        return np.array([y[1], (1 - y[0] ** 2) * y[1] - y[0] + np.sin(t)])

    want = scipy.integrate.solve_ivp(f, (0.5, 2.5), [1, 0.5], "DOP853", rtol=1e-12, atol=1e-13)
    found = ode(f, [1, 0.5], 0.002, 1000, t=0.5)
    np.testing.assert_allclose(found.y, want.y[:, -1], rtol=1e-9)
    back = ode(f, found.y, -0.002, 1000, t=2.5)
    np.testing.assert_allclose(back.y, [1, 0.5], rtol=1e-9)


@pytest.mark.parametrize(("method", "edge"), [("euler", 2), ("midpoint", 2), ("rk4", 2.785293563)])
def test_decay_is_stable_up_to_the_edge_of_the_method(method, edge):
    inside, outside = (
        abs(ode(lambda t, y: -y, [1.0], h, 5000, method=method).y[0])
        for h in (0.999 * edge, 1.001 * edge)
    )
    assert inside < 0.1 < 10 < outside


@pytest.mark.parametrize(("method", "order"), ORDERS)
def test_every_field_of_every_state(method, order):
    y = np.array([1.0, 2.0])
    states = list(ode_steps(lambda t, y: [t, y[0]], y, 0.25, 3, t=1.0, method=method))
    assert y.tolist() == [1, 2]
    assert [state.step for state in states] == [0, 1, 2, 3]
    assert [state.t for state in states] == [1.0, 1.25, 1.5, 1.75]
    assert states[0].why == "the start"
    assert states[0].slopes.shape == (0, 2)
    weights = np.array({1: [1], 2: [0, 1], 4: [1 / 6, 1 / 3, 1 / 3, 1 / 6]}[order])
    for before, state in pairwise(states):
        assert state.slopes.shape == (order, 2)
        assert state.slopes[0].tolist() == [before.t, before.y[0]]
        np.testing.assert_allclose(
            state.y, before.y + 0.25 * np.array(weights) @ state.slopes, rtol=1e-15
        )
        count = "1 slope" if order == 1 else f"{order} slopes"
        largest = np.abs(state.slopes[-1]).max()
        assert state.why == f"{count} from t = {before.t:.6g}, the last {largest:.4g}"
    last = ode(lambda t, y: [t, y[0]], y, 0.25, 3, t=1.0, method=method)
    assert last.y.tolist() == states[-1].y.tolist()


@pytest.mark.parametrize(("method", "order"), ORDERS)
def test_neither_records_nor_a_careless_f_disturb_the_walk(method, order):
    want = ode(lambda t, y: -y, [1.0, 2.0], 0.1, 5, method=method).y.tolist()
    buffer = np.zeros(2)

    def careless(t, y):
        np.multiply(y, -1, out=buffer)
        y[:] = np.nan
        return buffer

    assert ode(careless, [1.0, 2.0], 0.1, 5, method=method).y.tolist() == want
    for state in ode_steps(lambda t, y: -y, [1.0, 2.0], 0.1, 5, method=method):
        found = state.y.tolist()
        state.y[:], state.slopes[:] = np.nan, np.nan
    assert found == want


def bowl(w):
    return (w * w * np.array([1.0, 3.0])).sum()


def test_euler_on_the_flow_is_gradient_descent_bit_for_bit():
    w = np.array([1.0, -2.0])
    for state in gradient_flow_steps(bowl, w, 0.1, 8):
        assert state.y.tolist() == w.tolist()
        leaf = Tensor(w)
        w = w - 0.1 * grad(bowl(leaf), [leaf])[0].value
    assert gradient_flow(bowl, [1.0, -2.0], 0.1, 8).y.tolist() == state.y.tolist()


def test_loss_never_rises_below_two_over_l_and_rises_above():
    for h, falls in ((0.99 * 2 / 6, True), (1.01 * 2 / 6, False)):
        losses = [bowl(Tensor(s.y)).item() for s in gradient_flow_steps(bowl, [0, 1.0], h, 30)]
        assert (np.diff(losses) < 0).all() == falls


def test_the_flow_is_followed_closer_by_runge_and_kutta():
    found = gradient_flow(bowl, [1.0, -2.0], 0.01, 100, method="rk4").y
    np.testing.assert_allclose(found, [math.exp(-2), -2 * math.exp(-6)], rtol=1e-6)


def walk(f, y=(1.0, 2.0, 3.0), h=0.1, steps=2, **more):
    return ode(f, y, h, steps, **more)


def still(t, y):
    return 0 * y


MISTAKES = [
    (
        lambda: walk(lambda t, y: 1.0),
        ShapeError,
        r"rk4: expected f of shape \(3,\), got \(\)",
    ),
    (
        lambda: walk(lambda t, y: [1.0]),
        ShapeError,
        r"f of shape \(3,\), got \(1,\)",
    ),
    (
        lambda: walk(lambda t, y: [1, 2]),
        ShapeError,
        r"f of shape \(3,\), got \(2,\)",
    ),
    (lambda: walk(lambda t, y: "a"), DomainError, r"f\(t, y\) of real numbers"),
    (lambda: walk(lambda t, y: None), DomainError, r"f\(t, y\) of real numbers"),
    (lambda: walk(lambda t, y: 1j * y), DomainError, "real numbers, got complex128"),
    (lambda: walk(lambda t, y: y * np.nan), DomainError, "finite y, got nan in step 1 at t = 0.1"),
    (lambda: walk(lambda t, y: y / y[0] ** 9, (0.0,)), DomainError, "got nan in step 1"),
    (lambda: walk(lambda t, y: y * y, (10.0,), 1, 99), DomainError, "inf in step .* smaller h"),
    (lambda: walk(5), DomainError, r"rk4: expected a function f, such as lambda x: x\*\*2"),
    (lambda: walk(still, h=0.0), DomainError, "rk4: expected step h ≠ 0"),
    (lambda: walk(still, h="a"), DomainError, "rk4: expected finite step h, got 'a'"),
    (lambda: walk(still, t=math.inf), DomainError, "rk4: expected finite t"),
    (lambda: walk(still, steps=-1), DomainError, "an integer steps ≥ 0, got -1"),
    (lambda: walk(still, 1.0), ShapeError, r"expected y of shape \(N,\)"),
    (lambda: walk(still, method="eular"), UnknownNameError, "Did you mean euler"),
    (lambda: gradient_flow(5, [1.0], 0.1, 1), DomainError, "gradient_flow: expected a function"),
    (lambda: gradient_flow(lambda w: 2.0, [1.0], 0.1, 1), DomainError, "a Tensor, got 2.0"),
    (lambda: gradient_flow(lambda w: w, [1.0, 2.0], 0.1, 1), ShapeError, "expected a scalar"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()


def test_an_error_inside_f_keeps_its_name():
    with pytest.raises(ZeroDivisionError):
        walk(lambda t, y: 1 // 0)
