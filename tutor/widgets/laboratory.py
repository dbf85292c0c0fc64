"""The laboratory: the large picture of an experiment, and as many others as fit."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message

from tutor.controller import RunController
from tutor.widgets.picture import PictureView

LARGE = "large"
SLOTS: Mapping[int, tuple[str, ...]] = {
    1: (LARGE,),
    3: (LARGE, "lower_left", "lower_right"),
    5: (LARGE, "side_top", "side_bottom", "lower_left", "lower_right"),
}
"""The slots in the order in which they are filled, by their number."""


def picture_count(width: int, height: int) -> int:
    """How many pictures fit into a laboratory of width × height cells.

    >>> picture_count(80, 18), picture_count(72, 34), picture_count(112, 45)
    (1, 3, 5)
    """
    if width < 60 or height < 22:
        return 1
    return 5 if width >= 100 else 3


class Laboratory(Container):
    """Shows the views of one controller. Pictures are computed and painted one at a time, by
    `paint_next`, and only if they are on the screen."""

    DEFAULT_CSS = """
    Laboratory { layout: horizontal; }
    Laboratory #main { width: 3fr; }
    Laboratory #large { height: 3fr; }
    Laboratory #lower { height: 2fr; }
    Laboratory #side { width: 2fr; }
    """

    @dataclass
    class Arranged(Message):
        """The pictures were rearranged and must be painted."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.is_zoomed = False
        """Whether only the large picture is shown."""
        self._controller: RunController | None = None
        self._shown: dict[PictureView, str] = {}
        self._stale: list[PictureView] = []

    def compose(self) -> ComposeResult:
        """Five slots, of which those without room are hidden."""
        with Vertical(id="main"):
            yield PictureView(id=LARGE)
            with Horizontal(id="lower"):
                yield PictureView(id="lower_left")
                yield PictureView(id="lower_right")
        with Vertical(id="side"):
            yield PictureView(id="side_top")
            yield PictureView(id="side_bottom")

    @property
    def large(self) -> PictureView:
        """The large picture."""
        return self.query_one(f"#{LARGE}", PictureView)

    def show(self, controller: RunController) -> None:
        """Show a controller, or other views of it."""
        self._controller = controller
        slots = SLOTS[1 if self.is_zoomed else picture_count(*self.size)]
        used = dict(zip(slots, controller.views.shown(len(slots)), strict=False))
        pictures = {picture.id or "": picture for picture in self.query(PictureView)}
        for name, picture in pictures.items():
            picture.display = name in used or name == LARGE
        self.query_one("#lower").display = "lower_left" in used
        self.query_one("#side").display = "side_top" in used
        self._shown = {pictures[slot]: view for slot, view in used.items()}
        self._stale = list(self._shown)
        self.post_message(self.Arranged())

    def on_resize(self, event: events.Resize) -> None:
        """Show as many pictures as fit now."""
        if self._controller:
            self.show(self._controller)

    def invalidate(self, by_hand: bool = False) -> None:
        """Mark all visible pictures to be painted again, since the run has changed.

        After a turn by hand, the one in focus comes first, else the large one.
        """
        self._stale += [picture for picture in self._shown if picture not in self._stale]
        if by_hand:
            first = next((one for one in self._stale if one.has_focus), self.large)
            self._stale.sort(key=lambda picture: picture is not first)

    @property
    def is_stale(self) -> bool:
        """Whether a picture on the screen is older than the run."""
        return bool(self._stale) and self.display

    def paint_next(self) -> None:
        """Compute and paint one picture."""
        if self._stale and self._controller:
            picture, controller = self._stale.pop(0), self._controller
            view = self._shown[picture]
            picture.show(
                view,
                controller.picture(view),
                controller.views.label(view),
                controller.experiment.knobs,
                controller.values,
            )
