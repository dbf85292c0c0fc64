"""What a compiled step is made of before it is text: storage, and instructions that fill it."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from engine.array import Shape
from engine.program.layouts import Order
from engine.program.simplify import Node
from engine.rows import Fill


class BufferSpec(NamedTuple):
    """What makes two buffers interchangeable."""

    shape: Shape
    dtype: np.dtype[Any]
    order: Order


@dataclass(eq=False, frozen=True)
class Leaf:
    """An argument, a bound array, or a constant (one number, or an array)."""

    node: Node


@dataclass(eq=False, frozen=True)
class Filled:
    """A constant repeated in a whole array, for what cannot broadcast a number."""

    node: Node


@dataclass(eq=False, frozen=True)
class Buffer:
    """Memory of the step's own, made once before the first call; `stem` is what to call it."""

    spec: BufferSpec
    stem: str
    fill: Fill = "zeros"


@dataclass(eq=False, frozen=True)
class Part:
    """Where one input of a pack lies in it."""

    whole: "Storage"
    pack: Node
    number: int
    name: str


@dataclass(eq=False, frozen=True)
class View:
    """The memory of another storage, seen through a primitive of kind view."""

    base: "Storage"
    node: Node


@dataclass(eq=False, frozen=True)
class Reshaped:
    """A buffer seen in the shape of what is copied into it."""

    base: "Storage"
    shape: Shape


@dataclass(eq=False, frozen=True)
class Scalar:
    """One number in a variable of Python's."""

    node: Node


@dataclass(eq=False, frozen=True)
class Cell:
    """An array of one number, for what cannot take a scalar."""

    scalar: Scalar


ProductCall = Literal["dot", "transposed dot", "matmul"]
Storage = Leaf | Filled | Buffer | Part | View | Reshaped | Scalar | Cell


class Compute(NamedTuple):
    """A primitive on arrays: `out` receives the result."""

    node: Node
    inputs: tuple[Storage, ...]
    out: Storage
    workspace: dict[str, Storage]


class Multiply(NamedTuple):
    """A product of matrices; `by` is the call that fills memory of that layout."""

    node: Node
    inputs: tuple[Storage, Storage]
    out: Storage
    by: ProductCall


class Evaluate(NamedTuple):
    """A primitive on single numbers."""

    node: Node
    inputs: tuple[Storage, ...]
    out: Scalar


class Copy(NamedTuple):
    """Numbers moved, on account of a node."""

    node: Node
    source: Storage
    out: Storage


Instruction = Compute | Multiply | Evaluate | Copy
