"""The footer: the keys that work now, each also a mouse target."""

from textual import events
from textual.screen import Screen

from tutor.pictures.letters import length
from tutor.widgets.chips import Chip, ChipBar
from tutor.widgets.field import TypingWidget

HELP_KEY = "question_mark"


class KeyBar(ChipBar):
    """Shows the active bindings on one line, as many as fit, and always the key that lists them
    all. Textual's own footer is one widget per key, rebuilt at every change of focus; this one is
    a single line. During typing it shows only the keys that work then."""

    DEFAULT_CSS = "KeyBar { dock: bottom; }"

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def on_resize(self, event: events.Resize) -> None:
        """Show as many keys as fit now."""
        self._bindings_changed(self.screen)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        focused = screen.focused
        if isinstance(focused, TypingWidget) and focused.typing_keys:
            pairs = (
                key_chips(display or key, description, key)
                for key, description, display in focused.typing_keys
            )
            self.show([Chip(" "), *(chip for pair in pairs for chip in pair)])
            return
        rest = key_chips("?", "keys", HELP_KEY)
        room = self.size.width - sum(length(chip.text) for chip in rest) - 1
        chips: list[Chip] = [Chip(" ")]
        shown = {"keys"}
        for key, active in screen.active_bindings.items():
            binding = active.binding
            if not binding.show or not active.enabled or binding.description in shown:
                continue
            shown.add(binding.description)
            pair = key_chips(self.app.get_key_display(binding), binding.description, key)
            room -= sum(length(chip.text) for chip in pair)
            if room < 0:
                break
            chips += pair
        self.show([*chips, Chip("", fill=True), *rest])


def key_chips(name: str, description: str, key: str) -> list[Chip]:
    """A key and what it does, both clickable.

    >>> [chip.text for chip in key_chips("s", "step", "s")]
    ['s', ' step  ']
    """
    action = f"app.simulate_key('{key}')"
    return [Chip(name, action, "accent", bold=True), Chip(f" {description}  ", action, "muted")]
