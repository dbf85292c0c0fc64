"""The player: what goes on in a laboratory from tick to tick, and what its keys do."""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Protocol

from textual.timer import Timer

from tutor.clock import Turns
from tutor.controller import RunController
from tutor.stages import Stages
from tutor.widgets.laboratory import Laboratory

LATEST = 0.25
"""Seconds that a slice makes up for at most, after something else took long."""


class Onlooker(Protocol):
    """Whoever looks at the run while it is played: the lesson with its question."""

    def stop_step(self) -> int | None:
        """A step that the run must not jump over, since something is decided there."""

    def judge_run(self) -> None:
        """The run has changed: see whether it decides something."""

    def changed_by_hand(self) -> None:
        """The learner took the run out of its course."""

    def show_stage(self) -> None:
        """Other knobs, or another run: show them."""

    def show_lines(self) -> None:
        """Show how far the run is."""


class Player:
    """Plays the experiment that is in the laboratory: one slice or one picture a tick.

    Args:
        stages: the experiments of the lesson.
        lab: where their pictures are shown.
        onlooker: is asked and told while the run goes on.
        last_input: when the learner last did something, by `time.monotonic`.
    """

    def __init__(
        self,
        stages: Stages,
        lab: Laboratory,
        onlooker: Onlooker,
        last_input: Callable[[], float],
    ) -> None:
        self._stages, self._lab, self._onlooker = stages, lab, onlooker
        self._last_input = last_input
        self.timer: Timer | None = None
        """Calls `tick` while there is something to do."""
        self._turns, self._is_by_hand, self._last_slice = Turns(), False, 0.0

    @property
    def _controller(self) -> RunController:
        return self._stages.current

    def wake(self) -> None:
        """There is something to do."""
        if self.timer:
            self.timer.resume()

    def tick(self) -> None:
        """A slice of the run, a rebuild, or one picture, so that no key waits for more."""
        controller, now = self._controller, monotonic()
        self._turns.last_input = self._last_input()
        act = self._turns.take(
            now,
            due=controller.is_due(),
            by_hand=self._is_by_hand and self._lab.is_stale,
            playing=controller.clock.playing,
            stale=self._lab.is_stale,
        )
        if act == "rebuild":
            controller.settle()
            self.turned()
        elif act == "slice":
            self._slice(now)
        elif act == "frame":
            self._is_by_hand = False
            self._lab.paint_next()
            self._onlooker.show_lines()
        elif act == "rest" and not controller.is_pending and self.timer:
            self.timer.pause()

    def _slice(self, now: float) -> None:
        elapsed, self._last_slice = min(now - self._last_slice, LATEST), now
        controller = self._controller
        if controller.slice(elapsed, self._onlooker.stop_step()):
            self._lab.invalidate()
            self._onlooker.judge_run()
            if not self._lab.display:  # no frame will show how far the run is
                self._onlooker.show_lines()
        if controller.run.status != "running":
            self.pause()

    def start(self) -> None:
        """Play on."""
        self._controller.clock.playing = True
        self._last_slice = monotonic()
        self.wake()

    def pause(self) -> None:
        """Stand still."""
        self._controller.clock.playing = False
        self._onlooker.show_lines()

    def turned(self) -> None:
        """A knob was turned, or its turn was put to use: judge and paint what came of it."""
        if not self._controller.is_pending:
            self._onlooker.judge_run()
            self._lab.invalidate(by_hand=True)
            self._is_by_hand = True
        self.wake()

    def _changed(self) -> None:
        """The run stands elsewhere: judge and paint it."""
        self._onlooker.judge_run()
        self._lab.invalidate(by_hand=True)
        self._is_by_hand = True
        self._onlooker.show_lines()
        self.wake()

    # What the keys do.

    def play(self, _: int = 0) -> None:
        """Play, or pause; a run that has ended begins again."""
        if self._controller.clock.playing:
            self.pause()
            return
        self._controller.settle()
        if self._controller.run.status != "running":
            self.reset()
        self.start()
        self._onlooker.show_lines()

    def step(self, by: int) -> None:
        """Make one step, or go one back."""
        self._controller.clock.playing = False
        self._controller.step(by)
        self._changed()

    def end(self, way: int) -> None:
        """Go to the last record of a walk, or before the first."""
        self.step(way * self._controller.experiment.budget)

    def reset(self, _: int = 0) -> None:
        """Begin the run again with its knobs; a still goes back to its scene."""
        self._onlooker.changed_by_hand()
        self._controller.reset()
        self._onlooker.show_stage()
        self._changed()

    def reseed(self, _: int = 0) -> None:
        """Begin the run again with other chances."""
        self._onlooker.changed_by_hand()
        self._controller.reset(self._controller.run.seed + 1)
        self._changed()

    def speed(self, by: int) -> None:
        """Faster or slower."""
        self._controller.clock.faster(by)
        self._onlooker.show_lines()

    def pin(self, _: int = 0) -> None:
        """Keep the present run on the charts as a ghost."""
        self._controller.pin()
        self._changed()

    def unpin(self, _: int = 0) -> None:
        """Take the ghosts off the charts."""
        self._controller.unpin()
        self._changed()

    def view(self, by: int) -> None:
        """Bring another view to the large place."""
        self._controller.views.rotate(by)
        self._lab.show(self._controller)


DEEDS: Mapping[str, Callable[[Player, int], None]] = {
    "play": Player.play,
    "step": Player.step,
    "end": Player.end,
    "reset": Player.reset,
    "restore": Player.reset,
    "reseed": Player.reseed,
    "speed": Player.speed,
    "pin": Player.pin,
    "unpin": Player.unpin,
    "view": Player.view,
}
"""What an action `run(name, by)` does."""
