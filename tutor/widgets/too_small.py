"""What a screen shows when its window is too small for anything else."""

from textual.geometry import Size
from textual.widgets import Static


class TooSmall(Static):
    """One sentence in place of the screen, which gets the class `-tiny`."""

    DEFAULT_CSS = """
    TooSmall { display: none; width: 1fr; height: 1fr; content-align: center middle; }
    """

    def __init__(self, least: Size) -> None:
        super().__init__(markup=False)
        self._least = least

    def measure(self, size: Size) -> None:
        """Replace the screen if a window of this size is too small, else reveal it."""
        tiny = size.width < self._least.width or size.height < self._least.height
        self.display = tiny
        self.screen.set_class(tiny, "-tiny")
        self.update(f"dltutor needs a window of 80 × 24; this one is {size.width} × {size.height}.")
