"""The player: what a laboratory does at each tick, and what its keys do."""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Protocol

from textual.timer import Timer

from tutor.clock import Scheduler
from tutor.controller import RunController
from tutor.stages import Stages
from tutor.widgets.laboratory import Laboratory

MAX_CATCH_UP = 0.25
"""The most seconds that a slice makes up for, after something else took long."""


class RunObserver(Protocol):
    """What observes the run while it plays: the lesson screen with its question."""

    def stop_step(self) -> int | None:
        """A step that the run must not skip, since something is decided there."""

    def judge_run(self) -> None:
        """The run has changed: check whether it decides something."""

    def changed_by_hand(self) -> None:
        """The learner changed the run."""

    def show_stage(self) -> None:
        """The knobs or the run were replaced: show them."""

    def show_lines(self) -> None:
        """Show how far the run is."""


class RunPlayer:
    """Plays the experiment in the laboratory: one slice or one picture per tick.

    Args:
        stages: the experiments of the lesson.
        lab: where their pictures are shown.
        observer: is queried and notified while the run plays.
        last_input: the time of the last input, by `time.monotonic`.
    """

    def __init__(
        self,
        stages: Stages,
        lab: Laboratory,
        observer: RunObserver,
        last_input: Callable[[], float],
    ) -> None:
        self._stages, self._lab, self._observer = stages, lab, observer
        self._last_input = last_input
        self.timer: Timer | None = None
        """Calls `tick` while there is something to do."""
        self._scheduler, self._is_by_hand, self._last_slice = Scheduler(), False, 0.0

    @property
    def _controller(self) -> RunController:
        return self._stages.current

    def wake(self) -> None:
        """Resume the ticks, since there is something to do."""
        if self.timer:
            self.timer.resume()

    def tick(self) -> None:
        """Run a slice, rebuild, or paint one picture, so that no key waits for more."""
        controller, now = self._controller, monotonic()
        self._scheduler.last_input = self._last_input()
        task = self._scheduler.next_task(
            now,
            due=controller.is_due(),
            by_hand=self._is_by_hand and self._lab.is_stale,
            playing=controller.clock.playing,
            stale=self._lab.is_stale,
        )
        if task == "rebuild":
            controller.apply_pending()
            self._observer.show_stage()  # a value that was refused has gone back
            self.turned()
        elif task == "slice":
            self._slice(now)
        elif task == "frame":
            self._is_by_hand = False
            self._lab.paint_next()
            self._observer.show_lines()
        elif task == "rest" and not controller.is_pending and self.timer:
            self.timer.pause()

    def _slice(self, now: float) -> None:
        elapsed, self._last_slice = min(now - self._last_slice, MAX_CATCH_UP), now
        controller = self._controller
        if controller.slice(elapsed, self._observer.stop_step()):
            self._lab.invalidate()
            self._observer.judge_run()
            if not self._lab.display:  # no frame will show how far the run is
                self._observer.show_lines()
        if controller.run.status != "running":
            self.pause()

    def start(self) -> None:
        """Start or resume playing."""
        self._controller.clock.playing = True
        self._last_slice = monotonic()
        self.wake()

    def pause(self) -> None:
        """Stop playing."""
        self._controller.clock.playing = False
        self._observer.show_lines()

    def turned(self) -> None:
        """A knob was turned or its value applied: judge and paint the result."""
        if not self._controller.is_pending:
            self._observer.judge_run()
            self._lab.invalidate(by_hand=True)
            self._is_by_hand = True
        self.wake()

    def _changed(self) -> None:
        """The run has moved: judge and paint it."""
        self._observer.judge_run()
        self._lab.invalidate(by_hand=True)
        self._is_by_hand = True
        self._observer.show_lines()
        self.wake()

    # What the keys do.

    def play(self, _: int = 0) -> None:
        """Play or pause; a run that has ended restarts."""
        if self._controller.clock.playing:
            self.pause()
            return
        self._controller.apply_pending()
        if self._controller.run.status != "running":
            self.reset()
        self.start()
        self._observer.show_lines()

    def step(self, by: int) -> None:
        """Make one step forwards or backwards."""
        self._controller.clock.playing = False
        self._controller.step(by)
        self._changed()

    def end(self, way: int) -> None:
        """Go to the last record of an algorithm, or to before the first."""
        self.step(way * self._controller.experiment.budget)

    def reset(self, _: int = 0) -> None:
        """Restart the run with its knobs; a static experiment returns to its scene."""
        self._observer.changed_by_hand()
        self._controller.reset()
        self._observer.show_stage()
        self._changed()

    def reseed(self, _: int = 0) -> None:
        """Restart the run with another seed."""
        self._observer.changed_by_hand()
        self._controller.reset(self._controller.run.seed + 1)
        self._changed()

    def speed(self, by: int) -> None:
        """Faster or slower."""
        self._controller.clock.change_speed(by)
        self._observer.show_lines()

    def pin(self, _: int = 0) -> None:
        """Keep the present run on the charts as a ghost."""
        self._controller.pin()
        self._changed()

    def unpin(self, _: int = 0) -> None:
        """Remove the ghosts from the charts."""
        self._controller.unpin()
        self._changed()

    def view(self, by: int) -> None:
        """Move another view to the large slot."""
        self._controller.views.rotate(by)
        self._lab.show(self._controller)


RUN_ACTIONS: Mapping[str, Callable[[RunPlayer, int], None]] = {
    "play": RunPlayer.play,
    "step": RunPlayer.step,
    "end": RunPlayer.end,
    "reset": RunPlayer.reset,
    "restore": RunPlayer.reset,
    "reseed": RunPlayer.reseed,
    "speed": RunPlayer.speed,
    "pin": RunPlayer.pin,
    "unpin": RunPlayer.unpin,
    "view": RunPlayer.view,
}
"""What the action `run(name, by)` does, by name."""
