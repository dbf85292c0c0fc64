"""Expressions simplify only what is always true, and their texts mean what they are."""

import math
import random

import pytest

from engine.explain import latex, letters, numbers, one_line
from engine.expression import Case, E, Expression, Number, Reference, choose, ln, maximum
from tests.engine.test_explain.evaluation import FUNCTIONS, IN_CODE, evaluated
from tutor.pictures.formula.latex import parse

NAMES = {"a": 2.0, "b": -3.0, "c": 0.5}
a, b, c = (Reference(name, value=value) for name, value in NAMES.items())


def tree(rng, depth):
    """An expression, and the same computed by Python at once."""
    if not depth:
        leaves = [(a, 2.0), (b, -3.0), (c, 0.5), *((Number(n), n) for n in (-2.0, -1.0, 1.0, 3.0))]
        return rng.choice(leaves)
    (x, u), (y, v) = (tree(rng, rng.randrange(depth)) for _ in range(2))
    some = [(x + y, u + v), (x - y, u - v), (x * y, u * v), (-x, -u), (abs(x), abs(u)),
            (x**2, u**2), (maximum(x, y), max(u, v)), (ln(1 + abs(x)), math.log(1 + abs(u))),
            (choose(x < y, y, 1), v if u < v else 1), (E ** -abs(x), math.exp(-abs(u))),
            (abs(x) ** 0.5, abs(u) ** 0.5)]  # fmt: skip
    return rng.choice([*some, (x / y, u / v)] if v else some)


@pytest.mark.parametrize("seed", range(4))
def test_every_text_means_what_the_expression_is(seed):
    rng = random.Random(seed)
    for _ in range(150):
        root, value = tree(rng, 5)
        code = eval(one_line(root), {"__builtins__": {}, **FUNCTIONS, **IN_CODE, **NAMES})
        assert code == pytest.approx(value, rel=1e-9, abs=1e-9)
        parse(latex(root))
        text = numbers(root)
        if not any(sign in text for sign in "e|√"):  # what `evaluated` takes apart has no brackets
            assert evaluated(text) == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_only_what_is_always_true_is_simplified():
    negative = -a
    same = (a + 0, 0 + a, a - 0, a * 1, 1 * a, a / 1, a**1, -negative)
    assert all(x is a for x in same)
    assert [letters(x) for x in (a * -1, 0 - a, -a * b, a * -b, -a / b, a - -b)] == [
        "−a", "−a", "−a·b", "−a·b", "−a/b", "a + b"]  # fmt: skip
    assert letters(a * 0) == "a·0"  # not where a is infinite
    assert letters(a - a) == "a − a"


TEXTS = {
    "a − (b − c)": a - (b - c),
    "a + b − c": a + (b - c),
    "a/(b·c)": a / (b * c),
    "a/b/c": a / b / c,
    "a/(b/c)": a / (b / c),
    "(a + b)²": (a + b) ** 2,
    "(a²)²": (a**2) ** 2,
    "√(a + b)": (a + b) ** 0.5,
    "(√a)²": (a**0.5) ** 2,
    "e^(−a)": E**-a,
    "|a − b|": abs(a - b),
    "(a if a > b else b)·c": choose(a > b, a, b) * c,
    "a if a ≤ b else −b": choose(a <= b, a, -b),
    "(-2)·a": -2 * a,
    "max(-2, a)": maximum(-2, a),
    "a − (-2)": a - Number(-2.0),
}


@pytest.mark.parametrize("text", TEXTS)
def test_brackets_stand_where_they_are_needed_and_nowhere_else(text):
    assert letters(TEXTS[text]) == text


def test_a_derivative_is_a_fraction_wherever_it_stands():
    g = Reference("∂y/∂z[0, 1]", value=2.0)
    assert letters(g * a) == "∂y/∂z[0, 1]·a"
    assert letters(a / g) == "a/(∂y/∂z[0, 1])"
    assert letters(g**2) == "(∂y/∂z[0, 1])²"
    assert latex(g) == r"\frac{\partial y}{\partial z_{0,1}}"


def test_numbers_may_be_others_than_those_that_were_read():
    root = a * b + 1
    assert numbers(root) == "2·(-3) + 1"
    assert numbers(root, lambda part: {"a": 7.0, "b": 0.25}[part.name]) == "7·0.25 + 1"


def test_a_deep_expression_is_no_trouble():
    x: Expression = a
    for _ in range(3000):
        x = ln(1 + abs(x))
    assert letters(x).count("ln") == 3000
    assert isinstance(choose(a < b, x, x), Case)
