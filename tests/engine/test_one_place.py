"""A primitive is added in one place, by one call, and everything knows it at once."""

import numpy as np
import pytest

from engine.errors import DomainError, FormulaDomainError, FormulaError
from engine.explain import explain
from engine.explain.audit import audit
from engine.formula import Formula
from engine.program import Program
from engine.reverse import grad, gradcheck
from engine.tensor import OPS, Tensor
from engine.tracing import Domain, primitive

X = np.array([-1.5, 0.5, 2.0])


def cube_kernel(x, out=None):
    return np.multiply(x * x, x, out=out)


@pytest.fixture
def cube():
    row = primitive(
        cube_kernel,
        lambda g, y, x: g * 3 * x * x,
        name="cube",
        typed=("cube", "third_power"),
        domain=Domain("x > −2", 0, lambda x: x <= -2),
    )
    yield row
    del OPS["cube"]


def test_it_is_differentiated(cube):
    rng = np.random.default_rng(0)
    assert gradcheck(cube, X, rng=rng).ok
    assert gradcheck(lambda x: grad(cube(x).sum(), x), X, rng=rng).ok


def test_it_is_compiled(cube):
    x = Tensor(X, "x")
    y = cube(x)
    step = Program([x], [y, grad(y.sum(), x)])
    for numbers in (X, X / 2):
        assert [out.tolist() for out in step(numbers)] == [
            cube(numbers).value.tolist(), (3 * numbers * numbers).tolist(),
        ]  # fmt: skip
    assert "cube_kernel(x, out=" in step.source


def test_it_is_explained(cube):
    told = explain(cube(Tensor(2.0, "x")).named("y"))
    assert (told.formula, told.numbers, told.value) == ("y = cube(x)", "cube(2)", 8.0)


def test_it_is_typed(cube):
    f = Formula("x + third_power(x)")
    np.testing.assert_array_equal(f(X), X + X * X * X)
    np.testing.assert_allclose(f.derivative("x").derivative("x")(X), 6 * X, rtol=1e-15)
    np.testing.assert_array_equal(f.compile()(X), f(X))
    assert Formula("where(x > 0, cube(x), x)")(np.array([-3.0, 2.0])).tolist() == [-3.0, 8.0]
    with pytest.raises(FormulaDomainError, match="cube: expected x > −2, got -3"):
        f(-3.0)
    with pytest.raises(FormulaError, match="Did you mean cube"):
        Formula("cubed(x)")


def test_its_slope_is_that_of_the_complex_step(cube):
    x = Tensor(X, "x")
    report = audit(cube(x).sum(), x, (2,))
    assert report.ok
    assert report.complex_step[-1].error < 1e-15
    assert Formula("cube(x)")(2 + 1e-200j).imag == pytest.approx(12e-200, rel=1e-15)


def test_when_it_is_gone_nothing_knows_it():
    with pytest.raises(FormulaError, match="No function is called 'cube'"):
        Formula("cube(x)")


@pytest.fixture
def cube_root():
    yield primitive(np.cbrt, lambda g, y, x: g / (3 * y * y), typed=("cbrt",))
    del OPS["cbrt"]


def test_what_has_no_complex_form_is_refused_in_a_sentence(cube_root):
    assert Formula("cbrt(x)")(8.0) == 2.0
    with pytest.raises(DomainError, match="expected cbrt to take complex numbers"):
        Formula("cbrt(x)")(8 + 1e-9j)


@pytest.fixture
def hypotenuse():
    yield primitive(
        np.hypot, lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * b / y, typed=("hypot",)
    )
    del OPS["hypot"]


def test_a_function_of_two_numbers_takes_two(hypotenuse):
    f = Formula("hypot(x, y)")
    assert f(3.0, 4.0) == 5.0
    assert f.derivative("y")(3.0, 4.0) == 0.8
    with pytest.raises(FormulaError, match="hypot: expected 2 arguments, got 1"):
        Formula("hypot(x)")
