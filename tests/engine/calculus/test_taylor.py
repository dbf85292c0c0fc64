"""Taylor: known coefficients, the errors of e, what has no polynomial."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calculus import polynomial, taylor, taylor_steps
from engine.errors import DomainError, ShapeError

K = range(9)
SERIES = [
    (np.sin, 0.0, [0 if k % 2 == 0 else (-1) ** (k // 2) / math.factorial(k) for k in K]),
    (np.cos, 0.0, [0 if k % 2 else (-1) ** (k // 2) / math.factorial(k) for k in K]),
    (np.exp, 1.0, [math.e / math.factorial(k) for k in K]),
    (lambda x: np.log(1 + x), 0.0, [0] + [-((-1) ** k) / k for k in K if k]),
    (lambda x: 1 / (1 - x), 0.0, [1] * 9),
    (np.sqrt, 1.0, [math.prod((0.5 - j) / (j + 1) for j in range(k)) for k in K]),
]


@pytest.mark.parametrize(("f", "a", "want"), SERIES)
def test_coefficients_are_those_of_the_books(f, a, want):
    np.testing.assert_allclose(taylor(f, a, 8), want, rtol=1e-11, atol=1e-15)


def test_polynomials_of_e():
    c = taylor(np.exp, 0.0, 5)
    errors = [math.e - polynomial(c[: k + 1], 1.0) for k in range(1, 6)]
    np.testing.assert_allclose(errors, [0.71828, 0.21828, 0.05162, 0.00995, 0.00162], atol=5e-6)


def test_every_record_tells_its_degree_and_holds_its_own_coefficients():
    records = list(taylor_steps(np.exp, 0.5, 4))
    assert [record.degree for record in records] == [0, 1, 2, 3, 4]
    for k, record in enumerate(records):
        assert record.derivative == pytest.approx(math.exp(0.5), rel=1e-15)
        assert record.coefficient == record.derivative / math.factorial(k)
        assert record.coefficients.shape == (k + 1,)
        assert record.coefficients[-1] == record.coefficient
        assert record.why.startswith(f"f⁽{k}⁾(a) / {k}! = 1.6487")
        assert record.why.endswith(f" / {math.factorial(k)} {'==≈≈≈'[k]} {record.coefficient:.6g}")
    np.testing.assert_array_equal(records[-1].coefficients, taylor(np.exp, 0.5, 4))
    for record in (walk := taylor_steps(np.exp, 0.5, 4)):
        if record.degree < 4:
            record.coefficients[:] = np.nan
    assert walk is not None
    np.testing.assert_array_equal(record.coefficients, taylor(np.exp, 0.5, 4))


def test_constants_and_degree_zero_and_a_high_degree():
    assert taylor(lambda x: 3.0, 0.0, 3).tolist() == [3, 0, 0, 0]
    assert taylor(np.exp, 0.0, 0).tolist() == [1]
    np.testing.assert_allclose(taylor(np.exp, 0.0, 40)[-1], 1 / math.factorial(40), rtol=1e-14)
    assert taylor(lambda x: x * x, 3.0, 5).tolist() == [9, 6, 1, 0, 0, 0]


@pytest.mark.parametrize("f", [lambda x: 1e200 / x, lambda x: 1e200 * x**-1.0])
def test_a_factorial_takes_no_derivative_out_of_range_that_has_a_float(f):
    for record in taylor_steps(f, 1000.0, 100):
        want = Fraction(-1, 1000) ** record.degree * Fraction(1e200) / 1000
        assert record.coefficient == pytest.approx(float(want), rel=1e-13)
        whole = float(want * math.factorial(record.degree))
        assert record.derivative == pytest.approx(whole, rel=1e-13)
    assert record.degree == 100
    with pytest.raises(DomainError, match="a finite derivative, got -inf in degree 75"):
        taylor(lambda x: 1e200 / x, 1.0, 100)  # 74! · 1e200 is the last one with a float


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=6), st.integers(-3, 3))
@settings(max_examples=30)
def test_horner_agrees_with_numpy(c, a):
    x = np.linspace(-2, 2, 6).reshape(2, 3)
    want = np.polynomial.polynomial.polyval(x - a, c)
    np.testing.assert_allclose(polynomial(np.array(c, float), x, a), want, atol=1e-10)
    assert polynomial(c, 2.0, a) == np.polynomial.polynomial.polyval(2.0 - a, c)


MISTAKES = [
    (lambda: taylor(np.exp, 0.0, -1), "taylor: expected an integer 0 ≤ degree ≤ 100"),
    (lambda: taylor(np.exp, 0.0, 101), "taylor: expected an integer 0 ≤ degree ≤ 100"),
    (lambda: taylor(np.exp, 0.0, 1.5), "taylor: expected an integer 0 ≤ degree ≤ 100"),
    (lambda: taylor(np.exp, math.nan, 1), "taylor: expected finite a"),
    (lambda: taylor(np.exp, "a", 1), "taylor: expected finite a, got 'a'"),
    (lambda: taylor(3, 0.0, 1), r"taylor: expected a function f, such as lambda x: x\*\*2"),
    (lambda: taylor(lambda x: "a", 0.0, 1), r"taylor: expected f\(a\) of real numbers"),
    (lambda: taylor(np.log, 0.0, 1), "log: expected x > 0, got 0"),
    (lambda: taylor(np.sqrt, 0.0, 1), "expected a divisor that is not 0"),
    (lambda: taylor(np.exp, 1000.0, 1), "expected a finite derivative, got inf in degree 0"),
    (lambda: polynomial([1.0, 2.0, 3.0], 1e300), "a value below 1.8e308, got another at x = 1e"),
    (lambda: polynomial([1.0], "a"), "polynomial: expected x of real numbers, got"),
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, message):
    with pytest.raises(DomainError, match=message):
        mistake()


def test_shapes_are_named():
    with pytest.raises(ShapeError, match=r"taylor: expected f to give one number, got shape \(2,"):
        taylor(lambda x: x * np.ones(2), 0.0, 1)
    with pytest.raises(DomainError, match="polynomial: expected at least 1 number in coefficients"):
        polynomial([], 1.0)
