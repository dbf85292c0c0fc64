"""Views: which pictures of an experiment are on the screen, and which one is large."""

from collections.abc import Sequence

from lessons.kit.experiment import RESERVED_VIEWS, AbstractExperiment


def view_names(experiment: type[AbstractExperiment]) -> tuple[str, ...]:
    """Everything an experiment can show: its views, its charts, its oracles if it has any."""
    has_oracles = experiment.oracles is not AbstractExperiment.oracles
    return (*experiment.views, *experiment.charts, *(RESERVED_VIEWS if has_oracles else ()))


class Views:
    """The order in which pictures take the large slot: what is staged first, then the rest.

    >>> views = Views(("plane", "loss", "oracles"))
    >>> views.stage(("loss", "oracles"))
    >>> views.shown(3), views.label("loss")
    (('loss', 'oracles'), '1 of 3')
    >>> views.rotate(-1)
    >>> views.shown(3)
    ('plane', 'loss', 'oracles')
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._all = self._staged = self._order = tuple(names)
        self._at = 0

    def stage(self, names: Sequence[str]) -> None:
        """Show these, the first one large; all views if none is named."""
        self._staged = tuple(dict.fromkeys(names)) or self._all
        self._order = (*self._staged, *(name for name in self._all if name not in self._staged))
        self._at = 0

    @property
    def large(self) -> str:
        """The view in the large slot; the empty string if there is nothing to show."""
        return self._order[self._at] if self._order else ""

    @property
    def count(self) -> int:
        """How many views there are."""
        return len(self._order)

    def rotate(self, by: int) -> None:
        """Move the view some positions further to the large slot."""
        self._at = (self._at + by) % max(1, len(self._order))

    def enlarge(self, name: str) -> None:
        """Move a view to the large slot, if it is one of these: a picture may still show a view of
        the experiment before."""
        if name in self._order:
            self._at = self._order.index(name)

    def shown(self, room: int) -> tuple[str, ...]:
        """The views for `room` slots: the large one first, then what else is staged, in order."""
        if not self._order:
            return ()
        turn = (*self._order[self._at :], *self._order[: self._at])
        others = [name for name in turn[1:] if name in self._staged]
        return (turn[0], *others)[:room]

    def label(self, name: str) -> str:
        """The number of a view among all; empty if it is the only one."""
        return f"{self._order.index(name) + 1} of {self.count}" if self.count > 1 else ""
