"""Recurrent nets: one layer again and again, each time on its own last state and the next input.

Shapes: N batch, T time, D inputs, H hidden. x is (N, T, D); a state is (N, H), and a net returns
its T states as a list, h₁ first. Wx is (D + 1, G·H) with the bias in its last row as in `dense`,
Wh (H, G·H), where G counts the gates, which stand side by side in PyTorch's order. What the inputs
contribute is computed for all times before the loop, by one product.

`truncate=k` stops gradients between h_t and step t + 1 where T − t is a
multiple of k and 0 < t < T: counted from the end, so that of a loss on the last state exactly the
lags ≥ k are dropped (the weights at work in step T − ℓ have lag ℓ). Values stay what they are, and
with k ≥ T so do gradients. Gradients reach the state that is given: to carry a state from
chunk to chunk, hand it over as a bound tensor, which nothing flows through.
"""

from collections.abc import Mapping

import numpy as np

from engine.activations import Activation, sigmoid, tanh
from engine.array import Array
from engine.errors import ShapeError, unknown
from engine.init import glorot, orthogonal
from engine.nn.dense import dense
from engine.tensor import Tensor
from engine.validate import integer

GATES: Mapping[str, int] = {"rnn": 1, "lstm": 4, "gru": 3}
"""G, the number of gates (candidates included), by kind of net."""

BLOCK = 64
"""Times that are cut from the inputs in one piece: cutting T one by one would cost T² backward."""


def rnn(
    x: Tensor,
    Wx: Tensor,
    Wh: Tensor,
    h0: Tensor | None = None,
    *,
    truncate: int | None = None,
    activation: Activation = tanh,
) -> list[Tensor]:
    """h_t = tanh([x_t 1] Wx + h_{t−1} Wh): the plain recurrent net, whose memory fades or bursts.

    Args:
        x: (N, T, D).
        Wx: (D + 1, H).
        Wh: (H, H).
        h0: (N, H); without it the first step sees its input alone.
        truncate: k, see above; without it gradients flow through all times.
        activation: in place of tanh.

    Returns:
        T states, each (N, H).

    Raises:
        ShapeError: x, Wx, Wh or h0 is of another shape, or T is 0.
        DomainError: truncate is below 1.

    >>> x, one = Tensor([[[1.0], [0.0], [0.0]]]), Tensor([[1.0], [0.0]])
    >>> [h.item() for h in rnn(x, one, Tensor([[0.5]]), activation=lambda z: z)]
    [1.0, 0.5, 0.25]

    Source: Elman 1990, Finding structure in time; through time: Werbos 1990; truncated: Williams &
    Peng 1990, whose BPTT(h; h′) is this with h = h′ = k.
    """
    _require("rnn", x, Wx, Wh, {"h0": h0}, truncate)
    h, states = h0, list[Tensor]()
    for t, u in enumerate(_inputs(x, Wx)):
        h = activation(u if h is None else u + _truncated(h, t, x, truncate) @ Wh)
        states.append(h)
    return states


def lstm(
    x: Tensor,
    Wx: Tensor,
    Wh: Tensor,
    state: tuple[Tensor, Tensor] | None = None,
    *,
    truncate: int | None = None,
) -> tuple[list[Tensor], list[Tensor]]:
    """c_t = f ⊙ c_{t−1} + i ⊙ g, h_t = o ⊙ tanh c_t: a memory that is kept, added to and read.

    Of [x_t 1] Wx + h_{t−1} Wh the gates i, f, o take the sigmoid, the candidate g the tanh. Along c
    the gradient is multiplied by f alone, with no matrix and no tanh between.

    Args:
        x: (N, T, D).
        Wx: (D + 1, 4 H), gates i f g o.
        Wh: (H, 4 H).
        state: h₀ and c₀, each (N, H); without it both are 0.
        truncate: k, see above; gradients stop in h and in c.

    Returns:
        T hidden states h, and T cell states c, each (N, H).

    Raises:
        ShapeError: x, Wx, Wh, h0 or c0 is of another shape, or T is 0.
        DomainError: truncate is below 1.

    >>> x, Wx = Tensor(np.zeros((1, 2, 1))), Tensor([[0.0] * 4, [50.0, 0.0, 50.0, 50.0]])
    >>> h, c = lstm(x, Wx, Tensor(np.zeros((1, 4))))
    >>> [round(c_t.item(), 6) for c_t in c]
    [1.0, 1.5]

    Source: Hochreiter & Schmidhuber 1997, Long short-term memory; with the forget gate of Gers,
    Schmidhuber & Cummins 2000, without peepholes.
    """
    h, c = state or (None, None)
    H = _require("lstm", x, Wx, Wh, {"h0": h, "c0": c}, truncate)
    states, cells = list[Tensor](), list[Tensor]()
    for t, u in enumerate(_inputs(x, Wx)):
        z = u if h is None else u + _truncated(h, t, x, truncate) @ Wh  # (N, 4 H)
        i_f, g, o = sigmoid(z[:, : 2 * H]), tanh(z[:, 2 * H : 3 * H]), sigmoid(z[:, 3 * H :])
        new = i_f[:, :H] * g
        c = new if c is None else i_f[:, H:] * _truncated(c, t, x, truncate) + new
        h = o * tanh(c)
        states.append(h)
        cells.append(c)
    return states, cells


def gru(
    x: Tensor,
    Wx: Tensor,
    Wh: Tensor,
    h0: Tensor | None = None,
    *,
    truncate: int | None = None,
) -> list[Tensor]:
    """h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}: one gate z both keeps and writes, and there is no cell.

    With u = [x_t 1] Wx and v = [h_{t−1} 1] Wh: r and z are σ(u + v) and n = tanh(u + r ⊙ v), each
    of its own columns. So the reset gate r weighs what the product brings, as in PyTorch; Cho et
    al. reset before it, (r ⊙ h_{t−1}) Wh. In their paper, too, z keeps and 1 − z writes.

    Args:
        x: (N, T, D).
        Wx: (D + 1, 3 H), gates r z n.
        Wh: (H + 1, 3 H): its last row is a second bias, which for n stands inside of the reset.
        h0: (N, H); without it 0.
        truncate: k, see above.

    Returns:
        T states, each (N, H).

    Raises:
        ShapeError: x, Wx, Wh or h0 is of another shape, or T is 0.
        DomainError: truncate is below 1.

    >>> x, Wx = Tensor(np.ones((1, 2, 1))), Tensor([[0.0, 0.0, 50.0], [0.0] * 3])
    >>> [h.item() for h in gru(x, Wx, Tensor(np.zeros((2, 3))))]
    [0.5, 0.75]

    Source: Cho et al. 2014, Learning phrase representations, equations 5 to 8.
    """
    H = _require("gru", x, Wx, Wh, {"h0": h0}, truncate)
    h, states = h0, list[Tensor]()
    for t, u in enumerate(_inputs(x, Wx)):
        v = Wh[-1] if h is None else dense(_truncated(h, t, x, truncate), Wh)  # (N, 3 H)
        r_z = sigmoid(u[:, : 2 * H] + v[..., : 2 * H])
        z, n = r_z[:, H:], tanh(u[:, 2 * H :] + r_z[:, :H] * v[..., 2 * H :])
        h = n - z * n if h is None else n + z * (_truncated(h, t, x, truncate) - n)
        states.append(h)
    return states


def recurrent_shapes(kind: str, inputs: int, hidden: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a net's parameters: for a `Layout`.

    Args:
        kind: "rnn", "lstm" or "gru".
        inputs: D.
        hidden: H.

    Raises:
        UnknownNameError: no such kind.
        DomainError: inputs or hidden is below 1.

    >>> recurrent_shapes("lstm", 2, 8)
    {'Wx': (3, 32), 'Wh': (8, 32)}
    """
    if kind not in GATES:
        raise unknown("recurrent net", kind, GATES)
    inputs = integer("recurrent_shapes", "inputs", inputs, low=1)
    hidden = integer("recurrent_shapes", "hidden", hidden, low=1)
    width = GATES[kind] * hidden
    return {"Wx": (inputs + 1, width), "Wh": (hidden + (kind == "gru"), width)}


def recurrent_start(
    kind: str, inputs: int, hidden: int, rng: np.random.Generator
) -> dict[str, Array]:
    """Fresh parameters, gate by gate: Wx by `glorot`, Wh orthogonal, so that lengths are kept.

    Biases are 0 but for the LSTM's forget gate: there 1, so that it starts at σ(1) = 0.731059 and
    remembers. The arguments and errors are those of `recurrent_shapes`.

    >>> start = recurrent_start("lstm", 1, 2, np.random.default_rng(0))
    >>> start["Wx"][-1].tolist()
    [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]

    Source: Saxe, McClelland & Ganguli 2014 (orthogonal); Jozefowicz, Zaremba & Sutskever 2015, An
    empirical exploration of recurrent network architectures (forget bias; first Gers et al. 2000).
    """
    rows = recurrent_shapes(kind, inputs, hidden)["Wh"][0]
    gates = range(GATES[kind])
    Wx = np.hstack([glorot(inputs, hidden, rng) for _ in gates])
    Wh = np.hstack([orthogonal(hidden, hidden, rng) for _ in gates])[:rows]
    if kind == "lstm":
        Wx[-1, hidden : 2 * hidden] = 1
    return {"Wx": Wx, "Wh": Wh}


def jacobian_norms(slopes: Array, Wh: Array) -> tuple[Array, Array]:
    """‖∂h_T/∂h_{T−ℓ}‖₂ of a plain net for every lag ℓ: how much of the past gradients feel.

    One step back is diag(φ′) Whᵀ; ℓ of them never exceed (max φ′ · ‖Wh‖₂)^ℓ. If that base is below
    1 gradients must vanish; above it they may explode.

    Args:
        slopes: (T, H) φ′ at the scores of one sequence, h₁ first: 1 − h² for tanh.
        Wh: (H, H).

    Returns:
        The norms (T,) of lag 0, which is 1, to lag T − 1, and their bounds (T,).

    Raises:
        ShapeError: slopes or Wh is of another shape.

    >>> norms, bounds = jacobian_norms(np.ones((3, 1)), np.array([[0.5]]))
    >>> norms.tolist(), bounds.tolist()
    ([1.0, 0.5, 0.25], [1.0, 0.5, 0.25])

    Source: Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks,
    equations 5 to 7; Bengio, Simard & Frasconi 1994.
    """
    if slopes.ndim != 2 or not slopes.size or Wh.shape != 2 * slopes.shape[1:]:
        raise ShapeError(f"jacobian_norms: expected slopes (T, H) and Wh (H, H), got "
                         f"{slopes.shape} and {Wh.shape}.")  # fmt: skip
    T, H = slopes.shape
    J, norms = np.eye(H), np.ones(T)
    for lag, slope in enumerate(slopes[:0:-1], start=1):
        J = (J * slope) @ Wh.T
        size = np.linalg.norm(J, 2)
        norms[lag] = norms[lag - 1] * size
        J = J / (size or 1)  # so that the product stays within range
    base = np.abs(slopes).max() * np.linalg.norm(Wh, 2)
    return norms, base ** np.arange(T)


def _inputs(x: Tensor, Wx: Tensor) -> list[Tensor]:
    """[x_t 1] Wx for every time, each (N, G·H), by one product."""
    U = dense(x.transpose((1, 0, 2)), Wx)  # (T, N, G·H)
    starts = range(0, len(U.value), BLOCK)
    blocks = [U[s : s + BLOCK] for s in starts] if len(starts) > 1 else [U]
    return [block[t] for block in blocks for t in range(len(block.value))]


def _truncated(h: Tensor, t: int, x: Tensor, truncate: int | None) -> Tensor:
    """h_t as step t + 1 sees it: detached where gradients stop."""
    if not truncate or not t or (x.shape[1] - t) % truncate:
        return h
    return h.detach()


def _require(
    name: str,
    x: Tensor,
    Wx: Tensor,
    Wh: Tensor,
    starts: Mapping[str, Tensor | None],
    truncate: int | None,
) -> int:
    """H, after a look at all shapes."""
    if x.ndim != 3 or not x.shape[1]:
        raise ShapeError(f"{name}: expected x of shape (N, T, D) with T ≥ 1, got {x.shape}.")
    N, _, D = x.shape
    gates = GATES[name]
    H = Wh.shape[-1] // gates if Wh.ndim else 0
    G_H = f"{gates} H" if gates > 1 else "H"
    rows = H + (name == "gru")
    if H < 1 or Wh.shape != (rows, gates * H):
        shape = f"({'H + 1' if name == 'gru' else 'H'}, {G_H})"
        raise ShapeError(f"{name}: expected Wh of shape {shape}, got {Wh.shape}.")
    if Wx.shape != (D + 1, gates * H):
        raise ShapeError(f"{name}: expected Wx of shape (D + 1, {G_H}) = {(D + 1, gates * H)}, "
                         f"got {Wx.shape}.")  # fmt: skip
    for start, h in starts.items():
        if h is not None and h.shape != (N, H):
            raise ShapeError(f"{name}: expected {start} of shape {(N, H)}, got {h.shape}.")
    if truncate is not None:
        integer(name, "truncate", truncate, low=1)
    return H
