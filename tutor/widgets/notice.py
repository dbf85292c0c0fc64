"""Notes below the laboratory: a failure, the progress of a goal, a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.geometry import Size

from lessons.kit.blocks import Inline, Piece
from lessons.kit.checks import Verdict
from lessons.kit.failures import Failure
from lessons.kit.markdown import inline
from tutor.pictures.cells import Line, Palette, Span
from tutor.widgets.canvas import CanvasWidget

MAX_LINES = 4
"""The most lines that all notes together may take."""


@dataclass(frozen=True)
class Note:
    """A sentence with its mark; `tone` is good, bad or muted."""

    sign: str
    text: Inline
    tone: str = "muted"


def notes(failure: Failure | None, state: str, verdict: Verdict | None) -> list[Note]:
    """The notes on a run: how it fails, what it will decide, what it decided.

    >>> notes(None, "Update 3 of 100.", None)[0].text
    (Piece(text='Update 3 of 100.', style='text'),)
    """
    found = []
    if failure:
        words = f"{failure.name}. {failure.why} {failure.advice}"
        found.append(Note("✖", (Piece(words),), "bad"))
    if state:
        found.append(Note("◎", (Piece(state),)))
    if verdict:
        sign, tone = ("✓", "good") if verdict.ok else ("✗", "bad")
        found.append(Note(sign, inline(verdict.text), tone))
    return found


class Notice(CanvasWidget):
    """Notes one below the other; hidden if there are none."""

    DEFAULT_CSS = """
    Notice { height: auto; background: $surface; padding: 0 1; }
    Notice.-empty { display: none; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-empty")
        self._notes: tuple[Note, ...] = ()

    def show(self, notes: Sequence[Note]) -> None:
        """Show these notes; the screen is laid out again only if their height changes."""
        if tuple(notes) == self._notes:
            return
        before, self._notes = len(self._lines), tuple(notes)
        self.set_class(not notes, "-empty")
        if notes and len(self.draw(self.size.width, MAX_LINES, self.palette)) != before:
            self.refresh(layout=True)
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """Every note wrapped, with its mark in front."""
        from tutor.pictures.page import wrap_inline

        lines: list[Line] = []
        for note in self._notes:
            color = {"good": palette.good, "bad": palette.bad}.get(note.tone, palette.tones[1])
            for i, line in enumerate(wrap_inline(note.text, max(8, width - 2), palette)):
                lines.append((Span("  " if i else f"{note.sign} ", color, None, True), *line))
        return lines[:MAX_LINES]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the notes take at this width."""
        return len(self.draw(width, MAX_LINES, self.palette))
