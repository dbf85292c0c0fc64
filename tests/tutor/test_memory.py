"""A lesson that was left takes no memory."""

import gc

from lessons.catalogue import find
from tests.tutor.driving import settled, tutor

ONE_LESSON = 10_000
"""Far fewer objects than a lesson that is kept: about 15,000 when it was measured."""


async def test_lessons_that_were_left_are_forgotten():
    async with tutor(lesson=None) as pilot:
        counts = []
        for _ in range(4):
            for name in ("vectors", "gradient_descent"):
                pilot.app.open_lesson(find(name))
                await settled(pilot)
            pilot.app.action_home()
            await settled(pilot)
            gc.collect()
            counts.append(len(gc.get_objects()))
        assert abs(counts[-1] - counts[1]) < ONE_LESSON
