"""Home: the map of lessons with the learner's progress, and a live preview of the selected one."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Input, Static

from lessons.catalogue import Entry, subjects
from tutor.course import lesson_to_continue
from tutor.pictures.lesson_map import count_passed
from tutor.progress.journal import Journal
from tutor.screens.present_size import PresentSize
from tutor.widgets.chips import Chip, ChipBar
from tutor.widgets.field import Field
from tutor.widgets.keybar import KeyBar
from tutor.widgets.lesson_map import LessonMap
from tutor.widgets.preview import Preview
from tutor.widgets.too_small import TooSmall
from tutor.widgets.unsaved import Unsaved


class HomeScreen(PresentSize, Screen[None]):
    """The first screen."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (104, "-wide")]
    HELP = """
    ## Home

    Every lesson is a few pages of text beside a laboratory to play with: ○ new, ◐ started, ● done.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "continue", "continue"),
        Binding("slash", "search", "search"),
        Binding("escape", "end_search", "all lessons", show=False),
    ]

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self.journal = journal
        self._to_continue: Entry | None = None

    def compose(self) -> ComposeResult:
        """Title, map, preview, keys."""
        yield ChipBar(id="title")
        with Container(id="body"):
            with Vertical(id="left"):
                yield Field("search lessons", "to the results", "all lessons", id="search")
                yield LessonMap(subjects(), id="map")
            with Vertical(id="right"):
                yield Static(id="about", markup=False)
                yield Preview(id="preview")
        yield Unsaved()
        yield KeyBar()
        yield TooSmall(least=Size(50, 12))

    def on_mount(self) -> None:
        """Show the map and focus it."""
        self.query_one("#search").display = False
        self.query_one(LessonMap).focus()

    def on_screen_resume(self) -> None:
        """Show the present progress."""
        progress = self.journal.all_progress()
        last = self.journal.last_lesson()
        self.query_one(LessonMap).show(progress, last)
        done = sum(one.done for one in progress.values())
        count = sum(len(subject.entries) for subject in subjects())
        self._to_continue = lesson_to_continue(last, progress)
        title = self._to_continue.front.title if self._to_continue else ""
        self.query_one("#title", ChipBar).show(
            [
                Chip(" dltutor", tone="accent", bold=True),
                Chip("  the mathematics of deep learning, live", tone="muted", optional=True),
                Chip("", fill=True),
                Chip(
                    f"  continue: {title}" if title else "",
                    "screen.continue",
                    "second",
                    optional=True,
                ),
                Chip(f"  ● {done} of {count} done ", tone="good"),
            ]
        )

    def on_screen_suspend(self) -> None:
        """Stop the preview while a lesson is open."""
        self.query_one(Preview).stop()

    def on_resize(self, event: events.Resize) -> None:
        """Show a message if the window is too small."""
        self.query_one(TooSmall).measure(event.size)

    def on_lesson_map_selected(self, message: LessonMap.Selected) -> None:
        """Show what the lesson is about; its preview starts if the learner stays on it."""
        front, entry = message.entry.front, message.entry
        progress = self.journal.progress(entry.path)
        begun = f"page {progress.step + 1} of {progress.steps}, " if progress.steps else ""
        passed = (
            f"{count_passed(front, progress)} of {progress.checks} questions" if begun else "new"
        )
        state = "done" if progress.done else f"{begun}{passed}"
        about = f"{front.title}\n{front.about}\n{front.minutes} minutes · {state}"
        self.query_one("#about", Static).update(entry.broken or about)
        self.query_one(Preview).show(entry)

    def on_preview_failed(self, message: Preview.Failed) -> None:
        """Show why a lesson cannot be opened."""
        self.query_one("#about", Static).update(message.sentence)

    # Actions.

    async def on_lesson_map_opened(self, message: LessonMap.Opened) -> None:
        """Open the lesson."""
        await self._open(message.entry)

    async def _open(self, entry: Entry) -> None:
        await self.run_action(f"app.open('{entry.path}')")

    async def action_continue(self) -> None:
        """Continue where the learner left off, else open the selected lesson."""
        entry = self._to_continue or self.query_one(LessonMap).entry
        if entry:
            await self._open(entry)

    def action_search(self) -> None:
        """Show the search field."""
        field = self.query_one("#search", Input)
        field.display = True
        field.focus()

    def action_end_search(self) -> None:
        """Show all lessons again."""
        field = self.query_one("#search", Input)
        field.value = ""
        field.display = False
        self.query_one(LessonMap).focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Filter the map at every key."""
        self.query_one(LessonMap).search(message.value)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Go back to the map, with the results."""
        self.query_one(LessonMap).focus()
