"""Fresh names for the variables of a compiled step, that clash with nothing."""

import keyword
import re
import unicodedata
from collections.abc import Iterable


class Names:
    """Gives out names, each once, and with each the name of its transpose.

    Args:
        reserved: names that are given to nobody, such as those of imported functions.

    >>> fresh = Names({"add"}).fresh
    >>> fresh("W"), fresh("W"), fresh("WT"), fresh("add"), fresh("h 1")
    ('W', 'W1', 'WT_1', 'add1', 'h_1')
    """

    def __init__(self, reserved: Iterable[str]) -> None:
        self._taken = {*reserved, *keyword.kwlist}

    def fresh(self, stem: str) -> str:
        """The stem itself, or with a number when it is taken or not a name in Python."""
        stem = re.sub(r"\W", "_", unicodedata.normalize("NFKC", stem))
        stem = stem if stem.isidentifier() else "value"
        join = "" if stem[-1].isalpha() and stem[-1] != "T" else "_"
        name, i = stem, 1
        while self._taken & {name, f"{name}T"}:
            name, i = f"{stem}{join}{i}", i + 1
        self._taken |= {name, f"{name}T"}
        return name
