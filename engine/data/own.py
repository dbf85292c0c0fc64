"""A learner's own data: a table as CSV, or arrays as npz.

A file that cannot be used is refused with one sentence that names the row (the first line is row
1), the column and the value where there is one. Nothing is loaded that is larger than the limits.
"""

import csv
import os
import stat
from collections.abc import Iterator, Sequence
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import get_args

import numpy as np

from engine.array import Array
from engine.data.arrays import read_arrays
from engine.data.dataset import DataSet, Task
from engine.errors import FileError, unknown

MOST_BYTES = 64_000_000
MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MOST_CLASSES = 100_000, 1_000, 2_000_000, 20
SEPARATORS = ",;\t"

_TABLE, _ARRAYS = "Save the table as CSV.", "Save it with numpy.savez(file, x=…, y=…)."
FOREIGN = {
    **dict.fromkeys((".xlsx", ".xls", ".ods", ".numbers", ".json", ".parquet"), _TABLE),
    **dict.fromkeys((".npy", ".mat", ".pt", ".pkl", ".h5"), _ARRAYS),
}
"""Other people's files, by their ending, and what to do with them."""


def own_data(path: str | Path, target: str | None = None, task: Task | None = None) -> DataSet:
    """The data set in a file of one's own.

    A CSV is text in UTF-8, a row a line, separated by commas, semicolons or tabs, with names in
    the first row, or without. All columns are numbers but the target's, which may name classes. An
    npz holds arrays x (N, D) and y, (N,) whole numbers of classes or (N, K).

    Args:
        path: a file ending in .csv, .tsv, .txt or .npz.
        target: the column to be learned, of a CSV; the last, if not given.
        task: "classification" or "regression". If not given, words, and up to 20 different whole
            numbers, are classes.

    Raises:
        FileError: the file cannot be read, or something in it cannot be used.
        UnknownNameError: no such column, or task.

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
    header, rows = _split_header(_rows(path))
    if not rows:
        raise FileError(f"{path.name}: expected rows of numbers, got none. Put one example a line.")
    names = header or [f"x{i}" for i in range(1, len(rows[0][1]))] + ["y"]
    _require_names(path, names)
    if target is not None and target not in names:
        raise unknown(f"column of {path.name}", target, names)
    aim = len(names) - 1 if target is None else names.index(target)
    features = [i for i in range(len(names)) if i != aim]
    x = np.array([[_number(path, row, names[i], cells[i]) for i in features]
                  for row, cells in rows])  # fmt: skip
    answers = [(row, _shown(cells[aim])) for row, cells in rows]
    y, classes = _targets(path, names[aim], answers, task)
    kind: Task = "classification" if classes else "regression"
    return DataSet(path.stem, x, y, tuple(names[i] for i in features), classes, kind)


def _require_file(path: Path) -> None:
    """A plain file of a size that fits: a directory or a pipe would hang or fail later."""
    if not path.name.isprintable():
        raise FileError(f"{_short(path.name)}: expected a name that can be shown. Rename the file.")
    try:
        info = path.stat()
    except OSError as error:
        shown = str(path) if str(path).isprintable() and len(str(path)) < 200 else _short(str(path))
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


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with their numbers, all of one length."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        count, row = 0, 0
        try:
            first = file.readline(1_000_000)
            separator = max(SEPARATORS, key=first.count)
            lines = chain([first], file)
            for row, cells in enumerate(csv.reader(lines, delimiter=separator, strict=True), 1):
                if not any(cell.strip() for cell in cells):
                    continue
                count = count or len(cells)
                _require_row(path, row, cells, count)
                yield row, cells
        except UnicodeDecodeError:
            raise FileError(f"{path.name}, row {row + 1} or soon after: expected text in UTF-8, "
                            f"got other bytes. Save the table as UTF-8.") from None  # fmt: skip
        except csv.Error as error:
            raise FileError(f"{path.name}, row {row + 1}: expected cells that a comma or a line "
                            f"ends, got a broken one ({error}).") from None  # fmt: skip


def _require_row(path: Path, row: int, cells: Sequence[str], count: int) -> None:
    if row > MOST_ROWS + 1:
        raise FileError(f"{path.name}: expected at most {MOST_ROWS} rows, got more. Keep a part.")
    if row * count > MOST_CELLS:
        raise FileError(f"{path.name}: expected at most {MOST_CELLS} cells, got more by row {row}. "
                        f"Keep a part.")  # fmt: skip
    if not 2 <= count <= MOST_COLUMNS:
        raise FileError(f"{path.name}, row {row}: expected from 2 to {MOST_COLUMNS} columns, "
                        f"separated by commas, got {count}.")  # fmt: skip
    if any("\0" in cell for cell in cells):
        raise FileError(f"{path.name}, row {row}: expected text, got a zero byte. Is it a table?")
    if len(cells) != count:
        raise FileError(f"{path.name}, row {row}: expected {count} cells as in the rows before, "
                        f"got {len(cells)}.")  # fmt: skip


def _split_header(
    rows: Iterator[tuple[int, list[str]]],
) -> tuple[list[str] | None, list[tuple[int, list[str]]]]:
    """The names in the first row, if no cell of it but the last is a number, and the other rows."""
    every = list(rows)
    if not every or any(_is_number(cell) for cell in every[0][1][:-1]):
        return None, every
    return [_shown(cell) for cell in every[0][1]], every[1:]


def _require_names(path: Path, names: Sequence[str]) -> None:
    for i, name in enumerate(names):
        if not name:
            raise FileError(f"{path.name}, row 1: expected a name for column {i + 1}, got none.")
        if name in names[:i]:
            raise FileError(f"{path.name}, row 1: expected different names, got {name!r} twice.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def _number(path: Path, row: int, column: str, text: str) -> float:
    value = float(text) if _is_number(text) else np.nan
    if not isfinite(value):
        got = f"got {_short(text)}" if text.strip() else "got an empty cell"
        advice = " Write a point for the decimals." if "," in text else ""
        raise FileError(f"{path.name}, row {row}, column {column!r}: expected a finite number, "
                        f"{got}.{advice}")  # fmt: skip
    return value


def _shown(text: str) -> str:
    """A name on one line, without what would move a terminal's cursor."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _targets(
    path: Path, column: str, answers: Sequence[tuple[int, str]], task: Task | None
) -> tuple[Array, tuple[str, ...]]:
    """(N, 1) numbers and no names, or classes as a `DataSet` has them, with their names."""
    empty = next((row for row, text in answers if not text), None)
    if empty is not None:
        raise FileError(f"{path.name}, row {empty}, column {column!r}: expected an answer, got an "
                        f"empty cell.")  # fmt: skip
    texts = [text for _, text in answers]
    found = sorted(set(texts))
    numbers = all(_is_number(text) for text in found)
    whole = numbers and all(float(text).is_integer() for text in found)
    measured = numbers and not (whole and len(found) <= MOST_CLASSES)
    if task == "regression" or (task is None and measured):
        return np.array([[_number(path, row, column, text)] for row, text in answers]), ()
    names = sorted(found, key=float) if numbers else found
    if not 2 <= len(names) <= MOST_CLASSES:
        raise FileError(f"{path.name}, column {column!r}: expected from 2 to {MOST_CLASSES} "
                        f"classes, got {len(names)}. Is it the column to be learned?")  # fmt: skip
    return _one_hot([names.index(text) for text in texts], len(names)), tuple(names)


def _one_hot(classes: Sequence[int], count: int) -> Array:
    """(N, 1) with 0 and 1 for two classes, else (N, count)."""
    return np.array(classes, float)[:, None] if count == 2 else np.eye(count)[list(classes)]


def _from_arrays(path: Path, task: Task | None) -> DataSet:
    x, y = read_arrays(path, ("x", "y"), MOST_BYTES)
    if x.ndim != 2 or y.ndim not in (1, 2) or len(x) != len(y) or not len(x) or not x.shape[1]:
        raise FileError(f"{path.name}: expected x (N, D) and y (N,) or (N, K) with one N ≥ 1, got "
                        f"{x.shape} and {y.shape}.")  # fmt: skip
    names = tuple(f"x{i}" for i in range(1, x.shape[1] + 1))
    texts = [(i, f"{value:g}") for i, value in enumerate(y.ravel(), 1)] if y.size == len(y) else []
    if texts:
        targets, classes = _targets(path, "y", texts, task)
    else:
        hot = task != "regression" and bool(((y == 0) | (y == 1)).all() and (y.sum(1) == 1).all())
        targets, classes = y, tuple(map(str, range(y.shape[1]))) if hot else ()
        targets = _one_hot(y.argmax(1).tolist(), 2) if hot and y.shape[1] == 2 else targets
    kind: Task = "classification" if classes else "regression"
    return DataSet(path.stem, x, targets, names, classes, kind)
