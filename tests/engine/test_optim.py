"""Optimizers: PyTorch's paths on Rosenbrock, eager and compiled, and laws that hold for all."""

from ast import literal_eval
from fractions import Fraction
from inspect import Parameter, signature
from itertools import product
from math import sqrt
from pathlib import Path
from pydoc import plaintext, render_doc

import numpy as np
import pytest

import engine.optim
from engine.errors import DomainError, UnknownNameError
from engine.optim import CONSTRAINTS, OPTIMIZERS, Rule, rule
from engine.program import Program
from engine.reverse import grad
from engine.tensor import Tensor

TORCH = np.load(Path(__file__).parents[1] / "data" / "optimizers.npz")
OURS = {"momentum": "beta", "alpha": "rho"}
NOT_IN_TORCH_DATA = {"amsgrad", "lion"}

every_rule = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)


def rosenbrock(w):
    x, y = w[0], w[1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def settings_of(name):
    """PyTorch's settings under our names."""
    theirs = literal_eval(str(TORCH[f"{name}_settings"]))
    return {OURS.get(k, k): v for k, v in theirs.items() if k != "nesterov"}


def eager_path(optimizer, settings, steps):
    w, state = TORCH["start"], tuple(optimizer.state.values())
    yield w
    for t in range(1, steps + 1):
        x = Tensor(w)
        (g,) = grad(rosenbrock(x), [x])
        w, *state = optimizer(w, g.value, t, *state, **settings)
        yield w


def compiled_path(optimizer, settings, steps):
    w, t = Tensor(TORCH["start"].copy(), "w"), Tensor(0.0, "t")
    state = [Tensor(np.full(2, start), name) for name, start in optimizer.state.items()]
    turned = {name: Tensor(value, name) for name, value in settings.items()}
    (g,) = grad(rosenbrock(w), [w])
    new, *kept = optimizer(w, g, t + 1, *state, **turned)
    step = Program([], updates=[(w, new), *zip(state, kept, strict=True), (t, t + 1)])
    yield w.value.copy()
    for _ in range(steps):
        step()
        yield w.value.copy()


def test_all_rules_are_in_the_table_and_in_the_package():
    rules = {name: value for name, value in vars(engine.optim).items() if isinstance(value, Rule)}
    assert rules == OPTIMIZERS
    assert set(OPTIMIZERS) <= set(engine.optim.__all__)
    paths = {name for name in TORCH.files if name != "start" and not name.endswith("_settings")}
    assert paths == OPTIMIZERS.keys() - NOT_IN_TORCH_DATA


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name not in NOT_IN_TORCH_DATA])
@pytest.mark.parametrize("path", [eager_path, compiled_path])
def test_the_path_is_that_of_pytorch(name, path):
    got = list(path(rule(name), settings_of(name), 60))  # RAdam's goes to 1e101
    np.testing.assert_allclose(got, TORCH[name], rtol=1e-10)


@every_rule
def test_the_compiled_path_is_the_eager_one(optimizer):
    settings = {"lr": 1e-4}
    eager, compiled = (list(path(optimizer, settings, 60)) for path in (eager_path, compiled_path))
    np.testing.assert_allclose(compiled, eager, rtol=1e-12)


@every_rule
def test_numbers_arrays_and_tensors_are_treated_alike(optimizer):
    number, array = (1.0, *optimizer.state.values()), (np.ones(3), *optimizer.state.values())
    tensor = tuple(Tensor(np.full(3, start)) for start in number)
    for t in range(1, 10):  # RAdam turns adaptive at 6
        number = optimizer(number[0], 0.3 - 0.1 * t, t, *number[1:])
        array = optimizer(array[0], np.full(3, 0.3 - 0.1 * t), t, *array[1:])
        g = Tensor(np.full(3, 0.3 - 0.1 * t))
        tensor = optimizer(tensor[0], g, Tensor(float(t)), *tensor[1:])
        for one, many, node in zip(number, array, tensor, strict=True):
            np.testing.assert_allclose(many, np.full(np.shape(many), one), rtol=1e-14, atol=1e-17)
            np.testing.assert_allclose(node.value, np.full(3, one), rtol=1e-14, atol=1e-17)


RATES = {"adagrad": 0.5, "adadelta": 2.0}
"""What the slow ones need to arrive within 400 steps; the others take 0.05."""


@every_rule
def test_the_bottom_of_a_parabola_is_found(optimizer):
    w, state = np.array([1.0, -2.0]), tuple(optimizer.state.values())
    for t in range(1, 401):
        lr = RATES.get(optimizer.name, 0.05)
        w, *state = optimizer(w, w * [1.0, 3.0], t, *state, lr=lr)
    assert np.abs(w).max() < 1e-3


@every_rule
def test_the_first_step_goes_downhill_and_none_is_made_on_the_flat(optimizer):
    state, settings = tuple(optimizer.state.values()), {}
    if "weight_decay" in optimizer.hyperparameters:
        settings = {"weight_decay": 0.0}
    for g in (-2.0, 3.0):
        assert (1.0 - optimizer(1.0, g, 1, *state, **settings)[0]) * g > 0
    assert optimizer(1.0, 0.0, 1, *state, **settings)[0] == 1.0


FIRST_STEPS = [  # of a gradient of 2 with η = 0.1
    ("sgd", {}, 0.2),
    ("momentum", {"beta": 0.5}, 0.2),
    ("nesterov", {"beta": 0.5}, 0.3),
    ("adagrad", {"eps": 0.5}, 0.1 * 2 / 2.5),
    ("rmsprop", {"rho": 0.75, "eps": 0.5}, 0.1 * 2 / 1.5),
    ("adadelta", {"rho": 0.75, "eps": 0.5}, 0.1 * 2 * sqrt(0.5) / sqrt(1.5)),
    ("adam", {"eps": 0.5}, 0.1 * 2 / 2.5),
    ("adamw", {"eps": 0.5, "weight_decay": 0.3}, 0.1 * 2 / 2.5 + 0.1 * 0.3),
    ("adamax", {"eps": 0.5}, 0.1 * 2 / 2.5),
    ("nadam", {"beta1": 0.0, "eps": 0.5}, 0.1 * 2 / 2.5),
    ("amsgrad", {"beta1": 0.5, "beta2": 0.75, "eps": 0.5}, 0.1 * 1 / 1.5),
    ("radam", {"eps": 0.5}, 0.2),
    ("lion", {"weight_decay": 0.3}, 0.1 + 0.1 * 0.3),
]


@pytest.mark.parametrize(("name", "settings", "step"), FIRST_STEPS)
def test_the_first_step_is_the_one_computed_by_hand(name, settings, step):
    state = rule(name).state.values()
    assert 1 - rule(name)(1.0, 2.0, 1, *state, lr=0.1, **settings)[0] == pytest.approx(step)


def test_every_rule_has_a_first_step():
    assert [name for name, _, _ in FIRST_STEPS] == list(OPTIMIZERS)


def after(optimizer, steps, g_of, *, start, bound=np.inf, **settings):
    """Where a rule is after some steps, held inside [−bound, bound]."""
    w, state = start, tuple(optimizer.state.values())
    for t in range(1, steps + 1):
        turned = {name: f(t) if callable(f) else f for name, f in settings.items()}
        w, *state = optimizer(w, g_of(w, t), t, *state, **turned)
        w = min(max(float(w), -bound), bound)
    return w


def test_ten_steps_of_adam_on_a_square():
    w = after(rule("adam"), 10, lambda w, t: 2 * w, start=1.0, lr=1e-3)
    assert w == pytest.approx(0.99000325, abs=5e-9)


@pytest.mark.sweep
@pytest.mark.parametrize(("name", "end"), [("adam", 0.993), ("amsgrad", -0.984)])
def test_the_trap_of_reddi_catches_adam_alone(name, end):
    """1010 x at the first of every 101 steps, else −10 x: on average the best is at −1."""
    w = after(
        rule(name), 100_000, lambda w, t: 1010.0 if t % 101 == 1 else -10.0, start=0.0, bound=1.0,
        lr=lambda t: 0.5 / sqrt(t), beta1=0.9, beta2=0.99,
    )  # fmt: skip
    assert w == pytest.approx(end, abs=5e-4)


def test_a_decay_rate_at_which_radam_never_adapts_is_momentum_alone():
    """ρ∞ = 2 / (1 − β₂) − 1 ≤ 5: the mean of gradients, corrected for its start."""
    m = 0.0
    w, state = 1.0, (0.0, 0.0)
    for t in range(1, 30):
        m = 0.9 * m + 0.1 * t
        wanted = w - 0.01 * m / (1 - 0.9**t)
        w, *state = rule("radam")(w, float(t), t, *state, lr=0.01, beta2=0.6)
        assert w == pytest.approx(wanted, rel=1e-13)


def test_momentum_that_keeps_nothing_is_gradient_descent():
    assert rule("momentum")(1.0, 2.0, 1, 5.0, lr=0.1, beta=0.0)[0] == rule("sgd")(1.0, 2.0, 1)[0]


def test_the_first_step_of_adam_does_not_know_the_scale():
    steps = [1 - rule("adam")(1.0, g, 1, lr=0.01)[0] for g in (1e-3, 1.0, 1e6)]
    np.testing.assert_allclose(steps, 0.01, rtol=1e-4)


HOSTILE = [0, -1, -0.1, np.inf, -np.inf, np.nan, np.float32("inf"), True, False, np.True_, "0.1",
           None, 1j, [0.1], np.array([0.1]), np.array("a"), 10**400, 10**5000]  # fmt: skip
"""What no hyperparameter may be; 0 may be one, as a decay rate or a share."""


@every_rule
def test_a_hyperparameter_that_is_no_finite_number_in_its_domain_is_refused(optimizer):
    for name, value in product(optimizer.hyperparameters, HOSTILE):
        if name in CONSTRAINTS and type(value) is int and value == 0:
            continue
        message = rf"^{optimizer.name}: expected .*{name}.*, got "
        with pytest.raises(DomainError, match=message):  # applied
            optimizer(1.0, 1.0, 1, **{name: value})
        with pytest.raises(DomainError, match=message):  # bound
            optimizer(**{name: value})


@every_rule
@pytest.mark.parametrize("number", [np.float32, np.float64, Fraction, np.array])
def test_a_number_of_any_type_is_a_hyperparameter(optimizer, number):
    given = {name: number(0.5) for name in optimizer.hyperparameters}
    wanted = optimizer(1.0, 2.0, 1, **dict.fromkeys(given, 0.5))
    assert optimizer(**given)(1.0, 2.0, 1) == pytest.approx(wanted)


@every_rule
@pytest.mark.parametrize("t", [0, -1, np.nan, np.inf, True, None, "1", 0.5, np.int64(0)])
def test_a_step_number_before_the_first_is_refused(optimizer, t):
    with pytest.raises(
        DomainError, match=rf"^{optimizer.name}: expected a step number t = 1, 2, …"
    ):
        optimizer(1.0, 2.0, t)


MESSAGES = [
    ("sgd", "lr", 0, "sgd: expected lr > 0, got 0."),
    ("sgd", "lr", np.inf, "sgd: expected a finite lr > 0, got inf."),
    ("sgd", "lr", "fast", "sgd: expected lr > 0, got 'fast'."),
    ("momentum", "beta", 1.0, "momentum: expected 0 ≤ beta < 1, got 1.0."),
    ("adam", "eps", 0.0, "adam: expected eps > 0, got 0.0."),
    ("rmsprop", "rho", 1.0, "rmsprop: expected 0 ≤ rho < 1, got 1.0."),
    ("adamw", "weight_decay", -0.1, "adamw: expected weight_decay ≥ 0, got -0.1."),
    ("nadam", "psi", -1, "nadam: expected psi ≥ 0, got -1."),
]


@pytest.mark.parametrize(("name", "hyperparameter", "value", "message"), MESSAGES)
def test_a_message_has_the_constraint_and_what_came(name, hyperparameter, value, message):
    with pytest.raises(DomainError) as caught:
        rule(name)(**{hyperparameter: value})
    assert str(caught.value) == message


SQUARES_NOTHING = {"sgd", "momentum", "nesterov", "adamax", "lion"}


@every_rule
@pytest.mark.parametrize("kind", ["number", "array", "compiled"])
def test_a_gradient_whose_square_overflows_stops_a_rule_that_squares_it(optimizer, kind):
    """From then on for good, as the package says: v is inf, and the step 0."""
    path = {"number": number_path, "array": array_path, "compiled": compiled_on}[kind]
    ways = np.diff(path(optimizer(lr=0.1), [1e200, *[1.0] * 12]))
    assert not np.isnan(ways).any()
    if optimizer.name in SQUARES_NOTHING:
        assert ways[0] != 0
    elif optimizer.name == "adamw":
        assert (abs(ways) <= 0.1 * 0.01 + 1e-12).all()  # the weights go on shrinking
    else:
        assert not ways[5:].any()


def number_path(optimizer, gradients):
    w, state = 1.0, ()
    yield_ = [w]
    for t, g in enumerate(gradients, start=1):
        w, *state = optimizer(w, g, t, *state)
        assert isinstance(w, float)
        yield_.append(w)
    return yield_


def array_path(optimizer, gradients):
    w, state, places = np.ones(1), (), [1.0]
    for t, g in enumerate(gradients, start=1):
        w, *state = optimizer(w, np.array([g]), t, *state)
        places.append(w.item())
    return places


def compiled_on(optimizer, gradients):
    """The places of a compiled step whose gradient is its input."""
    w, g, t = Tensor(np.ones(1), "w"), Tensor(np.ones(1), "g"), Tensor(0.0, "t")
    state = [Tensor(np.full(1, start), name) for name, start in optimizer.state.items()]
    new, *kept = optimizer(w, g, t + 1, *state)
    step = Program([g], updates=[(w, new), *zip(state, kept, strict=True), (t, t + 1)])
    places = [1.0]
    for gradient in gradients:
        step(np.array([gradient]))
        places.append(w.value.item())
    return places


# A rule as a function that takes its hyperparameters before.


@every_rule
def test_a_rule_with_other_hyperparameters_is_the_rule_called_with_them(optimizer):
    other = optimizer(lr=0.5)
    assert other(1.0, 2.0, 1) == optimizer(1.0, 2.0, 1, lr=0.5)
    assert other(1.0, 2.0, 1, lr=0.1) == optimizer(1.0, 2.0, 1, lr=0.1)
    assert other.hyperparameters == {**optimizer.hyperparameters, "lr": 0.5}
    assert optimizer.hyperparameters["lr"] != 0.5
    assert eval(repr(other), vars(engine.optim)) == other


@every_rule
def test_a_signature_says_arguments_state_and_hyperparameters_in_force(optimizer):
    shown = signature(optimizer(lr=0.25)).parameters
    assert list(shown)[:3] == ["w", "g", "t"]
    assert list(shown)[3:] == [*optimizer.state, *optimizer.hyperparameters]
    assert shown["lr"].default == 0.25
    assert shown["lr"].kind is Parameter.KEYWORD_ONLY
    assert {name: shown[name].default for name in optimizer.state} == optimizer.state


def test_help_shows_a_rules_own_words():
    text = render_doc(rule("adam"), renderer=plaintext)
    assert "adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)" in text
    assert "Kingma & Ba 2015" in text


def test_a_tensor_is_not_bound_and_a_schedule_does_not_go_with_a_step_number_that_is_one():
    sgd = rule("sgd")
    with pytest.raises(DomainError, match="sgd: expected lr as a number or a schedule, got"):
        sgd(lr=Tensor(0.1))
    with pytest.raises(DomainError, match="sgd: expected numbers or tensors where t is a tensor"):
        sgd(lr=lambda t: 0.1 + t)(Tensor(1.0), Tensor(1.0), Tensor(1.0))


def test_unknown_names_list_the_nearest():
    with pytest.raises(UnknownNameError, match=r"No optimizer is called 'adma'. Did you mean adam"):
        rule("adma")
    with pytest.raises(
        UnknownNameError, match=r"No hyperparameter of sgd is called 'rate'. There are: lr"
    ):
        rule("sgd").check({"rate": 0.1})


@every_rule
def test_a_rule_shows_its_own_source(optimizer):
    assert f"def {optimizer.name}(" in optimizer.source
    assert optimizer.__doc__


@every_rule
def test_a_hyperparameter_at_the_edge_of_its_domain_works(optimizer):
    state = optimizer.state.values()
    for name in optimizer.hyperparameters.keys() & {
        "beta",
        "beta1",
        "beta2",
        "rho",
        "weight_decay",
    }:
        assert np.isfinite(optimizer(1.0, 2.0, 1, *state, **{name: 0.0})).all()
