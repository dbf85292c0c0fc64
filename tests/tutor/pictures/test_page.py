"""A page's text in lines: wrapping, formulas, lists, tables, code."""

import pytest

from lessons.kit.blocks import CodeBlock, Paragraph, Piece, TableBlock
from lessons.kit.markdown import blocks, inline
from tutor.pictures.cells import DARK, plain
from tutor.pictures.letters import length
from tutor.pictures.page import page, wrap_inline

PAGE = r"""
A matrix makes an ellipse of the unit circle. Its half axes are the *singular values* of $A$:

$$ A = U \Sigma V^\top $$

Drag the **columns** of $A$. The condition number is

$$ \kappa(A) = \frac{\sigma_{\max}}{\sigma_{\min}} $$

so $\lVert A - A_k \rVert_2 = \sigma_{k+1}$. Run `optim.adam(w, g)` once:

- $U$ and $V$ turn, 学学 they do not stretch
- the largest stretch is $\sigma_1$

| rule | step | what it does |
|---|---|---|
| SGD | $w \leftarrow w - \eta g$ | forgets at once, and goes down the slope that it sees |
| Adam | $\hat m / \sqrt{\hat v}$ | scales each step by the size of its own gradient |

```python
m = beta * m + (1 - beta) * g
```
"""


def shown(source, width):
    return plain(page(blocks(source), width, DARK)).split("\n")


def cells(line):
    return sum(length(span.text) for span in line)


@pytest.mark.parametrize("width", [*range(2, 30), 44, 60, 100])
def test_no_line_is_wider_than_the_page_and_no_word_is_dropped(width):
    lines = page(blocks(PAGE), width, DARK)
    assert all(cells(line) <= width for line in lines)
    squeezed = "".join("".join(plain(lines).split()))
    for words in ("singularvalues", "UΣVᵀ", "columns", "σₖ₊₁", "学学", "m=beta*m+(1-beta)*g"):
        assert words in squeezed


def test_a_page_as_it_reads():
    assert shown(PAGE, 46) == [
        "A matrix makes an ellipse of the unit circle.",
        "Its half axes are the singular values of A:",
        "",
        "  A = UΣVᵀ",
        "",
        "Drag the columns of A. The condition number is",
        "",
        "         σₘₐₓ",
        "  κ(A) = ────",
        "         σₘᵢₙ",
        "",
        "so ‖A − Aₖ‖₂ = σₖ₊₁. Run optim.adam(w, g)",
        "once:",
        "• U and V turn, 学学 they do not stretch",
        "• the largest stretch is σ₁",
        "",
        "rule  step        what it does",
        "SGD   w ← w − ηg  forgets at once, and goes",
        "                  down the slope that it sees",
        "Adam  m̂/√v̂        scales each step by the size",
        "                  of its own gradient",
        "",
        "  m = beta * m + (1 - beta) * g               ",
    ]


def test_a_formula_and_code_move_to_the_next_line_whole():
    assert plain(wrap_inline(inline("so we add $a + b + c$, then `x = y`"), 12, DARK)).split(
        "\n"
    ) == [
        "so we add",
        "a + b + c,",
        "then x = y",
    ]


def test_a_formula_wider_than_the_page_breaks_between_its_signs():
    assert plain(wrap_inline(inline("now $a + b = c + d$"), 8, DARK)).split("\n") == [
        "now a +",
        "b = c +",
        "d",
    ]


def test_a_word_wider_than_the_page_goes_on_below():
    assert plain(wrap_inline(inline("an *extraordinary* a学学b"), 5, DARK)).split("\n") == [
        "an",
        "extra",
        "ordin",
        "ary",
        "a学学",
        "b",
    ]


def test_each_style_looks_different_without_and_with_color():
    spans = wrap_inline(inline("a *b* **c** `d` $e$"), 40, DARK)[0]
    looks = {span.text: span[1:4] for span in spans if span.text.strip()}
    assert len(set(looks.values())) == 5
    assert [text for text, (_, _, bold) in looks.items() if bold] == ["b", "c"]
    assert looks["d"][1] is not None


def test_a_style_may_change_within_a_word():
    assert plain(wrap_inline(inline("un**believ**able $x$'s"), 12, DARK)) == "unbelievable\nx's"


def test_blanks_inside_code_are_shaded_and_those_between_words_are_not():
    spans = wrap_inline(inline("run `a b` now"), 40, DARK)[0]
    assert [span.text for span in spans if span.bg] == ["a b"]
    broken = wrap_inline(inline("`aa bb cc`"), 5, DARK)
    assert [[span.text for span in line if span.bg] for line in broken] == [["aa bb"], ["cc"]]


def test_formulas_stand_apart():
    assert shown("a\n\n$$x$$\n\nb", 20) == ["a", "", "  x", "", "b"]
    assert shown("a\n\n$$\\frac{x}{y}$$\n\nb", 20) == ["a", "", "  x", "  ─", "  y", "", "b"]
    assert shown("$$x$$\n\n$$y$$\n\n- b", 20) == ["  x", "", "  y", "", "• b"]
    assert shown("a\n\nb", 20) == ["a", "", "b"]
    assert page((), 20, DARK) == []


def test_lists_hang():
    assert shown("1. one two\n2. three", 7) == ["1. one", "   two", "2. thre", "   e"]
    assert shown("- one two", 7) == ["• one", "  two"]


def test_a_table_without_a_header_and_with_empty_cells():
    source = "| | |\n|-|-|\n| keep | the *first* |\n| | and all |"
    assert shown(source, 30) == ["keep  the first", "      and all"]
    assert page((TableBlock(((), ()), ()),), 30, DARK) == []


def test_a_header_is_bold_and_its_formulas_stay_formulas():
    lines = page(blocks("| a | $b$ |\n|-|-|\n| c | d |"), 30, DARK)
    bold = {span.text: span.bold for span in lines[0] if span.text.strip()}
    assert bold == {"a": True, "b": False}
    assert not any(span.bold for span in lines[1])


def test_a_table_too_wide_for_columns_shows_its_cells_below_each_other():
    source = "| rule | does |\n|---|---|\n| momentum | accumulates |"
    assert shown(source, 21) == ["rule      does", "momentum  accumulates"]
    assert shown(source, 20) == ["rule", "  does", "momentum", "  accumulates"]


def test_code_keeps_its_indent_and_a_long_line_goes_on_below():
    lines = page((CodeBlock("if x:\n    y = 1\n\tz"),), 12, DARK)
    assert [row.rstrip() for row in plain(lines).split("\n")] == [
        "  if x:",
        "      y = 1",
        "      z",
    ]
    assert plain(page((CodeBlock("abcdefghijkl"),), 12, DARK)).split() == ["abcdefghij", "kl"]
    assert all(cells(line) == 12 for line in lines)


def test_a_formula_that_cannot_be_read_does_not_stop_the_page():
    assert shown("so $\\foo$ is\n\n$$ \\bar $$", 20) == ["so \\foo is", "", "  \\bar"]


def test_nothing_is_lost_at_the_width_of_one_cell():
    lines = page((Paragraph((Piece("a bc"), Piece("x_1", "math"))),), 0, DARK)
    assert plain(lines).split("\n") == ["a", "b", "c", "x", "₁"]
