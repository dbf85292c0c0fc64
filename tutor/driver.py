"""A terminal driver for Textual that survives input that is not UTF-8."""

from contextlib import suppress

from textual.drivers.linux_driver import LinuxDriver


class TolerantDriver(LinuxDriver):
    """Skips bytes that cannot be decoded, such as an é that a terminal sends in Latin-1."""

    def run_input_thread(self) -> None:
        """Read until the program ends; Textual's own reader stops at the first such byte."""
        while not self.exit_event.is_set():
            with suppress(UnicodeDecodeError):
                super().run_input_thread()
