"""Optimizers: PyTorch's paths on Rosenbrock, eager and compiled, and laws that hold for all."""

from ast import literal_eval
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DomainError, UnknownNameError
from engine.optim import OPTIMIZERS, rule
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor

TORCH = np.load(Path(__file__).parents[1] / "data" / "optimizers.npz")
OURS = {"momentum": "beta"}


def rosenbrock(w):
    x, y = w[0], w[1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def settings_of(name):
    """PyTorch's settings under our names."""
    return {OURS.get(k, k): v for k, v in literal_eval(str(TORCH[f"{name}_settings"])).items()}


def eager_path(optimizer, settings, steps):
    w, memory = TORCH["start"], tuple(optimizer.memory.values())
    yield w
    for t in range(1, steps + 1):
        x = Tensor(w)
        (g,) = grad(rosenbrock(x), [x])
        w, *memory = optimizer(w, g.value, t, *memory, **settings)
        yield w


def compiled_path(optimizer, settings, steps):
    w, t = Tensor(TORCH["start"].copy(), "w"), Tensor(0.0, "t")
    memory = [Tensor(np.full(2, start), name) for name, start in optimizer.memory.items()]
    turned = {name: Tensor(value, name) for name, value in settings.items()}
    (g,) = grad(rosenbrock(w), [w])
    new, *kept = optimizer(w, g, t + 1, *memory, **turned)
    step = Program([], updates=[(w, new), *zip(memory, kept, strict=True), (t, t + 1)])
    yield w.value.copy()
    for _ in range(steps):
        step()
        yield w.value.copy()


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("path", [eager_path, compiled_path])
def test_the_path_is_that_of_pytorch(name, path):
    got = list(path(rule(name), settings_of(name), 60))
    np.testing.assert_allclose(got, TORCH[name], rtol=1e-10)


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_numbers_arrays_and_tensors_are_treated_alike(optimizer):
    memory = tuple(optimizer.memory.values())
    by_number = optimizer(1.0, 0.3, 1, *memory)
    by_array = optimizer(np.ones(3), np.full(3, 0.3), 1, *memory)
    by_tensor = optimizer(Tensor(np.ones(3)), Tensor(np.full(3, 0.3)), 1, *memory)
    for number, array, tensor in zip(by_number, by_array, by_tensor, strict=True):
        np.testing.assert_array_equal(array, np.full(3, number))
        np.testing.assert_array_equal(tensor.value, array)


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_the_bottom_of_a_parabola_is_found(optimizer):
    w, memory = np.array([1.0, -2.0]), tuple(optimizer.memory.values())
    for t in range(1, 401):
        w, *memory = optimizer(w, w * [1.0, 3.0], t, *memory, lr=0.05)
    assert np.abs(w).max() < 1e-3


def test_momentum_without_memory_is_gradient_descent():
    assert rule("momentum")(1.0, 2.0, 1, 5.0, lr=0.1, beta=0.0)[0] == rule("sgd")(1.0, 2.0, 1)[0]


def test_the_first_step_of_adam_does_not_know_the_scale():
    steps = [1 - rule("adam")(1.0, g, 1, lr=0.01)[0] for g in (1e-3, 1.0, 1e6)]
    np.testing.assert_allclose(steps, 0.01, rtol=1e-4)


MISTAKES = [
    ("sgd", "lr", 0, "expected lr > 0, got 0"),
    ("sgd", "lr", float("nan"), "expected lr > 0, got nan"),
    ("momentum", "beta", 1.0, "expected 0 ≤ beta < 1, got 1.0"),
    ("adam", "beta2", -0.1, "expected 0 ≤ beta2 < 1, got -0.1"),
    ("adam", "eps", 0.0, "expected eps > 0, got 0.0"),
]


@pytest.mark.parametrize(("name", "setting", "value", "message"), MISTAKES)
def test_a_setting_outside_its_domain_is_named(name, setting, value, message):
    memory = rule(name).memory.values()
    with pytest.raises(DomainError, match=f"^{name}: {message}"):
        rule(name)(1.0, 1.0, 1, *memory, **{setting: value})


def test_unknown_names_list_the_nearest():
    with pytest.raises(UnknownNameError, match=r"No optimizer is called 'adma'. Did you mean adam"):
        rule("adma")
    with pytest.raises(
        UnknownNameError, match=r"No setting of sgd is called 'rate'. There are: lr"
    ):
        rule("sgd").check({"rate": 0.1})


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_rule_shows_its_own_source(optimizer):
    assert f"def {optimizer.name}(" in optimizer.source
    assert optimizer.__doc__
