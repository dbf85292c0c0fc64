"""A table in a text file as rows of cells: which separator it has, and where its lines are broken.

Nothing is guessed silently: the separator has to divide all rows alike, and where two do, the file
is refused until the caller says which it is.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from engine.data.cells import is_missing, is_number, looks_like_number, short
from engine.errors import DomainError, FileError

MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MOST_CHARACTERS = 100_000, 1_000, 2_000_000, 1_000_000
SEPARATORS = ",;\t"
SAMPLE = 100
"""So many rows have to agree on a separator; the others are read with it, and have to fit."""

_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


class Row(NamedTuple):
    """The cells of one row, and its number: the first row of the file is 1, empty ones count."""

    number: int
    cells: list[str]


def read_rows(path: Path, separator: str | None = None) -> list[Row]:
    """The rows that hold something, all of one length.

    Args:
        path: of a text in UTF-8, with or without a mark of the byte order.
        separator: of the cells. If not given, a first line `sep=;`, as Excel has it, says it, or
            the one of comma, semicolon and tab that divides all rows alike.

    Raises:
        DomainError: a separator that is not one character, or that cells hold.
        FileError: what cannot be read, or read in one way only.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "own.csv"
    ...     _ = path.write_text('"length; cm",kind\\n7,apple\\n', "utf-8")
    ...     read_rows(path)
    [Row(number=1, cells=['length; cm', 'kind']), Row(number=2, cells=['7', 'apple'])]
    """
    if separator is None:
        separator = _declared(path) or _guess(path)
    if len(separator) != 1 or separator.isalnum() or separator in "\"'+-._ \r\n":
        raise DomainError(f"own_data: expected a separator of one character, as ',', ';', '|' or a "
                          f"tab, got {separator!r}.")  # fmt: skip
    rows: list[Row] = []
    number = 0
    try:
        for number, cells in _records(path, separator):
            _require_row(path, number, cells, len(rows[0].cells) if rows else len(cells))
            rows.append(Row(number, cells))
    except UnicodeDecodeError:
        raise FileError(f"{path.name}, row {number + 1} or soon after: expected text in UTF-8, got "
                        f"other bytes. Save the table as UTF-8.") from None  # fmt: skip
    except csv.Error as error:
        raise FileError(f"{path.name}, row {number + 1}: expected cells that {separator!r} or a "
                        f"line ends, got a broken one ({error}).") from None  # fmt: skip
    return rows


def _open(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", newline="")


def _declared(path: Path) -> str | None:
    """The separator that the first line with something in it declares."""
    with _open(path) as file:
        try:
            first = next((line for line in _lines(path, file) if line.strip()), "")
        except UnicodeDecodeError:
            return None
    match = _DECLARED.fullmatch(first.strip(" \r\n"))
    return match[1] if match else None


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    while line := file.readline(MOST_CHARACTERS):
        if len(line) == MOST_CHARACTERS and line[-1] not in "\r\n":
            raise FileError(f"{path.name}: expected lines of less than {MOST_CHARACTERS} "
                            f"characters, got a longer one. Is it a table?")  # fmt: skip
        yield line


def _records(path: Path, separator: str) -> Iterator[Row]:
    """The rows that hold something, but for one that declares the separator."""
    with _open(path) as file:
        lines = _lines(path, file)
        first = True
        for number, cells in enumerate(
            csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True), 1
        ):
            if not any(cell.strip() for cell in cells):
                continue
            if not (first and _DECLARED.fullmatch(separator.join(cells).strip(" "))):
                yield Row(number, cells)
            first = False


def _guess(path: Path) -> str:
    """The separator that divides all rows alike, into columns of numbers where there are two."""
    samples = {separator: _sample(path, separator) for separator in SEPARATORS}
    even = [s for s, (rows, whole) in samples.items() if whole and _is_even(rows)]
    found = [s for s in even if _is_of_numbers(samples[s][0])] or even
    if len(found) > 1:
        raise FileError(f"{path.name}: expected one separator, got rows that {found[0]!r} and "
                        f"{found[1]!r} divide alike. Pass separator={found[0]!r} or "
                        f"separator={found[1]!r}.")  # fmt: skip
    return found[0] if found else max(SEPARATORS, key=lambda s: _first_width(samples[s][0]))


def _sample(path: Path, separator: str) -> tuple[list[list[str]], bool]:
    """The first rows that hold something, and whether none of them is broken."""
    rows: list[list[str]] = []
    try:
        for row in islice(_records(path, separator), SAMPLE):
            rows.append(row.cells)
    except (csv.Error, UnicodeDecodeError):
        return rows, False
    return rows, True


def _is_even(rows: Sequence[Sequence[str]]) -> bool:
    return len({len(cells) for cells in rows}) == 1 and len(rows[0]) > 1


def _is_of_numbers(rows: Sequence[Sequence[str]]) -> bool:
    """Whether all columns but one, the target, hold below their names what is meant as numbers."""
    columns = zip(*(rows[1:] or rows), strict=True)
    return sum(not all(map(_is_meant_as_number, column)) for column in columns) <= 1


def _is_meant_as_number(cell: str) -> bool:
    return is_number(cell) or looks_like_number(cell) or is_missing(cell)


def _first_width(rows: Sequence[Sequence[str]]) -> int:
    return len(rows[0]) if rows else 0


def _require_row(path: Path, row: int, cells: Sequence[str], count: int) -> None:
    if row > MOST_ROWS + 1:
        raise FileError(f"{path.name}: expected at most {MOST_ROWS} rows, got more. Keep a part.")
    if row * count > MOST_CELLS:
        raise FileError(f"{path.name}: expected at most {MOST_CELLS} cells, got more by row {row}. "
                        f"Keep a part.")  # fmt: skip
    if any("\0" in cell for cell in cells):
        raise FileError(f"{path.name}, row {row}: expected text, got a zero byte. Is it a table, "
                        f"and in UTF-8?")  # fmt: skip
    if cells[0].startswith("#") and len(cells[0].strip()) > 1:
        raise FileError(f"{path.name}, row {row}: expected names or values, got what looks like a "
                        f"comment, {short(cells[0])}. Remove the row, or its #.")  # fmt: skip
    if not 2 <= count <= MOST_COLUMNS:
        raise FileError(f"{path.name}, row {row}: expected from 2 to {MOST_COLUMNS} columns, "
                        f"separated by commas, semicolons or tabs, got {count}. Pass separator= if "
                        f"it is another.")  # fmt: skip
    if len(cells) != count:
        raise FileError(f"{path.name}, row {row}: expected {count} cells as in the rows before, "
                        f"got {len(cells)}.")  # fmt: skip
