"""A framed picture of a lesson, which can be touched if it has handles."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from engine.errors import DltutorError
from lessons.kit.knobs import AbstractKnob, Matrix
from lessons.kit.pictures import Handle, Plane
from tutor.pictures.cells import Line, Palette
from tutor.touch import (
    Edit,
    MoveTo,
    Nudge,
    Pick,
    Restore,
    Touch,
    dragged_row,
    first_held,
    is_dragged,
    is_picked,
    neighbor,
    next_held,
    positions,
)
from tutor.widgets.canvas import CanvasWidget
from tutor.widgets.field import TypingKey

if TYPE_CHECKING:
    from lessons.kit.pictures import Picture

TYPING_KEYS = (
    TypingKey("enter", "set"),
    TypingKey("backspace", "erase"),
    TypingKey("escape", "cancel", "esc"),
)
FIRST_CHARACTERS, CHARACTERS = "0123456789.-", "0123456789.-+*/()e"
MAX_LENGTH = 20
FAR_NOTCHES = 10
"""Notches of an arrow key with shift."""


class PictureView(CanvasWidget, can_focus=True):
    """Paints one picture record inside a border with its title.

    The keyboard holds one handle of the picture: enter goes to the next, arrows move a point or go
    to the neighbor; digits typed over a matrix set an entry. The mouse drags and clicks.
    """

    DEFAULT_CSS = """
    PictureView {
        border: round $foreground 20%;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        background: $background;
    }
    PictureView:focus { border: round $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "move(1, 0)", "move", key_display="←→↑↓"),
        Binding("left", "move(-1, 0)", "move", show=False, system=True),
        Binding("up", "move(0, 1)", "move", show=False, system=True),
        Binding("down", "move(0, -1)", "move", show=False, system=True),
        Binding(
            "shift+right",
            f"move({FAR_NOTCHES}, 0)",
            "move far",
            show=False,
            key_display="shift+←→↑↓",
        ),
        Binding("shift+left", f"move(-{FAR_NOTCHES}, 0)", "move far", show=False, system=True),
        Binding("shift+up", f"move(0, {FAR_NOTCHES})", "move far", show=False, system=True),
        Binding("shift+down", f"move(0, -{FAR_NOTCHES})", "move far", show=False, system=True),
        Binding("enter", "next", "next handle", key_display="enter"),
        Binding("backspace", "erase", "erase a digit", show=False),
        Binding("escape", "cancel_typing", "cancel the typed number", show=False),
        Binding("home", "restore", "back to the default", show=False),
    ]

    @dataclass
    class Touched(Message):
        """The learner touched something that turns a knob."""

        knob: AbstractKnob[Any]
        touch: Touch

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.view = ""
        """The name of the view that is shown."""
        self._picture: Picture | None = None
        self._knobs: Mapping[str, AbstractKnob[Any]] = {}
        self._held_handle: Handle | None = None
        self._typed = ""
        self._was_typed = False
        self._note = ""
        self.can_focus = False
        # `has_focus` turns only after the handlers of focus and blur have run.
        self._lit = False

    def show(
        self,
        view: str,
        picture: "Picture | None",
        note: str = "",
        knobs: Mapping[str, AbstractKnob[Any]] | None = None,
        values: Mapping[str, object] | None = None,
    ) -> None:
        """Paint another picture.

        Args:
            view: its name.
            picture: what to paint.
            note: a text for the lower border.
            knobs: those of the experiment, by name.
            values: their values, which determine the handle that is held at first.
        """
        is_other = view != self.view or knobs is not self._knobs
        self.view, self._picture, self._knobs, self._note = view, picture, knobs or {}, note
        title = picture.title if picture else ""
        if (self.border_title or "") != title.replace("[", "\\["):
            self.border_title = title.replace("[", "\\[")
        handles = picture.handles if picture else ()
        if is_other:
            self.release()
        if is_other or self._held_handle not in handles:
            self._typed = ""
            held = first_held(picture, self._knobs, values or {}) if picture and handles else None
            self._held_handle = held
        if self.can_focus != bool(handles):
            self.can_focus = bool(handles)
            if not handles and self.has_focus:
                self.blur()
        self._show_note()
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The picture, as large as the widget."""
        if self._picture is None:
            return []
        # The painters import NumPy and plotext, which would delay the first screen.
        from tutor.pictures.paint import paint

        focus = self._held_handle if self._lit else None
        return paint(self._picture, width, height, palette, focus)

    @property
    def typing_keys(self) -> Sequence[TypingKey]:
        """The keys that finish or cancel a typed number."""
        return TYPING_KEYS if self._typed else ()

    def _show_note(self) -> None:
        note = self._note
        if self._typed and self._held_handle:
            note = f"{self._held_handle.knob} {self._typed}▏ enter sets"
        if (self.border_subtitle or "") != note.replace("[", "\\["):
            self.border_subtitle = note.replace("[", "\\[")
        if bool(self._typed) != self._was_typed:
            self._was_typed = bool(self._typed)
            self.refresh_bindings()

    def _hold(self, handle: Handle) -> None:
        """Hold a handle, and turn its knob if holding it means that."""
        is_other, self._held_handle, self._typed = handle != self._held_handle, handle, ""
        if is_picked(handle, self._knobs):
            self._touch(handle, Pick(handle.part))
        if is_other:
            self.repaint()
        self._show_note()

    def _touch(self, handle: Handle, touch: Touch) -> None:
        self.post_message(self.Touched(self._knobs[handle.knob], touch))

    # Keys.

    def on_focus(self) -> None:
        """Highlight the handle that is held."""
        self._lit = True
        self.repaint()

    def on_blur(self) -> None:
        """Remove the highlight and discard an unfinished number."""
        self._lit, self._typed = False, ""
        self._show_note()
        self.repaint()

    def action_move(self, across: int, up: int) -> None:
        """Move the point that is held, or go to the neighbor."""
        held, picture = self._held_handle, self._picture
        if held is None or picture is None:
            return
        self._set_typed()
        if is_dragged(held, self._knobs):
            self._touch(held, Nudge(across, up, dragged_row(held, self._knobs)))
        else:
            self._hold(neighbor(picture, held, across, up, positions(self._lines)))

    def action_next(self) -> None:
        """Set the typed number and go to the next handle."""
        if self._held_handle and self._picture:
            self._set_typed()
            self._hold(next_held(self._picture, self._held_handle))

    def action_restore(self) -> None:
        """Set the knob of the held handle to its default."""
        if self._held_handle:
            self._touch(self._held_handle, Restore())

    def action_erase(self) -> None:
        """Erase the last typed character."""
        self._typed = self._typed[:-1]
        self._show_note()

    def action_cancel_typing(self) -> None:
        """Discard what was typed."""
        self._typed = ""
        self._show_note()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Erasing and canceling are offered only if something was typed."""
        return bool(self._typed) if action in ("erase", "cancel_typing") else True

    def on_key(self, event: events.Key) -> None:
        """Digits typed over a matrix start a number."""
        held, character = self._held_handle, event.character
        if held is None or not character or not isinstance(held.part, tuple):
            return
        if not isinstance(self._knobs.get(held.knob), Matrix):
            return
        if character in (CHARACTERS if self._typed else FIRST_CHARACTERS):
            event.stop()
            event.prevent_default()
            self._typed = (self._typed + character)[:MAX_LENGTH]
            self._show_note()

    def _set_typed(self) -> None:
        """Set the entry to the typed number."""
        from lessons.kit.typed_number import read_number

        typed, self._typed, held = self._typed, "", self._held_handle
        if not typed or held is None or not isinstance(held.part, tuple):
            return
        try:
            number, _ = read_number(typed)
        except DltutorError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self._touch(held, Edit(held.part, number))

    # The mouse.

    def target_at(self, x: int, y: int) -> Hashable | None:
        """The handle that a click here means, which for points may be a nearby one."""
        if self._picture is None:
            return None
        from tutor.pictures.paint import pick

        return pick(self._picture, self.size.width, self.size.height, x, y)

    def grab(self, target: Hashable, x: int, y: int) -> None:
        """Hold the handle under the mouse; one that can be picked turns its knob."""
        if isinstance(target, Handle):
            self._set_typed()
            self._hold(target)
            if isinstance(self._picture, Plane) and self._picture.pick == target.knob:
                self.drag(target, x, y)  # on a map a click says where

    def drag(self, target: Hashable, x: int, y: int) -> None:
        """Move a point with the mouse, or keep picking what the mouse passes."""
        from tutor.pictures.paint import point_at

        if not isinstance(target, Handle) or self._picture is None:
            return
        if is_dragged(target, self._knobs):
            to = point_at(self._picture, self.size.width, self.size.height, target, x, y)
            if to is not None:
                self._touch(target, MoveTo(*to, dragged_row(target, self._knobs)))
            return
        under = self.target_at(x, y)
        if isinstance(under, Handle) and under.knob == target.knob and under != self._held_handle:
            self._hold(under)
