"""Pieces of the steps by hand: activations with their slopes, and updates in place."""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
add, divide, multiply, sqrt, subtract = np.add, np.divide, np.multiply, np.sqrt, np.subtract
maximum, sign = np.maximum, np.sign
ZERO, ONE = np.array(0.0), np.array(1.0)


def relu(z: Array, h: Array) -> None:
    """h ← max(z, 0)."""
    maximum(z, ZERO, out=h)


def by_relu(h: Array, d: Array, work: Array) -> None:
    """d ← d [h > 0]."""
    sign(h, out=work)
    multiply(d, work, out=d)


def by_tanh(h: Array, d: Array, work: Array) -> None:
    """d ← d (1 - h²)."""
    multiply(h, h, out=work)
    subtract(ONE, work, out=work)
    multiply(d, work, out=d)


ACTIVATIONS = {"tanh": (np.tanh, by_tanh), "relu": (relu, by_relu)}
"""Name → what writes h for z, and what takes d from above to below it."""


def sgd(w: Array, g: Array, lr: float) -> Callable[[], None]:
    """w ← w - lr g."""
    rate, work = np.array(lr), np.empty_like(w)

    def update() -> None:
        multiply(g, rate, out=work)
        subtract(w, work, out=w)

    return update


def momentum(w: Array, g: Array, lr: float) -> Callable[[], None]:
    """v ← 0.9 v + g, w ← w - lr v."""
    rate, beta, work, v = np.array(lr), np.array(0.9), np.empty_like(w), np.zeros_like(w)

    def update() -> None:
        multiply(v, beta, out=v)
        add(v, g, out=v)
        multiply(v, rate, out=work)
        subtract(w, work, out=w)

    return update


def adam(w: Array, g: Array, lr: float) -> Callable[[], None]:
    """Kingma & Ba 2015 with the corrections of m and v drawn into two numbers."""
    m, v, work, t = np.zeros_like(w), np.zeros_like(w), np.empty_like(w), 0
    beta1, beta2, eps = np.array(0.9), np.array(0.999), np.array(1e-8)
    rest1, rest2 = np.array(1 - 0.9), np.array(1 - 0.999)
    rate, root = np.empty(()), np.empty(())

    def update() -> None:
        nonlocal t
        t += 1
        rate[()] = lr / (1 - 0.9**t)
        root[()] = (1 - 0.999**t) ** -0.5
        multiply(m, beta1, out=m)
        multiply(g, rest1, out=work)
        add(m, work, out=m)
        multiply(g, g, out=work)
        multiply(work, rest2, out=work)
        multiply(v, beta2, out=v)
        add(v, work, out=v)
        sqrt(v, out=work)
        multiply(work, root, out=work)
        add(work, eps, out=work)
        divide(m, work, out=work)
        multiply(work, rate, out=work)
        subtract(w, work, out=w)

    return update


RULES = {"sgd": sgd, "momentum": momentum, "adam": adam}
"""Name → what makes an update of w from g."""
