"""The clock: steps are owed by the time that passed, and a slow machine is never late."""

import pytest

from lessons.kit.run import Run
from tests.tutor.stub.lab import Descent
from tutor.clock import (
    HAND_PAUSE,
    INPUT_PAUSE,
    LONGEST_HAND_PAUSE,
    LONGEST_PAUSE,
    SLICE,
    SPEEDS,
    Clock,
    Scheduler,
    speed_name,
)

FULL = SPEEDS[-1]


class Timer:
    """A timer by which looking at it takes a while."""

    def __init__(self, tick=0.0):
        self.now, self.tick = 0.0, tick

    def __call__(self):
        self.now += self.tick
        return self.now


def clock(speed=60.0, tick=0.0, **values):
    return Clock(Run(Descent, values=values or {"lr": 0.0001}), speed, Timer(tick))


@pytest.mark.parametrize(("elapsed", "steps"), [(0, 0), (0.01, 0), (0.5, 30), (1, 60)])
def test_steps_are_worth_the_time_that_passed(elapsed, steps):
    here = clock()
    assert here.slice(elapsed) == steps
    assert here.run.steps == steps


def test_a_part_of_a_step_is_owed_until_it_is_a_whole_one():
    here = clock(speed=1)
    assert [here.slice(0.25) for _ in range(8)] == [0, 0, 0, 1, 0, 0, 0, 1]


def test_a_slice_ends_in_time_and_what_it_could_not_make_is_forgotten():
    here = clock(speed=1000, tick=SLICE / 4)
    made = here.slice(1)
    assert 0 < made < 1000
    assert here.slice(0) == 0


def test_at_full_speed_a_slice_is_filled():
    here = clock(speed=FULL, tick=SLICE / 50)
    assert here.slice(1e-6) >= 49
    assert here.slice(1e-6) >= 49


def test_no_time_is_worth_no_steps_also_at_full_speed():
    here = clock(speed=FULL, tick=SLICE / 10)
    assert here.slice(0) == 0
    assert here.slice(0.01) > 0


def test_a_run_that_ends_ends_the_slice():
    here = clock(speed=1000, lr=1.0)
    made = here.slice(1)
    assert 0 < made <= Descent.stride
    assert here.run.status == "converged"
    assert here.slice(1) == 0


@pytest.mark.parametrize("speed", [60, FULL])
def test_a_slice_does_not_step_over_a_place_to_look_at(speed):
    here = clock(speed=speed, tick=SLICE / 1000)
    while here.run.steps < 70:
        here.slice(0.5, stop=70)
    assert here.run.steps == 70
    assert here.slice(0.5, stop=70) > 0


def test_portions_by_the_clock_make_no_difference_to_the_run():
    here = clock(tick=SLICE / 7, speed=250, kind="noisy", lr=0.01)
    while here.run.steps < 200:
        here.slice(0.033, stop=200)
    straight = Run(Descent, values={"kind": "noisy", "lr": 0.01})
    straight.advance(200)
    assert here.run.state_hash == straight.state_hash


def test_speeds_go_up_and_down_between_their_ends():
    here = clock(speed=SPEEDS[0])
    climbed = [here.speed]
    for _ in range(len(SPEEDS)):
        here.change_speed(1)
        climbed.append(here.speed)
    assert climbed == [*SPEEDS, FULL]
    here.change_speed(-1)
    assert here.speed == SPEEDS[-2]
    here.change_speed(-99)
    assert here.speed == SPEEDS[0]


@pytest.mark.parametrize(("by", "speed"), [(1, 60), (-1, 15), (2, 250), (-2, 4)])
def test_from_a_speed_of_a_page_one_goes_to_the_nearest_ones(by, speed):
    here = clock(speed=20)
    here.change_speed(by)
    assert here.speed == speed


def test_every_speed_has_a_short_name():
    names = [speed_name(speed) for speed in SPEEDS]
    assert len(set(names)) == len(SPEEDS)
    assert max(map(len, names)) <= 6


def acts(turns, start, count, gap=1 / 60, **state):
    facts = {"due": False, "by_hand": False, "playing": False, "stale": False, **state}
    return [turns.next_task(start + gap * i, **facts) for i in range(count)]


def test_slices_and_pictures_take_turns():
    assert acts(Scheduler(), 9, 4, playing=True, stale=True) == ["slice", "frame", "slice", "frame"]
    assert acts(Scheduler(), 9, 2, playing=True) == ["slice", "slice"]
    assert acts(Scheduler(), 9, 2, stale=True) == ["frame", "frame"]
    assert acts(Scheduler(), 9, 1) == ["rest"]


def test_keys_hold_everything_up_for_a_moment_but_not_for_long():
    turns = Scheduler()
    acts(turns, 9, 1, playing=True)
    turns.last_input = 9.01
    assert turns.next_task(9.02, due=False, by_hand=False, playing=True, stale=True) == "wait"
    later = 9.02 + INPUT_PAUSE
    assert turns.next_task(later, due=False, by_hand=False, playing=True, stale=True) == "frame"
    done = []
    for i in range(1, 31):  # a key every 10 ms
        turns.last_input = later + 0.01 * i
        done += acts(turns, turns.last_input, 1, playing=True, stale=True)
    assert done.count("wait") < 30
    assert 30 * 0.01 / LONGEST_PAUSE - 1 < 30 - done.count("wait") <= 30 * 0.01 / LONGEST_PAUSE


def test_what_was_turned_by_hand_is_seen_as_soon_as_the_knob_was_shown():
    turns, state = Scheduler(last_input=9), {"by_hand": True, "stale": True, "playing": True}
    assert acts(turns, 9, 2, **state) == ["wait", "wait"]
    assert acts(turns, 9.001 + HAND_PAUSE, 2, **state) == ["frame", "frame"]
    assert acts(turns, 9, 1, due=True, **state) == ["rebuild"]


def test_also_while_the_mouse_keeps_dragging():
    turns, done = Scheduler(), []
    for i in range(100):  # an event every 10 ms
        turns.last_input = 9 + 0.01 * i
        done += acts(turns, turns.last_input, 1, by_hand=True, stale=True)
    assert 100 * 0.01 / LONGEST_HAND_PAUSE - 5 <= done.count("frame") < 30
