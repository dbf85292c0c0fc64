"""A one-line input field, and the protocol of widgets that take all keys while one types."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from textual.widgets import Input


class TypingKey(NamedTuple):
    """A key that works while typing into a widget: its name, what it does, and how the key bar
    displays it, if not by its name."""

    key: str
    description: str
    display: str = ""


@runtime_checkable
class TypingWidget(Protocol):
    """A widget that one types into. The key bar shows only these keys while there are any."""

    @property
    def typing_keys(self) -> Sequence[TypingKey]:
        """The keys that work now besides typing; none if all other keys keep their meaning."""


class Field(Input):
    """A one-line field, which takes every key while it has the focus."""

    # Textual's own placeholder is too faint to read, and white on white in 16 colors.
    DEFAULT_CSS = "Field > .input--placeholder { color: $text-muted; }"

    def __init__(self, placeholder: str, enter: str, escape: str, *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, id=id, compact=True)
        self.typing_keys = (TypingKey("enter", enter), TypingKey("escape", escape, "esc"))
        """What enter and escape do here."""
