"""Derivatives by differences: what a small step tells, and what rounding takes back.

Sources: Press et al. 2007, Numerical Recipes, section 5.7; Squire & Trapp 1998, Using complex
variables to estimate derivatives of real functions.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.validate import array, function, require, scalar, vector

Real = Callable[[float], float]
"""A function of one number, typed, or in plain code (for the complex step np.sin, not math.sin)."""

STEPS = tuple(10.0**-k for k in range(1, 21))
"""0.1, 0.01, …, 1e-20."""


def forward_difference(f: Real, x: float, h: float) -> float:
    """(f(x + h) − f(x)) / h: the slope of the secant; error ≈ h |f″|/2 + 2ε |f|/h.

    Args:
        f: defined at x and x + h.
        x: where.
        h: ≠ 0; √ε ≈ 1e-8 is about best.

    Raises:
        DomainError: h is 0, or not finite; f is not finite there.

    >>> forward_difference(lambda x: x * x, 3.0, 0.5)
    6.5

    Source: Press et al. 2007, equation 5.7.1.
    """
    x, h = _check("forward_difference", f, x, h)
    far, near = _at("forward_difference", f, x + h), _at("forward_difference", f, x)
    return _quotient("forward_difference", x, far - near, h)


def central_difference(f: Real, x: float, h: float) -> float:
    """(f(x + h) − f(x − h)) / 2h: error ≈ h² |f‴|/6 + ε |f|/h, exact for parabolas.

    Args:
        f: defined at x − h and x + h.
        x: where.
        h: ≠ 0; ∛ε ≈ 6e-6 is about best.

    Raises:
        DomainError: h is 0, or not finite; f is not finite there.

    >>> central_difference(lambda x: x * x, 3.0, 0.5)
    6.0

    Source: Press et al. 2007, equation 5.7.7.
    """
    x, h = _check("central_difference", f, x, h)
    right, left = _at("central_difference", f, x + h), _at("central_difference", f, x - h)
    return _quotient("central_difference", x, (right - left) / 2, h)


def complex_step(f: Callable[[complex], complex], x: float, h: float | None = None) -> float:
    """Im f(x + ih) / h: no subtraction, so nothing cancels; error ≈ h² |f‴|/6.

    Args:
        f: analytic at x: a typed `Formula`, or code with functions that know complex numbers
            (np.sin, not math.sin); in code abs, maximum and comparisons are not analytic, and the
            answer would be wrong.
        x: where.
        h: ≠ 0, as small as you like beside the scale on which f changes; None for 1e-20 |x|, but
            at least 1e-250 (below 1e-308 floats lose digits), and 1e-20 where x = 0.

    Raises:
        DomainError: h is 0, or not finite; f is not finite there, or does not take complex numbers.

    >>> complex_step(np.sin, 1.0) - math.cos(1.0)
    0.0

    Source: Squire & Trapp 1998, equation 4.
    """
    x = scalar("complex_step", "x", x)
    if h is None:
        h = max(1e-20 * abs(x), 1e-250) if x else 1e-20
    x, h = _check("complex_step", f, x, h)
    try:
        with np.errstate(all="ignore"):
            found = f(complex(x, h))
    except TypeError as error:
        raise DomainError(
            f"complex_step: expected f of complex numbers, got one that refuses them ({error})."
        ) from error
    raw = np.asarray(found)
    if raw.ndim or raw.dtype.kind not in "buifc":
        raise DomainError(f"complex_step: expected f to give one number, got {found!r}.")
    value = complex(raw)
    _finite("complex_step", x, value.real)
    return _quotient("complex_step", x, value.imag, h)


def _check(name: str, f: object, x: float, h: float) -> tuple[float, float]:
    function(name, "f", f)
    x, h = scalar(name, "x", x), scalar(name, "step h", h)
    require(h != 0, name, "step h ≠ 0", h)
    return x, h


def _at(name: str, f: Real, x: float) -> float:
    """f(x), one finite number."""
    with np.errstate(all="ignore"):
        y = array(name, "f(x)", f(x), nan=True)
    if y.ndim:
        raise ShapeError(f"{name}: expected f to give one number, got shape {y.shape}.")
    return _finite(name, x, y.item())


def _finite(name: str, x: float, value: float) -> float:
    if not math.isfinite(value):
        raise DomainError(f"{name}: expected f finite around x = {x:g}, got {value}.")
    return value


def _quotient(name: str, x: float, change: float, h: float) -> float:
    """change / h, if it has a float."""
    slope = _finite(name, x, change / h)
    if change and not slope:
        raise DomainError(
            f"{name}: expected a slope of 5e-324 or more, got {change:g} / {h:g}. Scale f up."
        )
    return slope


@dataclass(frozen=True, slots=True)
class DifferenceStep:
    """Three estimates of f′(x) with one h, and their absolute errors.

    `complex` and `complex_error` are NaN when f does not take complex numbers.
    """

    h: float
    forward: float
    central: float
    complex: float
    forward_error: float
    central_error: float
    complex_error: float
    why: str


@dataclass(frozen=True, slots=True)
class BestSteps:
    """The least error of each method over all h, and the h that gave it."""

    forward_h: float
    forward_error: float
    central_h: float
    central_error: float
    complex_h: float
    complex_error: float
    why: str


def difference_steps(
    f: Callable[..., complex], x: float, exact: float, *, steps: Sequence[float] = STEPS
) -> Iterator[DifferenceStep | BestSteps]:
    """Error against h: down with the secant, up again with rounding; only the complex step stays.

    Args:
        f: of one number, real or complex.
        x: where.
        exact: f′(x).
        steps: the h to try, at least one.

    Returns:
        One record for each h; the last record is `BestSteps`.

    Raises:
        DomainError: no steps, or one that is 0; f is not finite there.

    >>> *_, best = difference_steps(np.sin, 1.0, math.cos(1.0))
    >>> best.forward_h, best.complex_error
    (1e-08, 0.0)

    Source: Press et al. 2007, section 5.7; Squire & Trapp 1998, table 1.
    """
    function("difference_steps", "f", f)
    exact = scalar("difference_steps", "exact", exact)
    if not np.size(steps):
        raise DomainError("difference_steps: expected at least one h, got none.")
    return _difference_steps(f, x, exact, vector("difference_steps", "steps", steps))


def _difference_steps(
    f: Callable[..., complex], x: float, exact: float, steps: Array
) -> Iterator[DifferenceStep | BestSteps]:
    def real(x: float) -> float:
        return float(np.real(f(x)))

    rows = []
    for h in steps.tolist():
        forward, central = forward_difference(real, x, h), central_difference(real, x, h)
        try:
            third = complex_step(f, x, h)
        except DomainError:
            third = math.nan
        errors = abs(forward - exact), abs(central - exact), abs(third - exact)
        why = f"h = {h:.0e}: off by {errors[0]:.1e}, {errors[1]:.1e}, {errors[2]:.1e}"
        rows.append(DifferenceStep(h, forward, central, third, *errors, why))
        yield rows[-1]
    one = min(rows, key=lambda row: row.forward_error)
    two = min(rows, key=lambda row: row.central_error)
    three = min(rows, key=lambda row: (math.isnan(row.complex_error), row.complex_error))
    why = f"forward {one.forward_error:.1e} at h = {one.h:.0e}, central {two.central_error:.1e} "
    why += f"at {two.h:.0e}, complex step {three.complex_error:.1e} at {three.h:.0e}"
    best = (one.h, one.forward_error, two.h, two.central_error, three.h, three.complex_error)
    yield BestSteps(*best, why)


def best_steps(
    f: Callable[..., complex], x: float, exact: float, *, steps: Sequence[float] = STEPS
) -> BestSteps:
    """Which h serves each method best: the last record of `difference_steps`.

    >>> best_steps(np.exp, 0.0, 1.0, steps=[0.1]).central_h
    0.1
    """
    *_, answer = difference_steps(f, x, exact, steps=steps)
    assert isinstance(answer, BestSteps)
    return answer
