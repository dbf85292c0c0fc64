"""What the target's cells say: one class a meaning, and nothing that may be a number by mistake."""

import numpy as np
import pytest

from engine.data import own_data
from engine.errors import FileError


@pytest.fixture
def table(tmp_path):
    def write(*answers):
        path = tmp_path / "own.csv"
        rows = "".join(f'{i}.5,"{answer}"\n' for i, answer in enumerate(answers))
        path.write_text("a,k\n" + rows, "utf-8")
        return path

    return write


CLASSES = {
    "one number in three forms": (["1", "1.0", "01", "2"], [0, 0, 0, 1], ("1", "2")),
    "with exponents and signs": (["10", "1e1", "+10", "-3"], [1, 1, 1, 0], ("-3", "10")),
    "zeros": (["0", "-0", "0.0", "1"], [0, 0, 0, 1], ("0", "1")),
    "numbers a float cannot tell apart": (["9007199254740993", "9007199254740992"], [1, 0],
                                          ("9007199254740992", "9007199254740993")),
    "codes": (["01", "02"], [0, 1], ("01", "02")),
    "numbers in order": (["10", "9"], [1, 0], ("9", "10")),
    "two forms of a letter": (["caf\u00e9", "cafe\u0301", "tea"], [0, 0, 1], ("café", "tea")),
    "spaces of two kinds": (["New York", " New\u00a0 York ", "x"], [0, 0, 1], ("New York", "x")),
    "what has no width": (["x", "\ufeffx", "x\u200b", "y"], [0, 0, 0, 1], ("x", "y")),
    "truths": (["True", "False"], [1, 0], ("False", "True")),
    "plus and minus": (["+", "-"], [0, 1], ("+", "-")),
    "ranges": (["10-20", "21-30"], [0, 1], ("10-20", "21-30")),
}  # fmt: skip


@pytest.mark.parametrize("name", CLASSES)
def test_what_means_the_same_is_one_class(name, table):
    answers, y, classes = CLASSES[name]
    data = own_data(table(*answers))
    assert data.class_names == classes
    assert data.y.ravel().tolist() == y


REFUSED = {
    "case": (["Yes", "yes", "no"], "got 'Yes' and 'yes', which differ in case"),
    "a space inside": (["new york", "newyork"], "which differ in case, spaces"),
    "a letter of two": (["m²", "m2"], "or the form of a letter only"),
    "missing words": (["yes", "NA", "no"], "row 3, column 'k': .* got 'NA', which other programs"),
    "missing numbers": (["1.5", "?", "2.5"], "row 3, column 'k': .* got '\\?', which other"),
    "no numbers": (["1", "nan", "2"], "row 3, column 'k': .* got 'nan'"),
    "a dash": (["1", "-", "2"], "row 3, column 'k': .* got '-'"),
    "white": (["x", "\u00a0\u200b", "y"], "row 3, column 'k': expected an answer, got an empty"),
    "a word among numbers": (["1", "2", "b"], "row 4, .* a number as in other rows, got 'b'. Pass"),
    "percent": (["50%", "60%"], "row 2, .* a plain number or a name, got '50%'. .* Or pass task"),
    "decimal commas": (["1,5", "2,5"], "got '1,5'. Write a point for the decimals"),
    "thousands": (["1,000", "2,000"], "got '1,000'. .* no mark for the thousands"),
    "thousands by points": (["1.234.567", "2.234.567"], "got '1.234.567'"),
    "thousands by spaces": (["1 000", "2\u202f000"], "got '1 000'"),
    "underscores": (["1_000", "2_000"], "got '1_000'"),
    "a long minus": (["−1", "−2"], "got '−1'"),
    "other digits": (["\u0661", "\u0662"], "got '\u0661'"),
    "money": (["$5", "$6"], "got '\\$5'"),
    "infinity": (["inf", "2"], "got 'inf'. Or pass"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_may_mean_something_else_is_refused(name, table):
    answers, message = REFUSED[name]
    with pytest.raises(FileError, match=message):
        own_data(table(*answers))


def test_who_says_that_they_are_classes_gets_them_as_they_are_written(table):
    for answers in (["50%", "60%"], ["1", "b"], ["1,5", "2,5"]):
        assert own_data(table(*answers), task="classification").class_names == tuple(answers)
    names = own_data(table("1", "b", "1.0"), task="classification").class_names
    assert names == ("1", "b")


FEATURES = [
    ("NA", "Fill in the value, or leave out the row"), ("50%", "Write it in the digits 0 to 9"),
    ("True", "Write 1 and 0"), ("1,000", "no mark for the thousands"), ("0x1F", "got '0x1F'.$"),
    ("٣", "Write it in the digits"), ("infinity", "got 'infinity'.$"), ("1e99999", "99'.$"),
    ("\uff11", "Write it in the digits"), ("1 000", "no other mark"), ("1d5", "got '1d5'.$"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "advice"), FEATURES)
def test_what_only_python_or_only_people_read_as_a_number_is_refused(cell, advice, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(f'a,k\n1,x\n"{cell}",y\n', "utf-8")
    with pytest.raises(FileError, match=f"row 3, column 'a': expected a finite number.*{advice}"):
        own_data(path)


def test_names_of_columns_have_one_form(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("caf\u00e9,cafe\u0301,k\n1,2,x\n2,3,y\n", "utf-8")
    with pytest.raises(FileError, match="expected different names, got 'café' twice"):
        own_data(path)
    path.write_text("caf\u00e9,b\nx,2\ny,3\n", "utf-8")
    assert own_data(path, target="cafe\u0301").class_names == ("x", "y")


def saved(tmp_path, x, y):
    np.savez(tmp_path / "own.npz", x=x, y=y)
    return tmp_path / "own.npz"


def test_numbers_of_an_array_keep_all_their_digits(tmp_path):
    y = [0.123456789012345, 1 / 3, -1e-300]
    assert own_data(saved(tmp_path, np.ones((3, 1)), y)).y.ravel().tolist() == y
    y = [1234567, 1234568, 1234567]
    assert own_data(saved(tmp_path, np.ones((3, 1)), y)).class_names == ("1234567", "1234568")
    data = own_data(saved(tmp_path, np.ones((2, 1)), [True, False]))
    assert data.class_names == ("0", "1")


@pytest.mark.parametrize(("dtype", "value"), [(np.int64, 2**53 + 1), (np.uint64, 2**64 - 1)])
def test_an_integer_that_float64_would_round_is_refused(dtype, value, tmp_path):
    y = np.array([1, value], dtype)
    with pytest.raises(FileError, match=rf"expected integers below 2⁵³, got {value} at y\[1\]"):
        own_data(saved(tmp_path, np.ones((2, 1)), y))


def test_classes_that_are_not_one_of_each_row_are_refused(tmp_path):
    path = saved(tmp_path, np.ones((2, 1)), [[1, 1], [0, 1]])
    assert own_data(path).task == "regression"
    with pytest.raises(FileError, match=r"one 1 and else 0 in each row of y \(2, 2\)"):
        own_data(path, task="classification")
    with pytest.raises(FileError, match=r"got \(2, 1\) and \(2, 0\)"):
        own_data(saved(tmp_path, np.ones((2, 1)), np.ones((2, 0))))
