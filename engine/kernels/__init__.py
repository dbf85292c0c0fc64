"""The functions that NumPy has no single call for, written to fill arrays that are given."""

from engine.kernels.buffers import ones, zeros
from engine.kernels.convolution import slide, slide_inputs, slide_weights
from engine.kernels.pointwise import erf, gate, hard_tanh, huber, relu, sigmoid, softplus
from engine.kernels.rows import embed, join, logsumexp, scatter, softmax, take, with_ones
from engine.kernels.windows import (
    fold,
    max_pick,
    max_pool,
    max_unpool,
    unfold,
    window_counts,
)

__all__ = [
    "embed", "erf", "fold", "gate", "hard_tanh", "huber", "join", "logsumexp",
    "max_pick", "max_pool", "max_unpool", "ones", "relu", "scatter", "sigmoid", "slide",
    "slide_inputs", "slide_weights", "softmax", "softplus", "take", "unfold", "window_counts",
    "with_ones", "zeros",
]  # fmt: skip
