"""Formulas: what LaTeX becomes on one line and in two dimensions."""

# The formulas below are meant to look like mathematics.
# ruff: noqa: RUF001

import random
import re
from collections import Counter
from pathlib import Path
from unicodedata import normalize

import pytest

from tutor.pictures.formula import display, line, problems
from tutor.pictures.formula.layout import wrap_formula
from tutor.pictures.formula.symbols import CHARACTERS, SUBSCRIPT, SUPERSCRIPT, SYMBOLS
from tutor.pictures.letters import clusters, length

# Formulas of the course: a line of LaTeX, and indented the line it becomes.
ENTRIES = Path(__file__).with_name("formulas.txt").read_text(encoding="utf-8").split("\n\n")
COURSE = [tuple(row.strip() for row in entry.strip().split("\n")) for entry in ENTRIES]
# Commands that this reader does not have, and mistakes.
BROKEN = [
    r"\frac{a}", r"\frac", r"\left( a", r"a \right)", "a_b_c", "a^b^c", "{a", "a}", "a & b",
    r"\foo x", r"\begin{cases} a", r"\begin{tabular} a \end{tabular}",
    r"\begin{cases} a \end{matrix}",
    r"a \\ b", r"\left a b \right)", "x_", "^", "$x$", "50%", "学", "m\u0302", "a\x1bb", "\\",
    r"\sqrt[3 x", "{" * 500, r"\sqrt" * 500 + "x", r"\text{a",
]  # fmt: skip
WIDTHS = (72, 44, 30, 16, 7, 2)


@pytest.mark.parametrize(("latex", "expected"), COURSE)
def test_a_formula_of_the_course_on_one_line(latex, expected):
    assert problems(latex) == ""
    assert line(latex) == expected


@pytest.mark.parametrize("latex", [latex for latex, _ in COURSE])
def test_no_display_is_wider_than_promised_and_every_glyph_takes_one_cell(latex):
    for width in WIDTHS:
        for row in display(latex, width):
            assert length(row) <= width
            assert row.isprintable()
            assert all(length(cell) == 1 for cell in clusters(row))


def letters(text):
    """How often each letter and large sign stands in it, be it raised, lowered or accented."""
    plain = {char: sign for of in (SUPERSCRIPT, SUBSCRIPT) for sign, char in of.items()}
    bare = "".join(plain.get(char, char) for char in normalize("NFD", text))
    return Counter(char for char in bare if char.isalpha() or char in "∑∏∫∂∇∞")


@pytest.mark.parametrize(("latex", "linear"), COURSE)
def test_every_letter_stands_in_both_layouts_as_often(latex, linear):
    # "C(n, k)" is how a line writes a binomial.
    expected = letters(linear.replace("C(n,", "(n,"))
    for width in (200, 44, 16):
        assert letters("".join(display(latex, width)).replace("C(n,", "(n,")) == expected


DRAWN = [
    (
        r"w_{t+1} = w_t - \eta \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}",
        """
                m̂ₜ
wₜ₊₁ = wₜ − η ───────
              √v̂ₜ + ε
""",
    ),
    (
        r"p_i = \frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}",
        """
         zᵢ
        e
pᵢ = ─────────
       K   zⱼ
       ∑  e
      j=1
""",
    ),
    (
        r"\lVert A - A_k \rVert_F^2 = \sum_{i>k} \sigma_i^2",
        """
‖A − Aₖ‖² =  ∑  σᵢ²
        F   i>k
""",
    ),
    (
        r"\left(\frac{\sqrt\kappa-1}{\sqrt\kappa+1}\right)^2",
        """
⎛√κ − 1⎞²
⎜──────⎟
⎝√κ + 1⎠
""",
    ),
    (
        r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{else} \end{cases}",
        """
       ⎧x  if x > 0
f(x) = ⎨
       ⎩0  else
""",
    ),
    (
        r"A = \begin{bmatrix} 3 & 0 \\ 4 & -5 \end{bmatrix}",
        """
    ⎡3  0 ⎤
A = ⎢     ⎥
    ⎣4  −5⎦
""",
    ),
    (
        r"\begin{aligned} i_t &= \sigma(W_i x_t) \\ c_t &= i_t \odot g_t \end{aligned}",
        """
iₜ = σ(Wᵢxₜ)
cₜ = iₜ ⊙ gₜ
""",
    ),
    (
        r"\left( \sum_i |x_i|^p \right)^{1/p} = -\frac{1}{2}",
        """
         1/p     1
⎛∑ |xᵢ|ᵖ⎞    = − ─
⎝i      ⎠        2
""",
    ),
    (
        r"\sqrt{\frac{a}{b}} + \underbrace{W x}_{\text{linear}}",
        """
 ┌─
 │a
 │─ +  Wx
╲│b    ╰┬╯
      linear
""",
    ),
    (
        r"\sqrt[3]{\frac{a}{b}} = x",
        """
 ┌─
 │a
³│─ = x
╲│b
""",
    ),
    (
        r"\begin{aligned} a &= \frac{1}{2} \\ b &= \frac{3}{4} \\ c &= 5 \end{aligned}",
        """
    1
a = ─
    2

    3
b = ─
    4
c = 5
""",
    ),
]


@pytest.mark.parametrize(("latex", "drawing"), DRAWN)
def test_two_dimensions(latex, drawing):
    assert "\n".join(display(latex, 60)) == drawing.strip("\n")


def test_a_formula_that_is_too_wide_breaks_before_relations_then_operators_then_folds():
    latex = r"f(x) = \frac{a}{b} = c + d"
    assert display(latex, 12) == ["       a", "f(x) = ─", "       b", "  = c + d"]
    assert display(r"y = \frac{1}{x} + b + c", 9) == ["    1", "y = ─ + b", "    x", "  + c"]
    assert display(r"\frac{\text{hits}}{\text{all tries}}", 8) == ["hits/(al", "l tries)"]


def test_no_bracket_is_broken_into():
    assert display("p(a|b) = (c|d)", 9) == ["p(a|b)", "  = (c|d)"]
    assert display("|a - b| = c", 9) == ["|a − b|", "  = c"]


def test_formulas_side_by_side_go_below_each_other_when_they_must():
    latex = r"v = \beta v, \qquad w = w - v"
    assert display(latex, 40) == ["v = βv,    w = w − v"]
    assert display(latex, 12) == ["v = βv,", "w = w − v"]


@pytest.mark.parametrize("latex", BROKEN)
def test_a_formula_that_cannot_be_read_is_shown_as_it_was_written(latex):
    assert problems(latex)
    source = "".join(clusters(latex))
    assert line(latex) == source
    shown = "".join(display(latex, 40))
    assert shown.replace(" ", "") == source.replace(" ", "")


def test_a_mistake_says_what_was_expected_and_where():
    sentence, source, place = problems(r"a + \sgima").splitlines()
    assert sentence.startswith("No command of formulas is called 'sgima'. Did you mean sigma")
    assert source[place.index("^") :] == r"\sgima"
    assert problems(r"\left( a").startswith("Formula: expected '\\\\right', got the end.")
    assert problems(r"\frac{a}").startswith("Formula: expected {…} or a symbol, got the end.")


def test_nothing_that_an_author_mistypes_raises():
    rng = random.Random(0)
    tokens = [t for latex, _ in COURSE for t in re.findall(r"\\[A-Za-z]+|\\.|.", latex)]
    read = 0
    for _ in range(300):
        parts = re.findall(r"\\[A-Za-z]+|\\.|.", rng.choice(COURSE)[0])
        at = rng.randrange(len(parts))
        parts[at : at + rng.randint(0, 2)] = rng.sample(tokens, rng.randint(0, 2))
        latex = "".join(parts)
        read += not problems(latex)
        assert all(length(row) <= 24 for row in display(latex, 24))
        assert "\n" not in line(latex)
    assert 50 < read < 290


def test_a_text_keeps_its_blanks_and_loses_what_a_terminal_cannot_show():
    assert line("x \\text{ if\n a\x1bb, \\{50\\%\\} }") == "x if a b, {50%}"


def test_every_symbol_is_one_cell_and_every_index_has_its_own_character():
    for char, _ in [*SYMBOLS.values(), *CHARACTERS.values()]:
        assert length(char) == 1
    for raised in (SUPERSCRIPT, SUBSCRIPT):
        assert all(length(char) == 1 for char in raised.values())
    assert SUPERSCRIPT["T"] == SUPERSCRIPT["⊤"] == "ᵀ"
    assert SUBSCRIPT["k"] == "ₖ"


def test_a_line_folds_where_it_reads_best():
    assert wrap_formula("aaaa + bbbb = cccc", 13) == ["aaaa + bbbb", "  = cccc"]
    assert wrap_formula("f(aaa = b) + c", 11) == ["f(aaa = b)", "  + c"]
    assert wrap_formula("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrap_formula("", 4) == [""]
