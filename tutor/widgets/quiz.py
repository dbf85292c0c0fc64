"""A question inside a lesson: options to pick, a number to type, a run to watch."""

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
from tutor.pictures.question import Asked, OptionTarget, QuestionPart, part_row, question_lines
from tutor.widgets.canvas import Canvas
from tutor.widgets.field import Field


class QuestionText(Canvas):
    """Draws the question; the options are mouse targets."""

    DEFAULT_CSS = "QuestionText { height: auto; }"

    @dataclass
    class Picked(Message):
        """An option was clicked."""

        option: int

    def __init__(self) -> None:
        super().__init__()
        self.asked: Asked | None = None
        self.lit = False

    def show(self, asked: Asked | None, lit: bool) -> None:
        """Show a question; `lit` says whether keys go to it."""
        if (asked, lit) == (self.asked, self.lit):
            return
        self.asked, self.lit = asked, lit
        # A goal's state is told at every frame: the page is laid out anew only if it grew.
        if len(self.draw(self.size.width, 0, self.palette)) != self.size.height:
            self.refresh(layout=True)
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The question's lines."""
        return question_lines(self.asked, width, palette, self.lit) if self.asked else []

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the question takes."""
        return len(self.draw(width, 0, self.palette))

    def part_row(self, part: QuestionPart) -> int:
        """The row in which a part of the question begins."""
        return part_row(self.asked, part, self.size.width, self.palette) if self.asked else 0

    def grab(self, target: Hashable, x: int, y: int) -> None:
        """Tell which option was clicked."""
        if isinstance(target, OptionTarget):
            self.post_message(self.Picked(target.number))


class Quiz(Vertical, can_focus=True):
    """The question of the present page, if it has one."""

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
        """An answer was given: the number of an option, or what was typed."""

        question: Question
        answer: int | str

    @dataclass
    class HintOpened(Message):
        """One more hint is open."""

        question: Question
        number: int

    def __init__(self) -> None:
        super().__init__()
        self.asked: Asked | None = None
        # `has_focus` turns only after the handlers of focus and blur have run.
        self._lit = False

    def compose(self) -> ComposeResult:
        """The text, and a field for numbers."""
        yield QuestionText()
        yield Field("a number or a calculation", "answer", "leave")

    def on_mount(self) -> None:
        """Nothing is asked yet."""
        self.ask(None)

    @property
    def _field(self) -> Field:
        return self.query_one(Field)

    def ask(self, asked: Asked | None) -> None:
        """Ask a question, or none."""
        self._drop_focus()
        self.asked = asked
        self.display = asked is not None
        self._field.value = ""
        is_open = asked is not None and not asked.passed
        self._field.display = is_open and asked is not None and asked.question.kind == "number"
        self.can_focus = is_open and asked is not None and bool(asked.options)
        self._show()

    def tell(self, verdict: Verdict | None, note: str = "") -> None:
        """Say what became of the answer, or (a note) how it stands with what a run decides."""
        if self.asked is None:
            return
        self.asked = replace(self.asked, verdict=verdict, note=note)
        if self.asked.passed:
            self._drop_focus()
            self._field.display = False
            self.can_focus = False
        elif verdict and self._field.has_focus:
            self._field.select_all()
        self._show()

    def open_hint(self) -> bool:
        """Open the next hint; False when there is none left, which is said where it would stand."""
        if self.asked is None or self.asked.shown_hints > len(self.asked.hints):
            return False
        self.asked = replace(self.asked, shown_hints=self.asked.shown_hints + 1)
        self._show()
        if self.asked.shown_hints > len(self.asked.hints):
            return False
        self.post_message(self.HintOpened(self.asked.question, self.asked.shown_hints))
        return True

    def part_row(self, part: QuestionPart) -> int:
        """The row in which a part of the question begins."""
        return self.query_one(QuestionText).part_row(part)

    def enter(self) -> None:
        """Move the keys to the question; a goal takes none."""
        if self._field.display:
            self._field.focus()
        elif self.can_focus:
            self.focus()

    def _drop_focus(self) -> None:
        """Give the keys back to the screen, if they come here."""
        if self.has_focus or self._field.has_focus:
            self.screen.set_focus(None)

    def _show(self) -> None:
        self.query_one(QuestionText).show(self.asked, self._lit)

    def on_focus(self) -> None:
        """Light up the option under the cursor."""
        self._lit = True
        self._show()

    def on_blur(self) -> None:
        """Put the light out."""
        self._lit = False
        self._show()

    def action_leave(self) -> None:
        """Keys no longer go to the question."""
        self._drop_focus()

    def action_move(self, by: int) -> None:
        """Move the cursor between the options."""
        if self.asked and self.asked.options:
            cursor = (self.asked.cursor + by) % len(self.asked.options)
            self.asked = replace(self.asked, cursor=cursor)
            self._show()

    def action_pick(self, option: int | None = None) -> None:
        """Answer with an option, by default the one under the cursor."""
        asked = self.asked
        if asked is None or asked.passed or not asked.options:
            return
        chosen = asked.cursor if option is None else option
        if chosen < len(asked.options):
            self.asked = replace(asked, cursor=chosen, picked=chosen, verdict=None)
            self._show()
            self.post_message(self.Answered(asked.question, chosen))

    def on_question_text_picked(self, message: QuestionText.Picked) -> None:
        """Answer with the option that was clicked."""
        message.stop()
        self.action_pick(message.option)

    def on_input_submitted(self, message: Field.Submitted) -> None:
        """Answer with the number that was typed."""
        message.stop()
        if self.asked and message.value.strip():
            self.post_message(self.Answered(self.asked.question, message.value))
