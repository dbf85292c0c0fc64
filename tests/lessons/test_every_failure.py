"""What every failure promises: it can be brought about, it is silent otherwise, its cure cures."""

import pytest

from lessons.kit.experiment import StaticExperiment
from lessons.kit.run import Run
from tests.lessons.every import experiments, failures


def shows(failure, run, budget):
    """Whether the failure's sign shows at some stride within the budget."""
    while run.steps < budget:
        if failure.detect(run.lab):
            return True
        if not run.advance(min(20 * run.lab.stride, budget - run.steps)):
            break
    return failure.detect(run.lab)


@pytest.mark.parametrize(("experiment", "failure"), failures())
def test_a_failure_can_be_brought_about(experiment, failure):
    assert failure.why.endswith(".")
    assert failure.advice.endswith(".")
    before = {} if issubclass(experiment, StaticExperiment) else failure.scene
    assert not failure.detect(Run(experiment, 0, before).lab), "a run that has not begun is healthy"
    assert shows(failure, Run(experiment, 0, failure.scene), experiment.budget)


@pytest.mark.parametrize(("experiment", "failure"), failures())
def test_its_remedy_is_a_healthy_run(experiment, failure):
    assert failure.fix
    run = Run(experiment, 0, {**failure.scene, **failure.fix})
    assert not shows(failure, run, min(experiment.budget, 3000))


@pytest.mark.sweep
@pytest.mark.parametrize("experiment", experiments())
def test_healthy_runs_raise_none(experiment):
    if not experiment.failures:
        return
    for seed in range(20):
        run = Run(experiment, seed)
        while run.steps < min(experiment.budget, 3000):
            assert run.failure is None, seed
            if not run.advance(20 * run.lab.stride):
                break
