"""The canvas: a widget of drawn lines, of which only the changed ones are sent again."""

from textual.app import App

from tutor.pictures.cells import DARK, Span
from tutor.widgets.canvas import CanvasWidget, strip


class Lines(CanvasWidget):
    """Shows lines that a test sets, and notes which ones are refreshed."""

    def __init__(self):
        super().__init__()
        self.words = ["one", "two", "three"]
        self.regions = []

    def draw(self, width, height, palette):
        self.seen = (width, height, palette)
        return [(Span(word, palette.text),) for word in self.words]

    def refresh(self, *regions, **options):
        self.regions.append(regions)
        return super().refresh(*regions, **options)


class LinesApp(App[None]):
    def compose(self):
        yield Lines()


async def test_only_the_lines_that_changed_are_refreshed():
    async with LinesApp().run_test(size=(20, 5)) as pilot:
        lines = pilot.app.query_one(Lines)
        lines.words, lines.regions = ["one", "TWO", "three"], []
        lines.repaint()
        ((region,),) = lines.regions
        assert (region.y, region.height, region.width) == (1, 1, 20)


async def test_nothing_is_refreshed_when_nothing_changed():
    async with LinesApp().run_test(size=(20, 5)) as pilot:
        lines = pilot.app.query_one(Lines)
        lines.regions = []
        lines.repaint()
        assert lines.regions == []


async def test_everything_is_refreshed_when_the_number_of_lines_changed():
    async with LinesApp().run_test(size=(20, 5)) as pilot:
        lines = pilot.app.query_one(Lines)
        lines.words, lines.regions = ["one"], []
        lines.repaint()
        assert lines.regions == [()]


async def test_another_size_or_theme_is_drawn_anew():
    async with LinesApp().run_test(size=(20, 5)) as pilot:
        lines = pilot.app.query_one(Lines)
        dark = lines.seen[2]
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert lines.seen[:2] == (30, 8)
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert lines.seen[2] != dark


async def test_a_line_is_cut_or_filled_to_the_width():
    async with LinesApp().run_test(size=(4, 4)) as pilot:
        lines = pilot.app.query_one(Lines)
        assert [lines.render_line(y).text for y in range(4)] == ["one ", "two ", "thre", "    "]


def test_a_strip_keeps_colors_and_weight():
    from rich.style import Style

    base = Style(bgcolor="rgb(1,2,3)")
    (segment, rest) = strip((Span("ab", (9, 8, 7), None, True),), 4, base)
    assert (segment.text, segment.style.color.triplet) == ("ab", (9, 8, 7))
    assert segment.style.bold
    assert segment.style.bgcolor.triplet == rest.style.bgcolor.triplet == (1, 2, 3)
    assert strip((), 3, base).text == "   "
    assert DARK.text != DARK.background
