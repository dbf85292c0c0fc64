"""What every training is made of: players, batches and noise, one compiled step for each case."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.parameters import ParamSpec
from engine.program import Program
from engine.tensor import Tensor
from engine.training.batches import Batches, count_rows
from engine.training.noise import Noise
from engine.training.optimizer_state import OptimizerState, Snapshot
from engine.training.player import Player
from engine.validate import array, generator, integer

Updates = list[tuple[Tensor, Tensor]]
"""What a step writes: pairs of a tensor and its next value."""


class CompiledStep(NamedTuple):
    """One update of some players, for a number of rows.

    Args:
        program: the update.
        noise: what it reads, to be drawn into arrays before.
        has_own_layout: whether its data must be laid out for it alone.
    """

    program: Program
    noise: list[tuple[Noise, Array]]
    has_own_layout: bool


class Loop:
    """Updates of one player, or of several whose losses share their parameters.

    Args:
        owner: the name in error messages.
        players: who is trained.
        data: name → (N, …), N rows each.
        batch: rows per update, ≥ 1; the last batch of an epoch may be smaller.
        rng: draws the order of the rows, and the noise.
        noise: name → what is drawn anew for every update.
        carry: name → start of what one update hands to the next.
        shuffle: whether each epoch has an order of its own.

    >>> player = Player(ParamSpec({"w": (1,)}), np.ones(1), lambda p, x: (p["w"] * x).sum(), "sgd")
    >>> rng = np.random.default_rng(0)
    >>> loop = Loop("demo", [player], {"x": np.ones((4, 1))}, batch=2, rng=rng)
    >>> loop.run((0,), 3)
    >>> loop.states[0].w.value.round(6).tolist()
    [0.4]
    """

    def __init__(
        self,
        owner: str,
        players: Sequence[Player],
        data: Mapping[str, Array],
        *,
        batch: int,
        rng: np.random.Generator,
        noise: Mapping[str, Noise] | None = None,
        carry: Mapping[str, Array] | None = None,
        shuffle: bool = True,
    ) -> None:
        self.owner, self.players, self.names = owner, tuple(players), tuple(data)
        self.states = tuple(OptimizerState(p.spec, p.w, p.optimizer) for p in players)
        self.dtype = self.states[0].dtype
        if any(state.dtype != self.dtype for state in self.states):
            came = " and ".join(state.dtype.name for state in self.states)
            raise DomainError(f"{owner}: expected parameters of one type, got {came}.")
        self.noise, self.rng = dict(noise or {}), generator(owner, rng)
        self.carried = {name: np.array(value, self.dtype) for name, value in (carry or {}).items()}
        named = [name for s in self.states for name in s.spec.shapes]
        named += [*self.noise, *self.carried]
        if len(set(named)) < len(named):
            raise DomainError(f"{owner}: expected different names for parameters, noise and what "
                              f"is carried, got {', '.join(named)}.")  # fmt: skip
        arrays = [self.cast(name, value) for name, value in data.items()]
        self.batches = Batches(owner, arrays, batch, shuffle, self.rng)
        self._steps: dict[tuple[int, ...], dict[int, CompiledStep]] = {}
        self.batches.begin(self.step(self.everyone, self.batches.size).program.layout)

    def cast(self, name: str, values: Array) -> Array:
        """Data in the type of the parameters."""
        return array(self.owner, name, values, nan=True).astype(self.dtype, copy=False)

    def run(self, who: tuple[int, ...], updates: int) -> None:
        """Update some players at once, so many times. A run that diverges becomes inf or NaN.

        Raises:
            DomainError: updates is not an integer ≥ 0, or a schedule gives something else than
                numbers within its constraint.
        """
        count = integer(self.owner, "updates", updates, low=0)
        scheduled = [pair for i in who for pair in self.states[i].scheduled(count)]
        batches, steps = self.batches, self._steps.setdefault(who, {})
        with np.errstate(all="ignore"):
            for update in range(count):
                for cell, values in scheduled:
                    cell[()] = values[update]
                size = batches.next_size
                program, drawn, has_own_layout = steps.get(size) or self.step(who, size)
                for noise, buffer in drawn:
                    noise.fill(buffer, self.rng)
                if has_own_layout:
                    batch = [program.layout(i, x) for i, x in enumerate(batches.peek())]
                    batches.next()
                else:
                    batch = batches.next()
                program.run(*batch)

    def step(self, who: tuple[int, ...], rows: int) -> CompiledStep:
        """The compiled update of some players for a number of rows."""
        steps = self._steps.setdefault(who, {})
        if rows not in steps:
            examples = self.batches.first(rows)
            data = [Tensor(x, name) for name, x in zip(self.names, examples, strict=True)]
            buffers = self.buffers(rows)
            pairs, sections = self.graph(who, data, buffers)
            program = Program(data, updates=pairs, sections=sections)
            common = self._steps.get(self.everyone, {}).get(self.batches.size)
            has_own_layout = common is not None and any(
                program.layout(i, x).shape != common.program.layout(i, x).shape
                for i, x in enumerate(examples)
            )
            noise = [(self.noise[name], buffer) for name, buffer in buffers.items()]
            steps[rows] = CompiledStep(program, noise, has_own_layout)
        return steps[rows]

    @property
    def everyone(self) -> tuple[int, ...]:
        """All players: for their step on a full batch the rows are laid out once and for all."""
        return tuple(range(len(self.players)))

    def buffers(self, rows: int) -> dict[str, Array]:
        """Arrays for the noise of so many rows."""
        return {name: noise.buffer(rows, self.dtype) for name, noise in self.noise.items()}

    def graph(
        self, who: tuple[int, ...], data: Sequence[Tensor], buffers: Mapping[str, Array]
    ) -> tuple[Updates, dict[str, list[Tensor]]]:
        """An update as tensors: what it writes, and its sections for the source."""
        own = [state.params() for state in self.states]
        carried = {name: Tensor(value, name) for name, value in self.carried.items()}
        drawn = {name: Tensor(buffer, name) for name, buffer in buffers.items()}
        params = {**{k: v for one in own for k, v in one.items()}, **drawn, **carried}
        pairs: Updates = []
        sections: dict[str, list[Tensor]] = {"forward": [], "backward": [], "update": []}
        for i in who:
            loss, new = self._loss(i, params, data)
            if new.keys() != carried.keys():
                raise DomainError(f"{self.owner}: expected a loss that hands on {list(carried)}, "
                                  f"got {list(new)}.")  # fmt: skip
            updates, parts = self.states[i].updates(loss, own[i])
            pairs += [*updates, *((carried[name], new[name]) for name in new)]
            for title, tensors in parts.items():
                sections[title] += tensors
        return pairs, sections

    def _loss(
        self, i: int, params: Mapping[str, Tensor], data: Sequence[Tensor]
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        result = self.players[i].loss_fn(params, *data)
        return result if isinstance(result, tuple) else (result, {})

    def loss(self, i: int, *data: Array) -> float:
        """The loss of player i on data, or on all rows: no dropout, other noise from a copy of rng.

        Raises:
            ShapeError: different numbers of rows, or none.
        """
        arrays = [self.cast(name, x) for name, x in zip(self.names, data, strict=False)]
        arrays = arrays or self.batches.arrays
        rows = count_rows(f"{self.owner}.loss", arrays)
        rng, buffers = deepcopy(self.rng), self.buffers(rows)
        for name, buffer in buffers.items():
            self.noise[name].fill_for_evaluation(buffer, rng)
        tensors = [Tensor(x, name) for name, x in zip(self.names, arrays, strict=True)]
        return self._loss(i, self._tensors(buffers), tensors)[0].item()

    def predict(self, i: int, x: Array) -> Array:
        """The answers of player i's model to inputs x (N, …), without noise.

        Raises:
            DomainError: it was made from a ParamSpec, which has no answers.
            ShapeError: no rows.
        """
        model = self.players[i].model
        if isinstance(model, ParamSpec):
            raise DomainError(f"{self.owner}: expected a model that can answer, got its ParamSpec "
                              f"alone. Make the training with the model itself.")  # fmt: skip
        inputs = self.cast("x", x)
        if not inputs.ndim or not len(inputs):
            raise ShapeError(f"{self.owner}: expected inputs of one row or more, got shape "
                             f"{inputs.shape}.")  # fmt: skip
        return np.array(model(self._tensors({}), Tensor(inputs, "x")).value)

    def _tensors(self, buffers: Mapping[str, Array]) -> dict[str, Tensor]:
        """The parameters of now, with what is carried and what was drawn, by name."""
        params = {k: v for state in self.states for k, v in state.params().items()}
        others = {**buffers, **self.carried}
        return {**params, **{name: Tensor(value, name) for name, value in others.items()}}

    def snapshot(self) -> Snapshot:
        """The whole state, copied: of the players, what is carried, order of the rows, generator.

        Hyperparameters are not in it: a branch goes on with those of the run that takes it up.
        """
        return {
            "players": [state.snapshot() for state in self.states],
            "carried": {name: value.copy() for name, value in self.carried.items()},
            **self.batches.snapshot(),
            "rng": deepcopy(self.rng.bit_generator.state),
        }

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot, bit for bit; under another rule its state starts afresh.

        Raises:
            ShapeError: the snapshot is of other players or of another data set.
            DomainError: it is not a snapshot of a training.
        """
        missing = {"players", "carried", "order", "rng"} - snapshot.keys()
        for part in snapshot.get("players", ()):
            missing |= {"w", "t", "rule", "state"} - part.keys()
        if missing:
            raise DomainError(f"restore: expected what snapshot gave, got one without "
                              f"{', '.join(sorted(missing))}.")  # fmt: skip
        sizes = [part["w"].size for part in snapshot["players"]]
        wanted = [state.spec.size for state in self.states]
        if sizes != wanted or len(snapshot["order"]) != self.batches.count:
            raise ShapeError(f"restore: expected {_and(wanted)} parameters and "
                             f"{self.batches.count} rows, got {_and(sizes)} and "
                             f"{len(snapshot['order'])}.")  # fmt: skip
        if snapshot["carried"].keys() != self.carried.keys():
            raise ShapeError(f"restore: expected to carry {list(self.carried)}, got "
                             f"{list(snapshot['carried'])}.")  # fmt: skip
        for state, part in zip(self.states, snapshot["players"], strict=True):
            state.restore(part)
        for name, value in snapshot["carried"].items():
            self.carried[name][...] = value
        self.rng.bit_generator.state = snapshot["rng"]
        self.batches.restore(snapshot)


def _and(numbers: Sequence[int]) -> str:
    return " and ".join(map(str, numbers))
