"""The steps of `conv_by_hand` and `recurrent_by_hand` in other libraries: one thread.

Each peer takes a batch, the flat starting parameters and a rate, and returns one update and a way
to see the parameters as the same flat vector. Every peer is used as its own documentation shows.
"""

from collections.abc import Callable

import numpy as np

from tests.bench import conv_by_hand, recurrent_by_hand

Array = np.ndarray
Peer = Callable[[Array, Array, Array, float], tuple[Callable[[], object], Callable[[], Array]]]


def _torch_step(model, loss_of, inputs, targets, lr: float):  # type: ignore[no-untyped-def]
    """One update of a model."""
    import torch

    optimizer = torch.optim.SGD(model.parameters(), lr=lr)

    def step() -> None:
        optimizer.zero_grad()
        loss_of(model(inputs), targets).backward()
        optimizer.step()

    return step


def _fill(pairs) -> None:  # type: ignore[no-untyped-def]
    """Copy arrays into PyTorch's parameters."""
    import torch

    with torch.no_grad():
        for parameter, array in pairs:
            parameter.copy_(torch.from_numpy(array))


def _flat(*parts) -> Array:  # type: ignore[no-untyped-def]
    """PyTorch's parameters as one vector."""
    return np.concatenate([part.detach().numpy().ravel() for part in parts])


def pytorch_conv(x: Array, y: Array, w: Array, lr: float):  # type: ignore[no-untyped-def]
    """PyTorch eager: x (N, 1, 28, 28), y one-hot (N, 10), w flat, float32."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    conv1, conv2, dense = nn.Conv2d(1, 8, 5), nn.Conv2d(8, 16, 5), nn.Linear(256, 10)
    model = nn.Sequential(conv1, nn.MaxPool2d(2), nn.ReLU(), conv2, nn.MaxPool2d(2), nn.ReLU(),
                          nn.Flatten(), dense)  # fmt: skip
    w1, b1, w2, b2, W3 = conv_by_hand.views(w)
    parts = conv1.weight, conv1.bias, conv2.weight, conv2.bias, dense.weight, dense.bias
    _fill(zip(parts, (w1, b1, w2, b2, W3[:-1].T, W3[-1]), strict=True))
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y.argmax(1))
    step = _torch_step(model, nn.CrossEntropyLoss(), inputs, labels, lr)
    return step, lambda: _flat(*parts[:4], dense.weight.T, dense.bias)


def pytorch_recurrent(x: Array, y: Array, w: Array, lr: float):  # type: ignore[no-untyped-def]
    """PyTorch eager: x (N, T, D), y (N, 1), w flat, float64. Its second bias stays 0."""
    import torch
    from torch import nn

    torch.set_num_threads(1)

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn = nn.RNN(8, 32, batch_first=True, dtype=torch.float64)
            self.dense = nn.Linear(32, 1, dtype=torch.float64)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out, _ = self.rnn(x)
            return self.dense(out[:, -1])

    model = Net()
    rnn, dense = model.rnn, model.dense
    Wx, Wh, Wo = recurrent_by_hand.views(w)
    parts = rnn.weight_ih_l0, rnn.bias_ih_l0, rnn.weight_hh_l0, rnn.bias_hh_l0
    _fill(zip(parts, (Wx[:-1].T, Wx[-1], Wh.T, np.zeros(32)), strict=True))
    _fill([(dense.weight, Wo[:-1].T), (dense.bias, Wo[-1])])
    rnn.bias_hh_l0.requires_grad_(False)  # the net has one bias
    step = _torch_step(model, nn.MSELoss(), torch.from_numpy(x), torch.from_numpy(y), lr)
    return step, lambda: _flat(rnn.weight_ih_l0.T, rnn.bias_ih_l0, rnn.weight_hh_l0.T,
                               dense.weight.T, dense.bias)  # fmt: skip


def jax_recurrent(x: Array, y: Array, w: Array, lr: float):  # type: ignore[no-untyped-def]
    """JAX, one compiled update with `lax.scan` along the time."""
    import jax

    jax.config.update("jax_enable_x64", True)
    numpy = jax.numpy

    def loss(Ws, x, y):  # type: ignore[no-untyped-def]
        Wx, Wh, Wo = Ws

        def cell(h, x):  # type: ignore[no-untyped-def]
            return numpy.tanh(x @ Wx[:-1] + Wx[-1] + h @ Wh), None

        h, _ = jax.lax.scan(cell, numpy.zeros((x.shape[0], 32)), x.swapaxes(0, 1))
        return numpy.mean((h @ Wo[:-1] + Wo[-1] - y) ** 2)

    @jax.jit
    def update(Ws, x, y):  # type: ignore[no-untyped-def]
        return [W - lr * g for W, g in zip(Ws, jax.grad(loss)(Ws, x, y), strict=True)]

    now = [numpy.asarray(W) for W in recurrent_by_hand.views(w)]
    inputs, targets = numpy.asarray(x), numpy.asarray(y)

    def step() -> None:
        nonlocal now
        now = jax.block_until_ready(update(now, inputs, targets))

    return step, lambda: np.concatenate([np.asarray(W).ravel() for W in now])


CONV_PEERS: dict[str, Peer] = {"PyTorch eager": pytorch_conv}
RECURRENT_PEERS: dict[str, Peer] = {"PyTorch eager": pytorch_recurrent, "JAX jit": jax_recurrent}
