"""Replay: whatever was done to a run, its line of text makes it again, bit for bit."""

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DomainError, UnknownNameError
from lessons.kit.replay import command_line, read_setting, read_turn, replay
from lessons.kit.run import Run, Turn
from tests.tutor.stub.lab import Arrows, Descent, Elimination

LABS = {lab.title(): lab for lab in (Arrows, Descent, Elimination)}
WORDS = {
    "lr": ["0.001", "0.5", "1.9", "3"], "kind": ["plain", "noisy"], "size": ["1", "4"],
    "dots": ["on", "off"], "a": ["1, 2", "-0.25, 5"], "b": ["0, 0"], "cell": ["1, 1"],
    "A": ["swap", "plain", "singular", "1 2; 3 4", "0 0; 0 0"], "f": ["sin(x)", "x + 'x'", "x - 1"],
    "k": ["2", "9"],
}  # fmt: skip


def again(text):
    """The run that a line makes."""
    program, run, path, *words = shlex.split(text)
    assert (program, run) == ("dltutor", "run")
    options = list(zip(words[::2], words[1::2], strict=True))
    found = {name: [value for key, value in options if key == name] for name, _ in options}
    steps = found.get("--steps")
    return replay(
        LABS[path.rpartition("/")[2]],
        int(found["--seed"][0]),
        dict(read_setting(text) for text in found.get("--set", [])),
        [read_turn(text) for text in found.get("--at", [])],
        int(steps[0]) if steps else None,
    )


def act(run, what, number):
    """One thing that a learner does."""
    if what in WORDS:
        value = WORDS[what][number % len(WORDS[what])]
        try:
            run.turn(what, value)
        except (DomainError, UnknownNameError, ValueError):
            return
    elif what == "step":
        run.advance(1 + number)
    elif what == "back":
        run.back(1 + number % 3)
    elif what == "reset":
        run.reset()
    elif what == "reseed":
        run.reset(run.seed + 1)
    elif what == "branch":
        run.restore(run.branch().snapshot())


MOVES = [*WORDS, *["step"] * 8, *["back"] * 2, "reset", "reseed", "branch"]
acts = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 17)), max_size=15)


@settings(max_examples=120)
@given(st.sampled_from(list(LABS.values())), st.integers(0, 9), acts)
def test_any_sequence_of_turns_steps_and_resets_is_made_again(lab, seed, done):
    run = Run(lab, seed)
    for what, number in done:
        act(run, what, number)
    twin = again(command_line("stubs/stub", run))
    assert twin.state_hash == run.state_hash
    assert twin.record() == run.record()
    assert (twin.turns, dict(twin.start)) == (run.turns, dict(run.start))
    assert command_line("stubs/stub", twin) == command_line("stubs/stub", run)
    for one in (run, twin):
        one.advance(7)
    assert twin.record() == run.record()


def test_a_line_says_no_more_than_it_must():
    assert command_line("s/t", Run(Arrows)) == "dltutor run s/t/arrows --seed 0"
    run = Run(Descent, 3, {"lr": 0.1})
    run.advance(7)
    run.turn("kind", "noisy")
    run.advance(5)
    assert command_line("s/t", run) == (
        "dltutor run s/t/descent --seed 3 --set lr=0.1 --at 7:kind=noisy --steps 12"
    )


@pytest.mark.parametrize("text", ["lr", "", "lr:3"])
def test_a_setting_needs_its_equals_sign(text):
    with pytest.raises(DomainError, match=r"^--set: expected KNOB=VALUE, got"):
        read_setting(text)


def test_a_setting_keeps_what_stands_behind_its_first_equals_sign():
    assert read_setting("f = x == 1") == ("f", "x == 1")
    assert read_setting("arrows.f=1.5") == ("f", "1.5")


@pytest.mark.parametrize(
    "text", ["lr=1", ":lr=1", "x:lr=1", "-1:lr=1", "1.5:lr=1", "²:lr=1", "9" * 99 + ":lr=1"]
)
def test_a_turn_needs_its_step(text):
    with pytest.raises(DomainError, match=r"^--at: expected STEP:KNOB=VALUE, such as 120:lr="):
        read_turn(text)
    assert read_turn(" 12 : f = x:y") == Turn(12, "f", "x:y")


@pytest.mark.parametrize(
    ("lab", "turns", "steps", "says"),
    [
        (Descent, [Turn(5, "lr", "1"), Turn(3, "lr", "2")], None, "increasing steps, got 3"),
        (Descent, [Turn(5, "size", "2")], None, "size restarts the run, so it cannot be turned"),
        (Descent, [Turn(5, "lr", "2")], 4, "expected at least 5, the last --at, got 4."),
        (Descent, [Turn(5, "lr", "77")], None, "lr: expected a number from 0.0001 to 10"),
        (Elimination, [Turn(3, "A", "singular")], None, "A restarts the run"),
        (Arrows, [Turn(3, "a", "1, 1")], None, "--at: the run ends after 0 steps, before a is"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_again_is_refused(lab, turns, steps, says):
    with pytest.raises(DomainError) as told:
        replay(lab, 0, {}, turns, steps)
    assert says in str(told.value)


def test_a_turn_at_the_start_is_how_the_run_begins():
    run = replay(Descent, 0, {}, [Turn(0, "size", "5"), Turn(0, "lr", "0.1")], 9)
    assert run.record() == replay(Descent, 0, {"size": 5, "lr": 0.1}, [], 9).record()


def test_without_steps_a_run_goes_on_to_its_end_or_its_budget():
    assert replay(Descent, 0, {"lr": 0.5}, [], None).status == "converged"
    assert replay(Descent, 0, {"lr": 1e-4}, [], None).steps == Descent.budget
    walk = replay(Elimination, 0, {}, [], None)
    assert walk.status == "converged"
