"""A formula that was read: a short list of operations, each on the results of earlier ones."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

IndexPart = int | tuple[int | None, int | None, int | None]
"""One part of an index: an integer, or a slice as start, stop and step."""


Mode = Literal["checked", "traced", "exact"]
"""How a formula becomes graph: on numbers, which have to be in every domain; on NaN, which stands
for numbers to come; or on NaN with the arithmetic in the order that was typed.
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """What is done to the results of which earlier operations.

    `name` is "number", "name", "index" or that of a function in `engine.formula.functions`; `at`
    is the place in the text that an error points to.
    """

    name: str
    inputs: tuple[int, ...] = ()
    at: int = 0
    number: float = math.nan
    variable: str = ""
    index: tuple[IndexPart, ...] = ()


@dataclass(frozen=True)
class ParsedFormula:
    """A formula that was read.

    `result` is the number of the operation that is its value; `names` are its free names in the
    order of their first use, each with its place in the text; `assignments` tells for each name
    that a line of it gives a value to where that value begins; `state` the last value of those
    that are also used before; `source` is how it was understood, in plain Python.
    """

    text: str
    operations: tuple[Operation, ...]
    result: int
    names: Mapping[str, int]
    assignments: Mapping[str, int]
    state: Mapping[str, int]
    source: str

    @property
    def at(self) -> int:
        """The place in the text of what is computed last."""
        return self.operations[self.result].at
