"""A typed optimizer: the built-in one step by step, and with the same manners."""

import numpy as np
import pytest

from engine.errors import DomainError, FormulaError, UnknownNameError
from engine.formula import typed_rule
from engine.optim import OPTIMIZERS
from engine.parameters import ParamSpec
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor
from engine.training import OptimizerState

TYPED = {
    "sgd": "w - lr*g",
    "momentum": "v = β·v + g\nw − η·v",
    "nesterov": "v = beta*v + g; w - lr*(g + beta*v)",
    "adagrad": "v = v + g²; w − η·g/(√(v) + ε)",
    "rmsprop": "v = ρ·v + (1 − ρ)·g²; w = w − lr·g/(sqrt(v) + ε)",
    "adam": """
        m = β₁·m + (1 − β₁)·g
        v = β₂·v + (1 − β₂)·g²
        m̂ = m/(1 − β₁^t)
        v̂ = v/(1 − β₂^t)
        w − η·m̂/(sqrt(v̂) + ε)
    """,
    "adamw": """m = beta1*m + (1 - beta1)*g; v = beta2*v + (1 - beta2)*g**2
        m_hat = m/(1 - beta1**t); v_hat = v/(1 - beta2**t)
        (1 - η·λ)*w - lr*m_hat/(sqrt(v_hat) + eps)""",
    "lion": """c = beta1*m + (1 - beta1)*g
        m = beta2*m + (1 - beta2)*g
        (1 - lr*weight_decay)*w - lr*sign(c)""",
    "amsgrad": """m = beta1*m + (1 - beta1)*g; v = beta2*v + (1 - beta2)*g**2
        v_max = max(v_max, v)
        w - lr*m/(sqrt(v_max) + eps)""",
}
HYPERPARAMETERS = {"sgd": {"lr": 1e-3}, "momentum": {"lr": 1e-4}, "nesterov": {"lr": 1e-4}}
every_rule = pytest.mark.parametrize("name", TYPED)


def pair(name):
    built_in = OPTIMIZERS[name]
    return typed_rule(TYPED[name], built_in.hyperparameters, name), built_in


def loss(w):
    x, y = w[0], w[1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def gradient(w):
    x = Tensor(w)
    return grad(loss(x), [x])[0].value


def eager_path(rule, hyperparameters, steps=100):
    w, state = np.array([-1.2, 1.0]), tuple(rule.state.values())
    for t in range(1, steps + 1):
        w, *state = rule(w, gradient(w), t, *state, **hyperparameters)
        yield w


def compiled_path(rule, hyperparameters, steps=100):
    w, t = Tensor(np.array([-1.2, 1.0]), "w"), Tensor(0.0, "t")
    state = [Tensor(np.full(2, start), name) for name, start in rule.state.items()]
    turned = {name: Tensor(value, name) for name, value in hyperparameters.items()}
    (g,) = grad(loss(w), [w])
    new, *kept = rule(w, g, t + 1, *state, **turned)
    step = Program([], updates=[(w, new), *zip(state, kept, strict=True), (t, t + 1)])
    for _ in range(steps):
        step()
        yield w.value.copy()


@every_rule
def test_it_has_the_state_and_the_hyperparameters_of_the_built_in_rule(name):
    typed, built_in = pair(name)
    assert typed.state == built_in.state
    assert list(typed.state) == list(built_in.state)
    assert typed.hyperparameters == built_in.hyperparameters
    assert typed.name == name
    assert typed.source == TYPED[name]
    assert repr(typed) == repr(built_in)


@every_rule
def test_compiled_it_is_the_built_in_rule_to_the_last_bit(name):
    typed, built_in = pair(name)
    hyperparameters = {**built_in.hyperparameters, **HYPERPARAMETERS.get(name, {})}
    paths = zip(
        compiled_path(typed, hyperparameters), compiled_path(built_in, hyperparameters), strict=True
    )
    assert all(a.tobytes() == b.tobytes() for a, b in paths)


@every_rule
def test_by_hand_it_is_the_built_in_rule(name):
    typed, built_in = pair(name)
    hyperparameters = {**built_in.hyperparameters, **HYPERPARAMETERS.get(name, {})}
    paths = zip(
        eager_path(typed, hyperparameters, 30),
        eager_path(built_in, hyperparameters, 30),
        strict=True,
    )
    for a, b in paths:
        np.testing.assert_allclose(a, b, rtol=1e-12)


@every_rule
def test_on_plain_numbers(name):
    typed, built_in = pair(name)
    a, b = typed(1.0, 3.0, 1), built_in(1.0, 3.0, 1)
    a, b = typed(a[0], -2.0, 2, *a[1:], lr=0.5), built_in(b[0], -2.0, 2, *b[1:], lr=0.5)
    assert all(isinstance(x, float) for x in a)
    assert a == pytest.approx(tuple(map(float, b)), rel=1e-14)


def test_a_training_runs_it_and_turns_its_hyperparameters():
    typed, built_in = pair("adam")
    ends = []
    for rule in (typed, built_in):
        down = OptimizerState(ParamSpec({"W": (2, 1)}), np.array([1.0, -1.0]), rule(lr=0.1))
        params = down.params()
        pairs, _ = down.updates((params["W"] ** 2).sum(), params)
        step = Program([], updates=pairs)
        for i in range(20):
            down.set("lr", 0.1 / (i + 1))
            step()
        ends.append(down.snapshot())
    assert ends[0].keys() == ends[1].keys()
    one, other = ({**end, **end["state"]} for end in ends)
    assert all(np.array_equal(one[key], other[key]) for key in ("w", "m", "v", "t"))


def test_its_state_may_have_any_name_that_is_not_given():
    text = "rng = rng + g; rule = rule + rng; order = order + rule; w - epoch*order"
    typed = typed_rule(text, {"epoch": 0.5})
    own = OptimizerState(ParamSpec({"W": (1,)}), np.array([1.0]), typed)
    params = own.params()
    step = Program([], updates=own.updates(params["W"].sum(), params)[0])
    step()
    before = own.snapshot()
    step()
    assert own.w.value.tolist() == [1.0 - 0.5 * (1 + 4)]
    assert {name: x.item() for name, x in own.state.items()} == {"rng": 2, "rule": 3, "order": 4}
    own.restore(before)
    assert own.w.value.tolist() == [0.5]
    assert {name: x.item() for name, x in own.state.items()} == {"rng": 1, "rule": 1, "order": 1}


def test_state_and_result_take_the_shape_of_the_parameters():
    w, k = typed_rule("k = 0*k + 1; 5", {})(np.zeros(3), np.ones(3), 1)
    assert w.tolist() == [5.0, 5.0, 5.0]
    assert k.tolist() == [1.0, 1.0, 1.0]


def test_the_whole_gradient_may_be_clipped():
    rule = typed_rule("n = sqrt(sum(g²)); g = g·min(1, limit/n); w − lr·g", {"lr": 1, "limit": 1})
    (w,) = rule(np.zeros(2), np.array([3.0, 4.0]), 1)
    np.testing.assert_allclose(w, [-0.6, -0.8], rtol=1e-15)
    assert rule.state == {}


ERRORS = [
    ("w - lr*gg", 7, "No name 'gg' here"),
    ("w - learn*g", 4, "No name 'learn' here. There are|Did you mean"),
    ("m = beta*m + g", 0, r"The last line is the new w, such as w - lr\*g: got m = "),
    ("v = g\nm = beta*v ; ", 6, "got m = "),
    ("lr = 3; w - lr*g", 5, "lr is set from outside"),
    ("t = 3; w - t*g", None, "t is set from outside"),
    ("w - lr*", 7, "ends before"),
]


@pytest.mark.parametrize(("text", "position", "message"), ERRORS)
def test_what_is_no_rule_points_at_the_character(text, position, message):
    with pytest.raises(FormulaError, match=message) as caught:
        typed_rule(text, {"lr": 0.1, "beta": 0.9})
    assert position is None or caught.value.position == position


def test_hyperparameters_have_the_constraints_of_every_rule():
    with pytest.raises(DomainError, match="mine: expected 0 ≤ beta < 1, got 1"):
        typed_rule("w - g*beta", {"beta": 1.0}, "mine")
    rule = typed_rule("w - lr*g", {"lr": 0.1}, "mine")
    with pytest.raises(DomainError, match="mine: expected lr > 0, got 0"):
        rule(1.0, 1.0, 1, lr=0)
    with pytest.raises(UnknownNameError, match="No hyperparameter of mine is called 'beta'"):
        rule(1.0, 1.0, 1, beta=0)
    for name in ("w", "2", "_x", "a b", "lambda"):
        with pytest.raises(DomainError, match="expected a hyperparameter's name such as lr"):
            typed_rule("w", {name: 1.0})
    with pytest.raises(DomainError, match="expected a finite lr, got inf"):
        typed_rule("w - lr*g", {"lr": np.inf})
