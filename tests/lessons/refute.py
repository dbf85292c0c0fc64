"""Run every lesson's scenes and print as JSON which oracles are refuted; used on a faulty copy."""

import json
import sys

from engine.errors import DltutorError
from lessons.catalogue import entries, load
from lessons.kit.checks import Prediction
from lessons.kit.run import Run

STOPS = (1, 2, 20, 100, 500, 1500)


def scenes(lesson):
    """Every experiment with every scene that a page or a prediction sets."""
    found = [(lesson.experiment(page.stage.experiment), page.stage.scene)
             for page in lesson.pages if page.stage]  # fmt: skip
    checks = [question.check for question in lesson.questions.values()]
    return found + [(one.lab, one.scene) for one in checks if isinstance(one, Prediction)]


def refuted(lesson):
    """The names of the oracles that some scene refutes."""
    names = set()
    for experiment, scene in scenes(lesson):
        try:
            run = Run(experiment, 0, scene)
            for stop in STOPS:
                run.advance(min(stop, experiment.budget) - run.steps)
                for oracle in run.lab.oracles():
                    if oracle.ok is False and not oracle.illustrates:
                        names.add(oracle.name)
                if not run.has_steps or run.status != "running":
                    break
        except (DltutorError, ArithmeticError):
            continue  # an algorithm that breaks down says so itself
    return sorted(names)


if __name__ == "__main__":
    import numpy as np

    with np.errstate(all="ignore"):
        sys.stdout.write(json.dumps({entry.path: refuted(load(entry)) for entry in entries()}))
