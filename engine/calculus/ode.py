"""Differential equations step by step: ẏ = f(t, y), and downhill as ẇ = −∇L(w).

Sources: Hairer, Nørsett & Wanner 1993, Solving Ordinary Differential Equations I, sections II.1
and II.2 (Runge 1895, Kutta 1901); Euler 1768.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError, unknown
from engine.linalg.records import last
from engine.reverse import grad
from engine.tensor import Tensor
from engine.validate import array, function, integer, require, scalar, vector

Slope = Callable[[float, Array], ArrayLike]
"""t, y (n,) to ẏ (n,)."""

Inner = Callable[[float, Array], Array]
"""The same, with its results validated."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where the walk is: y (n,) at time t (seconds) after `step` steps.

    `slopes` (k, n) are those the step into this state was made of, in the order of their making:
    one for Euler, two for the midpoint, four for Runge–Kutta; none at step 0.
    """

    step: int
    t: float
    y: Array
    slopes: Array
    why: str


def _euler(f: Inner, t: float, y: Array, h: float) -> tuple[Array, Array]:
    k = f(t, y)
    return y + h * k, np.stack([k])


def _midpoint(f: Inner, t: float, y: Array, h: float) -> tuple[Array, Array]:
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    return y + h * k2, np.stack([k1, k2])


def _rk4(f: Inner, t: float, y: Array, h: float) -> tuple[Array, Array]:
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), np.stack([k1, k2, k3, k4])


METHODS: Mapping[str, Callable[[Inner, float, Array, float], tuple[Array, Array]]] = {
    "euler": _euler,
    "midpoint": _midpoint,
    "rk4": _rk4,
}
"""One step by each method: its error over a fixed time falls as h, h², h⁴."""


def ode_steps(
    f: Slope, y: ArrayLike, h: float, steps: int, *, t: float = 0.0, method: str = "rk4"
) -> Iterator[State]:
    """Follow the slope: y ← y + h · (a mean of slopes along the step).

    Euler: k₁ = f(t, y). Midpoint: k₂ = f(t + h/2, y + h/2 k₁). Runge–Kutta: (k₁ + 2 k₂ + 2 k₃ +
    k₄)/6, k₃ and k₄ as in its source.

    Args:
        f: t, y (n,) to ẏ (n,).
        y: (n,), the start.
        h: the step in time, ≠ 0, negative to go back.
        steps: how many, ≥ 0.
        t: the time at the start.
        method: "euler", "midpoint" or "rk4".

    Returns:
        steps + 1 states, the start first; the last one is the answer.

    Raises:
        UnknownNameError: no such method.
        ShapeError: f gives another shape.
        DomainError: a setting outside its domain; f gives anything but real numbers; y
            overflows, named with the step.

    >>> round(ode(lambda t, y: y, [1], 0.1, 10).y[0].item(), 6)
    2.71828

    Source: Hairer, Nørsett & Wanner 1993, table II.1.2 (rk4).
    """
    if method not in METHODS:
        raise unknown("method for differential equations", method, METHODS)
    function(method, "f", f)
    start = vector(method, "y", y)
    h, t = scalar(method, "step h", h), scalar(method, "t", t)
    require(h != 0, method, "step h ≠ 0", h)
    steps = integer(method, "steps", steps, low=0)
    return _walk(f, start, h, steps, t, method)


def _validated(f: Slope, method: str) -> Inner:
    """f on its own copy of y, giving a fresh array of the same shape, or a named error."""

    def slope(t: float, y: Array) -> Array:
        k = array(method, "f(t, y)", f(t, y.copy()), nan=True)
        if k.shape != y.shape:
            raise ShapeError(f"{method}: expected f of shape {y.shape}, got {k.shape}.")
        return k

    return slope


def _walk(f: Slope, y: Array, h: float, steps: int, t: float, method: str) -> Iterator[State]:
    yield State(0, t, y.copy(), np.zeros((0, len(y))), "the start")
    inner = _validated(f, method)
    for step in range(1, steps + 1):
        now = t + (step - 1) * h  # not added up: no rounding piles up in the time
        with np.errstate(all="ignore"):
            new, slopes = METHODS[method](inner, now, y, h)
        if not np.isfinite(new).all():
            raise DomainError(
                f"{method}: expected finite y, got {new[~np.isfinite(new)][0]} in step {step} at "
                f"t = {now + h:g}. Take a smaller h."
            )
        y = new
        size = float(np.abs(slopes[-1]).max())
        why = (
            f"{len(slopes)} slope{'s' * (len(slopes) > 1)} from t = {now:.6g}, the last {size:.4g}"
        )
        yield State(step, t + step * h, y.copy(), slopes, why)


def ode(
    f: Slope, y: ArrayLike, h: float, steps: int, *, t: float = 0.0, method: str = "rk4"
) -> State:
    """y at time t + steps · h: the last record of `ode_steps`.

    >>> ode(lambda t, y: -y, [1.0], 0.5, 2, method="euler").y.tolist()
    [0.25]
    """
    return last(ode_steps(f, y, h, steps, t=t, method=method))


def gradient_flow_steps(
    loss: Callable[[Tensor], Tensor], w: ArrayLike, h: float, steps: int, *, method: str = "euler"
) -> Iterator[State]:
    """ẇ = −∇L(w): straight downhill in continuous time; Euler with h = η is gradient descent.

    Args:
        loss: w (n,) to one number, in tensor code.
        w: (n,), the start.
        h: the step in time; under Euler the learning rate η.
        steps: how many, ≥ 0.
        method: "euler", "midpoint" or "rk4".

    Returns:
        steps + 1 states, the start first.

    Raises:
        UnknownNameError: no such method.
        ShapeError: loss gives more than one number.
        DomainError: a setting outside its domain; w overflows, named with the step.

    >>> gradient_flow(lambda w: (w * w).sum(), [1.0], 0.25, 2).y.tolist()
    [0.25]

    Source: Ambrosio, Gigli & Savaré 2008, Gradient Flows, introduction.
    """

    def down(t: float, w: Array) -> Array:
        leaf = Tensor(w)
        value = loss(leaf)
        if not isinstance(value, Tensor):
            raise DomainError(
                f"gradient_flow: expected loss(w) a Tensor, got {value!r}. Compute it from w."
            )
        return -grad(value, [leaf])[0].value

    function("gradient_flow", "loss", loss)

    return ode_steps(down, w, h, steps, method=method)


def gradient_flow(
    loss: Callable[[Tensor], Tensor], w: ArrayLike, h: float, steps: int, *, method: str = "euler"
) -> State:
    """w after the time steps · h: the last record of `gradient_flow_steps`.

    >>> gradient_flow(lambda w: w.sum(), [1.0], 0.5, 1, method="rk4").y.tolist()
    [0.5]
    """
    return last(gradient_flow_steps(loss, w, h, steps, method=method))
