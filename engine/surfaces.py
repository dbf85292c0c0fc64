"""Surfaces to descend: functions of two variables with known minima.

Each f takes x and y as numbers, arrays or tensors of one shape.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import unknown

Value = Any
"""A number, an array or a tensor: a surface treats all three alike."""


@dataclass(frozen=True)
class Surface:
    """A function, where its minima are, a good place to start, and the window to look at.

    `extent` is (x0, x1, y0, y1).
    """

    name: str
    f: Callable[[Value, Value], Value]
    minima: tuple[tuple[float, float], ...]
    start: tuple[float, float]
    extent: tuple[float, float, float, float]


def valley(x: Value, y: Value, kappa: float = 100.0) -> Value:
    """(x² + κ y²) / 2: a straight valley, κ times steeper across than along. Minimum 0 at (0, 0).

    >>> valley(1.0, 1.0)
    50.5
    """
    return 0.5 * (x * x + kappa * (y * y))


def rosenbrock(x: Value, y: Value) -> Value:
    """(1 − x)² + 100 (y − x²)²: a curved valley. Minimum 0 at (1, 1). Rosenbrock 1960.

    >>> round(rosenbrock(-1.2, 1.0), 6)
    24.2
    """
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def beale(x: Value, y: Value) -> Value:
    """(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²: cliffs around a flat floor.

    Minimum 0 at (3, 0.5). Beale 1958.

    >>> beale(3.0, 0.5)
    0.0
    """
    xy = x * y
    return (1.5 - x + xy) ** 2 + (2.25 - x + xy * y) ** 2 + (2.625 - x + xy * y * y) ** 2


def himmelblau(x: Value, y: Value) -> Value:
    """(x² + y − 11)² + (x + y² − 7)²: four minima, all of them 0. Himmelblau 1972.

    >>> himmelblau(3.0, 2.0)
    0.0
    """
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def saddle(x: Value, y: Value) -> Value:
    """x⁴/4 − x²/2 + y²/2: at (0, 0) it falls along x and rises along y. Minima −1/4 at (±1, 0).

    >>> saddle(1.0, 0.0), saddle(0.0, 0.0)
    (-0.25, 0.0)
    """
    return 0.25 * (x * x) * (x * x) - 0.5 * (x * x) + 0.5 * (y * y)


SURFACES: Mapping[str, Surface] = {
    surface.name: surface
    for surface in (
        Surface("valley", valley, ((0.0, 0.0),), (1.0, 1.0), (-1.5, 1.5, -1.5, 1.5)),
        Surface("rosenbrock", rosenbrock, ((1.0, 1.0),), (-1.2, 1.0), (-2.0, 2.0, -1.0, 3.0)),
        Surface("beale", beale, ((3.0, 0.5),), (1.0, 1.5), (-1.0, 4.5, -1.5, 2.0)),
        Surface(
            "himmelblau",
            himmelblau,
            ((3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)),
            (0.0, 0.0),
            (-5.0, 5.0, -5.0, 5.0),
        ),
        Surface("saddle", saddle, ((1.0, 0.0), (-1.0, 0.0)), (0.001, 1.0), (-2.0, 2.0, -1.5, 1.5)),
    )
}


def surface(name: str) -> Surface:
    """The surface of that name.

    Raises:
        UnknownNameError: there is none; the message lists the nearest.

    >>> surface("beale").minima
    ((3.0, 0.5),)
    """
    if name not in SURFACES:
        raise unknown("surface", name, SURFACES)
    return SURFACES[name]
