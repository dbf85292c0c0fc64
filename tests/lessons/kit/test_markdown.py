"""Markdown as blocks, and the errors of what a page does not have."""

import pytest

from engine.errors import DltutorError
from lessons.kit.blocks import (
    CodeBlock,
    ListBlock,
    MathBlock,
    PageError,
    Paragraph,
    Piece,
    TableBlock,
)
from lessons.kit.markdown import blocks, inline


def text(words):
    return (Piece(words),)


def test_a_paragraph_has_pieces_of_five_styles():
    assert blocks("A *slope* is\n**not** `w`,\nbut $\\nabla L(w)$.") == (
        Paragraph(
            (
                Piece("A "),
                Piece("slope", "emphasis"),
                Piece(" is "),
                Piece("not", "strong"),
                Piece(" "),
                Piece("w", "code"),
                Piece(", but "),
                Piece("\\nabla L(w)", "math"),
                Piece("."),
            )
        ),
    )


def test_formulas_keep_what_elsewhere_is_a_mark():
    source = r"$a_1 * b_1 * c_{2}$ and $\{x\}$, `a $b$ *c*`"
    assert inline(source) == (
        Piece(r"a_1 * b_1 * c_{2}", "math"),
        Piece(" and "),
        Piece(r"\{x\}", "math"),
        Piece(", "),
        Piece("a $b$ *c*", "code"),
    )
    assert inline("$a$$b$") == (Piece("a", "math"), Piece("b", "math"))


def test_a_formula_within_emphasis_stays_a_formula():
    assert inline("**at $k$ `n` too**") == (
        Piece("at ", "strong"),
        Piece("k", "math"),
        Piece(" ", "strong"),
        Piece("n", "code"),
        Piece(" too", "strong"),
    )


def test_an_escaped_mark_is_plain_text():
    assert inline(r"\$5 and 2\*3 \< 7 &amp; so") == text("$5 and 2*3 < 7 & so")


def test_displayed_formulas_may_take_several_lines():
    source = "$$\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}\n$$"
    latex = "\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}"
    assert blocks(source) == (MathBlock(latex),)
    assert blocks("$$ a = b $$\n\n$$c$$") == (MathBlock("a = b"), MathBlock("c"))


def test_lists():
    assert blocks("- one\n- two\n  lines\n\n- three") == (
        ListBlock((text("one"), text("two lines"), text("three"))),
    )
    assert blocks("1. one\n2. two") == (ListBlock((text("one"), text("two")), ordered=True),)


def test_a_table_and_its_formulas():
    source = "| rule | step |\n|---|---|\n| SGD | $w - \\eta g$ |\n| *none* | |"
    assert blocks(source) == (
        TableBlock(
            (text("rule"), text("step")),
            (
                (text("SGD"), (Piece("w - \\eta g", "math"),)),
                ((Piece("none", "emphasis"),), ()),
            ),
        ),
    )
    assert blocks("| | |\n|-|-|\n| a | b |") == (TableBlock(((), ()), ((text("a"), text("b")),)),)


def test_code_keeps_its_blanks_and_lines():
    source = "```python\nfor x in y:\n    *z* = $1$\n```"
    assert blocks(source) == (CodeBlock("for x in y:\n    *z* = $1$", "python"),)


FOREIGN = [
    ("![a](b.png)", "image"),
    ("see [a](b)", "link"),
    ("<https://a.b>", "link"),
    ("> words", "block quote"),
    ("## Title", "heading"),
    ("Title\n---", "heading"),
    ("***", "rule"),
    ("    w = 1", "fence code"),
    ("<div>x</div>", "HTML"),
    ("a <b>x</b>", "HTML"),
    ("a  \nb", "hard line break"),
    ("*a **b** c*", "one inside another"),
    ("3. x", "numbered from 1"),
    ("- a\n  - b", "one paragraph"),
    ("- a\n\n  b", "one paragraph"),
    ("| a | b |\n|---|\n| 1 | 2 |", "a table"),
    ("| a | b |\n|---|---|\n| $|x|$ | 1 |", "2 cells in this row, got 4"),
    ("| a | b |\n|---|---|\n| 1 |", "2 cells in this row, got 1"),
    ("it costs $5", "\\$ for a dollar"),
    ("so $ x $ is", "\\$ for a dollar"),
    ("so $$x$$ is", "lines of its own"),
    ("text\n$$ x $$", "lines of its own"),
    ("$$ x", "lines of its own"),
]


@pytest.mark.parametrize(("source", "part"), FOREIGN)
def test_what_a_page_does_not_have_is_refused_in_words(source, part):
    with pytest.raises(PageError, match=r"^p\.md:7: expected|^p\.md:[89]: expected") as caught:
        blocks(source, 7, "p.md")
    assert part in str(caught.value)
    assert isinstance(caught.value, DltutorError)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("fine\n\nalso\nfine and *a\nb <i>* c", 14),
        ("a $x +\ny$ b\nc $5", 12),
        ("- a\n- b\n- c $5", 12),
        ("| a |\n|---|\n| b |\n| $5 |", 13),
        ("$$\nx\n$$\n\n# y", 14),
    ],
)
def test_an_error_names_the_line_of_the_file(source, line):
    with pytest.raises(PageError, match=rf"^p\.md:{line}: "):
        blocks(source, 10, "p.md")


def test_a_reference_is_not_swallowed():
    assert blocks("[a]: b\n\nc") == (Paragraph(text("[a]: b")), Paragraph(text("c")))


def test_an_option_may_look_like_a_list_or_a_heading():
    for words in ("- 3", "1. x", "# 5", "> 2", "| x"):
        assert inline(words) == text(words)
    assert inline(" a\n  b ") == text("a b")
    assert inline("") == ()
    with pytest.raises(PageError, match=r"^p\.md:5: expected one paragraph"):
        inline("a\n\nb", 4, "p.md")
