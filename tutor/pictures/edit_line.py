"""A line of text being edited: its content, its cursor, and the part of it that is visible."""

from bisect import bisect_left
from dataclasses import dataclass

from rich.cells import cell_len

from tutor.pictures.letters import length, split

MAX_LENGTH = 200
"""Characters."""
CURSOR = "▏"


@dataclass(frozen=True)
class EditLine:
    """A text and its cursor, which is before character `at`; a letter keeps its marks.

    While the text is `selected`, the next typed character replaces it; any other key edits it.

    >>> line = EditLine("1.5", 3).typed("e").erased().moved(-1).typed("2")
    >>> line.text, line.shown(10), line.shown(3)
    ('1.25', '1.2▏5', '2▏5')
    >>> EditLine("1.5", 3, selected=True).typed("2").text
    '2'
    >>> EditLine("m̂/v̂", 5).moved(-1).erased().erased().text
    'v̂'
    """

    text: str = ""
    at: int = 0
    selected: bool = False

    def typed(self, character: str) -> "EditLine":
        """The line with a character inserted before the cursor."""
        if self.selected:
            return EditLine().typed(character)
        if len(self.text) + len(character) > MAX_LENGTH:
            return self
        text = self.text[: self.at] + character + self.text[self.at :]
        return EditLine(text, self.at + len(character))

    def erased(self) -> "EditLine":
        """The line without the character before the cursor."""
        at = self.moved(-1).at
        return EditLine(self.text[:at] + self.text[self.at :], at)

    def deleted(self) -> "EditLine":
        """The line without the character after the cursor."""
        return EditLine(self.text[: self.at] + self.text[self.moved(1).at :], self.at)

    def moved(self, by: int) -> "EditLine":
        """The line with the cursor `by` letters further."""
        stops = [at for at, char in enumerate(self.text) if at == 0 or cell_len(char)]
        stops.append(len(self.text))
        now = bisect_left(stops, self.at)
        return EditLine(self.text, stops[min(len(stops) - 1, max(0, now + by))])

    def pressed(self, key: str, character: str | None) -> "EditLine | None":
        """The line after a key was pressed; None if the key has no meaning here.

        >>> line = EditLine("x", 1)
        >>> line.pressed("backspace", None) == EditLine(), line.pressed("tab", "\\t")
        (True, None)
        """
        match key:
            case "left" | "right":
                return self.moved(-1 if key == "left" else 1)
            case "home" | "end":
                return self.moved(-MAX_LENGTH if key == "home" else MAX_LENGTH)
            case "backspace":
                return self.erased()
            case "delete":
                return self.deleted()
        return self.typed(character) if character and character.isprintable() else None

    def shown(self, width: int) -> str:
        """The text with its cursor, in at most `width` cells around the cursor."""
        before, behind = self.text[: self.at], self.text[self.at :]
        while before and length(before) + length(behind) >= width:
            if length(before) > width // 2 or not behind:
                before = split(before, 1)[1]
            else:
                behind = behind[:-1]
        while behind and length(before) + length(behind) >= width:
            behind = behind[:-1]
        return f"{before}{CURSOR}{behind}"
