"""Layers: functions of parameters and inputs."""

from engine.nn.attention import (
    attention,
    causal_mask,
    multi_head,
    positions,
    transformer_block,
    transformer_block_shapes,
    transformer_block_start,
)
from engine.nn.conv import biased, conv, conv_transpose, receptive_field
from engine.nn.dense import dense, flatten
from engine.nn.dropout import dropout, dropout_mask
from engine.nn.embedding import embedding
from engine.nn.norm import batch_norm, batch_norm_fixed, layer_norm, running, unbiased
from engine.nn.pool import avg_pool, max_pool
from engine.nn.recurrent import gru, jacobian_norms, lstm, recurrent_shapes, recurrent_start, rnn

__all__ = [
    "attention", "avg_pool", "batch_norm", "batch_norm_fixed", "biased", "causal_mask", "conv",
    "conv_transpose", "dense", "dropout", "dropout_mask", "embedding", "flatten", "gru",
    "jacobian_norms", "layer_norm", "lstm", "max_pool", "multi_head", "positions",
    "receptive_field", "recurrent_shapes", "recurrent_start", "rnn", "running",
    "transformer_block", "transformer_block_shapes", "transformer_block_start", "unbiased",
]  # fmt: skip
