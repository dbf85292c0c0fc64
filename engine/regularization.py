"""What keeps weights small and steps short: penalties added to a loss, and clipped gradients.

Each works on tensors (building graph) and on arrays of any shape. A strength or a bound may itself
be a tensor of shape (), a knob to be turned while a compiled step runs.
"""

from typing import TypeVar

from engine.array import Array
from engine.primitives import elementwise, pairs
from engine.tensor import Tensor, call
from engine.validate import scalar

X = TypeVar("X", Tensor, Array)


def l1(w: X, strength: Tensor | float) -> X:
    """λ Σ |w|: pulls every weight by λ towards 0, where small ones come to rest. Slope 0 at 0.

    Returns:
        One number, shape ().

    Raises:
        DomainError: the strength is negative or not finite.

    >>> import numpy as np
    >>> float(l1(np.array([3.0, -4.0]), 0.5))
    3.5

    Source: Goodfellow, Bengio & Courville 2016, equation 7.18.
    """
    _require("l1", "strength", strength, low=0)
    return strength * call(elementwise.absolute, w).sum()  # type: ignore[no-any-return]


def l2(w: X, strength: Tensor | float) -> X:
    """λ/2 Σ w²: pulls every weight by λ w, so that each step shrinks it by the same share.

    PyTorch's `weight_decay` in plain gradient descent is this λ; others leave out the half.

    Returns:
        One number, shape ().

    Raises:
        DomainError: the strength is negative or not finite.

    >>> import numpy as np
    >>> float(l2(np.array([3.0, -4.0]), 0.1))
    1.25

    Source: Goodfellow, Bengio & Courville 2016, equation 7.1.
    """
    _require("l2", "strength", strength, low=0)
    return 0.5 * strength * call(elementwise.square, w).sum()  # type: ignore[no-any-return]


def clip_by_value(g: X, bound: Tensor | float) -> X:
    """Every number cut off at ±bound: simple, but the direction of a gradient changes.

    Raises:
        DomainError: the bound is not above 0 or not finite.

    >>> import numpy as np
    >>> clip_by_value(np.array([3.0, -0.5]), 1.0).tolist()
    [1.0, -0.5]

    Source: Mikolov 2012, Statistical language models based on neural networks, section 3.2.2.
    """
    _require("clip_by_value", "bound", bound, above=0)
    return call(pairs.maximum, call(pairs.minimum, g, bound), -bound)


def clip_by_norm(g: X, bound: Tensor | float) -> X:
    """g min(1, c / ‖g‖): no longer than c, in the same direction; zero stays zero.

    On the flat vector of all parameters ‖g‖ is the norm of the whole gradient.

    Raises:
        DomainError: the bound is not above 0 or not finite.

    >>> import numpy as np
    >>> clip_by_norm(np.array([3.0, -4.0]), 1.0).round(6).tolist()
    [0.6, -0.8]

    Source: Pascanu, Mikolov & Bengio 2013, algorithm 1.
    """
    _require("clip_by_norm", "bound", bound, above=0)
    longest = call(
        elementwise.sqrt, call(pairs.maximum, call(elementwise.square, g).sum(), bound * bound)
    )
    return g * (bound / longest)  # type: ignore[no-any-return]


def _require(
    name: str, argument: str, value: Tensor | float, *, low: float | None = None,
    above: float | None = None,
) -> None:  # fmt: skip
    scalar(
        name, argument, value.item() if isinstance(value, Tensor) else value, low=low, above=above
    )
