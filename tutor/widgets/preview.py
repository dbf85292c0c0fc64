"""A preview of a lesson: the first view of its first stage, playing for a few seconds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.timer import Timer

from lessons.catalogue import Entry, load
from tutor.bugs import error_message
from tutor.pictures.cells import Line, Palette
from tutor.widgets.canvas import CanvasWidget

if TYPE_CHECKING:
    from lessons.kit.lesson import Lesson
    from tutor.controller import RunController

DEBOUNCE = 0.35
"""Seconds after which the preview starts, since loading a lesson takes a moment."""
FRAME_SECONDS = 1 / 10
"""Seconds between frames."""
PREVIEW_SECONDS = 12
"""Seconds for which a preview plays: a screen that nobody watches should become idle."""


class Preview(CanvasWidget):
    """Shows one lesson at a time, a moment after it was requested."""

    DEFAULT_CSS = """
    Preview {
        border: round $foreground 20%;
        border-title-color: $foreground;
        border-title-style: bold;
        background: $background;
    }
    """

    @dataclass
    class Failed(Message):
        """The lesson cannot be shown."""

        sentence: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.controller: RunController | None = None
        self._timer: Timer | None = None
        self._frames = 0

    def show(self, entry: Entry) -> None:
        """Show a lesson after a moment; the present picture is cleared at once."""
        self.stop()
        self.controller = None
        self.border_title = ""
        self.repaint()
        if not entry.broken:
            self._timer = self.set_timer(DEBOUNCE, lambda: self._start(entry))

    def stop(self) -> None:
        """Stop playing; the last picture stays."""
        if self._timer:
            self._timer.stop()
        self._timer = None

    def _start(self, entry: Entry) -> None:
        """Set up the lesson's first stage. The engine and the painters are imported only here, long
        after the first screen has been painted."""
        self._timer = None
        if self.screen is not self.app.screen:
            return
        try:
            self._stage(load(entry))
        except Exception as error:  # a broken lesson must not end the program
            self.controller = None
            self.post_message(self.Failed(error_message(error)))

    def _stage(self, lesson: "Lesson") -> None:
        from tutor.controller import RunController

        stage = next((page.stage for page in lesson.pages if page.stage), None)
        lab = lesson.experiment(stage.experiment if stage else "")
        self.controller = RunController(lab, 0, self._warn, stage.scene if stage else {})
        if stage:
            self.controller.stage(stage)
        self._frames = round(PREVIEW_SECONDS / FRAME_SECONDS)
        self.border_title = self._title()
        self.repaint()
        if self.controller.run.has_steps and not self.controller.is_algorithm:
            self._timer = self.set_interval(FRAME_SECONDS, self._next)

    def _warn(self, sentence: str) -> None:
        self.post_message(self.Failed(sentence))

    def _title(self) -> str:
        controller = self.controller
        title = controller.picture(controller.views.large).title if controller else ""
        return title.replace("[", "\\[")

    def _next(self) -> None:
        self._frames -= 1
        controller = self.controller
        if controller is None or self._frames < 0 or controller.run.status != "running":
            self.stop()
        else:
            controller.slice(FRAME_SECONDS)
            self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The large view of the stage."""
        if self.controller is None:
            return []
        from tutor.pictures.paint import paint

        picture = self.controller.picture(self.controller.views.large)
        return paint(picture, width, height, palette)
