"""From the plan to straight-line NumPy source: one call a line, every buffer made beforehand.

A matrix whose first axis (the batch) lies together in memory, D rows of N numbers for a shape of
(N, D), has its transpose for a name too: xT. An operation number by number then runs along one long
stretch, [h 1] keeps h in one piece, and a product is dot(WT, xT, out=zT).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.array import Array
from engine.program.graph import Node
from engine.program.memory import Order
from engine.program.names import Names, index_text, tuple_text, view_text
from engine.program.plan import NEVER, Plan

_OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**"}


class Form(NamedTuple):
    """What makes two buffers interchangeable."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    order: Order


class Writer:
    """Writes the body of a step line by line, and the definitions that its names need.

    Args:
        plan: where everything lives.
        inputs: the arguments of the step, in order.
        outputs: what it returns.
        updates: (state, new value).
        section: the heading under which a node is listed.
    """

    def __init__(
        self,
        plan: Plan,
        inputs: Sequence[Node],
        outputs: Sequence[Node],
        updates: Sequence[tuple[Node, Node]],
        section: Mapping[Node, str],
    ) -> None:
        self.plan = plan
        self.bound: dict[str, Array] = {}
        self.definitions: dict[str, str] = {}
        self.body: list[str] = []
        self.names: dict[Node, str] = {}
        self._fresh = Names().fresh
        self._turned: dict[str, str] = {}
        self._arrays: dict[object, str] = {}
        self._free: dict[Form, list[str]] = {}
        self._taken: set[Node] = set()
        self._section = section
        self._states = {state: None for state, _ in updates}
        self._name_leaves(inputs)
        self._write_all()
        self.returns = [self._result(node) for node in outputs]
        self._write_updates(updates)

    # Names.

    def _name_leaves(self, inputs: Sequence[Node]) -> None:
        for i, node in enumerate(inputs):
            self.names[node] = self._fresh(node.name or f"x{i}")
        for node in dict.fromkeys([*self.plan.nodes, *self._states]):
            if node.role == "bound":
                name = self.names[node] = self._fresh(node.name or "state")
                assert node.value is not None
                self.bound[name] = node.value
            elif node.role == "constant":
                self.names[node] = self._constant(node)

    def _constant(self, node: Node) -> str:
        assert node.value is not None
        if node.value.ndim:
            name = self._fresh("constant")
            self.bound[name] = node.value
            return name
        number = float(node.value)
        word = {0.0: "zero", 0.5: "half", 1.0: "one", 2.0: "two"}.get(number)
        text = f"array({number!r}, {node.dtype.name!r})"
        if text not in self._arrays:
            name = self._arrays[text] = self._fresh(word or f"c{number:g}")
            self.definitions[name] = text
        return self._arrays[text]

    def _transposed(self, name: str) -> str:
        """The name of the transpose of a matrix."""
        if name not in self._turned:
            self.definitions[f"{name}T"] = f"{name}.T"
            self._pair(name)
        return self._turned[name]

    def _pair(self, name: str) -> None:
        self._turned |= {name: f"{name}T", f"{name}T": name}

    def _new_buffer(self, stem: str, node: Node, fill: str = "zeros") -> str:
        """A buffer in the order that the plan has for a node."""
        return self._array_in(stem, Form(node.shape, node.dtype, self.plan.order(node)), fill)

    def _array_in(self, stem: str, form: Form, fill: str = "zeros") -> str:
        name, (shape, dtype, order) = self._fresh(stem), form
        kind = "" if dtype == np.float64 else f", dtype={dtype.name!r}"
        in_memory = tuple(shape[axis] for axis in order)
        text = f"{fill}({in_memory}{kind})"
        if order == tuple(range(len(shape))):
            self.definitions[name] = text
        elif len(shape) == 2:
            self.definitions[f"{name}T"] = text
            self.definitions[name] = f"{name}T.T"
            self._pair(name)
        else:
            back = tuple(order.index(axis) for axis in range(len(shape)))
            self.definitions[name] = f"{text}.transpose{back}"
        return name

    # Memory.

    def _buffer(self, node: Node) -> str:
        """The array that receives a node's value."""
        if node in self.plan.overwrites:
            return self.names[self.plan.overwrites[node]]
        if node in self.plan.places:
            return self._part(node)
        if node.name:
            return self._new_buffer(node.name, node)
        for x in self._replaceable(node):
            root = self.plan.root(x)
            if self._dies(root, node) and not x.name and self._same_place(x, root, node):
                self._taken.add(root)
                return self.names[x]
        return self._borrowed("t", self._form(node))

    def _replaceable(self, node: Node) -> tuple[Node, ...]:
        """The inputs that a result may be written over: most kernels still read them."""
        if node.is_op("max_unpool"):
            return node.inputs[1:2]
        return node.inputs if node.op and node.op.form == "elementwise" else ()

    def _same_place(self, x: Node, root: Node, node: Node) -> bool:
        """Whether x is all of its root, and lies in memory just as the node will."""
        seen, wanted = self.plan.samples[x], self.plan.samples[node]
        alike = (x.shape, x.dtype, seen.strides) == (node.shape, node.dtype, wanted.strides)
        return alike and seen.size == self.plan.samples[root].size

    def _form(self, node: Node) -> Form:
        return Form(node.shape, node.dtype, self.plan.order(node))

    def _borrowed(self, stem: str, form: Form) -> str:
        """An array that nobody needs any more, or a new one."""
        free = self._free.get(form)
        return free.pop() if free else self._array_in(stem, form)

    def _dies(self, x: Node, reader: Node) -> bool:
        """Whether x owns its memory and is read here for the last time."""
        own = x.op is not None and self.plan.root(x) is x and not x.is_scalar
        poolable = own and not x.name and x.op is not None and x.op.form != "pack"
        poolable = poolable and x not in self.plan.overwrites
        return poolable and self.plan.last_read.get(x, NEVER) == self.plan.time[reader]

    def _release(self, node: Node) -> None:
        for x in dict.fromkeys(self.plan.root(x) for x in node.inputs):
            if self._dies(x, node) and x not in self._taken:
                self._free.setdefault(self._form(x), []).append(self.names[x])

    def _pack(self, pack: Node) -> str:
        if pack not in self.names:
            if not pack.is_op("with_ones"):
                stem = "g" if pack.is_op("join") else "whole"
                self.names[pack] = self._new_buffer(pack.name or stem, pack)
            else:
                stem = f"{self._stem(pack.inputs[0])}_1"
                self.names[pack] = self._new_buffer(stem, pack, "ones")
        return self.names[pack]

    def _stem(self, node: Node) -> str:
        return node.name or self.names.get(node) or "t"

    def _part(self, node: Node) -> str:
        place = self.plan.places[node]
        pack = self._pack(place.pack)
        name = self._fresh(node.name or f"{pack}_{place.number}")
        self._define_part(name, place.pack, place.number)
        return name

    def _define_part(self, name: str, pack: Node, index: int) -> None:
        whole = self.names[pack]
        if pack.is_op("with_ones"):
            if whole in self._turned:
                self.definitions[f"{name}T"] = f"{whole}T[:-1]"
                self.definitions[name] = f"{name}T.T"
                self._pair(name)
            else:
                self.definitions[name] = f"{whole}[..., :-1]"
            return
        if pack.is_op("embed"):
            text = index_text(pack.attrs["indices"][index])
            if not pack.inputs[index].shape and "..." not in text:
                text += ", ..."  # a view even of a single number
            self.definitions[name] = f"{whole}[{text}]"
            return
        sizes = [int(np.prod(part.shape)) for part in pack.inputs]
        start, shape = sum(sizes[:index]), pack.inputs[index].shape
        reshape = f".reshape({tuple_text(shape)})" if len(shape) != 1 else ""
        self.definitions[name] = f"{whole}[{start}:{start + sizes[index]}]{reshape}"

    # Statements.

    def _write_all(self) -> None:
        heading = ""
        for node in self.plan.nodes:
            if node.op is None:
                continue
            before = len(self.body)
            self._write(node)
            title = self._section.get(node, "")
            if len(self.body) > before and title and title != heading:
                self.body.insert(before, f"# {title}")
                heading = title

    def _write(self, node: Node) -> None:
        assert node.op is not None
        if node.is_scalar:
            self.names[node] = self._fresh("s")
            self._write_scalar(node)
        elif node in self.plan.copies:
            self._write_copy(node)
        elif node.op.form == "view":
            self._write_view(node)
        elif node.op.form == "pack":
            self._write_pack(node)
        else:
            args = [self._array(x) for x in node.inputs]
            out = self.names[node] = self._buffer(node)
            self.body += self._statements(node, args, out)
            self._release(node)

    def _array(self, node: Node) -> str:
        """The name of an array that holds a node, made from a plain number where need be."""
        name = self.names[node]
        if not node.is_scalar:
            return name
        if node not in self._arrays:
            cell = self._arrays[node] = self._fresh(f"{name}_")
            self.definitions[cell] = f"empty((), {node.dtype.name!r})"
            self.body.append(f"{cell}[()] = {name}")
        return self._arrays[node]

    def _whole(self, node: Node) -> str:
        """A constant as an array of its full shape; anything else as it is."""
        if node.uniform is None or not node.shape:
            return self._array(node)
        text = f"full({node.shape}, {float(node.uniform)!r}, {node.dtype.name!r})"
        if text not in self._arrays:
            stem = f"{self.names[node]}_{'x'.join(map(str, node.shape))}"
            name = self._arrays[text] = self._fresh(stem)
            self.definitions[name] = text
        return self._arrays[text]

    def _statements(self, node: Node, args: list[str], out: str) -> list[str]:
        assert node.op is not None
        name, form = node.op.name, node.op.form
        if form == "product":
            args = [self._whole(x) for x in node.inputs]
            return [self._product(node, args, out)]
        if form == "reduce":
            axis = node.attrs["axis"]
            axis_text = "None" if len(axis) == len(node.inputs[0].shape) else repr(axis)
            kept = ", keepdims=True" if node.attrs["keepdims"] else ""
            args = [self._whole(x) for x in node.inputs]
            return [f"add.reduce({args[0]}, axis={axis_text}{kept}, out={out})"]
        if name == "astype":
            return [f"copyto({out}, {args[0]})"]
        if form in ("rowwise", "table", "window"):
            args = [self._whole(x) for x in node.inputs]
        args += [f"{key}={value!r}" for key, value in node.attrs.items()]
        return [f"{name}({', '.join([*args, f'out={out}', *self._work(node)])})"]

    def _work(self, node: Node) -> list[str]:
        """The arrays that a kernel works in, given back at once for the next one."""
        assert node.op is not None
        lent = {}
        for key, describe in node.op.work.items():
            shape, dtype = describe(node, *node.inputs)
            same = len(shape) == len(node.shape)
            order = self.plan.order(node) if same else tuple(range(len(shape)))
            lent[key] = Form(shape, dtype, order)
        names = {key: self._borrowed(key, form) for key, form in lent.items()}
        for key, form in lent.items():
            self._free.setdefault(form, []).append(names[key])
        return [f"{key}={name}" for key, name in names.items()]

    def _product(self, node: Node, args: list[str], out: str) -> str:
        a, b = args
        made = self.plan.samples[self.plan.overwrites.get(node, node)]
        if made.ndim == 2 and made.flags.c_contiguous:
            return f"dot({a}, {b}, out={out})"
        if made.ndim == 2 and made.flags.f_contiguous:
            left, right = self._transposed(b), self._transposed(a)
            return f"dot({left}, {right}, out={self._transposed(out)})"
        return f"matmul({a}, {b}, out={out})"

    def _write_view(self, node: Node) -> None:
        assert node.op is not None
        x = node.inputs[0]
        base = self._whole(x)
        if node.is_op("transpose") and len(node.shape) == 2:
            self.names[node] = self._transposed(base)
        else:
            name, text = view_text(node, base)
            self.names[node] = self._fresh(node.name or name)
            self.definitions[self.names[node]] = text

    def _write_copy(self, node: Node) -> None:
        """A reshape that moves numbers: seen in the shape that they come in."""
        x = node.inputs[0]
        out = self.names[node] = self._buffer(node)
        seen = self._fresh(f"{out}_as")
        self.definitions[seen] = f"{out}.reshape({tuple_text(x.shape)})"
        self.body.append(f"copyto({seen}, {self._whole(x)})")
        self._release(node)

    def _write_pack(self, node: Node) -> None:
        x = node.inputs[0]
        if node.is_op("with_ones") and x in self.plan.augmented:
            self.names[node] = self.names[x]
            return
        self._pack(node)
        for i, part in enumerate(node.inputs):
            if self.plan.places.get(part) == (node, i):
                continue
            name = self._fresh(f"{self.names[node]}_{i}")
            self._define_part(name, node, i)
            self.body.append(f"copyto({name}, {self._whole(part)})")

    def _write_scalar(self, node: Node) -> None:
        assert node.op is not None
        if node.is_op("getitem"):
            text = f"{self._array(node.inputs[0])}[{index_text(node.attrs['index'])}]"
            text += "[()]" if "..." in text else ""  # with an ellipsis it would be a view
        else:
            values = [self._value(x) for x in node.inputs]
            operator = _OPERATORS.get(node.op.name)
            if node.is_op("astype"):
                text = f"{node.attrs['dtype']}({values[0]})"
            elif operator:
                text = f" {operator} ".join(values)
            else:
                text = f"{node.op.name}({', '.join(values)})"
        self.body.append(f"{self.names[node]} = {text}")

    def _value(self, node: Node) -> str:
        """A node as an expression inside a line."""
        name = self.names[node]
        if node.shape or node.is_scalar:
            return name
        if node.uniform is not None and float(node.uniform) >= 0:
            return repr(float(node.uniform))
        return f"{name}[()]"

    # The end of the step.

    def _write_updates(self, updates: Sequence[tuple[Node, Node]]) -> None:
        writes = []
        for state, new in updates:
            if self.plan.overwrites.get(new) is state:
                continue
            target, value = self.names[state], self._result(new)
            writes.append(f"{target}[()] = {value}" if not state.shape else
                          f"copyto({target}, {value})")  # fmt: skip
        self.body += writes

    def _result(self, node: Node) -> str:
        """A value to give out or to write into a state, saved from the writing of the states."""
        if self.plan.root(node) in self._states:
            kept = self._new_buffer("kept", node)
            self.body.append(f"copyto({kept}, {self.names[node]})")
            return kept
        return self._value(node) if node.is_scalar else self._whole(node)
