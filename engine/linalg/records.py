"""How an algorithm hands over its steps, and what happens when their numbers grow beyond floats.

Every algorithm in this folder is a generator of records. All but the last say what was done, to
which rows or columns (counted from 0 in the record, from 1 in the sentence `why`), and hold copies
of the matrices after it; the last one is the answer. The plain function is that last record.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from engine.errors import DomainError

Item = TypeVar("Item")


class AnyRecord(Protocol):
    """A dataclass: one of an algorithm's records."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Record = TypeVar("Record", bound=AnyRecord)

EPS = float(np.finfo(np.float64).eps)
"""The gap between 1 and the next number: 2.2e-16."""


def finite_records(name: str, steps: Iterator[Record]) -> Iterator[Record]:
    """The same records, as long as every number in their arrays is finite.

    Warnings of NumPy are silent while a step is computed, and only then.

    A record without a step number counts as the one after the last.

    Raises:
        DomainError: a number grew beyond 1.8e308, named with the step in which it did.

    >>> from engine.linalg.norms import project
    >>> [found.coefficient for found in finite_records("demo", iter([project([3, 4], [1, 0])]))]
    [3.0]
    """
    step = -1
    while True:
        with np.errstate(all="ignore"):
            try:
                record = next(steps)
            except StopIteration:
                return
        numbers = [getattr(record, field.name) for field in fields(record) if field.name == "step"]
        step = numbers[0] if numbers else step + 1
        yield require_finite(name, record, step)


def require_finite(name: str, record: Record, step: int) -> Record:
    """The record, if every number in its arrays is finite.

    Raises:
        DomainError: it is not.

    >>> from engine.linalg.norms import project
    >>> require_finite("demo", project([3, 4], [1, 0]), 1).along.tolist()
    [3.0, 0.0]
    """
    for field in fields(record):
        held = getattr(record, field.name)
        if isinstance(held, np.ndarray) and not np.isfinite(held).all():
            raise too_large(name, held[~np.isfinite(held)][0], field.name, step)
    return record


def too_large(name: str, value: float, field: str, step: int) -> DomainError:
    """The error for a number that is beyond all floats, in a record's field.

    >>> str(too_large("lu", np.inf, "U", 3)).partition(".")[0]
    'lu: expected numbers below 1'
    """
    return DomainError(
        f"{name}: expected numbers below 1.8e308, got {value} in {field} at step {step}. Scale the "
        "matrix, or choose another method."
    )


def last(steps: Iterable[Item]) -> Item:
    """The last of the steps, which is the answer.

    >>> last(iter([1, 2, 3]))
    3
    """
    (answer,) = deque(steps, maxlen=1)
    return answer
