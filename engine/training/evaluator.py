"""Values of a model while it is trained."""

from collections.abc import Callable, Sequence

import numpy as np

from engine.array import Array
from engine.parameters import ParamSpec
from engine.program import Program
from engine.tensor import Tensor


class Evaluator:
    """A compiled function of the current parameters and some fixed arrays.

    Args:
        w: the flat parameters, read anew at each call.
        spec: their names and shapes.
        function: parameters and the arrays as tensors, to the tensors wanted.
        arrays: the fixed arrays, taken into the type of w.

    >>> w, spec = np.array([2.0]), ParamSpec({"W": (1, 1)})
    >>> evaluator = Evaluator(w, spec, lambda p, x: [(x @ p["W"]).sum()], np.ones((3, 1)))
    >>> w[0] = 5.0
    >>> float(evaluator()[0])
    15.0
    """

    def __init__(
        self,
        w: Array,
        spec: ParamSpec,
        function: Callable[..., Sequence[Tensor]],
        *arrays: Array,
    ) -> None:
        inputs = [Tensor(np.asarray(x, w.dtype), f"x{i}") for i, x in enumerate(arrays)]
        outputs = function(spec.tensors(Tensor(w, "w")), *inputs)
        self._program = Program(inputs, outputs)
        self._arrays = [self._program.layout(i, x) for i, x in enumerate(arrays)]
        self._shapes = [x.shape for x in outputs]

    def __call__(self) -> tuple[Array, ...]:
        """The values now; the arrays are overwritten by the next call."""
        with np.errstate(all="ignore"):
            return self._program.run(*self._arrays)

    def __repr__(self) -> str:
        return f"Evaluator(values of shapes {', '.join(map(str, self._shapes))})"
