"""A compiled program gives what its tensors give, whatever the program: random graphs, traps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.reverse import grad
from engine.tensor import Tensor, apply
from tests.engine.eager import agree

SHAPES = [(), (1,), (3,), (1, 3), (2, 3), (3, 2), (3, 3), (2, 1), (2, 3, 2)]
NAMES = ["", "", "", "", "x", "xT", "one", "w", "t", "T", "add", "s_", "λ", "h 1", "c3_2", "lambda"]
CONSTANTS = [0.0, 1.0, 2.0, -1.0, 0.5, 3.0, 3.2, np.inf]
UNARY = ["tanh", "sigmoid", "relu", "softplus", "sin", "negative", "square", "absolute", "exp"]
BINARY = ["add", "subtract", "multiply", "maximum", "minimum"]


class Sketch:
    """A random computation: leaves, and what was computed from them."""

    def __init__(self, draw, seed):
        self.draw, self.rng = draw, np.random.default_rng(seed)
        self.inputs = [self.leaf() for _ in range(draw(st.integers(0, 2)))]
        self.states = [self.leaf() for _ in range(draw(st.integers(1, 3)))]
        self.bound = [self.leaf()]
        self.pool = [*self.inputs, *self.states, *self.bound]
        for _ in range(draw(st.integers(1, 10))):
            self.pool.append(self.tame(getattr(self, self.pick(MOVES))()))

    def pick(self, options):
        return self.draw(st.sampled_from(options))

    def any(self):
        return self.pool[self.draw(st.integers(0, len(self.pool) - 1))]

    def leaf(self):
        x = self.rng.standard_normal(self.pick(SHAPES))
        return Tensor(self.pick([x, x.T, x[..., ::-1] if x.ndim else x]), self.pick(NAMES))

    def tame(self, x):
        """Keep the numbers small, so that rounding stays far below the tolerance."""
        if x.size > 200:
            x = x.sum()
        if x.size and not np.max(np.abs(x.value)) < 10:
            x = np.tanh(x)
        return x.named(self.pick(NAMES))

    def unary(self):
        return apply(self.pick(UNARY), self.any())

    def binary(self):
        a, b = self.any(), self.any()
        try:
            np.broadcast_shapes(a.shape, b.shape)
        except ValueError:
            b = b.sum()
        return apply(self.pick(BINARY), a, b)

    def quotient(self):
        a = self.any()
        return a / (2 + np.square(a.sum()))

    def constant(self):
        x, c = self.any(), self.pick(CONSTANTS)
        c = np.full(x.shape, c) if self.draw(st.booleans()) else c
        if np.isinf(np.max(c, initial=0)):
            return np.minimum(x, c)
        return apply(self.pick(["add", "subtract", "multiply"]), *self.pick([(x, c), (c, x)]))

    def uneven(self):
        x = self.any()
        return x + self.rng.standard_normal(x.shape)

    def only_constant(self):
        x = Tensor(np.full(self.pick(SHAPES), self.pick(CONSTANTS[:-1])))
        x.is_constant = True
        return x

    def reshape(self):
        x = self.any()
        n = x.size
        return x.reshape(
            self.pick([(n,), (1, n), (n, 1), x.shape[::-1], *([()] if n == 1 else [])])
        )

    def transpose(self):
        x = self.any()
        return x.transpose(self.draw(st.permutations(range(x.ndim))))

    def getitem(self):
        x = self.any()
        options = [slice(None), slice(None, -1), slice(0, 1), slice(None, None, -1)]
        options += [0, -1] if x.size else []
        index = tuple(self.pick(options) for _ in range(self.draw(st.integers(0, x.ndim))))
        return x[(*index, ...) if self.draw(st.booleans()) else index]

    def total(self):
        x = self.any()
        axes = [i for i in range(x.ndim) if self.draw(st.booleans())]
        return x.sum(tuple(axes), keepdims=self.draw(st.booleans()))

    def broadcast(self):
        x = self.any()
        shape = tuple(self.pick([1, 2, 3]) if n == 1 else n for n in x.shape)
        return x.broadcast_to(self.pick([(), (2,)]) + shape)

    def matmul(self):
        a, b = self.any(), self.any()
        if not a.ndim or not b.ndim:
            return a * b
        if a.shape[-1] == b.shape[0] and b.ndim <= 2:
            return a @ b
        a = a.reshape((1, a.size))
        return a.T @ a

    def rowwise(self):
        x = self.any()
        if not x.size or not x.ndim:
            return np.exp(x)
        return apply(self.pick(["softmax", "logsumexp", "append_ones"]), x)

    def dense(self):
        x = self.any()
        x = x.reshape(x.shape if x.ndim == 2 else (1, x.size))
        W = Tensor(self.rng.standard_normal((x.shape[1] + 1, 2)))
        return apply("append_ones", x) @ W

    def join(self):
        return apply("concat_flat", *(self.any() for _ in range(self.draw(st.integers(1, 3)))))

    def gradient(self):
        return grad(np.tanh(self.any()).sum(), [self.any()])[0]

    def updates(self):
        """For some states a new value of the same shape: another state, a view, anything."""
        pairs = []
        for state in self.states:
            fitting = [x for x in self.pool if x.shape == state.shape]
            x = self.pick(fitting)
            kind = self.pick(["as is", "step", "none", "transposed"])
            if kind == "step":
                x = state - 0.5 * x
            if kind == "transposed" and x.ndim == 2 and x.shape == x.shape[::-1]:
                x = x.T
            if kind != "none":
                pairs.append((state, np.tanh(x) if self.draw(st.booleans()) else x))
        return self.draw(st.permutations(pairs))


MOVES = [
    name for name, value in vars(Sketch).items()
    if callable(value) and name not in ("__init__", "pick", "any", "leaf", "tame", "updates")
]  # fmt: skip


@pytest.mark.parametrize("examples", [150, pytest.param(3000, marks=pytest.mark.sweep)])
def test_random_programs(examples):
    @settings(max_examples=examples, derandomize=True, deadline=None, database=None)
    @given(st.data(), st.integers(0, 2**32 - 1))
    def agrees(data, seed):
        sketch = Sketch(data.draw, seed)
        outputs = [sketch.any() for _ in range(data.draw(st.integers(0, 3)))]
        agree(sketch.inputs, outputs, sketch.updates(), turn=sketch.bound, seed=seed)

    agrees()
