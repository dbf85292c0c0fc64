"""A graph computed again at other numbers: real ones that are moved, complex ones, duals."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.tensor import Op, Tensor, ancestors

Apply = Callable[[Op, Sequence[Any], Mapping[str, Any]], Any]
"""How a primitive is evaluated: from it, the numbers of its inputs and its settings."""
Follows = Callable[[Op, int], bool]
"""Whether a primitive is evaluated again when its input of that number has other numbers."""


def has_slope(op: Op, i: int) -> bool:
    """Whether a derivative flows back to input i: not from a comparison, nor from `detach`.

    >>> from engine.tensor import OPS
    >>> has_slope(OPS["multiply"], 0), has_slope(OPS["greater"], 0)
    (True, False)
    """
    return op.vjp(i) is not None


def replay(
    y: Tensor, values: Mapping[Tensor, Any], apply_op: Apply, follows: Follows = has_slope
) -> Any:
    """The value of y if some tensors held other values, all other leaves as they are.

    A complex number or a dual stands for a point and a direction. So by default what has no slope
    keeps its value: comparisons are decided by the point alone, as they are for reverse mode.

    Args:
        y: any tensor.
        values: of some that it was computed from, what they hold instead, of their shapes.
        apply_op: how to evaluate a primitive.
        follows: which primitives are evaluated again.

    Returns:
        What `apply_op` gave; y's own value if it depends on none of them.

    >>> x = Tensor(3.0)
    >>> float(replay(x * x.detach(), {x: 5.0}, lambda op, inputs, attrs: op.value(*inputs)))
    15.0
    """
    known: dict[int, Any] = {tensor.serial: value for tensor, value in values.items()}
    for node in ancestors([y]):
        op, inputs = node.op, node.inputs
        if op is None or node.serial in known:
            continue
        if any(x.serial in known and follows(op, i) for i, x in enumerate(inputs)):
            numbers = [known.get(x.serial, x.value) for x in inputs]
            known[node.serial] = apply_op(op, numbers, node.attrs)
    return known.get(y.serial, y.value)
