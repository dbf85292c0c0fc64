"""Adversarial training: two players, each with a loss of its own that both have a part in."""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.optim import Hyperparameter
from engine.training.checkpoint import load_checkpoint, save_checkpoint
from engine.training.files import PathLike
from engine.training.loop import Loop
from engine.training.noise import Noise
from engine.training.optimizer_state import Snapshot
from engine.training.player import Player
from engine.validate import integer


class AdversarialTraining:
    """Two players that step in turn, or at once: a GAN is one.

    Args:
        first, second: the players; the first one steps first. Their losses take the parameters of
            both, with the noise, by name, and a batch of data.
        x: (N, …) data that both losses are given in batches.
        batch: rows per step, ≥ 1.
        rng: draws the order of the rows, and the noise.
        noise: name → what is drawn anew for every step.

    Raises:
        ShapeError: no data, or a player's w is not of its spec's size.
        DomainError: batch is not an integer ≥ 1, a name is given twice, or the parameters are of
            different types.

    >>> from engine.optim import sgd
    >>> from engine.parameters import ParamSpec
    >>> def product(p, x):
    ...     return (p["a"] * p["b"]).sum()
    >>> a = Player(ParamSpec({"a": (1,)}), np.ones(1), product, sgd(lr=0.1))
    >>> b = Player(ParamSpec({"b": (1,)}), np.zeros(1), lambda p, x: -product(p, x), sgd(lr=0.1))
    >>> fit = AdversarialTraining(a, b, np.zeros((1, 1)), batch=1, rng=np.random.default_rng(0))
    >>> fit.run(1, simultaneous=True)
    >>> [float(w[0]) for w in fit.w]
    [1.0, 0.1]

    Source: Goodfellow et al. 2014, Generative adversarial nets, algorithm 1.
    """

    def __init__(
        self,
        first: Player,
        second: Player,
        x: Array,
        *,
        batch: int,
        rng: np.random.Generator,
        noise: Mapping[str, Noise] | None = None,
    ) -> None:
        self._loop = Loop("AdversarialTraining", [first, second], {"x": x}, batch=batch, rng=rng,
                          noise=noise)  # fmt: skip

    def __repr__(self) -> str:
        states = ", ".join(map(repr, self._loop.states))
        return f"AdversarialTraining({states}, {self._loop.batches!r})"

    @property
    def w(self) -> tuple[Array, ...]:
        """The parameters of both, flat. The arrays themselves: do not keep them, copy them."""
        return tuple(state.w.value for state in self._loop.states)

    @property
    def params(self) -> dict[str, Array]:
        """The parameters of both by name, copied."""
        views = [state.spec.views(state.w.value.copy()) for state in self._loop.states]
        return {name: value for one in views for name, value in one.items()}

    @property
    def updates(self) -> tuple[int, ...]:
        """Updates that each has made since the start."""
        return tuple(int(state.t.value) for state in self._loop.states)

    def set(self, player: int, name: str, value: Hyperparameter) -> None:
        """Give a hyperparameter of player 0 or 1 a new value, or a schedule."""
        self._loop.states[self._known(player)].set(name, value)

    def step(self, *players: int) -> None:
        """One update of player 0, of player 1, or of both at once from where they stand.

        Raises:
            DomainError: no player, another one, or the same one twice.
        """
        if players not in ((0,), (1,), (0, 1)):
            raise DomainError(f"AdversarialTraining: expected player 0, 1, or 0 and 1 to step, got "
                              f"{players}.")  # fmt: skip
        self._loop.run(players, 1)

    def run(
        self, rounds: int = 1, steps: Sequence[int] = (1, 1), simultaneous: bool = False
    ) -> None:
        """Make some rounds of steps.

        Args:
            rounds: how many.
            steps: how often each player steps in a round, one after the other, ≥ 0.
            simultaneous: both at once instead, each once a round.

        Raises:
            DomainError: rounds or steps are not integers ≥ 0, or not one number for each player.
        """
        if len(steps) != 2:
            raise DomainError(f"AdversarialTraining: expected steps for each of 2 players, got "
                              f"{tuple(steps)}.")  # fmt: skip
        counts = [integer("AdversarialTraining", "steps", count, low=0) for count in steps]
        rounds = integer("AdversarialTraining", "rounds", rounds, low=0)
        if simultaneous:
            self._loop.run((0, 1), rounds)
            return
        for _ in range(rounds):
            for player, count in enumerate(counts):
                self._loop.run((player,), count)

    def loss(self, player: int, x: Array | None = None) -> float:
        """The loss of a player with the parameters of now, on given data or on the training data.

        It changes nothing: dropout is off, other noise is drawn from a copy of the generator.
        """
        return self._loop.loss(self._known(player), *([] if x is None else [x]))

    def predict(self, player: int, x: Array) -> Array:
        """The answers of a player's model to inputs x (N, …), with the parameters of now.

        Raises:
            DomainError: the player was made from a ParamSpec, which has no answers.
            ShapeError: no rows, or not what the model expects.
        """
        return self._loop.predict(self._known(player), x)

    def snapshot(self) -> Snapshot:
        """The whole state, copied; hyperparameters are not in it."""
        return self._loop.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot, bit for bit.

        Raises:
            ShapeError: the snapshot is of other players or another data set.
        """
        self._loop.restore(snapshot)

    def save(self, path: PathLike) -> None:
        """Write the whole state to one npz file, as `Training.save` does."""
        save_checkpoint(self._loop, path)

    def load(self, path: PathLike) -> None:
        """Go on, bit for bit, from where `save` was called, as `Training.load` does."""
        load_checkpoint(self._loop, path)

    def _known(self, player: int) -> int:
        if player not in (0, 1):
            raise DomainError(f"AdversarialTraining: expected player 0 or 1, got {player}.")
        return player
