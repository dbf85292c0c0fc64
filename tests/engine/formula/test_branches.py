"""A choice: the side that is not taken enters neither the value nor any derivative of it.

Truth: at numbers where a side is taken the value is, to the last bit, that of the side's own
formula, and each derivative is that of its own derivative.
"""

import math
import random

import numpy as np
import pytest

from engine.calculus import forward_steps
from engine.calculus.dual import Dual
from engine.errors import FormulaDomainError, FormulaError
from engine.explain.audit import audit
from engine.formula import Formula, typed_activation, typed_rule
from engine.formula.functions import (
    COMPOSED,
    FUNCTIONS,
    NUMBERS_FROM_NAN,
    is_elementwise,
    operation,
)
from engine.program import Program
from engine.reverse import grad, unbroadcast
from engine.tensor import OPS, Tensor

SIDES = {  # each: a side, the condition for it, and points on both sides of that condition
    "log(x)": ("x > 0", [-1.0, 0.0, 2.0]),
    "log2(x)": ("x > 0", [-1.0, 0.0, 2.0]),
    "log10(x)": ("x > 0", [-1.0, 0.0, 2.0]),
    "log1p(x)": ("x > -1", [-3.0, -1.0, 2.0]),
    "sqrt(x)": ("x > 0", [-1.0, 0.0, 2.0]),
    "arcsin(x)": ("abs(x) < 1", [-1.0, 0.5, 3.0]),
    "arccos(x)": ("-1 < x < 1", [-1.0, 0.5, 3.0]),
    "exp(x)": ("x < 700", [-1.0, 0.5, 1000.0]),
    "expm1(x)": ("x < 700", [-1.0, 0.5, 1000.0]),
    "sinh(x)": ("x < 700", [-1.0, 0.5, 1000.0]),
    "cosh(x)": ("x < 700", [-1.0, 0.5, 1000.0]),
    "square(x)": ("x < 9", [-1.0, 0.5, 1e200]),
    "x**3": ("x < 9", [-1.0, 0.5, 1e200]),
    "1/x": ("x != 0", [-1.0, 0.0, 2.0]),
    "sin(x)/x": ("not x == 0", [-1.0, 0.0, 2.0]),
    "x**-2": ("x != 0", [-1.0, 0.0, 2.0]),
    "x**0.3": ("x > 0", [-1.0, 0.0, 2.0]),
    "x**x": ("x > 0", [-1.5, 0.0, 2.0]),
    "2**(1/x)": ("x > 0", [-1.0, 0.0, 2.0]),
    "1/(x > 0)": ("x > 0", [-1.0, 0.0, 2.0]),
    "x/sign(x)": ("x != 0", [-1.0, 0.0, 2.0]),
    "tan(1/x)": ("x != 0", [-1.0, 0.0, 2.0]),
    "log(log(x))": ("x > 1", [0.5, 1.0, 2.0]),
    "sqrt(x)*log(x)": ("x > 0", [-1.0, 0.0, 2.0]),
    "r = 1/x; r*log(r)": ("x > 0", [-1.0, 0.0, 2.0]),
    "max(sqrt(x), log(x))": ("x > 0", [-1.0, 0.0, 2.0]),
    "sqrt(x) if x > 1 else log(x)": ("x > 0", [-1.0, 0.0, 0.5, 2.0]),
    "x*(x > 1)/(x**0 - (x < 0))": ("x > 0", [-1.0, 0.0, 2.0]),
}
SIDES |= {  # every other function of one number: of 1/x, which has no value at 0
    f"{name}(1/x)": ("x != 0", [-2.0, 0.0, 2.0])
    for name, row in FUNCTIONS.items()
    if row.least == row.most == 1 and is_elementwise(row.operation) and f"{name}(x)" not in SIDES
    if name not in ("ln", "sigma")  # log and sigmoid once more
}
every_side = pytest.mark.parametrize("side", SIDES)


def derivatives(text, order, names=("x",)):
    f = Formula(text, names)
    for _ in range(order):
        f = f.derivative("x")
    return f


def choice(side, condition, other="sin(x)"):
    lines, _, last = side.rpartition("; ")
    return f"{lines + '; ' if lines else ''}({last}) if {condition} else {other}"


def wanted(side, condition, order, x, other="sin(x)"):
    """Point by point the value of the side that is taken there."""
    taken = Formula(condition, ("x",))(x)
    pair = derivatives(side, order), derivatives(other, order)
    return np.array([pair[0 if t else 1](np.array([v]))[0] for t, v in zip(taken, x, strict=True)])


@pytest.mark.parametrize("side", ["log(x)", "sqrt(x)", "x**x", "tan(1/x)"])
def test_third_derivatives_are_those_of_the_side_taken(side):
    test_value_and_derivatives_are_those_of_the_side_taken(side, 3)


@every_side
@pytest.mark.parametrize("order", [0, 1, 2, pytest.param(3, marks=pytest.mark.sweep)])
def test_value_and_derivatives_are_those_of_the_side_taken(side, order):
    condition, points = SIDES[side]
    x = np.array(points)
    expected = wanted(side, condition, order, x)
    f = derivatives(choice(side, condition), order)
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(f(x), expected, rtol=1e-12)
    np.testing.assert_allclose(f.compile()(x), expected, rtol=1e-12)
    compiled = f.compile()
    for one, value in zip(points, expected, strict=True):
        assert f(one) == pytest.approx(value, rel=1e-12)
        assert compiled(one) == pytest.approx(value, rel=1e-12)


@every_side
def test_the_other_side_too(side):
    condition, points = SIDES[side]
    x = np.array(points)
    *lines, last = side.split("; ")
    f = Formula("; ".join([*lines, f"where(not ({condition}), x, {last})"]))
    for g, order in ((f, 0), (f.derivative("x"), 1)):
        np.testing.assert_allclose(g(x), wanted(side, condition, order, x, "x"), rtol=1e-12)


def test_a_value_that_is_used_again_carries_nothing_across():
    # The square's own derivative meets the branch once more, in the second order.
    f = Formula("where(x > 0, sqrt(x), x)**2*exp(where(x < 1, log(1 - x), 0))")
    x = np.array([-2.0, 0.0, 0.25, 1.0, 4.0])
    own = np.where(x > 0, x, x**2) * np.where(x < 1, 1 - x, 1)
    np.testing.assert_allclose(f(x), own, rtol=1e-14)
    first = [8 + 2 * 2 - 4 - 4 * 2 * 0 - 4 * 2, 0, 1 - 0.5, 1, 1]
    first[0] = 2 * -2.0 * 3 - 4  # (x² (1 − x))′ = 2x − 3x²
    np.testing.assert_allclose(f.derivative("x")(x), first, rtol=1e-13)
    second = [2 - 6 * -2.0, 2, -2, 0, 0]
    np.testing.assert_allclose(derivatives(f.text, 2)(x), second, rtol=1e-12, atol=1e-12)


BROADCAST = [
    ("where(c > 0, log(c)*x, y)", (3, 1), (4,)),
    ("where(c > 0, sqrt(c)*x, y*c)", (3,), ()),
    ("where(c > 0, log(c), x*y)", (), (3,)),
    ("where(c > 0, where(x > 0, log(c*x), 1/x), y/c)", (3, 1), (2,)),
    ("where(c > 0 and log(c) > 1 or x > 0, 1/(c + 2 + 5*(c > 0)), x)", (3, 1), (2,)),
]


@pytest.mark.parametrize(("text", "shape", "other"), BROADCAST)
@pytest.mark.parametrize("seed", [0, 1])
def test_conditions_and_sides_of_different_shapes(text, shape, other, seed):
    rng = np.random.default_rng(seed)
    values = [rng.choice([-1.0, 3.0], shape), *rng.choice([-1.5, 0.5], (2, *other))]
    f = Formula(text, ("c", "x", "y"))
    points = np.broadcast_arrays(*values)
    for i, name in enumerate(("c", "x", "y", "")):
        g = f.derivative(name) if name else f
        one_by_one = np.vectorize(g, otypes=[float])(*points)
        if name:  # of a value that is repeated, the sum of all
            one_by_one = unbroadcast(Tensor(one_by_one), np.shape(values[i])).value
        for result in (g(*values), g.compile()(*values)):
            np.testing.assert_allclose(result, one_by_one, rtol=1e-12)


WHOLE = [  # text, x, value, derivative
    ("where(x > 9, mean(log(x)), x)", [-1.0, 0.0], [-1.0, 0.0], [1.0, 1.0]),
    ("where(x > 1, sum(x), 0)", [1.0, 2.0, 3.0], [0.0, 6.0, 6.0], [2.0, 2.0, 2.0]),
    ("where(x > 1, x[0], x)", [1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [3.0, 0.0, 0.0]),
    ("where(sum(x) > 0, softmax(1/x), x)", [-1.0, 0.0], [-1.0, 0.0], [1.0, 1.0]),
    ("where(sum(x) > 0, x @ log(x), 1) + x[0]", [-1.0, 0.0], 0.0, [1.0, 0.0]),
    ("where(x[0] > 0, sum(log(x)), sum(x))", [1.0, 4.0], np.log(4), [1.0, 0.25]),
    ("where(x > 9, x.T/sum(where(x > 8, log(x), 1/x)), x)", [0.0, 1.0], [0.0, 1.0], [1.0, 1.0]),
]


@pytest.mark.parametrize(("text", "x", "value", "slope"), WHOLE)
def test_what_works_on_whole_arrays_is_left_out_where_no_number_takes_it(text, x, value, slope):
    f = Formula(text, ("x",))
    for g, expected in ((f, value), (f.derivative("x"), slope)):
        for result in (g(x), g.compile()(x)):
            np.testing.assert_allclose(result, expected, rtol=1e-14, atol=1e-300)


def test_what_works_on_whole_arrays_is_checked_as_a_whole():
    with pytest.raises(FormulaDomainError, match="log: expected x > 0, got -1"):
        Formula("where(x > 0, mean(log(x)), x)")(np.array([-1.0, 1.0]))


def test_only_the_numbers_that_a_side_is_taken_for_are_checked():
    f = Formula("where(x > -1, log(x), x)")
    assert f(np.array([-3.0, 1.0])).tolist() == [-3.0, 0.0]
    with pytest.raises(FormulaDomainError, match=r"log: expected x > 0, got -0\.5") as caught:
        f(np.array([-3.0, -0.5, 1.0]))
    assert caught.value.position == 14


CONDITIONS = [
    ("0 < x <= 2", [0, 0, 1, 1, 0]),
    ("0 < x and x <= 2", [0, 0, 1, 1, 0]),
    ("0 < x <= 2 != x", [0, 0, 1, 0, 0]),
    ("x < 0 or x > 2", [1, 0, 0, 0, 1]),
    ("x == 0 or 1/x > 0.9", [0, 1, 1, 0, 0]),
    ("x > 0 and log(x) > 0", [0, 0, 0, 1, 1]),
    ("x <= 0 or log(x) > 0 and x < 3", [1, 1, 0, 1, 0]),
    ("not x", [0, 1, 0, 0, 0]),
    ("not not x", [1, 0, 1, 1, 1]),
    ("not x > 0 and not x < 0", [0, 1, 0, 0, 0]),
    ("x and 2", [1, 0, 1, 1, 1]),
    ("0 or x", [1, 0, 1, 1, 1]),
    ("0 < 1 < 2", 1),
    ("2 if 1 > 3 else 4", 4),
    ("where(0, log(x), 7)", 7),
    ("where(not 0, 6, log(x))", 6),
]


@pytest.mark.parametrize(("text", "value"), CONDITIONS)
def test_conditions_are_pythons_each_part_looked_at_only_where_it_decides(text, value):
    x = np.array([-1.0, 0.0, 1.0, 2.0, 3.0])
    for result in (Formula(text, ("x",))(x), Formula(text, ("x",)).compile()(x)):
        np.testing.assert_array_equal(result, value)


def test_a_factor_does_not_keep_a_side_out_and_the_error_says_what_does():
    f = Formula("(x > 0)*log(x) + (x <= 0)*x")
    for wrong in (f, Formula("(x >= 0)*sqrt(x)").derivative("x")):
        with pytest.raises(FormulaDomainError, match=r"Write where\(x > 0, a, b\)"):
            wrong(np.array([0.0, 1.0]))
    assert np.isnan(f.compile()(np.array([-1.0, 1.0]))).tolist() == [True, False]


@pytest.mark.parametrize("name", sorted({row.operation for row in FUNCTIONS.values()} | {
    "add", "subtract", "multiply", "divide", "power", "negative", "matmul", "equal", "less_equal",
}))  # fmt: skip
def test_what_may_give_a_number_for_nan_is_known(name):
    count = 1 if name in COMPOSED and name != "matmul" else len(OPS[name].vjps)
    for i in range(count):
        inputs = [Tensor([np.nan if i == j else 0.5]) for j in range(count)]
        passes = np.isnan(operation(name)(*inputs).value).all()
        assert passes or name in NUMBERS_FROM_NAN


def test_as_graph_it_compiles_with_the_rest():
    for shape in ((), (3,)):
        x = Tensor(np.full(shape, -1.0), "x")
        y = (Formula("where(x > 0, log(x), x)")(x) * 2).sum()
        step = Program([x], [y, grad(y, x)])
        for value, slope in ((-2.0, 2.0), (0.0, 2.0), (4.0, 0.5)):
            new = step(np.full(shape, value))
            assert new[1].tolist() == np.full(shape, slope).tolist()


def test_activations_and_rules_may_choose():
    f = typed_activation("z if z > 0 else exp(z) - 1")
    assert f(np.array([-1.0, 2.0])).tolist() == [np.exp(-1.0) - 1, 2.0]
    rule = typed_rule("s = g²; d = g/sqrt(s) if s > 0 else 0; w - lr*d", {"lr": 0.5})
    assert rule(np.zeros(3), np.array([0.0, 2.0, -3.0]), 1)[0].tolist() == [0.0, -0.5, 0.5]


def test_complex_numbers_and_duals_take_the_same_side():
    f = Formula("where(x > 0, log(x), sin(x)/x if x != 0 else 1)")
    for x in (-2.0, 0.0, 3.0):
        slope = f.derivative("x")(x)
        assert f(x + 1e-200j).imag / 1e-200 == pytest.approx(slope, rel=1e-14)
        assert f(Dual(x, 1.0)).slope == pytest.approx(slope, rel=1e-14)
        leaf = Tensor(x)
        assert audit(f(leaf), leaf).ok or x == 0
        *_, sweep = forward_steps(f(leaf), leaf)
        assert sweep.slope == pytest.approx(slope, rel=1e-14)


def drawn(draw, depth):
    """A random function of x with choices, as Python and the language both write it."""
    if not depth or draw.random() < 0.1:
        return draw.choice(["x", "x", "2", "0.5", "(x - 1)"])
    a, b = (drawn(draw, depth - 1) for _ in range(2))
    condition = draw.choice(["{} > {}", "0 < {} <= {}", "not {} < {}", "{0} != 1 and {1} > 0"])
    condition = draw.choice([condition, condition + " or x == 1"]).format(a, b)
    return draw.choice([
        f"({a} + {b})", f"({a} * {b})", f"({a} / {b})", f"log({a})", f"sqrt({a})", f"sin({a})",
        *[f"({a} if {condition} else {b})"] * 6,
    ])  # fmt: skip


def pythons(text, x):
    """Python's own value, whose choices compute one side; None where there is none."""
    names = {"x": x, "log": math.log, "sqrt": math.sqrt, "sin": math.sin}
    try:
        return eval(text, {"__builtins__": {}}, names)
    except (ValueError, ZeroDivisionError):
        return None


@pytest.mark.parametrize(
    ("seed", "count"), [(0, 60), *[pytest.param(i, 300, marks=pytest.mark.sweep) for i in (1, 2)]]
)
def test_random_choices_are_pythons_and_their_slopes_those_of_the_complex_step(seed, count):
    draw, compared = random.Random(seed), 0
    for _ in range(count):
        text = drawn(draw, 3)
        try:
            f = Formula(text, ("x",))
        except FormulaError:  # numbers alone outside of a domain
            continue
        points = [x for x in (-1.5, -1.0, 0.0, 0.5, 1.0, 2.0) if pythons(text, x) is not None]
        wanted = [pythons(text, x) for x in points]
        np.testing.assert_allclose(f(np.array(points)), wanted, 1e-13, 1e-13, err_msg=text)
        slope, compiled = f.derivative("x"), f.derivative("x").compile()
        try:
            slopes = slope(np.array(points))
        except FormulaDomainError:  # √ at 0
            continue
        stepped = np.imag(f(np.array(points) + 1e-200j)) / 1e-200
        np.testing.assert_allclose(slopes, stepped, 1e-11, 1e-13, err_msg=text)
        np.testing.assert_array_equal(compiled(np.array(points)), slopes, err_msg=text)
        compared += " if " in text
    assert compared > count / 3
