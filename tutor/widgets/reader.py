"""The reading side of a lesson: one page of text with its question below."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Size

from lessons.kit.blocks import Block
from tutor.pictures.cells import Line, Palette, Span
from tutor.pictures.page import page
from tutor.pictures.question import QuestionPart
from tutor.widgets.canvas import CanvasWidget
from tutor.widgets.quiz import Quiz


class PageText(CanvasWidget):
    """A page's title and text, at its full height."""

    DEFAULT_CSS = "PageText { height: auto; margin: 0 1 0 0; }"

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._blocks: tuple[Block, ...] = ()
        # Each formula takes a millisecond, and Textual asks for the height several times.
        self._laid: tuple[tuple[int, Palette], list[Line]] | None = None

    def show(self, title: str, blocks: Sequence[Block]) -> None:
        """Show another page."""
        self._title, self._blocks, self._laid = title, tuple(blocks), None
        self.refresh(layout=True)
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The title in bold, a blank line, the text."""
        if self._laid is None or self._laid[0] != (width, palette):
            title = (Span(self._title, palette.tones[0], None, True),)
            lines = [title, (), *page(self._blocks, width, palette)]
            self._laid = ((width, palette), lines)
        return self._laid[1]

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
        padding: 0 0 0 1;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        scrollbar-color: $foreground 25%;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._offer = ""

    def compose(self) -> ComposeResult:
        """The text and the question."""
        yield PageText()
        yield Quiz()

    def offer(self, words: str) -> None:
        """Offer something in the lower border; an empty text removes the offer."""
        self._offer = words
        self._describe()

    def _describe(self) -> None:
        """Show in the lower border what is offered, and whether there is more below."""
        more = "↓ more" if self.scroll_offset.y < self.max_scroll_y else ""
        words = " · ".join(filter(None, (self._offer, more)))
        if (self.border_subtitle or "") != words:
            self.border_subtitle = words

    def on_mount(self) -> None:
        """Keep the border true while the text grows: a verdict makes it longer."""
        self.watch(self, "virtual_size", self._describe_soon, init=False)

    def on_resize(self) -> None:
        """Update the border, since the height has changed."""
        self._describe_soon()

    def _describe_soon(self) -> None:
        self.call_after_refresh(self._describe)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Update the border, since there may be less below."""
        super().watch_scroll_y(old_value, new_value)
        self._describe()

    def reveal(self, part: QuestionPart) -> None:
        """Scroll to a part of the question and what follows it, once it is laid out."""
        self.call_after_refresh(self._reveal, part)

    def _reveal(self, part: QuestionPart) -> None:
        quiz = self.query_one(Quiz)
        if not quiz.display or not self.size:
            return
        region = quiz.virtual_region
        least = max(round(self.scroll_y), region.bottom - self.scrollable_content_region.height)
        self.scroll_to(y=min(region.y + quiz.part_row(part), least), animate=False)
