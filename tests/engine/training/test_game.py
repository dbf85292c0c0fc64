"""Two players: the bilinear game xy, whose paths are known, and what a game refuses."""

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError
from engine.optim import rule
from engine.parameters import Layout
from engine.training import Game, Noise, Player

LR = 0.1


def player(name, sign, **more):
    """Makes sign · x · y small with its own number."""
    return Player(**{
        "layout": Layout({name: (1,)}), "w": np.ones(1), "rule": rule("sgd"),
        "loss_of": lambda p, _: sign * (p["x"] * p["y"]).sum(), "settings": {"lr": LR}, **more,
    })  # fmt: skip


def bilinear(rows=1, batch=1, **more):
    players = player("x", 1), player("y", -1)
    return Game(*players, np.zeros((rows, 1)), batch=batch, rng=np.random.default_rng(0), **more)


def at(game):
    return np.array([w[0] for w in game.w])


def test_at_once_every_round_grows_by_the_root_of_one_plus_the_rate_squared():
    game = bilinear()
    for _ in range(50):
        before = np.hypot(*at(game))
        game.run(simultaneous=True)
        assert np.hypot(*at(game)) / before == pytest.approx(np.sqrt(1 + LR**2), rel=1e-13)
    assert np.sqrt(1 + LR**2) == pytest.approx(1.004988, abs=5e-7)


def test_in_turn_a_round_has_modulus_one():
    """x ← x − η y, then y ← y + η x: determinant 1, trace 2 − η², and x² − η x y + y² is kept."""
    game = bilinear()
    kept = []
    for _ in range(200):
        before = at(game)
        game.run()
        x = before[0] - LR * before[1]
        np.testing.assert_allclose(at(game), [x, before[1] + LR * x], rtol=1e-14)
        x, y = at(game)
        kept.append(x * x - LR * x * y + y * y)
    np.testing.assert_allclose(kept, kept[0], rtol=1e-12)
    moduli = np.abs(np.linalg.eigvals([[1, -LR], [LR, 1 - LR**2]]))
    np.testing.assert_allclose(moduli, 1, rtol=1e-13)


@pytest.mark.parametrize("moves", [(1, 1), (3, 1), (0, 2), (2, 0)])
def test_moves_of_a_round(moves):
    game = bilinear()
    game.run(4, moves=moves)
    x, y = 1.0, 1.0
    for _ in range(4):
        x -= moves[0] * LR * y
        y += moves[1] * LR * x
    np.testing.assert_allclose(at(game), [x, y], rtol=1e-13)
    assert game.moves == (4 * moves[0], 4 * moves[1])


def test_each_player_has_an_optimizer_of_its_own():
    game = Game(player("x", 1, rule=rule("adam")), player("y", -1), np.zeros((1, 1)), batch=1,
                rng=np.random.default_rng(0))  # fmt: skip
    game.run(simultaneous=True)
    np.testing.assert_allclose(at(game), [1 - LR, 1 + LR], rtol=1e-7)
    parts = game.snapshot()["players"]
    assert [part["rule"] for part in parts] == ["adam", "sgd"]
    assert [set(part) - {"w", "t", "rule"} for part in parts] == [{"m", "v"}, set()]


def test_every_move_takes_the_next_rows():
    """x sums the rows it saw, y those of its own moves: together an epoch."""
    data = 2.0 ** np.arange(4)[:, None]
    players = [
        player(name, 1, w=np.zeros(1), settings={"lr": 1.0},
               loss_of=lambda p, x, name=name: -(p[name] * x).sum())
        for name in "xy"
    ]  # fmt: skip
    game = Game(*players, data, batch=1, rng=np.random.default_rng(0))
    game.run(2)
    assert at(game).sum() == 15
    assert all(bin(int(w)).count("1") == 2 for w in at(game))


MISTAKES = [
    (lambda: bilinear(rows=0), ShapeError, "Game: expected .* at least one, got 0"),
    (lambda: bilinear(batch=0), DomainError, "Game: expected batch ≥ 1, got 0"),
    (lambda: bilinear(noise={"x": Noise("normal", (1,))}), DomainError,
     "Game: expected different names .* got x, y, x"),
    (lambda: bilinear().run(1, moves=(1, -1)), DomainError, r"moves ≥ 0, got \(1, -1\)"),
    (lambda: bilinear().restore(bilinear(rows=2).snapshot()), ShapeError,
     r"restore: expected \[1, 1\] parameters and 1 rows, got \[1, 1\] and 2"),
    (lambda: bilinear().move(), DomainError, r"player 0, 1, or 0 and 1 to move, got \(\)"),
    (lambda: bilinear().move(2), DomainError, r"to move, got \(2,\)"),
    (lambda: bilinear().move(0, 0), DomainError, r"to move, got \(0, 0\)"),
    (lambda: Game(player("x", 1), player("y", 1, w=np.ones(1, np.float32)), np.zeros((1, 1)),
                  batch=1, rng=np.random.default_rng(0)), DomainError, "got float64 and float32"),
    (lambda: Game(player("x", 1), player("y", 1, w=np.ones(2)), np.zeros((1, 1)), batch=1,
                  rng=np.random.default_rng(0)), ShapeError, r"shape \(1,\), got \(2,\)"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(mistake, kind, message):
    with pytest.raises(kind, match=message):
        mistake()
