"""Failures: how a run goes wrong, by name, with the reason and the way out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Failure:
    """A way to fail.

    Args:
        name: what it is called.
        sign: looks at the experiment and says whether it is happening now; silent on healthy runs.
        why: the reason.
        cure: the way out, in a sentence.
        scene: knob values that bring it about on purpose.
        remedy: knob values that, on top of `scene`, are the cure: a fresh run with them is healthy.
    """

    name: str
    sign: Callable[[Any], bool]
    why: str
    cure: str
    scene: Mapping[str, object]
    remedy: Mapping[str, object] = field(default_factory=dict)


def diverged(lab: Any) -> bool:
    """The sign that every descent shares: the numbers have left all bounds."""
    return bool(lab.status == "diverged")
