"""One's own files: good ones are read, bad ones are refused in one sentence, and nothing hangs."""

import os
import tracemalloc
import zipfile

import numpy as np
import pytest

from engine.data import own, own_data
from engine.errors import DltutorError, FileError, UnknownNameError


@pytest.fixture
def file(tmp_path):
    def write(text, name="own.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


GOOD = {
    "plain": ("a,b,c\n1,2,0\n3,4,1\n", [[1, 2], [3, 4]], [[0], [1]], ("0", "1")),
    "semicolons": ("a;b;c\n1;2;x\n3;4;y\n", [[1, 2], [3, 4]], [[0], [1]], ("x", "y")),
    "tabs": ("a\tb\tc\n1\t2\tx\n3\t4\ty\n", [[1, 2], [3, 4]], [[0], [1]], ("x", "y")),
    "a mark of the byte order": ("\ufeffa,b\n1,x\n2,y\n", [[1], [2]], [[0], [1]], ("x", "y")),
    "windows lines": ("a,b\r\n1,x\r\n2,y\r\n", [[1], [2]], [[0], [1]], ("x", "y")),
    "no end of line": ("a,b\n1,x\n2,y", [[1], [2]], [[0], [1]], ("x", "y")),
    "empty lines": ("\na,b\n\n1,x\n\n2,y\n\n", [[1], [2]], [[0], [1]], ("x", "y")),
    "quoted new lines": ('a,"b\nc"\n1,"x\ny"\n2,z\n', [[1], [2]], [[0], [1]], ("x y", "z")),
    "quoted numbers": ('a,b\n"1",x\n"2",y\n', [[1], [2]], [[0], [1]], ("x", "y")),
    "no names": ("1,2,5\n3,4,7\n", [[1, 2], [3, 4]], [[0], [1]], ("5", "7")),
    "three classes": ("a,b\n1,x\n2,y\n3,z\n", [[1], [2], [3]], np.eye(3), ("x", "y", "z")),
    "measured": ("a,b\n1,.5\n2,1e-3\n", [[1], [2]], [[0.5], [0.001]], ()),
    "spaces": (" a , b \n 1 , x \n 2 , y \n", [[1], [2]], [[0], [1]], ("x", "y")),
    "terminal codes": ('a,"b\x1b[2J"\n1,"x\x07"\n2,y\n', [[1], [2]], [[0], [1]], ("x\ufffd", "y")),
    "other letters": ("größe,art\n1,äpfel\n2,birnen\n", [[1], [2]], [[1], [0]],
                      ("birnen", "äpfel")),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_good_table_is_read(file, name):
    text, x, y, classes = GOOD[name]
    data = own_data(file(text))
    np.testing.assert_array_equal(data.x, x)
    np.testing.assert_array_equal(data.y, y)
    assert data.class_names == classes


def test_the_target_and_the_task_can_be_named(file):
    path = file("kind,a,b\nx,1,2\ny,3,4\n")
    assert own_data(path, target="kind").feature_names == ("a", "b")
    path = file("a,b\n1,2\n3,4\n5,2\n")
    assert own_data(path).task == "classification"
    assert own_data(path, task="regression").y.ravel().tolist() == [2, 4, 2]
    with pytest.raises(UnknownNameError, match=r"No column of own.csv is called 'c'"):
        own_data(path, target="c")


BAD = {
    "empty": ("", "own.csv: expected rows of numbers, got an empty file"),
    "white": ("\n \n\n", "own.csv: expected rows of numbers, got none"),
    "names alone": ("a,b\n", "expected rows of numbers, got none"),
    "one column": ("a\n1\n2\n", "row 1: expected from 2 to 1000 columns, .* got 1"),
    "wrong separator": ("a|b\n1|2\n", "row 1: expected from 2 to 1000 columns"),
    "short row": ("a,b,c\n1,2,3\n1,2\n", "row 3: expected 3 cells .* got 2"),
    "long row": ("a,b\n1,2\n1,2,3\n", "row 3: expected 2 cells .* got 3"),
    "a word": ("a,b\n1,x\ntwo,y\n", "row 3, column 'a': expected a finite number, got 'two'"),
    "an empty cell": ("a,b\n1,x\n,y\n", "row 3, column 'a': .* got an empty cell"),
    "NaN": ("a,b\nnan,x\n1,y\n", "row 2, column 'a': expected a finite number, got 'nan'"),
    "infinity": ("a,b\n1,x\n-inf,y\n", "row 3, column 'a': .* got '-inf'"),
    "too large": ("a,b\n1,x\n1e999,y\n", "row 3, column 'a': .* got '1e999'"),
    "underscores": ("a,b\n1_0,x\n1,y\n", "row 2, column 'a': .* got '1_0'"),
    "comma for a point": ("a;b\n1,5;x\n2;y\n", "got '1,5'. Write a point for the decimals"),
    "one class": ("a,b\n1,x\n2,x\n", "column 'b': expected from 2 to 20 classes, got 1"),
    "too many classes": ("a,b\n" + "".join(f"1,k{i}\n" for i in range(21)), "classes, got 21"),
    "no answer": ("a,b\n1,x\n2,\n", "row 3, column 'b': expected an answer, got an empty cell"),
    "same names": ("a,a,b\n1,2,3\n", "row 1: expected different names, got 'a' twice"),
    "no name": ("a,,b\n1,2,3\n", "row 1: expected a name for column 2, got none"),
    "open quote": ('a,b\n1,"x\n2,y\n', "row 2: expected cells .* got a broken one"),
    "text behind a quote": ('a,b\n"1"2,x\n', "row 2: expected cells .* got a broken one"),
    "latin-1": ("größe,b\n1,x\n".encode("latin-1"), "row 1 or soon after: expected text in UTF-8"),
    "utf-16": ("a,b\n1,x\n".encode("utf-16"), "expected text in UTF-8"),
    "zeros": (b"a,b\n1,\x00\n2,y\n", "row 2: expected text, got a zero byte"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "expected text in UTF-8"),
    "a long cell": ("a,b\n1," + "x" * 200_000 + "\n", "row 2: expected cells .*field larger"),
    "many columns": (",".join(f"c{i}" for i in range(1001)) + "\n", "got 1001"),
    "a number of words": ("a,b\n1,0.5\n2,x\n", "row 3, column 'b': .* number, got 'x'"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_table_is_refused_in_one_sentence(file, name):
    text, message = BAD[name]
    task = "regression" if name == "a number of words" else None
    with pytest.raises(DltutorError, match=message) as caught:
        own_data(file(text), task=task)
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path, file):
    with pytest.raises(FileError, match=r"No such file or directory. Check the path"):
        own_data(tmp_path / "none.csv")
    with pytest.raises(FileError, match="expected a file, got a folder, a pipe or a device"):
        own_data(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FileError, match="a pipe"):
        own_data(tmp_path / "pipe.csv")
    with pytest.raises(FileError, match="got a folder, a pipe or a device"):
        own_data("/dev/zero")


def test_what_is_no_path_is_refused(tmp_path):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(FileError, match=r"loop.csv.*Too many levels .* Check the path"):
        own_data(tmp_path / "loop.csv")
    with pytest.raises(FileError, match=r"'a\\x00.csv': expected a name that can be shown"):
        own_data("a\0.csv")
    with pytest.raises(FileError, match=r"'x+…': File name too long"):
        own_data("x" * 5000 + ".csv")


@pytest.mark.parametrize(("name", "advice"), [("a.xlsx", "the table as CSV"), ("a.NPY", "savez")])
def test_other_peoples_files_are_refused_with_advice(file, name, advice):
    with pytest.raises(FileError, match=f"{name}: expected a table as .csv.*{advice}"):
        own_data(file(b"\0\1\2", name))


def test_an_unknown_task_is_named(file):
    with pytest.raises(UnknownNameError, match=r"No task is called 'regresion'.*regression"):
        own_data(file("a,b\n1,2\n2,3\n"), task="regresion")


def test_a_file_without_permission_is_refused(file, monkeypatch):
    path = file("a,b\n1,2\n")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    with pytest.raises(FileError, match=r"permission denied. Make it readable"):
        own_data(path)


@pytest.mark.sweep
@pytest.mark.parametrize(("columns", "message"), [(2, "at most 100000 rows"), (900, "2000000 cel")])
def test_a_million_rows_take_little_memory(file, columns, message):
    row = b",".join([b"1"] * columns) + b"\n"
    path = file(row * (60_000_000 // len(row) if columns > 2 else 1_000_000))
    tracemalloc.start()
    with pytest.raises(FileError, match=message):
        own_data(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6


def test_a_file_beyond_the_limit_is_not_even_opened(file, monkeypatch):
    monkeypatch.setattr(own, "MOST_BYTES", 10)
    with pytest.raises(FileError, match="expected at most 0 MB, got 0 MB"):
        own_data(file("a,b\n1,2\n3,4\n"))


def saved(tmp_path, **arrays):
    np.savez(tmp_path / "own.npz", **arrays)
    return tmp_path / "own.npz"


def test_arrays_are_read(tmp_path):
    x = np.arange(6.0).reshape(3, 2)
    data = own_data(saved(tmp_path, x=x, y=[2, 0, 1]))
    np.testing.assert_array_equal(data.x, x)
    np.testing.assert_array_equal(data.y, np.eye(3)[[2, 0, 1]])
    assert own_data(saved(tmp_path, x=x, y=[0.5, 0.25, 1])).task == "regression"
    assert own_data(saved(tmp_path, x=x, y=np.eye(3))).class_names == ("0", "1", "2")
    assert own_data(saved(tmp_path, x=x, y=np.eye(2)[[0, 1, 1]])).y.tolist() == [[0], [1], [1]]
    assert own_data(saved(tmp_path, x=x, y=x)).task == "regression"


BAD_ARRAYS = {
    "no y": ({"x": np.ones((2, 2))}, "expected arrays x and y, got no y"),
    "lengths": ({"x": np.ones((2, 2)), "y": np.ones(3)}, r"got \(2, 2\) and \(3,\)"),
    "a vector": ({"x": np.ones(2), "y": np.ones(2)}, "expected x"),
    "nothing": ({"x": np.ones((0, 2)), "y": np.ones(0)}, "expected x"),
    "NaN": ({"x": np.array([[1, np.nan]]), "y": np.ones(1)}, r"got nan at x\[0, 1\]"),
    "words": ({"x": np.array([["a"]]), "y": np.ones(1)}, "expected numbers in x"),
    "objects": ({"x": np.array([[None]]), "y": np.ones(1)}, "expected numbers in x, got object"),
    "complex": ({"x": np.array([[1j]]), "y": np.ones(1)}, "expected numbers in x, got complex128"),
    "one class": ({"x": np.ones((2, 1)), "y": np.ones(2)}, "classes, got 1"),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_bad_arrays_are_refused(tmp_path, name):
    arrays, message = BAD_ARRAYS[name]
    with pytest.raises(FileError, match=message) as caught:
        own_data(saved(tmp_path, **arrays))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"no archive", b"PK\x03\x04broken", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_refused(file, content):
    with pytest.raises(FileError, match=r"own.npz: expected"):
        own_data(file(content, "own.npz"))


def claimed(shape, version=b"\x01\x00", more=16):
    """The bytes of an array that says it has this shape, with two numbers behind."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + version + len(header).to_bytes(2, "little") + header + bytes(more)


LYING = {
    "terabytes": (claimed("(1000000000000,)"), "expected at most 64 MB unpacked, got 8000000 MB"),
    "beyond a long": (claimed("(1000000000000000000000000, 2)"), "expected at most 64 MB"),
    "less than it says": (claimed("(200, 2)"), "expected arrays saved by numpy.savez, got EOF"),
    "negative": (claimed("(-1, 2)"), "got an array whose header cannot be read"),
    "a product": (claimed("(10**30, 2)"), "got an array whose header cannot be read"),
    "a version to come": (claimed("(1, 2)", b"\x09\x00"), "got .*version 9|got .*\\(9, 0\\)"),
    "no array": (b"hello", "expected arrays saved by numpy.savez, got"),
    "nothing": (b"", "expected arrays saved by numpy.savez, got"),
}


@pytest.mark.parametrize("name", LYING)
def test_an_array_that_lies_about_itself_is_refused(tmp_path, name):
    content, message = LYING[name]
    with zipfile.ZipFile(tmp_path / "own.npz", "w") as archive:
        archive.writestr("x.npy", content)
        archive.writestr("y.npy", claimed("(2,)"))
    tracemalloc.start()
    with pytest.raises(FileError, match=message) as caught:
        own_data(tmp_path / "own.npz")
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()
    assert "\n" not in str(caught.value)


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "own.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", claimed("(1, 2)", more=65_000_000))
        archive.writestr("y.npy", claimed("(1,)"))
    with pytest.raises(FileError, match="expected at most 64 MB unpacked, got 65 MB"):
        own_data(tmp_path / "own.npz")
