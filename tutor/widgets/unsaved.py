"""A line that is there only while something a learner did is not in the file yet."""

from textual.widgets import Static


class Unsaved(Static):
    """Says how many entries wait to be written."""

    DEFAULT_CSS = """
    Unsaved { height: 1; background: $warning; color: $background; padding: 0 1; }
    Unsaved.-empty { display: none; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False, classes="-empty")

    def show(self, waiting: int) -> None:
        """Show the line, or hide it if nothing waits."""
        self.set_class(not waiting, "-empty")
        entries = "1 entry is" if waiting == 1 else f"{waiting} entries are"
        self.update(f"⚠ {entries} not saved yet, and will be as soon as possible.")
