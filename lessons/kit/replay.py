"""Replay: turn a run into one command line, and the command line into the same run, bit for bit."""

import shlex
from collections.abc import Mapping, Sequence

from engine.errors import DomainError
from lessons.kit.experiment import AbstractExperiment
from lessons.kit.run import Run, Turn


def command_line(lesson: str, run: Run) -> str:
    """The command that reproduces a run: its experiment, initial knobs, turns and steps.

    Args:
        lesson: subject/lesson.
        run: any run of one of its experiments.
    """
    words = ["dltutor", "run", f"{lesson}/{run.experiment.title()}", "--seed", str(run.seed)]
    for name, knob in run.experiment.knobs.items():
        if run.start[name] != knob.show(knob.default):
            words += ["--set", f"{name}={run.start[name]}"]
    for turn in run.turns:
        words += ["--at", f"{turn.step}:{turn.name}={turn.text}"]
    if run.has_steps:
        words += ["--steps", str(run.steps)]
    return shlex.join(words)


def read_setting(text: str, option: str = "--set") -> tuple[str, str]:
    """The knob and the value of `KNOB=VALUE`.

    Raises:
        DomainError: no equals sign.

    >>> read_setting("lr = 0.01")
    ('lr', '0.01')
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise DomainError(f"{option}: expected KNOB=VALUE, got {text!r}.")
    # If a lesson has several experiments, a knob may be prefixed with its own: `ellipse.c1`.
    return name.strip().rpartition(".")[2], value.strip()


def read_turn(text: str) -> Turn:
    """The turn described by `STEP:KNOB=VALUE`.

    Raises:
        DomainError: the text has another form.

    >>> read_turn("120:lr=0.01")
    Turn(step=120, name='lr', text='0.01')
    """
    step, colon, setting = text.partition(":")
    if not colon or not step.strip().isdecimal() or len(step) > 15:
        raise DomainError(f"--at: expected STEP:KNOB=VALUE, such as 120:lr=0.01, got {text!r}.")
    return Turn(int(step), *read_setting(setting, "--at"))


def replay(
    experiment: type[AbstractExperiment],
    seed: int,
    values: Mapping[str, object],
    turns: Sequence[Turn],
    steps: int | None,
) -> Run:
    """Reproduce a run.

    Args:
        experiment: what to run.
        seed: of the random generator.
        values: the initial knob values.
        turns: the knobs turned in mid-run, ordered by step.
        steps: how many steps in all; None for the experiment's budget.

    Raises:
        UnknownNameError, DomainError: an unknown knob, a value that it cannot have, a knob that
            cannot be turned in mid-run, or turns that are out of order or after the end.
    """
    run = Run(experiment, seed, values)
    if steps and not run.has_steps:
        raise DomainError(f"--steps: {experiment.title()} makes no steps. Leave --steps out.")
    for turn in turns:
        knob = experiment.knob(turn.name)
        if turn.step and knob.rebuilds:
            raise DomainError(
                f"--at: {turn.name} restarts the run, so it cannot be turned after {turn.step} "
                f"{experiment.unit}s. Use --set {turn.name}={turn.text}."
            )
        if turn.step < run.steps:
            raise DomainError(
                f"--at: expected increasing steps, got {turn.step} after {run.steps}. Sort them."
            )
        run.advance(turn.step - run.steps)
        if run.steps < turn.step:
            raise DomainError(
                f"--at: the run ends after {run.steps} {experiment.unit}s, before {turn.name} is "
                f"turned after {turn.step}."
            )
        run.turn(turn.name, turn.text)
    total = experiment.budget if steps is None else steps
    if total < run.steps:
        raise DomainError(f"--steps: expected at least {run.steps}, the last --at, got {total}.")
    run.advance(total - run.steps)
    return run
