"""The key queue: of keys typed faster than the screen follows, none is lost or goes astray."""

from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from textual.app import App
from textual.events import Key
from textual.message_pump import MessagePump

PATIENCE = 0.5
"""Seconds after which a key counts as done, if the widget that had it is gone."""


class KeyQueue:
    """Hands keys on one after the other, each after the one before has had its effect.

    Textual hands every key at once to the widget that has the focus. Of `a 1`, typed at once, the 1
    would go to where the focus was before the `a` moved it to the question.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._held: deque[Key] = deque()
        self._next: Key | None = None
        self._since: float | None = None

    async def hand_on(self, key: Key, handle: Callable[[Key], Awaitable[None]]) -> None:
        """Let the app handle this key, or hold it until those before it are done."""
        if key is not self._next and (self._since is not None or self._held):
            self._held.append(key)
            self._app.set_timer(PATIENCE, self._check)
            return
        self._next, self._since = None, monotonic()
        target = self._app.focused or self._app.screen
        await handle(key)
        self._follow(target)

    def _follow(self, node: MessagePump | None) -> None:
        """Go the way of the key, from queue to queue, up to the app, whose bindings come last."""
        while node is not None and node is not self._app:
            parent = node._parent
            if node.call_later(self._follow, parent):
                return
            node = parent
        # What the key has put into the app's queue, such as a new focus, comes first.
        self._app.call_later(self._app.call_later, self._release)

    def _release(self) -> None:
        """The key is done: let the next one go."""
        self._since = None
        if self._held and self._next is None:
            self._next = self._held.popleft()
            self._app.post_message(self._next)

    def _check(self) -> None:
        """Let the next key go if the last one never came back."""
        if self._since is not None and monotonic() - self._since >= PATIENCE:
            self._release()
