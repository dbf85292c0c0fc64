"""Training on examples: inputs, targets, a loss."""

from collections.abc import Callable, Mapping

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.optim import Hyperparameter, Rule
from engine.parameters import Model, ParamSpec
from engine.program import Program
from engine.tensor import Tensor
from engine.training.breakdown import Breakdown, first_failure
from engine.training.checkpoint import load_checkpoint, save_checkpoint
from engine.training.files import PathLike
from engine.training.loop import Loop
from engine.training.noise import Noise
from engine.training.optimizer_state import Snapshot
from engine.training.player import LossValue, Player

LossFn = Callable[[Mapping[str, Tensor], Tensor, Tensor], LossValue]
"""Parameters (noise and what is carried among them), inputs (N, …), targets (N, …) to a loss."""

FIRST = (0,)
"""The one player that there is."""


class Training:
    """A model, a loss and an optimizer on a data set, ready to run.

    Args:
        model: what is trained: its `spec` says the parameters, and `predict` calls it. Only the
            ParamSpec, where the loss is all there is.
        w: (spec.size,) initial parameters; copied. If float32, so is all of the step.
        loss_fn: the loss of a batch.
        optimizer: a rule with its hyperparameters, numbers or schedules: `adam(lr=0.01)`; or a
            rule's name. `set` changes a hyperparameter in mid-run.
        x, y: inputs and targets, N rows each.
        batch: rows per update, ≥ 1. The last batch of an epoch may be smaller: its rows count
            alike.
        rng: draws the order of the rows, and the noise.
        noise: name → what is drawn for every update; the loss finds it among the parameters.
        carry: name → start of what one update hands to the next (running means, a hidden state).
        shuffle: whether each epoch has an order of its own.

    Raises:
        ShapeError: x and y have different numbers of rows, or none; or w is not of the spec's size.
        DomainError: batch is not an integer ≥ 1, or a name is given twice.
        UnknownNameError: no optimizer has that name.

    >>> from engine.losses import mse
    >>> from engine.optim import sgd
    >>> x = np.linspace(-1, 1, 8)[:, None]
    >>> fit = Training(
    ...     ParamSpec({"W": (1, 1)}), np.zeros(1), lambda p, x, y: mse(x @ p["W"], y), sgd(lr=0.5),
    ...     x, 3 * x, batch=4, rng=np.random.default_rng(0))
    >>> fit.run(40)
    >>> fit.params["W"].round(6).tolist(), round(fit.loss(), 9)
    ([[3.0]], 0.0)
    """

    def __init__(
        self,
        model: Model | ParamSpec,
        w: Array,
        loss_fn: LossFn,
        optimizer: Rule | str,
        x: Array,
        y: Array,
        *,
        batch: int,
        rng: np.random.Generator,
        noise: Mapping[str, Noise] | None = None,
        carry: Mapping[str, Array] | None = None,
        shuffle: bool = True,
    ) -> None:
        player = Player(model, w, loss_fn, optimizer)
        self._loop = Loop("Training", [player], {"x": x, "y": y}, batch=batch, rng=rng, noise=noise,
                          carry=carry, shuffle=shuffle)  # fmt: skip

    def __repr__(self) -> str:
        return f"Training({self._loop.states[0]!r}, {self._loop.batches!r})"

    @property
    def w(self) -> Array:
        """The parameters, flat. The array itself: do not keep it, copy it."""
        return self._loop.states[0].w.value

    @property
    def params(self) -> dict[str, Array]:
        """The parameters by name, copied."""
        return self._loop.states[0].spec.views(self.w.copy())

    @property
    def carried(self) -> dict[str, Array]:
        """What the last update handed on, by name. The arrays themselves: do not keep them."""
        return self._loop.carried

    @property
    def optimizer(self) -> Rule:
        """The rule with its hyperparameters of now."""
        return self._loop.states[0].current

    @property
    def updates(self) -> int:
        """Updates made since the start."""
        return int(self._loop.states[0].t.value)

    @property
    def updates_per_epoch(self) -> int:
        """Updates that go once through the data."""
        return self._loop.batches.per_epoch

    @property
    def program(self) -> Program:
        """The compiled step of a full batch, of arguments x and y."""
        return self._loop.step(FIRST, self._loop.batches.size).program

    @property
    def source(self) -> str:
        """The compiled step of a full batch, as NumPy source."""
        return self.program.source

    def set(self, name: str, value: Hyperparameter) -> None:
        """Give a hyperparameter a new value, or a schedule, from the next update on."""
        self._loop.states[0].set(name, value)

    def run(self, updates: int = 1) -> None:
        """Make some updates. Overflow is not an error: a run that diverges becomes inf or NaN."""
        self._loop.run(FIRST, updates)

    def loss(self, x: Array | None = None, y: Array | None = None) -> float:
        """The loss with the parameters of now on given data, or on the training data.

        It is computed when asked, apart from the compiled step, and changes nothing. Dropout is off
        (its factors are 1); other noise is drawn from a copy of the generator.

        Raises:
            DomainError: x without y, or y without x.
            ShapeError: x and y have different numbers of rows, or none.
        """
        if x is None and y is None:
            return self._loop.loss(0)
        if x is None or y is None:
            raise DomainError("Training.loss: expected both x and y, or neither, got one of them.")
        return self._loop.loss(0, x, y)

    def predict(self, x: Array) -> Array:
        """The model's answers (N, …) to inputs x (N, …) with the parameters of now: its scores.

        What only training does is off: dropout and other noise. What is carried is among the
        parameters, as the model's call expects it (a norm's running means, a recurrent state).

        Raises:
            DomainError: the training was made from a ParamSpec, which has no answers.
            ShapeError: no rows, or not what the model expects.
        """
        return self._loop.predict(0, x)

    def snapshot(self) -> Snapshot:
        """The whole state, copied: parameters, optimizer, order of the rows, generator.

        Hyperparameters are not in it: a branch goes on with those of the run that takes it up.
        """
        snapshot = self._loop.snapshot()
        (player,) = snapshot.pop("players")
        return {**player, **snapshot}

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot, bit for bit; under another rule its state starts afresh.

        Raises:
            ShapeError: the snapshot is of another model or data set.
        """
        self._loop.restore({"players": [snapshot], **snapshot})

    def save(self, path: PathLike) -> None:
        """Write the whole state to one npz file, all or nothing; a file that is there is replaced.

        Hyperparameters are in it, but of a schedule only that there is one. Model, loss and data
        are not: `load` needs a training that is built alike.

        Raises:
            FileError: the place cannot be written to.
        """
        save_checkpoint(self._loop, path)

    def load(self, path: PathLike) -> None:
        """Go on, bit for bit, from where `save` was called on a training that was built alike.

        Raises:
            FileError: no such file, a damaged one, or one of a training that was built otherwise.
                This training is then as it was.
        """
        load_checkpoint(self._loop, path)

    def breakdown(self, since: Snapshot, updates: int) -> Breakdown | None:
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
        """What goes wrong in the next update, computed tensor by tensor."""
        loop = self._loop
        data = [Tensor(x, name) for name, x in zip(loop.names, loop.batches.peek(), strict=True)]
        buffers = loop.buffers(len(data[0].value))
        for name, buffer in buffers.items():
            loop.noise[name].fill(buffer, loop.rng)
        try:
            pairs, _ = loop.graph(FIRST, data, buffers)
        except DomainError as error:
            return Breakdown(self.updates + 1, str(error).partition(":")[0], "", np.nan, np.nan)
        return first_failure([new for _, new in pairs], self.updates + 1)
