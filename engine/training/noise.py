"""Chance inside a training step: numbers drawn anew for every update, from the run's generator."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from engine.array import Array
from engine.errors import unknown
from engine.kernels.buffers import zeros
from engine.tensor import Tensor
from engine.validate import integer, integers, scalar

Kind = Literal["normal", "uniform", "dropout"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Noise:
    """What is drawn for each row of a batch.

    Args:
        kind: "normal" has mean 0 and variance 1, "uniform" lies in [0, 1); "dropout" is 0 with
            probability `rate`, else 1 / (1 − rate), so that its mean is 1.
        shape: of one row, integers ≥ 1; a batch of N rows gets (N, *shape).
        rate: 0 ≤ rate < 1; a tensor is read at every draw, so that it can be changed in mid-run.

    Raises:
        UnknownNameError: no such kind.
        DomainError: a rate outside [0, 1), or a shape with an axis that is not an integer ≥ 1.

    >>> Noise("dropout", (4,), rate=0.5).draw(2, np.random.default_rng(0)).tolist()
    [[2.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 2.0]]

    Source: Srivastava et al. 2014, Dropout, section 10 (scaled while training).
    """

    kind: Kind
    shape: tuple[int, ...]
    rate: Tensor | float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("noise", self.kind, KINDS)
        rate = self.rate.item() if isinstance(self.rate, Tensor) else self.rate
        scalar("Noise", "rate", rate, low=0, below=1)
        object.__setattr__(self, "shape", integers("Noise", "shape", self.shape, low=1))

    def buffer(self, rows: int, dtype: np.dtype[np.floating[Any]]) -> Array:
        """An array (rows, *shape) to be filled, its batch together in memory like data."""
        return np.moveaxis(zeros((*self.shape, rows), dtype.name), -1, 0)

    def fill(self, buffer: Array, rng: np.random.Generator) -> None:
        """Draw all numbers of an array made by `buffer`."""
        flat = np.moveaxis(buffer, 0, -1)
        if self.kind == "normal":
            rng.standard_normal(out=flat, dtype=flat.dtype.type)
            return
        rng.random(out=flat, dtype=flat.dtype.type)
        if self.kind == "dropout":
            rate = self.rate.item() if isinstance(self.rate, Tensor) else self.rate
            np.greater_equal(flat, rate, out=flat)
            np.multiply(flat, 1 / (1 - rate), out=flat)

    def fill_for_evaluation(self, buffer: Array, rng: np.random.Generator) -> None:
        """The same, but dropout drops nothing: its factors are 1."""
        if self.kind == "dropout":
            buffer.fill(1)
        else:
            self.fill(buffer, rng)

    def draw(self, rows: int, rng: np.random.Generator) -> Array:
        """A fresh array of float64."""
        rows = integer("Noise", "rows", rows, low=1)
        buffer = self.buffer(rows, np.dtype(np.float64))
        self.fill(buffer, rng)
        return buffer
