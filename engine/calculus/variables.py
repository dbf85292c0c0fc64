"""Change of variables: what a map does to areas, and how an integral follows it.

    ∫ f(x) dx over g(U)  =  ∫ f(g(u)) |det J(u)| du over U,    J_ij = ∂x_i / ∂u_j.

|det J| is how many times larger than a little box its image is; its sign tells a reflection.

A map takes D tensors, one for each coordinate, and gives D: `lambda r, t: (r * np.cos(t), …)`.

Sources: Apostol 1969, Calculus II, sections 11.26 to 11.32; Press et al. 2007, section 4.6.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.calculus.gauss import nodes
from engine.errors import DomainError, ShapeError
from engine.reverse import grad
from engine.scaling import scaled
from engine.tensor import Tensor
from engine.validate import integer, matrix, vector

Map = Callable[..., Sequence[Tensor | float]]

POINTS = 10**6
"""How many points a product of rules may have."""


def jacobian(g: Map, u: ArrayLike) -> tuple[Array, Array]:
    """Where a map takes some points, and its slopes there.

    Args:
        g: D tensors (N,) to M of them, elementwise.
        u: (N, D), one point a row.

    Returns:
        x (N, M), and J (N, M, D) with J[n, i, j] = ∂x_i / ∂u_j at point n.

    Raises:
        ShapeError: u is not a matrix; g gives another shape.
        DomainError: g is undefined, or has no finite slope, at a point; NaN.

    >>> x, J = jacobian(lambda u, v: (u * v, u + 2 * v), [[3.0, 5.0]])
    >>> x.tolist(), J[0].tolist()
    ([[15.0, 13.0]], [[5.0, 3.0], [1.0, 2.0]])
    """
    points = matrix("jacobian", "u", u)
    leaves = [Tensor(column) for column in points.T]
    columns, rows = [], []
    for image in g(*leaves):
        x = image if isinstance(image, Tensor) else Tensor(np.full(len(points), float(image)))
        if x.shape != (len(points),):
            raise ShapeError(f"jacobian: expected x of shape ({len(points)},), got {x.shape}.")
        columns.append(x.value)
        rows.append(np.stack([slope.value for slope in grad(x.sum(), leaves)], axis=1))
    if not columns:
        raise ShapeError("jacobian: expected a map to one coordinate or more, got none.")
    J = np.stack(rows, axis=1)
    if not np.isfinite(J).all():
        n, i, j = np.argwhere(~np.isfinite(J))[0].tolist()
        raise DomainError(
            f"jacobian: expected slopes below 1.8e308, got {J[n, i, j]} for ∂x_{i + 1} / "
            f"∂u_{j + 1} at u = {points[n]}."
        )
    return np.stack(columns, axis=1), J


def substitution(
    f: Callable[[Array], ArrayLike], g: Map, low: ArrayLike, high: ArrayLike, n: int = 32
) -> float:
    """∫ f over the image of a box, by Gauss–Legendre in the box's own coordinates.

    Args:
        f: x (N, D) to f(x) (N,), or one number for all.
        g: the map from the box, D tensors to D; one to one inside it.
        low, high: (D,), corners of the box, low ≤ high.
        n: points along each axis, 1 ≤ n ≤ 500, nᴰ ≤ 10⁶.

    Returns:
        The integral, exact where f(g(u)) |det J| is a polynomial of degree below 2n in each u.

    Raises:
        ShapeError: shapes that do not fit.
        DomainError: a setting outside its domain; f or g is not finite somewhere.

    >>> polar = lambda r, t: (r * np.cos(t), r * np.sin(t))
    >>> round(substitution(lambda x: 1.0, polar, [0, 0], [1, 2 * np.pi]), 12)  # a disc
    3.14159265359

    Source: Apostol 1969, equation 11.32.
    """
    low = vector("substitution", "low", low)
    high = vector("substitution", "high", high, size=len(low))
    D = len(low)
    if not (low <= high).all():
        raise DomainError(f"substitution: expected low ≤ high, got {low} and {high}.")
    n = integer("substitution", "n", n, low=1, high=500)
    if n**D > POINTS:
        raise DomainError(f"substitution: expected n^{D} ≤ {POINTS}, got n = {n}.")
    rule = nodes(n)
    grid = np.stack(np.meshgrid(*[rule.x] * D, indexing="ij"), axis=-1).reshape(-1, D)
    weights = np.stack(np.meshgrid(*[rule.w] * D, indexing="ij"), axis=-1).reshape(-1, D)
    half = high / 2 - low / 2
    x, J = jacobian(g, low + half * (grid + 1))
    if J.shape[1:] != (D, D):
        raise ShapeError(f"substitution: expected a map to {D} coordinates, got {J.shape[1]}.")
    # In units of the box: small sides and a large |det J| are one number between them.
    with np.errstate(all="ignore"):
        J, e = scaled(J * half)
        areas = np.abs(np.linalg.det(J))
        y = np.asarray(f(x), dtype=np.float64)
    if y.shape not in ((), (len(x),)):
        raise ShapeError(f"substitution: expected f(x) of shape ({len(x)},), got {y.shape}.")
    with np.errstate(all="ignore"):
        total = np.ldexp(weights.prod(axis=1) * y * areas, D * e)
    if not np.isfinite(total).all():
        at = x[~np.isfinite(total)][0]
        raise DomainError(f"substitution: expected f |det J| finite, got none at x = {at}.")
    return math.fsum(total.tolist())
