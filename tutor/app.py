"""The application: themes, keys that work everywhere, and the way between the screens."""

import gc
import sys
from time import monotonic
from typing import ClassVar

from textual import events
from textual._context import active_message_pump
from textual.app import App
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import ThemeProvider

from lessons.catalogue import Entry, entries, load
from tutor.bugs import in_words, keep, sentence
from tutor.commands import LessonCommands, Palette
from tutor.progress.store import Store
from tutor.screens.home import HomeScreen
from tutor.theme import THEMES


class TutorApp(App[None]):
    """The tutor on a terminal."""

    TITLE = "dltutor"
    # Textual reads no style sheet of a default screen, so home's is the app's.
    CSS_PATH = "screens/home.tcss"
    COMMANDS = App.COMMANDS | {LessonCommands}
    # Pictures are dragged, not selected; and Textual fails to select in a panel that has just been
    # closed and is still drawn.
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "keys", key_display="?"),
        Binding("t", "next_theme", "light/dark", show=False),
        Binding("q", "quit", "quit", show=False),
    ]

    def __init__(self, store: Store, entry: Entry | None = None, seed: int = 0) -> None:
        super().__init__()
        self.store = store
        self.first = entry
        self.seed = seed
        self.bug = ""
        self.last_input = 0.0
        """When a key was pressed or a button held, by `time.monotonic`."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for this system, made patient where that is needed."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver
        from tutor.driver import PatientDriver

        return PatientDriver

    def get_default_screen(self) -> Screen[None]:
        """Home lies under every other screen."""
        return HomeScreen(self.store)

    async def on_event(self, event: events.Event) -> None:
        """Note when the learner last did something; a mouse that only passes over is nothing.

        Every key comes by here before it goes from widget to widget, so that a lesson under way can
        let it pass.
        """
        is_passing = isinstance(event, events.MouseMove) and not event.button
        if isinstance(event, events.InputEvent) and not is_passing:
            self.last_input = monotonic()
        # Whatever else escape means, it first closes what was opened last.
        is_escape = isinstance(event, events.Key) and event.key == "escape"
        if is_escape and self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            await super().on_event(event)

    def on_mount(self) -> None:
        """Open the lesson that was asked for."""
        if self.first:
            self.open_lesson(self.first)

    def on_ready(self) -> None:
        """Say what the store has to say, now that there is a screen to say it on."""
        if self.store.notice:
            self.notify(self.store.notice, severity="warning", timeout=20)

    def _handle_exception(self, error: Exception) -> None:
        """A screen that was left while it was still being put together misses some of its widgets:
        that is not a bug, and the screen is gone."""
        if not (isinstance(error, NoMatches) and self._is_leaving()):
            super()._handle_exception(error)

    def _is_leaving(self) -> bool:
        """Whether the widget at work belongs to a screen that is closed, or to be closed."""
        widget = active_message_pump.get()
        nodes = widget.ancestors_with_self if isinstance(widget, DOMNode) else []
        return self._exit or not any(node in self.screen_stack for node in nodes)

    def _fatal_error(self) -> None:
        """End after a bug. Textual would pour the traceback over the learner's terminal; it is
        worth more in a file, which the command line names."""
        error = sys.exc_info()[1]
        if error is not None:
            self.bug = sentence(keep(error))
        self.bell()
        self._close_messages_no_wait()

    def open_lesson(self, entry: Entry) -> None:
        """Open a lesson, or say why it cannot be opened."""
        from tutor.screens.lesson import LessonScreen

        try:
            screen = LessonScreen(entry, load(entry), self.store, self.seed)
        except Exception as error:  # whatever a lesson's author did, the program goes on
            words = in_words(error)
            self.notify(words, severity="error", title="Broken lesson", timeout=20, markup=False)
            return
        # What was imported stays: without it a collection in mid-run holds no key up.
        gc.freeze()
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)

    def action_open(self, path: str) -> None:
        """Open the lesson of that path."""
        self.open_lesson(next(entry for entry in entries() if entry.path == path))

    def action_command_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """Open the palette with the themes alone."""
        self.push_screen(Palette([ThemeProvider], placeholder="Search for themes…"))

    def action_home(self) -> None:
        """Back to the map of lessons."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def action_help(self) -> None:
        """Show or hide the panel with all keys."""
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def action_next_theme(self) -> None:
        """From dark to light, and back."""
        dark, light = (theme.name for theme in THEMES)
        self.theme = light if self.theme == dark else dark
