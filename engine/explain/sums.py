"""Primitives that make one number from many, in mathematical notation."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.explain.elements import (
    Element,
    Place,
    broadcast_place,
    element,
    flat_element,
    joined,
    tensor_name,
    written_place,
)
from engine.explain.forms import Written, formed, leading_on
from engine.kernels.windows import unfold
from engine.tensor import Tensor

LETTERS, LOW = "ijklmnop", "ᵢⱼₖₗₘₙₒₚ"
"""Letters that count the terms of a sum, and the same below a Σ."""


def _sum(node: Tensor, index: Place, names: Mapping[int, str]) -> Written:
    (x,) = node.inputs
    axes: tuple[int, ...] = node.attrs["axis"]
    rest = iter(index if not node.attrs["keepdims"] else np.delete(index, axes).tolist())
    kept = [None if a in axes else next(rest) for a in range(x.ndim)]
    letters = {a: i % len(LETTERS) for i, a in enumerate(axes)}
    slots = [LETTERS[letters[a]] if k is None else k for a, k in enumerate(kept)]
    ends = [range(n) if k is None else (k,) for k, n in zip(kept, x.shape, strict=True)]
    ids = np.arange(x.size).reshape(x.shape)[np.ix_(*ends)].ravel()
    parts = [flat_element(x, flat, names) for flat in ids.tolist()]
    sigma = f"Σ{''.join(LOW[i] for i in letters.values())} " if axes else ""
    text = sigma + written_place(tensor_name(x, names), slots)
    return Written(text, joined([part.number for part in parts]), tuple(parts))


def _matmul(node: Tensor, index: Place, names: Mapping[int, str]) -> Written:
    a, b = node.inputs
    *batch, row, column = index
    left = broadcast_place(tuple(batch), a.shape[:-2])
    right = broadcast_place(tuple(batch), b.shape[:-2])
    pairs = [
        (element(a, (*left, row, k), names), element(b, (*right, k, column), names))
        for k in range(a.shape[-1])
    ]
    at_left = written_place(tensor_name(a, names), (*left, row, "k"))
    at_right = written_place(tensor_name(b, names), (*right, "k", column))
    numbers = joined([f"{x.number}·{w.number}" for x, w in pairs])
    parts = leading_on(part for pair in pairs for part in pair)
    return Written(f"Σₖ {at_left}·{at_right}", numbers, parts)


def _row(
    node: Tensor, index: Place, names: Mapping[int, str]
) -> tuple[Tensor, str, tuple[Element, ...], str]:
    """Of a rowwise primitive: its input, Σ e^x in letters, the row, and Σ e^x in numbers."""
    (x,) = node.inputs
    parts = tuple(element(x, (*index[:-1], k), names) for k in range(x.shape[-1]))
    total = f"Σₖ e^{written_place(tensor_name(x, names), (*index[:-1], 'k'))}"
    return x, total, parts, joined([f"e^{part.number}" for part in parts])


def _softmax(node: Tensor, index: Place, names: Mapping[int, str]) -> Written:
    x, total, parts, numbers = _row(node, index, names)
    top = element(x, index, names)
    return Written(f"e^{top.name}/{total}", f"e^{top.number}/({numbers})", parts)


def _logsumexp(node: Tensor, index: Place, names: Mapping[int, str]) -> Written:
    _, total, parts, numbers = _row(node, index, names)
    return Written(f"ln {total}", f"ln({numbers})", parts)


def _max_pool(node: Tensor, index: Place, names: Mapping[int, str]) -> Written:
    (x,) = node.inputs
    ids = np.arange(float(x.size)).reshape(x.shape)
    flat = unfold(ids, **node.attrs, dilation=(1,) * len(node.attrs["kernel"]))[index].ravel()
    return formed("max", [flat_element(x, i, names) for i in map(int, flat)])


SUMS: Mapping[str, Callable[[Tensor, Place, Mapping[int, str]], Written]] = {
    "sum": _sum,
    "matmul": _matmul,
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "max_pool": _max_pool,
}
"""Primitives that make one number from many."""
