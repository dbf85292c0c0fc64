"""Where the caret stands, and what a learner may type for what."""

import pytest

from engine.errors import FormulaError
from engine.formula import Formula
from engine.formula.letters import INSIDE, SIGNS, STARTS
from engine.formula.tokens import MAX_BRACKETS, MAX_LENGTH, tokenize

ERRORS = [
    ("1 + 2x", 5, r"Write 2\*x"),
    ("x y", 2, r"Write x\*y"),
    ("(x)(y)", 3, r"Write \(…\)\*\(…\)"),
    ("x(1 + y)", 0, r"x is not a function. Write x\*\(…\)"),
    ("2·(x)y", 5, r"Write \(…\)\*y"),
    ("1 + sine(x)", 4, "No function is called 'sine'. Did you mean sin"),
    ("sin x", 4, r"Write sin\(x\)"),
    ("sin²(x)", 3, r"Write sin\(x\)\*\*2"),
    ("1 + sin^2(x)", 4, r"Write sin\(x\)\^2: the power stands behind"),
    ("x^2(y)", 3, r"Write 2\*\(…\) for a product"),
    ("2*x if y", 8, r"Expected 'else' after 'if'. Write a if x > 0 else b"),
    ("(x if y) + 1", 7, "Expected 'else' after 'if'"),
    ("sin(x if y, 2)", 10, "Expected 'else' after 'if'"),
    ("x else 0", 2, "Expected 'if' before 'else'"),
    ("x if (y else 0)", 8, "Expected 'if' before 'else'"),
    ("a if b if c else d else e", 7, "Expected 'else' before another 'if'. Write brackets"),
    ("1 + not x", 4, r"Write brackets around \(not …\)"),
    ("x not y", 2, "Expected 'and' or 'or' before 'not'"),
    ("x and", 5, "ends before"),
    ("x & y", 2, "Write a and b for both"),
    ("2 + sin", 4, r"sin is a function: write sin\(x\)"),
    ("x + * y", 4, r"Expected a number, a name or a bracket, got '\*'"),
    ("x +", 3, "ends before"),
    ("", 0, "is empty"),
    ("(x + [1]", 5, "no lists"),
    ("(x + 1", 0, "never closed"),
    ("x + 1)", 5, "never opened"),
    ("(x + 1]", 6, r"Expected \) for the bracket \(, got \]"),
    ("0,5*x", 1, r"decimals with a point: 0\.5"),
    ("|x|", 0, r"Write abs\(x\)"),
    ("1 + (x = 1)", 7, "Compare with =="),
    ("x.real", 1, r"Only X\.T"),
    ("x.__class__", 1, r"Only X\.T"),
    ("1 + __x", 4, "Names begin with a letter"),
    ("lambda: x", 0, "no word 'lambda'"),
    ("(y := x)", 3, "line of its own"),
    ("f'{x}'", 1, "Text has no place"),
    ("x + \N{CYRILLIC SMALL LETTER A}", 4, "cyrillic small letter a"),
    ("x\0", 1, r"character U\+0000"),
    ("x²³⁻", 1, "Expected a superscript number"),
    ("x²**3", 2, "power of a power"),
    ("x² ³", 3, "power of a power"),
    ("sin(x=1)", 5, "A single ="),
    ("x:2", 1, r"no ':' outside of x\[1:3\]"),
    ("a" * 41, 0, "at most 40 letters"),
    ("x\n+ qq(y)", 4, "No function is called 'qq'"),
    ("x = 1;; = y", 8, "A single ="),
    ("(x; y)", 2, "before ';'"),
]


@pytest.mark.parametrize(("text", "position", "message"), ERRORS)
def test_the_error_points_at_the_character(text, position, message):
    with pytest.raises(FormulaError, match=message) as caught:
        Formula(text)
    assert caught.value.position == position


def test_the_caret_stands_under_the_character():
    with pytest.raises(FormulaError) as caught:
        Formula("m = 2*x\nm + 3y\n")
    assert str(caught.value).splitlines()[1:] == ["  m + 3y", "       ^"]


def test_wide_and_combining_characters_count_as_their_cells():
    error = FormulaError("Here.", "m\N{COMBINING CIRCUMFLEX ACCENT} + 漢x", 6)
    assert str(error).splitlines()[2] == "        ^"


def test_of_a_long_line_the_neighbourhood_is_shown():
    error = FormulaError("Here.", "+x" * 400, 500)
    _, line, caret = str(error).splitlines()
    assert len(line) <= 80
    assert line[caret.index("^")] == "+"


def test_the_length_is_limited_before_anything_is_read():
    Formula("x" + " " * (MAX_LENGTH - 1))
    with pytest.raises(FormulaError, match="at most 1000 characters, got 10000000") as caught:
        Formula("(" * 10_000_000)
    assert len(caught.value.text) < 100


def test_brackets_are_limited():
    tokenize("(" * MAX_BRACKETS + "x" + ")" * MAX_BRACKETS)
    with pytest.raises(FormulaError, match="at most 50 brackets"):
        tokenize("(" * (MAX_BRACKETS + 1) + "x" + ")" * (MAX_BRACKETS + 1))


AS_TYPED = [
    ("2·x", "2*x"), ("2×x − 1", "2*x-1"), ("x^2", "x**2"), ("x²", "x**2"), ("x⁻¹", "x**-1"),
    ("x¹⁰", "x**10"), ("√(x)", "sqrt(x)"), ("Xᵀ @ X", "X.T@X"), ("x ÷ 2", "x/2"), ("x ≤ 1", "x<=1"),
    ("β₁·m + (1 − β₁)·g", "beta1*m+(1-beta1)*g"), ("ŷ − y", "y_hat-y"), ("m̂", "m_hat"),
    ("σ(z)", "sigma(z)"), ("η·ε", "eta*eps"), ("2π", None), ("007*x", "7*x"), (".5*x", "0.5*x"),
    ("m ← x; m", "m = x; m"), ("(x\n + 1)", "(x+1)"), ("0 < x ≠ 1", "0<x!=1"),
    ("a ∧ ¬b \N{LOGICAL OR} c", "a and not b or c"), ("x if(y)else 0", "x if (y) else 0"),
    ("x -\n 1", "x-1"), ("x . T", "x.T"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "source"), AS_TYPED)
def test_it_is_read_as_a_learner_means_it(text, source):
    if source is None:
        with pytest.raises(FormulaError, match=r"Write 2\*pi"):
            Formula(text)
    else:
        assert Formula(text).source == source


def test_every_letter_and_sign_is_ascii_in_the_end():
    for table in (STARTS, INSIDE, SIGNS):
        assert all(len(c) == 1 and word.isascii() for c, word in table.items())
