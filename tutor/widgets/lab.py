"""The laboratory: the chart of the run, and as many of its pictures as there is room for."""

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical

from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Picture, Text
from lessons.kit.run import Run
from tutor.widgets.picture import PictureView

PINNED = 3
"""Ghosts that a chart can bear."""
ROOM = {"-narrow": 1, "-wide": 2, "-huge": 4}
"""How many pictures stand beside the chart, by the class that the screen's width gives it."""


class Lab(Container):
    """Shows one run. The chart has a place of its own; the pictures take turns in the slots."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pinned: tuple[Run, ...] = ()
        self._first = 0
        self._turn = 0

    def compose(self) -> ComposeResult:
        """A chart and four slots; the style sheet hides those without room."""
        with Vertical(id="main"):
            yield PictureView(id="chart")
            with Horizontal(id="lower"):
                yield PictureView(id="first", classes="slot")
                yield PictureView(id="second", classes="slot")
        with Vertical(id="side"):
            yield PictureView(id="third", classes="slot")
            yield PictureView(id="fourth", classes="slot")

    def show(self, run: Run) -> None:
        """Show everything as it stands."""
        self._show_chart(run)
        pictures = pictures_of(run)
        for place, slot in enumerate(self._slots()):
            self._show_slot(slot, place, pictures)

    def show_next(self, run: Run) -> None:
        """Show one picture only, the chart and the slots in turns: a frame of a running lesson."""
        slots = self._slots()
        self._turn = (self._turn + 1) % (len(slots) + 1)
        if self._turn == 0:
            self._show_chart(run)
        else:
            self._show_slot(slots[self._turn - 1], self._turn - 1, pictures_of(run))

    def rotate(self, by: int, run: Run) -> None:
        """Put other pictures into the slots."""
        self._first = (self._first + by) % max(1, len(pictures_of(run)))
        self.show(run)

    def pin(self, run: Run) -> None:
        """Keep a run on the chart as a ghost; beyond three the oldest goes."""
        self.pinned = (*self.pinned, run.branch())[-PINNED:]

    def _show_chart(self, run: Run) -> None:
        self.query_one("#chart", PictureView).show(run.chart(self.pinned))

    def _slots(self) -> list[PictureView]:
        """The slots that there is room for."""
        room = next(slots for name, slots in ROOM.items() if self.screen.has_class(name))
        return list(self.query(".slot").results(PictureView))[:room]

    def _show_slot(self, slot: PictureView, place: int, pictures: list[Picture]) -> None:
        slot.display = place < len(pictures)
        if not slot.display:
            return
        number = (self._first + place) % len(pictures)
        more = len(pictures) > len(self._slots())
        slot.show(pictures[number], f"{number + 1}/{len(pictures)}" if more else "")


def pictures_of(run: Run) -> list[Picture]:
    """The simulation's own pictures, its oracles in the second place."""
    pictures = list(run.simulation.pictures())
    oracles = run.simulation.oracles()
    if oracles:
        pictures.insert(1, oracle_text(oracles))
    return pictures


def oracle_text(oracles: tuple[Oracle, ...]) -> Text:
    """Predictions beside measurements, and the law that predicts.

    >>> for line in oracle_text((Oracle("rate", 0.98, 0.9801, 0.01, "max |1 − ηλ|"),)).lines:
    ...     print(line)
    ✓ rate
      theory 0.98  run 0.9801
      max |1 − ηλ|
    """
    signs = {True: "✓", False: "✗", None: "…"}
    lines: list[str] = []
    for o in oracles:
        run = "not yet" if o.ok is None else f"{o.measured:.4g}"
        lines += [f"{signs[o.ok]} {o.name}", f"  theory {o.predicted:.4g}  run {run}"]
        lines += [f"  {o.why}"] if o.why else []
    return Text("Oracles", tuple(lines))
