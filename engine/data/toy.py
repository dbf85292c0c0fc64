"""Toy sets in the plane, made from a seed: the shapes of the well-known browser playground.

Arguments shared by all: `n` points; `noise` from 0 (the shape itself) to 0.5; `rng`, the only
source of chance. The picture's domain is [−6, 6]². For two classes x is (n, 2) and y (n, 1) with
0 and 1. Circle, gauss and spiral write class 1 first, ⌈n/2⌉ points, then class 0: shuffle with
`split` before training.

Every function raises DomainError for an `n` too small or a `noise` outside [0, 0.5].

Source: Smilkov, Carter et al. 2017, Direct-Manipulation Visualization of Deep Networks.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from engine.array import Array
from engine.data.dataset import DataSet
from engine.validate import integer, scalar

AXES = ("x₁", "x₂")


class ToyMaker(Protocol):
    """What every toy set is: a function of a size, a noise and a generator."""

    def __call__(self, n: int = ..., noise: float = ..., *, rng: np.random.Generator) -> DataSet:
        """Make the set; the same generator state makes the same points."""
        ...


def circle(n: int = 500, noise: float = 0.0, *, rng: np.random.Generator) -> DataSet:
    """A disc inside a ring: no straight line parts them, but x₁² + x₂² does.

    Class 1 has radius < 2.5, class 0 radius in (3.5, 5). With noise the label is read at a place up
    to 5·noise away in each coordinate, so points near the border change sides.

    >>> data = circle(500, rng=np.random.default_rng(0))
    >>> r = np.hypot(data.x[:, 0], data.x[:, 1])
    >>> bool(np.all((r < 2.5) == (data.y[:, 0] == 1)))
    True
    """
    n, noise = _checked("circle", n, noise)
    inner, outer = _halves(n)
    r = np.concatenate([rng.uniform(0, 2.5, inner), rng.uniform(3.5, 5, outer)])
    angle = rng.uniform(0, 2 * np.pi, n)
    x = np.column_stack([r * np.cos(angle), r * np.sin(angle)])  # (n, 2)
    seen = x + _shake((n, 2), 5 * noise, rng)
    return _two_classes("circle", x, np.hypot(seen[:, 0], seen[:, 1]) < 2.5)


def xor(n: int = 500, noise: float = 0.0, *, rng: np.random.Generator) -> DataSet:
    """Four squares in two colors: the smallest problem that needs a hidden layer.

    The label is 1 where x₁ x₂ > 0. A gap of 0.3 is kept on both sides of the axes. With noise
    the sign is read at a place up to 5·noise away in each coordinate.

    >>> data = xor(100, rng=np.random.default_rng(0))
    >>> bool(np.all((data.x.prod(axis=1) > 0) == data.y[:, 0]))
    True

    Source: Minsky & Papert 1969, Perceptrons.
    """
    n, noise = _checked("xor", n, noise)
    x = rng.uniform(-5, 5, (n, 2))
    x += np.where(x > 0, 0.3, -0.3)
    seen = x + _shake((n, 2), 5 * noise, rng)
    return _two_classes("xor", x, seen.prod(axis=1) > 0)


def gauss(n: int = 500, noise: float = 0.0, *, rng: np.random.Generator) -> DataSet:
    """Two round clouds, class 1 at (2, 2) and class 0 at (−2, −2): a straight line is the best.

    Each coordinate has variance 0.5 + 7·noise. At noise 0.5 about one point in twenty falls
    outside the picture's domain; they are kept, because only whole clouds are normal.

    >>> data = gauss(500, rng=np.random.default_rng(0))
    >>> data.x[:250].mean(axis=0).round()
    array([2., 2.])
    """
    n, noise = _checked("gauss", n, noise)
    ones, zeros = _halves(n)
    center = np.repeat([2.0, -2.0], [ones, zeros])[:, None]  # (n, 1)
    x = center + rng.normal(0, np.sqrt(0.5 + 7 * noise), (n, 2))
    return _two_classes("gauss", x, center[:, 0] > 0)


def spiral(n: int = 500, noise: float = 0.0, *, rng: np.random.Generator) -> DataSet:
    """Two arms that wind 1¾ times round each other: hard for two inputs, easy with more.

    Point i of an arm of m has r = 5 i/m and x = r (sin t, cos t), t = 3.5 π i/m; the arm of class 0
    is the same turned by π. With noise each coordinate moves by up to `noise`.

    >>> data = spiral(6, rng=np.random.default_rng(0))
    >>> bool(np.allclose(data.x[:3], -data.x[3:]))
    True

    Source: Lang & Witbrock 1988, Learning to tell two spirals apart.
    """
    n, noise = _checked("spiral", n, noise)
    arms = [(_arm(m), sign) for m, sign in zip(_halves(n), (1, -1), strict=True)]
    x = np.concatenate([sign * arm for arm, sign in arms])  # (n, 2)
    label = np.arange(n) < len(arms[0][0])
    return _two_classes("spiral", x + _shake((n, 2), noise, rng), label)


def plane(n: int = 1200, noise: float = 0.0, *, rng: np.random.Generator) -> DataSet:
    """A tilted plane over the whole domain: y = (x₁ + x₂) / 10, what one linear neuron can learn.

    x is uniform on [−6, 6]². With noise y is read at a place up to 6·noise away in each coordinate.

    >>> data = plane(rng=np.random.default_rng(0))
    >>> data.y.shape, bool(np.allclose(data.y[:, 0], data.x.sum(axis=1) / 10))
    ((1200, 1), True)
    """
    n, noise = _checked("plane", n, noise, least=1)
    x = rng.uniform(-6, 6, (n, 2))
    seen = x + _shake((n, 2), 6 * noise, rng)
    return DataSet("plane", x, seen.sum(axis=1, keepdims=True) / 10, AXES, (), "regression")


TOY: Mapping[str, ToyMaker] = MappingProxyType(
    {"circle": circle, "xor": xor, "gauss": gauss, "spiral": spiral, "plane": plane}
)
"""Every toy set by its name, simple labels first, the regression target last."""


def _checked(where: str, n: int, noise: float, least: int = 2) -> tuple[int, float]:
    n = integer(where, "n", n, low=least)
    return n, scalar(where, "noise", noise, low=0, high=0.5)


def _halves(n: int) -> tuple[int, int]:
    return n - n // 2, n // 2


def _shake(shape: tuple[int, int], reach: float, rng: np.random.Generator) -> Array:
    """Uniform moves on [−reach, reach]; drawn even for 0, so that noise leaves x where it was."""
    return reach * rng.uniform(-1, 1, shape)


def _arm(m: int) -> Array:
    """One arm of the spiral, (m, 2), from the center outwards."""
    part = np.arange(m) / m
    t = 3.5 * np.pi * part
    return np.column_stack([5 * part * np.sin(t), 5 * part * np.cos(t)])


def _two_classes(name: str, x: Array, is_one: np.ndarray[tuple[int], np.dtype[np.bool]]) -> DataSet:
    y = is_one.astype(np.float64)[:, None]  # (n, 1)
    return DataSet(name, x, y, AXES, ("0", "1"), "classification")
