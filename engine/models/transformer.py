"""The attention model: a small transformer that maps tokens to tokens."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.init import glorot
from engine.losses import cross_entropy
from engine.nn.attention import (
    causal_mask,
    positions,
    transformer_block,
    transformer_block_shapes,
    transformer_block_start,
)
from engine.nn.dense import dense
from engine.nn.embedding import embedding
from engine.nn.norm import layer_norm
from engine.parameters import ParamSpec
from engine.tensor import Tensor
from engine.validate import integer


@dataclass(frozen=True)
class Transformer:
    """Tokens looked up, their places added, some blocks of attention, and scores for each token.

    Args:
        tokens: K, how many different ones there are.
        length: T, how many stand in a sequence.
        width: D of a token's vector, even, a multiple of heads.
        heads: of each attention.
        hidden: neurons of each block's mlp.
        blocks: one on another.
        causal: whether a token sees only itself and those before it.

    Raises:
        DomainError: sizes that are not integers ≥ 1, an odd width, or one that heads do not divide.

    >>> model = Transformer(tokens=5, length=3, width=8, heads=2, hidden=16)
    >>> w = model.init(np.random.default_rng(0))
    >>> ids = Tensor([[0.0, 4.0, 2.0]])
    >>> model(model.spec.tensors(Tensor(w)), ids).shape
    (1, 3, 5)

    Source: Vaswani et al. 2017, Attention is all you need; norms first as in Xiong et al. 2020.
    """

    tokens: int
    length: int
    width: int = 32
    heads: int = 4
    hidden: int = 64
    blocks: int = 1
    causal: bool = False

    def __post_init__(self) -> None:
        for name in ("tokens", "length", "width", "heads", "hidden", "blocks"):
            object.__setattr__(self, name, integer("Transformer", name, getattr(self, name), low=1))
        if self.width % 2 or self.width % self.heads:
            raise DomainError(f"Transformer: expected an even width that heads divide, got width "
                              f"{self.width} and {self.heads} heads.")  # fmt: skip

    @property
    def spec(self) -> ParamSpec:
        """The table of tokens, the blocks' parameters with their number, the last norm and W."""
        block = transformer_block_shapes(self.width, self.hidden)
        return ParamSpec({
            "table": (self.tokens, self.width),
            **{f"{name}.{i}": shape for i in range(self.blocks) for name, shape in block.items()},
            "scale": (self.width,), "shift": (self.width,),
            "W": (self.width + 1, self.tokens),
        })  # fmt: skip

    def init(self, rng: np.random.Generator) -> Array:
        """Initial parameters, one flat vector."""
        values: dict[str, Array] = {"table": rng.standard_normal((self.tokens, self.width))}
        for i in range(self.blocks):
            block = transformer_block_start(self.width, self.hidden, rng)
            values |= {f"{name}.{i}": value for name, value in block.items()}
        values |= {"scale": np.ones(self.width), "shift": np.zeros(self.width)}
        values["W"] = glorot(self.width, self.tokens, rng)
        return self.spec.flatten(values)

    def __call__(self, params: Mapping[str, Tensor], ids: Tensor) -> Tensor:
        """Scores (N, T, K) for token numbers ids (N, T)."""
        mask = causal_mask(self.length) if self.causal else None
        h = embedding(ids, params["table"]) + positions(self.length, self.width)
        for i in range(self.blocks):
            names = transformer_block_shapes(self.width, self.hidden)
            block = {name: params[f"{name}.{i}"] for name in names}
            h = transformer_block(h, block, self.heads, mask)
        h = layer_norm(h, params["scale"], params["shift"])
        scores = dense(h.reshape((-1, self.width)), params["W"])
        return scores.reshape((*ids.shape, self.tokens)).named("z")

    def loss(self, params: Mapping[str, Tensor], ids: Tensor, y: Tensor) -> Tensor:
        """The mean cross entropy of all tokens, in nats, for one-hot targets y (N, T, K)."""
        flat = (-1, self.tokens)
        return cross_entropy(self(params, ids).reshape(flat), y.reshape(flat))
