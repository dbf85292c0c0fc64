"""The application: themes, global keys, and navigation between the screens."""

import gc
import sys
from time import monotonic
from typing import ClassVar

from rich.console import RenderableType
from textual import events
from textual._context import active_message_pump
from textual.app import App
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import ThemeProvider
from textual.worker import WorkerFailed

from lessons.catalogue import Entry, entries, load
from tutor.bugs import bug_message, error_message, log_error
from tutor.commands import LessonCommands, SafeCommandPalette
from tutor.key_queue import KeyQueue
from tutor.progress.journal import Journal
from tutor.screens.home import HomeScreen
from tutor.theme import THEMES
from tutor.widgets.unsaved import Unsaved

SAVING_SECONDS = 0.5
"""Seconds between two attempts to write what waits."""


class TutorApp(App[None]):
    """The tutor on a terminal."""

    TITLE = "dltutor"
    # Textual ignores the style sheet of a default screen, so the app loads home's.
    CSS_PATH = "screens/home.tcss"
    COMMANDS = App.COMMANDS | {LessonCommands}
    # Pictures are dragged, not selected, and Textual's selection fails in a panel that has just
    # been closed but is still drawn.
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "keys", key_display="?"),
        Binding("t", "next_theme", "light/dark", show=False),
        Binding("q", "quit", "quit", show=False),
        Binding("ctrl+z", "suspend_process", "to the shell", show=False),
    ]

    def __init__(self, journal: Journal, entry: Entry | None = None, seed: int = 0) -> None:
        super().__init__()
        self.journal = journal
        self._keys = KeyQueue(self)
        self.first = entry
        self.seed = seed
        self.bug = self._trouble = ""
        self._failure: Exception | None = None
        self.last_input = 0.0
        """When a key was last pressed or a mouse button held, by `time.monotonic`."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for this system; on Linux one that odd input cannot upset."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver
        from tutor.driver import SoundDriver

        return SoundDriver

    def get_default_screen(self) -> Screen[None]:
        """Home, which lies below every other screen."""
        return HomeScreen(self.journal)

    async def on_event(self, event: events.Event) -> None:
        """Record the time of the last input, ignoring mouse moves without a button.

        Every key passes here before it is dispatched to a widget, so a running lesson can give way
        to it.
        """
        is_passing = isinstance(event, events.MouseMove) and not event.button
        if isinstance(event, events.InputEvent) and not is_passing:
            self.last_input = monotonic()
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._keys.hand_on(event, self._handle_key)
        else:
            await super().on_event(event)

    async def _handle_key(self, event: events.Key) -> None:
        """Whatever else escape means, it first closes the help panel."""
        if event.key == "escape" and self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            await super().on_event(event)

    def on_mount(self) -> None:
        """Open the requested lesson, if any."""
        self._saving = self.set_interval(SAVING_SECONDS, self._save, pause=True)
        if self.first:
            self.open_lesson(self.first)

    def on_ready(self) -> None:
        """Show what is to be said of the progress file, now that there is a screen."""
        self.recorded()

    def recorded(self) -> None:
        """Something was recorded: say whether it waits to be written, and then try again."""
        waiting = self.journal.waiting
        for screen in self.screen_stack:
            for line in screen.query(Unsaved):
                line.show(waiting)
        trouble = self.journal.trouble if waiting else ""
        if trouble and trouble != self._trouble:
            self.notify(trouble, severity="warning", timeout=20, markup=False)
        elif self._trouble and not waiting:
            self.notify("Everything is saved again.", markup=False)
        self._trouble = trouble
        if notice := self.journal.take_notice():
            self.notify(notice, severity="warning", timeout=20, markup=False)
        if waiting:
            self._saving.resume()
        else:
            self._saving.pause()

    def _save(self) -> None:
        """Try to write what waits."""
        self.journal.flush(0)
        self.recorded()

    def _handle_exception(self, error: Exception) -> None:
        """End after a bug. Textual would print the traceback to the learner's terminal; we log it
        to a file instead, which the command line names.

        A widget that is missing on a screen that was left while it was composed is no bug.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, NoMatches) and self._is_leaving():
            return
        self._failure = error
        super()._handle_exception(error)

    def _is_leaving(self) -> bool:
        """Whether the active widget, or its screen, is gone or about to be."""
        pump = active_message_pump.get()
        nodes = pump.ancestors_with_self if isinstance(pump, DOMNode) else []
        is_going = any(node._closing or node._pruning for node in nodes)
        return self._exit or is_going or not any(node in self.screen_stack for node in nodes)

    def _fatal_error(self) -> None:
        self._end_with(self._failure or sys.exc_info()[1] or RuntimeError("an unknown error"))

    def panic(self, *renderables: RenderableType) -> None:
        """End after something that Textual cannot go on with, such as a broken style sheet."""
        self._end_with(sys.exc_info()[1] or RuntimeError("\n".join(map(str, renderables))))

    def _end_with(self, error: BaseException) -> None:
        self._return_code = 1
        self.bug = bug_message(log_error(error))
        self._close_messages_no_wait()

    def open_lesson(self, entry: Entry) -> None:
        """Open a lesson, or say why it cannot be opened."""
        from tutor.screens.lesson import LessonScreen

        try:
            screen = LessonScreen(entry, load(entry), self.journal, self.seed)
        except Exception as error:  # a broken lesson must not end the program
            words = error_message(error)
            self.notify(words, severity="error", title="Broken lesson", timeout=20, markup=False)
            return
        # Exempt what was imported from garbage collection, which could delay a key in mid-run. Only
        # once: what is frozen is never freed, and later that would be lessons that were left.
        if not gc.get_freeze_count():
            gc.freeze()
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)

    def action_open(self, path: str) -> None:
        """Open the lesson of that path."""
        self.open_lesson(next(entry for entry in entries() if entry.path == path))

    def action_command_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, SafeCommandPalette):
            self.push_screen(SafeCommandPalette(id="--command-palette"))

    def search_themes(self) -> None:
        """Open the palette with the themes only."""
        self.push_screen(SafeCommandPalette([ThemeProvider], placeholder="Search for themes…"))

    def action_home(self) -> None:
        """Go back to the map of lessons."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def action_suspend_process(self) -> None:
        """Go to the shell; `fg` comes back."""
        if self._driver and self._driver.can_suspend:
            super().action_suspend_process()
        else:
            self.notify("There is no shell to go to. Press q to quit.", markup=False)

    def action_help(self) -> None:
        """Show or hide the panel with all keys."""
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def action_next_theme(self) -> None:
        """Switch between the dark and the light theme."""
        dark, light = (theme.name for theme in THEMES)
        self.theme = light if self.theme == dark else dark
