"""The same training step in other libraries, where they are installed: one thread, float64.

Each peer takes a task, its first batch and the starting parameters, and returns one update and a
way to see the parameters. Every peer is used as its own documentation shows.
"""

from collections.abc import Callable

import numpy as np

from tests.bench.by_hand import Array, Task

Peer = Callable[[Task, Array, Array, list[Array]], tuple[Callable[[], object], Callable[[], list]]]


def layers(task: Task, w: Array) -> list[Array]:
    """The flat parameters as one matrix a layer, its bias in the last row."""
    pairs, start, result = zip(task.sizes, task.sizes[1:], strict=False), 0, []
    for a, b in pairs:
        result.append(w[start : start + (a + 1) * b].reshape(a + 1, b).copy())
        start += (a + 1) * b
    return result


def pytorch(task: Task, x: Array, y: Array, Ws: list[Array]):  # type: ignore[no-untyped-def]
    """PyTorch, eager."""
    import torch

    torch.set_num_threads(1)
    parts: list[torch.nn.Module] = []
    for W in Ws:
        dense = torch.nn.Linear(len(W) - 1, W.shape[1], dtype=torch.float64)
        with torch.no_grad():
            dense.weight.copy_(torch.from_numpy(W[:-1].T))
            dense.bias.copy_(torch.from_numpy(W[-1]))
        parts += [dense, torch.nn.Tanh() if task.hidden == "tanh" else torch.nn.ReLU()]
    model = torch.nn.Sequential(*parts[:-1])
    loss_of = torch.nn.MSELoss() if task.loss == "mse" else torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=task.lr)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def step() -> None:
        optimizer.zero_grad()
        loss_of(model(inputs), targets).backward()
        optimizer.step()

    def state() -> list[Array]:
        return [np.vstack([d.weight.detach().numpy().T, d.bias.detach().numpy()])
                for d in parts[::2]]  # fmt: skip

    return step, state


def _loss(np_like, task: Task, Ws, x, y):  # type: ignore[no-untyped-def]
    """The loss in the array code of any NumPy-like module."""
    for W in Ws[:-1]:
        z = x @ W[:-1] + W[-1]
        x = np_like.tanh(z) if task.hidden == "tanh" else np_like.maximum(z, 0)
    z = x @ Ws[-1][:-1] + Ws[-1][-1]
    if task.loss == "mse":
        return np_like.mean((z - y) ** 2)
    top = np_like.max(z, axis=1, keepdims=True)
    rows = top[:, 0] + np_like.log(np_like.sum(np_like.exp(z - top), axis=1))
    return np_like.mean(rows - np_like.sum(y * z, axis=1))


def jax(task: Task, x: Array, y: Array, Ws: list[Array]):  # type: ignore[no-untyped-def]
    """JAX, the whole update jitted, its parameters donated."""
    from functools import partial

    import jax

    jax.config.update("jax_enable_x64", True)

    @partial(jax.jit, donate_argnums=0)
    def update(Ws, x, y):  # type: ignore[no-untyped-def]
        gradients = jax.grad(lambda Ws: _loss(jax.numpy, task, Ws, x, y))(Ws)
        return [W - task.lr * g for W, g in zip(Ws, gradients, strict=True)]

    now = [jax.numpy.asarray(W) for W in Ws]
    inputs, targets = jax.numpy.asarray(x), jax.numpy.asarray(y)

    def step() -> None:
        nonlocal now
        now = jax.block_until_ready(update(now, inputs, targets))

    return step, lambda: [np.asarray(W) for W in now]


def autograd(task: Task, x: Array, y: Array, Ws: list[Array]):  # type: ignore[no-untyped-def]
    """HIPS autograd."""
    import autograd
    import autograd.numpy

    gradient = autograd.grad(lambda Ws: _loss(autograd.numpy, task, Ws, x, y))

    def step() -> None:
        for W, g in zip(Ws, gradient(Ws), strict=True):
            W -= task.lr * g

    return step, lambda: Ws


def mygrad(task: Task, x: Array, y: Array, Ws: list[Array]):  # type: ignore[no-untyped-def]
    """MyGrad."""
    import mygrad

    tensors = [mygrad.tensor(W, copy=False) for W in Ws]

    def step() -> None:
        _loss(mygrad, task, tensors, x, y).backward()
        for W in tensors:
            W.data -= task.lr * W.grad

    return step, lambda: [W.data for W in tensors]


PEERS: dict[str, Peer] = {
    "PyTorch eager": pytorch,
    "JAX jit": jax,
    "autograd": autograd,
    "MyGrad": mygrad,
}
