"""Explain one number of a tensor: how it was made, in letters and with its live numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.explain.elements import Element, Place, element, name_tensors, place
from engine.explain.formulas import write
from engine.tensor import Tensor


@dataclass(frozen=True)
class Explanation:
    """How one number was made.

    `operation` is the primitive's name, or "leaf", or "constant". `formula` is a whole line,
    `z[0] = w·x[0]`; `numbers` its right side with numbers in the place of letters. `inputs` are
    the elements that it was made from, each once: explain those to walk on.
    """

    name: str
    operation: str
    shape: tuple[int, ...]
    index: Place
    value: float
    formula: str
    numbers: str
    inputs: tuple[Element, ...]


def explain(
    tensor: Tensor, index: Place = (), names: Mapping[int, str] | None = None
) -> Explanation:
    """How one element of a tensor was made from others, by the numbers that the tensors hold.

    Args:
        tensor: any tensor of a graph, leaves and gradients included.
        index: one whole number per axis of the tensor; negative ones count from the end.
        names: from `name_tensors`, of the whole graph that the tensor is seen in; without it,
            tensors without a name are numbered within what this one was computed from.

    Raises:
        DomainError: no such element.

    >>> x = Tensor([[0.05, 0.1, 1.0]], "x")
    >>> W = Tensor([[0.15, 0.25], [0.2, 0.3], [0.35, 0.35]], "W")
    >>> told = explain((x @ W).named("z"), (0, 1))
    >>> told.formula, told.numbers, round(told.value, 6)
    ('z[0, 1] = Σₖ x[0, k]·W[k, 1]', '0.05·0.25 + 0.1·0.3 + 1·0.35', 0.3925)
    >>> told.inputs[1].name, told.inputs[1].value
    ('W[0, 1]', 0.25)
    """
    at = place("explain", tensor, index)
    names = name_tensors([tensor]) if names is None else names
    this = element(tensor, at, names)
    if tensor.op is None:
        operation = "constant" if tensor.is_constant else "leaf"
        return Explanation(
            this.name, operation, tensor.shape, at, this.value, this.name, this.number, ()
        )
    told = write(tensor, at, names)
    return Explanation(
        name=this.name,
        operation=tensor.op.name,
        shape=tensor.shape,
        index=at,
        value=this.value,
        formula=f"{this.name} = {told.letters}",
        numbers=told.numbers,
        inputs=told.inputs,
    )
