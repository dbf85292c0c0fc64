"""Compiled training equals an eager loop, and its state can be taken, put back and turned."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from engine.activations import ACTIVATIONS
from engine.errors import DomainError, ShapeError, UnknownNameError
from engine.losses import LOSSES, mse
from engine.models import MLP
from engine.optim import OPTIMIZERS, rule
from engine.parameters import Layout
from engine.reverse import grad
from engine.tensor import Tensor
from engine.training import Probe, Training
from tests.engine.memory import array_bytes

SIZES = [(2, 1), (2, 4, 2, 1), (3, 5, 3)]
# An activation and an optimizer meet nowhere in the step: each is paired with a plain partner.
PAIRS = [*((name, "sgd") for name in ACTIVATIONS), *(("tanh", name) for name in OPTIMIZERS)]


def make(sizes=(2, 4, 2, 1), hidden="tanh", loss="mse", optimizer="sgd", batch=4, rows=10, **more):
    rng = np.random.default_rng(0)
    model = MLP(sizes, hidden)
    x, y = (
        rng.standard_normal((rows, sizes[0])),
        np.eye(sizes[-1])[rng.integers(sizes[-1], size=rows)],
    )

    def loss_of(params, x, y):
        return LOSSES[loss](model(params, x), y)

    start = model.start(rng)
    settings = {"lr": 0.05, **more}
    fit = Training(
        model.layout, start, loss_of, rule(optimizer), settings, x, y, batch=batch, rng=rng
    )
    return fit, model, loss_of, x, y


def rows_of_next(fit, batch):
    """The rows that the next update will use."""
    state = fit.snapshot()
    return state["order"][state["cursor"] :][:batch]


def eager_updates(fit, model, loss_of, x, y, optimizer, settings, batch):
    """Before each update of `fit`, the parameters that it should arrive at."""
    w, memory, t = fit.w.copy(), tuple(optimizer.memory.values()), 0
    while True:
        rows, t = rows_of_next(fit, batch), t + 1
        leaf = Tensor(w)
        loss = loss_of(model.layout.tensors(leaf), Tensor(x[rows]), Tensor(y[rows]))
        w, *memory = optimizer(w, grad(loss, [leaf])[0].value, t, *memory, **settings)
        yield w


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("hidden", "optimizer"), PAIRS)
def test_compiled_training_equals_an_eager_loop(sizes, hidden, loss, optimizer):
    fit, *task = make(sizes, hidden, loss, optimizer)
    wanted = eager_updates(fit, *task, rule(optimizer), {"lr": 0.05}, batch=4)
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
    fit = Training(Layout({"b": (1, 1)}), np.zeros(1), lambda p, x, y: -(p["b"] * y * 2).mean(),
                   rule("sgd"), {"lr": 1.0}, np.ones((5, 1)), y, batch=4,
                   rng=np.random.default_rng(3))  # fmt: skip
    for _ in range(4):
        before, rows = fit.w.copy(), rows_of_next(fit, 4)
        fit.run()
        np.testing.assert_allclose(fit.w - before, 2 * y[rows].mean(), rtol=1e-15)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch", [4, 10])
def test_a_restored_run_goes_on_bit_for_bit(optimizer, batch):
    fit, *_ = make(optimizer=optimizer, batch=batch)
    fit.run(4)
    state = fit.snapshot()
    fit.run(9)
    wanted = fit.snapshot()
    other, *_ = make(optimizer=optimizer, batch=batch)
    other.run(1)
    for run in (fit, other):
        run.restore(state)
        run.run(9)
        got = run.snapshot()
        assert got.keys() == wanted.keys()
        assert all(np.array_equal(got[k], wanted[k]) for k in got)


def test_a_snapshot_is_a_copy():
    fit, *_ = make(optimizer="adam")
    state = fit.snapshot()
    kept = {k: np.copy(v) for k, v in state.items()}
    fit.run(5)
    fit.restore(state)
    fit.run(5)
    assert all(np.array_equal(state[k], kept[k]) for k in state)


def test_many_updates_are_as_many_single_ones():
    one, many = make()[0], make()[0]
    for _ in range(11):
        one.run()
    many.run(11)
    np.testing.assert_array_equal(one.w, many.w)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_turned_setting_acts_at_once(optimizer):
    turned, fresh = make(optimizer=optimizer)[0], make(optimizer=optimizer, lr=0.2)[0]
    start = turned.w.copy()
    turned.turn("lr", 0.2)
    turned.run(5)
    fresh.run(5)
    np.testing.assert_array_equal(turned.w, fresh.w)
    assert (turned.w != start).any()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("whole", [True, False])
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
    for _ in range(1000):
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


def test_a_probe_sees_the_parameters_of_now():
    fit, model, loss_of, x, y = make()
    probe = Probe(fit.w, model.layout, lambda p, x, y: [loss_of(p, x, y), model(p, x)], x, y)
    for _ in range(3):
        fit.run(3)
        params = model.layout.tensors(Tensor(fit.w))
        loss, out = probe()
        assert float(loss) == pytest.approx(loss_of(params, Tensor(x), Tensor(y)).item(), rel=1e-13)
        np.testing.assert_allclose(out, model(params, Tensor(x)).value, rtol=1e-13)


def test_whole_numbers_in_the_data_are_numbers():
    def loss_of(p, x, y):
        return mse(x @ p["W"], y)

    x, y = np.arange(6).reshape(6, 1), np.arange(6).reshape(6, 1) % 2 == 1
    runs = []
    for data in ((x, y), (x * 1.0, y * 1.0)):
        fit = Training(Layout({"W": (1, 1)}), np.ones(1), loss_of, rule("sgd"), {"lr": 0.01}, *data,
                       batch=4, rng=np.random.default_rng(0))  # fmt: skip
        fit.run(5)
        runs.append(fit.w)
    np.testing.assert_array_equal(*runs)


x = np.ones((4, 2))
MISTAKES = [
    ({"y": np.ones((3, 1))}, ShapeError, "Training: expected as many inputs .* got 4 and 3"),
    ({"x": x[:0], "y": x[:0]}, ShapeError, "at least one, got 0 and 0"),
    ({"batch": 0}, DomainError, "Training: expected batch ≥ 1, got 0"),
    ({"settings": {"lr": -1}}, DomainError, "sgd: expected lr > 0, got -1"),
    ({"settings": {"rate": 1}}, UnknownNameError, "No setting of sgd is called 'rate'"),
    ({"w": np.ones(4)}, ShapeError, r"Layout: expected a vector of shape \(3,\), got \(4,\)"),
]


@pytest.mark.parametrize(("changed", "kind", "message"), MISTAKES)
def test_a_mistake_is_named(changed, kind, message):
    model = MLP((2, 1))
    given = {"layout": model.layout, "w": np.ones(3), "rule": rule("sgd"), "settings": {}, "x": x,
             "loss_of": lambda p, x, y: mse(model(p, x), y), "y": np.ones((4, 1)), "batch": 2,
             "rng": np.random.default_rng(0)}  # fmt: skip
    with pytest.raises(kind, match=message):
        Training(**(given | changed))


def test_turn_and_restore_refuse_what_does_not_fit():
    fit, *_ = make()
    with pytest.raises(DomainError, match="sgd: expected lr > 0, got 0"):
        fit.turn("lr", 0)
    with pytest.raises(UnknownNameError, match="No setting of sgd is called 'beta'"):
        fit.turn("beta", 0.5)
    with pytest.raises(
        ShapeError, match="restore: expected 25 parameters and 10 rows, got 3 and 10"
    ):
        fit.restore(make((2, 1))[0].snapshot())


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
