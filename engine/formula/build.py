"""From operations to tensors: a formula becomes engine graph, and stays within bounds of memory."""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from engine.errors import DomainError, FormulaDomainError, FormulaError, ShapeError
from engine.formula.functions import COMPARISONS, NUMBERS_FROM_NAN, operation
from engine.formula.operations import IndexPart, Mode, Operation, ParsedFormula
from engine.tensor import Tensor, constant

MAX_NUMBERS = 2**24
"""How many numbers the results of one formula may hold together: 128 MB."""


def build(
    formula: ParsedFormula, variables: Mapping[str, Tensor], mode: Mode = "checked"
) -> list[Tensor]:
    """Compute every operation of a formula as a tensor.

    Args:
        formula: what was read.
        variables: a tensor for every free name; more do no harm.
        mode: "traced": the variables are NaN, which is in every domain, and so is every result.
            "exact": traced, and every number gets the shape (1,) and every constant is bound, since
            the compiler folds, merges and reorders only what is constant or of shape ().

    Raises:
        FormulaDomainError: a function is not defined there.
        FormulaError: shapes that do not fit, or more than 2²⁴ numbers in all.

    >>> from engine.formula.parse import parse
    >>> build(parse("x**2 + 1"), {"x": Tensor(3.0)})[-1].item()
    10.0
    """
    exact = mode == "exact"
    results: list[Tensor] = []
    constants: dict[str, Tensor] = {}
    count = 0
    for written in formula.operations:
        if written.name == "number":
            value = constants.setdefault(repr(written.number), _constant(written.number, exact))
        elif written.name == "name":
            value = variables[written.variable]
        else:
            inputs = [results[i] for i in written.inputs]
            try:
                count += _size(written.name, [x.value.shape for x in inputs])
                if count > MAX_NUMBERS:
                    raise ShapeError(
                        f"Expected arrays of at most {MAX_NUMBERS} numbers in all, got {count} so "
                        "far."
                    )
                value = _computed(written, inputs)
            except (DomainError, ShapeError, IndexError) as error:
                raise _located(error, formula, written) from error
            if mode != "checked" and written.name in NUMBERS_FROM_NAN and value.op is not None:
                value.value = np.full_like(value.value, np.nan)
        results.append(value.reshape((1,)) if exact and not value.value.ndim else value)
    return results


def _constant(number: float, exact: bool) -> Tensor:
    if exact:
        return Tensor([number], f"c{number:g}")
    return constant(number)


def _computed(written: Operation, inputs: Sequence[Tensor]) -> Tensor:
    if written.name == "index":
        return inputs[0][tuple(_index(part) for part in written.index)]
    return operation(written.name)(*inputs)


def _index(part: IndexPart) -> int | slice:
    return part if isinstance(part, int) else slice(*part)


def _size(name: str, shapes: Sequence[tuple[int, ...]]) -> int:
    """How many numbers the result will hold, at most, before it is made."""
    if name == "matmul":
        a, b = shapes
        batch = prod(a[:-2]) * prod(b[:-2])
        return batch * prod(a[-2:-1]) * (b[-1] if len(b) > 1 else 1)
    try:
        return prod(np.broadcast_shapes(*shapes))
    except ValueError:
        text = " and ".join(map(str, shapes))
        raise ShapeError(f"{name}: the shapes {text} do not fit together.") from None


def _located(error: Exception, formula: ParsedFormula, written: Operation) -> FormulaError:
    """The error of an operation, at its place in the text."""
    text = str(error)
    if isinstance(error, DomainError):
        return FormulaDomainError(text + advice(formula), formula.text, written.at)
    sentence = f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")
    return FormulaError(sentence, formula.text, written.at)


def advice(formula: ParsedFormula) -> str:
    """What to write instead of a condition as a factor, where 0 times NaN would be NaN.

    >>> from engine.formula.parse import parse
    >>> advice(parse("(x > 0)*log(x)"))
    ' Write where(x > 0, a, b): it computes a only where the condition holds.'
    """
    names = [operation.name for operation in formula.operations]
    for written in formula.operations:
        if written.name == "multiply" and {names[i] for i in written.inputs} & COMPARISONS:
            return " Write where(x > 0, a, b): it computes a only where the condition holds."
    return ""
