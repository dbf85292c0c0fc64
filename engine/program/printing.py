"""Third pass, print: an allocation as straight-line NumPy source, one call a line.

Storage gets its name, its definition and its imports when a line first mentions it. A matrix whose
first axis (the batch) lies together in memory, D rows of N numbers for a shape of (N, D), has its
transpose for a name too: xT. An elementwise operation then runs along one long stretch, [h 1]
keeps h in one piece, and a product is dot(WT, xT, out=zT).
"""

import keyword
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import signature
from textwrap import wrap
from typing import Any, NamedTuple

import numpy as np

from engine.array import Array
from engine.kernels import buffers
from engine.primitives.packs import getitem
from engine.primitives.views import index_text, settings_text, sizes_text, transpose
from engine.program.allocate import Allocation
from engine.program.layouts import part_index
from engine.program.simplify import DROP_LAST, Node
from engine.program.storage import (
    Buffer,
    BufferSpec,
    Cell,
    Compute,
    Copy,
    Evaluate,
    Filled,
    Instruction,
    Leaf,
    Multiply,
    Part,
    Reshaped,
    Scalar,
    Storage,
    View,
)
from engine.tensor import OPS

_HELPERS = (
    np.array, np.copyto, np.dot, np.empty, np.full, np.matmul, np.broadcast_to, buffers.zeros,
    buffers.ones,
)  # fmt: skip
_CONSTANTS = ("inf", "nan", "float32", "float64")
_WORDS = {0.0: "zero", 0.5: "half", 1.0: "one", 2.0: "two"}


Bound = Array | Callable[..., Any]
"""What a step reads by reference: an array, or a function that stands in no module."""


class Source(NamedTuple):
    """A printed step: its text, the names of its arguments, and what it is bound to."""

    text: str
    arguments: list[str]
    bound: dict[str, Bound]


def print_step(step: Allocation, inputs: Sequence[Node], sections: Mapping[Node, str]) -> Source:
    """The whole text of a step: imports, what is made once, the step itself.

    Args:
        step: what to do, and where.
        inputs: the arguments, in order.
        sections: the heading under which a node is listed.
    """
    printer = Printer()
    arguments = [printer.argument(step.storage[node], i) for i, node in enumerate(inputs)]
    for storage in step.storage.values():
        if isinstance(storage, Leaf) and storage.node.role == "bound":
            printer.name(storage)
    body, heading = list[str](), ""
    for instruction in step.instructions:
        line = printer.line(instruction)
        title = sections.get(instruction.node, "")
        if title and title != heading:
            body.append(f"# {title}")
            heading = title
        body.append(line)
    returns = "".join(f"{printer.name(x)}, " for x in step.returns)
    body.append(f"return ({returns})" if returns else "return ()")
    lines = [
        f"def build({', '.join(printer.bound)}):",
        *(f"    {line}" for line in printer.once),
        f"    def step({', '.join(arguments)}):",
        *(f"        {line}" for line in [*printer.each_call, *body]),
        "    return step",
    ]
    return Source("\n".join([*printer.imports(), "", *lines]) + "\n", arguments, printer.bound)


class Printer:
    """Names storage, and collects what the lines need: imports, bound arrays, definitions."""

    def __init__(self) -> None:
        functions: list[Callable[..., Any]] = [*(op.value for op in OPS.values()), *_HELPERS]
        named = {getattr(f, "__name__", "function") for f in functions}
        reserved = {*named, *_CONSTANTS, "build", "step"}
        self.bound: dict[str, Bound] = {}
        self.once: list[str] = []
        """Definitions that are made before the first call."""
        self.each_call: list[str] = []
        """Definitions that depend on an argument."""
        self._fresh = Names(reserved).fresh
        self._names: dict[object, str] = {}
        self._local: set[str] = set()
        self._functions: dict[Callable[..., Any], str] = {}
        self._imported: dict[str, set[str]] = {}

    # Imports and definitions.

    def use(self, function: Callable[..., Any]) -> str:
        """Import a function, or bind one that stands in no module, and give its name."""
        if function not in self._functions:
            name = getattr(function, "__name__", "function")
            home = getattr(function, "__module__", "")
            home = "numpy" if isinstance(function, np.ufunc) else home
            is_found = getattr(sys.modules.get(home), name, None) is function
            if is_found and name not in self._functions.values():
                self._imported.setdefault(home, set()).add(name)
            else:
                name = self._fresh(name)
                self.bound[name] = function
            self._functions[function] = name
        return self._functions[function]

    def imports(self) -> list[str]:
        """The lines that import what was used."""
        lines = []
        for home, names in sorted(self._imported.items(), key=lambda row: row[0] != "numpy"):
            line = f"from {home} import {', '.join(sorted(names))}"
            if len(line) > 100:
                line = f"from {home} import ({', '.join(sorted(names))})"
            lines += wrap(line, 100, subsequent_indent="    ")
        return lines

    def _define(self, name: str, text: str, *bases: str) -> str:
        """Note what a name stands for; what depends on an argument is made at each call."""
        is_local = any(base in self._local for base in bases)
        (self.each_call if is_local else self.once).append(f"{name} = {text}")
        if is_local:
            self._local.add(name)
        return name

    def argument(self, storage: Storage, i: int) -> str:
        """The name of argument i."""
        assert isinstance(storage, Leaf)
        name = self._names[storage] = self._fresh(storage.node.name or f"x{i}")
        self._local.add(name)
        return name

    # Names.

    def name(self, storage: Storage) -> str:
        """What a storage is called, defined when it is first asked for."""
        if storage not in self._names:
            self._names[storage] = self._named(storage)
        return self._names[storage]

    def _named(self, storage: Storage) -> str:
        match storage:
            case Leaf(node):
                return self._bound(node) if node.role == "bound" else self._constant(node)
            case Scalar():
                return self._fresh("s")
            case Cell(scalar):
                name = self._fresh(f"{self.name(scalar)}_")
                text = f"{self.use(np.empty)}((), {scalar.node.dtype.name!r})"
                return self._define(name, text)
            case Filled(node):
                return self._filled(node)
            case Buffer(spec, stem, fill):
                return self._buffer(storage, spec, stem, fill)
            case Reshaped(base, shape):
                seen = self.name(base)
                return self._define(
                    self._fresh(f"{seen}_as"), f"{seen}.reshape({sizes_text(shape)})", seen
                )
            case Part():
                return self._part(storage)
            case View(base, node):
                return self._view(base, node)

    def transposed(self, storage: Storage) -> str:
        """What the transpose of a matrix is called."""
        if isinstance(storage, View) and storage.node.op is transpose:
            return self.name(storage.base)
        key = "T", storage
        if key not in self._names:
            name = self.name(storage)
            if key not in self._names:  # its own definition may have needed the transpose first
                self._names[key] = self._define(f"{name}T", f"{name}.T", name)
        return self._names[key]

    def _bound(self, node: Node) -> str:
        assert node.value is not None
        name = self._fresh(node.name or ("constant" if node.role == "constant" else "state"))
        self.bound[name] = node.value
        return name

    def _constant(self, node: Node) -> str:
        assert node.value is not None
        if node.value.ndim:
            return self._bound(node)
        number = float(node.value)
        text = f"{self.use(np.array)}({number!r}, {node.dtype.name!r})"
        self._use_words(number)
        if text not in self._names:
            self._names[text] = self._define(
                self._fresh(_WORDS.get(number) or f"c{number:g}"), text
            )
        return self._names[text]

    def _use_words(self, number: float) -> None:
        """Import what Python writes for numbers that are none."""
        if not np.isfinite(number):
            self._imported.setdefault("numpy", set()).add("nan" if number != number else "inf")

    def _filled(self, node: Node) -> str:
        assert node.uniform is not None
        number = float(node.uniform)
        self._use_words(number)
        text = f"{self.use(np.full)}({node.shape}, {number!r}, {node.dtype.name!r})"
        stem = f"{_WORDS.get(number) or f'c{number:g}'}_{'x'.join(map(str, node.shape))}"
        return self._define(self._fresh(stem), text)

    def _buffer(self, storage: Storage, spec: BufferSpec, stem: str, fill: str) -> str:
        name, (shape, dtype, order) = self._fresh(stem), spec
        dtype_text = "" if dtype == np.float64 else f", dtype={dtype.name!r}"
        in_memory = tuple(shape[axis] for axis in order)
        text = f"{self.use(getattr(buffers, fill))}({in_memory}{dtype_text})"
        if order == tuple(range(len(shape))):
            return self._define(name, text)
        if len(shape) == 2:
            return self._pair(storage, name, text)
        back = tuple(order.index(axis) for axis in range(len(shape)))
        return self._define(name, f"{text}.transpose{back}")

    def _pair(self, storage: Storage, name: str, text: str, *bases: str) -> str:
        """A matrix that is defined by its transpose."""
        self._names["T", storage] = self._define(f"{name}T", text, *bases)
        return self._define(name, f"{name}T.T", f"{name}T")

    def _part(self, part: Part) -> str:
        whole, pack, number = self.name(part.whole), part.pack, part.number
        name = self._fresh(part.name or f"{whole}_{number}")
        index, shape = part_index(pack, number), pack.inputs[number].shape
        if index == DROP_LAST and ("T", part.whole) in self._names:
            base = self._names["T", part.whole]
            return self._pair(part, name, f"{base}[:-1]", base)
        seen = np.shape(np.broadcast_to(0, pack.shape)[index])
        text = index_text(index)
        if not seen and "..." not in text:
            text = "..." if text == "()" else f"{text}, ..."  # a view even of one number
        reshaped = f".reshape({sizes_text(shape)})" if seen != shape else ""
        return self._define(name, f"{whole}[{text}]{reshaped}", whole)

    def _view(self, base: Storage, node: Node) -> str:
        assert node.op is not None
        assert node.op.source is not None
        if node.op is transpose and len(node.shape) == 2:
            return self.transposed(base)
        seen = self.name(base)
        owner = base
        while isinstance(owner, View):
            owner = owner.base
        stem = "part" if node.op is getitem else node.op.name
        name = self._fresh(node.name or f"{self.name(owner)}_{stem}")
        return self._define(name, node.op.source(self.use, seen, **node.attrs), seen)

    # Lines.

    def line(self, instruction: Instruction) -> str:
        """An instruction as a statement."""
        match instruction:
            case Copy(_, source, out):
                return self._copy(source, out)
            case Evaluate(node, inputs, out):
                return f"{self.name(out)} = {self._expression(node, inputs)}"
            case Multiply(_, (a, b), out, by):
                if by == "transposed dot":
                    names = map(self.transposed, (b, a, out))
                else:
                    names = map(self.name, (a, b, out))
                call = self.use(np.matmul if by == "matmul" else np.dot)
                return "{}({}, {}, out={})".format(call, *names)
            case Compute(node, inputs, out, workspace):
                return self._call(node, inputs, out, workspace)

    def _copy(self, source: Storage, out: Storage) -> str:
        if isinstance(out, Cell) or (isinstance(out, Leaf) and not out.node.shape):
            value = self.name(source)
            return f"{self.name(out)}[()] = {value}"
        target = self.name(out)
        return f"{self.use(np.copyto)}({target}, {self.name(source)})"

    def _call(
        self, node: Node, inputs: Sequence[Storage], out: Storage, workspace: dict[str, Storage]
    ) -> str:
        op = node.op
        assert op is not None
        args, target, attrs = [self.name(x) for x in inputs], self.name(out), node.attrs
        if op.kind == "reduction" and len(attrs["axis"]) == len(node.inputs[0].shape):
            attrs = {**attrs, "axis": None}
        if op.source is not None:
            return op.source(self.use, *args, out=target, **attrs)
        args += [settings_text(attrs)] if attrs else []
        if not _takes_out(op.value):
            return f"{self.use(np.copyto)}({target}, {self.use(op.value)}({', '.join(args)}))"
        work = [f"{key}={self.name(x)}" for key, x in workspace.items()]
        return f"{self.use(op.value)}({', '.join([*args, f'out={target}', *work])})"

    def _expression(self, node: Node, inputs: Sequence[Storage]) -> str:
        op = node.op
        assert op is not None
        if op.kind == "view":
            assert op.source is not None
            text = op.source(self.use, self.name(inputs[0]), **node.attrs)
            return f"{text}[()]" if "..." in text else text  # with an ellipsis it is a view
        if op.operator:
            return f" {op.operator} ".join(self._number(x) for x in inputs)
        values = [self.name(x) for x in inputs]
        if op.source is not None:
            return op.source(self.use, *values, out="", **node.attrs)
        return f"{self.use(op.value)}({', '.join(values)})"

    def _number(self, storage: Storage) -> str:
        """A single number inside an expression."""
        if isinstance(storage, Scalar):
            return self.name(storage)
        if isinstance(storage, Leaf) and storage.node.uniform is not None:
            number = float(storage.node.uniform)
            if number >= 0:
                self._use_words(number)
                return repr(number)
        name = self.name(storage)
        shaped = isinstance(storage, Leaf) and storage.node.shape
        return name if shaped else f"{name}[()]"


def _takes_out(function: Callable[..., Any]) -> bool:
    """Whether a function fills an array that it is given."""
    return isinstance(function, np.ufunc) or "out" in signature(function).parameters


class Names:
    """Gives out names, each once, and with each the name of its transpose.

    Args:
        reserved: names that are given to nobody, such as those of imported functions.

    >>> fresh = Names({"add"}).fresh
    >>> fresh("W"), fresh("W"), fresh("WT"), fresh("add"), fresh("h 1")
    ('W', 'W1', 'WT_1', 'add1', 'h_1')
    """

    def __init__(self, reserved: Iterable[str]) -> None:
        self._taken = {*reserved, *keyword.kwlist}

    def fresh(self, stem: str) -> str:
        """The stem itself, or with a number when it is taken or not a name in Python."""
        stem = re.sub(r"\W", "_", unicodedata.normalize("NFKC", stem))
        stem = stem if stem.isidentifier() else "value"
        join = "" if stem[-1].isalpha() and stem[-1] != "T" else "_"
        name, i = stem, 1
        while self._taken & {name, f"{name}T"}:
            name, i = f"{stem}{join}{i}", i + 1
        self._taken |= {name, f"{name}T"}
        return name
