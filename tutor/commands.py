"""The command palette, and the lessons in it."""

from contextlib import suppress
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.command import Command, CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.errors import NoWidget
from textual.geometry import Size

from lessons.catalogue import entries
from tutor.screens.present_size import PresentSize

MIN_WIDTH = 8
"""The least columns in which a list of commands is laid out."""


class SafeCommandList(CommandList):
    """A list that tolerates a click on a command that has just been replaced, and any width."""

    def _update_lines(self) -> None:
        """Lay the commands out, unless there is no room for a letter."""
        if self.scrollable_content_region.width >= MIN_WIDTH:
            super()._update_lines()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As if there were room for a letter."""
        return super().get_content_height(container, viewport, max(width, MIN_WIDTH))

    async def _on_click(self, event: events.Click) -> None:
        """Ignore what is no longer there."""
        event.prevent_default()
        with suppress(IndexError):
            await super()._on_click(event)


class SafeCommandPalette(PresentSize, CommandPalette):
    """A command palette that closes only once and tolerates a resize of the window.

    In Textual's own, the second of two quick clicks or enters closes the screen below it.
    """

    def compose(self) -> ComposeResult:
        """As usual, with the list that is safe."""
        for widget in super().compose():
            yield SafeCommandList() if isinstance(widget, CommandList) else widget

    def _on_click(self, event: events.Click) -> None:  # type: ignore[override]
        """Close at a click beside the list, unless the window has shrunk away from there."""
        event.prevent_default()
        with suppress(NoWidget):
            super()._on_click(event)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close the palette, if it is still open."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    def _refresh_command_list(
        self, command_list: CommandList, commands: list[Command], clear_current: bool
    ) -> None:
        """Show the results, unless the palette was closed in the meantime."""
        if self.is_current:
            super()._refresh_command_list(command_list, commands, clear_current)

    def _action_command_list(self, action: str) -> None:
        """Move in the list, unless the window is too small to show it."""
        with suppress(KeyError):
            super()._action_command_list(action)


class LessonCommands(Provider):
    """Opens any lesson by part of its name."""

    async def discover(self) -> Hits:
        """All lessons, before anything is typed."""
        for entry in entries():
            title = f"Lesson: {entry.front.title}"
            action = partial(self.app.run_action, f"app.open('{entry.path}')")
            yield DiscoveryHit(title, action, help=entry.front.about)

    async def search(self, query: str) -> Hits:
        """The lessons that match."""
        matcher = self.matcher(query)
        for entry in entries():
            title = f"Lesson: {entry.front.title}"
            # A word of the title counts more than a word of the rest.
            about = f"{entry.path} {entry.front.about}"
            score = matcher.match(title) or matcher.match(f"{title} {about}") / 2
            if score > 0:
                action = partial(self.app.run_action, f"app.open('{entry.path}')")
                yield Hit(score, matcher.highlight(title), action, help=entry.front.about)
