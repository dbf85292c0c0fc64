"""Where a run broke: the update and the operation in which NaN or infinity first appeared."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.tensor import Tensor, ancestors


@dataclass(frozen=True)
class Breakdown:
    """The first number that is not finite, and what made it.

    Args:
        update: the number of the update, from 1.
        operation: the primitive that made it out of finite numbers.
        name: what the result is called in the source, or the nearest named result that uses it.
        value: inf, −inf or nan.
        largest: the largest absolute value among the operation's inputs.

    >>> print(Breakdown(7, "exp", "h1", float("inf"), 812.0))
    update 7: exp gave inf (for h1), out of numbers up to 812
    """

    update: int
    operation: str
    name: str
    value: float
    largest: float

    def __str__(self) -> str:
        name = f" (for {self.name})" if self.name else ""
        return (f"update {self.update}: {self.operation} gave {self.value}{name}, out of numbers "
                f"up to {self.largest:.4g}")  # fmt: skip


def first_failure(roots: Iterable[Tensor], update: int) -> Breakdown | None:
    """The oldest tensor of a graph that is not finite although its inputs are.

    >>> with np.errstate(all="ignore"):
    ...     y = np.exp(Tensor(1000.0, "x")).named("y") * 0
    >>> first_failure([y], 1).operation
    'exp'
    """
    nodes = ancestors(roots)
    for node in nodes:
        wrong = ~np.isfinite(node.value)
        if node.op is not None and wrong.any():
            inputs = [x.value for x in node.inputs]
            if not all(np.isfinite(x).all() for x in inputs):
                continue
            largest = max((float(np.max(np.abs(x))) for x in inputs if x.size), default=0.0)
            value = float(node.value[wrong].flat[0])
            return Breakdown(update, node.op.name, _called(node, nodes), value, largest)
    return None


def _called(node: Tensor, nodes: list[Tensor]) -> str:
    """The name of a tensor, or of the first named one that is computed from it."""
    users = {node.serial}
    for other in nodes:
        if other.serial == node.serial or any(x.serial in users for x in other.inputs):
            users.add(other.serial)
            if other.name:
                return other.name
    return ""
