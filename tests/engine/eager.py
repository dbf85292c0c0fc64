"""What a program should give: its tensors computed again, one after the other."""

import numpy as np

from engine.program import Program
from engine.tensor import ancestors


def eager(roots, leaves):
    """The values of tensors, computed again one by one from other values of the leaves."""
    values = {}
    with np.errstate(all="ignore"):
        for x in ancestors(roots):
            if x.op is None:
                values[x.serial] = leaves.get(x.serial, x.value).copy()
            else:
                values[x.serial] = x.op.value(*(values[y.serial] for y in x.inputs), **x.attrs)
    return [np.array(values[x.serial]) for x in roots]


def close(a, b):
    assert np.shape(a) == b.shape
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-11)


def agree(inputs, outputs, updates, turn=(), calls=3, seed=0):
    """Call a program some times and compare its outputs and states with the eager values."""
    program, rng = Program(inputs, outputs, updates), np.random.default_rng(seed)
    for _ in range(calls):
        given = [rng.standard_normal(x.shape) for x in inputs]
        for x in turn:
            x.value[...] = rng.standard_normal(x.shape)
        leaves = {x.serial: v for x, v in zip(inputs, given, strict=True)}
        wanted = eager([*outputs, *(new for _, new in updates)], leaves)
        got = program(*given)
        for a, b in zip([*got, *(state.value for state, _ in updates)], wanted, strict=True):
            close(a, b)
