"""An independent check in plain NumPy: the network's output, and what an update really did.

Nothing here is computed by the engine, so that the engine can be found wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.array import Array

PHI: Mapping[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 0.5 + 0.5 * np.tanh(0.5 * z),
    "identity": lambda z: z,
}
BETA, BETA1, BETA2, ADAM_EPS = 0.9, 0.9, 0.999, 1e-8
"""The settings of momentum (as in PyTorch) and of Adam (Kingma & Ba 2015, Algorithm 1)."""


@dataclass(frozen=True)
class Plain:
    """Dense layers: the neurons of every layer, inputs first, and the hidden ones' activation.

    >>> Plain((2, 1), "tanh").layers(np.array([1.0, 2.0, 3.0]), np.array([[10.0, 100.0]]))[-1]
    array([[213.]])
    """

    sizes: tuple[int, ...]
    hidden: str

    def matrices(self, w: Array) -> list[Array]:
        """One matrix a layer, its bias in the last row, out of the flat vector w."""
        shapes = [(a + 1, b) for a, b in pairwise(self.sizes)]
        ends = np.cumsum([a * b for a, b in shapes])[:-1]
        return [part.reshape(s) for part, s in zip(np.split(w, ends), shapes, strict=True)]

    @np.errstate(all="ignore")
    def layers(self, w: Array, x: Array) -> list[Array]:
        """The output (N, neurons) of every layer for inputs x (N, D); the last are the scores."""
        outputs, (*hidden, last) = [x], self.matrices(w)
        for W in hidden:
            outputs.append(PHI[self.hidden](outputs[-1] @ W[:-1] + W[-1]))
        return [*outputs[1:], outputs[-1] @ last[:-1] + last[-1]]


def gradient_of(
    rule: str, lr: float, before: Mapping[str, Array], after: Mapping[str, Array]
) -> Array:
    """The gradient that went into an update, recovered from its result.

    Args:
        rule: sgd, momentum or adam.
        lr: the learning rate η.
        before, after: the parameters `w`, and what the rule remembers: `v`, or `m` and `v`.

    >>> before, after = {"w": np.array([1.0]), "v": np.array([2.0])}, {"w": np.array([0.5])}
    >>> gradient_of("momentum", 0.1, before, after).round(9)  # 0.5 / 0.1 − 0.9 · 2
    array([3.2])
    """
    if rule == "adam":
        return np.asarray((after["m"] - BETA1 * before["m"]) / (1 - BETA1))
    rolling = BETA * before["v"] if rule == "momentum" else 0.0
    return np.asarray((before["w"] - after["w"]) / lr - rolling)


def adam_step(g: Array, lr: float, before: Mapping[str, Array]) -> Array:
    """The step of Adam's paper for the gradient g, by which w goes down.

    >>> adam_step(np.array([-7.0]), 0.1, {"t": np.array(0.0), "m": np.zeros(1), "v": np.zeros(1)})
    array([-0.1])
    """
    t = before["t"] + 1
    m_hat = (BETA1 * before["m"] + (1 - BETA1) * g) / (1 - BETA1**t)
    v_hat = (BETA2 * before["v"] + (1 - BETA2) * g**2) / (1 - BETA2**t)
    return np.asarray(lr * m_hat / (np.sqrt(v_hat) + ADAM_EPS))


def direction(along: Array, rng: np.random.Generator) -> Array:
    """A unit vector, half along another one and half random, so that every part of it matters."""
    chance, length = rng.standard_normal(along.size), float(np.linalg.norm(along))
    d = chance / np.linalg.norm(chance) + (along / length if length else 0.0)
    return np.asarray(d / np.linalg.norm(d))


def slope(loss: Callable[[Array], float], w: Array, d: Array) -> tuple[float, float]:
    """The slope of a loss along d by central differences, and how far it may be off.

    Two steps, h and h/2, must give the same slope; and twice the bend over the half must be the
    bend over the whole. Where a ReLU has its corner between, or rounding rules, they are not.

    >>> found, off = slope(lambda w: float(w[0] ** 2), np.array([3.0]), np.array([1.0]))
    >>> round(found, 6), off < 1e-6
    (6.0, True)
    >>> slope(lambda w: float(abs(w[0])), np.array([0.0]), np.array([1.0]))
    (0.0, 2.0)
    """
    h, here = 1e-5 * max(1.0, float(np.linalg.norm(w)) / w.size**0.5), loss(w)

    def around(h: float) -> tuple[float, float]:
        ahead, behind = loss(w + h * d), loss(w - h * d)
        return (ahead - behind) / (2 * h), (ahead - 2 * here + behind) / h

    (wide, bend), (near, half) = around(h), around(h / 2)
    return near, abs(wide - near) + abs(bend - 2 * half)
