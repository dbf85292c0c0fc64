"""Pages: what is read from a pages.md, and what is refused by file, line and sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.kit.blocks import MathBlock, PageError, Paragraph
from lessons.kit.pages import Option, Stage, blanks, fill, read_pages

HEAD = '+++\ntitle = "T"\nabout = "a"\norder = 1\nminutes = 5\n+++\n'
WHOLE = """
# First: a page

Words and $x_1$,
on two lines.

$$ x^2 $$

``` stage
Valley lr=0.5 kappa=10 A='1 2; 3 4': scenery, loss,oracles
speed: 2.5
```

``` ask first_one
What is $f: x \\to y$
at {a:g}?
+ $f: 1$
- it is $2$: since $g: 3$ holds
  and more
- plain
why: {answer:.2f}, as
  it must be.
hint: one
hint: two: or so
```

More words.

````
# not a page
```
also: not a fence
````

# Second

``` stage
Valley: loss
```
Only words.
"""
LINES = (HEAD + WHOLE).splitlines()


@pytest.fixture
def read(tmp_path):
    """Reads a text as pages.md, the head before it."""
    file = tmp_path / "pages.md"

    def read_text(text, head=HEAD):
        file.write_text(head + text, encoding="utf-8")
        return read_pages(file)

    return read_text


def test_a_whole_file_is_read(read):
    book = read(WHOLE)
    assert (book.front.title, [page.title for page in book.pages]) == (
        "T", ["First: a page", "Second"],
    )  # fmt: skip
    first, second = book.pages
    assert [type(block) for block in first.text][:2] == [Paragraph, MathBlock]
    assert first.text[-1].text.startswith("# not a page\n```")
    assert second.stage == Stage("Valley", {}, ("loss",), None, LINES.index("Valley: loss") + 1)
    assert second.question is None


def test_a_stage_is_read_with_quoted_values_and_its_speed(read):
    stage = read(WHOLE).pages[0].stage
    assert stage.scene == {"lr": "0.5", "kappa": "10", "A": "1 2; 3 4"}
    assert (stage.views, stage.speed, stage.line) == (("scenery", "loss", "oracles"), 2.5, 16)


def test_a_question_is_read_part_by_part(read):
    words = read(WHOLE).pages[0].question
    assert (words.name, words.line) == ("first_one", 20)
    assert words.ask == "What is $f: x \\to y$ at {a:g}?"
    assert words.options == (
        Option("$f: 1$", "", True),
        Option("it is $2$", "since $g: 3$ holds and more"),
        Option("plain"),
    )
    assert words.why == "{answer:.2f}, as it must be."
    assert words.hints == ("one", "two: or so")


ASK = "# P\n\nText.\n\n``` ask q\nWhat?\n+ a\n- b: no\nwhy: so.\nhint: think.\n```\n"
BROKEN = [
    # what is written after the front matter of 6 lines, the line that is at fault, what is expected
    ("", 6, "expected `# Title of a page` after the front matter."),
    ("Text.\n\n# P\n\nText.\n", 7, "expected `# Title of a page` after the front matter."),
    ("## P\n\nText.\n", 7, "expected `# Title of a page` after the front matter."),
    ("# P\n", 7, "expected a page with a title and text."),
    (
        "# P\n\nText.\n\n# Q\n\n``` stage\nA: b\n```\n",
        11,
        "expected a page with a title and text",
    ),
    ("#  \n\nText.\n", 7, "expected a page with a title and text."),
    ("# P\n\nText.\n\n## Q\n", 11, "got a heading inside a page's text"),
    ("# P\n\nText <b>x</b>.\n", 9, "got HTML"),
    ("# P\n\nText.\n\n![x](y.png)\n", 11, "got an image"),
    ("# P\n\nA [link](http://x).\n", 9, "got a link"),
    ("# P\n\nIt costs $5.\n", 9, "expected formulas between two dollars"),
    ("# P\n\n| a | b |\n|---|---|\n| 1 |\n", 11, "expected 2 cells in this row, got 1"),
    ("# P\n\nText.\n\n``` stage\nA: b\n", 11, "expected ``` to close this block."),
    ("# P\n\nText.\n\n``` stage\n\n```\n", 11, "expected `Experiment knob=value: view, view` in a"),
    (
        "# P\n\nText.\n\n``` stage\nA\n```\n",
        12,
        "expected `Experiment knob=value: view, view`, got",
    ),
    ("# P\n\nText.\n\n``` stage\nA:\n```\n", 12, "expected `Experiment knob=value: view, view`"),
    (
        "# P\n\nText.\n\n``` stage\nA x: b\n```\n",
        12,
        "expected settings KNOB=VALUE before the colon",
    ),
    ("# P\n\nText.\n\n``` stage\nA x='1: b\n```\n", 12, "expected both quotes of a value"),
    ("# P\n\nText.\n\n``` stage\nA: b\nspeed: fast\n```\n", 13, "expected `speed: 15` (steps per"),
    (
        "# P\n\nText.\n\n``` stage\nA: b\npace: 3\n```\n",
        13,
        "expected `speed: 15` (steps per second)",
    ),
    ("# P\n\nText.\n\n``` stage x y\nA: b\n```\n", 11, "expected nothing after stage, got 'x y'"),
    (
        "# P\n\nText.\n\n``` stage\nA: b\n```\n``` stage\nA: b\n```\n",
        14,
        "expected one stage per page",
    ),
    (ASK + ASK[12:], 18, "expected one question per page, got a second one."),
    (ASK + ASK.replace("# P", "# Q"), 22, "the name q is used in line 11."),
    (ASK.replace("ask q", "ask Q"), 11, "expected ``` ask NAME in lowercase letters, got 'Q'."),
    (ASK.replace("ask q", "ask"), 11, "expected ``` ask NAME in lowercase letters, got ''."),
    (ASK.replace("ask q", "ask q r"), 11, "expected ``` ask NAME in lowercase letters, got 'q r'."),
    (ASK.replace("What?\n", ""), 11, "expected a question, one line `why: …` and at least one"),
    (ASK.replace("why: so.\n", ""), 11, "expected a question, one line `why: …` and at least one"),
    (ASK.replace("hint: think.\n", ""), 11, "in ask q."),
    (ASK.replace("hint:", "why:"), 11, "expected a question, one line `why: …` and at least one"),
    (ASK.replace("b: no", "b: it costs $3"), 14, "expected formulas between two dollars"),
    (ASK.replace("so.", "<br>so."), 15, "got HTML"),
]


@pytest.mark.parametrize(("text", "line", "says"), BROKEN, ids=range(len(BROKEN)))
def test_what_a_page_does_not_have_is_refused_with_its_line(read, tmp_path, text, line, says):
    with pytest.raises(PageError) as told:
        read(text)
    assert str(told.value).startswith(f"{tmp_path / 'pages.md'}:{line}: ")
    assert says in str(told.value)


@pytest.mark.parametrize("head", ["", "title = 1\n", "+++\n", f"\n{HEAD}", "++\n+++\n"])
def test_a_file_without_a_head_is_refused(read, head):
    with pytest.raises(
        PageError, match=r"pages\.md:1: expected TOML front matter between two lines"
    ):
        read("# P\n\nText.\n", head)


@given(st.text(alphabet="{}:abgx.2 $^\\", max_size=30))
def test_only_blanks_of_the_variant_are_filled(text):
    values = {"a": 2.0, "b": 0.125}
    if blanks(text) <= {"a", "b"}:
        try:
            filled = fill(text, values)
        except ValueError:  # not a format of numbers: the shared tests of all lessons refuse it
            return
        assert not blanks(filled) & set(values)
    assert fill(text, {}) == text
