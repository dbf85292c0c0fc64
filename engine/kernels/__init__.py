"""The functions that NumPy has no single call for, written to fill arrays that are given."""

from engine.kernels.pointwise import erf, hard_tanh, huber, relu, sigmoid, softplus
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
    "embed", "erf", "fold", "hard_tanh", "huber", "join", "logsumexp", "max_pick", "max_pool",
    "max_unpool", "relu", "scatter", "sigmoid", "softmax", "softplus", "take", "unfold",
    "window_counts", "with_ones",
]  # fmt: skip
