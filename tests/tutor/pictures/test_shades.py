"""Numbers as shades."""

import numpy as np
import pytest

from tutor.pictures import shades


def test_a_bound_is_the_end_of_the_colors():
    assert shades.diverging(np.array([[-50.0, 0.0, 50.0]]), 5.0).tolist() == [[0, 16, 31]]


def test_shrinking_takes_the_mean():
    assert shades.resample(np.arange(16.0).reshape(1, 16), 1, 1).item() == pytest.approx(7.5)
    assert shades.resample(np.full((7, 5), 3.0), 11, 2) == pytest.approx(3.0)


def test_both_ramps_begin_at_the_middle():
    ramp = shades.glyphs(is_diverging=True)
    low, high = ramp[: shades.LEVELS // 2], ramp[shades.LEVELS // 2 : shades.LEVELS]
    assert (low[0], low[-1]) == (shades.FALLING[-1], " ")
    assert (high[0], high[-1]) == (" ", shades.RISING[-1])
    assert list(dict.fromkeys(high)) == list(shades.RISING)
    assert list(dict.fromkeys(reversed(low))) == list(shades.FALLING)


def test_what_is_not_finite_is_missing():
    assert shades.quantized(np.array([np.nan, 1.0])).tolist() == [shades.MISSING, 31]
