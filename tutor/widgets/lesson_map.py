"""The map of lessons, to browse and to open lessons from."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from lessons.catalogue import Entry, Subject
from tutor.pictures.cells import Line, Palette, Span
from tutor.pictures.lesson_map import LessonTarget, lesson_rows, map_lines
from tutor.progress.events import LessonProgress
from tutor.widgets.canvas import CanvasWidget


class LessonMap(CanvasWidget, can_focus=True):
    """A list of all lessons under their subjects."""

    DEFAULT_CSS = """
    LessonMap {
        border: round $foreground 20%;
        border-title-color: $foreground;
        border-subtitle-color: $text-muted;
    }
    LessonMap:focus { border: round $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "choose", key_display="↑↓"),
        Binding("up", "move(-1)", "choose", show=False, system=True),
        Binding("home", "move(-999)", "first lesson", show=False),
        Binding("end", "move(999)", "last lesson", show=False),
        Binding("enter", "open", "open"),
    ]

    @dataclass
    class Selected(Message):
        """Another lesson was selected."""

        entry: Entry

    @dataclass
    class Opened(Message):
        """A lesson should be opened."""

        entry: Entry

    def __init__(self, subjects: Sequence[Subject], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "Lessons"
        self._subjects = subjects
        self._rows = lesson_rows(subjects)
        self._progress: Mapping[str, LessonProgress] = {}
        self._selected = next((i for i, r in enumerate(self._rows) if isinstance(r, Entry)), 0)

    @property
    def entry(self) -> Entry | None:
        """The selected lesson."""
        row = self._rows[self._selected] if self._selected < len(self._rows) else None
        return row if isinstance(row, Entry) else None

    def show(self, progress: Mapping[str, LessonProgress], path: str | None = None) -> None:
        """Show the learner's progress, and select a lesson."""
        self._progress = progress
        self._select(path)
        self.repaint()

    def search(self, text: str) -> None:
        """Show only the lessons that match."""
        path = self.entry.path if self.entry else None
        self._rows = lesson_rows(self._subjects, text)
        self._select(path)
        self.repaint()

    def _select(self, path: str | None) -> None:
        places = [i for i, row in enumerate(self._rows) if isinstance(row, Entry)]
        wanted = [i for i in places if self._path(i) == path]
        still = self._selected if self._selected in places else None
        self._selected = next(iter(wanted), still if still is not None else (places or [0])[0])
        if self.entry:
            self.post_message(self.Selected(self.entry))

    def _path(self, i: int) -> str:
        row = self._rows[i]
        return row.path if isinstance(row, Entry) else ""

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The map, scrolled so that the selected lesson is visible."""
        if not self._rows:
            return [(Span(" No lesson matches.", palette.muted),)]
        lines = map_lines(self._rows, self._progress, self._selected, width, palette)
        top = max(0, min(len(lines) - height, self._line_of(self._selected) - height // 2))
        return lines[top : top + height]

    def _line_of(self, selected: int) -> int:
        """The line of a row: every subject but the first has a blank line above it."""
        subjects = sum(isinstance(row, Subject) for row in self._rows[: selected + 1])
        return selected + max(0, subjects - 1)

    def action_move(self, by: int) -> None:
        """Select another lesson."""
        places = [i for i, row in enumerate(self._rows) if isinstance(row, Entry)]
        if not places:
            return
        at = places.index(self._selected) + by
        self._selected = places[min(len(places) - 1, max(0, at))]
        self.repaint()
        if self.entry:
            self.post_message(self.Selected(self.entry))

    def action_open(self) -> None:
        """Open the selected lesson."""
        if self.entry:
            self.post_message(self.Opened(self.entry))

    def grab(self, target: Hashable, x: int, y: int) -> None:
        """A click selects a lesson; a click on the selected one opens it."""
        if not isinstance(target, LessonTarget):
            return
        if target.path == self._path(self._selected):
            self.action_open()
        else:
            self._select(target.path)
            self.repaint()

    def on_mouse_scroll_down(self) -> None:
        """Select the next lesson."""
        self.action_move(1)

    def on_mouse_scroll_up(self) -> None:
        """Select the previous lesson."""
        self.action_move(-1)
