"""Training on examples: inputs, targets, a loss."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.optim import Rule
from engine.parameters import Layout
from engine.program import Program
from engine.tensor import Tensor
from engine.training.batches import Batches
from engine.training.breakdown import Breakdown, first_failure
from engine.training.descent import Descent, Rate, State
from engine.training.noise import Noise

Loss = Tensor | tuple[Tensor, Mapping[str, Tensor]]
"""One number, or with it what is carried over to the next update, by name."""

LossOf = Callable[[Mapping[str, Tensor], Tensor, Tensor], Loss]
"""Parameters (noise and what is carried among them), inputs (N, …), targets (N, …) to a loss."""


class Step(NamedTuple):
    """One step for a number of rows, compiled, and the noise that it reads."""

    program: Program
    noise: list[tuple[Noise, Array]]


class Training:
    """A model, a loss and an optimizer on a data set, ready to run.

    Args:
        layout: names and shapes of the parameters.
        w: (layout.size,) their starting values; copied. If float32, so is all of the step.
        loss_of: the loss of a batch.
        rule: the optimizer.
        settings: the rule's settings, numbers or schedules, which `turn` changes in mid-run.
        x, y: inputs and targets, N rows each.
        batch: rows per update, ≥ 1. The last batch of an epoch may be smaller: its rows count
            alike.
        rng: draws the order of the rows, and the noise.
        noise: name → what is drawn for every update; the loss finds it among the parameters.
        carry: name → start of what one update hands to the next (running means, a hidden state).
        shuffle: whether each epoch has an order of its own.

    Raises:
        ShapeError: x and y have different numbers of rows, or none.
        DomainError: batch < 1, a setting outside its domain, or a name given twice.

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
        settings: Mapping[str, Rate],
        x: Array,
        y: Array,
        *,
        batch: int,
        rng: np.random.Generator,
        noise: Mapping[str, Noise] | None = None,
        carry: Mapping[str, Array] | None = None,
        shuffle: bool = True,
    ) -> None:
        self._noise = dict(noise or {})
        self._descent = Descent(layout, w, rule, settings)
        kind = self._descent.dtype
        self.carried = {name: np.array(value, kind) for name, value in (carry or {}).items()}
        """What the last update handed on, by name. The arrays themselves: do not keep them."""
        named = [*layout.shapes, *self._noise, *self.carried]
        if len(set(named)) < len(named):
            raise DomainError(f"Training: expected different names for parameters, noise and what "
                              f"is carried, got {', '.join(named)}.")  # fmt: skip
        self._loss_of, self._rng = loss_of, rng
        data = [np.asarray(x, kind), np.asarray(y, kind)]
        self._rows = Batches("Training", data, batch, shuffle, rng)
        self._steps: dict[int, Step] = {}
        self._rows.begin(self.program.layout)

    @property
    def w(self) -> Array:
        """The parameters, flat. The array itself: do not keep it, copy it."""
        return self._descent.w.value

    @property
    def updates(self) -> int:
        """Updates made since the start."""
        return int(self._descent.t.value)

    @property
    def updates_per_epoch(self) -> int:
        """Updates that go once through the data."""
        return self._rows.per_epoch

    @property
    def program(self) -> Program:
        """The compiled step of a full batch, of arguments x and y."""
        return self._step(self._rows.size).program

    @property
    def source(self) -> str:
        """The compiled step of a full batch, as NumPy source."""
        return self.program.source

    def turn(self, name: str, value: Rate) -> None:
        """Give a setting of the optimizer a new value, or a schedule, from the next update on."""
        self._descent.turn(name, value)

    def run(self, updates: int = 1) -> None:
        """Make some updates. Overflow is no error here: a run that diverges becomes inf or NaN."""
        rows, scheduled = self._rows, self._descent.scheduled(updates)
        with np.errstate(all="ignore"):
            for i in range(updates):
                for cell, values in scheduled:
                    cell[()] = values[i]
                step = self._step(rows.coming)
                for noise, room in step.noise:
                    noise.fill(room, self._rng)
                x, y = rows.next()
                step.program.run(x, y)

    def snapshot(self) -> State:
        """The whole state, copied: parameters, memory, step, order of the rows, generator.

        The settings are not in it: a branch goes on with those of the run that takes it up.
        """
        carried = {name: value.copy() for name, value in self.carried.items()}
        return {
            **self._descent.snapshot(),
            **({"carried": carried} if carried else {}),
            **self._rows.snapshot(),
            "rng": self._rng.bit_generator.state,
        }

    def restore(self, state: State) -> None:
        """Go back to a snapshot, bit for bit; under another rule its memory starts afresh.

        Raises:
            ShapeError: the snapshot is of another model or data set.
        """
        if state["w"].shape != self.w.shape or len(state["order"]) != self._rows.count:
            raise ShapeError(
                f"restore: expected {self.w.size} parameters and {self._rows.count} rows, got "
                f"{state['w'].size} and {len(state['order'])}."
            )
        if state.get("carried", {}).keys() != self.carried.keys():
            raise ShapeError(f"restore: expected to carry {list(self.carried)}, got "
                             f"{list(state.get('carried', {}))}.")  # fmt: skip
        self._descent.restore(state)
        for name, value in state.get("carried", {}).items():
            self.carried[name][...] = value
        self._rng.bit_generator.state = state["rng"]
        self._rows.restore(state)

    def breakdown(self, since: State, updates: int) -> Breakdown | None:
        """Go through updates again from a snapshot: which operation first gave NaN or infinity?

        The training itself is afterwards as it was.

        Args:
            since: a snapshot with finite numbers.
            updates: how many to look through.
        """
        kept = self.snapshot()
        self.restore(since)
        try:
            for _ in range(updates):
                before = self.snapshot()
                self.run()
                if not all(np.isfinite(x).all() for x in (self.w, *self.carried.values())):
                    self.restore(before)
                    return self._failure()
            return None
        finally:
            self.restore(kept)

    def _failure(self) -> Breakdown | None:
        """What goes wrong in the coming update, reckoned tensor by tensor."""
        x, y = (Tensor(value, name) for value, name in zip(self._rows.peek(), "xy", strict=True))
        rooms = self._rooms(len(x.value))
        for name, room in rooms.items():
            self._noise[name].fill(room, self._rng)
        try:
            pairs, _ = self._graph(x, y, rooms)
        except DomainError as error:
            return Breakdown(self.updates + 1, str(error).partition(":")[0], "", np.nan, np.nan)
        return first_failure([new for _, new in pairs], self.updates + 1)

    def _step(self, rows: int) -> Step:
        if rows not in self._steps:
            x, y = (Tensor(v, name) for v, name in zip(self._rows.first(rows), "xy", strict=True))
            rooms = self._rooms(rows)
            pairs, sections = self._graph(x, y, rooms)
            program = Program([x, y], updates=pairs, sections=sections)
            self._steps[rows] = Step(program, [(self._noise[k], v) for k, v in rooms.items()])
        return self._steps[rows]

    def _rooms(self, rows: int) -> dict[str, Array]:
        return {name: noise.room(rows, self._descent.dtype) for name, noise in self._noise.items()}

    def _graph(
        self, x: Tensor, y: Tensor, rooms: Mapping[str, Array]
    ) -> tuple[list[tuple[Tensor, Tensor]], dict[str, Sequence[Tensor]]]:
        """One update as tensors: what it writes, and its sections."""
        params = self._descent.params()
        carried = {name: Tensor(value, name) for name, value in self.carried.items()}
        drawn = {name: Tensor(room, name) for name, room in rooms.items()}
        result = self._loss_of({**params, **drawn, **carried}, x, y)
        loss, new = result if isinstance(result, tuple) else (result, {})
        if new.keys() != carried.keys():
            raise DomainError(f"Training: expected a loss that hands on {list(carried)}, got "
                              f"{list(new)}.")  # fmt: skip
        pairs, sections = self._descent.updates(loss, params)
        return [*pairs, *((carried[name], new[name]) for name in new)], sections
