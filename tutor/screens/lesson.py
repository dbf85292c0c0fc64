"""The lesson: read, turn, watch, answer."""

from time import monotonic
from typing import ClassVar

import numpy as np
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from engine.errors import DltutorError
from lessons.catalogue import Entry, subjects
from lessons.kit.checks import Choice, Goal, Number, Predict, Verdict
from lessons.kit.lesson import Lesson, Step
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Picture, Table
from lessons.kit.run import Run
from tutor.clock import FRAME, Clock, speed_name
from tutor.progress.store import Store
from tutor.widgets.chips import Chip, ChipBar
from tutor.widgets.keybar import KeyBar
from tutor.widgets.knobs import KnobPanel
from tutor.widgets.picture import PictureView
from tutor.widgets.quiz import Asked, Quiz, options_of
from tutor.widgets.reader import PageText, Reader

PINNED = 3
"""Ghosts that a chart can bear."""


class LessonScreen(Screen[None]):
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
        Binding("space", "play", "play/pause"),
        Binding("s", "step", "step"),
        Binding("r", "reset", "reset"),
        Binding("n,pagedown", "page(1)", "next"),
        Binding("N,b,pageup", "page(-1)", "back"),
        Binding("k", "knobs", "knobs"),
        Binding("a", "answer", "answer"),
        Binding("h", "hint", "hint"),
        Binding("l", "mode", "read/lab"),
        Binding("c", "scene", "try it"),
        Binding("p", "pin", "pin run"),
        Binding("v", "view(1)", "pictures"),
        Binding("V", "view(-1)", "pictures back", show=False),
        Binding("full_stop,greater_than_sign", "speed(1)", "faster", show=False),
        Binding("comma,less_than_sign", "speed(-1)", "slower", show=False),
        Binding("f", "speed(9)", "full speed", show=False),
        Binding("R", "reseed", "new seed", show=False),
        Binding("P", "unpin", "drop the pinned runs", show=False),
        Binding("j", "scroll(1)", "scroll the page down", show=False),
        Binding("i", "scroll(-1)", "scroll the page up", show=False),
        Binding("escape", "leave", "home"),
    ]

    def __init__(self, entry: Entry, lesson: Lesson, store: Store, seed: int = 0) -> None:
        super().__init__()
        self.entry, self.lesson, self.store = entry, lesson, store
        self.clock = Clock(Run(lesson, seed))
        self.pinned: tuple[Run, ...] = ()
        progress = store.progress(entry.path)
        self.passed = set(progress.passed)
        self.at = min(progress.step, len(lesson.steps) - 1)
        self._answers = len(store.answers(entry.path))
        self._first_picture = 0
        self._turn = 0
        self._last_slice = 0.0
        self._predicted: int | None = None
        self._goal_set = False
        self._timer: Timer | None = None

    @property
    def run_(self) -> Run:
        """The learner's run."""
        return self.clock.run

    @property
    def step(self) -> Step:
        """The page that is open."""
        return self.lesson.steps[self.at]

    def compose(self) -> ComposeResult:
        """Title, reading side, laboratory, transport, keys."""
        yield ChipBar(id="title")
        with Container(id="body"):
            with Vertical(id="left"):
                yield Reader(id="reader")
                yield KnobPanel(id="knobs")
            with Vertical(id="lab"):
                yield PictureView(id="chart")
                with Horizontal(id="lower"):
                    yield PictureView(id="first", classes="slot")
                    yield PictureView(id="second", classes="slot")
            with Vertical(id="side"):
                yield PictureView(id="third", classes="slot")
                yield PictureView(id="fourth", classes="slot")
        yield Static(id="notice", markup=False)
        yield ChipBar(id="transport")
        yield KeyBar()
        yield Static(id="tiny", markup=False)

    def on_mount(self) -> None:
        """Open the lesson in the learner's history, and start the clock, stopped."""
        lesson = self.lesson
        self.store.open_lesson(
            self.entry.path, steps=len(lesson.steps), checks=len(lesson.checks)
        )
        self._timer = self.set_interval(FRAME, self._tick, pause=True)
        self.query_one(KnobPanel).show(self.run_.settings)
        self.set_class(True, "-read")
        self._open_page(self.at)
        self.call_after_refresh(self._show_all)

    def on_resize(self, event: events.Resize) -> None:
        """Say so when the window is too small for a lesson."""
        width, height = event.size
        tiny = width < 60 or height < 16
        self.set_class(tiny, "-tiny")
        if tiny:
            self.query_one("#tiny", Static).update(
                f"dltutor needs a window of 80 × 24; this one is {width} × {height}."
            )
        self.call_after_refresh(self._show_all)

    # The clock.

    def _tick(self) -> None:
        """One slice, then at most one picture: no key waits for more than that."""
        now = monotonic()
        elapsed, self._last_slice = min(now - self._last_slice, 0.25), now
        self.clock.slice(elapsed)
        self._turn += 1
        self._show_one(self._turn)
        self._watch()
        if self.run_.status != "running":
            self._pause()
            self._show_all()

    def _pause(self) -> None:
        self.clock.playing = False
        if self._timer:
            self._timer.pause()

    def _play(self) -> None:
        self.clock.playing = True
        self._last_slice = monotonic()
        if self._timer:
            self._timer.resume()

    def _watch(self) -> None:
        """See whether the run has decided the page's question."""
        check = self.step.check
        if isinstance(check, Predict) and self._predicted is not None:
            if self.run_.steps >= check.steps or self.run_.status != "running":
                picked, self._predicted = self._predicted, None
                self._graded(check.name, str(picked), check.grade(picked, self.run_))
        elif isinstance(check, Goal) and check.name not in self.passed and self.run_.steps:
            verdict = check.grade(self.run_)
            if verdict.ok:
                self._graded(check.name, "", verdict)

    # What is shown.

    def _pictures(self) -> list[Picture]:
        pictures = list(self.run_.simulation.pictures())
        oracles = self.run_.simulation.oracles()
        if oracles:
            pictures.insert(1, oracle_table(oracles))
        return pictures

    def _slots(self) -> list[PictureView]:
        return [slot for slot in self.query(".slot").results(PictureView) if slot.size.area]

    def _show_one(self, turn: int) -> None:
        """The chart and the other pictures in turns, the transport always."""
        self._show_transport()
        slots = self._slots()
        which = turn % (len(slots) + 1) if slots else 0
        if which == 0:
            self.query_one("#chart", PictureView).show(self.run_.chart(self.pinned))
        else:
            self._show_slot(slots[which - 1], which - 1, self._pictures())

    def _show_slot(self, slot: PictureView, place: int, pictures: list[Picture]) -> None:
        count = len(pictures)
        if place >= count:
            slot.show(None)
            return
        number = (self._first_picture + place) % count
        slot.show(pictures[number], f"{number + 1}/{count}" if count > len(self._slots()) else "")

    def _show_all(self) -> None:
        if not self.is_attached:
            return
        self._show_title()
        self._show_transport()
        self._show_notice()
        self.query_one(KnobPanel).show(self.run_.settings)
        self.query_one("#chart", PictureView).show(self.run_.chart(self.pinned))
        pictures = self._pictures()
        for place, slot in enumerate(self._slots()):
            self._show_slot(slot, place, pictures)

    def _show_title(self) -> None:
        subject = next(s.front.title for s in subjects() if s.name == self.entry.subject)
        dots = "".join(
            "◉" if i == self.at else "●" if step.check and step.check.name in self.passed else "○"
            for i, step in enumerate(self.lesson.steps)
        )
        wide = self.size.width >= 70
        self.query_one("#title", ChipBar).show(
            [
                Chip(" dltutor", "screen.leave", "accent", bold=True),
                Chip(f" ▸ {subject}" if wide else "", "screen.leave", "muted"),
                Chip(f" ▸ {self.lesson.front.title}", bold=True),
                Chip("", fill=True),
                Chip("‹ ", "screen.page(-1)", "accent"),
                Chip(f"{self.at + 1} of {len(self.lesson.steps)}  {dots}", "screen.page(1)"),
                Chip(" ›", "screen.page(1)", "accent"),
                Chip(f"  ✓ {len(self.passed)}/{len(self.lesson.checks)} ", "screen.answer", "good"),
            ]
        )

    def _show_transport(self) -> None:
        run, clock = self.run_, self.clock
        play = "⏸ pause" if clock.playing else "▶ play "
        status = {"running": "", "converged": "■ arrived", "diverged": "✖ diverged"}[run.status]
        numbers = "  ".join(f"{name} {value:.4g}" for name, value in run.metrics.items())
        self.query_one("#transport", ChipBar).show(
            [
                Chip(f" {play} ", "screen.play", "accent", bold=True),
                Chip(" ⇥ step ", "screen.step", "accent"),
                Chip(" ↺ reset ", "screen.reset", "accent"),
                Chip("  ‹ ", "screen.speed(-1)", "accent"),
                Chip(f"{speed_name(clock.speed):^6}"),
                Chip(" ›  ", "screen.speed(1)", "accent"),
                Chip(f"{run.simulation.unit} {run.steps}", bold=True),
                Chip(f"  {numbers}" if self.size.width >= 110 else "", tone="muted"),
                Chip("", fill=True),
                Chip(f"{status} ", tone="bad" if run.status == "diverged" else "good", bold=True),
                Chip(f" seed {run.seed} ", "screen.reseed", "muted"),
            ]
        )

    def _show_notice(self) -> None:
        notice = self.query_one("#notice", Static)
        failure = self.run_.failure
        notice.display = failure is not None
        if failure:
            notice.update(f"✖ {failure.name}. {failure.why} {failure.cure}")

    # Pages and questions.

    def _open_page(self, number: int) -> None:
        self.at = number
        step = self.step
        self.query_one(PageText).show(step.title, step.text)
        reader = self.query_one(Reader)
        reader.border_title = "Read"
        reader.border_subtitle = "c: try it" if step.scene else ""
        reader.scroll_home(animate=False)
        self._predicted = None
        self.query_one(Quiz).ask(self._asked())

    def _asked(self) -> Asked | None:
        check = self.step.check
        if check is None:
            return None
        done = check.name in self.passed
        verdict = Verdict(True, "Answered.") if done else None
        if isinstance(check, Number):
            question = check.variant(np.random.default_rng(self._answers))
            verdict = Verdict(True, question.why) if done else None
            return Asked(check, question.ask, (), question.hints, verdict=verdict,
                         question=question)  # fmt: skip
        if done:
            verdict = Verdict(True, check.why)
        note = ""
        if isinstance(check, Goal):
            note = f"Within {check.budget} {self.run_.simulation.unit}s of a reset."
        picked = check.answer if done and isinstance(check, Choice) else None
        return Asked(check, check.ask, tuple(options_of(check)), check.hints, verdict=verdict,
                     note="" if done else note, picked=picked)  # fmt: skip

    def on_quiz_answered(self, message: Quiz.Answered) -> None:
        """Grade an answer, or let a run decide it."""
        check, answer = message.check, message.answer
        asked = self.query_one(Quiz).asked
        if isinstance(check, Choice) and isinstance(answer, int):
            self._graded(check.name, check.options[answer], check.grade(answer))
        elif isinstance(check, Predict) and isinstance(answer, int):
            self._predicted = answer
            self._set_scene(check.scene)
            self.query_one(Quiz).tell(None, f"Noted. The run decides, {check.steps} steps.")
            self.clock.speed = max(self.clock.speed, 250)
            self._play()
        elif isinstance(check, Number) and asked and asked.question:
            try:
                verdict = asked.question.grade(str(answer))
            except DltutorError as error:
                self.query_one(Quiz).tell(Verdict(False, str(error)))
                return
            self._graded(check.name, str(answer), verdict)

    def _graded(self, name: str, answer: str, verdict: Verdict) -> None:
        """Write an answer down, then say what it is worth."""
        self.store.append(
            "answer", self.entry.path, item=name, correct=verdict.ok, detail={"answer": answer}
        )
        if verdict.ok:
            self.passed.add(name)
            if all(check.name in self.passed for check in self.lesson.checks):
                self.store.append("done", self.entry.path)
                self.notify("Every question of this lesson is answered.", title="Lesson done")
        self.query_one(Quiz).tell(verdict)
        self._show_title()

    def on_quiz_hint_opened(self, message: Quiz.HintOpened) -> None:
        """Note that a hint was needed."""
        self.store.append(
            "hint", self.entry.path, item=message.check.name, detail={"hint": message.number}
        )

    def _set_scene(self, scene: object) -> None:
        """Begin a fresh run with the knobs that a page or a question wants."""
        values = dict(self.lesson.settings()) | dict(scene)  # type: ignore[call-overload]
        self.clock.run = Run(self.lesson, self.run_.seed, values)
        self._show_all()

    # Actions.

    def action_play(self) -> None:
        """Play, or pause."""
        if self.clock.playing:
            self._pause()
        elif self.run_.status == "running":
            self._play()
        else:
            self.notify("This run has ended: reset it (r), or turn a knob and reset.")
        self._show_all()

    def action_step(self) -> None:
        """Make one step."""
        self._pause()
        self.run_.advance(1)
        self._watch()
        self._show_all()

    def action_reset(self) -> None:
        """Begin the run again, from the same start."""
        self._predicted = None
        self.run_.reset()
        self._show_all()

    def action_reseed(self) -> None:
        """Begin the run again with other chances."""
        self.run_.reset(self.run_.seed + 1)
        self._show_all()

    def action_speed(self, by: int) -> None:
        """Faster or slower."""
        self.clock.faster(by)
        self._show_transport()

    def action_page(self, by: int) -> None:
        """Turn the page."""
        number = min(len(self.lesson.steps) - 1, max(0, self.at + by))
        if number != self.at:
            self.store.go_to(self.entry.path, number)
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
            self.notify("There is no further hint." if self.step.check else "Nothing is asked here.")
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
        self._set_scene(scene)
        if self.has_class("-narrow"):
            self._set_mode("-lab")
        self._play()

    def action_pin(self) -> None:
        """Keep the present run on the chart as a ghost."""
        self.pinned = (*self.pinned, self.run_.branch())[-PINNED:]
        self.notify(f"Pinned at {self.run_.simulation.unit} {self.run_.steps}.", timeout=2)
        self._show_all()

    def action_unpin(self) -> None:
        """Take the ghosts off the chart."""
        self.pinned = ()
        self._show_all()

    def action_view(self, by: int) -> None:
        """Show the next pictures."""
        self._first_picture = (self._first_picture + by) % max(1, len(self._pictures()))
        self._show_all()

    def action_leave(self) -> None:
        """Back to the map; a first escape only takes the keys off a panel."""
        if self.focused is not None:
            self.set_focus(None)
            return
        self._pause()
        self.app.action_home()

    def on_knob_panel_turned(self, message: KnobPanel.Turned) -> None:
        """Turn a knob, in mid-run."""
        try:
            self.run_.turn(message.name, message.value)
        except DltutorError as error:
            self.notify(str(error), severity="error")
        self.query_one(KnobPanel).show(self.run_.settings)
        if not self.clock.playing:
            self._show_all()


def oracle_table(oracles: tuple[Oracle, ...]) -> Table:
    """Predictions beside measurements.

    >>> oracle_table((Oracle("rate", 0.98, 0.98, 0.01),)).rows
    (('rate', '0.98', '0.98', '✓'),)
    """
    signs = {True: "✓", False: "✗ differs", None: "…"}
    rows = tuple(
        (o.name, f"{o.predicted:.6g}", f"{o.measured:.6g}" if o.ok is not None else "", signs[o.ok])
        for o in oracles
    )
    return Table("Oracles", ("law", "predicted", "measured", ""), rows)
