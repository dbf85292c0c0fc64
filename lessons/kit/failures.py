"""Failures: how a run goes wrong, by name, with the reason and the way out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lessons.kit.run import Run


@dataclass(frozen=True)
class Failure:
    """A way to fail. `sign` looks at a run and says whether it is happening now.

    `scene` are knob values that bring it about on purpose.
    """

    name: str
    sign: Callable[["Run"], bool]
    why: str
    cure: str
    scene: tuple[tuple[str, object], ...] = ()


def diverged(run: "Run") -> bool:
    """The sign that every descent shares: the numbers have left all bounds."""
    return run.status == "diverged"
