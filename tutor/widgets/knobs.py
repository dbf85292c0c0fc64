"""The knobs of a lesson: sliders and choices, turned by key and by mouse, also in mid-run."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from lessons.kit.knobs import Choice, Knob, Settings, Switch, Value
from tutor.pictures.cells import Line, Palette
from tutor.pictures.knobs import Spot, columns_of, knob_lines, spots
from tutor.widgets.canvas import Canvas

DIGITS = "0123456789.-+e"


class KnobPanel(Canvas, can_focus=True):
    """All knobs in one widget: one of them is current, and the arrow keys turn it."""

    DEFAULT_CSS = """
    KnobPanel {
        height: auto;
        border: round $foreground 20%;
        border-title-color: $foreground;
        border-subtitle-color: $text-muted;
        background: $background;
    }
    KnobPanel:focus { border: round $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "knob", show=False),
        Binding("down", "move(1)", "knob", show=True, key_display="↑↓"),
        Binding("left", "turn(-1)", "turn", show=False),
        Binding("right", "turn(1)", "turn", show=True, key_display="←→"),
        Binding("shift+left", "turn(-10)", "turn by ten", show=False),
        Binding("shift+right", "turn(10)", "turn by ten", show=False),
        Binding("enter", "set", "set the typed number", show=False),
        Binding("backspace", "rub_out", "rub out a digit", show=False),
        Binding("home", "default", "back to the default", show=False),
    ]

    @dataclass
    class Turned(Message):
        """A knob was given a new value, as a value or as typed text."""

        name: str
        value: Value

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "Knobs"
        self._settings: Settings | None = None
        self._current = 0
        self._typed = ""
        self._dragged: int | None = None
        # `has_focus` turns only after the handlers of focus and blur have run.
        self._lit = False

    def show(self, settings: Settings) -> None:
        """Show the knobs at these values."""
        first = self._settings is None
        self._settings = settings
        self._describe()
        if first:
            self.refresh(layout=True)
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The knobs, scrolled so that the current one is seen."""
        if self._settings is None:
            return []
        current = self._current if self._lit else None
        lines = knob_lines(self._settings, width, palette, current, self._typed)
        top = self._top(len(lines), height)
        return lines[top : top + height]

    def _top(self, lines: int, height: int) -> int:
        if self._settings is None or lines <= height:
            return 0
        row = self._current // columns_of(len(self._settings), self.size.width)
        return max(0, min(lines - height, row - height // 2))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each row of knobs."""
        knobs = len(self._settings) if self._settings else 0
        return -(-knobs // columns_of(knobs, width)) if knobs else 0

    @property
    def _knob(self) -> Knob:
        assert self._settings is not None
        return list(self._settings.knobs.values())[self._current]

    def _spots(self) -> list[Spot]:
        assert self._settings is not None
        return spots(list(self._settings.knobs.values()), self.size.width)

    def _describe(self) -> None:
        if self._settings and (help := self._knob.help) and self._lit:
            self.border_subtitle = help.replace("[", "\\[")
        else:
            self.border_subtitle = ""

    def on_focus(self) -> None:
        """Light up the current knob and say what it does."""
        self._lit = True
        self._describe()
        self.repaint()

    def on_blur(self) -> None:
        """Put the light out and drop a number half typed."""
        self._typed, self._lit = "", False
        self._describe()
        self.repaint()

    def action_move(self, by: int) -> None:
        """Go to another knob."""
        if self._settings:
            self._current = (self._current + by) % len(self._settings)
            self._typed = ""
            self._describe()
            self.repaint()

    def action_turn(self, notches: int) -> None:
        """Turn the current knob."""
        if self._settings:
            knob = self._knob
            if isinstance(knob, Choice | Switch):
                notches = 1 if notches > 0 else -1
            self._typed = ""
            self._post(knob, knob.moved(self._settings[knob.name], notches))

    def action_default(self) -> None:
        """Give the current knob its first value again."""
        if self._settings:
            self._post(self._knob, self._knob.default)

    def action_set(self) -> None:
        """Take the typed number, or step through a choice."""
        if self._typed:
            typed, self._typed = self._typed, ""
            self._post(self._knob, typed)
            self.repaint()
        elif self._settings and isinstance(self._knob, Choice | Switch):
            self.action_turn(1)

    def action_rub_out(self) -> None:
        """Take back the last digit."""
        self._typed = self._typed[:-1]
        self.repaint()

    def on_key(self, event: events.Key) -> None:
        """Digits begin to type an exact value; enter sets it."""
        character = event.character
        if not self._settings or isinstance(self._knob, Choice | Switch) or not character:
            return
        if character.isdigit() or (character in DIGITS and (self._typed or character in ".-")):
            event.stop()
            event.prevent_default()
            self._typed = (self._typed + character)[:10]
            self.repaint()

    def _post(self, knob: Knob, value: Value) -> None:
        self.post_message(self.Turned(knob.name, value))

    def _at(self, event: events.MouseEvent) -> int | None:
        """The knob under the mouse."""
        if self._settings is None:
            return None
        offset = event.get_content_offset(self)
        if offset is None:
            return None
        places = self._spots()
        lines = max(spot.row for spot in places) + 1
        y = offset.y + self._top(lines, self.size.height)
        room = self.size.width // columns_of(len(places), self.size.width)
        for i, spot in enumerate(places):
            if spot.row == y and spot.left <= offset.x < spot.left + room:
                return i
        return None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a slider, or step through a choice."""
        found = self._at(event)
        if found is None or self._settings is None:
            return
        self._current = found
        self._describe()
        knob = self._knob
        if isinstance(knob, Choice | Switch):
            on_left = event.x - 1 <= self._spots()[found].track.start
            self.action_turn(-1 if on_left else 1)
        else:
            self._dragged = found
            self.capture_mouse()
            self._drag(event)
        self.repaint()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the slider that is held."""
        if self._dragged is not None:
            self._drag(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()

    def _drag(self, event: events.MouseEvent) -> None:
        if self._settings is None or self._dragged is None:
            return
        knob = self._knob
        track = self._spots()[self._dragged].track
        x = event.x - self.gutter.left
        if self._dragged == self._current and x >= track.start - 1:
            position = (x - track.start) / max(1, len(track) - 1)
            self._post(knob, knob.at(position))
