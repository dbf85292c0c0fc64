"""What formulas call the tensors of a graph, and single numbers in them."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from engine.errors import DomainError
from engine.expression import Expression, Number, Reference, SymbolicIndex
from engine.indexing import Position
from engine.symbolic import integers
from engine.tensor import Tensor, ancestors

_SAME = Reference("x")


def is_number(tensor: Tensor) -> bool:
    """Whether formulas show it by its value: a constant that nobody named, in any precision.

    >>> (x := Tensor(2.0) * 3) and [is_number(part) for part in x.inputs]
    [False, True]
    """
    while (op := tensor.op) is not None:
        if op.kind != "elementwise" or op.notation is None or len(tensor.inputs) != 1:
            return False
        if op.notation(_SAME, **tensor.attrs) is not _SAME:
            return False
        (tensor,) = tensor.inputs
    return tensor.is_constant and tensor.size == 1 and not tensor.name


def name_tensors(roots: Iterable[Tensor]) -> dict[int, str]:
    """Serial → name, for all that the roots were computed from: the same graph, the same names.

    A tensor keeps its own name; a second one of that name gets `_2` behind it. One without a name
    is called t1, t2, … in the order of making. Pass the result to `explain` while you walk through
    one graph, so that a tensor is called the same from wherever it is seen.

    >>> x = Tensor(2.0, "x")
    >>> y = (x * x + x).named("y")
    >>> list(name_tensors([y]).values())
    ['x', 't1', 'y']
    """
    order = [tensor for tensor in ancestors(roots) if not is_number(tensor)]
    taken = {tensor.name for tensor in order}
    fresh = (name for i in count(1) if (name := f"t{i}") not in taken)
    names: dict[int, str] = {}
    given: set[str] = set()
    for tensor in order:
        name = tensor.name or next(fresh)
        if name in given:
            copies = (f"{name}_{i}" for i in count(2))
            name = next(copy for copy in copies if copy not in taken)
            taken.add(name)
        given.add(name)
        names[tensor.serial] = name
    return names


def place(caller: str, tensor: Tensor, index: Sequence[int]) -> Position:
    """An index as one integer per axis, counted from the front.

    Raises:
        DomainError: too many or too few numbers, or one outside the tensor.

    >>> place("explain", Tensor([[1.0, 2.0]]), (0, -1))
    (0, 1)
    """
    fits = len(index) == tensor.ndim and all(
        -n <= i < n for i, n in zip(index, tensor.shape, strict=True)
    )
    if not fits:
        raise DomainError(
            f"{caller}: expected one integer for each axis of shape {tensor.shape}, "
            f"got index {tuple(index)}."
        )
    return tuple(int(i) % n for i, n in zip(index, tensor.shape, strict=True))


def tensor_name(tensor: Tensor, names: Mapping[int, str]) -> str:
    """What formulas call a whole tensor.

    >>> tensor_name(Tensor([1.0], "x"), {})
    'x'
    """
    return names.get(tensor.serial, tensor.name or "t")


def reference(tensor: Tensor, index: SymbolicIndex, names: Mapping[int, str]) -> Reference:
    """One number of a tensor by its name; with letters in the index any one of several.

    With fewer indices than axes it is the tensor as a whole.

    >>> reference(Tensor([3.0, 4.0], "x"), (1,), {})
    Reference(symbol='x', index=(1,), value=4.0)
    """
    name = tensor_name(tensor, names)
    at = integers(index)
    is_one = at is not None and len(at) == tensor.ndim
    value = float(tensor.value[at]) if is_one else math.nan
    return Reference(name, index, value, tensor)


def element(tensor: Tensor, index: SymbolicIndex, names: Mapping[int, str]) -> Expression:
    """One number of a tensor as a formula shows it: by its name, or by its value if it has none.

    >>> element(Tensor([3.0, 4.0], "x"), (1,), {}).name
    'x[1]'
    """
    if tensor.serial not in names and is_number(tensor):
        return Number(tensor.item())
    return reference(tensor, index, names)


def references(root: Expression) -> Iterator[Reference]:
    """The named numbers that an expression is computed from, each once, from left to right.

    >>> [r.name for r in references(Reference("x") * Reference("w") + Reference("x"))]
    ['x', 'w']
    """
    seen: set[object] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        key = node.key if isinstance(node, Reference) else id(node)
        if key not in seen:
            seen.add(key)
            if isinstance(node, Reference):
                yield node
            stack += reversed(node.parts)
