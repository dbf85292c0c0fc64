"""The same training step as the engine's, written by hand in NumPy as fast as we know how.

All forms keep the parameters in one flat vector with views, fold the bias into the matrix
([x 1] W), write into arrays made beforehand, take transposes as views once, hold scalars as 0-d
arrays and write tanh' as 1 - y². `RowMajor` keeps a batch as rows, `BatchLast` as columns:
the functions number by number then run along one stretch of memory. The better one is what the
engine is held against.

A form has `lay_x` and `lay_y` (a data set in its own layout, the batch along `axis`), and `step`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from tests.bench.rules import ACTIVATIONS, RULES

Array = np.ndarray
Step = Callable[[Array, Array], None]


class Task(NamedTuple):
    """What is trained: sizes of the layers, "tanh" or "relu", "mse" or "cross_entropy", a rule."""

    sizes: tuple[int, ...]
    hidden: str
    loss: str
    rule: str
    lr: float
    batch: int


class Form:
    """The parts that both layouts have in common.

    Args:
        task: what is trained.
        w: (size,) the parameters; written in place.
        batch: rows of a step, by default the task's.
    """

    axis: int

    def __init__(self, task: Task, w: Array, batch: int = 0) -> None:
        self.task, self.w, self.g = task, w, np.empty_like(w)
        self.batch = batch or task.batch
        self.W, self.dW, start = [], [], 0
        for a, b in zip(task.sizes, task.sizes[1:], strict=False):
            span = slice(start, start := start + (a + 1) * b)
            self.W.append(self.w[span].reshape(a + 1, b))
            self.dW.append(self.g[span].reshape(a + 1, b))
        self.forward, backward = self.passes()
        update = RULES[task.rule](self.w, self.g, task.lr)

        def step(x: Array, y: Array) -> None:
            backward(x, self.forward(x), y)
            update()

        self.step: Step = step

    def passes(self) -> tuple[Callable[..., Array], Callable[..., None]]:
        """The forward pass x → scores, and the backward pass (x, scores, y) → the gradient."""
        raise NotImplementedError

    def slope(self) -> Callable[[Array, Array, Array], None]:
        """Turns scores z and targets y into the slope of the loss, written into d."""
        mean = np.array(1 / self.batch)
        rows = 1 - self.axis
        subtract, multiply = np.subtract, np.multiply
        if self.task.loss == "mse":
            mean = np.array(2 / (self.batch * self.task.sizes[-1]))

            def of_mse(z: Array, y: Array, d: Array) -> None:
                subtract(z, y, out=d)
                multiply(d, mean, out=d)

            return of_mse
        exp, divide, top, total = np.exp, np.divide, np.maximum.reduce, np.add.reduce
        kept = np.empty((self.batch, 1) if rows else (1, self.batch))

        def of_cross_entropy(z: Array, y: Array, d: Array) -> None:
            top(z, axis=rows, keepdims=True, out=kept)
            subtract(z, kept, out=d)
            exp(d, out=d)
            total(d, axis=rows, keepdims=True, out=kept)
            divide(d, kept, out=d)
            subtract(d, y, out=d)
            multiply(d, mean, out=d)

        return of_cross_entropy


class RowMajor(Form):
    """A batch is (N, D), row by row, with its column of ones at the end of each row."""

    axis = 0

    @staticmethod
    def lay_x(x: Array) -> Array:
        """[x 1]."""
        return np.hstack([x, np.ones((len(x), 1))])

    @staticmethod
    def lay_y(y: Array) -> Array:
        """y itself."""
        return np.ascontiguousarray(y)

    def passes(self) -> tuple[Callable[..., Array], Callable[..., None]]:
        n, sizes, dot = self.batch, self.task.sizes, np.dot
        z = [np.empty((n, k)) for k in sizes[1:]]
        h1 = [np.ones((n, k + 1)) for k in sizes[1:-1]]
        h = [packed[:, :-1] for packed in h1]
        d, u = [np.empty_like(k) for k in z], [np.empty_like(k) for k in z]
        activate, derive, slope = *ACTIVATIONS[self.task.hidden], self.slope()
        first, rest = self.W[0], list(zip(z, h, h1, self.W[1:], z[1:], strict=False))
        back = [(h1[i - 1].T, d[i], self.dW[i], self.W[i][:-1].T, h[i - 1], d[i - 1], u[i - 1])
                for i in range(len(z) - 1, 0, -1)]  # fmt: skip
        d_out, d_in, dW_in = d[-1], d[0], self.dW[0]

        def forward(x: Array) -> Array:
            dot(x, first, out=z[0])
            for below, signal, packed, W, above in rest:
                activate(below, signal)
                dot(packed, W, out=above)
            return z[-1]

        def backward(x: Array, scores: Array, y: Array) -> None:
            slope(scores, y, d_out)
            for packedT, above, dW, WT, signal, below, work in back:
                dot(packedT, above, out=dW)
                dot(above, WT, out=below)
                derive(signal, below, work)
            dot(x.T, d_in, out=dW_in)

        return forward, backward


class BatchLast(Form):
    """A batch is (D, N): what belongs to one neuron lies together, the ones are the last row."""

    axis = 1

    @staticmethod
    def lay_x(x: Array) -> Array:
        """[x 1] seen transposed: it is only multiplied, so its rows may stay together."""
        return RowMajor.lay_x(x).T

    @staticmethod
    def lay_y(y: Array) -> Array:
        """The transpose of y."""
        return np.ascontiguousarray(y.T)

    def passes(self) -> tuple[Callable[..., Array], Callable[..., None]]:
        n, sizes, dot = self.batch, self.task.sizes, np.dot
        z = [np.empty((k, n)) for k in sizes[1:]]
        h1 = [np.ones((k + 1, n)) for k in sizes[1:-1]]
        h = [packed[:-1] for packed in h1]
        d, u = [np.empty_like(k) for k in z], [np.empty_like(k) for k in z]
        activate, derive, slope = *ACTIVATIONS[self.task.hidden], self.slope()
        WT = [W.T for W in self.W]
        first, rest = WT[0], list(zip(z, h, h1, WT[1:], z[1:], strict=False))
        back = [(h1[i - 1], d[i].T, self.dW[i], self.W[i][:-1], d[i], h[i - 1], d[i - 1], u[i - 1])
                for i in range(len(z) - 1, 0, -1)]  # fmt: skip
        d_out, d_inT, dW_in = d[-1], d[0].T, self.dW[0]

        def forward(x: Array) -> Array:
            dot(first, x, out=z[0])
            for below, signal, packed, W, above in rest:
                activate(below, signal)
                dot(W, packed, out=above)
            return z[-1]

        def backward(x: Array, scores: Array, y: Array) -> None:
            slope(scores, y, d_out)
            for packed, aboveT, dW, W, above, signal, below, work in back:
                dot(packed, aboveT, out=dW)
                dot(W, above, out=below)
                derive(signal, below, work)
            dot(x, d_inT, out=dW_in)

        return forward, backward


FORMS: Sequence[type[Form]] = (RowMajor, BatchLast)
