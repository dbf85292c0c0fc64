"""The passes of the compiler one by one, without a line of text."""

import numpy as np
import pytest

from engine.program.allocate import allocate
from engine.program.placement import Placement
from engine.program.simplify import Simplifier
from engine.program.storage import Buffer, Compute, Copy, Evaluate, Leaf, Multiply, Part
from engine.reverse import grad
from engine.tensor import Tensor, apply


def leaf(*shape, name=""):
    return Tensor(np.random.default_rng(0).standard_normal(shape), name)


def nodes(*tensors, inputs=()):
    return Simplifier(inputs).nodes(tensors)


def operations(instructions):
    return [x.node.op.name for x in instructions if not isinstance(x, Copy)]


# Simplify.
@pytest.mark.parametrize(
    ("make", "name", "inputs"),
    [
        (lambda x, y: x * 1 + 0, "leaf", 0),
        (lambda x, y: x + -y, "subtract", 2),
        (lambda x, y: x.T.T, "leaf", 0),
        (lambda x, y: x.reshape(4).reshape(2, 2), "leaf", 0),
        (lambda x, y: x.detach(), "leaf", 0),
        (lambda x, y: x / 4, "multiply", 2),
        (lambda x, y: x.broadcast_to(2, 2) + y, "add", 2),
        (lambda x, y: x / 3 + y / 3, "multiply", 2),
    ],
)
def test_an_expression_is_simplified_to_another(make, name, inputs):
    x, y = leaf(2, 2), leaf(2, 2)
    (node,) = nodes(make(x, y))
    assert (node.op.name if node.op else "leaf", len(node.inputs)) == (name, inputs)


def test_equal_expressions_are_one_node_and_indices_tell_them_apart():
    x = leaf(3)
    a, b, c = nodes(np.sin(x[1:]), np.sin(x[1:]), np.sin(x[:-1]))
    assert a is b
    assert a is not c


def test_numbers_are_folded():
    (node,) = nodes(Tensor(2.0) * 0 + apply("add", 1.0, 2.0))
    assert node.inputs[1].uniform == 3.0


def test_numbers_of_one_value_and_another_sign_of_zero_stay_apart():
    x = leaf(2)
    a, b = nodes(np.maximum(x, 0.0), np.maximum(x, -0.0))
    assert np.signbit(b.inputs[1].uniform)
    assert not np.signbit(a.inputs[1].uniform)


# Position.
def test_a_part_of_a_pack_is_computed_where_it_belongs():
    w, u = leaf(2, name="w"), leaf(3, name="u")
    packed = apply("concat_flat", np.sin(w), np.cos(u))
    outputs = nodes(packed)
    step = allocate([], outputs, [])
    first, second = step.instructions
    assert isinstance(first.out, Part)
    assert first.out.whole is second.out.whole is step.returns[0]


def test_a_view_has_the_root_that_owns_its_memory():
    x = leaf(2, 3)
    y = np.sin(x)
    (view, node) = nodes(y.T[1:].reshape(2, 2), y)
    assert Placement([], [view], []).roots[view] is node


# Allocate.
def test_a_chain_runs_in_one_buffer():
    x = leaf(4)
    y = x
    for _ in range(10):
        y = np.sin(np.cos(y))
    step = allocate([], nodes(y), [])
    assert len({id(x.out) for x in step.instructions}) == 1


def test_what_is_read_later_is_not_overwritten():
    x = leaf(4)
    a = np.sin(x)
    step = allocate([], nodes(np.exp(a) * a), [])
    first, second, third = step.instructions
    assert second.out is not first.out
    assert third.out in (first.out, second.out)


def test_a_new_state_is_written_over_the_old_one():
    w, lr = leaf(3, name="w"), leaf(name="lr")
    state, new = nodes(w, w - lr * w)
    step = allocate([], [], [(state, new)])
    assert [type(x) for x in step.instructions] == [Compute, Compute]
    assert step.instructions[-1].out == step.storage[state]
    assert isinstance(step.storage[state], Leaf)


def test_a_state_that_is_read_afterwards_is_written_at_the_end():
    w, v = leaf(3, name="w"), leaf(3, name="v")
    pairs = [(w, w * 2), (v, v + w)]
    w_node, w_new, v_node, v_new = nodes(*(x for pair in pairs for x in pair))
    step = allocate([], [], [(w_node, w_new), (v_node, v_new)])
    read = next(i for i, x in enumerate(step.instructions) if x.node is v_new)
    written = [i for i, x in enumerate(step.instructions) if x.out is step.storage[w_node]]
    assert min(written) > read


def test_a_kernel_that_reads_an_input_again_may_not_write_over_it():
    c, a, b = leaf(3), leaf(3), leaf(3)
    step = allocate([], nodes(apply("where", c > 0, np.sin(a), np.cos(b))), [])
    *_, taken, other, chosen = step.instructions
    assert chosen.node.op.name == "where"
    sides = dict(zip(chosen.node.inputs, chosen.inputs, strict=True))
    assert chosen.out is not sides[chosen.node.inputs[1]]
    assert chosen.out is sides[chosen.node.inputs[2]]
    assert {type(taken), type(other)} == {Compute}


def test_a_product_is_one_call_that_fits_the_memory():
    x, W = leaf(5, 3, name="x"), leaf(4, 2, name="W")
    hidden = apply("append_ones", x) @ W
    (node_x, y) = Simplifier([x]).nodes([x, hidden])
    (step,) = allocate([node_x], [y], []).instructions
    assert isinstance(step, Multiply)
    assert step.by == "transposed dot"  # a batch lies last


def test_single_numbers_are_computed_outside_of_arrays():
    a, b = leaf(name="a"), leaf(name="b")
    step = allocate([], nodes(a * b + 1), [])
    assert [type(x) for x in step.instructions] == [Evaluate, Evaluate]
    assert operations(step.instructions) == ["multiply", "add"]


def test_a_workspace_is_handed_on_to_the_next_kernel():
    z = leaf(3000, name="z")
    h = apply("relu", z)
    (g,) = grad((apply("relu", h * 2) ** 2).sum(), [z])
    step = allocate([], nodes(g), [])
    masks = [x.workspace["mask"] for x in step.instructions
             if isinstance(x, Compute) and "mask" in x.workspace]  # fmt: skip
    assert len(masks) == 2
    assert masks[0] is masks[1]
    assert isinstance(masks[0], Buffer)
