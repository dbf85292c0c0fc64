"""What lessons make of a formula: functions, surfaces, activations, losses, labels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.data.dataset import DataSet, Task
from engine.errors import DomainError, FormulaDomainError, FormulaError, ShapeError
from engine.formula.formula import Formula, Numeric
from engine.formula.functions import mean
from engine.formula.pointwise import Pointwise
from engine.losses import Loss
from engine.surfaces import Surface
from engine.tensor import Tensor


def typed_function(text: str, names: Sequence[str] = ("x",)) -> Pointwise:
    """A function of some variables that works on numbers, arrays and tensors alike.

    Args:
        text: the formula.
        names: its variables in the order of a call; it need not use all.

    Raises:
        FormulaError: it is not a formula of these variables.

    >>> typed_function("2*pi", ["x"])(np.zeros(2)).round(4).tolist()
    [6.2832, 6.2832]
    """
    return Pointwise(Formula(text, tuple(names)))


def typed_surface(
    text: str,
    *,
    start: tuple[float, float] = (1.0, 1.0),
    extent: tuple[float, float, float, float] = (-2.0, 2.0, -2.0, 2.0),
    minima: Sequence[tuple[float, float]] = (),
) -> Surface:
    """A surface to descend, f(x, y); its `f` is a `Pointwise`, which has slopes, too.

    Args:
        text: the formula, of x and y.
        start: where a descent begins.
        extent: (x0, x1, y0, y1), the window to look at.
        minima: those that are known.

    Raises:
        FormulaError: it is not a formula of x and y.

    >>> typed_surface("(1 − x)² + 100·(y − x²)²").f(-1.0, 1.0)
    4.0
    """
    return Surface(text, typed_function(text, ("x", "y")), tuple(minima), start, extent)


def typed_activation(text: str) -> Pointwise:
    """An activation: a function of one variable, whatever it is called.

    Args:
        text: such as "z*sigmoid(z)".

    Raises:
        FormulaError: it does not have exactly one variable, or is not elementwise.

    >>> typed_activation("max(z, 0.1*z)")(Tensor([-1.0, 2.0])).value.tolist()
    [-0.1, 2.0]
    """
    formula = Formula(text)
    if len(formula.names) != 1:
        got = " and ".join(formula.names) or "none"
        last = formula.parsed.at
        raise FormulaError(f"Expected a formula of one variable such as z, got {got}.", text, last)
    return Pointwise(formula)


def typed_loss(text: str) -> Loss:
    """A loss, averaged: a function of scores z or outputs y_hat, and of what they should be, y.

    Args:
        text: such as "(y_hat - y)**2"; where its value is an array its mean is taken.

    Returns:
        A function of two tensors (N, K), as those of `engine.losses`.

    Raises:
        FormulaError: it uses other names, z and y_hat together, or neither.

    >>> typed_loss("(ŷ − y)²")(Tensor([[1.0], [3.0]]), Tensor([[1.0], [1.0]])).item()
    2.0
    """
    parsed = Formula(text, ("z", "y_hat", "y")).parsed
    first = [name for name in parsed.names if name != "y"]
    if len(first) != 1:
        raise FormulaError("Expected a formula of y and of z, the scores, or y_hat, the outputs: "
                           "one of the two.", text, parsed.at)  # fmt: skip
    formula = Formula(text, (first[0], "y"))

    def loss(z: Tensor, y: Tensor) -> Tensor:
        if z.shape != y.shape or z.ndim != 2:
            raise ShapeError(f"{text}: expected two arrays of one shape (N, K), got {z.shape} and "
                             f"{y.shape}.")  # fmt: skip
        value: Tensor = formula(z, y)
        return value if value.shape == () else mean(value)

    return loss


def typed_labels(
    text: str, x: Array, *, task: Task = "classification", classes: int = 2
) -> DataSet:
    """Points with answers from a formula of their features x1, x2, …

    Args:
        text: for two classes a condition such as "x1² + x2² < 1", 1 where it holds; for K classes
            integers from 0 to K − 1, such as "(x1 > 0) + (x2 > 0)"; else the target.
        x: (N, D) the points, N ≥ 1.
        task: "classification" or "regression".
        classes: K, 2 ≤ K ≤ 10.

    Raises:
        FormulaError: it is not a formula of the features.
        FormulaDomainError: an answer that is not finite, or not a class; names the first such row.
        ShapeError: x is not (N, D).
        DomainError: classes outside of 2 … 10.

    >>> typed_labels("x1 < x2", np.array([[0.0, 1.0], [1.0, 0.0]])).y.tolist()
    [[1.0], [0.0]]
    >>> typed_labels("(x1 > 0) + (x1 > 1)", np.array([[0.5], [2.0]]), classes=3).y.tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    if np.ndim(x) != 2:
        raise ShapeError(f"typed_labels: expected x of shape (N, D), got {np.shape(x)}.")
    if classes not in range(2, 11):
        raise DomainError(f"typed_labels: expected 2 ≤ classes ≤ 10, got {classes}.")
    features = tuple(f"x{i}" for i in range(1, x.shape[1] + 1))
    f = typed_function(text, features)
    value: Numeric = f(*x.T)
    y: Array = np.broadcast_to(value, len(x)).astype(np.float64)
    _require_rows(f.formula, np.isfinite(y), y, "a finite answer")
    if task == "regression":
        return DataSet(text, x, y.reshape(-1, 1), features, (), task)
    wanted = "0 or 1 for a class" if classes == 2 else f"a class from 0 to {classes - 1}"
    _require_rows(f.formula, np.isin(y, range(classes)), y, wanted)
    if classes == 2:
        return DataSet(text, x, y.reshape(-1, 1), features, ("no", "yes"), task)
    names = tuple(f"class {k}" for k in range(classes))
    return DataSet(text, x, np.eye(classes)[y.astype(int)], features, names, task)


def _require_rows(formula: Formula, good: NDArray[np.bool], y: Array, wanted: str) -> None:
    if not good.all():
        row = int(np.argmin(good))
        sentence = f"Expected {wanted}, got {y[row]:g} in row {row}."
        if np.isfinite(y[row]):
            sentence += " Write a condition such as x1 + x2 > 0."
        raise FormulaDomainError(sentence, formula.text, formula.parsed.at)
