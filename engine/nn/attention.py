"""Attention: every token asks all others, and takes a mean of what they hold, weighed by fit.

Shapes: N batch, T tokens that ask (queries), S tokens that are asked (keys and values), D features,
d the length of a query and of a key, e that of a value.

A mask is of one of two kinds, told apart by its type, as in PyTorch's scaled_dot_product_attention.
Booleans allow: True where a token may be seen. (PyTorch's MultiheadAttention means the opposite.)
Floats are added to the scores: 0 where a token may be seen, −∞ or `HIDDEN` where not; so is a
Tensor, which holds only floats. Integers are refused, because 0 and 1 would be read as either. The
shape is (T, S), or any that is repeated along the scores: (N, 1, 1, S) hides the padding of each
row of a batch from every head. A query that may see nothing has no mean to take and is refused
(PyTorch answers NaN).
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.activations import Activation, gelu, softmax
from engine.array import Array, Mask
from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.init import glorot
from engine.nn.dense import dense
from engine.nn.norm import layer_norm
from engine.tensor import Tensor
from engine.validate import integer, require

HIDDEN = -1e9
"""What a mask may add in place of −∞ where nothing is to be seen: e⁻¹⁰⁰⁰ is already exactly 0.

−∞ hides at any size of the scores, this only while |s| < 10⁸. But a mask that changes from call to
call of a compiled step is checked only once: where it comes to hide a whole row, −∞ gives NaN and
this a mean.
"""


def attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | Array | Mask | None = None
) -> tuple[Tensor, Tensor]:
    """softmax(q kᵀ / √d + mask) v: for each query a mean of the values, by fit of their keys.

    Of unit normal q and k the product q·k has variance d; √d keeps it at 1, and the softmax awake.

    Args:
        q: (…, T, d) what each token asks.
        k: (…, S, d) what each token answers to.
        v: (…, S, e) what each token holds.
        mask: booleans that allow, or floats that are added to the scores, see above.

    Returns:
        The output (…, T, e), and the weights (…, T, S), whose rows sum to 1.

    Raises:
        ShapeError: q, k, v or mask do not fit together.
        DomainError: a mask hides everything from a query, holds NaN or ∞, or is of integers.

    >>> q, k, v = Tensor([[0.0]]), Tensor([[5.0], [-5.0]]), Tensor([[2.0], [4.0]])
    >>> y, weights = attention(q, k, v)
    >>> y.value.tolist(), weights.value.tolist()
    ([[3.0]], [[0.5, 0.5]])
    >>> attention(q, k, v, mask=np.array([True, False]))[1].value.tolist()
    [[1.0, 0.0]]

    Source: Vaswani et al. 2017, Attention is all you need, equation 1.
    """
    shapes = f"{q.shape}, {k.shape} and {v.shape}"
    if min(q.ndim, k.ndim, v.ndim) < 2 or not q.shape[-1] == k.shape[-1] > 0:
        raise ShapeError(
            f"attention: expected q (…, T, d), k (…, S, d), v (…, S, e), got {shapes}."
        )
    if not k.shape[-2] == v.shape[-2] > 0:
        raise ShapeError(f"attention: expected as many keys as values, at least one, got q, k, v "
                         f"{shapes}.")  # fmt: skip
    k_T = k.transpose([*range(k.ndim - 2), -1, -2])
    scores = (q @ k_T) / math.sqrt(q.shape[-1])  # (…, T, S)
    if mask is not None:
        scores = scores + _bias(mask, scores.shape)
    weights = softmax(scores).named("weights")
    return weights @ v, weights


def causal_mask(T: int) -> Array:
    """(T, T), −∞ above the diagonal: a token sees itself and the past, never the future.

    The booleans `np.tri(T, dtype=bool)` say the same.

    Raises:
        DomainError: T is below 1.

    >>> (causal_mask(3) == 0).astype(int).tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]

    Source: Vaswani et al. 2017, section 3.2.3.
    """
    T = integer("causal_mask", "T", T, low=1)
    return np.triu(np.full((T, T), -np.inf), 1)


def multi_head(
    x: Tensor,
    W_q: Tensor,
    W_k: Tensor,
    W_v: Tensor,
    W_o: Tensor,
    heads: int,
    mask: Tensor | Array | Mask | None = None,
    memory: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Attention several times in D / heads features each, the outputs side by side through W_o.

    Args:
        x: (N, T, D) the tokens that ask.
        W_q: (D + 1, D), the bias in the last row as in `dense`; so the three others too. The first
            columns belong to the first head.
        W_k: the matrix of the keys.
        W_v: the matrix of the values.
        W_o: the matrix of the output.
        heads: how many; D is a multiple of it.
        mask: of the scores (N, heads, T, S), booleans or floats, see above.
        memory: (N, S, D) the tokens that are asked (cross-attention); without it x itself.

    Returns:
        The output (N, T, D), and the weights (N, heads, T, S).

    Raises:
        ShapeError: x, memory or a matrix is of another shape.
        DomainError: heads is below 1, or does not divide D.

    >>> x, W = Tensor(np.ones((1, 3, 4))), Tensor(np.eye(5, 4))
    >>> y, weights = multi_head(x, W, W, W, W, heads=2)
    >>> y.shape, weights.shape
    ((1, 3, 4), (1, 2, 3, 3))

    Source: Vaswani et al. 2017, section 3.2.2.
    """
    asked = x if memory is None else memory
    if not x.ndim == asked.ndim == 3 or x.shape[::2] != asked.shape[::2]:
        raise ShapeError(f"multi_head: expected x (N, T, D) and memory (N, S, D), got {x.shape} "
                         f"and {asked.shape}.")  # fmt: skip
    D = x.shape[-1]
    for name, W in (("W_q", W_q), ("W_k", W_k), ("W_v", W_v), ("W_o", W_o)):
        if W.shape != (D + 1, D):
            raise ShapeError(f"multi_head: expected {name} of shape {(D + 1, D)}, got {W.shape}.")
    heads = integer("multi_head", "heads", heads, low=1)
    require(D % heads == 0, "multi_head", f"heads that divide D = {D}", heads)
    q, k, v = (
        _rows(tokens, W).reshape((*tokens.shape[:2], heads, D // heads)).transpose((0, 2, 1, 3))
        for tokens, W in ((x, W_q), (asked, W_k), (asked, W_v))
    )  # (N, heads, T or S, D / heads)
    y, weights = attention(q, k, v, mask)
    joined = y.transpose((0, 2, 1, 3)).reshape(x.shape)  # heads side by side
    return _rows(joined, W_o), weights


def transformer_block(
    x: Tensor,
    params: Mapping[str, Tensor],
    heads: int,
    mask: Tensor | Array | Mask | None = None,
    activation: Activation = gelu,
) -> Tensor:
    """h = x + multi_head(norm x), then h + mlp(norm h): tokens talk, then each thinks for itself.

    The norm stands before (pre-norm), so that x itself runs through all blocks untouched and
    gradients keep their size at the start; the paper of 2017 has it after each sum.

    Args:
        x: (N, T, D).
        params: the tensors named by `transformer_block_shapes`.
        heads: of the attention; D is a multiple of it.
        mask: as in `multi_head`.
        activation: of the hidden layer of the mlp.

    Returns:
        (N, T, D).

    Raises:
        UnknownNameError: a parameter is missing.
        ShapeError: x or a parameter is of another shape.
        DomainError: heads does not divide D.

    >>> start = transformer_block_start(4, 8, np.random.default_rng(0))
    >>> params = {name: Tensor(value, name) for name, value in start.items()}
    >>> transformer_block(Tensor(np.ones((1, 3, 4))), params, heads=2).shape
    (1, 3, 4)

    Source: Xiong et al. 2020, On layer normalization in the transformer, figure 1b and table 1.
    """
    missing = [name for name in transformer_block_shapes(1, 1) if name not in params]
    if missing:
        raise UnknownNameError(
            f"transformer_block: expected the params of transformer_block_shapes, got none called "
            f"{missing[0]}."
        )
    p = params
    normal = layer_norm(x, p["norm1_scale"], p["norm1_shift"])
    h = x + multi_head(normal, p["W_q"], p["W_k"], p["W_v"], p["W_o"], heads, mask)[0]
    normal = layer_norm(h, p["norm2_scale"], p["norm2_shift"])
    return h + _rows(activation(_rows(normal, p["W1"])), p["W2"])


def transformer_block_shapes(width: int, hidden: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a block's parameters, in the order of their use: for a `Layout`.

    Args:
        width: D.
        hidden: neurons of the mlp, most often 4 D.

    Raises:
        DomainError: width or hidden is below 1.

    >>> shapes = transformer_block_shapes(4, 16)
    >>> ", ".join(shapes)
    'norm1_scale, norm1_shift, W_q, W_k, W_v, W_o, norm2_scale, norm2_shift, W1, W2'
    >>> shapes["W1"]
    (5, 16)
    """
    width = integer("transformer_block_shapes", "width", width, low=1)
    hidden = integer("transformer_block_shapes", "hidden", hidden, low=1)
    square, row = (width + 1, width), (width,)
    return {
        "norm1_scale": row, "norm1_shift": row,
        "W_q": square, "W_k": square, "W_v": square, "W_o": square,
        "norm2_scale": row, "norm2_shift": row,
        "W1": (width + 1, hidden), "W2": (hidden + 1, width),
    }  # fmt: skip


def transformer_block_start(width: int, hidden: int, rng: np.random.Generator) -> dict[str, Array]:
    """Fresh parameters: matrices by `glorot`, biases and shifts 0, scales 1.

    >>> start = transformer_block_start(4, 8, np.random.default_rng(0))
    >>> start["norm1_scale"].tolist(), start["W1"].shape
    ([1.0, 1.0, 1.0, 1.0], (5, 8))

    Source: Glorot & Bengio 2010, equation 16.
    """
    return {
        name: glorot(shape[0] - 1, shape[1], rng) if len(shape) == 2
        else np.full(shape, 1.0 if name.endswith("scale") else 0.0)
        for name, shape in transformer_block_shapes(width, hidden).items()
    }  # fmt: skip


def positions(length: int, width: int) -> Array:
    """sin(ωᵢ t) and cos(ωᵢ t) in columns 2 i and 2 i + 1, ωᵢ = 10000^(−2 i / D): where a token is.

    Attention alone does not see order; these are added to the tokens. A shift by k steps turns
    each pair by the angle ωᵢ k, whatever t.

    Args:
        length: T, how many places.
        width: D, an even number.

    Returns:
        (T, D).

    Raises:
        DomainError: length is below 1, or width is odd or below 2.

    >>> positions(2, 4).round(4).tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.8415, 0.5403, 0.01, 1.0]]

    Source: Vaswani et al. 2017, section 3.5.
    """
    length = integer("positions", "length", length, low=1)
    width = integer("positions", "width", width, low=2)
    require(width % 2 == 0, "positions", "an even width", width)
    omega = 10000.0 ** -(np.arange(0, width, 2) / width)  # (D / 2,)
    angle = np.arange(length)[:, None] * omega
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(length, width)


def _rows(x: Tensor, W: Tensor) -> Tensor:
    """`dense` for every token: (N, T, n_in) to (N, T, n_out)."""
    z = dense(x.reshape((-1, x.shape[-1])), W)
    return z.reshape((*x.shape[:-1], W.shape[1]))


def _bias(mask: Tensor | Array | Mask, scores: tuple[int, ...]) -> Tensor | Array:
    """What is added to the scores: booleans become 0 and −∞, floats stay as they are."""
    values: NDArray[Any] = mask.value if isinstance(mask, Tensor) else np.asarray(mask)
    if values.dtype.kind not in "bf":
        raise DomainError(f"attention: expected a mask of booleans (True: may be seen) or of "
                          f"floats to add to the scores, got {values.dtype}. Write mask == 1 if "
                          f"1 means that a token may be seen.")  # fmt: skip
    bias: Array = np.where(values, 0.0, -np.inf) if values.dtype.kind == "b" else values
    try:
        fits = np.broadcast_shapes(bias.shape, scores) == scores
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"attention: expected a mask that fits the scores {scores}, got "
                         f"{bias.shape}.")  # fmt: skip
    best = bias.max(-1) if bias.ndim else bias
    if not np.all((best > HIDDEN) & (best < np.inf)):  # NaN is the maximum of a row that holds it
        raise DomainError("attention: expected a mask in which each query sees some key, got a "
                          "row all hidden, or one with NaN or ∞.")  # fmt: skip
    return mask if isinstance(mask, Tensor) else bias
