"""A typed formula and the same function in NumPy: bit for bit, and their slopes."""

import numpy as np
import pytest
from scipy.special import erf

from engine.errors import (
    DomainError,
    FormulaDomainError,
    FormulaError,
    ShapeError,
    UnknownNameError,
)
from engine.formula import Formula
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor
from tests.engine.formula.truth import PICKS, ROWS, SAME

SHAPES = [(9,), (257,), (7, 9), (3, 4, 5), (1,)]
every_row = pytest.mark.parametrize(("text", "names", "f", "ends", "smooth"), ROWS)


def drawn(names, ends, shape, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.uniform(*ends, shape) for _ in names]


def fits(text, shape):
    return not (len(shape) > 1 and ("[" in text or ".T" in text)) and not (
        shape == (1,) and "[" in text
    )


def same_bits(a, b):
    a, b = np.asarray(a), np.asarray(b, dtype=np.float64)
    assert a.shape == b.shape
    assert a.tobytes() == b.tobytes(), np.abs(a - b).max()


@every_row
@pytest.mark.parametrize("shape", SHAPES)
def test_compiled_it_is_numpys_to_the_last_bit(text, names, f, ends, smooth, shape):
    if not fits(text, shape):
        pytest.skip("picks from a vector")
    formula = Formula(text, tuple(names))
    compiled = formula.compile()
    for seed in range(3):
        values = drawn(names, ends, shape, seed)
        kept = [x.copy() for x in values]
        same_bits(compiled(*values), f(*values))
        same_bits(formula(*values), f(*values))
        assert all((a == b).all() for a, b in zip(values, kept, strict=True))


@every_row
def test_single_numbers_too(text, names, f, ends, smooth):
    if "[" in text:
        pytest.skip("picks from a vector")
    compiled = Formula(text, tuple(names)).compile()
    for seed in range(20):
        values = drawn(names, ends, (), seed)
        cells = [np.array([x]) for x in values]  # NumPy's power of single numbers is another
        result = compiled(*values)
        assert isinstance(result, float)
        same_bits(np.reshape(result, np.shape(f(*cells))), f(*cells))


@pytest.mark.parametrize(("text", "f"), [
    ("a*x/b - b*(a*x)", lambda x, a, b: a * x / b - b * (a * x)),
    ("x/b/a + a*x + b*x", lambda x, a, b: x / b / a + a * x + b * x),
])  # fmt: skip
@pytest.mark.parametrize("shape", [(50,), (6, 7)])
def test_with_numbers_for_some_variables(text, f, shape):
    x = np.random.default_rng(0).standard_normal(shape)
    same_bits(Formula(text, ("x", "a", "b")).compile()(x, 0.3, 0.7), f(x, 0.3, 0.7))


def test_erf_is_scipys_to_rounding():
    x = np.linspace(-7, 7, 999)
    np.testing.assert_allclose(Formula("erf(x)").compile()(x), erf(x), rtol=4e-16)


def test_products_of_matrices_and_rows():
    rng = np.random.default_rng(0)
    X, p, y = rng.standard_normal((6, 3)), rng.random(6), rng.random(6)
    typed = Formula("X.T @ (p - y) / n", ("X", "p", "y", "n"))
    for result in (typed(X, p, y, 6), typed.compile()(X, p, y, 6)):
        np.testing.assert_allclose(result, X.T @ (p - y) / 6, rtol=1e-13)
    rows = np.exp(X) / np.exp(X).sum(1, keepdims=True)
    np.testing.assert_allclose(Formula("softmax(X)").compile()(X), rows, rtol=1e-14)
    np.testing.assert_allclose(Formula("log_softmax(X)").compile()(X), np.log(rows), rtol=1e-13)
    assert Formula("p @ y").compile()(p, y) == pytest.approx(p @ y, rel=1e-14)


@every_row
def test_its_derivative_is_that_of_the_complex_step(text, names, f, ends, smooth):
    if smooth is None:
        pytest.skip("has no slope but 0")
    g = f if smooth is SAME else smooth
    values = drawn(names, ends, (7,))
    for i, name in enumerate(names):
        slope = Formula(text, tuple(names)).derivative(name)
        wanted = complex_step(g, values, i, number_by_number=not any(p in text for p in PICKS))
        scale = np.maximum(1, np.abs(wanted))
        for result in (slope(*values), slope.compile()(*values)):
            assert np.max(np.abs(result - wanted) / scale) < 1e-12


def complex_step(g, values, i, number_by_number, h=1e-200):
    """Im g(x + ih) / h: no difference is taken, so no digit is lost."""
    if number_by_number:
        moved = [x + 1j * h if j == i else x for j, x in enumerate(values)]
        return np.broadcast_to(g(*moved), values[i].shape).imag / h
    slopes = []
    for k in range(len(values[i])):
        moved = [x.astype(complex) if j == i else x for j, x in enumerate(values)]
        moved[i][k] += 1j * h
        slopes.append(np.sum(g(*moved)).imag / h)
    return np.array(slopes)


def test_second_derivatives():
    x = np.linspace(-2, 2, 9)
    f = Formula("x**4 - sin(x)")
    np.testing.assert_allclose(
        f.derivative("x").derivative("x")(x), 12 * x**2 + np.sin(x), rtol=1e-13
    )
    assert Formula("x*y**2").derivative("x").derivative("y")(3.0, 5.0) == 10.0
    assert Formula("x**0 + x**1").derivative("x")(0.0) == 1.0


def test_tensors_give_graph():
    x = Tensor([1.0, 2.0], "x")
    y = Formula("sum(x**3)")(x)
    assert isinstance(y, Tensor)
    assert grad(y, [x])[0].value.tolist() == [3.0, 12.0]
    assert Program([x], [y])(np.array([2.0, 2.0]))[0] == 16.0
    assert Formula("x*2")(Tensor(np.ones(2, np.float32))).value.dtype == np.float32


DOMAIN = [
    ("2 + log(x - 2)", 1.5, r"log: expected x > 0, got -0\.5", 4),
    ("sqrt(x)", -4.0, "sqrt: expected x ≥ 0, got -4", 0),
    ("1/x", 0.0, "divide: expected a divisor that is not 0, got 0", 2),
    ("x**0.3", -1.0, "power: expected .* got -1", 3),
    ("x + log(x)", np.array([1.0, -3.0]), "log: expected x > 0, got -3", 4),
    ("log2(x)", 0.0, "log2: expected x > 0, got 0", 0),
    ("log10(x)", 0.0, "log10: expected x > 0, got 0", 0),
    ("arcsin(x)", 1.5, "arcsin: expected −1 ≤ x ≤ 1, got 1.5", 0),
    ("arccos(x)", -1.5, "arccos: expected −1 ≤ x ≤ 1, got -1.5", 0),
]


@pytest.mark.parametrize(("text", "x", "message", "position"), DOMAIN)
def test_out_of_its_domain_the_function_and_the_number_are_named(text, x, message, position):
    with pytest.raises(DomainError, match=message) as caught:
        Formula(text)(x)
    assert isinstance(caught.value, FormulaError)
    assert caught.value.position == position
    assert not np.isfinite(Formula(text).compile()(x)).all()


def test_where_the_function_is_defined_but_not_its_slope_the_variable_is_shown():
    slope = Formula("1 + sqrt(x)").derivative("x")
    with pytest.raises(FormulaDomainError, match="Its slope by x: divide: expected") as caught:
        slope(0.0)
    assert caught.value.position == 9


CALLS = [
    (lambda: Formula("x + y")(1.0), FormulaError, "y has no value", 4),
    (
        lambda: Formula("x + y")(1.0, 2.0, 3.0),
        FormulaError,
        r"Expected 2 values \(x, y\), got 3",
        0,
    ),
    (lambda: Formula("x + y")(1.0, x=2.0), FormulaError, "one value of x, got two", 0),
    (lambda: Formula("2 + x")("a"), FormulaError, "Expected numbers for x, got str", 4),
    (lambda: Formula("2 + x")(np.array([1j, None])), FormulaError, "for x, got ndarray", 4),
    (lambda: Formula("2 + x")([[1], [2, 3]]), FormulaError, "Expected numbers for x, got list", 4),
    (lambda: Formula("2 + x")(None), FormulaError, "Expected numbers for x", 4),
    (lambda: Formula("x + y").compile(["x"]), FormulaError, "y has no value", 4),
    (lambda: Formula("x*y + 1")(np.ones(2), np.ones(3)), FormulaError, r"\(2,\) and \(3,\)", 2),
    (lambda: Formula("x[7]")(np.ones(3)), FormulaError, "out of bounds", 2),
    (lambda: Formula("x[0]")(1.0), FormulaError, "Too many indices", 2),
    (lambda: Formula("X @ y")(np.ones((2, 3)), 2.0), FormulaError, "Matmul: expected arrays", 4),
    (lambda: Formula("X @ Y")(np.ones((2, 3)), np.ones((2, 3))), FormulaError, "do not fit", 4),
    (lambda: Formula("softmax(x)")(1.0), FormulaError, "expected rows", 0),
]


@pytest.mark.parametrize(("wrong", "kind", "message", "position"), CALLS)
def test_a_wrong_call_points_at_the_name(wrong, kind, message, position):
    with pytest.raises(kind, match=message) as caught:
        wrong()
    assert caught.value.position == position


def test_names_it_does_not_have():
    for wrong in (
        lambda: Formula("x")(1.0, z=2.0),
        lambda: Formula("x").derivative("z"),
        lambda: Formula("x").compile(["x", "z"]),
    ):
        with pytest.raises(UnknownNameError, match="variable of the formula is called 'z'"):
            wrong()
    with pytest.raises(ShapeError, match=r"Expected 1 arrays \(x\), got 2"):
        Formula("x").compile()(1.0, 2.0)


def test_the_order_of_arguments_is_that_of_the_names():
    assert Formula("y - x").names == ("y", "x")
    assert Formula("y - x", ("x", "y"))(1.0, 3.0) == 2.0
    assert Formula("y - x", ["x", "y"]).compile(["y", "x"])(3.0, 1.0) == 2.0


def test_a_compiled_formula_keeps_few_programs_and_gives_new_arrays():
    f = Formula("2*x").compile()
    results = [f(np.full(n, 3.0)) for n in range(1, 12)]
    assert all((x == 6).all() and len(x) == n for n, x in enumerate(results, start=1))
    assert len(f._programs) == 8
    a = f(np.ones(3))
    f(np.zeros(3))
    assert a.tolist() == [2.0, 2.0, 2.0]
    assert "multiply(" in f.source((3,))
    assert Formula("x").compile()(np.ones(2)).tolist() == [1.0, 1.0]
    assert Formula("3").compile()() == 3.0
