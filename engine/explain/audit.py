"""The gradient audit: one slope by four ways, and how far each is from reverse mode.

A difference quotient is wrong for a large step h because the function bends (error ∝ h, or h² when
central), and for a small one because y has only 16 digits (error ∝ 1/h). The complex step takes no
difference, so its error only falls.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.explain.complex_step import Numbers, evaluate
from engine.explain.elements import name_tensors, place, reference, tensor_name
from engine.indexing import Position
from engine.primitives.elementwise import astype
from engine.primitives.views import detach
from engine.replay import replay
from engine.reverse import grad
from engine.tensor import Op, Tensor

STEPS = tuple(10.0**-k for k in range(1, 13))
"""The steps of the differences: from where bending rules to where rounding does."""
TINY = 1e-20
"""The step of the complex step that ends the doubt: h² is beyond the last digit."""
FLOOR = 1e-2
"""Errors are relative to the slope, or to this, when the slope is smaller."""
EXACT, CLOSE = 1e-12, 1e-7
"""The errors allowed to the complex step at `TINY`, and to the central difference at its best."""


@dataclass(frozen=True)
class Estimate:
    """A slope by step h, and its error |slope − reverse| / max(|reverse|, `FLOOR`)."""

    h: float
    slope: float
    error: float


@dataclass(frozen=True)
class Audit:
    """A slope by reverse mode and by every step.

    `best` is the h at which the central difference comes nearest. `complex_step` ends with
    h = `TINY`; it is empty when a primitive does not take complex numbers, and `note` says which.
    `ok`: the complex step agrees, or for want of it the central difference at its best; an audit is
    true where it is.
    """

    name: str
    reverse: float
    forward: tuple[Estimate, ...]
    central: tuple[Estimate, ...]
    complex_step: tuple[Estimate, ...]
    best: float
    ok: bool
    note: str

    def __bool__(self) -> bool:
        return self.ok


def audit(
    y: Tensor,
    x: Tensor,
    index: Position | None = None,
    direction: ArrayLike | None = None,
    hs: Sequence[float] = STEPS,
) -> Audit:
    """The slope of y at one element of x, or along a direction, by reverse mode and without it.

    y is computed again with x moved; the tensors keep their values. At a corner the differences
    take a slope of their own between the two sides, and the complex step that of its row.

    Args:
        y: one number, shape ().
        x: any tensor that y was computed from, a leaf or not.
        index: the element; not needed for a tensor of shape ().
        direction: instead of it, an array of the shape of x: the slope is ∇y · direction.
        hs: the steps, each above 0.

    Raises:
        ShapeError: y holds more than one number; the direction has not the shape of x.
        DomainError: no such element, both or neither of index and direction, a step not above 0.

    >>> x = Tensor(1.0, "x")
    >>> found = audit(np.sin(x), x)
    >>> found.name, found.ok, found.best, found.complex_step[-1].error < 1e-15
    ('∂t1/∂x', True, 1e-05, True)

    Source: Squire & Trapp 1998, Using complex variables to estimate derivatives of real functions.
    """
    hs = tuple(map(float, hs))
    if not hs or not all(0 < h < math.inf for h in hs):
        raise DomainError(f"audit: expected one or more finite steps h > 0, got {hs}.")
    names = name_tensors([y, x])
    where, d = _direction(x, index, direction, names)
    (g,) = grad(y, [x])
    reverse, base = float(np.sum(g.value * d)), np.asarray(x.value, float)

    def at(shift: float) -> float:
        return float(replay(y, {x: base + shift * d}, _real, _is_moved))

    def estimate(h: float, slope: float) -> Estimate:
        return Estimate(h, slope, abs(slope - reverse) / max(abs(reverse), FLOOR))

    start = at(0)
    forward = tuple(estimate(h, (at(h) - start) / h) for h in hs)
    central = tuple(estimate(h, (at(h) - at(-h)) / (2 * h)) for h in hs)
    exact: tuple[Estimate, ...] = ()
    note = ""
    try:
        exact = tuple(
            estimate(h, float(np.imag(replay(y, {x: base + 1j * h * d}, evaluate)) / h))
            for h in dict.fromkeys((*hs, TINY))
        )
    except DomainError as error:
        note = str(error)
    best = min(central, key=lambda e: (math.isnan(e.error), e.error))
    coarse = float(np.finfo(y.value.dtype).eps / np.finfo(float).eps)  # 1, but for float32
    allowed = EXACT * coarse
    ok = exact[-1].error <= allowed if exact else best.error <= max(CLOSE, allowed)
    name = f"∂{reference(y, (), names).name}/{where}"
    return Audit(name, reverse, forward, central, exact, best.h, ok, note)


def _direction(
    x: Tensor, index: Position | None, direction: ArrayLike | None, names: Mapping[int, str]
) -> tuple[str, Array]:
    """What to call the movement of x, and the movement itself."""
    if direction is not None:
        d = np.asarray(direction, float)
        if index is not None:
            raise DomainError("audit: expected an index or a direction, got both.")
        if d.shape != x.shape:
            raise ShapeError(f"audit: expected a direction of shape {x.shape}, got {d.shape}.")
        return f"∂({tensor_name(x, names)} along a direction)", d
    if index is None and x.ndim:
        raise DomainError(f"audit: expected an index or a direction for shape {x.shape}, got none.")
    at = place("audit", x, index or ())
    d = np.zeros(x.shape)
    d[at] = 1.0
    return f"∂{reference(x, at, names).name}", d


def _is_moved(op: Op, _: int) -> bool:
    """A difference moves comparisons too; what is detached is a constant for it."""
    return op is not detach


def _real(op: Op, inputs: Sequence[Numbers], attrs: Mapping[str, Any]) -> Numbers:
    if op is astype:
        return inputs[0]  # the differences are taken in full precision
    with np.errstate(all="ignore"):
        return np.asarray(op.value(*inputs, **attrs))
