"""Failures: the named ways in which a run goes wrong, with the reason and the fix."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Failure:
    """A way in which a run can fail.

    Args:
        name: what it is called.
        detect: looks at the experiment and says whether it fails now; False on healthy runs.
        why: the reason.
        advice: what to do about it, in a sentence.
        scene: knob values that cause it on purpose.
        fix: knob values that, on top of `scene`, cure it: a fresh run with them is healthy.
    """

    name: str
    detect: Callable[[Any], bool]
    why: str
    advice: str
    scene: Mapping[str, object]
    fix: Mapping[str, object] = field(default_factory=dict)


def diverged(lab: Any) -> bool:
    """A detector for any process: its status is "diverged"."""
    return bool(lab.status == "diverged")
