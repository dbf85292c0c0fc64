"""Reverse mode: gradients as more graph, and the check that they are right.

The walk is a loop over the tensors in the order of their making, so a chain of any length works;
nothing is stored in the tensors, so a second call gives the same gradients.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array, real_array
from engine.assembly import stack
from engine.errors import DomainError, ShapeError
from engine.tensor import Tensor, ancestors, constant


@overload
def grad(y: Tensor, wrt: Tensor) -> Tensor: ...
@overload
def grad(y: Tensor, wrt: Sequence[Tensor]) -> list[Tensor]: ...
def grad(y: Tensor, wrt: Tensor | Sequence[Tensor]) -> Tensor | list[Tensor]:
    """The gradient of a scalar with respect to tensors it was computed from.

    Args:
        y: one number, shape ().
        wrt: a tensor or several, leaves or not; one that y does not depend on gets zeros.

    Returns:
        For each tensor of `wrt` one of its shape, itself differentiable; for a single tensor a
        single gradient.

    Raises:
        ShapeError: y holds more than one number.

    >>> x = Tensor(3.0)
    >>> dy = grad(x * x * x, x)
    >>> d2y = grad(dy, x)
    >>> dy.item(), d2y.item()
    (27.0, 18.0)

    Source: Griewank & Walther 2008, Evaluating Derivatives, section 3.2.
    """
    if not isinstance(y, Tensor):
        raise DomainError(f"grad: expected a tensor y, got {y!r}. Compute it from tensors.")
    if y.shape != ():
        raise ShapeError(f"grad: expected a scalar, got shape {y.shape}. Sum or average it first.")
    wanted = [wrt] if isinstance(wrt, Tensor) else list(wrt)
    if not all(isinstance(w, Tensor) for w in wanted):
        raise DomainError(f"grad: expected tensors to differentiate by, got {wrt!r:.60}.")
    cotangents = _cotangents(y, wanted)
    found = [cotangents.get(w.serial) for w in wanted]
    gradients = [
        Tensor(np.zeros_like(w.value)) if g is None else g
        for w, g in zip(wanted, found, strict=True)
    ]
    return gradients[0] if isinstance(wrt, Tensor) else gradients


def _cotangents(y: Tensor, wrt: Sequence[Tensor]) -> dict[int, Tensor]:
    """Serial → ∂y/∂tensor, for all tensors on a way from `wrt` to y."""
    order = ancestors([y])
    reaching = _reaching(order, wrt)
    cotangents = {y.serial: constant(np.ones((), y.dtype))}
    for node in reversed(order):
        g = cotangents.get(node.serial)
        if g is None:
            continue
        if node.name and not g.name and not g.is_constant:
            g.named(f"d_{node.name}")
        if node.op is None or node.serial not in reaching:
            continue
        for i, parent in reversed(list(enumerate(node.inputs))):  # the last: weights, mostly
            if node.op.vjp(i) is None or parent.serial not in reaching:
                continue
            part = pullback(node, i, g)
            known = cotangents.get(parent.serial)
            cotangents[parent.serial] = part if known is None else known + part
    return cotangents


def value_and_grad(f: Callable[..., Tensor], *inputs: ArrayLike) -> tuple[float, list[Array]]:
    """The value of f at a point and its gradient there, as plain numbers and arrays.

    Unlike JAX's it evaluates at once, and differentiates by every input.

    Args:
        f: takes a tensor for each input, returns one number.
        inputs: the point: numbers or arrays.

    Returns:
        The value, and for each input the gradient, of its shape.

    Raises:
        ShapeError: f gives more than one number.

    >>> value, (dw, db) = value_and_grad(lambda w, b: (w * w).sum() + 3 * b, [1.0, 2.0], 1.0)
    >>> value, dw.tolist(), db.tolist()
    (8.0, [2.0, 4.0], 3.0)
    """
    leaves = [Tensor(real_array(x).astype(np.float64)) for x in inputs]
    y = f(*leaves)
    if not isinstance(y, Tensor):
        raise DomainError(f"value_and_grad: expected f to give a tensor, got {y!r}.")
    if y.shape != ():
        raise ShapeError(f"value_and_grad: expected f to give a scalar, got shape {y.shape}. "
                         "Sum or average it.")  # fmt: skip
    return y.item(), [np.array(g.value) for g in grad(y, leaves)]


def jacobian(y: Tensor, x: Tensor) -> Tensor:
    """J[i, j] = ∂yᵢ/∂xⱼ: all derivatives of an array with respect to another, one row at a time.

    Args:
        y: any shape; each of its numbers costs one pass backward.
        x: a tensor that y was computed from.

    Returns:
        A tensor of the shape of y followed by that of x, itself differentiable.

    >>> x = Tensor([1.0, 2.0])
    >>> jacobian(x * x, x).value.tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    flat = y.reshape(-1)
    rows = [grad(flat[i], x) for i in range(y.size)]
    whole = stack(rows) if rows else Tensor(np.zeros((0, *x.shape), y.dtype))
    return whole.reshape(*y.shape, *x.shape)


def pullback(node: Tensor, i: int, g: Tensor) -> Tensor:
    """The cotangent of input i of a computed tensor, from the cotangent g of the tensor itself.

    Raises:
        DomainError: no derivative exists there; names the primitive.

    >>> x = Tensor([1.0, 2.0])
    >>> pullback(x * 3, 0, Tensor([1.0, 10.0])).value.tolist()
    [3.0, 30.0]
    """
    assert node.op is not None
    vjp = node.op.vjp(i)
    if vjp is None:
        return constant(np.zeros_like(node.inputs[i].value))
    try:
        cotangent = vjp(g, node, *node.inputs, **node.attrs)
    except DomainError as error:
        raise DomainError(f"derivative of {node.op.name}: {error}") from error
    return unbroadcast(cotangent, node.inputs[i].shape)


def _reaching(order: Sequence[Tensor], wrt: Sequence[Tensor]) -> set[int]:
    """The tensors on a way from one of `wrt` upwards: only these carry a cotangent."""
    reaching = {w.serial for w in wrt}
    for node in order:
        for i, parent in enumerate(node.inputs):
            if parent.serial in reaching and node.op is not None and node.op.vjp(i) is not None:
                reaching.add(node.serial)
                break
    return reaching


def unbroadcast(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Undo broadcasting: what was repeated forward is summed backward.

    >>> unbroadcast(Tensor(np.ones((3, 2))), (1, 2)).value.tolist()
    [[3.0, 3.0]]
    """
    if g.shape == shape:
        return g
    if g.ndim < len(shape):
        return g.broadcast_to(shape)
    extra = g.ndim - len(shape)
    sides = zip(g.shape[extra:], shape, strict=True)
    axes = (*range(extra), *(i for i, (n, m) in enumerate(sides, start=extra) if n != m == 1))
    kept = tuple(1 if i in axes else n for i, n in enumerate(g.shape))[extra:]
    return (g.sum(axes).reshape(kept) if axes else g).broadcast_to(shape)


def hessian_vector(y: Tensor, w: Tensor, v: Array) -> Tensor:
    """H v, the Hessian of y at w times a vector, without forming H: the gradient of ∇y · v.

    Raises:
        ShapeError: y holds more than one number, or v is not of the shape of w.

    >>> w = Tensor([1.0, 2.0])
    >>> hessian_vector((w * w * w).sum(), w, np.array([1.0, 1.0])).value.tolist()
    [6.0, 12.0]

    Source: Pearlmutter 1994, Fast exact multiplication by the Hessian.
    """
    if np.shape(v) != w.shape:
        raise ShapeError(f"hessian_vector: expected v of shape {w.shape}, got {np.shape(v)}.")
    return grad((grad(y, w) * v).sum(), w)


@dataclass(frozen=True)
class GradCheck:
    """The slope along one direction, by reverse mode and by differences, and how they compare."""

    reverse: float
    difference: float
    error: float
    ok: bool

    def __bool__(self) -> bool:
        return self.ok


def gradcheck(
    f: Callable[..., Tensor],
    *inputs: Array,
    rng: np.random.Generator,
    h: float = 1e-6,
    tolerance: float = 1e-6,
) -> GradCheck:
    """Compare the gradient of f with a central difference along one random direction.

    One inner product tests all partial derivatives at once: a wrong one shows with probability 1.
    A tensor result is first weighted by random numbers into a scalar.

    Args:
        f: takes tensors of the inputs' shapes, returns a tensor.
        inputs: the point, float64.
        rng: draws the direction and the weights.
        h: the step of the difference; its error falls as h² until rounding takes over.
        tolerance: the error allowed, relative to the slope or to one, whichever is larger.

    >>> gradcheck(np.sin, np.array([1.0]), rng=np.random.default_rng(0)).ok
    True

    Source: the directional check of Griewank & Walther 2008, section 3.1.
    """
    if not h > 0:
        raise DomainError(f"gradcheck: expected a step h > 0, got {h}.")
    points = [np.asarray(x, dtype=np.float64) for x in inputs]
    directions = [rng.standard_normal(x.shape) for x in points]
    weights = rng.standard_normal(f(*map(Tensor, points)).shape)

    def value(shift: float) -> Tensor:
        moved = [Tensor(x + shift * d) for x, d in zip(points, directions, strict=True)]
        return (f(*moved) * weights).sum()

    leaves = [Tensor(x) for x in points]
    gradients = grad((f(*leaves) * weights).sum(), leaves)
    reverse = sum(float(np.vdot(g.value, d)) for g, d in zip(gradients, directions, strict=True))
    difference = (value(h).item() - value(-h).item()) / (2 * h)
    error = abs(reverse - difference) / max(1.0, abs(reverse), abs(difference))
    return GradCheck(reverse, difference, error, error <= tolerance)
