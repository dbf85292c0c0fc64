"""The same computation again, from what its leaves hold now."""

from collections.abc import Sequence

from engine.tensor import Tensor, ancestors, apply


def snapshot(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Tensors made anew, with copies of their leaves: nothing that is trained later changes them.

    A compiled step writes into the arrays of leaves, and leaves the tensors computed from them at
    their first values. Explain and audit a snapshot, and the numbers are those of this moment.

    Args:
        tensors: any tensors of one graph, such as a loss and the numbers to look at.

    Returns:
        Their successors in the same order, of the same names.

    Raises:
        DomainError: a leaf now holds a number on which a primitive is not defined.

    >>> w = Tensor(2.0, "w")
    >>> y = (3 * w).named("y")
    >>> w.value[...] = 5.0
    >>> y.item(), snapshot([y])[0].item()
    (6.0, 15.0)
    """
    made: dict[int, Tensor] = {}
    for old in ancestors(tensors):
        if old.op is None:
            new = Tensor(old.value.copy())
        else:
            new = apply(old.op, *(made[x.serial] for x in old.inputs), **old.attrs)
        new.name, new.is_constant = old.name, old.is_constant
        made[old.serial] = new
    return [made[tensor.serial] for tensor in tensors]
