"""Oracles as a table: what theory says, what the run measured, and whether they agree."""

from collections.abc import Iterable
from math import isnan

from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Table
from tutor.pictures.ticks import short

DIGITS = 6
SIGNS = {True: "✓", False: "✗", None: "·"}


def oracle_table(oracles: Iterable[Oracle]) -> Table:
    """A row an oracle; · stands for a run that has not come far enough, and for illustrations.

    The law stands last, since a table that is too narrow drops its last columns.

    >>> for row in oracle_table([Oracle("rate", 0.98, 0.9801, 0.01, "max |1 − ηλ|")]).rows:
    ...     print(row)
    ('✓', 'rate', '0.98', '0.9801', 'max |1 − ηλ|')
    """
    header = ("", "oracle", "theory", "run", "law")
    return Table("Oracles", header, tuple(map(_row, oracles)))


def _row(oracle: Oracle) -> tuple[str, ...]:
    sign = SIGNS[None if oracle.illustrates else oracle.ok]
    measured = "" if isnan(oracle.measured) else short(oracle.measured, DIGITS)
    return sign, oracle.name, short(oracle.predicted, DIGITS), measured, oracle.why
