"""Training: batches drawn in a seeded order, one compiled step each, all state in plain arrays."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.optim import Rule
from engine.parameters import Layout, joined
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor

State = dict[str, Any]
"""A whole state as named arrays and numbers: what `snapshot` gives and `restore` takes."""

LossOf = Callable[[Mapping[str, Tensor], Tensor, Tensor], Tensor]
"""Parameters, inputs (N, …) and targets (N, …) to one number."""


class Training:
    """A model, a loss and an optimizer on a data set, ready to run.

    One epoch goes through all rows once in a fresh random order; its last batch may be smaller and
    counts its rows alike. When a batch holds all rows there is nothing to draw.

    Args:
        layout: names and shapes of the parameters.
        w: (layout.size,) their starting values; copied.
        loss_of: the loss of a batch.
        rule: the optimizer.
        settings: the rule's settings; numbers that `turn` changes in mid-run.
        x, y: inputs and targets, N rows each.
        batch: rows per update, ≥ 1.
        rng: draws the order of the rows.

    Raises:
        ShapeError: x and y have different numbers of rows, or none.
        DomainError: batch < 1, or a setting outside its domain.

    >>> from engine.losses import mse
    >>> from engine.optim import sgd
    >>> x = np.linspace(-1, 1, 8)[:, None]
    >>> fit = Training(
    ...     Layout({"W": (1, 1)}), np.zeros(1), lambda p, x, y: mse(x @ p["W"], y), sgd,
    ...     {"lr": 0.5}, x, 3 * x, batch=4, rng=np.random.default_rng(0))
    >>> fit.run(40)
    >>> fit.w.round(6).tolist()
    [3.0]
    """

    def __init__(
        self,
        layout: Layout,
        w: Array,
        loss_of: LossOf,
        rule: Rule,
        settings: Mapping[str, float],
        x: Array,
        y: Array,
        *,
        batch: int,
        rng: np.random.Generator,
    ) -> None:
        if len(x) != len(y) or not len(x):
            raise ShapeError(f"Training: expected as many inputs as targets, at least one, got "
                             f"{len(x)} and {len(y)}.")  # fmt: skip
        if batch < 1:
            raise DomainError(f"Training: expected batch ≥ 1, got {batch}.")
        rule.check(settings)
        self._layout, self._loss_of, self._rule = layout, loss_of, rule
        self._w = Tensor(np.array(w, dtype=np.float64), "w")
        self._memory = {
            name: Tensor(np.full(layout.size, value), name) for name, value in rule.memory.items()
        }
        self._t = Tensor(0.0, "t")
        self._settings = {
            name: Tensor(np.array(float(settings.get(name, value))), name)
            for name, value in rule.settings.items()
        }
        self._x, self._y, self._rng = np.asarray(x), np.asarray(y), rng
        self._batch = min(batch, len(x))
        self._cursor, self._order = 0, np.arange(len(x))
        self._programs: dict[int, Program] = {}
        self._shuffle()

    @property
    def w(self) -> Array:
        """The parameters, flat. The array itself: do not keep it, copy it."""
        return self._w.value

    @property
    def updates(self) -> int:
        """Updates made since the start."""
        return int(self._t.value)

    @property
    def updates_per_epoch(self) -> int:
        """Updates that go once through the data."""
        return -(-len(self._x) // self._batch)

    @property
    def source(self) -> str:
        """The compiled step of a full batch, as NumPy source."""
        return self._program(self._batch).source

    def turn(self, name: str, value: float) -> None:
        """Give a setting of the optimizer a new value, at once and for all further steps."""
        self._rule.check({name: value})
        self._settings[name].value[()] = value

    def run(self, updates: int = 1) -> None:
        """Make some updates. Overflow is no error here: a run that diverges becomes inf or NaN."""
        n, size = len(self._x), self._batch
        with np.errstate(all="ignore"):
            for _ in range(updates):
                start, stop = self._cursor, self._cursor + size
                if stop > n:
                    stop = n
                run = self._program(stop - start).run
                run(self._rows_x[start:stop], self._rows_y[start:stop])
                self._cursor = stop
                if stop == n:
                    self._shuffle()

    def snapshot(self) -> State:
        """The whole state, copied: parameters, memory, step, order of the rows, generator."""
        arrays = {name: tensor.value.copy() for name, tensor in self._memory.items()}
        return {
            "w": self.w.copy(),
            **arrays,
            "t": self._t.value.copy(),
            "rule": self._rule.name,
            "order": self._order.copy(),
            "cursor": self._cursor,
            "rng": self._rng.bit_generator.state,
        }

    def restore(self, state: State) -> None:
        """Go back to a snapshot, bit for bit; under another rule its memory starts afresh.

        Raises:
            ShapeError: the snapshot is of another model or data set.
        """
        if state["w"].shape != self.w.shape or len(state["order"]) != len(self._order):
            raise ShapeError(
                f"restore: expected {self.w.size} parameters and {len(self._order)} rows, got "
                f"{state['w'].size} and {len(state['order'])}."
            )
        self.w[...] = state["w"]
        same_rule = state["rule"] == self._rule.name
        for name, tensor in self._memory.items():
            tensor.value[...] = state[name] if same_rule else self._rule.memory[name]
        self._t.value[()] = state["t"] if same_rule else 0.0
        self._rng.bit_generator.state = state["rng"]
        self._order, self._cursor = state["order"].copy(), state["cursor"]
        self._gather()

    def _shuffle(self) -> None:
        self._cursor = 0
        if self._batch < len(self._x):
            self._order = self._rng.permutation(len(self._x))
        elif hasattr(self, "_rows_x"):
            return
        self._gather()

    def _gather(self) -> None:
        """Lay the rows out in their order, so that a batch is a slice."""
        program = self._program(self._batch)
        self._rows_x = program.layout(0, self._x[self._order])
        self._rows_y = program.layout(1, self._y[self._order])

    def _program(self, rows: int) -> Program:
        if rows not in self._programs:
            self._programs[rows] = self._compile(rows)
        return self._programs[rows]

    def _compile(self, rows: int) -> Program:
        x, y = Tensor(self._x[:rows], "x"), Tensor(self._y[:rows], "y")
        params = self._layout.tensors(self._w)
        loss = self._loss_of(params, x, y)
        g = joined(grad(loss, list(params.values())))
        t = self._t + 1
        w, *memory = self._rule(self._w, g, t, *self._memory.values(), **self._settings)
        updates = [(self._w, w), *zip(self._memory.values(), memory, strict=True), (self._t, t)]
        sections = {"forward": [loss], "backward": [g], "update": [w, *memory, t]}
        return Program([x, y], updates=updates, sections=sections)


class Probe:
    """A compiled look: values computed from the current parameters and some fixed arrays.

    Args:
        w: the flat parameters, read anew at each call.
        layout: their names and shapes.
        look: parameters and the arrays as tensors, to the tensors wanted.
        arrays: the fixed arrays.

    >>> w = np.array([2.0])
    >>> probe = Probe(w, Layout({"W": (1, 1)}), lambda p, x: [(x @ p["W"]).sum()], np.ones((3, 1)))
    >>> w[0] = 5.0
    >>> float(probe()[0])
    15.0
    """

    def __init__(
        self,
        w: Array,
        layout: Layout,
        look: Callable[..., Sequence[Tensor]],
        *arrays: Array,
    ) -> None:
        inputs = [Tensor(x, f"x{i}") for i, x in enumerate(arrays)]
        outputs = look(layout.tensors(Tensor(w, "w")), *inputs)
        self._program = Program(inputs, outputs)
        self._arrays = [self._program.layout(i, x) for i, x in enumerate(arrays)]

    def __call__(self) -> tuple[Array, ...]:
        """The values now; the arrays are overwritten by the next call."""
        with np.errstate(all="ignore"):
            return self._program.run(*self._arrays)
