"""The reading side of a lesson: one page of text, and its question below."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Size

from tutor.pictures.cells import Line, Palette, Span
from tutor.pictures.page import page
from tutor.widgets.canvas import Canvas
from tutor.widgets.quiz import Quiz


class PageText(Canvas):
    """A page's title and text, as high as it needs."""

    DEFAULT_CSS = "PageText { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self._title = self._text = ""

    def show(self, title: str, text: str) -> None:
        """Show another page."""
        self._title, self._text = title, text
        self.refresh(layout=True)
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The title in bold, a blank line, the text."""
        title = (Span(self._title, palette.tones[0], None, True),)
        return [title, (), *page(self._text, width, palette)]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text takes at this width."""
        return len(self.draw(width, 0, self.palette))


class Reader(VerticalScroll, can_focus=False):
    """A scrolling page: text above, question below."""

    DEFAULT_CSS = """
    Reader {
        border: round $foreground 20%;
        border-title-color: $foreground;
        border-subtitle-color: $text-muted;
        background: $background;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        scrollbar-color: $foreground 25%;
    }
    """

    def compose(self) -> ComposeResult:
        """The text and the question."""
        yield PageText()
        yield Quiz()
