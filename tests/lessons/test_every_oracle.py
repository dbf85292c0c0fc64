"""What every oracle promises: no scene of a page refutes it, and a faulty engine does."""

from math import isfinite

import pytest

from lessons.kit.run import Run
from tests.lessons.every import lessons, stages
from tests.lessons.faults import EXPECTED, FAULTS, plant, refuted_by

LONGEST = 2000


def assert_not_refuted(experiment, scene, seed, longest):
    run = Run(experiment, seed, scene)
    seen = 0
    while True:
        for oracle in run.lab.oracles():
            assert isfinite(oracle.predicted), oracle
            assert 0 < oracle.tolerance <= 0.15, oracle
            assert oracle.why
            assert oracle.ok is not False, (run.steps, oracle)
            seen += oracle.ok is True
        if run.steps >= min(experiment.budget, longest) or not run.advance(longest // 10):
            return seen


@pytest.mark.parametrize(("experiment", "stage"), stages())
def test_no_scene_of_a_page_refutes_an_oracle(experiment, stage):
    seen = assert_not_refuted(experiment, stage.scene, 0, LONGEST)
    assert seen or "oracles" not in stage.views


@pytest.mark.sweep
@pytest.mark.parametrize(("experiment", "stage"), stages())
def test_no_seed_refutes_an_oracle(experiment, stage):
    for seed in range(1, 20):
        assert_not_refuted(experiment, stage.scene, seed, LONGEST)


def test_every_lesson_says_which_faults_it_refutes():
    assert set(EXPECTED) == {lesson.path for lesson in lessons()}
    for lesson, faults in EXPECTED.items():
        assert faults <= set(FAULTS)
        assert len(faults) >= 2, lesson
    refuted = set().union(*EXPECTED.values())
    assert len(refuted) >= 0.8 * len(FAULTS), sorted(set(FAULTS) - refuted)


def test_every_fault_can_be_planted(tmp_path):
    from pathlib import Path
    from shutil import copytree

    copytree(Path(__file__).parents[2] / "engine", tmp_path / "engine")
    for fault in FAULTS.values():
        before = (tmp_path / "engine" / fault.file).read_text(encoding="utf-8")
        plant(fault, tmp_path / "engine")
        compile((tmp_path / "engine" / fault.file).read_text(encoding="utf-8"), fault.file, "exec")
        (tmp_path / "engine" / fault.file).write_text(before, encoding="utf-8")


@pytest.mark.sweep
@pytest.mark.parametrize("name", [None, *FAULTS])
def test_a_planted_fault_is_refuted_and_the_sound_engine_is_not(name):
    refuted = refuted_by(FAULTS[name] if name else None)
    found = {lesson for lesson, oracles in refuted.items() if oracles}
    if name is None:
        assert found == set()
    else:
        assert {lesson for lesson, faults in EXPECTED.items() if name in faults} <= found
