"""A derivative as the engine has it: again a graph of operations."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np

from engine.errors import DltutorError
from engine.explain import explain, letters, number
from engine.explain.elements import is_number
from engine.expression import Number
from engine.tensor import Tensor, ancestors
from lessons.calculus.derivatives._function import HELP, AbstractFunction, difference, value
from lessons.kit.experiment import StaticExperiment, derived, view
from lessons.kit.knobs import FormulaInput, Integer, Slider
from lessons.kit.oracles import Oracle
from lessons.kit.pictures import Graph, GraphEdge, GraphNode, Table

LETTERS = "abcdefghijklmnopqrstuvwyz"


class Line(NamedTuple):
    """One operation: its name, formula, numbers, value, and what it was made from."""

    name: str
    formula: str
    numbers: str
    value: float
    inputs: tuple[str, ...]


def lines_of(y: Tensor) -> list[Line]:
    """The operations behind y, each once, without products with 1; named a, b, c, …"""
    names: dict[int, str] = {}
    lines: dict[str, Line] = {}
    fresh = all_names()
    for tensor in ancestors([y]):
        if not is_number(tensor) and not tensor.inputs:
            names[tensor.serial] = tensor.name
        if not tensor.inputs:
            continue
        found = explain(tensor, (), names | {tensor.serial: "new"})
        formula = letters(found.expression).removeprefix("1·")
        is_new = not isinstance(found.expression, Number) and formula not in names.values()
        if is_new and formula not in lines:
            inputs = tuple(dict.fromkeys(one.name for one in found.inputs))
            lines[formula] = Line(next(fresh), formula, found.numbers, found.value, inputs)
        names[tensor.serial] = lines[formula].name if is_new else formula
    if not lines:
        lines[""] = Line("a", number(y.item()), number(y.item()), y.item(), ())
    return list(lines.values())


def all_names() -> Iterator[str]:
    """a, b, …, z without x, then a1, b1, …"""
    return (f"{letter}{k or ''}" for k in count() for letter in LETTERS)


class DerivativeGraph(AbstractFunction, StaticExperiment):
    """f, f′ or f″ at x, operation by operation."""

    f = FormulaInput(
        "f(x)", "x*sin(x)", ("x",), ("x**2", "exp(-x**2)", "1/(1+x**2)", "sin(x**2)"),
        help=HELP,
    )  # fmt: skip
    order = Integer("derivative", 1, 0, 2, help="0: f itself, 1: f′, 2: f″.")
    x = Slider("point", 1, -3, 3, symbol="x", help="Where it is computed.")

    @property
    def heading(self) -> str:
        """Which of the three it is."""
        return f"{('f', 'f′', 'f″')[self.order]} where f = {self.f.text}"

    @derived
    def lines(self) -> list[Line]:
        """Every operation; none where f is not defined."""
        f = self.f
        for _ in range(self.order):
            f = f.derivative("x")
        try:
            return lines_of(f.graph({"x": Tensor(self.x, "x")}))
        except DltutorError:
            return []

    @view
    def nodes(self) -> Graph:
        """The operations as nodes, each to the right of what it needs."""
        depth: dict[str, int] = {"x": 0}
        for one in self.lines:
            depth[one.name] = 1 + max((depth.get(name, 0) for name in one.inputs), default=0)
        nodes = [GraphNode("x", 0, 1, f"{self.x:.4g}", small=True)]
        filled: dict[int, int] = {}
        for one in self.lines:
            row = filled[depth[one.name]] = filled.get(depth[one.name], -1) + 1
            nodes.append(GraphNode(one.name, depth[one.name], row, f"{one.value:.4g}",
                                   formula=one.formula))  # fmt: skip
        edges = tuple(GraphEdge(name, one.name) for one in self.lines
                      for name in one.inputs if name in depth)  # fmt: skip
        return Graph(self.heading, tuple(nodes), edges)

    @view
    def operations(self) -> Table:
        """The same as lines: letters, numbers, value."""
        rows = tuple((one.name, one.formula, one.numbers, f"{one.value:.6g}")
                     for one in self.lines)  # fmt: skip
        return Table(self.heading, ("", "is", "that is", "value"), rows)

    def oracles(self) -> Iterator[Oracle]:
        """The last line against a difference of what is one derivative lower."""
        if self.order and self.lines:
            slope = difference(lambda t: value(self.f, t, self.order - 1), self.x)
            if np.isfinite(slope):
                yield Oracle(f"f{'′″'[self.order - 1]}({self.x:g})", slope, self.lines[-1].value,
                             1e-5 * (1 + abs(slope)), "a central difference",
                             compare="absolute")  # fmt: skip
