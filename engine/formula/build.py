"""From steps to tensors: a formula becomes engine graph, and stays within bounds of memory."""

from collections.abc import Mapping
from math import prod

import numpy as np

from engine.errors import DomainError, FormulaDomainError, FormulaError, ShapeError
from engine.formula.functions import FUNCTIONS, OPERATORS
from engine.formula.parse import Pick, Script, Step
from engine.tensor import Tensor

MAX_NUMBERS = 2**24
"""How many numbers the steps of one formula may hold together: 128 MB."""


def build(script: Script, values: Mapping[str, Tensor], exact: bool = False) -> list[Tensor]:
    """Compute every step of a formula as a tensor.

    Args:
        script: what was read.
        values: a tensor for every free name; more do no harm.
        exact: keep the compiler from reordering arithmetic with single numbers, by giving every
            number the shape (1,) and binding the constants. It folds and merges only shapes ().

    Raises:
        FormulaDomainError: a function is not defined there.
        FormulaError: shapes that do not fit, or more than 2²⁴ numbers in all.

    >>> from engine.formula.parse import parse
    >>> build(parse("x**2 + 1"), {"x": Tensor(3.0)})[-1].item()
    10.0
    """
    results: list[Tensor] = []
    constants: dict[str, Tensor] = {}
    count = 0
    for step in script.steps:
        inputs = [results[i] for i in step.inputs]
        if step.op == "number":
            value = constants.setdefault(repr(step.number), _constant(step.number, exact))
        elif step.op == "name":
            value = values[step.name]
        else:
            count += _size(script, step, inputs)
            if count > MAX_NUMBERS:
                raise FormulaError(f"Expected arrays of at most {MAX_NUMBERS} numbers in all, got "
                                   f"{count} so far.", script.text, step.at)  # fmt: skip
            value = _computed(script, step, inputs)
        results.append(value.reshape((1,)) if exact and not value.ndim else value)
    return results


def _constant(number: float, exact: bool) -> Tensor:
    if exact:
        return Tensor([number], f"c{number:g}")
    constant = Tensor(number)
    constant.is_constant = True
    return constant


def _computed(script: Script, step: Step, inputs: list[Tensor]) -> Tensor:
    try:
        if step.op == "pick":
            return inputs[0][tuple(_index(part) for part in step.index)]
        row = FUNCTIONS.get(step.op) or OPERATORS[step.op]
        return row.f(*inputs)
    except DomainError as error:
        raise FormulaDomainError(str(error), script.text, step.at) from error
    except (ShapeError, IndexError) as error:
        raise FormulaError(_sentence(error), script.text, step.at) from error


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")


def _index(part: Pick) -> int | slice:
    return part if isinstance(part, int) else slice(*part)


def _size(script: Script, step: Step, inputs: list[Tensor]) -> int:
    """How many numbers the result will hold, at most, before it is made."""
    if step.op == "matmul":
        a, b = (x.shape for x in inputs)
        batch = prod(a[:-2]) * prod(b[:-2])
        return batch * prod(a[-2:-1]) * (b[-1] if len(b) > 1 else 1)
    try:
        size = prod(np.broadcast_shapes(*(x.shape for x in inputs)))
        return size * max(1, len(inputs) - 1)  # max(a, b, c) is two operations
    except ValueError:
        shapes = " and ".join(str(x.shape) for x in inputs)
        raise FormulaError(f"{step.op}: the shapes {shapes} do not fit together.",
                           script.text, step.at) from None  # fmt: skip
