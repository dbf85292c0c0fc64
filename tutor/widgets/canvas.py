"""A widget made of drawn lines, which refreshes only the lines that changed.

It is the only link between the mouse and what is below it: a drawn span carries its target, and
the widget's `grab`, `drag` and `drop` receive that target.
"""

from collections.abc import Hashable
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tutor.pictures.cells import Line, Palette, Span
from tutor.pictures.letters import length, pieces
from tutor.theme import palette_of


@lru_cache(maxsize=4096)
def _style(span: Span) -> Style:
    """The style of a span; callers pass an empty text, so that equal styles are cached once."""
    return Style(
        color=Color.from_rgb(*span.fg) if span.fg else None,
        bgcolor=Color.from_rgb(*span.bg) if span.bg else None,
        bold=span.bold or None,
    )


def strip(line: Line, width: int, base: Style) -> Strip:
    """A drawn line as a Textual strip, exactly `width` cells wide."""
    segments = [
        Segment(piece, base + _style(Span("", fg, bg, bold)))
        for text, fg, bg, bold, _ in line
        for piece in pieces(text)
    ]
    return Strip(segments).adjust_cell_length(width, base)


class CanvasWidget(Widget, inherit_bindings=False):
    """Shows what `draw` returns. Call `repaint` whenever that may have changed."""

    DEFAULT_CSS = "CanvasWidget { width: 1fr; height: 1fr; }"

    app: App[object]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Line] = []
        self._held: Hashable | None = None

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The lines to show; at most `height` of them are visible."""
        raise NotImplementedError

    @property
    def palette(self) -> Palette:
        """The colors of the active theme."""
        return palette_of(self.app)

    def render_line(self, y: int) -> Strip:
        """One line of the picture, on the widget's own background."""
        line = self._lines[y] if y < len(self._lines) else ()
        return strip(line, self.size.width, self.rich_style)

    def repaint(self) -> None:
        """Draw again, and refresh only the lines that changed."""
        width, height = self.size
        if not width or not height or not self.is_attached:
            return
        old, self._lines = self._lines, self.draw(width, height, self.palette)
        if len(old) != len(self._lines):
            self.refresh()
            return
        pairs = enumerate(zip(old, self._lines, strict=True))
        changed = [Region(0, y, width, 1) for y, (before, now) in pairs if before != now]
        if changed:
            self.refresh(*changed)

    def on_mount(self) -> None:
        """Draw again when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._redraw())

    def on_unmount(self) -> None:
        """Let the app forget this widget."""
        self.app.theme_changed_signal.unsubscribe(self)

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size."""
        self._redraw()

    def on_show(self) -> None:
        """Draw what changed while the widget was hidden."""
        self._redraw()

    def _redraw(self) -> None:
        self._lines = []
        self.repaint()
        self.refresh()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as the container."""
        return container.width

    # The mouse.

    def target_at(self, x: int, y: int) -> Hashable | None:
        """The target of the cell in column x and row y of the drawing."""
        for span in self._lines[y] if 0 <= y < len(self._lines) else ():
            x -= length(span.text)
            if x < 0:
                return span.target
        return None

    def grab(self, target: Hashable, x: int, y: int) -> None:
        """Called when the left button is pressed on a target."""

    def drag(self, target: Hashable, x: int, y: int) -> None:
        """Called when the mouse moves with the button down; the cell may be outside the widget."""

    def drop(self, target: Hashable, x: int, y: int) -> None:
        """Called when the button is released."""

    def release(self) -> None:
        """Release what was grabbed, since it is gone."""
        if self._held is not None:
            self._held = None
            self.release_mouse()

    def _cell(self, event: events.MouseEvent) -> tuple[int, int]:
        """The cell of the drawing under the mouse, even if outside the drawing."""
        corner = self.content_region.offset - self.region.offset
        return event.x - corner.x, event.y - corner.y

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Grab what is under the mouse."""
        cell = self._cell(event)
        target = self.target_at(*cell) if event.button == 1 else None
        if target is not None:
            self._held = target
            self.capture_mouse()
            self.grab(target, *cell)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag what was grabbed."""
        if self._held is not None:
            self.drag(self._held, *self._cell(event))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Release it."""
        if self._held is not None:
            held, self._held = self._held, None
            self.release_mouse()
            self.drop(held, *self._cell(event))
