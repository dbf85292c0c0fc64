"""Touch: how touching a picture turns a knob, and which handle comes next. No widgets."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from lessons.kit.knobs import AbstractKnob, Matrix, Point
from lessons.kit.pictures import Cells, Graph, Handle, Picture, PictureRow, SinglePicture
from tutor.pictures.cells import Line


@dataclass(frozen=True)
class Nudge:
    """Move some notches to the right and up; `row` says which row of a matrix of points."""

    across: int
    up: int
    row: int | None = None


@dataclass(frozen=True)
class MoveTo:
    """Move to a point of the plane; `row` says which row of a matrix of points."""

    x: float
    y: float
    row: int | None = None


@dataclass(frozen=True)
class Pick:
    """Choose what a handle stands for: a cell, a number, a name."""

    part: object


@dataclass(frozen=True)
class Edit:
    """Set one entry of a matrix."""

    at: tuple[int, int]
    number: float


@dataclass(frozen=True)
class Restore:
    """Restore the default value."""


Touch = Nudge | MoveTo | Pick | Edit | Restore
Positions = Mapping[Hashable, tuple[float, float]]
"""Where each handle is drawn: column and row of its center."""


def touched(knob: AbstractKnob[Any], value: Any, touch: Touch) -> object:
    """The value that a touch gives to a knob whose present value is `value`.

    >>> tip = Point("tip of a", (3, 4))
    >>> tip.show(touched(tip, tip.default, Nudge(1, -10)))
    '3.1, 3'
    """
    match touch:
        case Nudge(across, up, int(row)) if isinstance(knob, Matrix):
            return knob.nudged(value, row, across, up)
        case MoveTo(x, y, int(row)) if isinstance(knob, Matrix):
            return knob.placed(value, row, x, y)
        case Nudge(across, up):
            return knob.moved(value, across, up)
        case MoveTo(x, y) if isinstance(knob, Point):
            return knob.near(x, y)
        case Edit(at, number) if isinstance(knob, Matrix):
            return knob.edited(value, at, number)
        case Pick(part):
            return part
        case _:
            return knob.default


def is_picked(handle: Handle, knobs: Mapping[str, AbstractKnob[Any]]) -> bool:
    """Whether moving to a handle turns its knob: not if the handle is dragged or typed into."""
    return handle.part is not None and not isinstance(knobs[handle.knob], Matrix)


def dragged_row(handle: Handle, knobs: Mapping[str, AbstractKnob[Any]]) -> int | None:
    """The row of a matrix of points that a handle drags; None if it is no such handle."""
    is_row = isinstance(handle.part, int) and isinstance(knobs[handle.knob], Matrix)
    return handle.part if is_row else None  # type: ignore[return-value]


def is_dragged(handle: Handle, knobs: Mapping[str, AbstractKnob[Any]]) -> bool:
    """Whether a handle is a point that moves about its plane."""
    return handle.part is None or dragged_row(handle, knobs) is not None


def first_held(
    picture: Picture, knobs: Mapping[str, AbstractKnob[Any]], values: Mapping[str, object]
) -> Handle | None:
    """The handle that the keyboard holds at first: that of a present value, else the first."""
    handles = picture.handles
    for handle in handles:
        if is_picked(handle, knobs) and values[handle.knob] == handle.part:
            return handle
    return handles[0] if handles else None


def next_held(picture: Picture, held: Handle, by: int = 1) -> Handle:
    """The handle after or before one: that of the next knob if there are several, else the next."""
    handles = picture.handles
    knobs = list(dict.fromkeys(handle.knob for handle in handles))
    if len(knobs) > 1 and held.knob in knobs:
        wanted = knobs[(knobs.index(held.knob) + by) % len(knobs)]
        return next(handle for handle in handles if handle.knob == wanted)
    at = handles.index(held) + by if held in handles else 0
    return handles[at % len(handles)]


def neighbor(picture: Picture, held: Handle, across: int, up: int, drawn: Positions) -> Handle:
    """The handle to the right or left of one, or above or below it; itself at the border.

    Args:
        picture: what is shown.
        held: the handle to go from; that of a point has no neighbors.
        across: cells or positions to the right.
        up: cells or positions up.
        drawn: where the handles are.
    """
    part = _part(picture, held)
    if isinstance(part, Cells) and isinstance(held.part, tuple):
        (rows, columns), (i, j) = part.values.shape, held.part
        place = min(rows - 1, max(0, i - up)), min(columns - 1, max(0, j + across))
        return Handle(held.knob, place)
    handles = [handle for handle in part.handles if handle.knob == held.knob] if part else [held]
    if isinstance(part, Graph):
        return _nearest(handles, held, across, -up, drawn)
    at = handles.index(held) + across - up
    return handles[min(len(handles) - 1, max(0, at))]


def _part(picture: Picture, handle: Handle) -> SinglePicture | None:
    """The picture that has the handle, in a row of pictures."""
    parts = picture.parts if isinstance(picture, PictureRow) else (picture,)
    return next((p for p in parts if not isinstance(p, str) and handle in p.handles), None)


def _nearest(
    handles: Sequence[Handle], held: Handle, across: int, down: int, drawn: Positions
) -> Handle:
    """The nearest handle in a direction; sideways distance counts more, and rows are two high."""
    if held not in drawn:
        return held
    x, y = drawn[held]
    best, least = held, float("inf")
    for handle in handles:
        if handle == held or handle not in drawn:
            continue
        dx, dy = drawn[handle][0] - x, 2 * (drawn[handle][1] - y)
        ahead = dx * (across > 0) - dx * (across < 0) + dy * (down > 0) - dy * (down < 0)
        askew = abs(dy) if across else abs(dx)
        if ahead > 0 and ahead + 2 * askew < least:
            best, least = handle, ahead + 2 * askew
    return best


def positions(lines: Sequence[Line]) -> Positions:
    """Where each target of a drawing lies.

    >>> from tutor.pictures.cells import Span
    >>> positions([(Span("  "), Span("ab", target="t"))])
    {'t': (2.5, 0.0)}
    """
    sums: dict[Hashable, tuple[float, float, int]] = {}
    for row, line in enumerate(lines):
        column = 0
        for span in line:
            width = cell_len(span.text)
            if span.target is not None and width:
                x, y, n = sums.get(span.target, (0.0, 0.0, 0))
                middle = column + (width - 1) / 2
                sums[span.target] = (x + width * middle, y + width * row, n + width)
            column += width
    return {target: (x / n, y / n) for target, (x, y, n) in sums.items()}
