"""Synthetic cells: seeded, in range, and abnormal ones show the signs that they are made with."""

import numpy as np
import pytest

from engine.data import patches, slide
from engine.data.microscopy import SIDE
from engine.errors import DomainError


def test_the_same_seed_gives_the_same_cells():
    one, two = (patches(20, rng=np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one.x, two.x)
    np.testing.assert_array_equal(one.y, two.y)
    assert not np.array_equal(one.x, patches(20, rng=np.random.default_rng(4)).x)


def test_abnormal_nuclei_are_larger_and_darker():
    some = patches(2000, noise=0, rng=np.random.default_rng(0))
    assert some.x.min() >= 0
    assert some.x.max() <= 1
    sick = some.y.ravel() == 1
    dark = (some.x < 0.6).sum((1, 2, 3))  # pixels of the nucleus
    assert dark[sick].mean() > 1.8 * dark[~sick].mean()
    assert some.x[sick].min(axis=(1, 2, 3)).mean() < some.x[~sick].min(axis=(1, 2, 3)).mean()


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_share_is_kept_within_its_standard_error(share):
    y = patches(4000, share, rng=np.random.default_rng(1)).y
    assert abs(y.mean() - share) <= 4 * np.sqrt(share * (1 - share) / 4000)


def test_cells_of_a_slide_stand_apart_and_inside():
    found = slide(96, 128, cells=14, rng=np.random.default_rng(2))
    assert found.image.shape == (96, 128)
    assert 1 <= len(found.centers) == len(found.y) <= 14
    for i, a in enumerate(found.centers):
        assert SIDE / 2 - 1 < a[0] < 96 - SIDE / 2
        assert all(np.abs(a - b).max() >= SIDE for b in found.centers[:i])
    rows, columns = found.centers.astype(int).T
    assert found.image[rows, columns].mean() < 0.6 < found.image.mean()


WRONG = [
    (lambda rng: patches(0, rng=rng), "patches: expected an integer n ≥ 1"),
    (lambda rng: patches(1, 1.5, rng=rng), r"patches: expected 0 ≤ share ≤ 1, got 1.5"),
    (lambda rng: patches(1, noise=0.6, rng=rng), r"patches: expected 0 ≤ noise ≤ 0\.5"),
    (lambda rng: slide(8, 96, rng=rng), "slide: expected height and width ≥ 16, got 8 and 96"),
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_a_mistake_is_named(make, message):
    with pytest.raises(DomainError, match=message):
        make(np.random.default_rng(0))
