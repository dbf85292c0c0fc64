"""Rows out of text: one separator, found or declared; what divides in two ways is refused."""

import pytest

from engine.data import own_data
from engine.data.table import read_rows
from engine.errors import DomainError, FileError


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "own.csv"
        path.write_bytes(text.encode("utf-8"))
        return path

    return write


LAST = ["1", "a"]
READ = {
    "semicolons in a quoted name": ('"len; cm; in","kind"\n1,a\n', [["len; cm; in", "kind"], LAST]),
    "semicolons in a name": ("len; cm; in,kind\n1,a\n", [["len; cm; in", "kind"], LAST]),
    "an empty line in front": ('\n"a,b,c";k\n1;a\n', [["a,b,c", "k"], LAST]),
    "new lines and commas in quotes": ('"a\n,,,";k\n1;a\n', [["a\n,,,", "k"], LAST]),
    "tabs in quotes": ('"a\t\t\t",k\n1,a\n', [["a\t\t\t", "k"], LAST]),
    "answers with semicolons": ("1,x;y\n2,y;z\n1,a\n", [["1", "x;y"], ["2", "y;z"], LAST]),
    "every answer with one": ("p,k;k\n2,y;z\n", [["p", "k;k"], ["2", "y;z"]]),
    "sep= as a cell": ("sep=;\nk;a\nsep=;\n1;a\n", [["k", "a"], ["sep=", ""], LAST]),
    "sep=": ("sep=;\na,b;k\n1;a\n", [["a,b", "k"], LAST]),
    "sep= after a mark and in quotes": ('\ufeff\r\n"sep=;"\r\na;k\r\n1;a\r\n', [["a", "k"], LAST]),
    "sep= of tabs": ("sep=\t\na,b\tk\n1\ta\n", [["a,b", "k"], LAST]),
    "a bar": ("sep=|\na|k\n1|a\n", [["a", "k"], LAST]),
    "old lines": ("a,k\r1,a\r", [["a", "k"], LAST]),
    "a space and a quote": ('a, "k; l"\n1, "a"\n', [["a", "k; l"], LAST]),
    "decimal commas": ("a;k\n1,5;a\n1;a\n", [["a", "k"], ["1,5", "a"], LAST]),
    "inches": ('a;5" pipe\n1;a\n', [["a", '5" pipe'], LAST]),
}


@pytest.mark.parametrize("name", READ)
def test_the_separator_is_the_one_that_divides_all_rows_alike(name, file):
    text, rows = READ[name]
    assert [row.cells for row in read_rows(file(text))] == rows


def test_rows_are_numbered_as_in_the_file(file):
    assert [row.number for row in read_rows(file('\nsep=;\na;k\n\n"1\n2";x\n;\n3;y\n'))] == [
        3,
        5,
        7,
    ]


@pytest.mark.parametrize(("separator", "cells"), [(",", ["1", "5;2"]), (";", ["1,5", "2"])])
def test_a_separator_that_is_given_is_taken(separator, cells, file):
    path = file("1,5;2\n3,4;1\n")
    assert read_rows(path, separator)[0].cells == cells
    with pytest.raises(
        FileError, match=r"one separator, got rows that ',' and ';' divide alike\. P"
    ):
        read_rows(path)
    assert read_rows(file("sep=;\na|k;l|m\n"), "|")[0].cells == ["a", "k;l", "m"]


REFUSED = {
    "decimal commas without names": ("1,5;2,5\n3,5;4,5\n", "own.csv: expected one separator"),
    "words in two ways": ("a,b;c\nx,y;z\n", "one separator, got rows that ',' and ';'"),
    "a title": ("My table; by me\na,b,k\n1,2,x\n", "row 2: expected 2 cells .* got 1"),
    "a comment": ("# made, by me\na,k\n1,x\n", "row 1: .* a comment, '# made'. Remove the row"),
    "names behind #": ("#a,k\n1,x\n", "row 1: .* got what looks like a comment, '#a'"),
    "a row that is left out": ("k,a\nx,1\n#x,2\n", "row 3: .* got what looks like a comment"),
    "one endless line": ("x" * 1_000_001, "expected lines of less than 1000000 characters"),
    "zeros without a mark": ("a\0,\0k\0\n", "row 1: expected text, got a zero byte"),
    "rows that end in a separator": ("a,k,\n1,x,\n", "a name for column 3, .* Do all rows end"),
    "rows that end so below names": ("a,k\n1,x,\n", "row 2: expected 2 cells .* got 3"),
    "an index without a name": (",a,k\n0,1,x\n", "a name for column 1, got none. Do all rows .* b"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_one_table_is_refused(name, file):
    text, message = REFUSED[name]
    with pytest.raises(FileError, match=message) as caught:
        own_data(file(text))
    assert "\n" not in str(caught.value)


def test_a_column_may_be_called_number(file):
    assert own_data(file("#,k\n1,x\n2,y\n")).feature_names == ("#",)


@pytest.mark.parametrize("separator", ["", "||", "a", "1", '"', "\n", ".", "-", " "])
def test_a_separator_that_cells_hold_is_refused(separator, file):
    with pytest.raises(DomainError, match="expected a separator of one character"):
        own_data(file("a,k\n1,x\n2,y\n"), separator=separator)
