"""One number of a tensor: its place, its name and its value, and sums of many such texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from engine.errors import DomainError
from engine.explain.ledger import number
from engine.tensor import Tensor, ancestors

FIRST, MOST = 3, 6
"""A sum of more than `MOST` terms shows its `FIRST` ones and its last."""

Place = tuple[int, ...]
"""Where a number lies in its tensor: one whole number per axis."""


@dataclass(frozen=True)
class Element:
    """One number of a tensor. `name` is what formulas call it: `x[0, 1]`, or `x` alone."""

    tensor: Tensor
    index: Place
    name: str
    value: float

    @property
    def key(self) -> tuple[int, Place]:
        """Which number it is, whatever it is called."""
        return self.tensor.serial, self.index

    @property
    def is_number(self) -> bool:
        """Whether formulas show it by its value: a constant that nobody named."""
        return _is_number(self.tensor)

    @property
    def number(self) -> str:
        """Its value as it stands within a formula."""
        return number(self.value)


def _is_number(tensor: Tensor) -> bool:
    while tensor.op is not None and tensor.op.name == "astype":
        (tensor,) = tensor.inputs  # a number in another precision is the same number
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
    order = [tensor for tensor in ancestors(roots) if not _is_number(tensor)]
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


def place(caller: str, tensor: Tensor, index: Sequence[int]) -> Place:
    """An index as one whole number per axis, counted from the front.

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
            f"{caller}: expected one whole number for each axis of shape {tensor.shape}, "
            f"got index {tuple(index)}."
        )
    return tuple(int(i) % n for i, n in zip(index, tensor.shape, strict=True))


def broadcast_place(index: Place, shape: Sequence[int]) -> Place:
    """Where an element of a result came from in an input that was broadcast to it.

    >>> broadcast_place((4, 2), (1, 3)), broadcast_place((4, 2), ())
    ((0, 2), ())
    """
    tail = index[len(index) - len(shape) :]
    return tuple(0 if n == 1 else i for i, n in zip(tail, shape, strict=True))


def written_place(name: str, index: Sequence[int | str]) -> str:
    """A name with an index behind it, of numbers or of letters.

    >>> written_place("W", (0, "k")), written_place("b", ())
    ('W[0, k]', 'b')
    """
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def tensor_name(tensor: Tensor, names: Mapping[int, str]) -> str:
    """What formulas call a whole tensor.

    >>> tensor_name(Tensor([1.0], "x"), {})
    'x'
    """
    return names.get(tensor.serial, tensor.name or "t")


def element(tensor: Tensor, index: Place, names: Mapping[int, str]) -> Element:
    """One number of a tensor, by the name that the graph's names give it.

    >>> element(Tensor([3.0, 4.0], "x"), (1,), {}).name
    'x[1]'
    """
    if _is_number(tensor):
        name = number(tensor.item())
    else:
        name = written_place(tensor_name(tensor, names), index)
    return Element(tensor, index, name, float(tensor.value[index]))


def flat_element(tensor: Tensor, flat: int, names: Mapping[int, str]) -> Element:
    """The same by its number in row-by-row order.

    >>> flat_element(Tensor([[1.0, 2.0], [3.0, 4.0]], "x"), 2, {}).name
    'x[1, 0]'
    """
    index = np.unravel_index(flat, tensor.shape)
    return element(tensor, tuple(map(int, index)), names)


def joined(terms: Sequence[str], by: str = " + ", empty: str = "0") -> str:
    """Terms side by side; of a long row the first ones, how many are left out, and the last.

    >>> joined(["1", "2", "3"]), joined([str(i) for i in range(9)])
    ('1 + 2 + 3', '0 + 1 + 2 + …5 more… + 8')
    """
    if len(terms) > MOST:
        left_out = f"…{len(terms) - FIRST - 1} more…"
        terms = [*terms[:FIRST], left_out, terms[-1]]
    return by.join(terms) or empty
