"""A short visit of the monkey; `make monkey` lets it stay."""

import pytest

from tests.e2e.monkey import play


@pytest.mark.parametrize("seed", [11, 12])
def test_a_monkey_does_no_harm(seed):
    play(seed, 400)
