"""A framed picture of a lesson."""

from typing import TYPE_CHECKING

from tutor.pictures.cells import Line, Palette
from tutor.widgets.canvas import Canvas

if TYPE_CHECKING:
    from lessons.kit.pictures import Picture


class PictureView(Canvas):
    """Paints one picture record inside a border that carries its title."""

    DEFAULT_CSS = """
    PictureView {
        border: round $foreground 20%;
        border-title-color: $foreground;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        background: $background;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._picture: Picture | None = None

    def show(self, picture: "Picture | None", note: str = "") -> None:
        """Paint another picture; `note` goes into the lower border."""
        self._picture = picture
        title = picture.title if picture else ""
        if (self.border_title or "") != title:
            self.border_title = title.replace("[", "\\[")
        if (self.border_subtitle or "") != note:
            self.border_subtitle = note
        self.repaint()

    def draw(self, width: int, height: int, palette: Palette) -> list[Line]:
        """The picture, as large as there is room."""
        if self._picture is None:
            return []
        # The painters need NumPy and plotext, which the first screen must not wait for.
        from tutor.pictures.paint import paint

        return paint(self._picture, width, height, palette)
