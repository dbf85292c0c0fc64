"""A screen that takes the size that the window has, and none that it had."""

from textual import events
from textual.screen import Screen


class PresentSize:
    """Ignores sizes of the past; to be named before a class of screens.

    A screen of Textual that has taken a size tells itself so. Of two sizes that come at once, each
    would bring back the other, without end, and no key would be heard.
    """

    async def _on_resize(self, event: events.Resize) -> None:
        assert isinstance(self, Screen)
        if event.size != self.app.size:
            event.stop()
            event.prevent_default()
