"""What every experiment promises, whoever writes it."""

from math import isfinite

import numpy as np
import pytest

from engine.errors import DltutorError
from lessons.kit.algorithm import AlgorithmExperiment
from lessons.kit.experiment import StaticExperiment
from lessons.kit.knobs import Cell, Matrix, Point
from lessons.kit.replay import replay
from lessons.kit.run import Run
from tests.lessons.every import experiments, knobs, run_of, strides
from tutor.pictures.cells import DARK, plain
from tutor.pictures.paint import cell_of, describe, paint, pick

pytestmark = pytest.mark.parametrize("experiment", experiments())
each_turn = pytest.mark.parametrize(
    "every",
    [pytest.param(False, id="own"), pytest.param(True, id="every", marks=pytest.mark.sweep)],
)
SIZES = [(38, 13), (76, 20), (20, 5)]


def views_of(run):
    lab = run.lab
    pictures = [getattr(lab, name)() for name in run.experiment.views]
    return pictures + [run.chart(name) for name in run.experiment.charts]


def corners(experiment):
    """Each knob alone at each of its corners, awake; then all low, and all high."""
    for name, knob in experiment.knobs.items():
        awake = {knob.active_when[0]: knob.active_when[1][0]} if knob.active_when else {}
        yield from ({**awake, name: value} for value in knob.edge_cases())
    yield {name: knob.edge_cases()[0] for name, knob in experiment.knobs.items()}
    yield {name: knob.edge_cases()[-1] for name, knob in experiment.knobs.items()}


def in_midst(experiment):
    run = Run(experiment)
    run.advance(strides(run, 3) + 1)
    return run


def other(knob, value):
    """A value of the knob that is not this one."""
    return next(v for v in (knob.moved(value, 1), *knob.edge_cases()) if not knob.equal(v, value))


def live(experiment, every):
    """The knobs that act in mid-run."""
    if issubclass(experiment, StaticExperiment | AlgorithmExperiment):
        return {}
    return {
        n: k for n, k in knobs(experiment, every).items() if not k.rebuilds and not k.display_only
    }


def test_it_says_what_its_knobs_do(experiment):
    assert experiment.views
    for knob in experiment.knobs.values():
        assert knob.label
        assert knob.help.endswith(".")
        assert "\n" not in knob.help
        for value in knob.edge_cases():
            assert knob.equal(knob.parse(knob.show(value)), value), knob.name
            assert knob.show(knob.parse(knob.show(value))) == knob.show(value)
        assert knob.active_when is None or knob.active_when[0] in experiment.knobs


def test_every_corner_is_finite_or_declared_diverged(experiment):
    for values in corners(experiment):
        run = Run(experiment, 0, values)
        run.advance(strides(run, 5))
        finite = all(isfinite(value) for value in run.metrics.values())
        assert finite or run.status == "diverged", values
        list(run.lab.oracles())
        views_of(run)


def test_the_same_run_twice_is_the_same_bit_for_bit(experiment):
    one, two = in_midst(experiment), in_midst(experiment)
    assert one.state_hash == two.state_hash
    assert repr(one.record()) == repr(two.record())


def test_portions_make_no_difference(experiment):
    whole, parts = Run(experiment), Run(experiment)
    count = strides(whole, 3) + 1
    whole.advance(count)
    for _ in range(count):
        parts.advance(1)
    assert (parts.steps, parts.status) == (whole.steps, whole.status)
    assert parts.state_hash == whole.state_hash
    assert parts.history.steps == whole.history.steps
    assert dict(parts.metrics) == dict(whole.metrics)


@each_turn
def test_a_branch_goes_the_same_way_also_after_a_turn(experiment, every):
    for name, knob in [("", None), *live(experiment, every).items()]:
        run = in_midst(experiment)
        if knob:
            run.turn(name, other(knob, run.lab.values[name]))
            run.advance(2)
        snapshot, twin = run.snapshot(), run.branch()
        assert twin.state_hash == run.state_hash, name
        for one in (run, twin):
            one.advance(strides(run, 2))
        assert twin.state_hash == run.state_hash, name
        assert shown(twin) == shown(run), name
        run.restore(snapshot)
        run.advance(strides(run, 2))
        assert run.state_hash == twin.state_hash, name


def to_the_bit(x):
    """An array's type, shape and bytes: to print its digits takes a hundred times as long."""
    return f"{x.dtype}{x.shape}{x.tobytes().hex()}"


def shown(run):
    """All that is seen of a run, as text."""
    with np.printoptions(override_repr=to_the_bit):
        return [repr(picture) for picture in views_of(run)[: len(run.experiment.views)]]


def test_looking_changes_nothing(experiment):
    seen, unseen = in_midst(experiment), in_midst(experiment)
    views_of(seen)
    list(seen.lab.oracles())
    assert seen.state_hash == unseen.state_hash
    for run in (seen, unseen):
        run.advance(3)
    assert seen.state_hash == unseen.state_hash


@each_turn
def test_numbers_and_pictures_are_those_of_now_after_a_turn(experiment, every):
    for name, knob in knobs(experiment, every).items():
        run = in_midst(experiment)
        views_of(run)
        if not run.turn(name, other(knob, run.lab.values[name])):
            continue
        fresh = run.branch()
        assert dict(run.metrics) == dict(fresh.metrics), name
        assert shown(run) == shown(fresh), name
        assert repr(list(run.lab.oracles())) == repr(list(fresh.lab.oracles())), name


@each_turn
def test_a_turn_before_the_first_step_is_a_start_with_that_value(experiment, every):
    for name, knob in knobs(experiment, every).items():
        run = Run(experiment)
        value = other(knob, run.lab.values[name])
        run.turn(name, value)
        assert run.turns == ()
        fresh = Run(experiment, 0, {name: value})
        assert run.state_hash == fresh.state_hash, name
        for one in (run, fresh):
            one.advance(3)
        assert run.state_hash == fresh.state_hash, name


@each_turn
def test_turns_between_two_steps_count_as_the_last(experiment, every):
    for name, knob in live(experiment, every).items():
        if knob.merges:
            once, twice = in_midst(experiment), in_midst(experiment)
            value = other(knob, once.lab.values[name])
            twice.turn(name, knob.moved(value, 3))
            for run in (once, twice):
                run.turn(name, value)
                run.advance(2)
            assert once.state_hash == twice.state_hash, name


def test_a_line_of_text_rebuilds_the_run(experiment):
    run, rng = in_midst(experiment), np.random.default_rng(0)
    names = list(experiment.knobs)
    for name in rng.choice(names, 4).tolist() if names else ():
        knob = experiment.knobs[name]
        if knob.rebuilds and rng.random() < 0.7:
            continue
        run.turn(name, other(knob, run.lab.values[name]))
        run.advance(int(rng.integers(1, 12)))
    again = replay(experiment, run.seed, run.start, run.turns, run.steps)
    assert again.state_hash == run.state_hash
    assert again.lab.values.keys() == run.lab.values.keys()
    assert [k.show(again.lab.values[n]) for n, k in experiment.knobs.items()] == [
        k.show(run.lab.values[n]) for n, k in experiment.knobs.items()
    ]


def test_a_value_that_cannot_be_leaves_everything_as_it_was(experiment):
    run = in_midst(experiment)
    before, values = run.state_hash, dict(run.lab.values)
    for name in experiment.knobs:
        with pytest.raises(DltutorError):
            run.turn(name, "no such value ∄")
    with pytest.raises(DltutorError):
        run.turn("no such knob", 1)
    assert run.state_hash == before
    assert repr(run.lab.values) == repr(values)


def test_a_walk_goes_back(experiment):
    if not issubclass(experiment, AlgorithmExperiment):
        return
    run = run_of(experiment, steps=3)
    hashes, seen = run.state_hash, shown(run)
    made = run.advance(2)
    assert run.back(made) == made
    assert run.state_hash == hashes
    assert shown(run) == seen


def test_the_numbers_are_there_from_the_start(experiment):
    run = Run(experiment)
    assert all(type(value) is float and isfinite(value) for value in run.metrics.values())
    assert run.status == "running" or not run.has_steps
    assert run.failure is None
    for chart in experiment.charts.values():
        assert set(chart.metrics) <= set(run.metrics)


def test_pictures_can_be_painted_described_and_touched(experiment):
    run = in_midst(experiment)
    for picture in views_of(run):
        for width, height in SIZES:
            lines = paint(picture, width, height, DARK)
            assert len(lines) == height
            assert len(plain(lines).split("\n")) == height
        assert describe(picture).startswith(picture.title)
        for handle in picture.handles[:40]:
            knob = experiment.knob(handle.knob)
            if isinstance(knob, Point | Matrix):
                continue
            if handle.part is not None:
                part = handle.part
                knob.parse(part if isinstance(knob, Cell) else str(part))
        width, height = 76, 20
        for handle in picture.handles[:8]:
            at = cell_of(picture, width, height, handle)
            assert at is None or pick(picture, width, height, *at) == handle
