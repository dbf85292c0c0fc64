"""A learner's own data: a table as CSV, or arrays as npz.

A file that cannot be used is refused with one sentence that names the row (the first line is row
1), the column and the value where there is one; so is one that can be read in two ways, and the
sentence says what to pass. Nothing is loaded that is larger than the limits.
"""

import os
import stat
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import get_args

import numpy as np

from engine.array import Array
from engine.data.arrays import read_arrays
from engine.data.cells import advice, folded, is_missing, is_number, looks_like_number, short, shown
from engine.data.dataset import DataSet, Task
from engine.data.header import has_header
from engine.data.table import Row, read_rows
from engine.errors import FileError, unknown

MOST_BYTES, MOST_CLASSES = 64_000_000, 20

_TABLE, _ARRAYS = "Save the table as CSV.", "Save it with numpy.savez(file, x=…, y=…)."
FOREIGN = {
    **dict.fromkeys((".xlsx", ".xls", ".ods", ".numbers", ".json", ".parquet"), _TABLE),
    **dict.fromkeys((".npy", ".mat", ".pt", ".pkl", ".h5"), _ARRAYS),
}
"""Other people's files, by their ending, and what to do with them."""


def own_data(
    path: str | Path,
    target: str | None = None,
    task: Task | None = None,
    *,
    header: bool | None = None,
    separator: str | None = None,
) -> DataSet:
    """The data set in a file of one's own.

    A CSV is text in UTF-8, a row a line, separated by commas, semicolons or tabs, with names in
    the first row, or without. All columns are numbers but the target's, which may name classes;
    numbers are written in ASCII with a point, and 1, 1.0 and 01 are one class. An npz holds arrays
    x (N, D) and y, (N,) whole numbers of classes or (N, K).

    Args:
        path: a file ending in .csv, .tsv, .txt or .npz.
        target: the column to be learned, of a CSV; the last, if not given.
        task: "classification" or "regression". If not given, words, and up to 20 different whole
            numbers, are classes.
        header: whether the first row of a CSV names the columns. If not given, the cells tell, and
            a row that could be names or numbers is refused.
        separator: of the cells of a CSV. If not given, the one that divides all rows alike; a file
            that two do so is refused.

    Raises:
        FileError: the file cannot be read, can be read in two ways, or something in it cannot be
            used.
        UnknownNameError: no such column, or task.
        DomainError: a separator that cannot be one.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "fruit.csv"
    ...     _ = path.write_text("weight,length,kind\\n150,7,apple\\n120,18,banana\\n", "utf-8")
    ...     data = own_data(path)
    >>> data.x.tolist(), data.y.tolist(), data.class_names
    ([[150.0, 7.0], [120.0, 18.0]], [[0.0], [1.0]], ('apple', 'banana'))
    """
    path = Path(path)
    if task is not None and task not in get_args(Task):
        raise unknown("task", task, get_args(Task))
    _require_file(path)
    if path.suffix.lower() == ".npz":
        return _from_arrays(path, task)
    names, rows = _split_header(path, read_rows(path, separator), target, header)
    if target is not None and shown(target) not in names:
        raise unknown(f"column of {path.name}", target, names)
    aim = len(names) - 1 if target is None else names.index(shown(target))
    features = [i for i in range(len(names)) if i != aim]
    x = np.array([[_number(path, row, names[i], cells[i]) for i in features]
                  for row, cells in rows])  # fmt: skip
    answers = [(row, shown(cells[aim])) for row, cells in rows]
    y, classes = _targets(path, names[aim], answers, task)
    kind: Task = "classification" if classes else "regression"
    return DataSet(path.stem, x, y, tuple(names[i] for i in features), classes, kind)


def _require_file(path: Path) -> None:
    """A plain file of a size that fits: a directory or a pipe would hang or fail later."""
    if not path.name.isprintable():
        raise FileError(f"{short(path.name)}: expected a name that can be shown. Rename the file.")
    try:
        info = path.stat()
    except OSError as error:
        shown = str(path) if str(path).isprintable() and len(str(path)) < 200 else short(str(path))
        raise FileError(f"{shown}: {error.strerror}. Check the path.") from None
    if path.suffix.lower() in FOREIGN:
        raise FileError(f"{path.name}: expected a table as .csv, .tsv or .txt, or arrays as .npz. "
                        f"{FOREIGN[path.suffix.lower()]}")  # fmt: skip
    if not stat.S_ISREG(info.st_mode):
        raise FileError(f"{path}: expected a file, got a folder, a pipe or a device.")
    if not os.access(path, os.R_OK):
        raise FileError(f"{path}: permission denied. Make it readable.")
    if info.st_size > MOST_BYTES:
        raise FileError(f"{path.name}: expected at most {MOST_BYTES // 10**6} MB, got "
                        f"{info.st_size // 10**6} MB. Keep a part of the rows.")  # fmt: skip
    if not info.st_size:
        raise FileError(f"{path.name}: expected rows of numbers, got an empty file.")


def _split_header(
    path: Path, rows: list[Row], target: str | None, header: bool | None
) -> tuple[list[str], list[Row]]:
    """The names of the columns, and the rows that are examples."""
    count = len(rows[0].cells) if rows else 0
    names = [f"x{i}" for i in range(1, count)] + ["y"]
    written = [shown(cell) for cell in rows[0].cells] if rows else []
    if header is None and rows:
        wanted = None if target is None else shown(target)
        aim = names.index(wanted) if wanted in names else count - 1
        named = wanted in written and wanted not in names
        header = named or has_header(path, rows, aim)
    if header:
        _require_names(path, rows[0].number, written)
        names, rows = written, rows[1:]
    if not rows:
        raise FileError(f"{path.name}: expected rows of numbers, got none. Put one example a line.")
    return names, rows


def _require_names(path: Path, row: int, names: Sequence[str]) -> None:
    for i, name in enumerate(names):
        if not name:
            raise FileError(f"{path.name}, row {row}: expected a name for column {i + 1}, got "
                            f"none. Do all rows end, or begin, with a separator?")  # fmt: skip
        if name in names[:i]:
            raise FileError(f"{path.name}, row {row}: expected different names, got {name!r} "
                            f"twice.")  # fmt: skip


def _number(path: Path, row: int, column: str, text: str) -> float:
    value = float(text) if is_number(text) else np.nan
    if not isfinite(value):
        got = f"got {short(text)}" if text.strip() else "got an empty cell"
        raise FileError(f"{path.name}, row {row}, column {column!r}: expected a finite number, "
                        f"{got}.{advice(text)}")  # fmt: skip
    return value


def _targets(
    path: Path, column: str, answers: Sequence[tuple[int, str]], task: Task | None
) -> tuple[Array, tuple[str, ...]]:
    """(N, 1) numbers and no names, or classes as a `DataSet` has them, with their names."""
    _require_answers(path, column, answers, task)
    numbers = all(is_number(text) for _, text in answers)
    keys: dict[str, Decimal | str] = {
        text: Decimal(text) if is_number(text) else text for _, text in answers
    }
    found = set(keys.values())
    whole = all(isinstance(key, Decimal) and key == key.to_integral_value() for key in found)
    measured = numbers and not (whole and len(found) <= MOST_CLASSES)
    if task == "regression" or (task is None and measured):
        return np.array([[_number(path, row, column, text)] for row, text in answers]), ()
    names = _class_names(path, column, keys)
    if not 2 <= len(names) <= MOST_CLASSES:
        raise FileError(f"{path.name}, column {column!r}: expected from 2 to {MOST_CLASSES} "
                        f"classes, got {len(names)}. Is it the column to be learned?")  # fmt: skip
    place = {key: i for i, key in enumerate(names)}
    return _one_hot([place[keys[text]] for _, text in answers], len(names)), tuple(names.values())


def _require_answers(
    path: Path, column: str, answers: Sequence[tuple[int, str]], task: Task | None
) -> None:
    """All numbers, or all names that nobody would take for numbers; and none of them missing."""
    where = f"{path.name}, row {{}}, column {column!r}: expected"
    texts = {text: row for row, text in reversed(answers)}
    for text, row in sorted(texts.items(), key=lambda item: item[1]):
        if is_number(text):
            continue
        if not text:
            raise FileError(f"{where.format(row)} an answer, got an empty cell.")
        # Where there is a class +, the class - is its opposite.
        if is_missing(text) and task != "regression" and not (text == "-" and "+" in texts):
            raise FileError(f"{where.format(row)} an answer, got {text!r}, which other programs "
                            f"write for a missing value. Leave out the row, or rename the "
                            f"class.")  # fmt: skip
        if task is None and looks_like_number(text):
            raise FileError(f"{where.format(row)} a plain number or a name, got {short(text)}."
                            f"{advice(text)} Or pass task='classification' if it names a "
                            f"class.")  # fmt: skip
    words = {text: row for text, row in texts.items() if not is_number(text)}
    if task is None and 0 < len(words) < len(texts):
        text, row = min(words.items(), key=lambda item: item[1])
        raise FileError(f"{where.format(row)} a number as in other rows, got {short(text)}. Pass "
                        f"task='classification' if all are names of classes.")  # fmt: skip


def _class_names(
    path: Path, column: str, keys: Mapping[str, Decimal | str]
) -> dict[Decimal | str, str]:
    """The name of each class, numbers first and by size: the shortest that is written for it.

    Raises:
        FileError: two names that most readers would take for one.
    """
    written: dict[Decimal | str, list[str]] = {}
    for text, key in keys.items():
        written.setdefault(key, []).append(text)
    alike: dict[str, str] = {}
    for key in sorted((key for key in written if isinstance(key, str)), reverse=True):
        other = alike.setdefault(folded(key), key)
        if other != key:
            raise FileError(f"{path.name}, column {column!r}: expected different classes, got "
                            f"{short(key)} and {short(other)}, which differ in case, spaces or the "
                            f"form of a letter only. Write one name one way, or rename "
                            f"one.")  # fmt: skip
    order = sorted(written, key=lambda key: (isinstance(key, str), key))
    return {key: min(written[key], key=lambda text: (len(text), text)) for key in order}


def _one_hot(classes: Sequence[int], count: int) -> Array:
    """(N, 1) with 0 and 1 for two classes, else (N, count)."""
    return np.array(classes, float)[:, None] if count == 2 else np.eye(count)[list(classes)]


def _from_arrays(path: Path, task: Task | None) -> DataSet:
    x, y = read_arrays(path, ("x", "y"), MOST_BYTES)
    if x.ndim != 2 or y.ndim not in (1, 2) or len(x) != len(y) or not x.size or not y.size:
        raise FileError(f"{path.name}: expected x (N, D) and y (N,) or (N, K) with one N ≥ 1, got "
                        f"{x.shape} and {y.shape}.")  # fmt: skip
    names = tuple(f"x{i}" for i in range(1, x.shape[1] + 1))
    if y.size == len(y):
        texts = [(i, _digits(value)) for i, value in enumerate(y.ravel().tolist(), 1)]
        targets, classes = _targets(path, "y", texts, task)
    else:
        hot = task != "regression" and bool(((y == 0) | (y == 1)).all() and (y.sum(1) == 1).all())
        if task == "classification" and not hot:
            raise FileError(
                f"{path.name}: expected one 1 and else 0 in each row of y {y.shape} of "
                f"classes, got other rows. Save y as (N,) numbers of classes."
            )
        targets, classes = y, tuple(map(str, range(y.shape[1]))) if hot else ()
        targets = _one_hot(y.argmax(1).tolist(), 2) if hot and y.shape[1] == 2 else targets
    kind: Task = "classification" if classes else "regression"
    return DataSet(path.stem, x, targets, names, classes, kind)


def _digits(value: float) -> str:
    """A number as it is read back: an integer without a point, any other with all its digits."""
    return f"{value:.0f}" if value.is_integer() else repr(value)
