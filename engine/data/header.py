"""Whether the first row of a table names its columns, or is an example like the others."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from engine.data.cells import is_missing, is_number, looks_like_number, short, shown
from engine.data.table import Row
from engine.errors import FileError


def has_header(path: Path, rows: Sequence[Row], aim: int) -> bool:
    """Whether only one of the two readings makes sense, and which.

    Features are numbers, so a word above a column of numbers is a name, and a row of numbers an
    example. A row is refused that could be either: numbers that count like names (0, 1, 2),
    integers above decimals, a word as target that no other row has (unless the numbers count and
    all other words are repeated), a cell that is a broken number.

    Args:
        path: of the file, for messages.
        rows: all rows, of one length, at least one.
        aim: the column to be learned.

    Raises:
        FileError: the first row may be either.

    >>> has_header(Path("a.csv"), [Row(1, ["2019", "2020", "price"]), Row(2, ["1", "2", "3"])], 2)
    True
    >>> has_header(Path("a.csv"), [Row(1, ["5", "x"]), Row(2, ["6", "x"])], 1)
    False
    """
    first, others = rows[0].cells, [row.cells for row in rows[1:]]
    words = [i for i, cell in enumerate(first) if not is_number(cell)]
    broken = [i for i in words if is_missing(first[i]) or looks_like_number(first[i])]
    if not words:
        unclear = _counts(first) or _stands_above_decimals(first, others)
        answer = False
    elif len(words) == len(first):
        unclear = any(looks_like_number(first[i]) for i in words) or len(broken) == len(words)
        answer = True
    elif words == [aim] and not _is_number_column(others, aim):
        labels = Counter(shown(cells[aim]) for cells in others)
        unseen = shown(first[aim]) not in labels
        answer = unseen and _counts(first[:aim] + first[aim + 1 :]) and 1 not in labels.values()
        unclear = unseen and (not answer or not others)
    else:
        answer = any(_is_number_column(others, i) for i in words)
        unclear = answer and bool(broken)
    if unclear:
        raise FileError(f"{path.name}, row {rows[0].number}: expected names or numbers, got "
                        f"{_start(first)}, which may be either. Pass header=True if it names the "
                        f"columns, header=False if it is an example.")  # fmt: skip
    return answer


def _is_number_column(rows: Sequence[Sequence[str]], i: int) -> bool:
    return bool(rows) and all(is_number(cells[i]) for cells in rows)


def _counts(cells: Sequence[str]) -> bool:
    """Integers in equal steps, as 0, 1, 2 or 2000, 2010, 2020; of two numbers, in a step of one."""
    if not all(map(_is_integer, cells)):
        return False
    numbers = [int(cell) for cell in cells]
    steps = {b - a for a, b in pairwise(numbers)}
    return len(steps) == 1 and (0 not in steps if len(cells) > 2 else steps == {1})


def _stands_above_decimals(cells: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Different integers, and below them no integer at all."""
    integers = all(map(_is_integer, cells)) and len(set(cells)) == len(cells)
    return integers and bool(others) and not any(_is_integer(c) for row in others for c in row)


def _is_integer(cell: str) -> bool:
    return cell.strip().isdigit() and len(cell) < 20


def _start(cells: Sequence[str]) -> str:
    return short(", ".join(map(shown, cells)))
