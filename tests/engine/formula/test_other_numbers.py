"""Typed functions on complex numbers and on duals: the slopes of reverse mode, by other means."""

import math

import numpy as np
import pytest

from engine.calculus import complex_step, derivative, difference_steps
from engine.calculus.dual import Dual
from engine.errors import DomainError, FormulaDomainError, FormulaError
from engine.formula import Formula, typed_function
from engine.tensor import Tensor
from tests.engine.formula.truth import PICKS, ROWS

TINY = 1e-200
ONE = [row for row in ROWS if len(row[1]) == 1]
one_variable = pytest.mark.parametrize("text", [row[0] for row in ONE])
POINTS = {row[0]: np.random.default_rng(0).uniform(*row[3], 5) for row in ONE}


@one_variable
@pytest.mark.parametrize("order", [0, 1])
def test_the_complex_step_gives_the_slope(text, order):
    f = Formula(text)
    for _ in range(order):
        f = f.derivative("x")
    x = POINTS[text]
    wanted = f.derivative("x")(x)
    steps = f(x + 1j * TINY)
    np.testing.assert_allclose(np.imag(steps) / TINY, wanted, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(np.real(steps), f(x), rtol=1e-14, atol=1e-14)


@one_variable
def test_duals_give_the_slope(text):
    f = Formula(text)
    for x in POINTS[text].tolist():
        y = f(Dual(x, 2.0))
        assert y.value == f(x)
        assert y.slope == pytest.approx(2 * f.derivative("x")(x), rel=1e-13, abs=1e-14)


def test_several_variables_and_whole_arrays():
    rng = np.random.default_rng(0)
    for text, names, _, ends, _ in ROWS:
        if len(names) == 1 or "<" in text or ">" in text:
            continue
        values = [rng.uniform(*ends, 3) for _ in names]
        f, direction = Formula(text, tuple(names)), rng.standard_normal(3)
        slopes = f.derivative("y")(*values)
        moved = np.sum(f(values[0], values[1] + 1j * TINY * direction)).imag / TINY
        assert moved == pytest.approx(np.sum(slopes * direction), rel=1e-12), text
        if any(part in text for part in PICKS):
            continue
        pair = f(Dual(values[0][0]), y=Dual(values[1][0], 1.0))
        assert pair.slope == pytest.approx(slopes[0], rel=1e-12), text


@pytest.mark.parametrize("f", [Formula("sin(x)"), typed_function("sin(x)")])
def test_difference_steps_of_a_typed_function_are_those_of_numpys(f):
    ours = list(difference_steps(f, 1.0, math.cos(1.0)))
    assert ours == list(difference_steps(np.sin, 1.0, math.cos(1.0)))
    assert complex_step(f, 1.0) == math.cos(1.0)
    assert derivative(f, 1.0) == math.cos(1.0)


def test_what_does_not_depend_on_the_other_numbers():
    assert Formula("3", ("x",))(1 + 1j) == 3
    assert Formula("y*y", ("x", "y"))(1 + 1j, 2.0) == 4
    answer = Formula("y*y", ("x", "y"))(Dual(1.0, 1.0), 2.0)
    assert (answer.value, answer.slope) == (4.0, 0.0)
    assert Formula("x*2")(np.array(1 + 1j)) == 2 + 2j
    assert Formula("x*2")([1j, 1.0]).tolist() == [2j, 2]


@pytest.mark.parametrize("size", [3, 3000])
def test_relus_slope_has_a_complex_form_for_every_size(size):
    x = np.linspace(-1, 1, size) + 1j * TINY
    slope = Formula("relu(x)*x").derivative("x")(x)
    np.testing.assert_allclose(slope.imag / TINY, np.where(x.real > 0, 2.0, 0.0))


def test_what_cannot_be_computed_is_said():
    with pytest.raises(FormulaDomainError, match="log: expected x > 0, got -1"):
        Formula("log(x)")(-1 + 1e-9j)
    with pytest.raises(DomainError, match="expected a divisor that is not 0"):
        Formula("sqrt(x)")(Dual(0.0, 1.0))
    with pytest.raises(DomainError, match="single numbers with duals, got shape"):
        Formula("x*y")(Dual(1.0), np.ones(2))
    with pytest.raises(DomainError, match="complex numbers or duals, got both"):
        Formula("x*y")(Dual(1.0), 1j)
    with pytest.raises(FormulaError, match="Expected tensors, or complex numbers and duals"):
        Formula("x*y")(Tensor(1.0), 1j)
