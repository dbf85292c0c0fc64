"""A look at a model while it is trained."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.array import Array
from engine.parameters import Layout
from engine.program import Program
from engine.tensor import Tensor


class Probe:
    """A compiled look: values computed from the current parameters and some fixed arrays.

    Args:
        w: the flat parameters, read anew at each call.
        layout: their names and shapes.
        look: parameters and the arrays as tensors, to the tensors wanted.
        arrays: the fixed arrays, taken into the type of w.

    >>> w = np.array([2.0])
    >>> probe = Probe(w, Layout({"W": (1, 1)}), lambda p, x: [(x @ p["W"]).sum()], np.ones((3, 1)))
    >>> w[0] = 5.0
    >>> float(probe()[0])
    15.0
    """

    def __init__(
        self,
        w: Array,
        layout: Layout,
        look: Callable[..., Sequence[Tensor]],
        *arrays: Array,
    ) -> None:
        inputs = [Tensor(np.asarray(x, w.dtype), f"x{i}") for i, x in enumerate(arrays)]
        outputs = look(layout.tensors(Tensor(w, "w")), *inputs)
        self._program = Program(inputs, outputs)
        self._arrays = [self._program.layout(i, x) for i, x in enumerate(arrays)]

    def __call__(self) -> tuple[Array, ...]:
        """The values now; the arrays are overwritten by the next call."""
        with np.errstate(all="ignore"):
            return self._program.run(*self._arrays)
