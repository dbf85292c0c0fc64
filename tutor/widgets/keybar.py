"""The footer: the keys that work here and now, each also a mouse target."""

from textual.screen import Screen

from tutor.widgets.chips import Chip, ChipBar


class KeyBar(ChipBar):
    """Shows the active bindings in one line. Textual's own footer is a widget a key, remade at
    every change of focus; this one is a line."""

    DEFAULT_CSS = "KeyBar { dock: bottom; }"

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        chips: list[Chip] = [Chip(" ")]
        shown: dict[str, list[str]] = {}
        keys: dict[str, str] = {}
        for key, active in screen.active_bindings.items():
            binding = active.binding
            if binding.show and active.enabled and binding.description:
                shown.setdefault(binding.description, []).append(self.app.get_key_display(binding))
                keys.setdefault(binding.description, key)
        for description, names in shown.items():
            action = f"app.simulate_key('{keys[description]}')"
            chips.append(Chip("/".join(names), action, "accent", bold=True))
            chips.append(Chip(f" {description}  ", action, "muted"))
        self.show(chips)
