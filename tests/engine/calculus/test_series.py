"""Series through a graph: closed forms to high degrees, nested gradients, corners and jumps."""

import math
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from engine.calculus import taylor
from engine.calculus.series import coefficients
from engine.errors import DomainError
from engine.formula import Formula
from engine.reverse import grad
from engine.tensor import Tensor

K = range(31)


def bernoulli(n):
    """B_0, …, B_n, from Σ_k (m + 1 over k) B_k = 0."""
    found = [Fraction(1)]
    for m in range(1, n + 1):
        found.append(-sum(math.comb(m + 1, k) * found[k] for k in range(m)) / Fraction(m + 1))
    return found


B = bernoulli(32)
HALF = [math.prod((Fraction(1, 2) - j) / (j + 1) for j in range(k)) for k in K]
TANH = [2 ** (k + 1) * (2 ** (k + 1) - 1) * B[k + 1] / math.factorial(k + 1) for k in K]
ODD = [k % 2 for k in K]
SIGN = [(-1) ** (k // 2) for k in K]

CLOSED = {
    "exp": (np.exp, [Fraction(1, math.factorial(k)) for k in K]),
    "sin": (np.sin, [Fraction(ODD[k] * SIGN[k], math.factorial(k)) for k in K]),
    "cos": (np.cos, [Fraction((1 - ODD[k]) * SIGN[k], math.factorial(k)) for k in K]),
    "1/(1+x²)": (lambda x: 1 / (1 + x**2), [(1 - ODD[k]) * SIGN[k] for k in K]),
    "log(1+x)": (lambda x: np.log(1 + x), [Fraction(-((-1) ** k), max(k, 1)) * (k > 0) for k in K]),
    "√(1+x)": (lambda x: np.sqrt(1 + x), HALF),
    "1/√(1+x)": (lambda x: (1 + x) ** -0.5, [2 * (k + 1) * HALF[k + 1] for k in K[:-1]]),
    "tanh": (np.tanh, [TANH[k] * ODD[k] for k in K]),
    "tan": (np.tan, [abs(TANH[k]) * ODD[k] for k in K]),
    "arctan": (np.arctan, [Fraction(ODD[k] * SIGN[k], max(k, 1)) for k in K]),
    "sinh": (np.sinh, [Fraction(ODD[k], math.factorial(k)) for k in K]),
    "√((1+x)²)": (lambda x: np.sqrt((1 + x) ** 2), [1, 1, *[0] * 29]),
    "log(exp(x))": (lambda x: np.log(np.exp(x)), [0, 1, *[0] * 29]),
    "exp(log(1+x)/2)": (lambda x: np.exp(np.log(1 + x) / 2), HALF),
    "exp(-x²)": (
        lambda x: np.exp(-(x**2)),
        [Fraction((1 - ODD[k]) * SIGN[k], math.factorial(k // 2)) for k in K],
    ),
    "x³": (lambda x: x**3, [0, 0, 0, 1, *[0] * 27]),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms_to_degree_30(name):
    f, want = CLOSED[name]
    found = taylor(f, 0.0, len(want) - 1)
    np.testing.assert_allclose(found, [float(one) for one in want], rtol=1e-13, atol=1e-15)


NESTED = [
    "sin(x)*exp(x)", "tan(x)", "tanh(sin(x))", "log(2 + cos(x))", "x**2.5", "2**x", "x**x",
    "sqrt(1 + x**2)", "sigmoid(3*x)", "softplus(x)", "erf(x)", "arcsin(x/2)", "arccos(x/2)",
    "arctan(x)", "sinh(x)/cosh(x)", "log10(x)", "log2(x)", "exp(-1/x)", "abs(x)*x", "max(x, 0)**2",
    "x**2 if x > 0.2 else x", "relu(x - 0.1)*sin(x)", "1/(x*(1 - x))",
]  # fmt: skip


@pytest.mark.parametrize("text", NESTED)
@pytest.mark.parametrize("a", [0.3, 0.7])
def test_low_degrees_are_those_of_nested_gradients(text, a):
    f, x = Formula(text, ("x",)), Tensor(a)
    y, want = f(x), []
    for k in range(6):
        want.append(y.item() / math.factorial(k))
        (y,) = grad(y, [x])
    found = taylor(f, a, 5)
    np.testing.assert_allclose(found, want, rtol=1e-10, atol=1e-12 * abs(found).max())


def test_vectors_inside_are_series_too():
    w = np.array([1.0, 2.0, 3.0])
    want = [sum(w ** (k + 1)) / math.factorial(k) for k in range(21)]
    np.testing.assert_allclose(taylor(lambda x: np.exp(w * x) @ w, 0.0, 20), want, rtol=1e-13)
    total = taylor(lambda x: (w * np.exp(w * x)).reshape(3, 1).sum(), 0.0, 20)
    np.testing.assert_allclose(total, want, rtol=1e-13)


def test_a_hundred_degrees():
    want = [0.0, *(-((-1) ** k) / k for k in range(1, 101))]
    np.testing.assert_allclose(taylor(lambda x: np.log(1 + x), 0.0, 100), want, rtol=1e-14)
    x = Tensor(0.0)
    bell = [c * math.factorial(k) for k, c in
            enumerate(islice(coefficients(np.exp(np.exp(x) - 1), x), 11))]  # fmt: skip
    np.testing.assert_allclose(
        bell, [1, 1, 2, 5, 15, 52, 203, 877, 4140, 21147, 115975], rtol=1e-13
    )


NOT_SMOOTH = {
    "abs(x)": "absolute(0)", "x*abs(x)": "absolute(0)", "relu(x)": "relu(0)",
    "max(0, x)": "maximum(0, 0)", "min(x, x**2)": "minimum(0, 0)",
    "1 if x > 0 else 0": "greater(0, 0)", "x if x >= 0 else 2*x": "greater_equal(0, 0)",
    "sin(abs(x))": "absolute(0)", "x**2 if x > 0 else 0*x": "greater(0, 0)",
}  # fmt: skip


@pytest.mark.parametrize("text", NOT_SMOOTH)
def test_a_corner_and_a_jump_are_named(text):
    f = Formula(text, ("x",))
    wanted = f"taylor: expected operations that are smooth at a, got {NOT_SMOOTH[text]}, a corner"
    with pytest.raises(DomainError) as caught:
        taylor(f, 0.0, 3)
    assert str(caught.value) == f"{wanted} or a jump."
    assert len(taylor(f, 0.0, 0)) == 1  # a value it has
    assert np.isfinite(taylor(f, 0.5, 20)).all()


def test_a_corner_that_only_decides_is_none():
    f = Formula("x**2 if abs(x) < 1 else x", ("x",))
    assert taylor(f, 0.0, 4).tolist() == [0, 0, 1, 0, 0]


ROUNDED = {
    # f, whose divisor or radicand is 0 at a distance of 0.1 from a; a; its series by hand
    "quotient": (lambda x: (x**2 - 1) / (x - 1), 0.9, [1.9, 1]),
    "root": (lambda x: np.sqrt((x + 0.3 * x * x) ** 2), 0.1, [0.103, 1.06, 0.3]),
    "log": (lambda x: np.log(x * np.exp(x)) - np.log(x), 0.1, [0.1, 1]),
}


@pytest.mark.parametrize("name", ROUNDED)
def test_rounding_grows_like_the_series_of_a_pole_where_a_divisor_is_zero(name):
    f, a, known = ROUNDED[name]
    want = np.zeros(41)
    want[: len(known)] = known
    off = abs(taylor(f, a, 40) - want) / 2.0**-52 * 0.1 ** np.arange(41)  # in ε/rᵏ
    assert off.max() < 2
    for k in (10, 20, 30):  # as large as that all the way, and not only at first
        assert off[k : k + 10].max() > 0.01


def test_rounding_spoils_even_an_entire_function_near_a_divisor_that_is_zero():
    sinc = lambda x: np.sin(x) / x  # noqa: E731
    for a, r in ((0.1, 0.1), (0.2, 0.2), (0.5, 0.5)):
        c = abs(taylor(sinc, a, 60)[40:])  # by right below 1/41!
        assert (c * r ** np.arange(40, 61) < 2.0**-52).all()
        np.testing.assert_allclose(c[1:] / c[:-1], 1 / r, rtol=0.01)


def test_another_operation_is_named():
    with pytest.raises(
        DomainError, match="expected elementwise operations, sums and products, got"
    ):
        taylor(lambda x: (x * np.ones(3)).max(), 0.0, 1)


def test_a_coefficient_below_the_floats_is_zero():
    found = taylor(lambda x: np.exp(x / 1000), 0.0, 100)
    assert found[60] == pytest.approx(1e-180 / math.factorial(60), rel=1e-12)
    assert found[100] == 0
