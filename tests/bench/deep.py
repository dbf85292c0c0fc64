"""The convolutional and the recurrent step: ours, by hand, and in other libraries."""

from collections.abc import Callable

import numpy as np

from engine.losses import cross_entropy, mse
from engine.models import CNN, RecurrentNet
from engine.optim import sgd
from engine.training import Training
from tests.bench import conv_by_hand, peers_deep, recurrent_by_hand
from tests.bench.peers_deep import Array, Peer
from tests.bench.timing import compare

Step = Callable[[], object]


class Deep:
    """A step to be compared: the same start, batch and rate for all.

    Args:
        name: in the table.
        target: the ratio to the form by hand that is wanted, if any.
        faster_than: name of a peer → how many times its time must be ours.
        fit: the engine's training; its whole data set is the batch.
        hand: the form by hand, from flat parameters and a rate.
        peers: name → the same in another library.
        x, y: the batch.
        lr: the rate.
        tolerance: how far parameters may be apart after 20 steps, relative to the largest.
    """

    def __init__(
        self,
        name: str,
        target: float | None,
        faster_than: dict[str, float],
        fit: Training,
        hand: type,
        peers: dict[str, Peer],
        x: Array,
        y: Array,
        lr: float,
        tolerance: float,
    ) -> None:
        self.name, self.target, self.peers, self.lr = name, target, peers, lr
        self.faster_than = faster_than
        self.x, self.y, self.tolerance, self.start = x, y, tolerance, fit.w.copy()
        run, laid = fit.program.run, [fit.program.layout(i, v) for i, v in enumerate((x, y))]
        form = hand(self.start.copy(), lr)
        hx, hy = form.lay_x(x), form.lay_y(y)
        self.steps: dict[str, Step] = {
            "ours": lambda: run(*laid), "by hand": lambda: form.step(hx, hy),
        }  # fmt: skip
        self.states = {"ours": lambda: fit.w, "by hand": lambda: form.w}

    def times(self) -> dict[str, float]:
        """Microseconds of one step of each, after 20 steps that must end alike."""
        for name, peer in self.peers.items():
            try:
                step, state = peer(self.x, self.y, self.start.copy(), self.lr)
            except ImportError:
                continue
            self.steps[name], self.states[name] = step, state
        for name, step in self.steps.items():
            for _ in range(20):
                step()
            gap = np.abs(self.states[name]() - self.states["ours"]()).max()
            if not gap <= self.tolerance * np.abs(self.states["ours"]()).max():
                raise SystemExit(f"{self.name}, {name}: after 20 steps off by {gap:.1e}")
        return compare(self.steps, rounds=40)


def conv_net() -> Deep:
    """28 × 28, 1 → 8 → 16 channels of 5 × 5, max pools, dense 10; batch 32, float32."""
    rng, model = np.random.default_rng(0), CNN((1, 28, 28), (8, 16), classes=10, kernel=5)
    x = rng.standard_normal((32, 1, 28, 28)).astype(np.float32)
    y = np.eye(10, dtype=np.float32)[rng.integers(10, size=32)]
    fit = Training(
        model, model.init(rng).astype(np.float32),
        lambda p, x, y: cross_entropy(model(p, x), y), sgd(lr=0.05), x, y,
        batch=32, rng=rng,
    )  # fmt: skip
    return Deep("conv net 28×28, SGD, float32", 1.15, {"PyTorch eager": 1}, fit, conv_by_hand.Conv,
                peers_deep.CONV_PEERS, x, y, 0.05, 1e-4)  # fmt: skip


def recurrent_net() -> Deep:
    """A tanh RNN of T = 50, D = 8, H = 32, read at its end; batch 16."""
    rng, model = np.random.default_rng(0), RecurrentNet("rnn", inputs=8, hidden=32, outputs=1)
    x, y = rng.standard_normal((16, 50, 8)), rng.standard_normal((16, 1))
    fit = Training(model, model.init(rng), lambda p, x, y: mse(model(p, x), y), sgd(lr=0.02), x, y,
                   batch=16, rng=rng)  # fmt: skip
    wanted = {"PyTorch eager": 4}
    return Deep("tanh RNN T=50 H=32, SGD", None, wanted, fit, recurrent_by_hand.Recurrent,
                peers_deep.RECURRENT_PEERS, x, y, 0.02, 1e-10)  # fmt: skip
