"""Areas by panels: trapezoid and Simpson, and their error as the panels are halved.

Sources: Press et al. 2007, Numerical Recipes, sections 4.1 and 4.2; Davis & Rabinowitz 1984,
Methods of Numerical Integration, section 2.1.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.calculus.gauss import gauss_legendre
from engine.calculus.integrand import Integrand, interval, sized, values
from engine.errors import DomainError, unknown
from engine.scaling import ldexp, scaled
from engine.validate import integer, scalar

PANELS = 2**22
"""The most panels: 4,194,304."""


def trapezoid(f: Integrand, a: float, b: float, n: int) -> float:
    """h (f₀/2 + f₁ + … + f_{n−1} + f_n/2), h = (b − a)/n: error −(b − a) h² f″/12.

    Args:
        f: x (n + 1,) to f(x).
        a, b: the ends, finite.
        n: panels, ≥ 1.

    Raises:
        ShapeError: f gives another shape.
        DomainError: a setting outside its domain; f is not finite somewhere.

    >>> round(trapezoid(np.sin, 0, np.pi, 4), 6)
    1.896119

    Source: Press et al. 2007, equation 4.1.11.
    """
    interval("trapezoid", a, b)
    n = integer("trapezoid", "n", n, low=1, high=PANELS)
    y = values("trapezoid", f, np.linspace(a, b, n + 1))
    y, e = scaled(y)
    area = (b - a) / n * (y[1:-1].sum() + (y[0] + y[-1]) / 2)
    return sized("trapezoid", ldexp(area, e))


def simpson(f: Integrand, a: float, b: float, n: int) -> float:
    """h/3 (f₀ + 4 f₁ + 2 f₂ + … + 4 f_{n−1} + f_n): a parabola over each two panels.

    Error −(b − a) h⁴ f⁗/180: exact for cubics.

    Args:
        f: x (n + 1,) to f(x).
        a, b: the ends, finite.
        n: panels, even, ≥ 2.

    Raises:
        ShapeError: f gives another shape.
        DomainError: a setting outside its domain; f is not finite somewhere.

    >>> round(simpson(np.sin, 0, np.pi, 4), 6)
    2.00456

    Source: Press et al. 2007, equation 4.1.13.
    """
    interval("simpson", a, b)
    n = integer("simpson", "n", n, low=1, high=PANELS)
    if n % 2:
        raise DomainError(f"simpson: expected an even number of panels, got {n}.")
    y = values("simpson", f, np.linspace(a, b, n + 1))
    y, e = scaled(y)
    odd, even = y[1::2].sum(), y[2:-1:2].sum()
    area = (b - a) / (3 * n) * (y[0] + y[-1] + 4 * odd + 2 * even)
    return sized("simpson", ldexp(area, e))


RULES: Mapping[str, Callable[[Integrand, float, float, int], float]] = {
    "trapezoid": trapezoid,
    "simpson": simpson,
    "gauss": gauss_legendre,
}
"""Rules by name: f, a, b, n → the area. n counts panels, for "gauss" points."""


@dataclass(frozen=True, slots=True)
class Refinement:
    """The area by n panels (or points), and how it moved.

    `change` is the area minus the one before (NaN at first), `ratio` the change before over this
    one: 4 for the trapezoid and 16 for Simpson where f is smooth.
    """

    n: int
    area: float
    change: float
    ratio: float
    why: str


@dataclass(frozen=True, slots=True)
class Integral:
    """The area, the size of the last change, and whether that came within the tolerance.

    `evaluations` counts the points of the last rule.
    """

    area: float
    change: float
    n: int
    evaluations: int
    converged: bool
    why: str


def refinement_steps(
    f: Integrand,
    a: float,
    b: float,
    *,
    rule: str = "simpson",
    n: int = 2,
    tolerance: float = 1e-10,
    limit: int = 16,
) -> Iterator[Refinement | Integral]:
    """Double the panels until the area stands still.

    Args:
        f: x (n,) to f(x).
        a, b: the ends, finite.
        rule: "trapezoid", "simpson" or "gauss" (which gains a point at a time).
        n: panels or points to begin with, ≥ 1.
        tolerance: stop when the change is ≤ tolerance · |b − a| · mean |f| over the points, > 0:
            so the units of x and f do not count, and an area of 0 can be found.
        limit: the most rules tried, ≥ 2.

    Returns:
        Refinements; the last record is the `Integral`.

    Raises:
        UnknownNameError: no such rule.
        ShapeError: f gives another shape.
        DomainError: a setting outside its domain; f is not finite somewhere.

    >>> round(integrate(np.sin, 0, np.pi).area, 9)
    2.0

    Source: Press et al. 2007, section 4.2.
    """
    if rule not in RULES:
        raise unknown("rule of quadrature", rule, RULES)
    interval(rule, a, b)
    tolerance = scalar(rule, "tolerance", tolerance, above=0, infinite=True)
    limit, n = integer(rule, "limit", limit, low=2), integer(rule, "n", n, low=1, high=PANELS)
    return _refine(f, a, b, rule, n, tolerance, limit)


def _refine(
    f: Integrand, a: float, b: float, rule: str, n: int, tolerance: float, limit: int
) -> Iterator[Refinement | Integral]:
    area = change = math.nan
    sure = False
    size = 0.0

    def measured(x: Array) -> Array:
        nonlocal size
        y = values(rule, f, x)
        absolute, e = scaled(np.abs(y))
        size = abs(b - a) * ldexp(float(absolute.mean()), e)
        return y

    for tried in range(limit):
        if tried:
            n = n + 1 if rule == "gauss" else 2 * n
        new = RULES[rule](measured, a, b, n)
        moved = new - area
        ratio = change / moved if moved else math.nan
        area, change = new, moved
        why = f"n = {n}: area {area:.10g}"
        why += f", moved by {change:.2g}" if tried else ""
        why += f"; the move before was {ratio:.4g} times that" if math.isfinite(ratio) else ""
        yield Refinement(n, area, change, ratio, why)
        if abs(change) <= tolerance * size:
            sure = True
            break
    points = n if rule == "gauss" else n + 1
    why = f"{'converged' if sure else 'not converged'} at n = {n}: the last change is {change:.2g}"
    yield Integral(area, abs(change), n, points, sure, why)


def integrate(
    f: Integrand,
    a: float,
    b: float,
    *,
    rule: str = "simpson",
    n: int = 2,
    tolerance: float = 1e-10,
    limit: int = 16,
) -> Integral:
    """∫ₐᵇ f: the last record of `refinement_steps`.

    >>> round(integrate(np.exp, 0, 1, rule="gauss").area - (np.e - 1), 9)
    0.0
    """
    steps = refinement_steps(f, a, b, rule=rule, n=n, tolerance=tolerance, limit=limit)
    *_, answer = steps
    assert isinstance(answer, Integral)
    return answer
