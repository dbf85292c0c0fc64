"""A saved training goes on bit for bit; a wrong or damaged file is refused, all or nothing."""

import json
import os

import numpy as np
import pytest

from engine.errors import FileError
from engine.models import MLP
from engine.optim import OPTIMIZERS, momentum, sgd
from engine.parameters import ParamSpec
from engine.schedules import cosine
from engine.training import Training
from tests.engine.models.test_every_model import same
from tests.engine.models.tiny import playing, run_of, training


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.npz"


def goes_on(saved, other, path):
    """Whether the other one takes up a saved run and makes the same updates."""
    saved.run(3)
    saved.save(path)
    saved.run(4)
    other.load(path)
    other.run(4)
    return same(saved.snapshot(), other.snapshot())


CASES = [
    *(("mlp", name) for name in OPTIMIZERS), ("cnn_norm_dropout", "adam"), ("vae", "adam"),
    ("gan", "adam"), ("transformer", "sgd"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "optimizer"), CASES)
def test_a_loaded_run_goes_on_bit_for_bit(name, optimizer, path):
    assert goes_on(run_of(name, optimizer), run_of(name, optimizer), path)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_so_does_one_in_either_precision(kind, path):
    assert goes_on(run_of("mlp", "adam", kind), run_of("mlp", "adam", kind), path)


def tiny(seed=0, generator=np.random.PCG64, optimizer="sgd", rows=4, batch=2, name="w"):
    """One number, pulled down by one."""
    rng = np.random.Generator(generator(seed))
    return Training(ParamSpec({name: (1,)}), np.ones(1), lambda p, x, y: (p[name] * x).mean(),
                    optimizer, np.ones((rows, 1)), np.ones((rows, 1)), batch=batch,
                    rng=rng)  # fmt: skip


@pytest.mark.parametrize("generator", [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937,
                                       np.random.Philox, np.random.SFC64])  # fmt: skip
def test_every_generator_of_numpy_is_saved(generator, path):
    assert goes_on(tiny(0, generator), tiny(1, generator), path)


def test_hyperparameters_that_were_set_are_taken_up(path):
    saved, other = tiny(optimizer=momentum(lr=0.1)), tiny(optimizer=momentum(lr=0.7))
    saved.set("beta", 1 / 3)
    assert goes_on(saved, other, path)
    assert other.optimizer == saved.optimizer


def test_a_schedule_goes_on_under_one_that_the_training_has(path):
    falling = sgd(lr=cosine(lr=0.5, total=20))
    assert goes_on(tiny(optimizer=falling), tiny(optimizer=falling), path)
    with pytest.raises(FileError, match=r"expected lr as a number, got a schedule in .* before"):
        tiny().load(path)


def test_a_number_in_the_file_ends_a_schedule(path):
    assert goes_on(tiny(), tiny(optimizer=sgd(lr=lambda t: 0.5 + 0 * t)), path)


def test_the_file_holds_plain_arrays_and_text(path):
    training("mlp", "adam").save(path)
    with np.load(path, allow_pickle=False) as archive:
        assert archive["snapshot/players/0/state/m"].shape == (26,)
        assert json.loads(str(archive["json"]))["mapping"]["built"]


OTHERS = [
    (lambda: tiny(name="v"), r"parameters = \[\{'v': \[1\]\}\], got \[\{'w': \[1\]\}\]"),
    (lambda: tiny(optimizer="adam"), r"optimizer = \['adam'\], got \['sgd'\]"),
    (lambda: tiny(rows=5), r"data = \{'x': \[5, 1\], .* got \{'x': \[4, 1\]"),
    (lambda: tiny(batch=3), "batch = 3, got 2"),
    (lambda: tiny(generator=np.random.SFC64), "generator = SFC64, got PCG64"),
    (lambda: playing("gan"), "kind = AdversarialTraining, got Training"),
]


@pytest.mark.parametrize(("build", "message"), OTHERS)
def test_a_training_that_is_built_otherwise_refuses_the_file(build, message, path):
    tiny().save(path)
    other = build()
    before = other.snapshot()
    with pytest.raises(FileError, match=f"load: expected a file of a training with {message}"):
        other.load(path)
    assert same(other.snapshot(), before)


def test_equal_shapes_in_another_order_are_another_model(path):
    shapes = [{"a": (1,), "b": (1,)}, {"b": (1,), "a": (1,)}]
    one, other = (
        Training(ParamSpec(s), np.ones(2), lambda p, x, y: p["a"].sum(), "sgd", np.ones((1, 1)),
                 np.ones((1, 1)), batch=1, rng=np.random.default_rng(0))
        for s in shapes
    )  # fmt: skip
    one.save(path)
    with pytest.raises(FileError, match="with parameters = "):
        other.load(path)


def test_no_file_another_kind_and_an_empty_one_are_refused(path, tmp_path):
    fit = tiny()
    for content in (None, b"", b"w,g\n1,2\n", b"PK\x03\x04"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(FileError, match="load: expected a file that save wrote, got "):
            fit.load(path)
    np.save(path.with_suffix(".npy"), np.ones(3))
    np.savez(tmp_path / "data.npz", x=np.ones(3))
    np.savez(tmp_path / "pickled.npz", json=np.array([object()]))
    for name in ("run.npy", "data.npz", "pickled.npz", "."):
        with pytest.raises(FileError, match="load: expected a file that save wrote, got "):
            fit.load(tmp_path / name)


def damaged(content):
    """A file cut short at many lengths, and with one byte changed at many places."""
    for end in range(0, len(content), 197):
        yield content[:end]
    for at in range(0, len(content), 23):
        yield content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def test_a_damaged_file_is_refused_or_read_as_it_was_written(path):
    saved = tiny()
    saved.run(3)
    saved.save(path)
    wanted, fit, refused = saved.snapshot(), tiny(), 0
    before = fit.snapshot()
    for content in damaged(path.read_bytes()):
        path.write_bytes(content)
        try:
            fit.load(path)
        except FileError:
            refused += 1
            assert same(fit.snapshot(), before)
        else:
            assert same(fit.snapshot(), wanted)
            fit.restore(before)
    assert refused > 30


def changed(path, **arrays):
    """The file with some of its arrays replaced, checksums and all."""
    with np.load(path) as archive:
        content = {name: archive[name] for name in archive.files}
    np.savez(path, **{**content, **{name.replace("__", "/"): v for name, v in arrays.items()}})


WRONG = [
    {"snapshot__order": np.array([0, 0, 1, 2])},
    {"snapshot__order": np.array([0.0, 1.0, 2.0, 3.0])},
    {"snapshot__players__0__w": np.ones(2)},
    {"snapshot__players__0__w": np.ones(1, np.float32)},
    {"snapshot__players__0__t": np.array(-1.0)},
    {"snapshot__players__0__t": np.array(0.5)},
    {"snapshot__players__0__t": np.array(np.nan)},
    {"json": np.array('{"mapping": {}}')},
    {"json": np.array("[]")},
    {"json": np.array("no text")},
]


@pytest.mark.parametrize("arrays", WRONG, ids=str)
def test_numbers_that_no_run_can_have_are_refused(arrays, path):
    fit = tiny()
    fit.save(path)
    changed(path, **arrays)
    before = fit.snapshot()
    with pytest.raises(FileError, match="load: expected a file that save wrote, got "):
        fit.load(path)
    assert same(fit.snapshot(), before)


def test_hyperparameters_that_no_rule_can_have_are_refused(path):
    tiny().save(path)
    with np.load(path) as archive:
        text = str(archive["json"])
    for wrong in ('"lr": -1', '"lr": "fast"', '"lr": NaN', '"rate": 1'):
        changed(path, json=np.array(text.replace('"lr": 0.1', wrong)))
        with pytest.raises(FileError, match="in which numbers are missing or wrong"):
            tiny().load(path)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(path, monkeypatch):
    fit = tiny()
    fit.save(path)
    before = path.read_bytes()

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    fit.run(3)
    with pytest.raises(FileError, match=r"save: expected a file .* \(No space left on device\)"):
        fit.save(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    for place in (tmp_path, tmp_path / "no folder" / "run.npz"):
        with pytest.raises(FileError, match="save: expected a file that can be written, got"):
            tiny().save(place)
    assert list(tmp_path.iterdir()) == []


def test_a_network_of_ten_thousand_numbers_is_a_small_file(path):
    model, rng = MLP((99, 90, 10)), np.random.default_rng(0)
    x, y = rng.standard_normal((100, 99)), rng.standard_normal((100, 10))
    fit = Training(model, model.init(rng), lambda p, x, y: ((model(p, x) - y) ** 2).mean(), "adam",
                   x, y, batch=50, rng=rng)  # fmt: skip
    fit.save(path)
    assert path.stat().st_size < 3 * fit.w.nbytes + 20_000
