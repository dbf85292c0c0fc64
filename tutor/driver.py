"""The terminal as Textual reads it, bytes that are not UTF-8 included."""

from contextlib import suppress

from textual.drivers.linux_driver import LinuxDriver


class PatientDriver(LinuxDriver):
    """Passes over what cannot be decoded, such as an é that a terminal sends in Latin-1."""

    def run_input_thread(self) -> None:
        """Read until the program ends; Textual's own reader ends it at the first such byte."""
        while not self.exit_event.is_set():
            with suppress(UnicodeDecodeError):
                super().run_input_thread()
