"""A short visit of the monkey; `make monkey` lets it stay."""

import pytest

from tests.e2e.monkey import play


@pytest.mark.parametrize(
    ("seed", "count"), [(11, 250), pytest.param(12, 2000, marks=pytest.mark.sweep)]
)
def test_a_monkey_does_no_harm(seed, count):
    play(seed, count)
