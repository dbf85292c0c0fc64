"""A snapshot is the same graph at this moment, and stays as it is."""

from dataclasses import replace

import numpy as np

from engine.explain import audit, explain, explain_gradient, name_tensors, snapshot
from engine.program import Program
from engine.tensor import OPS, Tensor, ancestors, apply


def test_after_a_compiled_update_the_formulas_show_the_new_numbers():
    x, w = Tensor([[1.0, 2.0]], "x"), Tensor([[0.5], [0.25]], "w")
    z = (x @ w).named("z")
    y = (z * z).sum().named("y")
    Program([], updates=[(w, w - 0.5)])()
    later_z, later_y = snapshot([z, y])
    assert explain(z, (0, 0)).value == 1.0
    assert explain(later_z, (0, 0)).numbers == "1·0 + 2·(-0.25)"
    assert explain(later_z, (0, 0)).value == -0.5
    leaf = later_z.inputs[1]
    assert explain_gradient(later_y, leaf, (1, 0)).numbers == "(-1)·2"
    assert audit(later_y, leaf, (1, 0))


def test_it_has_the_same_names_and_constants_and_no_array_in_common():
    x = Tensor(np.array([1.0, 2.0], np.float32), "x")
    y = (np.tanh(x * 3) + x).sum()
    (copy,) = snapshot([y])
    assert list(name_tensors([copy]).values()) == list(name_tensors([y]).values())
    assert explain(copy.inputs[0].inputs[0], (0,)).numbers == explain(
        y.inputs[0].inputs[0], (0,)).numbers  # fmt: skip
    assert copy.value.dtype == y.value.dtype
    x.value[...] = 7.0
    assert copy.item() == y.item()
    assert not any(np.shares_memory(x.value, node.value) for node in ancestors([copy]))


def test_a_primitive_that_is_not_in_the_table_is_copied_as_well():
    own = replace(OPS["square"], name="own square")
    y = apply(own, Tensor(3.0, "x"))
    (copy,) = snapshot([y])
    assert copy.op is own
    assert copy.item() == 9.0
