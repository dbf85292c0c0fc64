"""The clock: steps are owed by the time that passed, and a slow machine is never late."""

import pytest

from lessons.catalogue import find, load
from lessons.kit.run import Run
from tutor.clock import SLICE, SPEEDS, Clock, speed_name

FULL = SPEEDS[-1]


class Timer:
    """A timer by which looking at it takes a while."""

    def __init__(self, tick=0.0):
        self.now, self.tick = 0.0, tick

    def __call__(self):
        self.now += self.tick
        return self.now


def clock(speed=60.0, tick=0.0, lesson="gradient_descent", **values):
    values = values or {"lr": 0.0001} if lesson == "gradient_descent" else values
    return Clock(Run(load(find(lesson)), values=values), speed, Timer(tick))


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
    here = clock(speed=1000, ground="curve", lr=1.0)
    assert here.slice(1) == 1
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
    here = clock(lesson="playground", tick=SLICE / 7, speed=250)
    while here.run.steps < 200:
        here.slice(0.033, stop=200)
    straight = Run(load(find("playground")))
    straight.advance(200)
    assert here.run.state_hash == straight.state_hash


def test_speeds_go_up_and_down_between_their_ends():
    here = clock(speed=SPEEDS[0])
    climbed = [here.speed]
    for _ in range(len(SPEEDS)):
        here.faster(1)
        climbed.append(here.speed)
    assert climbed == [*SPEEDS, FULL]
    here.faster(-1)
    assert here.speed == SPEEDS[-2]
    here.faster(-99)
    assert here.speed == SPEEDS[0]


def test_every_speed_has_a_short_name():
    names = [speed_name(speed) for speed in SPEEDS]
    assert len(set(names)) == len(SPEEDS)
    assert max(map(len, names)) <= 6
