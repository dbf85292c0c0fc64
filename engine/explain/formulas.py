"""The formula of one element, whatever the primitive.

What acts number by number has a row in `forms`, what sums one in `sums`; what only moves numbers
about says by itself from where. Any other primitive is written `name(elements)`, so that a new one
is explained from its first day.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.errors import DltutorError, DomainError
from engine.explain.elements import (
    Element,
    Place,
    broadcast_place,
    element,
    flat_element,
    joined,
    tensor_name,
)
from engine.explain.forms import Written, formed, leading_on
from engine.explain.ledger import WORDS
from engine.explain.sums import SUMS
from engine.reverse import unbroadcast
from engine.tensor import Tensor


def write(node: Tensor, index: Place, names: Mapping[int, str]) -> Written:
    """How one element of a computed tensor is made.

    >>> x = Tensor([[1.0, -2.0]], "x")
    >>> write(x @ [[3.0], [4.0]], (0, 0), {}).numbers
    '1·3 + (-2)·4'
    """
    assert node.op is not None
    if node.op.name in SUMS:
        return SUMS[node.op.name](node, index, names)
    if node.op.kind == "elementwise" and all(_reaches(x, node) for x in node.inputs):
        parts = [element(x, broadcast_place(index, x.shape), names) for x in node.inputs]
        return formed(node.op.name, parts)
    return _moved(node, index, names) or _paired(node, index, names) or _other(node, index, names)


def _reaches(x: Tensor, node: Tensor) -> bool:
    """Whether an input has the result's shape, or is repeated to it."""
    tail = node.shape[node.ndim - x.ndim :] if x.ndim <= node.ndim else ()
    return len(tail) == x.ndim and all(n in (1, m) for n, m in zip(x.shape, tail, strict=True))


# Numbers moved about, and what nobody has written down.
def _moved(node: Tensor, index: Place, names: Mapping[int, str]) -> Written | None:
    """What only moves numbers about, found by sending their places through it instead.

    Places count from 2 on, over all inputs: what is 0 or 1 in the result was put there by the
    primitive itself. None, if the result is not made of such numbers.
    """
    ends = np.cumsum([2, *(x.size for x in node.inputs)])
    came = _places(node, ends)
    if came is None or came.shape != node.shape or came.dtype.kind != "i":
        return None
    if came.size and not 0 <= came.min() <= came.max() < ends[-1]:
        return None
    all_numbers: Array = np.concatenate([[0.0, 1.0], *(x.value.ravel() for x in node.inputs)])
    if not np.array_equal(all_numbers[came], node.value, equal_nan=True):
        return None
    at = int(came[index])
    if at < 2:
        return Written(str(at), str(at), ())
    i = int(np.searchsorted(ends, at, side="right")) - 1
    part = flat_element(node.inputs[i], at - int(ends[i]), names)
    return Written(part.name, part.number, leading_on([part]))


def _places(node: Tensor, ends: NDArray[np.intp]) -> NDArray[Any] | None:
    """A primitive's value at the places of its numbers; inputs that only steer keep their own."""
    assert node.op is not None
    places: list[NDArray[Any]] = []
    for i, (start, x) in enumerate(zip(ends[:-1], node.inputs, strict=True)):
        steers = node.op.vjp(i) is None and len(node.inputs) > 1
        ids = np.arange(start, start + x.size).reshape(x.shape)
        places.append(x.value if steers else ids)
    try:
        with np.errstate(all="ignore"):
            return np.asarray(node.op.value(*places, **node.attrs))
    except Exception:  # whatever it says to whole numbers: then they are no places
        return None


def _paired(node: Tensor, index: Place, names: Mapping[int, str]) -> Written | None:
    """A sum of products x·w, such as a convolution; None, if the primitive is something else.

    The slope by each x is its w, so with places in the place of w the slopes say which one it is.
    """
    assert node.op is not None
    pulls = [node.op.vjp(i) for i in range(len(node.inputs))]
    if len(pulls) != 2 or pulls[0] is None or pulls[1] is None:
        return None
    x, w = node.inputs
    g = Tensor(_one_hot(node, index))
    places = Tensor(np.arange(1.0, w.size + 1).reshape(w.shape))
    try:
        found, slopes = (pulls[0](g, node, x, v, **node.attrs).value for v in (places, w))
    except DltutorError:
        return None
    at = np.rint(found).astype(int)
    if found.shape != x.shape or (at != found).any() or not 0 <= at.min() <= at.max() <= w.size:
        return None
    used = np.flatnonzero(at)
    which = at.ravel()[used] - 1
    total = float(x.value.ravel()[used] @ w.value.ravel()[which])
    matches = np.array_equal(w.value.ravel()[which], slopes.ravel()[used])
    if not matches or not np.isclose(total, node.value[index]):
        return None
    pairs = [(flat_element(x, int(i), names), flat_element(w, int(j), names))
             for i, j in zip(used, which, strict=True)]  # fmt: skip
    letters = joined([f"{a.name}·{b.name}" for a, b in pairs])
    numbers = joined([f"{a.number}·{b.number}" for a, b in pairs])
    return Written(letters, numbers, leading_on(part for pair in pairs for part in pair))


def _one_hot(node: Tensor, index: Place) -> Array:
    one = np.zeros(node.shape, node.value.dtype)
    one[index] = 1.0
    return one


def _other(node: Tensor, index: Place, names: Mapping[int, str]) -> Written:
    """A primitive as a function of the elements on which its pull-backs say that it depends.

    Where all slopes are 1 and the elements add up to the value, it is their sum.
    """
    assert node.op is not None
    one = _one_hot(node, index)
    parts: list[Element] = []
    slopes: list[float] = []
    for i, x in enumerate(node.inputs):
        pull = node.op.vjp(i)
        if pull is None:
            continue
        with suppress(DomainError):  # a pull-back may divide by 0 where the value is defined
            row = unbroadcast(pull(Tensor(one), node, *node.inputs, **node.attrs), x.shape).value
            parts += [flat_element(x, int(j), names) for j in np.flatnonzero(row)]
            slopes += row[row != 0].tolist()
    value = float(node.value[index])
    if all(slope == 1 for slope in slopes) and np.isclose(sum(p.value for p in parts), value):
        letters, numbers = [p.name for p in parts], [p.number for p in parts]
        return Written(joined(letters), joined(numbers), leading_on(parts))
    if parts:
        return formed(node.op.name, parts)
    name = WORDS.get(node.op.name, node.op.name)  # no slope anywhere: say only what went in
    whole = joined([tensor_name(x, names) for x in node.inputs], ", ")
    return Written(f"{name}({whole})", f"{name}(…)", ())
