"""The knobs of an experiment: turned by key, by mouse and by typing, even in mid-run."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from engine.errors import DltutorError, FormulaError
from lessons.kit.experiment import AbstractExperiment
from lessons.kit.knobs import AbstractKnob, Cell, Choice, Integer, Point, Slider, Switch
from tutor.pictures.cells import Line, Palette
from tutor.pictures.edit_line import EditLine
from tutor.pictures.knobs import (
    KnobTarget,
    begins,
    help_lines,
    help_rows,
    knob_lines,
    layout,
    position_at,
)
from tutor.widgets.canvas import CanvasWidget
from tutor.widgets.field import TypingKey

TYPING_KEYS = (TypingKey("enter", "set"), TypingKey("escape", "cancel", "esc"))
MIN_KNOB_ROWS = 3
"""With fewer lines of knobs than this, there is no room for help."""


class KnobPanel(CanvasWidget, can_focus=True):
    """All knobs in one widget: one of them is current, and the arrow keys turn it.

    A new value is shown at once and posted to the screen as a `Turned` message; the screen applies
    it and calls `show` with the resulting values.
    """

    DEFAULT_CSS = """
    KnobPanel {
        height: auto;
        border: round $foreground 20%;
        border-title-color: $foreground;
        border-subtitle-color: $text-muted;
        background: $background;
    }
    KnobPanel:focus { border: round $primary; }
    KnobPanel.-empty { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "knob", key_display="↑↓"),
        Binding("up", "move(-1)", "knob", show=False, system=True),
        Binding("right", "turn(1)", "turn", key_display="←→"),
        Binding("left", "turn(-1)", "turn", show=False, system=True),
        Binding("shift+right", "turn_far(1)", "turn by ten", show=False, key_display="shift+←→"),
        Binding("shift+left", "turn_far(-1)", "turn by ten", show=False, system=True),
        Binding("shift+right", "raise(1)", "up/down", key_display="shift+←→"),
        Binding("shift+left", "raise(-1)", "up/down", show=False, system=True),
        Binding("enter", "set", "type"),
        Binding("home", "default", "back to the default", show=False),
    ]

    @dataclass
    class Turned(Message):
        """A knob was given a new value."""

        knob: AbstractKnob[Any]
        value: object

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = "Knobs"
        self._experiment: type[AbstractExperiment] | None = None
        self._knobs: tuple[AbstractKnob[Any], ...] = ()
        self._values: dict[str, Any] = {}
        self._current = 0
        self._edit: EditLine | None = None
        self._refusal = ""
        # `has_focus` turns only after the handlers of focus and blur have run.
        self._lit = False

    def show(self, experiment: type[AbstractExperiment], values: Mapping[str, object]) -> None:
        """Show the knobs of an experiment with these values, including those not yet applied."""
        self._values = dict(values)
        if experiment is not self._experiment:
            self._experiment, self._current = experiment, 0
            self._knobs = tuple(experiment.knobs.values())
            self.set_class(not self._knobs, "-empty")
            self._stop_edit()
            self.release()
            self.refresh(layout=True)
        self._describe()
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The knobs, scrolled to show the current one, and help too long for the border."""
        if not self._knobs:
            return []
        laid = layout(self._knobs, width)
        lines = knob_lines(
            self._knobs,
            self._values,
            laid,
            palette,
            self._current if self._lit else None,
            self._edit,
            self._refusal,
        )
        helped = help_rows(self._knobs, width)
        helped = helped if height - helped >= min(MIN_KNOB_ROWS, laid.rows) else 0
        seen = height - helped
        above = laid.places[self._current].row + (len(lines) - laid.rows) - seen // 2
        top = max(0, min(len(lines) - seen, above))
        help = help_lines(self._knob().help, width, helped, palette)
        return [*lines[top : top + seen], *help]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line per row of knobs, plus those of an error message and of the longest help."""
        rows = layout(self._knobs, width).rows + help_rows(self._knobs, width)
        return len(self.draw(width, 10**3, self.palette)) if self._refusal else rows

    def _knob(self) -> AbstractKnob[Any]:
        return self._knobs[self._current]

    def _describe(self) -> None:
        """Show the current knob's help in the border, if every knob's help fits there."""
        is_short = self._lit and self._knobs and not help_rows(self._knobs, self.size.width)
        help = self._knob().help.replace("[", "\\[") if is_short else ""
        if (self.border_subtitle or "") != help:
            self.border_subtitle = help

    def on_resize(self, event: events.Resize) -> None:
        """Check whether the help fits into the border now."""
        self._describe()

    def on_focus(self) -> None:
        """Highlight the current knob and show its help."""
        self._lit = True
        self._describe()
        self.repaint()

    def on_blur(self) -> None:
        """Remove the highlight and discard unfinished input."""
        self._lit = False
        self._choose(self._current)

    # Choosing and turning.

    def _choose(self, number: int) -> None:
        was_placed, self._current = self._is_placed(), number
        self._stop_edit()
        self._describe()
        self.repaint()
        if self._is_placed() != was_placed:
            self.refresh_bindings()

    def action_move(self, by: int) -> None:
        """Go to another knob that has an effect now."""
        count = len(self._knobs)
        way = [(self._current + k * by) % count for k in range(1, count + 1)]
        awake = (i for i in way if self._knobs[i].is_active(self._values))
        if (found := next(awake, None)) is not None:
            self._choose(found)

    def action_turn(self, notches: int) -> None:
        """Turn the current knob."""
        if self._knobs:
            self._turn(self._knob().moved(self._values[self._knob().name], notches))

    def action_turn_far(self, way: int) -> None:
        """Turn the current knob by ten notches, if it has that many."""
        if self._knobs:
            self.action_turn(10 * way if isinstance(self._knob(), Slider | Integer) else way)

    def action_raise(self, way: int) -> None:
        """Move a point up or down, a cell to the next or the previous row."""
        knob, value = self._knob(), self._values[self._knob().name]
        self._turn(knob.moved(value, 0, -way if isinstance(knob, Cell) else way))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The meaning of shift with an arrow depends on the current knob."""
        if action in ("raise", "turn_far"):
            return self._is_placed() == (action == "raise")
        return True

    def _is_placed(self) -> bool:
        """Whether the current knob is a point of the plane or a cell of a grid."""
        return bool(self._knobs) and isinstance(self._knob(), Point | Cell)

    def action_default(self) -> None:
        """Set the current knob to its default."""
        if self._knobs:
            self._turn(self._knob().default)

    def action_set(self) -> None:
        """Start typing a value, or step to the next if there are only a few."""
        if not self._knobs:
            return
        if isinstance(self._knob(), Choice | Switch):
            self.action_turn(1)
        else:
            text = self._knob().show(self._values[self._knob().name])
            self._set_edit(EditLine(text, len(text), selected=True))

    def _turn(self, value: object) -> None:
        knob = self._knob()
        if not knob.equal(value, self._values[knob.name]):
            self._values[knob.name] = value
            self.post_message(self.Turned(knob, value))
        self.repaint()

    # Typing.

    def on_key(self, event: events.Key) -> None:
        """A character that can start a value starts an edit, which then gets all editing keys."""
        if not self._knobs:
            return
        if self._edit is None:
            if not (event.character and begins(self._knob(), event.character)):
                return
            self._set_edit(EditLine().typed(event.character))
        elif event.key == "escape":
            self._choose(self._current)
        elif event.key == "enter":
            self._take(self._edit.text)
        elif edit := self._edit.pressed(event.key, event.character):
            self._set_edit(edit)
        else:
            return
        event.stop()
        event.prevent_default()

    @property
    def typing_keys(self) -> Sequence[TypingKey]:
        """The keys that finish or cancel the edit."""
        return () if self._edit is None else TYPING_KEYS

    def _set_edit(self, edit: EditLine) -> None:
        is_first, self._edit = self._edit is None, edit
        self._refuse("")
        self.repaint()
        if is_first:
            self.refresh_bindings()

    def _stop_edit(self) -> None:
        is_last, self._edit = self._edit is not None, None
        self._refuse("")
        if is_last:
            self.refresh_bindings()

    def _refuse(self, sentence: str) -> None:
        if sentence != self._refusal:
            self._refusal = sentence
            self.refresh(layout=True)

    def _take(self, text: str) -> None:
        """Set the typed value; an invalid one stays, to be replaced or corrected, with the error
        below it."""
        try:
            value = self._knob().parse(text.strip())
        except DltutorError as error:
            at = error.position if isinstance(error, FormulaError) else len(text)
            self._edit = replace(EditLine(text).moved(at), selected=True)
            gap = "\n" if "\n" in str(error) else " "
            self._refuse(f"{self._knob().error_text(error)}{gap}esc cancels.")
            self.repaint()
            return
        self._stop_edit()
        self._turn(value)

    # The mouse.

    def grab(self, target: Hashable, x: int, y: int) -> None:
        """Select a knob; step it, grab its grip, or start typing its value."""
        if not isinstance(target, KnobTarget):
            return
        number = next(i for i, knob in enumerate(self._knobs) if knob.name == target.knob)
        is_typed = number == self._current and self._edit is not None and target.part == "value"
        if is_typed:
            return
        self._choose(number)
        if target.part == "value":
            self.action_set()
        elif target.part == "track":
            self.drag(target, x, y)
        elif target.part != "name":
            self.action_turn(-1 if target.part == "less" else 1)

    def drag(self, target: Hashable, x: int, y: int) -> None:
        """Move the grip that was grabbed."""
        knob = self._knob()
        if isinstance(knob, Slider | Integer) and target == KnobTarget(knob.name, "track"):
            place = position_at(layout(self._knobs, self.size.width), self._current, x)
            self._turn(knob.at(place))

    def on_mouse_scroll_down(self) -> None:
        """Go to the next knob."""
        self.action_move(1)

    def on_mouse_scroll_up(self) -> None:
        """Go to the previous knob."""
        self.action_move(-1)
