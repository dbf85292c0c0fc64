"""A field of one line, and what every widget says that takes all keys while something is typed."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from textual.widgets import Input


class TypingKey(NamedTuple):
    """A key that works while a widget is typed into: its name, what it does, and how the key bar
    writes it, where that is not its name."""

    key: str
    does: str
    display: str = ""


@runtime_checkable
class TakesTyping(Protocol):
    """A widget that is typed into. The key bar shows these keys alone while there are any."""

    @property
    def typing_keys(self) -> Sequence[TypingKey]:
        """What works now besides typing; none where all other keys keep their meaning."""


class Field(Input):
    """A field of one line, which takes every key while it has the focus."""

    def __init__(self, placeholder: str, enter: str, escape: str, *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, id=id, compact=True)
        self.typing_keys = (TypingKey("enter", enter), TypingKey("escape", escape, "esc"))
        """What enter and escape do here."""
