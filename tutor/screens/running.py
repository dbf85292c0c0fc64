"""A screen with a run on it: played, stepped, turned, pinned, shown."""

from abc import abstractmethod
from collections.abc import Mapping
from time import monotonic

from textual import events
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from engine.errors import DltutorError
from lessons.kit.failures import Failure
from lessons.kit.lesson import Lesson
from lessons.kit.run import Run
from tutor.clock import HUSH, TICK, Clock
from tutor.widgets.knobs import KnobPanel
from tutor.widgets.lab import Lab
from tutor.widgets.transport import Transport


class AbstractRunScreen(Screen[None]):
    """The laboratory half of a lesson: the clock and everything that is done to a run.

    A final screen composes a Lab, a KnobPanel, a Transport and a `#notice`, gives keys to the
    actions, and says what else is to be shown and watched.
    """

    def __init__(self, lesson: Lesson, seed: int) -> None:
        super().__init__()
        self.lesson = lesson
        self.clock = Clock(Run(lesson, seed))
        self._last_slice = self._last_input = 0.0
        self._is_slice = False
        self._failure: Failure | None = None
        self._timer: Timer | None = None

    @abstractmethod
    def _stop(self) -> int | None:
        """A step that the run must not jump over, since something is decided there."""

    @abstractmethod
    def _watch(self) -> None:
        """Look at the run after some steps."""

    @abstractmethod
    def _changed_by_hand(self) -> None:
        """The learner turned, reset or replaced the run."""

    @abstractmethod
    def _show_all(self) -> None:
        """Show everything as it stands."""

    def _warn(self, sentence: str) -> None:
        self.notify(sentence, severity="error")

    @property
    def run_(self) -> Run:
        """The learner's run."""
        return self.clock.run

    def on_mount(self) -> None:
        """Show the knobs, and make the clock, stopped."""
        self.query_one(KnobPanel).show(self.run_.settings)
        self._timer = self.set_interval(TICK, self._tick, pause=True)

    def _tick(self) -> None:
        """A slice of the run or one picture, in turns, so that no key waits for more than one."""
        now = monotonic()
        if now - self._last_input < HUSH:
            return
        self._is_slice = not self._is_slice
        if not self._is_slice:
            self.query_one(Transport).show_run(self.clock)
            self.query_one(Lab).show_next(self.run_)
            self._show_notice()
            return
        elapsed, self._last_slice = min(now - self._last_slice, 0.25), now
        self.clock.slice(elapsed, self._stop())
        self._watch()
        if self.run_.status != "running":
            self._pause()
            self._show_all()

    async def on_event(self, event: events.Event) -> None:
        """Note when the learner last did something."""
        if isinstance(event, events.InputEvent):
            self._last_input = monotonic()
        await super().on_event(event)

    def _pause(self) -> None:
        self.clock.playing = False
        if self._timer:
            self._timer.pause()

    def _play(self) -> None:
        self.clock.playing = True
        self._last_slice = monotonic()
        if self._timer:
            self._timer.resume()

    def _show_run(self) -> None:
        self.query_one(Transport).show_run(self.clock)
        self._show_notice()
        self.query_one(KnobPanel).show(self.run_.settings)
        self.query_one(Lab).show(self.run_)

    def _show_notice(self) -> None:
        failure = self.run_.failure
        if failure is self._failure:
            return
        self._failure = failure
        notice = self.query_one("#notice", Static)
        notice.display = failure is not None
        if failure:
            notice.update(f"✖ {failure.name}. {failure.why} {failure.cure}")

    def _set_scene(self, scene: Mapping[str, object]) -> None:
        """Begin a fresh run with the knobs that a page or a question wants."""
        self.clock.run = Run(self.lesson, self.run_.seed, scene)
        self._show_all()

    def action_play(self) -> None:
        """Play, or pause; a run that has ended begins again."""
        if self.clock.playing:
            self._pause()
        else:
            if self.run_.status != "running":
                self.action_reset()
            self._play()
        self._show_all()

    def action_step(self) -> None:
        """Make one step."""
        self._pause()
        self.run_.advance(1)
        self._watch()
        self._show_all()

    def action_reset(self) -> None:
        """Begin the run again, from the same start."""
        self._changed_by_hand()
        self.run_.reset()
        self._show_all()

    def action_reseed(self) -> None:
        """Begin the run again with other chances."""
        self._changed_by_hand()
        self.run_.reset(self.run_.seed + 1)
        self._show_all()

    def action_speed(self, by: int) -> None:
        """Faster or slower."""
        self.clock.faster(by)
        self.query_one(Transport).show_run(self.clock)

    def action_pin(self) -> None:
        """Keep the present run on the chart as a ghost."""
        self.query_one(Lab).pin(self.run_)
        self.notify(f"Pinned at {self.run_.simulation.unit} {self.run_.steps}.", timeout=2)
        self._show_all()

    def action_unpin(self) -> None:
        """Take the ghosts off the chart."""
        self.query_one(Lab).pinned = ()
        self._show_all()

    def action_view(self, by: int) -> None:
        """Show the next pictures."""
        self.query_one(Lab).rotate(by, self.run_)

    def on_knob_panel_turned(self, message: KnobPanel.Turned) -> None:
        """Turn a knob, in mid-run."""
        before = self.run_.settings
        try:
            self.run_.turn(message.name, message.value)
        except DltutorError as error:
            self._warn(str(error))
        if self.run_.settings is not before:
            self._changed_by_hand()
        self.query_one(KnobPanel).show(self.run_.settings)
        if not self.clock.playing:
            self._show_all()
