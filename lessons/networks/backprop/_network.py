"""The 2-2-2 network of this lesson: as a graph of the engine, and once more in plain NumPy.

Inputs i1, i2 lead to hidden neurons h1, h2, these to outputs o1, o2. A neuron computes `net`, the
weighted sum of what comes in plus a bias, and `out`, its activation.
"""

from collections.abc import Callable, Mapping

import numpy as np

from engine.activations import activation, sigmoid, softmax
from engine.array import Array
from engine.explain import Worksheet
from engine.losses import binary_cross_entropy, cross_entropy
from engine.tensor import Tensor, apply
from lessons.kit.pictures import GraphEdge

START = {"w1": 0.15, "w2": 0.2, "w3": 0.25, "w4": 0.3, "w5": 0.4, "w6": 0.45, "w7": 0.5,
         "w8": 0.55, "b1": 0.35, "b2": 0.6}  # fmt: skip
"""Weights and biases of Mazur's example."""
NAMES = tuple(START)
GIVEN = {"i1": 0.05, "i2": 0.1, "t1": 0.01}
"""Its inputs, and what o1 should give; o2 should give t2 = 1 − t1."""
KNOWN = {"E before": 0.298371109, "w5 after": 0.358916480, "w1 after": 0.149780716,
         "E after": 0.29102777369}  # fmt: skip
"""What its first update gives: three numbers as Mazur prints them, the last by exact arithmetic."""
SUMS = {"h1": "w1 i1 w2 i2 b1", "h2": "w3 i1 w4 i2 b1",
        "o1": "w5 out_h1 w6 out_h2 b2", "o2": "w7 out_h1 w8 out_h2 b2"}  # fmt: skip
"""Each neuron: what it multiplies and adds up."""
SQUARED, SIGMOID, SOFTMAX = LOSSES = ("squared error", "cross-entropy", "softmax + cross-entropy")
"""With a cross-entropy the outputs are probabilities, whatever the hidden neurons do."""

Shape = tuple[Callable[[Array], Array], Callable[[Array], Array], float]
SHAPES: Mapping[str, Shape] = {
    "sigmoid": (lambda z: np.exp(-np.logaddexp(0, -z)), lambda out: out * (1 - out), 0.25),
    "tanh": (np.tanh, lambda out: 1 - out**2, 1.0),
    "relu": (lambda z: np.maximum(z, 0.0), lambda out: np.sign(out), 1.0),
    "identity": (lambda z: z, np.ones_like, 1.0),
}
"""Each activation in NumPy: itself, its derivative where the output is `out`, and the largest."""


def links() -> list[GraphEdge]:
    """The arrows of the network, the weights among them by name."""
    found = []
    for neuron, parts in SUMS.items():
        w, a, v, b, bias = parts.removeprefix("out_").replace(" out_", " ").split()
        found += [GraphEdge(a, neuron, w), GraphEdge(b, neuron, v), GraphEdge(bias, neuron)]
    return found


def network(shape: str, loss: str) -> Worksheet:
    """The network as a graph of the engine, every value and every slope of E under its name."""
    x = {name: Tensor(value, name) for name, value in (START | GIVEN).items()}
    x["t2"] = 1 - x["t1"]
    for neuron, parts in SUMS.items():
        w, a, v, b, bias = (x[part] for part in parts.split())
        x[f"net_{neuron}"] = net = w * a + v * b + bias
        if neuron[0] == "h" or loss == SQUARED:
            x[f"out_{neuron}"] = 1 * net if shape == "identity" else activation(shape)(net)
    wrt = [name for name in x if name in START or name[:3] in ("net", "out")]
    shown: dict[str, Tensor] = {}
    if loss == SQUARED:
        x |= {f"E_o{k}": 0.5 * (x[f"out_o{k}"] - x[f"t{k}"]) ** 2 for k in "12"}
        return Worksheet({**x, "E": x["E_o1"] + x["E_o2"]}, "E", wrt)
    nets, targets = (
        apply("concat_flat", x[f"{a}1"], x[f"{a}2"]).reshape((1, 2)) for a in ("net_o", "t")
    )
    p, whole = softmax(nets), apply("logsumexp", nets).reshape(())
    e = [np.exp(x[f"net_o{k}"]) for k in "12"]
    for i, k in enumerate("12"):
        net, t = x[f"net_o{k}"], x[f"t{k}"]
        x[f"out_o{k}"] = out = sigmoid(net) if loss == SIGMOID else p[0, i]
        if loss == SIGMOID:
            x[f"E_o{k}"] = binary_cross_entropy(net.reshape((1, 1)), t.reshape((1, 1)))
            shown[f"E_o{k}"] = np.log(1 + np.exp(net)) - t * net
        else:
            x[f"E_o{k}"] = t * (whole - net)
            shown |= {f"E_o{k}": -(t * np.log(out)), f"out_o{k}": e[i] / (e[0] + e[1])}
        shown[f"∂E/∂net_o{k}"] = out - t
    x["E"] = shown["E"] = x["E_o1"] + x["E_o2"]
    if loss == SOFTMAX:
        x["E"] = cross_entropy(nets, targets)
    return Worksheet(x, "E", wrt, shown)


def operations(worksheet: Worksheet, biases: bool) -> tuple[tuple[str, str], ...]:
    """One round as (phase, what is found): all values, then all slopes, then the updates."""
    values = [name for name in worksheet.parts if name[0] in "noE"]
    learned = [name for name in NAMES if biases or name[0] == "w"]
    slopes = [s for s in worksheet.backward() if biases or s[4] != "b"]
    phases = {"forward": values, "backward": slopes, "update": learned}
    return tuple((phase, name) for phase, names in phases.items() for name in names)


def forward(w: Array, i: Array, t: Array, shape: str, loss: str) -> tuple[Array, Array, Array]:
    """The network once more, without the engine: net and out of h1, h2, o1, o2, and E.

    Args:
        w: (…, 10) weights and biases in the order of `NAMES`.
        i: (2,) inputs; t: (2,) targets.
        shape: the activation; loss: one of `LOSSES`.

    Returns:
        (…, 4) nets, (…, 4) outs, (…) errors.

    >>> i, t = np.array([0.05, 0.1]), np.array([0.01, 0.99])
    >>> net, out, E = forward(np.array([*START.values()]), i, t, "sigmoid", SQUARED)
    >>> np.round(out[2:], 6).tolist(), round(float(E), 9)
    ([0.751365, 0.772928], 0.298371109)
    """
    act, ws = SHAPES[shape][0], w[..., :8].reshape((*w.shape[:-1], 2, 2, 2))
    z_h = (ws[..., 0, :, :] * i).sum(-1) + w[..., 8:9]
    h = act(z_h)
    z = (ws[..., 1, :, :] * h[..., None, :]).sum(-1) + w[..., 9:]
    if loss == SQUARED:
        y = act(z)
        E = 0.5 * ((y - t) ** 2).sum(-1)
    elif loss == SIGMOID:
        y, E = SHAPES["sigmoid"][0](z), (np.logaddexp(0, z) - t * z).sum(-1)
    else:
        whole = np.logaddexp(z[..., :1], z[..., 1:])
        y, E = np.exp(z - whole), (t * (whole - z)).sum(-1)
    return np.concatenate([z_h, z], -1), np.concatenate([h, y], -1), E
