"""Compiled steps: a computation on tensors, written out as straight-line NumPy and run.

tensors → simplify (nodes) → allocate (memory, instructions) → print (source) → exec
"""

import linecache
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, count
from typing import NoReturn
from weakref import finalize

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array, real_array
from engine.errors import DomainError, ShapeError
from engine.kernels.rows import append_ones
from engine.program.allocate import allocate
from engine.program.printing import print_step
from engine.program.simplify import Node, Simplifier
from engine.tensor import Tensor, ancestors

__all__ = ["Program"]

_serial = count(1)


class Program:
    """A function of arrays, compiled from tensors that were computed once with example values.

    Leaf tensors that are not among the inputs are *bound*: the program reads their arrays at each
    call, so writing into such an array (a learning rate, say) takes effect at once. An update
    (state, new) writes the new value into the state's array at the end of each call.

    Args:
        inputs: leaf tensors, the arguments of each call, named.
        outputs: what a call returns.
        updates: pairs of a bound tensor and its next value.
        sections: headings for the source: name → tensors whose ancestors belong under it.
        reuse_outputs: return the program's own arrays, which the next call overwrites, rather
            than copies.

    Raises:
        ShapeError: an update's shape is not its state's.
        DomainError: an input or a state that is computed or given twice, or a state that is an
            input.

    >>> w, lr, x = Tensor([1.0, 2.0], "w"), Tensor(0.5, "lr"), Tensor([1.0, 1.0], "x")
    >>> step = Program([x], updates=[(w, w - lr * x)])
    >>> step(np.array([2.0, 4.0]))
    ()
    >>> w.value.tolist()
    [0.0, 0.0]
    >>> print(step.source.splitlines()[-3].strip())
    subtract(w, t, out=w)
    """

    def __init__(
        self,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor] = (),
        updates: Sequence[tuple[Tensor, Tensor]] = (),
        sections: Mapping[str, Sequence[Tensor]] | None = None,
        reuse_outputs: bool = False,
    ) -> None:
        _check_leaves(inputs, updates)
        simplifier = Simplifier(inputs)
        nodes = simplifier.nodes([*inputs, *outputs, *(x for pair in updates for x in pair)])
        in_nodes, nodes = nodes[: len(inputs)], nodes[len(inputs) :]
        out_nodes, nodes = nodes[: len(outputs)], nodes[len(outputs) :]
        pairs = [(s, new) for s, new in zip(nodes[::2], nodes[1::2], strict=True) if s is not new]
        step = allocate(in_nodes, out_nodes, pairs)
        self.source, self._arguments, self.bound = print_step(
            step, in_nodes, _sections(sections or {}, simplifier)
        )
        self._inputs = [(node.shape, node.dtype) for node in in_nodes]
        self._augmented = [node in step.augmented for node in in_nodes]
        self._reuses_outputs = reuse_outputs
        self.run = self._built()
        """The compiled function itself, without the checks and the care of a call: its results are
        overwritten by the next one."""

    def _built(self) -> Callable[..., tuple[Array, ...]]:
        """The source, executed; a traceback through it shows its lines."""
        file = f"<compiled step {next(_serial)}>"
        linecache.cache[file] = (len(self.source), None, self.source.splitlines(True), file)
        finalize(self, linecache.cache.pop, file, None)
        namespace: dict[str, Callable[..., Callable[..., tuple[Array, ...]]]] = {}
        exec(compile(self.source, file, "exec"), namespace)  # our own text
        return namespace["build"](**self.bound)

    def __reduce__(self) -> NoReturn:
        raise TypeError("Program: expected no copy of a compiled step, which reads and writes the "
                        "arrays that it is bound to. Build another one.")  # fmt: skip

    def __repr__(self) -> str:
        given = ", ".join(map("{} {}".format, self._arguments, self._inputs))
        return f"<Program of {given or 'nothing'}, {self.source.count(chr(10))} lines>"

    def __call__(self, *arrays: ArrayLike) -> tuple[Array, ...]:
        """Run once on plain arrays of the example's shapes, floating-point warnings off.

        Raises:
            ShapeError: too many or too few arrays, or one of another shape.
        """
        given = [real_array(x).copy() for x in arrays]  # the step may write into one of them
        wanted, came = [shape for shape, _ in self._inputs], [x.shape for x in given]
        if came != wanted:
            expected = ", ".join(map("{} {}".format, self._arguments, wanted)) or "nothing"
            raise ShapeError(
                f"Program: expected {expected}, got {', '.join(map(str, came)) or 'nothing'}."
            )
        with np.errstate(all="ignore"):
            results = self.run(*(self.layout(i, x) for i, x in enumerate(given)))
        return results if self._reuses_outputs else tuple(np.array(x) for x in results)

    def layout(self, i: int, x: ArrayLike) -> Array:
        """Input i as `run` wants it: the first axis together in memory.

        A matrix that is only multiplied gets its column of ones instead, and stays row by row. Lay
        out a data set once, and slices of its rows need no further copy.
        """
        x = np.asarray(x, self._inputs[i][1])
        if self._augmented[i]:
            x = append_ones(x)
        if x.ndim < 2 or (self._augmented[i] and x.ndim == 2):
            return x
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)


def _check_leaves(inputs: Sequence[Tensor], updates: Sequence[tuple[Tensor, Tensor]]) -> None:
    seen: set[int] = set()
    for x in inputs:
        if x.op is not None or x.serial in seen:
            raise DomainError(
                f"Program: expected every input to be a leaf, given once, got {x.name or x!r}."
            )
        seen.add(x.serial)
    for state, new in updates:
        name = state.name or "state"
        if state.shape != new.shape:
            raise ShapeError(
                f"Program: expected the new {name} of shape {state.shape}, got {new.shape}."
            )
        if state.op is not None or state.serial in seen:
            raise DomainError(
                f"Program: expected every state to be a leaf, not an input, and updated once, got "
                f"{name}. Bind one tensor and update it as a whole."
            )
        seen.add(state.serial)
    for (a, _), (b, _) in combinations(updates, 2):
        if np.shares_memory(a.value, b.value):
            raise DomainError(
                f"Program: expected states with memory of their own, got {a.name or 'a state'} and "
                f"{b.name or 'another'} that overlap. Copy one."
            )


def _sections(sections: Mapping[str, Sequence[Tensor]], simplifier: Simplifier) -> dict[Node, str]:
    titles: dict[Node, str] = {}
    for title, tensors in sections.items():
        for tensor in ancestors(tensors):
            node = simplifier.get(tensor)
            if node is not None:
                titles.setdefault(node, title)
    return titles
