"""A formula on other numbers: complex ones for the complex step, duals for forward mode.

The graph is built on the real parts, which decide every comparison, and then computed once more,
primitive by primitive, on the other numbers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.calculus.dual import Dual
from engine.errors import DomainError
from engine.explain.complex_step import evaluate
from engine.replay import replay
from engine.reverse import unbroadcast
from engine.tensor import Op, Tensor, apply

Other = NDArray[Any] | Dual
"""Complex numbers, or one dual."""


def real_part(value: object) -> Array | None:
    """What decides comparisons and domains; None for what is neither complex nor dual.

    >>> real_part(np.array(2 + 3j)).item(), real_part(np.array(Dual(2.0, 1.0))).item()
    (2.0, 2.0)
    """
    array = np.asarray(value)
    if array.dtype.kind == "c":
        return np.asarray(array.real)
    one = array.item() if array.dtype.kind == "O" and not array.ndim else None
    return np.array(one.value) if isinstance(one, Dual) else None


def evaluated_at(y: Tensor, values: Mapping[Tensor, object]) -> complex | Other:
    """The value of a graph at other numbers.

    Args:
        y: computed from the real parts.
        values: the numbers that some leaves have instead.

    Returns:
        Of the kind of the values: a number, an array, or a dual.

    Raises:
        DomainError: a primitive has no form for such numbers; complex numbers beside duals.

    >>> x = Tensor(1.0)
    >>> evaluated_at(x * x, {x: 1 + 2j}), evaluated_at(x * x, {x: Dual(1.0, 3.0)})
    ((-3+4j), Dual(value=1.0, slope=6.0))
    """
    kinds = {isinstance(value, Dual) for value in values.values()}
    if len(kinds) > 1:
        raise DomainError("Expected complex numbers or duals, got both.")
    result = replay(y, values, _dual if True in kinds else _complex)
    if isinstance(result, Dual):
        return result
    if True in kinds:
        return Dual(y.item())
    array = np.asarray(result, complex)
    return array if array.ndim else complex(array)


def _complex(op: Op, inputs: Sequence[Any], attrs: Mapping[str, Any]) -> NDArray[Any]:
    return evaluate(op, [np.asarray(x) for x in inputs], attrs)


def _dual(op: Op, inputs: Sequence[Any], attrs: Mapping[str, Any]) -> Dual:
    """The chain rule with the primitive's own derivatives: Σ ∂f/∂xᵢ · slopeᵢ.

    A derivative of 0 counts as no path, so that a side that is not taken, where values and slopes
    are NaN, stays out.
    """
    tensors = [Tensor(x.value if isinstance(x, Dual) else x) for x in inputs]
    y, slope = apply(op, *tensors, **attrs), 0.0
    if y.shape != ():
        raise DomainError(f"Expected single numbers with duals, got shape {y.shape} in {op.name}.")
    for i, x in enumerate(inputs):
        vjp = op.vjp(i)
        if vjp is None or not isinstance(x, Dual):
            continue
        partial = unbroadcast(vjp(Tensor(1.0), y, *tensors, **attrs), ()).item()
        slope += partial * x.slope if partial else 0.0
    return Dual(y.item(), slope)
