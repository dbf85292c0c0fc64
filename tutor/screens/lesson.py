"""The lesson: read, turn, watch, answer."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.geometry import Size
from textual.widgets import Static

from engine.errors import DltutorError
from lessons.catalogue import Entry, subjects
from lessons.kit.checks import Goal, Predict, Verdict
from lessons.kit.lesson import Lesson, Step
from tutor.clock import SPEEDS
from tutor.examiner import Examiner
from tutor.progress.recorder import Recorder
from tutor.progress.store import Store
from tutor.screens.running import AbstractRunScreen
from tutor.widgets.keybar import KeyBar
from tutor.widgets.knobs import KnobPanel
from tutor.widgets.lab import Lab
from tutor.widgets.quiz import Quiz
from tutor.widgets.reader import PageText, Reader
from tutor.widgets.small import TooSmall
from tutor.widgets.transport import TitleBar, Transport

PATIENCE = 10
"""Seconds that a run which decides a prediction should take at most."""


class LessonScreen(AbstractRunScreen):
    """One lesson, its pages on the left and its laboratory on the right.

    On a narrow window the two take turns; on a huge one there is room for more pictures.
    """

    AUTO_FOCUS = ""
    CSS_PATH = "lesson.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (104, "-wide"), (150, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-high")]
    HELP = """
    ## A lesson

    Read the page, answer its question, turn the knobs while the run plays. Every number on the
    right is computed at this moment; the *oracles* show what theory predicts beside what was
    measured.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "play", key_display="space"),
        Binding("l", "mode", "read/lab"),
        Binding("s", "step", "step"),
        Binding("r", "reset", "reset"),
        Binding("n,pagedown", "page(1)", "next"),
        Binding("b,pageup", "page(-1)", "back"),
        Binding("a", "answer", "answer"),
        Binding("h", "hint", "hint"),
        Binding("k", "knobs", "knobs"),
        Binding("c", "scene", "try it"),
        Binding("p", "pin", "pin"),
        Binding("full_stop,greater_than_sign", "speed(1)", "faster", key_display="."),
        Binding("comma,less_than_sign", "speed(-1)", "slower", key_display=","),
        Binding("v", "view(1)", "pictures"),
        Binding("escape", "leave", "home"),
        Binding("f", "speed(9)", "full speed", show=False),
        Binding("V", "view(-1)", "pictures back", show=False),
        Binding("P", "unpin", "drop the pinned runs", show=False),
        Binding("R", "reseed", "new seed", show=False),
        Binding("j", "scroll(1)", "scroll the page down", show=False),
        Binding("i", "scroll(-1)", "scroll the page up", show=False),
    ]

    def __init__(self, entry: Entry, lesson: Lesson, store: Store, seed: int = 0) -> None:
        super().__init__(lesson, seed)
        self.entry = entry
        self.recorder = Recorder(store, entry.path, self._warn)
        self.examiner = Examiner(lesson, self.recorder)
        self.at = min(self.recorder.progress.step, len(lesson.steps) - 1)

    @property
    def step(self) -> Step:
        """The page that is open."""
        return self.lesson.steps[self.at]

    def compose(self) -> ComposeResult:
        """Title, reading side, laboratory, transport, keys."""
        yield TitleBar(id="title")
        with Container(id="body"):
            with Vertical(id="left"):
                yield Reader(id="reader")
                yield KnobPanel(id="knobs")
            yield Lab(id="lab")
        yield Static(id="notice", markup=False)
        yield Transport(id="transport")
        yield KeyBar()
        yield TooSmall(least=Size(60, 16))

    def on_mount(self) -> None:
        """Open the lesson in the learner's history."""
        lesson = self.lesson
        self.recorder.open(steps=len(lesson.steps), checks=len(lesson.checks))
        self.set_class(True, "-read")
        self._open_page(self.at)
        self.call_after_refresh(self._show_all)

    def on_resize(self, event: events.Resize) -> None:
        """Say so when the window is too small for a lesson."""
        self.query_one(TooSmall).measure(event.size)
        self.call_after_refresh(self._show_all)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what makes sense on this page and at this size."""
        if action == "mode":
            return self.has_class("-narrow")
        if action == "scene":
            return self.step.scene is not None
        if action in ("answer", "hint"):
            return self.step.check is not None
        return True

    def _stop(self) -> int | None:
        return self.examiner.stop(self.step.check)

    def _watch(self) -> None:
        verdict = self.examiner.watch(self.step.check, self.run_)
        if verdict:
            self._tell(verdict)

    # What is shown.

    def _show_all(self) -> None:
        if not self.is_attached:
            return
        self._show_title()
        self._show_run()

    def _show_title(self) -> None:
        subject = next(s.front.title for s in subjects() if s.name == self.entry.subject)
        self.query_one(TitleBar).show_place(subject, self.lesson, self.at, self.examiner.passed)

    # Pages and questions.

    def _open_page(self, number: int) -> None:
        self.at = number
        step = self.step
        self.query_one(PageText).show(step.title, step.text)
        reader = self.query_one(Reader)
        reader.border_title = "Read"
        reader.border_subtitle = "c: try it" if step.scene else ""
        reader.scroll_home(animate=False)
        self.query_one(Quiz).ask(self.examiner.ask(step.check, self.run_.simulation.unit))
        self.refresh_bindings()

    def on_quiz_answered(self, message: Quiz.Answered) -> None:
        """Grade an answer, or let a run decide it."""
        check = message.check
        try:
            verdict = self.examiner.answer(check, message.answer)
        except DltutorError as error:
            verdict = Verdict(False, str(error))
        if verdict:
            self._tell(verdict)
        elif isinstance(check, Predict):
            self._set_scene(check.scene)
            self.query_one(Quiz).tell(None, f"Noted. The run decides, {check.steps} steps.")
            enough = next(speed for speed in SPEEDS if speed * PATIENCE >= check.steps)
            self.clock.speed = max(self.clock.speed, enough, 250)
            self._play()

    def _tell(self, verdict: Verdict) -> None:
        """Say what an answer is worth."""
        self.query_one(Quiz).tell(verdict)
        self._show_title()
        if verdict.ok and self.examiner.done:
            self.notify("Every question of this lesson is answered.", title="Lesson done")

    def on_quiz_hint_opened(self, message: Quiz.HintOpened) -> None:
        """Note that a hint was needed."""
        self.examiner.hint(message.check, message.number)

    def _changed_by_hand(self) -> None:
        if self.examiner.forget_prediction():
            self.query_one(Quiz).tell(None, "You changed the run: predict again.")

    # Actions.

    def action_page(self, by: int) -> None:
        """Turn the page."""
        number = min(len(self.lesson.steps) - 1, max(0, self.at + by))
        if number != self.at:
            self.recorder.go_to(number)
            self._open_page(number)
            self._show_title()

    def action_scroll(self, by: int) -> None:
        """Scroll the page by half a window."""
        reader = self.query_one(Reader)
        reader.scroll_relative(y=by * max(1, reader.size.height // 2), animate=False)

    def action_knobs(self) -> None:
        """Move the keys to the knobs."""
        if self.has_class("-narrow"):
            self._set_mode("-lab")
        self.query_one(KnobPanel).focus()

    def action_answer(self) -> None:
        """Move the keys to the question."""
        self._set_mode("-read")
        self.query_one(Quiz).enter()
        self.query_one(Reader).scroll_end(animate=False)

    def action_hint(self) -> None:
        """Open the next hint."""
        if not self.query_one(Quiz).open_hint():
            self.notify(
                "There is no further hint." if self.step.check else "Nothing is asked here."
            )
        self.query_one(Reader).scroll_end(animate=False)

    def action_mode(self) -> None:
        """Take turns between reading and the laboratory, where there is no room for both."""
        self._set_mode("-lab" if self.has_class("-read") else "-read")

    def _set_mode(self, mode: str) -> None:
        self.set_class(mode == "-read", "-read")
        self.set_class(mode == "-lab", "-lab")
        self.call_after_refresh(self._show_all)

    def action_scene(self) -> None:
        """Set the knobs as the page suggests, and play."""
        check = self.step.check
        scene = self.step.scene
        if isinstance(check, Goal) and check.scene is not None and scene is None:
            scene = check.scene
        if scene is None:
            self.notify("This page suggests no setting: turn the knobs as you like.")
            return
        self._changed_by_hand()
        self._set_scene(scene)
        if self.has_class("-narrow"):
            self._set_mode("-lab")
        self._play()

    async def action_leave(self) -> None:
        """Back to the map; a first escape only takes the keys off a panel."""
        if self.focused is not None:
            self.set_focus(None)
            return
        self._pause()
        await self.run_action("app.home")
