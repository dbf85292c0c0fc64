"""Synthetic microscopy: stained cells on a bright slide, some of them abnormal.

A normal nucleus is a small even disc. An abnormal one is larger, darker, of uneven outline, and
takes up more of its cell: the signs that a pathologist looks for. All lengths are pixels, all
intensities in [0, 1] with 1 for the empty slide.
"""

from dataclasses import dataclass

import numpy as np

from engine.array import Array
from engine.errors import DomainError
from engine.validate import integer, scalar

SIDE = 16
"""The side of a patch: a cell with its surroundings."""


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """Cut-outs with a cell in the middle: x (N, 1, 16, 16), y (N, 1) with 1 for abnormal."""

    x: Array
    y: Array


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """A whole image (H, W), the centers (M, 2) of its cells as (row, column), and y (M,)."""

    image: Array
    centers: Array
    y: Array


def patches(
    n: int, share: float = 0.5, noise: float = 0.05, *, rng: np.random.Generator
) -> Patches:
    """Single cells to train a detector on.

    Args:
        n: how many, ≥ 1.
        share: probability that one is abnormal, in [0, 1].
        noise: standard deviation of every pixel, from 0 to 0.5.
        rng: draws labels, forms and noise.

    Raises:
        DomainError: an argument outside its domain.

    >>> some = patches(5, rng=np.random.default_rng(0))
    >>> some.x.shape, some.y.ravel().tolist()
    ((5, 1, 16, 16), [0.0, 1.0, 1.0, 1.0, 0.0])

    Source: the criteria of nuclear grade in Elston & Ellis 1991, Histopathology 19, table 1.
    """
    n = _checked("patches", "n", n, share, noise)
    y = (rng.random(n) < share).astype(float)
    images = [_cell(bool(label), rng) for label in y]
    x = np.stack(images) + noise * rng.standard_normal((n, SIDE, SIDE))
    return Patches(np.clip(x, 0, 1)[:, None], y[:, None])


def slide(
    height: int = 96,
    width: int = 96,
    cells: int = 12,
    share: float = 0.25,
    noise: float = 0.05,
    *,
    rng: np.random.Generator,
) -> Slide:
    """A slide of cells that do not overlap, for a detector to be moved over.

    Args:
        height, width: of the image, each at least 16.
        cells: how many are wanted, ≥ 1; fewer, where no more find room.
        share: probability that one is abnormal, in [0, 1].
        noise: standard deviation of every pixel, from 0 to 0.5.
        rng: draws places, labels, forms and noise.

    Raises:
        DomainError: an argument outside its domain.

    >>> found = slide(64, 64, cells=5, rng=np.random.default_rng(0))
    >>> found.image.shape, len(found.centers) == len(found.y) <= 5
    ((64, 64), True)
    """
    cells = _checked("slide", "cells", cells, share, noise)
    if min(height, width) < SIDE:
        raise DomainError(f"slide: expected height and width ≥ {SIDE}, got {height} and {width}.")
    image, corners = np.ones((height, width)), list[tuple[int, int]]()
    for _ in range(20 * cells):
        row, column = int(rng.integers(height - SIDE + 1)), int(rng.integers(width - SIDE + 1))
        if all(max(abs(row - r), abs(column - c)) >= SIDE for r, c in corners):
            corners.append((row, column))
        if len(corners) == cells:
            break
    y = (rng.random(len(corners)) < share).astype(float)
    for (row, column), label in zip(corners, y, strict=True):
        image[row : row + SIDE, column : column + SIDE] = _cell(bool(label), rng)
    image = np.clip(image + noise * rng.standard_normal(image.shape), 0, 1)
    return Slide(image, np.array(corners, float) + (SIDE - 1) / 2, y)


def _cell(is_abnormal: bool, rng: np.random.Generator) -> Array:
    """One cell (16, 16): pale body, dark nucleus, its outline r(φ) waved by three harmonics."""
    offset = np.arange(SIDE) - (SIDE - 1) / 2
    rows, columns = (offset[:, None] + rng.uniform(-1, 1), offset + rng.uniform(-1, 1))
    distance, angle = np.hypot(rows, columns), np.arctan2(rows, columns)
    radius, wave, dark = (4.2, 0.16, 0.65) if is_abnormal else (2.8, 0.04, 0.5)
    outline = radius * (1 + 0.12 * rng.standard_normal()) * np.ones_like(angle)
    for k in (2, 3, 5):
        outline += (
            wave
            * radius
            / np.sqrt(k)
            * rng.standard_normal()
            * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
        )
    body = 0.15 * _edge(6.5 - distance)
    nucleus = dark * (1 + 0.1 * rng.standard_normal()) * _edge(outline - distance)
    return np.clip(1 - body - nucleus, 0, 1)


def _edge(inside: Array) -> Array:
    """1 inside and 0 outside, soft over about a pixel, as a lens shows it."""
    return 1 / (1 + np.exp(-3 * inside))


def _checked(where: str, name: str, n: int, share: float, noise: float) -> int:
    """How many cells, as an integer; the other arguments are refused outside their domains."""
    scalar(where, "share", share, low=0, high=1)
    scalar(where, "noise", noise, low=0, high=0.5)
    return integer(where, name, n, low=1)
