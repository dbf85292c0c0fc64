"""Compiled training equals an eager loop, and its state can be taken, put back and changed."""

import subprocess
import sys
import tracemalloc
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest

from engine.activations import ACTIVATIONS
from engine.errors import DomainError, FileError, ShapeError, UnknownNameError
from engine.losses import LOSSES, mse
from engine.models import MLP
from engine.optim import OPTIMIZERS, rule, sgd
from engine.parameters import ParamSpec
from engine.reverse import grad
from engine.tensor import Tensor
from engine.training import Evaluator, Training
from tests.engine.memory import array_bytes
from tests.engine.models.test_every_model import same
from tests.engine.models.tiny import TASKS, training

# Activation, loss and optimizer meet nowhere in the step: each is paired with plain partners.
CASES = [
    *((sizes, "tanh", "mse", "sgd") for sizes in ((2, 1), (2, 4, 2, 1))),
    *(((3, 5, 3), hidden, "mse", "sgd") for hidden in ACTIVATIONS),
    *(((3, 5, 3), "tanh", loss, "sgd") for loss in LOSSES),
    *(((3, 5, 3), "tanh", "mse", optimizer) for optimizer in OPTIMIZERS),
]


def make(sizes=(2, 4, 2, 1), hidden="tanh", loss="mse", optimizer="sgd", batch=4, rows=10, **more):
    rng = np.random.default_rng(0)
    model = MLP(sizes, hidden)
    x, y = (
        rng.standard_normal((rows, sizes[0])),
        np.eye(sizes[-1])[rng.integers(sizes[-1], size=rows)],
    )

    def loss_fn(params, x, y):
        return LOSSES[loss](model(params, x), y)

    chosen = rule(optimizer)(**{"lr": 0.05, **more})
    fit = Training(model, model.init(rng), loss_fn, chosen, x, y, batch=batch, rng=rng)
    return fit, model, loss_fn, x, y


def rows_of_next(fit, batch):
    """The rows that the next update will use."""
    state = fit.snapshot()
    return state["order"][state["cursor"] :][:batch]


def eager_updates(fit, model, loss_fn, x, y, optimizer, batch):
    """Before each update of `fit`, the parameters that it should arrive at."""
    w, state, t = fit.w.copy(), tuple(optimizer.state.values()), 0
    while True:
        rows, t = rows_of_next(fit, batch), t + 1
        leaf = Tensor(w)
        loss = loss_fn(model.spec.tensors(leaf), Tensor(x[rows]), Tensor(y[rows]))
        w, *state = optimizer(w, grad(loss, [leaf])[0].value, t, *state)
        yield w


@pytest.mark.parametrize(("sizes", "hidden", "loss", "optimizer"), CASES)
def test_compiled_training_equals_an_eager_loop(sizes, hidden, loss, optimizer):
    fit, *task = make(sizes, hidden, loss, optimizer)
    wanted = eager_updates(fit, *task, rule(optimizer)(lr=0.05), batch=4)
    for _ in range(7):  # twice through the data, and each time a smaller last batch
        w = next(wanted)
        fit.run()
        np.testing.assert_allclose(fit.w, w, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("batch", [1, 3, 5, 10, 99])
def test_an_epoch_uses_every_row_once(batch):
    fit, *_ = make(batch=batch)
    for _ in range(3):
        rows = []
        for _ in range(fit.updates_per_epoch):
            rows += list(rows_of_next(fit, batch))
            fit.run()
        assert sorted(rows) == list(range(10))
    assert fit.updates == 3 * fit.updates_per_epoch == 3 * -(-10 // min(batch, 10))


def test_a_small_last_batch_is_averaged_over_its_own_rows():
    """Four rows of slope 1 and one of slope 6: each batch steps by its own mean."""
    y = np.array([[0.5], [0.5], [0.5], [0.5], [3.0]])
    fit = Training(ParamSpec({"b": (1, 1)}), np.zeros(1), lambda p, x, y: -(p["b"] * y * 2).mean(),
                   sgd(lr=1.0), np.ones((5, 1)), y, batch=4,
                   rng=np.random.default_rng(3))  # fmt: skip
    for _ in range(4):
        before, rows = fit.w.copy(), rows_of_next(fit, 4)
        fit.run()
        np.testing.assert_allclose(fit.w - before, 2 * y[rows].mean(), rtol=1e-15)


@pytest.mark.parametrize(("optimizer", "batch"), [*((o, 4) for o in OPTIMIZERS), ("adam", 10)])
def test_a_restored_run_goes_on_bit_for_bit(optimizer, batch):
    fit, *_ = make(optimizer=optimizer, batch=batch)
    fit.run(4)
    state = fit.snapshot()
    kept = deepcopy(state)
    fit.run(9)
    wanted = fit.snapshot()
    other, *_ = make(optimizer=optimizer, batch=batch)
    other.run(1)
    for run in (fit, other):
        run.restore(state)
        run.run(9)
        assert same(run.snapshot(), wanted)
    assert same(state, kept)  # it is a copy


def test_many_updates_are_as_many_single_ones():
    one, many = make()[0], make()[0]
    for _ in range(11):
        one.run()
    many.run(11)
    np.testing.assert_array_equal(one.w, many.w)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_new_hyperparameter_acts_at_once(optimizer):
    changed, fresh = make(optimizer=optimizer)[0], make(optimizer=optimizer, lr=0.2)[0]
    start = changed.w.copy()
    changed.set("lr", 0.2)
    changed.run(5)
    fresh.run(5)
    np.testing.assert_array_equal(changed.w, fresh.w)
    assert (changed.w != start).any()


@pytest.mark.parametrize(("loss", "whole"), [*((loss, True) for loss in LOSSES), ("mse", False)])
def test_a_step_allocates_nothing(loss, whole):
    fit, *task = make((8, 64, 8), loss=loss, optimizer="adam", batch=64, rows=64)
    program = fit.program
    rows = [program.layout(i, values) for i, values in enumerate(task[-2:])]
    step = fit.run if whole else lambda: program.run(*rows)
    step()
    tracemalloc.start()
    step()
    held, before = array_bytes(), tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    for _ in range(50):
        step()
    peak = tracemalloc.get_traced_memory()[1]
    assert array_bytes() == held
    tracemalloc.stop()
    if loss not in ("cross_entropy", "kl_divergence"):  # there NumPy takes a buffer for x - max x
        assert peak - before < 2000  # views and numbers: an array has 4096 bytes and more


def test_a_run_that_diverges_becomes_inf_or_nan_without_a_warning():
    fit, *_ = make(hidden="identity", lr=1e6)
    fit.run(200)
    assert not np.isfinite(fit.w).all()


def test_an_evaluator_sees_the_parameters_of_now():
    fit, model, loss_fn, x, y = make()
    evaluator = Evaluator(fit.w, model.spec, lambda p, x, y: [loss_fn(p, x, y), model(p, x)], x, y)
    for _ in range(3):
        fit.run(3)
        params = model.spec.tensors(Tensor(fit.w))
        loss, out = evaluator()
        assert float(loss) == pytest.approx(loss_fn(params, Tensor(x), Tensor(y)).item(), rel=1e-13)
        np.testing.assert_allclose(out, model(params, Tensor(x)).value, rtol=1e-13)


def test_integers_and_truth_values_in_the_data_are_numbers():
    def loss_fn(p, x, y):
        return mse(x @ p["W"], y)

    x, y = np.arange(6).reshape(6, 1), np.arange(6).reshape(6, 1) % 2 == 1
    runs = []
    for data in ((x, y), (x * 1.0, y * 1.0)):
        fit = Training(ParamSpec({"W": (1, 1)}), np.ones(1), loss_fn, sgd(lr=0.01), *data, batch=4,
                       rng=np.random.default_rng(0))  # fmt: skip
        fit.run(5)
        runs.append(fit.w)
    np.testing.assert_array_equal(*runs)


x = np.ones((4, 2))
MISTAKES = [
    (
        {"y": np.ones((3, 1))},
        ShapeError,
        "Training: expected arrays of as many rows each, .* got 4 and 3",
    ),
    ({"x": x[:0], "y": x[:0]}, ShapeError, "at least one, got 0 and 0"),
    ({"x": 1.0}, ShapeError, "Training: expected arrays of as many rows each, .* got 0 and 4"),
    ({"x": x * 1j}, DomainError, "Training: expected x of real numbers, got complex128"),
    ({"y": np.array([["a"]] * 4)}, DomainError, "Training: expected y of real numbers, got <U1"),
    ({"batch": 0}, DomainError, "Training: expected an integer batch ≥ 1, got 0"),
    ({"batch": 2.5}, DomainError, "Training: expected an integer batch ≥ 1, got 2.5"),
    ({"batch": True}, DomainError, "an integer batch ≥ 1, got True"),
    ({"batch": np.nan}, DomainError, "an integer batch ≥ 1, got nan"),
    ({"batch": "2"}, DomainError, "an integer batch ≥ 1, got '2'"),
    ({"batch": None}, DomainError, "an integer batch ≥ 1, got None"),
    ({"rng": 0}, DomainError, r"Training: expected rng = np.random.default_rng\(seed\), got 0"),
    ({"optimizer": "adma"}, UnknownNameError, "No optimizer is called 'adma'. Did you mean adam"),
    ({"w": np.ones(4)}, ShapeError, r"ParamSpec: expected a vector of shape \(3,\), got \(4,\)"),
]


@pytest.mark.parametrize(("changed", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(changed, kind, message):
    model = MLP((2, 1))
    given = {"model": model, "w": np.ones(3), "optimizer": "sgd", "x": x, "y": np.ones((4, 1)),
             "loss_fn": lambda p, x, y: mse(model(p, x), y), "batch": 2,
             "rng": np.random.default_rng(0)}  # fmt: skip
    with pytest.raises(kind, match=message):
        Training(**(given | changed))


@pytest.mark.parametrize("integer", [np.int64, np.int8, np.uint16, int])
def test_integers_of_numpy_are_integers(integer):
    fit, other = make(batch=integer(4))[0], make(batch=4)[0]
    fit.run(integer(5))
    other.run(5)
    assert same(fit.snapshot(), other.snapshot())


@pytest.mark.parametrize("updates", [-1, 1.5, True, None, "3", np.nan])
def test_a_number_of_updates_that_is_none_is_refused(updates):
    fit, *_ = make()
    before = fit.snapshot()
    with pytest.raises(DomainError, match=r"Training: expected (an integer )?updates ≥ 0, got"):
        fit.run(updates)
    fit.run(0)
    assert same(fit.snapshot(), before)


def test_set_and_restore_refuse_what_does_not_fit():
    fit, *_ = make()
    with pytest.raises(DomainError, match="sgd: expected lr > 0, got 0"):
        fit.set("lr", 0)
    with pytest.raises(UnknownNameError, match="No hyperparameter of sgd is called 'beta'"):
        fit.set("beta", 0.5)
    with pytest.raises(
        ShapeError, match="restore: expected 25 parameters and 10 rows, got 3 and 10"
    ):
        fit.restore(make((2, 1))[0].snapshot())


# What one asks a training.


def test_the_loss_is_that_of_all_rows_or_of_given_ones_and_changes_nothing():
    fit, model, loss_fn, x, y = make(optimizer="adam")
    twin, *_ = make(optimizer="adam")
    for run in (fit, twin):
        run.run(3)
    params = model.spec.tensors(Tensor(fit.w))
    assert fit.loss() == loss_fn(params, Tensor(x), Tensor(y)).item()
    assert fit.loss(x[:3], y[:3]) == loss_fn(params, Tensor(x[:3]), Tensor(y[:3])).item()
    for run in (fit, twin):
        run.run(3)
    assert same(fit.snapshot(), twin.snapshot())
    assert fit.source == twin.source


def test_answers_are_the_models_and_parameters_are_named_copies():
    fit, model, _, x, _ = make()
    fit.run(3)
    params = model.spec.tensors(Tensor(fit.w))
    np.testing.assert_array_equal(fit.predict(x[:2]), model(params, Tensor(x[:2])).value)
    assert fit.predict(x[:2].tolist()).dtype == np.float64
    named = fit.params
    assert {name: value.shape for name, value in named.items()} == model.spec.shapes
    np.testing.assert_array_equal(np.concatenate([v.ravel() for v in named.values()]), fit.w)
    named["W1"][:] = 0
    assert fit.params["W1"].any()


class Bias:
    """A model whose answer is its very parameters."""

    spec = ParamSpec({"b": (4, 1)})

    def __call__(self, params, x):
        return params["b"]


def test_an_answer_stays_as_it_was_when_the_run_goes_on():
    x = np.ones((4, 1))
    fit = Training(Bias(), np.zeros(4), lambda p, x, y: mse(p["b"], y), "sgd", x, x, batch=4,
                   rng=np.random.default_rng(0))  # fmt: skip
    answer = fit.predict(x)
    fit.run(3)
    assert not answer.any()
    assert fit.predict(x).all()


@pytest.mark.parametrize("name", ["mlp_dropout", "cnn_norm_dropout", "vae"])
def test_in_an_answer_nothing_is_drawn_and_in_a_loss_nothing_dropped(name):
    fit, task = training(name), TASKS[name](np.random.default_rng(0))
    fit.run(3)
    before = fit.snapshot()
    np.testing.assert_array_equal(fit.predict(task.x), fit.predict(task.x))
    assert fit.loss() == fit.loss()
    given = {k: Tensor(v) for k, v in {**fit.params, **fit.carried}.items()}
    rows = [Tensor(task.x), Tensor(task.y)]
    if name != "vae":  # without a mask nothing is dropped
        result = task.loss_fn(given, *rows)
        loss = result[0] if isinstance(result, tuple) else result
        assert fit.loss() == pytest.approx(loss.item(), rel=1e-14)
    assert same(fit.snapshot(), before)


def test_what_cannot_be_answered_is_refused():
    fit, *_, x, y = make()
    for given in ({"x": x}, {"y": y}):
        with pytest.raises(DomainError, match=r"Training.loss: expected both x and y, or neither"):
            fit.loss(**given)
    with pytest.raises(
        ShapeError, match=r"Training.loss: expected arrays of as many rows each, .* got 10 and 3"
    ):
        fit.loss(x, y[:3])
    with pytest.raises(ShapeError, match=r"Training.loss: .* at least one, got 0 and 0"):
        fit.loss(x[:0], y[:0])
    with pytest.raises(ShapeError, match=r"Training: expected inputs of one row or more, got"):
        fit.predict(x[:0])
    bare = Training(ParamSpec({"b": (1, 1)}), np.zeros(1), lambda p, x, y: p["b"].sum(), "sgd", x,
                    y, batch=1, rng=np.random.default_rng(0))  # fmt: skip
    with pytest.raises(DomainError, match="expected a model that can answer, got its ParamSpec"):
        bare.predict(x)


def test_the_engine_needs_numpy_and_the_standard_library_alone():
    code = """if True:
        import sys
        from importlib import import_module
        from pathlib import Path
        import numpy.random  # with its own companions
        before = set(sys.modules)
        for path in Path("engine").rglob("*.py"):
            import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
        top = {name.partition(".")[0] for name in sys.modules.keys() - before}
        print(sorted(top - sys.stdlib_module_names - {'numpy'}))
    """
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True,
                         check=True)  # fmt: skip
    assert run.stdout == "['engine']\n"


@pytest.mark.parametrize("lost", ["w", "t", "rule", "state", "order", "rng"])
def test_what_is_not_a_snapshot_is_refused_and_nothing_is_half_restored(lost):
    fit, *_ = make()
    before, snapshot = fit.snapshot(), fit.snapshot()
    del snapshot[lost]
    with pytest.raises(DomainError, match=f"restore: expected what snapshot gave, .* {lost}"):
        fit.restore(snapshot)
    assert same(fit.snapshot(), before)


def test_a_tensor_is_not_a_hyperparameter_and_schedules_do_not_share_their_steps():
    fit, *_ = make(optimizer="momentum")
    with pytest.raises(DomainError, match="expected a number or a schedule as lr, got a tensor"):
        fit.set("lr", Tensor(-1.0))
    seen = []
    fit.set("lr", lambda t: np.multiply(t, 0, out=t) + 0.1)
    fit.set("beta", lambda t: seen.append(t.tolist()) or np.full(t.shape, 0.5))
    fit.run(3)
    assert seen == [[0.0, 1.0, 2.0]]


@pytest.mark.parametrize("path", ["", ".", "/", "a\0b"])
def test_a_place_that_names_no_file_is_refused(path):
    fit, *_ = make()
    with pytest.raises(FileError, match="save: expected a file that can be written"):
        fit.save(path)
