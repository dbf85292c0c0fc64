"""The front of a lesson, read from the head of its pages.md and from nothing else."""

import re

import pytest

from lessons.kit.blocks import PageError
from lessons.kit.front_matter import FrontMatter, parse_front_matter, read_front_matter

WHOLE = """\
title = "Momentum"
about = "a ball remembers: its way"
order = 30
minutes = 12
needs = ["optimization/gradient_descent"]
sources = ["polyak1964: section 2"]

[renamed]
older = "memory"
"""
LEAST = 'title = "A"\nabout = "b"\norder = 1\nminutes = 5\n'


def test_all_fields_are_read():
    assert parse_front_matter(WHOLE) == FrontMatter(
        "Momentum", "a ball remembers: its way", 30, 12, ("optimization/gradient_descent",),
        ("polyak1964: section 2",), {"older": "memory"},
    )  # fmt: skip


def test_four_fields_are_a_must_and_the_others_empty_without():
    assert parse_front_matter(LEAST) == FrontMatter("A", "b", 1, 5, (), (), {})


@pytest.mark.parametrize("name", ["title", "about", "order", "minutes"])
def test_a_field_that_is_missing_is_named(name):
    text = re.sub(rf"^{name} = .*\n", "", LEAST, flags=re.MULTILINE)
    with pytest.raises(PageError, match=rf"^x\.md:1: expected `{name} = …` in the front matter\.$"):
        parse_front_matter(text, "x.md")


@pytest.mark.parametrize(
    ("added", "line", "says"),
    [
        ("in = 1", 6, "expected one of title, about, order, minutes, needs, sources, renamed, got"),
        ("\n\nneeds = 'a'", 8, "needs: expected a list of strings, got 'a'."),
        ("needs = [1]", 6, "needs: expected a list of strings"),
        ("sources = 3", 6, "sources: expected a list of strings, got 3."),
        ("renamed = []", 6, "renamed: expected a table of strings"),
        ("\n[renamed]\na = 1", 7, "renamed: expected a table of strings"),
        ("title = 'B'", 6, "the front matter is not TOML: Cannot overwrite a value"),
        ("needs = [", 6, "the front matter is not TOML"),
        ("§", 6, "the front matter is not TOML"),
    ],
)
def test_a_field_that_is_wrong_is_named_with_its_line(added, line, says):
    with pytest.raises(PageError) as told:
        parse_front_matter(LEAST + added, "x.md")
    assert str(told.value).startswith(f"x.md:{line}: {says}")


@pytest.mark.parametrize("wrong", ["order = '1'", "order = 1.5", "order = true", "title = 3"])
def test_a_field_of_another_type_is_refused(wrong):
    name = wrong.split()[0]
    text = re.sub(rf"^{name} = .*$", wrong, LEAST, flags=re.MULTILINE)
    with pytest.raises(PageError, match=rf"^pages\.md:[1-5]: {name}: expected an? "):
        parse_front_matter(text)


def test_only_the_head_of_a_file_is_read(tmp_path):
    file = tmp_path / "pages.md"
    file.write_bytes(f"+++\n{LEAST}+++\n".encode() + b"# a page\n" * 9999 + b"\xff")
    assert read_front_matter(file).title == "A"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ":1: expected +++"),
        (LEAST, ":1: expected +++ on the first line, to open the front matter."),
        (f"\n+++\n{LEAST}+++\n", ":1: expected +++"),
        (f"+++\n{LEAST}", ":1: expected a second +++, to end the front matter."),
    ],
)
def test_a_head_without_its_fences_is_refused(tmp_path, text, says):
    file = tmp_path / "pages.md"
    file.write_text(text)
    with pytest.raises(PageError) as told:
        read_front_matter(file)
    assert str(told.value).startswith(f"{file}{says}")
