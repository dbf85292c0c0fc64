"""Every model, as small as it can be and still have all its parts: a new model is one row.

`TASKS` and `GAMES` are tables name → maker. What a maker gives is trained twice, by the engine's
compiled step (`training`, `playing`) and tensor by tensor (`eager_training`, `eager_playing`),
each with a generator of its own.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from engine.losses import cross_entropy, mse
from engine.models import CNN, GAN, MLP, VAE, Autoencoder, Transformer
from engine.models.recurrent import RecurrentNet
from engine.optim import rule
from engine.reverse import grad
from engine.tensor import Tensor
from engine.training import AdversarialTraining, LossFn, Noise, Player, Training

Array = np.ndarray
ROWS, BATCH = 7, 3  # the third batch of an epoch has one row


class Task(NamedTuple):
    """A model with its loss and its data: all that training needs but an optimizer."""

    model: Any
    loss_fn: LossFn
    x: Array
    y: Array
    noise: Mapping[str, Noise] = {}
    carry: Mapping[str, Array] = {}


def labels(rng: np.random.Generator, *shape: int) -> Array:
    """One-hot targets, the last number of the shape the classes."""
    return np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]


def mlp(rng: np.random.Generator) -> Task:
    model = MLP((3, 4, 2))
    return Task(model, lambda p, x, y: mse(model(p, x), y), rng.standard_normal((ROWS, 3)),
                labels(rng, ROWS, 2))  # fmt: skip


def mlp_dropout(rng: np.random.Generator) -> Task:
    model = MLP((3, 5, 4, 2), rate=0.3)
    return Task(model, lambda p, x, y: cross_entropy(model(p, x), y),
                rng.standard_normal((ROWS, 3)), labels(rng, ROWS, 2), model.noise)  # fmt: skip


def cnn(rng: np.random.Generator) -> Task:
    model = CNN((2, 6, 6), (3, 2), classes=3, padding=1)
    return Task(model, lambda p, x, y: cross_entropy(model(p, x), y),
                rng.standard_normal((ROWS, 2, 6, 6)), labels(rng, ROWS, 3))  # fmt: skip


def cnn_norm_dropout(rng: np.random.Generator) -> Task:
    model = CNN((1, 6, 6), (3, 4), classes=3, padding=1, norm=True, rate=0.25, hidden="tanh")

    def loss_fn(p: Mapping[str, Tensor], x: Tensor, y: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        scores, carry = model.train(p, x)
        return cross_entropy(scores, y), carry

    return Task(model, loss_fn, rng.standard_normal((ROWS, 1, 6, 6)), labels(rng, ROWS, 3),
                model.noise, model.carry)  # fmt: skip


def transformer(rng: np.random.Generator, causal: bool = False) -> Task:
    """The keys' biases are pulled: they move no score, so rounding alone would steer Adam."""
    blocks = 1 if causal else 2
    model = Transformer(4, 3, width=4, heads=2, hidden=5, blocks=blocks, causal=causal)

    def loss_fn(p: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        return model.loss(p, x, y) + sum(p[f"W_k.{i}"][-1].sum() for i in range(blocks))

    return Task(model, loss_fn, rng.integers(4, size=(ROWS, 3)) * 1.0, labels(rng, ROWS, 3, 4))


def transformer_causal(rng: np.random.Generator) -> Task:
    return transformer(rng, causal=True)


def autoencoder(rng: np.random.Generator) -> Task:
    model, x = Autoencoder((5, 4, 2)), rng.random((ROWS, 5))
    return Task(model, model.loss, x + 0.1 * rng.standard_normal(x.shape), x)


def vae(rng: np.random.Generator) -> Task:
    model, x = VAE((5, 4), latent=2), rng.random((ROWS, 5))
    return Task(model, model.loss, x, x, model.noise)


def recurrent(rng: np.random.Generator, kind: str, **more: Any) -> Task:
    model = RecurrentNet(kind, inputs=2, hidden=3, outputs=2, **more)
    places = (4,) if model.every else ()

    def loss_fn(p: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        return mse(model(p, x).reshape((-1, 2)), y.reshape((-1, 2)))

    return Task(model, loss_fn, rng.standard_normal((ROWS, 4, 2)),
                rng.standard_normal((ROWS, *places, 2)))  # fmt: skip


TASKS: Mapping[str, Callable[[np.random.Generator], Task]] = {
    **{
        make.__name__: make
        for make in (
            mlp, mlp_dropout, cnn, cnn_norm_dropout, transformer, transformer_causal, autoencoder,
            vae,
        )
    },
    "rnn": lambda rng: recurrent(rng, "rnn", every=True),
    "rnn_truncated": lambda rng: recurrent(rng, "rnn", truncate=2),
    "lstm": lambda rng: recurrent(rng, "lstm"),
    "gru": lambda rng: recurrent(rng, "gru", every=True),
}  # fmt: skip


class Duel(NamedTuple):
    """Two players with their data: all that adversarial training needs but the optimizers."""

    players: tuple[Any, Any]
    w: tuple[Array, Array]
    losses: tuple[Callable[..., Tensor], Callable[..., Tensor]]
    x: Array
    noise: Mapping[str, Noise]


def gan(rng: np.random.Generator, loss: str = "non_saturating") -> Duel:
    model = GAN(latent=2, size=2, generator=(4,), discriminator=(3, 3), hidden="tanh", loss=loss)
    d, g = model.discriminate, model.generate
    return Duel((d, g), (d.init(rng), g.init(rng)),
                (model.discriminator_loss, model.generator_loss),
                rng.standard_normal((ROWS, 2)), model.noise)  # fmt: skip


GAMES: Mapping[str, Callable[[np.random.Generator], Duel]] = {
    "gan": gan,
    "gan_saturating": lambda rng: gan(rng, "saturating"),
    "gan_least_squares": lambda rng: gan(rng, "least_squares"),
}


def training(
    name: str, optimizer: str = "sgd", kind: Any = np.float64, batch: int = BATCH, **settings: Any
) -> Training:
    """The engine's training of a task, compiled."""
    rng = np.random.default_rng(0)
    task = TASKS[name](rng)
    return Training(
        task.model, task.model.init(rng).astype(kind), task.loss_fn,
        rule(optimizer)(**{"lr": 0.05, **settings}), task.x, task.y, batch=batch, rng=rng,
        noise=task.noise, carry=task.carry,
    )  # fmt: skip


def playing(
    name: str, optimizer: str = "sgd", kind: Any = np.float64, batch: int = BATCH, **settings: Any
) -> AdversarialTraining:
    """The engine's adversarial training, compiled."""
    rng = np.random.default_rng(0)
    duel = GAMES[name](rng)
    players = [
        Player(model, w.astype(kind), loss, rule(optimizer)(**{"lr": 0.05, **settings}))
        for model, w, loss in zip(duel.players, duel.w, duel.losses, strict=True)
    ]
    return AdversarialTraining(*players, duel.x, batch=batch, rng=rng, noise=duel.noise)


def run_of(name: str, *args: Any, **settings: Any) -> Training | AdversarialTraining:
    """Training or adversarial training, whatever the name is of."""
    return (training if name in TASKS else playing)(name, *args, **settings)


def drawn(noise: Mapping[str, Noise], rows: int, rng: np.random.Generator) -> dict[str, Tensor]:
    """The same numbers as a step draws, with NumPy's plain calls: the batch is the last axis."""
    values = {}
    for name, one in noise.items():
        size = (*one.shape, rows)
        if one.kind == "normal":
            value = rng.standard_normal(size)
        else:
            value = (rng.random(size) >= one.rate) / (1 - one.rate)
        values[name] = Tensor(np.moveaxis(value, -1, 0), name)
    return values


def batches(count: int, rng: np.random.Generator) -> Iterator[Array]:
    """Row numbers of each batch. What is drawn between two of them comes before a new order."""
    while True:
        order = rng.permutation(count)
        for start in range(0, count, BATCH):
            yield order[start : start + BATCH]


def eager_training(
    name: str, optimizer: str, **settings: Any
) -> Iterator[tuple[Array, list[Array], dict[str, Array]]]:
    """Parameters, state and what is carried, after each update."""
    rng, step = np.random.default_rng(0), rule(optimizer)
    task = TASKS[name](rng)
    w, state = task.model.init(rng), list(step.state.values())
    carried = dict(task.carry)
    for t, rows in enumerate(batches(ROWS, rng), start=1):
        leaf = Tensor(w)
        handed = {key: Tensor(value, key) for key, value in carried.items()}
        given = {**task.model.spec.tensors(leaf), **drawn(task.noise, len(rows), rng), **handed}
        result = task.loss_fn(given, Tensor(task.x[rows]), Tensor(task.y[rows]))
        loss, new = result if isinstance(result, tuple) else (result, {})
        w, *state = step(w, grad(loss, [leaf])[0].value, t, *state, **{"lr": 0.05, **settings})
        carried = {key: value.value for key, value in new.items()}
        yield w, state, carried


def eager_playing(
    name: str, optimizer: str, turns: Iterator[tuple[int, ...]]
) -> Iterator[tuple[list[Array], list[list[Array]]]]:
    """Parameters and state of both, after each step."""
    rng, step = np.random.default_rng(0), rule(optimizer)
    duel = GAMES[name](rng)
    w, state, t = list(duel.w), [list(step.state.values())] * 2, [0, 0]
    for rows, players in zip(batches(ROWS, rng), turns, strict=False):
        leaves = [Tensor(one) for one in w]
        given = drawn(duel.noise, len(rows), rng)
        for model, leaf in zip(duel.players, leaves, strict=True):
            given |= model.spec.tensors(leaf)
        for i in players:
            g = grad(duel.losses[i](given, Tensor(duel.x[rows])), [leaves[i]])[0].value
            t[i] += 1
            w[i], *state[i] = step(w[i], g, t[i], *state[i], lr=0.05)
        yield w, state
