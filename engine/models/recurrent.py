"""Recurrent networks: plain, LSTM or GRU, with a dense layer behind the states."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.assembly import stack
from engine.init import glorot
from engine.nn.dense import dense
from engine.nn.recurrent import gru, lstm, recurrent_shapes, recurrent_start, rnn
from engine.parameters import ParamSpec
from engine.tensor import Tensor
from engine.validate import integer


@dataclass(frozen=True)
class RecurrentNet:
    """One state handed on through time, and outputs read from the last state or from every one.

    Args:
        kind: "rnn", "lstm" or "gru".
        inputs: D, numbers at each time.
        hidden: H, numbers of the state.
        outputs: K, numbers read from a state.
        every: whether each time has its outputs, or the last alone.
        truncate: how many steps a gradient goes back from the end of a sequence; all, if None.

    Raises:
        UnknownNameError: no such kind.
        DomainError: sizes that are not integers ≥ 1.

    >>> model = RecurrentNet("lstm", inputs=2, hidden=4, outputs=1)
    >>> params = model.spec.tensors(Tensor(model.init(np.random.default_rng(0))))
    >>> model(params, Tensor(np.zeros((3, 5, 2)))).shape
    (3, 1)

    Source: Elman 1990; Hochreiter & Schmidhuber 1997; Cho et al. 2014.
    """

    kind: str
    inputs: int
    hidden: int
    outputs: int
    every: bool = False
    truncate: int | None = None

    def __post_init__(self) -> None:
        for name in ("inputs", "hidden", "outputs", "truncate"):
            if name != "truncate" or self.truncate is not None:
                value = integer("RecurrentNet", name, getattr(self, name), low=1)
                object.__setattr__(self, name, value)
        recurrent_shapes(self.kind, self.inputs, self.hidden)

    @property
    def spec(self) -> ParamSpec:
        """Wx and Wh of the states, Wo of the outputs."""
        shapes = recurrent_shapes(self.kind, self.inputs, self.hidden)
        return ParamSpec({**shapes, "Wo": (self.hidden + 1, self.outputs)})

    def init(self, rng: np.random.Generator) -> Array:
        """Initial parameters, one flat vector."""
        values = recurrent_start(self.kind, self.inputs, self.hidden, rng)
        return self.spec.flatten({**values, "Wo": glorot(self.hidden, self.outputs, rng)})

    def carry(self, rows: int) -> dict[str, Array]:
        """States to begin a stream with, for truncated BPTT over sequences that continue."""
        names = ("h", "c") if self.kind == "lstm" else ("h",)
        return {name: np.zeros((rows, self.hidden)) for name in names}

    def states(
        self, params: Mapping[str, Tensor], x: Tensor
    ) -> tuple[list[Tensor], dict[str, Tensor]]:
        """All states h (N, H) for x (N, T, D), and the last as what a stream hands on.

        They begin with the `h` (and `c`) among the params, or with zeros.
        """
        Wx, Wh, h0 = params["Wx"], params["Wh"], params.get("h")
        if self.kind == "lstm":
            start = None if h0 is None else (h0, params["c"])
            h, c = lstm(x, Wx, Wh, start, truncate=self.truncate)
            return h, {"h": h[-1], "c": c[-1]}
        cell = rnn if self.kind == "rnn" else gru
        h = cell(x, Wx, Wh, h0, truncate=self.truncate)
        return h, {"h": h[-1]}

    def __call__(self, params: Mapping[str, Tensor], x: Tensor) -> Tensor:
        """Outputs (N, K) for x (N, T, D), or (N, T, K) if `every`."""
        return self.train(params, x)[0]

    def train(self, params: Mapping[str, Tensor], x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The outputs, and what a stream hands on to its next piece."""
        h, carry = self.states(params, x)
        if not self.every:
            return dense(h[-1], params["Wo"]), carry
        return dense(stack(h), params["Wo"]).transpose((1, 0, 2)), carry
