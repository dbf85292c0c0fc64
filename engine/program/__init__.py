"""Compiled steps: a computation on tensors, written out as straight-line NumPy and run.

tensors → graph (simplified) → plan (memory) → source → exec
"""

from collections.abc import Callable, Mapping, Sequence
from textwrap import wrap

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.kernels import with_ones
from engine.program.graph import Lowering, Node
from engine.program.names import KERNELS, NUMPY, QUOTED, WORD
from engine.program.plan import Plan
from engine.program.source import Writer
from engine.tensor import Tensor, ancestors

__all__ = ["Program"]


class Program:
    """A function of arrays, compiled from tensors that were computed once with example values.

    Leaf tensors that are not among the inputs are *bound*: the program reads their arrays at each
    call, so writing into such an array (a learning rate, say) takes effect at once. An update
    (state, new) writes the new value into the state's array at the end of each call.

    Args:
        inputs: leaf tensors, the arguments of each call, named.
        outputs: what a call returns; the arrays belong to the program and are overwritten by the
            next call.
        updates: pairs of a bound tensor and its next value.
        sections: headings for the source: name → tensors whose ancestors belong under it.

    Raises:
        ShapeError: an update's shape is not its state's.
        DomainError: a state that is computed, an input, or updated twice.

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
    ) -> None:
        _check_updates(inputs, updates)
        lowering = Lowering(inputs)
        nodes = lowering.lower([*inputs, *outputs, *(x for pair in updates for x in pair)])
        in_nodes, nodes = nodes[: len(inputs)], nodes[len(inputs) :]
        out_nodes, nodes = nodes[: len(outputs)], nodes[len(outputs) :]
        pairs = [(s, new) for s, new in zip(nodes[::2], nodes[1::2], strict=True) if s is not new]
        plan = Plan(in_nodes, out_nodes, pairs)
        writer = Writer(plan, in_nodes, out_nodes, pairs, _sections(sections or {}, lowering))
        self._augmented = [node in plan.augmented for node in in_nodes]
        self._inputs = [(node.shape, node.dtype) for node in in_nodes]
        self._arguments = [writer.names[node] for node in in_nodes]
        self.source = _source(writer, self._arguments)
        self.bound = writer.bound
        namespace: dict[str, Callable[..., Callable[..., tuple[Array, ...]]]] = {}
        exec(compile(self.source, "<compiled step>", "exec"), namespace)  # our own text
        self.run = namespace["build"](**writer.bound)
        """The compiled function itself, without the checks and the care of a call."""

    def __call__(self, *arrays: ArrayLike) -> tuple[Array, ...]:
        """Run once on plain arrays of the example's shapes, floating-point warnings off.

        Raises:
            ShapeError: too many or too few arrays, or one of another shape.
        """
        wanted = [shape for shape, _ in self._inputs]
        came = [np.shape(x) for x in arrays]
        if came != wanted:
            expected = ", ".join(map("{} {}".format, self._arguments, wanted)) or "nothing"
            raise ShapeError(
                f"Program: expected {expected}, got {', '.join(map(str, came)) or 'nothing'}."
            )
        copies = [np.array(x) for x in arrays]  # an array may be one that the step writes into
        with np.errstate(all="ignore"):
            return self.run(*(self.layout(i, x) for i, x in enumerate(copies)))

    def layout(self, i: int, x: ArrayLike) -> Array:
        """Input i as `run` wants it: the first axis together in memory.

        A matrix that is only multiplied gets its column of ones instead, and stays row by row. Lay
        out a data set once, and slices of its rows need no further copy.
        """
        x = np.asarray(x, self._inputs[i][1])
        if self._augmented[i]:
            x = with_ones(x)
        if x.ndim < 2 or (self._augmented[i] and x.ndim == 2):
            return x
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0)


def _check_updates(inputs: Sequence[Tensor], updates: Sequence[tuple[Tensor, Tensor]]) -> None:
    seen: set[int] = {x.serial for x in inputs}
    for state, new in updates:
        name = state.name or "state"
        if state.shape != new.shape:
            raise ShapeError(
                f"Program: expected the new {name} of shape {state.shape}, got {new.shape}."
            )
        if state.op is not None or state.serial in seen:
            raise DomainError(
                f"Program: expected every state to be a leaf that is no input and is updated once, "
                f"got {name}. Bind one tensor and update it as a whole."
            )
        seen.add(state.serial)


def _sections(sections: Mapping[str, Sequence[Tensor]], lowering: Lowering) -> dict[Node, str]:
    titles: dict[Node, str] = {}
    for title, tensors in sections.items():
        for tensor in ancestors(tensors):
            node = lowering.get(tensor)
            if node is not None:
                titles.setdefault(node, title)
    return titles


def _source(writer: Writer, arguments: list[str]) -> str:
    """The whole text: imports, buffers and views that the body uses, the step."""
    returns = "".join(f"{name}, " for name in writer.returns)
    body = [*writer.body, f"return ({returns})" if returns else "return ()"]
    used = _used("\n".join(body), writer.definitions)
    local = _depending(used, writer.definitions, set(arguments))
    made = [f"{name} = {writer.definitions[name]}" for name in used if name not in local]
    views = [f"{name} = {writer.definitions[name]}" for name in used if name in local]
    text = "\n".join(
        [
            f"def build({', '.join(writer.bound)}):",
            *(f"    {line}" for line in made),
            f"    def step({', '.join(arguments)}):",
            *(f"        {line}" for line in [*views, *body]),
            "    return step",
        ]
    )
    words = set(WORD.findall(QUOTED.sub("", text))) - {f"{name}" for name in writer.definitions}
    kernels = sorted(words & KERNELS)
    numpy = sorted(word for word in words - set(kernels) if word in NUMPY)
    sources = (("numpy", numpy), ("engine.kernels", kernels))
    imports = [f"from {module} import ({', '.join(names)})" for module, names in sources if names]
    imports = [line for text in imports for line in wrap(text, 100, subsequent_indent="    ")]
    return "\n".join([*imports, "", text]) + "\n"


def _used(text: str, definitions: Mapping[str, str]) -> list[str]:
    """The defined names that a text needs, each after the names that it is made from."""
    found: dict[str, None] = {}

    def visit(text: str) -> None:
        for name in WORD.findall(text):
            if name in definitions and name not in found:
                visit(definitions[name])
                found[name] = None

    visit(text)
    return list(found)


def _depending(names: Sequence[str], definitions: Mapping[str, str], roots: set[str]) -> set[str]:
    """The names that are views of an argument and so can be made only at each call."""
    local: set[str] = set()
    for name in names:
        if set(WORD.findall(definitions[name])) & (roots | local):
            local.add(name)
    return local
