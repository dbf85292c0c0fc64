"""The lesson screen: read the pages, turn knobs, touch pictures, watch the run, answer."""

from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from lessons.catalogue import Entry
from lessons.kit.checks import Verdict
from lessons.kit.knobs import AbstractKnob
from lessons.kit.lesson import Lesson
from lessons.kit.pages import Page
from lessons.kit.replay import command_line
from tutor.clock import TICK
from tutor.controller import RunController
from tutor.course import lesson_after
from tutor.progress.journal import Journal
from tutor.progress.recorder import Recorder
from tutor.question_controller import QuestionController
from tutor.quiz_session import QuizSession
from tutor.screens.lesson_keys import HELP, KEYS, is_offered
from tutor.screens.player import RUN_ACTIONS, RunPlayer
from tutor.screens.present_size import PresentSize
from tutor.stages import Stages
from tutor.widgets.keybar import KeyBar
from tutor.widgets.knobs import KnobPanel
from tutor.widgets.laboratory import Laboratory
from tutor.widgets.notice import Notice, notes
from tutor.widgets.picture import PictureView
from tutor.widgets.quiz import Quiz
from tutor.widgets.reader import PageText, Reader
from tutor.widgets.too_small import TooSmall
from tutor.widgets.transport import TitleBar, Transport
from tutor.widgets.unsaved import Unsaved

if TYPE_CHECKING:
    from tutor.app import TutorApp

NOTICE_SECONDS = 10.0
"""Seconds for which a notice stays; at the end of a lesson, `n` opens the next one meanwhile."""
REPEAT_SECONDS = 0.25
"""Seconds within which a repeated key counts as held down."""


class LessonScreen(PresentSize, Screen[None]):
    """One lesson, its pages on the left and its laboratory on the right.

    A narrow window shows one of the two at a time; a huge one has room for more pictures.
    """

    AUTO_FOCUS = ""
    CSS_PATH = "lesson.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (104, "-wide"), (150, "-huge")]
    HELP = HELP
    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    app: "TutorApp"
    # By default the whole screen is repainted when the focus moves; here each widget shows it.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, entry: Entry, lesson: Lesson, journal: Journal, seed: int = 0) -> None:
        super().__init__()
        self.entry, self.lesson = entry, lesson
        self.recorder = Recorder(journal, entry.path, lambda: self.app.recorded())
        self.at = min(self.recorder.progress.step, len(lesson.pages) - 1)
        self.stages = Stages(lesson, seed, self._warn, self.at)
        self.questions = QuestionController(QuizSession(lesson, self.recorder), self.stages)
        self._lab = Laboratory(id="lab")
        self.player = RunPlayer(self.stages, self._lab, self, lambda: self.app.last_input)
        self._state = ""
        self._end_said = self._last_on = -NOTICE_SECONDS

    @property
    def page(self) -> Page:
        """The page that is open."""
        return self.lesson.pages[self.at]

    @property
    def controller(self) -> RunController:
        """The experiment in the laboratory."""
        return self.stages.current

    def compose(self) -> ComposeResult:
        """Title, reading side, laboratory, transport, keys."""
        yield TitleBar(id="title")
        with Container(id="body"):
            with Vertical(id="left"):
                yield Reader(id="reader")
                yield KnobPanel(id="knobs")
            yield self._lab
        yield Notice(id="notice")
        yield Transport(id="transport")
        yield Unsaved()
        yield KeyBar()
        yield TooSmall(least=Size(60, 16))

    def on_mount(self) -> None:
        """Record that the lesson was opened, and show its page."""
        self.recorder.open(steps=len(self.lesson.pages), checks=len(self.lesson.questions))
        self.player.timer = self.set_interval(TICK, self.player.tick, pause=True)
        self.set_class(True, "-read")
        self._open_page(self.at)

    def on_unmount(self) -> None:
        """Let Textual forget the colors that it remembers by widget, each with all its lines."""
        StylesCache.get_inner_outer.cache_clear()

    def on_resize(self, event: events.Resize) -> None:
        """Show a message if the window is too small for a lesson."""
        self.query_one(TooSmall).measure(event.size)
        self.call_after_refresh(self._after_resize)

    def _after_resize(self) -> None:
        """Keep a playing run in sight, even if the window has become narrow."""
        if self.controller.clock.playing:
            self._show_lab()
        self.show_lines()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the actions that make sense on this page, with this experiment and size."""
        if action == "mode":
            return self.has_class("-narrow")
        if action in ("scroll", "scroll_lines"):
            return not self._is_page_hidden
        question = self.lesson.question(self.page)
        return is_offered(action, parameters, self.page, question, self.controller)

    @property
    def _is_page_hidden(self) -> bool:
        """Whether the laboratory hides the page."""
        is_lab = self.has_class("-narrow") and self.has_class("-lab")
        return is_lab or self.has_class("-zoomed")

    def _warn(self, sentence: str) -> None:
        self.notify(sentence, severity="error", markup=False)

    # Observing the run while it plays.

    def stop_step(self) -> int | None:
        """The step at which the open question is decided, if a run decides it."""
        return self.questions.stop_step()

    def judge_run(self) -> None:
        """Check whether the run decides the open question now."""
        if verdict := self.questions.judge():
            self._lab.invalidate()
            self._show_verdict(verdict)

    def changed_by_hand(self) -> None:
        """Drop an open prediction, since its run was changed."""
        if self.questions.forget():
            self.query_one(Quiz).show_verdict(None, "You changed the run: predict again.")

    # What is shown.

    def show_stage(self) -> None:
        """Show the experiment in the laboratory, which may have been replaced or set up again."""
        controller = self.controller
        self.query_one(Transport).set_class(not controller.run.has_steps, "-idle")
        self.query_one(KnobPanel).show(controller.experiment, controller.values)
        self._lab.show(controller)
        self._show_offer()
        self.show_lines()
        self.refresh_bindings()

    def _show_offer(self) -> None:
        can_set_up = self.stages.can_set_up(self.page)
        self.query_one(Reader).offer("c: set this page up" if can_set_up else "")

    def show_lines(self) -> None:
        """Update the transport and the notice below the laboratory."""
        if not self.is_attached:
            return
        controller = self.controller
        if controller.run.has_steps:
            self.query_one(Transport).show_run(controller.clock, controller.is_algorithm)
        state, is_lab = self.questions.state(), self.has_class("-narrow") and self.has_class("-lab")
        if state and state != self._state:
            self.query_one(Quiz).show_verdict(None, state)
        self._state = state
        said = (state, self.questions.verdict) if is_lab else ("", None)
        self.query_one(Notice).show(notes(controller.failure, *said))

    def _show_title(self) -> None:
        passed = self.questions.session.passed
        self.query_one(TitleBar).show_place(self.entry, self.lesson, self.at, passed)

    # Pages and questions.

    def _open_page(self, number: int) -> None:
        self.at, self._state = number, ""
        self.questions.forget()
        self.stages.open(self.page)
        self.query_one(PageText).show(self.page.title, self.page.text)
        reader = self.query_one(Reader)
        reader.border_title = "Read"
        reader.scroll_home(animate=False)
        self.query_one(Quiz).ask(self.questions.open(self.lesson.question(self.page)))
        self._show_title()
        self.show_stage()

    def on_quiz_answered(self, message: Quiz.Answered) -> None:
        """Grade an answer, or start the run that decides it."""
        verdict = self.questions.answer(message.question, message.answer)
        if verdict:
            self._show_verdict(verdict)
        elif self.questions.is_deciding:
            self._show_lab()
            self.show_stage()
            self.judge_run()
            if self.questions.is_deciding:
                self.player.start()

    def _show_verdict(self, verdict: Verdict) -> None:
        """Show the verdict on an answer."""
        self._state = ""
        self.query_one(Quiz).show_verdict(verdict)
        self.query_one(Reader).reveal("verdict")
        self._show_title()
        self.show_lines()
        if verdict.ok and self.questions.session.done:
            self.notify("Every question of this lesson is answered.", title="Lesson done")

    def on_quiz_hint_opened(self, message: Quiz.HintOpened) -> None:
        """Record that a hint was opened."""
        self.questions.session.hint(message.question, message.number)

    # Turning.

    def on_knob_panel_turned(self, message: KnobPanel.Turned) -> None:
        """Turn a knob."""
        if self._is_current_knob(message.knob):
            self._turned(self.controller.turn(message.knob.name, message.value))

    def on_picture_view_touched(self, message: PictureView.Touched) -> None:
        """Turn the knob of what was touched."""
        if self._is_current_knob(message.knob):
            self._turned(self.controller.touch(message.knob.name, message.touch))

    def _is_current_knob(self, knob: AbstractKnob[Any]) -> bool:
        """Whether a knob is still in the laboratory: the page may have changed meanwhile."""
        return self.controller.experiment.knobs.get(knob.name) is knob

    def _turned(self, is_changed: bool) -> None:
        """Show the effect of a turn; a knob that could not be turned shows its old value again."""
        self.query_one(KnobPanel).show(self.controller.experiment, self.controller.values)
        if is_changed:
            self.changed_by_hand()
            self._show_offer()
            self.player.turned()

    def on_laboratory_arranged(self) -> None:
        """Paint the pictures in their new slots."""
        self.player.wake()

    # Actions: pages.

    def action_page(self, by: int) -> None:
        """Turn the page."""
        number = self.at + by
        if number == len(self.lesson.pages):
            self._next_lesson()
        elif number >= 0:
            self.recorder.go_to(number)
            self._set_mode("-read")
            self._open_page(number)

    def _next_lesson(self) -> None:
        """Announce the next lesson; open it if asked again while the notice is shown."""
        now, following = monotonic(), lesson_after(self.entry.path)
        since, self._last_on = now - self._last_on, now
        if since < REPEAT_SECONDS:  # a key that is held, or a double click
            return
        if following and now - self._end_said < NOTICE_SECONDS:
            self.app.clear_notifications()
            self.app.open_lesson(following)
            return
        self._end_said = now
        way = f"n again: next lesson, {following.front.title}; " if following else ""
        words = f"This was the last page. {way}esc: home"
        self.notify(words, timeout=NOTICE_SECONDS, markup=False)

    def action_scroll_lines(self, by: int) -> None:
        """Scroll the page by some lines."""
        self.query_one(Reader).scroll_relative(y=by, animate=False)

    def action_scroll(self, by: int) -> None:
        """Scroll the page by half a window."""
        reader = self.query_one(Reader)
        reader.scroll_relative(y=by * max(1, reader.size.height // 2), animate=False)

    def action_answer(self) -> None:
        """Move the focus to the question."""
        self._set_mode("-read")
        self.query_one(Quiz).enter()
        self.query_one(Reader).reveal("question")

    def action_hint(self) -> None:
        """Open the next hint."""
        self.query_one(Quiz).open_hint()
        self._set_mode("-read")
        self.query_one(Reader).reveal("hint")

    def action_set_up(self) -> None:
        """Set up the laboratory as the page says."""
        if self.page.stage:
            self.changed_by_hand()
            self.stages.set_up(self.page.stage)
            self._show_lab()
            self.show_stage()

    # Actions: the laboratory.

    def action_run(self, name: str, by: int = 0) -> None:
        """Act on the run or its pictures, after bringing the laboratory to the front."""
        self._show_lab()
        RUN_ACTIONS[name](self.player, by)
        if name == "pin":
            words = "Pinned: this run's curves stay on the charts. P removes them."
            self.notify(words, timeout=NOTICE_SECONDS, markup=False)

    def action_knobs(self) -> None:
        """Move the focus to the knobs."""
        self._show_lab()
        self.query_one(KnobPanel).focus()

    def action_zoom(self) -> None:
        """Show only the picture in focus, else the large one; or all of them again."""
        lab, focused = self._lab, self.focused
        lab.is_zoomed = not lab.is_zoomed
        if lab.is_zoomed and isinstance(focused, PictureView):
            self.controller.views.enlarge(focused.view)
            lab.large.focus()
        self._show_lab()
        self.set_class(lab.is_zoomed, "-zoomed")
        lab.show(self.controller)

    def action_copy(self) -> None:
        """Copy the command that reproduces this run."""
        self.controller.apply_pending()
        run = self.controller.run
        command = command_line(self.lesson.path, run)
        self.app.copy_to_clipboard(command)
        title = "Copied: paste it into a shell to reproduce this run"
        self.notify(f"{command}\nstate {run.state_hash[:8]}", title=title, markup=False)

    def action_mode(self) -> None:
        """Switch between the page and the laboratory if there is no room for both."""
        self._set_mode("-lab" if self.has_class("-read") else "-read")

    def _show_lab(self) -> None:
        """Bring the laboratory to the front if there is no room for both."""
        if self.has_class("-narrow"):
            self._set_mode("-lab")

    def _set_mode(self, mode: str) -> None:
        if not self.has_class(mode):
            self.set_class(mode == "-read", "-read")
            self.set_class(mode == "-lab", "-lab")
            self.show_lines()
            self.refresh_bindings()
            if mode == "-read" and self.questions.verdict:
                self.query_one(Reader).reveal("verdict")

    async def action_leave(self) -> None:
        """Go back to the map; a first escape only undoes a zoom or removes the focus."""
        if self._lab.is_zoomed:
            self.action_zoom()
        elif self.focused is not None:
            self.set_focus(None)
        else:
            self.controller.clock.playing = False
            await self.run_action("app.home")
