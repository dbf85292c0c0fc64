"""Reverse mode: values known from elsewhere, gradients of gradients, chains without end."""

import subprocess
import sys

import numpy as np
import pytest

from engine.errors import DomainError, ShapeError
from engine.reverse import grad, gradcheck, hessian_vector, jacobian, unbroadcast, value_and_grad
from engine.tensor import Tensor, apply


def relu(x):
    return apply("relu", x)


def micrograd(a, b):
    """The worked example of micrograd's README (Karpathy 2020)."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + relu(b + a)
    d += 3 * d + relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def rosenbrock(w):
    x, y = w[0], w[1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def test_the_example_of_micrograd():
    a, b = Tensor(-4.0), Tensor(2.0)
    g = micrograd(a, b)
    got = [g.item(), *(d.item() for d in grad(g, [a, b]))]
    np.testing.assert_allclose(got, [24.70408163265306, 138.8338192419825, 645.5772594752187])


def test_the_hessian_of_rosenbrock_at_its_usual_start():
    w = Tensor([-1.2, 1.0])
    (g,) = grad(rosenbrock(w), [w])
    rows = [grad(g[i], [w])[0].value for i in range(2)]
    np.testing.assert_allclose(g.value, [-215.6, -88.0], rtol=1e-14)
    np.testing.assert_allclose(rows, [[1330, 480], [480, 200]], rtol=1e-14)
    for v in np.eye(2), np.ones((2, 2)):
        got = [hessian_vector(rosenbrock(w), w, column).value for column in v]
        np.testing.assert_allclose(got, v @ rows, rtol=1e-14)


@pytest.mark.parametrize("order", range(1, 6))
def test_derivatives_of_higher_order(order):
    x = Tensor(0.7)
    y = np.exp(2 * x)
    for _ in range(order):
        (y,) = grad(y, [x])
    assert y.item() == pytest.approx(2**order * np.exp(1.4), rel=1e-14)


def test_the_derivatives_of_tanh_and_of_its_slope():
    x = Tensor(0.3)
    first = grad(np.tanh(x), [x])[0]
    second = grad(first, [x])[0]
    t = np.tanh(0.3)
    assert [first.item(), second.item()] == pytest.approx([1 - t**2, -2 * t * (1 - t**2)])


def test_a_long_chain_needs_no_recursion():
    x = Tensor(1.0)
    y = x
    for _ in range(10_000):
        y = y * 1.0001 + 0.0
    (dy,) = grad(y, [x])
    assert dy.item() == pytest.approx(1.0001**10_000)


def test_a_long_chain_can_be_thrown_away():
    code = """if True:
        import sys
        from engine.tensor import Tensor
        sys.setrecursionlimit(200)
        y = Tensor(1.0)
        for _ in range(100_000):
            y = -y
        del y
        print("alive")
    """
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout == "alive\n", run.stderr


def test_two_calls_give_the_same_gradients():
    a, b = Tensor(-4.0), Tensor(2.0)
    g = micrograd(a, b)
    first, second = ([d.item() for d in grad(g, [a, b])] for _ in range(2))
    assert first == second


def test_a_value_used_twice_gets_both_parts():
    x = Tensor([1.0, 2.0])
    y = x * x
    (dx,) = grad((y + y * x).sum(), [x])
    np.testing.assert_allclose(dx.value, 2 * x.value + 3 * x.value**2)


def test_gradients_reach_inner_tensors_and_only_what_matters():
    x, other = Tensor([1.0, 2.0]), Tensor([[5.0]])
    y = x * 3
    dy, dother, dz = grad((y * y).sum(), [y, other, z := Tensor(1.0)])
    np.testing.assert_array_equal(dy.value, 2 * y.value)
    assert dother.value.tolist() == [[0.0]]
    assert dz.shape == z.shape
    assert grad(z, [z])[0].item() == 1.0


def test_nothing_flows_through_what_does_not_depend():
    """A constant that is nan, and its slope, must not poison the rest."""
    x = Tensor(2.0)
    (dx,) = grad(x**3 + 0 * np.log(Tensor(np.nan)), [x])
    assert dx.item() == pytest.approx(12)


@pytest.mark.parametrize(
    ("shape", "onto"),
    [
        ((3, 2), (2,)),
        ((3, 2), (1, 2)),
        ((3, 2), (3, 1)),
        ((3, 2), ()),
        ((2,), (2,)),
        ((0, 2), (2,)),
    ],
)
def test_what_was_repeated_is_summed(shape, onto):
    g = np.random.default_rng(0).standard_normal(shape)
    got = unbroadcast(Tensor(g), onto)
    v = np.random.default_rng(1).standard_normal(onto)
    assert got.shape == onto
    np.testing.assert_allclose(np.vdot(got.value, v), np.vdot(g, np.broadcast_to(v, shape)))


def test_the_check_finds_a_wrong_slope():
    def wrong(x):
        return np.sin(x) + 0.001 * np.sign(x)  # differences see no slope in the second part

    def detached(x):
        return np.sin(x) + 0.001 * Tensor(x.value)  # reverse mode misses the slope

    rng = np.random.default_rng(0)
    assert gradcheck(wrong, np.ones(3), rng=rng).ok
    assert not gradcheck(detached, np.ones(3), rng=rng).ok


def test_mistakes_are_named():
    with pytest.raises(ShapeError, match=r"grad: expected a scalar, got shape \(2,\)\. Sum"):
        grad(Tensor([1.0, 2.0]), [])
    with pytest.raises(DomainError, match=r"gradcheck: expected a step h > 0, got 0\."):
        gradcheck(np.sin, np.ones(1), rng=np.random.default_rng(0), h=0)


def test_one_tensor_gives_one_gradient():
    w = Tensor([1.0, 2.0])
    y = (w * w).sum()
    assert grad(y, w).value.tolist() == [2.0, 4.0]
    assert [g.value.tolist() for g in grad(y, [w])] == [[2.0, 4.0]]
    assert [g.value.tolist() for g in grad(y, (w, w))] == [[2.0, 4.0]] * 2


def test_value_and_gradient_of_plain_arrays():
    A, b = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([1.0, -1.0])

    def energy(x):
        return 0.5 * x @ A @ x - x @ b

    x = np.array([0.5, 2.0])
    value, (gradient,) = value_and_grad(energy, x)
    assert value == float(0.5 * x @ A @ x - x @ b)
    np.testing.assert_allclose(gradient, A @ x - b, rtol=1e-15)
    assert x.tolist() == [0.5, 2.0]


def test_the_jacobian_of_a_map_and_of_its_gradient():
    A = np.random.default_rng(0).standard_normal((3, 2))
    x = Tensor([0.5, -1.0])
    J = jacobian(np.tanh(A @ x), x)
    np.testing.assert_allclose(J.value, A * (1 - np.tanh(A @ x.value) ** 2)[:, None], rtol=1e-14)
    H = jacobian(grad((x * x * x).sum(), x), x)
    assert H.value.tolist() == [[3.0, 0.0], [0.0, -6.0]]
    assert jacobian(Tensor(np.zeros((0, 2))), x).shape == (0, 2, 2)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: grad(2.0, Tensor(1.0)), "grad: expected a tensor y, got 2.0"),
        (lambda: grad(Tensor(1.0), np.ones(2)), "grad: expected tensors to differentiate by"),
        (lambda: value_and_grad(lambda w: 3.0, 1.0), "value_and_grad: expected f to give a tensor"),
        (lambda: value_and_grad(lambda w: w * 2, [1.0]), "value_and_grad: .* a scalar"),
        (lambda: value_and_grad(lambda w: w * 2, None), "expected real numbers, got None"),
        (
            lambda: hessian_vector((W * W).sum(), W, np.ones((3, 2))),
            r"of shape \(2,\), got \(3, 2\)",
        ),
    ],
)
def test_a_wrong_argument_is_named(call, sentence):
    with pytest.raises((DomainError, ShapeError), match=sentence):
        call()


W = Tensor([1.0, 2.0])


def test_gradients_are_the_callers_own():
    _, (da, db) = value_and_grad(lambda a, b: (a + b).sum(), [1.0, 2.0], [3.0, 4.0])
    da *= 2
    assert db.tolist() == [1.0, 1.0]
