"""Arrays put together from arrays: concatenation, stacking, padding. Each part may be a gradient's.

All are one primitive, `insert`: in a compiled step a part is computed where it belongs.
"""

from collections.abc import Sequence

from engine.array import Index
from engine.errors import DomainError, ShapeError, unknown
from engine.indexing import normal_axes
from engine.primitives.packs import insert
from engine.tracing import Tensor

MARGINS = ("zeros", "circular", "reflect")
"""What may stand beyond the ends of an axis."""


def concatenate(parts: Sequence[Tensor], axis: int = 0) -> Tensor:
    """The parts behind one another along an axis that they have.

    Args:
        parts: at least one, of equal shapes but for that axis.
        axis: counted from the front, or from the back if negative.

    Raises:
        ShapeError: no parts, or shapes that do not fit.

    >>> concatenate([Tensor([[1.0], [2.0]]), Tensor([[3.0]])]).value.tolist()
    [[1.0], [2.0], [3.0]]
    """
    if not parts:
        raise ShapeError("concatenate: expected at least one part, got none.")
    (axis,) = normal_axes(axis, parts[0].ndim)
    frames = [x.shape[:axis] + x.shape[axis + 1 :] for x in parts]
    if any(
        frame != frames[0] or x.ndim != parts[0].ndim
        for frame, x in zip(frames, parts, strict=True)
    ):
        raise ShapeError(f"concatenate: expected shapes that differ along axis {axis} alone, got "
                         f"{', '.join(str(x.shape) for x in parts)}.")  # fmt: skip
    indices, start = [], 0
    for x in parts:
        indices.append(_at(axis, slice(start, start + x.shape[axis])))
        start += x.shape[axis]
    shape = (*parts[0].shape[:axis], start, *parts[0].shape[axis + 1 :])
    return insert(*parts, indices=tuple(indices), shape=shape)


def stack(parts: Sequence[Tensor], axis: int = 0) -> Tensor:
    """The parts side by side along a new axis: T states (N, H) become (N, T, H) for axis 1.

    Args:
        parts: at least one, all of one shape.
        axis: where the new axis stands in the result.

    Raises:
        ShapeError: no parts, or shapes that differ.

    >>> stack([Tensor([1.0, 2.0]), Tensor([3.0, 4.0])], axis=1).value.tolist()
    [[1.0, 3.0], [2.0, 4.0]]
    """
    if not parts or any(x.shape != parts[0].shape for x in parts):
        shapes = ", ".join(str(x.shape) for x in parts) or "none"
        raise ShapeError(f"stack: expected parts of one shape, got {shapes}.")
    (axis,) = normal_axes(axis, parts[0].ndim + 1)
    indices = tuple(_at(axis, i) for i in range(len(parts)))
    shape = (*parts[0].shape[:axis], len(parts), *parts[0].shape[axis:])
    return insert(*parts, indices=indices, shape=shape)


def pad(x: Tensor, widths: Sequence[int], mode: str = "zeros") -> Tensor:
    """x with a margin on both sides of each of its last axes.

    With a circular margin the axis is a ring, and a convolution moves along with its input exactly.

    Args:
        x: any shape.
        widths: the margin of each of the last axes, ≥ 0.
        mode: what the margin holds. "zeros"; "circular" continues x from its other end, by at most
            n numbers of n; "reflect" mirrors x in its first and in its last number, which are not
            repeated, by at most n − 1. For NumPy these are "constant", "wrap" and "reflect".

    Raises:
        ShapeError: more widths than x has axes.
        DomainError: a negative width, or one that is too wide.
        UnknownNameError: another mode.

    >>> pad(Tensor([1.0, 2.0, 3.0]), [1]).value.tolist()
    [0.0, 1.0, 2.0, 3.0, 0.0]
    >>> pad(Tensor([1.0, 2.0, 3.0]), [1], "circular").value.tolist()
    [3.0, 1.0, 2.0, 3.0, 1.0]
    >>> pad(Tensor([1.0, 2.0, 3.0]), [2], "reflect").value.tolist()
    [3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0]
    """
    if mode not in MARGINS:
        raise unknown("margin", mode, MARGINS)
    if len(widths) > x.ndim:
        raise ShapeError(f"pad: expected at most {x.ndim} widths for shape {x.shape}, got "
                         f"{tuple(widths)}.")  # fmt: skip
    sides = x.shape[x.ndim - len(widths) :]
    _require_widths(widths, sides, mode)
    if not any(widths):
        return x
    if mode != "zeros":
        for axis, p in enumerate(widths, start=x.ndim - len(widths)):
            x = concatenate(_with_ends(x, axis, p, mode), axis) if p else x
        return x
    inside = (..., *(slice(p, p + n) for p, n in zip(widths, sides, strict=True)))
    shape = (
        *x.shape[: x.ndim - len(widths)],
        *(n + 2 * p for p, n in zip(widths, sides, strict=True)),
    )
    return insert(x, indices=(inside,), shape=shape)


def _require_widths(widths: Sequence[int], sides: tuple[int, ...], mode: str) -> None:
    """Nothing if each margin can be taken from its axis."""
    most = tuple(max(n - (mode == "reflect"), 0) for n in sides)
    is_bounded = mode != "zeros"
    if any(p < 0 or (is_bounded and p > n) for p, n in zip(widths, most, strict=True)):
        limit = f" and at most {most} in mode {mode}" if is_bounded else ""
        raise DomainError(f"pad: expected widths ≥ 0{limit}, got {tuple(widths)}.")


def _with_ends(x: Tensor, axis: int, p: int, mode: str) -> tuple[Tensor, Tensor, Tensor]:
    """What stands before x, x, and what stands behind it, along an axis with a margin p ≥ 1."""
    n = x.shape[axis]
    if mode == "circular":
        before, behind = x[_at(axis, slice(n - p, n))], x[_at(axis, slice(0, p))]
    else:
        mirrored = x[_at(axis, slice(None, None, -1))]
        before = mirrored[_at(axis, slice(n - 1 - p, n - 1))]
        behind = mirrored[_at(axis, slice(1, p + 1))]
    return before, x, behind


def _at(axis: int, where: int | slice) -> Index:
    return (*(slice(None),) * axis, where)
