"""All optimizers by name, from the simplest to the most complex."""

from collections.abc import Mapping

import engine.optim.adaptive as adaptive
import engine.optim.gradient as gradient
from engine.errors import unknown
from engine.optim.rules import Rule

OPTIMIZERS: Mapping[str, Rule] = {
    name: value
    for module in (gradient, adaptive)
    for name, value in vars(module).items()
    if isinstance(value, Rule)
}


def rule(name: str) -> Rule:
    """The optimizer of that name.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.

    >>> rule("adam").name
    'adam'
    """
    if name not in OPTIMIZERS:
        raise unknown("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]
