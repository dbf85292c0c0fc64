"""Dual numbers: closed forms, the complex step, and the engine's own gradients."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calculus import Dual, complex_step, derivative, gradient
from engine.errors import DltutorError, DomainError, ShapeError, UnknownNameError
from engine.reverse import grad
from engine.tensor import OPS, Tensor

CLOSED = {
    "sin": np.cos, "cos": lambda x: -np.sin(x), "tan": lambda x: 1 / np.cos(x) ** 2, "exp": np.exp,
    "expm1": np.exp, "log": lambda x: 1 / x, "log1p": lambda x: 1 / (1 + x),
    "sqrt": lambda x: 0.5 / np.sqrt(x), "square": lambda x: 2 * x, "negative": lambda x: -1.0,
    "absolute": np.sign, "sinh": np.cosh, "cosh": np.sinh, "tanh": lambda x: 1 / np.cosh(x) ** 2,
    "arctan": lambda x: 1 / (1 + x * x), "log2": lambda x: 1 / (x * math.log(2)),
    "log10": lambda x: 1 / (x * math.log(10)), "arcsin": lambda x: 1 / np.sqrt(1 - x * x),
    "arccos": lambda x: -1 / np.sqrt(1 - x * x), "sign": lambda x: 0.0,
}  # fmt: skip


def test_every_rule_has_a_closed_form_here():
    ufuncs = {name: op.value for name, op in OPS.items() if isinstance(op.value, np.ufunc)}
    assert set(CLOSED) == {name for name, f in ufuncs.items() if f.nin == 1}


@pytest.mark.parametrize("name", CLOSED)
@given(x=st.floats(0.05, 3))
@settings(max_examples=20)
def test_slopes_are_the_closed_forms(name, x):
    f, x = getattr(np, name), x / 4 if name.startswith("arc") else x
    assert f(Dual(x, 1.0)).value == pytest.approx(f(x), rel=1e-15)
    assert f(Dual(x, 1.0)).slope == pytest.approx(CLOSED[name](x), rel=1e-12)
    assert f(Dual(x, -2.5)).slope == pytest.approx(-2.5 * CLOSED[name](x), rel=1e-12)


UNARY = [
    np.sin, np.cos, np.tanh, lambda z: np.exp(0.1 * z), lambda z: np.log(3 + np.cos(z)),
    lambda z: (1.5 + np.cos(z)) ** 0.5, lambda z: z**3, lambda z: 1 / (1.5 + np.sin(z)),
    lambda z: -z,
]  # fmt: skip
BINARY = [
    lambda u, v: u + v, lambda u, v: u - v, lambda u, v: u * v, lambda u, v: u / (2 + np.sin(v)),
    lambda u, v: (1.5 + np.sin(u)) ** np.cos(v),
]  # fmt: skip


@st.composite
def expressions(draw, depth=4):
    """A function of x and y that numbers, complex numbers, tensors and duals all take."""
    kind = draw(st.sampled_from("xyc" if not depth else "xcuuubbbb"))
    if kind in "xy":
        return (lambda x, y: x) if kind == "x" else (lambda x, y: y)
    if kind == "c":
        c = draw(st.floats(-2, 2))
        return lambda x, y: c
    a = draw(expressions(depth=depth - 1))
    if kind == "u":
        f = draw(st.sampled_from(UNARY))
        return lambda x, y: f(a(x, y))
    b, op = draw(expressions(depth=depth - 1)), draw(st.sampled_from(BINARY))
    return lambda x, y: op(a(x, y), b(x, y))


@given(expressions(), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
@settings(max_examples=60)
def test_any_expression_agrees_with_reverse_mode_and_the_complex_step(f, x, y):
    forward = gradient(f, [x, y])
    leaves = [Tensor(x), Tensor(y)]
    result = f(*leaves)
    if isinstance(result, Tensor):
        reverse = [g.item() for g in grad(result, leaves)]
        np.testing.assert_allclose(forward, reverse, rtol=1e-11, atol=1e-11)
    stepped = [complex_step(lambda z: f(z, y), x), complex_step(lambda z: f(x, z), y)]
    np.testing.assert_allclose(forward, stepped, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(
    ("f", "x", "want"),
    [
        (lambda x: x**0, 0.0, 0), (lambda x: x**1, 0.0, 1), (lambda x: x**2, 0.0, 0),
        (lambda x: x**3, -2.0, 12), (lambda x: x**-1, 2.0, -0.25), (lambda x: x**0.5, 4.0, 0.25),
        (lambda x: 2**x, 3.0, 8 * math.log(2)), (lambda x: x**x, 2.0, 4 * (1 + math.log(2))),
        (lambda x: abs(x), 0.0, 0), (lambda x: abs(x), -3.0, -1), (lambda x: 3 - x, 1.0, -1),
        (lambda x: 3 / x, 2.0, -0.75), (lambda x: +x, 2.0, 1),
        (lambda x: np.float64(3) * x, 1.0, 3),
        (lambda x: np.maximum(x, 1), 2.0, 1), (lambda x: np.minimum(x, 1), 2.0, 0),
        (lambda x: x if x > 1 else 5 * x, 0.5, 5), (lambda x: 7.0, 0.5, 0),
        (lambda x: np.float32(2) + x * np.int64(4), 1.0, 4),
    ],
)  # fmt: skip
def test_powers_corners_and_mixtures(f, x, want):
    assert derivative(f, x) == pytest.approx(want, rel=1e-15)


def test_duals_stand_where_numbers_stand_in_comparisons():
    x = Dual(3.0, 1.0)
    for three in (3, 3.0, np.float64(3), np.int64(3), Dual(3.0, -7.0)):
        assert x == three
        assert three == x
        assert x >= three
        assert x <= three
        assert not x < three
        assert not three > x
    assert np.float64(4) > x
    assert x < 4
    assert x != 4
    assert x != "3"
    assert bool(Dual(0.0, 1.0)) is False
    assert bool(x) is True


def test_a_power_that_is_a_dual_needs_a_base_above_zero_only_where_its_slope_counts():
    assert derivative(lambda x: (-2.0) ** (2 + 0 * x), 1.0) == 0
    with pytest.raises(DomainError, match="power: expected"):
        derivative(lambda x: (-2.0) ** x, 2.0)


MISTAKES = [
    (lambda: derivative(np.log, 0.0), DomainError, "log: expected x > 0, got 0"),
    (lambda: derivative(np.sqrt, 0.0), DomainError, "sqrt: expected a finite slope, got x = 0"),
    (lambda: derivative(np.sqrt, -1.0), DomainError, "sqrt: expected x ≥ 0, got -1"),
    (lambda: derivative(np.log1p, -1.0), DomainError, "log1p: expected x > −1, got -1"),
    (lambda: derivative(np.log, 5e-324), DomainError, "log: expected a result below 1.8e308"),
    (lambda: derivative(np.exp, 1000.0), DomainError, "exp: expected a result below 1.8e308"),
    (lambda: derivative(lambda x: 1 / x, 0.0), DomainError, "divisor"),
    (lambda: derivative(lambda x: x**-1, 0.0), DomainError, "power: expected"),
    (lambda: derivative(lambda x: x**0.5, -1.0), DomainError, "power: expected"),
    (lambda: derivative(np.sin, math.nan), DomainError, "derivative: expected finite x"),
    (lambda: derivative(np.sin, "3"), DomainError, "derivative: expected finite x, got '3'"),
    (
        lambda: derivative(5, 1.0),
        DomainError,
        r"derivative: expected a function f, such as lambda x: x\*\*2",
    ),
    (lambda: derivative(lambda x: x + "3", 1.0), DomainError, "Dual: expected a real number"),
    (lambda: derivative(lambda x: x + 1j, 1.0), DomainError, "Dual: expected a real number"),
    (lambda: derivative(lambda x: x * np.ones(2), 1.0), DltutorError, "Dual: expected"),
    (lambda: derivative(np.arccosh, 2.0), UnknownNameError, "called 'arccosh'"),
    (lambda: derivative(lambda x: np.add.reduce(x), 1.0), DomainError, "plain call of add"),
    (lambda: gradient(lambda x: x, [[1.0]]), ShapeError, r"gradient: expected x of shape \(N,\)"),
    (
        lambda: gradient(5, [1.0]),
        DomainError,
        r"gradient: expected a function f, such as lambda x: x\*\*2",
    ),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
