"""Two players, each with parameters and a loss of its own that the other's parameters enter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from engine.array import Array
from engine.errors import DomainError, ShapeError
from engine.optim import Rule
from engine.parameters import Layout
from engine.program import Program
from engine.tensor import Tensor
from engine.training.batches import Batches
from engine.training.descent import Descent, Rate, State
from engine.training.noise import Noise

PlayerLoss = Callable[[Mapping[str, Tensor], Tensor], Tensor]
"""The parameters of both, with the noise, by name, and a batch of data, to one number."""


@dataclass(frozen=True)
class Player:
    """One side of a game.

    Args:
        layout: names and shapes of its parameters; no name may be the other's too.
        w: (layout.size,) their starting values.
        loss_of: what it makes small with its own parameters.
        rule: its optimizer.
        settings: the rule's settings, numbers or schedules.
    """

    layout: Layout
    w: Array
    loss_of: PlayerLoss
    rule: Rule
    settings: Mapping[str, Rate] = field(default_factory=dict)


class Move(NamedTuple):
    """A compiled move for a number of rows, and the noise that it reads."""

    program: Program
    noise: list[tuple[Noise, Array]]


class Game:
    """Two players who move in turn, or at once: a GAN is one.

    Args:
        first, second: the players; the first one moves first.
        x: (N, …) data that both losses are given in batches.
        batch: rows per move, ≥ 1.
        rng: draws the order of the rows, and the noise.
        noise: name → what is drawn anew for every move.

    Raises:
        ShapeError: no data, or a player's w is not of its layout's size.
        DomainError: batch < 1, a setting outside its domain, a name given twice, or parameters of
            different types.

    >>> from engine.optim import sgd
    >>> a = Player(Layout({"a": (1,)}), np.ones(1), lambda p, x: (p["a"] * p["b"]).sum(), sgd)
    >>> b = Player(Layout({"b": (1,)}), np.zeros(1), lambda p, x: -(p["a"] * p["b"]).sum(), sgd)
    >>> game = Game(a, b, np.zeros((1, 1)), batch=1, rng=np.random.default_rng(0))
    >>> game.run(1, simultaneous=True)
    >>> [float(w[0]) for w in game.w]
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
        self._players, self._noise, self._rng = (first, second), dict(noise or {}), rng
        named = [*first.layout.shapes, *second.layout.shapes, *self._noise]
        if len(set(named)) < len(named):
            raise DomainError(f"Game: expected different names for the parameters of both and the "
                              f"noise, got {', '.join(named)}.")  # fmt: skip
        self._descents = tuple(Descent(p.layout, p.w, p.rule, p.settings) for p in self._players)
        self._dtype = self._descents[0].dtype
        if self._descents[1].dtype != self._dtype:
            raise DomainError(f"Game: expected parameters of one type, got {self._dtype.name} and "
                              f"{self._descents[1].dtype.name}.")  # fmt: skip
        self._rows = Batches("Game", [np.asarray(x, self._dtype)], batch, True, rng)
        self._moves: dict[tuple[tuple[int, ...], int], Move] = {}
        self._rows.begin(self._move((0, 1), self._rows.size).program.layout)

    @property
    def w(self) -> tuple[Array, ...]:
        """The parameters of both, flat. The arrays themselves: do not keep them, copy them."""
        return tuple(descent.w.value for descent in self._descents)

    @property
    def moves(self) -> tuple[int, ...]:
        """Moves that each has made."""
        return tuple(int(descent.t.value) for descent in self._descents)

    def turn(self, player: int, name: str, value: Rate) -> None:
        """Give a setting of player 0 or 1 a new value, or a schedule."""
        self._descents[player].turn(name, value)

    def move(self, *players: int) -> None:
        """One move of player 0, of player 1, or of both at once from where they stand.

        Raises:
            DomainError: no player, another one, or the same one twice.
        """
        if players not in ((0,), (1,), (0, 1)):
            raise DomainError(f"Game: expected player 0, 1, or 0 and 1 to move, got {players}.")
        for player in players:
            for cell, values in self._descents[player].scheduled(1):
                cell[()] = values[0]
        move = self._move(players, self._rows.coming)
        with np.errstate(all="ignore"):
            for noise, room in move.noise:
                noise.fill(room, self._rng)
            move.program.run(*self._rows.next())

    def run(
        self, rounds: int = 1, moves: Sequence[int] = (1, 1), simultaneous: bool = False
    ) -> None:
        """Play some rounds.

        Args:
            rounds: how many.
            moves: how often each player moves in a round, one after the other, ≥ 0.
            simultaneous: both at once instead, each once a round.

        Raises:
            DomainError: a negative number of moves.
        """
        if min(moves) < 0:
            raise DomainError(f"Game: expected moves ≥ 0, got {tuple(moves)}.")
        for _ in range(rounds):
            if simultaneous:
                self.move(0, 1)
                continue
            for player, count in enumerate(moves):
                for _ in range(count):
                    self.move(player)

    def snapshot(self) -> State:
        """The whole state, copied."""
        return {
            "players": [descent.snapshot() for descent in self._descents],
            **self._rows.snapshot(),
            "rng": self._rng.bit_generator.state,
        }

    def restore(self, state: State) -> None:
        """Go back to a snapshot, bit for bit.

        Raises:
            ShapeError: the snapshot is of other players or another data set.
        """
        sizes = [part["w"].size for part in state["players"]]
        wanted = [w.size for w in self.w]
        if sizes != wanted or len(state["order"]) != self._rows.count:
            raise ShapeError(
                f"restore: expected {wanted} parameters and {self._rows.count} rows, got {sizes} "
                f"and {len(state['order'])}."
            )
        for descent, part in zip(self._descents, state["players"], strict=True):
            descent.restore(part)
        self._rng.bit_generator.state = state["rng"]
        self._rows.restore(state)

    def _move(self, players: tuple[int, ...], rows: int) -> Move:
        key = (players, rows)
        if key not in self._moves:
            self._moves[key] = self._compile(players, rows)
        return self._moves[key]

    def _compile(self, players: tuple[int, ...], rows: int) -> Move:
        x = Tensor(self._rows.first(rows)[0], "x")
        rooms = {name: noise.room(rows, self._dtype) for name, noise in self._noise.items()}
        own = [descent.params() for descent in self._descents]
        every = {**own[0], **own[1], **{name: Tensor(room, name) for name, room in rooms.items()}}
        pairs = []
        for i in players:
            loss = self._players[i].loss_of(every, x)
            pairs += self._descents[i].updates(loss, own[i])[0]
        program = Program([x], updates=pairs)
        return Move(program, [(self._noise[name], room) for name, room in rooms.items()])
