"""A question on a page: options to choose from, a number to type, or a run to watch."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message

from lessons.kit.checks import Verdict
from lessons.kit.lesson import Question
from tutor.pictures.cells import Line, Palette
from tutor.pictures.question import (
    OptionTarget,
    QuestionPart,
    QuestionState,
    part_row,
    question_lines,
)
from tutor.widgets.canvas import CanvasWidget
from tutor.widgets.field import Field


class QuestionText(CanvasWidget):
    """Draws the question; the options are mouse targets."""

    DEFAULT_CSS = "QuestionText { height: auto; }"

    @dataclass
    class Picked(Message):
        """An option was clicked."""

        option: int

    def __init__(self) -> None:
        super().__init__()
        self.state: QuestionState | None = None
        self.lit = False

    def show(self, state: QuestionState | None, lit: bool) -> None:
        """Show a question; `lit` says whether it has the focus."""
        if (state, lit) == (self.state, self.lit):
            return
        self.state, self.lit = state, lit
        # A goal's progress changes at every frame; the layout is redone only if the height does.
        if len(self.draw(self.size.width, 0, self.palette)) != self.size.height:
            self.refresh(layout=True)
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The question's lines."""
        return question_lines(self.state, width, palette, self.lit) if self.state else []

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the question takes."""
        return len(self.draw(width, 0, self.palette))

    def part_row(self, part: QuestionPart) -> int:
        """The row in which a part of the question starts."""
        return part_row(self.state, part, self.size.width, self.palette) if self.state else 0

    def grab(self, target: Hashable, x: int, y: int) -> None:
        """Post the option that was clicked."""
        if isinstance(target, OptionTarget):
            self.post_message(self.Picked(target.number))


class Quiz(Vertical, can_focus=True):
    """The question of the open page, if it has one."""

    DEFAULT_CSS = """
    Quiz { height: auto; margin: 1 1 0 0; }
    Quiz Field { height: 1; border: none; width: 34; background: $surface; padding: 0 1; }
    Quiz Field:focus { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "choose", show=False, key_display="↑↓"),
        Binding("up", "move(-1)", "choose", show=False, system=True),
        Binding("enter", "pick", "answer"),
        Binding("escape", "leave", "leave the question", show=False),
        *(Binding(str(i), f"pick({i - 1})", f"answer {i}", show=False) for i in range(1, 10)),
    ]

    @dataclass
    class Answered(Message):
        """An answer was given: the index of an option, or the typed text."""

        question: Question
        answer: int | str

    @dataclass
    class HintOpened(Message):
        """Another hint was opened."""

        question: Question
        number: int

    def __init__(self) -> None:
        super().__init__()
        self.state: QuestionState | None = None
        # `has_focus` turns only after the handlers of focus and blur have run.
        self._lit = False

    def compose(self) -> ComposeResult:
        """The text, and an input field for numbers."""
        yield QuestionText()
        yield Field("a number or a calculation", "answer", "leave")

    def on_mount(self) -> None:
        """Start without a question."""
        self.ask(None)

    @property
    def _field(self) -> Field:
        return self.query_one(Field)

    def ask(self, state: QuestionState | None) -> None:
        """Show a question, or none."""
        self._drop_focus()
        self.state = state
        self.display = state is not None
        self._field.value = ""
        is_open = state is not None and not state.passed
        self._field.display = is_open and state is not None and state.question.kind == "number"
        self.can_focus = is_open and state is not None and bool(state.options)
        self._show()

    def show_verdict(self, verdict: Verdict | None, note: str = "") -> None:
        """Show the verdict on the answer, or (as a note) the progress of what a run decides."""
        if self.state is None:
            return
        self.state = replace(self.state, verdict=verdict, note=note)
        if self.state.passed:
            self._drop_focus()
            self._field.display = False
            self.can_focus = False
        elif verdict and self._field.has_focus:
            self._field.select_all()
        self._show()

    def open_hint(self) -> bool:
        """Open the next hint; if there is none left, show a message in its place, return False."""
        if self.state is None or self.state.shown_hints > len(self.state.hints):
            return False
        self.state = replace(self.state, shown_hints=self.state.shown_hints + 1)
        self._show()
        if self.state.shown_hints > len(self.state.hints):
            return False
        self.post_message(self.HintOpened(self.state.question, self.state.shown_hints))
        return True

    def part_row(self, part: QuestionPart) -> int:
        """The row in which a part of the question begins."""
        return self.query_one(QuestionText).part_row(part)

    def enter(self) -> None:
        """Move the focus to the question; a goal takes no keys."""
        if self._field.display:
            self._field.focus()
        elif self.can_focus:
            self.focus()

    def _drop_focus(self) -> None:
        """Return the focus to the screen, if it is here."""
        if self.has_focus or self._field.has_focus:
            self.screen.set_focus(None)

    def _show(self) -> None:
        self.query_one(QuestionText).show(self.state, self._lit)

    def on_focus(self) -> None:
        """Highlight the option under the cursor."""
        self._lit = True
        self._show()

    def on_blur(self) -> None:
        """Remove the highlight."""
        self._lit = False
        self._show()

    def action_leave(self) -> None:
        """Leave the question."""
        self._drop_focus()

    def action_move(self, by: int) -> None:
        """Move the cursor between the options."""
        if self.state and self.state.options:
            cursor = (self.state.cursor + by) % len(self.state.options)
            self.state = replace(self.state, cursor=cursor)
            self._show()

    def action_pick(self, option: int | None = None) -> None:
        """Answer with an option, by default the one under the cursor."""
        state = self.state
        if state is None or state.passed or not state.options:
            return
        chosen = state.cursor if option is None else option
        if chosen < len(state.options):
            self.state = replace(state, cursor=chosen, picked=chosen, verdict=None)
            self._show()
            self.post_message(self.Answered(state.question, chosen))

    def on_question_text_picked(self, message: QuestionText.Picked) -> None:
        """Answer with the option that was clicked."""
        message.stop()
        self.action_pick(message.option)

    def on_input_submitted(self, message: Field.Submitted) -> None:
        """Answer with the number that was typed."""
        message.stop()
        if self.state and message.value.strip():
            self.post_message(self.Answered(self.state.question, message.value))
